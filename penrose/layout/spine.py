"""Placements around a spine: a path in a row, and everything else near what it is joined to."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from penrose.layout.cells import Cell, Cells, Piece
from penrose.layout.motifs import distances

SMALL = 14  # vertices of a piece whose longest paths are looked for
STEPS_OF_PATHS = 500  # that are made in search of one


def from_spine(piece: Piece, spine: Sequence[int]) -> Cells:
    """Lay a path in a row and put every other vertex near its placed neighbours."""
    near = piece.near
    cells: Cells = {vertex: (x, 0) for x, vertex in enumerate(spine)}
    taken = set(cells.values())
    queue = deque(spine)
    while queue:
        for vertex in near[queue.popleft()]:
            if vertex not in cells:
                cells[vertex] = _best_free(vertex, near[vertex], cells, taken)
                taken.add(cells[vertex])
                queue.append(vertex)
    return cells


def spines(piece: Piece) -> list[list[int]]:
    """Return a shortest and, in a small piece, longest paths from where legs are on the left to the right."""
    near = piece.near
    left = [v for v in piece.ranked if "left" in piece.tips.get(v, ())]
    right = [v for v in piece.ranked if "right" in piece.tips.get(v, ())]
    start = left[0] if left else _farthest(piece.ranked[0], near, piece.ranked)
    end = _farthest(start, near, [v for v in right if v != start] or piece.ranked)
    from_end = distances(end, near)
    path = [start]
    while path[-1] != end:
        path.append(min(near[path[-1]], key=from_end.__getitem__))
    if len(piece.vertices) > SMALL:
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
    steps = distances(start, near)
    return max(reversed(among), key=steps.__getitem__)


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
