"""Programs in one line, and an evaluator that shares nothing with the compiler but the resolved expression."""

from __future__ import annotations

from itertools import product as every
from math import prod

import numpy as np

from penrose.errors import PenroseError
from penrose.layout.compose import lay_out
from penrose.layout.scene import Scene
from penrose.model.document import Document, Figure
from penrose.model.expression import Expression, Factor, Product, Sum
from penrose.model.index import Index
from penrose.model.resolve import resolve
from penrose.source import Source
from penrose.syntax.parse import parse


def understand(text: str) -> Document:
    source = Source("test.pen", text)
    return resolve(parse(source), source)


def figure(text: str) -> Figure:
    (only,) = understand(text).figures
    return only


def scene(text: str) -> Scene:
    return lay_out(figure(text))


def codes(text: str) -> list[str]:
    """Return the codes of the diagnostics of a program."""
    try:
        understand(text)
    except PenroseError as error:
        return [one.code for one in error.diagnostics]
    return []


# ---------------------------------------------------------------- values, by loops over all indices

Values = dict[str, np.ndarray]


def sizes_of(expression: Expression, values: Values, found: dict[Index, int]) -> dict[Index, int]:
    match expression:
        case Factor():
            if expression.tensor in values:
                for index, size in zip(expression.indices, values[expression.tensor].shape, strict=True):
                    assert found.setdefault(index, size) == size
        case Product():
            for factor in expression.factors:
                sizes_of(factor, values, found)
        case Sum():
            for term in expression.terms:
                sizes_of(term.product, values, found)
    return found


def evaluate(expression: Expression, legs: tuple[Index, ...], values: Values) -> np.ndarray:
    """Return the value of an expression, by plain loops."""
    sizes = sizes_of(expression, values, {})
    result = np.zeros([sizes[leg] for leg in legs], dtype=complex)
    for place in every(*(range(sizes[leg]) for leg in legs)):
        result[place] = _entry(expression, dict(zip(legs, place, strict=True)), sizes, values)
    return result


def _entry(node: Expression, at: dict[Index, int], sizes: dict[Index, int], values: Values) -> complex:
    match node:
        case Factor(tensor="delta"):
            return float(len({at[index] for index in node.indices}) == 1)
        case Factor(tensor="one"):
            return 1.0
        case Factor():
            entry = values[node.tensor][tuple(at[index] for index in node.indices)]
            return np.conj(entry) if node.conjugated else entry
        case Product():
            total = 0.0
            for place in every(*(range(sizes[index]) for index in node.summed)):
                here = at | dict(zip(node.summed, place, strict=True))
                total += prod(_entry(factor, here, sizes, values) for factor in node.factors)
            return total * (_number(node.coefficient) if node.coefficient else 1.0)
        case Sum():
            return sum((-1 if term.negative else 1) * _entry(term.product, at, sizes, values) for term in node.terms)


def _number(value: object) -> float:
    from penrose.model import scalar

    return float(eval(scalar.text(value).replace("^", "**"), {"sqrt": np.sqrt}))  # type: ignore[arg-type]
