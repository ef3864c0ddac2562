"""What a free leg would meet, and the directions in which it may leave instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from penrose.layout.drawn import SQUARE, clip, side_of
from penrose.layout.geometry import OPPOSITE, XY, crosses, curve, labels_of
from penrose.layout.grid import Grid
from penrose.layout.measure import POINT
from penrose.layout.scene import SLANTS, Box, Direction, Point, Slant, Wire
from penrose.model.index import numbered

MARGIN = 0.5 * POINT  # around a label
LINE = 0.02  # legs that end so near to a line end on it


class Surroundings:
    """What stands around free legs: boxes, wires with their labels, and the legs that are settled."""

    def __init__(self, points: Mapping[str, Point], boxes: Iterable[Box], wires: Iterable[Wire]) -> None:
        self.points = points
        self.boxes: list[Box] = []
        self.lines: list[list[XY]] = []
        self.standing, self.drawn = Grid(SQUARE), Grid(SQUARE)
        self.families: dict[tuple[str, Direction], list[tuple[int, XY]]] = {}
        for box in boxes:
            self._stand(box)
        for wire in wires:
            self.add(wire)

    def _stand(self, box: Box) -> None:
        self.standing.add(len(self.boxes), box)
        self.boxes.append(box)

    def add(self, wire: Wire) -> None:
        """Keep a wire."""
        line = curve(wire, self.points)
        self.drawn.add_line(len(self.lines), line)
        self.lines.append(line)
        for _, _, box in labels_of(wire, self.points):
            self._stand(box)
        if wire.ends[1] is None and (member := numbered(wire.index)):
            self.families.setdefault((member[0], _side(line)), []).append((member[1], line[-1]))

    def met(self, leg: Wire) -> int:
        """Count what a free leg and its label meet, and the legs of its family on one line that are out of order."""
        line = curve(leg, self.points)
        count = sum(
            any(crosses(a, b, c, d) for a, b in pairwise(line) for c, d in pairwise(self.lines[wire]))
            for wire in self.drawn.near_line(line)
        )
        own = [box for box in self._near(line) if _touches(line[:1], box)]
        count += sum(box not in own and _touches(line, box) for box in self._near(line))
        for _, _, box in labels_of(leg, self.points):
            label = box.grown(MARGIN)
            count += sum(label.meets(self.boxes[number]) for number in self.standing.near(label))
            count += sum(
                any(clip(piece, label) for piece in pairwise(self.lines[wire])) for wire in self.drawn.near(label)
            )
        return count + self._out_of_order(leg, line)

    def _near(self, line: list[XY]) -> Iterator[Box]:
        return (self.boxes[number] for number in self.standing.near_line(line))

    def _out_of_order(self, leg: Wire, line: list[XY]) -> int:
        member = numbered(leg.index)
        if not member:
            return 0
        side, (x, y) = _side(line), line[-1]
        count = 0
        for number, (there, level) in self.families.get((member[0], side), ()):
            upright = side in ("up", "down")
            if abs(level - y if upright else there - x) < LINE:
                after = there > x if upright else level < y
                count += after != (number > member[1])
        return count


def beginning_with(wanted: Direction | Slant) -> list[Direction | Slant]:
    """Return all directions, those near the one that is wanted first."""
    side = next(side for side in OPPOSITE if wanted.startswith(side))
    slants = [slant for slant in SLANTS if side in slant.split()]
    return list(dict.fromkeys([wanted, side, *slants, OPPOSITE[side], *OPPOSITE, *SLANTS]))


def _side(line: list[XY]) -> Direction:
    (x0, y0), (x1, y1) = line[-2:]
    return side_of((x1 - x0, y1 - y0))


def _touches(line: list[XY], box: Box) -> bool:
    inside = any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in line)
    return inside or any(clip(piece, box) for piece in pairwise(line))
