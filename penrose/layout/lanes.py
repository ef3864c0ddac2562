"""Circuits as lanes: gates stand over the wires that go through them, which are straight from the bottom to the top.

The slots on the lower side of a gate go on in those on its upper side, in their order. What has two legs and is no
gate lets a lane through too, if it stands between gates, free legs and vectors. Everything else ends lanes, and
may be joined in a row, as a matrix product state is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise
from math import inf

from penrose.data import replace
from penrose.layout.cells import Lane, Piece, Placement, Slot
from penrose.layout.gates import lower_sides, risen
from penrose.layout.scene import Direction

Path = Sequence[Slot]  # the slots of a lane, from its lower end to its upper one
Reach = tuple[float, float]  # the lowest and the highest row that a lane is in
Own = Mapping[int, Sequence[int]]  # the lanes of every vertex, from the left


# Where the sides of upright lanes are when these lie, by the direction in which wires run.
LYING: Mapping[Direction, Mapping[Direction, Direction]] = {
    "right": {"up": "left", "down": "right"},
    "left": {"up": "right", "down": "left"},
}


def lanes(piece: Piece) -> Placement | None:
    """Return a piece as lanes, if it has gates on several of them and nothing is in the way of a wire then.

    They lie if a hint says that wires run so, or if all free legs leave to the left and to the right.
    """
    sides = {side for sides in piece.tips.values() for side in sides}
    if piece.flow and piece.flow in LYING:
        return _laid(_upright(piece), piece.flow)
    if sides != {"left", "right"}:
        return _upright(piece)
    tips = {v: tuple("up" if side == "left" else "down" for side in sides) for v, sides in piece.tips.items()}
    return _laid(_upright(replace(piece, tips=tips)), "right")


def _laid(found: Placement | None, flow: Direction) -> Placement | None:
    """Return upright lanes, which run downwards, so that they run to the right or to the left."""
    if not found:
        return None
    to = -1 if flow == "right" else 1
    laid = {slot: Lane(lane.shift, LYING[flow][lane.side]) for slot, lane in found.lanes.items()}
    return Placement({vertex: (to * y, -x) for vertex, (x, y) in found.cells.items()}, flow, lanes=laid)


def _upright(piece: Piece) -> Placement | None:
    if not piece.gates:
        return None
    first = next(vertex for vertex in piece.vertices if vertex in piece.gates)
    below = lower_sides(piece, upwards=(first, 0))
    if len(below) < len(piece.gates) or max(map(len, below.values())) < 2:
        return None
    tips = _tips(piece)
    paths = _paths(piece, below, tips)
    sides = {slot: side for path in paths for slot, side in _sides(path, tips)}
    own = _own(piece, paths, sides)
    level = [(e.start, e.end) for e in piece.edges if (e.start, e.slots[0]) not in sides]
    order = _order(piece, paths, tips, own, _rows(level)) if paths and own else None
    if not order:
        return None
    above: dict[int, list[int]] = {vertex: [] for vertex in piece.ranked}
    for path in paths:
        for one, other in pairwise(dict.fromkeys(vertex for vertex, _ in path)):
            above[one].append(other)
    ranks = risen(piece, above, level)
    if not ranks:
        return None
    ranks |= dict.fromkeys(_ends_above(piece, paths), max(ranks.values()))
    place = {lane: column for column, lane in enumerate(order)}
    columns = {vertex: [place[lane] for lane in several] for vertex, several in own.items()}
    reach: dict[int, tuple[float, float]] = {
        column: (ranks[vertex], ranks[vertex]) for vertex, several in columns.items() for column in several
    }
    reach |= {place[lane]: _reach(path, tips, ranks) for lane, path in enumerate(paths)}
    if not _is_clear(columns, reach, ranks, level):
        return None
    middles = {vertex: (several[0] + several[-1]) / 2 for vertex, several in columns.items()}
    shifts = {
        slot: Lane(place[lane] - middles[slot[0]], sides[slot]) for lane, path in enumerate(paths) for slot in path
    }
    return Placement({v: (middles[v], float(ranks[v])) for v in piece.vertices}, "down", lanes=shifts)


def _tips(piece: Piece) -> dict[Slot, Direction]:
    """Return the sides on which free legs ought to leave."""
    return {
        (vertex, slot): side
        for vertex, sides in piece.tips.items()
        for slot, side in zip(piece.tip_slots[vertex], sides, strict=True)
    }


def _paths(piece: Piece, below: Mapping[int, frozenset[int]], tips: Mapping[Slot, Direction]) -> list[Path]:
    """Return the lanes; none if one is closed, or goes both up and down, or if a gate has no side for each."""
    ends = [((edge.start, edge.slots[0]), (edge.end, edge.slots[1])) for edge in piece.edges]
    links = {**dict(ends), **{other: one for one, other in ends}}
    across = _across(piece, below, links, sorted((*links, *tips)))

    def outwards(slot: Slot) -> list[Slot]:
        path = [slot]
        while (other := links.get(path[-1])) and len(path) <= len(across):
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
            if len(rising) != 1 or len(set(path)) < len(path):
                return []
            found.append(path if rising == {True} else path[::-1])
            seen.update(path)
    alone = ([slot] for slot, side in tips.items() if slot not in seen and side in ("up", "down"))
    return [*found, *alone] if found else []


def _across(
    piece: Piece, below: Mapping[int, frozenset[int]], links: Mapping[Slot, Slot], every: Sequence[Slot]
) -> dict[Slot, Slot]:
    """Return where lanes go on behind a slot; nothing if a gate has more legs on one side than on the other."""
    slots: dict[int, list[int]] = {vertex: [] for vertex in piece.vertices}
    for vertex, slot in every:
        slots[vertex].append(slot)
    found: dict[Slot, Slot] = {}
    for vertex, there in slots.items():
        if vertex in below:
            lower, upper = ([slot for slot in there if (slot in below[vertex]) == is_low] for is_low in (True, False))
            if len(lower) != len(upper):
                return {}
        else:
            others = [links.get((vertex, slot)) for slot in there]
            passed = all(other is None or other[0] in below or len(slots[other[0]]) == 1 for other in others)
            lower, upper = (there[:1], there[1:]) if passed and len(there) == 2 else ([], [])
        for one, other in zip(lower, upper, strict=True):
            found[vertex, one], found[vertex, other] = (vertex, other), (vertex, one)
    return found


def _sides(path: Path, tips: Mapping[Slot, Direction]) -> Iterator[tuple[Slot, Direction]]:
    """Yield the slots of a lane with the sides on which they leave."""
    if len(path) == 1:
        yield path[0], tips[path[0]]
        return
    for one, other in pairwise(path):
        yield one, "down" if one[0] == other[0] else "up"
    yield path[-1], "up" if path[-2][0] == path[-1][0] else "down"


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
    found: list[list[int]] = []
    seen: set[int] = set()
    for end in (vertex for vertex, others in near.items() if len(others) == 1):
        if end not in seen:
            row = [end]
            while after := [other for other in near[row[-1]] if other not in row[-2:]]:
                row.append(after[0])
            found.append(row)
            seen.update(row)
    return found if len(seen) == len(near) and max(map(len, near.values()), default=0) < 3 else None


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
    found = _sorted(first, list(own.values()))
    if not found:
        return None
    place = {lane: number for number, lane in enumerate(found)}
    rows = [row if place[own[row[0]][0]] <= place[own[row[-1]][0]] else row[::-1] for row in rows]
    return _sorted(first, [*own.values(), *([lane for vertex in row for lane in own[vertex]] for row in rows)])


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


def _ends_above(piece: Piece, paths: Sequence[Path]) -> Iterator[int]:
    """Yield what ends lanes above and is joined to nothing else."""
    ends = (path[-1][0] for path in paths if len(path) > 1 and path[-1][0] != path[-2][0])
    return (vertex for vertex in ends if len(piece.near[vertex]) == 1 and vertex not in piece.tips)


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
