"""Which product sums which index: syntax to resolved expressions.

Decided from the outside in. An index is *needed* in a part if it is given (on the left side, or
listed behind an enclosing `->`) or mentioned elsewhere in the same term. A product sums what is not
needed and two of its factors mention, or one tensor carries twice; where a single parenthesis
mentions an index, the inside decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import count

from penrose.errors import Diagnostic, Note, suggestion
from penrose.model import scalar
from penrose.model.expression import Expression, Factor, Product, Sum, Term, factors_of
from penrose.model.function import FUNCTIONS
from penrose.model.index import Index
from penrose.source import Span
from penrose.syntax import tree

NEVER: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """What names of indices mean at a place, and which of them are needed there.

    `indices` is shared by all places between two binders: a name that is new there becomes a free index.
    """

    given: frozenset[str]
    mentioned: frozenset[str]
    indices: dict[str, Index]

    def needs(self, name: str) -> bool:
        """Tell whether an index of that name is not to be summed here."""
        return name in self.given or name in self.mentioned


@dataclass
class Summation:
    """Resolves the expressions of one chain; `found` collects what is wrong with them."""

    dimensions: frozenset[str]
    arity: Callable[[str, int, Span], bool]
    found: list[Diagnostic]
    numbers: dict[str, count[int]] = field(default_factory=dict)

    def index(self, name: str) -> Index:
        """Return a new index of that name."""
        return Index(name, next(self.numbers.setdefault(name, count())))

    # ------------------------------------------------ from the outside in

    def expression(self, node: tree.Expression, scope: Scope) -> Sum:
        """Resolve a sum, term by term."""
        terms = tuple(Term(term.negative, self.product(term, scope), term.caption) for term in node.terms)
        self._same_legs(terms)
        return Sum(terms, node.span)

    def product(self, node: tree.Term, scope: Scope) -> Product:
        """Resolve a product: split off the coefficient, sum what is to be summed, resolve the factors."""
        coefficient, factors = self._split(node)
        summed = dict.fromkeys(self._summed(factors, scope))
        inner = scope.indices | {name: self.index(name) for name in summed} if summed else scope.indices
        resolved = []
        for factor in factors:
            compound = not isinstance(factor, tree.Access)
            elsewhere = self._mentioned_by_others(factor, factors) if compound else NEVER
            within = Scope(scope.given, scope.mentioned | elsewhere, inner)
            one = self.factor(factor, within)
            if one is not None:
                resolved.append(one)
        if summed:
            scope.indices.update((name, index) for name, index in inner.items() if name not in summed)
        return Product(coefficient, tuple(resolved), tuple(inner[name] for name in summed), node.span)

    def factor(self, node: tree.Factor, scope: Scope) -> Expression | None:
        """Resolve one factor, or return None with a diagnostic."""
        match node:
            case tree.Access():
                return self.access(node, scope)
            case tree.Application() if node.access.name.text == "conj" and node.access.bracket is None:
                return self._conjugate(node, scope)
            case tree.Parenthesis():
                return self._parenthesis(node, scope)
            case tree.Application() if node.access.name.text in FUNCTIONS:
                self._later(f"the function {node.access.name.text}", node.span)
            case tree.Application():
                self._not_a_function(node.access)
            case tree.Power():
                self._later("a power of a tensor", node.span)
            case tree.Number():
                raise AssertionError("numbers are coefficients")
        return None

    def access(self, node: tree.Access, scope: Scope) -> Factor | None:
        """Resolve an occurrence of a tensor."""
        names = [item for item in node.bracket.items if isinstance(item, tree.Name)] if node.bracket else []
        if node.bracket and len(names) < len(node.bracket.items):
            other = next(item for item in node.bracket.items if not isinstance(item, tree.Name))
            self._later("a number, a group or a range on a leg", other.span)
            return None
        suffix = node.suffix.text if node.suffix else ""
        if node.suffix and suffix not in ("T", "H"):
            hint = suggestion(suffix, ["T", "H"]) or "A.T is the transpose, A.H the conjugate transpose"
            self.found.append(Diagnostic("PEN201", f"there is no .{suffix}", node.suffix.span, hint=hint))
            return None
        if node.suffix and len(names) != 2:
            message = f".{suffix} exchanges two legs, but {len(names)} are given"
            self.found.append(Diagnostic("PEN202", message, node.span, hint=f"write A.{suffix}[j,i]"))
            return None
        if not self.arity(node.name.text, len(names), node.span):
            return None
        in_order = names[::-1] if suffix else names
        return Factor(
            node.name.text,
            tuple(self._look_up(name.text, scope) for name in in_order),
            conjugated=suffix == "H",
            transposed=bool(suffix),
            key=node.key,
            places=tuple(name.span for name in in_order),
            span=node.span,
        )

    def _look_up(self, name: str, scope: Scope) -> Index:
        if name not in scope.indices:
            scope.indices[name] = self.index(name)
        return scope.indices[name]

    def _conjugate(self, node: tree.Application, scope: Scope) -> Expression | None:
        arguments = [argument.expression for argument in node.arguments]
        factors = arguments[0].terms[0].factors if len(arguments) == 1 and len(arguments[0].terms) == 1 else ()
        if len(factors) != 1 or not isinstance(factors[0], tree.Access) or arguments[0].terms[0].negative:
            hint = "conjugate every tensor: conj(A[i,j]) conj(B[j,k])"
            self.found.append(Diagnostic("PEN290", "conj takes one tensor", node.span, hint=hint))
            return None
        inside = self.access(factors[0], scope)
        return replace(inside, conjugated=not inside.conjugated, span=node.span) if inside else None

    def _parenthesis(self, node: tree.Parenthesis, scope: Scope) -> Expression:
        if node.legs is None:
            self._check_ambiguity(node, scope)
            inside = self.expression(node.expression, scope)
        else:
            names = [item.text for item in node.legs.items if isinstance(item, tree.Name)]
            indices = {name: self._look_up(name, scope) for name in names}
            inside = self.expression(node.expression, Scope(frozenset(names), NEVER, indices))
            self.check_legs(inside, names, node.legs.span)
        return inside.terms[0].product if len(inside.terms) == 1 and not inside.terms[0].negative else inside

    # ------------------------------------------------ what is mentioned

    def _summed(self, factors: list[tree.Factor], scope: Scope) -> list[str]:
        """Return the names that a product of these factors sums, in reading order."""
        mentions: dict[str, int] = {}
        for factor in factors:
            for name in dict.fromkeys(_names(factor)):
                mentions[name] = mentions.get(name, 0) + 1
        traced = {name for factor in factors for name in _carried_twice(factor)}
        return [n for n, times in mentions.items() if not scope.needs(n) and (times > 1 or n in traced)]

    def _mentioned_by_others(self, factor: tree.Factor, factors: list[tree.Factor]) -> frozenset[str]:
        return NEVER.union(*(_names(other) for other in factors if other is not factor))

    def _check_ambiguity(self, node: tree.Parenthesis, scope: Scope) -> None:
        """Refuse an index that a term in the parenthesis mentions twice and that stands outside it too."""
        for term in node.expression.terms:
            _, factors = self._split(term, silent=True)
            for name in self._summed(factors, Scope(NEVER, NEVER, {})):
                if name in scope.mentioned and name not in scope.given:
                    message = f"the index {name} is mentioned twice in this parenthesis and also outside it"
                    hint = f"rename one of them, or say which legs the parenthesis has: (... -> [{name}])"
                    self.found.append(Diagnostic("PEN207", message, node.span, hint=hint))

    # ------------------------------------------------ coefficients

    def _split(self, node: tree.Term, silent: bool = False) -> tuple[scalar.Scalar | None, list[tree.Factor]]:
        """Split a term into its scalar coefficient and its tensors."""
        factors: list[tree.Factor] = []
        scalars: list[scalar.Scalar] = []
        inverse: list[bool] = []
        for factor, divides in zip(node.factors, node.inverse, strict=True):
            value = self._scalar(factor)
            if value is not None:
                scalars.append(value)
                inverse.append(divides)
            elif divides and not silent:
                self._later("division by a tensor", factor.span)
            else:
                factors.append(factor)
        if len(scalars) == 1 and not inverse[0]:
            return scalars[0], factors
        return (scalar.Product(tuple(scalars), tuple(inverse)) if scalars else None), factors

    def _scalar(self, node: tree.Factor) -> scalar.Scalar | None:
        """Return a factor as a scalar, or None if there is a tensor in it."""
        match node:
            case tree.Number():
                return scalar.Number(node.text)
            case tree.Access() if node.name.text in self.dimensions and not node.bracket and not node.suffix:
                return scalar.Size(node.name.text)
            case tree.Power():
                base, exponent = self._scalar(node.base), self._scalar(node.exponent)
                return scalar.Power(base, exponent) if base and exponent else None
            case tree.Application() if node.access.name.text in scalar.FUNCTIONS and len(node.arguments) == 1:
                inside = self._scalar_sum(node.arguments[0].expression)
                return scalar.Call(node.access.name.text, inside) if inside else None
            case tree.Parenthesis():
                return self._scalar_sum(node.expression)
        return None

    def _scalar_sum(self, node: tree.Expression) -> scalar.Scalar | None:
        terms = []
        for term in node.terms:
            value, factors = self._split(term, silent=True)
            if factors or value is None:
                return None
            terms.append(value)
        if len(terms) == 1 and not node.terms[0].negative:
            return terms[0]
        return scalar.Sum(tuple(terms), tuple(term.negative for term in node.terms))

    # ------------------------------------------------ legs

    def check_legs(self, node: Sum, legs: list[str], given: Span) -> None:
        """Report free indices that were not asked for, and legs that the expression does not have."""
        names = [index.name for index in node.free]
        for name in names:
            if name not in legs:
                message = f"the index {name} stands once, but is not among the free legs {_listed(legs)}"
                hint = f"add {name} to the free legs, or sum over it with one[{name}]"
                notes = (Note(given, "the free legs"),)
                self.found.append(Diagnostic("PEN204", message, _place_of(name, node), "", notes, hint))
        for name in legs:
            if name not in names:
                message = f"the leg {name} is missing here"
                notes = (Note(given, f"{name} is asked for here"),)
                hint = suggestion(name, set(names) - set(legs)) or f"one factor must carry the index {name}"
                self.found.append(Diagnostic("PEN205", message, node.span, "", notes, hint))

    def _same_legs(self, terms: tuple[Term, ...]) -> None:
        first = terms[0].product
        for term in terms[1:]:
            here, there = set(term.product.free), set(first.free)
            if here == there or _is_broken(first) or _is_broken(term.product):
                continue
            message = f"the terms of a sum have different legs: {_spoken(first.free)} and {_spoken(term.product.free)}"
            notes = (Note(first.span, _spoken(first.free)),)
            odd = ", ".join(sorted(i.name for i in here ^ there))
            hint = f"every term needs the same free legs; look at {odd}"
            self.found.append(Diagnostic("PEN206", message, term.product.span, _spoken(term.product.free), notes, hint))

    def _not_a_function(self, access: tree.Access) -> None:
        message = f"{access.name.text} is not a function"
        hint = suggestion(access.name.text, FUNCTIONS) or "for a product, put a * before the parenthesis"
        self.found.append(Diagnostic("PEN201", message, access.span, hint=hint))

    def _later(self, what: str, span: Span) -> None:
        message = f"{what} is not available yet"
        self.found.append(Diagnostic("PEN290", message, span, hint="this version draws products and sums of tensors"))


def _is_broken(product: Product) -> bool:
    """Tell whether a factor was dropped because of an error that is reported already."""
    return not product.factors and product.coefficient is None


def _names(factor: tree.Factor) -> Iterable[str]:
    """Yield the index names that a factor mentions, once for every mention."""
    match factor:
        case tree.Access():
            for item in factor.bracket.items if factor.bracket else ():
                if isinstance(item, tree.Name):
                    yield item.text
                elif isinstance(item, tree.Group):
                    yield from (name.text for name in item.names)
        case tree.Parenthesis() if factor.legs is not None:
            yield from (item.text for item in factor.legs.items if isinstance(item, tree.Name))
        case tree.Parenthesis():
            yield from _names_of(factor.expression)
        case tree.Application():
            for argument in factor.arguments:
                yield from _names_of(argument.expression)
        case tree.Power():
            yield from _names(factor.base)


def _names_of(expression: tree.Expression) -> Iterable[str]:
    for term in expression.terms:
        for factor in term.factors:
            yield from _names(factor)


def _carried_twice(factor: tree.Factor) -> set[str]:
    """Return the names that a single tensor carries twice, which traces it."""
    if isinstance(factor, tree.Application) and factor.access.name.text == "conj":
        expression = factor.arguments[0].expression if factor.arguments else None
        inside = expression.terms[0].factors if expression else ()
        return _carried_twice(inside[0]) if len(inside) == 1 else set()
    if not isinstance(factor, tree.Access):
        return set()
    names = list(_names(factor))
    return {name for name in names if names.count(name) > 1}


def _place_of(name: str, node: Sum) -> Span:
    """Return where an index of that name is first carried."""
    for factor in factors_of(node):
        for index, place in zip(factor.indices, factor.places, strict=True):
            if index.name == name:
                return place
    return node.span


def _listed(names: Iterable[str]) -> str:
    return "[" + ",".join(names) + "]"


def _spoken(indices: tuple[Index, ...]) -> str:
    return _listed(index.name for index in indices) if indices else "no legs"
