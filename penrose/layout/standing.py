"""Vertices where they stand, and what is found near a line between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

from penrose.data import Data
from penrose.layout.drawn import SQUARE, clip
from penrose.layout.geometry import XY, box_at, distance
from penrose.layout.grid import Grid
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
    """Finds what stands near a line."""

    def __init__(self, vertices: Iterable[Standing]) -> None:
        self.vertices = [(vertex, vertex.radius) for vertex in vertices]
        self.labels: list[Box] = []
        self.standing, self.written = Grid(SQUARE), Grid(SQUARE)
        for number, (vertex, _) in enumerate(self.vertices):
            self.standing.add(number, vertex.box)

    def keep(self, labels: Iterable[tuple[Label, str, Box]]) -> None:
        """Keep some labels."""
        for _, _, box in labels:
            self.written.add(len(self.labels), box)
            self.labels.append(box)

    def is_free(self, a: XY, b: XY, ends: Collection[str]) -> bool:
        """Tell whether the segment a b runs over no label and under no vertex but its ends, or is very long."""
        if abs(a[0] - b[0]) * abs(a[1] - b[1]) > LONG:
            return True
        for number in self.standing.near_line((a, b), ROOM):
            vertex, radius = self.vertices[number]
            if vertex.name not in ends and _is_near(vertex, radius, a, b):
                return False
        near = self.written.near_line((a, b)) if self.labels else ()
        return not any(clip((a, b), self.labels[number]) for number in near)


def _is_near(vertex: Standing, radius: float, a: XY, b: XY) -> bool:
    """Tell whether the segment a b comes near a vertex: to a circle, or else to its border."""
    if radius:
        return distance((vertex.x, vertex.y), a, b) < radius
    return clip((a, b), vertex.box.grown(ROOM)) is not None
