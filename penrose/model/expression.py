"""Resolved expressions: every index knows where it is summed.

Nodes are compared by identity; nothing walks a shared tree to compare or hash it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from penrose.data import Data
from penrose.model.index import Index, Leg, flat
from penrose.model.scalar import Scalar
from penrose.source import Span

Inverse = Literal["", "inv", "pinv"]


class Factor(Data):
    """One occurrence of a tensor.

    `legs` has what every slot carries, in slot order. `transposed` says that it was written as `A.T`, with
    its two legs in the other order; `inverse` that it is the inverse of its tensor, whose legs these are.
    `places` has where the indices stand, `key` is the author's name for this occurrence.
    """

    tensor: str
    legs: tuple[Leg, ...]
    conjugated: bool
    transposed: bool
    inverse: Inverse
    key: str
    places: tuple[Span, ...]
    span: Span

    @cached_property
    def indices(self) -> tuple[Index, ...]:
        """The indices in its slots, those of groups one by one."""
        return flat(self.legs)

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices that it carries, in order, each once."""
        return tuple(dict.fromkeys(self.indices))


class Dots(Data):
    """What a repetition with a symbolic end leaves out: bonds that go in on the left and out on the right."""

    left: tuple[Index, ...]
    right: tuple[Index, ...]
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """Its bonds."""
        return (*self.left, *self.right)


class Product(Data):
    """A product of factors with a scalar coefficient, summed over `summed`."""

    coefficient: Scalar | None
    factors: tuple[Expression, ...]
    summed: tuple[Index, ...]
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices of its factors that it does not sum, in order."""
        return _without(self.summed, self.factors)


class Term(Data):
    """A term of a sum, with its sign and caption."""

    negative: bool
    product: Product
    caption: str


class Sum(Data):
    """A sum of one term or more; all terms have the same free indices."""

    terms: tuple[Term, ...]
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices of its terms, which all have the same."""
        return self.terms[0].product.free


class Apply(Data):
    """A function of its arguments, elementwise or along `axes`; legs broadcast by index.

    `consumed` says that the axes are gone from the result. `exponent` is that of the function `power`.
    """

    function: str
    axes: tuple[Index, ...]
    consumed: bool
    arguments: tuple[Sum, ...]
    exponent: Scalar | None
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices of its arguments, without the axes that it consumes."""
        return _without(self.axes if self.consumed else (), self.arguments)


class Limit(Data):
    """The range of a drawn sum: all of an index, or from one end to the other, as written."""

    index: Index
    first: str = ""
    last: str = ""


class Total(Data):
    """A sum that is drawn: Σ over some indices, which are subscripts in its body."""

    limits: tuple[Limit, ...]
    body: Sum
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The indices of its body that it does not sum."""
        return _without([limit.index for limit in self.limits], [self.body])


class Regroup(Data):
    """An expression whose legs are listed, perhaps in groups that are drawn as one."""

    body: Sum
    legs: tuple[Leg, ...]
    span: Span

    @cached_property
    def free(self) -> tuple[Index, ...]:
        """The listed indices."""
        return flat(self.legs)


Expression = Factor | Dots | Product | Sum | Apply | Total | Regroup


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the parts of an expression, in reading order."""
    match expression:
        case Factor() | Dots():
            return ()
        case Product():
            return expression.factors
        case Sum():
            return tuple(term.product for term in expression.terms)
        case Apply():
            return expression.arguments
        case Total() | Regroup():
            return (expression.body,)


def parts_of(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and everything in it, in reading order."""
    stack: list[Expression] = [expression]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def factors_of(expression: Expression) -> Iterator[Factor]:
    """Yield every tensor occurrence in reading order."""
    return (part for part in parts_of(expression) if isinstance(part, Factor))


def _without(gone: Iterable[Index], parts: Iterable[Expression]) -> tuple[Index, ...]:
    away = frozenset(gone)
    mentioned = dict.fromkeys(index for part in parts for index in part.free)
    return tuple(index for index in mentioned if index not in away)
