"""Room between what stands side by side, or below one another, after some of it has been moved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from math import floor, inf

from penrose.data import replace
from penrose.layout.geometry import extent, ink
from penrose.layout.measure import rounded_up
from penrose.layout.scene import Picture

COLUMN = 0.5  # cm, width of the columns in which rows are compared


def spread_out(before: Picture, after: Picture, fixed: Collection[str]) -> Picture:
    """Return a picture after some points were moved, whose terms, signs and rows are as far apart as before.

    Those that became larger, or hold what is `fixed`, push others away, and these the next; nothing is pulled.
    """
    for series in before.series:
        gaps = [_gap(*pair, series.axis) for pair in pairwise(_only(before, names) for names in series.members)]
        found = [_distance(*pair, series.axis) for pair in pairwise(_only(after, names) for names in series.members)]
        held = [not names.isdisjoint(fixed) for names in series.members]
        for names, by in zip(series.members, _pushes(gaps, found, held), strict=True):
            after = _pushed(after, names, by, series.axis)
    return after


def _gap(one: Picture, other: Picture, axis: int) -> float:
    """Return the distance of the boxes of two pictures along an axis: to the right, or downwards."""
    here, there = extent(one), extent(other)
    return there.x0 - here.x1 if axis == 0 else here.y0 - there.y1


def _distance(one: Picture, other: Picture, axis: int) -> float:
    """Return the distance of two pictures along an axis; downwards only where one is above the other."""
    if axis == 0:
        return _gap(one, other, axis)
    low, high = _columns(one), _columns(other)
    return min((low[place][0] - high[place][1] for place in low.keys() & high.keys()), default=inf)


def _columns(picture: Picture) -> dict[int, tuple[float, float]]:
    """Return the lowest and the highest ink in every column of a picture."""
    found: dict[int, tuple[float, float]] = {}
    for box in ink(picture):
        for place in range(floor(box.x0 / COLUMN), floor(box.x1 / COLUMN) + 1):
            low, high = found.get(place, (inf, -inf))
            found[place] = (min(low, box.y0), max(high, box.y1))
    return found


def _pushes(gaps: Sequence[float], found: Sequence[float], held: Sequence[bool]) -> list[float]:
    """Return how far every member of a series has to move so that none is nearer to the next than before."""
    moves = [0.0] * len(held)
    over = [gap - distance for gap, distance in zip(gaps, found, strict=True)]
    for place, near in enumerate(over):
        if (by := near + moves[place]) > 0 and not held[place + 1]:
            moves[place + 1] = rounded_up(by)
    for place, near in reversed([*enumerate(over)]):
        if (by := near + moves[place] - moves[place + 1]) > 0 and not held[place]:
            moves[place] -= rounded_up(by)
    return moves


def _only(picture: Picture, names: Collection[str]) -> Picture:
    """Return what a picture draws at some points, and around them."""
    framed = {thing.name for thing in picture.surrounding}
    whole: set[str] = set()  # frames and remarks with all that they are around
    for thing in picture.surrounding:
        around = [member for member in thing.members if member in framed or member in picture.points]
        if all(member in names or member in whole for member in around):
            whole.add(thing.name)
    return replace(
        picture,
        nodes=tuple(node for node in picture.nodes if node.name in names),
        wires=tuple(wire for wire in picture.wires if all(station.x_of in names for station in wire.stations)),
        groups=tuple(group for group in picture.groups if group.name in whole),
        texts=tuple(text for text in picture.texts if text.name in names),
        remarks=tuple(remark for remark in picture.remarks if remark.name in whole),
    )


def _pushed(picture: Picture, names: Collection[str], by: float, axis: int) -> Picture:
    """Return a picture with some points moved along an axis."""
    if not by:
        return picture
    dx, dy = (by, 0.0) if axis == 0 else (0.0, -by)
    points = {name: p.moved(dx, dy) if name in names else p for name, p in picture.points.items()}
    return replace(picture, points=points)
