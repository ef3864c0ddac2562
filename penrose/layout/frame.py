"""What is in brackets or in a bubble: laid out on its own, then a box for what is around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from penrose.data import Equatable, replace
from penrose.layout.geometry import at, frames, label_name
from penrose.layout.look import Look, with_subscripts
from penrose.layout.measure import CLEARANCE, PADDING, WALL_LABEL, text_size
from penrose.layout.part import Inner, Setting
from penrose.layout.scene import Box, Brace, Direction, Exposed, Extent, Group, Label, Picture, Station, Wire
from penrose.model import scalar
from penrose.model.expression import Apply
from penrose.model.index import Index, Leg, flat
from penrose.model.notation import latex, latex_scalar


class Frame(Equatable):
    """A laid out inside with its look from outside; it stands in its column with what is at `x` inside.

    `axis` names a point inside that is on its axis: the first sign, or else the first node, if there is one.
    """

    inside: Picture
    x: float
    look: Look
    axis: str

    @property
    def row(self) -> tuple[float, float]:
        """How far from its column the first and the last thing on its axis stand, to the left and to the right."""
        on_axis = [point.x for node in self.inside.nodes if abs((point := self.inside.points[node.name]).y) < 0.001]
        return self.x - min(on_axis, default=self.x), max(on_axis, default=self.x) - self.x

    def standing_at(self, x: float, y: float) -> Picture:
        """Return the inside, moved so that its axis and its column are there."""
        return self.inside.moved(x - self.x, y)


def frame(name: str, body: Inner, sides: Mapping[Leg, Direction], setting: Setting) -> Frame:
    """Lay out a parenthesised sum or a bubble, whose legs leave on these sides."""
    bubble = isinstance(body, Apply)
    label = wall_label(body) if isinstance(body, Apply) else ""
    inner = replace(
        setting,
        legs=tuple(sides),
        sides={index: side for leg, side in sides.items() for index in flat([leg])},
        open=frozenset(flat(sides)) if is_open(body) else frozenset(),
        depth=setting.depth + bubble,
    )
    inside = _with_named_labels(setting.inner(body, inner))
    kind: Literal["bubble", "sum"] = "bubble" if bubble else "sum"
    group = Group(name, kind, _members(inside), label, _function(body), setting.depth + 1, setting.panel)
    box = frames(replace(inside, groups=(*inside.groups, group)))[name]
    if bubble:
        box = Box(box.x0, box.y0, max(box.x1, box.x0 + text_size(label).width + 2 * PADDING), box.y1)
    exposed = {leg: _along(end, leg, body) for leg, end in inside.exposed.items() if leg in inner.open}
    ups, downs = ([_x_of(leg, exposed, inside, box) for leg in _on(sides, side)] for side in ("up", "down"))
    below = bubble and any(x < box.x0 + text_size(label).width + CLEARANCE for x in ups)
    x = (*ups, *downs)[0] if len({round(x, 4) for x in (*ups, *downs)}) == 1 else (box.x0 + box.x1) / 2
    group = replace(group, below=below, closed=not bubble and bool(ups or downs))
    framed = replace(inside, groups=(*inside.groups, group), exposed=exposed)
    down, up = ((WALL_LABEL, 0.0) if below else (0.0, WALL_LABEL)) if bubble else (0.0, 0.0)
    reach = Extent(x - box.x0, box.x1 - x, down - box.y0, box.y1 + up)
    return Frame(framed, x, Look("square", "group", "", 0, reach), _axis(inside))


def _along(end: Exposed, leg: Index, body: Inner) -> Exposed:
    """Say of a leg that a bubble acts along what it is called there."""
    acts = isinstance(body, Apply) and leg in body.axes and ":" not in end.called
    return replace(end, called=f"{end.called}:{leg}") if acts else end


def _on(sides: Mapping[Leg, Direction], side: Direction) -> list[Leg]:
    return [leg for leg, where in sides.items() if where == side]


def _x_of(leg: Leg, exposed: Mapping[Index, Exposed], inside: Picture, box: Box) -> float:
    """Return where a leg leaves a frame through its upper or lower side: over what it is of, or in the middle."""
    found = exposed.get(leg) if isinstance(leg, Index) else None
    return at(found.base, inside.points)[0] if found else (box.x0 + box.x1) / 2


def _axis(inside: Picture) -> str:
    names = [text.name for text in inside.texts if text.kind == "sign"] + [node.name for node in inside.nodes]
    return next((name for name in names if abs(inside.points[name].y) < 0.001), "")


def is_open(body: Inner) -> bool:
    """Tell whether the legs inside of a frame go on outside: they do if it is a bubble with one plain term in it."""
    if not isinstance(body, Apply):
        return False
    terms = [term for argument in body.arguments for term in argument.terms]
    return len(terms) == 1 and not terms[0].negative


def wall_label(body: Apply) -> str:
    """Return the name that stands on the wall of a bubble."""
    if body.function == "power" and body.exponent is not None:
        return f"(\\cdot)^{{{latex_scalar(body.exponent)}}}"
    symbols = {"recip": "1/\\cdot", "sqrt": "\\sqrt{\\cdot}", "abs": "|\\cdot|", "inv": "(\\cdot)^{-1}"}
    base = symbols.get(body.function) or latex(body.function)
    return with_subscripts(base, [axis.name for axis in body.axes]) if body.axes else base


def _function(body: Inner) -> str:
    """Return the function of a bubble as it is written, its power with the sign of one."""
    if not isinstance(body, Apply):
        return ""
    if body.function == "power" and body.exponent is not None:
        return f"^{scalar.text(body.exponent)}"
    return body.function + (f"[{','.join(axis.name for axis in body.axes)}]" if body.axes else "")


def _members(inside: Picture) -> tuple[str, ...]:
    """Return the names of everything that a frame holds; what is in an inner frame is held through that."""
    held = {name for group in inside.groups for name in group.members}
    things = [item.name for item in (*inside.boxed, *inside.groups)]
    tips = [name for name in inside.points if name not in set(things) and "." not in name]
    labels = [label.name for wire in inside.wires for label in wire.labels if label]
    walls = [label_name(group) for group in inside.groups if group.label]
    remarks = [remark.name for remark in inside.remarks]
    texts = [label_name(remark) for remark in inside.remarks if isinstance(remark, Brace)]
    return tuple(name for name in (*things, *tips, *labels, *walls, *remarks, *texts) if name not in held)


def _with_named_labels(picture: Picture) -> Picture:
    """Name the labels of the wires inside, so that the frame can hold them."""
    return replace(picture, wires=tuple(_named(wire) for wire in picture.wires))


def _named(wire: Wire) -> Wire:
    def named(label: Label | None, station: Station) -> Label | None:
        return label and replace(label, name=label.name or f"{station.x_of}--label")

    first, last = wire.labels
    return replace(wire, labels=(named(first, wire.stations[0]), named(last, wire.stations[-1])))
