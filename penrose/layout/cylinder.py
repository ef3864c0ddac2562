"""What lies around a cylinder, cut open, with the wires over the cut as loops around it.

In layers, such as those of a periodic MERA, the two lowest ones must be a ring; what is above them stands over the
middle of what is joined below it, where the places on the ring are counted on beyond the cut. Rings above one
another, such as the norm of a periodic MPS, become rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import permutations
from math import inf

from penrose.layout.board import Board
from penrose.layout.cells import Cells, Piece, Placement, facing_cost
from penrose.layout.motifs import distances_from
from penrose.layout.scene import Direction


def cylinder(piece: Piece) -> Placement | None:
    """Return a piece whose lowest layer has the free legs as a cylinder cut open, if no wires cross then."""
    if {side for sides in piece.tips.values() for side in sides} != {"down"} or len(piece.tips) < 2:
        return None
    ranks = distances_from([vertex for vertex in piece.ranked if vertex in piece.tips], piece.near)
    if any(abs(ranks[one] - ranks[other]) != 1 for one, other in piece.lines):
        return None
    ring = _ring(piece, ranks)
    if not ring:
        return None
    whole = len(ring) / 2
    at: dict[int, float] = {vertex: place / 2 for place, vertex in enumerate(ring)}
    around: dict[frozenset[int], Direction] = {frozenset((ring[0], ring[-1])): "up"}
    taken: dict[int, set[float]] = {}  # the places in every layer
    for vertex in sorted((vertex for vertex in piece.ranked if ranks[vertex] > 1), key=ranks.__getitem__):
        below = sorted((at[other], other) for other in piece.near[vertex] if ranks[other] < ranks[vertex])
        here = taken.setdefault(ranks[vertex], set())
        shifted = _beyond_the_cut([place for place, _ in below], whole, here)
        at[vertex] = sum(shifted) / len(shifted)
        here.add(at[vertex])
        around |= {frozenset((vertex, other)): "up" for place, other in below if place not in shifted}
    cells = _apart(at, ranks)
    if Board(piece.without(around.keys()), cells, flow=True).tangled():
        return None
    return Placement(cells, "down", around)


def _ring(piece: Piece, ranks: Mapping[int, int]) -> list[int]:
    """Return the two lowest layers in the order of the ring that they are, from the first free leg; [] if none."""
    near = {v: [o for o in piece.near[v] if ranks[o] <= 1] for v in piece.ranked if ranks[v] <= 1}
    if any(len(others) != 2 for others in near.values()):
        return []

    def number(vertex: int) -> tuple[float, int]:
        return piece.leg_order.get(vertex, inf), piece.rank[vertex]

    first = min((vertex for vertex in near if ranks[vertex] == 0), key=number)
    found = [first, min(near[first], key=lambda beside: min(number(other) for other in near[beside] if other != first))]
    while (after := next(other for other in near[found[-1]] if other != found[-2])) != first:
        found.append(after)
    return found if len(found) == len(near) else []


def _beyond_the_cut(places: Sequence[float], whole: float, taken: Collection[float]) -> list[float]:
    """Return rising places on a ring, the first ones of which are counted on where that brings all of them together.

    Where two ways are as good, it is the one whose middle is not taken.
    """
    ways = [[*places[cut:], *(place + whole for place in places[:cut])] for cut in range(len(places))]
    return min(ways, key=lambda way: (max(way) - min(way), sum(way) / len(way) in taken))


def _apart(at: Mapping[int, float], ranks: Mapping[int, int]) -> Cells:
    """Return the cells of places in layers, at least 1 apart."""
    cells: Cells = {}
    last: dict[int, float] = {}
    for vertex in sorted(at, key=lambda vertex: (ranks[vertex], at[vertex])):
        rank, place = ranks[vertex], round(2 * at[vertex]) / 2
        last[rank] = max(place, last[rank] + 1) if rank in last else place
        cells[vertex] = (last[rank], rank)
    return cells


# ---------------------------------------------------------------- rings above one another


def rings(piece: Piece, in_order: bool) -> Placement | None:
    """Return a piece that is some equal rings, each joined to the next one all around, as rows; else None.

    Every row must be written from the left to the right if it has to be `in_order`.
    """
    degrees = {len(others) for others in piece.near.values()}
    if not degrees <= {3, 4} or 3 not in degrees:
        return None
    start = next(vertex for vertex in piece.vertices if len(piece.near[vertex]) == 3)
    places = {vertex: place for place, vertex in enumerate(piece.vertices)}
    found = []
    both = (_rows(piece, start, rung, second) for rung, second in permutations(piece.near[start], 2))
    for rows in (way for down in both for way in (down, down[::-1])):
        ordered = all(sorted(row, key=places.__getitem__) == row for row in rows)
        if rows and _leave(piece, rows) and (ordered or not in_order):
            cells: Cells = {vertex: (x, -y) for y, row in enumerate(rows) for x, vertex in enumerate(row)}
            around: dict[frozenset[int], Direction] = {
                frozenset((row[0], row[-1])): "up" if 2 * y < len(rows) else "down" for y, row in enumerate(rows)
            }
            found.append(Placement(cells, None, around))
    return min(found, key=lambda placement: facing_cost(placement.cells, piece), default=None)


def _rows(piece: Piece, start: int, rung: int, second: int) -> list[list[int]]:
    """Return the rings, from the one with `start` and `second` to the next one, in which `rung` is; [] if none."""
    near = piece.near
    first, after = [start, second], [rung]
    seen = {start, second, rung}
    while len(first) < len(piece.vertices):
        here = first[-1]
        rungs = [v for v in near[here] if v not in seen and after[-1] in near[v]]
        others = [v for v in near[here] if v not in rungs and v != first[-2]]
        if len(rungs) != 1 or len(others) != 1:
            return []
        after += rungs
        if others[0] == start:
            break
        first += others
        seen.update(rungs, others)
    rows = [first, after]
    seen = {*first, *after}
    while len(seen) < len(piece.vertices):
        beyond = [[v for v in near[here] if v not in seen] for here in rows[-1]]
        if any(len(others) != 1 for others in beyond):
            return []
        rows.append([others[0] for others in beyond])
        seen.update(rows[-1])
    wide = len(first)
    closed = all(row[x] in near[row[x - 1]] for row in rows for x in range(wide))
    whole = wide * len(rows) + wide * (len(rows) - 1) == len(piece.lines)
    return rows if closed and whole and wide > 2 and len(seen) == wide * len(rows) else []


def _leave(piece: Piece, rows: Sequence[Sequence[int]]) -> bool:
    """Tell whether free legs can leave: up from the first row, and down from the last one."""
    sides = {vertex: {*sides} for vertex, sides in piece.tips.items() if sides}
    ends: dict[int, set[Direction]] = {vertex: set() for vertex in piece.vertices}
    for vertex in rows[0]:
        ends[vertex].add("up")
    for vertex in rows[-1]:
        ends[vertex].add("down")
    return all(found <= ends[vertex] for vertex, found in sides.items())
