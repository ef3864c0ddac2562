"""Which product sums which index: syntax to resolved expressions.

Decided from the outside in. An index is *needed* in a part if it is given (on the left side, listed behind
an enclosing `->`, or bound by an enclosing `sum[..]` or `f[..]`) or mentioned elsewhere in the same term. A
product sums what is not needed and two of its factors mention, or one tensor carries twice; where a
single parenthesis or function mentions an index, the inside decides. A sum decides term by term, a
function argument by argument, except that what several arguments mention is needed by all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from penrose.data import NOTHING, Equatable, replace
from penrose.errors import Diagnostic, Note, suggestion
from penrose.model.application import consumes_axes
from penrose.model.coefficient import scalar_of, split
from penrose.model.expression import (
    Apply,
    Dots,
    Expression,
    Factor,
    Inverse,
    Limit,
    Product,
    Regroup,
    Sum,
    Term,
    Total,
    factors_of,
)
from penrose.model.index import Group, Index, Leg, Pin, flat
from penrose.model.mentions import argument_names, item_names, kept_names, names_of, summable, wrong_legs
from penrose.model.names import Known
from penrose.model.texts import check_caption
from penrose.source import Span
from penrose.syntax import tree

NONE: frozenset[str] = frozenset()
_CLOSED = re.compile(r"\bprod\[[^\]]*\]\((?!\s*open\b)")  # a repetition that keeps the bonds at its ends


class Scope(Equatable):
    """What names of indices mean at a place, and which of them are needed there.

    `bound` are the indices that something around sums. `free` is shared by all places that can see one
    another: a name that is in neither becomes a free index.
    """

    given: frozenset[str]
    mentioned: frozenset[str]
    free: dict[str, Index]
    bound: Mapping[str, Index] = NOTHING

    def needs(self, name: str) -> bool:
        """Tell whether an index of that name is not to be summed here."""
        return name in self.given or name in self.mentioned

    def binding(self, own: Mapping[str, Index]) -> Scope:
        """Return the scope inside of something that sums these indices, and so has them given."""
        names = frozenset(own)
        return replace(self, given=self.given | names, mentioned=self.mentioned - names, bound={**self.bound, **own})


@dataclass
class Summation:
    """Resolves the expressions of one chain; `found` collects what is wrong with them."""

    known: Known
    found: list[Diagnostic]

    def index(self, name: str) -> Index:
        """Return a new index of that name."""
        return Index(name, next(self.known.numbers))

    # ------------------------------------------------ from the outside in

    def expression(self, node: tree.Expression, scope: Scope) -> Sum:
        """Resolve a sum, term by term."""
        before = len(self.found)
        terms = tuple(self.term(term, scope) for term in node.terms)
        if len(self.found) == before:  # a factor with an error is missing, with its legs
            self._same_legs(terms)
        return Sum(terms, node.span)

    def term(self, node: tree.Term, scope: Scope) -> Term:
        """Resolve a term with its caption."""
        caption = check_caption(node.caption, node.span, self.found) if node.caption else ""
        return Term(node.negative, self.product(node, scope), caption)

    def product(self, node: tree.Term, scope: Scope) -> Product:
        """Resolve a product: split off the coefficient, sum what is to be summed, resolve the factors."""
        coefficient, factors = split(node, self.known.dimensions)
        plain = [factor for factor, _ in factors]
        summed = {name: self.index(name) for name in summable(plain, self.known) if not scope.needs(name)}
        bound = {**scope.bound, **summed} if summed else scope.bound
        resolved = []
        for factor, divides in factors:
            compound = not isinstance(factor, tree.Access)
            elsewhere = self._mentioned_by_others(factor, plain) if compound else NONE
            one = self.factor(factor, replace(scope, mentioned=scope.mentioned | elsewhere, bound=bound))
            if one is not None:
                resolved.append(self._applied("recip", one, factor.span) if divides else one)
        return Product(coefficient, tuple(resolved), tuple(summed.values()), node.span)

    def factor(self, node: tree.Factor, scope: Scope) -> Expression | None:
        """Resolve one factor, or return None with a diagnostic."""
        match node:
            case tree.Access() if node.name.text == "dots":
                return self._dots(node, scope)
            case tree.Access():
                return self.access(node, scope)
            case tree.Application():
                return self._application(node, scope)
            case tree.Parenthesis():
                return self._parenthesis(node, scope)
            case tree.Power():
                return self._power(node, scope)
            case tree.Skipped():
                left, right = (tuple(self._look_up(n, scope) for n in names) for names in (node.left, node.right))
                return Dots(left, right, node.span)
            case tree.Number():
                raise AssertionError("numbers are coefficients")

    def _dots(self, node: tree.Access, scope: Scope) -> Dots | None:
        """Resolve an ellipsis: the first half of its indices go in on the left, the others out on the right."""
        items = node.bracket.items if node.bracket else ()
        names = [item.text for item in items if isinstance(item, tree.Name)]
        half = len(items) // 2
        if not half or 2 * half != len(items) or len(names) < len(items) or node.suffix or node.key:
            hint = "write dots[a,b]: as many plain indices on the left as on the right"
            self.found.append(Diagnostic("PEN202", "dots have two sides", node.span, hint=hint))
            return None
        indices = tuple(self._look_up(name, scope) for name in names)
        return Dots(indices[:half], indices[half:], node.span)

    def access(self, node: tree.Access, scope: Scope) -> Factor | None:
        """Resolve an occurrence of a tensor."""
        items = node.bracket.items if node.bracket else ()
        suffix = node.suffix.text if node.suffix else ""
        legs = [self._leg(item, scope) for item in items]
        names = [name for item in items for name in item_names(item)]
        if None in legs or not self._has_suffix(node, len(legs)):
            return None
        if not self.known.arity(node.name.text, len(legs), node.span):
            return None
        whole = [leg for leg in legs if leg is not None]
        return Factor(
            node.name.text,
            tuple(whole[::-1] if suffix in ("T", "H") else whole),
            conjugated=suffix == "H",
            transposed=suffix in ("T", "H"),
            inverse=_INVERSES.get(suffix, ""),
            key=node.key,
            places=tuple(name.span for name in (names[::-1] if suffix in ("T", "H") else names)),
            span=node.span,
        )

    def _has_suffix(self, node: tree.Access, legs: int) -> bool:
        if node.suffix is None:
            return True
        suffix = node.suffix.text
        known = ("T", "H", *_INVERSES)
        if suffix not in known:
            hint = suggestion(suffix, known) or "there are .T, .H, .inv and .pinv"
            self.found.append(Diagnostic("PEN201", f"there is no .{suffix}", node.suffix.span, hint=hint))
            return False
        if legs != 2:
            message = f".{suffix} is of a tensor with two legs, but {legs} are given"
            conjugate = f"; for the conjugate, conj({node.name.text}[..])" if suffix == "H" else ""
            hint = f"write {node.name.text}.{suffix}[j,i]{conjugate}"
            self.found.append(Diagnostic("PEN202", message, node.span, hint=hint))
        return legs == 2

    def _leg(self, item: tree.Item, scope: Scope) -> Leg | None:
        match item:
            case tree.Name():
                return self._look_up(item.text, scope)
            case tree.Pin():
                return Pin(item.symbol, item.offset)
            case tree.Group():
                return Group(tuple(self._look_up(name.text, scope) for name in item.names))
            case tree.Range():
                hint = (
                    "ranges belong to sum and prod, and what they are for stands in parentheses: prod[n=1..4](A_n[b_n])"
                )
                self.found.append(Diagnostic("PEN101", "a tensor has no range of indices", item.span, hint=hint))
                return None

    def _look_up(self, name: str, scope: Scope) -> Index:
        if name in scope.bound:
            return scope.bound[name]
        if name not in scope.free:
            scope.free[name] = self.index(name)
        return scope.free[name]

    def _parenthesis(self, node: tree.Parenthesis, scope: Scope) -> Expression:
        if node.legs is None:
            self._check_ambiguity(node.expression, node.span, scope)
            return _single(self.expression(node.expression, scope))
        legs, inside = self._listed(node.expression, node.legs, scope)
        if all(isinstance(leg, Index) for leg in legs):
            return _single(inside)
        return Regroup(inside, legs, node.span)

    def _listed(self, node: tree.Expression, bracket: tree.Bracket, scope: Scope) -> tuple[tuple[Leg, ...], Sum]:
        """Resolve an expression whose legs are listed: its other indices are its own."""
        self.found += wrong_legs(bracket)
        legs = tuple(leg for leg in (self._leg(item, scope) for item in bracket.items) if leg is not None)
        names = [index.name for index in flat(legs)]
        indices = {index.name: index for index in flat(legs)}
        before = len(self.found)
        inside = self.expression(node, Scope(frozenset(names), NONE, indices))
        if len(self.found) == before:
            self.check_legs(inside, names, bracket.span)
        return legs, inside

    # ------------------------------------------------ functions

    def _application(self, node: tree.Application, scope: Scope) -> Expression | None:
        name = node.access.name.text
        plain = not node.access.key and not node.access.suffix
        if plain and name == "conj":
            return self._conjugate(node, scope)
        if plain and name == "sum":
            return self._total(node, scope)
        consumed = consumes_axes(node, self.known)
        return None if consumed is None else self._apply(node, scope, consumed)

    def _apply(self, node: tree.Application, scope: Scope, consumed: bool) -> Expression | None:
        names = self._axes(node.access.bracket)
        if names is None:
            return None
        axes = {name: self.index(name) if consumed else self._look_up(name, scope) for name in names}
        mentions = Counter(n for argument in node.arguments for n in set(argument_names(argument, self.known)))
        shared = frozenset(name for name, times in mentions.items() if times > 1)
        inner = scope.binding(axes)
        inner = replace(inner, given=inner.given | shared)
        arguments = [self._argument(argument, inner) for argument in node.arguments]
        self._axes_are_carried(node, axes, arguments)
        return Apply(node.access.name.text, tuple(axes.values()), consumed, tuple(arguments), None, node.span)

    def _argument(self, node: tree.Argument, scope: Scope) -> Sum:
        if node.opened:
            hint = "write prod[n=1..6](open A_n[b_{n-1},b_n])"
            self.found.append(Diagnostic("PEN215", "open belongs to a prod", node.span, hint=hint))
        if node.legs is None:
            self._check_ambiguity(node.expression, node.span, scope)
            return self.expression(node.expression, scope)
        legs, inside = self._listed(node.expression, node.legs, scope)
        if all(isinstance(leg, Index) for leg in legs):
            return inside
        product = Product(None, (Regroup(inside, legs, node.span),), (), node.span)
        return Sum((Term(False, product, ""),), node.span)

    def _axes(self, bracket: tree.Bracket | None) -> list[str] | None:
        names = []
        for item in bracket.items if bracket else ():
            if not isinstance(item, tree.Name):
                hint = "an axis is the name of an index: softmax[k](...)"
                self.found.append(Diagnostic("PEN202", "this is not an axis", item.span, hint=hint))
                return None
            names.append(item.text)
        return names if self._are_distinct(names, bracket) else None

    def _are_distinct(self, names: Sequence[str], bracket: tree.Bracket | None) -> bool:
        if len(set(names)) < len(names) and bracket is not None:
            hint = "name every index once"
            self.found.append(Diagnostic("PEN202", "an index is named twice here", bracket.span, hint=hint))
            return False
        return True

    def _axes_are_carried(self, node: tree.Application, axes: Mapping[str, Index], arguments: list[Sum]) -> None:
        carried = {index for argument in arguments for index in argument.free}
        for name, index in axes.items():
            if index not in carried and not any(_is_broken(a.terms[0].product) for a in arguments):
                message = f"the axis {name} is not an index of the argument"
                names = {other.name for other in carried}
                hint = suggestion(name, names) or f"its indices are {', '.join(sorted(names)) or 'none'}"
                self.found.append(Diagnostic("PEN205", message, node.access.span, hint=hint))

    def _applied(self, name: str, argument: Expression, span: Span) -> Apply:
        if not isinstance(argument, Sum):
            product = argument if isinstance(argument, Product) else Product(None, (argument,), (), span)
            argument = Sum((Term(False, product, ""),), span)
        return Apply(name, (), False, (argument,), None, span)

    def _power(self, node: tree.Power, scope: Scope) -> Expression | None:
        exponent = scalar_of(node.exponent, self.known.dimensions)
        if exponent is None:
            transpose = node.exponent.span.text in ("T", "H", "t", "dagger")
            hint = "write A.T[j,i], or A.H[j,i]" if transpose else "write x[i]^2, x[i]^(1/2)"
            self.found.append(Diagnostic("PEN213", "an exponent is a number", node.exponent.span, hint=hint))
            return None
        base = node.base
        if not isinstance(base, tree.Parenthesis):
            term = tree.Term(False, (base,), (False,), "", span=base.span)
            base = tree.Parenthesis(tree.Expression((term,), span=base.span), None, span=base.span)
        return replace(self._applied("power", self._parenthesis(base, scope), node.span), exponent=exponent)

    def _total(self, node: tree.Application, scope: Scope) -> Expression | None:
        items = node.access.bracket.items if node.access.bracket else ()
        limits: list[Limit] = []
        for item in items:
            if isinstance(item, tree.Range):
                ends = (_bound_text(item.first), _bound_text(item.last))
                limits.append(Limit(self.index(item.name.text), *ends))
            elif isinstance(item, tree.Name):
                limits.append(Limit(self.index(item.text)))
        if not limits or len(limits) != len(items) or len(node.arguments) != 1:
            hint = "write sum[h](A[h,i] x[h]), or sum[j=3..R](...)"
            self.found.append(Diagnostic("PEN202", "this sum is incomplete", node.span, hint=hint))
            return None
        if not self._are_distinct([limit.index.name for limit in limits], node.access.bracket):
            return None
        own = {limit.index.name: limit.index for limit in limits}
        body = self._argument(node.arguments[0], scope.binding(own))
        self._not_in_groups(frozenset(own.values()), body)
        for name, index in own.items():
            if index not in body.free and not _is_broken(body.terms[0].product):
                message = f"the index {name} of the sum is not in its body"
                hint = f"its body has {', '.join(i.name for i in body.free) or 'no indices'}"
                near = next((f.tensor for f in factors_of(body) if f.tensor.endswith(f"_{name}")), "")
                hint += (
                    f"; a subscript is no index: write {near.rpartition('_')[0]}[{name}], not {near}" if near else ""
                )
                self.found.append(Diagnostic("PEN205", message, node.access.span, hint=hint))
        return Total(tuple(limits), body, node.span)

    def _not_in_groups(self, summed: frozenset[Index], body: Sum) -> None:
        """Report indices of a drawn sum in a group: they are subscripts, and no part of a leg."""
        for factor in factors_of(body):
            if any(isinstance(leg, Group) and summed & set(leg.indices) for leg in factor.legs):
                hint = "leave the index out of the group, or leave the sum undrawn"
                message = "an index of a drawn sum stands in a group"
                self.found.append(Diagnostic("PEN290", message, factor.span, hint=hint))

    def _conjugate(self, node: tree.Application, scope: Scope) -> Expression | None:
        arguments = [argument.expression for argument in node.arguments]
        single = len(arguments) == 1 and len(arguments[0].terms) == 1 and not arguments[0].terms[0].negative
        factors = arguments[0].terms[0].factors if single else ()
        plain = (
            not node.access.bracket
            and not any(a.legs or a.opened for a in node.arguments)
            and not arguments[0].terms[0].caption
        )
        tensor = factors[0] if len(factors) == 1 else None
        if not plain or not isinstance(tensor, tree.Access) or tensor.name.text == "dots":
            hint = "conjugate every tensor: conj(A[i,j]) conj(B[j,k])"
            self.found.append(Diagnostic("PEN202", "conj takes one tensor", node.span, hint=hint))
            return None
        inside = self.access(tensor, scope)
        return inside and replace(inside, conjugated=not inside.conjugated, span=node.span)

    # ------------------------------------------------ what is mentioned

    def _mentioned_by_others(self, factor: tree.Factor, factors: Sequence[tree.Factor]) -> frozenset[str]:
        return NONE.union(*(names_of(other, self.known) for other in factors if other is not factor))

    def _check_ambiguity(self, node: tree.Expression, where: Span, scope: Scope) -> None:
        """Refuse an index that a term in a parenthesis or argument mentions twice and that stands outside too."""
        for term in node.terms:
            factors = [factor for factor, _ in split(term, self.known.dimensions)[1]]
            mentioned = dict.fromkeys(name for factor in factors for name in kept_names(factor, self.known))
            twice = summable(factors, self.known)
            unclear = [name for name in twice if name in scope.mentioned and name not in scope.given]
            legs = [name for name in mentioned if name not in twice or scope.needs(name)]
            for name in unclear:
                message = f"the index {name} is mentioned twice in here and also outside"
                hint = (
                    f"if {name} is summed in here, give it another name here; if it is a leg of this part, "
                    f"say which legs that has: (... -> {_as_list(legs)})"
                )
                self.found.append(Diagnostic("PEN207", message, where, hint=hint))

    # ------------------------------------------------ legs

    def check_legs(self, node: Sum, legs: Sequence[str], given: Span) -> None:
        """Report free indices that were not asked for, and legs that the expression does not have."""
        names = [index.name for index in node.free]
        over = [name for name in names if name not in legs]
        ends = "; without the bonds at its ends, a repetition is prod[n=1..6](open ...)"
        ends = ends if over and _CLOSED.search(node.span.text) else ""
        for name in over:
            message = f"the index {name} stands once, but is not among the free legs {_as_list(legs)}"
            hint = f"add {name} to the free legs, or sum over it with one[{name}]{ends if '_' in name else ''}"
            notes = (Note(given, "the free legs"),)
            self.found.append(Diagnostic("PEN204", message, _place_of(name, node), "", notes, hint))
        for name in legs:
            if name not in names:
                message = f"the leg {name} is missing here"
                notes = (Note(given, f"{name} is asked for here"),)
                hint = suggestion(name, set(names) - set(legs)) or f"one factor must carry the index {name}"
                if any(index.name == name for factor in factors_of(node) for index in factor.indices):
                    hint = f"{name} is summed in here: take it out of the free legs, or give the sum another index"
                self.found.append(Diagnostic("PEN205", message, node.span, "", notes, hint))

    def _same_legs(self, terms: tuple[Term, ...]) -> None:
        first = terms[0].product
        for term in terms[1:]:
            here, there = set(term.product.free), set(first.free)
            if here == there:
                continue
            message = f"the terms of a sum have different legs: {_spoken(first.free)} and {_spoken(term.product.free)}"
            notes = (Note(first.span, _spoken(first.free)),)
            hint = f"every term needs the same free legs; look at {', '.join(sorted(i.name for i in here ^ there))}"
            if here < there or there < here:
                hint = _constant_along(term.product if here < there else first, here ^ there)
            self.found.append(Diagnostic("PEN206", message, term.product.span, _spoken(term.product.free), notes, hint))


def _single(inside: Sum) -> Product | Sum:
    """Return the product in a parenthesis with one plain term."""
    (term, *more) = inside.terms
    return inside if more or term.negative or term.caption else term.product


_INVERSES: Mapping[str, Inverse] = {"inv": "inv", "pinv": "pinv"}


def _bound_text(bound: tree.Bound) -> str:
    return f"{bound.symbol}{bound.offset:+d}".removesuffix("+0") if bound.symbol else str(bound.offset)


def _is_broken(product: Product) -> bool:
    """Tell whether a factor was dropped because of an error that is reported already."""
    return not product.factors and product.coefficient is None


def _place_of(name: str, node: Sum) -> Span:
    """Return where an index of that name is first carried."""
    for factor in factors_of(node):
        for index, place in zip(factor.indices, factor.places, strict=True):
            if index.name == name:
                return place
    return node.span


def _constant_along(product: Product, indices: Iterable[Index]) -> str:
    """Return the hint for a term that lacks some legs: it may be the same all along them."""
    names = sorted(index.name for index in indices)
    ones = " ".join(f"one[{name}]" for name in names)
    text = product.span.text
    before = "" if text == "1" else f"{text} "
    written = f"{before}{ones}" if text.isprintable() and len(text) < 40 else f"multiplied by {ones}"
    return f"every term needs the same free legs; one that is the same for all {', '.join(names)} is {written}"


def _as_list(names: Iterable[str]) -> str:
    return "[" + ",".join(names) + "]"


def _spoken(indices: tuple[Index, ...]) -> str:
    return _as_list(index.name for index in indices) if indices else "no legs"
