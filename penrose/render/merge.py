"""The author's edits: what an earlier file keeps when the figure is built again.

A file ends with what the compiler wrote: the position of every coordinate, and a hash of every other
line by its key. What stands in the file, what the compiler last wrote, and what it would write now are
compared line by line. A line that was changed stays as it is, as long as it still belongs to something; a
coordinate whose line was deleted goes back to automatic, any other generated line returns; lines of the
author's own stay behind the line that they stood behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import cos, radians, sin
from textwrap import wrap

from penrose.data import NOTHING, Equatable
from penrose.errors import Diagnostic, PenroseError
from penrose.render.statements import NAME, Statement, loosely, position_of, statements

HEAD = "%!penrose "
BASE = "%!penrose-base "
LINES = "%!penrose-lines "
UNKNOWN = "?"  # the base of a coordinate that the author wrote before the compiler did

_LENGTH = r"\s*([-+]?\d*\.?\d+)\s*(cm|mm|in|pt)?\s*"
_NUMERIC = re.compile(rf"\({_LENGTH},{_LENGTH}\)")
_POLAR = re.compile(rf"\(\s*([-+]?\d*\.?\d+)\s*:{_LENGTH}\)")
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72.27, None: 1.0}
_DAMAGED = re.compile(r"\s*\\coordinate\s*\(([A-Za-z][\w-]*)\)")
# Names of points, as far as a line tells: (A), (A.north west), (A -| B), right=of A.
_MENTIONED = re.compile(rf"(?<![\w-])({NAME}?)(?=(?:\.[\w ]+)?\s*(?:\)|\|-|-\|))|(?<=\bof )({NAME})")
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
_NEEDED = ("head", "begin", "end", "endgroup")  # without these a file is no figure of ours
_AUTOMATIC = ("head",)  # written anew, whatever stands there


class Earlier(Equatable):
    """An earlier file: its lines, and what the compiler had written, as positions and hashes by key."""

    lines: tuple[Statement, ...]
    positions: Mapping[str, str]
    hashes: Mapping[str, str]

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(line.text for line in self.lines)

    def moved(self) -> dict[str, str]:
        """Return the positions that differ from what the compiler wrote, by the names of the coordinates."""
        moved = {}
        for line in self.lines:
            coordinate = position_of(line.text) if _named(line) else None
            if coordinate and _tight(coordinate[1]) != self.positions.get(coordinate[0], UNKNOWN):
                moved[coordinate[0]] = coordinate[1]
        return moved

    def pins(self) -> dict[str, tuple[float, float]]:
        """Return the moved positions that are numbers, plain or polar, in cm."""
        places = {name: _place(position) for name, position in self.moved().items()}
        return {name: place for name, place in places.items() if place}

    def written(self) -> dict[str, tuple[float, float]]:
        """Return where the compiler had put what has pins, in cm, as far as these positions are numbers."""
        places = {name: _place(self.positions.get(name, UNKNOWN)) for name in self.pins()}
        return {name: place for name, place in places.items() if place}

    def changed(self, line: Statement) -> bool:
        """Tell whether a line, other than a coordinate, differs from what the compiler wrote."""
        return self.hashes.get(line.key) != _hash(line.text)


class Merged(Equatable):
    """The text to write, and what came of the author's edits.

    `kept` are coordinates that stay where the author put them, `lines` other lines that stay as they
    are, `needed` names of what is no longer there but stands in lines of the author's, `dropped` other edits of what
    is no longer there, `returned` lines that were deleted and are back. A `compact` file has no names, and keeps
    nothing.
    """

    text: str
    kept: Mapping[str, str] = NOTHING
    lines: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    compact: bool = False


# ---------------------------------------------------------------- reading


def read_earlier(text: str, file: str, force: bool = False) -> Earlier | None:
    """Return what an earlier file holds, or raise why its edits cannot be told.

    With `force`, return None instead of raising.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    body = statements(line for line in lines if not line.startswith((BASE, LINES)))
    problem = _problem(text, lines, body, file)
    if problem and force:
        return None
    if problem:
        raise PenroseError([problem])
    while body and not body[-1].text.strip():
        body.pop()
    return Earlier(tuple(body), _pairs(lines, BASE), _pairs(lines, LINES))


def _problem(text: str, lines: Sequence[str], body: Sequence[Statement], file: str) -> Diagnostic | None:
    hint = "move it away, or replace it with --force, which keeps a copy"
    if not text.startswith(HEAD):
        return Diagnostic("PEN502", "this file was not written by penrose", file=file, hint=hint)
    if _CONFLICT.search(text):
        message = "this file has the conflict markers of a merge"
        return Diagnostic("PEN504", message, file=file, hint="resolve the conflict, then build again")
    if not all(any(line.startswith(mark) for line in lines) for mark in (BASE, LINES)):
        message = "the closing comments are gone, so your edits cannot be told from ours"
        return Diagnostic("PEN502", message, file=file, hint="restore them, or build with --force, which keeps a copy")
    for number, line in enumerate(lines, 1):
        damaged = None if position_of(line) else _DAMAGED.match(line)
        if damaged and damaged[1] in _pairs(lines, BASE):
            message = f"line {number} is a coordinate that cannot be read: {line.strip()}"
            hint = f"write \\coordinate ({damaged[1]}) at (1,2); or delete the line"
            return Diagnostic("PEN503", message, file=file, hint=hint)
    keys = {line.key for line in body}
    if not keys >= set(_NEEDED):
        message = "the begin or the end of the picture is gone"
        return Diagnostic("PEN502", message, file=file, hint="restore it, or build with --force, which keeps a copy")
    return None


def _pairs(lines: Sequence[str], mark: str) -> dict[str, str]:
    text = " ".join(line.removeprefix(mark) for line in lines if line.startswith(mark))
    return {key: value for key, _, value in (pair.partition("=") for pair in text.split())}


def _place(position: str) -> tuple[float, float] | None:
    """Return where a position is that is given by numbers, in cm; None for any other."""
    if match := _NUMERIC.fullmatch(position):
        return float(match[1]) * _UNITS[match[2]], float(match[3]) * _UNITS[match[4]]
    if match := _POLAR.fullmatch(position):
        angle, length = radians(float(match[1])), float(match[2]) * _UNITS[match[3]]
        return length * cos(angle), length * sin(angle)
    return None


def _hash(text: str) -> str:
    return sha256(text.strip().encode()).hexdigest()[:8]


def _tight(position: str) -> str:
    return re.sub(r"\s", "", position)


# ---------------------------------------------------------------- writing


def merge(new: Sequence[Statement], earlier: Earlier | None) -> Merged:
    """Return the file for a figure with the author's edits in it."""
    if earlier is None:
        return Merged(_file([line.text for line in new], new, {}))
    merger = _Merger(new, earlier)
    return merger.merged()


class _Merger:
    def __init__(self, new: Sequence[Statement], earlier: Earlier) -> None:
        self.new, self.earlier = new, earlier
        self.keys = {line.key for line in new}
        self.old = {line.key: line for line in earlier.lines if line.key}
        for line in new:  # a wire whose style does not say its slots any more is known by its ends
            loose = loosely(line.key)
            if line.key not in self.old and line.key in earlier.hashes and loose in self.old:
                self.old[line.key] = self.old.pop(loose)
        self.places = {id(line): key for key, line in self.old.items()}
        moved = earlier.moved()
        self.kept = {name: position for name, position in moved.items() if f"coordinate:{name}" in self.keys}
        self.lines: list[str] = []
        self.dropped: list[str] = []
        self.returned: list[str] = []
        self.moved = moved
        self.needed = self._needed()

    def merged(self) -> Merged:
        """Return the lines of the new file, each with the author's own lines behind it."""
        behind = self._own_lines()
        text: list[str] = list(behind.get("", ()))
        for line in self.new:
            text.append(self._line(line))
            text += behind.get(line.key, ())
        base = {name: self.earlier.positions.get(name, UNKNOWN) for name in (*self.kept, *self.needed)}
        whole = _file(text, self.new, base)
        return Merged(whole, self.kept, tuple(self.lines), self.needed, tuple(self.dropped), tuple(self.returned))

    def _line(self, new: Statement) -> str:
        """Return a line as the author left it, or as the compiler writes it now."""
        old = self.old.get(new.key)
        if _named(new):
            return self._coordinate(new, old)
        if old is None:
            if new.key in self.earlier.hashes:
                self.returned.append(new.text.strip())
            return new.text
        if new.key in _AUTOMATIC or not self.earlier.changed(old) or old.text.strip() == new.text.strip():
            return new.text
        self.lines.append(old.text.strip())
        return old.text

    def _coordinate(self, new: Statement, old: Statement | None) -> str:
        """Return a coordinate where the author put it, or an automatic one with the author's comment."""
        if old is None:
            return new.text
        found = position_of(old.text)
        if _named(new) in self.kept or found is None:
            return old.text
        return f"{new.text} {found[2]}" if found[2] else new.text

    def _own_lines(self) -> dict[str, list[str]]:
        """Return the author's lines by the key of the line that they stand behind."""
        behind: dict[str, list[str]] = {}
        place = ""
        for line in self.earlier.lines:
            key = self.places.get(id(line), line.key)
            if key in self.keys:
                place = key
            elif not self._was_ours(line) or _named(line) in self.needed:
                behind.setdefault(place, []).append(line.text)
            elif self._was_edited(line):
                self.dropped.append(line.text.strip())
                behind.setdefault(place, []).append(f"  % no longer in the source: {line.text.strip()}")
        return behind

    def _needed(self) -> tuple[str, ...]:
        """Return the coordinates of what is no longer there that stand in lines of the author's, or in one another."""
        lines = self.earlier.lines
        past = (line for line in lines if line.key not in self.keys and self._was_ours(line))
        gone = {_named(line): line for line in past if _named(line)}
        theirs = [line for line in lines if not self._was_ours(line)]
        theirs += [line for key, line in self.old.items() if key in self.keys and self._was_edited(line)]
        found: set[str] = set()
        for line in theirs:
            needed = gone.keys() & _mentioned(line.text) - found
            theirs += [gone[name] for name in needed]
            found |= needed
        return tuple(name for name in gone if name in found)

    def _was_ours(self, line: Statement) -> bool:
        return line.key in self.earlier.hashes or _named(line) in self.earlier.positions

    def _was_edited(self, line: Statement) -> bool:
        return _named(line) in self.moved if _named(line) else self.earlier.changed(line)


def _named(line: Statement) -> str:
    """Return the name of a coordinate; nothing for any other line."""
    kind, _, name = line.key.partition(":")
    return name if kind == "coordinate" else ""


def _mentioned(text: str) -> set[str]:
    """Return the names in a line that may be those of points."""
    return set() if text.lstrip().startswith("%") else {one or other for one, other in _MENTIONED.findall(text)}


def _file(text: Sequence[str], new: Sequence[Statement], base: Mapping[str, str]) -> str:
    """Return the text of a file: its lines, then what the compiler wrote, by key."""
    coordinates = [position_of(line.text) for line in new if _named(line)]
    positions = {found[0]: _tight(found[1]) for found in coordinates if found} | dict(base)
    hashes = {line.key: _hash(line.text) for line in new if line.key and not _named(line)}
    closing = _closing(BASE, positions) + _closing(LINES, hashes)
    return "\n".join(line.rstrip() for line in text) + f"\n{closing}"


def _closing(mark: str, values: Mapping[str, str]) -> str:
    pairs = " ".join(f"{key}={value}" for key, value in values.items())
    lines = wrap(pairs, 110, break_long_words=False, break_on_hyphens=False)
    return "".join(f"{mark}{line}\n" for line in lines)
