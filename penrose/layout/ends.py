"""Rows between tall tensors, such as the environments of a matrix product operator between two states.

Without one or two tensors that join several others, the rest is a lattice with what they join in its first and its
last column. They stand before and behind that, as high as it is, and their wires are lanes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from penrose.layout.cells import Cell, Cells, Lane, Piece, Placement, Slot, facing_cost
from penrose.layout.geometry import OPPOSITE, STEPS
from penrose.layout.motifs import distances, lattices
from penrose.layout.scene import Direction

ALONE, BOTH = 3, 2  # tensors that an end joins, at least, if there are one or two of them
TRIED = 24  # ends, or pairs of them
LARGE = 500  # vertices of a piece that is not looked at


def between_ends(piece: Piece) -> Placement | None:
    """Return a piece as rows between one or two tall tensors, None if it is nothing of that."""
    if len(piece.vertices) > LARGE or piece.fans:
        return None
    found = [placement for ends in _ends(piece) for placement in _around(piece, ends)]
    return min(found, key=lambda one: (_twists(one), facing_cost(one.cells, piece)), default=None)


def _ends(piece: Piece) -> list[tuple[int, ...]]:
    """Return what may be ends, each joined to others by one wire, those that join most first; no triangles."""
    wires = Counter(end for edge in piece.edges for end in (edge.start, edge.end))
    may_be = {v for v, others in piece.near.items() if len(others) == wires[v] and v not in piece.gates}
    joined = {v: len(others) if v in may_be else 0 for v, others in piece.near.items()}
    order = sorted(piece.ranked, key=lambda vertex: -joined[vertex])
    pairs = (
        pair for pair in combinations([v for v in order if joined[v] >= BOTH], 2) if pair[1] not in piece.near[pair[0]]
    )
    both = [pair for _, pair in zip(range(TRIED), pairs, strict=False)]
    return [*both, *((vertex,) for vertex in order[:TRIED] if joined[vertex] >= ALONE)]


def _around(piece: Piece, ends: Sequence[int]) -> Iterator[Placement]:
    """Yield the ways in which the ends can stand beside a lattice of the rest."""
    rest = piece.between([vertex for vertex in piece.vertices if vertex not in ends])
    if len(rest.vertices) < 2 or len(distances(rest.vertices[0], rest.near)) < len(rest.vertices):
        return
    for cells in lattices(rest):
        outer = _outer(cells)
        for ways in (("left", "right"), ("right", "left")):
            sides: dict[int, Direction] = dict(zip(ends, ways, strict=False))
            if all(_is_beside([cells[v] for v in piece.near[end]], outer[side]) for end, side in sides.items()):
                yield _beside(piece, cells, sides)


def _is_beside(places: Sequence[Cell], column: float) -> bool:
    """Tell whether all of some cells are in a column, and in most of the rows between them."""
    rows = [y for _, y in places]
    return all(x == column for x, _ in places) and max(rows) - min(rows) <= len(rows)


def _outer(cells: Cells) -> dict[Direction, float]:
    """Return the first and the last column."""
    columns = [x for x, _ in cells.values()]
    return {"left": min(columns), "right": max(columns)}


def _beside(piece: Piece, lattice: Cells, ends: Mapping[int, Direction]) -> Placement:
    """Return a lattice with the ends on its sides, along lanes that all reach one of these."""
    outer = _outer(lattice)
    cells = dict(lattice)
    for end, side in ends.items():
        rows = [lattice[other][1] for other in piece.near[end]]
        cells[end] = (outer[side] + STEPS[side][0], (min(rows) + max(rows)) / 2)
    lanes: dict[Slot, Lane] = {}
    for (end, slot), (other, at) in piece.links.items():
        if end in ends:
            lanes[end, slot] = Lane(cells[end][1] - cells[other][1], OPPOSITE[ends[end]])
            lanes[other, at] = Lane(0.0, ends[end])
    level = [slot for slot, side in piece.free.items() if side in ("left", "right") and slot[0] not in ends]
    times = Counter(vertex for vertex, _ in level)
    alone = [slot for slot in level if times[slot[0]] == 1]
    for side in (side for side in outer if side not in ends.values()):
        lanes |= {slot: Lane(0.0, side) for slot in alone if cells[slot[0]][0] == outer[side]}
    return Placement(cells, lanes=lanes)


def _twists(placement: Placement) -> int:
    """Count the slots of tall tensors that are out of their order, from above."""
    shifts: dict[int, list[float]] = {}
    for (vertex, _), lane in sorted(placement.lanes.items()):
        shifts.setdefault(vertex, []).append(lane.shift)
    return sum(one > other for several in shifts.values() for one, other in pairwise(several))
