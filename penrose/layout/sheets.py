"""What the field draws of sheets: the sites of two of them over one another, and the environment of a site.

An environment is a ring around a hole into which its legs point, with a corner between every two of its sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from penrose.layout.cells import Cells, Piece
from penrose.layout.geometry import OPPOSITE
from penrose.layout.motifs import rows
from penrose.layout.scene import Direction
from penrose.model.document import Panel
from penrose.model.expression import Factor, factors_of
from penrose.model.index import Leg

NAMED: Mapping[str, Direction] = {"l": "left", "u": "up", "r": "right", "d": "down"}  # legs that say where they end
ORDER: Sequence[Direction] = ("left", "down", "up", "right")  # in which the legs of a site are read else
INWARDS: Sequence[Direction] = ("down", "left", "up", "right")  # where legs of an environment point, from the top on


# ---------------------------------------------------------------- sides of free legs


def of_layers(panel: Panel) -> dict[Leg, Direction]:
    """Return the sides of the free legs of two sites over one another, four each; else nothing."""
    factors = [factor for factor in factors_of(panel.expression) if len(factor.legs) != 2]
    free = {*panel.legs}
    found: dict[Leg, Direction] = {}
    for factor in factors if len(factors) == 2 else ():
        own = [leg for leg in factor.legs if leg in free]
        if len(own) != len(ORDER) or len(factor.legs) != len(ORDER) + 1:
            return {}
        names = [str(leg).rstrip("'") for leg in own]
        sides = [NAMED[name] for name in names] if {*names} == NAMED.keys() else ORDER
        found |= zip(own, sides, strict=True)
    return found if len(found) == len(free) else {}


def of_environments(chain: Sequence[Panel]) -> dict[Leg, Direction]:
    """Return the sides of the free legs of panels that are all environments, or one tensor: inwards; else nothing.

    The corner that is written first is the one on the upper left.
    """
    found: dict[Leg, Direction] = {}
    for factors, panel in (([*factors_of(panel.expression)], panel) for panel in chain):
        if len(factors) == 1 < len(chain):
            continue
        ring = _ring(factors)
        free = {*panel.legs}
        open_legs = [[leg for leg in factor.legs if leg in free] for factor in ring]
        sides = _between_corners([bool(legs) for legs in open_legs])
        if not sides or sum(map(len, open_legs)) != len(free):
            return {}
        for place, side in sides.items():
            for leg in open_legs[place]:
                if found.setdefault(leg, side) != side:
                    return {}
    return found


def _ring(factors: Sequence[Factor]) -> list[Factor]:
    """Return tensors in the order of the ring that they are, each joined to two others; nothing if they are none."""
    carriers: dict[Leg, list[int]] = {}
    for place, factor in enumerate(factors):
        for leg in dict.fromkeys(factor.legs):
            carriers.setdefault(leg, []).append(place)
    near: list[list[int]] = [[] for _ in factors]
    for one, other in (places for places in carriers.values() if len(places) == 2):
        near[one].append(other)
        near[other].append(one)
    shared = any(len(places) > 2 for places in carriers.values())
    if shared or any(len(others) != 2 or others[0] == others[1] for others in near):
        return []
    found = [0, min(near[0])] if near else []
    while found and (after := sum(near[found[-1]]) - found[-2]) != found[0]:
        found.append(after)
    return [factors[n] for n in found] if len(found) == len(factors) else []


def _between_corners(open_there: Sequence[bool]) -> dict[int, Direction]:
    """Return where the legs of everything in a ring point that has some, if there are four corners that have none.

    The first of these is on the upper left; opposite sides are equally long.
    """
    corners = [place for place, has_legs in enumerate(open_there) if not has_legs]
    if len(corners) != len(INWARDS):
        return {}
    ends = [*corners, corners[0] + len(open_there)]
    between = [range(one + 1, other) for one, other in pairwise(ends)]
    if [len(side) for side in between[:2]] != [len(side) for side in between[2:]] or not all(between):
        return {}
    return {place % len(open_there): way for side, way in zip(between, INWARDS, strict=True) for place in side}


# ---------------------------------------------------------------- placements


def column(piece: Piece) -> Cells | None:
    """Return two tensors with a free leg on all four sides over one another, with what is between; else None."""
    wide = [vertex for vertex, sides in piece.tips.items() if sorted(sides) == sorted(OPPOSITE)]
    if len(wide) != 2 or len(piece.tips) > 2 or any(len(piece.near[vertex]) != 1 for vertex in wide):
        return None
    down = next((cells for cells in rows(piece) if next(iter(cells)) == min(wide, key=piece.vertices.index)), None)
    return {vertex: (0.0, -x) for vertex, (x, _) in down.items()} if down else None


def hollow(piece: Piece) -> Cells | None:
    """Return an environment as a rectangle with all free legs inwards; None if it is none."""
    if len(piece.lines) != len(piece.vertices) or len(piece.vertices) - len(piece.tips) != len(INWARDS):
        return None
    ring = [*next(rows(piece), {})]
    for way in (ring, ring[::-1]):
        for start in (place for place, vertex in enumerate(way) if vertex not in piece.tips):
            found = [*way[start:], *way[:start]]
            sides = _between_corners([vertex in piece.tips for vertex in found])
            if sides and all({*piece.tips[found[place]]} == {side} for place, side in sides.items()):
                wide, high = (list(sides.values()).count(side) + 1 for side in INWARDS[:2])
                across, down = ([*range(length)] for length in (wide, high))
                top, right = [(x, 0) for x in across], [(wide, -y) for y in down]
                below, left = [(wide - x, -high) for x in across], [(0, y - high) for y in down]
                return {
                    vertex: (float(x), float(y))
                    for vertex, (x, y) in zip(found, top + right + below + left, strict=True)
                }
    return None
