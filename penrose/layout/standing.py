"""Vertices where they stand, and what is found near a line between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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

Square = tuple[int, int]


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

    @property
    def radius(self) -> float:
        """How near a wire may come to its middle; 0 if it is too wide or high for a circle to tell."""
        reach = self.look.extent
        wide, high = reach.width, reach.height
        return 0.0 if wide > WIDE * high or high > WIDE * wide else max(reach) + ROOM

    def exposed(self, leg: Leg) -> Exposed | None:
        """Return the open leg inside of a frame, if it has that one."""
        return self.inside.exposed.get(leg) if self.inside and isinstance(leg, Index) else None


class Floor:
    """Finds what stands near a line, by the squares of 1 cm that things cover."""

    def __init__(self, vertices: Iterable[Standing]) -> None:
        self.squares: dict[Square, list[tuple[Standing, float]]] = {}
        self.labels: dict[Square, list[Box]] = {}
        for vertex in vertices:
            box, known = vertex.box, (vertex, vertex.radius)
            for square in _squares((box.x0, box.y0), (box.x1, box.y1)):
                self.squares.setdefault(square, []).append(known)

    def keep(self, labels: Iterable[tuple[Label, str, Box]]) -> None:
        """Keep some labels."""
        for _, _, box in labels:
            for square in _squares((box.x0, box.y0), (box.x1, box.y1)):
                self.labels.setdefault(square, []).append(box)

    def is_free(self, a: XY, b: XY, ends: Collection[str]) -> bool:
        """Tell whether the segment a b runs over no label and under no vertex but its ends, or is very long."""
        if abs(a[0] - b[0]) * abs(a[1] - b[1]) > LONG:
            return True
        for square in _squares(a, b):
            for vertex, radius in self.squares.get(square, ()):
                if vertex.name not in ends and _is_near(vertex, radius, a, b):
                    return False
            if any(clip((a, b), box) for box in self.labels.get(square, ())):
                return False
        return True


def _is_near(vertex: Standing, radius: float, a: XY, b: XY) -> bool:
    """Tell whether the segment a b comes near a vertex: to a circle, or else to its border."""
    if radius:
        return distance((vertex.x, vertex.y), a, b) < radius
    return clip((a, b), vertex.box.grown(ROOM)) is not None


def _squares(a: XY, b: XY) -> list[Square]:
    columns = range(floor(min(a[0], b[0]) - 0.1), floor(max(a[0], b[0]) + 0.1) + 1)
    rows = range(floor(min(a[1], b[1]) - 0.1), floor(max(a[1], b[1]) + 0.1) + 1)
    return [(x, y) for x in columns for y in rows]
