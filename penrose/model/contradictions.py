"""Hints that say different things about the same tensor, leg or panel."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

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
    Side,
    Transposes,
    Width,
)
from penrose.model.document import Note as NoteHint
from penrose.model.expression import Factor
from penrose.source import Span

Step = tuple[int, int]  # how a tensor stands to another: to the right (1) or left (-1), above (1) or below (-1)
Claim = tuple[Hashable, object]  # what a hint is about, and what it says of that

STEPS: dict[Side, Step] = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}


def contradictions(hints: Sequence[Hint], panels: int) -> list[Diagnostic]:
    """Return a diagnostic for every hint that says otherwise than an earlier one about the same thing."""
    found: list[Diagnostic] = []
    said: dict[Hashable, tuple[object, Span]] = {}
    places = {id(hint.factor): hint for hint in hints if isinstance(hint, Place)}
    for hint in hints:
        claims = [*_claims(hint, panels), *_positions(hint)]
        there = [said[about][1] for about, value in claims if said.get(about, (value,))[0] != value]
        if isinstance(hint, Put | Row | Column | Grid):
            there += _misplaced(claims, places)
        if there:
            found.append(contradiction(hint.span, there[0]))
        for about, value in claims:
            said.setdefault(about, (value, hint.span))
    return found


def contradiction(one: Span, other: Span) -> Diagnostic:
    """Return the diagnostic for two hints that cannot both hold."""
    first, second = sorted((one, other), key=lambda span: span.start)
    notes = (Note(first, "said here"),)
    return Diagnostic("PEN211", "this contradicts an earlier hint", second, "", notes, "keep one of them")


def _claims(hint: Hint, panels: int) -> Iterable[Claim]:
    """Yield what a hint says of single tensors, legs and panels."""
    match hint:
        case LegSide():
            yield ("leg", id(hint.factor), hint.slot), hint.side
        case Bend():
            yield ("bend", id(hint.factor), hint.slot), hint.degrees
        case Rotate():
            yield ("rotate", id(hint.factor)), hint.degrees
        case Place():
            yield ("place", id(hint.factor)), (hint.x, hint.y)
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
        case Arrow() | Brace() | NoteHint() | Put() | Row() | Column() | Grid():
            pass


def _positions(hint: Hint) -> Iterator[Claim]:
    """Yield how tensors stand to one another, each pair in one order, and how far apart they are."""
    match hint:
        case Put():
            yield _stands(hint.factor, hint.other, STEPS[hint.side])
            if hint.by is not None:
                yield ("apart", frozenset((id(hint.factor), id(hint.other)))), hint.by
        case Row():
            yield from (_stands(other, one, (1, 0)) for one, other in combinations(hint.factors, 2))
        case Column():
            yield from (_stands(other, one, (0, -1)) for one, other in combinations(hint.factors, 2))
        case Grid():
            cells = [(f, x, -y) for y, row in enumerate(hint.rows) for x, f in enumerate(row) if f is not None]
            for (one, x0, y0), (other, x1, y1) in combinations(cells, 2):
                yield _stands(other, one, (_sign(x1 - x0), _sign(y1 - y0)))


def _stands(one: Factor, other: Factor, step: Step) -> Claim:
    first, second = id(one), id(other)
    return (("stand", first, second), step) if first < second else (("stand", second, first), (-step[0], -step[1]))


def _sign(number: float) -> int:
    return (number > 1e-9) - (number < -1e-9)


def _misplaced(claims: Iterable[Claim], places: dict[int, Place]) -> list[Span]:
    """Return the `place` hints of two tensors that stand to one another otherwise than is claimed."""
    found = []
    for about, value in claims:
        match about:
            case ("stand", int(first), int(second)) if first in places and second in places:
                one, other = places[first], places[second]
                if (_sign(one.x - other.x), _sign(one.y - other.y)) != value:
                    found.append(_later(one, other))
            case ("apart", frozenset() as pair) if all(key in places for key in pair):
                one, other = (places[key] for key in pair)
                if not isinstance(value, float) or abs(abs(one.x - other.x) + abs(one.y - other.y) - value) > 1e-6:
                    found.append(_later(one, other))
    return found


def _later(one: Place, other: Place) -> Span:
    return max(one.span, other.span, key=lambda span: span.start)
