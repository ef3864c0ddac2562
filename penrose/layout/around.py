"""Ways around what the author has moved: wires are bent, and free legs turned, that would run into something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import pairwise
from math import hypot

from penrose.data import replace
from penrose.layout.drawn import Drawn, clip, ends_of, runs_under
from penrose.layout.geometry import STEPS, at, curve, side_of_middle
from penrose.layout.joints import reach_of
from penrose.layout.look import extent_around
from penrose.layout.measure import TENSOR
from penrose.layout.route import BENDS, NARROW
from penrose.layout.scene import Direction, Node, Picture, Point, Slant, Station, Wire
from penrose.layout.standing import ROOM
from penrose.layout.tips import WORSE, Surroundings, Way, meet

FARTHER = 0.2  # cm, steps in which a loop becomes wider
FARTHEST = 20  # steps, which are too many
LITTLE = 0.01  # cm, by which a wire may be aslant
END = 0.1  # cm from the corner of a wide tensor, at least, does a wire meet it


def around(picture: Picture, moved: Collection[str], asked: Collection[tuple[str, int]]) -> Picture:
    """Return a picture whose wires and free legs keep clear of what stands in their way, as far as they can.

    `moved` are the points that have been put elsewhere, `asked` the ends, nodes and slots, at which the author
    says how a wire leaves. Wires in parallel stay as they are, and so do legs of what is in brackets or bubbles.
    """
    ways = _Ways(_without_lanes(picture, moved), moved, asked)
    ways.bend()
    ways.widen()
    ways.turn()
    return replace(ways.picture, points=ways.points, wires=tuple(ways.wires))


def _without_lanes(picture: Picture, moved: Collection[str]) -> Picture:
    """Return a picture whose tensors are not high or wide for wires that are slanted since something has moved."""
    points, nodes, wires = dict(picture.points), list(picture.nodes), list(picture.wires)
    at_node = Drawn(picture).at_ends
    for place, node in enumerate(nodes):
        ends = at_node.get(node.name, ()) if node.shape in ("circle", "square") and max(node.least) > TENSOR else ()
        center = Station(node.name, node.name)
        aside = [(number, end) for number, end in ends if wires[number].stations[-end] != center]
        new = any(name in moved for number, _ in ends for name in ends_of(wires[number]))
        if not (new and aside and all(_is_slanted(wires[number], picture.points) for number, _ in aside)):
            continue
        nodes[place] = replace(node, least=(0.0, 0.0), extent=extent_around(node.label, (0.0, 0.0)))
        for number, end in ends:
            stations = [*wires[number].stations]
            stations[-end] = center
            wires[number] = replace(wires[number], stations=tuple(stations))
            tip = stations[end - 1].x_of
            if None in wires[number].ends and tip not in moved:
                points[tip] = _tip(points, nodes[place], _direction(wires[number], points))
        used = {name for wire in wires for station in wire.stations for name in station}
        points = {n: point for n, point in points.items() if point.anchor != node.name or n in used or n in moved}
    return replace(picture, points=points, nodes=tuple(nodes), wires=tuple(wires))


def _is_slanted(wire: Wire, points: Mapping[str, Point]) -> bool:
    """Tell whether a wire between two tensors is neither level nor upright."""
    (x0, y0), (x1, y1) = (at(wire.stations[end], points) for end in (0, -1))
    return None not in wire.ends and not wire.is_loop and min(abs(x1 - x0), abs(y1 - y0)) > LITTLE


def _direction(leg: Wire, points: Mapping[str, Point]) -> Direction | Slant:
    """Return the direction in which a free leg leaves, the nearest of eight."""
    (x0, y0), (x1, y1) = (at(station, points) for station in leg.stations)
    return max(STEPS, key=lambda way: ((x1 - x0) * STEPS[way][0] + (y1 - y0) * STEPS[way][1]) / hypot(*STEPS[way]))


def _tip(points: Mapping[str, Point], node: Node, way: Direction | Slant) -> Point:
    """Return the end of a free leg of a node in that direction."""
    here, reach, (dx, dy) = points[node.name], reach_of(node.extent, way), STEPS[way]
    return Point(round(here.x + dx * reach, 4), round(here.y + dy * reach, 4), node.name)


class _Ways:
    """The wires of a picture, which change one after another."""

    def __init__(self, picture: Picture, moved: Collection[str], asked: Collection[tuple[str, int]]) -> None:
        self.picture, self.moved, self.asked = picture, frozenset(moved), frozenset(asked)
        self.points: dict[str, Point] = dict(picture.points)
        drawn = Drawn(picture)
        self.frames, self.box_at = drawn.around, drawn.box_at
        self.wires = [self._met(wire) for wire in picture.wires]
        self.names = [item.name for item in (*picture.boxed, *picture.groups)]
        walls = [drawn.box_at[group.name] for group in picture.groups]
        around = {name for one in self.moved for name in self.frames.get(one, ())}
        self.boxes = [number for number, name in enumerate(self.names) if name in self.moved or name in around]
        self.near = Surroundings(self.points, [*drawn.boxes, *walls], (), drawn.hanging_with)
        self.kept = [self.near.add(wire) for wire in self.wires]

    # ------------------------------------------------ wires between tensors

    def _met(self, wire: Wire) -> Wire:
        """Return a wire that meets the tensors on which it ends; a wide one not beside its end any more."""
        if wire.is_loop or len(wire.ends) < 2:
            return wire
        first, *between, last = wire.stations
        ends = [self._station(station, end) for station, end in zip((first, last), wire.ends, strict=True)]
        between = [tip for tip in between if self._leaves_through(tip, wire)]
        return replace(wire, stations=(ends[0], *between, ends[1]))

    def _station(self, station: Station, end: tuple[str, int] | None) -> Station:
        """Return where a wire meets a tensor: where it did, or in its middle if that is not on the tensor any more."""
        node = self.picture.called.get(end[0]) if end else None
        if node is None or node.name not in station or station.x_of == station.y_of:
            return station
        x, y = at(station, self.points)
        box = self.box_at[node.name].grown(-END)
        return station if box.x0 < x < box.x1 and box.y0 < y < box.y1 else Station(node.name, node.name)

    def _leaves_through(self, tip: Station, wire: Wire) -> bool:
        """Tell whether the other end of a wire is still on the side to which the tip of a triangle points."""
        here, there = wire.stations[0], wire.stations[-1]
        if self.points[tip.x_of].anchor not in here:
            here, there = there, here
        (x0, y0), (x1, y1), (x, y) = (at(station, self.points) for station in (here, there, tip))
        return (x - x0) * (x1 - x) + (y - y0) * (y1 - y) > 0

    def bend(self) -> None:
        """Bend wires that run under something, if that or their ends moved; arcs of these are straight if possible."""
        parallel = Counter(frozenset(ends_of(wire)) for wire in self.wires)
        for number, wire in enumerate(self.wires):
            ends = frozenset(ends_of(wire))
            if len(ends) == 2 and parallel[ends] == 1 and self._may_bend(wire):
                new = not self.moved.isdisjoint(ends)
                if (new and (wire.bend or self._hits(wire))) or self._hits(wire, self.boxes):
                    self.near.drop(self.kept[number])
                    bent = [self._bent(wire, bend) for bend in (0, *BENDS)]
                    self.wires[number] = min(bent, key=lambda one: (self._hits(one), self._crossings(one)))
                    self.kept[number] = self.near.add(self.wires[number])

    def widen(self) -> None:
        """Move the far sides of loops away from what they run under."""
        for number, wire in enumerate(self.wires):
            corners = {name for _, name in wire.stations[1:-1] if name not in self.picture.called}
            new = not self.moved.isdisjoint(ends_of(wire))
            met = wire.is_loop and self._hits(wire, None if new else self.boxes)
            if met and self.moved.isdisjoint(corners):
                self.near.drop(self.kept[number])
                self._widen(wire, corners)
                self.kept[number] = self.near.add(wire)

    def _widen(self, loop: Wire, corners: Collection[str]) -> None:
        """Move the corners of a loop as little as they have to be, or not if that does not help."""
        half = len(loop.stations) // 2
        (x0, _), (x1, _) = (at(loop.stations[place], self.points) for place in (half - 1, half))
        known = {name: self.points[name] for name in corners}
        for step in (sign * far * FARTHER for far in range(1, FARTHEST) for sign in (1, -1)):
            dx, dy = (step, 0.0) if x0 == x1 else (0.0, step)
            self.points |= {name: point.moved(dx, dy) for name, point in known.items()}
            if not self._hits(loop):
                return
        self.points |= known

    def _may_bend(self, wire: Wire) -> bool:
        """Tell whether a wire stays within the same frames, and does not leave as the author says."""
        first, last = ends_of(wire)
        level = self.frames.get(first) == self.frames.get(last)
        return level and not wire.is_loop and wire.out is None and wire.into is None and not self.asked & {*wire.ends}

    def _bent(self, wire: Wire, bend: int) -> Wire:
        """Return a wire bent by so many degrees; a straight one meets a triangle as it does now."""
        if not bend:
            return replace(wire, bend=0)
        first, *_, last = wire.stations
        side = side_of_middle(at(first, self.points), at(last, self.points), bend)
        return replace(wire, stations=(first, last), bend=bend, middle=wire.middle and replace(wire.middle, side=side))

    def _hits(self, wire: Wire, among: Collection[int] | None = None) -> int:
        """Count the tensors, texts and frames, or some of them, but those that it ends on or is in, over a wire."""
        line = curve(wire, self.points)
        own = {name for end in ends_of(wire) for name in (end, *self.frames.get(end, ()))}
        known = range(len(self.names)) if among is None else among
        near = [number for number in self.near.standing.near_line(line, ROOM) if number in known]
        found = sum(runs_under(line, self.near.boxes[n], ROOM) for n in near if self.names[n] not in own)
        if wire.is_loop:  # whose far side keeps clear of its ends too
            far = line[len(line) // 2 - 1 : len(line) // 2 + 1]
            found += sum(runs_under(far, self.near.boxes[n], ROOM) for n in near if self.names[n] in ends_of(wire))
        return found

    def _crossings(self, wire: Wire) -> int:
        """Count the wires that a wire crosses or leaves a tensor with, and the labels that it runs over."""
        line = curve(wire, self.points)
        over = (self.near.boxes[number] for number in self.near.standing.near_line(line) if number >= len(self.names))
        met = sum(any(clip(piece, box) for piece in pairwise(line)) for box in over)
        return met + sum(meet(line, self.near.lines[number], NARROW) for number in self.near.drawn.near_line(line))

    # ------------------------------------------------ free legs

    def turn(self) -> None:
        """Let free legs leave elsewhere that meet something, if they or that are new where they are."""
        wires = zip(self.wires, self.picture.wires, strict=True)
        changed = [one for one, old in wires if one.bend != old.bend or not self.moved.isdisjoint(ends_of(one))]
        new = Surroundings(self.points, [self.near.boxes[number] for number in self.boxes], changed)
        legs = [number for number, wire in enumerate(self.wires) if self._may_turn(wire)]
        near = [n for n in legs if self.moved & {*ends_of(self.wires[n])} or new.met(self.wires[n]) >= WORSE]
        troubled = [number for number in near if self._is_met(number)]
        for number in troubled:
            self.near.drop(self.kept[number])
        wanted = {number: (side, side) for number in troubled for side in [_direction(self.wires[number], self.points)]}
        _, found = self.near.ways(wanted, self._leg_along, {number: self.wires[number] for number in troubled})
        for number, way in found.items():
            self.wires[number] = self._leg_along(number, way)

    def _may_turn(self, wire: Wire) -> bool:
        """Tell whether a wire is a free leg in the middle of a side of something round or of a box."""
        if len(wire.ends) < 2 or wire.ends[1] or not wire.ends[0] or len(wire.stations) != 2:
            return False
        name, tip = wire.ends[0][0], wire.stations[1].x_of
        node = self.picture.called.get(name)
        plain = node is not None and node.shape not in ("triangle", "bar") and name not in self.frames
        middle = wire.stations[0] == (name, name) and self.points[tip].anchor == name
        return plain and middle and tip not in self.moved and wire.ends[0] not in self.asked

    def _is_met(self, number: int) -> bool:
        self.near.drop(self.kept[number])
        met = self.near.met(self.wires[number]) >= WORSE
        self.kept[number] = self.near.add(self.wires[number])
        return met

    def _leg_along(self, number: int, way: Way) -> Wire:
        """Return a free leg in that direction, and put its end there."""
        leg = self.wires[number]
        name, tip = leg.stations[0].x_of, leg.stations[1].x_of
        self.points[tip] = _tip(self.points, self.picture.called[name], way[0])
        label = leg.labels[1]
        return replace(leg, labels=(None, label and replace(label, side=way[1])))
