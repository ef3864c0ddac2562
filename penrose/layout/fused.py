"""Rows between bars that fuse legs, such as products of Kronecker's, and of Khatri and Rao."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from penrose.layout.cells import Cells, Piece, Placement, facing_cost

Chain = list[int]  # what is between two ends, or between one and a free leg


def fused(piece: Piece) -> Placement | None:
    """Return bars and dots in a row, with the chains between two of them in rows; None if it is nothing of that.

    The rows are in the order of slots.
    """
    if not piece.bars or piece.frames:
        return None
    ends = sorted(piece.fans)
    if any(
        len(piece.slots[vertex]) > 2 or len(piece.near[vertex]) > 2 for vertex in piece.vertices if vertex not in ends
    ):
        return None
    if len(ends) == 1:
        return _alone(piece, ends[0])
    laid = (_laid(piece, order) for start in ends if (order := _row(piece, start)))
    return min((one for one in laid if one), key=lambda one: facing_cost(one.cells, piece), default=None)


def _alone(piece: Piece, bar: int) -> Placement | None:
    """Return a bar between what its last slot, the thick one, joins and all others, the legs of which leave there."""
    *thin, thick = _chains(piece, bar)
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
    while following := {end for _, end in _chains(piece, order[-1]) if end is not None} - set(order[-2:]):
        if len(following) > 1 or following & seen:
            return []
        order += following
        seen |= following
    return order if len(order) == len(piece.fans) else []


def _chains(piece: Piece, start: int) -> Iterator[tuple[Chain, int | None]]:
    """Yield the chains from a bar or dot by its slots, each with the bar or dot at its other end, None for a leg."""
    for slot in piece.slots[start]:
        if (start, slot) in piece.free:
            continue
        before, at = (start, slot), piece.links[start, slot]
        chain: Chain = []
        while at[0] not in piece.fans:
            chain.append(at[0])
            others = [(at[0], other) for other in piece.slots[at[0]] if other != at[1]]
            before = others[0] if others else before
            if not others or before not in piece.links:
                yield chain, None
                break
            at = piece.links[before]
        else:
            yield chain, at[0]


def _laid(piece: Piece, order: Sequence[int]) -> Placement | None:
    """Return bars and dots from the left, with what is between them; None if something of a bar stands in between."""
    cells: Cells = {}
    x = 0.0
    for number, here in enumerate(order):
        found = [*_chains(piece, here)]
        outer = [chain for chain, end in found if end is None]
        first, last = number == 0, number == len(order) - 1
        if outer and (first == last or not (first or last)):
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


def _in_rows(chains: Sequence[Chain], x: float, cells: Cells) -> int:
    """Put chains into rows around the middle, from a column on; return how long they are."""
    longest = max(map(len, chains), default=0)
    for row, chain in enumerate(chains):
        for place, vertex in enumerate(chain):
            across = x + place if len(chain) == longest else x + (longest - len(chain)) // 2 + place
            cells[vertex] = (across, (len(chains) - 1) / 2 - row)
    return longest
