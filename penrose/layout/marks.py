"""Which legs carry the number of their slot: those that the picture would tell wrongly.

The legs of a tensor, and the thin ones of a bar, are read from its left side (from above down), then above, then
below (from left to right), then from its right side, all turned with a tensor that is rotated. A matrix, or a unitary
with several legs on either side, that is read backwards says so itself, with a T or upside down. A wire is on the side
of a tensor to which its other end lies; halfway between two sides it is on the left or right, or if it ends on a dot
above or below. Legs that leave a frame at one point carry the names of their indices.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from typing import NamedTuple

from penrose.data import replace
from penrose.layout.geometry import XY, curve
from penrose.layout.measure import TENSOR
from penrose.layout.order import longest_rising
from penrose.layout.scene import Node, Picture, Point, Station, Wire
from penrose.model.notation import latex_leg
from penrose.model.tensor import BUILT_IN, Tensor

LEFT, UP, DOWN, RIGHT = range(4)  # in reading order
LITTLE = 1e-6  # cm, by which places differ that are the same
POINTING = {0: RIGHT, 90: UP, 180: LEFT, 270: DOWN}  # by the turn of a triangle, in degrees


class _Leg(NamedTuple):
    """A leg of a tensor: its side, how far along that, its slot from 1, and which end of which wire it is."""

    side: int
    along: float
    slot: int
    wire: int
    end: int


def with_marks(picture: Picture, tensors: Mapping[str, Tensor]) -> Picture:
    """Return a picture with the slots marked that it would tell wrongly."""
    bars = {node.name for node in picture.nodes if node.shape == "bar"}
    turns = {node.name: node.rotation for node in picture.nodes}
    legs: dict[str, list[_Leg]] = {node.name: [] for node in picture.nodes if _has_order(node, tensors)}
    for number, wire in enumerate(picture.wires):
        for end, place in enumerate(wire.ends):
            if place and place[0] in legs and not (wire.thick and place[0] in bars):
                legs[place[0]].append(_leg(wire, number, end, picture.points, turns[place[0]]))
    marks: dict[int, list[str]] = {}
    for node in picture.nodes:
        every = sorted(legs.get(node.name, ()))
        two = len(every) == 2 and node.shape != "bar"
        if len(every) < 2 or (two and node.shape == "triangle"):
            continue
        found = [leg for leg in every if not _is_at_tip(leg, node, tensors)]
        slots = sorted(leg.slot for leg in every)
        if not node.turned and [leg.slot for leg in every] == slots:
            continue  # all of them are told, as they mostly are
        if node.turned:  # the second half is read first
            slots = slots[len(slots) // 2 :] + slots[: len(slots) // 2]
        order = {slot: number for number, slot in enumerate(slots)}
        told = longest_rising([order[leg.slot] for leg in found])
        for leg in found:
            if order[leg.slot] not in told:
                marks.setdefault(leg.wire, ["", ""])[leg.end] = str(leg.slot)
    _name_legs(picture, marks)
    wires = tuple(
        replace(wire, marks=tuple(marks.get(number, ("", "")))) if number in marks or any(wire.marks) else wire
        for number, wire in enumerate(picture.wires)
    )
    return replace(picture, wires=wires)


def _name_legs(picture: Picture, marks: dict[int, list[str]]) -> None:
    """Mark the legs of a frame that leave it at one point, or beside one another, by their indices inside.

    A free leg with that name needs none, and a wire between two frames that call it the same needs one.
    """
    frames = {group.name for group in picture.groups}
    places: dict[Station | str, list[tuple[int, int]]] = {}
    for number, wire in enumerate(picture.wires):
        for end, place in enumerate(wire.ends):
            known = wire.called[0] == wire.called[1] and (end or wire.ends[1] is None)
            if place and place[0] in frames and not known:
                station = wire.stations[-end]
                side = next((part for part in station if part.startswith(f"{place[0]}.")), station)
                places.setdefault(side, []).append((number, end))
    for number, end in (one for ends in places.values() if len(ends) > 1 for one in ends):
        marks.setdefault(number, ["", ""])[end] = latex_leg(picture.wires[number].called[end])


def _has_order(node: Node, tensors: Mapping[str, Tensor]) -> bool:
    """Tell whether a node is a bar, or a tensor whose legs are not all alike."""
    tensor = tensors.get(node.source)
    alike = node.source in BUILT_IN or (tensor is not None and tensor.has("symmetric"))
    return node.shape == "bar" or (bool(node.stands_for) and not alike)


def _leg(wire: Wire, number: int, end: int, points: Mapping[str, Point], turn: int) -> _Leg:
    """Return what is seen of a leg by somebody who turns the page until the tensor is upright."""
    line = curve(wire, points)
    if turn:
        line = [_turned_back(place, turn) for place in line]
    if end == 1:
        line.reverse()
    (x, y), (x1, y1) = line[0], line[1]
    to_x, to_y = line[-1] if len(wire.stations) == 2 else line[1]
    out = TENSOR / 2 / (hypot(x1 - x, y1 - y) or 1.0)  # it is seen where it comes out from under the tensor
    out_x, out_y = x + out * (x1 - x), y + out * (y1 - y)
    slot = int(wire.called[end].partition(":")[0])
    to_dot = wire.called[1 - end] == "."
    if abs(to_x - x) > abs(to_y - y) + (LITTLE if to_dot else -LITTLE):
        return _Leg(RIGHT if to_x > x else LEFT, round(-out_y, 6), slot, number, end)
    return _Leg(UP if to_y > y else DOWN, round(out_x, 6), slot, number, end)


def _turned_back(place: XY, turn: int) -> XY:
    """Return a place on a page that is turned by quarters, clockwise."""
    x, y = place
    return {0: (x, y), 90: (y, -x), 180: (-x, -y), 270: (-y, x)}[turn]


def _is_at_tip(leg: _Leg, node: Node, tensors: Mapping[str, Tensor]) -> bool:
    """Tell whether a leg leaves at the tip of its triangle, alone there, which tells its slot."""
    if node.shape != "triangle" or node.source not in tensors or node.rotation:
        return False
    return leg.side == POINTING[node.turn] and tensors[node.source].tip() == (leg.slot - 1,)
