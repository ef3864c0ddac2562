r"""A scene in the part of TikZ that the editor TikZiT opens: nodes at numbers, and edges between two of them.

Its grammar has `\node [style=..] (name) at (x, y) {label};` and `\draw [style=..] (one) to (other);`, and no
coordinates, fits or corners: what is none of these becomes a node without ink. What a statement stands
for is not in there, so that this is a copy to go on with, and nothing to read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from penrose.layout.geometry import XY, arrow_of, at, frames, label_name, labels_of, marks_of
from penrose.layout.measure import CURL, FOOT, TENSOR
from penrose.layout.scene import Box, Brace, Direction, Group, Highlight, Node, Picture, Remark, Scene, Wire
from penrose.render.styles import STYLES, body_of, shade
from penrose.render.template import template
from penrose.render.tikz import is_wide, number, turned_and_sized, words

OTHERS = (  # not of nodes and edges here
    *("group", "bubble", "wall label", "loop", "pinned", "index", "thick", "wide"),
    *("brace", "brace above", "highlight"),
)
SLOPED = ("pos=", "sloped", "allow upside down", "sharp corners")  # options of nodes on edges
FULL = {"draw": "draw=black", "fill": "fill=black", "circle": "shape=circle"}  # TikZiT knows but keys with values
BODIES = {
    "none": "inner sep=0pt",
    "wall": "draw={rgb,255: red,0; green,158; blue,115}, line width=0.8pt",
    "bracket": "draw=black, line width=0.6pt",
    "highlight": "draw={rgb,255: red,230; green,159; blue,0}, line width=0.8pt, rounded corners=0.2cm, inner sep=0pt",
}


def render_tikzit(scene: Scene) -> str:
    """Return a scene as a file that TikZiT opens, and LaTeX reads with the styles of `tikzstyles`."""
    writer = _Writer(scene)
    return template("figure.tikzit.j2").render(nodes=list(writer.all_nodes()), edges=writer.edges)


def tikzstyles() -> str:
    """Return the styles of all such files, as TikZiT keeps them."""
    shown = {name: _literal(body) for name, body in STYLES.items() if name not in OTHERS}
    return template("penrose.tikzstyles.j2").render(styles=(shown | BODIES).items())


def _literal(body: str) -> str:
    """Return options with their colours as numbers, since TikZiT knows no names of ours."""
    options = (option for option in body.split(", ") if not option.startswith(("fill=", *SLOPED)))
    kept = [FULL.get(option, option) for option in options]
    return ", ".join([*kept, *([f"fill={_rgb(shade(body))}"] if "fill=" in body else [])])


def _rgb(code: str) -> str:
    red, green, blue = (int(code[i : i + 2], 16) for i in (1, 3, 5))
    return f"{{rgb,255: red,{red}; green,{green}; blue,{blue}}}"


class _Writer:
    """Collects the edges, and the nodes without ink that they need."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.picture: Picture = scene.picture
        self.edges: list[str] = []
        self.bare: list[str] = []
        for wire in self.picture.wires:
            self._wire(wire)
        for remark in self.picture.remarks:
            if isinstance(remark, Brace):
                self._brace(remark.side, frames(self.picture)[remark.name])
        for group in self.picture.groups:
            self._frame(group, frames(self.picture)[group.name])

    def all_nodes(self) -> Iterator[str]:
        """Yield all nodes, those with ink first."""
        points, framed = self.picture.points, frames(self.picture)
        for remark in self.picture.remarks:
            yield self._remark(remark, framed)
        for node in self.picture.nodes:
            yield self._node(self._options(node), node.name, _xy(points[node.name]), _math(node.label))
        for text in self.picture.texts:
            yield self._node([f"style={text.kind}"], text.name, _xy(points[text.name]), words(text))
        for group in self.picture.groups:
            if group.label:
                name = label_name(group)
                yield self._node(["style=none"], name, _centre(framed[name]), _math(group.label))
        for count, wire in enumerate(self.picture.wires, 1):
            for place, (label, _, box) in enumerate(labels_of(wire, points), 1):
                yield self._node(["style=none"], f"label--{count}--{place}", _centre(box), _math(label.text))
            for place, (mark, middle) in enumerate(marks_of(wire, self.picture) if self.scene.marked else (), 1):
                yield self._node(["style=slot"], f"slot--{count}--{place}", middle, _math(mark))
            if wire.arrow:
                _, middle, turn = arrow_of(wire, self.picture)
                yield self._node(["style=arrow", f"rotate={number(turn)}"], f"arrow--{count}", middle, "")
        yield from self.bare

    def _node(self, options: Sequence[str], name: str, place: XY, label: str) -> str:
        return f"\\node [{', '.join(options)}] ({name}) at ({number(place[0])}, {number(place[1])}) {{{label}}};"

    def _options(self, node: Node) -> list[str]:
        options = [f"style={node.style}"]
        if node.dress and (body := body_of(self.scene.styles[node.dress])):
            options.append(f"fill={_rgb(shade(body))}" if "penrose" in body else body)
        if is_wide(node):
            options += ["shape=rectangle", f"rounded corners={TENSOR / 2:g}cm"]
        return [*options, *turned_and_sized(node)]

    def _remark(self, remark: Remark, framed: Mapping[str, Box]) -> str:
        """Return the text of a note or brace, or a highlight, which is an outline: here nodes cover edges."""
        box = framed[label_name(remark) if isinstance(remark, Brace) else remark.name]
        if isinstance(remark, Highlight):
            size = f"minimum width={number(box.x1 - box.x0)}cm", f"minimum height={number(box.y1 - box.y0)}cm"
            return self._node(["style=highlight", *size], remark.name, _centre(box), "")
        style = "brace text" if isinstance(remark, Brace) else "note"
        return self._node([f"style={style}"], remark.name, _centre(box), remark.text)

    def _brace(self, side: Direction, box: Box) -> None:
        """Draw a brace as edges: at both ends and at the tip a quarter of a circle, and lines between them."""
        down, y = (-1, box.y0) if side == "down" else (1, box.y1)
        middle = (box.x0 + box.x1) / 2
        tip = self._bare((middle, y + 2 * down * CURL))
        for x, inwards in ((box.x0, CURL), (box.x1, -CURL)):
            level = y + down * CURL
            end, one, other = (self._bare(at) for at in ((x, y), (x + inwards, level), (middle - inwards, level)))
            away, back = (0, 180) if inwards > 0 else (180, 0)
            self._edges(["style=bracket", f"out={90 * down % 360}", f"in={back}"], [end, one])
            self._edges(["style=bracket"], [one, other])
            self._edges(["style=bracket", f"out={away}", f"in={-90 * down % 360}"], [other, tip])

    def _bare(self, place: XY) -> str:
        """Return the name of a new node without ink."""
        name = f"bare--{len(self.bare) + 1}"
        self.bare.append(self._node(["style=none"], name, place, ""))
        return name

    def _wire(self, wire: Wire) -> None:
        drawn = {node.name for node in self.picture.nodes}
        names = [
            station.x_of if station.x_of == station.y_of and station.x_of in drawn else self._bare(place)
            for station in wire.stations
            for place in [at(station, self.picture.points)]
        ]
        options = ["style=leg", *(["line width=2pt"] if wire.thick else [])]
        if wire.out is not None and wire.into is not None:
            options += [f"out={wire.out}", f"in={wire.into}"]
        elif wire.bend:
            options.append(f"bend {'left' if wire.bend > 0 else 'right'}={abs(wire.bend)}")
        self._edges(options, names)

    def _edges(self, options: Sequence[str], names: Sequence[str]) -> None:
        self.edges += [f"\\draw [{', '.join(options)}] ({one}) to ({other});" for one, other in pairwise(names)]

    def _frame(self, group: Group, box: Box) -> None:
        """Draw a wall and closed brackets as four edges, others as two with feet."""
        x0, y0, x1, y1 = box
        if group.kind == "bubble" or group.closed:
            corners = [self._bare(place) for place in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
            self._edges(["style=wall" if group.kind == "bubble" else "style=bracket"], [*corners, corners[0]])
            return
        for x, foot in ((x0, FOOT), (x1, -FOOT)):
            line = ((x + foot, y1), (x, y1), (x, y0), (x + foot, y0))
            self._edges(["style=bracket"], [self._bare(place) for place in line])


def _math(text: str) -> str:
    return f"${text}$" if text else ""


def _xy(point: tuple[float, float, str]) -> XY:
    return point[0], point[1]


def _centre(box: Box) -> XY:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
