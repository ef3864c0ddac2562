"""Parts whose tensors all have places that the author has chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import dist

from penrose.data import NOTHING
from penrose.layout.geometry import XY
from penrose.layout.part import Part
from penrose.model.document import Place

ASLANT = 0.5  # cm that a wire of a dot may be longer so as not to be slanted
NEAR = 0.6  # cm between a dot and the middle of anything else, at least


def placed_by_hand(part: Part) -> Mapping[int, XY]:
    """Return where the vertices of a part stand, if all its tensors are pinned and others are dots; else nothing.

    A dot that is not pinned is between what it joins.
    """
    names, pins = part.setting.names, part.setting.pins
    hinted = {id(hint.factor): (hint.x, hint.y) for hint in part.setting.figure.hints if isinstance(hint, Place)}
    kinds = {vertex: part.about(vertex).kind for vertex in part.vertices} if pins or hinted else {}
    if not {*kinds.values()} <= {"tensor", "dot"}:
        return NOTHING
    factors = {vertex: part.about(vertex).factor for vertex, kind in kinds.items() if kind == "tensor"}
    places = {v: hinted.get(id(f)) or pins.get(names.tensor(f)) for v, f in factors.items() if f}
    found = {vertex: place for vertex, place in places.items() if place}
    if not found or len(found) < len(factors):
        return NOTHING
    dots = [vertex for vertex, kind in kinds.items() if kind == "dot"]
    near = {dot: [p.vertex for join in part.joins_at[dot] for p in join if p.vertex != dot] for dot in dots}
    if any(len({*others}) < 2 for others in near.values()):
        return NOTHING  # what hangs on a dot does not tell where that is
    for dot in sorted(dots, key=lambda dot: sum(other in dots for other in near[dot])):
        around = [found[other] for other in near[dot] if other in found] or [*found.values()]
        found[dot] = _between(around, [*found.values()])
    return found


def _between(around: Sequence[XY], taken: Sequence[XY]) -> XY:
    """Return the place of a dot from which wires to those around it are short, and few of them slanted."""
    xs, ys = zip(*around, strict=True)
    middle = (round(sum(xs) / len(xs), 4), round(sum(ys) / len(ys), 4))
    places = [middle, *product(sorted({*xs, middle[0]}), sorted({*ys, middle[1]}))]
    free = [place for place in places if all(dist(place, other) > NEAR for other in taken)] or [middle]

    def cost(place: XY) -> float:
        slanted = sum(place[0] != x and place[1] != y for x, y in around)
        return sum(dist(place, other) for other in around) + ASLANT * slanted

    return min(free, key=cost)
