"""Brackets are matched before the grammar runs, so that a missing one is blamed on the right place."""

from __future__ import annotations

import re

from penrose.errors import Diagnostic, Note
from penrose.source import Source, Span

NESTING = 200  # brackets inside brackets
LONGEST = 200  # characters of a name

STATEMENT = re.compile(r"^(?:figure|tensor|dim|let|function|style|assume|check|use)\b", re.MULTILINE)

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_LONG = re.compile(rf'"[^"\n]*"|#[^\n]*|(?P<long>\w{{{LONGEST},}}|_\{{[^{{}}\n]{{{LONGEST},}}\}})')
_PIECE = re.compile(
    r"""(?P<skip> "[^"\n]*" | \#[^\n]* | _\{[^{}\n]*\} )
      | (?P<open> [(\[{] )
      | (?P<close> [)\]}] )
      | (?P<statement> ^(?:figure|tensor|dim|let|function|style|assume|check|use)\b )
    """,
    re.VERBOSE | re.MULTILINE,
)


def check_brackets(source: Source) -> list[Diagnostic]:
    """Return a diagnostic for every bracket without its partner, and for the first one nested too deeply.

    A statement's keyword at the beginning of a line closes nothing, but ends what is open: whatever
    was forgotten was forgotten before it.
    """
    found = _long_names(source)
    stack: list[Span] = []
    for match in _PIECE.finditer(source.text):
        place = Span(source, match.start(), match.end())
        if match["open"]:
            stack.append(place)
            if len(stack) > NESTING:
                message = f"brackets are nested more than {NESTING} deep"
                return [*found, Diagnostic("PEN105", message, place, hint="name an inner part with let")]
        elif match["close"]:
            found += _close(stack, place)
        elif match["statement"]:
            found += _unclosed(stack)
            stack.clear()
    return found + _unclosed(stack)


def _long_names(source: Source) -> list[Diagnostic]:
    return [
        Diagnostic(
            "PEN105",
            f"this name has more than {LONGEST} characters",
            Span(source, match.start(), match.start() + LONGEST),
            hint="choose a shorter one; a label can be given with tensor",
        )
        for match in _LONG.finditer(source.text)
        if match["long"]
    ][:1]


def _close(stack: list[Span], place: Span) -> list[Diagnostic]:
    if not stack:
        return [Diagnostic("PEN102", f"{place.text} closes nothing", place, hint=f"remove the {place.text}")]
    opener = stack.pop()
    wanted = _PAIRS[opener.text]
    if place.text == wanted:
        return []
    if stack and place.text == _PAIRS[stack[-1].text]:  # the inner one was forgotten, this is the outer one's
        stack.pop()
    message = f"{opener.text} is closed by {place.text}"
    notes = (Note(opener, "opened here"),)
    return [Diagnostic("PEN102", message, place, f"expected {wanted}", notes, f"write {wanted} here")]


def _unclosed(stack: list[Span]) -> list[Diagnostic]:
    return [
        Diagnostic("PEN102", f"{opener.text} is not closed", opener, hint=f"add the missing {_PAIRS[opener.text]}")
        for opener in stack
    ]
