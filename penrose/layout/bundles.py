"""Chains side by side between two ends: tensors, as in a determinant, dots, or the bars of groups.

Such are products of products, and those of Kronecker, and of Khatri and Rao.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from penrose.layout.cells import Cells, Piece, Placement, facing_cost
from penrose.layout.ends import beside
from penrose.layout.scene import Direction

CHAINS = 3  # between two ends, at least, or two longer ones between dots; others are a ring

Chain = list[int]  # what is between two ends, or between one and a free leg


def bundle(piece: Piece) -> Placement | None:
    """Return a piece as two ends, on the left and right, and rows of one length between them; None if it is none.

    The rows are in the order of the slots of an end.
    """
    ends = sorted(piece.fans) or [vertex for vertex, others in piece.near.items() if len(others) >= CHAINS]
    if piece.frames or len(ends) != 2 or not _are_slender(piece, ends) or piece.tips.keys() - ends:
        return None
    if ends[1] in piece.near[ends[0]]:
        return None
    found: list[tuple[tuple[float, float], Placement]] = []
    for left, right in (ends, ends[::-1]):
        sides: dict[int, Direction] = {left: "left", right: "right"}
        outwards = all({*piece.tips.get(end, ())} <= {side} for end, side in sides.items())
        for start in (left, right) if outwards else ():
            chains = [*_chains(piece, start, ends)]
            if all(end not in (start, None) for _, end in chains) and _are_rows(piece, [chain for chain, _ in chains]):
                cells: Cells = {}
                length = _in_rows([chain if start == left else chain[::-1] for chain, _ in chains], 0, cells)
                whole = cells | {left: (-1.0, 0.0), right: (float(length), 0.0)}
                placement = Placement(whole) if piece.fans else beside(piece, cells, sides)
                found.append((facing_cost(whole, piece), placement))
    return min(found, key=lambda one: one[0])[1] if found else None


def _are_rows(piece: Piece, rows: Sequence[Chain]) -> bool:
    """Tell whether chains between two ends are so many, and of one length.

    Three different tensors may as well be an operator between two environments.
    """
    inner = {vertex for row in rows for vertex in row}
    several = len(rows) >= CHAINS or (len(rows) > 1 and bool(piece.fans) and len(rows[0]) > 1)
    sandwich = len(inner) == len(rows) == CHAINS and len({piece.tensors.get(vertex) for vertex in inner}) > 1
    return several and len({len(row) for row in rows}) == 1 and (not sandwich or bool(piece.fans or piece.tips))


def fused(piece: Piece) -> Placement | None:
    """Return bars and dots in a row, with the chains between two of them in rows; None if it is nothing of that.

    The rows are in the order of slots.
    """
    ends = sorted(piece.fans)
    if not piece.bars or piece.frames or not _are_slender(piece, ends):
        return None
    if len(ends) == 1:
        return _alone(piece, ends[0])
    laid = (_laid(piece, order) for start in ends if (order := _row(piece, start)))
    return min((one for one in laid if one), key=lambda one: facing_cost(one.cells, piece), default=None)


def _alone(piece: Piece, bar: int) -> Placement | None:
    """Return a bar between what its last slot, the thick one, joins and all others, the legs of which leave there."""
    *thin, thick = _chains(piece, bar, piece.fans)
    sides = {side for chain, _ in thin for side in piece.tips.get(chain[-1], ())}
    if len(thin) + 1 < len(piece.slots[bar]) or any(end is not None for _, end in (*thin, thick)):
        return None
    if len(sides) > 1 or not sides <= {"left", "right"} or sides & {*piece.tips.get(thick[0][-1], ())}:
        return None
    cells: Cells = {bar: (0.0, 0.0)}
    _in_rows([chain for chain, _ in thin], 1, cells)
    cells |= {vertex: (-1.0 - place, 0.0) for place, vertex in enumerate(thick[0])}
    turn = 1 if sides == {"right"} else -1
    return Placement({vertex: (turn * x, y) for vertex, (x, y) in cells.items()})


def _row(piece: Piece, start: int) -> list[int]:
    """Return the bars and dots in a row from one of them, nothing if they are none."""
    order, seen = [start], {start}
    while following := {end for _, end in _chains(piece, order[-1], piece.fans) if end is not None} - set(order[-2:]):
        if len(following) > 1 or following & seen:
            return []
        order += following
        seen |= following
    return order if len(order) == len(piece.fans) else []


def _laid(piece: Piece, order: Sequence[int]) -> Placement | None:
    """Return bars and dots from the left, with what is between them; None if something of a bar stands in between."""
    cells: Cells = {}
    x = 0.0
    for number, here in enumerate(order):
        found = [*_chains(piece, here, piece.fans)]
        outer = [chain for chain, end in found if end is None]
        first, last = number == 0, number == len(order) - 1
        if outer and not (first or last):
            return None
        if first:
            x += _in_rows([chain[::-1] for chain in outer], x, cells)
        cells[here] = (x, 0.0)
        x += 1
        if last:
            _in_rows(outer, x, cells)
        else:
            x += _in_rows([chain for chain, end in found if end == order[number + 1]], x, cells)
    outwards = {order[0]: "left", order[-1]: "right"}
    tips = ((vertex, sides) for vertex, sides in piece.tips.items() if vertex in piece.fans)
    if len(cells) < len(piece.vertices) or any({*sides} != {outwards.get(vertex)} for vertex, sides in tips):
        return None
    return Placement(cells)


def _are_slender(piece: Piece, ends: Collection[int]) -> bool:
    """Tell whether all but some ends is vectors and matrices, which are chains."""
    return all(len(piece.slots[vertex]) <= 2 for vertex in piece.vertices if vertex not in ends)


def _chains(piece: Piece, start: int, ends: Collection[int]) -> Iterator[tuple[Chain, int | None]]:
    """Yield the chains from one of some ends by its slots, each with the end that it comes to, None for a leg."""
    for slot in piece.slots[start]:
        if (start, slot) in piece.free:
            continue
        at: tuple[int, int] = piece.links[start, slot]
        chain: Chain = []
        while at[0] not in ends:
            chain.append(at[0])
            behind = [(at[0], other) for other in piece.slots[at[0]] if other != at[1]]
            if not behind or behind[0] not in piece.links:
                yield chain, None
                break
            at = piece.links[behind[0]]
        else:
            yield chain, at[0]


def _in_rows(chains: Sequence[Chain], x: float, cells: Cells) -> int:
    """Put chains into rows around the middle, from a column on; return how long they are."""
    longest = max(map(len, chains), default=0)
    for row, chain in enumerate(chains):
        for place, vertex in enumerate(chain):
            cells[vertex] = (x + (longest - len(chain)) // 2 + place, (len(chains) - 1) / 2 - row)
    return longest
