"""`let`: names for expressions, families of names, and decompositions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from penrose.data import Equatable, replace
from penrose.errors import Diagnostic, Note
from penrose.model.declarations import twice
from penrose.model.document import Definition
from penrose.model.expression import Factor, Sum, factors_of
from penrose.model.function import DECOMPOSITIONS, EXAMPLES, wrong_count
from penrose.model.index import Index
from penrose.model.mentions import bracket_names
from penrose.model.names import Known
from penrose.model.properties import Property
from penrose.model.sizes import Sizes
from penrose.model.subscript import Value
from penrose.model.summation import NONE, Scope, Summation
from penrose.model.tensor import BUILT_IN, Tensor
from penrose.model.unroll import LARGEST, Unroller, index_names
from penrose.source import Span
from penrose.syntax import tree


class _Let(Equatable):
    """One member of a family: a `let` with its targets unrolled, and the values of its variables."""

    node: tree.Let
    targets: tuple[tree.Access, ...]
    values: Mapping[str, Value]


@dataclass
class Definitions:
    """Resolves all definitions of a program. Undeclared tensors that they mention become global."""

    known: Known
    found: list[Diagnostic]
    tensors: dict[str, Tensor] = field(default_factory=dict)

    def read(self, nodes: Sequence[tree.Let]) -> tuple[Definition, ...]:
        """Return the definitions in their order; `tensors` then has everything that is known globally."""
        self.tensors = dict(self.known.declared)
        lets = [let for node in nodes for let in self._family(node)]
        defined: dict[str, tree.Access] = {}
        for let in lets:
            for target in let.targets:
                self._declare(target, let, defined)
        self.known = replace(self.known, declared=self.tensors, own={})
        definitions = [one for let in lets if (one := self._definition(let, self.known)) is not None]
        self.tensors = self.known.tensors
        self._check_cycles(definitions)
        return tuple(definitions)

    def warnings(self, definitions: Sequence[Definition]) -> list[Diagnostic]:
        """Return the warnings for names that only definitions mention."""
        targets = [target for one in definitions for target in one.targets]
        mentioned = [factor for one in definitions for factor in factors_of(one.expression)]
        return self.known.misspelt({index.name for factor in (*targets, *mentioned) for index in factor.indices})

    def _family(self, node: tree.Let) -> Iterator[_Let]:
        unroller = Unroller(NONE, self.found)
        for values in self._values(node):
            targets = tuple(unroller.access(target, values) for target in node.targets)
            yield _Let(node, targets, values)

    def _values(self, node: tree.Let) -> list[Mapping[str, Value]]:
        every = []
        for given in node.ranges:
            if given.first.symbol or given.last.symbol or not 0 <= given.last.offset - given.first.offset < LARGEST:
                hint = "write whole numbers, the smaller one first: for n=1..12"
                self.found.append(Diagnostic("PEN215", "this range cannot be worked out", given.span, hint=hint))
                return []
            numbers = range(given.first.offset, given.last.offset + 1)
            every.append([(given.name.text, number) for number in numbers])
        return [dict(values) for values in product(*every)]

    def _declare(self, target: tree.Access, let: _Let, defined: dict[str, tree.Access]) -> None:
        """Make a target a tensor, which a `tensor` statement may have given its slots and properties already."""
        name = target.name.text
        names = [item.text for item in target.bracket.items if isinstance(item, tree.Name)] if target.bracket else []
        groups = [item for item in target.bracket.items if isinstance(item, tree.Group)] if target.bracket else []
        items = len(target.bracket.items) if target.bracket else 0
        if len(names) + len(groups) != items or len(set(names)) != len(names) or target.suffix or target.key:
            hint = "write let A[i,j] = ..."
            self.found.append(
                Diagnostic("PEN101", "the left side of a let has plain, distinct indices", target.span, hint=hint)
            )
            return
        if name in defined:
            self.found.append(twice("let", target.name, defined[name].name.span))
            return
        if name in BUILT_IN or name in self.known.dimensions:
            what = "built in" if name in BUILT_IN else "a dimension"
            self.found.append(Diagnostic("PEN208", f"{name} is {what}", target.name.span, hint="choose another name"))
            return
        defined[name] = target
        declared = self.known.declared.get(name)
        slots = tuple(i.text if isinstance(i, tree.Name) else str(n + 1) for n, i in enumerate(_items(target)))
        if declared and len(declared.slots) != items:
            message = f"{name} has {items} legs here, but {len(declared.slots)} where it is declared"
            notes = (Note(declared.span, "declared here"),)
            hint = "give it the same legs"
            self.found.append(Diagnostic("PEN202", message, target.span, "", notes, hint))
            return
        dimensions = tuple(slot if slot in self.known.dimensions else "" for slot in slots)
        made = declared or Tensor(name, slots, dimensions, "", (), declared=True, span=target.span)
        self.tensors[name] = replace(made, properties=(*made.properties, *_inherent(let, target, items)))

    # ------------------------------------------------ right sides

    def _definition(self, let: _Let, known: Known) -> Definition | None:
        start = len(self.found)
        for term in let.node.expression.terms:
            if term.caption:
                hint = "captions stand in figures"
                self.found.append(Diagnostic("PEN101", "a let has no caption", term.span, hint=hint))
        unroller = Unroller(NONE, self.found)
        expression = unroller.expression(let.node.expression, let.values)
        summation = Summation(known, self.found)
        indices: dict[str, Index] = {}
        method = _method(expression)
        if method:
            return self._decomposition(let, method, expression, summation, indices)
        if len(let.targets) != 1:
            hint = "several targets belong to svd, qr, cp or tucker: let U[i,r], s[r], V[k,r] = svd(M[i,k])"
            self.found.append(Diagnostic("PEN202", "this let has several targets", let.node.span, hint=hint))
            return None
        target = summation.access(let.targets[0], Scope(NONE, NONE, indices))
        if target is None:
            return None
        names = [index.name for index in target.free]
        legs = unroller.bracket(let.node.legs, let.values)
        resolved = summation.expression(expression, Scope(frozenset(names), NONE, indices))
        if legs and set(bracket_names(legs)) != set(names):
            notes = (Note(let.targets[0].span, "the legs of the target"),)
            hint = "leave the -> [..] out: the target lists the legs"
            self.found.append(Diagnostic("PEN206", "these are not the legs of the target", legs.span, "", notes, hint))
        if len(self.found) == start:
            summation.check_legs(resolved, names, let.targets[0].span)
            Sizes(known.dimensions, self.found).join([target, resolved], known.tensors)
        return Definition((target,), resolved, "", let.node.span)

    def _decomposition(
        self, let: _Let, method: str, expression: tree.Expression, summation: Summation, indices: dict[str, Index]
    ) -> Definition | None:
        """Resolve a decomposition; its targets share an index, or several, that what is decomposed has not."""
        application = expression.terms[0].factors[0]
        assert isinstance(application, tree.Application)
        fewest, most = DECOMPOSITIONS[method]
        if not fewest <= len(let.targets) <= most:
            what = f"{method} gives # tensors"
            self.found.append(wrong_count(what, len(let.targets), fewest, most, let.node.span, None))
            return None
        access = application.access
        plain = not (access.bracket or access.key or access.suffix) and len(application.arguments) == 1
        if not plain or application.arguments[0].legs or application.arguments[0].opened:
            hint = "write svd(M[i,k])"
            self.found.append(
                Diagnostic("PEN202", f"{method} has one argument and no axes", application.span, hint=hint)
            )
            return None
        start = len(self.found)
        targets = [summation.access(target, Scope(NONE, NONE, indices)) for target in let.targets]
        made = tuple(target for target in targets if target)
        # what the left side names is needed, here as in all other statements
        whole = summation.expression(application.arguments[0].expression, Scope(frozenset(indices), NONE, indices))
        if len(self.found) == start:
            self._check_split(made, whole, application, EXAMPLES[method])
        Sizes(summation.known.dimensions, self.found).join([*made, whole], summation.known.tensors)
        return Definition(made, whole, method, let.node.span)

    def _check_split(self, made: Sequence[Factor], whole: Sum, split: tree.Application, example: str) -> None:
        """Report legs of what is split that do not go to one target, and new indices that do not go to several."""
        times = Counter(index for target in made for index in target.free)
        start = len(self.found)

        def report(message: str, place: Span, hint: str) -> None:
            self.found.append(Diagnostic("PEN205", message, place, hint=hint))

        for index in whole.free:
            if not times[index]:
                report(
                    f"the leg {index} is in none of the targets",
                    split.span,
                    "every leg of what is split goes to a target",
                )
        for target in made:
            for index, place in zip(target.indices, target.places, strict=True):
                if index in whole.free and times[index] > 1:
                    hint = f"each leg goes to one target; if {index} is to be summed in the argument, rename it there"
                    report(f"{index} is a leg of what is split, and goes to several targets", place, hint)
                    times[index] = 1
                elif index not in whole.free and times[index] == 1:
                    hint = f"a new index stands in two targets or more: {example}"
                    report(f"the index {index} stands in one target, and is no leg of what is split", place, hint)
        if len(self.found) == start and not times.keys() - set(whole.free):
            hint = f"give two targets or more an index that the argument has not: {example}"
            report("the targets share no new index", made[0].span.to(made[-1].span), hint)

    def _check_cycles(self, definitions: Sequence[Definition]) -> None:
        """Report definitions that need themselves."""
        by_name = {target.tensor: one for one in definitions for target in one.targets}
        done: set[str] = set()
        for start in by_name:
            path: list[str] = []
            self._visit(start, by_name, path, done)

    def _visit(self, start: str, by_name: Mapping[str, Definition], path: list[str], done: set[str]) -> None:
        """Walk what a definition needs, without recursion: families can be long."""
        stack: list[tuple[str, Iterator[Factor]]] = []
        if start not in done:
            stack.append((start, factors_of(by_name[start].expression)))
            path.append(start)
        while stack:
            name, needs = stack[-1]
            factor = next((f for f in needs if f.tensor in by_name and f.tensor not in done), None)
            if factor is None:
                stack.pop()
                path.pop()
                done.add(name)
            elif factor.tensor in path:
                round_trip = " needs ".join([*path[path.index(factor.tensor) :], factor.tensor])
                message = f"{factor.tensor} is defined by itself: {round_trip}"
                self.found.append(Diagnostic("PEN209", message, factor.span, hint="take one of them out"))
                done.update(path)
                return
            else:
                stack.append((factor.tensor, factors_of(by_name[factor.tensor].expression)))
                path.append(factor.tensor)


def _items(access: tree.Access) -> Sequence[tree.Item]:
    return access.bracket.items if access.bracket else ()


def _method(expression: tree.Expression) -> str:
    """Return the name of the decomposition that an expression is, if any."""
    (term, *more) = expression.terms
    if more or term.negative or len(term.factors) != 1 or not isinstance(term.factors[0], tree.Application):
        return ""
    name = term.factors[0].access.name.text
    return name if name in DECOMPOSITIONS else ""


def _inherent(let: _Let, target: tree.Access, legs: int) -> tuple[Property, ...]:
    """Return the properties that a decomposition gives a target: isometries, whose tip is the new leg."""
    method = _method(let.node.expression)
    position = let.targets.index(target)
    if method == "svd" and position == 1:
        return (Property("nonnegative"),)
    isometric = {"svd": position in (0, 2), "qr": position == 0, "tucker": position > 0}
    if not isometric.get(method, False) or not legs:
        return ()
    names = [set(index_names(replace(target, bracket=_only(target, n)))) for n in range(legs)]
    others = {name for other in let.targets if other is not target for name in index_names(other)}
    return (Property("isometry", tuple(n for n, found in enumerate(names) if found <= others)),)


def _only(target: tree.Access, slot: int) -> tree.Bracket:
    return tree.Bracket((_items(target)[slot],), span=target.span)
