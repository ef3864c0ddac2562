"""A connected part of a network, and what its layout needs to know of its surroundings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from penrose.data import NOTHING, Data, Equatable
from penrose.layout.geometry import XY
from penrose.layout.homes import Home, homes
from penrose.layout.names import Names
from penrose.layout.scene import Direction, Picture
from penrose.model.document import Bend, Figure, Labels
from penrose.model.expression import Apply, Regroup, Sum, Total
from penrose.model.index import Index, Leg, Pin, flat
from penrose.model.network import Network, Port, Stop, Tip, Vertex, Wire

Sides = Mapping[Index, Direction]


class Setting(Equatable):
    """The surroundings of a term.

    `legs` are its free legs and `sides` where they end; `open` are those that what is around draws, `hidden`
    the indices that are subscripts. `asked` are the sides that hints ask for, by the identity of an
    occurrence and its slot; `upside_down` says that transposes are drawn so. `inner` lays out what is in
    brackets or behind a wall, `depth` counts the walls around, `flow` is the direction that a hint asks for. `pins`
    are the places that the author has chosen for points of an edited picture, by their names.
    """

    names: Names
    figure: Figure
    legs: tuple[Leg, ...]
    sides: Sides
    asked: Mapping[tuple[int, int], Direction]
    panel: int
    labels: Labels
    upside_down: bool
    inner: Callable[[Inner, Setting], Picture]
    open: frozenset[Index] = frozenset()
    hidden: frozenset[Index] = frozenset()
    depth: int = 0
    flow: Direction | None = None
    pins: Mapping[str, XY] = NOTHING


Inner = Sum | Apply | Total | Regroup


class Part(Data):
    """The vertices and wires of a connected part, in reading order."""

    network: Network
    vertices: tuple[int, ...]
    wires: tuple[Wire, ...]
    setting: Setting

    def about(self, vertex: int) -> Vertex:
        """Return what a vertex is."""
        return self.network.vertices[vertex]

    @cached_property
    def is_number(self) -> bool:
        """Tell whether this is a tensor without legs beside something that has some."""
        (first, *more), wires = self.vertices, self.network.wires
        return not more and bool(wires) and self.about(first).kind == "tensor" and not self.about(first).legs

    @cached_property
    def bars(self) -> frozenset[int]:
        """The bars that fuse legs."""
        return frozenset(vertex for vertex in self.vertices if self.about(vertex).kind == "fuse")

    @cached_property
    def tips(self) -> dict[Port, Leg]:
        """The free leg, or the pin, at every port that has one."""
        found: dict[Port, Leg] = {}
        for wire in self.wires:
            for port, other in (wire.ends, wire.ends[::-1]):
                if isinstance(port, Port) and isinstance(other, Tip):
                    found[port] = other.leg
                elif isinstance(port, Port) and isinstance(other, Stop):
                    found[port] = other.pin
        return found

    @cached_property
    def tips_at(self) -> dict[int, list[Port]]:
        """The ports of every vertex that have a free leg."""
        found: dict[int, list[Port]] = {vertex: [] for vertex in self.vertices}
        for port in self.tips:
            found[port.vertex].append(port)
        return found

    @cached_property
    def spread(self) -> dict[int, int]:
        """How many free legs and ends of larger tensors every vertex joins."""
        found = {vertex: len(self.tips_at[vertex]) for vertex in self.vertices}
        for join in self.joins:
            for port, other in (join, join[::-1]):
                found[port.vertex] += len(self.about(other.vertex).legs) > 1
        return found

    @cached_property
    def joins(self) -> tuple[tuple[Port, Port], ...]:
        """The ends of every wire between two slots."""
        pairs = []
        for wire in self.wires:
            start, end = wire.ends
            if isinstance(start, Port) and isinstance(end, Port):
                pairs.append((start, end))
        return tuple(pairs)

    @cached_property
    def joins_at(self) -> dict[int, list[tuple[Port, Port]]]:
        """The joins at every vertex."""
        found: dict[int, list[tuple[Port, Port]]] = {vertex: [] for vertex in self.vertices}
        for join in self.joins:
            for vertex in {port.vertex for port in join}:
                found[vertex].append(join)
        return found

    def asked(self, port: Port) -> Direction | None:
        """Return the side that a hint asks for."""
        if not self.setting.asked:
            return None
        about = self.about(port.vertex)
        return self.setting.asked.get((id(about.factor), about.slots[port.slot])) if about.factor else None

    def bend(self, *ends: tuple[str, int]) -> int | None:
        """Return how far a hint bends a wire to the left, seen from its first end; ends are nodes and slots."""
        names = self.setting.names.of
        for hint in self.setting.figure.hints:
            if isinstance(hint, Bend) and (end := (names.get(id(hint.factor), ""), hint.slot)) in ends:
                return hint.degrees if end == ends[0] else -hint.degrees
        return None

    def home(self, port: Port) -> Home:
        """Return the side on which a slot is at home, or which a hint asks for."""
        asked = self.asked(port)
        if asked:
            return asked if asked in ("left", "right") else "vertical"
        about = self.about(port.vertex)
        if about.kind == "dots":
            return "left" if port.slot < len(about.legs) // 2 else "right"
        if about.kind == "fuse":
            return self._home_at_bar(port)
        home = self._homes[port.vertex][port.slot]
        return "vertical" if home in ("up", "down") else home

    @cached_property
    def _homes(self) -> dict[int, tuple[Home, ...]]:
        """The home sides at every vertex.

        In a tensor of three legs or more, those of hyperedges do not count; a matrix on a hyperedge whose other leg
        ends above or below may stand in any way.
        """
        both = (pair for join in self.joins for pair in (join, join[::-1]))
        fanned = {port for port, other in both if self._is_hyperedge(other.vertex)}
        found = {}
        for vertex in self.vertices:
            about = self.about(vertex)
            legs = range(len(about.legs))
            aside = {slot for slot in legs if Port(vertex, slot) in fanned} if len(legs) > 2 else set()
            found[vertex] = homes(about, self.setting.figure, frozenset(aside))
            ends = [self.setting.sides.get(index) for port in self.tips_at[vertex] for index in flat([self.tips[port]])]
            if (
                len(legs) == 2
                and ("up" in ends or "down" in ends)
                and any(Port(vertex, slot) in fanned for slot in legs)
            ):
                found[vertex] = ("any", "any")
        return found | dict.fromkeys(self._between_middles(found), ("any", "any"))

    def _between_middles(self, found: Mapping[int, tuple[Home, ...]]) -> Iterator[int]:
        """Yield the matrices that are joined to a middle leg of a larger tensor; they may stand in any way."""
        for join in self.joins:
            for port, other in (join, join[::-1]):
                middle = found[other.vertex][other.slot] == "vertical" and len(found[other.vertex]) > 2
                if middle and len(found[port.vertex]) == 2 and not self.tips_at[port.vertex]:
                    yield port.vertex

    def _is_hyperedge(self, vertex: int) -> bool:
        return self.about(vertex).kind == "dot" and self.about(vertex).factor is None

    def _home_at_bar(self, port: Port) -> Home:
        """Thin legs are at home opposite of the thick one, where that is free."""
        thick = Port(port.vertex, len(self.about(port.vertex).legs) - 1)
        if port == thick or thick not in self.tips:
            return "any"
        side = self.tip_side(thick)
        return "right" if side == "left" else "left" if side == "right" else "across"

    def is_plain(self, port: Port) -> bool:
        """Tell whether a free leg is the only one of a tensor or dot, and ends beside it."""
        about = self.about(port.vertex)
        alone = len(self.tips_at[port.vertex]) == 1
        return alone and about.body is None and about.kind != "fuse" and not self.is_open(port)

    def is_open(self, port: Port) -> bool:
        """Tell whether a free leg is left to what is around this part."""
        return self.tips[port] in self.setting.open

    def tip_side(self, port: Port) -> Direction:
        """Return the side on which a free leg ought to leave; a pinned one leaves at home."""
        leg = self.tips[port]
        asked = self.asked(port)
        if asked:
            return asked
        if isinstance(leg, Pin):
            home = self.home(port)
            return home if home in ("left", "right") else "down"
        return self.setting.sides.get(flat([leg])[0], "down")


def parts(network: Network, setting: Setting) -> list[Part]:
    """Return the connected parts of a network, in reading order."""
    root = list(range(len(network.vertices)))

    def find(vertex: int) -> int:
        while root[vertex] != vertex:
            root[vertex] = root[root[vertex]]
            vertex = root[vertex]
        return vertex

    for wire in network.wires:
        ends = [find(end.vertex) for end in wire.ends if isinstance(end, Port)]
        if len(ends) == 2:
            root[max(ends)] = min(ends)
    members: dict[int, list[int]] = {}
    for vertex in _reading_order(network):
        members.setdefault(find(vertex), []).append(vertex)
    wires: dict[int, list[Wire]] = {}
    for wire in network.wires:
        ends = [find(end.vertex) for end in wire.ends if isinstance(end, Port)]
        if ends:
            wires.setdefault(ends[0], []).append(wire)
    return [Part(network, tuple(members[key]), tuple(wires.get(key, ())), setting) for key in members]


def _reading_order(network: Network) -> list[int]:
    """Return the vertices as they were written, the dot of a hyperedge right after the first tensor on it."""
    rank = {vertex: float(vertex) for vertex in range(len(network.vertices))}
    for wire in network.wires:
        ports = [end.vertex for end in wire.ends if isinstance(end, Port)]
        for vertex in ports:
            if network.vertices[vertex].kind in ("dot", "fuse") and network.vertices[vertex].factor is None:
                rank[vertex] = min(rank[vertex], *(other + 0.5 for other in ports if other != vertex), rank[vertex])
    return sorted(rank, key=lambda vertex: (rank[vertex], vertex))
