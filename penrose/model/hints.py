"""What stands in `layout { ... }`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from penrose.errors import Diagnostic, suggestion
from penrose.model.declarations import COLORS, is_color
from penrose.model.document import (
    Arrow,
    Bend,
    Brace,
    Column,
    Flow,
    Grid,
    Highlight,
    Hint,
    Labels,
    LegSide,
    Marks,
    Note,
    Panel,
    Place,
    Put,
    Rotate,
    Row,
    Show,
    Side,
    Transposes,
    Width,
)
from penrose.model.expression import Apply, Expression, Factor, Sum, children, factors_of
from penrose.model.tensor import Tensor
from penrose.model.texts import check_caption
from penrose.source import Span
from penrose.syntax import tree

FORMS = {
    "place": "place A at (2, 1)",
    "put": "put A right of B, or put A above B by 1.5",
    "row": "row A B C",
    "column": "column A B C",
    "grid": "grid A B / C _ D",
    "flow": "flow down",
    "leg": "leg A.i up",
    "bend": "bend A.i 30",
    "rotate": "rotate A 180",
    "labels": "labels all",
    "width": "width 12",
    "transposes": "transposes turned",
    "marks": "marks none",
    "brace": 'brace A B "12 layers"',
    "arrow": "arrow A.i",
    "note": 'note A "gauge centre"',
    "highlight": "highlight A B, or highlight A B yellow",
}
LABELS: dict[str, Labels] = {"free": "free", "all": "all", "none": "none"}
FARTHEST = 500  # cm; TeX itself ends at 575
STEEPEST = 80  # degrees that a wire bends
SIDES: dict[str, Side] = {"left": "left", "right": "right", "up": "up", "down": "down"}
BESIDE: dict[str, Side] = {"left": "left", "right": "right", "above": "up", "below": "down"}
SHAPELESS = ("delta", "one")  # drawn as lines and dots, which have no names
NEXT, EMPTY = "/", "_"  # signs of a grid: the next row, an empty place

TermPath = tuple[tuple[int, int], ...]  # the sums that something is in, by identity, and which term of each


@dataclass
class Hints:
    """Resolves the hints of one figure; `found` collects what is wrong with them."""

    panels: Sequence[Panel]
    tensors: Mapping[str, Tensor]
    found: list[Diagnostic]

    def read(self, layout: tree.Layout) -> list[Hint]:
        """Return the hints of a layout block."""
        if layout.panel > len(self.panels):
            message = f"there is no panel {layout.panel}"
            panels = len(self.panels)
            hint = f"the figure has {panels} panel{'s' * (panels != 1)}"
            self.found.append(Diagnostic("PEN210", message, layout.span, hint=hint))
            return []
        return [hint for entry in layout.block.entries for hint in self._hint(entry.node, layout.panel)]

    def _hint(self, node: tree.Hint, panel: int) -> Sequence[Hint]:
        span = node.span
        match node.verb.text, node.operands:
            case "place", (tree.Reference(slot="") as what, tree.Reference() as at, tree.Pair() as pair) if _is(
                at, "at"
            ):
                return self._place(what, pair, panel, span)
            case "put", (tree.Reference(slot="") as what, tree.Reference() as side, *others) if _word(side) in BESIDE:
                return self._put(node, what, BESIDE[_word(side)], others, panel)
            case "row" | "column" | "grid", operands if len(operands) > 1:
                return self._cells(node, operands, panel)
            case "flow", (tree.Reference() as direction,) if _word(direction) in SIDES:
                return [Flow(SIDES[_word(direction)], panel, span)]
            case "leg", (tree.Reference() as what, tree.Reference() as side) if what.slot and side.name.text in SIDES:
                return [LegSide(one, slot, SIDES[side.name.text], span) for one, slot in self._slots(what, panel)]
            case "arrow", (tree.Reference() as what,) if what.slot:
                return [Arrow(one, slot, span) for one, slot in self._slots(what, panel)]
            case "bend", (tree.Reference() as what, tree.Word() as degrees) if what.slot and _is_number(degrees):
                return self._bend(what, degrees, panel, span)
            case "rotate", (tree.Reference(slot="") as what, tree.Word() as degrees) if _is_number(degrees):
                return self._rotate(what, degrees, panel, span)
            case "brace", (*whats, tree.Word(quoted=True) as text):
                return self._brace(node, whats, text, "down", panel)
            case "brace", (*whats, tree.Word(quoted=True) as text, tree.Reference() as side) if _word(side) in (
                "above",
                "below",
            ):
                return self._brace(node, whats, text, BESIDE[_word(side)], panel)
            case "note", (tree.Reference(slot="") as what, tree.Word(quoted=True) as text):
                return self._note(what, text, None, panel, span)
            case "note", (
                tree.Reference(slot="") as what,
                tree.Word(quoted=True) as text,
                tree.Reference() as side,
            ) if _word(side) in BESIDE:
                return self._note(what, text, BESIDE[_word(side)], panel, span)
            case "highlight", operands if operands:
                return self._highlight(node, operands, panel)
            case "labels", (tree.Reference() as which,) if which.name.text in LABELS:
                return [Show(LABELS[which.name.text], span)]
            case "transposes", (tree.Reference() as how,) if how.name.text in ("turned", "marked"):
                return [Transposes(how.name.text == "turned", span)]
            case "marks", (tree.Reference() as which,) if which.name.text in ("needed", "none"):
                return [Marks(which.name.text == "needed", span)]
            case "width", (tree.Word() as width,) if _is_number(width) and float(width.text) > 0:
                return [Width(float(width.text), span)]
        return self._misread(node)

    # ------------------------------------------------ where tensors stand

    def _place(self, what: tree.Reference, pair: tree.Pair, panel: int, span: Span) -> Sequence[Hint]:
        occurrences = self._drawn(what, panel)
        if len(occurrences) > 1:
            self._report_several(what, len(occurrences), "figure")
        if max(abs(float(pair.x)), abs(float(pair.y))) > FARTHEST:
            hint = f"coordinates are in cm, {FARTHEST} at most"
            self.found.append(Diagnostic("PEN213", "this place is off the paper", pair.span, hint=hint))
            return []
        return [Place(one, float(pair.x), float(pair.y), span) for one in occurrences[:1]]

    def _put(
        self, node: tree.Hint, what: tree.Reference, side: Side, operands: Sequence[tree.Operand], panel: int
    ) -> Sequence[Hint]:
        """Read what stands behind the side: `of` where that is left or right, the other tensor, a distance."""
        if side in ("left", "right"):
            match operands:
                case (tree.Reference() as of, *operands) if _is(of, "of"):
                    pass
                case _:
                    return self._misread(node)
        match operands:
            case [tree.Reference(slot="") as other]:
                apart = None
            case [tree.Reference(slot="") as other, tree.Reference() as by, tree.Word() as length] if _is(
                by, "by"
            ) and _is_number(length):
                apart = float(length.text)
                if not 0 < apart <= FARTHEST:
                    hint = f"distances of centres are in cm, more than 0 and {FARTHEST} at most"
                    message = f"nothing can be {length.text} apart"
                    self.found.append(Diagnostic("PEN213", message, length.span, hint=hint))
                    return []
            case _:
                return self._misread(node)
        pairs = self._together([what, other], panel, node)
        for one, two in pairs:
            first, last = (one, two) if side == "left" else (two, one)
            if self._is_in_the_way(first, last, side in ("up", "down"), node):
                return []
        return [Put(one, side, two, apart, node.span) for one, two in pairs]

    def _cells(self, node: tree.Hint, operands: Sequence[tree.Operand], panel: int) -> Sequence[Hint]:
        """Read a row, a column or a grid: tensors, in a grid with the signs for empty places and new rows."""
        verb = node.verb.text
        signs = [o.text for o in operands if isinstance(o, tree.Word) and not o.quoted]
        whats = [o for o in operands if isinstance(o, tree.Reference) and not o.slot]
        known = set(signs) <= ({NEXT, EMPTY} if verb == "grid" else set())
        if len(whats) + len(signs) < len(operands) or not known or len(whats) < 2:
            return self._misread(node)
        found = self._together(whats, panel, node)
        for factors in found:
            rows = _rows(operands, factors) if verb == "grid" else [(one,) for one in factors]
            lines = [[*factors]] if verb == "row" else [[one for one in row if one] for row in rows]
            ways = [(*pair, False) for line in lines for pair in pairwise(line)]
            ways += [(*pair, True) for pair in pairwise(line[0] for line in lines if line)]
            if any(self._is_in_the_way(*way, node) for way in ways):
                return []
        if verb == "row":
            return [Row(factors, node.span) for factors in found]
        if verb == "column":
            return [Column(factors, node.span) for factors in found]
        return [Grid(_rows(operands, factors), node.span) for factors in found]

    def _is_in_the_way(self, one: Factor, other: Factor, upright: bool, node: tree.Hint) -> bool:
        """Tell whether a tensor cannot be left of another, or above or below it, since terms are side by side."""
        order = _order_of_terms(self._terms.get(id(one), ()), self._terms.get(id(other), ()))
        if not order or (order < 0 and not upright):
            return False
        message = f"{one.tensor} and {other.tensor} are in different terms, which stand side by side as written"
        hint = "put together what is in one term, or place one of them"
        self.found.append(Diagnostic("PEN210", message, node.span, hint=hint))
        return True

    # ------------------------------------------------ wires and shapes

    def _bend(self, what: tree.Reference, degrees: tree.Word, panel: int, span: Span) -> Sequence[Hint]:
        angle = float(degrees.text)
        if abs(angle) > STEEPEST or not angle.is_integer():
            message = f"a wire cannot bend by {degrees.text} degrees"
            hint = f"write whole degrees from -{STEEPEST} to {STEEPEST}; positive ones bend to the left, seen from here"
            self.found.append(Diagnostic("PEN213", message, degrees.span, hint=hint))
            return []
        return [Bend(one, slot, int(angle), span) for one, slot in self._slots(what, panel)]

    def _rotate(self, what: tree.Reference, degrees: tree.Word, panel: int, span: Span) -> Sequence[Hint]:
        angle = float(degrees.text)
        if angle not in (90, 180, 270):
            message = f"a tensor is not rotated by {degrees.text} degrees"
            hint = "write 90, 180 or 270, counter-clockwise"
            self.found.append(Diagnostic("PEN213", message, degrees.span, hint=hint))
            return []
        return [Rotate(one, int(angle), span) for one in self._drawn(what, panel)]

    def _slots(self, what: tree.Reference, panel: int) -> list[tuple[Factor, int]]:
        """Return the occurrences of a tensor that have a leg, named as its slot or as its index, with the slot."""
        found: list[tuple[Factor, int]] = []
        known: list[str] = []
        for one in self._occurrences(what, panel):
            slots = self.tensors[one.tensor].slots if one.tensor in self.tensors else ()
            names = [str(leg) for leg in one.legs]
            known += [*(slots if self.tensors[one.tensor].declared else ()), *names] if slots else names
            places = [list(given).index(what.slot) for given in (slots, names) if what.slot in given]
            found += [(one, places[0])] if places else []
        if known and not found:
            hint = suggestion(what.slot, known) or f"its legs are {', '.join(dict.fromkeys(known))}"
            self.found.append(Diagnostic("PEN210", f"{what.name.text} has no leg {what.slot}", what.span, hint=hint))
        return found

    # ------------------------------------------------ remarks

    def _brace(
        self, node: tree.Hint, operands: Sequence[tree.Operand], text: tree.Word, side: Side, panel: int
    ) -> Sequence[Hint]:
        whats = [what for what in operands if isinstance(what, tree.Reference) and not what.slot]
        if not whats or len(whats) < len(operands):
            return self._misread(node)
        words = check_caption(text.text, text.span, self.found, "text")
        return [Brace(factors, words, side, node.span) for factors in self._together(whats, panel, node)]

    def _note(self, what: tree.Reference, text: tree.Word, side: Side | None, panel: int, span: Span) -> Sequence[Hint]:
        words = check_caption(text.text, text.span, self.found, "note")
        return [Note(one, words, side, span) for one in self._drawn(what, panel)]

    def _highlight(self, node: tree.Hint, operands: Sequence[tree.Operand], panel: int) -> Sequence[Hint]:
        """Read tensors and perhaps a colour: a quoted one, or a name that no tensor of the figure has."""
        color = ""
        match operands:
            case (*others, tree.Word(quoted=True) as word):
                color, operands = word.text, others
                if not is_color(color):
                    hint = suggestion(color, COLORS) or f"colours are {', '.join(COLORS)}, and mixtures: blue!20"
                    self.found.append(Diagnostic("PEN216", f"{color} is not a colour", word.span, hint=hint))
                    return []
            case (*others, tree.Reference() as last) if _word(last) in COLORS and not self._has(_word(last)):
                color, operands = _word(last), others
        whats = [what for what in operands if isinstance(what, tree.Reference) and not what.slot]
        if not whats or len(whats) < len(operands):
            return self._misread(node)
        return [Highlight(factors, color, node.span) for factors in self._together(whats, panel, node, COLORS)]

    # ------------------------------------------------ tensors by name

    @cached_property
    def _named(self) -> Sequence[Mapping[str, Sequence[Factor]]]:
        """The tensors of every panel, by name."""
        every: list[dict[str, list[Factor]]] = []
        for panel in self.panels:
            every.append({})
            for factor in factors_of(panel.expression):
                every[-1].setdefault(factor.tensor, []).append(factor)
        return every

    @cached_property
    def _terms(self) -> dict[int, TermPath]:
        """The terms that every factor is in, by its identity."""
        found: dict[int, TermPath] = {}
        stack: list[tuple[Expression, TermPath]] = [(panel.expression, ()) for panel in self.panels]
        while stack:
            part, path = stack.pop()
            if isinstance(part, Factor):
                found[id(part)] = path
            inner = children(part)
            several = isinstance(part, Sum | Apply) and len(inner) > 1
            stack += [(one, (*path, (id(part), place)) if several else path) for place, one in enumerate(inner)]
        return found

    def _panels(self, panel: int) -> Sequence[Mapping[str, Sequence[Factor]]]:
        """Return the tensors of the panel with that number, or of one panel after the other."""
        return [self._named[panel - 1]] if panel else self._named

    def _has(self, name: str) -> bool:
        return any(name in named for named in self._named)

    def _occurrences(self, what: tree.Reference, panel: int, others: Sequence[str] = ()) -> list[Factor]:
        matching = [factor for named in self._panels(panel) for factor in _matching(what, named)]
        if not matching:
            name = what.name.text + (f":{what.key}" if what.key else "")
            there = sorted({tensor for named in self._panels(panel) for tensor in named})
            hint = suggestion(what.name.text, [*there, *others]) or f"tensors here are {', '.join(there)}"
            self.found.append(Diagnostic("PEN201", f"there is no tensor {name} here", what.span, hint=hint))
        return matching

    def _drawn(self, what: tree.Reference, panel: int, others: Sequence[str] = ()) -> list[Factor]:
        """Return the occurrences of a tensor that has a shape."""
        if what.name.text in SHAPELESS:
            message = f"{what.name.text} is drawn as a line or a dot"
            hint = "hints name tensors; a dot is moved in the .tikz"
            self.found.append(Diagnostic("PEN210", message, what.span, hint=hint))
            return []
        return self._occurrences(what, panel, others)

    def _together(
        self, whats: Sequence[tree.Reference], panel: int, node: tree.Hint, others: Sequence[str] = ()
    ) -> list[tuple[Factor, ...]]:
        """Return the occurrences of several tensors, panel by panel; those of a single one each on its own."""
        single = [self._drawn(what, panel, others) for what in whats]
        if not all(single):
            return []
        if len(whats) == 1:
            return [(one,) for one in single[0]]
        found = []
        for named in self._panels(panel):
            matching = [_matching(what, named) for what in whats]
            if all(matching):
                several = [pair for pair in zip(whats, matching, strict=True) if len(pair[1]) > 1]
                if several:
                    self._report_several(several[0][0], len(several[0][1]), "panel")
                    return []
                found.append(tuple(ones[0] for ones in matching))
        names = [what.name.text for what in whats]
        if not found:
            message = f"no panel has all of {', '.join(names)}"
            hint = "a hint is about tensors of one panel: write one hint for every panel"
            self.found.append(Diagnostic("PEN210", message, node.span, hint=hint))
        elif len({id(factor) for factor in found[0]}) < len(whats):
            hint = "name every tensor once"
            twice = next(name for name in names if names.count(name) > 1)
            self.found.append(Diagnostic("PEN210", f"{twice} stands twice in this hint", node.span, hint=hint))
            return []
        return found

    def _report_several(self, what: tree.Reference, times: int, where: str) -> None:
        name = what.name.text
        message = f"{name} stands {times} times in this {where}"
        hint = f"name one: {name}:here[..] in the formula, {name}:here in the hint"
        hint += "; or use layout 2 { }" if where == "figure" else ""
        self.found.append(Diagnostic("PEN210", message, what.span, hint=hint))

    def _misread(self, node: tree.Hint) -> Sequence[Hint]:
        verb = node.verb.text
        if verb in FORMS:
            message, span, hint = f"the hint {verb} is incomplete or misspelt", node.span, f"write {FORMS[verb]}"
        else:
            message, span = f"there is no hint {verb}", node.verb.span
            hint = suggestion(verb, FORMS) or f"hints are {', '.join(FORMS)}"
        self.found.append(Diagnostic("PEN210", message, span, hint=hint))
        return []


def _order_of_terms(one: TermPath, other: TermPath) -> int:
    """Return less than 0 if the first is in an earlier term of a sum than the other, 0 if they are in one product."""
    for (here, place), (there, beside) in zip(one, other, strict=False):
        if here != there:
            return 0
        if place != beside:
            return place - beside
    return 0


def _matching(what: tree.Reference, named: Mapping[str, Sequence[Factor]]) -> list[Factor]:
    return [factor for factor in named.get(what.name.text, ()) if what.key in ("", factor.key)]


def _rows(operands: Sequence[tree.Operand], factors: Sequence[Factor]) -> tuple[tuple[Factor | None, ...], ...]:
    """Return the rows of a grid; `factors` are its tensors, in order."""
    tensors = iter(factors)
    rows = []
    for new, group in groupby(operands, lambda o: isinstance(o, tree.Word) and o.text == NEXT):
        if not new:
            rows.append(tuple(None if isinstance(one, tree.Word) else next(tensors) for one in group))
    return tuple(rows)


def is_hint(node: tree.Chain) -> bool:
    """Tell whether a line of a figure reads like a hint: one of their verbs, then something beside it."""
    (panel, *more) = node.panels
    factors = panel.expression.terms[0].factors
    verb = factors[0]
    plain = isinstance(verb, tree.Access) and not verb.bracket and not verb.key and not verb.suffix
    return not more and plain and len(factors) > 1 and isinstance(verb, tree.Access) and verb.name.text in FORMS


def misplaced_hint(node: tree.Chain) -> Diagnostic:
    """Return the diagnostic for a hint outside of `layout { }`."""
    hint = f"write layout {{ {node.span.text.strip()} }}"
    return Diagnostic("PEN210", "hints stand in layout { }", node.span, hint=hint)


def _is(reference: tree.Reference, word: str) -> bool:
    return _word(reference) == word


def _word(reference: tree.Reference) -> str:
    """Return the word that a plain reference is, empty for one with a slot or a key."""
    return "" if reference.key or reference.slot else reference.name.text


def _is_number(word: tree.Word) -> bool:
    return not word.quoted and word.text not in (NEXT, EMPTY)
