"""Syntax tree to document: names, legs, sums and dimensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from penrose.data import replace
from penrose.errors import Diagnostic, Note, PenroseError
from penrose.model.contradictions import contradictions
from penrose.model.declarations import read_dimensions, read_functions, read_styles, read_tensors, twice
from penrose.model.definitions import Definitions
from penrose.model.document import Chain, Check, Document, Figure, Meaning, Panel, Style
from penrose.model.expression import Factor, Sum, factors_of
from penrose.model.hints import Hints, is_hint, misplaced_hint
from penrose.model.index import Group, Index, Leg, flat
from penrose.model.mentions import bracket_names, wrong_legs
from penrose.model.names import Known
from penrose.model.sizes import Sizes
from penrose.model.summation import NONE, Scope, Summation
from penrose.model.unroll import Unroller
from penrose.source import Source
from penrose.syntax import tree


def resolve(program: tree.Program, source: Source) -> Document:
    """Return what a program means, or raise everything that is wrong with its names and legs.

    The statements of the files that it uses stand in the program already, before its own.
    """
    found: list[Diagnostic] = []
    nodes = [entry.node for entry in program.entries]
    dimensions = read_dimensions(nodes, found)
    functions = read_functions(nodes, dimensions, found)
    declared = read_tensors(nodes, dimensions, found)
    known = Known(dimensions, functions, declared, found, {}, count())
    lets = Definitions(known, found)
    definitions = lets.read([node for node in nodes if isinstance(node, tree.Let)])
    everywhere = replace(known, declared=lets.tensors, own={})
    premises = [_check(node, everywhere, found) for node in nodes if isinstance(node, tree.Assume)]
    scope = replace(everywhere, declared=everywhere.tensors)
    apart = [(node, replace(scope, own={})) for node in nodes if isinstance(node, tree.Check)]
    claims = [_check(node, own, found) for node, own in apart]
    unique = _unique([node for node in nodes if isinstance(node, tree.Figure)], found)
    resolved = [_Figure(node, replace(scope, own={}), found) for node in unique]
    figures = [figure.resolve() for figure in resolved]
    names = {**scope.tensors, **{name: tensor for figure in figures for name, tensor in figure.tensors.items()}}
    styles = read_styles(nodes, names, found)
    warnings = lets.warnings(definitions)
    checked = [*((everywhere, one) for one in premises), *zip((own for _, own in apart), claims, strict=True)]
    warnings += [warning for own, one in checked for warning in own.misspelt(_indices([one.chain]))]
    warnings += [warning for one, figure in zip(resolved, figures, strict=True) for warning in one.warnings(figure)]
    if found:
        raise PenroseError([*found, *warnings])
    dressed = tuple(_dressed(figure, styles) for figure in figures)
    return Document(
        source, dimensions, functions, definitions, dressed, (*premises, *claims), tuple(dict.fromkeys(warnings))
    )


def _indices(chains: Iterable[Chain]) -> set[str]:
    return {index.name for factor in _factors(chains) for index in factor.indices}


def _dressed(figure: Figure, styles: Mapping[str, Style]) -> Figure:
    return replace(figure, styles={name: style for name, style in styles.items() if name in figure.tensors})


def _unique(figures: Sequence[tree.Figure], found: list[Diagnostic]) -> list[tree.Figure]:
    known: dict[str, tree.Figure] = {}
    for node in figures:
        if node.name.text in known:
            found.append(twice("figure", node.name, known[node.name.text].name.span))
        known.setdefault(node.name.text, node)
    return list(known.values())


def _check(node: tree.Check | tree.Assume, known: Known, found: list[Diagnostic]) -> Check:
    chain = read_chain(node.chain, known, found)
    name = node.name.text if isinstance(node, tree.Check) else ""
    if len(chain) < 2:
        hint = "write a relation: E1 = E2"
        found.append(Diagnostic("PEN101", "this says nothing", node.span, hint=hint))
    return Check(name, chain, known.tensors, node.span)


# ---------------------------------------------------------------- chains


def read_chain(node: tree.Chain, known: Known, found: list[Diagnostic]) -> Chain:
    """Resolve the panels of a chain, which have the same free legs."""
    start = len(found)
    summation = Summation(known, found)
    indices: dict[str, Index] = {}
    lead = next((panel for panel in node.panels if not _is_zero(panel.expression)), node.panels[0])
    left = _left_side(lead)
    panels: list[Panel] = []
    first: Panel | None = None  # the one whose legs the others have
    for one in node.panels:
        panel = _panel(one, left, first, summation, indices, start)
        first = panel if one is lead else first
        panels.append(panel)
    if first and len(found) == start:
        panels = [_zero(one, panel, first, found) for one, panel in zip(node.panels, panels, strict=True)]
    if len(found) == start:
        Sizes(known.dimensions, found).join([panel.expression for panel in panels], known.tensors)
    return tuple(panels)


def _panel(
    node: tree.Panel,
    left: tree.Bracket | None,
    first: Panel | None,
    summation: Summation,
    indices: dict[str, Index],
    chain_start: int,
) -> Panel:
    """Resolve a panel; it is compared with the first one only while nothing is wrong with the chain."""
    found = summation.found
    start = len(found)
    if node.within and node.relation != "~=":
        hint = "write A[i] ~= B[i] within 0.1"
        found.append(Diagnostic("PEN101", "within belongs to a ~=", node.span, hint=hint))
    zero = _is_zero(node.expression)
    listed = node.legs or (None if zero else left)
    unroller = Unroller(frozenset(bracket_names(listed)), found)
    given = unroller.bracket(listed, {})
    expression = unroller.expression(node.expression, {})
    found += wrong_legs(given) if node.legs and given else []
    names = bracket_names(given)
    resolved = summation.expression(expression, Scope(frozenset(names), NONE, indices))
    legs: tuple[Leg, ...] = resolved.free
    if len(found) == start and not zero:
        if given:
            summation.check_legs(resolved, names, given.span)
            legs = _legs(given, indices) if len(found) == start else ()
        if first and len(found) == chain_start:
            _check_same(resolved, legs, first, found)
            legs = legs if given else first.legs
    meaning: Meaning = "none" if not node.relation else "step" if node.relation == "->" else "claim"
    return Panel(node.relation or "", meaning, resolved, legs, node.within, node.new_row, node.span)


def _is_zero(node: tree.Expression) -> bool:
    """Tell whether an expression is a plain 0, which has any legs."""
    (term, *more) = node.terms
    return (
        not more
        and len(term.factors) == 1
        and isinstance(term.factors[0], tree.Number)
        and not float(term.factors[0].text)
    )


def _zero(node: tree.Panel, panel: Panel, first: Panel, found: list[Diagnostic]) -> Panel:
    """Return a panel that is a plain 0 with the legs of the first one that is not; any other as it is."""
    if not _is_zero(node.expression):
        return panel
    if node.legs and {*bracket_names(node.legs)} != {index.name for index in flat(first.legs)}:
        hint = "leave them out: it has those of what it is compared with"
        notes = (Note(first.span, "compared with this"),) if first is not panel else ()
        found.append(Diagnostic("PEN206", "a plain 0 has no legs of its own", node.legs.span, "", notes, hint))
    return replace(panel, legs=first.legs)


def _check_same(expression: Sum, legs: Sequence[Leg], first: Panel, found: list[Diagnostic]) -> None:
    """Check that a panel has the same free legs as the first one."""
    if set(flat(legs)) != set(flat(first.legs)):
        there, here = (f"[{','.join(str(leg) for leg in some)}]" for some in (first.legs, legs))
        message = f"the two sides have different legs: {there} and {here}"
        notes = (Note(first.span, there),)
        hint = "both sides of a relation need the same free legs; name them with -> [..] where a sum is meant"
        found.append(Diagnostic("PEN206", message, expression.span, here, notes, hint))


def _left_side(panel: tree.Panel) -> tree.Bracket | None:
    """Return the bracket that gives the free legs: a lone tensor's with distinct indices, or what `->` lists."""
    if panel.legs or len(panel.expression.terms) != 1 or panel.expression.terms[0].negative:
        return panel.legs
    factors = panel.expression.terms[0].factors
    if len(factors) != 1 or not isinstance(factors[0], tree.Access):
        return None
    access = factors[0]
    if access.bracket is None:
        return tree.Bracket((), span=access.span)
    names = bracket_names(access.bracket)
    plain = all(isinstance(item, tree.Name | tree.Group) for item in access.bracket.items)
    return access.bracket if plain and len(set(names)) == len(names) else None


def _legs(bracket: tree.Bracket, indices: Mapping[str, Index]) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    for item in bracket.items:
        if isinstance(item, tree.Name):
            legs.append(indices[item.text])
        elif isinstance(item, tree.Group):
            legs.append(Group(tuple(indices[name.text] for name in item.names)))
    return tuple(legs)


# ---------------------------------------------------------------- figures


@dataclass
class _Figure:
    """Resolves one figure. Names that are not declared belong to it."""

    node: tree.Figure
    known: Known
    found: list[Diagnostic]

    def resolve(self) -> Figure:
        entries = [entry.node for entry in self.node.block.entries]
        lines = [entry for entry in entries if isinstance(entry, tree.Chain)]
        misplaced = [line for line in lines if is_hint(line)]
        self.found += [misplaced_hint(line) for line in misplaced]
        chains = [read_chain(line, self.known, self.found) for line in lines if line not in misplaced]
        if not lines:
            message = f"the figure {self.node.name.text} is empty"
            hint = f"write figure {self.node.name.text}: A[i,j] B[j,k]"
            self.found.append(Diagnostic("PEN101", message, self.node.name.span, hint=hint))
        chains = self._with_meanings(chains)
        self._check_keys(chains)
        tensors = self.known.tensors
        panels = [panel for chain in chains for panel in chain]
        hints = Hints(panels, tensors, self.found)
        read = [hint for entry in entries if isinstance(entry, tree.Layout) for hint in hints.read(entry)]
        self.found += contradictions(read, len(panels))
        used = {factor.tensor for factor in _factors(chains)}
        drawn = {name: tensor for name, tensor in tensors.items() if name in used}
        return Figure(self.node.name.text, self.node.title, tuple(chains), drawn, {}, tuple(read), self.node.name.span)

    def _check_keys(self, chains: Sequence[Chain]) -> None:
        """Report occurrences that have the same name."""
        known: dict[tuple[str, str], Factor] = {}
        for factor in _factors(chains):
            first = known.setdefault((factor.tensor, factor.key), factor)
            if factor.key and first is not factor:
                message = f"the occurrence {factor.tensor}:{factor.key} is named twice"
                notes = (Note(first.span, "first here"),)
                self.found.append(
                    Diagnostic("PEN208", message, factor.span, "", notes, "give one of them another name")
                )

    def warnings(self, figure: Figure) -> list[Diagnostic]:
        """Return the warnings for names in a figure."""
        return self.known.misspelt(_indices(figure.chains))

    def _with_meanings(self, chains: list[Chain]) -> list[Chain]:
        """Mark the relations that define their left side."""
        uses = Counter(factor.tensor for factor in _factors(chains))
        marked = []
        for chain in chains:
            if len(chain) > 1 and chain[1].relation == "=" and self._defines(chain[0], uses):
                chain = (chain[0], replace(chain[1], meaning="definition"), *chain[2:])
            marked.append(chain)
        return marked

    def _defines(self, panel: Panel, uses: Mapping[str, int]) -> bool:
        (term, *more) = panel.expression.terms
        if more or term.negative or term.product.coefficient or len(term.product.factors) != 1:
            return False
        factor = term.product.factors[0]
        if not isinstance(factor, Factor) or factor.conjugated or factor.inverse:
            return False
        distinct = len(factor.free) == sum(len(flat([leg])) or 2 for leg in factor.legs)
        return distinct and factor.tensor in self.known.own and uses[factor.tensor] == 1


def _factors(chains: Iterable[Chain]) -> list[Factor]:
    return [factor for chain in chains for panel in chain for factor in factors_of(panel.expression)]
