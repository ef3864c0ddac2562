"""A figure as a scene: panels in rows, terms of a sum in a row, every piece on the axis of its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot

from penrose.data import NOTHING, replace
from penrose.errors import Diagnostic, PenroseError
from penrose.layout.around import around
from penrose.layout.arrange import dots_along, exact, fitted, pinned
from penrose.layout.copies import lengthened
from penrose.layout.faults import faults
from penrose.layout.frame import frame
from penrose.layout.geometry import XY, extent
from penrose.layout.marks import with_marks
from penrose.layout.measure import CAPTION, LINE, SIGN, SPACE, TIGHT, rounded_up, text_size, words_size
from penrose.layout.names import AXIS, Earlier, Names
from penrose.layout.numbers import with_plain_numbers
from penrose.layout.part import Inner, Setting, Sides
from penrose.layout.remarks import is_about, remarks_of, with_arrows, with_remark
from penrose.layout.repeat import shortened
from penrose.layout.room import with_room
from penrose.layout.rows import Shown, in_a_row, in_rows
from penrose.layout.scene import COMPASS, Direction, Picture, Point, Scene, Text, TextKind, centred
from penrose.layout.sides import free_sides
from penrose.layout.spread import spread_out
from penrose.layout.term import draw_term
from penrose.model import scalar
from penrose.model.document import (
    Bend,
    Figure,
    Flow,
    Labels,
    LegSide,
    Marks,
    Panel,
    Place,
    Remark,
    Show,
    Transposes,
    Width,
)
from penrose.model.expression import Apply, Expression, Product, Regroup, Sum, Term, Total, factors_of
from penrose.model.index import Index, flat
from penrose.model.network import network
from penrose.model.notation import RELATIONS, latex, latex_scalar

FEW = 60  # tensors of a chain, beyond which its panels are not tried out, nor pinned pictures drawn in two ways
ROUNDS = 2  # in which they are
ONE = scalar.Number("1")


def lay_out(
    figure: Figure,
    pins: Mapping[str, XY] | None = None,
    earlier: Earlier | None = None,
    written: Mapping[str, XY] = NOTHING,
) -> Scene:
    """Return the scene of a figure.

    `pins` are positions of named points that the author has chosen, in cm; they hold exactly, like
    the `place` hints of the figure. `earlier` is what an earlier drawing had, whose names are kept, and `written` has
    the positions that the pinned points had there: what is around them still is.
    """
    found: list[Diagnostic] = []
    names = Names(found, earlier or {})
    names.keep(figure)
    short = shortened(figure)
    copied = lengthened(lay_out(short.figure).picture, short, names) if short else None
    pins = pins or {}
    picture = copied or with_arrows(_Composer(figure, names, pins).picture(), figure, names, found)
    if found:
        raise PenroseError(found)
    if written:
        automatic = picture if copied else _Composer(figure, _again(figure, names)).picture()
        picture = picture.moved(*_followed(automatic, written))
    placed = {names.of[id(h.factor)]: (h.x, h.y) for h in figure.hints if isinstance(h, Place)}
    asked = exact(figure, names.of, picture, placed | dict(pins))
    if asked or not copied:  # copies have the marks of what they are copied from
        picture = fitted(picture)
        if asked:
            picture = _arranged(figure, names, picture, asked | dots_along(picture, asked))
        picture = with_marks(picture, figure.tensors)
    relations = tuple(panel.relation for chain in figure.chains for panel in chain)
    styles = {style.name: style for style in figure.styles.values()}
    marked = all(hint.shown for hint in figure.hints if isinstance(hint, Marks))
    orders = {name: len(tensor.slots) for name, tensor in figure.tensors.items()}
    return Scene(figure.name, figure.title, picture, relations, styles, marked, orders)


def _again(figure: Figure, names: Names) -> Names:
    """Return the names of a figure as they were before any were given out, to draw it once more."""
    fresh = Names([], names.earlier)
    fresh.keep(figure)
    return fresh


def _followed(automatic: Picture, written: Mapping[str, XY]) -> XY:
    """Return by how much to move a figure so that most points are where they were written, if nobody had moved them."""
    there = ((x, y, automatic.points[name]) for name, (x, y) in written.items() if name in automatic.points)
    moves = Counter((round(x - point.x, 3), round(y - point.y, 3)) for x, y, point in there)
    return max(moves, key=lambda move: (moves[move], -hypot(*move), move), default=(0.0, 0.0))


def _arranged(figure: Figure, names: Names, picture: Picture, asked: Mapping[str, XY]) -> Picture:
    """Return a picture with points where they are asked for, and the rest around them.

    If that has faults, all is drawn once more as if it had been placed by hand, which counts if it has fewer.
    """
    spread = spread_out(picture, pinned(picture, asked), asked)
    moved = with_room(picture, spread, asked)
    spread = spread_out(picture, pinned(spread, moved), asked)
    ends = _ends_asked(figure, names)
    found = around(spread, moved, ends)
    if len(found.nodes) > FEW or not (bad := faults(found)):
        return found
    standing = {item.name for item in found.boxed}
    points = {n: p[:2] for n, p in found.points.items() if n in standing or n.partition("--")[0] == AXIS} | dict(asked)
    fresh = _again(figure, names)
    drawn = with_arrows(_Composer(figure, fresh, points).picture(), figure, fresh, [])
    again = around(pinned(fitted(drawn), points), moved, ends)
    kept = asked.keys() <= again.points.keys()
    return again if kept and len(faults(again)) < len(bad) else found


def _ends_asked(figure: Figure, names: Names) -> set[tuple[str, int]]:
    """Return the ends of wires, nodes and slots, whose ways hints ask for."""
    return {(names.of[id(h.factor)], h.slot) for h in figure.hints if isinstance(h, (LegSide, Bend))}


@dataclass
class _Composer:
    """Composes one figure; gives every panel its number."""

    figure: Figure
    names: Names
    pins: Mapping[str, XY] = field(default_factory=dict)
    panel: int = 0
    waiting: list[Remark] = field(default_factory=list)  # remarks about what is not drawn yet

    def __post_init__(self) -> None:
        self.waiting = remarks_of(self.figure)

    def picture(self) -> Picture:
        """Return all rows of the figure, the first one with its axis at height 0."""
        rows = [row for number, chain in enumerate(self.figure.chains, 1) for row in self._with_axis(number, chain)]
        placed: list[Picture] = []
        for row in rows:
            down = extent(row).y1 - extent(placed[-1]).y0 + LINE if placed else 0.0
            placed.append(row.moved(0, -rounded_up(down)))
        whole = Picture.along(1, placed)
        first = whole.points[whole.nodes[0].name].x if whole.nodes else 0.0
        return _on_the_left(whole.moved(-first, 0))

    def _with_axis(self, number: int, chain: Sequence[Panel]) -> list[Picture]:
        """Lay out a chain; its first row has the point that tells it from the chain before it."""
        first, *others = self._rows(chain)
        name = AXIS if number == 1 else f"{AXIS}--{number}"
        return [Picture.joined([Picture({name: Point(0, 0)}), first]), *others]

    def _rows(self, chain: Sequence[Panel]) -> list[Picture]:
        """Lay out a chain in rows."""
        sides = self._agreed(chain, free_sides(chain, self.figure))
        width = next((hint.width for hint in self.figure.hints if isinstance(hint, Width)), None)
        return in_rows([self._shown(panel, sides) for panel in chain], width)

    def _agreed(self, chain: Sequence[Panel], sides: Sides) -> Sides:
        """Return sides where free legs leave in more of the panels, if those that were wanted are taken in some.

        Panels are tried out for that, with names of their own.
        """
        count = sum(len(list(factors_of(panel.expression))) for panel in chain)
        if len(chain) < 2 or len(sides) < 2 or count > FEW:
            return sides
        tried = [(sides, self._ends(chain, sides))]
        for _ in range(ROUNDS):
            before, found = tried[-1]
            other = {index: min(found[index] - {side}, default=side) for index, side in before.items()}
            if len(sides) == 2:
                other = dict(zip(sides, ("left", "right"), strict=True))
            if other in [sides for sides, _ in tried]:
                break
            tried.append((other, self._ends(chain, other)))
        return min(tried, key=lambda one: _split(one[1]))[0]

    def _ends(self, chain: Sequence[Panel], sides: Sides) -> dict[Index, set[Direction]]:
        """Return the sides on which every free leg leaves in some panel."""
        trial = _Composer(self.figure, Names([]), panel=self.panel)
        trial.waiting = []
        found: dict[Index, set[Direction]] = {index: set() for index in sides}
        for panel in chain:
            legs = {str(leg): flat([leg]) for leg in panel.legs}
            picture = trial._shown(panel, sides).whole
            inside = {name for group in picture.groups for name in group.members}
            for wire in picture.wires:
                label, tip = wire.labels[1], wire.stations[-1].x_of
                side = next((one for one in COMPASS if label and label.side == one), None)
                if side and wire.ends[1:] == (None,) and tip not in inside:
                    for index in legs.get(wire.called[1], ()):
                        found[index].add(side)
        return found

    def _shown(self, panel: Panel, sides: Sides) -> Shown:
        """Lay out a panel; one with remarks is not cut."""
        self.panel += 1
        sign = [self._relation(panel)] if panel.relation else []
        setting = self._setting(panel, sides)
        terms = self._terms(panel.expression, setting)
        drawn = in_a_row([piece for term in terms for piece in term], SIGN)
        remarked = self._remarked(drawn, setting)
        whole = in_a_row([*sign, remarked], SPACE)
        if remarked is not drawn or len(terms) == 1:
            return Shown(whole, [whole], panel.new_row)
        first, *others = (in_a_row(term, SIGN) for term in terms)
        return Shown(whole, [in_a_row([*sign, first], SPACE), *others], panel.new_row)

    def _setting(self, panel: Panel, sides: Sides) -> Setting:
        hints = self.figure.hints
        asked = {(id(hint.factor), hint.slot): hint.side for hint in hints if isinstance(hint, LegSide)}
        labels: Labels = next((hint.labels for hint in hints if isinstance(hint, Show)), "free")
        turned = any(hint.turned for hint in hints if isinstance(hint, Transposes))
        flow = next((h.direction for h in hints if isinstance(h, Flow) and h.panel in (0, self.panel)), None)
        here = (self.names, self.figure, panel.legs, sides, asked, self.panel, labels, turned, self._inner)
        return Setting(*here, flow=flow, pins=self.pins)

    def _remarked(self, drawn: Picture, setting: Setting) -> Picture:
        """Add the remarks about what has just been drawn, so that everything else keeps clear of them."""
        due = [remark for remark in self.waiting if is_about(remark, drawn, self.names)]
        self.waiting = [remark for remark in self.waiting if remark not in due]
        for remark in due:
            drawn = with_remark(drawn, remark, self.names, self.panel, setting.depth)
        return drawn

    def _inner(self, body: Inner, setting: Setting) -> Picture:
        """Lay out what is in brackets or in a bubble."""
        return self._remarked(self._inside(body, setting), setting)

    def _inside(self, body: Inner, setting: Setting) -> Picture:
        match body:
            case Sum():
                return self._sum(body, setting)
            case Total():
                return self._total(body, setting)
            case Regroup():
                return self._sum(body.body, replace(setting, legs=body.legs))
            case Apply():
                return self._arguments(body, setting)

    def _arguments(self, body: Apply, setting: Setting) -> Picture:
        axes = body.axes if body.consumed else ()
        legs = (*setting.legs, *axes)
        inner = replace(setting, legs=legs)
        pieces: list[Picture] = []
        for number, argument in enumerate(body.arguments):
            if number:
                pieces.append(self._text("sign", "comma", ",", argument, ","))
            pieces.append(self._sum(argument, inner))
        return in_a_row(pieces, SIGN)

    def _text(self, kind: TextKind, stem: str, tex: str, about: Expression, stands_for: str = "") -> Picture:
        name = self.names.numbered(stem, self.names.about(about))
        size = words_size(tex) if kind == "caption" else text_size(tex)
        text = Text(name, kind, tex, stands_for, centred(size.width, size.total), self.panel)
        return Picture({name: Point(0, 0)}, texts=(text,))

    def _relation(self, panel: Panel) -> Picture:
        written = panel.relation + (f" within {panel.within}" if panel.within else "")
        return self._text("relation", "rel", RELATIONS[panel.relation], panel.expression, written)

    def _sum(self, expression: Sum, setting: Setting) -> Picture:
        return in_a_row([piece for term in self._terms(expression, setting) for piece in term], SIGN)

    def _terms(self, expression: Sum, setting: Setting) -> list[list[Picture]]:
        """Return the terms of a sum, each with its sign."""
        terms: list[list[Picture]] = []
        for number, term in enumerate(expression.terms):
            sign = "-" if term.negative else "+" if number else ""
            signs = [self._text("sign", "sign", sign, term.product, sign)] if sign else []
            terms.append([*signs, self._term(term, setting)])
        return _with_level_captions(terms)

    def _term(self, term: Term, setting: Setting) -> Picture:
        product = term.product
        pieces: list[Picture] = []
        if len(product.factors) == 1 and isinstance(product.factors[0], Total):
            if product.coefficient is not None:
                pieces.append(self._coefficient(product.coefficient, product, grouped=True))
            pieces.append(self._total(product.factors[0], setting))
        else:
            drawn = network(with_plain_numbers(product, self.figure), setting.legs, setting.hidden)
            empty = not drawn.vertices and not drawn.wires
            coefficient = drawn.coefficient or ONE
            if coefficient != ONE or empty:
                pieces.append(self._coefficient(coefficient, product, grouped=not empty or term.negative))
            if not empty:
                pieces.append(draw_term(drawn, setting))
        if len(pieces) > 1:
            whole = _above(*pieces) if setting.open else in_a_row(pieces, TIGHT)
        else:
            (whole,) = pieces
        whole = self._remarked(whole, setting)
        return self._with_caption(whole, term) if term.caption else whole

    def _coefficient(self, value: scalar.Scalar, about: Product, grouped: bool) -> Picture:
        """Return a coefficient; a sum that is `grouped` with something behind or a sign before it is in parentheses."""
        tex = latex_scalar(value)
        tex = f"({tex})" if grouped and isinstance(value, scalar.Sum) else tex
        return self._text("coefficient", "coeff", tex, about, scalar.text(value))

    def _total(self, total: Total, setting: Setting) -> Picture:
        """Draw Σ and what it sums; the summed indices are subscripts in there."""
        below = ",".join(latex(limit.index.name) + (f"={limit.first}" if limit.first else "") for limit in total.limits)
        above = ",".join(latex(limit.last) for limit in total.limits if limit.last)
        sign = f"\\displaystyle\\sum\\nolimits_{{{below}}}" + (f"^{{{above}}}" if above else "")
        hidden = setting.hidden | {limit.index for limit in total.limits}
        inner = replace(setting, hidden=hidden)
        if len(total.body.terms) == 1 and not total.body.terms[0].negative:
            body = self._sum(total.body, inner)
        else:
            name = self.names.numbered("group", self.names.about(total.body))
            sides = {leg: setting.sides.get(flat([leg])[0], "down") for leg in setting.legs}
            body = frame(name, total.body, sides, inner).inside
        limits = [limit.index.name + (f"={limit.first}..{limit.last}" if limit.last else "") for limit in total.limits]
        return in_a_row([self._text("total", "total", sign, total.body, ",".join(limits)), body], TIGHT)

    def _with_caption(self, drawn: Picture, term: Term) -> Picture:
        caption = self._text("caption", "caption", term.caption, term.product)
        box, own = extent(drawn), extent(caption)
        below = box.y0 - CAPTION - (own.y1 - own.y0) / 2
        return Picture.along(1, [drawn, caption.moved(rounded_up((box.x0 + box.x1) / 2), -rounded_up(-below))])


def _split(ends: Mapping[Index, Collection[Direction]]) -> int:
    """Count the legs that leave on several sides."""
    return sum(len(sides) > 1 for sides in ends.values())


def _on_the_left(whole: Picture) -> Picture:
    """Put the axes of all chains at the left end, where the first tensor stands."""
    points = {name: Point(0, p.y) if name.partition("--")[0] == AXIS else p for name, p in whole.points.items()}
    return replace(whole, points=points)


def _above(coefficient: Picture, drawn: Picture) -> Picture:
    """Put a coefficient above the left end of a picture whose legs go on to both sides."""
    box, own = extent(drawn), extent(coefficient)
    x = box.x0 + (own.x1 - own.x0) / 2
    y = box.y1 + CAPTION + (own.y1 - own.y0) / 2
    return Picture.joined([coefficient.moved(rounded_up(x), rounded_up(y)), drawn])


def _with_level_captions(terms: list[list[Picture]]) -> list[list[Picture]]:
    """Put the captions of several terms at one height, below all of them."""
    names = {text.name for term in terms for piece in term for text in piece.texts if text.kind == "caption"}
    if len(names) < 2:
        return terms
    lowest = min(piece.points[name].y for term in terms for piece in term for name in names & piece.points.keys())
    return [[_at_height(piece, names, lowest) for piece in term] for term in terms]


def _at_height(picture: Picture, names: Collection[str], y: float) -> Picture:
    points = {name: Point(point.x, y) if name in names else point for name, point in picture.points.items()}
    return replace(picture, points=points)
