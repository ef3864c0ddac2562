"""Wires that go around: above or below a row, or from a thing to itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from penrose.layout.geometry import XY
from penrose.layout.joints import Joints, anchor_of
from penrose.layout.legs import Join
from penrose.layout.measure import LOOP, LOOP_HEIGHT, SIDE_BY_SIDE, rounded
from penrose.layout.scene import Box, Direction, Point, Station, Wire
from penrose.layout.standing import Standing
from penrose.model.network import Port
from penrose.model.notation import coordinate


@dataclass
class Loops(Joints):
    """Draws the loops of a part, of which all else is there; `written` are the labels of its free legs."""

    written: list[Box]
    turns: list[XY] = field(default_factory=list)  # the corners of loops

    def draw(self) -> list[Wire]:
        """Return the loops, each outside of the ones before it and of the labels of free legs; ears first."""
        loops = [join for join in self.part.joins if join in self.ways.loops]
        ears = {join for join in loops if {self.ways.sides[port] for port in join} == {"right"}}
        drawn = [self._ear(join) for join in loops if join in ears]
        for join in sorted((join for join in loops if join not in ears), key=self._from_inside):
            ends = sorted(join, key=lambda port: (self.standing[port.vertex].x, self.ways.sides[port] != "left"))
            drawn.append(self._loop(join, ends[0], ends[1]))
        return drawn

    def _ear(self, join: Join) -> Wire:
        """Return a wire that leaves a vertex on the right and comes back there."""
        here, start, end = self.standing[join[0].vertex], self._base(join[0]), self._base(join[1])
        rank = self.ways.loops_beside(join).index(join)
        half = (rank + 0.5) * SIDE_BY_SIDE
        x = round(here.x + here.look.extent.right + LOOP * (rank + 1), 4)
        corner, other = self._corners(join)
        self.points[corner] = Point(x, round(here.y + half, 4), anchor_of(start))
        self.points[other] = Point(x, round(here.y - half, 4), anchor_of(end))
        ends = [start, end] if here.look.shape == "dot" else [Station(corner, start.x_of), Station(other, end.x_of)]
        return self._wire(join, [ends[0], Station(corner, corner), Station(other, corner), ends[1]])

    def _corners(self, join: Join) -> tuple[str, str]:
        """Return the names of the two corners of a loop."""
        names = self.part.setting.names
        ends = frozenset(f"{self._end(port)[0]}.{self._called(port)}" for port in join)
        corner = names.named("loop", f"loop--{coordinate(str(self._leg_of(join[0])))}", ends)
        return corner, names.tip(f"{corner}--end")

    def _from_inside(self, join: Join) -> tuple[float, bool, float]:
        """Return what loops are in the order of: shorter ones first, then those from rows that are farther out."""
        first, last = (self.standing[port.vertex] for port in join)
        outwards = first.y if join in self.ways.below else -first.y
        return abs(first.x - last.x), self.ways.sides[join[0]] in ("left", "right"), outwards

    def _loop(self, join: Join, left: Port, right: Port) -> Wire:
        first, last = self.standing[left.vertex], self.standing[right.vertex]
        start, end = self._base(left), self._base(right)
        side = self.ways.sides[left]
        small = side in ("up", "down")
        below = side == "down" or join in self.ways.below
        half = (self.ways.loops_beside(join).index(join) + 0.5) * SIDE_BY_SIDE if small else 0.0
        x0 = first.x - half if small else self._outermost(first, -1, below)
        x1 = last.x + half if small else self._outermost(last, 1, below)
        height = self._height(x0, x1, first.y, below)
        corner, other = self._corners(join)
        self.points[corner] = Point(round(x0, 4), height, anchor_of(start))
        self.points[other] = Point(round(x1, 4), height, anchor_of(end))
        stations = [Station(corner, corner), Station(corner, other)]
        at_dot = small and first.look.shape == "dot"  # which has no room beside its middle
        if not at_dot:
            stations = [Station(start.y_of, corner), *stations, Station(end.y_of, other)]
        if at_dot or not small:
            stations = [start, *stations, end]
        if not small:
            self.turns += [(x0, height), (x1, height)]
        return self._wire((left, right), stations)

    def _outermost(self, end: Standing, sign: int, below: bool) -> float:
        """Return where a loop that leaves a vertex to a side turns up, or down: outside of all that it goes around."""
        side: Direction = "right" if sign > 0 else "left"
        up = -1 if below else 1
        beyond = end.look.extent.towards("down" if below else "up")
        reach = [
            sign * vertex.x + vertex.look.extent.towards(side)
            for vertex in self.standing.values()
            if vertex is end or up * vertex.y > up * end.y + beyond
        ]
        reach += [sign * x for x, y in self.turns if up * y > up * end.y and sign * x > sign * end.x]
        labels = [box for box in self.written if up * (box.y0 + box.y1) / 2 > up * end.y]
        reach += [max(sign * box.x0, sign * box.x1) - LOOP / 2 for box in labels]  # they keep half as far away
        return sign * (max(reach) + LOOP)

    def _height(self, x0: float, x1: float, level: float, below: bool) -> float:
        """Return the height of a loop: beyond everything that stands between its sides."""
        sign = -1 if below else 1
        reach = [
            sign * vertex.y + vertex.look.extent.towards("down" if below else "up")
            for vertex in self.standing.values()
            if x0 <= vertex.x <= x1
        ]
        reach += [sign * p.y for p in self.points.values() if x0 <= p.x <= x1]
        labels = [box for box in self.written if box.x0 <= x1 and x0 <= box.x1]
        reach += [max(sign * box.y0, sign * box.y1) - LOOP / 2 for box in labels]  # they keep half as far away
        return sign * rounded(max(max(reach) + LOOP, sign * level + LOOP_HEIGHT))
