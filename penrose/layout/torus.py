"""What lies on a torus, such as a periodic projected entangled pair state, pressed flat.

The front and the back are in turn the rows of the picture, the back half a step aside, so that all wires from ring to
ring but the outermost are straight. The rings themselves are rows closed by loops.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import permutations

from penrose.layout.cells import Cells, Piece, Placement, facing_cost
from penrose.layout.scene import Direction

Around = tuple[int, int, int, int]  # what is right, left, below and above: two and two are opposite
APART = (1.0, 1.0)  # columns and rows
WITH_LEGS = (2.5, 1.25)  # those with free legs, which end between the front and the back
LARGE = 500  # vertices of a piece that is not looked at


def torus(piece: Piece) -> Placement | None:
    """Return a piece that is a lattice closed in both directions, its shorter rings upright and flat; else None."""
    if not 9 <= len(piece.vertices) <= LARGE or {len(others) for others in piece.near.values()} != {4}:
        return None
    apart = WITH_LEGS if piece.tips else APART
    found = [_flat(rings, *apart) for rings in _rings(piece) if len(rings) <= len(rings[0])]
    return min(found, key=lambda placement: facing_cost(placement.cells, piece), default=None)


def _rings(piece: Piece) -> Iterator[list[list[int]]]:
    """Yield the ways in which a piece is rings of one length, each joined to the next, the last to the first one."""
    start = piece.ranked[0]
    for right, left, below, above in permutations(piece.near[start]):
        around = _spread(piece, start, (right, left, below, above))
        if around:
            column = _along(start, 2, around)
            yield [_along(vertex, 0, around) for vertex in column]


def _spread(piece: Piece, start: int, first: Around) -> dict[int, Around]:
    """Return what is around every vertex, given that of one; {} if that is no torus.

    Beside a vertex, what is below is joined to what is below that vertex, and so on.
    """
    near = {vertex: {*others} for vertex, others in piece.near.items()}
    found = {start: first}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for way, beside in enumerate(found[here]):
            back = way ^ 1
            sides = [here if side == back else -1 for side in range(4)]
            for side in (side for side in range(4) if side // 2 != way // 2):
                corner = near[beside] & near[found[here][side]] - {here}
                if len(corner) != 1:
                    return {}
                sides[side] = corner.pop()
            rest = near[beside] - {*sides}
            if len(rest) != 1:
                return {}
            sides[way] = rest.pop()
            known = (sides[0], sides[1], sides[2], sides[3])
            if found.setdefault(beside, known) != known:
                return {}
            if found[beside] is known:
                queue.append(beside)
    return found


def _along(start: int, way: int, around: dict[int, Around]) -> list[int]:
    """Return the ring through a vertex in one direction."""
    ring = [start]
    while (after := around[ring[-1]][way]) != start:
        ring.append(after)
    return ring


def _flat(rings: Sequence[Sequence[int]], across: float, down: float) -> Placement:
    """Return rings as rows: the first, the last, the second, the last but one, and so on."""
    order = [ring for pair in zip(rings, reversed(rings), strict=True) for ring in pair][: len(rings)]
    cells: Cells = {
        v: (across * (x + row % 2 / 2), -down * row) for row, ring in enumerate(order) for x, v in enumerate(ring)
    }
    closed: dict[frozenset[int], Direction] = {
        frozenset((ring[0], ring[-1])): "up" if 2 * row < len(order) else "down" for row, ring in enumerate(order)
    }
    return Placement(cells, None, closed)
