"""Repetition: `prod[n=1..6](A_n[b_{n-1}, s_n, b_n])` becomes its factors, and subscripts are worked out.

A tree goes in, a tree comes out; what a symbolic end leaves out becomes a `Skipped` factor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from penrose.data import replace
from penrose.errors import Diagnostic
from penrose.model.mentions import bracket_names
from penrose.model.subscript import SubscriptError, Value, substitute
from penrose.syntax import tree

LARGEST = 20_000  # tensors of an expression after repetition
SHOWN = 2  # members of a repetition before the dots

Divided = tuple[tree.Factor, bool]  # a factor, and whether it stands behind a /


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
        pairs = list(zip(node.factors, node.inverse, strict=True))
        done = {n: [(self._factor(f, values), divides)] for n, (f, divides) in enumerate(pairs) if not _is_prod(f)}
        beside = self.needed | {name for found in done.values() for factor, _ in found for name in index_names(factor)}
        prods = {n: f for n, (f, _) in enumerate(pairs) if isinstance(f, tree.Application) and _is_prod(f)}
        repeated = {number: self._repeated(factor, values) for number, factor in prods.items()}
        names = {number: {name for one in members for name in _names(one)} for number, members in repeated.items()}
        for number, members in repeated.items():
            if members and prods[number].arguments[0].opened:
                others = (found for other, found in names.items() if other != number)
                members = _opened(members, prods[number].arguments[0], beside.union(*others))
            divides = pairs[number][1]
            done[number] = [(one, divided != divides) for member in members for one, divided in member]
        flat = [pair for number in range(len(pairs)) for pair in done[number]]
        return replace(node, factors=tuple(f for f, _ in flat), inverse=tuple(divides for _, divides in flat))

    def _factor(self, node: tree.Factor, values: Mapping[str, Value]) -> tree.Factor:
        match node:
            case tree.Access():
                return self.access(node, values)
            case tree.Application():
                access = self.access(node.access, values)
                arguments = tuple(self._argument(argument, values) for argument in node.arguments)
                return replace(node, access=access, arguments=arguments)
            case tree.Parenthesis():
                inside = self.expression(node.expression, values)
                return replace(node, expression=inside, legs=self.bracket(node.legs, values))
            case tree.Power() if _is_prod(node.base):
                hint = "put it into parentheses: (prod[n=1..3](A_n[b_n]))^2"
                self.found.append(Diagnostic("PEN215", "a prod has no power of its own", node.span, hint=hint))
                return node.exponent
            case tree.Power():
                return replace(node, base=self._factor(node.base, values))
        return node

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

    def _repeated(self, node: tree.Application, values: Mapping[str, Value]) -> list[list[Divided]]:
        """Return the factors of every member of a repetition, each with whether it divides."""
        items = node.access.bracket.items if node.access.bracket else ()
        ranges = [item for item in items if isinstance(item, tree.Range)]
        names = {one.name.text for one in ranges}
        if len(node.arguments) != 1 or not ranges or len(ranges) != len(items) or len(names) < len(ranges):
            return self._wrong("this repetition is incomplete", node, "write prod[n=1..6](A_n[b_{n-1}, b_n])")
        (argument,) = node.arguments
        (term, *more) = argument.expression.terms
        if more or term.negative:
            return self._wrong(
                "prod repeats a product", argument, "a sum has no place in there; give it a name with let"
            )
        if term.caption or argument.legs or node.access.key or node.access.suffix:
            hint = "put the prod into parentheses, and captions and legs behind it: (prod[n=1..3](...) -> [i])"
            return self._wrong("a prod has no caption, legs or name of its own", node, hint)
        return self._members(ranges, values, argument)

    def _wrong(self, message: str, node: tree.Node, hint: str) -> list[list[Divided]]:
        self.found.append(Diagnostic("PEN215", message, node.span, hint=hint))
        return []

    def _members(
        self, ranges: Sequence[tree.Range], values: Mapping[str, Value], argument: tree.Argument
    ) -> list[list[Divided]]:
        """Return the factors of every member of a repetition."""
        members: list[list[Divided]] = []
        body = argument.expression.terms[0]
        for given in self._every(ranges, values):
            if given is None:
                members.append([])
                continue
            term = self._term(body, given)
            members.append(list(zip(term.factors, term.inverse, strict=True)))
            if self.count > LARGEST:
                self._too_large(argument)
                return []
        for number, member in enumerate(members):
            if not member:
                left = _names(members[number - 1]) & self._names_at(
                    body, ranges[0], values, self._after(ranges[0], values)
                )
                right = _names(members[number + 1]) & self._names_at(body, ranges[0], values, self._last(ranges[0], -1))
                members[number] = [(tree.Skipped(*ends, span=argument.span), False) for ends in _bonds(left, right)]
        return members

    def _names_at(self, body: tree.Term, given: tree.Range, values: Mapping[str, Value], at: Value) -> set[str]:
        """Return the indices that a member has which is not drawn."""
        factors = self._term(body, {**values, given.name.text: at}).factors
        return {name for factor in factors for name in index_names(factor)}

    def _after(self, given: tree.Range, values: Mapping[str, Value]) -> Value:
        """Return the number of the first member that is not drawn."""
        start = _bound(given.first, values)
        assert isinstance(start, int)
        return start + SHOWN

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

    def _last(self, given: tree.Range, shift: int) -> Value:
        end = _bound(given.last, {})
        return (end[0], end[1] + shift) if isinstance(end, tuple) else end + shift

    def _too_large(self, node: tree.Node) -> None:
        if not self._reported:
            self._reported = True
            message = f"this gives more than {LARGEST:,} tensors"
            self.found.append(Diagnostic("PEN105", message, node.span, hint="draw fewer, or use dots: n=1..N"))


def _is_prod(node: tree.Factor) -> bool:
    return isinstance(node, tree.Application) and node.access.name.text == "prod"


def _names(member: Sequence[Divided]) -> set[str]:
    return {name for factor, _ in member for name in index_names(factor)}


def index_names(node: tree.Factor) -> list[str]:
    """Return the names of the indices in the brackets of a factor and of what is in it."""
    match node:
        case tree.Access():
            return bracket_names(node.bracket)
        case tree.Application():
            inner = [n for a in node.arguments for t in a.expression.terms for f in t.factors for n in index_names(f)]
            own = [] if node.access.name.text == "conj" else bracket_names(node.access.bracket)
            return [*own, *inner]
        case tree.Parenthesis():
            return [n for t in node.expression.terms for f in t.factors for n in index_names(f)]
        case tree.Power():
            return index_names(node.base)
        case tree.Skipped():
            return [*node.left, *node.right]
        case tree.Number():
            return []


def _opened(members: list[list[Divided]], argument: tree.Argument, needed: frozenset[str]) -> list[list[Divided]]:
    """Drop the bonds that would dangle: they stand once, and the body has them with two subscripts.

    `needed` are the names that stand elsewhere.
    """
    templates: dict[str, set[str]] = {}
    for factor in argument.expression.terms[0].factors:
        for name in index_names(factor):
            templates.setdefault(_base(name), set()).add(name)
    bonds = {base for base, found in templates.items() if len(found) > 1}
    times = Counter(name for member in members for factor, _ in member for name in index_names(factor))
    dangling = {t for t, n in times.items() if n == 1 and _base(t) in bonds and t not in needed}
    return [[(_without(factor, dangling), divides) for factor, divides in member] for member in members]


def _bonds(left: set[str], right: set[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the ends of what is left out: those of every bond, or of all together where these cannot be told apart."""
    before, behind = ({_base(name): name for name in names} for names in (left, right))
    if len(before) == len(left) and len(behind) == len(right) and before.keys() == behind.keys():
        return [((before[base],), (behind[base],)) for base in sorted(before)]
    return [(tuple(sorted(left)), tuple(sorted(right)))]


def _base(name: str) -> str:
    """Return a name without its subscript: s_n' is another leg than s_n."""
    return name.partition("_")[0] + "'" * (len(name) - len(name.rstrip("'")))


def _without(node: tree.Factor, gone: set[str]) -> tree.Factor:
    match node:
        case tree.Access():
            return replace(node, bracket=_bracket_without(node.bracket, gone))
        case tree.Application():
            return replace(node, arguments=tuple(_argument_without(argument, gone) for argument in node.arguments))
        case tree.Parenthesis():
            inside = _expression_without(node.expression, gone)
            return replace(node, expression=inside, legs=_bracket_without(node.legs, gone))
    return node


def _bracket_without(node: tree.Bracket | None, gone: set[str]) -> tree.Bracket | None:
    if node is None:
        return None
    items: list[tree.Item] = []
    for item in node.items:
        if isinstance(item, tree.Group):
            names = tuple(name for name in item.names if name.text not in gone)
            items += [replace(item, names=names)] if len(names) > 1 else names
        elif not isinstance(item, tree.Name) or item.text not in gone:
            items.append(item)
    return replace(node, items=tuple(items))


def _argument_without(node: tree.Argument, gone: set[str]) -> tree.Argument:
    return replace(node, expression=_expression_without(node.expression, gone), legs=_bracket_without(node.legs, gone))


def _expression_without(node: tree.Expression, gone: set[str]) -> tree.Expression:
    terms = tuple(replace(t, factors=tuple(_without(f, gone) for f in t.factors)) for t in node.terms)
    return replace(node, terms=terms)


def _bound(node: tree.Bound, values: Mapping[str, Value]) -> Value:
    if not node.symbol:
        return node.offset
    known = values.get(node.symbol)
    if isinstance(known, int):
        return known + node.offset
    return (node.symbol, node.offset)
