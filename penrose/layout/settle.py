"""What is alone in its row, moved so that its wires become level or lean evenly to both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from penrose.layout.drawn import clip
from penrose.layout.frame import Frame
from penrose.layout.geometry import STEPS, TOGETHER, XY, box_at
from penrose.layout.legs import Ways
from penrose.layout.look import Look
from penrose.layout.measure import GAP, rounded
from penrose.layout.part import Part
from penrose.layout.scene import Direction
from penrose.layout.spacing import CLEAR, in_the_way
from penrose.model.index import Index

LITTLE = 0.2  # cm, which are not worth a move
LARGE = 200  # vertices of a part, beyond which none moves
ALIKE = 0.4  # cm, between columns that should be one

Places = Mapping[int, XY]
Moves = Iterator[Places]  # vertices that ought to be elsewhere together


def settled(
    part: Part, at: Places, ways: Ways, looks: Mapping[int, Look], frames: Mapping[int, Frame]
) -> dict[int, XY]:
    """Return where the vertices of a part stand in the end; `frames` are those with something inside.

    A dot or a vector beside a frame is as high as what it is joined to in there, and what leans to both sides is in the
    middle of what it is joined to, where there is room for it. So are bars and dots with a free leg, and what hangs on
    a dot is in the middle under that. What is nearly over or under something in a frame is so exactly.
    """
    placed = dict(at)
    if len(at) > LARGE or ways.lanes:
        return placed
    candidates = (
        *_levels(part, placed, looks, frames),
        *_middles(part, placed, ways),
        *_corners(part, placed),
        *_sprays(part, placed),
    )
    for moves in candidates:
        moved = placed | dict(moves)
        others = [v for v in placed if v not in moves]
        alone = all(
            len(part.about(vertex).legs) == 1
            or all(abs(placed[other][1] - placed[vertex][1]) > TOGETHER for other in others)
            for vertex in moves
        )
        free = _is_free(moves, placed, looks, CLEAR)
        if alone and free and in_the_way(part, moved, ways) <= in_the_way(part, placed, ways):
            placed = moved
    return _with_forks(part, _in_columns(part, placed, looks, frames), ways, looks)


def _in_columns(part: Part, at: Places, looks: Mapping[int, Look], frames: Mapping[int, Frame]) -> dict[int, XY]:
    """Return places with what stands nearly above or below something in a frame right there, if its row has room.

    What has wires out of its row stays.
    """
    placed = dict(at)
    for framed, frame in frames.items():
        inside = frame.standing_at(*at[framed])
        columns = [inside.points[node.name].x for node in inside.nodes]
        for vertex, (x, y) in at.items():
            others = {port.vertex for join in part.joins_at[vertex] for port in join} - {vertex}
            near = min(columns, key=lambda column: abs(column - x), default=x)
            if abs(near - x) > ALIKE or vertex in frames or any(at[other][1] != y for other in others):
                continue
            row = [other for other in placed if other != vertex and placed[other][1] == y]
            box = box_at(near, y, looks[vertex].extent).grown(GAP - TOGETHER)
            if not any(box.meets(box_at(*placed[other], looks[other].extent)) for other in row):
                placed[vertex] = (near, y)
    return placed


def _is_free(moves: Places, at: Places, looks: Mapping[int, Look], clear: float = 0.0) -> bool:
    """Tell whether vertices keep clear of the others where they move to."""
    boxes = [box_at(*there, looks[vertex].extent).grown(clear) for vertex, there in moves.items()]
    others = (box_at(*place, looks[vertex].extent) for vertex, place in at.items() if vertex not in moves)
    return not any(box.meets(other) for other in others for box in boxes)


def _sprays(part: Part, at: Places) -> Moves:
    """Yield several things that are joined to nothing but one dot, in a row above or below it, centred there."""
    for dot in (vertex for vertex in part.vertices if part.about(vertex).kind == "dot"):
        rows: dict[float, list[int]] = {}
        for vertex in dict.fromkeys(port.vertex for join in part.joins_at[dot] for port in join):
            if vertex != dot and len(part.joins_at[vertex]) == 1 and abs(at[vertex][1] - at[dot][1]) > TOGETHER:
                rows.setdefault(at[vertex][1], []).append(vertex)
        for row in rows.values():
            xs = [at[vertex][0] for vertex in row]
            shift = round(at[dot][0] - (min(xs) + max(xs)) / 2, 4)
            if len(row) > 1 and abs(shift) > LITTLE:
                yield {vertex: (round(at[vertex][0] + shift, 4), at[vertex][1]) for vertex in row}


def _corners(part: Part, at: Places) -> Moves:
    """Yield the dots above or below two things in a row whose legs go on through a wall, at the nearer to that."""
    for port in (port for port in part.tips if part.is_open(port) and part.about(port.vertex).kind == "dot"):
        ends = [at[end.vertex] for join in part.joins_at[port.vertex] for end in join if end.vertex != port.vertex]
        side, height = part.tip_side(port), at[port.vertex][1]
        if side in ("left", "right") and len(ends) == 2 and ends[0][1] == ends[1][1] != height:
            yield {port.vertex: (max(ends)[0] if side == "right" else min(ends)[0], height)}


def _with_forks(part: Part, at: Places, ways: Ways, looks: Mapping[int, Look]) -> dict[int, XY]:
    """Return places with the bars of free thick legs, and dots of free legs, in the middle of what they join.

    The axis is at height 0 again.
    """
    placed = dict(at)
    for vertex in (vertex for vertex in at if looks[vertex].shape in ("bar", "dot")):
        free = part.tips_at[vertex]
        others = [at[port.vertex] for join in part.joins_at[vertex] for port in join if port.vertex != vertex]
        if len(free) != 1 or free[0] in ways.slants or not 0 < len(others) == len(part.about(vertex).legs) - 1:
            continue
        side = part.tip_side(free[0]) if part.is_open(free[0]) else ways.sides[free[0]]
        axis = 1 if side in ("left", "right") else 0
        least, most = min(other[axis] for other in others), max(other[axis] for other in others)
        place = [*at[vertex]]
        place[axis] = round((least + most) / 2, 4)
        forked = looks[vertex].shape == "bar" or (len(others) == 2 and _is_fork(at[vertex], others, side))
        if forked and _is_free({vertex: (place[0], place[1])}, placed, looks):
            placed[vertex] = (place[0], place[1])
    heights = [placed[p.vertex][1] for p in part.tips if ways.sides[p] in ("left", "right") and p not in ways.slants]
    if placed == at or not heights:
        return placed
    height = (min(heights) + max(heights)) / 2
    return {vertex: (x, round(y - height, 4)) for vertex, (x, y) in placed.items()}


def _is_fork(dot: XY, others: Sequence[XY], side: Direction) -> bool:
    """Tell whether two things are level with one another and a free leg leaves their dot away from both."""
    (dx, dy), (first, second) = STEPS[side], others
    behind = all(dx * (dot[0] - x) + dy * (dot[1] - y) > TOGETHER for x, y in others)
    return behind and (abs(first[1] - second[1]) < TOGETHER if dy else first[1] != second[1])


def _levels(part: Part, at: Places, looks: Mapping[int, Look], frames: Mapping[int, Frame]) -> Moves:
    """Yield dots and vectors beside frames, at the height of what they are joined to in there, if the way is free."""
    for join in part.joins:
        for frame, dot in (join, join[::-1]):
            framed, leg = frames.get(frame.vertex), part.about(frame.vertex).legs[frame.slot]
            exposed = framed.inside.exposed.get(leg) if framed and isinstance(leg, Index) else None
            beside = part.about(dot.vertex)
            if framed and exposed and (beside.kind == "dot" or len(beside.legs) == 1):
                x, y = at[frame.vertex][0], at[frame.vertex][1] + framed.inside.points[exposed.base.y_of].y
                there = at[dot.vertex][0], y
                others = (v for v in at if v not in (frame.vertex, dot.vertex))
                if not any(clip(((x, y), there), box_at(*at[v], looks[v].extent).grown(CLEAR)) for v in others):
                    yield {dot.vertex: there}


def _middles(part: Part, at: Places, ways: Ways) -> Moves:
    """Yield what is joined by slanted wires alone, to both sides, in the middle between the outermost of their ends."""
    for vertex in part.vertices:
        x, y = at[vertex]
        joins = [join for join in part.joins_at[vertex] if join not in ways.loops]
        ends = {at[port.vertex] for join in joins for port in join if port.vertex != vertex}
        slanted = all(abs(end - x) > TOGETHER and abs(level - y) > TOGETHER for end, level in ends)
        middle = rounded((min(ends)[0] + max(ends)[0]) / 2) if ends else x
        if slanted and abs(middle - x) > LITTLE and min(ends)[0] < x < max(ends)[0]:
            yield {vertex: (middle, y)}
