"""A very large scene as TikZ without names: at ten thousand named nodes TeX runs out of memory.

Paths go on for many wires, nodes stand at numbers, and nothing in the file can be moved by a name. So the author's
edits have no place in it: a hash in the last line tells whether there are some. What is larger than TeX's largest
length is drawn smaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby, pairwise

from penrose.layout.geometry import XY, at, bezier, box_of, extent, frames, label_name, labels_of, marks_of
from penrose.layout.measure import FOOT, STROKE
from penrose.layout.scene import Node, Picture, Scene, Wire
from penrose.render.styles import STYLES, body_of, used_colors
from penrose.render.template import template
from penrose.render.tikz import FORMAT, dresses_of, is_wide, looks, number, styles_of, words

MOST = 2000  # tensors and dots that have names
FARTHEST = 500.0  # cm; TeX itself ends at 575
CHUNK = 50  # wires or nodes of one path
CLOSING = "%!penrose-compact "


def render_compact(scene: Scene, source: str) -> str:
    """Return a figure without names; `source` is the name of the `.pen` file, for the head."""
    picture = scene.picture
    dresses = {style: body_of(style) for style in scene.styles.values()}
    styles = [
        (name, STYLES[name]) for name in styles_of(picture, scene.marked) if name not in ("group", "closed", "bubble")
    ]
    styles += [(f"style {style.name}", body) for style, body in dresses.items() if body]
    box = extent(picture)
    scale = min(1.0, FARTHEST / max(box.x1 - box.x0, box.y1 - box.y0))
    styles = [(name, _thinner(body, scale)) for name, body in styles]
    text = template("figure.compact.tikz.j2").render(
        format=FORMAT,
        source=source,
        figure=scene.name,
        scale=f"{scale:.4f}".rstrip("0").rstrip("."),
        colors=used_colors([*(body for _, body in styles), "penrosegreen"]),
        styles=styles,
        walls=list(_walls(picture)),
        wires=list(_wires(picture)),
        nodes=list(_outlines(scene, scale) if len(picture.nodes) > MOST else _nodes(scene)),
    )
    return f"{text}{CLOSING}{_hash(text)}\n"


def is_large(picture: Picture) -> bool:
    """Tell whether a picture has more nodes than can have names, or is larger than TeX's largest length."""
    box = extent(picture)
    return len(picture.nodes) > MOST or max(box.x1 - box.x0, box.y1 - box.y0) > FARTHEST


def _thinner(body: str, scale: float) -> str:
    """Return options with their widths of lines scaled."""
    return re.sub(r"line width=([\d.]+)pt", lambda match: f"line width={float(match[1]) * scale:.3f}pt", body)


def is_untouched(text: str) -> bool:
    """Tell whether a file is one of these, as it was written."""
    body, found, told = text.rpartition(CLOSING)
    return bool(found) and told.strip() == _hash(body)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _place(place: XY) -> str:
    return f"({number(place[0])},{number(place[1])})"


def _paths(command: str, pieces: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield paths of pieces with the same options, so many to a path that TeX has no trouble with it."""
    for options, alike in groupby(pieces, key=lambda piece: piece[0]):
        texts = [text for _, text in alike]
        for first in range(0, len(texts), CHUNK):
            yield f"{command}{options} {' '.join(texts[first : first + CHUNK])};"


def _wires(picture: Picture) -> Iterator[str]:
    drawn = sorted(picture.wires, key=_options)
    yield from _paths("\\draw", ((_options(wire), _way(wire, picture)) for wire in drawn))


def _options(wire: Wire) -> str:
    styles = ["penrose/leg", *(["penrose/loop"] if wire.is_loop else [])]
    styles += ["penrose/thick"] if wire.thick else []
    return f"[{', '.join(styles)}]"


def _way(wire: Wire, picture: Picture) -> str:
    corners = [_place(at(station, picture.points)) for station in wire.stations]
    controls = bezier(wire, picture.points)  # in numbers, since pgf cannot work out those of long ways
    if controls:
        start, first, second, end = map(_place, controls)
        return f"{start} .. controls {first} and {second} .. {end}"
    return " -- ".join(corners if wire.ends else [*corners[:-1], "cycle"])


def _nodes(scene: Scene) -> Iterator[str]:
    picture, points = scene.picture, scene.picture.points
    pieces = [("", f"{_place(points[node.name][:2])} {_node(node, scene)}") for node in picture.nodes]
    for text in picture.texts:
        pieces.append(("", f"{_place(points[text.name][:2])} node[penrose/{text.kind}] {{{words(text)}}}"))
    framed: Mapping[str, Sequence[float]] = frames(picture) if picture.groups else {}
    for group in picture.groups:
        if group.label:
            x0, y0, x1, y1 = framed[label_name(group)]
            middle = _place(((x0 + x1) / 2, (y0 + y1) / 2))
            pieces.append(("", f"{middle} node[penrose/wall label, anchor=center] {{${group.label}$}}"))
    for wire in picture.wires:
        for label, _, box in labels_of(wire, points):
            middle = _place(((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2))
            pieces.append(("", f"{middle} node[penrose/index] {{${label.text}$}}"))
        for mark, place in marks_of(wire, picture) if scene.marked else ():
            pieces.append(("", f"{_place(place)} node[penrose/slot] {{${mark}$}}"))
    yield from _paths("\\path", pieces)


def _outlines(scene: Scene, scale: float) -> Iterator[str]:
    """Yield the shapes of nodes without their labels, since so many texts are too much for TeX.

    A round one is a point drawn with a thick round pen, black and then in its colour: that costs TeX least.
    """
    round_ones, others = [], []
    for node in scene.picture.nodes:
        place = scene.picture.points[node.name]
        if node.shape in ("circle", "dot") and not is_wide(node):
            round_ones.append((node.extent.width, _fill(node, scene), f"{_place(place[:2])} -- +(0,0.001)"))
        else:
            box = box_of(node, scene.picture.points)
            options = ", ".join(dresses_of(node, scene))
            others.append((f"[{options}]", f"{_place(box[:2])} rectangle {_place(box[2:])}"))
    yield from _paths("\\path", sorted(others))
    for inside in (False, True):
        pieces = []
        for width, fill, piece in sorted(round_ones):
            if fill or not inside:
                pen = scale * (width - (STROKE if inside else -STROKE))
                color = f"draw={fill}, " if inside else ""
                pieces.append((f"[{color}line cap=round, line width={number(pen)}cm]", piece))
        yield from _paths("\\draw", pieces)


def _fill(node: Node, scene: Scene) -> str:
    """Return the colour inside of a node; none inside of a dot, which is black."""
    dress = body_of(scene.styles[node.dress]) if node.dress else ""
    match = re.search(r"fill=([^,]+)", dress or STYLES[node.style])
    return match[1] if match else ""


def _node(node: Node, scene: Scene) -> str:
    return f"node[{', '.join(looks(node, scene))}] {{{f'${node.label}$' if node.label else ''}}}"


def _walls(picture: Picture) -> Iterator[str]:
    """Yield walls and brackets, the outer ones first."""
    framed = frames(picture) if picture.groups else {}
    for group in sorted(picture.groups, key=lambda group: group.depth):
        x0, y0, x1, y1 = framed[group.name]
        if group.kind == "bubble":
            style = "draw=penrosegreen, line width=0.8pt, rounded corners=0.2cm"
            yield f"\\draw[{style}] {_place((x0, y0))} rectangle {_place((x1, y1))};"
            continue
        if group.closed:
            yield f"\\draw[line width=0.6pt] {_place((x0, y0))} rectangle {_place((x1, y1))};"
            continue
        for x, foot in ((x0, FOOT), (x1, -FOOT)):
            corners = [(x + foot, y1), (x, y1), (x, y0), (x + foot, y0)]
            ways = [f"{_place(one)} -- {_place(other)}" for one, other in pairwise(corners)]
            yield f"\\draw[line width=0.6pt] {' '.join(ways)};"
