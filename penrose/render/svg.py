"""A scene as SVG, for where tikra is not installed: the same geometry, with the texts in the viewer's fonts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from math import cos, radians, sin
from typing import NamedTuple

from penrose.layout.geometry import arrow_of, bezier, box_of, curve, extent, frames, label_name, labels_of, marks_of
from penrose.layout.measure import (
    ARROW,
    CURL,
    FOOT,
    FUNCTIONS,
    MEDIUM,
    POINT,
    RING,
    SMALL,
    STROKE,
    TENSOR,
    TRIANGLE_BASE,
    argument,
    as_mathematics,
    is_binary,
    text_size,
)
from penrose.layout.scene import Box, Brace, Highlight, Node, Note, Picture, Scene, Wire
from penrose.model.notation import GREEK
from penrose.render.styles import STYLES, body_of, filled, shade
from penrose.render.template import template

UNIT = 72 / 2.54  # SVG units (pt) in a cm
MARGIN = 0.05  # cm around the picture
FONT = 10.0  # pt
ROUNDING = RING  # cm, the corners of loops


def render_svg(scene: Scene) -> str:
    """Return a scene as an SVG document."""
    picture = scene.picture
    page = extent(picture).grown(MARGIN)
    draw = _Pen(page)
    framed = frames(picture)
    return template("figure.svg.j2").render(
        name=escape(scene.title or scene.name, quote=True),
        width=f"{_round((page.x1 - page.x0) * UNIT)}pt",
        height=f"{_round((page.y1 - page.y0) * UNIT)}pt",
        view=f"0 0 {_round((page.x1 - page.x0) * UNIT)} {_round((page.y1 - page.y0) * UNIT)}",
        stroke=_round(STROKE * UNIT),
        grounds=list(_grounds(picture, draw, framed)),
        wires=[
            (draw.wire(wire, picture), _round((2.5 if wire.thick else 1) * STROKE * UNIT)) for wire in picture.wires
        ],
        lines=[
            path
            for group in picture.groups
            if group.kind == "sum"
            for path in draw.brackets(framed[group.name], group.closed)
        ]
        + [draw.brace(remark, framed[remark.name]) for remark in picture.remarks if isinstance(remark, Brace)],
        shapes=[(draw.node(node, picture), *_paint(node, scene)) for node in picture.nodes]
        + [(draw.arrow(wire, picture), "#000000", "none") for wire in picture.wires if wire.arrow],
        texts=list(_texts(picture, draw, scene.marked)),
    )


def _grounds(picture: Picture, pen: _Pen, framed: Mapping[str, Box]) -> Iterator[tuple[str, str, str]]:
    """Yield the walls and highlights from the outermost, with the colours of their line and inside."""
    bubbles = [(group.depth, 0, group.name, "") for group in picture.groups if group.kind == "bubble"]
    highlights = [(r.depth, 1, r.name, r.fill) for r in picture.remarks if isinstance(r, Highlight)]
    for _, highlighted, name, fill in sorted([*bubbles, *highlights], key=lambda ground: ground[:2]):
        path = pen.wall(framed[name])
        if highlighted:
            yield path, "none", shade(filled(fill) or STYLES["highlight"])
        else:
            yield path, "#009e73", "#f2faf7"


def _paint(node: Node, scene: Scene) -> tuple[str, str]:
    """Return the colours of the inside and of the border of a node."""
    dress = body_of(scene.styles[node.dress]) if node.dress else ""
    if node.shape == "plain":
        return "#ffffff", "none"
    return shade(dress or STYLES[node.style]), "#000000"


class _Pen:
    """Writes SVG paths; turns cm with y up into points with y down."""

    def __init__(self, page: Box) -> None:
        self.page = page

    def at(self, x: float, y: float) -> str:
        return f"{_round((x - self.page.x0) * UNIT)} {_round((self.page.y1 - y) * UNIT)}"

    def wire(self, wire: Wire, picture: Picture) -> str:
        controls = bezier(wire, picture.points)
        if controls:
            start, first, second, end = (self.at(*point) for point in controls)
            return f"M{start}C{first} {second} {end}"
        corners = curve(wire, picture.points)
        if not wire.ends:
            (x0, y0), (x1, y1) = corners[0], corners[2]
            return self._rounded(Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), ROUNDING)
        if not wire.is_loop:
            return "M" + "L".join(self.at(*corner) for corner in corners)
        path = f"M{self.at(*corners[0])}"
        for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
            path += f"L{self.at(*_towards(corner, before))}Q{self.at(*corner)} {self.at(*_towards(corner, after))}"
        return path + f"L{self.at(*corners[-1])}"

    def node(self, node: Node, picture: Picture) -> str:
        box = box_of(node, picture.points)
        if node.shape == "triangle":
            return self._triangle(node, picture)
        radius = {"circle": TENSOR / 2, "dot": (box.x1 - box.x0) / 2}.get(node.shape, 0.035)
        return self._rounded(box, radius)

    def _triangle(self, node: Node, picture: Picture) -> str:
        point = picture.points[node.name]
        turn = radians(node.turn)
        reach = max(node.extent)
        back = node.extent.width + node.extent.height - TRIANGLE_BASE - reach
        corners = [(reach, 0.0), (-back, TRIANGLE_BASE / 2), (-back, -TRIANGLE_BASE / 2)]
        turned = [
            (point.x + x * cos(turn) - y * sin(turn), point.y + x * sin(turn) + y * cos(turn)) for x, y in corners
        ]
        return "M" + "L".join(self.at(x, y) for x, y in turned) + "Z"

    def _rounded(self, box: Box, radius: float) -> str:
        r = min(radius, (box.x1 - box.x0) / 2, (box.y1 - box.y0) / 2)
        arc = f"A{_round(r * UNIT)} {_round(r * UNIT)} 0 0 1 "
        return (
            f"M{self.at(box.x0 + r, box.y1)}L{self.at(box.x1 - r, box.y1)}{arc}{self.at(box.x1, box.y1 - r)}"
            f"L{self.at(box.x1, box.y0 + r)}{arc}{self.at(box.x1 - r, box.y0)}"
            f"L{self.at(box.x0 + r, box.y0)}{arc}{self.at(box.x0, box.y0 + r)}"
            f"L{self.at(box.x0, box.y1 - r)}{arc}{self.at(box.x0 + r, box.y1)}Z"
        )

    def wall(self, box: Box) -> str:
        return self._rounded(box, ROUNDING)

    def arrow(self, wire: Wire, picture: Picture) -> str:
        _, (x, y), turn = arrow_of(wire, picture)
        length, width = ARROW
        corners = ((length / 2, 0.0), (-length / 2, width / 2), (-length / 2, -width / 2))
        c, s = cos(radians(turn)), sin(radians(turn))
        return "M" + "L".join(self.at(x + a * c - b * s, y + a * s + b * c) for a, b in corners) + "Z"

    def brace(self, brace: Brace, box: Box) -> str:
        down, y = (-1, box.y0) if brace.side == "down" else (1, box.y1)
        middle = (box.x0 + box.x1) / 2
        path = ""
        for x, inwards in ((box.x0, CURL), (box.x1, -CURL)):
            path += f"M{self.at(x, y)}Q{self.at(x, y + down * CURL)} {self.at(x + inwards, y + down * CURL)}"
            path += f"L{self.at(middle - inwards, y + down * CURL)}"
            path += f"Q{self.at(middle, y + down * CURL)} {self.at(middle, y + 2 * down * CURL)}"
        return path

    def brackets(self, box: Box, closed: bool) -> list[str]:
        if closed:
            corners = ((box.x0, box.y1), (box.x1, box.y1), (box.x1, box.y0), (box.x0, box.y0))
            return ["M" + "L".join(self.at(x, y) for x, y in corners) + "Z"]
        return [
            "M"
            + "L".join(self.at(x, y) for x, y in ((inner, box.y1), (outer, box.y1), (outer, box.y0), (inner, box.y0)))
            for outer, inner in ((box.x0, box.x0 + FOOT), (box.x1, box.x1 - FOOT))
        ]


def _towards(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    share = min(ROUNDING, length / 2) / length
    return corner[0] + share * dx, corner[1] + share * dy


# ---------------------------------------------------------------- texts


class Run(NamedTuple):
    """A run of letters: its shift from the begin of the text to the right (cm) and up (cm), and its size (pt).

    The `line` of a fraction or a root goes through places that are shifted so; its text is the path then.
    """

    text: str
    italic: bool
    right: float
    up: float
    size: float
    line: tuple[tuple[float, float], ...] = ()


def _texts(picture: Picture, pen: _Pen, marked: bool) -> Iterator[tuple[str, str, Run, str]]:
    """Yield every run of every text, with the place where its base line begins and how it is turned."""
    for text, box, rotation in _placed(picture, marked):
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        turn = f"rotate({-rotation} {pen.at(x, y)})" if rotation else ""
        yield from ((*placed, turn) for placed in _set_at(text, x, y, 1.0, pen))
    for words, box in _words(picture):
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        yield from ((*placed, "") for placed in _set_at(as_mathematics(words), x, y, SMALL, pen))


def _set_at(tex: str, x: float, y: float, scale: float, pen: _Pen) -> Iterator[tuple[str, str, Run]]:
    """Yield the runs of a text whose middle is there, each with the place where its base line begins."""
    size = text_size(tex)
    left, base = x - scale * size.width / 2, y - scale * (size.height - size.depth) / 2
    for run in tex_runs(tex):
        if run.line:
            places = (pen.at(left + scale * right, base + scale * up) for right, up in run.line)
            run = run._replace(text="M" + "L".join(places))
        across, down = pen.at(left + scale * run.right, base + scale * run.up).split()
        yield across, down, run._replace(size=_round(scale * run.size))


def _placed(picture: Picture, marked: bool) -> Iterator[tuple[str, Box, int]]:
    """Yield mathematics with its place, and how far it is rotated."""
    for node in picture.nodes:
        point = picture.points[node.name]
        yield node.label, Box(point.x, point.y, point.x, point.y), node.rotation
    for wire in picture.wires:
        yield from ((label.text, box, 0) for label, _, box in labels_of(wire, picture.points))
        for mark, (x, y) in marks_of(wire, picture) if marked else ():
            yield f"{{}}_{{{mark}}}", Box(x, y, x, y), 0
    framed = frames(picture)
    yield from ((group.label, framed[label_name(group)], 0) for group in picture.groups if group.label)
    yield from ((item.text, box_of(item, picture.points), 0) for item in picture.texts if item.kind != "caption")


def _words(picture: Picture) -> Iterator[tuple[str, Box]]:
    """Yield small texts with their places."""
    framed = frames(picture)
    yield from ((item.text, box_of(item, picture.points)) for item in picture.texts if item.kind == "caption")
    for remark in picture.remarks:
        if isinstance(remark, Note):
            yield remark.text, framed[remark.name]
        elif isinstance(remark, Brace):
            yield remark.text, framed[label_name(remark)]


_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|.")
_SYMBOLS = {word: letter for letter, word in GREEK.items()} | {
    "neq": "≠", "approx": "≈", "to": "→", "leq": "≤", "geq": "≥", "dagger": "†", "cdot": "·", "cdots": "⋯",
    "sum": "Σ", "displaystyle": "", "nolimits": "",
}  # fmt: skip
_PLAIN = {"-": "−", "'": "′", "*": "∗"}
_UPRIGHT = ("\\mathrm", "\\mathsf", "\\mbox", "\\text")
RISE, DROP, AXIS, OVER, ASIDE, ROOT = 0.139, 0.121, 0.088, 0.05, 0.042, 0.29  # cm, of fractions and roots
SHRUNK = 0.7  # size of scripts
_SCRIPT = {"^": 0.13, "_": -0.07}  # cm above the base line


def tex_runs(tex: str) -> list[Run]:
    """Return TeX mathematics as runs of letters."""
    runs: list[Run] = []
    _set(_TOKEN.findall(tex), _Place(0.0, 0.0, False, False), runs)
    return runs


class _Place(NamedTuple):
    right: float
    up: float
    script: bool
    upright: bool


def _set(tokens: list[str], place: _Place, runs: list[Run]) -> float:
    """Append the runs of some tokens; return where they end."""
    right = place.right
    position = 0
    ends: list[float] = []  # of the scripts that stand over one another
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token in _SCRIPT:
            piece, position = argument(tokens, position)
            ends.append(_set(piece, place._replace(right=right, up=place.up + _shift(token, place), script=True), runs))
            continue
        if token == "'":  # over a subscript, as TeX has it
            runs.append(_run(token, place._replace(right=right)))
            ends.append(right + _width(token, place))
            continue
        right, ends = max([right, *ends]), []
        if token in _UPRIGHT:
            piece, position = argument(tokens, position)
            right = _set(piece, place._replace(right=right, upright=True), runs)
        elif token == "\\frac":
            above, position = argument(tokens, position)
            below, position = argument(tokens, position)
            right = _fraction(above, below, place._replace(right=right), runs)
        elif token == "\\sqrt":
            piece, position = argument(tokens, position)
            right = _root(piece, place._replace(right=right), runs)
        elif token not in "{}":
            space = MEDIUM * POINT / 100 if not place.script and is_binary(tokens, position - 1) else 0.0
            runs.append(_run(token, place._replace(right=right + space)))
            right += _width(token, place) + 2 * space
    return max([right, *ends])


def _shift(token: str, place: _Place) -> float:
    return _SCRIPT[token] * (SHRUNK if place.script else 1.0)


def _fraction(above: list[str], below: list[str], place: _Place, runs: list[Run]) -> float:
    """Append a fraction, whose parts are centred over and under its line; return where it ends."""
    high = SHRUNK * text_size("".join(below)).height
    parts = ((above, RISE), (below, -max(DROP, high + OVER - AXIS)))
    widths = [text_size(f"^{{{''.join(part)}}}").width for part, _ in parts]
    length = max(widths) + 2 * ASIDE
    for (part, up), width in zip(parts, widths, strict=True):
        begin = place.right + (length - width) / 2
        _set(part, place._replace(right=begin, up=place.up + up, script=True), runs)
    runs.append(_line((place.right, place.up + AXIS), (place.right + length, place.up + AXIS)))
    return place.right + length


def _root(piece: list[str], place: _Place, runs: list[Run]) -> float:
    """Append a root, with its sign and the line over what is in it; return where it ends."""
    size, shrink = text_size("".join(piece)), SHRUNK if place.script else 1.0
    begin = place.right + shrink * ROOT
    low, high = place.up - shrink * size.depth, place.up + shrink * size.height + OVER
    right = _set(piece, place._replace(right=begin), runs)
    hook = (place.right, (low + high) / 2), ((place.right + begin) / 2, low)
    runs.append(_line(*hook, (begin, high), (right, high)))
    return right


def _line(*places: tuple[float, float]) -> Run:
    return Run("", False, *places[0], 0.0, places)


def _run(token: str, place: _Place) -> Run:
    text = _SYMBOLS.get(token[1:], token[1:]) if token.startswith("\\") else _PLAIN.get(token, token)
    italic = not place.upright and token not in FUNCTIONS and text.isalpha() and (text.islower() or text.isascii())
    return Run(escape(text), italic, place.right, place.up, SHRUNK * FONT if place.script else FONT)


def _width(token: str, place: _Place) -> float:
    styled = f"\\mathrm{{{token}}}" if place.upright else token
    return text_size(f"^{{{styled}}}" if place.script else styled).width


def _round(length: float) -> float:
    return round(length, 2) + 0.0
