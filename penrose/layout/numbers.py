"""Functions of numbers, such as 1/N, as plain mathematics in front of what they multiply."""

from __future__ import annotations

from collections.abc import Iterable

from penrose.data import replace
from penrose.model import scalar
from penrose.model.document import Figure
from penrose.model.expression import Apply, Expression, Factor, Product, Sum


def with_plain_numbers(product: Product, figure: Figure) -> Product:
    """Return a product with its tensors without legs in its coefficient, if there are functions or sums of such.

    The tensors are not drawn then, so that those which hints are about, or which have a style, stay.
    """
    numbers = [number(factor, figure) for factor in product.factors]
    found = [one for one in numbers if one is not None]
    if all(isinstance(one, scalar.Value) for one in found):
        return product
    left = tuple(factor for factor, one in zip(product.factors, numbers, strict=True) if one is None)
    return replace(product, coefficient=_times(product.coefficient, *found), factors=left)


def number(expression: Expression, figure: Figure) -> scalar.Scalar | None:
    """Return what is made of tensors without legs as a scalar, None if anything else is in it."""
    match expression:
        case Factor():
            plain = not (expression.legs or expression.conjugated or expression.inverse or expression.key)
            kept = id(expression) in figure.hinted or expression.tensor in figure.styles
            return scalar.Value(expression.tensor) if plain and not kept else None
        case Product():
            factors = _all(number(factor, figure) for factor in expression.factors)
            return None if factors is None else _times(expression.coefficient, *factors)
        case Sum():
            terms = _all(number(term.product, figure) for term in expression.terms)
            negative = tuple(term.negative for term in expression.terms)
            if terms is None or any(term.caption for term in expression.terms):
                return None
            return terms[0] if negative == (False,) else scalar.Sum(terms, negative)
        case Apply():
            return _applied(expression, figure)
    return None


def _applied(body: Apply, figure: Figure) -> scalar.Scalar | None:
    argument = number(body.arguments[0], figure) if len(body.arguments) == 1 and not body.axes else None
    if argument is None:
        return None
    if body.function == "recip":
        return scalar.Product((argument,), (True,))
    if body.function == "power" and body.exponent is not None:
        return scalar.Power(argument, body.exponent)
    return scalar.Call(body.function, argument) if body.function in scalar.FUNCTIONS else None


def _all(found: Iterable[scalar.Scalar | None]) -> tuple[scalar.Scalar, ...] | None:
    """Return scalars, None if one of them is none."""
    several = tuple(found)
    known = tuple(one for one in several if one is not None)
    return known if len(known) == len(several) else None


def _times(*factors: scalar.Scalar | None) -> scalar.Scalar:
    """Return a product, with what divides in one fraction, without a one in front."""
    pairs: list[tuple[scalar.Scalar, bool]] = []
    for factor in factors:
        if isinstance(factor, scalar.Product):
            pairs += zip(factor.factors, factor.inverse, strict=True)
        elif factor is not None and factor != scalar.Number("1"):
            pairs.append((factor, False))
    if not pairs:
        return scalar.Number("1")
    if len(pairs) == 1 and not pairs[0][1]:
        return pairs[0][0]
    return scalar.Product(tuple(factor for factor, _ in pairs), tuple(divides for _, divides in pairs))
