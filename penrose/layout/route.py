"""The ways of wires between things that stand: straight, bent, in loops, and the tips of free legs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from math import dist

from penrose.data import replace
from penrose.layout.geometry import OPPOSITE, STEPS, TURNS, XY, at, crosses, curve, labels_of, leave_together, middle
from penrose.layout.joints import Joints, anchor_of, reach_of
from penrose.layout.legs import Join, Ways
from penrose.layout.look import Look
from penrose.layout.loops import Loops
from penrose.layout.measure import LEG, TENSOR, rounded
from penrose.layout.part import Part
from penrose.layout.scene import COMPASS, SLANTS, Direction, Exposed, Label, Picture, Point, Slant, Station, Wire
from penrose.layout.standing import Floor, Standing
from penrose.layout.tips import Surroundings, Way
from penrose.model.index import Group, Index, Pin, numbered
from penrose.model.network import Port
from penrose.model.notation import coordinate, label_of

BENDS = (25, -25, 40, -40, 55, -55, 70, -70, 85, -85)  # degrees, tried in this order where the straight way is blocked
APART = (28, 42, 55)  # degrees between parallel wires, tried in this order
NARROW = 0.1  # radians between the begins of two arcs, at least
MANY = 100  # wires of a part, beyond which an arc takes the first way that is free
FEW = 4  # bends that are tried then
HUGE = 3000  # wires of a part, beyond which all are straight
LEGS = 300  # that are settled from both ends
EDGE = 0.1  # cm between a leg on a slanted side of a triangle and the base of that
MOST = 70  # degrees that a wire bends


def route(part: Part, ways: Ways, standing: Mapping[int, Standing]) -> Picture:
    """Return the points of a part, its wires, and the free legs that it leaves open."""
    router = _Router(part, ways, standing, {}, {}, Floor(standing.values()))
    for vertex in standing.values():
        router.add_vertex(vertex)
    legs = router.legs()
    joins = [router.join(join) for join in part.joins if join not in ways.loops]
    router.clear(legs, joins)
    written = [box for leg in legs.values() for _, _, box in labels_of(leg, router.points)]
    loops = Loops(part, ways, standing, router.points, router.inner, written).draw()
    return Picture(router.points, wires=(*joins, *legs.values(), *loops), exposed=router.open)


@dataclass
class _Router(Joints):
    """Draws the wires between vertices and the free legs of a part; `open` are those that go on outside of it."""

    floor: Floor
    open: dict[Index, Exposed] = field(default_factory=dict)
    arcs: list[tuple[frozenset[int], list[XY]]] = field(default_factory=list)
    tips: dict[Port, str] = field(default_factory=dict)
    borders: dict[Direction, float] = field(default_factory=dict)

    def add_vertex(self, vertex: Standing) -> None:
        """Add the point of a vertex; a frame has one in the middle of each side instead."""
        if vertex.inside is None:
            self.points[vertex.name] = Point(vertex.x, vertex.y)
            return
        box = vertex.box
        for direction, compass in COMPASS.items():
            x, _ = middle(box, direction)
            dy = STEPS[direction][1]
            self.points[f"{vertex.name}.{compass}"] = Point(x, vertex.y + dy * vertex.look.extent.towards(direction))
        self.inner.update(vertex.inside.points)

    # ------------------------------------------------ between vertices

    def join(self, join: Join) -> Wire:
        """Return a wire between two vertices: straight, beside its parallels, or around what is in the way."""
        start, end = join
        if start in self.ways.lanes and end in self.ways.lanes and start not in self.ways.across:
            return self._along_lane(join)
        first, last = self.standing[start.vertex], self.standing[end.vertex]
        asked = (self.part.asked(start), self.part.asked(end))
        stations = [self._station(start, last), self._station(end, first)]
        if all(station.y_of != station.x_of and "." not in station.x_of for station in stations):
            stations[1] = self._base(end)  # one end gives way
        bend = self.part.bend(self._end(start), self._end(end))
        if bend is not None:
            return self._wire(join, stations, bend)
        parallel = self.ways.parallel(join)
        if len(parallel) > 1 and not self._are_apart(parallel):
            rank = parallel.index(join)
            if beside := self._beside(join, rank - (len(parallel) - 1) / 2):
                return beside
            leftmost = (first.x, -first.y) <= (last.x, -last.y)
            upright = abs(last.x - first.x) < abs(last.y - first.y)  # then the earlier ones are on the left
            share = (len(parallel) - 1 - 2 * rank) * (1 if leftmost != upright else -1)
            bent = [
                self._wire(join, stations, min(MOST, apart * abs(share)) * (1 if share > 0 else -1)) for apart in APART
            ]
            return next((wire for wire in bent if not self._hits(join, wire)), bent[0])
        wire = self._wire(join, stations)
        if any(asked):
            out, into = (TURNS[self.ways.sides[port]] for port in join)
            return replace(wire, out=out, into=into)
        joins = len(self.part.joins)
        if joins > HUGE or not self._hits(join, wire):
            return self._through_tips(join, wire)
        bends = BENDS if joins <= MANY else BENDS[:FEW]
        free = (other for bend in bends if not self._hits(join, other := self._wire(join, stations, bend)))
        bent = [*islice(free, 1 if joins > MANY else None)]
        wire = min(bent, key=lambda other: self._crossings(join, other)) if len(bent) > 1 else [*bent, wire][0]
        self.arcs.append((frozenset(port.vertex for port in join), curve(wire, self._all)))
        return wire

    def _are_apart(self, joins: Sequence[Join]) -> bool:
        """Tell whether wires between two vertices, of which one is a frame, end in different places in there."""
        ends = {exposed.name for join in joins for port in join if (exposed := self._exposed(port))}
        return len(ends) == len(joins)

    def _beside(self, join: Join, shift: float) -> Wire | None:
        """Return a straight wire beside parallel ones, if it ends at brackets, and both ends leave level or upright."""
        frames = [port for port in join if self.standing[port.vertex].inside]
        if not frames or any(self._exposed(port) for port in join):
            return None
        other = next((port for port in join if port not in frames), join[0])
        here, side = self.standing[other.vertex], self.ways.sides[other]
        if {self.ways.sides[port] for port in join} != {side, OPPOSITE[side]}:
            return None
        reach, step = here.look.extent.towards(side), shift * here.look.apart
        (dx, dy), border = STEPS[side], f"{here.name}.{COMPASS[side]}"
        x, y = here.x + dx * reach, here.y + dy * reach
        name = self._point_at(other, x + abs(dy) * step, y - abs(dx) * step)
        self.points.setdefault(border, Point(x, y, here.name))
        borders = [self._base(port).x_of if port in frames else border for port in join]
        return self._wire(join, [Station(at, name) if dy else Station(name, at) for at in borders])

    def _along_lane(self, join: Join) -> Wire:
        """Return a wire along a lane, bent if a hint says so."""
        bend = self.part.bend(*map(self._end, join))
        return self._wire(join, [self._on_lane(port) for port in join], bend or 0)

    def _through_tips(self, join: Join, wire: Wire) -> Wire:
        """Let a slanted wire that ends at the tip of a triangle meet it there."""
        places = [at(station, self._all) for station in wire.stations]
        for end, port in enumerate(join):
            here = self.standing[port.vertex]
            if here.look.shape != "triangle" or here.look.rotation or not self._is_tip(port):
                continue
            pointing = next(side for side, turn in TURNS.items() if turn == here.look.turn)
            (dx, dy), reach = STEPS[pointing], here.look.extent.towards(pointing)
            x, y = places[1 - end][0] - here.x, places[1 - end][1] - here.y
            if dx * x + dy * y > reach and abs(dy * x) + abs(dx * y) > 0.01 and places[end] == (here.x, here.y):
                name = self._point_at(port, here.x + dx * reach, here.y + dy * reach)
                return replace(wire, stations=(wire.stations[0], Station(name, name), wire.stations[1]))
        return wire

    def _is_tip(self, port: Port) -> bool:
        """Tell whether a slot is alone at the tip of an isometry."""
        about = self.part.about(port.vertex)
        tensor = self.part.setting.figure.tensors.get(about.factor.tensor) if about.factor else None
        return tensor is not None and tensor.tip() == (about.slots[port.slot],)

    def _station(self, port: Port, other: Standing) -> Station:
        """Return where a wire meets a vertex: its middle, or opposite the other end where the vertex is wide."""
        here, base, side = self.standing[port.vertex], self._base(port), self.ways.sides[port]
        if other.inside or self._exposed(port):
            return base
        across, along = abs(other.x - here.x), abs(other.y - here.y)
        wide, high = self._room(here)
        if side in ("up", "down") and (across > 0.01 or here.inside) and across < wide:
            return Station(base.y_of, other.name)
        if side in ("left", "right") and (along > 0.01 or here.inside) and along < high:
            return Station(other.name, base.x_of)
        return base

    def _room(self, vertex: Standing) -> tuple[float, float]:
        """Return how far from the middle of its sides a wire can meet a vertex at a right angle."""
        reach = vertex.look.extent
        if vertex.inside:
            return reach.left - 0.1, min(reach.up, reach.down) - 0.1
        return vertex.look.least[0] / 2 - 0.1, vertex.look.least[1] / 2 - 0.1

    def _hits(self, join: Join, wire: Wire) -> bool:
        """Tell whether a wire runs under a vertex that is not one of its ends, or over a label."""
        first, last = (self.standing[port.vertex] for port in join)
        room = dist((first.x, first.y), (last.x, last.y)) - min(first.look.extent) - min(last.look.extent)
        if room < TENSOR / 2 and not wire.bend and not self.floor.labels:
            return False  # nothing fits between them
        ends = {first.name, last.name}
        return not all(self.floor.is_free(a, b, ends) for a, b in pairwise(curve(wire, self._all)))

    def _crossings(self, join: Join, wire: Wire) -> int:
        """Count the straight wires between vertices that a wire crosses, and those with which it leaves one of them."""
        line = curve(wire, self._all)
        ends = {port.vertex for port in join}
        count = 0
        for start, end in self.part.joins:
            first, last = self.standing[start.vertex], self.standing[end.vertex]
            straight = ((first.x, first.y), (last.x, last.y))
            if not {start.vertex, end.vertex} & ends:
                count += any(crosses(a, b, *straight) for a, b in pairwise(line))
            elif {start.vertex, end.vertex} != ends:
                count += leave_together(line, straight, NARROW)
        for others, arc in self.arcs:
            if others & ends:
                count += leave_together(line, arc, NARROW)
            else:
                count += any(crosses(a, b, c, d) for a, b in pairwise(line) for c, d in pairwise(arc))
        return count

    # ------------------------------------------------ free legs

    def legs(self) -> dict[Port, Wire]:
        """Return the free legs, several on one side in parallel and in the order of slots.

        Those that are open inside of a frame are in parallel where they leave the same thing in there. Those that are
        left open for what is around this part are only told of. Wires between vertices keep clear of the labels of
        those that stay where they are.
        """
        sides: dict[tuple[int, str, Direction | Slant], list[Port]] = {}
        for port in self.part.tips:
            exposed = self.standing[port.vertex].exposed(self._leg_of(port))
            start = f"{exposed.base.y_of} {exposed.base.x_of}" if exposed else ""
            sides.setdefault((port.vertex, start, self._wanted(port)[0]), []).append(port)
        found: dict[Port, Wire] = {}
        for (_, _, side), ports in sides.items():
            for rank, port in enumerate(sorted(ports, key=lambda p: self._end(p)[1])):
                leg = self.part.tips[port]
                if isinstance(leg, Index) and leg in self.part.setting.open:
                    in_lane = port in self.ways.lanes and self.standing[port.vertex].inside is None
                    base = self._on_lane(port) if in_lane else self._base(port)
                    self.open[leg] = Exposed(*self._end(port), self._called(port), base)
                    continue
                found[port] = self._leg(port, side, rank, len(ports))
                if not self._may_turn(port):
                    self.floor.keep(labels_of(found[port], self._all))
        return found

    def clear(self, legs: dict[Port, Wire], joins: Sequence[Wire]) -> None:
        """Let the only leg of a vertex leave elsewhere if it would meet other wires, or another leg."""
        single = {port: legs[port] for port in legs if self._may_turn(port)}
        order = sorted(single, key=lambda port: numbered(str(self.part.tips[port])) or ("", 0))
        others = [*joins, *(leg for port, leg in legs.items() if port not in single)]
        wanted = {port: self._wanted(port) for port in order}
        best: tuple[int, dict[Port, Way]] | None = None
        for tried in (order, order[::-1]) if len(order) <= LEGS else (order,):
            if single and (not best or best[0]):
                around = Surroundings(self._all, [vertex.box for vertex in self.standing.values()], others)
                found = around.ways({port: wanted[port] for port in tried}, self._leg_along, {} if best else single)
                best = min(best or found, found, key=lambda one: one[0])
        for port, way in best[1].items() if best else ():
            legs[port] = self._leg_along(port, way)  # the last attempt may have put its end elsewhere

    def _wanted(self, port: Port) -> Way:
        direction = self.ways.slants.get(port) or self.ways.sides[port]
        return direction, direction

    def _leg_along(self, port: Port, way: Way) -> Wire:
        """Return a free leg that is alone on its side."""
        leg, label = self._leg(port, way[0], 0, 1), way[1]
        return replace(leg, labels=(None, replace(leg.labels[1], side=label))) if leg.labels[1] else leg

    def _may_turn(self, port: Port) -> bool:
        """Tell whether a free leg may leave on any side."""
        round_or_box = self.standing[port.vertex].look.shape not in ("triangle", "bar")
        return round_or_box and self.part.is_plain(port) and not self.part.asked(port)

    def _leg(self, port: Port, side: Direction | Slant, rank: int, ports: int) -> Wire:
        """Return a free leg, one of some on a side."""
        leg = self.part.tips[port]
        name, slot = self._end(port)
        if port not in self.tips:
            self.tips[port] = self.part.setting.names.tip(f"{name}--{coordinate(str(leg))}")
        tip = self.tips[port]
        here = self.standing[port.vertex].look
        inwards = _inwards(here, side, (ports - 1) / 2 * here.apart)
        self.points[tip] = self._tip(port, side, (rank - (ports - 1) / 2) * here.apart + inwards)
        station = self._base(port) if side in SLANTS else self._leg_station(port, side, tip, ports)
        pinned = isinstance(leg, Pin)
        shown = pinned or self.part.setting.labels != "none"
        labels = (None, Label(label_of(leg), side) if shown else None)
        return Wire(
            str(leg),
            ((name, slot), None),
            (station, Station(tip, tip)),
            self.part.setting.panel,
            self.part.bend((name, slot)) or 0,
            labels=labels,
            thick=isinstance(leg, Group),
            pinned=pinned,
            called=(self._called(port), str(leg)),
        )

    def _tip(self, port: Port, side: Direction | Slant, shift: float) -> Point:
        """Return the end of a free leg: beyond the border of its vertex, beside it where there are several."""
        owner = self.standing[port.vertex]
        dx, dy = STEPS[side]
        if port in self.ways.lanes and side == self.ways.lanes[port].side:
            x, y = self._out_of(port)
            end = rounded(self._border(side) + LEG)
            return Point(dx * end if dx else x, dy * end if dy else y, owner.name)
        exposed = self._exposed(port)
        reach = reach_of(owner.look.extent, side)
        shift = 0.0 if dx and dy else shift
        x, y = owner.x + dx * reach + abs(dy) * shift, owner.y + dy * reach - abs(dx) * shift
        if not exposed:
            return Point(round(x, 4), round(y, 4), "" if owner.inside else owner.name)
        inner_x, inner_y = at(exposed.base, self.inner)
        x, y = (x, inner_y - shift) if dx else (inner_x + shift, y)
        return Point(round(x, 4), round(y, 4), anchor_of(exposed.base))

    def _leg_station(self, port: Port, side: Direction | Slant, tip: str, ports: int) -> Station:
        owner, start = self.standing[port.vertex], self._base(port)
        open_at = start.x_of if owner.inside and "." not in start.x_of else ""
        dots = {node.name for node in owner.inside.nodes if node.shape == "dot"} if owner.inside else set()
        alone = ports == 1 and not (port in self.ways.lanes and self.ways.lanes[port].shift)
        if open_at in dots or owner.look.shape in ("dot", "bar") or (alone and (open_at or not owner.inside)):
            return start
        return Station(start.y_of, tip) if side in ("up", "down") else Station(tip, start.x_of)

    def _border(self, side: Direction) -> float:
        """Return how far out vertices are on a side of the picture."""
        if side not in self.borders:
            dx, dy = STEPS[side]
            reach = (dx * v.x + dy * v.y + v.look.extent.towards(side) for v in self.standing.values())
            self.borders[side] = max(reach)
        return self.borders[side]


def _inwards(look: Look, side: Direction | Slant, half: float) -> float:
    """Return how far legs on a slanted side of a triangle move towards its tip, so as not to run along its base.

    They fill half of their width on both sides of the middle. To the right and downwards is positive.
    """
    if look.shape != "triangle" or look.rotation or side in SLANTS:
        return 0.0
    pointing = next(way for way, turn in TURNS.items() if turn == look.turn)
    if side in (pointing, OPPOSITE[pointing]):
        return 0.0
    over = max(0.0, half + EDGE - look.extent.towards(OPPOSITE[pointing]))
    return over if pointing in ("right", "down") else -over
