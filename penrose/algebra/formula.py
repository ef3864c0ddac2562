"""The index formula of a panel, as LaTeX or as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from penrose.data import Equatable
from penrose.model import scalar
from penrose.model.document import Panel
from penrose.model.expression import Apply, Dots, Expression, Factor, Product, Regroup, Sum, Total
from penrose.model.index import Group, Index, Leg, Pin, flat
from penrose.model.notation import RELATIONS, latex, latex_scalar
from penrose.model.scalar import Scalar

Names = Mapping[Index, str]


def formula(chain: Sequence[Panel], as_text: bool = False) -> str:
    """Return the formula of a chain of panels. A summed index never has the name of another one in sight."""
    names = {index: index.name for panel in chain for index in flat(panel.legs)}
    notation = _Text() if as_text else _Latex()
    return " ".join(
        (f"{panel.relation if as_text else RELATIONS[panel.relation]} " if panel.relation else "")
        + _sum(panel.expression, names, notation)
        for panel in chain
    )


def _sum(expression: Sum, names: Names, notation: Notation) -> str:
    text = ""
    for number, term in enumerate(expression.terms):
        sign = ("-" if term.negative else "") if number == 0 else (" - " if term.negative else " + ")
        text += sign + _product(term.product, names, notation)
    return text


def _product(product: Product, names: Names, notation: Notation) -> str:
    inner = _with(product.summed, names)
    coefficient = None if product.coefficient == scalar.Number("1") and product.factors else product.coefficient
    pieces = [notation.scalar(coefficient)] if coefficient is not None else []
    if product.summed:
        pieces.append(notation.sum([inner[index] for index in product.summed]))
    for dots, factors in groupby(product.factors, key=lambda factor: isinstance(factor, Dots)):
        several = [_factor(factor, inner, notation) for factor in factors]
        pieces += several[:1] if dots else several  # one ellipsis stands for those of several rows
    return notation.space.join(pieces)


def _with(indices: Iterable[Index], names: Names) -> dict[Index, str]:
    """Return the names with those of more indices, none of which has the name of another one."""
    inner = dict(names)
    for index in indices:
        inner[index] = _fresh(index, set(inner.values()))
    return inner


def _fresh(index: Index, taken: set[str]) -> str:
    name = index.name
    while name in taken:
        name += "'"
    return name


def _factor(node: Expression, names: Names, notation: Notation) -> str:
    match node:
        case Factor():
            return notation.factor(node, [_leg(leg, names) for leg in node.legs])
        case Product():
            return notation.parenthesis(_product(node, names, notation))
        case Sum():
            return notation.parenthesis(_sum(node, names, notation))
        case Regroup():
            return notation.parenthesis(_sum(node.body, names, notation))
        case Dots():
            return notation.dots
        case Apply():
            inner = _with(node.axes, names) if node.consumed else names
            arguments = [_sum(argument, inner, notation) for argument in node.arguments]
            if node.function == "power" and node.exponent is not None:
                return notation.power(arguments[0], node.exponent)
            if node.function == "recip":
                return notation.reciprocal(arguments[0])
            return notation.apply(node.function, [inner[axis] for axis in node.axes], arguments)
        case Total():
            inner = _with([limit.index for limit in node.limits], names)
            limits = [(inner[limit.index], limit.first, limit.last) for limit in node.limits]
            return notation.total(limits, notation.parenthesis(_sum(node.body, inner, notation)))


def _leg(leg: Leg, names: Names) -> str:
    match leg:
        case Index():
            return names[leg]
        case Group():
            return f"({' '.join(names[index] for index in leg.indices)})"
        case Pin():
            return str(leg)


class _Latex(Equatable):
    space: str = "\\,"
    dots: str = "\\cdots"

    def sum(self, names: list[str]) -> str:
        return f"\\sum_{{{''.join(_indices(names))}}}"

    def scalar(self, value: Scalar) -> str:
        tex = latex_scalar(value)
        return f"\\left({tex}\\right)" if isinstance(value, scalar.Sum) else tex

    def factor(self, factor: Factor, names: list[str]) -> str:
        base = "\\delta" if factor.tensor == "delta" else "1" if factor.tensor == "one" else latex(factor.tensor)
        power = {"": "", "inv": "^{-1}", "pinv": "^{+}"}[factor.inverse]
        grouped = f"{{{base}}}" if any(c in base for c in "_'") else base
        tex = f"{grouped}{power}_{{{''.join(_indices(names))}}}" if names else base
        return f"\\overline{{{tex}}}" if factor.conjugated else tex

    def power(self, base: str, exponent: Scalar) -> str:
        return f"{self.parenthesis(base)}^{{{latex_scalar(exponent)}}}"

    def reciprocal(self, below: str) -> str:
        return f"\\frac{{1}}{{{below}}}"

    def apply(self, function: str, axes: list[str], arguments: list[str]) -> str:
        name = latex(function) + (f"_{{{','.join(_indices(axes))}}}" if axes else "")
        return name + self.parenthesis(",\\, ".join(arguments))

    def total(self, limits: list[tuple[str, str, str]], body: str) -> str:
        below = ",".join(latex(name) + (f"={first}" if first else "") for name, first, _ in limits)
        above = ",".join(latex(last) for _, _, last in limits if last)
        return f"\\sum_{{{below}}}" + (f"^{{{above}}}" if above else "") + body

    def parenthesis(self, inside: str) -> str:
        return f"\\left({inside}\\right)"


class _Text(Equatable):
    space: str = " "
    dots: str = "..."

    def sum(self, names: list[str]) -> str:
        return f"Σ_{{{','.join(names)}}}" if len(names) > 1 or len(names[0]) > 1 else f"Σ_{names[0]}"

    def scalar(self, value: Scalar) -> str:
        text = scalar.text(value)
        return f"({text})" if isinstance(value, scalar.Sum) else text

    def factor(self, factor: Factor, names: list[str]) -> str:
        power = f".{factor.inverse}" if factor.inverse else ""
        text = factor.tensor + power + (f"[{','.join(names)}]" if names else "")
        return f"conj({text})" if factor.conjugated else text

    def power(self, base: str, exponent: Scalar) -> str:
        return f"{self.parenthesis(base)}^{scalar.text(exponent)}"

    def reciprocal(self, below: str) -> str:
        return f"1/{self.parenthesis(below)}"

    def apply(self, function: str, axes: list[str], arguments: list[str]) -> str:
        return function + (f"[{','.join(axes)}]" if axes else "") + self.parenthesis(", ".join(arguments))

    def total(self, limits: list[tuple[str, str, str]], body: str) -> str:
        given = ", ".join(name + (f"={first}..{last}" if last else "") for name, first, last in limits)
        return f"sum[{given}]{body}"

    def parenthesis(self, inside: str) -> str:
        return f"({inside})"


Notation = _Latex | _Text


def _indices(names: list[str]) -> list[str]:
    """Set indices side by side; a command that a letter would run into ends with a space."""
    set_names = [_set(name) for name in names]
    if any(len(name) > 1 for name in names):
        return [("," if number else "") + tex for number, tex in enumerate(set_names)]
    return [
        tex + (" " if tex.startswith("\\") and number + 1 < len(names) else "") for number, tex in enumerate(set_names)
    ]


def _set(name: str) -> str:
    """Set an index, a group of them or a pin."""
    if name.startswith("("):
        return f"({''.join(_indices(name[1:-1].split()))})"
    if name.startswith("@"):
        symbol, plus, offset = name[1:].partition("+")
        return f"\\mathrm{{{symbol}}}{plus}{offset}"
    return name if name.isdecimal() else latex(name)
