"""On which side of its vertex every wire leaves, and which wires go around as loops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from penrose.layout.cells import Cells
from penrose.layout.geometry import OPPOSITE, STEPS
from penrose.layout.part import Part
from penrose.layout.scene import Direction
from penrose.model.network import Port

Join = tuple[Port, Port]


@dataclass(frozen=True)
class Ways:
    """The side on which every port leaves, the wires that are drawn as loops, the others by their vertices."""

    sides: Mapping[Port, Direction]
    loops: frozenset[Join]
    bundles: Mapping[frozenset[int], tuple[Join, ...]]

    def loops_beside(self, loop: Join) -> list[Join]:
        """Return the loops on the same side of the same vertex, from the innermost."""
        (start, end), sides = loop, self.sides
        mine = [other for other in self.loops if {port.vertex for port in other} == {start.vertex, end.vertex}]
        return sorted(other for other in mine if sides[other[0]] == sides[start] and sides[other[1]] == sides[end])

    def parallel(self, join: Join) -> tuple[Join, ...]:
        """Return the wires that run between the same two vertices, from the uppermost or from the left."""
        return self.bundles[frozenset(port.vertex for port in join)]


def choose_ways(part: Part, cells: Cells) -> Ways:
    """Decide where wires leave: towards each other, around as a loop, or, if free, where nothing blocks them."""
    loops = _loops(part, cells)
    sides: dict[Port, Direction] = {}
    for join in part.joins:
        for port, other in (join, join[::-1]):
            if join not in loops:
                upright = _at_lying_bar(part, port) or _at_lying_bar(part, other)
                sides[port] = part.asked(port) or _towards(cells[port.vertex], cells[other.vertex], upright)
    taken = set(cells.values())
    used: dict[int, set[Direction]] = {vertex: set() for vertex in part.vertices}
    for port, side in sides.items():
        used[port.vertex].add(side)
    occupied = {vertex: frozenset(found) for vertex, found in used.items()}
    for join in (join for join in part.joins if join in loops):
        ends = _around(join, cells, used, occupied)
        for port, side in zip(join, ends, strict=True):
            sides[port] = side
            used[port.vertex].add(side)
    for port in part.tips:
        asked = part.asked(port)
        sides[port] = asked or _free(part.tip_side(port), cells[port.vertex], taken, used[port.vertex])
    return Ways(sides, frozenset(loops), _bundles(part, cells, loops))


def _bundles(part: Part, cells: Cells, loops: set[Join]) -> dict[frozenset[int], tuple[Join, ...]]:
    """Return the wires between every two vertices, the earlier slots of a bar or of the left one above.

    Where one vertex is above the other, the earlier slots of that are on the left.
    """
    bundles: dict[frozenset[int], list[tuple[int, Join]]] = {}
    for join in part.joins:
        if join not in loops:
            left = min(join, key=lambda port: (cells[port.vertex][0], -cells[port.vertex][1]))
            leading = next((port for port in join if part.about(port.vertex).kind == "fuse"), left)
            bundles.setdefault(frozenset(port.vertex for port in join), []).append((leading.slot, join))
    return {pair: tuple(join for _, join in sorted(bundle)) for pair, bundle in bundles.items()}


def _at_lying_bar(part: Part, port: Port) -> bool:
    """Tell whether a port is a thin one of a bar that lies, since its thick leg leaves up or down."""
    about = part.about(port.vertex)
    thick = Port(port.vertex, len(about.legs) - 1)
    if about.kind != "fuse" or port == thick or thick not in part.tips:
        return False
    return part.tip_side(thick) in ("up", "down")


def _towards(here: tuple[int, int], there: tuple[int, int], upright: bool) -> Direction:
    dx, dy = there[0] - here[0], there[1] - here[1]
    if abs(dx) >= abs(dy) and not (upright and dy):
        return "right" if dx > 0 else "left"
    return "up" if dy > 0 else "down"


def _free(side: Direction, cell: tuple[int, int], taken: set[tuple[int, int]], used: set[Direction]) -> Direction:
    """Return the side asked for, or the first one after it that nothing blocks."""
    order: list[Direction] = [side, "down", "up", OPPOSITE[side], "left", "right"]
    for direction in order:
        dx, dy = STEPS[direction]
        if direction not in used and (cell[0] + dx, cell[1] + dy) not in taken:
            return direction
    return side


def _loops(part: Part, cells: Cells) -> set[Join]:
    """Return the wires that go around: from a vertex to itself, and back along a row from its end to its begin."""
    together = Counter(frozenset(port.vertex for port in join) for join in part.joins)
    outside = {port.vertex: part.tip_side(port) for port in part.tips}
    loops = set()
    for join in part.joins:
        start, end = sorted(join, key=lambda port: cells[port.vertex])
        (x0, y0), (x1, y1) = cells[start.vertex], cells[end.vertex]
        if start.vertex == end.vertex:
            loops.add(join)
        elif y0 == y1 and part.home(start) != "right" and part.home(end) != "left":
            between = any(y == y0 and x0 < x < x1 for x, y in cells.values())
            beyond = any(y == y0 and (x < x0 or x > x1) for x, y in cells.values())
            several = together[frozenset((start.vertex, end.vertex))] > 1
            homely = part.home(start) == "left" and part.home(end) == "right"
            blocked = outside.get(start.vertex) == "left" or outside.get(end.vertex) == "right"
            if not beyond and not blocked and (between or (several and homely)):
                loops.add(join)
    return loops


def _around(
    join: Join, cells: Cells, used: Mapping[int, set[Direction]], occupied: Mapping[int, frozenset[Direction]]
) -> tuple[Direction, Direction]:
    """Return the sides on which a loop leaves its two ends; those that are not occupied have room for several."""
    start, end = join
    if start.vertex != end.vertex:
        return ("left", "right") if cells[start.vertex] < cells[end.vertex] else ("right", "left")
    if not used[start.vertex] & {"left", "right"}:
        return "left", "right"
    return ("up", "up") if "up" not in occupied[start.vertex] else ("down", "down")
