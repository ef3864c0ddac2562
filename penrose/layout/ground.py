"""Free cells around a cell that is taken, found without walking over those between."""

from __future__ import annotations

from collections.abc import Iterator

from penrose.layout.cells import Cell

STEPS = ((1.0, 0.0), (0.0, 1.0))  # along a row, and along a column


class Ground:
    """Cells, some of which are taken. Of these it is known what is free next, along rows and along columns."""

    def __init__(self) -> None:
        self.next: tuple[dict[Cell, Cell], dict[Cell, Cell]] = ({}, {})
        self.full: dict[Cell, int] = {}  # how far around a cell all others are taken

    def take(self, cell: Cell) -> None:
        """Take a cell."""
        for axis, (dx, dy) in enumerate(STEPS):
            self.next[axis][cell] = (cell[0] + dx, cell[1] + dy)

    def reach(self, middle: Cell) -> int:
        """Return how far the nearest free cells are from one: what is full around its neighbours is not looked at."""
        x, y = middle
        around = (self.full.get((x + dx, y + dy), 1) - 1 for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        reach = max(self.full.get(middle, 0), *around)
        while not any(self.ring(middle, reach)):
            reach += 1
        self.full[middle] = reach
        return reach

    def ring(self, middle: Cell, reach: int) -> Iterator[Cell]:
        """Yield the free cells that are that far from one, in columns or in rows."""
        x, y = middle
        for row in {y - reach: None, y + reach: None}:
            yield from self._free((x - reach, row), 0, x + reach)
        for column in (x - reach, x + reach) if reach else ():
            yield from self._free((column, y - reach + 1), 1, y + reach - 1)

    def _free(self, cell: Cell, axis: int, end: float) -> Iterator[Cell]:
        """Yield the free cells from one to the end of a row or a column."""
        dx, dy = STEPS[axis]
        while (cell := self._first_free(cell, axis))[axis] <= end:
            yield cell
            cell = (cell[0] + dx, cell[1] + dy)

    def _first_free(self, cell: Cell, axis: int) -> Cell:
        known, free = self.next[axis], cell
        while free in known:
            free = known[free]
        while cell != free:  # the next search along here is short
            known[cell], cell = free, known[cell]
        return free
