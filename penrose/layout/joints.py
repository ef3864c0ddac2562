"""Where wires meet what stands: the names, slots and places of their ends."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penrose.data import replace
from penrose.layout.geometry import STEPS, XY, at, side_of_middle
from penrose.layout.legs import Join, Ways
from penrose.layout.measure import LEG, SLANTED_LEG, TENSOR, rounded
from penrose.layout.part import Part
from penrose.layout.scene import COMPASS, SLANTS, Direction, Exposed, Extent, Label, Point, Slant, Station, Wire
from penrose.layout.standing import Standing
from penrose.model.index import Group, Leg
from penrose.model.network import Port
from penrose.model.notation import coordinate, label_of


@dataclass
class Joints:
    """The ends of the wires of a part, and the points that they need; `inner` are those inside of frames."""

    part: Part
    ways: Ways
    standing: Mapping[int, Standing]
    points: dict[str, Point]
    inner: dict[str, Point]

    def _leg_of(self, port: Port) -> Leg:
        return self.part.about(port.vertex).legs[port.slot]

    def _exposed(self, port: Port) -> Exposed | None:
        """Return what is open inside of a frame, if the leg is."""
        vertex = self.standing[port.vertex]
        return vertex.exposed(self._leg_of(port)) if vertex.inside else None

    def _end(self, port: Port) -> tuple[str, int]:
        """Return what a wire ends on: a node and its slot, inside of a frame if the leg is open there."""
        if exposed := self._exposed(port):
            return exposed.name, exposed.slot
        vertex = self.standing[port.vertex]
        return vertex.name, self.part.about(port.vertex).slots[port.slot]

    def _called(self, port: Port) -> str:
        """Return what the end of a wire is called where it is."""
        if exposed := self._exposed(port):
            return exposed.called
        vertex, about = self.standing[port.vertex], self.part.about(port.vertex)
        if vertex.inside:
            return str(about.legs[port.slot])
        return "." if about.kind == "dot" else str(about.slots[port.slot] + 1)

    def _base(self, port: Port) -> Station:
        """Return where a slot is: at its node, on the side of a frame, or at what is open inside of one."""
        if exposed := self._exposed(port):
            return exposed.base
        vertex, side = self.standing[port.vertex], self.ways.sides[port]
        if vertex.inside is None:
            return Station(vertex.name, vertex.name)
        middle = f"{vertex.name}.{COMPASS[side]}"
        return Station(vertex.axis or middle if side in ("left", "right") else middle, middle)

    def _wire(self, join: Join, stations: Sequence[Station], bend: int = 0) -> Wire:
        leg = self._leg_of(join[0])
        ends = (self._end(join[0]), self._end(join[1]))
        called = (self._called(join[0]), self._called(join[1]))
        thick = isinstance(leg, Group)
        wire = Wire(str(leg), ends, tuple(stations), self.part.setting.panel, bend, thick=thick, called=called)
        middle = self._middle(wire, leg)
        return replace(wire, middle=middle) if middle else wire

    def _middle(self, wire: Wire, leg: Leg) -> Label | None:
        """Return the label of a bond, where all indices have labels."""
        if self.part.setting.labels != "all" or len(wire.stations) != 2:
            return None
        start, end = (at(station, self._all) for station in wire.stations)
        return Label(label_of(leg), side_of_middle(start, end, wire.bend))

    @property
    def _all(self) -> Mapping[str, Point]:
        return ChainMap(self.points, self.inner) if self.inner else self.points

    def _on_lane(self, port: Port) -> Station:
        """Return where a lane meets a vertex: at its middle, or at a point of its own, which moves with it."""
        name = self.standing[port.vertex].name
        if not self.ways.lanes[port].shift:
            return Station(name, name)
        point = self._point_at(port, *self._out_of(port))
        return Station(name, point) if self.ways.is_upright else Station(point, name)

    def _point_at(self, port: Port, x: float, y: float) -> str:
        """Add a point where a wire meets a vertex, and return its name; it moves with what is no frame."""
        here = self.standing[port.vertex]
        name = self.part.setting.names.tip(f"{here.name}--{coordinate(str(self._leg_of(port)))}")
        self.points[name] = Point(round(x, 4), round(y, 4), "" if here.inside else here.name)
        return name

    def _out_of(self, port: Port) -> XY:
        """Return where a lane comes out of a vertex."""
        here, lane = self.standing[port.vertex], self.ways.lanes[port]
        (dx, dy), reach = STEPS[lane.side], here.look.extent.towards(lane.side)
        shift = lane.shift * self.ways.pitch
        return round(here.x + dx * reach + abs(dy) * shift, 4), round(here.y + dy * reach - abs(dx) * shift, 4)


def anchor_of(base: Station) -> str:
    """Return what a point beside that place moves with: nothing beside a frame, which moves with its members.

    A point on a lane moves with its vertex, whose name is the shorter one.
    """
    return "" if "." in base.x_of else min(base.x_of, base.y_of, key=len)


def reach_of(extent: Extent, side: Direction | Slant) -> float:
    """Return how far from the point of a tensor a free leg ends, along each of the axes in which it goes."""
    reach = rounded(extent.towards(side) + LEG)
    return rounded(reach - LEG - TENSOR / 2 + SLANTED_LEG) if side in SLANTS else reach
