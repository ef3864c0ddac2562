"""The scene: where everything of a figure stands. Lengths are cm, TikZ's unit; y points up.

Positions belong to named points. Everything else refers to points by name, so that a point that
moves takes along whatever hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from penrose.data import NOTHING, Data, replace
from penrose.model.document import Style
from penrose.model.index import Index

Shape = Literal["circle", "triangle", "square", "dot", "bar", "plain"]
Direction = Literal["left", "right", "up", "down"]
Slant = Literal["down right", "up right", "down left", "up left"]
SLANTS: tuple[Slant, ...] = ("down right", "up right", "down left", "up left")
COMPASS: dict[Direction, str] = {"left": "west", "right": "east", "up": "north", "down": "south"}
TextKind = Literal["relation", "sign", "coefficient", "caption", "total"]


class Box(NamedTuple):
    """A rectangle with sides along the axes."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: Box) -> bool:
        """Tell whether the two overlap."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def grown(self, by: float) -> Box:
        """Return the box with its sides moved out."""
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    @property
    def border(self) -> tuple[tuple[float, float], ...]:
        """The corners, from the lower left one around to it again."""
        x0, y0, x1, y1 = self
        return (x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)


class Extent(NamedTuple):
    """How far something reaches from its point, in the four directions."""

    left: float
    right: float
    down: float
    up: float

    def towards(self, direction: Direction | Slant) -> float:
        """Return the reach in a direction; between two of them that of the nearer border."""
        reach = {"left": self.left, "right": self.right, "down": self.down, "up": self.up}
        return min(reach[side] for side in direction.split())

    @property
    def width(self) -> float:
        """The extent from left to right."""
        return self.left + self.right

    @property
    def height(self) -> float:
        """The extent from bottom to top."""
        return self.down + self.up


def centred(width: float, height: float) -> Extent:
    """Return the extent of something of that size with its point in the middle."""
    return Extent(width / 2, width / 2, height / 2, height / 2)


class Point(NamedTuple):
    """A named position; `anchor` names the point whose moves it follows, if any."""

    x: float
    y: float
    anchor: str = ""

    def moved(self, dx: float, dy: float) -> Point:
        """Return the point so far from here."""
        return Point(round(self.x + dx, 4), round(self.y + dy, 4), self.anchor)


class Station(NamedTuple):
    """A place that a wire passes: the height of one point and the horizontal position of another."""

    y_of: str
    x_of: str


class Node(Data):
    """A tensor or a dot, at the point of its name.

    `source` is its name in the program, `stands_for` what is written there, with a full stop for every leg that
    is drawn, empty for a dot; `turn` the angle in degrees to which the tip of a triangle
    points, `style` the name of its TikZ style, `least` the width and height that parallel legs need (or 0),
    `dress` the name of the author's style; `rotation` the degrees by which it is turned with its label, and its
    slots with it; `turned` says that a matrix has its second leg first, and a mark for that. `key` is the
    author's name for this occurrence.
    """

    name: str
    source: str
    stands_for: str
    shape: Shape
    style: str
    label: str
    extent: Extent
    turn: int
    least: tuple[float, float]
    panel: int
    dress: str = ""
    rotation: int = 0
    turned: bool = False
    key: str = ""


class Label(Data):
    """A text beside a free end of a wire; it has a name of its own where a group must hold it."""

    text: str
    side: Direction | Slant
    name: str = ""


class Wire(Data):
    """A wire from its first to its last station.

    `ends` are the name of a node or group and a slot counted from 0, or None for a free end; a ring has
    no ends. The way is straight from station to station, with rounded corners if it is a loop, which has four or more,
    or, between two stations, bent: `bend` degrees to the left, or leaving and arriving at the angles `out` and `into`.
    The middle one of three stations is the tip of a triangle on which the wire ends.
    `called` is what the ends are called where they are: the number of a slot from 1, an index of a frame or of a
    tip, a full stop at a dot; `marks` are numbers of slots that the picture would tell wrongly. `labels` stand
    beside the ends, `middle` beside the middle. A thick wire carries a group of indices; a pinned one ends in a bar.
    An arrow in its middle points forth, to its last station, or back.
    """

    index: str
    ends: tuple[tuple[str, int] | None, ...]
    stations: tuple[Station, ...]
    panel: int
    bend: int = 0
    out: int | None = None
    into: int | None = None
    labels: tuple[Label | None, Label | None] = (None, None)
    middle: Label | None = None
    thick: bool = False
    pinned: bool = False
    called: tuple[str, str] = ("", "")
    marks: tuple[str, str] = ("", "")
    arrow: Literal["", "forth", "back"] = ""

    @property
    def is_loop(self) -> bool:
        """Tell whether it goes around, with corners."""
        return len(self.stations) > 3


class Text(Data):
    """A relation, sign, coefficient or caption, centred at the point of its name.

    `stands_for` is what is written in the program, where the text does not say that itself.
    """

    name: str
    kind: TextKind
    text: str
    stands_for: str
    extent: Extent
    panel: int


class Group(Data):
    """Brackets or a wall around members, which are points, nodes, texts, labels and groups.

    Brackets with wires above or below are `closed`. The wall of a bubble has a label, at its upper end or `below`
    it, and `stands_for` a function; `depth` counts the walls around it, from 1.
    """

    name: str
    kind: Literal["sum", "bubble"]
    members: tuple[str, ...]
    label: str
    stands_for: str
    depth: int
    panel: int
    below: bool = False
    closed: bool = False


class Note(Data):
    """A text beside a node, its near side `away` from the point of that."""

    name: str
    of: str
    side: Direction
    away: float
    text: str
    panel: int

    @property
    def members(self) -> tuple[str, ...]:
        """What it is about."""
        return (self.of,)


class Brace(Data):
    """A brace below or above its members, with a text; it lies beyond what it is `clear` of.

    Its members are the nodes that it is about, or the frames around them.
    """

    name: str
    members: tuple[str, ...]
    side: Direction
    text: str
    panel: int
    about: tuple[str, ...]
    clear: tuple[str, ...]


class Highlight(Data):
    """A ground behind its members; `depth` counts the walls around them, `fill` is empty for that of the style."""

    name: str
    members: tuple[str, ...]
    fill: str
    depth: int
    panel: int


Remark = Note | Brace | Highlight


class Series(NamedTuple):
    """Pictures side by side (axis 0) or below one another (axis 1), each known by the names of its points."""

    axis: int
    members: tuple[frozenset[str], ...]


class Exposed(Data):
    """A free leg that a picture leaves to what is around it: its node or frame, its slot, and where it begins."""

    name: str
    slot: int
    called: str
    base: Station


class Picture(Data):
    """A piece of a figure. `points` are in the order in which they are written; `exposed` are its open legs.

    `series` are the pictures that it was put together from, inner ones first.
    """

    points: Mapping[str, Point]
    nodes: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()
    groups: tuple[Group, ...] = ()
    texts: tuple[Text, ...] = ()
    exposed: Mapping[Index, Exposed] = NOTHING
    remarks: tuple[Remark, ...] = ()
    series: tuple[Series, ...] = ()

    @cached_property
    def surrounding(self) -> tuple[Group | Remark, ...]:
        """Frames and remarks, each behind those that it is around or about."""
        things = {thing.name: thing for thing in (*self.groups, *self.remarks)}
        found: dict[str, Group | Remark] = {}

        def add(thing: Group | Remark) -> None:
            inner = (*thing.members, *thing.clear) if isinstance(thing, Brace) else thing.members
            for name in inner:
                if name in things and name not in found:
                    add(things[name])
            found[thing.name] = thing

        for thing in things.values():
            if thing.name not in found:
                add(thing)
        return tuple(found.values())

    @cached_property
    def called(self) -> Mapping[str, Node]:
        """The nodes by their names."""
        return {node.name: node for node in self.nodes}

    @property
    def boxed(self) -> tuple[Node | Text, ...]:
        """Everything that stands in a box at its point."""
        return (*self.nodes, *self.texts)

    def moved(self, dx: float, dy: float) -> Picture:
        """Return the picture with all of its points moved."""
        if not (dx or dy):
            return self
        points = {name: Point(p.x + dx, p.y + dy, p.anchor) for name, p in self.points.items()}
        return replace(self, points=points)

    @staticmethod
    def joined(pictures: Iterable[Picture]) -> Picture:
        """Return one picture of several, which share no names."""
        parts = tuple(pictures)
        if len(parts) == 1:
            return parts[0]
        return Picture(
            {name: point for part in parts for name, point in part.points.items()},
            tuple(node for part in parts for node in part.nodes),
            tuple(wire for part in parts for wire in part.wires),
            tuple(group for part in parts for group in part.groups),
            tuple(text for part in parts for text in part.texts),
            {leg: end for part in parts for leg, end in part.exposed.items()},
            tuple(remark for part in parts for remark in part.remarks),
            tuple(series for part in parts for series in part.series),
        )

    @staticmethod
    def along(axis: int, pictures: Iterable[Picture]) -> Picture:
        """Return one picture of several that stand side by side, or below one another."""
        parts = tuple(pictures)
        whole = Picture.joined(parts)
        if len(parts) == 1:
            return whole
        return replace(whole, series=(*whole.series, Series(axis, tuple(frozenset(part.points) for part in parts))))


class Scene(Data):
    """A figure, laid out.

    `relations` has the relation before every panel, empty before the first of a chain; `styles` are those
    of the author, by their names. Slots are marked or not. `orders` are the numbers of slots of tensors, by their
    names in the program.
    """

    name: str
    title: str
    picture: Picture
    relations: tuple[str, ...]
    styles: Mapping[str, Style]
    marked: bool = True
    orders: Mapping[str, int] = NOTHING
