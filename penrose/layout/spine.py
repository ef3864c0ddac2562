"""Placements around a spine: a path in a row, and everything else near what it is joined to."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from penrose.layout.cells import Cell, Cells, Piece
from penrose.layout.ground import Ground
from penrose.layout.motifs import distances

SMALL = 14  # vertices of a piece whose longest paths are looked for
STEPS_OF_PATHS = 500  # that are made in search of one


def from_spine(piece: Piece, spine: Sequence[int]) -> Cells:
    """Lay a path in a row and put every other vertex near its placed neighbours."""
    near = piece.near
    cells: Cells = {vertex: (x, 0) for x, vertex in enumerate(spine)}
    ground = Ground()
    for cell in cells.values():
        ground.take(cell)
    queue = deque(spine)
    while queue:
        for vertex in near[queue.popleft()]:
            if vertex not in cells:
                cells[vertex] = _best_free(near[vertex], cells, ground)
                ground.take(cells[vertex])
                queue.append(vertex)
    return cells


def spines(piece: Piece) -> list[list[int]]:
    """Return a shortest and, in a small piece, longest paths from where legs are on the left to the right."""
    near = piece.near
    left = [v for v in piece.ranked if "left" in piece.tips.get(v, ())]
    right = [v for v in piece.ranked if "right" in piece.tips.get(v, ())]
    start = left[0] if left else _farthest(piece, piece.ranked[0], piece.ranked)
    end = _farthest(piece, start, [v for v in right if v != start] or piece.ranked)
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


def _farthest(piece: Piece, start: int, among: Sequence[int]) -> int:
    """Return what is most steps away, of several the largest frame, or else the last."""
    steps = distances(start, piece.near)
    return max(reversed(among), key=lambda vertex: (steps[vertex], piece.frames.get(vertex, 0)))


def _best_free(others: Sequence[int], cells: Cells, ground: Ground) -> Cell:
    """Return the free cell nearest to what is joined."""
    placed = [cells[other] for other in others if other in cells]
    middle = (
        float(round(sum(x for x, _ in placed) / len(placed))),
        float(round(sum(y for _, y in placed) / len(placed))),
    )
    reach = ground.reach(middle)
    around = [cell for more in range(3) for cell in ground.ring(middle, reach + more)]
    return min(around, key=lambda cell: (_reach(cell, placed), -cell[1], cell[0]))


def _reach(cell: Cell, placed: Sequence[Cell]) -> float:
    """Return how far a cell is from others: slanted wires count more, and those that run along a row past a third."""
    total = 0.0
    for x, y in placed:
        dx, dy = abs(cell[0] - x), abs(cell[1] - y)
        total += dx + dy + (1.5 if dx and dy else 3.0 if dx + dy > 1 else 0.0)
    return total
