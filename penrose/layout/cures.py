"""Hints that cure the faults of a picture: a free place for a tensor, a free side for a leg."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from penrose.data import Data
from penrose.layout.drawn import APART, STEP, Drawn, Leg, Written, clip, ends_of, holds, side_of
from penrose.layout.geometry import XY
from penrose.layout.measure import rounded
from penrose.layout.scene import Box, Group, Node, Text

MOST = 6  # tensors that a hint moves
FAR = 8  # steps from where a tensor stands in which a free place is looked for


class Cures(Data):
    """Finds the hints that cure the faults of a picture; no two of them put something at the same place.

    What is in `pins` was put somewhere in the .tikz, which holds whatever a hint says.
    """

    drawn: Drawn
    pins: frozenset[str] = frozenset()

    @cached_property
    def _occurrences(self) -> Counter[str]:
        return Counter(node.source for node in self.drawn.picture.nodes if node.stands_for)

    @cached_property
    def _given(self) -> dict[str, XY]:
        """The places that were told, which are free no more."""
        return {}

    def place(self, node: Node) -> str:
        """Return how to put a tensor where nothing is."""
        if not node.stands_for or node.name in self.pins:
            return self._coordinate(node.name)
        name, place = self._named(node), self._given.setdefault(node.name, self._free_place(node))
        if name:
            return f"place {name} elsewhere: layout {{ {_placed(name, place)} }}"
        name = f"{node.source}:here"
        return f"name {node.name} in the formula, {name}[..], and place it: layout {{ {_placed(name, place)} }}"

    def _named(self, node: Node) -> str:
        """Return a tensor as a hint names it, if it can."""
        if node.key:
            return f"{node.source}:{node.key}"
        return node.source if node.stands_for and self._occurrences[node.source] == 1 else ""

    def order(self, legs: Sequence[Leg]) -> str:
        """Return how to bring legs into their order: by exchanging the places of their tensors, if each has its own."""
        wires = [self.drawn.picture.wires[leg.wire] for leg in legs]
        nodes = [
            self.drawn.picture.called.get(ends_of(wire)[0]) if wire.ends != (None, None) else None for wire in wires
        ]
        names = [self._named(node) if node else "" for node in nodes]
        pinned = any(node.name in self.pins for node in nodes if node)
        if pinned or "" in names or len(set(names)) < len(names) or len(names) > MOST:
            return "move the coordinates of their tips in the .tikz"
        places = [self.drawn.picture.points[node.name] for node in nodes if node]
        ordered = sorted(range(len(legs)), key=lambda number: (legs[number].number, number))
        moved = [_placed(names[old], places[new][:2]) for new, old in enumerate(ordered) if new != old]
        return f"exchange their tensors: layout {{ {'; '.join(moved)} }}"

    def _coordinate(self, name: str) -> str:
        gone = ", or delete its line" if name in self.pins else ""
        return f"move the coordinate {name} in the .tikz{gone}"

    def _free_place(self, node: Node) -> XY:
        """Return the first place below, above or beside a tensor where neither tensors nor wires are."""
        point = self.drawn.picture.points[node.name]
        box = self.drawn.box_at[node.name].grown(APART * self.drawn.unit)
        for step in range(1, FAR + 1):
            for dx, dy in ((0, -1), (0, 1), (1, 0), (-1, 0)):
                x, y = step * STEP * dx, step * STEP * dy
                if self._is_free(Box(box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y)):
                    return rounded(point.x + x), rounded(point.y + y)
        return rounded(point.x), rounded(point.y - (FAR + 1) * STEP)

    def _is_free(self, box: Box) -> bool:
        drawn = self.drawn
        if any(holds(box.grown(STEP / 2), place) for place in self._given.values()):
            return False
        if any(drawn.boxes[number].meets(box) for number in drawn.floor.near(box)):
            return False
        return not any(clip(piece, box) for wire in drawn.web.near(box) for piece in pairwise(drawn.lines[wire]))

    def turn(self, wire: int) -> str:
        """Return how to let a wire leave on a side of one of its tensors where none does."""
        ends = self.drawn.picture.wires[wire].ends
        nodes = [
            node for place in ends if place and (node := self.drawn.picture.called.get(place[0])) and node.stands_for
        ]
        for node in nodes:
            sides = [side_of(self.drawn.way_out(*end)) for end in self.drawn.at_ends[node.name]]
            free = next((side for side in ("up", "down", "right", "left") if side not in sides), None)
            leg = self._leg(wire, node)
            if free and leg:
                return f"let the leg leave elsewhere: layout {{ leg {leg} {free} }}"
        return self.place(nodes[0]) if nodes else "move the coordinates that it passes in the .tikz"

    def _leg(self, wire: int, node: Node) -> str:
        """Return the leg of a tensor that a wire ends on as a hint names it, if it can: by its index."""
        index = self.drawn.picture.wires[wire].index
        return f"{self._named(node) or node.source}.{index}" if re.fullmatch(r"[\w']+", index) else ""

    def move(self, item: Node | Text) -> str:
        """Return how to put a tensor or a text elsewhere."""
        return self.place(item) if isinstance(item, Node) else self._coordinate(item.name)

    def member(self, group: Group) -> str:
        """Return how to put something in a frame elsewhere."""
        held = [node for node in self.drawn.picture.nodes if group.name in self.drawn.around.get(node.name, ())]
        return self.place(held[0]) if held else self._coordinate(group.members[0])

    def label(self, label: Written, met: Node | Text | None = None) -> str:
        """Return how to get a label away from a tensor or another label."""
        if label.wire is not None:
            bond = None not in self.drawn.picture.wires[label.wire].ends
            return "hide the names of bonds: layout { labels free }" if bond else self.turn(label.wire)
        if label.text:
            return self._coordinate(label.text.name)
        return self.move(met) if met else "move a coordinate inside of the bubble in the .tikz"

    def label_on_wire(self, label: Written, wire: int) -> str:
        """Return how to get a label away from a wire."""
        return self.turn(wire) if label.wire is None else self.label(label)

    def label_on_wall(self, label: Written, group: Group) -> str:
        """Return how to get a label away from the wall of a frame, or the frame from the name of another."""
        return self.member(group) if label.wire is None and not label.text else self.label(label)


def _placed(name: str, place: XY) -> str:
    return f"place {name} at ({place[0]:g}, {place[1]:g})"
