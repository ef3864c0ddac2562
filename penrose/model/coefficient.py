"""Scalars in front of products: what of a term is a number, and what is a tensor."""

from __future__ import annotations

from collections.abc import Container

from penrose.model import scalar
from penrose.model.unroll import Divided
from penrose.syntax import tree


def split(node: tree.Term, dimensions: Container[str]) -> tuple[scalar.Scalar | None, list[Divided]]:
    """Split a term into its scalar coefficient, if it has one, and its tensors."""
    factors: list[Divided] = []
    scalars: list[scalar.Scalar] = []
    inverse: list[bool] = []
    for factor, divides in zip(node.factors, node.inverse, strict=True):
        value = scalar_of(factor, dimensions)
        if value is not None:
            scalars.append(value)
            inverse.append(divides)
        else:
            factors.append((factor, divides))
    if len(scalars) == 1 and not inverse[0]:
        return scalars[0], factors
    return (scalar.Product(tuple(scalars), tuple(inverse)) if scalars else None), factors


def scalar_of(node: tree.Factor, dimensions: Container[str]) -> scalar.Scalar | None:
    """Return a factor as a scalar, or None if there is a tensor in it."""
    match node:
        case tree.Number():
            return scalar.Number(node.text)
        case tree.Access(key="", suffix=None, bracket=None) if node.name.text in dimensions:
            return scalar.Size(node.name.text)
        case tree.Power():
            base, exponent = scalar_of(node.base, dimensions), scalar_of(node.exponent, dimensions)
            return scalar.Power(base, exponent) if base and exponent else None
        case tree.Application(
            access=tree.Access(name=tree.Name(text=name), key="", suffix=None, bracket=None),
            arguments=(tree.Argument(expression=argument, legs=None, opened=False),),
        ) if name in scalar.FUNCTIONS:
            inside = _sum(argument, dimensions)
            return scalar.Call(name, inside) if inside else None
        case tree.Parenthesis() if node.legs is None:
            return _sum(node.expression, dimensions)
    return None


def _sum(node: tree.Expression, dimensions: Container[str]) -> scalar.Scalar | None:
    terms = []
    for term in node.terms:
        value, factors = split(term, dimensions)
        if factors or value is None or term.caption:
            return None
        terms.append(value)
    if len(terms) == 1 and not node.terms[0].negative:
        return terms[0]
    return scalar.Sum(tuple(terms), tuple(term.negative for term in node.terms))
