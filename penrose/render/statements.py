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
_PLACE = re.compile(rf"\(({NAME}(?:\.\w+)?)(?:\s*-\|\s*({NAME}(?:\.\w+)?))?\)")

# Lines of which there is one in a file, by how they begin.
_SINGLE = {
    "%!penrose format": "head",
    "% Needs": "needs",
    "\\begingroup\\catcode": "catcodes",
    "\\ifdefined\\penroseprovide": "provide",
    "\\begin{tikzpicture}": "begin",
    "\\pgfsetlayers": "layers",
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
    if line.startswith(("\\draw", "\\path")):
        stations = ["|".join(filter(None, place)) for place in places(line)]
        return f"{line[1:5]}:{stations[0]}:{stations[-1]}" if stations else ""
    return ""
