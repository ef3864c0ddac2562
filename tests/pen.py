"""Programs in one line, and an evaluator that shares nothing with the compiler but the resolved expression."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product as every
from math import prod

import numpy as np

from penrose.errors import PenroseError
from penrose.layout.compose import lay_out
from penrose.layout.scene import Scene
from penrose.model.document import Document, Figure
from penrose.model.expression import Apply, Expression, Factor, Product, Regroup, Sum, Total, factors_of
from penrose.model.index import Group, Index, Pin, flat
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


def hard(found: Mapping[str, float]) -> dict[str, float]:
    """Return the hard faults among the metrics of a picture."""
    return {metric: value for metric, value in found.items() if metric.startswith("H") and value}


def codes(text: str) -> list[str]:
    """Return the codes of the diagnostics of a program."""
    try:
        understand(text)
    except PenroseError as error:
        return [one.code for one in error.diagnostics]
    return []


# ---------------------------------------------------------------- values, by loops over all indices

Values = dict[str, np.ndarray]

FUNCTIONS = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "recip": lambda x: 1 / x,
    "relu": lambda x: np.where(x.real > 0, x, 0), "σ": lambda x: np.tanh(x) + 0.1 * x,
}  # fmt: skip


def sizes_of(expression: Expression, values: Values, found: dict[Index, int]) -> dict[Index, int]:
    products = []
    for factor in factors_of(expression):
        for slot, leg in enumerate(factor.legs if factor.tensor in values else ()):
            size = values[factor.tensor].shape[slot]
            if isinstance(leg, Index):
                assert found.setdefault(leg, size) == size
            elif isinstance(leg, Group):
                products.append((leg, size))
    for group, size in products:
        assert np.prod([found[index] for index in group.indices]) == size
    return found


def evaluate(
    expression: Expression, legs: tuple[Index, ...], values: Values, sizes: dict[Index, int] | None = None
) -> np.ndarray:
    """Return the value of an expression, by plain loops."""
    sizes = sizes_of(expression, values, dict(sizes or {}))
    legs = flat(legs)
    result = np.zeros([sizes[leg] for leg in legs], dtype=complex)
    for place in every(*(range(sizes[leg]) for leg in legs)):
        result[place] = _entry(expression, dict(zip(legs, place, strict=True)), sizes, values)
    return result


def _entry(node: Expression, at: dict[Index, int], sizes: dict[Index, int], values: Values) -> complex:
    match node:
        case Factor(tensor="delta"):
            return float(len({_place(leg, at, sizes) for leg in node.legs}) == 1)
        case Factor(tensor="one"):
            return 1.0
        case Factor(tensor="causal"):
            row, column = (_place(leg, at, sizes) for leg in node.legs)
            return float(column <= row)
        case Factor(tensor="shift"):
            row, column = (_place(leg, at, sizes) for leg in node.legs)
            return float(row == column + 1)
        case Factor():
            entry = values[node.tensor][tuple(_place(leg, at, sizes) for leg in node.legs)]
            return np.conj(entry) if node.conjugated else entry
        case Product():
            total = 0.0
            for place in every(*(range(sizes[index]) for index in node.summed)):
                here = at | dict(zip(node.summed, place, strict=True))
                total += prod(_entry(factor, here, sizes, values) for factor in node.factors)
            return total * (_number(node.coefficient) if node.coefficient else 1.0)
        case Sum():
            return sum((-1 if term.negative else 1) * _entry(term.product, at, sizes, values) for term in node.terms)
        case Regroup():
            return _entry(node.body, at, sizes, values)
        case Total():
            indices = [limit.index for limit in node.limits]
            ranges = [
                range(int(limit.first or 0), int(limit.last) + 1 if limit.last else sizes[limit.index])
                for limit in node.limits
            ]
            return sum(
                _entry(node.body, at | dict(zip(indices, p, strict=True)), sizes, values) for p in every(*ranges)
            )
        case Apply(function="power"):
            return _entry(node.arguments[0], at, sizes, values) ** _number(node.exponent)
        case Apply(function="softmax" | "logsumexp" as name):
            (axis,) = node.axes
            places = range(sizes[axis])
            entries = np.exp([_entry(node.arguments[0], at | {axis: place}, sizes, values) for place in places])
            mask = (
                [_entry(node.arguments[1], at | {axis: p}, sizes, values) for p in places] if node.arguments[1:] else 1
            )
            return (
                np.log((entries * mask).sum())
                if name == "logsumexp"
                else (entries * mask)[at[axis]] / (entries * mask).sum()
            )
        case Apply():
            return FUNCTIONS[node.function](_entry(node.arguments[0], at, sizes, values))
    raise AssertionError(node)


def _place(leg: object, at: dict[Index, int], sizes: dict[Index, int]) -> int:
    match leg:
        case Index():
            return at[leg]
        case Pin():
            return leg.offset
        case Group():
            place = 0
            for index in leg.indices:
                place = place * sizes[index] + at[index]
            return place
    raise AssertionError(leg)


def _number(value: object) -> float:
    from penrose.model import scalar

    return float(eval(scalar.text(value).replace("^", "**"), {"sqrt": np.sqrt}))  # type: ignore[arg-type]
