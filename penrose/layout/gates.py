"""Which way gates face, and the ranks in which they stand above one another.

Gates are the isometries and unitaries whose sides are declared. A free leg that leaves down, or up, tells which side
of its gate is which, then every wire tells the gate at its other end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from penrose.data import NOTHING
from penrose.layout.cells import Piece, Slot
from penrose.layout.scene import Direction


def by_gates(piece: Piece) -> dict[int, int] | None:
    """Return ranks from below by gates, one side of which is under the other; None if that fails.

    What is no gate stands as high as what it is joined to. If that can be, legs that leave up end under those that
    leave down, as those of a density matrix between its two states.
    """
    below = lower_sides(piece)
    if len(below) < 2:
        return None
    above, level = order(piece, below)
    ups = [vertex for vertex in piece.ranked if set(piece.tips.get(vertex, ())) == {"up"}]
    downs = [vertex for vertex in piece.ranked if set(piece.tips.get(vertex, ())) == {"down"}]
    facing = risen(piece, above, level, ups, downs) if ups and downs else None
    return facing or risen(piece, above, level)


def lower_sides(piece: Piece, told: Mapping[Slot, Direction] = NOTHING) -> dict[int, frozenset[int]]:
    """Return the slots that leave every gate downwards, as far as free legs and wires tell, and what else is `told`."""
    below: dict[int, frozenset[int]] = {}
    known: list[int] = []

    def tell(vertex: int, slot: int, down: bool) -> None:
        if vertex in piece.gates and vertex not in below:
            side = piece.gates[vertex]
            below[vertex] = side if (slot in side) == down else frozenset(piece.slots[vertex]) - side
            known.append(vertex)

    legs = sorted(piece.free.items(), key=lambda leg: piece.rank[leg[0][0]])
    for (vertex, slot), side in (*legs, *told.items()):
        if side in ("up", "down"):
            tell(vertex, slot, side == "down")
    while known:
        vertex = known.pop(0)
        for slot in piece.slots[vertex]:
            if (vertex, slot) in piece.links:
                tell(*piece.links[vertex, slot], slot not in below[vertex])
    return below


def order(piece: Piece, below: Mapping[int, frozenset[int]]) -> tuple[dict[int, list[int]], list[tuple[int, int]]]:
    """Return what stands above every vertex, and the pairs that stand level, by the wires of gates."""
    above: dict[int, list[int]] = {vertex: [] for vertex in piece.ranked}
    level: list[tuple[int, int]] = []
    for edge in piece.edges:
        start_down = edge.start in below and edge.slots[0] in below[edge.start]
        end_down = edge.end in below and edge.slots[1] in below[edge.end]
        start_up = edge.start in below and not start_down
        end_up = edge.end in below and not end_down
        if (start_down and end_down) or (start_up and end_up):
            continue  # such a wire goes around
        if start_down or end_up:
            above[edge.end].append(edge.start)
        elif end_down or start_up:
            above[edge.start].append(edge.end)
        else:
            level.append((edge.start, edge.end))
    return above, level


def risen(
    piece: Piece,
    above: Mapping[int, Sequence[int]],
    level: Sequence[tuple[int, int]],
    ups: Sequence[int] = (),
    downs: Sequence[int] = (),
) -> dict[int, int] | None:
    """Return the least ranks with which wires rise, and what is level stands level; None if they rise in a circle.

    What has free legs upwards is under what has some downwards, with a rank between them for the legs.
    """
    ranks = dict.fromkeys(piece.ranked, 0)
    for _ in range(2 * len(ranks)):
        changed = False
        for vertex in piece.ranked:
            for higher in above[vertex]:
                if ranks[higher] <= ranks[vertex]:
                    ranks[higher], changed = ranks[vertex] + 1, True
        least = max((ranks[vertex] for vertex in ups), default=-2) + 2
        for vertex in downs:
            if ranks[vertex] < least:
                ranks[vertex], changed = least, True
        for one, other in level:
            if ranks[one] != ranks[other]:
                ranks[one] = ranks[other] = max(ranks[one], ranks[other])
                changed = True
        if not changed:
            return ranks
        if max(ranks.values()) > 2 * len(ranks):
            return None
    return None
