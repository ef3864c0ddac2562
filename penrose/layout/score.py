"""How good a picture is: counts of faults, and crossings.

The names are those of the field's metrics: H1 overlapping tensors, H2 wires under tensors, H3 wires on
one another, H5 labels that meet something, S1 crossings, S2 bends, S3 the share of wires along an axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from penrose.layout.geometry import XY, box_of, crosses, curve, distance, labels_of
from penrose.layout.scene import Box, Node, Picture, Wire

CLOSE = 0.05  # cm between things that count as apart

Segment = tuple[XY, XY]


def quality(picture: Picture) -> dict[str, float]:
    """Return the metrics of a picture; those whose names begin with H are faults and ought to be 0."""
    lines = [_segments(curve(wire, picture.points)) for wire in picture.wires]
    boxes = [box_of(node, picture.points) for node in picture.nodes]
    straight = [_is_along_axis(line) for line in lines]
    return {
        "H1": float(sum(a.grown(CLOSE).meets(b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])),
        "H2": float(_under(picture, lines, boxes)),
        "H3": float(_pairs(lines, _coincide)),
        "H5": float(_label_faults(picture, lines, boxes)),
        "S1": float(_pairs(lines, _cross)),
        "S2": float(sum(len(line) > 1 for line in lines)),
        "S3": round(100 * sum(straight) / len(lines), 1) if lines else 100.0,
    }


def _segments(corners: Sequence[XY]) -> list[Segment]:
    return list(pairwise(corners))


def _is_along_axis(line: list[Segment]) -> bool:
    if len(line) != 1:
        return False
    (x0, y0), (x1, y1) = line[0]
    return min(abs(x1 - x0), abs(y1 - y0)) < 0.0175 * hypot(x1 - x0, y1 - y0)


def _ends(wire: Wire) -> set[str]:
    return {end[0] for end in wire.ends if end}


def _under(picture: Picture, lines: list[list[Segment]], boxes: list[Box]) -> int:
    count = 0
    for wire, line in zip(picture.wires, lines, strict=True):
        for node, box in zip(picture.nodes, boxes, strict=True):
            if node.name not in _ends(wire):
                count += any(_near(node, box, segment) for segment in line)
    return count


def _near(node: Node, box: Box, segment: Segment) -> bool:
    centre = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    return distance(centre, *segment) < min(box.x1 - box.x0, box.y1 - box.y0) / 2 + CLOSE


def _pairs(lines: list[list[Segment]], test: object) -> int:
    assert callable(test)
    return sum(any(test(a, b) for a in one for b in other) for n, one in enumerate(lines) for other in lines[n + 1 :])


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


def _label_faults(picture: Picture, lines: list[list[Segment]], boxes: list[Box]) -> int:
    labels = [
        (number, box) for number, wire in enumerate(picture.wires) for _, _, box in labels_of(wire, picture.points)
    ]
    faults = sum(a.meets(b) for n, (_, a) in enumerate(labels) for _, b in labels[n + 1 :])
    faults += sum(label.meets(box) for _, label in labels for box in boxes)
    for number, label in labels:
        foreign = (line for other, line in enumerate(lines) if other != number)
        faults += sum(any(_enters(segment, label) for segment in line) for line in foreign)
    return faults


def _enters(segment: Segment, box: Box) -> bool:
    corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
    sides = zip(corners, [*corners[1:], corners[0]], strict=True)
    inside = all(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in segment)
    return inside or any(crosses(*segment, *side) for side in sides)
