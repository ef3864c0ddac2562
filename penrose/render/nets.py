"""Which slots of a drawing are joined: in every frame, the wires that meet in dots are one net.

A wire that goes through walls is one net after another, each in the frame that it is in there, so that two
wires into a frame stay two legs of what is inside, even where they meet outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from penrose.data import Data
from penrose.render.drawing import FRAMES, TENSORS, Drawing, Line, Thing


class End(Data):
    """An end of a wire on a tensor or frame: what it is called there, and its nets, one for each index."""

    thing: str
    called: str
    nets: tuple[Net, ...]


class Tip(Data):
    """A free end: the index there, or one of its group, and the group as it is written."""

    called: str
    whole: str


class Way(Data):
    """A way through a wall to a net outside, and the axis that the wire is for the bubbles that act along it."""

    net: Net
    axis: str


@dataclass(eq=False)
class Net:
    """The wires in a frame that carry one index, named after a bond.

    `outside` are the ways to the nets around the frame, more than one where a copy tensor has several legs; `inside`
    are the nets in frames within; `things` are what stands in the frame and is touched.
    """

    frame: str
    bond: str
    is_ring: bool = False
    ends: list[End] = field(default_factory=list)
    tips: list[Tip] = field(default_factory=list)
    inside: list[Net] = field(default_factory=list)
    outside: list[Way] = field(default_factory=list)
    things: set[str] = field(default_factory=set)

    @property
    def mentions(self) -> int:
        """How many things and frames mention the index."""
        return len(self.ends) + len(self.inside)

    @property
    def is_free(self) -> bool:
        """Tell whether what is around has the index too."""
        return bool(self.tips or self.outside)


Segment = tuple[int, int, int, str]  # of a wire: its number, part of a group, end (-1 for the middle), frame


class Nets:
    """The nets of a drawing."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self._root: dict[Segment, Segment] = {}
        self._nets: dict[Segment, Net] = {}
        self._ends: dict[str, list[End]] = {}
        self._pins: dict[str, dict[int, str]] = {}
        for line in (line for line in drawing.lines if line.pinned and line.called[0].isdecimal()):
            self._pins.setdefault(line.ends[0], {})[int(line.called[0])] = line.called[1]
        lines = [line for line in drawing.lines if not line.pinned]
        names = [_names(line) for line in lines]
        ways = [self._way(number, line) for number, line in enumerate(lines)]
        self._join(lines, names, ways)
        for line, parts, way in zip(lines, names, ways, strict=True):
            self._lay(line, parts, way)
        for ends in self._ends.values():
            ends.sort(key=lambda end: int(end.called) if end.called.isdecimal() else 0)
        self.all = list(dict.fromkeys(self._nets.values()))

    def ends(self, thing: Thing) -> list[End]:
        """Return the ends of wires on a thing, by their slots."""
        return self._ends.get(thing.name, [])

    def pins(self, thing: Thing) -> dict[int, str]:
        """Return the pinned slots of a tensor, counted from 1, and where they are pinned."""
        return self._pins.get(thing.name, {})

    def touching(self, things: Sequence[Thing], frame: str) -> list[Net]:
        """Return the nets in a frame that touch some things in it."""
        names = {thing.name for thing in things}
        return [net for net in self.all if net.frame == frame and net.things & names]

    def within(self, frame: Thing) -> list[Net]:
        """Return the nets in a frame."""
        return [net for net in self.all if net.frame == frame.name]

    # ------------------------------------------------ segments

    def _way(self, number: int, line: Line) -> list[list[Segment]]:
        """Return, for each end of a wire, its segments from there to the frame that is around all of it."""
        around = [self.drawing.around(name) for name in (*line.ends, *line.through)]
        home = next(frame for frame in around[0] if all(frame in frames for frames in around))
        ways = []
        for end, frames in enumerate(around[: len(line.ends)] or around[:1]):
            outwards = frames[: frames.index(home)]
            ways.append([*((number, 0, end, frame) for frame in outwards), (number, 0, -1, home)])
        return ways

    def _join(self, lines: Sequence[Line], names: Sequence[Sequence[str]], ways: Sequence[list[list[Segment]]]) -> None:
        """Unite the segments that meet in a dot, and thin ones with the parts of a thick one that a bar makes them."""
        joints: dict[str, list[tuple[str, Segment]]] = {}
        for line, way in zip(lines, ways, strict=True):
            for end, called, segments in zip(line.ends, line.called, way, strict=False):
                joints.setdefault(end, []).append((called, segments[0]))
        for name, ends in joints.items():
            kind = self.drawing.things[name].kind if name in self.drawing.things else ""
            if kind == "dot":
                for (_, one), (_, other) in pairwise(ends):
                    self._unite(one, other)
            elif kind == "bar":
                *thin, (_, thick) = sorted(ends, key=lambda end: int(end[0].partition(":")[0]))
                for part, (_, segment) in enumerate(thin):
                    self._unite(segment, _part(thick, part))

    def _unite(self, one: Segment, other: Segment) -> None:
        first, second = sorted((self._find(one), self._find(other)))
        if first != second:
            self._root[second] = first

    def _find(self, segment: Segment) -> Segment:
        while segment in self._root:
            segment = self._root[segment]
        return segment

    # ------------------------------------------------ nets

    def _lay(self, line: Line, names: Sequence[str], ways: list[list[Segment]]) -> None:
        """Make the nets of a wire, and put its ends on them."""
        for part, name in enumerate(names):
            for way, called in zip(ways, line.called, strict=False):
                nets = [self._net(_part(segment, part), name, not line.ends) for segment in way]
                axis = called.partition(":")[2]
                for inner, outer in pairwise(nets):
                    inner.outside.append(Way(outer, axis))
                    outer.inside.append(inner)
                    outer.things.add(inner.frame)
        for end, called, way in zip(line.ends, line.called, ways, strict=False):
            self._end(end, called, tuple(self._net(_part(way[0], part), "", False) for part in range(len(names))))
        for part in range(len(names)) if line.name else ():
            self._net(_part(ways[0][-1], part), "", False).things.add(line.name)

    def _net(self, segment: Segment, bond: str, is_ring: bool) -> Net:
        return self._nets.setdefault(self._find(segment), Net(segment[3], bond, is_ring))

    def _end(self, name: str, called: str, nets: tuple[Net, ...]) -> None:
        thing = self.drawing.things.get(name)
        if thing is None or thing.kind == "line":
            for net, part in zip(nets, parts_of(called), strict=False):
                net.tips.append(Tip(part, called))
            return
        end = End(name, called.partition(":")[0], nets)
        for net in nets:
            net.things.add(name)
            if thing.kind in (*TENSORS, "dots", *FRAMES):
                net.ends.append(end)
        self._ends.setdefault(name, []).append(end)


def parts_of(called: str) -> list[str]:
    """Return the indices of a group, or the one that is none."""
    return called[1:-1].split() if called.startswith("(") else [called]


def _part(segment: Segment, part: int) -> Segment:
    number, _, end, frame = segment
    return number, part, end, frame


def _names(line: Line) -> list[str]:
    """Return the names of the indices that a wire carries."""
    said = [called for called in (line.bond, *line.called[::-1]) if called]
    group = next((called for called in said if called.startswith("(")), "")
    plain: Iterator[str] = (called for called in said if called[0].isalpha() and ":" not in called)
    return parts_of(group) if group else [next(plain, "i")]
