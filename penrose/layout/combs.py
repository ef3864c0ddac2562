"""Combs: a row of tensors from which others hang, such as a hidden Markov model or a state that takes in vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from penrose.layout.cells import Cells, Piece, facing_cost
from penrose.layout.scene import Direction
from penrose.model.index import numbered

LEAST = 3  # tensors of the row that are joined to two others or more
TEETH = 2  # things that hang, at least, one of them not at an end of the row


def comb(piece: Piece) -> Cells | None:
    """Return a tree in a row with what hangs on it below, or above if the free legs of that leave there; else None."""
    row = [vertex for vertex in piece.ranked if len(piece.near[vertex]) > 1]
    inner = {vertex: [other for other in piece.near[vertex] if len(piece.near[other]) > 1] for vertex in row}
    straight = all(len(others) <= 2 for others in inner.values())
    if len(piece.lines) != len(piece.vertices) - 1 or len(row) < LEAST or not straight:
        return None
    leaves = {vertex: [other for other in piece.near[vertex] if other not in inner] for vertex in row}
    starts = [vertex for vertex in row if len(inner[vertex]) == 1]
    laid = (cells for start in starts for cells in _laid(piece, _line(start, inner), leaves))
    return min(laid, key=lambda cells: facing_cost(cells, piece), default=None)


def _line(start: int, inner: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the row from one of its ends."""
    line = [start, *inner[start]]
    while len(inner[line[-1]]) > 1:
        line.append(next(other for other in inner[line[-1]] if other != line[-2]))
    return line


def _laid(piece: Piece, line: Sequence[int], leaves: Mapping[int, Sequence[int]]) -> Iterator[Cells]:
    """Yield the ways in which a row goes on at its ends and other things hang on it.

    One thing at an end hangs too if something hangs on everything between the ends, or what is called alike, or if the
    end has a free leg there. Of two, that hangs which has a free leg as what hangs between the ends has, or has none.
    """
    full = all(leaves[vertex] for vertex in line[1:-1])
    between = {_stem(piece, leaf) for vertex in line[1:-1] for leaf in leaves[vertex]} - {""}
    with_legs = any(leaf in piece.tips for vertex in line[1:-1] for leaf in leaves[vertex])
    sides: tuple[Direction, Direction] = ("left", "right")
    ends: list[list[int | None]] = []
    for end, side in zip((line[0], line[-1]), sides, strict=True):
        if side in piece.tips.get(end, ()) or (
            len(leaves[end]) == 1 and (full or _stem(piece, leaves[end][0]) in between)
        ):
            ends.append([None])
        else:
            facing = [leaf for leaf in leaves[end] if side in piece.tips.get(leaf, ())]
            unlike = [leaf for leaf in leaves[end] if (leaf in piece.tips) != with_legs]
            ends.append([*(facing or unlike or leaves[end])])
    for first, last in product(*ends):
        hanging = {vertex: [leaf for leaf in leaves[vertex] if leaf not in (first, last)] for vertex in line}
        if all(len(found) < 2 for found in hanging.values()) and any(hanging[vertex] for vertex in line[1:-1]):
            whole = [vertex for vertex in (first, *line, last) if vertex is not None]
            yield from _hung(piece, whole, {found[0]: vertex for vertex, found in hanging.items() if found})


def _stem(piece: Piece, vertex: int) -> str:
    """Return the name of a tensor without its number."""
    name = piece.tensors.get(vertex, "")
    member = numbered(name)
    return member[0] if member else name


def _hung(piece: Piece, line: Sequence[int], teeth: Mapping[int, int]) -> Iterator[Cells]:
    """Yield a row with its teeth, below or else above, unless free legs are in the way; opposite those of the row."""
    ways: list[tuple[Direction, float]] = [("down", -1.0), ("up", 1.0)]
    if any("down" in piece.tips.get(vertex, ()) for vertex in line):
        ways.reverse()
    for side, step in ways:
        free = all(set(piece.tips.get(leaf, ())) <= {side} for leaf in teeth)
        if len(teeth) >= TEETH and free and all(side not in piece.tips.get(held, ()) for held in teeth.values()):
            cells = {vertex: (float(x), 0.0) for x, vertex in enumerate(line)}
            yield cells | {leaf: (cells[held][0], step) for leaf, held in teeth.items()}
            return
