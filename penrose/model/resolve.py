"""Syntax tree to document: names, legs, sums and dimensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from penrose.errors import Diagnostic, Note, PenroseError
from penrose.model.document import Document, Figure, Meaning, Panel
from penrose.model.expression import Factor, Sum, factors_of
from penrose.model.hints import Hints, contradictions
from penrose.model.index import Index
from penrose.model.properties import read_property
from penrose.model.sizes import Sizes
from penrose.model.summation import NEVER, Scope, Summation
from penrose.model.tensor import BUILT_IN, Dimension, Tensor
from penrose.source import Source, Span
from penrose.syntax import tree


def resolve(program: tree.Program, source: Source) -> Document:
    """Return what a program means, or raise everything that is wrong with its names and legs."""
    found: list[Diagnostic] = []
    nodes = [entry.node for entry in program.entries]
    dimensions = _dimensions(nodes, found)
    declared = _tensors(nodes, dimensions, found)
    figures = tuple(_Figure(node, dimensions, declared, found).resolve() for node in _unique_figures(nodes, found))
    for node in nodes:
        if not isinstance(node, tree.Figure | tree.Dimensions | tree.Tensors):
            word = node.span.text.split(maxsplit=1)[0]
            found.append(Diagnostic("PEN290", f"{word} is not available yet", node.span, hint="leave it out for now"))
    if found:
        raise PenroseError(found)
    return Document(source, tuple(dimensions.values()), figures, ())


# ---------------------------------------------------------------- declarations


def _dimensions(nodes: list[tree.Statement], found: list[Diagnostic]) -> dict[str, Dimension]:
    known: dict[str, Dimension] = {}
    items = [item for node in nodes if isinstance(node, tree.Dimensions) for item in node.items]
    for item in items:
        size, test = (_whole(text, item.span, found) for text in (item.size, item.test))
        if item.name.text in known:
            found.append(_twice("dimension", item.name, known[item.name.text].span))
        else:
            known[item.name.text] = Dimension(item.name.text, size, test, item.name.span)
    return known


def _whole(text: str, span: Span, found: list[Diagnostic]) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) == 0:
        message = f"the size of a dimension is a whole number, not {text}"
        found.append(Diagnostic("PEN213", message, span, hint="write for example 768"))
        return None
    return int(text)


def _tensors(
    nodes: list[tree.Statement], dimensions: dict[str, Dimension], found: list[Diagnostic]
) -> dict[str, Tensor]:
    known: dict[str, Tensor] = {}
    items = [item for node in nodes if isinstance(node, tree.Tensors) for item in node.items]
    for item in items:
        name = item.name.text
        if name in BUILT_IN or name in dimensions:
            what = "built in" if name in BUILT_IN else "a dimension"
            found.append(Diagnostic("PEN208", f"{name} is {what}", item.name.span, hint="choose another name"))
        elif name in known:
            found.append(_twice("tensor", item.name, known[name].span))
        else:
            known[name] = _tensor(item, dimensions, found)
    return known


def _tensor(node: tree.Tensor, dimensions: dict[str, Dimension], found: list[Diagnostic]) -> Tensor:
    slots = tuple(slot.name.text for slot in node.slots)
    for number, slot in enumerate(node.slots):
        if slot.name.text in slots[:number]:
            first = node.slots[slots.index(slot.name.text)]
            found.append(_twice("leg", slot.name, first.name.span))
        if slot.dimension and slot.dimension.text not in dimensions:
            message = f"there is no dimension {slot.dimension.text}"
            hint = f"declare it: dim {slot.dimension.text}"
            found.append(Diagnostic("PEN201", message, slot.dimension.span, hint=hint))
    sizes = tuple(slot.dimension.text if slot.dimension else slot.name.text for slot in node.slots)
    properties = (read_property(known, slots, found) for known in node.properties)
    return Tensor(
        node.name.text,
        slots,
        tuple(size if size in dimensions else "" for size in sizes),
        node.label,
        tuple(known for known in properties if known),
        declared=True,
        span=node.span,
    )


def _unique_figures(nodes: list[tree.Statement], found: list[Diagnostic]) -> list[tree.Figure]:
    known: dict[str, tree.Figure] = {}
    for node in nodes:
        if isinstance(node, tree.Figure):
            if node.name.text in known:
                found.append(_twice("figure", node.name, known[node.name.text].name.span))
            known.setdefault(node.name.text, node)
    return list(known.values())


def _twice(what: str, name: tree.Name, first: Span) -> Diagnostic:
    message = f"the {what} {name.text} is declared twice"
    return Diagnostic("PEN208", message, name.span, "", (Note(first, "first here"),), "rename or remove one of them")


# ---------------------------------------------------------------- figures


@dataclass
class _Figure:
    """Resolves one figure. Names that are not declared belong to it."""

    node: tree.Figure
    dimensions: dict[str, Dimension]
    declared: dict[str, Tensor]
    found: list[Diagnostic]
    undeclared: dict[str, Tensor] = field(default_factory=dict)

    def resolve(self) -> Figure:
        entries = [entry.node for entry in self.node.block.entries]
        chains = [self._chain(entry) for entry in entries if isinstance(entry, tree.Chain)]
        if not chains:
            message = f"the figure {self.node.name.text} is empty"
            hint = f"write figure {self.node.name.text}: A[i,j] B[j,k]"
            self.found.append(Diagnostic("PEN101", message, self.node.name.span, hint=hint))
        chains = self._with_meanings(chains)
        tensors = self.declared | self.undeclared
        hints = Hints([panel for chain in chains for panel in chain], tensors, self.found)
        read = [hint for entry in entries if isinstance(entry, tree.Layout) for hint in hints.read(entry)]
        self.found += contradictions(read)
        used = {factor.tensor for factor in _factors(chains)}
        return Figure(
            self.node.name.text,
            self.node.title,
            tuple(chains),
            {name: tensor for name, tensor in tensors.items() if name in used},
            tuple(read),
            self.node.span,
        )

    def _chain(self, node: tree.Chain) -> tuple[Panel, ...]:
        summation = Summation(frozenset(self.dimensions), self._arity, self.found)
        indices: dict[str, Index] = {}
        left = _left_side(node.panels[0])
        start = len(self.found)
        panels: list[Panel] = []
        for number, panel in enumerate(node.panels):
            given = panel.legs or left
            names = [item.text for item in given.items if isinstance(item, tree.Name)] if given else []
            before = len(self.found)
            expression = summation.expression(panel.expression, Scope(frozenset(names), NEVER, indices))
            if given and len(self.found) == before:
                summation.check_legs(expression, names, given.span)
            legs = tuple(indices[name] for name in names if name in indices) if given else expression.free
            if panels and not given and len(self.found) == before:
                legs = self._as_first(expression, panels[0])
            meaning: Meaning = "none" if not number else "step" if panel.relation == "->" else "claim"
            panels.append(Panel(panel.relation or "", meaning, expression, legs, panel.new_row, panel.span))
        if len(self.found) == start:
            Sizes(self.dimensions, self.found).join(_factors([panels]), self.declared | self.undeclared)
        return tuple(panels)

    def _as_first(self, expression: Sum, first: Panel) -> tuple[Index, ...]:
        """Return the legs of the first panel, after checking that this expression has the same."""
        if set(expression.free) != set(first.legs):
            there, here = (f"[{','.join(i.name for i in legs)}]" for legs in (first.legs, expression.free))
            message = f"the two sides have different legs: {there} and {here}"
            notes = (Note(first.span, there),)
            hint = "both sides of a relation need the same free legs; name them with -> [..] where a sum is meant"
            self.found.append(Diagnostic("PEN206", message, expression.span, here, notes, hint))
        return first.legs

    def _arity(self, name: str, legs: int, span: Span) -> bool:
        """Check the number of legs of an occurrence; the first one tells how many an undeclared tensor has."""
        if name in BUILT_IN:
            return True
        known = self.declared.get(name) or self.undeclared.get(name)
        if known is None:
            slots = tuple(str(number + 1) for number in range(legs))
            self.undeclared[name] = Tensor(name, slots, ("",) * legs, "", (), declared=False, span=span)
            return True
        if len(known.slots) == legs:
            return True
        where = "declared" if known.declared else "used"
        message = f"{name} has {_legs(legs)} here, but {_legs(len(known.slots))} where it is {where}"
        notes = (Note(known.span, _legs(len(known.slots))),)
        hint = "give it the same legs, or another name"
        self.found.append(Diagnostic("PEN202", message, span, _legs(legs), notes, hint))
        return False

    def _with_meanings(self, chains: list[tuple[Panel, ...]]) -> list[tuple[Panel, ...]]:
        """Mark the relations that define their left side."""
        uses = Counter(factor.tensor for factor in _factors(chains))
        marked = []
        for chain in chains:
            if len(chain) > 1 and chain[1].relation == "=" and self._defines(chain[0], uses):
                chain = (chain[0], replace(chain[1], meaning="definition"), *chain[2:])
            marked.append(chain)
        return marked

    def _defines(self, panel: Panel, uses: Mapping[str, int]) -> bool:
        factors = list(factors_of(panel.expression))
        if len(factors) != 1 or panel.expression.terms[0].product.coefficient or len(panel.expression.terms) > 1:
            return False
        name = factors[0].tensor
        plain = not factors[0].conjugated and len(factors[0].free) == len(factors[0].indices)
        return plain and name in self.undeclared and uses[name] == 1


def _left_side(panel: tree.Panel) -> tree.Bracket | None:
    """Return the bracket that gives the free legs: a lone tensor's with distinct indices, or what `->` lists."""
    if panel.legs or len(panel.expression.terms) != 1:
        return panel.legs
    factors = panel.expression.terms[0].factors
    if len(factors) != 1 or not isinstance(factors[0], tree.Access):
        return None
    access = factors[0]
    if access.bracket is None:
        return tree.Bracket((), span=access.span)
    names = [item.text for item in access.bracket.items if isinstance(item, tree.Name)]
    distinct = len(set(names)) == len(access.bracket.items)
    return access.bracket if distinct else None


def _factors(chains: Sequence[Sequence[Panel]]) -> list[Factor]:
    return [factor for chain in chains for panel in chain for factor in factors_of(panel.expression)]


def _legs(number: int) -> str:
    return "1 leg" if number == 1 else f"{number or 'no'} legs"
