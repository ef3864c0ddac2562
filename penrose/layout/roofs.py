"""Rows of tensors with dots over and under them that join several, such as the heads of attention."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from penrose.layout.cells import NEAR, Cell, Cells, Piece, Placement, count_blocked, facing_cost
from penrose.layout.geometry import distance
from penrose.layout.motifs import rows

LEAST = 3  # tensors in a row
HIGHEST = 4  # rows from tensors to a dot


def with_roofs(piece: Piece) -> Placement | None:
    """Return a chain as a row, with one or two dots over and under the middle of what they join; None if it is none.

    The dot with most tensors is above, unless free legs say otherwise. A free leg is not in the way of the row.
    """
    dots = sorted(piece.fans, key=lambda dot: (-len(piece.near[dot]), piece.rank[dot]))
    if not 0 < len(dots) <= 2 or len(piece.near[dots[-1]]) < 2 or not _are_dots(piece):
        return None
    chain = piece.between([vertex for vertex in piece.vertices if vertex not in piece.fans])
    if len(chain.vertices) < LEAST or len(chain.lines) != len(chain.vertices) - 1:
        return None
    legs = [piece.tips.get(dot, ()) for dot in dots]
    signs = (-1, 1) if "down" in legs[0] or any("up" in free for free in legs[1:]) else (1, -1)
    for row in sorted(rows(chain), key=lambda cells: facing_cost(cells, chain)):
        cells = dict(row)
        for dot, free, sign in zip(dots, legs, signs, strict=False):
            place = _seen_from(row, piece.near[dot])
            if not place or ("down" if sign > 0 else "up") in free:
                return None
            cells[dot] = (place[0], sign * place[1])
        if not count_blocked(cells, piece):
            return Placement(cells)
    return None


def _are_dots(piece: Piece) -> bool:
    """Tell whether fans are dots that join tensors alone; the slots of a bar are at home on its sides."""
    ends = [(edge.start, edge.start_home, edge.end) for edge in piece.edges]
    ends += [(edge.end, edge.end_home, edge.start) for edge in piece.edges]
    return all(home == "any" and other not in piece.fans for end, home, other in ends if end in piece.fans)


def _seen_from(row: Cells, joined: Sequence[int]) -> Cell | None:
    """Return the lowest place over the middle of some things in a row from where all of them can be seen."""
    ends = [row[vertex] for vertex in joined]
    middle = round(2 * median(x for x, _ in ends)) / 2
    for height in range(1, HIGHEST + 1):
        others = ((cell, end) for cell in row.values() for end in ends if cell != end)
        if all(distance(cell, (middle, height), end) >= NEAR for cell, end in others):
            return middle, height
    return None
