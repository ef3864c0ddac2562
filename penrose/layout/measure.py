"""Lengths, in cm: the style's measures, and the sizes of texts without running TeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from penrose.layout.glyphs import ITALIC, ROMAN, UNKNOWN, Glyph

POINT = 2.54 / 72.27  # a TeX point

STROKE = 0.8 * POINT  # lines
TENSOR = 0.68  # least width and height of a tensor
TRIANGLE = 0.88  # height of an isometry, at least
TRIANGLE_BASE = 0.9  # width of its base
TRIANGLE_TEXT = 0.3  # width of the text that fits into it
DOT = 0.1  # diameter of a copy dot
PADDING = 2 * POINT  # around the text of a tensor
GAP = 0.5  # between the borders of neighbours in a row, at least
ROW_GAP = 0.4  # between the borders of neighbours in a column, at least
ASIDE = 0.2  # between a frame and what stands in another row beside it, at least
LEG = 0.45  # of a free leg, from the border to the tip
SIDE_BY_SIDE = 0.5  # between parallel legs on one side of a tensor
BETWEEN_LABELS = 0.1  # of such legs, at least
LANE = 0.75  # between the lanes of a circuit, at least
GRID = 0.25  # distances of tensors are multiples of this
LOOP_HEIGHT = 0.6  # of a loop over what it begins at, at least
LOOP = 0.3  # between a loop and what it goes around, and between loops
BAR = 0.06  # thickness of the bar that fuses legs
BAR_END = 0.15  # of a bar beyond the outermost leg
FUSED = 0.3  # of its length for every leg
WALL = 0.16  # between the wall of a bubble and what is inside
WALL_LABEL = 0.32  # height of the name on a wall
RING = 0.25  # radius of a closed line
STRAND, STRANDS = 1.0, 0.75  # of an identity, at least, and between two of them
CLEARANCE = 0.1  # between a label and the end of its leg
SLANTED_LEG = 0.42  # of a leg between two sides, from the middle of its tensor, to either side
CLOSE = 0.03  # between the label of such a leg and its end
MARK = 0.1  # from a tensor's border and from its wire to the middle of a mark
SPACE = 0.28  # on both sides of a relation
SIGN = 0.2  # on both sides of a sign
TIGHT = 0.22  # between a coefficient and what it multiplies
CAPTION = 0.15  # between a term and its caption
WIDTH = 13.9  # of a figure, beyond which it wraps at a relation: of the text in many proceedings, 5.5 inches
INDENT = 0.8  # of a row without a relation to stand under
LINE = 0.5  # between the rows of a figure
FOOT = 0.08  # of a bracket
BRACKET = 0.12  # between the bracket of a sum and what is inside
HIGHLIGHT = 0.14  # of a highlight around what it is behind
NOTE = 0.08  # between a note and what it is beside
CURL = 0.1  # radius of the curves of a brace
BRACE = 0.08  # between a brace and what it is along, and between its tip and its text
ARROW = (0.17, 0.15)  # length and width of an arrow head
SMALL = 0.9  # size of the letters of captions, notes and braces


class Size(NamedTuple):
    """Width, height over the base line and depth under it, in cm."""

    width: float
    height: float
    depth: float

    @property
    def total(self) -> float:
        """The height and depth together."""
        return self.height + self.depth


_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.")
_UPRIGHT = {"\\mathrm", "\\mbox", "\\text", "\\mathsf", "\\operatorname"}
FUNCTIONS = {"\\exp", "\\log", "\\sin", "\\cos", "\\tanh"}
_BINARY = {"+", "-", "\\cdot", "\\times"}
_OPENING = {"(", "[", "|", ",", "="} | _BINARY  # after which a sign is none between two things
_CLOSING = {")", "]", "|", ",", "="}
THIN, MEDIUM = 167, 222  # spaces in mathematics, in 1/100 pt
_WIDE = {
    "\\cdots": Glyph(1172, 900, 300, 0),
    "\\sum": Glyph(1444, 1000, 950, 450),
    "\\,": Glyph(167, 0, 0, 0),
    "\\;": Glyph(278, 0, 0, 0),
    "\\ ": Glyph(333, 0, 0, 0),
}
_SILENT = {
    "\\left",
    "\\right",
    "\\displaystyle",
    "\\nolimits",
    "\\scriptstyle",
    "\\mathbf",
    "\\mathcal",
    "\\hat",
    "\\bar",
}


@lru_cache(maxsize=16_384)
def text_size(tex: str) -> Size:
    """Return the size of a piece of TeX mathematics at 10 pt, from the widths of its glyphs."""
    tokens = [token for token in _TOKEN.findall(tex) if not token.isspace()]
    width, height, depth = _run(tokens, 0, ITALIC)
    return Size(*(round(length * POINT / 100, 4) for length in (width, height, depth)))


def words_size(text: str) -> Size:
    """Return the size of a small text that has mathematics between $."""
    return Size(*(round(SMALL * length, 4) for length in text_size(as_mathematics(text))))


def as_mathematics(text: str) -> str:
    """Return a text with mathematics between $ as mathematics with texts in it."""
    pieces = text.split("$")
    pieces[::2] = ["\\mbox{" + piece.replace(" ", "\\ ") + "}" for piece in pieces[::2]]
    return "".join(pieces)


def _run(tokens: list[str], level: int, font: dict[str, Glyph]) -> tuple[float, float, float]:
    """Measure a run of tokens at a script level, in 1/100 pt."""
    width = height = depth = 0.0
    position = 0
    above = below = 0.0
    while position < len(tokens):
        token = tokens[position]
        if token in "^_":
            piece, position = argument(tokens, position + 1)
            w, h, d = _run(piece, min(level + 1, 2), font)
            above, below = (w, below) if token == "^" else (above, w)
            height, depth = (max(height, h + 360), depth) if token == "^" else (height, max(depth, d + 150))
            continue
        if token == "'" and below:  # a prime stands over a subscript
            w, h, _ = _glyph(token, level, font)
            above, height, position = w, max(height, h), position + 1
            continue
        width += max(above, below)
        above = below = 0.0
        if token in _UPRIGHT or token == "{":
            piece, position = argument(tokens, position + (token != "{"))
            w, h, d = _run(piece, level, ROMAN if token in _UPRIGHT else font)
        elif token == "\\frac":
            top, position = argument(tokens, position + 1)
            bottom, position = argument(tokens, position)
            (w1, h1, d1), (w2, h2, d2) = (_run(part, min(level + 1, 2), font) for part in (top, bottom))
            w, h, d = max(w1, w2) + 240, h1 + d1 + 400, h2 + d2 + 50
        elif token == "\\sqrt":
            piece, position = argument(tokens, position + 1)
            w, h, d = _run(piece, level, font)
            w, h = w + 833, h + 150
        elif token in FUNCTIONS:
            w, h, d = _run(list(token[1:]), level, ROMAN)
            w += _thin_spaces(tokens, position) * THIN * (level == 0)
            position += 1
        else:
            w, h, d = _glyph(token, level, font)
            w += 2 * MEDIUM * (level == 0 and is_binary(tokens, position))
            position += 1
        width, height, depth = width + w, max(height, h), max(depth, d)
    return width + max(above, below), height, depth


def is_binary(tokens: Sequence[str], position: int) -> bool:
    """Tell whether a token is a sign between two things, with spaces around it."""
    inside = 0 < position < len(tokens) - 1 and tokens[position] in _BINARY
    return inside and tokens[position - 1] not in _OPENING and tokens[position + 1] not in _CLOSING


def _thin_spaces(tokens: Sequence[str], position: int) -> int:
    """Count the thin spaces around the name of a function."""
    before = position > 0 and tokens[position - 1] not in _OPENING
    return before + (tokens[position + 1 : position + 2] not in (["("], []))


def _glyph(token: str, level: int, font: dict[str, Glyph]) -> tuple[float, float, float]:
    if token in _SILENT:
        return 0.0, 0.0, 0.0
    glyph = _WIDE.get(token) or font.get(token) or ITALIC.get(token) or UNKNOWN
    shrink = 1.0 if level == 0 else 0.7
    return (glyph.script if level else glyph.width) * 1.0, glyph.height * shrink, glyph.depth * shrink


def argument(tokens: list[str], position: int) -> tuple[list[str], int]:
    """Return the argument that begins at a position, without its braces, and where it ends."""
    if position >= len(tokens) or tokens[position] != "{":
        return tokens[position : position + 1], position + 1
    depth, end = 1, position + 1
    while end < len(tokens) and depth:
        depth += (tokens[end] == "{") - (tokens[end] == "}")
        end += 1
    return tokens[position + 1 : end - 1], end


def on_grid(length: float) -> float:
    """Round a length up to the grid."""
    return -(-round(length, 6) // GRID) * GRID


def rounded(length: float) -> float:
    """Round a length to half a millimetre."""
    return round(round(length * 20) / 20, 4)


def rounded_up(length: float) -> float:
    """Round a length up to half a millimetre."""
    return round(-(-round(length * 20, 6) // 1) / 20, 4)
