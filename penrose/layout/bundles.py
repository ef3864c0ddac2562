"""Chains side by side between two tensors, as in a determinant, or between two dots, as in a product of products."""

from __future__ import annotations

from collections.abc import Iterator

from penrose.layout.cells import Cells, Piece, Placement, facing_cost
from penrose.layout.ends import beside
from penrose.layout.scene import Direction

CHAINS = 3  # between two ends, at least, or two longer ones between dots; others are a ring


def bundle(piece: Piece) -> Placement | None:
    """Return a piece as two ends, on the left and right, and rows of one length between them; None if it is none.

    The rows are in the order of the slots of an end.
    """
    ends = sorted(piece.fans) or [vertex for vertex, others in piece.near.items() if len(others) >= CHAINS]
    if piece.frames or len(ends) != 2 or len(piece.edges) > len(piece.lines) or ends[1] in piece.near[ends[0]]:
        return None
    best: tuple[tuple[float, float], Placement] | None = None
    for left, right in (ends, ends[::-1]):
        sides: dict[int, Direction] = {left: "left", right: "right"}
        for backwards in (False, True):
            rows = [*_chains(piece, right, left)] if backwards else [*_chains(piece, left, right)]
            if not _is_bundle(piece, sides, rows):
                continue
            cells = _in_rows([row[::-1] for row in rows] if backwards else rows)
            whole = cells | {left: (-1.0, (1 - len(rows)) / 2), right: (len(rows[0]), (1 - len(rows)) / 2)}
            cost = facing_cost(whole, piece)
            if not best or cost < best[0]:
                best = cost, Placement(whole) if piece.fans else beside(piece, cells, sides)
    return best[1] if best else None


def _chains(piece: Piece, start: int, end: int) -> Iterator[list[int]]:
    """Yield the chains from one end to the other, in the order of slots; what does not get there is cut short."""
    order = dict.fromkeys(piece.links[start, slot][0] for slot in piece.slots[start] if (start, slot) in piece.links)
    for first in order:
        chain = [first]
        before = start
        while len(piece.near[chain[-1]]) == 2 and chain[-1] not in piece.tips:
            following = next(other for other in piece.near[chain[-1]] if other != before)
            if following in (start, end):
                break
            before = chain[-1]
            chain.append(following)
        yield chain


def _is_bundle(piece: Piece, sides: dict[int, Direction], rows: list[list[int]]) -> bool:
    """Tell whether rows are all that is between the ends, of which free legs leave on their sides.

    Three different tensors may as well be an operator between two environments.
    """
    inner = {vertex for row in rows for vertex in row}
    plain = all(len(piece.near[vertex]) == 2 and vertex not in piece.tips for vertex in inner)
    outwards = all({*piece.tips.get(end, ())} <= {side} for end, side in sides.items())
    joined = all(row[0] in piece.near[end] or row[-1] in piece.near[end] for row in rows for end in sides)
    several = len(rows) >= CHAINS or (len(rows) > 1 and bool(piece.fans) and len(rows[0]) > 1)
    sandwich = len(inner) == len(rows) == CHAINS and len({piece.tensors.get(vertex) for vertex in inner}) > 1
    even = len({len(row) for row in rows}) == 1 and len(inner) == len(piece.vertices) - len(sides)
    return several and even and plain and outwards and joined and (not sandwich or bool(piece.fans or piece.tips))


def _in_rows(rows: list[list[int]]) -> Cells:
    return {vertex: (float(x), -float(y)) for y, row in enumerate(rows) for x, vertex in enumerate(row)}
