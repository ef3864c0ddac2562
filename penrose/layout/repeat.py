"""Long rows of alike columns: a picture of a few of them, and copies of one of these for all others.

A chain, a matrix product state, a ladder or a ring of a thousand tensors looks as one of twenty does. So columns are
left out of runs in which each is joined to the next one in the same way, and the picture of what remains is taken apart
there. It tells how far columns are from one another; where it is not the same around a gap, nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from penrose.data import NOTHING, Data, replace
from penrose.layout.names import AXIS, Names
from penrose.layout.piece import stands_for
from penrose.layout.route import label_of
from penrose.layout.scene import Node, Picture, Point, Station, Wire
from penrose.model.document import Figure
from penrose.model.expression import Factor, Product
from penrose.model.index import Index
from penrose.model.notation import coordinate, latex

MANY = 200  # factors, at least, of a product with columns to leave out
KEPT = 3  # columns that remain on both sides of a gap
DIGITS = str.maketrans("123456789", "000000000")  # which are all as wide

Rows = tuple[tuple[Factor, ...], ...]
Place = tuple[int, int, int]  # a row, a column of it, and a slot of the tensor there
Kind = tuple[object, ...]  # what columns that are alike have in common


class Short(Data):
    """A figure with columns left out: of the `rows` of the whole one, the columns `kept` remain."""

    whole: Figure
    figure: Figure
    rows: Rows
    kept: tuple[int, ...]

    @cached_property
    def gaps(self) -> list[int]:
        """The numbers of the remaining columns before gaps."""
        return [number for number, (one, other) in enumerate(pairwise(self.kept)) if other > one + 1]


# ---------------------------------------------------------------- leaving out


def shortened(figure: Figure) -> Short | None:
    """Return a figure with fewer columns, if it is a long product with many that are alike, and has no hints."""
    product = _only_product(figure)
    rows = _rows(figure, product) if product else None
    if not product or not rows:
        return None
    ends = _ends(rows)
    if max(map(len, ends.values()), default=0) > 2:
        return None
    kept = _kept([_kind(figure, rows, ends, column) for column in range(len(rows[0]))])
    if len(kept) == len(rows[0]):
        return None
    factors = tuple(_joined_up(rows, ends, kept))
    left = {leg for factor in factors for leg in factor.legs}
    shorter = replace(product, factors=factors, summed=tuple(index for index in product.summed if index in left))
    ((panel,),) = figure.chains
    (term,) = panel.expression.terms
    expression = replace(panel.expression, terms=(replace(term, product=shorter),))
    panel = replace(panel, expression=expression, legs=tuple(leg for leg in panel.legs if leg in left))
    return Short(figure, replace(figure, chains=((panel,),)), rows, kept)


def _only_product(figure: Figure) -> Product | None:
    """Return the product that a figure is, if it is long and there is nothing else to it."""
    panels = [panel for chain in figure.chains for panel in chain]
    if len(panels) != 1 or len(panels[0].expression.terms) != 1 or panels[0].relation or figure.hints:
        return None
    (term,) = panels[0].expression.terms
    plain = not term.negative and not term.caption and term.product.coefficient is None
    return term.product if plain and len(term.product.factors) >= MANY else None


def _rows(figure: Figure, product: Product) -> Rows | None:
    """Return the rows in which factors are written, each joined to the one before it, if these are equally long."""
    rows: list[list[Factor]] = []
    before: frozenset[object] = frozenset()
    for factor in product.factors:
        if not isinstance(factor, Factor) or factor.tensor not in figure.tensors:
            return None
        if factor.key or factor.inverse or factor.free != factor.legs:
            return None
        if before.isdisjoint(factor.free):
            rows.append([])
        rows[-1].append(factor)
        before = frozenset(factor.free)
    return tuple(map(tuple, rows)) if len({len(row) for row in rows}) == 1 else None


def _ends(rows: Rows) -> dict[Index, list[Place]]:
    """Return the slots that carry every index."""
    ends: dict[Index, list[Place]] = {}
    for row, factors in enumerate(rows):
        for column, factor in enumerate(factors):
            for slot, index in enumerate(factor.free):
                ends.setdefault(index, []).append((row, column, slot))
    return ends


def _other(ends: Sequence[Place], row: int, column: int) -> Place | None:
    """Return the other end of a leg of a tensor, if it is not free."""
    first, last = ends[0], ends[-1]
    return None if first is last else last if first[:2] == (row, column) else first


def _kind(figure: Figure, rows: Rows, ends: Mapping[Index, Sequence[Place]], column: int) -> Kind:
    """Return what a column is like: how wide its labels are, and what its tensors are joined to."""
    found: list[object] = []
    for row, factors in enumerate(rows):
        factor = factors[column]
        own = figure.tensors[factor.tensor].declared or factor.tensor in figure.styles
        name = factor.tensor if own else factor.tensor.translate(DIGITS)
        found += [name, factor.conjugated, factor.transposed]
        for index in factor.free:
            there = _other(ends[index], row, column)
            found.append((there[0], there[1] - column, there[2]) if there else index.name.translate(DIGITS))
    return tuple(found)


def _kept(kinds: Sequence[Kind]) -> tuple[int, ...]:
    """Return the columns that remain: of a long run of alike ones that reach no farther than the next, its ends."""
    kept: list[int] = []
    start = 0
    for column in range(1, len(kinds) + 1):
        if column == len(kinds) or kinds[column] != kinds[start]:
            run = range(start, column)
            near = all(abs(one[1]) < 2 for one in kinds[start] if isinstance(one, tuple))
            kept += (*run[:KEPT], *run[-KEPT:]) if near and len(run) > 2 * KEPT else run
            start = column
    return tuple(kept)


def _joined_up(rows: Rows, ends: Mapping[Index, Sequence[Place]], kept: Sequence[int]) -> Iterator[Factor]:
    """Yield what remains, what is behind a gap joined to what is before that as it was to what is in it."""
    for row, factors in enumerate(rows):
        for before, column in pairwise((kept[0] - 1, *kept)):
            legs = list(factors[column].free)
            for slot, index in enumerate(legs if column > before + 1 else ()):
                there = _other(ends[index], row, column)
                if there and there[1] == column - 1:
                    legs[slot] = rows[there[0]][before].free[there[2]]
            yield replace(factors[column], legs=tuple(legs)) if column > before + 1 else factors[column]


# ---------------------------------------------------------------- copying


def lengthened(picture: Picture, short: Short, names: Names) -> Picture | None:
    """Return the picture of the whole figure, given that of a short one; none where that does not repeat its columns.

    `names` gives out those of the whole figure. What has points where wires meet it, as gates in lanes, is not copied.
    """
    sources = [row[column].tensor for row in short.rows for column in short.kept]
    told = all(node.label.startswith(_plain(short.whole, node.source)) for node in picture.nodes)
    if [node.source for node in picture.nodes] != sources or not told:
        return None
    columns = _Columns(picture, len(short.kept))
    steps = [columns.step(gap) for gap in short.gaps]
    return _Copier(columns, short, steps, names).picture() if columns.are_bare() and all(steps) else None


class _Columns:
    """A picture with a tensor in each of some columns of every row, in this order."""

    def __init__(self, picture: Picture, count: int) -> None:
        self.picture, self.count = picture, count
        self.places = {node.name: divmod(number, count) for number, node in enumerate(picture.nodes)}
        self.wires: dict[str, list[Wire]] = {node.name: [] for node in picture.nodes}
        for wire in picture.wires:
            for name in {end[0] for end in wire.ends if end}:
                self.wires[name].append(wire)

    def are_bare(self) -> bool:
        """Tell whether all points are those of tensors, of the ends of legs, and of the corners of loops."""
        tips = {wire.stations[-1].x_of for wire in self.picture.wires if wire.ends[-1:] == (None,)}
        corners = {name for wire in self.picture.wires if wire.is_loop for place in wire.stations for name in place}
        return self.picture.points.keys() <= {AXIS} | self.places.keys() | tips | corners

    def step(self, gap: int) -> float:
        """Return how far the columns around a gap are from one another, 0 where they do not look the same."""
        columns = range(gap - 1, gap + 3)
        xs = [self.picture.points[self.picture.nodes[column].name].x for column in columns]
        steps = {round(after - before, 4) for before, after in pairwise(xs)}
        looks = {tuple(self._look(column, x)) for column, x in zip(columns, xs, strict=True)}
        return max(steps.pop(), 0.0) if len(steps) == len(looks) == 1 else 0.0

    def _look(self, column: int, x: float) -> Iterator[object]:
        """Yield all that is seen of a column whose first tensor is at x."""
        points = self.picture.points
        for node in self.picture.nodes[column :: self.count]:
            yield node.shape, node.style, node.extent, node.turn, node.least, node.dress, node.turned
            yield round(points[node.name].x - x, 4), points[node.name].y
            for wire in self.wires[node.name]:
                yield tuple(end and (end[0] == node.name, end[1]) for end in wire.ends)
                yield tuple((round(points[place.x_of].x - x, 4), points[place.y_of].y) for place in wire.stations)
                yield wire.bend, wire.out, wire.into, wire.marks, wire.labels[1] and wire.labels[1].side


class _Copier:
    """Makes the picture of a whole figure from the columns of a short one; `steps` are those at gaps."""

    def __init__(self, columns: _Columns, short: Short, steps: Sequence[float], names: Names) -> None:
        self.columns, self.points = columns, columns.picture.points
        self.short, self.given = short, names
        self.names = [[names.tensor(factor) for factor in row] for row in short.rows]
        self.like: list[int] = []  # for every column, the one of the short figure that it is or looks like
        self.shifts: list[float] = []  # and how far from that it stands
        shift, step_at = 0.0, dict(zip(short.gaps, steps, strict=True))
        for number, (one, other) in enumerate(pairwise((*short.kept, short.kept[-1] + 1))):
            self.like += [number] * (other - one)
            self.shifts += [shift + copy * step_at.get(number, 0.0) for copy in range(other - one)]
            shift += (other - one - 1) * step_at.get(number, 0.0)

    def picture(self) -> Picture:
        """Return the whole picture: its points, nodes and wires in the order in which these are laid out."""
        found = self.columns.picture
        nodes: list[Node] = []
        joins: list[Wire] = []
        legs: list[Wire] = []
        points = {AXIS: found.points[AXIS]}
        tips: dict[str, Point] = {}
        for row, factors in enumerate(self.short.rows):
            for column, factor in enumerate(factors):
                model = found.nodes[row * self.columns.count + self.like[column]]
                name = self.names[row][column]
                nodes.append(self._node(model, factor, name))
                points[name] = self._moved(model.name, column)
                for wire in self.columns.wires[model.name]:
                    if wire.ends[1] is None:
                        leg = self._leg(wire, factor, name)
                        legs.append(leg)
                        tips[leg.stations[-1].x_of] = self._moved(wire.stations[-1].x_of, column, name)
                    elif not wire.is_loop and wire.ends[0] and wire.ends[0][0] == model.name:
                        joins.append(self._join(wire, factor, column))
        points |= tips
        loops = [self._loop(wire, points) for wire in found.wires if wire.is_loop]
        return replace(found, points=points, nodes=tuple(nodes), wires=(*joins, *legs, *loops))

    def _moved(self, name: str, column: int, anchor: str = "") -> Point:
        x, y, _ = self.points[name]
        return Point(round(x + self.shifts[column], 4), y, anchor)

    def _there(self, name: str, column: int) -> str:
        """Return the name of what a tensor in a column is joined to, given that of the tensor that looks like it."""
        row, place = self.columns.places[name]
        steps = place - self.like[column]
        return self.names[row][column + steps if abs(steps) < 2 else self.short.kept[place]]

    def _node(self, model: Node, factor: Factor, name: str) -> Node:
        marks = model.label.removeprefix(_plain(self.short.whole, model.source))
        label = _plain(self.short.whole, factor.tensor) + marks
        told = stands_for(factor, range(len(factor.legs)))
        return replace(model, name=name, source=factor.tensor, stands_for=told, label=label)

    def _join(self, wire: Wire, factor: Factor, column: int, named: Mapping[str, str] = NOTHING) -> Wire:
        """Return a wire of a tensor in a column to another one; `named` are the corners of a loop."""
        ends = tuple((self._there(end[0], column), end[1]) for end in wire.ends if end)
        names = {name: named.get(name) or self._there(name, column) for place in wire.stations for name in place}
        places = tuple(Station(names[place.y_of], names[place.x_of]) for place in wire.stations)
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
        """Return a loop, between columns that remain, and add the points of its corners."""
        first, last = (end for end in wire.ends if end)
        row, place = self.columns.places[first[0]]
        column = self.short.kept[place]
        factor = self.short.rows[row][column]
        about = zip((first, last), wire.called, strict=True)
        ends = frozenset(f"{self._there(end[0], column)}.{called}" for end, called in about)
        corner = self.given.named("loop", f"loop--{coordinate(str(factor.legs[first[1]]))}", ends)
        old = dict.fromkeys(name for place in wire.stations for name in place if name not in self.columns.places)
        named = dict(zip(old, (corner, self.given.tip(f"{corner}--end")), strict=True))
        for before, name in named.items():
            anchor = self.points[before].anchor
            there = self.short.kept[self.columns.places[anchor][1]]
            points[name] = self._moved(before, there, self._there(anchor, column))
        return self._join(wire, factor, column, named)


def _plain(figure: Figure, source: str) -> str:
    """Return the label of a tensor without marks."""
    return figure.tensors[source].label or latex(source)
