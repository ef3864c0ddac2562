"""The ways of wires between things that stand: straight, bent, in loops, and the tips of free legs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

from penrose.layout.geometry import STEPS, TURNS, XY, crosses, curve, distance
from penrose.layout.legs import Join, Ways
from penrose.layout.look import Look
from penrose.layout.measure import LEG, LOOP, SIDE_BY_SIDE
from penrose.layout.part import Part
from penrose.layout.scene import Direction, Label, Point, Station, Wire
from penrose.model.network import Port
from penrose.model.notation import coordinate, latex

COMPASS: dict[Direction, str] = {"left": "west", "right": "east", "up": "north", "down": "south"}
BENDS = (25, -25, 40, -40, 55, -55)  # degrees, tried in this order where the straight way is blocked
APART = 28  # degrees between parallel wires


@dataclass(frozen=True, eq=False)
class Standing:
    """A vertex that has its name, place and look."""

    name: str
    x: float
    y: float
    look: Look


class Floor:
    """Finds what stands near a line, by the squares of 1 cm that things cover."""

    def __init__(self, vertices: Iterable[Standing]) -> None:
        self.squares: dict[tuple[int, int], list[Standing]] = {}
        for vertex in vertices:
            reach = max(vertex.look.extent)
            for square in self._squares((vertex.x - reach, vertex.y - reach), (vertex.x + reach, vertex.y + reach)):
                self.squares.setdefault(square, []).append(vertex)

    def near(self, a: XY, b: XY) -> Iterator[Standing]:
        """Yield what may come near the segment a b, some of it more than once."""
        for square in self._squares(a, b):
            yield from self.squares.get(square, ())

    def _squares(self, a: XY, b: XY) -> Iterator[tuple[int, int]]:
        for x in range(floor(min(a[0], b[0]) - 0.1), floor(max(a[0], b[0]) + 0.1) + 1):
            for y in range(floor(min(a[1], b[1]) - 0.1), floor(max(a[1], b[1]) + 0.1) + 1):
                yield x, y


def route(part: Part, ways: Ways, standing: Mapping[int, Standing]) -> tuple[dict[str, Point], list[Wire]]:
    """Return the points of a part and its wires."""
    router = _Router(part, ways, standing, Floor(standing.values()), {})
    for vertex in standing.values():
        router.add_vertex(vertex)
    wires = [router.join(join) for join in part.joins if join not in ways.loops]
    wires += router.legs()
    wires += router.loops()
    return router.points, wires


@dataclass
class _Router:
    part: Part
    ways: Ways
    standing: Mapping[int, Standing]
    floor: Floor
    points: dict[str, Point]

    def add_vertex(self, vertex: Standing) -> None:
        """Add the point of a vertex; a group has one in the middle of each side instead."""
        if vertex.look.style != "group":
            self.points[vertex.name] = Point(vertex.x, vertex.y)
            return
        for direction, compass in COMPASS.items():
            dx, dy = STEPS[direction]
            reach = vertex.look.extent.towards(direction)
            x, y = vertex.x + dx * reach, vertex.y + dy * reach
            self.points[f"{vertex.name}.{compass}"] = Point(x, y)

    def _end(self, port: Port) -> tuple[str, int]:
        return self.standing[port.vertex].name, port.slot

    def _wire(self, join: Join, stations: Sequence[Station], bend: int = 0) -> Wire:
        index = self.part.about(join[0].vertex).legs[join[0].slot].name
        ends = (self._end(join[0]), self._end(join[1]))
        return Wire(index, ends, tuple(stations), self.part.setting.panel, bend)

    # ------------------------------------------------ between vertices

    def join(self, join: Join) -> Wire:
        """Return a wire between two vertices: straight, beside its parallels, or around what is in the way."""
        start, end = join
        first, last = self.standing[start.vertex], self.standing[end.vertex]
        asked = (self.part.asked(start), self.part.asked(end))
        stations = (self._station(start, last), self._station(end, first))
        parallel = self.ways.parallel(join)
        if len(parallel) > 1:
            rank = parallel.index(join)
            leftmost = (first.x, -first.y) <= (last.x, -last.y)
            bend = APART * (len(parallel) - 1 - 2 * rank) * (1 if leftmost else -1)
            return self._wire(join, stations, bend)
        wire = self._wire(join, stations)
        if any(asked):
            out, into = (TURNS[self.ways.sides[port]] for port in join)
            return Wire(wire.index, wire.ends, stations, wire.panel, out=out, into=into)
        if not self._hits(wire):
            return wire
        bent = [other for bend in BENDS if not self._hits(other := self._wire(join, stations, bend))]
        return min(bent, key=self._crossings, default=wire)

    def _station(self, port: Port, other: Standing) -> Station:
        """Return where a wire meets a vertex: its middle, or opposite the other end where the vertex is wide."""
        here = self.standing[port.vertex]
        side = self.ways.sides[port]
        name = f"{here.name}.{COMPASS[side]}" if here.look.style == "group" else here.name
        if other.look.style == "group":
            return Station(name, name)
        across, along = abs(other.x - here.x), abs(other.y - here.y)
        wide, high = self._room(here)
        if side in ("up", "down") and 0.01 < across < wide:
            return Station(name, other.name)
        if side in ("left", "right") and (along > 0.01 or name != here.name) and along < high:
            return Station(other.name, name)
        return Station(name, name)

    def _room(self, vertex: Standing) -> tuple[float, float]:
        """Return how far from the middle of its sides a wire can meet a vertex at a right angle."""
        reach = vertex.look.extent
        if vertex.look.style == "group":
            return reach.left - 0.1, reach.up - 0.1
        return vertex.look.least[0] / 2 - 0.1, vertex.look.least[1] / 2 - 0.1

    def _hits(self, wire: Wire) -> bool:
        """Tell whether a wire runs under a vertex that is not one of its ends."""
        ends = {end[0] for end in wire.ends if end}
        line = curve(wire, self.points)
        for a, b in pairwise(line):
            for vertex in self.floor.near(a, b):
                radius = max(vertex.look.extent) + 0.08
                if vertex.name not in ends and distance((vertex.x, vertex.y), a, b) < radius:
                    return True
        return False

    def _crossings(self, wire: Wire) -> int:
        """Count the straight wires between vertices that a wire crosses."""
        line = curve(wire, self.points)
        ends = {end[0] for end in wire.ends if end}
        count = 0
        for start, end in self.part.joins:
            first, last = self.standing[start.vertex], self.standing[end.vertex]
            if not {first.name, last.name} & ends:
                straight = ((first.x, first.y), (last.x, last.y))
                count += any(crosses(a, b, *straight) for a, b in pairwise(line))
        return count

    # ------------------------------------------------ free legs

    def legs(self) -> list[Wire]:
        """Return the free legs, several on one side of a vertex in parallel and in the order of its slots."""
        sides: dict[tuple[int, Direction], list[Port]] = {}
        for port in self.part.tips:
            sides.setdefault((port.vertex, self.ways.sides[port]), []).append(port)
        return [
            self._leg(port, side, rank, len(ports))
            for (_, side), ports in sides.items()
            for rank, port in enumerate(sorted(ports, key=lambda p: p.slot))
        ]

    def _leg(self, port: Port, side: Direction, rank: int, ports: int) -> Wire:
        owner = self.standing[port.vertex]
        index = self.part.tips[port]
        dx, dy = STEPS[side]
        shift = (rank - (ports - 1) / 2) * SIDE_BY_SIDE
        reach = _rounded(owner.look.extent.towards(side) + LEG)
        x, y = owner.x + dx * reach + abs(dy) * shift, owner.y + dy * reach - abs(dx) * shift
        tip = self.part.setting.names.new(f"{owner.name}--{coordinate(index.name)}")
        start = f"{owner.name}.{COMPASS[side]}" if owner.look.style == "group" else owner.name
        anchor = "" if owner.look.style == "group" else owner.name
        self.points[tip] = Point(round(x, 4), round(y, 4), anchor)
        middle = owner.look.shape == "dot" or (ports == 1 and owner.look.style != "group")
        station = Station(start, start) if middle else Station(start, tip) if dy else Station(tip, start)
        labels = (None, Label(latex(index.name), side))
        stations = (station, Station(tip, tip))
        return Wire(index.name, (self._end(port), None), stations, self.part.setting.panel, labels=labels)

    # ------------------------------------------------ loops

    def loops(self) -> list[Wire]:
        """Return the loops, each outside of the ones before it."""
        drawn = []
        loops = [join for join in self.part.joins if join in self.ways.loops]
        for join in sorted(loops, key=self._length):
            ends = sorted(join, key=lambda port: (self.standing[port.vertex].x, self.ways.sides[port] != "left"))
            drawn.append(self._loop(join, ends[0], ends[1]))
        return drawn

    def _length(self, join: Join) -> float:
        return abs(self.standing[join[0].vertex].x - self.standing[join[1].vertex].x)

    def _loop(self, join: Join, left: Port, right: Port) -> Wire:
        first, last = self.standing[left.vertex], self.standing[right.vertex]
        side = self.ways.sides[left]
        small = side in ("up", "down")
        below = side == "down"
        out = -SIDE_BY_SIDE / 2 if small else first.look.extent.left + LOOP
        height = self._height(first, last, below)
        corner = self.part.setting.names.new(f"loop--{coordinate(self.part.about(left.vertex).legs[left.slot].name)}")
        other = self.part.setting.names.new(f"{corner}--end")
        self.points[corner] = Point(round(first.x - abs(out), 4), height, first.name)
        width = SIDE_BY_SIDE / 2 if small else last.look.extent.right + LOOP
        self.points[other] = Point(round(last.x + width, 4), height, last.name)
        stations = [
            Station(first.name, corner),
            Station(corner, corner),
            Station(corner, other),
            Station(last.name, other),
        ]
        if not small:
            stations = [Station(first.name, first.name), *stations, Station(last.name, last.name)]
        return self._wire((left, right), stations)

    def _height(self, first: Standing, last: Standing, below: bool) -> float:
        """Return the height of a loop: beyond everything that stands between its ends."""
        sign = -1 if below else 1
        reach = [
            sign * vertex.y + vertex.look.extent.towards("down" if below else "up")
            for vertex in self.standing.values()
            if first.x <= vertex.x <= last.x
        ]
        x0, x1 = first.x - first.look.extent.left - LOOP, last.x + last.look.extent.right + LOOP
        reach += [sign * p.y for p in self.points.values() if x0 <= p.x <= x1]
        return sign * _rounded(max(reach) + LOOP)


def _rounded(length: float) -> float:
    """Round a length to half a millimetre."""
    return round(round(length * 20) / 20, 4)
