"""The index formula of a panel, as LaTeX or as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penrose.model import scalar
from penrose.model.document import Panel
from penrose.model.expression import Expression, Factor, Product, Sum
from penrose.model.index import Index
from penrose.model.notation import latex, latex_scalar

RELATIONS = {"=": "=", "!=": "\\neq", "~=": "\\approx", "->": "\\to", "<=": "\\leq", ">=": "\\geq"}
Names = Mapping[Index, str]


def formula(chain: Sequence[Panel], as_text: bool = False) -> str:
    """Return the formula of a chain of panels. A summed index never has the name of another one in sight."""
    names = {index: index.name for panel in chain for index in panel.legs}
    notation = _Text() if as_text else _Latex()
    return " ".join(
        (f"{panel.relation if as_text else RELATIONS[panel.relation]} " if panel.relation else "")
        + _sum(panel.expression, names, notation)
        for panel in chain
    )


def _sum(expression: Sum, names: Names, notation: _Latex | _Text) -> str:
    text = ""
    for number, term in enumerate(expression.terms):
        sign = ("-" if term.negative else "") if number == 0 else (" - " if term.negative else " + ")
        text += sign + _product(term.product, names, notation)
    return text


def _product(product: Product, names: Names, notation: _Latex | _Text) -> str:
    inner = dict(names)
    for index in product.summed:
        inner[index] = _fresh(index, set(inner.values()))
    pieces = [notation.scalar(product.coefficient)] if product.coefficient is not None else []
    if product.summed:
        pieces.append(notation.sum([inner[index] for index in product.summed]))
    pieces += [_factor(factor, inner, notation) for factor in product.factors]
    return notation.space.join(pieces)


def _fresh(index: Index, taken: set[str]) -> str:
    name = index.name
    while name in taken:
        name += "'"
    return name


def _factor(node: Expression, names: Names, notation: _Latex | _Text) -> str:
    match node:
        case Factor():
            return notation.factor(node, [names[index] for index in node.indices])
        case Product():
            inside = _product(node, names, notation)
        case Sum():
            inside = _sum(node, names, notation)
    return notation.parenthesis(inside)


@dataclass(frozen=True)
class _Latex:
    space: str = "\\,"

    def sum(self, names: list[str]) -> str:
        return f"\\sum_{{{''.join(_indices(names))}}}"

    def scalar(self, value: scalar.Scalar) -> str:
        tex = latex_scalar(value)
        return f"\\left({tex}\\right)" if isinstance(value, scalar.Sum) else tex

    def factor(self, factor: Factor, names: list[str]) -> str:
        base = "\\delta" if factor.tensor == "delta" else "1" if factor.tensor == "one" else latex(factor.tensor)
        grouped = f"{{{base}}}" if any(c in base for c in "_'") else base
        tex = f"{grouped}_{{{''.join(_indices(names))}}}" if names else base
        return f"\\overline{{{tex}}}" if factor.conjugated else tex

    def parenthesis(self, inside: str) -> str:
        return f"\\left({inside}\\right)"


@dataclass(frozen=True)
class _Text:
    space: str = " "

    def sum(self, names: list[str]) -> str:
        return f"Σ_{{{','.join(names)}}}" if len(names) > 1 or len(names[0]) > 1 else f"Σ_{names[0]}"

    def scalar(self, value: scalar.Scalar) -> str:
        text = scalar.text(value)
        return f"({text})" if isinstance(value, scalar.Sum) else text

    def factor(self, factor: Factor, names: list[str]) -> str:
        text = factor.tensor + (f"[{','.join(names)}]" if names else "")
        return f"conj({text})" if factor.conjugated else text

    def parenthesis(self, inside: str) -> str:
        return f"({inside})"


def _indices(names: list[str]) -> list[str]:
    """Set indices side by side; a command that a letter would run into ends with a space."""
    set_names = [latex(name) for name in names]
    if any(len(name) > 1 for name in names):
        return [("," if number else "") + tex for number, tex in enumerate(set_names)]
    return [
        tex + (" " if tex.startswith("\\") and number + 1 < len(names) else "") for number, tex in enumerate(set_names)
    ]
