"""Stars: what shares one index, such as the factors of a CP decomposition, around the dot of that."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from penrose.layout.cells import Cells, Piece
from penrose.layout.geometry import OPPOSITE
from penrose.layout.scene import Direction

LEAST = 4  # tensors around the dot; fewer are a row with something that hangs from it
AXES: Sequence[tuple[Direction, Direction]] = (("left", "right"), ("up", "down"))
STEEP = 0.5  # steps away from the dot for every step aside, at least, so that a ray keeps clear of others
FAR = 3  # steps away from the dot, up to which no ray leans to the side


def star(piece: Piece) -> Cells | None:
    """Return tensors with a free leg each around the dot that joins them, those with their legs on one side in a row.

    These are in the order of their legs. One tensor without free legs, a weight, is above or below the dot, or opposite
    the most others where they are on a bar.
    """
    dot = next((v for v in piece.fans if len(piece.near[v]) == len(piece.vertices) - 1), None)
    if dot is None or dot in piece.tips or len(piece.lines) != len(piece.vertices) - 1:
        return None
    around: dict[Direction, list[int]] = {"left": [], "right": [], "up": [], "down": []}
    weights = [vertex for vertex in piece.ranked if vertex != dot and vertex not in piece.tips]
    for vertex, sides in piece.tips.items():
        if len(sides) > 1:
            return None
        around[sides[0]].append(vertex)
    if len(piece.tips) < LEAST or len(weights) > 1 or piece.frames:
        return None
    if weights:
        free: Direction = "down" if around["up"] and not around["down"] else "up"
        if dot in piece.bars:
            free = OPPOSITE[max(around, key=lambda side: len(around[side]))]
        if around[free]:
            return None
        around[free] = weights
    if all(max(len(around[side]) for side in sides) > 1 for sides in AXES):
        return None
    cells: Cells = {dot: (0.0, 0.0)}
    cells |= {vertex: (-away, -aside) for vertex, aside, away in _row(piece, around["left"])}
    cells |= {vertex: (away, -aside) for vertex, aside, away in _row(piece, around["right"])}
    cells |= {vertex: (aside, away) for vertex, aside, away in _row(piece, around["up"])}
    cells |= {vertex: (aside, -away) for vertex, aside, away in _row(piece, around["down"])}
    return cells


def _row(piece: Piece, vertices: Sequence[int]) -> list[tuple[int, float, float]]:
    """Return what is on one side, in order, how far each is aside and away, so that no ray passes another tensor."""
    ordered = sorted(vertices, key=lambda vertex: piece.leg_order.get(vertex, 0.0))
    middle = (len(ordered) - 1) / 2
    away = max(1, min(ceil(middle), FAR), round(STEEP * middle))
    return [(vertex, number - middle, float(away)) for number, vertex in enumerate(ordered)]
