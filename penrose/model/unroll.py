"""Repetition: `prod[n=1..6](A_n[b_{n-1}, s_n, b_n])` becomes its factors, and subscripts are worked out.

A tree goes in, a tree comes out; what a symbolic end leaves out becomes a `Skipped` factor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from penrose.errors import Diagnostic
from penrose.model.subscript import SubscriptError, Value, substitute
from penrose.syntax import tree

LARGEST = 20_000  # tensors of an expression after repetition
SHOWN = 2  # members of a repetition before the dots


@dataclass
class Unroller:
    """Unrolls the expressions of one chain; `needed` are the names of its given free legs."""

    needed: frozenset[str]
    found: list[Diagnostic]
    count: int = 0
    _reported: bool = field(default=False)

    def expression(self, node: tree.Expression, values: Mapping[str, Value]) -> tree.Expression:
        """Return an expression without repetitions."""
        return replace(node, terms=tuple(self._term(term, values) for term in node.terms))

    def bracket(self, node: tree.Bracket | None, values: Mapping[str, Value]) -> tree.Bracket | None:
        """Return a bracket with the subscripts of its names worked out."""
        return None if node is None else replace(node, items=tuple(self._item(item, values) for item in node.items))

    def access(self, node: tree.Access, values: Mapping[str, Value]) -> tree.Access:
        """Return an occurrence with its subscripts worked out."""
        self.count += 1
        return replace(node, name=self._name(node.name, values), bracket=self.bracket(node.bracket, values))

    def _term(self, node: tree.Term, values: Mapping[str, Value]) -> tree.Term:
        factors: list[tree.Factor] = []
        inverse: list[bool] = []
        for factor, divides in zip(node.factors, node.inverse, strict=True):
            new = self._factor(factor, values)
            factors += new
            inverse += [divides] * len(new)
        return replace(node, factors=tuple(factors), inverse=tuple(inverse))

    def _factor(self, node: tree.Factor, values: Mapping[str, Value]) -> Sequence[tree.Factor]:
        match node:
            case tree.Access():
                return [self.access(node, values)]
            case tree.Application() if node.access.name.text == "prod":
                return self._repeated(node, values)
            case tree.Application():
                access = self.access(node.access, values)
                arguments = tuple(self._argument(argument, values) for argument in node.arguments)
                return [replace(node, access=access, arguments=arguments)]
            case tree.Parenthesis():
                inside = self.expression(node.expression, values)
                return [replace(node, expression=inside, legs=self.bracket(node.legs, values))]
            case tree.Power():
                (base,) = self._factor(node.base, values)[:1] or (node.base,)
                return [replace(node, base=base)]
        return [node]

    def _argument(self, node: tree.Argument, values: Mapping[str, Value]) -> tree.Argument:
        expression = self.expression(node.expression, values)
        return replace(node, expression=expression, legs=self.bracket(node.legs, values))

    def _item(self, item: tree.Item, values: Mapping[str, Value]) -> tree.Item:
        match item:
            case tree.Name():
                return self._name(item, values)
            case tree.Group():
                return replace(item, names=tuple(self._name(name, values) for name in item.names))
        return item

    def _name(self, node: tree.Name, values: Mapping[str, Value]) -> tree.Name:
        try:
            return replace(node, text=substitute(node.text, values))
        except SubscriptError as error:
            hint = "a subscript is arithmetic of whole numbers: {n-1}, {2n+1}, {n mod 6}"
            self.found.append(
                Diagnostic("PEN215", f"this subscript cannot be worked out: {error}", node.span, hint=hint)
            )
            return node

    # ------------------------------------------------ repetition

    def _repeated(self, node: tree.Application, values: Mapping[str, Value]) -> Sequence[tree.Factor]:
        items = node.access.bracket.items if node.access.bracket else ()
        ranges = [item for item in items if isinstance(item, tree.Range)]
        if len(node.arguments) != 1 or not ranges or len(ranges) != len(items):
            hint = "write prod[n=1..6](A_n[b_{n-1}, b_n])"
            self.found.append(Diagnostic("PEN215", "this repetition is incomplete", node.span, hint=hint))
            return []
        (argument,) = node.arguments
        if len(argument.expression.terms) != 1 or argument.expression.terms[0].negative:
            hint = "a sum has no place in there; give it a name with let"
            self.found.append(Diagnostic("PEN215", "prod repeats a product", argument.span, hint=hint))
            return []
        members = self._members(ranges, values, argument)
        if argument.opened and members:
            members = _opened(members, argument, self.needed)
        return [factor for member in members for factor in member]

    def _members(
        self, ranges: Sequence[tree.Range], values: Mapping[str, Value], argument: tree.Argument
    ) -> list[list[tree.Factor]]:
        """Return the factors of every member of a repetition."""
        members: list[list[tree.Factor]] = []
        for given in self._every(ranges, values):
            if given is None:
                members.append([])
                continue
            term = self._term(argument.expression.terms[0], given)
            members.append(list(term.factors))
            if self.count > LARGEST:
                self._too_large(argument)
                return []
        for number, member in enumerate(members):
            if not member:
                left = _names(members[number - 1]) & _names(self._follow(argument, ranges[0], values))
                before = self._term(
                    argument.expression.terms[0], {**values, ranges[0].name.text: self._last(ranges[0], -1)}
                )
                right = _names(members[number + 1]) & _names(before.factors)
                span = argument.span
                members[number] = [tree.Skipped(tuple(sorted(left)), tuple(sorted(right)), span=span)]
        return members

    def _every(self, ranges: Sequence[tree.Range], values: Mapping[str, Value]) -> list[Mapping[str, Value] | None]:
        """Return the values of the variables for every member; None stands for those left out."""
        first, *rest = ranges
        start, end = _bound(first.first, values), _bound(first.last, values)
        if isinstance(start, int) and isinstance(end, tuple) and not rest:
            shown: list[Value] = [start + step for step in range(SHOWN)]
            given: list[Mapping[str, Value] | None] = [{**values, first.name.text: one} for one in shown]
            return [*given, None, {**values, first.name.text: end}]
        if not isinstance(start, int) or not isinstance(end, int):
            hint = "the first end is a number, and only a single range may have a symbolic end"
            self.found.append(Diagnostic("PEN215", "this range cannot be worked out", first.span, hint=hint))
            return []
        if self._times(ranges, values) > LARGEST:
            self._too_large(first)
            return []
        every: list[Mapping[str, Value] | None] = []
        for one in range(start, end + 1):
            inner = {**values, first.name.text: one}
            every += self._every(rest, inner) if rest else [inner]
        if not every:
            hint = "the ends stand in order: n=1..6"
            self.found.append(Diagnostic("PEN215", "this range is empty", first.span, hint=hint))
        return every

    def _times(self, ranges: Sequence[tree.Range], values: Mapping[str, Value]) -> int:
        """Return how many members a repetition has, as far as its ends are numbers."""
        bounds = [(_bound(one.first, values), _bound(one.last, values)) for one in ranges]
        return prod(max(0, end - start + 1) for start, end in bounds if isinstance(start, int) and isinstance(end, int))

    def _follow(self, argument: tree.Argument, first: tree.Range, values: Mapping[str, Value]) -> Sequence[tree.Factor]:
        start = _bound(first.first, values)
        assert isinstance(start, int)
        return self._term(argument.expression.terms[0], {**values, first.name.text: start + SHOWN}).factors

    def _last(self, given: tree.Range, shift: int) -> Value:
        end = _bound(given.last, {})
        return (end[0], end[1] + shift) if isinstance(end, tuple) else end + shift

    def _too_large(self, node: tree.Node) -> None:
        if not self._reported:
            self._reported = True
            message = f"this gives more than {LARGEST:,} tensors"
            self.found.append(Diagnostic("PEN105", message, node.span, hint="draw fewer, or use dots: n=1..N"))


def _bound(node: tree.Bound, values: Mapping[str, Value]) -> Value:
    if not node.symbol:
        return node.offset
    known = values.get(node.symbol)
    if isinstance(known, int):
        return known + node.offset
    return (node.symbol, node.offset)


def _names(factors: Sequence[tree.Factor]) -> set[str]:
    return {name.text for factor in factors for name in index_names(factor)}


def index_names(node: tree.Factor) -> Sequence[tree.Name]:
    """Return the names of the indices in the brackets of a factor and of what is in it."""
    match node:
        case tree.Access():
            return _in_bracket(node.bracket)
        case tree.Application():
            inner = [n for a in node.arguments for t in a.expression.terms for f in t.factors for n in index_names(f)]
            return inner if node.access.name.text == "conj" else [*_in_bracket(node.access.bracket), *inner]
        case tree.Parenthesis():
            return [n for t in node.expression.terms for f in t.factors for n in index_names(f)]
        case tree.Power():
            return index_names(node.base)
        case tree.Skipped():
            return [tree.Name(text, span=node.span) for text in (*node.left, *node.right)]
        case tree.Number():
            return []


def _in_bracket(bracket: tree.Bracket | None) -> list[tree.Name]:
    names: list[tree.Name] = []
    for item in bracket.items if bracket else ():
        if isinstance(item, tree.Name):
            names.append(item)
        elif isinstance(item, tree.Group):
            names += item.names
    return names


def _opened(
    members: list[list[tree.Factor]], argument: tree.Argument, needed: frozenset[str]
) -> list[list[tree.Factor]]:
    """Drop the bonds that would dangle: they stand once, and the body has them with two subscripts."""
    templates: dict[str, set[str]] = {}
    for factor in argument.expression.terms[0].factors:
        for name in index_names(factor):
            templates.setdefault(name.text.partition("_")[0], set()).add(name.text)
    bonds = {base for base, found in templates.items() if len(found) > 1}
    times: dict[str, int] = {}
    for member in members:
        for factor in member:
            for name in index_names(factor):
                times[name.text] = times.get(name.text, 0) + 1
    dangling = {t for t, n in times.items() if n == 1 and t.partition("_")[0] in bonds and t not in needed}
    return [[_without(factor, dangling) for factor in member] for member in members]


def _without(node: tree.Factor, gone: set[str]) -> tree.Factor:
    match node:
        case tree.Access(bracket=tree.Bracket() as bracket):
            kept = tuple(i for i in bracket.items if not (isinstance(i, tree.Name) and i.text in gone))
            return replace(node, bracket=replace(bracket, items=kept))
        case tree.Application():
            return replace(node, arguments=tuple(_argument_without(argument, gone) for argument in node.arguments))
        case tree.Parenthesis():
            return replace(node, expression=_expression_without(node.expression, gone))
    return node


def _argument_without(node: tree.Argument, gone: set[str]) -> tree.Argument:
    return replace(node, expression=_expression_without(node.expression, gone))


def _expression_without(node: tree.Expression, gone: set[str]) -> tree.Expression:
    terms = tuple(replace(t, factors=tuple(_without(f, gone) for f in t.factors)) for t in node.terms)
    return replace(node, terms=terms)
