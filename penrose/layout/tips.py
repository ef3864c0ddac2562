"""What a free leg would meet, and the directions in which it may leave instead."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from math import inf

from penrose.layout.drawn import SQUARE, clip, side_of
from penrose.layout.geometry import OPPOSITE, XY, crosses, curve, labels_of, leave_together
from penrose.layout.grid import Grid
from penrose.layout.measure import POINT
from penrose.layout.scene import SLANTS, Box, Direction, Point, Slant, Wire
from penrose.model.index import numbered
from penrose.model.network import Port

NARROW = 0.5  # radians between a leg and a wire of its tensor, at least
MARGIN = 0.5 * POINT  # around a label
ROOM = 2 * POINT  # around a label, where there is so much
WORSE = 10  # times, than to have less room, is it to be out of order, and as much again to meet something
LINE = 0.02  # legs that end on one line do so that exactly

Way = tuple[Direction | Slant, Direction | Slant]  # in which a free leg leaves, and its label stands beside its end


class Surroundings:
    """What stands around free legs: boxes, wires with their labels, and the legs that are settled."""

    def __init__(self, points: Mapping[str, Point], boxes: Iterable[Box], wires: Iterable[Wire]) -> None:
        self.points = points
        self.boxes: list[Box] = []
        self.lines: list[list[XY]] = []
        self.standing, self.drawn = Grid(SQUARE), Grid(SQUARE)
        self.families: dict[tuple[str, Direction, int], tuple[list[float], list[int]]] = {}
        for box in boxes:
            self._stand(box)
        for wire in wires:
            self.add(wire)

    def _stand(self, box: Box) -> None:
        self.standing.add(len(self.boxes), box)
        self.boxes.append(box)

    def add(self, wire: Wire) -> None:
        """Keep a wire."""
        line = curve(wire, self.points)
        self.drawn.add_line(len(self.lines), line)
        self.lines.append(line)
        for _, _, box in labels_of(wire, self.points):
            self._stand(box)
        if wire.ends[1] is None and (member := _member(wire.index, line)):
            family, along, number = member
            places, numbers = self.families.setdefault(family, ([], []))
            insort(places, along)
            insort(numbers, number)

    def met(self, leg: Wire, most: float = inf) -> int:
        """Count what a free leg and its label meet, and the legs of its family on one line that are out of order.

        Order counts for less, and what is only near the label for least. What comes to `most` or more is not counted to
        its end.
        """
        line = curve(leg, self.points)
        count = sum(
            any(crosses(a, b, c, d) for a, b in pairwise(line) for c, d in pairwise(self.lines[wire]))
            or leave_together(line, self.lines[wire], NARROW)
            for wire in self.drawn.near_line(line)
        )
        around = [self.boxes[number] for number in self.standing.near_line(line)]
        own = [box for box in around if _touches(line[:1], box)]
        count += sum(box not in own and _touches(line, box) for box in around)
        order = WORSE * self._out_of_order(leg, line)
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
        self, wanted: Mapping[Port, Way], leg_along: Callable[[Port, Way], Wire], known: Mapping[Port, Wire]
    ) -> tuple[int, dict[Port, Way]]:
        """Settle legs one after another: return how much all of them meet, and the first way of each that meets least.

        Legs that are known need not be made again. Labels stand aside only where every direction meets something.
        """
        found: dict[Port, Way] = {}
        total = 0
        for port, first in wanted.items():
            best = known.get(port) or leg_along(port, first)
            found[port], least = first, self.met(best)
            for way in _ways_near(first[0]) if least else ():
                if least < WORSE and way[0] != way[1]:
                    break
                met = self.met(leg_along(port, way), least)
                if met < least:
                    found[port], least = way, met
            if least or found[port] != first:
                best = leg_along(port, found[port])
            total += least
            self.add(best)
        return total, found

    def _met_by(self, label: Box) -> int:
        boxes = sum(label.meets(self.boxes[number]) for number in self.standing.near(label))
        wires = (self.lines[wire] for wire in self.drawn.near(label))
        return boxes + sum(any(clip(piece, label) for piece in pairwise(line)) for line in wires)

    def _out_of_order(self, leg: Wire, line: list[XY]) -> int:
        """Return how far, among those of its family that end on its line, a leg is from where its number belongs."""
        member = _member(leg.index, line)
        if not member:
            return 0
        family, along, number = member
        places, numbers = self.families.get(family, ((), ()))
        return abs(bisect(places, along) - bisect(numbers, number))


def _member(index: str, line: list[XY]) -> tuple[tuple[str, Direction, int], float, int] | None:
    """Return of a numbered leg its family, with its side and the line on which it ends, its place there, its number."""
    member = numbered(index)
    if not member:
        return None
    side, (x, y) = _side(line), line[-1]
    level, along = (y, x) if side in ("up", "down") else (x, -y)
    return (member[0], side, round(level / LINE)), along, member[1]


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
