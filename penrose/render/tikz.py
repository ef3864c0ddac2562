"""A scene as TikZ. Every statement is one line; positions stand in one block, all else refers to names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import hypot

from penrose.data import replace
from penrose.layout.geometry import (
    XY,
    arrow_of,
    at,
    curve,
    is_crowded,
    is_slanted,
    label_name,
    piece_with_arrow,
    rotated,
    to_mark,
    towards,
)
from penrose.layout.measure import BRACE, CLOSE, CURL, PADDING, TENSOR, text_size
from penrose.layout.scene import (
    COMPASS,
    SLANTS,
    Brace,
    Direction,
    Group,
    Highlight,
    Label,
    Node,
    Note,
    Picture,
    Point,
    Remark,
    Scene,
    Slant,
    Station,
    Text,
    Wire,
)
from penrose.model.notation import coordinate
from penrose.render.statements import Statement, statements
from penrose.render.styles import STYLES, body_of, filled, used_colors
from penrose.render.template import template

FORMAT = 1  # of the generated file; a later penrose reads files of an earlier one
WORDS = {"up": "above", "down": "below"}  # of TikZ, for directions that are not called so there
BRACES: dict[Direction, str] = {"down": "brace", "up": "brace above"}


def render(scene: Scene, source: str) -> list[Statement]:
    """Return the lines of a figure, each with its key; `source` is the name of the `.pen` file, for the head."""
    picture = scene.picture
    figure = coordinate(scene.name)
    late = _late(picture)
    held = {wire for wires in late.values() for wire in wires}
    dresses = {style: body_of(style) for style in scene.styles.values()}
    styles = [(name, STYLES[name]) for name in styles_of(picture, scene.marked)]
    styles += [(f"style {style.name}", body) for style, body in dresses.items() if body]
    text = template("figure.tikz.j2").render(
        format=FORMAT,
        source=source,
        figure=scene.name,
        colors=used_colors([*(body for _, body in styles), *_grounds(picture)]),
        styles=styles,
        layers=_layers(picture),
        wires=[_wire(wire, picture) for wire in picture.wires if wire not in held],
        nodes=[_node(node, figure, scene) for node in picture.nodes] + [_text(text) for text in picture.texts],
        surrounding=[
            line
            for thing in picture.surrounding
            for line in (*_around(thing), *(line for wire in late.get(thing.name, ()) for line in _drawn(wire, scene)))
        ],
        marks=[line for wire in picture.wires if wire not in held for line in _marks(wire, scene)],
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


def _layers(picture: Picture) -> list[str]:
    """Return the layers behind everything: a highlight lies right before the wall that it is in."""
    layers = {(group.depth, "bubbles") for group in picture.groups if group.kind == "bubble"}
    layers |= {(remark.depth, "highlights") for remark in picture.remarks if isinstance(remark, Highlight)}
    return [f"penrose {kind} {depth}" for depth, kind in sorted(layers)]


def _grounds(picture: Picture) -> list[str]:
    return [filled(remark.fill) for remark in picture.remarks if isinstance(remark, Highlight)]


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


def styles_of(picture: Picture, marked: bool) -> list[str]:
    """Return the names of the styles that a picture uses, in the order of the list."""
    used = {node.style for node in picture.nodes} | {text.kind for text in picture.texts}
    wires = picture.wires
    used |= {"wide"} if any(is_wide(node) for node in picture.nodes) else set()
    used |= {"leg"} if wires else set()
    used |= {"loop"} if any(wire.is_loop for wire in wires) else set()
    used |= {"index"} if any(label for wire in wires for label in (*wire.labels, wire.middle)) else set()
    used |= {"thick"} if any(wire.thick for wire in wires) else set()
    used |= {"pinned"} if any(wire.pinned for wire in wires) else set()
    used |= {"slot"} if marked and any(any(wire.marks) for wire in wires) else set()
    used |= {"arrow"} if any(wire.arrow for wire in wires) else set()
    for group in picture.groups:
        used |= {"bubble", "wall label"} if group.kind == "bubble" else {"group"}
        used |= {"closed"} if group.closed else set()
    for remark in picture.remarks:
        match remark:
            case Note():
                used |= {"note"}
            case Highlight():
                used |= {"highlight"}
            case Brace():
                used |= {BRACES[remark.side], "brace text"}
    return [name for name in STYLES if name in used]


# ---------------------------------------------------------------- statements


def _wire(wire: Wire, picture: Picture) -> str:
    styles = [_named("leg", " ".join(filter(None, (wire.called[0], *_bond(wire), wire.called[1]))))]
    styles += ["penrose/loop"] if wire.is_loop else []
    styles += ["penrose/thick"] if wire.thick else []
    styles += ["penrose/pinned"] if wire.pinned else []
    first, last = wire.labels
    stations = [_station(station) for station in wire.stations]
    head = f"\\draw[{', '.join(styles)}]"
    if not wire.ends:
        return f"{head} {' -- '.join(stations[:-1])} -- cycle;"
    start = stations[0] + (f" {_label(first)}" if first else "")
    ways = [_way(wire), *("--" for _ in stations[2:])]
    if wire.middle:
        ways[0] += f" {_label(wire.middle)}"
    if wire.arrow:
        ways[piece_with_arrow(wire, picture)] += f" {_arrow(wire, picture)}"
    end = " ".join(f"{way} {place}" for way, place in zip(ways, stations[1:], strict=True))
    return f"{head} {start} {end}{f' {_label(last)}' if last else ''};"


def _arrow(wire: Wire, picture: Picture) -> str:
    share, _, _ = arrow_of(wire, picture)
    options = ["penrose/arrow", *(["rotate=180"] if wire.arrow == "back" else [])]
    options += [f"pos={number(share)}"] if share != 0.5 else []
    return f"node[{', '.join(options)}] {{}}"


def _drawn(wire: Wire, scene: Scene) -> Iterator[str]:
    """Yield a wire that ends on a frame with its marks, which need to know the frame too."""
    yield _wire(wire, scene.picture)
    yield from _marks(wire, scene)


def _marks(wire: Wire, scene: Scene) -> Iterator[str]:
    """Yield the marks at the ends of a wire: beside it, where it comes out from under its node."""
    if not (scene.marked and any(wire.marks)):
        return
    picture = scene.picture
    points = picture.points
    back = replace(wire, stations=wire.stations[::-1], bend=-wire.bend, out=wire.into, into=wire.out)
    crowded = is_crowded(wire, picture)
    for mark, end, way in zip(wire.marks, wire.ends, (wire, back), strict=False):
        if mark and end:
            node = picture.called.get(end[0])
            start = _border(end[0], way.stations[0], way.stations[1], points, node.rotation if node else 0)
            place = _beside(curve(way, points), crowded and way is back)
            yield f"\\path {start} {_way(way)} node[penrose/slot, {place}] {{${mark}$}} {_station(way.stations[1])};"


def _beside(line: Sequence[XY], turned: bool) -> str:
    """Return where a text stands beside the begin of a line: farther out where that is slanted."""
    (x0, y0), (x1, y1) = line[0], line[1]
    dx, dy = x1 - x0, y1 - y0
    x, y = to_mark(dx, dy, turned)
    if not is_slanted(dx, dy):
        x, y = x + dx, y + dy
    anchor = f"anchor={'south' if y > 0 else 'north'} {'west' if x > 0 else 'east'}"
    return f"pos=0.2, {anchor}" if is_slanted(dx, dy) else anchor


def _border(node: str, first: Station, second: Station, points: Mapping[str, Point], rotation: int) -> str:
    """Return where a wire leaves a node: TikZ finds that itself where the wire goes to its middle."""
    if first.y_of == first.x_of or "." in first.x_of:
        return _station(first)
    side = towards(at(first, points), at(second, points))
    anchor = f"{node}.{COMPASS[rotated(side, -rotation)]}"  # the sides of a node turn with it
    return f"({first.y_of} -| {anchor})" if side in ("left", "right") else f"({anchor} -| {first.x_of})"


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


def _side(side: Direction | Slant) -> str:
    return " ".join(WORDS.get(word, word) for word in side.split())


def _label(label: Label) -> str:
    name = f" ({label.name})" if label.name else ""
    close = f", inner sep={CLOSE}cm" if label.side in SLANTS else ""
    return f"node[penrose/index, {_side(label.side)}{close}]{name} {{${label.text}$}}"


def _node(node: Node, figure: str, scene: Scene) -> str:
    options = [_named(node.style, node.stands_for), *looks(node, scene)[1:]]
    if node.label:
        options.append(f"penrose/{figure}/{node.name}/.try")
    label = f"${node.label}$" if node.label else ""
    return f"\\node[{', '.join(options)}] ({node.name}) at ({node.name}) {{{label}}};"


def dresses_of(node: Node, scene: Scene) -> list[str]:
    """Return the styles of a node."""
    dressed = node.dress and body_of(scene.styles[node.dress])
    styles = [f"penrose/{node.style}", *([f"penrose/style {node.dress}"] if dressed else [])]
    return [*styles, *(["penrose/wide"] if is_wide(node) else [])]


def looks(node: Node, scene: Scene) -> list[str]:
    """Return the options of a node, its own style first."""
    return [*dresses_of(node, scene), *turned_and_sized(node)]


def turned_and_sized(node: Node) -> Iterator[str]:
    """Yield how a node is turned, and the sizes that it needs for parallel legs, before it is rotated."""
    if node.shape == "triangle":
        yield f"shape border rotate={(node.turn - node.rotation) % 360}"
    elif node.shape != "dot":
        width, height = node.least[::-1] if node.rotation % 180 else node.least
        if width:
            yield f"minimum width={number(width)}cm"
        if height:
            yield f"minimum height={number(height)}cm"
    if node.rotation:
        yield f"rotate={node.rotation}"


def is_wide(node: Node) -> bool:
    """Tell whether a round tensor has more in it, or at it, than a circle of the least size holds."""
    size = text_size(node.label)
    fits = hypot(size.width, size.total) + 2 * PADDING < TENSOR
    return node.shape == "circle" and not (fits and max(node.extent.width, node.extent.height) <= TENSOR)


def words(text: Text) -> str:
    """Return a text as TeX: all but captions are mathematics."""
    return text.text if text.kind == "caption" else f"${text.text}$"


def _text(text: Text) -> str:
    return f"\\node[{_named(text.kind, text.stands_for)}] ({text.name}) at ({text.name}) {{{words(text)}}};"


def _around(thing: Group | Remark) -> Iterator[str]:
    """Yield the statements of a frame or a remark."""
    match thing:
        case Group():
            yield from _group(thing)
        case Note():
            where = f"penrose/note, {_side(thing.side)}={number(thing.away)}cm"
            yield f"\\node[{where}] ({thing.name}) at ({thing.of}) {{{thing.text}}};"
        case Highlight():
            style = ", ".join(filter(None, ("penrose/highlight", filled(thing.fill))))
            node = f"\\node[{style}, fit={_fitted(thing)}] ({thing.name}) {{}};"
            yield f"\\begin{{pgfonlayer}}{{penrose highlights {thing.depth}}} {node} \\end{{pgfonlayer}}"
        case Brace():
            side, other, down = ("south", "north", -1) if thing.side == "down" else ("north", "south", 1)
            beyond = "".join(f"({thing.members[0]} |- {name}.{side})" for name in thing.clear)
            fitted = f"{_fitted(thing)}{beyond}"
            yield f"\\node[penrose/{BRACES[thing.side]}, fit={fitted}] ({thing.name}) {{}};"
            place = f"([yshift={number(down * (2 * CURL + BRACE))}cm]{thing.name}.{side})"
            text = f"({label_name(thing)}) at {place} {{{thing.text}}};"
            yield f"\\node[penrose/brace text, anchor={other}] {text}"


def _fitted(thing: Group | Brace | Highlight) -> str:
    return "".join(f"({name})" for name in thing.members)


def _group(group: Group) -> Iterator[str]:
    """Yield the statements of a frame: a bubble lies on a layer behind, deeper ones before outer ones."""
    fitted = _fitted(group)
    style = _named("group" if group.kind == "sum" else "bubble", group.stands_for)
    style += ", penrose/closed" if group.closed else ""
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
