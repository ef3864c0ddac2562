"""Structures that are recognised and drawn exactly: chains and rings in a row, lattices, a tensor amid others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from penrose.layout.cells import Cell, Cells, Edge, Piece, Placement
from penrose.layout.geometry import STEPS
from penrose.layout.scene import Direction

ROUND = 5  # vertices, at least, of a ring that goes around something; so many of them are tried at its begin
ARMS = 4  # of a tensor amid others, at least
MANY = 14  # vertices of a lattice, beyond which the first two corners must do


def rows(piece: Piece) -> Iterator[Cells]:
    """Yield the ways in which a chain or ring can lie in a row."""
    near = piece.near
    degrees = sorted(len(others) for others in near.values())
    if degrees[-1] > 2:
        return
    ends = [vertex for vertex in piece.ranked if len(near[vertex]) == 1]
    starts = [(end, near[end][0]) for end in ends] or [(v, n) for v in piece.ranked[:8] for n in near[v]]
    for start, second in starts:
        row = [start, second]
        while len(row) < len(piece.vertices):
            row.append(next(vertex for vertex in near[row[-1]] if vertex != row[-2]))
        yield {vertex: (x, 0) for x, vertex in enumerate(row)}


def rounds(piece: Piece) -> Iterator[Cells]:
    """Yield the ways in which a ring can go around a rectangle; an odd one has a corner too few."""
    size = len(piece.vertices)
    if size < ROUND or any(len(others) != 2 for others in piece.near.values()):
        return
    for start, second in ((v, n) for v in piece.ranked[:ROUND] for n in piece.near[v]):
        ring = [start, second]
        while len(ring) < size:
            ring.append(next(vertex for vertex in piece.near[ring[-1]] if vertex != ring[-2]))
        for wide in range(1, (size + 1) // 2 - 1):
            high = (size + 1) // 2 - wide
            down = [(wide, -y) for y in range(high)]
            back = [(wide - x, -high) for x in range(wide)]
            path = [*((x, 0) for x in range(wide)), *down, *back, *((0, y - high) for y in range(high))]
            yield {vertex: (float(x), float(y)) for vertex, (x, y) in zip(ring, path, strict=False)}


SYMMETRIES: tuple[Callable[[float, float], Cell], ...] = (
    lambda x, y: (x, -y),
    lambda x, y: (x, y),
    lambda x, y: (-x, -y),
    lambda x, y: (-x, y),
    lambda x, y: (y, -x),
    lambda x, y: (y, x),
    lambda x, y: (-y, -x),
    lambda x, y: (-y, x),
)
MIRRORS = (SYMMETRIES[0], *SYMMETRIES[2:4])  # those that keep rows, but for what changes nothing


def lattices(piece: Piece) -> Iterator[Cells]:
    """Yield the lattices that a piece is, in their eight positions: every wire has length 1.

    With distances d_a, d_b from two corners a and b, x = (d_a - d_b + d_ab) / 2 and y = d_a - x.
    """
    near = piece.near
    fewest = min(len(others) for others in near.values())
    corners = [vertex for vertex in piece.ranked if len(near[vertex]) == fewest][:8]
    from_first = distances(corners[0], near)
    if any(from_first[one] == from_first[other] for one, other in piece.lines):
        return  # a ring of odd length
    steps = {corner: distances(corner, near) for corner in corners}
    for number, a in enumerate(corners[:4]):
        for b in corners[number + 1 :]:
            cells = _from_corners(steps[a], steps[b], steps[a][b])
            if cells and all(_next_to(cells[e.start], cells[e.end]) for e in piece.edges if e.start != e.end):
                for symmetry in SYMMETRIES:
                    yield {vertex: symmetry(*cells[vertex]) for vertex in piece.vertices}
                if len(piece.vertices) > MANY:
                    return


def _from_corners(from_a: Mapping[int, int], from_b: Mapping[int, int], apart: int) -> Cells | None:
    cells: Cells = {}
    for vertex, distance_a in from_a.items():
        double = distance_a - from_b[vertex] + apart
        if double % 2:
            return None
        cells[vertex] = (double // 2, distance_a - double // 2)
    return cells if len(set(cells.values())) == len(cells) else None


def _next_to(one: Sequence[float], other: Sequence[float]) -> bool:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) == 1


def distances(start: int, near: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return how many wires every vertex is away from one."""
    return distances_from([start], near)


def distances_from(starts: Sequence[int], near: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return how many wires every vertex is away from the nearest of some."""
    found = dict.fromkeys(starts, 0)
    queue = deque(starts)
    while queue:
        vertex = queue.popleft()
        for other in near[vertex]:
            if other not in found:
                found[other] = found[vertex] + 1
                queue.append(other)
    return found


def bonded(piece: Piece) -> Iterator[Cells]:
    """Yield the lattices that a piece is with a matrix in the middle of every wire: spins, or weighted bonds.

    Where two wires meet in a corner, nothing needs to stand: the two matrices may be joined.
    """
    near = piece.near
    slender = {v for v in piece.vertices if len(near[v]) == 2 and v not in piece.tips and v not in piece.fans}
    matrices = {vertex for vertex in slender if not slender.issuperset(near[vertex])}
    corners = {frozenset(line): -1 - n for n, line in enumerate(piece.lines) if matrices.issuperset(line)}
    sites = (*(vertex for vertex in piece.ranked if vertex not in matrices), *corners.values())
    if any(matrices.isdisjoint(line) for line in piece.lines) or len(matrices) <= len(sites):
        return
    ends = {m: [corners.get(frozenset((m, o)), o) for o in near[m]] for m in piece.ranked if m in matrices}
    if len({frozenset(pair) for pair in ends.values()}) < len(ends):
        return
    wires = tuple(Edge(one, other, "any", "any") for one, other in ends.values())
    for lattice in lattices(Piece(sites, wires, {}, ranked=sites)):
        middles = {m: (lattice[a][0] + lattice[b][0], lattice[a][1] + lattice[b][1]) for m, (a, b) in ends.items()}
        yield {v: (2 * x, 2 * y) for v, (x, y) in lattice.items() if v >= 0} | middles


# ---------------------------------------------------------------- lattices in three dimensions


def boxes(piece: Piece) -> Iterator[Cells]:
    """Yield a lattice of three dimensions as its layers behind one another, each a step up and to the right.

    The coordinates are found as those of `lattices`, from a corner and the three corners next to it.
    """
    near = piece.near
    corners = [vertex for vertex in piece.ranked if len(near[vertex]) == 3]
    if len(corners) != 8:
        return
    steps = {corner: distances(corner, near) for corner in corners}
    first = min(corners, key=lambda corner: sorted(steps[corner][other] for other in corners if other != corner))
    beside = sorted((corner for corner in corners if corner != first), key=lambda corner: steps[first][corner])
    for axes in combinations(beside, 3):
        found = _from_axes(steps, first, axes)
        if found and all(_next_to(found[a], found[b]) for a, b in piece.lines):
            lengths = [1 + max(place[axis] for place in found.values()) for axis in range(3)]
            deep = min(range(3), key=lambda axis: (lengths[axis], axis))
            across, up = sorted((axis for axis in range(3) if axis != deep), key=lambda axis: -lengths[axis])
            apart = lengths[deep] + bool(piece.tips)  # legs end between the layers
            yield {v: (apart * p[across] + p[deep], apart * p[up] + p[deep]) for v, p in found.items()}
            return


def _from_axes(
    steps: Mapping[int, Mapping[int, int]], first: int, axes: Sequence[int]
) -> dict[int, tuple[int, ...]] | None:
    found = {}
    for vertex, away in steps[first].items():
        double = [away - steps[axis][vertex] + steps[first][axis] for axis in axes]
        if any(one % 2 for one in double) or sum(double) != 2 * away:
            return None
        found[vertex] = tuple(one // 2 for one in double)
    return found if len(set(found.values())) == len(found) else None


# ---------------------------------------------------------------- a tensor amid others


def with_arms(piece: Piece) -> Placement | None:
    """Return a tensor amid others, each with a free leg, on the sides where these end; None if it is none of these.

    A free leg of its own has a side without others, or if there is one on every side, goes between two of these.
    """
    middle = next((vertex for vertex, others in piece.near.items() if len(others) == len(piece.vertices) - 1), None)
    if middle is None or middle in piece.fans or not ARMS <= len(piece.edges) == len(piece.near[middle]):
        return None
    arms: dict[Direction, list[int]] = {"left": [], "right": [], "up": [], "down": []}
    for arm in (piece.links[middle, slot][0] for slot in piece.slots[middle] if (middle, slot) in piece.links):
        if len(piece.tips.get(arm, ())) != 1:
            return None
        arms[piece.tips[arm][0]].append(arm)
    cells: Cells = {middle: (0.0, 0.0)}
    for side, found in arms.items():
        (dx, dy), half = STEPS[side], (len(found) - 1) / 2
        cells |= {arm: (dx + abs(dy) * (n - half), dy + abs(dx) * (half - n)) for n, arm in enumerate(found)}
    own = piece.tips.get(middle, ())
    between = len(own) == 1 and all(len(found) == 1 for found in arms.values())
    clear = len(set(cells.values())) == len(cells) and (between or not any(arms[side] for side in own))
    tips = {arm: side for side, found in arms.items() for arm in found} if between else {}
    return Placement(cells, tips=tips) if clear and (arms["left"] or arms["right"]) else None
