"""Cells of a grid, x to the right and y up, on which the vertices of a connected piece stand, and what that costs.

The weights say what makes a good picture: few crossings, no wire under a tensor, legs at home, short straight
wires, free legs that leave where they ought to and end on one line, reading order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from penrose.data import NOTHING, Equatable, replace
from penrose.layout.faces import Face, faces
from penrose.layout.geometry import STEPS
from penrose.layout.homes import Home
from penrose.layout.scene import Box, Direction

Cell = tuple[float, float]  # multiples of a half
Cells = dict[int, Cell]
Slot = tuple[int, int]  # a vertex and a slot of it

CROSSING = 20.0
UNDER = 30.0  # a wire under a vertex
ROUND = 6.0  # the same along a row, where an arc goes around if there is room
NEAR = 0.4  # between a vertex and a wire that runs under it
LARGE = 0.75  # the same for frames, which are larger than a cell
SLANTED = 3.0
FANNED = 0.5  # a slanted wire of a dot
BETWEEN = 1.0  # a slanted wire from layer to layer
BLOCKED = 3.0  # that a free leg cannot leave where it ought to
WALLED = 4.0  # times as much does that cost behind a wall, where legs go on to others
CROWD = 50  # neighbours, beyond which a vertex stays where it is, and its wires may cross what they will
FAR = 20  # cells of its way through the wall that are looked at
ASKED = 4.0  # times more does it cost that a wire leaves on another side than a hint asks for
BEYOND = 0.6  # that something stands farther out than a free leg
FAMILY = 3.0  # that numbered legs of one row stand in another order; half of that for rows
TURNED: Mapping[Home, Home] = {"left": "right", "right": "left"}  # where a side is if a tensor is turned round
LINED: tuple[tuple[Direction, ...], ...] = (("left", "right"), ("up",), ("down",))  # sides of legs that end in a line
SPREAD: dict[Direction, float] = {"left": 2.5, "right": 2.5, "up": 1.0, "down": 1.0}  # a row between such legs


class Edge(Equatable):
    """A wire between two vertices, with its slots, their home sides, and whether hints ask for these."""

    start: int
    end: int
    start_home: Home
    end_home: Home
    slots: tuple[int, int] = (0, 0)
    asked: tuple[bool, bool] = (False, False)


class Piece(Equatable):
    """A connected piece: vertices in reading order, wires, and the sides of free legs.

    `ranked` has the vertices in an order that no order of writing changes, in which they are tried. `fans` are the
    dots and bars, whose wires may be slanted; `framed` says that a wall is near. `leg_order` has the mean number of
    the free legs of every vertex that has some, `family` those vertices whose legs are numbered, in that order, and
    `columns` those with legs on the left, and on the right, in the order in which these are listed. `gates` are the
    isometries and unitaries, with the slots on one side of them, `tip_slots` the slots of the free legs, as in
    `tips`. `flow` is the direction in which wires run, if a hint says it, and `together` has what
    hints put together, each vertex with its cell from the first one. `frames` are brackets and bubbles, with the
    number of tensors in each, `operators` undeclared gates, like `gates`; `tensors` has the names of what the vertices
    are occurrences of. `bars` are those fans that fuse legs.
    """

    vertices: tuple[int, ...]
    edges: tuple[Edge, ...]
    tips: Mapping[int, tuple[Direction, ...]]
    fans: frozenset[int] = frozenset()
    framed: bool = False
    ranked: tuple[int, ...] = ()
    leg_order: Mapping[int, float] = NOTHING
    family: tuple[int, ...] = ()
    gates: Mapping[int, frozenset[int]] = NOTHING
    tip_slots: Mapping[int, tuple[int, ...]] = NOTHING
    flow: Direction | None = None
    together: tuple[Cells, ...] = ()
    frames: Mapping[int, int] = NOTHING
    operators: Mapping[int, frozenset[int]] = NOTHING
    columns: tuple[tuple[int, ...], ...] = ()
    tensors: Mapping[int, str] = NOTHING
    bars: frozenset[int] = frozenset()

    @cached_property
    def beside_legs(self) -> Mapping[int, tuple[int, ...]]:
        """What is joined to the vertices with free legs on the left and right: wires to these are in the way of legs.

        Other legs may turn aside, and what is joined to a crowd has wires on all sides.
        """
        matrices = (vertex for vertex, sides in self.tips.items() if {"left", "right"} <= {*sides})
        return {vertex: self.near[vertex] for vertex in matrices if len(self.near[vertex]) <= CROWD}

    @cached_property
    def near(self) -> Mapping[int, tuple[int, ...]]:
        """The vertices next to each vertex, in the order of `ranked`, without repetition."""
        found: dict[int, set[int]] = {vertex: set() for vertex in self.vertices}
        for edge in self.edges:
            if edge.start != edge.end:
                found[edge.start].add(edge.end)
                found[edge.end].add(edge.start)
        return {vertex: tuple(sorted(others, key=self.rank.__getitem__)) for vertex, others in found.items()}

    @cached_property
    def faces(self) -> list[Face] | None:
        """The faces if the piece is drawn without crossings; None if wires must cross."""
        return faces(self.near)

    @cached_property
    def links(self) -> Mapping[Slot, Slot]:
        """The slot at the other end of every wire."""
        ends = [((edge.start, edge.slots[0]), (edge.end, edge.slots[1])) for edge in self.edges]
        return {**dict(ends), **{other: one for one, other in ends}}

    @cached_property
    def free(self) -> Mapping[Slot, Direction]:
        """The sides on which the slots of free legs ought to leave."""
        slots = self.tip_slots
        return {(v, slot): side for v, sides in self.tips.items() for slot, side in zip(slots[v], sides, strict=True)}

    @cached_property
    def slots(self) -> Mapping[int, list[int]]:
        """The slots of every vertex, in order."""
        found: dict[int, list[int]] = {vertex: [] for vertex in self.vertices}
        for vertex, slot in sorted((*self.links, *self.free)):
            found[vertex].append(slot)
        return found

    def between(self, vertices: Collection[int]) -> Piece:
        """Return some vertices with the wires between them, without free legs."""
        inside = frozenset(vertices)
        return replace(
            self,
            vertices=tuple(vertex for vertex in self.vertices if vertex in inside),
            ranked=tuple(vertex for vertex in self.ranked if vertex in inside),
            edges=tuple(edge for edge in self.edges if edge.start in inside and edge.end in inside),
            fans=self.fans & inside,
            gates={vertex: side for vertex, side in self.gates.items() if vertex in inside},
            operators={},
            tips={},
            tip_slots={},
            leg_order={},
            family=(),
            columns=(),
        )

    def turned_round(self) -> Piece:
        """Return a piece with the left and right sides of its tensors exchanged, but for free legs."""
        edges = (
            replace(
                edge,
                start_home=TURNED.get(edge.start_home, edge.start_home),
                end_home=TURNED.get(edge.end_home, edge.end_home),
            )
            for edge in self.edges
        )
        return replace(self, edges=tuple(edges))

    def without(self, loops: Collection[frozenset[int]]) -> Piece:
        """Return a piece without the wires between some pairs of vertices."""
        return replace(self, edges=tuple(e for e in self.edges if frozenset((e.start, e.end)) not in loops))

    @cached_property
    def lined(self) -> Mapping[Direction, tuple[int, ...]]:
        """The vertices whose legs ought to end on one line, by the side of these: left stands for right too.

        Of several vertices with legs on both of two sides, every one needs a line of its own.
        """
        found: dict[Direction, tuple[int, ...]] = {}
        for group in LINED:
            members = tuple(vertex for vertex, sides in self.tips.items() if any(side in sides for side in group))
            across = sum(len(group) > 1 and {*group} <= {*self.tips[vertex]} for vertex in members)
            found[group[0]] = () if across > 1 else members
        return found

    @cached_property
    def ordered(self) -> tuple[tuple[int, int, bool], ...]:
        """The vertices whose legs follow one another; those with numbered legs also if they stand in one row."""
        rows = [(pair, True) for pair in pairwise(self.family)]
        rows += [(pair, False) for column in self.columns for pair in pairwise(column)]
        return tuple((one, other, in_row) for (one, other), in_row in dict(reversed(rows)).items())

    @cached_property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """The pairs of vertices that are joined, each once."""
        return tuple((a, b) for a in self.ranked for b in self.near[a] if self.rank[a] < self.rank[b])

    @cached_property
    def rank(self) -> Mapping[int, int]:
        """The place of every vertex in `ranked`."""
        return {vertex: rank for rank, vertex in enumerate(self.ranked)}


class Lane(Equatable):
    """On which side a slot leaves, and how far from the middle of that: to the right, or downwards, in lanes."""

    shift: float
    side: Direction


class Placement(Equatable):
    """Where the vertices of a piece stand.

    `flow` is the direction of its layers, if it has some: then wires leave along it, slanted or not. `around` has
    the pairs of vertices between which wires go around as loops, above or below. The slots of `lanes` leave along
    lines that are evenly apart. `tips` are sides for the only free legs of vertices, which get room there.
    With `bows`, wires along a row that are not between neighbours are bent and never go around all of it.
    """

    cells: Cells
    flow: Direction | None = None
    around: Mapping[frozenset[int], Direction] = NOTHING
    lanes: Mapping[Slot, Lane] = NOTHING
    tips: Mapping[int, Direction] = NOTHING
    bows: bool = False


def edge_cost(edge: Edge, a: Cell, b: Cell, fans: frozenset[int]) -> float:
    """Return what the length, the slant and the sides of a wire between two cells cost."""
    is_fanned = edge.start in fans or edge.end in fans
    dx, dy = b[0] - a[0], b[1] - a[1]
    cost = _wire_cost(edge.start_home, edge.end_home, dx, dy, is_fanned)
    if any(edge.asked):
        ends = ((edge.start_home, dx, dy), (edge.end_home, -dx, -dy))
        cost += ASKED * sum(_away(*end) for end, asked in zip(ends, edge.asked, strict=True) if asked)
    return cost


@lru_cache(maxsize=50_000)
def _wire_cost(start_home: Home, end_home: Home, dx: float, dy: float, is_fanned: bool) -> float:
    if dy and "across" in (start_home, end_home):  # it meets the bar at a right angle
        return abs(dy) + abs(dx) / 4 + _away(start_home, 0, dy) + _away(end_home, 0, -dy)
    slant = 0.0 if not (dx and dy) else FANNED if is_fanned else SLANTED
    return abs(dx) + abs(dy) + slant + _away(start_home, dx, dy) + _away(end_home, -dx, -dy)


def layer_cost(a: Cell, b: Cell) -> float:
    """Return what the length and the slant of a wire between layers cost, where slots have other homes."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    return abs(dx) + abs(dy) + (BETWEEN if dx and dy else 0.0)


def _away(home: Home, dx: float, dy: float) -> float:
    """Return what it costs that a wire leaves in a direction where its slot is not at home."""
    if home == "any":
        return 0.0
    if home == "across":
        return 0.0 if dy else 4.0
    if home == "vertical":
        return 0.0 if not dx else 0.6 if dy else 1.0
    towards = -dx if home == "left" else dx
    return 0.0 if towards > 0 else 2.0 if towards == 0 else 3.0


def tip_cost(
    cell: Cell, side: Direction, taken: Callable[[Cell], bool], joined: Iterable[Cell], box: Box, framed: bool
) -> float:
    """Return what it costs that other vertices, or wires to them, are where a free leg ought to leave, or beyond that.

    The vertex of the leg is joined to those on some cells.
    """
    dx, dy = STEPS[side]
    x0, y0, x1, y1 = box
    outermost = {"left": cell[0] <= x0, "right": cell[0] >= x1, "down": cell[1] <= y0, "up": cell[1] >= y1}[side]
    if framed:  # its way through the wall must be free
        reach = range(1, FAR) if not outermost else ()
        return WALLED * BLOCKED if any(taken((cell[0] + n * dx, cell[1] + n * dy)) for n in reach) else 0.0
    if taken((cell[0] + dx, cell[1] + dy)) or any(_is_straight(cell, other, dx, dy) for other in joined):
        return BLOCKED
    return 0.0 if outermost else BEYOND


def _is_straight(cell: Cell, other: Cell, dx: int, dy: int) -> bool:
    """Tell whether a cell is in a direction from another one."""
    x, y = other[0] - cell[0], other[1] - cell[1]
    return x * dx + y * dy > 0 and not (x * dy or y * dx)


def bounds(cells: Cells) -> Box:
    """Return the box around all cells."""
    xs, ys = [x for x, _ in cells.values()], [y for _, y in cells.values()]
    return Box(min(xs), min(ys), max(xs), max(ys))


def legs_cost(cells: Cells, piece: Piece) -> float:
    """Return what it costs how the free legs leave: what is in their way, on which lines they end, in which order."""
    box, taken = bounds(cells), set(cells.values())
    total = 0.0
    for vertex, sides in piece.tips.items():
        joined = [cells[other] for other in piece.beside_legs.get(vertex, ())]
        total += sum(tip_cost(cells[vertex], side, taken.__contains__, joined, box, piece.framed) for side in sides)
    for side, members in piece.lined.items():
        total += spread_cost(side, [cells[vertex][1] for vertex in members])
    return total + order_of_legs_cost(cells, piece)


def order_of_legs_cost(cells: Cells, piece: Piece) -> float:
    """Return what it costs that numbered legs end in another order."""
    return sum(family_cost(cells[one], cells[other], in_row) for one, other, in_row in piece.ordered)


def facing_cost(cells: Cells, piece: Piece) -> tuple[float, float]:
    """Return what the positions of a placement are compared by, turned and mirrored: numbered legs first."""
    total = sum(edge_cost(edge, cells[edge.start], cells[edge.end], piece.fans) for edge in piece.edges)
    total += legs_cost(cells, piece)
    total += sum(order_cost(cells[one], cells[other]) for one, other in pairwise(piece.vertices))
    return order_of_legs_cost(cells, piece), round(total, 6)


def count_blocked(cells: Cells, piece: Piece) -> int:
    """Count the free legs that leave on the left or right towards something in their row."""
    rows: dict[float, list[float]] = {}
    for x, y in cells.values():
        rows.setdefault(y, []).append(x)
    ends: Mapping[Direction, Mapping[float, float]] = {
        "left": {y: min(row) for y, row in rows.items()},
        "right": {y: max(row) for y, row in rows.items()},
    }
    legs = [(*cells[vertex], side) for vertex, sides in piece.tips.items() for side in sides if side in ends]
    return sum(x != ends[side][y] for x, y, side in legs)


def spread_cost(side: Direction, rows: Sequence[float]) -> float:
    """Return what it costs that vertices whose legs leave on a side stand in several rows."""
    return SPREAD[side] * (max(rows) - min(rows)) if rows else 0.0


def family_cost(one: Cell, other: Cell, in_row: bool) -> float:
    """Return what it costs that of two legs the first one ends lower, or farther right in a row, if that counts."""
    if one[1] == other[1]:
        return FAMILY * (in_row and one[0] > other[0])
    return FAMILY / 2 * (one[1] < other[1])


def order_cost(one: Cell, other: Cell) -> float:
    """Return what it costs that of two vertices the one that is read first stands farther right, or lower."""
    return 0.02 * (one[0] > other[0]) + 0.01 * (one[1] < other[1])
