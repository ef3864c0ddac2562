"""What a free leg would meet, and the directions in which it may leave instead."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from math import inf
from typing import NamedTuple, TypeVar

from penrose.data import NOTHING
from penrose.layout.drawn import SQUARE, clip, side_of
from penrose.layout.geometry import OPPOSITE, XY, crosses, curve, labels_of, leave_together
from penrose.layout.grid import Grid
from penrose.layout.measure import POINT
from penrose.layout.scene import SLANTS, Box, Direction, Point, Slant, Wire
from penrose.model.index import numbered

NARROW = 0.45  # radians between a leg and a wire of its tensor, at least
MARGIN = 0.5 * POINT  # around a label
ROOM = 2 * POINT  # around a label, where there is so much
WORSE = 10  # times, than to have less room, is it to be out of order, and as much again to meet something
LINE = 0.02  # legs that end on one line do so that exactly
AGAIN = 2  # times, at most, are legs settled again
MANY = 300  # legs, beyond which they are not

Key = TypeVar("Key")  # what tells a free leg from others
Way = tuple[Direction | Slant, Direction | Slant]  # in which a free leg leaves, and its label stands beside its end

# Of numbered legs: what they hang together with, what they share, their side, and the line on which they end.
Family = tuple[str, str, Direction, int]


class _Member(NamedTuple):
    """A numbered leg: its family, its place on the line of that, its number."""

    family: Family
    along: float
    number: int


class _Kept(NamedTuple):
    """What is known of a wire: the number of its line, those of the boxes of its labels, and its place in a family."""

    line: int
    labels: tuple[int, ...]
    member: _Member | None


class Surroundings:
    """What stands around free legs: boxes, wires with their labels, and the legs that are settled.

    `parts` tells by their nodes which legs hang together, if not all do: of others the order does not matter.
    """

    def __init__(
        self,
        points: Mapping[str, Point],
        boxes: Iterable[Box],
        wires: Iterable[Wire],
        parts: Mapping[str, str] = NOTHING,
    ) -> None:
        self.points, self.parts = points, parts
        self.boxes: list[Box] = []
        self.lines: list[list[XY]] = []
        self.standing, self.drawn = Grid(SQUARE), Grid(SQUARE)
        self.families: dict[Family, list[tuple[float, int]]] = {}
        self.mixed: set[Family] = set()  # those with legs out of order
        for box in boxes:
            self._stand(box)
        for wire in wires:
            self.add(wire)

    def _stand(self, box: Box) -> int:
        self.standing.add(len(self.boxes), box)
        self.boxes.append(box)
        return len(self.boxes) - 1

    def add(self, wire: Wire) -> _Kept:
        """Keep a wire; return what tells it from others."""
        line, number = curve(wire, self.points), len(self.lines)
        self.drawn.add_line(number, line)
        self.lines.append(line)
        labels = tuple(self._stand(box) for _, _, box in labels_of(wire, self.points))
        member = self._member(wire, line) if wire.ends[1] is None else None
        if member:
            if self._out_of_order(member):
                self.mixed.add(member.family)
            insort(self.families.setdefault(member.family, []), (member.along, member.number))
        return _Kept(number, labels, member)

    def drop(self, kept: _Kept) -> None:
        """Forget a wire."""
        self.drawn.remove_line(kept.line, self.lines[kept.line])
        for label in kept.labels:
            self.standing.remove(label, self.boxes[label])
        if kept.member:
            self.families[kept.member.family].remove((kept.member.along, kept.member.number))

    def met(self, leg: Wire, most: float = inf) -> int:
        """Count what a free leg and its label meet, and the legs of its family on one line that are out of order.

        Order counts for less, and what is only near the label for least. What comes to `most` or more is not counted to
        its end.
        """
        line = curve(leg, self.points)
        order = WORSE * min(self._out_of_order(self._member(leg, line)), WORSE - 1)
        if order >= most:
            return order
        count = sum(meet(line, self.lines[wire], NARROW) for wire in self.drawn.near_line(line))
        around = [self.boxes[number] for number in self.standing.near_line(line)]
        own = [box for box in around if _touches(line[:1], box)]
        count += sum(box not in own and _touches(line, box) for box in around)
        if WORSE**2 * count + order >= most:
            return WORSE**2 * count + order
        near = 0
        for _, _, box in labels_of(leg, self.points):
            close = self._met_by(box.grown(ROOM))
            met = self._met_by(box.grown(MARGIN)) if close else 0
            count += met
            near += close - met
        return WORSE**2 * count + order + near

    def ways(
        self, wanted: Mapping[Key, Way], leg_along: Callable[[Key, Way], Wire], known: Mapping[Key, Wire]
    ) -> tuple[int, dict[Key, Way]]:
        """Settle legs one after another: return how much all of them meet, and the first way of each that meets least.

        Those that meet something or are out of order are settled again, once all are there. Legs that are known need
        not be made again.
        """
        found = dict(wanted)
        kept: dict[Key, _Kept] = {}
        costs: dict[Key, int] = {}
        for key, way in wanted.items():
            leg = known.get(key) or leg_along(key, way)
            if least := self.met(leg):
                found[key], least = self._best(key, way, least, leg_along)
                leg = leg_along(key, found[key])
            costs[key] = least
            kept[key] = self.add(leg)
        total = sum(costs.values())
        for _ in range(AGAIN if total >= WORSE and len(wanted) <= MANY else 0):
            before = total
            for key, way in wanted.items():
                if costs[key] < WORSE and not self._out_of_order(kept[key].member):
                    continue
                self.drop(kept[key])
                total -= costs[key]
                found[key], costs[key] = self._best(key, way, self.met(leg_along(key, way)), leg_along)
                total += costs[key]
                kept[key] = self.add(leg_along(key, found[key]))
            if total < WORSE or total == before:
                break
        return total, found

    def _best(self, key: Key, wanted: Way, met: int, leg_along: Callable[[Key, Way], Wire]) -> tuple[Way, int]:
        """Return the first way in which a leg meets least, and how much that is, given how much it meets as is wanted.

        Labels stand aside only where every direction meets something.
        """
        best, least = wanted, met
        for way in _ways_near(wanted[0]):
            if least < WORSE and way[0] != way[1]:
                break
            met = self.met(leg_along(key, way), least)
            if met < least:
                best, least = way, met
        return best, least

    def _met_by(self, label: Box) -> int:
        boxes = sum(label.meets(self.boxes[number]) for number in self.standing.near(label))
        wires = (self.lines[wire] for wire in self.drawn.near(label))
        return boxes + sum(any(clip(piece, label) for piece in pairwise(line)) for line in wires)

    def _member(self, leg: Wire, line: list[XY]) -> _Member | None:
        member = numbered(leg.index)
        if not member:
            return None
        side, (x, y) = _side(line), line[-1]
        level, along = (y, x) if side in ("up", "down") else (x, -y)
        part = self.parts.get(leg.ends[0][0], "") if leg.ends[0] else ""
        return _Member((part, member[0], side, round(level / LINE)), along, member[1])

    def _out_of_order(self, leg: _Member | None) -> int:
        """Count the legs of its family that end on the line of a leg, but on the wrong side of it."""
        if not leg:
            return 0
        others = self.families.get(leg.family, [])
        place = bisect(others, (leg.along, leg.number))
        between = (
            not place or others[place - 1][1] <= leg.number,
            place == len(others) or others[place][1] >= leg.number,
        )
        if all(between) and leg.family not in self.mixed:
            return 0  # as mostly, which is seen at once
        before = sum(number > leg.number for _, number in others[:place])
        return before + sum(number < leg.number for _, number in others[place:])


def meet(line: list[XY], other: list[XY], narrow: float) -> bool:
    """Tell whether two lines cross, or leave one place less than that angle apart, in radians."""
    crossed = any(crosses(a, b, c, d) for a, b in pairwise(line) for c, d in pairwise(other))
    return crossed or leave_together(line, other, narrow)


def _ways_near(wanted: Direction | Slant) -> Iterator[Way]:
    """Yield all directions, those near the one that is wanted first, and then all with labels aside from the leg."""
    side = next(side for side in OPPOSITE if wanted.startswith(side))
    slants = [slant for slant in SLANTS if side in slant.split()]
    directions = list(dict.fromkeys([wanted, side, *slants, OPPOSITE[side], *OPPOSITE, *SLANTS]))
    yield from zip(directions, directions, strict=True)
    for one in directions:
        beside = [other for other in (*OPPOSITE, *SLANTS) if one in other.split() or other in one.split()]
        yield from ((one, label) for label in beside if label != one)


def _side(line: list[XY]) -> Direction:
    (x0, y0), (x1, y1) = line[-2:]
    return side_of((x1 - x0, y1 - y0))


def _touches(line: list[XY], box: Box) -> bool:
    inside = any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in line)
    return inside or any(clip(piece, box) for piece in pairwise(line))
