"""What the author says of positions: as cells beside one another before the layout, to a point after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from penrose.data import replace
from penrose.layout.cells import Cell, Cells
from penrose.layout.drawn import ends_of
from penrose.layout.geometry import STEPS, XY, at, frames, middle
from penrose.layout.scene import COMPASS, Picture, Point
from penrose.model.document import Column, Figure, Grid, Hint, Put, Row
from penrose.model.expression import Factor

BESIDE = 1.25  # cm, between the middles of a tensor and one that was on another side of it, at least

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

    held = {key for key, name in of.items() if name in pins}
    known = [hint for hint in figure.hints if all(of.get(id(f)) in picture.points for f in _factors(hint))]
    for hint in known:
        match hint:
            case Row():
                _line(hint.factors, held, place, put, 0)
            case Column():
                _line(hint.factors, held, place, put, 1)
            case Grid():
                for row in hint.rows:
                    _line([factor for factor in row if factor], held, place, put, 0)
                width = max(len(row) for row in hint.rows)
                for column in range(width):
                    members = [row[column] for row in hint.rows if column < len(row)]
                    _line([factor for factor in members if factor], held, place, put, 1)
    puts = [hint for hint in known if isinstance(hint, Put)]
    while puts:  # first what is beside something that stays
        hint = next((one for one in puts if held & {id(one.factor), id(one.other)}), puts[0])
        puts.remove(hint)
        _beside(hint, held, place, put)
        held |= {id(hint.factor), id(hint.other)}
    return found


def dots_along(picture: Picture, pins: Mapping[str, XY]) -> dict[str, XY]:
    """Return places for dots that are not pinned, between several tensors that are and that all move alike."""
    near: dict[str, list[str]] = {}
    for one, other in (ends_of(wire) for wire in picture.wires if len(ends_of(wire)) == 2):
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    moves = {name: _move(picture.points[name], pins[name]) for name in picture.called if name in pins}
    dots = {node.name for node in picture.nodes if node.shape == "dot" and node.name not in pins}
    found: dict[str, XY] = {}
    for dot in sorted(dots):
        joined, known = [dot], {dot}
        for one in joined:
            beyond = [name for name in near.get(one, ()) if name not in known]
            known.update(beyond)
            joined += [name for name in beyond if name in dots]
        tensors = known - dots
        ways = {moves.get(name) for name in tensors}
        if len(tensors) > 1 and len(ways) == 1 and (way := ways.pop()):
            found[dot] = picture.points[dot].moved(*way)[:2]
    return found


def _move(point: Point, there: XY) -> XY:
    return round(there[0] - point.x, 3), round(there[1] - point.y, 3)


def fitted(picture: Picture) -> Picture:
    """Put the points on the sides of frames where these are, and round all."""
    points = {name: p.moved(0, 0) for name, p in picture.points.items()}
    for name, box in frames(picture).items():
        for direction, compass in COMPASS.items():
            if (side := f"{name}.{compass}") in points:
                points[side] = Point(*middle(box, direction))
    return replace(picture, points=points)


def pinned(picture: Picture, pins: Mapping[str, XY]) -> Picture:
    """Put points where they are pinned, with those that follow them, and the legs of frames beside these."""
    moves = {name: (x - p.x, y - p.y) for name, (x, y) in pins.items() if (p := picture.points.get(name))}
    points = {
        name: p.moved(*(moves.get(name) or moves.get(p.anchor) or (0.0, 0.0))) for name, p in picture.points.items()
    }
    moved = fitted(replace(picture, points=points))
    tips = {}
    for wire in picture.wires:
        base, tip = wire.stations[0], wire.stations[-1].x_of
        if wire.ends[1:] == (None,) and "." in base.x_of and tip not in pins:
            (x0, y0), (x1, y1) = at(base, picture.points), at(base, moved.points)
            tips[tip] = moved.points[tip].moved(x1 - x0, y1 - y0)
    return replace(moved, points={**moved.points, **tips})


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
    factors: Sequence[Factor],
    held: Collection[int],
    place: Callable[[Factor], XY],
    put: Callable[[Factor, float, float], None],
    axis: int,
) -> None:
    """Put tensors on the line of the first one that is held, else of the first, in their order.

    That is from the left, or from above down.
    """
    if not factors:
        return
    across = place(next((factor for factor in factors if id(factor) in held), factors[0]))[1 - axis]
    along = sorted((place(factor)[axis] for factor in factors), reverse=axis == 1)
    for factor, value in zip(factors, along, strict=True):
        put(factor, *((value, across) if axis == 0 else (across, value)))


def _beside(
    hint: Put, held: Collection[int], place: Callable[[Factor], XY], put: Callable[[Factor, float, float], None]
) -> None:
    """Put a tensor on a side of another one, or that beside the first if only this is held.

    It is as far away as is said, or as far as it is, if it is there.
    """
    dx, dy = STEPS[hint.side]
    (x0, y0), (x1, y1) = place(hint.other), place(hint.factor)
    far = hint.by if hint.by is not None else max((x1 - x0) * dx + (y1 - y0) * dy, BESIDE)
    if id(hint.factor) in held and id(hint.other) not in held:
        put(hint.other, x1 - dx * far, y1 - dy * far)
        return
    put(hint.other, x0, y0)
    put(hint.factor, x0 + dx * far, y0 + dy * far)
