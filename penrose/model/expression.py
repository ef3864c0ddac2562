"""Resolved expressions: every index knows where it is summed.

Nodes are compared by identity; nothing walks a shared tree to compare or hash it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from penrose.model.index import Index
from penrose.model.scalar import Scalar
from penrose.source import Span


@dataclass(frozen=True, eq=False)
class Factor:
    """One occurrence of a tensor.

    `indices` has the index of every slot, in slot order, and `places` where each was written.
    `transposed` says that it was written as `A.T`, with its two legs in the other order; `key` is
    the author's name for this occurrence.
    """

    tensor: str
    indices: tuple[Index, ...]
    conjugated: bool
    transposed: bool
    key: str
    places: tuple[Span, ...]
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices that it carries, in order."""
        return tuple(dict.fromkeys(self.indices))


@dataclass(frozen=True, eq=False)
class Product:
    """A product of factors with a scalar coefficient, summed over `summed`."""

    coefficient: Scalar | None
    factors: tuple[Expression, ...]
    summed: tuple[Index, ...]
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices of its factors that it does not sum, in order."""
        mentioned = dict.fromkeys(index for factor in self.factors for index in factor.free)
        summed = frozenset(self.summed)
        return tuple(index for index in mentioned if index not in summed)


@dataclass(frozen=True, eq=False)
class Term:
    """A term of a sum, with its sign and caption."""

    negative: bool
    product: Product
    caption: str


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum of one term or more; all terms have the same free indices."""

    terms: tuple[Term, ...]
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices of its terms, which all have the same."""
        return self.terms[0].product.free


Expression = Factor | Product | Sum


def factors_of(expression: Expression) -> Iterator[Factor]:
    """Yield every tensor occurrence in reading order."""
    match expression:
        case Factor():
            yield expression
        case Product():
            for factor in expression.factors:
                yield from factors_of(factor)
        case Sum():
            for term in expression.terms:
                yield from factors_of(term.product)
