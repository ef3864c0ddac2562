"""Scalar coefficients: numbers, sizes of dimensions, and functions of them, as they were written."""

from __future__ import annotations

import re

from penrose.data import Equatable


class Number(Equatable):
    """A nonnegative number, as it was written."""

    text: str


class Size(Equatable):
    """The size of a named dimension."""

    dimension: str


class Value(Equatable):
    """The value of a tensor without legs."""

    tensor: str


class Call(Equatable):
    """A function of a scalar."""

    function: str
    argument: Scalar


class Power(Equatable):
    """`base ^ exponent`."""

    base: Scalar
    exponent: Scalar


class Product(Equatable):
    """A product; `inverse[n]` says that factor n divides."""

    factors: tuple[Scalar, ...]
    inverse: tuple[bool, ...]


class Sum(Equatable):
    """A sum; `negative[n]` says that term n is subtracted."""

    terms: tuple[Scalar, ...]
    negative: tuple[bool, ...]


Scalar = Number | Size | Value | Call | Power | Product | Sum

_NAME = re.compile(r"[^\W\d]\w*'*(\[\])?$")  # at the end of a text
FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tanh", "abs")


def text(value: Scalar) -> str:
    """Return a scalar as it is written in a program, with [] behind tensors, to tell these from dimensions."""
    match value:
        case Number():
            return value.text
        case Size():
            return value.dimension
        case Value():
            return f"{value.tensor}[]"
        case Call():
            return f"{value.function}({text(value.argument)})"
        case Power():
            return f"{_factor_text(value.base)}^{_factor_text(value.exponent)}"
        case Product():
            pieces = [_factor_text(factor) for factor in value.factors]
            found = f"1/{pieces[0]}" if value.inverse[0] else pieces[0]
            for divides, piece in zip(value.inverse[1:], pieces[1:], strict=True):
                called = piece.startswith("(") and _NAME.search(found)  # it would be that of a function
                found += ("/" if divides else " * " if called else " ") + piece
            return found
        case Sum():
            signs = [" - " if negative else " + " for negative in value.negative]
            joined = "".join(sign + text(term) for sign, term in zip(signs, value.terms, strict=True))
            return joined.removeprefix(" + ").strip()


def _factor_text(value: Scalar) -> str:
    return f"({text(value)})" if isinstance(value, Sum | Product) else text(value)
