"""Finding what is near what without comparing everything: things are kept by the squares that they touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from math import floor

from penrose.layout.geometry import XY
from penrose.layout.scene import Box

Square = tuple[int, int]


class Grid:
    """Things, known by their numbers, in squares of one size.

    What is found is near, or at least shares a square with what was asked for; it comes in the order of numbers.
    """

    def __init__(self, size: float) -> None:
        self.size = size
        self.squares: dict[Square, list[int]] = {}

    def add(self, thing: int, box: Box) -> None:
        """Keep a thing that fills a box."""
        for square in self._over(box):
            self.squares.setdefault(square, []).append(thing)

    def add_line(self, thing: int, line: Sequence[XY], margin: float = 0.0) -> None:
        """Keep a thing that is a line through some points."""
        for square in self._along(line, margin):
            self.squares.setdefault(square, []).append(thing)

    def remove(self, thing: int, box: Box) -> None:
        """Forget a thing that fills a box."""
        for square in self._over(box):
            self.squares[square].remove(thing)

    def remove_line(self, thing: int, line: Sequence[XY], margin: float = 0.0) -> None:
        """Forget a thing that is a line through some points."""
        for square in self._along(line, margin):
            self.squares[square].remove(thing)

    def near(self, box: Box) -> list[int]:
        """Return the things near a box."""
        return self._in(self._over(box))

    def near_line(self, line: Sequence[XY], margin: float = 0.0) -> list[int]:
        """Return the things near a line through some points."""
        return self._in(self._along(line, margin))

    def pairs(self) -> list[tuple[int, int]]:
        """Return every two things that are near each other, the smaller number first."""
        return sorted({pair for things in self.squares.values() for pair in combinations(sorted(things), 2)})

    def _in(self, squares: Iterable[Square]) -> list[int]:
        return sorted({thing for square in squares for thing in self.squares.get(square, ())})

    def _over(self, box: Box) -> list[Square]:
        size = self.size
        rows = range(floor(box.y0 / size), floor(box.y1 / size) + 1)
        return [(x, y) for x in range(floor(box.x0 / size), floor(box.x1 / size) + 1) for y in rows]

    def _along(self, line: Sequence[XY], margin: float) -> Iterable[Square]:
        """Return the squares along a line, column by column."""
        size = self.size
        found: dict[Square, None] = {}
        for one, other in pairwise(line):
            (x0, y0), (x1, y1) = (one, other) if one[0] <= other[0] else (other, one)
            slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
            for column in range(floor((x0 - margin) / size), floor((x1 + margin) / size) + 1):
                if slope:
                    start = y0 + slope * (max(column * size - margin, x0) - x0)
                    end = y0 + slope * (min((column + 1) * size + margin, x1) - x0)
                else:
                    start, end = y0, y1
                low, high = (start, end) if start < end else (end, start)
                for row in range(floor((low - margin) / size), floor((high + margin) / size) + 1):
                    found[column, row] = None
        return found
