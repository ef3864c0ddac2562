"""Circuits as lanes: gates stand over the wires that go through them, which are straight from the bottom to the top.

The slots on the lower side of a gate go on in those on its upper side, in their order. What has two legs and is no
gate lets a lane through too, if it stands between gates, free legs and vectors. Everything else ends lanes, and
may be joined in a row, as a matrix product state is. Undeclared gates, operators, are tried alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise
from math import inf

from penrose.data import replace
from penrose.layout.cells import Lane, Piece, Placement, Slot
from penrose.layout.gates import lower_sides, risen
from penrose.layout.geometry import OPPOSITE
from penrose.layout.scene import Direction
from penrose.layout.sides import LYING

Path = Sequence[Slot]  # the slots of a lane, from its lower end to its upper one
Reach = tuple[float, float]  # the lowest and the highest row that a lane is in
Own = Mapping[int, Sequence[int]]  # the lanes of every vertex, from the left


def lanes(piece: Piece) -> Placement | None:
    """Return a piece as lanes, if it has gates on several of them and nothing is in the way of a wire then.

    Brackets and bubbles stand in none. Lanes lie if a hint says that wires run so, or if all free legs leave to the
    left and to the right. Behind a wall, free legs must leave on the sides on which they ought to, since what is around
    goes on with them.
    """
    if piece.frames:
        return None
    found = next((one for one in _tried(piece) if one), None)
    asked = piece.free.items() if found and piece.framed else ()
    return (
        None if found and any(slot in found.lanes and found.lanes[slot].side != side for slot, side in asked) else found
    )


def with_weights(piece: Piece) -> Placement | None:
    """Return a piece as lanes with vectors on dots, the weights of the bonds of a row, behind that; None if it is none.

    Without them, the dots are matrices in the row.
    """
    held: dict[int, int] = {}
    for dot in sorted(piece.fans):
        leaves = [other for other in piece.near[dot] if len(piece.slots[other]) == 1]
        if len(leaves) != 1 or len(piece.slots[dot]) != 3:
            return None
        held[leaves[0]] = dot
    kept = tuple(vertex for vertex in piece.vertices if vertex not in held)
    edges = tuple(edge for edge in piece.edges if held.keys().isdisjoint((edge.start, edge.end)))
    ranked = tuple(vertex for vertex in piece.ranked if vertex not in held)
    found = lanes(replace(piece, vertices=kept, edges=edges, ranked=ranked, fans=frozenset())) if held else None
    if not found or found.flow != "down":
        return None
    rows = {found.cells[dot][1] for dot in held.values()}
    step = -1 if max(y for _, y in found.cells.values()) > max(rows) else 1
    cells = {leaf: (found.cells[dot][0], found.cells[dot][1] + step) for leaf, dot in held.items()}
    free = len(rows) == 1 and {*cells.values()}.isdisjoint(found.cells.values())
    return replace(found, cells={**found.cells, **cells}) if free else None


def _tried(piece: Piece) -> Iterator[Placement | None]:
    """Yield the ways in which lanes may run."""
    sides = {side for sides in piece.tips.values() for side in sides}
    flow = piece.flow if piece.flow in LYING else "right" if sides == {"left", "right"} else None
    if flow:
        upright = {lying: side for side, lying in LYING[flow].items()}
        tips = {vertex: tuple(upright.get(side, side) for side in sides) for vertex, sides in piece.tips.items()}
        yield _laid(_upright(replace(piece, tips=tips)), flow)
    if piece.flow not in LYING:
        yield _upright(piece)
        triangles = {v for v, side in piece.gates.items() if 2 * len(side) != len(piece.slots[v])}
        yield _upright(replace(piece, gates=piece.operators), triangles)


def _laid(found: Placement | None, flow: Direction) -> Placement | None:
    """Return upright lanes, which run downwards, so that they run to the right or to the left."""
    if not found:
        return None
    to = -1 if flow == "right" else 1
    laid = {slot: Lane(lane.shift, LYING[flow][lane.side]) for slot, lane in found.lanes.items()}
    return Placement({vertex: (to * y, -x) for vertex, (x, y) in found.cells.items()}, flow, lanes=laid)


def _upright(piece: Piece, narrow: Collection[int] = ()) -> Placement | None:
    """Return a piece in lanes that run downwards; what is narrow may not stand over several of them."""
    if not piece.gates:
        return None
    below = _lower_sides(piece)
    if len(below) < len(piece.gates) or (max(map(len, below.values())) < 2 and not _is_sandwich(piece)):
        return None
    paths = _paths(piece, below)
    if not paths:
        return None
    paths, tips = _with_others(piece, below, paths)
    sides = {slot: side for path in paths for slot, side in _sides(path, tips)}
    own = _own(piece, paths, sides)
    level = [(e.start, e.end) for e in piece.edges if (e.start, e.slots[0]) not in sides]
    if any(len(own[vertex]) > 1 for vertex in narrow if vertex in own):
        return None
    order = _order(piece, paths, tips, own, _rows(level)) if own else None
    if not order or len(order) < 2:
        return None
    ranks = _ranks(piece, paths, tips, level)
    if not ranks:
        return None
    place = {lane: column for column, lane in enumerate(order)}
    columns = {vertex: [place[lane] for lane in several] for vertex, several in own.items()}
    reach: dict[int, Reach] = {columns[v][0]: (ranks[v], ranks[v]) for v in own}
    reach |= {place[lane]: _reach(path, tips, ranks) for lane, path in enumerate(paths)}
    if not _is_clear(columns, reach, ranks, level):
        return None
    middles = {vertex: (several[0] + several[-1]) / 2 for vertex, several in columns.items()}
    shifts = {
        slot: Lane(place[lane] - middles[slot[0]], sides[slot]) for lane, path in enumerate(paths) for slot in path
    }
    return Placement({v: (middles[v], float(ranks[v])) for v in piece.vertices}, "down", lanes=shifts)


def _is_sandwich(piece: Piece) -> bool:
    """Tell whether the gates are the undeclared ones; then no lanes go through anything else."""
    return piece.gates == piece.operators


def _lower_sides(piece: Piece) -> dict[int, frozenset[int]]:
    """Return the slots on the lower side of every gate, as far as something tells.

    Gates that are joined to one row are on one side of it. If no free leg tells, the first gate is upright.
    """
    outer = [(s, end) for s, (end, _) in piece.links.items() if s[0] in piece.gates and end not in piece.gates]
    joined = Counter(end for _, end in outer)
    told: dict[Slot, Direction] = {}
    below = lower_sides(piece)
    if not below:
        told = {(next(vertex for vertex in piece.vertices if vertex in piece.gates), 0): "up"}
        below = lower_sides(piece, told)
    while len(below) < len(piece.gates):
        known: dict[int, list[Direction]] = {}
        for (gate, slot), end in outer:
            if gate in below:
                known.setdefault(end, []).append("up" if slot in below[gate] else "down")
        facing = _facing(piece, known)
        for at, end in outer:
            if at[0] not in below and end in facing:
                two = joined[end] == 2 and not piece.tips.get(end) and len(piece.near[end]) == 2
                goes_on = two and not _is_sandwich(piece)
                told[at] = facing[end] if goes_on else OPPOSITE[facing[end]]
        more = lower_sides(piece, told)
        if len(more) == len(below):
            break
        below = more
    return below


def _paths(piece: Piece, below: Mapping[int, frozenset[int]]) -> list[Path]:
    """Return the lanes that go through gates; none if gates have odd sides, or one does not rise to elsewhere."""
    across = _across(piece, below)

    def outwards(slot: Slot) -> list[Slot]:
        path = [slot]
        while (other := piece.links.get(path[-1])) and len(path) <= len(across):
            path.append(other)
            if other not in across:
                break
            path.append(across[other])
        return path

    found: list[Path] = []
    seen: set[Slot] = set()
    for slot in across:
        if slot not in seen:
            path = [*reversed(outwards(slot)), *outwards(across[slot])]
            entered = [one for one, other in pairwise(path) if one[0] == other[0] and one[0] in below]
            rising = {slot in below[vertex] for vertex, slot in entered}
            if len(rising) != 1 or len(set(path)) < len(path) or path[0][0] == path[-1][0] not in below:
                return []
            found.append(path if rising == {True} else path[::-1])
            seen.update(path)
    return found


def _with_others(
    piece: Piece, below: Mapping[int, frozenset[int]], paths: Sequence[Path]
) -> tuple[list[Path], dict[Slot, Direction]]:
    """Add the lanes without gates: from one row to another, and free legs, which leave where the lanes of a row do."""
    sides = {slot: side for path in paths for slot, side in _sides(path, piece.free)}
    known: dict[int, list[Direction]] = {}
    for (vertex, _), side in sides.items():
        if vertex not in below:
            known.setdefault(vertex, []).append(side)
    facing = _facing(piece, known)
    upright = [slot for slot, side in piece.free.items() if slot not in sides and side in ("up", "down")]
    found = [*paths, *([slot] for slot in upright)]
    for edge in piece.edges:
        one, other = (edge.start, edge.slots[0]), (edge.end, edge.slots[1])
        if one not in sides and facing.get(edge.start) != facing.get(edge.end):
            found.append([one, other] if facing.get(edge.start) == "up" else [other, one])
    return found, {**piece.free, **{slot: facing[slot[0]] for slot in upright if slot[0] in facing}}


def _across(piece: Piece, below: Mapping[int, frozenset[int]]) -> dict[Slot, Slot]:
    """Return where lanes go on behind a slot; nothing if a gate has more legs on one side than on the other.

    What has two legs is no end of a row, but lets a lane through, if what it is joined to is a gate, or a vector, or
    mostly joined to gates itself.
    """

    def is_end(vertex: int) -> bool:
        others = [piece.links.get((vertex, slot)) for slot in piece.slots[vertex]]
        at_gates = sum(other[0] in below for other in others if other)
        return len(others) == 1 or len(others) < 2 * at_gates

    found: dict[Slot, Slot] = {}
    for vertex, there in piece.slots.items():
        if vertex in below:
            lower, upper = ([slot for slot in there if (slot in below[vertex]) == is_low] for is_low in (True, False))
            if len(lower) != len(upper):
                return {}
        else:
            others = [other[0] for slot in there if (other := piece.links.get((vertex, slot)))]
            passed = (
                len(there) == 2 and not _is_sandwich(piece) and all(other in below or is_end(other) for other in others)
            )
            lower, upper = (there[:1], there[1:]) if passed else ([], [])
        for low, high in zip(lower, upper, strict=True):
            found[vertex, low], found[vertex, high] = (vertex, high), (vertex, low)
    return found


def _sides(path: Path, tips: Mapping[Slot, Direction]) -> Iterator[tuple[Slot, Direction]]:
    """Yield the slots of a lane with the sides on which they leave."""
    if len(path) == 1:
        yield path[0], tips[path[0]]
        return
    for one, other in pairwise(path):
        yield one, "down" if one[0] == other[0] else "up"
    yield path[-1], "up" if path[-2][0] == path[-1][0] else "down"


def _facing(piece: Piece, known: Mapping[int, Sequence[Direction]]) -> dict[int, Direction]:
    """Return on which side everything but gates has its lanes: what has none is in a row with what has one.

    Only what is in no row otherwise is in one with what has several lanes. Vectors beside others in a row face these.
    """
    found = {vertex: sides[0] for vertex, sides in known.items()}
    for is_wide in (False, True):
        last = [vertex for vertex in found if is_wide or len(known.get(vertex, ())) < 2]
        while last:
            near = ((vertex, other) for vertex in last for other in piece.near[vertex] if other not in piece.gates)
            fresh = {other: found[vertex] for vertex, other in near if other not in found}
            found |= fresh
            last = list(fresh)
    for vertex, side in list(found.items()):
        beside = [other for other in piece.near[vertex] if other not in piece.gates and found[other] == side]
        ends = [other for other in beside if len(piece.near[other]) == 1 and other not in piece.tips]
        found |= dict.fromkeys(ends, OPPOSITE[side]) if len(beside) > 2 else {}
    return found


def _own(piece: Piece, paths: Sequence[Path], sides: Mapping[Slot, Direction]) -> Own:
    """Return the lanes of every vertex, in the order of slots; one without any gets a number of its own.

    Return none at all if lanes end on both sides of something.
    """
    lane = {slot: number for number, path in enumerate(paths) for slot in path}
    found: dict[int, dict[Direction, list[int]]] = {vertex: {} for vertex in piece.vertices}
    for vertex, slot in sorted(lane):
        found[vertex].setdefault(sides[vertex, slot], []).append(lane[vertex, slot])
    if any(len(set(map(tuple, several.values()))) > 1 for several in found.values()):
        return {}
    fresh = iter(range(len(paths), len(paths) + len(found)))
    return {vertex: next(iter(several.values())) if several else [next(fresh)] for vertex, several in found.items()}


def _rows(level: Sequence[tuple[int, int]]) -> list[list[int]] | None:
    """Return the chains that wires in rows form; None if they form anything else."""
    near: dict[int, list[int]] = {}
    for one, other in dict.fromkeys((min(pair), max(pair)) for pair in level):
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    if max(map(len, near.values()), default=0) > 2:
        return None
    found: list[list[int]] = []
    seen: set[int] = set()
    for end in (vertex for vertex, others in near.items() if len(others) == 1):
        if end not in seen:
            row = [end]
            while after := [other for other in near[row[-1]] if other not in row[-2:]]:
                row.append(after[0])
            found.append(row)
            seen.update(row)
    return found if len(seen) == len(near) else None


def _order(
    piece: Piece, paths: Sequence[Path], tips: Mapping[Slot, Direction], own: Own, rows: Sequence[Sequence[int]] | None
) -> list[int] | None:
    """Return the lanes from the left, None if there is no such order.

    Those of one side are in the order of slots, those of a row in that of its wires. For the rest, free legs tell, then
    what is written first.
    """
    if rows is None:
        return None
    written = {vertex: number for number, vertex in enumerate(piece.vertices)}
    first = {several[0]: (inf, written[vertex]) for vertex, several in own.items()}
    for lane, path in enumerate(paths):
        legs = [piece.leg_order.get(slot[0], inf) for slot in (path[0], path[-1]) if slot in tips]
        first[lane] = min(legs, default=inf), min(written[vertex] for vertex, _ in path)
    orders = list(own.values())
    found = _sorted(first, orders)
    for row in rows:
        if not found:
            return None
        place = {lane: number for number, lane in enumerate(found)}
        ways = [[lane for vertex in way for lane in own[vertex]] for way in (row, row[::-1])]
        ways.sort(key=lambda way: place[way[0]] > place[way[-1]])
        tried = ((way, _sorted(first, [*orders, way])) for way in ways)
        way, found = next((one for one in tried if one[1]), ([], None))
        orders.append(way)
    return found


def _sorted(first: Mapping[int, tuple[float, int]], orders: Sequence[Sequence[int]]) -> list[int] | None:
    """Return lanes so that they keep some orders, and come by their numbers otherwise; None if orders contradict."""
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(first, ()))
    for order in orders:
        for one, other in pairwise(order):
            sorter.add(other, one)
    try:
        sorter.prepare()
    except CycleError:
        return None
    ready: list[tuple[tuple[float, int], int]] = []
    found: list[int] = []
    while sorter.is_active():
        for lane in sorter.get_ready():
            heappush(ready, (first[lane], lane))
        found.append(heappop(ready)[1])
        sorter.done(found[-1])
    return found


def _ranks(
    piece: Piece, paths: Sequence[Path], tips: Mapping[Slot, Direction], level: Sequence[tuple[int, int]]
) -> dict[int, int] | None:
    """Return rows from below, None if there are none; all stand as near as can be to where fewer legs are free."""
    falling = sum(path[0] in tips for path in paths) > sum(path[-1] in tips for path in paths)
    behind: dict[int, list[int]] = {vertex: [] for vertex in piece.ranked}
    last = []
    for path in paths:
        onwards = list(dict.fromkeys(vertex for vertex, _ in (path[::-1] if falling else path)))
        for one, other in pairwise(onwards):
            behind[one].append(other)
        last.append(onwards[-1])
    ranks = risen(piece, behind, level)
    if not ranks:
        return None
    farthest = max(ranks.values())
    ends = (vertex for vertex in last if len(piece.near[vertex]) == 1 and vertex not in piece.tips)
    ranks |= dict.fromkeys(ends, farthest)  # ends of lanes that are joined to nothing else stand in one row
    return {vertex: farthest - rank for vertex, rank in ranks.items()} if falling else ranks


def _reach(path: Path, tips: Mapping[Slot, Direction], ranks: Mapping[int, int]) -> Reach:
    """Return the lowest and the highest row that a lane is in: free legs go on to the border of the picture."""
    rows = [ranks[vertex] for vertex, _ in path]
    if len(path) == 1:
        return (-inf, rows[0]) if tips[path[0]] == "down" else (rows[0], inf)
    return -inf if path[0] in tips else rows[0], inf if path[-1] in tips else rows[-1]


def _is_clear(
    columns: Mapping[int, Sequence[int]],
    reach: Mapping[int, Reach],
    ranks: Mapping[int, int],
    level: Sequence[tuple[int, int]],
) -> bool:
    """Tell whether nothing stands over the lanes of others, nor wires in a row; `reach` has the rows of a column."""

    def passes(column: int, row: int) -> bool:
        return reach[column][0] <= row <= reach[column][1]

    for vertex, own in columns.items():
        if any(column not in own and passes(column, ranks[vertex]) for column in range(own[0], own[-1])):
            return False
    for pair in level:
        left, right = sorted((columns[vertex] for vertex in pair), key=list)
        if any(passes(column, ranks[pair[0]]) for column in range(left[-1] + 1, right[0])):
            return False
    return True
