"""How good a picture is: its faults, and counts of what could be better.

The names are those of the field's metrics: H1 overlapping tensors, H2 wires under tensors, H3 wires on
one another, H5 labels that meet something, S1 crossings, S2 bends, S3 the share of wires along an axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import hypot
from typing import NamedTuple

from penrose.layout.geometry import XY, box_of, crosses, curve, distance, labels_of
from penrose.layout.scene import Box, Node, Picture, Wire

CLOSE = 0.05  # cm between things that count as apart
HARD = ("H1", "H2", "H3", "H5")

Segment = tuple[XY, XY]


class Fault(NamedTuple):
    """A fault of a picture: the name of its metric, and what is wrong in words."""

    metric: str
    what: str


def quality(picture: Picture) -> dict[str, float]:
    """Return the metrics of a picture; those whose names begin with H are faults and ought to be 0."""
    inked = _Ink(picture)
    found = [fault.metric for fault in faults(picture)]
    straight = [_is_along_axis(line) for line in inked.lines]
    return {metric: float(found.count(metric)) for metric in HARD} | {
        "S1": float(sum(1 for _ in inked.pairs(_cross))),
        "S2": float(sum(len(line) > 1 for line in inked.lines)),
        "S3": round(100 * sum(straight) / len(straight), 1) if straight else 100.0,
    }


def faults(picture: Picture) -> list[Fault]:
    """Return the faults of a picture. The time grows with the square of its wires."""
    inked = _Ink(picture)
    found = [Fault("H1", f"{one} and {other} overlap") for one, other in inked.overlaps()]
    found += [Fault("H2", f"the wire {wire} runs under {name}") for wire, name in inked.under()]
    found += [Fault("H3", f"the wires {one} and {other} lie on one another") for one, other in inked.pairs(_coincide)]
    found += [Fault("H5", f"the label {label} meets {other}") for label, other in inked.labels_met()]
    return found


@dataclass(frozen=True)
class _Ink:
    """The lines and boxes of a picture."""

    picture: Picture

    @cached_property
    def lines(self) -> list[list[Segment]]:
        return [list(pairwise(curve(wire, self.picture.points))) for wire in self.picture.wires]

    @cached_property
    def bounds(self) -> list[Box]:
        """The boxes around the lines, a little larger: what is farther apart need not be looked at."""
        corners = [[point for segment in line for point in segment] for line in self.lines]
        return [Box(*map(min, zip(*c, strict=True)), *map(max, zip(*c, strict=True))).grown(CLOSE) for c in corners]

    @cached_property
    def boxes(self) -> list[tuple[Node, Box]]:
        return [(node, box_of(node, self.picture.points)) for node in self.picture.nodes]

    def overlaps(self) -> Iterator[tuple[str, str]]:
        for (one, box), (other, there) in combinations(self.boxes, 2):
            if box.grown(CLOSE).meets(there):
                yield one.name, other.name

    def under(self) -> Iterator[tuple[str, str]]:
        for wire, line, bound in zip(self.picture.wires, self.lines, self.bounds, strict=True):
            for node, box in self.boxes:
                if bound.meets(box) and node.name not in _ends(wire) and any(_near(box, segment) for segment in line):
                    yield wire.index, node.name

    def pairs(self, test: Callable[[Segment, Segment], bool]) -> Iterator[tuple[str, str]]:
        """Yield the indices of every two wires that have two pieces of which something holds."""
        drawn = zip(self.picture.wires, self.lines, self.bounds, strict=True)
        for (one, line, bound), (other, there, around) in combinations(drawn, 2):
            if bound.meets(around) and any(test(a, b) for a in line for b in there):
                yield one.index, other.index

    def labels_met(self) -> Iterator[tuple[str, str]]:
        points = self.picture.points
        labels = [
            (number, label.text, box)
            for number, wire in enumerate(self.picture.wires)
            for label, _, box in labels_of(wire, points)
        ]
        for (_, one, box), (_, other, there) in combinations(labels, 2):
            if box.meets(there):
                yield one, f"the label {other}"
        for number, text, box in labels:
            yield from ((text, node.name) for node, there in self.boxes if box.meets(there))
            for drawn, (wire, line) in enumerate(zip(self.picture.wires, self.lines, strict=True)):
                if drawn != number and self.bounds[drawn].meets(box) and any(_enters(segment, box) for segment in line):
                    yield text, f"the wire {wire.index}"


def _is_along_axis(line: list[Segment]) -> bool:
    if len(line) != 1:
        return False
    (x0, y0), (x1, y1) = line[0]
    return min(abs(x1 - x0), abs(y1 - y0)) < 0.0175 * hypot(x1 - x0, y1 - y0)


def _ends(wire: Wire) -> set[str]:
    return {end[0] for end in wire.ends if end}


def _near(box: Box, segment: Segment) -> bool:
    centre = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    return distance(centre, *segment) < min(box.x1 - box.x0, box.y1 - box.y0) / 2 + CLOSE


def _cross(one: Segment, other: Segment) -> bool:
    return crosses(*one, *other)


def _coincide(one: Segment, other: Segment) -> bool:
    """Tell whether two segments share more than a millimetre of a line."""
    (a, b), (c, d) = one, other
    length = hypot(b[0] - a[0], b[1] - a[1])
    if length == 0 or max(_off(a, b, c), _off(a, b, d)) > 0.01:
        return False
    along = sorted(((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length for p in (c, d))
    return min(along[1], length) - max(along[0], 0.0) > 0.1


def _off(a: XY, b: XY, p: XY) -> float:
    """Return the distance of a point from the line through two others."""
    return abs((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) / hypot(b[0] - a[0], b[1] - a[1])


def _enters(segment: Segment, box: Box) -> bool:
    corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
    sides = zip(corners, [*corners[1:], corners[0]], strict=True)
    inside = all(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in segment)
    return inside or any(crosses(*segment, *side) for side in sides)
