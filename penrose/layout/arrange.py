"""What hints say of positions: as cells beside one another before the layout, and exactly, to a point, after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf

from penrose.layout.cells import Cell, Cells
from penrose.layout.drawn import Drawn, ends_of
from penrose.layout.geometry import STEPS, box_at, union
from penrose.layout.measure import GAP, WALL
from penrose.layout.scene import Box, Picture
from penrose.model.document import Column, Figure, Grid, Hint, Put, Row
from penrose.model.expression import Factor

CLEAR = 0.25  # cm, between a tensor that was placed and another one, below which that makes room for it
BESIDE = 1.25  # cm, between the middles of a tensor and one that was on another side of it, at least
LITTLE = 0.001  # cm, by which boxes may be nearer
DETOUR = 2.0  # times as far as it must may a tensor move to make room without leaving its row or column
ROUNDS = 20  # in which tensors make room

XY = tuple[float, float]
Step = tuple[Factor, Factor, Cell]  # of two tensors, where the second one stands from the first one, in cells


def steps(hints: Iterable[Hint]) -> Iterator[Step]:
    """Yield how tensors stand to one another by hints, two at a time."""
    for hint in hints:
        match hint:
            case Row():
                yield from ((one, other, (1.0, 0.0)) for one, other in pairwise(hint.factors))
            case Column():
                yield from ((one, other, (0.0, -1.0)) for one, other in pairwise(hint.factors))
            case Put():
                dx, dy = STEPS[hint.side]
                yield hint.other, hint.factor, (float(dx), float(dy))
            case Grid():
                rows = enumerate(hint.rows)
                places = [(factor, (x, -y)) for y, row in rows for x, factor in enumerate(row) if factor]
                for (one, (x0, y0)), (other, (x1, y1)) in pairwise(places):
                    yield one, other, (x1 - x0, y1 - y0)


def groups(found: Sequence[tuple[int, int, Cell]]) -> list[Cells]:
    """Return the vertices that hints put together, each with its cell from the first one."""
    joined: list[Cells] = []
    for one, other, (dx, dy) in found:
        with_one = next((group for group in joined if one in group), None)
        with_other = next((group for group in joined if other in group), None)
        if with_one is None:
            with_one = {one: (0.0, 0.0)}
            joined.append(with_one)
        x, y = with_one[one]
        if with_other is None:
            with_one[other] = (x + dx, y + dy)
        elif with_other is not with_one:
            ox, oy = with_other[other]
            with_one |= {v: (cx + x + dx - ox, cy + y + dy - oy) for v, (cx, cy) in with_other.items()}
            joined.remove(with_other)
    return joined


# ---------------------------------------------------------------- exactly


def exact(figure: Figure, of: Mapping[int, str], picture: Picture, pins: Mapping[str, XY]) -> dict[str, XY]:
    """Return the pins and the positions that hints ask for, by the names of points.

    `of` has the names of occurrences. What a pin does not hold is where the layout put it. Every tensor of a hint has a
    position here, so that none of them makes room for others.
    """
    found = dict(pins)

    def place(factor: Factor) -> XY:
        name = of[id(factor)]
        point = picture.points[name]
        return found.get(name, (point.x, point.y))

    def put(factor: Factor, x: float, y: float) -> None:
        name = of[id(factor)]
        if name not in pins:
            found[name] = (round(x, 4), round(y, 4))

    known = [hint for hint in figure.hints if all(of.get(id(f)) in picture.points for f in _factors(hint))]
    for hint in known:
        match hint:
            case Row():
                _line(hint.factors, place, put, 0)
            case Column():
                _line(hint.factors, place, put, 1)
            case Grid():
                for row in hint.rows:
                    _line([factor for factor in row if factor], place, put, 0)
                width = max(len(row) for row in hint.rows)
                for column in range(width):
                    members = [row[column] for row in hint.rows if column < len(row)]
                    _line([factor for factor in members if factor], place, put, 1)
    for hint in known:
        if isinstance(hint, Put):
            _beside(hint, place, put)
    return found


def dots_along(picture: Picture, pins: Mapping[str, XY]) -> dict[str, XY]:
    """Return places for dots that are not pinned, between several tensors that are and that all move alike."""
    near: dict[str, list[str]] = {}
    for one, other in (ends_of(wire) for wire in picture.wires if len(ends_of(wire)) == 2):
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    found: dict[str, XY] = {}
    for node in picture.nodes:
        if node.shape == "dot" and node.name not in pins:
            joined, known = [node.name], {node.name}
            for dot in joined:
                beyond = [name for name in near.get(dot, ()) if name not in known]
                known.update(beyond)
                joined += [name for name in beyond if picture.called[name].shape == "dot" and name not in pins]
            tensors = known - {*joined}
            if len(tensors) > 1 and tensors <= pins.keys():
                moves = {
                    (round(pins[n][0] - p.x, 3), round(pins[n][1] - p.y, 3))
                    for n in tensors
                    for p in [picture.points[n]]
                }
                if len(moves) == 1:
                    found[node.name] = picture.points[node.name].moved(*moves.pop())[:2]
    return found


def _factors(hint: Hint) -> tuple[Factor, ...]:
    match hint:
        case Row() | Column():
            return hint.factors
        case Grid():
            return tuple(factor for row in hint.rows for factor in row if factor)
        case Put():
            return (hint.factor, hint.other)
    return ()


def _line(
    factors: Sequence[Factor], place: Callable[[Factor], XY], put: Callable[[Factor, float, float], None], axis: int
) -> None:
    """Put tensors on the line of the first one, in their order: from the left, or from above down."""
    if not factors:
        return
    across = place(factors[0])[1 - axis]
    along = sorted((place(factor)[axis] for factor in factors), reverse=axis == 1)
    for factor, value in zip(factors, along, strict=True):
        put(factor, *((value, across) if axis == 0 else (across, value)))


def _beside(hint: Put, place: Callable[[Factor], XY], put: Callable[[Factor, float, float], None]) -> None:
    """Put a tensor on a side of another one: as far away as is said, or as far as it is, if it is there."""
    dx, dy = STEPS[hint.side]
    (x0, y0), (x1, y1) = place(hint.other), place(hint.factor)
    far = hint.by if hint.by is not None else max((x1 - x0) * dx + (y1 - y0) * dy, BESIDE)
    put(hint.other, x0, y0)
    put(hint.factor, x0 + dx * far, y0 + dy * far)


# ---------------------------------------------------------------- room


def with_room(before: Picture, after: Picture, pins: Mapping[str, XY]) -> dict[str, XY]:
    """Return the pins, and new positions of tensors that they cover in a picture, so that these make room.

    So do those that the frames around pinned ones cover. What has made room pushes others away in its turn, but
    nothing that did so before.
    """
    floor = _Floor(before, after)
    ranks: dict[str, float] = {name: 0 for name in floor.at if name in pins}
    for _ in range(ROUNDS):
        tried = dict(floor.at)
        for fixed in list(ranks):
            free = [name for name in floor.at if ranks.get(name, inf) > ranks[fixed]]
            for name in floor.push(fixed, free):
                ranks.setdefault(name, len(ranks) + 1)
        if floor.at == tried:
            break
    return dict(pins) | {name: floor.at[name] for name in ranks}


class _Floor:
    """Where tensors are while they make room, and the frames around them."""

    def __init__(self, before: Picture, after: Picture) -> None:
        self.extents = {node.name: node.extent for node in after.nodes}
        self.at = {name: after.points[name][:2] for name in self.extents}
        self.points = before.points
        self.frames = Drawn(after).around
        self.members: dict[str, set[str]] = {}
        for name in self.at:
            for frame in self.frames.get(name, ()):
                self.members.setdefault(frame, set()).add(name)

    def push(self, fixed: str, free: Sequence[str]) -> list[str]:
        """Move tensors away from one that stays, and from the frames around that; return which ones."""
        moved = self._away_from(self._box(fixed), fixed, free)
        for frame in self.frames.get(fixed, ()):
            wall = union(map(self._box, self.members[frame])).grown(WALL)
            moved += self._away_from(wall, "", [name for name in free if name not in self.members[frame]])
        return moved

    def _away_from(self, box: Box, fixed: str, free: Sequence[str]) -> list[str]:
        """Move tensors away from a box, that of one or of a frame, and return which ones."""
        moved = []
        for name in free:
            dx, dy = _away(
                box, self._box(name), CLEAR if fixed else LITTLE, self._level(fixed, name) if fixed else None
            )
            if dx or dy:
                x, y = self.at[name]
                self.at[name] = (round(x + dx, 4), round(y + dy, 4))
                moved.append(name)
        return moved

    def _box(self, name: str) -> Box:
        return box_at(*self.at[name], self.extents[name])

    def _level(self, one: str, other: str) -> bool:
        """Tell whether two tensors were beside one another rather than one above the other."""
        (x0, y0, _), (x1, y1, _) = self.points[one], self.points[other]
        return abs(x1 - x0) >= abs(y1 - y0)


def _away(fixed: Box, other: Box, clear: float, level: bool | None) -> XY:
    """Return how far a box has to move, along one axis, if it is nearer than that to one that stays.

    It rather moves along the axis on which it was beside that.
    """
    right, left, up, down = fixed.x1 - other.x0, other.x1 - fixed.x0, fixed.y1 - other.y0, other.y1 - fixed.y0
    if min(right, left, up, down) + clear <= LITTLE:
        return 0.0, 0.0
    across = right + GAP if other.x0 + other.x1 >= fixed.x0 + fixed.x1 else -left - GAP
    along = up + GAP if other.y0 + other.y1 > fixed.y0 + fixed.y1 else -down - GAP
    as_before = 1.0 if level is None else DETOUR if level else 1 / DETOUR
    return (across, 0.0) if abs(across) <= as_before * abs(along) else (0.0, along)
