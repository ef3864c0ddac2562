"""The lines of a generated file, each with a key that says what it is of, however it was edited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Statement(NamedTuple):
    """A line and its key; the key is empty for a line that the compiler would not write."""

    key: str
    text: str


NAME = r"[A-Za-z][\w-]*"
_COORDINATE = re.compile(rf"\s*\\coordinate\s*\(({NAME})\)\s*at\s*(\(.*\))\s*;\s*(%.*)?")
_OPTIONS = re.compile(r"^\\draw\s*\[(?:[^\[\]{}]|\[[^\[\]]*\]|\{(?:[^{}]|\{[^{}]*\})*\})*\]")
_NODE = re.compile(rf"\\node\s*(?:\[.*\])?\s*\(({NAME})\)\s*(?:at\b|\{{)")
_LABEL = re.compile(r"node\s*(?:\[[^\]]*\])?\s*(?:\([^()]*\))?\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}")
_TOKEN = re.compile(r"\([^()]*\)|\S+")
_CALLED = re.compile(r"\\draw\[penrose/leg=(?:\{((?:[^{}]|\{[^{}]*\})*)\}|([^,\]{}]+))")
_PLACE = re.compile(rf"\(({NAME}(?:\.\w+)?)(?:\s*-\|\s*({NAME}(?:\.\w+)?))?\)")

# Lines of which there is one in a file, by how they begin.
_SINGLE = {
    "%!penrose format": "head",
    "% Needs": "needs",
    "\\begingroup\\catcode": "catcodes",
    "\\ifdefined\\penroseprovide": "provide",
    "\\begin{tikzpicture}": "begin",
    "\\pgfsetlayers": "layers",
    "\\ifcsname tikz@scan@one@point": "quicker",
    "% --- coordinates": "coordinates",
    "% --- end of coordinates": "end-of-coordinates",
    "% --- yours": "yours",
    "% --- end of yours": "end-of-yours",
    "\\end{tikzpicture}": "end",
    "\\endgroup": "endgroup",
}
_NAMED = {"\\penroseprovide{": "style", "\\providecolor{": "color", "\\pgfdeclarelayer{": "layer"}


def statements(lines: Iterable[str]) -> list[Statement]:
    """Return lines with their keys; what two lines have in common is numbered from the second on."""
    times: dict[str, int] = {}
    found = []
    for line in lines:
        key = _key(line.strip())
        if key:
            times[key] = times.get(key, 0) + 1
            key += f"#{times[key]}" if times[key] > 1 else ""
        found.append(Statement(key, line))
    return found


def position_of(line: str) -> tuple[str, str, str] | None:
    """Return the name, the position and the comment of a line that is a coordinate."""
    match = _COORDINATE.fullmatch(line)
    return (match[1], match[2], (match[3] or "").rstrip()) if match else None


def places(draw: str) -> list[tuple[str, str]]:
    """Return the places that a wire passes: the name of a point, or of two, its height and its horizontal position."""
    return _PLACE.findall(_LABEL.sub("", _OPTIONS.sub("", draw)))


def _key(line: str) -> str:
    for begin, key in _SINGLE.items():
        if line.startswith(begin):
            return key
    for begin, kind in _NAMED.items():
        if line.startswith(begin):
            return f"{kind}:{line.removeprefix(begin).partition('}')[0].replace(' ', '-')}"
    if line.startswith("%"):
        return ""
    coordinate = position_of(line)
    if coordinate:
        return f"coordinate:{coordinate[0]}"
    node = _NODE.search(line)
    if node and line.startswith(("\\node", "\\begin{pgfonlayer}")):
        return f"node:{node[1]}"
    if line.startswith("\\draw"):
        return _wire_key(line)
    if line.startswith("\\path"):
        return "path:" + ":".join(wire_ends(line))
    return ""


def _wire_key(draw: str) -> str:
    """Return the key of a wire: its ends and what it is called there, in an order that no turning round changes."""
    ends = wire_ends(draw)
    if not ends:
        return ""
    # keys have neither colons nor spaces
    tokens = [token.partition(":")[0].replace(" ", ".") for token in called_in(draw)]
    slots = [tokens[0], tokens[-1]] if tokens and len(ends) > 1 else [""] * len(ends)
    pairs = sorted(zip(ends, slots, strict=True))
    return "draw:" + ":".join(end for end, _ in pairs) + (f":{'-'.join(s for _, s in pairs)}" if tokens else "")


def called_in(draw: str) -> tuple[str, ...]:
    """Return what the ends of a wire are called there, and between them its bond; nothing if its style says nothing."""
    match = _CALLED.match(draw)
    return tuple(_TOKEN.findall(match[1] or match[2])) if match else ()


def loosely(key: str) -> str:
    """Return the key that a wire has whose style does not say the slots any more."""
    return key.rpartition(":")[0] if key.startswith("draw:") and key.count(":") > 2 else key


def wire_ends(draw: str) -> tuple[str, ...]:
    """Return what a wire is on at its ends, one name for a ring and none for other lines.

    A place takes its height and its horizontal position of two points where a wire is to stay straight: one of
    them is what the other end is on, or a corner on the way, or a point of the thing that has its name before a
    double hyphen; a side of a frame is always an end.
    """
    stations = places(draw)
    if not stations:
        return ()
    if re.search(r"--\s*cycle\s*;", draw):
        return (stations[0][0],)
    corners = {name for place in stations[1:-1] for name in place}
    first, last = stations[0], stations[-1]
    if all(last) and not all(first):
        start = _end(first, corners)
        return start, _end(last, corners, start)
    end = _end(last, corners)
    return _end(first, corners, end), end


def _end(place: tuple[str, str], corners: set[str], other: str = "") -> str:
    """Return what a wire is on at a place: that which is no corner, nor the other end, unless it comes back to that."""
    names = [name for name in place if name]
    side = next((name for name in names if "." in name), "")
    things = [name for name in names if name not in corners] or names
    own = [name for name in things if name != other]
    owner = next((name for name in own if any(one.startswith(f"{name}--") for one in own)), "")
    return (side or owner or (own or things)[0]).partition(".")[0]
