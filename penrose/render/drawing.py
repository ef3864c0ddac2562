"""A generated figure as the things that it draws: what its statements say, without its comments and positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby

from penrose.data import Equatable
from penrose.layout.names import AXIS
from penrose.render.statements import NAME, called_in, places, position_of, wire_ends

TENSORS = ("tensor", "diagonal", "unitary", "isometry", "square", "plain", "number")
TEXTS = ("relation", "sign", "coefficient", "total", "caption")
JOINTS = ("dot", "dots", "bar")
FRAMES = ("group", "bubble")
TOP = ""  # the frame around everything

_NODE = re.compile(rf"\s*\(({NAME})\)\s*(?:at\s*\([^()]*\)\s*)?\{{(.*)\}}\s*;")
_OURS = re.compile(  # lines that draw nothing
    r"\\(?:begingroup|endgroup|ifdefined\\penroseprovide|providecolor|pgfdeclarelayer|pgfsetlayers|penroseprovide|"
    r"ifcsname tikz@|coordinate|begin\{tikzpicture\}|end\{tikzpicture\}|"
    r"node\[penrose/(?:wall label|note|brace|highlight)\b|"
    r"path .*node\[penrose/slot\b)"
)


class Thing(Equatable):
    """A node, a text, a frame or a line between tips: its kind, what it stands for, its text, what a frame holds."""

    name: str
    kind: str
    stands_for: str
    text: str
    members: tuple[str, ...] = ()

    def name_and_conjugate(self) -> tuple[str, bool]:
        """Return the name of a tensor in the program, and whether it is conjugated."""
        conjugated = self.stands_for.startswith("conj(")
        inner = self.stands_for[len("conj(") : -1] if conjugated else self.stands_for
        return inner.partition("[")[0], conjugated

    @property
    def listed(self) -> list[str]:
        """The legs of a tensor of which some are subscripts, with a full stop for those that are drawn."""
        bracket = self.stands_for.partition("[")[2].partition("]")[0]
        return [leg or "?" for leg in _split(bracket)] if bracket and self.kind in TENSORS else []

    def words(self) -> set[str]:
        """Return the words in what it stands for, but for the tensors in a coefficient."""
        return set(re.findall(r"[^\W\d_]\w*(?:\{[^{}]*\})?'*(?![\w'{]|\[\])", self.stands_for))


class Line(Equatable):
    """A wire: what its ends are on (points for tips), what they are called there, and the name of a bond.

    It goes `through` points on its way. A ring has no ends; it has the `name` of its centre, and a line between tips
    that of its first point.
    """

    ends: tuple[str, ...]
    called: tuple[str, ...]
    bond: str
    pinned: bool
    through: tuple[str, ...] = ()
    name: str = ""


class Drawing(Equatable):
    """The things of a figure, the order in which they are read, and the lines that are none of ours."""

    figure: str
    things: Mapping[str, Thing]
    lines: tuple[Line, ...]
    order: Mapping[str, int]
    unread: tuple[tuple[int, str], ...]
    parents: Mapping[str, str]

    def parent(self, name: str) -> str:
        """Return the frame that holds something."""
        return self.parents.get(name, TOP)

    def around(self, name: str) -> list[str]:
        """Return the frames around something, from the innermost."""
        found = []
        while name != TOP:
            name = self.parent(name)
            found.append(name)
        return found

    def inside(self, frame: str) -> list[Thing]:
        """Return what stands right inside of a frame, in reading order."""
        return self._inside.get(frame, [])

    @cached_property
    def _inside(self) -> dict[str, list[Thing]]:
        found: dict[str, list[Thing]] = {}
        for thing in sorted(self.things.values(), key=self.rank):
            found.setdefault(self.parent(thing.name), []).append(thing)
        return found

    @cached_property
    def _ranks(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, rank in self.order.items():  # a frame stands where the first thing in it does
            for frame in (name, *self.around(name)):
                found.setdefault(frame, rank)
        return found

    def chains(self) -> list[list[Thing]]:
        """Return what stands in no frame, chain by chain: every chain but the first begins with an axis of its own."""
        starts = [rank for name, rank in self.order.items() if name.startswith(f"{AXIS}--")]
        things = groupby(self.inside(TOP), lambda thing: sum(start < self.rank(thing) for start in starts))
        return [list(chain) for _, chain in things]

    def within(self, things: Iterable[Thing]) -> set[str]:
        """Return the names of things and of everything in them."""
        found = set()
        for thing in things:
            found |= {thing.name}
            if thing.kind in FRAMES:
                found |= self.within(self.inside(thing.name))
        return found

    def rank(self, thing: Thing) -> int:
        """Return the place of a thing in reading order."""
        return self._ranks.get(thing.name, 0)


def draw(text: str) -> Drawing:
    """Return what the statements of a figure draw."""
    things: dict[str, Thing] = {}
    order: dict[str, int] = {}
    draws: list[tuple[int, str]] = []
    unread: list[tuple[int, str]] = []
    figure = ""
    for number, line in enumerate(text.splitlines(), 1):
        plain = _without_comment(line).strip()
        plain = re.sub(r"^\\begin\{pgfonlayer\}\{[^{}]*\}\s*|\s*\\end\{pgfonlayer\}$", "", plain)
        coordinate = position_of(plain)
        thing = _thing(plain)
        if coordinate:
            order.setdefault(coordinate[0], len(order))
        elif thing:
            things[thing.name] = thing
            figure = figure or _figure(plain)
        elif plain.startswith("\\draw[penrose/leg"):
            draws.append((number, plain))
        elif plain and not _OURS.match(plain):
            unread.append((number, line.strip()))
    lines = []
    for number, plain in draws:
        wire = _line(plain, things)
        if wire is None:
            unread.append((number, plain))
            continue
        lines.append(wire)
        if wire.name:
            things[wire.name] = Thing(wire.name, "line", "", "")
    return Drawing(figure, things, tuple(lines), order, tuple(sorted(unread)), _parents(things.values()))


def _parents(things: Iterable[Thing]) -> dict[str, str]:
    """Return the frame of everything that is in one; a frame that holds what is around it does not."""
    found: dict[str, str] = {}
    for frame in things:
        for member in frame.members:
            around = frame.name
            while around != member and around in found:
                around = found[around]
            if around != member:
                found[member] = frame.name
    return found


def _without_comment(line: str) -> str:
    return re.split(r"(?<!\\)%", line, maxsplit=1)[0]


def _figure(node: str) -> str:
    found = re.search(r"penrose/([\w-]+)/[\w-]+/\.try", node)
    return found[1] if found else ""


def _thing(line: str) -> Thing | None:
    if not line.startswith("\\node["):
        return None
    inside, rest = _bracketed(line, len("\\node"))
    match = _NODE.fullmatch(rest)
    options = _options(inside)
    (style, stands_for), *others = options or [("", "")]
    kind = style.removeprefix("penrose/")
    if match is None or style == kind or kind not in (*TENSORS, *TEXTS, *JOINTS, *FRAMES):
        return None
    members = next((value for key, value in others if key == "fit"), "")
    return Thing(match[1], kind, stands_for, match[2], tuple(re.findall(r"\(([\w-]+)\)", members)))


def _line(line: str, things: Mapping[str, Thing]) -> Line | None:
    """Return the wire that a statement draws, or None if it does not say which slots it joins."""
    called = called_in(line)
    pinned = "penrose/pinned" in line
    ends = wire_ends(line)
    if len(ends) == 1:
        centre = ends[0].removesuffix("--corner")
        return Line((), called, "", pinned, (centre,), centre) if len(called) == 1 else None
    if not 2 <= len(called) <= 3 or not ends:
        return None
    start, end = ends
    bond = called[1] if len(called) == 3 else ""
    name = "" if start in things or end in things else start
    if not all(_is_called(name, things.get(end)) for name, end in ((called[0], start), (called[-1], end))):
        return None
    corners = tuple(y_of for y_of, x_of in places(line)[1:-1] if not x_of)
    return Line((start, end), (called[0], called[-1]), bond, pinned, corners, name)


def _is_called(called: str, thing: Thing | None) -> bool:
    """Tell whether an end of a wire can be called so: a slot on a node, a full stop at a dot, else an index."""
    kind = thing.kind if thing else ""
    pattern = r"\.(:.+)?" if kind == "dot" else r"[1-9]\d{0,4}(:.+)?" if kind in (*TENSORS, *JOINTS) else r"[^.]+"
    return re.fullmatch(pattern, called) is not None


def _bracketed(text: str, start: int) -> tuple[str, str]:
    """Return what stands in the bracket that begins at a place, and what comes behind it."""
    depth = braces = 0
    for position in range(start, len(text)):
        character = text[position]
        braces += (character == "{") - (character == "}")
        if not braces:
            depth += (character == "[") - (character == "]")
            if not depth:
                return text[start + 1 : position], text[position + 1 :]
    return text[start + 1 :], ""


def _options(text: str) -> list[tuple[str, str]]:
    """Return options as keys and values, the values without the braces around them."""
    found = []
    for piece in _split(text):
        key, _, value = piece.partition("=")
        value = value.strip()
        found.append((key.strip(), value[1:-1] if value.startswith("{") and value.endswith("}") else value))
    return found


def _split(text: str) -> Iterable[str]:
    depth = start = 0
    for position, character in enumerate(text):
        depth += (character in "{[") - (character in "}]")
        if character == "," and not depth:
            yield text[start:position]
            start = position + 1
    yield text[start:]


def divided(things: Sequence[Thing], divides: Callable[[Thing], bool]) -> list[tuple[Thing | None, list[Thing]]]:
    """Divide things at texts, each of which stands with what comes behind it."""
    found: list[tuple[Thing | None, list[Thing]]] = [(None, [])]
    for thing in things:
        if divides(thing):
            found.append((thing, []))
        else:
            found[-1][1].append(thing)
    return found
