"""What a picture looks like on paper: its lines, boxes and labels, where wires meet, and the families of its legs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise, product
from math import cos, dist, hypot, sin, tau
from typing import NamedTuple

from penrose.data import Data
from penrose.layout.geometry import XY, box_of, crosses, curve, distance, frames, label_name, labels_of
from penrose.layout.grid import Grid
from penrose.layout.measure import GAP, POINT, TENSOR
from penrose.layout.scene import Box, Direction, Group, Picture, Text, Wire
from penrose.model.index import numbered

STEP = TENSOR + GAP  # from a tensor to the next in a row
SQUARE = STEP  # side of the squares by which near things are found
ALIKE = 0.02  # of the unit: what differs by less is at the same place
APART = 0.1  # of the unit: what is between two tensors; wires that share more of a line lie on one another
DEGREE = 0.01745  # directions that differ by less are the same; in radians
RAYS = 16  # directions in which a tip may see out of the picture

Segment = tuple[XY, XY]


class Crossing(NamedTuple):
    """Where two wires cross, which are known by their numbers, and the directions of both there."""

    one: int
    other: int
    ways: tuple[XY, XY]


class Leg(NamedTuple):
    """A free leg of a family such as s_1, s_2, s_3: its number there, its name, its wire, its tip, where it points."""

    number: int
    name: str
    wire: int
    tip: XY
    way: XY

    @property
    def side(self) -> Direction:
        """The side on which it leaves."""
        return side_of(self.way)


class Written(NamedTuple):
    """A label in words, with its box; the wire that it belongs to, or the text that it is."""

    what: str
    box: Box
    wire: int | None = None
    text: Text | None = None


class Drawn(Data):
    """A picture and what follows from it. Wires, boxes and so on are known by their numbers in it."""

    picture: Picture

    @cached_property
    def lines(self) -> list[list[XY]]:
        """The corners of every wire; a bent one is many short pieces."""
        return [curve(wire, self.picture.points) for wire in self.picture.wires]

    @cached_property
    def lengths(self) -> list[float]:
        """The length of every wire."""
        return [sum(dist(a, b) for a, b in pairwise(line)) for line in self.lines]

    @cached_property
    def between(self) -> list[int]:
        """The wires between two different tensors."""
        return [number for number, wire in enumerate(self.picture.wires) if len(ends_of(wire)) == 2]

    @cached_property
    def unit(self) -> float:
        """The median length of a wire between two tensors.

        It is at least the size of a tensor and at most twice the usual distance: neither tensors on one another
        nor long wires through a large picture change what is near.
        """
        lengths = sorted(self.lengths[number] for number in self.between)
        if not lengths:
            return STEP
        middle = len(lengths) // 2
        median = (lengths[~middle] + lengths[middle]) / 2  # statistics would load decimal for this
        return min(max(median, TENSOR), 2 * STEP)

    @cached_property
    def alike(self) -> float:
        """The length by which things differ that are at the same place."""
        return ALIKE * self.unit

    @cached_property
    def boxes(self) -> list[Box]:
        """The boxes of the nodes, then those of the texts."""
        return [box_of(item, self.picture.points) for item in self.picture.boxed]

    @cached_property
    def box_at(self) -> dict[str, Box]:
        """The boxes of nodes, frames and walls' names, by their names."""
        nodes = (node.name for node in self.picture.nodes)
        return dict(zip(nodes, self.boxes, strict=False)) | frames(self.picture)

    @cached_property
    def floor(self) -> Grid:
        """Where the boxes are."""
        grid = Grid(SQUARE)
        for number, box in enumerate(self.boxes):
            grid.add(number, box)
        return grid

    @cached_property
    def web(self) -> Grid:
        """Where the wires are."""
        grid = Grid(SQUARE)
        for number, line in enumerate(self.lines):
            grid.add_line(number, line, self.alike)
        return grid

    @cached_property
    def near(self) -> list[tuple[int, int, list[tuple[Segment, Segment]]]]:
        """Every two wires that come near each other, and the pieces of them that may do so."""
        bounds = [box_along(line).grown(self.alike) for line in self.lines]
        found = []
        for one, other in self.web.pairs():
            if bounds[one].meets(bounds[other]):
                pieces = product(_within(self.lines[one], bounds[other]), _within(self.lines[other], bounds[one]))
                found.append((one, other, list(pieces)))
        return found

    @cached_property
    def crossings(self) -> list[Crossing]:
        """Where different wires cross, unless a tensor hides it that is an end of both."""
        found = []
        for one, other, pieces in self.near:
            tips = [line[end] for line in (self.lines[one], self.lines[other]) for end in (0, -1)]
            ends = ends_of(self.picture.wires[other])
            common = [name for name in ends_of(self.picture.wires[one]) if name in ends and name in self.box_at]
            for first, second in pieces:
                point = meeting(first, second)
                if point is None or any(holds(self.box_at[name], point) for name in common):
                    continue
                if all(dist(point, tip) > self.alike for tip in tips):
                    found.append(Crossing(one, other, (_way(first), _way(second))))
        return found

    @cached_property
    def at_ends(self) -> dict[str, list[tuple[int, int]]]:
        """What ends on every node and frame: the numbers of wires, each with 0 for its first end or 1 for its last."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, wire in enumerate(self.picture.wires):
            for end, place in enumerate(wire.ends):
                if place:
                    found.setdefault(place[0], []).append((number, end))
        return found

    def way_out(self, number: int, end: int) -> XY:
        """Return the direction in which a wire comes out from under the tensor or frame at one of its ends."""
        name = ends_at(self.picture.wires[number], end)
        line = self.lines[number] if end == 0 else self.lines[number][::-1]
        box = self.box_at[name]
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        for a, b in pairwise(line):
            if not holds(box, b):
                _, out = clip((a, b), box) or (0.0, 0.0)
                return a[0] + out * (b[0] - a[0]) - x, a[1] + out * (b[1] - a[1]) - y
        return line[-1][0] - x, line[-1][1] - y

    @cached_property
    def around(self) -> dict[str, tuple[str, ...]]:
        """The frames around every member of one, from the innermost."""
        parent = {name: group.name for group in self.picture.groups for name in group.members}

        def climb(name: str) -> tuple[str, ...]:
            return (parent[name], *climb(parent[name])) if name in parent else ()

        return {name: climb(name) for name in parent}

    @cached_property
    def _roots(self) -> dict[str, str]:
        root: dict[str, str] = {}
        for wire in self.picture.wires:
            if len(ends_of(wire)) == 2:
                first, other = (_root(root, name) for name in ends_of(wire))
                if first != other:
                    root[other] = first
        return root

    @cached_property
    def hanging_with(self) -> Mapping[str, str]:
        """One of those that hang together with each node or frame, the same for all of them."""
        names = [*(node.name for node in self.picture.nodes), *(group.name for group in self.picture.groups)]
        return {name: _root(self._roots, name) for name in names}

    @cached_property
    def families(self) -> list[list[Leg]]:
        """The free legs that are numbered alike, of what hangs together in a panel: two or more each."""
        wires, root = self.picture.wires, self._roots
        found: dict[tuple[int, str, str], list[Leg]] = {}
        for number, wire in enumerate(wires):
            for end, place in enumerate(wire.ends):
                index = wire.called[end] or wire.index
                member = numbered(index)
                if place is None and member and not wire.pinned:
                    a, b = self.lines[number][:2] if end == 0 else self.lines[number][:-3:-1]
                    leg = Leg(member[1], index, number, a, (a[0] - b[0], a[1] - b[1]))
                    part = _root(root, next(iter(ends_of(wire)), f"--{number}"))
                    found.setdefault((wire.panel, part, member[0]), []).append(leg)
        return [legs for legs in found.values() if len(legs) > 1]

    @cached_property
    def shut_in(self) -> list[int]:
        """The wires of free legs whose tips see no way out of the picture."""
        tips: list[tuple[int, XY]] = []
        for number, wire in enumerate(self.picture.wires):
            free = [end for end, place in enumerate(wire.ends) if place is None and not wire.pinned]
            tips += [(number, self.lines[number][-end]) for end in free]
        if not tips:
            return []
        (left, right), (low, high) = ((min(v), max(v)) for v in zip(*chain(*self.lines), strict=True))
        far = right - left + high - low
        rays = [(far * cos(tau * turn / RAYS), far * sin(tau * turn / RAYS)) for turn in range(RAYS)]
        walls = [wall for line in self.lines for wall in pairwise(line)]
        walls += [wall for x0, y0, x1, y1 in self.boxes for wall in (((x0, y0), (x1, y1)), ((x0, y1), (x1, y0)))]
        return [
            number
            for number, (x, y) in tips
            if all(any(crosses((x, y), (x + dx, y + dy), *wall) for wall in walls) for dx, dy in rays)
        ]

    @cached_property
    def labels(self) -> list[Written]:
        """The labels of wires, the names on walls and the texts, with half a point around them."""
        points = self.picture.points
        found = [
            Written(f"the label {label.text}", box, wire=number)
            for number, wire in enumerate(self.picture.wires)
            for label, _, box in labels_of(wire, points)
        ]
        walls = [group for group in self.picture.groups if group.label]
        found += [Written(f"the name of {called(group)}", self.box_at[label_name(group)]) for group in walls]
        boxes = self.boxes[len(self.picture.nodes) :]
        found += [Written(called(text), box, text=text) for text, box in zip(self.picture.texts, boxes, strict=True)]
        return [label._replace(box=label.box.grown(POINT / 2)) for label in found]


def called(item: Text | Group) -> str:
    """Return what a text or frame is, in words."""
    if isinstance(item, Text):
        return f"the {item.kind} {item.stands_for or item.text}"
    if item.kind == "bubble":
        return f"the bubble {item.stands_for or item.name}"
    return f"the brackets {item.name}"


def ends_of(wire: Wire) -> tuple[str, ...]:
    """Return the names of what a wire ends on, each once."""
    return tuple(dict.fromkeys(place[0] for place in wire.ends if place))


def ends_at(wire: Wire, end: int) -> str:
    """Return the name of the node or frame at one end of a wire, or of the point of its tip."""
    place = wire.ends[end]
    return place[0] if place else wire.stations[-end].x_of


def side_of(way: XY) -> Direction:
    """Return the side to which a direction points."""
    x, y = way
    if abs(x) > abs(y) + 1e-6:  # between two sides, rounding must not decide
        return "right" if x > 0 else "left"
    return "up" if y > 0 else "down"


def box_along(line: Sequence[XY]) -> Box:
    """Return the box around a line."""
    xs, ys = zip(*line, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def holds(box: Box, point: XY) -> bool:
    """Tell whether a point is inside of a box."""
    return box.x0 < point[0] < box.x1 and box.y0 < point[1] < box.y1


def clip(segment: Segment, box: Box) -> tuple[float, float] | None:
    """Return from where to where on its way, from 0 to 1, a segment is inside of a box."""
    (x0, y0), (x1, y1) = segment
    start, end = 0.0, 1.0
    for place, way, low, high in ((x0, x1 - x0, box.x0, box.x1), (y0, y1 - y0, box.y0, box.y1)):
        if way:
            enters, leaves = sorted(((low - place) / way, (high - place) / way))
            start, end = max(start, enters), min(end, leaves)
        elif not low < place < high:
            return None
    return (start, end) if start < end else None


def passes(line: Sequence[XY], box: Box) -> int:
    """Count how often a line goes into a box or out of it."""
    inside = [holds(box, line[0])]
    for a, b in pairwise(line):
        inside += [True] if clip((a, b), box) else []
        inside.append(holds(box, b))
    return sum(here != there for here, there in pairwise(inside))


def runs_under(line: Sequence[XY], box: Box, beside: float) -> bool:
    """Tell whether a line runs under what fills a box with round corners, or beside it but less far away than that."""
    core, radius = _core(box)
    return any(_apart(piece, core) < radius + beside for piece in pairwise(line))


def _core(box: Box) -> tuple[Segment, float]:
    """Return the middle of a box, which is a line if the box is longer one way, and its distance from the border."""
    radius = min(box.x1 - box.x0, box.y1 - box.y0) / 2
    return ((box.x0 + radius, box.y0 + radius), (box.x1 - radius, box.y1 - radius)), radius


def _apart(one: Segment, other: Segment) -> float:
    """Return the distance of two segments."""
    if crosses(*one, *other):
        return 0.0
    return min(distance(p, *b) for a, b in ((one, other), (other, one)) for p in a)


def meeting(one: Segment, other: Segment) -> XY | None:
    """Return where two segments cross, if they do; of a corner of a line on another line only one side counts."""
    (a, b), (c, d) = one, other
    (rx, ry), (sx, sy) = _way(one), _way(other)
    from_a = sx * (a[1] - c[1]) - sy * (a[0] - c[0])
    from_b = sx * (b[1] - c[1]) - sy * (b[0] - c[0])
    if (from_a > 0) == (from_b > 0):
        return None
    if (rx * (c[1] - a[1]) > ry * (c[0] - a[0])) == (rx * (d[1] - a[1]) > ry * (d[0] - a[0])):
        return None
    if abs(from_a - from_b) < DEGREE * hypot(rx, ry) * hypot(sx, sy):  # they run along each other
        return None
    share = from_a / (from_a - from_b)
    return a[0] + share * rx, a[1] + share * ry


def overlap(one: Segment, other: Segment, alike: float) -> float:
    """Return the length that two segments have in common, if they lie on one line."""
    (rx, ry), (sx, sy) = _way(one), _way(other)
    length, width = hypot(rx, ry), hypot(sx, sy)
    if abs(rx * sy - ry * sx) >= DEGREE * length * width or not length:
        return 0.0
    a = one[0]
    if max(abs(rx * (p[1] - a[1]) - ry * (p[0] - a[0])) for p in other) > alike * length:
        return 0.0
    first, last = sorted((rx * (p[0] - a[0]) + ry * (p[1] - a[1])) / length for p in other)
    return max(0.0, min(last, length) - max(first, 0.0))


def _within(line: Sequence[XY], box: Box) -> list[Segment]:
    """Return the pieces of a line that may come into a box."""
    pieces = list(pairwise(line))
    return [piece for piece in pieces if box_along(piece).meets(box)] if len(pieces) > 1 else pieces


def _way(segment: Segment) -> XY:
    (x0, y0), (x1, y1) = segment
    return x1 - x0, y1 - y0


def _root(root: dict[str, str], name: str) -> str:
    """Return what stands for everything that hangs together with something; the way there becomes shorter."""
    while name in root:
        root[name] = root.get(root[name], root[name])
        name = root[name]
    return name
