"""On which side of its vertex every wire leaves, and which wires go around as loops."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from math import atan2, degrees, remainder, tau

from penrose.data import NOTHING, Equatable
from penrose.layout.board import squares
from penrose.layout.cells import Cell, Cells, Lane, Placement
from penrose.layout.geometry import OPPOSITE, STEPS, crosses
from penrose.layout.part import Part
from penrose.layout.scene import SLANTS, Direction, Slant
from penrose.model.expression import Apply, factors_of
from penrose.model.network import Port

Join = tuple[Port, Port]
NARROW = 30  # degrees between a free leg and a wire of its vertex, at least


def _pair(join: Join) -> frozenset[int]:
    """Return the vertices that a wire joins."""
    return frozenset((join[0].vertex, join[1].vertex))


class Ways(Equatable):
    """The side on which every port leaves, the wires that are drawn as loops, the others by their vertices.

    Free legs with `slants` leave there between two sides. The loops `below` go around there. What leaves along
    `lanes` does so at a right angle; these are a `pitch` apart.
    """

    sides: Mapping[Port, Direction]
    loops: frozenset[Join]
    bundles: Mapping[frozenset[int], tuple[Join, ...]]
    slants: Mapping[Port, Slant] = NOTHING
    below: frozenset[Join] = frozenset()
    lanes: Mapping[Port, Lane] = NOTHING
    pitch: float = 0.0

    @cached_property
    def lanes_at(self) -> Mapping[int, int]:
        """How many lanes a vertex stands over."""
        shifts: dict[int, list[float]] = {}
        for port, lane in self.lanes.items():
            shifts.setdefault(port.vertex, []).append(lane.shift)
        return {vertex: 1 + round(max(several) - min(several)) for vertex, several in shifts.items()}

    @cached_property
    def is_upright(self) -> bool:
        """Tell whether lanes are upright."""
        return any(lane.side in ("up", "down") for lane in self.lanes.values())

    @cached_property
    def across(self) -> frozenset[Port]:
        """What leaves at a right angle to upright lanes: towards the matrices beside them."""
        ports = (port for port, lane in self.lanes.items() if self.is_upright and lane.side in ("left", "right"))
        return frozenset(ports)

    def loops_beside(self, loop: Join) -> list[Join]:
        """Return the loops on the same side of the same vertex, from the innermost."""
        (start, end), sides = loop, self.sides
        mine = [other for other in self.loops if {port.vertex for port in other} == {start.vertex, end.vertex}]
        return sorted(other for other in mine if sides[other[0]] == sides[start] and sides[other[1]] == sides[end])

    def parallel(self, join: Join) -> tuple[Join, ...]:
        """Return the wires that run between the same two vertices, from the uppermost or from the left."""
        return self.bundles[_pair(join)]


def choose_ways(part: Part, placement: Placement) -> Ways:
    """Decide where wires leave: towards each other, around as a loop, or, if free, where nothing blocks them."""
    cells = placement.cells
    around = {join: way for join in part.joins if (way := placement.around.get(_pair(join)))}
    ears = {join for join in part.joins if join[0].vertex == join[1].vertex}
    loops = (ears if placement.bows else _loops(part, cells)) | around.keys()
    in_lanes = {Port(*slot): lane for slot, lane in placement.lanes.items()}
    lanes = {port: lane for port, lane in in_lanes.items() if part.asked(port) in (None, lane.side)}
    straight = [join for join in part.joins if join not in loops]
    layers = placement.flow in ("up", "down")
    sides: dict[Port, Direction] = {}
    for join in straight:
        upright = layers or any(_at_lying_bar(part, port) for port in join)
        for port, other in (join, join[::-1]):
            here, there = cells[port.vertex], cells[other.vertex]
            diagonal = abs(here[0] - there[0]) == abs(here[1] - there[1])
            steep = upright or (diagonal and _is_ray(part, port, other)) or _is_under_a_dot(part, port, other)
            towards = _towards(here, there, steep)
            sides[port] = part.asked(port) or (lanes[port].side if port in lanes else towards)
    used: dict[int, set[Direction]] = {vertex: set() for vertex in part.vertices}
    for port, side in sides.items():
        used[port.vertex].add(side)
    vertices = part.vertices if loops or placement.flow else ()  # those of which it matters
    occupied = {vertex: frozenset(used[vertex]) for vertex in vertices}
    through = {v: {part.tip_side(port) for port in part.tips_at[v] if part.is_open(port)} for v in vertices}
    for join in (join for join in part.joins if join in loops):
        vertex = join[0].vertex
        if vertex == join[1].vertex:
            tips = {part.tip_side(port) for port in part.tips_at[vertex]}
            homely = {part.home(port) for port in join} == {"left", "right"}
            ends = _ear(used[vertex] | through[vertex], occupied[vertex] | through[vertex], tips, homely)
        else:
            ends = ("left", "right") if cells[vertex] < cells[join[1].vertex] else ("right", "left")
        for port, side in zip(join, ends, strict=True):
            sides[port] = side
            used[port.vertex].add(side)
    if placement.flow:  # between layers, wires leave a side slanted, and leave room on it
        used = {vertex: used[vertex] - occupied[vertex] for vertex in used}
    room = _Room(cells, straight if part.tips else [])
    slants = _in_sheets(part, used)
    turned = {port: placement.tips[port.vertex] for port in part.tips if port.vertex in placement.tips}
    for wanted, ports in _families(part, lanes.keys() | turned.keys()).items():
        if placement.flow:
            times = Counter(port.vertex for port in ports)
            alone = [port for port in ports if times[port.vertex] == 1]
            slants |= {port: slant for port in alone if (slant := room.beside(port.vertex, wanted))}
        free = {port: room.free(port.vertex, wanted, used[port.vertex]) for port in ports if port not in slants}
        single = [port for port in free if part.is_plain(port)]
        if not all(free[port] for port in single) and (slant := room.slant([port.vertex for port in single])):
            slants |= dict.fromkeys(single, slant)
        sides |= {port: side or wanted for port, side in free.items()}
    for port, slant in slants.items():
        sides[port] = "right" if slant.endswith("right") else "left"
    sides |= {port: lane.side for port, lane in lanes.items()} | turned
    for port in part.tips:
        sides[port] = part.asked(port) or sides[port]
    below = frozenset(join for join, way in around.items() if way == "down")
    return Ways(sides, frozenset(loops), _bundles(part, cells, loops), slants, below, lanes)


def _in_sheets(part: Part, used: Mapping[int, AbstractSet[Direction]]) -> dict[Port, Slant]:
    """Return slants for the upper and lower legs of what has one on each of the four sides, and a wire on one of these.

    So sheets are drawn that lie over one another, seen from their lower left.
    """
    ways: Mapping[Direction, Slant] = {"up": "up right", "down": "down left"}
    several = (v for v in part.vertices if len(part.tips_at[v]) == len(OPPOSITE))
    four = [v for v in several if {*map(part.tip_side, part.tips_at[v])} == OPPOSITE.keys()]
    ports = (port for vertex in four if used[vertex] & ways.keys() for port in part.tips_at[vertex])
    return {port: ways[side] for port in ports if (side := part.tip_side(port)) in ways}


def _families(part: Part, lanes: Collection[Port]) -> dict[Direction, list[Port]]:
    """Return the free legs that are in no lane by the side on which they ought to leave."""
    families: dict[Direction, list[Port]] = {}
    for port in part.tips:
        if port not in lanes and not part.asked(port):
            families.setdefault(part.tip_side(port), []).append(port)
    return families


class _Room:
    """Tells in which directions there is room for a free leg, by the unit squares that wires pass."""

    def __init__(self, cells: Cells, joins: Iterable[Join]) -> None:
        self.cells = cells
        self.taken = set(cells.values())
        self.squares: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for start, end in joins:
            for square in squares(cells[start.vertex], cells[end.vertex]):
                self.squares.setdefault(square, []).append((start.vertex, end.vertex))

    def free(self, vertex: int, wanted: Direction, used: set[Direction]) -> Direction | None:
        """Return the side that is wanted, or the first one after it where nothing is in the way, if there is one."""
        order: list[Direction] = [wanted, "down", "up", OPPOSITE[wanted], "left", "right"]
        return next((side for side in order if side not in used and self._is_free(vertex, STEPS[side])), None)

    def beside(self, vertex: int, wanted: Direction) -> Slant | None:
        """Return a direction beside the one that is wanted, where there is room in it alone."""
        if self._is_free(vertex, STEPS[wanted]):
            return None
        return next((s for s in SLANTS if wanted in s.split() and self._is_free(vertex, STEPS[s])), None)

    def slant(self, vertices: Sequence[int]) -> Slant | None:
        """Return the direction between two sides in which there is room at most of some vertices, if at any."""
        free = {slant: sum(self._is_free(vertex, STEPS[slant]) for vertex in vertices) for slant in SLANTS}
        best = max(free, key=lambda slant: free[slant])
        return best if free[best] else None

    def _is_free(self, vertex: int, step: tuple[int, int]) -> bool:
        x, y = self.cells[vertex]
        dx, dy = step
        if not (dx and dy) and (x + dx, y + dy) in self.taken:
            return False
        reach = 0.55 if dx and dy else 1.05  # of a leg and its label, in cells
        end = (x + reach * dx, y + reach * dy)
        for square in squares((x, y), end):
            for one, other in self.squares.get(square, ()):
                if vertex in (one, other):
                    ox, oy = self.cells[other if vertex == one else one]
                    if _angle((dx, dy), (ox - x, oy - y)) < NARROW:
                        return False
                elif crosses((x, y), end, self.cells[one], self.cells[other]):
                    return False
        return True


def _angle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the angle between two directions, in degrees."""
    return abs(degrees(remainder(atan2(a[1], a[0]) - atan2(b[1], b[0]), tau)))


def _bundles(part: Part, cells: Cells, loops: set[Join]) -> dict[frozenset[int], tuple[Join, ...]]:
    """Return the wires between every two vertices, the earlier slots of a bar or of the left one above.

    Where one vertex is above the other, the earlier slots of that are on the left.
    """
    bundles: dict[frozenset[int], list[tuple[int, Join]]] = {}
    for join in part.joins:
        if join not in loops:
            start, end = join
            (x0, y0), (x1, y1) = cells[start.vertex], cells[end.vertex]
            leading = start if (x0, -y0) <= (x1, -y1) else end
            leading = next((port for port in join if port.vertex in part.bars), leading)
            bundles.setdefault(_pair(join), []).append((leading.slot, join))
    return {pair: tuple(join for _, join in sorted(bundle)) for pair, bundle in bundles.items()}


def _at_lying_bar(part: Part, port: Port) -> bool:
    """Tell whether a port is a thin one of a bar that lies, since its thick leg leaves up or down."""
    if port.vertex not in part.bars:
        return False
    thick = Port(port.vertex, len(part.about(port.vertex).legs) - 1)
    if port == thick or thick not in part.tips:
        return False
    return part.tip_side(thick) in ("up", "down")


def _is_ray(part: Part, port: Port, other: Port) -> bool:
    """Tell whether a port is that of a matrix that reads from above down if it leans as much as can be.

    It is on a dot, or its other leg ends above or below.
    """
    about = part.about(port.vertex)
    ends = {part.tip_side(tip) for tip in part.tips_at[port.vertex]}
    rising = part.about(other.vertex).kind == "dot" or "up" in ends or "down" in ends
    return about.kind == "tensor" and len(about.legs) == 2 and rising


def _is_under_a_dot(part: Part, port: Port, other: Port) -> bool:
    """Tell whether a port is that of a frame on a dot, and of larger tensors in there, which leave to the sides too."""
    about = part.about(port.vertex)
    if about.body is None or part.about(other.vertex).kind != "dot":
        return False
    carriers = [factor for factor in factors_of(about.body) if about.legs[port.slot] in factor.legs]
    in_sum = not isinstance(about.body, Apply)
    return (in_sum or len(carriers) == 1) and all(len(factor.legs) > 2 for factor in carriers)


def _towards(here: Cell, there: Cell, upright: bool) -> Direction:
    dx, dy = there[0] - here[0], there[1] - here[1]
    if abs(dx) >= abs(dy) and not (upright and dy):
        return "right" if dx > 0 else "left"
    return "up" if dy > 0 else "down"


def _loops(part: Part, cells: Cells) -> set[Join]:
    """Return the wires that go around: from a vertex to itself, and back along a row from its end to its begin."""
    together = Counter(map(_pair, part.joins))
    outside = {port.vertex: part.tip_side(port) for port in part.tips}
    rows: dict[float, list[float]] = {}
    for x, y in sorted(cells.values()):
        rows.setdefault(y, []).append(x)
    loops = set()
    for join in part.joins:
        start, end = join if cells[join[0].vertex] <= cells[join[1].vertex] else join[::-1]
        (x0, y0), (x1, y1) = cells[start.vertex], cells[end.vertex]
        if start.vertex == end.vertex:
            loops.add(join)
        elif y0 == y1 and part.home(start) != "right" and part.home(end) != "left":
            row = rows[y0]
            between = bisect_left(row, x1) - bisect_right(row, x0) > 0
            beyond = row[0] < x0 or row[-1] > x1
            several = together[frozenset((start.vertex, end.vertex))] > 1
            homely = part.home(start) == "left" and part.home(end) == "right"
            blocked = outside.get(start.vertex) == "left" or outside.get(end.vertex) == "right"
            if not beyond and not blocked and (between or (several and homely)):
                loops.add(join)
    return loops


def _ear(
    used: AbstractSet[Direction], occupied: AbstractSet[Direction], tips: AbstractSet[Direction], homely: bool
) -> tuple[Direction, Direction]:
    """Return the sides on which a wire from a vertex to itself leaves it, both times.

    Other wires use some sides; those that are `occupied` have no room for several, and on others tips of free legs are.
    What is at home on the left and right goes around the vertex, unless it is in the way of what is there.
    """
    if not used & {"left", "right"} and (homely or not (tips & {"left", "right"} or {"up", "down"} <= tips)):
        return "left", "right"
    ways: tuple[Direction, ...] = ("up", "down", "right")
    side = next((way for way in ways if way not in occupied | tips), "down" if "up" in occupied else "up")
    return side, side
