"""The identities of a term: lines between free legs, and rings.

Several of them keep their legs in order on either side: the strands of a permutation cross, and an identity between
two legs of one side turns back to that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from penrose.layout.geometry import OPPOSITE, TURNS
from penrose.layout.measure import LEG, RING, STRAND, STRANDS, TENSOR, rounded
from penrose.layout.part import Setting
from penrose.layout.scene import Direction, Label, Picture, Point, Station, Wire
from penrose.model.index import Group, Leg, flat
from penrose.model.network import Tip
from penrose.model.network import Wire as Join
from penrose.model.notation import coordinate, label_of

HIGH = 2 * rounded(TENSOR / 2 + LEG)  # of an upright identity, which is as long as a tensor with its legs


def identities(wires: Sequence[Join], setting: Setting, alone: bool) -> list[tuple[Sequence[Leg], Picture]]:
    """Return the pictures of wires that join no vertices, each with its free legs.

    Upright ones that are not `alone` in their term stand apart, each in the place of its site, unless they would cross.
    """
    lines = [wire for wire in wires if wire.ends]
    pairs = [[end.leg for end in wire.ends if isinstance(end, Tip)] for wire in lines]
    sides: dict[Leg, Direction] = {leg: setting.sides.get(flat([leg])[0], "down") for pair in pairs for leg in pair}
    rings = [((), _ring(wire, setting)) for wire in wires if not wire.ends]
    upright = set(sides.values()) == {"up", "down"}
    apart = upright and not alone and _are_parallel(pairs, sides, setting)
    if len(lines) > 1 and not (setting.open or apart) and (upright or set(sides.values()) == {"left", "right"}):
        return [(list(sides), _strands(lines, pairs, sides, setting)), *rings]
    return [*((pair, _line(wire, pair, setting)) for wire, pair in zip(lines, pairs, strict=True)), *rings]


def _are_parallel(pairs: Sequence[Sequence[Leg]], sides: Mapping[Leg, Direction], setting: Setting) -> bool:
    """Tell whether identities go from above down and are in one order there and here."""
    number = {leg: place for place, leg in enumerate(setting.legs)}
    through = all({sides[leg] for leg in pair} == {"up", "down"} for pair in pairs)
    ends = sorted(sorted((sides[leg], number[leg]) for leg in pair) for pair in pairs)
    return through and all(one[1] < other[1] for one, other in pairwise(ends))


def _line(wire: Join, ends: Sequence[Leg], setting: Setting) -> Picture:
    """Draw an identity as a line from left to right, or from above down, as long as a tensor with its legs."""
    one, other = ends
    sides: dict[Leg, Direction] = {leg: setting.sides.get(flat([leg])[0], "down") for leg in ends}
    if set(sides.values()) == {"up", "down"} and not setting.open:
        upper, lower = sorted(ends, key=lambda leg: sides[leg] == "down")
        return _between(wire, upper, lower, {upper: (0.0, HIGH / 2), lower: (0.0, -HIGH / 2)}, sides, setting)
    if setting.sides.get(flat([one])[0]) == "right" and setting.sides.get(flat([other])[0]) != "right":
        one, other = other, one
    places = {one: (0.0, 0.0), other: (STRAND, 0.0)}
    return _between(wire, one, other, places, {one: "left", other: "right"}, setting)


def _strands(
    wires: Sequence[Join], pairs: Sequence[Sequence[Leg]], sides: Mapping[Leg, Direction], setting: Setting
) -> Picture:
    """Draw identities between legs that are in order on their sides, two opposite ones."""
    upright = "up" in sides.values()
    first = "up" if upright else "left"
    number = {leg: place for place, leg in enumerate(setting.legs)}
    in_order = sorted(sides, key=number.__getitem__)
    rows = [[leg for leg in in_order if (sides[leg] == first) == is_first] for is_first in (True, False)]
    across = {leg: STRANDS * (row - (len(legs) - 1) / 2) for legs in rows for row, leg in enumerate(legs)}
    length = max(HIGH if upright else STRAND, *(abs(across[one] - across[other]) for one, other in pairs))
    places: dict[Leg, tuple[float, float]] = {}
    for leg in in_order:
        along = 0.0 if sides[leg] == first else length
        places[leg] = (across[leg], length / 2 - along) if upright else (along, -across[leg])
    drawn = []
    for wire, pair in zip(wires, pairs, strict=True):
        one, other = sorted(pair, key=lambda leg: (sides[leg] != first, number[leg]))
        drawn.append(_between(wire, one, other, places, sides, setting))
    return Picture.joined(drawn)


def _between(
    wire: Join,
    one: Leg,
    other: Leg,
    places: Mapping[Leg, tuple[float, float]],
    sides: Mapping[Leg, Direction],
    setting: Setting,
) -> Picture:
    """Draw an identity between two places, beside which the labels stand; it is bent unless these are opposite."""
    start, end = (setting.names.tip(f"tip--{coordinate(str(leg))}") for leg in (one, other))
    shown = setting.labels != "none"
    (x0, y0), (x1, y1) = places[one], places[other]
    straight = sides[one] == OPPOSITE[sides[other]] and (x0 == x1 or y0 == y1)
    line = Wire(
        str(wire.leg),
        (None, None),
        (Station(start, start), Station(end, end)),
        setting.panel,
        labels=(Label(label_of(one), sides[one]), Label(label_of(other), sides[other])) if shown else (None, None),
        thick=isinstance(wire.leg, Group),
        called=(str(one), str(other)),
        out=None if straight else TURNS[OPPOSITE[sides[one]]],
        into=None if straight else TURNS[OPPOSITE[sides[other]]],
    )
    return Picture({start: Point(x0, y0), end: Point(x1, y1, start)}, wires=(line,))


def _ring(wire: Join, setting: Setting) -> Picture:
    """Draw the trace of an identity."""
    centre = setting.names.tip(f"ring--{coordinate(str(wire.leg))}")
    corners = [setting.names.tip(f"{centre}--corner") for _ in range(4)]
    places = [(-RING, RING), (RING, RING), (RING, -RING), (-RING, -RING)]
    points = {centre: Point(0, 0)} | {name: Point(x, y, centre) for name, (x, y) in zip(corners, places, strict=True)}
    stations = tuple(Station(name, name) for name in [*corners, corners[0]])
    return Picture(points, wires=(Wire(str(wire.leg), (), stations, setting.panel, called=(str(wire.leg), "")),))
