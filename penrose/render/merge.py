"""The author's edits: what an earlier file keeps when the figure is built again.

A file ends with what the compiler wrote: the position of every coordinate, and a hash of all else. A
coordinate whose position differs from that was moved by hand, and stays; one whose line was deleted
goes back to automatic. The block marked as the author's own stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from textwrap import wrap

from penrose.errors import Diagnostic, PenroseError
from penrose.render.tikz import Tikz

HEAD = "%!penrose "
COORDINATES = "  % --- coordinates: move anything here, your edits survive the next build ---"
END_COORDINATES = "  % --- end of coordinates ---"
OWN = "  % --- yours: add TikZ here, it is kept ---"
END_OWN = "  % --- end of yours ---"
BASE = "%!penrose-base "
HASH = "%!penrose-hash "
UNKNOWN = "?"  # the base of a coordinate that the author wrote before the compiler did

_COORDINATE = re.compile(r"\s*\\coordinate\s*\(([^()]+)\)\s*at\s*(\(.*\))\s*;\s*(%.*)?")
_NUMERIC = re.compile(r"\(\s*(-?\d*\.?\d+)\s*,\s*(-?\d*\.?\d+)\s*\)")
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """A line of the coordinate block. `name` is empty for a line that is not a coordinate."""

    name: str
    position: str
    text: str


@dataclass(frozen=True)
class Earlier:
    """An earlier file: its coordinate block, the author's own block, and what the compiler had written."""

    lines: tuple[Line, ...]
    own: tuple[str, ...]
    base: Mapping[str, str]

    def moved(self) -> dict[str, str]:
        """Return the positions that differ from what the compiler wrote."""
        return {
            line.name: line.position
            for line in self.lines
            if line.name and _tight(line.position) != _tight(self.base.get(line.name, ""))
        }

    def pins(self) -> dict[str, tuple[float, float]]:
        """Return the moved positions that are plain numbers, in cm."""
        numeric = {name: _NUMERIC.fullmatch(position) for name, position in self.moved().items()}
        return {name: (float(match[1]), float(match[2])) for name, match in numeric.items() if match}


@dataclass(frozen=True)
class Merged:
    """The text to write, the coordinates that stay where the author put them, and what no longer applies."""

    text: str
    kept: Mapping[str, str]
    dropped: tuple[str, ...]


# ---------------------------------------------------------------- reading


def read_earlier(text: str, file: str, force: bool = False) -> Earlier | None:
    """Return what an earlier file holds, or raise why its edits cannot be told.

    With `force`, return as much as can be read: None for a file that is not ours, and edits outside of
    the coordinates are given up.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    problem = _problem(text, lines, file)
    if problem and not force:
        raise PenroseError([problem])
    if problem and problem.code != "PEN503":
        return None
    block = lines[lines.index(COORDINATES) + 1 : lines.index(END_COORDINATES)]
    own = lines[lines.index(OWN) + 1 : lines.index(END_OWN)]
    return Earlier(tuple(_line(line) for line in block), tuple(own), _base(lines))


def _problem(text: str, lines: list[str], file: str) -> Diagnostic | None:
    hint = "move it away, or replace it with --force, which keeps a copy"
    if not text.startswith(HEAD):
        return Diagnostic("PEN502", "this file was not written by penrose", file=file, hint=hint)
    if _CONFLICT.search(text):
        message = "this file has the conflict markers of a merge"
        return Diagnostic("PEN504", message, file=file, hint="resolve the conflict, then build again")
    marks = (COORDINATES, END_COORDINATES, OWN, END_OWN)
    if any(lines.count(mark) != 1 for mark in marks) or [lines.index(m) for m in marks] != sorted(
        lines.index(m) for m in marks
    ):
        message = "the marks around the coordinates or around your own block are damaged"
        return Diagnostic("PEN502", message, file=file, hint="restore them, or build with --force, which keeps a copy")
    if not any(line.startswith(BASE) for line in lines) or not any(line.startswith(HASH) for line in lines):
        message = "the closing comments are gone, so your edits cannot be told from ours"
        return Diagnostic("PEN502", message, file=file, hint="restore them, or build with --force, which keeps a copy")
    stored = next(line for line in lines if line.startswith(HASH)).removeprefix(HASH).strip()
    if stored != _hash(_generated(lines)):
        message = "this file was edited outside its coordinates and outside the block that is yours"
        hint = "move your additions into your block, or build with --force, which keeps a copy"
        return Diagnostic("PEN503", message, file=file, hint=hint)
    return None


def _line(text: str) -> Line:
    match = _COORDINATE.fullmatch(text)
    return Line(match[1].strip(), match[2], text) if match else Line("", "", text)


def _base(lines: list[str]) -> dict[str, str]:
    pairs = " ".join(line.removeprefix(BASE) for line in lines if line.startswith(BASE)).split()
    return {name: position for name, _, position in (pair.partition("=") for pair in pairs)}


def _generated(lines: list[str]) -> str:
    """Return the part of a file that is the compiler's: all but the two blocks and the closing comments."""
    before, block, own, end_own = (lines.index(mark) for mark in (COORDINATES, END_COORDINATES, OWN, END_OWN))
    rest = [line for line in lines[end_own:] if not line.startswith((BASE, HASH))]
    return "\n".join([*lines[:before], *lines[block:own], *rest]).rstrip()


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _tight(position: str) -> str:
    return re.sub(r"\s", "", position)


# ---------------------------------------------------------------- writing


def merge(new: Tikz, earlier: Earlier | None) -> Merged:
    """Return the file for a figure with the author's edits in it."""
    moved = earlier.moved() if earlier else {}
    kept = {name: position for name, position in moved.items() if name in new.coordinates}
    block, dropped = _block(new, earlier, kept)
    base = dict(new.coordinates)
    if earlier:
        base |= {name: earlier.base.get(name, UNKNOWN) for name in kept}
    own = [OWN, *(earlier.own if earlier else ()), END_OWN]
    parts = [new.before.rstrip("\n"), COORDINATES, *block, END_COORDINATES, new.between.rstrip("\n"), *own, new.after]
    generated = "\n".join(parts).rstrip()
    digest = _hash(_generated(generated.split("\n")))
    return Merged(f"{generated}\n{_closing(base)}{HASH}{digest}\n", kept, dropped)


def _closing(base: Mapping[str, str]) -> str:
    pairs = " ".join(f"{name}={_tight(position)}" for name, position in base.items())
    lines = wrap(pairs, 110, break_long_words=False, break_on_hyphens=False)
    return "".join(f"{BASE}{line}\n" for line in lines)


def _block(new: Tikz, earlier: Earlier | None, kept: Mapping[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the lines of the coordinate block, and those of moved coordinates that are no longer there.

    A line of the author's stays behind the coordinate that it stood behind.
    """
    old = {line.name: line for line in earlier.lines if line.name} if earlier else {}
    extra, dropped = _author_lines(earlier, new) if earlier else ({}, ())
    block = [*extra.get("", ())]
    for name, position in new.coordinates.items():
        block.append(old[name].text if name in kept else _coordinate(name, position, old.get(name)))
        block += extra.get(name, ())
    return block, dropped


def _coordinate(name: str, position: str, old: Line | None) -> str:
    """Return an automatic coordinate, with the comment that the author put behind it."""
    match = _COORDINATE.fullmatch(old.text) if old else None
    comment = f" {match[3].rstrip()}" if match and match[3] else ""
    return f"  \\coordinate ({name}) at {position};{comment}"


def _author_lines(earlier: Earlier, new: Tikz) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    extra: dict[str, list[str]] = {}
    dropped = []
    behind = ""
    moved = earlier.moved()
    for line in earlier.lines:
        if line.name in new.coordinates:
            behind = line.name
        elif not line.name or line.name not in earlier.base:
            extra.setdefault(behind, []).append(line.text)
        elif line.name in moved:
            dropped.append(line.name)
            extra.setdefault(behind, []).append(f"  % no longer in the source: {line.text.strip()}")
    return extra, tuple(dropped)
