"""A scene as TikZ. Every statement is one line; positions stand in one block, all else refers to names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import hypot

from penrose.layout.geometry import XY, at, curve, label_name
from penrose.layout.measure import CLOSE, PADDING, TENSOR, text_size
from penrose.layout.scene import (
    SLANTS,
    Direction,
    Group,
    Label,
    Node,
    Picture,
    Point,
    Scene,
    Slant,
    Station,
    Text,
    Wire,
)
from penrose.model.notation import coordinate
from penrose.render.statements import Statement, statements
from penrose.render.styles import STYLES, body_of, used_colors
from penrose.render.template import template

FORMAT = 1  # of the generated file; a later penrose reads files of an earlier one
BESIDE: dict[Direction | Slant, str] = {
    "left": "left",
    "right": "right",
    "up": "above",
    "down": "below",
    "down right": "below right",
    "up right": "above right",
    "down left": "below left",
    "up left": "above left",
}


def render(scene: Scene, source: str) -> list[Statement]:
    """Return the lines of a figure, each with its key; `source` is the name of the `.pen` file, for the head."""
    picture = scene.picture
    figure = coordinate(scene.name)
    late = _late(picture)
    held = {wire for wires in late.values() for wire in wires}
    dresses = {style: body_of(style) for style in scene.styles.values()}
    styles = [(name, STYLES[name]) for name in _styles(picture, scene.marked)]
    styles += [(f"style {style.name}", body) for style, body in dresses.items() if body]
    bubbles = sorted({group.depth for group in picture.groups if group.kind == "bubble"})
    text = template("figure.tikz.j2").render(
        format=FORMAT,
        source=source,
        figure=scene.name,
        colors=used_colors(body for _, body in styles),
        styles=styles,
        layers=[f"penrose bubbles {depth}" for depth in bubbles],
        wires=[_wire(wire) for wire in picture.wires if wire not in held],
        nodes=[_node(node, figure, scene) for node in picture.nodes] + [_text(text) for text in picture.texts],
        groups=[
            line
            for group in picture.groups
            for line in (*_group(group), *(_wire(wire) for wire in late.get(group.name, ())))
        ],
        marks=[line for wire in picture.wires for line in _marks(wire, picture.points)] if scene.marked else [],
        coordinates=coordinates(picture).items(),
    )
    return statements(text.rstrip("\n").split("\n"))


def _late(picture: Picture) -> dict[str, list[Wire]]:
    """Return the wires that end on frames, by the last of these: it is drawn before them, frames around it after."""
    order = {group.name: number for number, group in enumerate(picture.groups)}
    found: dict[str, list[Wire]] = {}
    for wire in picture.wires:
        framed = [end[0] for end in wire.ends if end and end[0] in order]
        if framed:
            found.setdefault(max(framed, key=order.__getitem__), []).append(wire)
    return found


def coordinates(picture: Picture) -> dict[str, str]:
    """Return the position of every point as TikZ: in reading order, those that follow another one behind all others.

    Sides of nodes, such as `A.west`, are no points of their own.
    """
    points = [(name, point) for name, point in picture.points.items() if "." not in name]
    points.sort(key=lambda item: bool(item[1].anchor))
    return {name: _position(point, picture.points) for name, point in points}


def _position(point: Point, points: Mapping[str, Point]) -> str:
    x, y = point.x, point.y
    if not point.anchor:
        return f"({number(x)},{number(y)})"
    anchor = points[point.anchor]
    return f"([shift={{({number(x - anchor.x)},{number(y - anchor.y)})}}]{point.anchor})"


def number(length: float) -> str:
    """Return a length with at most three decimals, no trailing zeros, no exponent and no -0."""
    text = f"{round(length, 3) + 0.0:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _styles(picture: Picture, marked: bool) -> list[str]:
    """Return the names of the styles that a picture uses, in the order of the list."""
    used = {node.style for node in picture.nodes} | {text.kind for text in picture.texts}
    wires = picture.wires
    used |= {"wide"} if any(is_wide(node) for node in picture.nodes) else set()
    used |= {"leg"} if wires else set()
    used |= {"loop"} if any(len(wire.stations) > 2 for wire in wires) else set()
    used |= {"index"} if any(label for wire in wires for label in (*wire.labels, wire.middle)) else set()
    used |= {"thick"} if any(wire.thick for wire in wires) else set()
    used |= {"pinned"} if any(wire.pinned for wire in wires) else set()
    used |= {"slot"} if marked and any(any(wire.marks) for wire in wires) else set()
    for group in picture.groups:
        used |= {"bubble", "wall label"} if group.kind == "bubble" else {"group"}
    return [name for name in STYLES if name in used]


# ---------------------------------------------------------------- statements


def _wire(wire: Wire) -> str:
    styles = [_named("leg", " ".join(filter(None, (wire.called[0], *_bond(wire), wire.called[1]))))]
    styles += ["penrose/loop"] if len(wire.stations) > 2 else []
    styles += ["penrose/thick"] if wire.thick else []
    styles += ["penrose/pinned"] if wire.pinned else []
    first, last = wire.labels
    stations = [_station(station) for station in wire.stations]
    head = f"\\draw[{', '.join(styles)}]"
    if not wire.ends:
        return f"{head} {' -- '.join(stations[:-1])} -- cycle;"
    start = stations[0] + (f" {_label(first)}" if first else "")
    middle = f"{_label(wire.middle)} " if wire.middle else ""
    end = " -- ".join(stations[1:])
    return f"{head} {start} {_way(wire)} {middle}{end}{f' {_label(last)}' if last else ''};"


def _marks(wire: Wire, points: Mapping[str, Point]) -> Iterator[str]:
    """Yield the marks at the ends of a wire: beside it, where it comes out from under its node."""
    back = replace(wire, stations=wire.stations[::-1], bend=-wire.bend, out=wire.into, into=wire.out)
    for mark, end, way in zip(wire.marks, wire.ends, (wire, back), strict=False):
        if mark and end:
            start = _border(end[0], way.stations[0], way.stations[1], points)
            yield (
                f"\\path {start} {_way(way)} node[penrose/slot, {_beside(curve(way, points))}] {{${mark}$}}"
                f" {_station(way.stations[1])};"
            )


def _beside(line: Sequence[XY]) -> str:
    """Return where a text stands beside the begin of a line: farther out, and behind it, where that is slanted."""
    (x0, y0), (x1, y1) = line[0], line[1]
    dx, dy = x1 - x0, y1 - y0
    if min(abs(dx), abs(dy)) > 0.2 * max(abs(dx), abs(dy)):
        return f"pos=0.2, anchor={'south' if dy > 0 else 'north'} {'east' if dx > 0 else 'west'}"
    if abs(dx) > abs(dy):
        return f"anchor=south {'west' if dx > 0 else 'east'}"
    return f"anchor={'south' if dy > 0 else 'north'} west"


def _border(node: str, first: Station, second: Station, points: Mapping[str, Point]) -> str:
    """Return where a wire leaves a node: TikZ finds that itself where the wire goes to its middle."""
    if first.y_of == first.x_of or "." in first.x_of:
        return _station(first)
    (x0, y0), (x1, y1) = at(first, points), at(second, points)
    if abs(x1 - x0) >= abs(y1 - y0):
        return f"({first.y_of} -| {node}.{'east' if x1 > x0 else 'west'})"
    return f"({node}.{'north' if y1 > y0 else 'south'} -| {first.x_of})"


def _bond(wire: Wire) -> tuple[str, ...]:
    """Return the name of a wire between two things, which its ends do not say."""
    return (wire.index,) if len(wire.ends) == 2 and all(wire.ends) else ()


def _named(style: str, stands_for: str) -> str:
    """Return a style with what it is given to: TikZ makes nothing of that, but the drawing can be read by it."""
    if not stands_for:
        return f"penrose/{style}"
    return f"penrose/{style}={{{stands_for}}}" if re.search(r"[^\w'.]", stands_for) else f"penrose/{style}={stands_for}"


def _way(wire: Wire) -> str:
    if wire.out is not None and wire.into is not None:
        return f"to[out={wire.out}, in={wire.into}]"
    if wire.bend:
        return f"to[bend {'left' if wire.bend > 0 else 'right'}={abs(wire.bend)}]"
    return "--"


def _station(station: Station) -> str:
    return f"({station.y_of})" if station.y_of == station.x_of else f"({station.y_of} -| {station.x_of})"


def _label(label: Label) -> str:
    name = f" ({label.name})" if label.name else ""
    close = f", inner sep={CLOSE}cm" if label.side in SLANTS else ""
    return f"node[penrose/index, {BESIDE[label.side]}{close}]{name} {{${label.text}$}}"


def _node(node: Node, figure: str, scene: Scene) -> str:
    options = [_named(node.style, node.stands_for)]
    if node.dress and body_of(scene.styles[node.dress]):
        options.append(f"penrose/style {node.dress}")
    if is_wide(node):
        options.append("penrose/wide")
    if node.shape == "triangle":
        options.append(f"shape border rotate={node.turn}")
    elif node.shape != "dot":
        options += sizes(node)
    if node.flipped:
        options.append("rotate=180")
    if node.label:
        options.append(f"penrose/{figure}/{node.name}/.try")
    label = f"${node.label}$" if node.label else ""
    return f"\\node[{', '.join(options)}] ({node.name}) at ({node.name}) {{{label}}};"


def is_wide(node: Node) -> bool:
    """Tell whether a round tensor has more in it, or at it, than a circle of the least size holds."""
    size = text_size(node.label)
    fits = hypot(size.width, size.total) + 2 * PADDING < TENSOR
    return node.shape == "circle" and not (fits and max(node.extent.width, node.extent.height) <= TENSOR)


def sizes(node: Node) -> Iterable[str]:
    """Yield the sizes that a node needs for parallel legs."""
    width, height = node.least
    if width:
        yield f"minimum width={number(width)}cm"
    if height:
        yield f"minimum height={number(height)}cm"


def _text(text: Text) -> str:
    body = text.text if text.kind == "caption" else f"${text.text}$"
    return f"\\node[{_named(text.kind, text.stands_for)}] ({text.name}) at ({text.name}) {{{body}}};"


def _group(group: Group) -> Iterator[str]:
    """Yield the statements of a frame: a bubble lies on a layer behind, deeper ones before outer ones."""
    fitted = "".join(f"({name})" for name in group.members)
    style = _named("group" if group.kind == "sum" else "bubble", group.stands_for)
    node = f"\\node[{style}, fit={fitted}] ({group.name}) {{}};"
    if group.kind == "sum":
        yield node
        return
    layer = f"penrose bubbles {group.depth}"
    yield f"\\begin{{pgfonlayer}}{{{layer}}} {node} \\end{{pgfonlayer}}"
    options, corner = (
        ("penrose/wall label, anchor=north west", "south") if group.below else ("penrose/wall label", "north")
    )
    yield f"\\node[{options}] ({label_name(group)}) at ({group.name}.{corner} west) {{${group.label}$}};"
