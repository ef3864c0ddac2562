"""What is wrong with a picture, in words.

The names are those of the field's metrics: H1 boxes on one another, H2 wires under tensors, H3 wires on one another,
H4 walls that do not tell what is inside, H5 labels that meet something, H6 wires that are missing, H7 numbered legs
out of order. A wall is fitted around its members, so that none of these is outside of it.
"""

from __future__ import annotations

import re
from bisect import bisect, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from math import hypot
from typing import NamedTuple

from penrose.layout.cures import Cures
from penrose.layout.drawn import (
    APART,
    SQUARE,
    Drawn,
    Leg,
    called,
    clip,
    ends_at,
    holds,
    overlap,
    passes,
    runs_under,
)
from penrose.layout.grid import Grid
from penrose.layout.scene import Box, Direction, Group, Node, Picture

BESIDE = 0.05  # of the unit, between a tensor and a wire that passes it
NAMED = 6  # legs of a family that are named


class Fault(NamedTuple):
    """A fault: the name of its metric, what is wrong, how to find out what helps, and how often it counts."""

    metric: str
    what: str
    cure: Callable[[], str]
    times: int = 1

    @property
    def hint(self) -> str:
        """What the author can do about it."""
        return self.cure()


def faults(
    picture: Picture, orders: Mapping[str, int] | None = None, pins: Collection[str] = frozenset()
) -> list[Fault]:
    """Return the faults of a picture; `orders` are the numbers of slots of the tensors of its program.

    What is in `pins` no hint can move, since it was put somewhere in the .tikz.
    """
    return faults_of(Drawn(picture), orders or {}, pins)


def faults_of(drawn: Drawn, orders: Mapping[str, int], pins: Collection[str] = frozenset()) -> list[Fault]:
    """Return the faults of a picture from what is known of it."""
    cures = Cures(drawn, frozenset(pins))
    return [
        *_boxes(drawn, cures),
        *_under(drawn, cures),
        *_coincident(drawn, cures),
        *_walls(drawn, cures),
        *_labels(drawn, cures),
        *_lost(drawn, orders, cures),
        *_orders(drawn, cures),
    ]


# ---------------------------------------------------------------- H1 to H3: boxes and wires


def _boxes(drawn: Drawn, cures: Cures) -> Iterator[Fault]:
    """Yield tensors that are on one another or too close, and tensors on signs, relations and coefficients."""
    nodes, texts = drawn.picture.nodes, drawn.picture.texts
    for number, node in enumerate(nodes):
        box = drawn.boxes[number]
        for other in drawn.floor.near(box.grown(APART * drawn.unit)):
            there = drawn.boxes[other]
            if number < other < len(nodes) and _gap(box, there) < APART * drawn.unit:
                how = "overlap" if box.meets(there) else "are too close"
                yield Fault("H1", f"{node.name} and {nodes[other].name} {how}", partial(cures.place, nodes[other]))
            elif other >= len(nodes) and box.meets(there) and texts[other - len(nodes)].kind != "caption":
                what = f"{node.name} and {called(texts[other - len(nodes)])} overlap"
                yield Fault("H1", what, partial(cures.place, node))


def _gap(one: Box, other: Box) -> float:
    """Return the distance of two boxes."""
    across = max(one.x0 - other.x1, other.x0 - one.x1, 0.0)
    along = max(one.y0 - other.y1, other.y0 - one.y1, 0.0)
    return hypot(across, along)


def _under(drawn: Drawn, cures: Cures) -> Iterator[Fault]:
    for number, node in enumerate(drawn.picture.nodes):
        beside = BESIDE * drawn.unit
        own = {wire for wire, _ in drawn.at_ends.get(node.name, ())}
        for wire in drawn.web.near(drawn.boxes[number].grown(beside)):
            if wire not in own and runs_under(drawn.lines[wire], drawn.boxes[number], beside):
                what = f"the wire {drawn.picture.wires[wire].index} runs under {node.name}"
                yield Fault("H2", what, partial(cures.place, node))


def _coincident(drawn: Drawn, cures: Cures) -> Iterator[Fault]:
    wires = drawn.picture.wires
    for one, other, pieces in drawn.near:
        if sum(overlap(a, b, drawn.alike) for a, b in pieces) > APART * drawn.unit:
            what = f"the wires {wires[one].index} and {wires[other].index} lie on one another"
            yield Fault("H3", what, partial(cures.turn, other))


# ---------------------------------------------------------------- H4: walls


def _walls(drawn: Drawn, cures: Cures) -> Iterator[Fault]:
    """Yield what stands in a frame and is no part of it, frames that overlap, and wires that cross walls needlessly."""
    picture, around = drawn.picture, drawn.around
    walls = [drawn.box_at[group.name] for group in picture.groups]
    for group, wall in zip(picture.groups, walls, strict=True):
        for number in drawn.floor.near(wall):
            item = picture.boxed[number]
            if group.name not in around.get(item.name, ()) and drawn.boxes[number].meets(wall):
                name = item.name if isinstance(item, Node) else called(item)
                what = f"{name} stands in {called(group)}, of which it is no part"
                yield Fault("H4", what, partial(cures.move, item))
    frames = Grid(SQUARE)
    for number, wall in enumerate(walls):
        frames.add(number, wall)
    for one, other in frames.pairs():
        inner, outer = picture.groups[one], picture.groups[other]
        nested = outer.name in around.get(inner.name, ()) or inner.name in around.get(outer.name, ())
        if walls[one].meets(walls[other]) and not nested:
            yield Fault("H4", f"{called(inner)} and {called(outer)} overlap", partial(cures.member, outer))
    for wire, group, times in _crossed(drawn):
        often = f"crosses {times} times" if times > 1 else "crosses" if times else "does not cross"
        what = f"the wire {picture.wires[wire].index} {often} the wall of {called(group)}"
        yield Fault("H4", what, partial(cures.turn, wire))


def _crossed(drawn: Drawn) -> Iterator[tuple[int, Group, int]]:
    """Yield the wires that cross a wall more often than they must, or do not although they must, and how often."""
    wanted: Counter[tuple[str, int]] = Counter()
    for number, wire in enumerate(drawn.picture.wires):
        if drawn.picture.groups and len(wire.ends) == 2:
            corners = (
                station.x_of for station in wire.stations[1:-1] if wire.is_loop
            )  # of a loop, which may go around outside
            passed = [drawn.around.get(name, ()) for name in (ends_at(wire, 0), *corners, ends_at(wire, 1))]
            wanted.update((name, number) for here, there in pairwise(passed) for name in {*here} ^ {*there})
    found: Counter[tuple[str, int]] = Counter()
    for group in drawn.picture.groups:
        wall = drawn.box_at[group.name]
        inner = wall.grown(-drawn.alike)  # a wire that ends on the wall does not cross it
        found.update(
            {(group.name, wire): passes(drawn.lines[wire], inner) for wire in drawn.web.near_line(wall.border)}
        )
    named = {group.name: group for group in drawn.picture.groups}
    for name, number in sorted(wanted | found):
        times = found[name, number]
        if times != wanted[name, number]:
            yield number, named[name], times


# ---------------------------------------------------------------- H5: labels


def _labels(drawn: Drawn, cures: Cures) -> Iterator[Fault]:
    labels, nodes = drawn.labels, drawn.picture.nodes
    grid = Grid(SQUARE)
    for number, label in enumerate(labels):
        grid.add(number, label.box)
    for one, other in grid.pairs():
        if labels[one].box.meets(labels[other].box):
            what = f"{labels[one].what} meets {labels[other].what}"
            yield Fault("H5", what, partial(cures.label, labels[one], labels[other].text))
    for label in labels:
        in_row = label.text is not None and label.text.kind != "caption"
        for number in drawn.floor.near(label.box) if not in_row else ():  # for texts in a row, that is H1
            if number < len(nodes) and drawn.boxes[number].meets(label.box):
                what = f"{label.what} meets {nodes[number].name}"
                yield Fault("H5", what, partial(cures.label, label, nodes[number]))
        for wire in drawn.web.near(label.box):
            if wire != label.wire and any(clip(piece, label.box) for piece in pairwise(drawn.lines[wire])):
                what = f"{label.what} meets the wire {drawn.picture.wires[wire].index}"
                yield Fault("H5", what, partial(cures.label_on_wire, label, wire))
    for group in drawn.picture.groups:
        border = drawn.box_at[group.name].border
        for label in (labels[number] for number in grid.near_line(border)):
            if any(clip(piece, label.box) for piece in pairwise(border)):
                what = f"{label.what} meets the wall of {called(group)}"
                yield Fault("H5", what, partial(cures.label_on_wall, label, group))


# ---------------------------------------------------------------- H6: conservation


def _lost(drawn: Drawn, orders: Mapping[str, int], cures: Cures) -> Iterator[Fault]:
    """Yield slots that are not the end of just one wire, and wires that do not reach what they end on."""
    wires = drawn.picture.wires
    things: tuple[Node | Group, ...] = (*drawn.picture.nodes, *drawn.picture.groups)
    for item in things:
        ends = drawn.at_ends.get(item.name, [])
        times = Counter(place[1] for wire, end in ends if (place := wires[wire].ends[end]))
        known = _slots(item, orders, sorted(times))
        for slot in sorted({*known, *times}):
            count, wanted = times[slot], int(slot in known)
            if count != wanted:
                what = f"slot {slot + 1} of {item.name} has {count or 'no'} wire{'s' * (count > 1)}"
                yield Fault("H6", what, _draw_again, abs(count - wanted))
    for name, ends in drawn.at_ends.items():
        box = drawn.box_at.get(name)
        for wire, end in ends:
            if not box:
                yield Fault("H6", f"the wire {wires[wire].index} ends on {name}, which is not drawn", _draw_again)
            elif not holds(box.grown(drawn.alike), drawn.lines[wire][-end]):
                yield Fault("H6", f"the wire {wires[wire].index} does not reach {name}", partial(cures.turn, wire))


def _slots(item: Node | Group, orders: Mapping[str, int], drawn: Sequence[int]) -> Sequence[int]:
    """Return the slots that must have a wire: those drawn, through the wall of a frame; of a dot, all before the last.

    A tensor says which of its legs are drawn, unless that is all that its declaration has.
    """
    if isinstance(item, Group):
        return drawn
    listed = re.fullmatch(r"[^\[]*\[(.*)\]\)?", item.stands_for)
    if listed:
        return [slot for slot, leg in enumerate(re.split(r",(?![^{]*\})", listed[1])) if leg == "."]
    known = item.stands_for and item.source in orders
    return range(orders[item.source] if known else max(drawn, default=-1) + 1)


def _draw_again() -> str:
    return "draw the figure without the changes in its .tikz: penrose build --reset"


# ---------------------------------------------------------------- H7: the order of legs


def _orders(drawn: Drawn, cures: Cures) -> Iterator[Fault]:
    """Yield the families whose tips on one line are not in their order, from the left or from above."""
    for family in drawn.families:
        for legs in _lined(family, drawn.alike):
            seen: list[int] = []
            inversions = 0
            for leg in legs:
                inversions += len(seen) - bisect(seen, leg.number)
                insort(seen, leg.number)
            if inversions:
                names = ", ".join(leg.name for leg in legs[:NAMED]) + (", ..." if len(legs) > NAMED else "")
                what = f"the legs {names} end out of their order"
                yield Fault("H7", what, partial(cures.order, legs), inversions)


def _lined(family: Sequence[Leg], alike: float) -> Iterator[list[Leg]]:
    """Yield the legs of a family that leave on one side and end on one line, along that."""
    sides: dict[Direction, list[tuple[float, float, int, Leg]]] = {}
    for leg in family:
        (x, y), upright = leg.tip, leg.side in ("up", "down")
        sides.setdefault(leg.side, []).append((y, x, leg.wire, leg) if upright else (x, -y, leg.wire, leg))
    for ends in sides.values():
        line: list[tuple[float, float, int, Leg]] = []
        for end in sorted(ends, key=lambda end: end[:3]):
            if line and end[0] - line[-1][0] > alike:
                yield _along(line)
                line = []
            line.append(end)
        yield _along(line)


def _along(line: Sequence[tuple[float, float, int, Leg]]) -> list[Leg]:
    return [leg for *_, leg in sorted(line, key=lambda end: end[1:3])]
