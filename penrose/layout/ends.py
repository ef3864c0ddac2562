"""Rows between tall tensors, such as the environments of a matrix product operator between two states.

Without one or two tensors that join several others, the rest is a lattice with what they join in its first and its
last column. They stand before and behind that, as high as it is, and their wires are lanes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations, islice, pairwise

from penrose.data import replace
from penrose.layout.cells import Cell, Cells, Edge, Lane, Piece, Placement, Slot, facing_cost
from penrose.layout.geometry import OPPOSITE, STEPS
from penrose.layout.lanes import lanes
from penrose.layout.motifs import distances, lattices
from penrose.layout.scene import Direction
from penrose.layout.sides import LYING

JOINED = 2  # tensors that an end joins, at least; if there is but one of so few, these have free legs on the other side
TRIED = 40  # ends, or pairs of them, first those that join as many others
PAIRS = 2000  # that are looked at
TWISTED = 1.5  # what it costs that two slots of an end are out of their order
TURNED = 0.1  # and that two legs on one side are
HIDDEN = 3.0  # and that a free leg would leave towards an end, where others do not
LARGE = 500  # vertices of a piece that is not looked at
FEW = 2  # pairs of matrices between which the rest is placed
MANY = 100  # vertices of a piece in which it is not


def between_ends(piece: Piece, place: Callable[[Piece], Placement] | None) -> Placement | None:
    """Return a piece as rows between one or two tall tensors, None if it is nothing of that.

    Where all legs leave below, or above, it is a row under or over a wide tensor. What is no lattice is placed alone,
    between environments of a state and its conjugate, if there is something to place it.
    """
    if len(piece.vertices) > LARGE or piece.fans or piece.frames:
        return None
    if {side for sides in piece.tips.values() for side in sides} in ({"down"}, {"up"}):
        tips = {vertex: tuple(LYING["right"][side] for side in sides) for vertex, sides in piece.tips.items()}
        found = _lying(replace(piece, tips=tips))
        return _upright(found) if found else None
    return _lying(piece) or (_around_rows(piece, place) if place else None)


def _around_rows(piece: Piece, place: Callable[[Piece], Placement]) -> Placement | None:
    """Return rows that are no lattice between two tall matrices, None if they do not reach these."""
    if len(piece.vertices) > MANY:
        return None
    pairs = (found for found in _between_environments(piece) if all(_joins_a_state(piece, end) for end in found[0]))
    for ends, opened in islice(pairs, FEW):
        found = place(opened)
        if found.lanes or found.flow or found.around:
            continue
        columns = {x: float(column) for column, x in enumerate(sorted({x for x, _ in found.cells.values()}))}
        cells = {vertex: (columns[x], y) for vertex, (x, y) in found.cells.items()}
        outer = _outer(cells)
        for ways in (ends, ends[::-1]):
            sides: dict[int, Direction] = dict(zip(ways, outer, strict=True))
            if all(_is_beside([cells[v] for v in piece.near[end]], outer[side]) for end, side in sides.items()):
                return beside(piece, cells, sides)
    return None


def _between_environments(piece: Piece) -> Iterator[tuple[tuple[int, ...], Piece]]:
    """Yield pairs of matrices that may be environments, and what is between them."""
    may_be = (vertex for vertex in piece.ranked if _is_environment(piece, vertex))
    for ends in islice(combinations(may_be, 2), TRIED):
        opened = None if ends[1] in piece.near[ends[0]] else _opened(piece, ends)
        if opened and len(distances(opened.vertices[0], opened.near)) == len(opened.vertices):
            yield ends, opened


def _is_environment(piece: Piece, vertex: int) -> bool:
    """Tell whether a matrix joins the same slots of two others, such as a state and its conjugate."""
    slots = piece.slots[vertex]
    if len(slots) != 2 or vertex in piece.tips:
        return False
    (one, at_one), (other, at_other) = (piece.links[vertex, slot] for slot in slots)
    return one != other and at_one == at_other


def _joins_a_state(piece: Piece, end: int) -> bool:
    """Tell whether a tensor joins the first or the last slots of one tensor, such as a state and its conjugate."""
    joined = [piece.links[end, slot] for slot in piece.slots[end]]
    outer = all(slot in (min(piece.slots[vertex]), max(piece.slots[vertex])) for vertex, slot in joined)
    return outer and len({piece.tensors.get(vertex) for vertex, _ in joined}) == 1


def around_lanes(piece: Piece) -> Placement | None:
    """Return upright lanes between two tall matrices, such as a gate on a state between environments; None if none."""
    if not (piece.gates or piece.operators) or len(piece.vertices) > LARGE or piece.fans or piece.frames:
        return None
    for ends, opened in _between_environments(piece):
        found = lanes(opened)
        if found and found.flow == "down":
            for ways in (ends, ends[::-1]):
                if closed := _closed(piece, found, *ways):
                    return closed
    return None


def _opened(piece: Piece, ends: Sequence[int]) -> Piece:
    """Return a piece without its ends, whose wires are free legs on the left and right."""
    rest = [vertex for vertex in piece.vertices if vertex not in ends]
    free: dict[int, dict[int, Direction]] = {v: {} for v in rest}
    for (vertex, slot), side in piece.free.items():
        free[vertex][slot] = side
    for (end, _), (vertex, slot) in piece.links.items():
        if end in ends:
            free[vertex][slot] = "left" if end == ends[0] else "right"
    legs = {vertex: dict(sorted(sides.items())) for vertex, sides in free.items() if sides}
    return replace(
        piece.between(rest),
        tips={vertex: tuple(sides.values()) for vertex, sides in legs.items()},
        tip_slots={vertex: tuple(sides) for vertex, sides in legs.items()},
        operators={vertex: side for vertex, side in piece.operators.items() if vertex in rest},
    )


def _closed(piece: Piece, found: Placement, left: int, right: int) -> Placement | None:
    """Return lanes with a matrix on the left and one on the right, None if these cannot reach what they join."""
    spans: dict[int, list[float]] = {vertex: [x] for vertex, (x, _) in found.cells.items()}
    for (vertex, _), lane in found.lanes.items():
        spans[vertex].append(found.cells[vertex][0] + lane.shift)
    outer = {"left": min(map(min, spans.values())), "right": max(map(max, spans.values()))}
    cells, lanes_of = dict(found.cells), dict(found.lanes)
    sides: dict[int, Direction] = {left: "left", right: "right"}
    for end, side in sides.items():
        rows = [found.cells[other][1] for other in piece.near[end]]
        if outer[side] not in set(spans[piece.near[end][0]]) & set(spans[piece.near[end][1]]) or rows[0] == rows[1]:
            return None
        cells[end] = (outer[side] + STEPS[side][0], sum(rows) / 2)
        for slot in piece.slots[end]:
            lanes_of[end, slot] = Lane(0.0, OPPOSITE[side])
            lanes_of[piece.links[end, slot]] = Lane(0.0, side)
    return replace(found, cells=cells, lanes=lanes_of)


def _upright(found: Placement) -> Placement:
    """Return lying lanes, which run to the right, so that they run downwards."""
    back = {lying: side for side, lying in LYING["right"].items()}
    lanes = {slot: Lane(lane.shift, back[lane.side]) for slot, lane in found.lanes.items()}
    return Placement({vertex: (-y, -x) for vertex, (x, y) in found.cells.items()}, lanes=lanes)


def _lying(piece: Piece) -> Placement | None:
    """Return a piece as rows between one or two tall tensors."""
    found = [placement for ends in _ends(piece) for placement in _around(piece, ends)]

    def cost(one: Placement) -> tuple[float, float]:
        of_order, of_sides = facing_cost(one.cells, piece)
        turned = sum(one.cells[a][1] < one.cells[b][1] for column in piece.columns for a, b in combinations(column, 2))
        return of_order, of_sides + TWISTED * _twists(one) + TURNED * turned + HIDDEN * _hidden(piece, one)

    return min(found, key=cost, default=None)


def _ends(piece: Piece) -> list[tuple[int, ...]]:
    """Return what may be ends, each joined to others by one wire, those that join most first; no triangles."""
    wires = Counter(end for edge in piece.edges for end in (edge.start, edge.end))
    may_be = {v for v, others in piece.near.items() if len(others) == wires[v] and v not in piece.gates}
    joined = {v: len(others) if v in may_be else 0 for v, others in piece.near.items()}
    order = [vertex for vertex in sorted(piece.ranked, key=lambda v: -joined[v]) if joined[vertex] >= JOINED]
    pairs = [pair for pair in islice(combinations(order, 2), PAIRS) if pair[1] not in piece.near[pair[0]]]
    pairs.sort(key=lambda pair: joined[pair[0]] != joined[pair[1]])
    return [*pairs[:TRIED], *((vertex,) for vertex in order[:TRIED])]


def _around(piece: Piece, ends: Sequence[int]) -> Iterator[Placement]:
    """Yield the ways in which the ends can stand beside a lattice of the rest."""
    rest = piece.between([vertex for vertex in piece.vertices if vertex not in ends])
    if len(rest.vertices) < 2 or len(distances(rest.vertices[0], rest.near)) < len(rest.vertices):
        return
    held = {vertex for end in ends for vertex in piece.near[end]}
    for cells in lattices(rest) if any(lattices(rest)) else _stretched(rest, held):
        outer = _outer(cells)
        for ways in (("left", "right"), ("right", "left")):
            sides: dict[int, Direction] = dict(zip(ends, ways, strict=False))
            if any(side != sides[end] for end in ends for side in piece.tips.get(end, ())):
                continue  # what has legs above or below stands in a row
            if len(ends) == 1 and len(piece.near[ends[0]]) == JOINED and not _go_on(piece, ends[0], ways[1]):
                continue
            if all(_is_beside([cells[v] for v in piece.near[end]], outer[side]) for end, side in sides.items()):
                yield beside(piece, cells, sides)


def _stretched(rest: Piece, held: Collection[int]) -> Iterator[Cells]:
    """Yield the ladders with matrices in the middle of some rungs; what is held is none of these."""
    inner = [vertex for vertex in rest.vertices if len(rest.near[vertex]) == 2 and vertex not in held]
    if not inner:
        return
    kept = rest.between([vertex for vertex in rest.vertices if vertex not in inner])
    through = tuple(Edge(rest.near[vertex][0], rest.near[vertex][1], "any", "any") for vertex in inner)
    inside = all(vertex in kept.rank for edge in through for vertex in (edge.start, edge.end))
    if not inside or 2 * (len(kept.edges) + len(inner)) != 3 * len(kept.vertices) - 4:
        return
    for lattice in lattices(replace(kept, edges=(*kept.edges, *through))):
        cells: Cells = {vertex: (x, 2 * y) for vertex, (x, y) in lattice.items()}
        pairs = [(cells[edge.start], cells[edge.end]) for edge in through]
        middles = [(one[0], (one[1] + other[1]) / 2) for one, other in pairs]
        if all(one[0] == other[0] for one, other in pairs) and len({*cells.values(), *middles}) == len(rest.vertices):
            yield cells | dict(zip(inner, middles, strict=True))


def _go_on(piece: Piece, end: int, side: Direction) -> bool:
    """Tell whether all that an end joins has a free leg on the other side."""
    return all(side in piece.tips.get(vertex, ()) for vertex in piece.near[end])


def _is_beside(places: Sequence[Cell], column: float) -> bool:
    """Tell whether all of some cells are in a column, and in most of the rows between them."""
    rows = [y for _, y in places]
    return all(x == column for x, _ in places) and max(rows) - min(rows) <= len(rows)


def _outer(cells: Cells) -> dict[Direction, float]:
    """Return the first and the last column."""
    columns = [x for x, _ in cells.values()]
    return {"left": min(columns), "right": max(columns)}


def beside(piece: Piece, lattice: Cells, ends: Mapping[int, Direction]) -> Placement:
    """Return a lattice with the ends on its sides, along lanes that all reach one of these."""
    outer = _outer(lattice)
    cells = dict(lattice)
    for end, side in ends.items():
        rows = [lattice[other][1] for other in piece.near[end]]
        cells[end] = (outer[side] + STEPS[side][0], (min(rows) + max(rows)) / 2)
    lanes: dict[Slot, Lane] = {}
    for (end, slot), (other, at) in piece.links.items():
        if end in ends:
            lanes[end, slot] = Lane(cells[end][1] - cells[other][1], OPPOSITE[ends[end]])
            lanes[other, at] = Lane(0.0, ends[end])
    level = [slot for slot, side in piece.free.items() if side in ("left", "right") and slot[0] not in ends]
    times = Counter(vertex for vertex, _ in level)
    alone = [slot for slot in level if times[slot[0]] == 1]
    for side in (side for side in outer if side not in ends.values()):
        lanes |= {slot: Lane(0.0, side) for slot in alone if cells[slot[0]][0] == outer[side]}
    return Placement(cells, lanes=lanes)


def _hidden(piece: Piece, placement: Placement) -> int:
    """Count the free legs that ought to leave towards a tall tensor that theirs joins; all may as well go elsewhere."""
    across = {slot: lane.side for slot, lane in placement.lanes.items() if slot in piece.links}
    legs = [(vertex, side) for vertex, sides in piece.tips.items() for side in sides]
    found = sum(
        len(piece.near[vertex]) > 1 and any(across.get((vertex, slot)) == side for slot in piece.slots[vertex])
        for vertex, side in legs
    )
    return found if found < len(legs) else 0


def _twists(placement: Placement) -> int:
    """Count the slots of tall tensors that are out of their order, from above."""
    shifts: dict[int, list[float]] = {}
    for (vertex, _), lane in sorted(placement.lanes.items()):
        shifts.setdefault(vertex, []).append(lane.shift)
    return sum(one > other for several in shifts.values() for one, other in pairwise(several))
