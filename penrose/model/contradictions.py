"""Hints that say different things about the same tensor, leg or panel."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from penrose.errors import Diagnostic, Note
from penrose.model.document import (
    Arrow,
    Bend,
    Brace,
    Column,
    Flow,
    Grid,
    Highlight,
    Hint,
    LegSide,
    Marks,
    Place,
    Put,
    Rotate,
    Row,
    Show,
    Transposes,
    Width,
)
from penrose.model.document import Note as NoteHint
from penrose.model.positions import HINTS, conflict
from penrose.source import Span

Claim = tuple[Hashable, object]  # what a hint is about, and what it says of that

MOST = 20  # contradictions between positions that are reported
NOTED = 4  # other hints of a contradiction that are shown


def contradictions(hints: Sequence[Hint], panels: int) -> list[Diagnostic]:
    """Return a diagnostic for every hint that says otherwise than earlier ones about the same things."""
    found: list[Diagnostic] = []
    said: dict[Hashable, tuple[object, Span]] = {}
    for hint in hints:
        claims = list(_claims(hint, panels))
        there = [said[about][1] for about, value in claims if said.get(about, (value,))[0] != value]
        if there:
            found.append(contradiction(hint.span, there[0]))
        for about, value in claims:
            said.setdefault(about, (value, hint.span))
    return [*found, *_misplaced([hint for hint in hints if isinstance(hint, HINTS)])]


def _misplaced(hints: Sequence[HINTS]) -> Iterator[Diagnostic]:
    """Yield what is wrong with positions; a hint that contradicts earlier ones is left out from then on."""
    for _ in range(MOST):
        spans = sorted({hint.span for hint in conflict(hints)}, key=lambda span: span.start)
        if not spans:
            return
        yield contradiction(*spans)
        hints = [hint for hint in hints if hint.span != spans[-1]]


def contradiction(*spans: Span) -> Diagnostic:
    """Return the diagnostic for two hints or more that cannot all hold."""
    *others, last = sorted(spans, key=lambda span: span.start)
    notes = tuple(Note(span, "said here") for span in others[:NOTED])
    if len(others) == 1:
        return Diagnostic("PEN211", "this contradicts an earlier hint", last, "", notes, "keep one of them")
    message = f"this contradicts {len(others)} earlier hints taken together"
    return Diagnostic("PEN211", message, last, "", notes, "take one of them out")


def _claims(hint: Hint, panels: int) -> Iterable[Claim]:
    """Yield what a hint says of single tensors, legs and panels."""
    match hint:
        case LegSide():
            yield ("leg", id(hint.factor), hint.slot), hint.side
        case Bend():
            yield ("bend", id(hint.factor), hint.slot), hint.degrees
        case Rotate():
            yield ("rotate", id(hint.factor)), hint.degrees
        case Highlight():
            yield ("highlight", frozenset(map(id, hint.factors))), hint.color
        case Show():
            yield "labels", hint.labels
        case Width():
            yield "width", hint.width
        case Transposes():
            yield "transposes", hint.turned
        case Marks():
            yield "marks", hint.shown
        case Flow():
            for panel in [hint.panel] if hint.panel else range(1, panels + 1):
                yield ("flow", panel), hint.direction
        case Arrow() | Brace() | NoteHint() | Place() | Put() | Row() | Column() | Grid():
            pass
