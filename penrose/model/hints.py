"""What stands in `layout { ... }`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penrose.errors import Diagnostic, Note, suggestion
from penrose.model.document import Hint, Labels, LegSide, Marks, Panel, Place, Show, Side, Transposes, Width
from penrose.model.expression import Factor, factors_of
from penrose.model.tensor import Tensor
from penrose.source import Span
from penrose.syntax import tree

FORMS = {
    "place": "place A at (2, 1)",
    "leg": "leg A.i up",
    "labels": "labels all",
    "width": "width 12",
    "transposes": "transposes turned",
    "marks": "marks none",
}
LATER = ("put", "row", "column", "grid", "rotate", "flow", "bend", "brace", "arrow", "note", "highlight")
LABELS: dict[str, Labels] = {"free": "free", "all": "all", "none": "none"}
FARTHEST = 500  # cm; TeX itself ends at 575
SIDES: dict[str, Side] = {"left": "left", "right": "right", "up": "up", "down": "down"}


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
            hint = f"the figure has {len(self.panels)} panels"
            self.found.append(Diagnostic("PEN210", message, layout.span, hint=hint))
            return []
        return [hint for entry in layout.block.entries for hint in self._hint(entry.node, layout.panel)]

    def _hint(self, node: tree.Hint, panel: int) -> Sequence[Hint]:
        match node.verb.text, node.operands:
            case "place", (tree.Reference(slot="") as what, tree.Reference() as at, tree.Pair() as pair) if _is(
                at, "at"
            ):
                return self._place(what, pair, panel, node.span)
            case "leg", (tree.Reference() as what, tree.Reference() as side) if what.slot and side.name.text in SIDES:
                return self._leg(what, SIDES[side.name.text], panel, node.span)
            case "labels", (tree.Reference() as which,) if which.name.text in LABELS:
                return [Show(LABELS[which.name.text], node.span)]
            case "transposes", (tree.Reference() as how,) if how.name.text in ("turned", "marked"):
                return [Transposes(how.name.text == "turned", node.span)]
            case "marks", (tree.Reference() as which,) if which.name.text in ("needed", "none"):
                return [Marks(which.name.text == "needed", node.span)]
            case "width", (tree.Word() as width,) if not width.quoted and float(width.text) > 0:
                return [Width(float(width.text), node.span)]
        self._misread(node)
        return []

    def _place(self, what: tree.Reference, pair: tree.Pair, panel: int, span: Span) -> Sequence[Hint]:
        occurrences = self._occurrences(what, panel)
        if len(occurrences) > 1:
            message = f"{what.name.text} stands {len(occurrences)} times in this figure"
            name = what.name.text
            hint = f"name one: {name}:here[..] in the formula, {name}:here in the hint; or use layout 2 {{ }}"
            self.found.append(Diagnostic("PEN210", message, what.span, hint=hint))
        if max(abs(float(pair.x)), abs(float(pair.y))) > FARTHEST:
            hint = f"coordinates are in cm, {FARTHEST} at most"
            self.found.append(Diagnostic("PEN213", "this place is off the paper", pair.span, hint=hint))
            return []
        return [Place(one, float(pair.x), float(pair.y), span) for one in occurrences[:1]]

    def _leg(self, what: tree.Reference, side: Side, panel: int, span: Span) -> Sequence[Hint]:
        hints = []
        known: list[str] = []
        for one in self._occurrences(what, panel):
            slots = self.tensors[one.tensor].slots if one.tensor in self.tensors else ()
            names = [str(leg) for leg in one.legs]
            known += [*(slots if self.tensors[one.tensor].declared else ()), *names] if slots else names
            found = [list(given).index(what.slot) for given in (slots, names) if what.slot in given]
            hints += [LegSide(one, found[0], side, span)] if found else []
        if known and not hints:
            hint = suggestion(what.slot, known) or f"its legs are {', '.join(dict.fromkeys(known))}"
            self.found.append(Diagnostic("PEN210", f"{what.name.text} has no leg {what.slot}", what.span, hint=hint))
        return hints

    def _occurrences(self, what: tree.Reference, panel: int) -> list[Factor]:
        panels = [self.panels[panel - 1]] if panel else self.panels
        every = [factor for one in panels for factor in factors_of(one.expression)]
        matching = [f for f in every if f.tensor == what.name.text and what.key in ("", f.key)]
        if not matching:
            name = what.name.text + (f":{what.key}" if what.key else "")
            there = sorted({factor.tensor for factor in every})
            hint = suggestion(what.name.text, there) or f"tensors here are {', '.join(there)}"
            self.found.append(Diagnostic("PEN201", f"there is no tensor {name} here", what.span, hint=hint))
        return matching

    def _misread(self, node: tree.Hint) -> None:
        verb = node.verb.text
        if verb in FORMS:
            self.found.append(
                Diagnostic(
                    "PEN210", f"the hint {verb} is incomplete or misspelt", node.span, hint=f"write {FORMS[verb]}"
                )
            )
        elif verb in LATER:
            message = f"the hint {verb} is not available yet"
            hint = f"this version has {', '.join(FORMS)}"
            self.found.append(Diagnostic("PEN290", message, node.verb.span, hint=hint))
        else:
            hint = suggestion(verb, [*FORMS, *LATER]) or f"hints are {', '.join([*FORMS, *LATER])}"
            self.found.append(Diagnostic("PEN210", f"there is no hint {verb}", node.verb.span, hint=hint))


def is_hint(node: tree.Chain) -> bool:
    """Tell whether a line of a figure reads like a hint: one of their verbs, then something beside it."""
    (panel, *more) = node.panels
    factors = panel.expression.terms[0].factors
    verb = factors[0]
    plain = isinstance(verb, tree.Access) and not verb.bracket and not verb.key and not verb.suffix
    return (
        not more and plain and len(factors) > 1 and isinstance(verb, tree.Access) and verb.name.text in (*FORMS, *LATER)
    )


def misplaced_hint(node: tree.Chain) -> Diagnostic:
    """Return the diagnostic for a hint outside of `layout { }`."""
    hint = f"write layout {{ {node.span.text.strip()} }}"
    return Diagnostic("PEN210", "hints stand in layout { }", node.span, hint=hint)


def contradictions(hints: Sequence[Hint]) -> list[Diagnostic]:
    """Return a diagnostic for every hint that says otherwise than an earlier one about the same thing."""
    found: list[Diagnostic] = []
    said: dict[object, tuple[object, Span]] = {}
    for hint in hints:
        about, value = _said(hint)
        if about in said and said[about][0] != value:
            notes = (Note(said[about][1], "said here"),)
            found.append(
                Diagnostic("PEN211", "this contradicts an earlier hint", hint.span, "", notes, "keep one of them")
            )
        said.setdefault(about, (value, hint.span))
    return found


def _said(hint: Hint) -> tuple[object, object]:
    """Return what a hint is about, and what it says of that."""
    match hint:
        case LegSide():
            return (id(hint.factor), hint.slot), hint.side
        case Place():
            return id(hint.factor), (hint.x, hint.y)
        case Show():
            return "labels", hint.labels
        case Width():
            return "width", hint.width
        case Transposes():
            return "transposes", hint.turned
        case Marks():
            return "marks", hint.shown


def _is(reference: tree.Reference, word: str) -> bool:
    return reference.name.text == word and not reference.key and not reference.slot
