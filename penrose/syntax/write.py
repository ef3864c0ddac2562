"""Syntax tree to text: the inverse of parse, and the layout that `penrose fmt` gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from penrose.syntax import tree

INDENT = "  "


def write(program: tree.Program) -> str:
    """Return the text of a program; parsing it gives the program back."""
    return "".join(line + "\n" for line in _block(program, _statement, ""))


def expression(node: tree.Expression) -> str:
    """Return the text of an expression."""
    text = ""
    for number, term in enumerate(node.terms):
        sign = ("-" if term.negative else "") if number == 0 else (" - " if term.negative else " + ")
        text += sign + _term(term)
    return text


def _block(block: tree.Block[Any], line: Callable[[Any, str], str], indent: str) -> list[str]:
    lines: list[str] = []
    for entry in block.entries:
        if entry.blank:
            lines.append("")
        lines += [indent + comment for comment in entry.before]
        text = indent + line(entry.node, indent)
        lines += (text + (f"  {entry.behind}" if entry.behind else "")).split("\n")
    return lines + [indent + comment for comment in block.closing]


def _braces(head: str, block: tree.Block[Any], line: Callable[[Any, str], str], indent: str) -> str:
    return "\n".join([head + " {", *_block(block, line, indent + INDENT), indent + "}"])


# ---------------------------------------------------------------- statements


def _statement(node: tree.Statement, indent: str) -> str:
    match node:
        case tree.Figure():
            return _figure(node)
        case tree.Dimensions():
            return "dim " + ", ".join(_dimension(item) for item in node.items)
        case tree.Tensors():
            return "tensor " + ", ".join(_tensor(item) for item in node.items)
        case tree.Let():
            targets = ", ".join(_access(target) for target in node.targets)
            ranges = " for " + ", ".join(_item(r) for r in node.ranges) if node.ranges else ""
            return f"let {targets} = {expression(node.expression)}{_legs(node.legs)}{ranges}"
        case tree.Function():
            parameters = f"({_names(node.parameters)})" if node.parameters else ""
            body = f" = {expression(node.body)}" if node.body else ""
            return f"function {node.name.text}{_bracket(node.axes)}{parameters}{body}"
        case tree.Style():
            return _braces(f"style {node.name.text}", node.block, _setting, indent)
        case tree.Dress():
            return f"style {_names(node.names)} as {node.style.text}"
        case tree.Assume():
            return f"assume {_chain(node.chain, INDENT)}"
        case tree.Check():
            return f"check {node.name.text}: {_chain(node.chain, INDENT)}"
        case tree.Use():
            return f'use "{node.path}"'


def _figure(node: tree.Figure) -> str:
    head = f"figure {node.name.text}" + _quoted(node.title)
    if node.braced:
        return _braces(head, node.block, _figure_entry, "")
    (entry,) = node.block.entries
    return f"{head}: {_figure_entry(entry.node, '')}"


def _figure_entry(node: tree.Chain | tree.Layout, indent: str) -> str:
    if isinstance(node, tree.Chain):
        return _chain(node, indent + INDENT)
    number = f" {node.panel}" if node.panel else ""
    return _braces(f"layout{number}", node.block, _hint, indent)


def _hint(node: tree.Hint, indent: str) -> str:
    return " ".join([node.verb.text, *(_operand(operand) for operand in node.operands)])


def _operand(node: tree.Operand) -> str:
    match node:
        case tree.Pair():
            return f"({node.x}, {node.y})"
        case tree.Word():
            return f'"{node.text}"' if node.quoted else node.text
        case tree.Reference():
            return node.name.text + (f":{node.key}" if node.key else "") + (f".{node.slot}" if node.slot else "")


def _setting(node: tree.Setting, indent: str) -> str:
    return f"{node.name.text}: {_operand(node.value)}"


def _dimension(node: tree.Dimension) -> str:
    return node.name.text + (f" = {node.size}" if node.size else "") + (f" test {node.test}" if node.test else "")


def _tensor(node: tree.Tensor) -> str:
    slots = ", ".join(s.name.text + (f": {s.dimension.text}" if s.dimension else "") for s in node.slots)
    properties = "".join(" " + _property(item) for item in node.properties)
    return node.name.text + (f"[{slots}]" if slots else "") + _quoted(node.label) + properties


def _property(node: tree.Property) -> str:
    return node.name.text + (f"({_names(node.arguments)})" if node.arguments else "")


# ---------------------------------------------------------------- expressions


def _chain(node: tree.Chain, indent: str) -> str:
    text = ""
    for panel in node.panels:
        if panel.relation:
            text += f"\n{indent}{panel.relation} " if panel.new_row else f" {panel.relation} "
        text += expression(panel.expression)
        text += f" within {panel.within}" if panel.within else ""
        text += _legs(panel.legs)
    return text


def _term(node: tree.Term) -> str:
    text = ""
    previous: tree.Factor | None = None
    for factor, inverse in zip(node.factors, node.inverse, strict=True):
        if previous is not None:
            text += " / " if inverse else " * " if _would_apply(previous, factor) else " "
        text += _factor(factor)
        previous = factor
    return text + _quoted(node.caption)


def _would_apply(left: tree.Factor, right: tree.Factor) -> bool:
    """Tell whether two factors side by side would read as an application."""
    base = right.base if isinstance(right, tree.Power) else right
    return isinstance(left, tree.Access) and isinstance(base, tree.Parenthesis)


def _factor(node: tree.Factor) -> str:
    match node:
        case tree.Number():
            return node.text
        case tree.Access():
            return _access(node)
        case tree.Application():
            return f"{_access(node.access)}({', '.join(_argument(a) for a in node.arguments)})"
        case tree.Parenthesis():
            return f"({expression(node.expression)}{_legs(node.legs)})"
        case tree.Power():
            return f"{_factor(node.base)}^{_factor(node.exponent)}"
        case tree.Skipped():
            return "..."


def _argument(node: tree.Argument) -> str:
    return ("open " if node.opened else "") + expression(node.expression) + _legs(node.legs)


def _access(node: tree.Access) -> str:
    key = f":{node.key}" if node.key else ""
    suffix = f".{node.suffix.text}" if node.suffix else ""
    return node.name.text + key + suffix + _bracket(node.bracket)


def _legs(node: tree.Bracket | None) -> str:
    return f" -> {_bracket(node)}" if node else ""


def _bracket(node: tree.Bracket | None) -> str:
    if node is None:
        return ""
    tight = all(isinstance(item, tree.Name) for item in node.items)
    return "[" + ("," if tight else ", ").join(_item(item) for item in node.items) + "]"


def _item(node: tree.Item) -> str:
    match node:
        case tree.Name():
            return node.text
        case tree.Pin():
            return f"@{node.symbol}{_offset(node.offset)}" if node.symbol else str(node.offset)
        case tree.Group():
            return f"({' '.join(name.text for name in node.names)})"
        case tree.Range():
            return f"{node.name.text}={_bound(node.first)}..{_bound(node.last)}"


def _bound(node: tree.Bound) -> str:
    return node.symbol + _offset(node.offset) if node.symbol else str(node.offset)


def _offset(number: int) -> str:
    return f"{number:+d}" if number else ""


def _names(names: Iterable[tree.Name]) -> str:
    return ", ".join(name.text for name in names)


def _quoted(text: str) -> str:
    return f' "{text}"' if text else ""
