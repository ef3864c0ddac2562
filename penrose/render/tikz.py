"""A scene as TikZ. Every statement is one line; positions stand in one block, all else refers to names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from penrose.layout.scene import Direction, Group, Label, Node, Picture, Point, Scene, Station, Text, Wire
from penrose.model.notation import coordinate
from penrose.render.styles import STYLES, used_colors
from penrose.render.template import template

FORMAT = 1  # of the generated file; a later penrose reads files of an earlier one
BESIDE: dict[Direction, str] = {"left": "left", "right": "right", "up": "above", "down": "below"}


@dataclass(frozen=True)
class Tikz:
    """A generated figure: its text but for the coordinates and the author's block, and the coordinates.

    `coordinates` maps names to positions as TikZ, in the order in which they are written.
    """

    before: str
    coordinates: dict[str, str]
    between: str
    after: str


def render(scene: Scene, source: str) -> Tikz:
    """Return a scene as TikZ; `source` is the name of the `.pen` file, for the head."""
    picture = scene.picture
    figure = coordinate(scene.name)
    grouped = {group.name for group in picture.groups}
    late = [wire for wire in picture.wires if any(end and end[0] in grouped for end in wire.ends)]
    styles = _styles(picture)
    text = template("figure.tikz.j2").render(
        format=FORMAT,
        source=source,
        figure=scene.name,
        colors=used_colors(styles),
        styles=[(name, STYLES[name]) for name in styles],
        wires=[_wire(wire) for wire in picture.wires if wire not in late],
        nodes=[_node(node, figure) for node in picture.nodes] + [_text(text) for text in picture.texts],
        groups=[_group(group) for group in picture.groups],
        late_wires=[_wire(wire) for wire in late],
        cut=_CUT,
    )
    before, between, after = text.split(_CUT)
    return Tikz(before, coordinates(picture), between, after)


_CUT = "\0"  # where the coordinates and the author's block go; no source has this character


def coordinates(picture: Picture) -> dict[str, str]:
    """Return the position of every point as TikZ; sides of nodes, such as `A.west`, are no points of their own."""
    return {name: _position(point, picture.points) for name, point in picture.points.items() if "." not in name}


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


def _styles(picture: Picture) -> list[str]:
    """Return the names of the styles that a picture uses, in the order of the list."""
    used = {node.style for node in picture.nodes} | {text.kind for text in picture.texts}
    if picture.wires:
        used.add("leg")
    if any(len(wire.stations) > 2 for wire in picture.wires):
        used.add("loop")
    if any(label for wire in picture.wires for label in wire.labels):
        used.add("index")
    if picture.groups:
        used.add("group")
    return [name for name in STYLES if name in used]


# ---------------------------------------------------------------- statements


def _wire(wire: Wire) -> str:
    style = "penrose/leg, penrose/loop" if len(wire.stations) > 2 else "penrose/leg"
    first, last = wire.labels
    stations = [_station(station) for station in wire.stations]
    start = stations[0] + (f" {_label(first)}" if first else "")
    if not wire.ends:
        return f"\\draw[{style}] {' -- '.join(stations[:-1])} -- cycle;"
    end = " -- ".join(stations[1:])
    return f"\\draw[{style}] {start} {_way(wire)} {end}{f' {_label(last)}' if last else ''};"


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
    return f"node[penrose/index, {BESIDE[label.side]}]{name} {{${label.text}$}}"


def _node(node: Node, figure: str) -> str:
    options = [f"penrose/{node.style}"]
    if node.shape == "triangle":
        options.append(f"shape border rotate={node.turn}")
    elif node.shape != "dot":
        options += _sizes(node)
    if node.label:
        options.append(f"penrose/{figure}/{node.name}/.try")
    label = f"${node.label}$" if node.label else ""
    return f"\\node[{', '.join(options)}] ({node.name}) at ({node.name}) {{{label}}};"


def _sizes(node: Node) -> Iterable[str]:
    """Yield the sizes that a node needs for parallel legs."""
    width, height = node.least
    if width:
        yield f"minimum width={number(width)}cm"
    if height:
        yield f"minimum height={number(height)}cm"


def _text(text: Text) -> str:
    body = text.text if text.kind == "caption" else f"${text.text}$"
    return f"\\node[penrose/{text.kind}] ({text.name}) at ({text.name}) {{{body}}};"


def _group(group: Group) -> str:
    fitted = "".join(f"({name})" for name in group.members)
    return f"\\node[penrose/group, fit={fitted}] ({group.name}) {{}};"
