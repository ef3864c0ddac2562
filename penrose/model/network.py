"""A product as a network: what is drawn, before it stands anywhere.

Vertices are what wires end on; wires join two ends each, an end being a slot of a vertex, the tip of a
free leg, or a pin. Identities have become wires.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from penrose.data import Data, Equatable
from penrose.model import scalar
from penrose.model.expression import Apply, Dots, Expression, Factor, Product, Regroup, Sum, Total
from penrose.model.index import Group, Index, Leg, Pin, flat

T = TypeVar("T")

Kind = Literal["tensor", "dot", "sum", "bubble", "fuse", "dots"]


class Vertex(Data):
    """What wires end on: a tensor, a copy dot, a parenthesised sum, a bubble, a bar that fuses legs, or dots.

    `legs` has what every slot carries; those of dots are in no order, and the last of a bar is the thick
    one. `slots` numbers them as the tensor does: legs that are subscripts are left out, and stand in
    `subscripts`.
    """

    kind: Kind
    legs: tuple[Leg, ...]
    slots: tuple[int, ...]
    factor: Factor | None = None
    body: Sum | Apply | Total | Regroup | None = None
    subscripts: tuple[str, ...] = ()


class Port(NamedTuple):
    """The end of a wire at a slot of a vertex, both counted from 0."""

    vertex: int
    slot: int


class Tip(Equatable):
    """The end of a wire that is a free leg."""

    leg: Index | Group


class Stop(Equatable):
    """The end of a wire that is pinned."""

    pin: Pin


End = Port | Tip | Stop


class Wire(Equatable):
    """A wire with two ends, or none if it is a closed ring; a thick one carries a group."""

    leg: Leg
    ends: tuple[End, ...]


class Network(Data):
    """One term of a picture."""

    coefficient: scalar.Scalar | None
    vertices: tuple[Vertex, ...]
    wires: tuple[Wire, ...]


def network(product: Product, legs: Sequence[Leg], hidden: frozenset[Index] = frozenset()) -> Network:
    """Return the network of a product.

    `legs` are its free legs, perhaps in groups; `hidden` are the indices of sums around it, which are
    subscripts and no wires.
    """
    builder = _Builder(hidden)
    for piece in _pieces(product, builder.coefficients):
        builder.add(piece)
    free = {index for index in product.free if index not in hidden}
    builder.end_free(legs, free)
    wires = tuple(builder.wires())
    return Network(_product(builder.coefficients), tuple(builder.vertices), wires)


def _pieces(product: Product, coefficients: list[scalar.Scalar]) -> Iterator[Expression]:
    """Yield what is drawn of a product, with the products in its parentheses opened."""
    if product.coefficient is not None:
        coefficients.append(product.coefficient)
    for factor in product.factors:
        if isinstance(factor, Product):
            yield from _pieces(factor, coefficients)
        else:
            yield factor


def _product(coefficients: list[scalar.Scalar]) -> scalar.Scalar | None:
    if len(coefficients) < 2:
        return coefficients[0] if coefficients else None
    return scalar.Product(tuple(coefficients), (False,) * len(coefficients))


Net = tuple[Index, int]  # an index, and the part with legs of its own that it is in


@dataclass
class _Builder:
    """Collects vertices, and the ends that carry each index or group."""

    hidden: frozenset[Index]
    coefficients: list[scalar.Scalar] = field(default_factory=list)
    vertices: list[Vertex] = field(default_factory=list)
    identities: list[tuple[Net, Net]] = field(default_factory=list)
    pinned: list[tuple[Port, Pin]] = field(default_factory=list)
    groups: dict[tuple[Index, ...], list[End]] = field(default_factory=dict)
    thick_identities: list[tuple[tuple[Index, ...], tuple[Index, ...]]] = field(default_factory=list)
    thin: list[tuple[Net, End]] = field(default_factory=list)
    inside: int = 0  # the number of the part with legs of its own that is being added, 0 outside of all
    regrouped: int = 0

    def add(self, piece: Expression) -> None:
        """Add a factor."""
        match piece:
            case Factor(tensor="delta" | "one") if set(piece.indices) & self.hidden:
                self._vertex("tensor", piece.legs, factor=piece)
            case Factor(tensor="delta", legs=(Index() as first, Index() as second)):
                self.identities.append(((first, self.inside), (second, self.inside)))
            case Factor(tensor="delta", legs=(Group() as first, Group() as second)):
                self.thick_identities.append((first.indices, second.indices))
            case Factor(tensor="one"):
                for index in piece.indices:
                    self._vertex("dot", (index,))
            case Factor():
                self._vertex("dot" if piece.tensor == "delta" else "tensor", piece.legs, factor=piece)
            case Dots():
                self._vertex("dots", piece.free)
            case Apply():
                self._vertex("bubble", piece.free, body=piece)
            case Sum() | Total():
                self._vertex("sum", piece.free, body=piece)
            case Regroup() if len(piece.body.terms) > 1 or piece.body.terms[0].negative:
                self._vertex("sum", piece.legs, body=piece)
            case Regroup():
                self._regroup(piece)
            case Product():
                raise AssertionError("products are opened")

    def _regroup(self, piece: Regroup) -> None:
        """Add the factors of a part whose legs are listed: its indices are its own, joined to those outside."""
        outside = self.inside
        self.regrouped += 1
        self.inside = inside = self.regrouped
        for factor in _pieces(piece.body.terms[0].product, self.coefficients):
            self.add(factor)
        self.inside = outside
        for leg in piece.legs:
            if isinstance(leg, Index):
                self.identities.append(((leg, outside), (leg, inside)))
            elif isinstance(leg, Group):
                thick = self._bar(leg, inside)
                self._end(leg, thick)

    def _bar(self, group: Group, inside: int) -> Port:
        """Add a bar that fuses the indices of a group; return its thick end."""
        bar = len(self.vertices)
        count = len(group.indices)
        self.vertices.append(Vertex("fuse", (*group.indices, group), tuple(range(count + 1))))
        self.thin += [((index, inside), Port(bar, slot)) for slot, index in enumerate(group.indices)]
        return Port(bar, count)

    def _vertex(
        self,
        kind: Kind,
        legs: Sequence[Leg],
        factor: Factor | None = None,
        body: Sum | Apply | Total | Regroup | None = None,
    ) -> None:
        slots = [slot for slot, leg in enumerate(legs) if leg not in self.hidden]
        subscripts = tuple(str(leg) for leg in legs if leg in self.hidden) if len(slots) < len(legs) else ()
        number = len(self.vertices)
        shown = tuple(legs[slot] for slot in slots)
        self.vertices.append(Vertex(kind, shown, tuple(slots), factor, body, subscripts))
        for position, leg in enumerate(shown):
            self._end(leg, Port(number, position))

    def _end(self, leg: Leg, end: Port | Tip) -> None:
        match leg:
            case Index():
                self.thin.append(((leg, self.inside), end))
            case Group():
                self.groups.setdefault(leg.indices, []).append(end)
            case Pin():
                assert isinstance(end, Port)
                self.pinned.append((end, leg))

    def end_free(self, legs: Iterable[Leg], free: set[Index]) -> None:
        """Add the tips of the free legs."""
        for leg in legs:
            if isinstance(leg, Index | Group) and set(flat([leg])) <= free:
                self._end(leg, Tip(leg))
                free -= set(flat([leg]))
        for index in sorted(free, key=lambda index: (index.name, index.number)):
            self._end(index, Tip(index))

    def wires(self) -> Iterator[Wire]:
        """Yield the wires; adds the dots of hyperedges and the bars of groups."""
        thin = {index for (index, inside), _ in self.thin if inside == 0}
        bars: list[Wire] = []
        yield from self._joined_groups()
        for indices, ends in self.groups.items():
            group = Group(indices)
            if len(ends) == 2 and not thin & set(indices):
                yield Wire(group, tuple(ends))
            else:
                bars += [Wire(group, (self._bar(group, 0), end)) for end in ends]
        yield from bars
        for port, pin in self.pinned:
            yield Wire(pin, (port, Stop(pin)))
        yield from self._thin_wires()

    def _joined_groups(self) -> Iterator[Wire]:
        """Join groups that an identity makes one; yield the rings of identities that are traced."""
        root: dict[tuple[Index, ...], tuple[Index, ...]] = {}
        for one, other in self.thick_identities:
            first, second = _root(root, one), _root(root, other)
            if first == second:
                yield Wire(Group(first), ())
                continue
            root[second] = first
            self.groups[first] = self.groups.get(first, []) + self.groups.pop(second, [])

    def _thin_wires(self) -> Iterator[Wire]:
        """Join the ends that carry one index, or indices that an identity makes one; more than two by a dot."""
        for (index, _), net in self._nets().items():
            if len(net) in (0, 2):
                yield Wire(index, tuple(net))
                continue
            dot = len(self.vertices)
            self.vertices.append(Vertex("dot", (index,) * len(net), tuple(range(len(net)))))
            for slot, end in enumerate(net):
                yield Wire(end.leg if isinstance(end, Tip) else index, (end, Port(dot, slot)))

    def _nets(self) -> dict[Net, list[End]]:
        root: dict[Net, Net] = {}
        for one, other in self.identities:
            first, second = _root(root, one), _root(root, other)
            if first != second:
                root[second] = first
        nets: dict[Net, list[End]] = {_root(root, one): [] for one, _ in self.identities}
        for net, end in self.thin:
            nets.setdefault(_root(root, net), []).append(end)
        return nets


def _root(root: Mapping[T, T], one: T) -> T:
    """Return what stands for the class that something is in."""
    while one in root:
        one = root[one]
    return one
