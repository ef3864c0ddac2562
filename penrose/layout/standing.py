"""Vertices where they stand, and what is found near a line between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import floor

from penrose.data import Data
from penrose.layout.drawn import clip
from penrose.layout.geometry import XY, box_at, distance
from penrose.layout.look import Look
from penrose.layout.scene import Box, Exposed, Label, Picture
from penrose.model.index import Index, Leg

ROOM = 0.12  # cm between a wire and a vertex that it passes, at least
WIDE = 1.5  # times as wide as high, or as high as wide, is a vertex that a circle does not tell
LONG = 400  # square cm around a slanted wire, beyond which it is not looked at what it runs under


class Standing(Data):
    """A vertex that has its name, place and look; a frame also has its inside, and a point on the axis of that."""

    name: str
    x: float
    y: float
    look: Look
    inside: Picture | None = None
    axis: str = ""

    @cached_property
    def box(self) -> Box:
        """The box that it fills."""
        return box_at(self.x, self.y, self.look.extent)

    def is_near(self, a: XY, b: XY) -> bool:
        """Tell whether the segment a b comes near it: to its border where it is wide or high, else to a circle."""
        reach = self.look.extent
        if reach.width > WIDE * reach.height or reach.height > WIDE * reach.width:
            box = self.box
            around = Box(box.x0 - ROOM, box.y0 - ROOM, box.x1 + ROOM, box.y1 + ROOM)
            return clip((a, b), around) is not None
        return distance((self.x, self.y), a, b) < max(reach) + ROOM

    def exposed(self, leg: Leg) -> Exposed | None:
        """Return the open leg inside of a frame, if it has that one."""
        return self.inside.exposed.get(leg) if self.inside and isinstance(leg, Index) else None


class Floor:
    """Finds what stands near a line, by the squares of 1 cm that things cover."""

    def __init__(self, vertices: Iterable[Standing]) -> None:
        self.squares: dict[tuple[int, int], list[Standing]] = {}
        self.labels: dict[tuple[int, int], list[Box]] = {}
        for vertex in vertices:
            box = vertex.box
            for square in self._squares((box.x0, box.y0), (box.x1, box.y1)):
                self.squares.setdefault(square, []).append(vertex)

    def near(self, a: XY, b: XY) -> Iterator[Standing]:
        """Yield what may come near the segment a b, some of it more than once; nothing for one that is very long."""
        if abs(a[0] - b[0]) * abs(a[1] - b[1]) > LONG:
            return
        for square in self._squares(a, b):
            yield from self.squares.get(square, ())

    def keep(self, labels: Iterable[tuple[Label, str, Box]]) -> None:
        """Keep some labels."""
        for _, _, box in labels:
            for square in self._squares((box.x0, box.y0), (box.x1, box.y1)):
                self.labels.setdefault(square, []).append(box)

    def is_written(self, a: XY, b: XY) -> bool:
        """Tell whether the segment a b runs over a label; not where it is very long."""
        if not self.labels or abs(a[0] - b[0]) * abs(a[1] - b[1]) > LONG:
            return False
        boxes = (box for square in self._squares(a, b) for box in self.labels.get(square, ()))
        return any(clip((a, b), box) for box in boxes)

    def _squares(self, a: XY, b: XY) -> Iterator[tuple[int, int]]:
        for x in range(floor(min(a[0], b[0]) - 0.1), floor(max(a[0], b[0]) + 0.1) + 1):
            for y in range(floor(min(a[1], b[1]) - 0.1), floor(max(a[1], b[1]) + 0.1) + 1):
                yield x, y
