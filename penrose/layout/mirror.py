"""Norms: a network and its mirror image, joined leg by leg, such as a state and its conjugate."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from penrose.data import replace
from penrose.layout.board import Board
from penrose.layout.cells import Cells, Piece, Placement
from penrose.layout.geometry import OPPOSITE
from penrose.layout.scene import Direction

LEAST = 4  # vertices; a pair lies in a row
TRIED = 4  # wires that may join something with its image


def mirrored(piece: Piece, place: Callable[[Piece], Placement]) -> Placement | None:
    """Return a piece as a half, placed with legs downwards, over its image, if no wires cross then.

    Free legs, such as those of a reduced density matrix, leave above from the half and below from its image.
    """
    images = None if len(piece.vertices) < LEAST else _images(piece)
    half = _half(piece, images) if images else None
    if not images or not half:
        return None
    found = place(half)
    if found.lanes or found.flow not in (None, "down"):
        return None
    low = min(y for _, y in found.cells.values())
    cells: Cells = {vertex: (x, y - low + 0.5) for vertex, (x, y) in found.cells.items()}
    cells |= {images[vertex]: (x, -y) for vertex, (x, y) in cells.items()}
    around: dict[frozenset[int], Direction] = dict(found.around)
    around |= {frozenset(images[vertex] for vertex in pair): OPPOSITE[way] for pair, way in found.around.items()}
    whole = {vertex: (2 * x, 2 * y) for vertex, (x, y) in cells.items()}
    if Board(piece.without(around.keys()), whole, flow=found.flow is not None).tangled():
        return None
    return Placement(cells, found.flow, around)


def _images(piece: Piece) -> dict[int, int] | None:
    """Return the image of every vertex, which is joined to the images of its neighbours, slot by slot; None if none."""
    between = [edge for edge in piece.edges if edge.slots[0] == edge.slots[1] and edge.start != edge.end]
    tried = (_spread(piece, edge.start, edge.end) for edge in between[:TRIED])
    return next((images for images in tried if images), None)


def _spread(piece: Piece, one: int, other: int) -> dict[int, int] | None:
    """Return the images of all vertices if one is the image of another, None if that contradicts itself."""
    images = {one: other, other: one}
    known = [one]
    while known:
        vertex = known.pop()
        image = images[vertex]
        if piece.slots[vertex] != piece.slots[image]:
            return None
        for slot in piece.slots[vertex]:
            if (vertex, slot) in piece.free and (image, slot) in piece.free:
                continue
            if (vertex, slot) in piece.free or (image, slot) in piece.free:
                return None
            (near, at_near), (beyond, at_beyond) = piece.links[vertex, slot], piece.links[image, slot]
            if at_near != at_beyond or near == beyond or images.get(near, beyond) != beyond:
                return None
            if near not in images:
                if beyond in images:
                    return None
                images[near], images[beyond] = beyond, near
                known.append(near)
    return images


def _half(piece: Piece, images: Mapping[int, int]) -> Piece | None:
    """Return what is joined to one vertex, with wires to images as legs that leave below, and free legs above.

    None if it is all, or if free legs leave elsewhere, or below from the image of none.
    """
    sides = {vertex: {*sides} for vertex, sides in piece.tips.items()}
    first = next((vertex for vertex in piece.vertices if "up" in sides.get(vertex, ())), piece.vertices[0])
    upper = {first}
    last = [first]
    while last:
        last = list(dict.fromkeys(v for one in last for v in piece.near[one] if v not in upper and v != images[one]))
        upper.update(last)
    ends = {vertex: {"up"} if vertex in upper else {"down"} for vertex in sides}
    if len(upper) * 2 != len(piece.vertices) or sides != ends:
        return None
    joined = {v: tuple(s for s in piece.slots[v] if piece.links.get((v, s), (v, 0))[0] == images[v]) for v in upper}
    legs = {v: (*joined[v], *piece.tip_slots.get(v, ())) for v in upper}
    tips = {v: ("down",) * len(joined[v]) + tuple(piece.tips.get(v, ())) for v in upper if legs[v]}
    return replace(piece.between(upper), tips=tips, tip_slots={vertex: legs[vertex] for vertex in tips})
