"""Where the vertices of one connected piece of a network stand: cells of a grid, x to the right, y up.

Chains and rings lie in a row in reading order, lattices are recognised and drawn exactly; everything
else starts from a longest path and is improved cell by cell. Of several placements the cheapest is
taken: few crossings, no wire under a tensor, legs at home, short straight wires, reading order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from penrose.layout.geometry import STEPS, crosses, distance
from penrose.layout.scene import Direction
from penrose.layout.sides import Home

Cell = tuple[int, int]
Cells = dict[int, Cell]

SEARCHED = 14  # vertices of a piece that is improved cell by cell
BLOCKED = 3.0  # what it costs that a free leg cannot leave where it ought to
HUNG = 120  # vertices of a piece that hangs on a path; a larger one lies in layers
STEPS_OF_PATHS = 500  # that are made in search of a longest path
CROSSED = 60  # wires among which crossings are counted


@dataclass(frozen=True)
class Edge:
    """A wire between two vertices, with the home sides of its slots."""

    start: int
    end: int
    start_home: Home
    end_home: Home


@dataclass(frozen=True)
class Piece:
    """A connected piece: vertices in reading order, wires, and the sides of free legs.

    `fans` are the dots and bars, whose wires may be slanted; `framed` says that a wall is near.
    """

    vertices: tuple[int, ...]
    edges: tuple[Edge, ...]
    tips: Mapping[int, tuple[Direction, ...]]
    fans: frozenset[int] = frozenset()
    framed: bool = False

    def neighbours(self) -> dict[int, list[int]]:
        """Return the vertices next to each vertex, in reading order, without repetition."""
        found: dict[int, set[int]] = {vertex: set() for vertex in self.vertices}
        for edge in self.edges:
            if edge.start != edge.end:
                found[edge.start].add(edge.end)
                found[edge.end].add(edge.start)
        order = {vertex: rank for rank, vertex in enumerate(self.vertices)}
        return {vertex: sorted(others, key=order.__getitem__) for vertex, others in found.items()}


def place(piece: Piece) -> Cells:
    """Return the cells of the vertices of a piece."""
    if len(piece.vertices) == 1:
        return {piece.vertices[0]: (0, 0)}
    near = piece.neighbours()
    exact = [*_rows(piece, near)] or [*_lattices(piece, near)]
    if not exact and len(piece.vertices) > HUNG:
        return _layers(piece, near)
    candidates = exact or [_from_spine(near, spine) for spine in _spines(piece, near)]
    best = min(candidates, key=lambda cells: cost(cells, piece))
    if len(piece.vertices) > SEARCHED or (exact and not _blocked(best, piece)):
        return best
    starts = [best] if exact else candidates
    return min((_improved(cells, piece) for cells in starts), key=lambda cells: cost(cells, piece))


# ---------------------------------------------------------------- what a placement costs


def cost(cells: Cells, piece: Piece) -> float:
    """Return what a placement costs; see the weights below."""
    total = sum(_edge_cost(cells, edge, piece.fans) for edge in piece.edges if edge.start != edge.end)
    total += sum(_tip_cost(cells, vertex, side) for vertex, sides in piece.tips.items() for side in sides)
    beside = [cells[vertex][1] for vertex, sides in piece.tips.items() if {"left", "right"} & set(sides)]
    total += 2.5 * (max(beside) - min(beside)) if beside else 0.0
    if len(piece.edges) <= CROSSED:
        total += _conflicts(cells, piece)
    for one, other in zip(piece.vertices, piece.vertices[1:], strict=False):
        total += 0.02 * (cells[one][0] > cells[other][0]) + 0.01 * (cells[one][1] < cells[other][1])
    return round(total, 6)


def _edge_cost(cells: Cells, edge: Edge, fans: frozenset[int]) -> float:
    (x0, y0), (x1, y1) = cells[edge.start], cells[edge.end]
    dx, dy = x1 - x0, y1 - y0
    if "across" in (edge.start_home, edge.end_home) and dy:  # it meets the bar at a right angle
        return abs(dy) + abs(dx) / 4 + _away(edge.start_home, 0, dy) + _away(edge.end_home, 0, -dy)
    fanned = edge.start in fans or edge.end in fans
    slanted = (0.5 if fanned else 3.0) if dx and dy else 0.0
    return abs(dx) + abs(dy) + slanted + _away(edge.start_home, dx, dy) + _away(edge.end_home, -dx, -dy)


def _away(home: Home, dx: int, dy: int) -> float:
    """Return what it costs that a wire leaves in a direction where its slot is not at home."""
    if home == "any":
        return 0.0
    if home == "across":
        return 0.0 if dy else 4.0
    if home == "vertical":
        return 0.0 if not dx else 0.6 if dy else 1.0
    towards = -dx if home == "left" else dx
    return 0.0 if towards > 0 else 1.0 if towards == 0 else 2.0


def _blocked(cells: Cells, piece: Piece) -> bool:
    """Tell whether a vertex stands where a free leg ought to leave, or beside a bar instead of above or below."""
    beside_bar = ("across" in (e.start_home, e.end_home) and cells[e.start][1] == cells[e.end][1] for e in piece.edges)
    return any(beside_bar) or any(
        _tip_cost(cells, vertex, side) >= BLOCKED for vertex, sides in piece.tips.items() for side in sides
    )


def _tip_cost(cells: Cells, vertex: int, side: Direction) -> float:
    """Return what it costs that other vertices stand where a free leg ought to leave."""
    dx, dy = STEPS[side]
    x, y = cells[vertex]
    taken = set(cells.values())
    if (x + dx, y + dy) in taken:
        return BLOCKED
    beyond = any((cx - x) * dx > 0 for cx, _ in taken) if dx else any((cy - y) * dy > 0 for _, cy in taken)
    return 0.6 if beyond else 0.0


def _conflicts(cells: Cells, piece: Piece) -> float:
    """Return what crossings and wires under vertices cost."""
    lines = sorted({(min(e.start, e.end), max(e.start, e.end)) for e in piece.edges if e.start != e.end})
    total = 0.0
    for number, (a, b) in enumerate(lines):
        for c, d in lines[number + 1 :]:
            if len({a, b, c, d}) == 4 and crosses(cells[a], cells[b], cells[c], cells[d]):
                total += 10
        for vertex in piece.vertices:
            if vertex not in (a, b) and distance(cells[vertex], cells[a], cells[b]) < 0.4:
                around = cells[a][1] == cells[b][1] and not piece.framed
                total += 3 if around else 12  # along a row an arc goes around, where there is room
    return total


# ---------------------------------------------------------------- chains, rings, lattices


def _rows(piece: Piece, near: Mapping[int, Sequence[int]]) -> Iterable[Cells]:
    """Yield the ways in which a chain or ring can lie in a row."""
    degrees = sorted(len(others) for others in near.values())
    if degrees[-1] > 2:
        return
    ends = [vertex for vertex in piece.vertices if len(near[vertex]) == 1]
    starts = [(end, near[end][0]) for end in ends] or [(v, n) for v in piece.vertices[:8] for n in near[v]]
    for start, second in starts:
        row = [start, second]
        while len(row) < len(piece.vertices):
            row.append(next(vertex for vertex in near[row[-1]] if vertex != row[-2]))
        yield {vertex: (x, 0) for x, vertex in enumerate(row)}


SYMMETRIES: tuple[Callable[[int, int], Cell], ...] = (
    lambda x, y: (x, -y),
    lambda x, y: (x, y),
    lambda x, y: (-x, -y),
    lambda x, y: (-x, y),
    lambda x, y: (y, -x),
    lambda x, y: (y, x),
    lambda x, y: (-y, -x),
    lambda x, y: (-y, x),
)


def _lattices(piece: Piece, near: Mapping[int, Sequence[int]]) -> Iterable[Cells]:
    """Yield the lattices that a piece is, in their eight positions: every wire has length 1.

    With distances d_a, d_b from two corners a and b, x = (d_a - d_b + d_ab) / 2 and y = d_a - x.
    """
    fewest = min(len(others) for others in near.values())
    corners = [vertex for vertex in piece.vertices if len(near[vertex]) == fewest][:8]
    distances = {corner: _distances(corner, near) for corner in corners}
    for number, a in enumerate(corners[:4]):
        for b in corners[number + 1 :]:
            cells = _from_corners(distances[a], distances[b], distances[a][b])
            if cells and all(_next_to(cells[e.start], cells[e.end]) for e in piece.edges if e.start != e.end):
                for symmetry in SYMMETRIES:
                    yield {vertex: symmetry(*cells[vertex]) for vertex in piece.vertices}
                if len(piece.vertices) > SEARCHED:
                    return


def _from_corners(from_a: Mapping[int, int], from_b: Mapping[int, int], apart: int) -> Cells | None:
    cells: Cells = {}
    for vertex, distance_a in from_a.items():
        double = distance_a - from_b[vertex] + apart
        if double % 2:
            return None
        cells[vertex] = (double // 2, distance_a - double // 2)
    return cells if len(set(cells.values())) == len(cells) else None


def _next_to(one: Cell, other: Cell) -> bool:
    return abs(one[0] - other[0]) + abs(one[1] - other[1]) == 1


def _distances(start: int, near: Mapping[int, Sequence[int]]) -> dict[int, int]:
    found = {start: 0}
    queue = deque([start])
    while queue:
        vertex = queue.popleft()
        for other in near[vertex]:
            if other not in found:
                found[other] = found[vertex] + 1
                queue.append(other)
    return found


# ---------------------------------------------------------------- everything else


def _from_spine(near: Mapping[int, Sequence[int]], spine: Sequence[int]) -> Cells:
    """Lay a path in a row and put every other vertex near its placed neighbours."""
    cells = {vertex: (x, 0) for x, vertex in enumerate(spine)}
    taken = set(cells.values())
    queue = deque(spine)
    while queue:
        for vertex in near[queue.popleft()]:
            if vertex not in cells:
                cells[vertex] = _best_free(vertex, near[vertex], cells, taken)
                taken.add(cells[vertex])
                queue.append(vertex)
    return cells


def _layers(piece: Piece, near: Mapping[int, Sequence[int]]) -> Cells:
    """Put vertices into columns by their distance from the first one, and long columns into several."""
    columns: dict[int, list[int]] = {}
    for vertex, steps in _distances(piece.vertices[0], near).items():
        columns.setdefault(steps, []).append(vertex)
    cells: Cells = {}
    x = 0
    for steps in sorted(columns):
        column = columns[steps]
        tall = max(1, min(len(column), ceil(sqrt(len(piece.vertices)))))
        for number, vertex in enumerate(column):
            cells[vertex] = (x + number // tall, (tall - 1) // 2 - number % tall)
        x += ceil(len(column) / tall)
    return cells


def _spines(piece: Piece, near: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Return a shortest and, in a small piece, longest paths from where legs are on the left to the right."""
    left = [v for v in piece.vertices if "left" in piece.tips.get(v, ())]
    right = [v for v in piece.vertices if "right" in piece.tips.get(v, ())]
    start = left[0] if left else _farthest(piece.vertices[0], near, piece.vertices)
    end = _farthest(start, near, [v for v in right if v != start] or piece.vertices)
    from_end = _distances(end, near)
    path = [start]
    while path[-1] != end:
        path.append(min(near[path[-1]], key=from_end.__getitem__))
    if len(piece.vertices) > SEARCHED:
        return [path]
    through = _longest(start, end, near)
    around = _longest(start, end, {v: [o for o in others if o not in piece.fans] for v, others in near.items()})
    paths = [path]
    paths += [longest for longest in (through, around) if longest and longest != path]
    return paths


def _longest(start: int, end: int, near: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the longest path between two vertices that is found in a bounded number of steps, if any."""
    best: list[int] = []
    stack = [[start]]
    for _ in range(STEPS_OF_PATHS):
        if not stack:
            break
        path = stack.pop()
        if path[-1] == end and len(path) > len(best):
            best = path
        stack += [[*path, other] for other in reversed(near[path[-1]]) if other not in path and path[-1] != end]
    return best


def _farthest(start: int, near: Mapping[int, Sequence[int]], among: Sequence[int]) -> int:
    distances = _distances(start, near)
    return max(reversed(among), key=distances.__getitem__)


def _best_free(vertex: int, others: Sequence[int], cells: Cells, taken: set[Cell]) -> Cell:
    placed = [cells[other] for other in others if other in cells]
    x = sum(cell[0] for cell in placed) / len(placed)
    y = sum(cell[1] for cell in placed) / len(placed)
    for reach in range(2, 60, 2):
        around = [
            (cx, cy)
            for cx in range(round(x) - reach, round(x) + reach + 1)
            for cy in range(round(y) - reach, round(y) + reach + 1)
            if (cx, cy) not in taken
        ]
        if around:
            return min(around, key=lambda cell: (_reach(cell, placed), -cell[1], cell[0]))
    raise AssertionError("a grid has free cells")


def _reach(cell: Cell, placed: Sequence[Cell]) -> float:
    return sum(abs(cell[0] - x) + abs(cell[1] - y) + 1.5 * (cell[0] != x and cell[1] != y) for x, y in placed)


def _improved(cells: Cells, piece: Piece) -> Cells:
    """Move or exchange vertices as long as that makes a piece cheaper."""
    best = cost(cells, piece)
    better = True
    while better:
        better = False
        for vertex in piece.vertices:
            for moved in _moves(cells, vertex):
                price = cost(moved, piece)
                if price < best:
                    cells, best, better = moved, price, True
    return cells


def _moves(cells: Cells, vertex: int) -> Iterable[Cells]:
    at = {cell: other for other, cell in cells.items()}
    xs, ys = [x for x, _ in cells.values()], [y for _, y in cells.values()]
    for x in range(min(xs) - 1, max(xs) + 2):
        for y in range(min(ys) - 1, max(ys) + 2):
            other = at.get((x, y))
            if other != vertex:
                yield cells | {vertex: (x, y)} | ({} if other is None else {other: cells[vertex]})
