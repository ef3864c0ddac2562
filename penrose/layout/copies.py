"""The picture of a large figure from that of a short one: copies of the lines around its gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from penrose.data import NOTHING, replace
from penrose.layout.look import extent_around
from penrose.layout.names import AXIS, Names
from penrose.layout.piece import stands_for
from penrose.layout.repeat import Short
from penrose.layout.scene import Node, Picture, Point, Station, Wire
from penrose.model.document import Figure
from penrose.model.expression import Factor, factors_of
from penrose.model.notation import coordinate, label_of, latex

At = tuple[int, int]  # a row of the whole figure, and a column


class Step(NamedTuple):
    """How far one of some alike lines is from the one before it."""

    x: float
    y: float


def lengthened(picture: Picture, short: Short, names: Names) -> Picture | None:
    """Return the picture of the whole figure, given that of a short one; none where that does not repeat its lines.

    `names` gives out those of the whole figure. What has points where wires meet it, as gates in lanes, is not copied.
    """
    ((panel,),) = short.figure.chains
    sources = [factor.tensor for factor in factors_of(panel.expression)]
    told = all(node.label.startswith(_plain(short.figure, node.source)) for node in picture.nodes)
    if [node.source for node in picture.nodes] != sources or not told:
        return None
    model = _Model(picture, len(short.kept[1]))
    gaps = [{gap: model.step(axis, gap) for gap in short.gaps(axis)} for axis in (0, 1)]
    steps = [{gap: step for gap, step in found.items() if step} for found in gaps]
    return _Copier(model, short, steps, names).picture() if steps == gaps and model.is_bare() else None


class _Model:
    """The picture of a short figure, with a tensor in each of some columns of every row, in this order."""

    def __init__(self, picture: Picture, columns: int) -> None:
        self.picture, self.columns = picture, columns
        self.places = {node.name: divmod(number, columns) for number, node in enumerate(picture.nodes)}
        self.wires: dict[str, list[Wire]] = {node.name: [] for node in picture.nodes}
        for wire in picture.wires:
            for name in {end[0] for end in wire.ends if end}:
                self.wires[name].append(wire)

    def is_bare(self) -> bool:
        """Tell whether all points are those of tensors, of the ends of legs, and of the corners of loops."""
        tips = {wire.stations[-1].x_of for wire in self.picture.wires if wire.ends[-1:] == (None,)}
        corners = {name for wire in self.picture.wires if wire.is_loop for place in wire.stations for name in place}
        return self.picture.points.keys() <= {AXIS} | self.places.keys() | tips | corners

    def step(self, axis: int, gap: int) -> Step | None:
        """Return the step from line to line (rows for axis 0) around a gap; none where it varies, or is to the left."""
        lines = [self._line(axis, line) for line in range(gap - 1, gap + 3)]
        firsts = [self.picture.points[line[0].name] for line in lines]
        steps = {Step(round(b.x - a.x, 4), round(b.y - a.y, 4)) for a, b in pairwise(firsts)}
        looks = {tuple(self._look(line, *first[:2])) for line, first in zip(lines, firsts, strict=True)}
        return min(steps) if len(steps) == len(looks) == 1 and min(steps).x >= 0 else None

    def _line(self, axis: int, line: int) -> Sequence[Node]:
        nodes, columns = self.picture.nodes, self.columns
        return nodes[line::columns] if axis else nodes[line * columns : (line + 1) * columns]

    def _look(self, line: Sequence[Node], x: float, y: float) -> Iterator[object]:
        """Yield all that is seen of a line whose first tensor is there."""
        points = self.picture.points
        for node in line:
            yield node.shape, node.style, node.extent, node.turn, node.least, node.dress, node.turned
            yield round(points[node.name].x - x, 4), round(points[node.name].y - y, 4)
            for wire in self.wires[node.name]:
                yield tuple(end and (end[0] == node.name, end[1]) for end in wire.ends)
                for place in wire.stations:
                    yield round(points[place.x_of].x - x, 4), round(points[place.y_of].y - y, 4)
                yield wire.bend, wire.out, wire.into, wire.marks, wire.labels[1] and wire.labels[1].side


class _Copier:
    """Makes the picture of a whole figure from that of a short one; `steps` are those at the gaps of both axes."""

    def __init__(self, model: _Model, short: Short, steps: Sequence[Mapping[int, Step]], names: Names) -> None:
        self.model, self.points = model, model.picture.points
        self.short, self.given = short, names
        self.names = [[names.tensor(factor) for factor in row] for row in short.rows]
        self.rows, self.columns = (_likes(kept, steps[axis]) for axis, kept in enumerate(short.kept))
        self.lift = self._lift()

    def picture(self) -> Picture:
        """Return the whole picture: its points, nodes and wires in the order in which these are laid out."""
        found = self.model.picture
        nodes: list[Node] = []
        joins: list[Wire] = []
        legs: list[Wire] = []
        points = {AXIS: found.points[AXIS]}
        tips: dict[str, Point] = {}
        for row, factors in enumerate(self.short.rows):
            for column, factor in enumerate(factors):
                at = row, column
                model = found.nodes[self.rows[row].line * self.model.columns + self.columns[column].line]
                name = self.names[row][column]
                nodes.append(self._node(model, factor, name))
                points[name] = self._moved(model.name, at)
                for wire in self.model.wires[model.name]:
                    if wire.ends[1] is None:
                        leg = self._leg(wire, factor, name)
                        legs.append(leg)
                        tips[leg.stations[-1].x_of] = self._moved(wire.stations[-1].x_of, at, name)
                    elif not wire.is_loop and wire.ends[0] and wire.ends[0][0] == model.name:
                        joins.append(self._join(wire, factor, at))
        points |= tips
        loops = [self._loop(wire, points) for wire in found.wires if wire.is_loop]
        return replace(found, points=points, nodes=tuple(nodes), wires=(*joins, *legs, *loops))

    def _lift(self) -> float:
        """Return how far up the whole must go, so that the axis divides its height as that of the model."""
        nodes = self.model.picture.nodes
        first, last = (self.points[node.name].y for node in (nodes[0], nodes[-1]))
        return -first / (first - last) * (self.rows[-1].y + self.columns[-1].y) if first != last else 0.0

    def _moved(self, name: str, at: At, anchor: str = "") -> Point:
        x, y, _ = self.points[name]
        row, column = self.rows[at[0]], self.columns[at[1]]
        return Point(round(x + row.x + column.x, 4), round(y + row.y + column.y + self.lift, 4), anchor)

    def _there(self, name: str, at: At) -> str:
        """Return the name of what a tensor is joined to, given that of the one in the model that looks like it."""
        row, column = self.model.places[name]
        kept = self.short.kept
        return self.names[_line(self.rows, at[0], row, kept[0])][_line(self.columns, at[1], column, kept[1])]

    def _node(self, model: Node, factor: Factor, name: str) -> Node:
        marks = model.label.removeprefix(_plain(self.short.figure, model.source))
        label = _plain(self.short.whole, factor.tensor) + marks
        told = stands_for(factor, range(len(factor.legs)))
        extent = model.extent if label == model.label else extent_around(label, model.least)
        return replace(model, name=name, source=factor.tensor, stands_for=told, label=label, extent=extent)

    def _join(self, wire: Wire, factor: Factor, at: At, named: Mapping[str, str] = NOTHING) -> Wire:
        """Return a wire of a tensor to another one; `named` are the corners of a loop."""
        named = {**named, **{end[0]: self._there(end[0], at) for end in wire.ends if end}}
        ends = tuple((named[end[0]], end[1]) for end in wire.ends if end)
        places = tuple(Station(named[place.y_of], named[place.x_of]) for place in wire.stations)
        return replace(wire, index=str(factor.legs[ends[0][1]]), ends=ends, stations=places)

    def _leg(self, wire: Wire, factor: Factor, name: str) -> Wire:
        assert wire.ends[0]
        leg = factor.legs[wire.ends[0][1]]
        tip = self.given.tip(f"{name}--{coordinate(str(leg))}")
        named = {wire.ends[0][0]: name, wire.stations[-1].x_of: tip}
        places = tuple(Station(named[place.y_of], named[place.x_of]) for place in wire.stations)
        label = wire.labels[1] and replace(wire.labels[1], text=label_of(leg))
        ends, called = ((name, wire.ends[0][1]), None), (wire.called[0], str(leg))
        return replace(wire, index=str(leg), ends=ends, stations=places, labels=(None, label), called=called)

    def _loop(self, wire: Wire, points: dict[str, Point]) -> Wire:
        """Return a loop, between tensors that remain, and add the points of its corners."""
        first, last = (end for end in wire.ends if end)
        at = self._whole(first[0])
        factor = self.short.rows[at[0]][at[1]]
        about = zip((first, last), wire.called, strict=True)
        ends = frozenset(f"{self._there(end[0], at)}.{called}" for end, called in about)
        corner = self.given.named("loop", f"loop--{coordinate(str(factor.legs[first[1]]))}", ends)
        old = dict.fromkeys(name for place in wire.stations for name in place if name not in self.model.places)
        named = dict(zip(old, (corner, self.given.tip(f"{corner}--end")), strict=True))
        for before, name in named.items():
            anchor = self.points[before].anchor
            points[name] = self._moved(before, self._whole(anchor), self._there(anchor, at))
        return self._join(wire, factor, at, named)

    def _whole(self, name: str) -> At:
        """Return where a tensor of the model stands in the whole figure."""
        row, column = self.model.places[name]
        return self.short.kept[0][row], self.short.kept[1][column]


class _Like(NamedTuple):
    """The line of the model that a row or column of the whole figure is or looks like, and how far from that it is."""

    line: int
    x: float
    y: float


def _likes(kept: Sequence[int], steps: Mapping[int, Step]) -> list[_Like]:
    """Return what all lines look like, given those that remain, and the steps at gaps after them."""
    found: list[_Like] = []
    x = y = 0.0
    for number, (one, other) in enumerate(pairwise((*kept, kept[-1] + 1))):
        step = steps.get(number, Step(0, 0))
        found += [_Like(number, x + copy * step.x, y + copy * step.y) for copy in range(other - one)]
        x, y = x + (other - one - 1) * step.x, y + (other - one - 1) * step.y
    return found


def _line(likes: Sequence[_Like], here: int, there: int, kept: Sequence[int]) -> int:
    """Return the line of the whole figure that one of the model stands for, as seen from one like another."""
    steps = there - likes[here].line
    return here + steps if abs(steps) < 2 else kept[there]


def _plain(figure: Figure, source: str) -> str:
    """Return the label of a tensor without marks."""
    return figure.tensors[source].label or latex(source)
