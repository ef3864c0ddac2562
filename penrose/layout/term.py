"""One term as a picture: its network's pieces, each in its cells, with legs, loops and labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from operator import itemgetter

from penrose.data import replace
from penrose.layout.geometry import extent
from penrose.layout.identities import identities
from penrose.layout.measure import GAP, TIGHT, on_grid, rounded
from penrose.layout.part import Setting, parts
from penrose.layout.piece import draw_piece
from penrose.layout.scene import Direction, Picture
from penrose.model.index import Leg
from penrose.model.network import Network, Port


def draw_term(whole: Network, setting: Setting) -> Picture:
    """Return the picture of a network without its coefficient; its axis is at height 0."""
    number = {leg: place for place, leg in enumerate(setting.legs)}

    def first(legs: Iterable[Leg]) -> float:
        return min((number.get(leg, inf) for leg in legs), default=inf)

    pieces = parts(whole, setting)
    numbers = [draw_piece(part) for part in pieces if part.is_number]
    drawn = [(first(part.tips.values()), draw_piece(part)) for part in pieces if not part.is_number]
    bare = [wire for wire in whole.wires if not any(isinstance(end, Port) for end in wire.ends)]
    drawn += [(first(legs), picture) for legs, picture in identities(bare, setting, alone=not pieces)]
    walls = {setting.sides.get(index) for index in setting.open} & {"left", "right"}
    if walls and len(drawn) > 1:  # legs go to both walls, so that nothing may stand beside
        found = _stack([picture for _, picture in sorted(drawn, key=itemgetter(0))])
    else:
        found = _together(drawn)
    if not numbers:
        return found
    if len(walls) < 2:
        return _multiplied(found, numbers, behind="left" in walls)
    above, box = _multiplied(numbers[-1], numbers[:-1], behind=False), extent(found)
    middle, high = extent(above), box.y1 + GAP / 2 - extent(above).y0
    return Picture.joined([above.moved(rounded((box.x0 + box.x1 - middle.x0 - middle.x1) / 2), rounded(high)), found])


def _multiplied(picture: Picture, numbers: Sequence[Picture], behind: bool) -> Picture:
    """Put numbers in front of what they multiply, or behind it."""
    placed = [picture]
    for number in numbers if behind else reversed(numbers):
        box, size = extent(placed[-1]), extent(number)
        right = box.x1 + TIGHT - size.x0 if behind else box.x0 - TIGHT - size.x1
        placed.append(number.moved(rounded(right), 0))
    return Picture.joined(placed if behind else placed[::-1])


def _together(drawn: Sequence[tuple[float, Picture]]) -> Picture:
    """Put pieces side by side; those with legs on the left and on the right below one another.

    These come in the order of their first free legs, whose numbers stand before them; so do all where an identity is
    upright, as the sites of a term are.
    """
    if len(drawn) == 1:
        return drawn[0][1]
    in_order = [picture for _, picture in sorted(drawn, key=itemgetter(0))]
    through = [picture for picture in in_order if _has_leg(picture, "left") and _has_leg(picture, "right")]
    stacked = [_stack(through)] if len(through) > 1 else []
    row: list[Picture] = []
    x = 0.0
    written = [picture for _, picture in drawn]
    for picture in in_order if any(map(_is_upright, written)) else _from_the_left(written):
        if len(through) > 1 and picture in through:
            if not stacked:
                continue
            picture = stacked.pop()
        box = extent(picture)
        right = on_grid(x - box.x0) if row else 0.0
        row.append(picture.moved(right, 0))
        x = box.x1 + right + GAP
    return Picture.joined(row)


def _from_the_left(pictures: Sequence[Picture]) -> list[Picture]:
    """Return pieces in their order, but those with legs on the left alone before those with some on the right alone."""
    sided = [place for place, one in enumerate(pictures) if _has_leg(one, "left") != _has_leg(one, "right")]
    ordered = sorted((pictures[place] for place in sided), key=lambda picture: _has_leg(picture, "right"))
    found = list(pictures)
    for place, picture in zip(sided, ordered, strict=True):
        found[place] = picture
    return found


def _stack(pictures: Sequence[Picture]) -> Picture:
    """Put pictures below one another, identities as long as the others are wide."""
    left, right = [], []
    for picture in (picture for picture in pictures if picture.nodes):
        left += _tips(picture, "left")
        right += _tips(picture, "right")
    if left and right:
        pictures = [picture if picture.nodes else _stretched(picture, min(left), max(right)) for picture in pictures]
    placed = [pictures[0]]
    for picture in pictures[1:]:
        distance_down = on_grid(extent(picture).y1 - extent(placed[-1]).y0 + GAP / 2)
        placed.append(picture.moved(0, -max(GAP, distance_down)))
    middle = (_axis(placed[0]) + _axis(placed[-1])) / 2
    return Picture.joined(p.moved(0, -middle) for p in placed)


def _tips(picture: Picture, side: Direction) -> list[float]:
    """Return how far out the legs on a side end."""
    ends = ((wire.labels[end], wire.stations[-end].x_of) for wire in picture.wires for end in (0, 1))
    return [picture.points[name].x for label, name in ends if label and label.side == side]


def _stretched(line: Picture, x0: float, x1: float) -> Picture:
    """Return an identity, from left to right, between two places."""
    starts, ends = _tips(line, "left"), _tips(line, "right")
    if len(line.wires) != 1 or not (starts and ends):
        return line
    points = {name: point._replace(x=x0 if point.x == starts[0] else x1) for name, point in line.points.items()}
    return replace(line, points=points)


def _axis(picture: Picture) -> float:
    """Return the height of the first leg that ends at a side, else of the first node."""
    sides = (wire for wire in picture.wires for label in wire.labels if label and label.side in ("left", "right"))
    names = [wire.stations[-1].y_of for wire in sides] + [end.base.y_of for end in picture.exposed.values()]
    names += [node.name for node in picture.nodes]
    return picture.points[names[0]].y if names else 0.0


def _is_upright(picture: Picture) -> bool:
    return not picture.nodes and _has_leg(picture, "up") and _has_leg(picture, "down")


def _has_leg(picture: Picture, side: Direction) -> bool:
    return any(label and label.side == side for wire in picture.wires for label in wire.labels)
