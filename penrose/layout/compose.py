"""A figure as a scene: panels in rows, terms of a sum in a row, every piece on the axis of its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from penrose.errors import Diagnostic, PenroseError
from penrose.layout.geometry import extent
from penrose.layout.measure import CAPTION, LINE, SIGN, SPACE, TIGHT, text_size
from penrose.layout.names import AXIS, Names
from penrose.layout.part import Setting, Sides
from penrose.layout.scene import Direction, Picture, Point, Scene, Text, TextKind, centred
from penrose.layout.sides import free_sides
from penrose.layout.term import draw_term
from penrose.model.document import Figure, Leg, Panel, Place
from penrose.model.expression import Sum, Term
from penrose.model.network import network
from penrose.model.notation import latex_scalar

RELATIONS = {"=": "=", "!=": "\\neq", "~=": "\\approx", "->": "\\to", "<=": "\\leq", ">=": "\\geq"}


def lay_out(figure: Figure, pins: Mapping[str, tuple[float, float]] | None = None) -> Scene:
    """Return the scene of a figure.

    `pins` are positions of named points that the author has chosen, in cm; they hold exactly, like
    the `place` hints of the figure.
    """
    found: list[Diagnostic] = []
    composer = _Composer(figure, Names(found))
    picture = composer.picture()
    if found:
        raise PenroseError(found)
    placed = {composer.names.of[id(h.factor)]: (h.x, h.y) for h in figure.hints if isinstance(h, Place)}
    pinned = _pinned(picture, placed | dict(pins or {}))
    relations = tuple(panel.relation for chain in figure.chains for panel in chain)
    return Scene(figure.name, figure.title, pinned, relations, ())


def _pinned(picture: Picture, pins: Mapping[str, tuple[float, float]]) -> Picture:
    """Put points where they are pinned, with the points that follow them."""
    moves = {name: (x - p.x, y - p.y) for name, (x, y) in pins.items() if (p := picture.points.get(name))}
    points = {}
    for name, point in picture.points.items():
        dx, dy = moves.get(name) or moves.get(point.anchor) or (0.0, 0.0)
        points[name] = Point(round(point.x + dx, 4), round(point.y + dy, 4), point.anchor)
    return Picture(points, picture.nodes, picture.wires, picture.groups, picture.texts)


@dataclass
class _Composer:
    """Composes one figure; gives every panel its number."""

    figure: Figure
    names: Names
    panel: int = 0

    def picture(self) -> Picture:
        """Return all rows of the figure, the first one with its axis at height 0."""
        asked = {(id(hint.factor), hint.slot): hint.side for hint in self.figure.hints if isinstance(hint, Leg)}
        rows = [row for chain in self.figure.chains for row in self._rows(chain, asked)]
        placed: list[Picture] = []
        for row in rows:
            down = extent(row).y1 - extent(placed[-1]).y0 + LINE if placed else 0.0
            placed.append(row.moved(0, -_rounded(down)))
        whole = Picture.joined(placed)
        first = whole.points[whole.nodes[0].name].x if whole.nodes else 0.0
        return Picture.joined([Picture({AXIS: Point(0, 0)}), whole.moved(-first, 0)])

    def _rows(self, chain: Sequence[Panel], asked: Mapping[tuple[int, int], Direction]) -> list[Picture]:
        """Lay out a chain; its further rows begin under its first relation."""
        sides = free_sides(chain)
        rows: list[list[Picture]] = [[]]
        for panel in chain:
            self.panel += 1
            sign = [self._text("relation", "rel", RELATIONS[panel.relation])] if panel.relation else []
            drawn = self._sum(panel.expression, sides, asked)
            if panel.new_row:
                rows.append([])
            rows[-1] += [*sign, drawn]
        lined = [_in_a_row(row, SPACE) for row in rows]
        if len(rows) == 1 or len(rows[0]) < 2:
            return lined
        under = extent(_first_relation(lined[0])).x0
        return [lined[0], *(row.moved(under - extent(row).x0, 0) for row in lined[1:])]

    def _text(self, kind: TextKind, stem: str, tex: str) -> Picture:
        name = self.names.numbered(stem)
        size = text_size(tex)
        text = Text(name, kind, tex, centred(size.width, size.total), self.panel)
        return Picture({name: Point(0, 0)}, texts=(text,))

    def _sum(self, expression: Sum, sides: Sides, asked: Mapping[tuple[int, int], Direction]) -> Picture:
        pieces: list[Picture] = []
        for number, term in enumerate(expression.terms):
            if number or term.negative:
                pieces.append(self._text("sign", "sign", "-" if term.negative else "+"))
            pieces.append(self._term(term, sides, asked))
        return _in_a_row(pieces, SIGN)

    def _term(self, term: Term, sides: Sides, asked: Mapping[tuple[int, int], Direction]) -> Picture:
        setting = Setting(
            self.names,
            self.figure.tensors,
            sides,
            asked,
            self.panel,
            lambda inner, ports: self._sum(inner, ports, asked),
        )
        pieces = []
        drawn = network(term.product)
        if drawn.coefficient is not None or not drawn.vertices + drawn.wires:
            coefficient = latex_scalar(drawn.coefficient) if drawn.coefficient else "1"
            pieces.append(self._text("coefficient", "coeff", coefficient))
        if drawn.vertices or drawn.wires:
            pieces.append(draw_term(drawn, setting))
        whole = _in_a_row(pieces, TIGHT)
        return self._with_caption(whole, term.caption) if term.caption else whole

    def _with_caption(self, drawn: Picture, text: str) -> Picture:
        caption = self._text("caption", "caption", text)
        box, own = extent(drawn), extent(caption)
        below = box.y0 - CAPTION - (own.y1 - own.y0) / 2
        return Picture.joined([drawn, caption.moved(_rounded((box.x0 + box.x1) / 2), -_rounded(-below))])


def _in_a_row(pictures: Iterable[Picture], space: float) -> Picture:
    placed: list[Picture] = []
    x = 0.0
    for picture in pictures:
        placed.append(picture.moved(_rounded(x - extent(picture).x0), 0))
        x = extent(placed[-1]).x1 + space
    return Picture.joined(placed)


def _first_relation(row: Picture) -> Picture:
    name = next(text.name for text in row.texts if text.kind == "relation")
    return Picture({name: row.points[name]}, texts=tuple(text for text in row.texts if text.name == name))


def _rounded(length: float) -> float:
    """Round a length up to half a millimetre."""
    return round(-(-round(length * 20, 6) // 1) / 20, 4)
