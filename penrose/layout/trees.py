"""Trees in layers: leaves side by side, everything else over the middle of what hangs on it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from math import ceil, inf

from penrose.data import replace
from penrose.layout.cells import Cells, Piece, Placement
from penrose.layout.geometry import STEPS
from penrose.layout.motifs import distances
from penrose.layout.order import longest_rising
from penrose.layout.scene import Direction

NEARLY = 0.6  # tangent of the angle to a wire below which this is in the way of a leg
SIDES: tuple[Direction, ...] = ("down", "right", "left", "up")  # of free legs, tried in this order
CLEAR = 0.45  # rows between a wire and what stands beside its ends, at least


def trees(piece: Piece) -> Iterator[Placement]:
    """Yield a tree in layers, its root at the top, if it is more than a chain with single things hanging on it."""
    near = piece.near
    if len(piece.lines) != len(piece.vertices) - 1 or is_caterpillar(piece):
        return
    for root in _middles(near):
        yield Placement(_hung(piece, root), "down")


def roomy_tree(piece: Piece) -> Placement | None:
    """Return a tree in layers in which every free leg has room, and those on one line are in order."""
    found = next(trees(piece), None)
    return found and replace(found, tips=_tips_of(piece, found.cells))


def even_tree(piece: Piece) -> Placement | None:
    """Return a tree whose leaves, all as far from its root, have its free legs, which hang; else None.

    It is no chain, unless that is of a root between isometries with several free legs.
    """
    near = piece.near
    leaves = {vertex for vertex, others in near.items() if len(others) == 1}
    if len(piece.lines) != len(piece.vertices) - 1 or leaves != piece.tips.keys():
        return None
    roots = _middles(near)
    depth = distances(roots[0], near)
    even = len(roots) == 1 and len({depth[leaf] for leaf in leaves}) == 1
    branches = depth[min(leaves)] > 1 and any(len(others) > 2 for others in near.values())
    isometries = all(leaf in piece.gates and len(piece.tips[leaf]) > 1 for leaf in leaves)
    hangs = {side for sides in piece.tips.values() for side in sides} == {"down"}
    return Placement(_hung(piece, roots[0]), "down") if even and hangs and (branches or isometries) else None


def is_caterpillar(piece: Piece) -> bool:
    """Tell whether a piece is a tree, and only a path is left of it without its leaves, to which free legs count."""
    if len(piece.lines) != len(piece.vertices) - 1:
        return False
    inner = {vertex for vertex in piece.vertices if len(piece.near[vertex]) > 1 or piece.tips.get(vertex)}
    return all(sum(other in inner for other in piece.near[vertex]) <= 2 for vertex in inner)


def _middles(near: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the one or two vertices in the middle of a tree."""
    degrees = {vertex: len(others) for vertex, others in near.items()}
    left = dict.fromkeys(near)
    while len(left) > 2:
        leaves = [vertex for vertex in left if degrees[vertex] == 1]
        for leaf in leaves:
            del left[leaf]
            for other in near[leaf]:
                degrees[other] -= 1
    return list(left)


def _hung(piece: Piece, root: int) -> Cells:
    """Hang a tree on its root: leaves side by side, everything else over the middle of what hangs on it."""
    slots = _slots(piece)
    depth = distances(root, piece.near)
    across: dict[int, float] = {}
    parents: dict[int, int] = {}
    right = 0.0
    stack: list[tuple[int, bool]] = [(root, False)]
    while stack:
        vertex, done = stack.pop()
        children = [other for other in piece.near[vertex] if other != parents.get(vertex)]
        if children and not done:
            parents |= dict.fromkeys(children, vertex)
            stack.append((vertex, True))
            stack += [(child, False) for child in sorted(children, key=slots[vertex].__getitem__, reverse=True)]
        elif children:
            xs = [across[child] for child in children]
            across[vertex] = round(min(xs) + max(xs)) / 2
        else:
            across[vertex] = right
            right += 1.0
    rows = _rows_of(across, depth, parents)
    return {vertex: (x, rows[depth[vertex]]) for vertex, x in across.items()}


def _rows_of(across: Mapping[int, float], depth: Mapping[int, int], parents: Mapping[int, int]) -> list[float]:
    """Return the heights of the layers of a tree, as far apart as wires must be from what is beside their ends."""
    layers: list[list[float]] = [[] for _ in range(max(depth.values()) + 1)]
    for vertex, x in across.items():
        insort(layers[depth[vertex]], x)
    gaps = [1] * len(layers)  # above every layer
    for child, parent in parents.items():
        x, top = across[child], across[parent]
        apart = abs(x - top)
        beside = min(_beside(layers[depth[child]], x, top), _beside(layers[depth[parent]], top, x))
        if beside < apart:
            gaps[depth[child]] = max(gaps[depth[child]], ceil(CLEAR * apart / beside))
    heights = [*accumulate(gaps)]
    return [float(heights[-1] - height) for height in heights]


def _tips_of(piece: Piece, cells: Cells) -> dict[int, Direction]:
    """Return sides for the numbered free legs of a tree, each where no wire leaves, and in order with those on a line.

    As many as can be of those of leaves hang, and others are beside what carries them.
    """
    ranks = {vertex: rank for rank, vertex in enumerate(piece.family) if piece.tips[vertex] == ("down",)}
    leaves = {vertex for vertex in ranks if len(piece.near[vertex]) == 1}
    found: dict[int, Direction] = {}
    for side in SIDES:
        lines: dict[float, list[int]] = {}
        for vertex in ranks:
            wanted = vertex in leaves if side == "down" else vertex not in found
            if wanted and _is_free(piece, cells, vertex, side):
                x, y = cells[vertex]
                lines.setdefault(x if STEPS[side][0] else y, []).append(vertex)
        for line in lines.values():
            line.sort(key=lambda vertex: (cells[vertex][0], -cells[vertex][1]))
            in_order = longest_rising([ranks[vertex] for vertex in line])
            found |= {vertex: side for vertex in line if ranks[vertex] in in_order}
    return found


def _is_free(piece: Piece, cells: Cells, vertex: int, side: Direction) -> bool:
    """Tell whether no wire leaves a vertex nearly in a direction."""
    (x, y), (dx, dy) = cells[vertex], STEPS[side]
    ways = ((cells[other][0] - x, cells[other][1] - y) for other in piece.near[vertex])
    return all(abs(a * dy - b * dx) >= NEARLY * (a * dx + b * dy) for a, b in ways)


def _beside(layer: Sequence[float], x: float, towards: float) -> float:
    """Return how far what is next in a layer is, in a direction."""
    place = bisect_left(layer, x) + (1 if towards > x else -1)
    return abs(layer[place] - x) if 0 <= place < len(layer) else inf


def _slots(piece: Piece) -> dict[int, dict[int, int]]:
    """Return the first slot by which every vertex is joined to each of its neighbours."""
    slots: dict[int, dict[int, int]] = {vertex: {} for vertex in piece.vertices}
    for edge in piece.edges:
        for one, other, slot in ((edge.start, edge.end, edge.slots[0]), (edge.end, edge.start, edge.slots[1])):
            slots[one][other] = min(slot, slots[one].get(other, slot))
    return slots
