"""A product as a network: what is drawn, before it stands anywhere.

Vertices are tensors, dots (copy tensors and hyperedges) and parenthesised sums; wires join two ends
each, an end being a slot of a vertex or the tip of a free leg. Identities have become wires.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from penrose.model import scalar
from penrose.model.expression import Factor, Product, Sum
from penrose.model.index import Index
from penrose.model.tensor import DELTA


@dataclass(frozen=True, eq=False)
class Vertex:
    """What wires end on. `legs` has the index of every slot; a dot's slots are in no order."""

    kind: Literal["tensor", "dot", "sum"]
    legs: tuple[Index, ...]
    factor: Factor | None = None
    body: Sum | None = None


@dataclass(frozen=True)
class Port:
    """The end of a wire at a slot of a vertex, both counted from 0."""

    vertex: int
    slot: int


@dataclass(frozen=True)
class Tip:
    """The end of a wire that is a free leg."""

    index: Index


@dataclass(frozen=True)
class Wire:
    """A wire with two ends, or none if it is a closed ring."""

    index: Index
    ends: tuple[Port | Tip, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """One term of a picture."""

    coefficient: scalar.Scalar | None
    vertices: tuple[Vertex, ...]
    wires: tuple[Wire, ...]


def network(product: Product) -> Network:
    """Return the network of a product."""
    coefficients: list[scalar.Scalar] = []
    vertices: list[Vertex] = []
    identities: list[tuple[Index, Index]] = []
    for piece in _pieces(product, coefficients):
        match piece:
            case Factor(tensor="delta", indices=(first, second)):
                identities.append((first, second))
            case Factor(tensor="one"):
                vertices += [Vertex("dot", (index,)) for index in piece.indices]
            case Factor():
                kind: Literal["tensor", "dot"] = "dot" if piece.tensor == DELTA else "tensor"
                vertices.append(Vertex(kind, piece.indices, factor=piece))
            case Sum():
                vertices.append(Vertex("sum", piece.free, body=piece))
    return Network(_product(coefficients), *_wire(vertices, identities, product.free))


def _pieces(product: Product, coefficients: list[scalar.Scalar]) -> Iterator[Factor | Sum]:
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


def _wire(
    vertices: list[Vertex], identities: list[tuple[Index, Index]], free: tuple[Index, ...]
) -> tuple[tuple[Vertex, ...], tuple[Wire, ...]]:
    """Join the ends that carry one index, or indices that an identity makes one; more than two by a dot."""
    ends = _nets(vertices, identities, free)
    dots: list[Vertex] = []
    wires: list[Wire] = []
    for index, net in ends.items():
        if len(net) in (0, 2):
            wires.append(Wire(index, tuple(net)))
            continue
        dot = len(vertices) + len(dots)
        dots.append(Vertex("dot", (index,) * len(net)))
        wires += [
            Wire(end.index if isinstance(end, Tip) else index, (end, Port(dot, slot))) for slot, end in enumerate(net)
        ]
    return (*vertices, *dots), tuple(wires)


def _nets(
    vertices: list[Vertex], identities: list[tuple[Index, Index]], free: tuple[Index, ...]
) -> dict[Index, list[Port | Tip]]:
    root: dict[Index, Index] = {}

    def find(index: Index) -> Index:
        while index in root:
            index = root[index]
        return index

    for one, other in identities:
        first, second = find(one), find(other)
        if first != second:
            root[second] = first
    nets: dict[Index, list[Port | Tip]] = {find(one): [] for one, _ in identities}
    for number, vertex in enumerate(vertices):
        for slot, index in enumerate(vertex.legs):
            nets.setdefault(find(index), []).append(Port(number, slot))
    for index in free:
        nets[find(index)].append(Tip(index))
    return nets
