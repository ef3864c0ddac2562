"""What a user is told: diagnostics with a code, a place, a sentence and a hint.

A stage collects all of its diagnostics; at its end it returns its value, or raises one
`PenroseError` that carries them. Every code has a page in docs/errors.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

from penrose.data import Equatable
from penrose.source import Source, Span

CODES: dict[str, str] = {
    "PEN101": "unexpected text",
    "PEN102": "bracket not closed or not opened",
    "PEN103": "wrong encoding",
    "PEN104": "file cannot be read",
    "PEN105": "too deeply nested or too large",
    "PEN201": "unknown name",
    "PEN202": "wrong number of legs",
    "PEN203": "dimension clash",
    "PEN204": "index stands once",
    "PEN205": "left index missing",
    "PEN206": "different legs",
    "PEN207": "ambiguous sum",
    "PEN208": "defined twice",
    "PEN209": "cycle",
    "PEN210": "wrong hint",
    "PEN211": "contradictory hints",
    "PEN212": "wrong property",
    "PEN213": "not a number",
    "PEN214": "perhaps misspelt",
    "PEN215": "repetition cannot be worked out",
    "PEN216": "wrong style",
    "PEN217": "text that TeX cannot set",
    "PEN290": "not available yet",
    "PEN401": "picture could be better",
    "PEN402": "figure without names",
    "PEN501": "two names meet",
    "PEN502": "file is not ours",
    "PEN503": "damaged coordinate",
    "PEN504": "conflict markers",
    "PEN505": "no TeX engine",
    "PEN506": "preview is not installed",
    "PEN507": "file cannot be written",
    "PEN508": "TeX failed",
    "PEN509": "not current",
    "PEN510": "preview is incomplete",
    "PEN511": "not part of a program",
    "PEN512": "cannot be pinned",
    "PEN513": "hint without effect",
}


class Note(Equatable):
    """A further place that a diagnostic points at, and what to say there."""

    span: Span
    label: str


class Diagnostic(Equatable):
    """One message. `span` is None where no place in a `.pen` file is meant; `file` then names the file."""

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    notes: tuple[Note, ...] = ()
    hint: str = ""
    severity: Literal["error", "warning"] = "error"
    file: str = ""

    def render(self) -> str:
        """Return the message as text: place, sentence, source line with carets, hint."""
        place = self.file
        if self.span is not None:
            line, column = self.span.source.position(self.span.start)
            place = f"{self.span.source.name}:{line}:{column}"
        head = f"{self.severity}[{self.code}]: {self.message}"
        lines = [f"{place}: {head}" if place else head]
        if self.span is not None:
            lines += _excerpt([Note(self.span, self.label), *self.notes])
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """Return the message as plain data, places as line and column from 1."""
        data: dict[str, object] = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
            "file": self.file,
        }
        if self.span is not None:
            data |= {"file": self.span.source.name, **_place(self.span), "label": self.label}
        data["notes"] = [{**_place(note.span), "label": note.label} for note in self.notes]
        return data


class PenroseError(Exception):
    """The input is at fault: the diagnostics of one stage, each once."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(dict.fromkeys(diagnostics))
        super().__init__("\n".join(diagnostic.render() for diagnostic in self.diagnostics))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the known name closest to a misspelt one, or nothing."""
    matches = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {matches[0]}?" if matches else ""


def _place(span: Span) -> dict[str, object]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


EXCERPT = 110  # columns of a source line that are shown


def _excerpt(notes: list[Note]) -> list[str]:
    """Quote the lines of the notes, a row of carets under the first place and of dashes under the others."""
    lines: list[str] = []
    quoted: tuple[Source, int] | None = None
    gutter = max(len(str(_line_of(note))) for note in notes)
    cut = 0
    for rank, note in enumerate(notes):
        source, number = note.span.source, _line_of(note)
        column = source.position(note.span.start)[1] - 1
        text = source.line(number)
        if (source, number) != quoted:
            if quoted and source is not quoted[0]:
                lines.append(f"  {source.name}:")
            cut = max(0, column - EXCERPT // 2) if len(text) > EXCERPT else 0
            lines.append(f"  {number:{gutter}} | {_printable(text[cut : cut + EXCERPT])}")
            quoted = (source, number)
        indent = _width(text[cut:column])
        width = _width(note.span.text.partition("\n")[0][: EXCERPT - indent])
        mark = ("-" if rank else "^") * max(1, width)
        lines.append(f"  {'':{gutter}} | {'':{indent}}{mark} {note.label}".rstrip())
    return lines


def _line_of(note: Note) -> int:
    return note.span.source.position(note.span.start)[0]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text.replace("\t", " "))


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
