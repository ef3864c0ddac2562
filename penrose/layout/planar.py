"""Placements in which no wires cross, if there is one: springs around every face, the outer one on a circle.

Springs that hold a drawing of faces within a convex one leave it without crossings, however stiff they are (Tutte 1963,
Floater 1997). So those that are long become stiffer, until wires are about as long as one another. Within every face
a ring of corners keeps what is around it apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin

from penrose.layout.board import Board
from penrose.layout.cells import Cells, Piece
from penrose.layout.faces import Face
from penrose.layout.stress import Places, on_cells, turn

ROUNDS = 20  # after which springs become stiffer
STEPS = 6  # of every round, in which what they hold moves
CORNER = 0.6  # of a wire, between a vertex and a corner of a face
SLACK, STIFF = 1e-4, 1e4  # what springs may become
LEAST = 0.05  # of it stays in a round, at least
SHORT = 3  # of so many wires one may be shorter than a cell
SCALES = (1.0, 1.4, 2.0, 2.5, 3.0, 4.0, 6.0)  # tried, until no wires cross on cells


class _Springs:
    """Points, the first of which are vertices, and springs between them."""

    def __init__(self, count: int) -> None:
        self.at = [(0.0, 0.0)] * count
        self.held: list[list[tuple[int, int]]] = [[] for _ in range(count)]  # the other ends, with numbers of springs
        self.fixed: set[int] = set()
        self.ends: list[tuple[int, int]] = []
        self.wanted: list[float] = []  # how long springs are in the end, in wires; nothing if that does not matter
        self.stiff: list[float] = []

    def point(self, at: tuple[float, float] | None = None) -> int:
        self.at.append(at or (0.0, 0.0))
        self.held.append([])
        if at:
            self.fixed.add(len(self.at) - 1)
        return len(self.at) - 1

    def join(self, one: int, other: int, wanted: float = 0.0) -> None:
        self.held[one].append((other, len(self.ends)))
        self.held[other].append((one, len(self.ends)))
        self.ends.append((one, other))
        self.wanted.append(wanted)
        self.stiff.append(1.0)

    def settle(self, steps: int) -> None:
        """Move every point that is not fixed to the mean of those that it is joined to."""
        at, stiff = self.at, self.stiff
        for _ in range(steps):
            for point, held in enumerate(self.held):
                if point not in self.fixed:
                    sum_x = sum_y = total = 0.0
                    for other, spring in held:
                        weight, (x, y) = stiff[spring], at[other]
                        sum_x, sum_y, total = sum_x + weight * x, sum_y + weight * y, total + weight
                    at[point] = (sum_x / total, sum_y / total)

    def lengths(self) -> list[float]:
        ends = ((self.at[one], self.at[other]) for one, other in self.ends)
        return [hypot(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in ends]

    def stiffen(self, wires: int) -> None:
        """Make springs stiffer that are longer than they ought to be, and slacker if they are shorter."""
        lengths = self.lengths()
        mean = sum(lengths[:wires]) / wires
        for spring, wanted in enumerate(self.wanted):
            if wanted:
                stiffer = self.stiff[spring] * max(lengths[spring] / mean / wanted, LEAST)
                self.stiff[spring] = min(max(stiffer, SLACK), STIFF)


def planar(piece: Piece) -> Cells | None:
    """Return cells on which no wires cross, or hardly any; None if wires must cross, or the piece is a tree."""
    found = piece.faces
    if not found or len(found) == 1:
        return None
    places = _places(piece, found)
    turn(piece, places)
    tried = (on_cells(piece.ranked, places, scale) for scale in SCALES)
    counted = ((Board(piece, cells).count_crossings(), cells) for cells in tried)
    best = next(counted)
    while best[0] and (other := next(counted, None)):
        best = min(best, other, key=lambda one: one[0])
    return best[1]


def _places(piece: Piece, found: Sequence[Face]) -> Places:
    """Return where springs hold the vertices, by their ranks; most wires are longer than one."""
    outer = max(found, key=lambda face: (len({*face}.intersection(piece.tips)), len(face)))
    springs, rank, wires = _Springs(len(piece.ranked)), piece.rank, len(piece.lines)
    for one, other in piece.lines:
        springs.join(rank[one], rank[other], 1.0)
    for face in found:
        size = len(face)
        around = [2 * pi * number / size for number in range(size)]
        corners = [springs.point((cos(angle), sin(angle)) if face is outer else None) for angle in around]
        for vertex, corner in zip(face, corners, strict=True):
            springs.join(rank[vertex], corner, CORNER)
        if face is not outer:
            middle = springs.point()
            for corner, beside in zip(corners, corners[1:] + corners[:1], strict=True):
                springs.join(corner, beside)
                springs.join(corner, middle)
    springs.settle(3 * STEPS)
    for _ in range(ROUNDS):
        springs.settle(STEPS)
        springs.stiffen(wires)
    short = sorted(springs.lengths()[:wires])[wires // SHORT]
    return [[round(x / short, 6), round(y / short, 6)] for x, y in springs.at[: len(piece.ranked)]]
