"""Placements that are their own mirror images, of networks that are: what stands on the axis, and pairs beside it.

A reflection exchanges vertices that are joined alike. The start is by distances in the network, as with `stress`, where
the coordinate across the axis is opposite for the two of a pair and the other one is equal; then pairs move together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import hypot

from penrose.data import Equatable
from penrose.layout.board import Board
from penrose.layout.cells import Cell, Cells, Piece
from penrose.layout.motifs import distances
from penrose.layout.scene import Direction
from penrose.layout.search import cells_for

TRIED = 400  # pairs that are tried to find reflections
FEW = 6  # vertices of a piece, beyond which one reflection does for each direction
ROUNDS = 20  # of power iteration for the start, and half as many of majorization
APART = 1.4  # cells between neighbours at the start
ACROSS: tuple[Mapping[Direction, Direction], ...] = ({"left": "right", "right": "left"}, {"up": "down", "down": "up"})


class Reflection(Equatable):
    """The image of every vertex, and which coordinate has the opposite sign there: 0 for x, 1 for y."""

    images: Mapping[int, int]
    axis: int

    @property
    def middle(self) -> float:
        """Where the axis is: on cells if some vertices stand there, else between them."""
        return 0.0 if any(one == other for one, other in self.images.items()) else 0.5

    def image(self, cell: Cell) -> Cell:
        """Return where the image of what is on a cell stands."""
        x, y = cell
        return (x, 2 * self.middle - y) if self.axis else (2 * self.middle - x, y)


def symmetric(piece: Piece, budget: int) -> Iterator[Cells]:
    """Yield placements that are their own mirror images; for each so many lines are looked at."""
    for reflection in _reflections(piece):
        board = Board(piece, _start(piece, reflection))
        _improve(board, reflection, budget)
        yield board.cells


# ---------------------------------------------------------------- reflections


def _reflections(piece: Piece) -> Iterator[Reflection]:
    """Yield some reflections of a piece, those first that exchange most."""
    wires = Counter(frozenset((edge.start, edge.end)) for edge in piece.edges)
    kinds = _kinds(piece, wires)
    found = 3 if len(piece.vertices) <= FEW else 1
    for axis in (0, 1) if piece.tips or found > 1 else (1,):
        sides = {v: Counter(piece.tips.get(v, ())) for v in piece.vertices}
        there = {v: Counter(ACROSS[axis].get(side, side) for side in piece.tips.get(v, ())) for v in piece.vertices}
        alike = {
            one: [o for o in piece.ranked if kinds[o] == kinds[one] and sides[o] == there[one]] for one in piece.ranked
        }
        yield from (Reflection(images, axis) for images in islice(_involutions(piece, alike, wires), found))


def _kinds(piece: Piece, wires: Counter[frozenset[int]]) -> dict[int, int]:
    """Return numbers for the vertices, the same for those that nothing around them tells apart."""
    told: dict[int, tuple[object, ...]] = {
        v: (v in piece.fans, v in piece.frames, v in piece.gates, len(piece.tips.get(v, ()))) for v in piece.ranked
    }
    several = 0
    while True:
        numbers: dict[tuple[object, ...], int] = {}
        kinds = {v: numbers.setdefault(told[v], len(numbers)) for v in piece.ranked}
        if len(numbers) == several:
            return kinds
        several = len(numbers)
        for v in piece.ranked:
            told[v] = (kinds[v], *sorted((kinds[other], wires[frozenset((v, other))]) for other in piece.near[v]))


def _involutions(
    piece: Piece, alike: Mapping[int, Sequence[int]], wires: Counter[frozenset[int]]
) -> Iterator[dict[int, int]]:
    """Yield ways to exchange vertices in pairs that leave all wires; what occurs twice is rather exchanged."""
    tensors, rank = piece.tensors, piece.rank
    order = _spread(piece, min(piece.ranked, key=lambda v: (len(alike[v]), rank[v])))
    left = TRIED
    stack: list[dict[int, int]] = [{}]
    while stack and left > 0:
        images = stack.pop()
        one = next((vertex for vertex in order if vertex not in images), None)
        if one is None:
            if any(v != image for v, image in images.items()):
                yield images
            continue
        others = [other for other in alike[one] if other not in images]
        others.sort(key=lambda o: (o != one, tensors.get(o) == tensors.get(one), -rank[o]))
        left -= len(others)
        for other in others:  # the last is tried first
            more = images | {one: other, other: one}
            if (one != other or _in_line(piece, one, more)) and all(
                wires[frozenset((one, known))] == wires[frozenset((other, image))]
                and wires[frozenset((other, known))] == wires[frozenset((one, image))]
                for known, image in images.items()
            ):
                stack.append(more)


def _in_line(piece: Piece, vertex: int, images: Mapping[int, int]) -> bool:
    """Tell whether what is joined to a vertex on the axis may stand there on two sides of it."""
    return sum(images.get(other) == other for other in piece.near[vertex]) <= 2


def _spread(piece: Piece, start: int) -> list[int]:
    """Return all vertices, those near one first."""
    found = [start]
    for one in found:
        found += [other for other in piece.near[one] if other not in found]
    return found


# ---------------------------------------------------------------- the start


def _start(piece: Piece, reflection: Reflection) -> Cells:
    """Return cells for all vertices by their distances in the network."""
    order, images = piece.ranked, [piece.rank[reflection.images[v]] for v in piece.ranked]
    steps = [[float(found[other]) for other in order] for found in (distances(v, piece.near) for v in order)]
    across = _axis(steps, images, -1.0)
    along = _axis(steps, images, 1.0)
    for _ in range(ROUNDS // 2):
        across, along = _nearer(steps, across, along)
    wide: tuple[Direction, Direction] = ("right", "left")
    high: tuple[Direction, Direction] = ("up", "down")
    across = _facing(piece, across, *(high if reflection.axis else wide))
    along = _facing(piece, along, *(wide if reflection.axis else high))
    found: Cells = {}
    taken: set[Cell] = set()
    far = sorted(range(len(order)), key=lambda n: (images[n] != n, round(hypot(across[n], along[n]), 4), n))
    for number in far:
        if order[number] in found:
            continue
        x, y = APART * across[number] + reflection.middle, APART * along[number]
        cell = _free_cell(x, y, reflection.middle, images[number] == number, taken)
        image = (2 * reflection.middle - cell[0], cell[1])
        taken.update((cell, image))
        found[order[number]], found[order[images[number]]] = cell, image
    return {v: (y, x) for v, (x, y) in found.items()} if reflection.axis else found


def _facing(piece: Piece, places: list[float], side: Direction, other: Direction) -> list[float]:
    """Return places along an axis, or their opposites, so that free legs point away from one another."""
    ends = ((piece.rank[v], tip) for v, tips in piece.tips.items() for tip in tips)
    outwards = sum(((tip == side) - (tip == other)) * places[number] for number, tip in ends)
    return [-place for place in places] if round(outwards, 6) < 0 else places


def _free_cell(x: float, y: float, middle: float, alone: bool, taken: set[Cell]) -> Cell:
    """Return the nearest free cell, on the axis for what has no image, else beside it."""
    cx, cy = (middle if alone else float(round(x))), float(round(y))
    reach = 1
    while True:
        columns = [cx] if alone else [cx + dx for dx in range(-reach, reach + 1)]
        cells = [(column, cy + dy) for column in columns for dy in range(-reach, reach + 1)]
        free = [cell for cell in cells if cell not in taken and (alone or cell[0] != middle)]
        if free:
            return min(free, key=lambda cell: (round(hypot(cell[0] - x, cell[1] - y), 4), cell))
        reach += 1


def _axis(steps: Sequence[Sequence[float]], images: Sequence[int], sign: float) -> list[float]:
    """Return the main axis of the squared distances that an image has the same, or the opposite, place on."""
    count = len(steps)
    squares = [[-0.5 * away * away for away in row] for row in steps]
    means = [sum(row) / count for row in squares]
    mean = sum(means) / count
    products = [[squares[i][j] - means[i] - means[j] + mean for j in range(count)] for i in range(count)]
    axis = [1.0 + (7 * number % 11) / 11 + number / 50 for number in range(count)]
    length = 0.0
    for _ in range(ROUNDS):
        axis = [(axis[n] + sign * axis[images[n]]) / 2 for n in range(count)]
        axis = [sum(p * a for p, a in zip(row, axis, strict=True)) for row in products]
        length = hypot(*axis)
        if length < 1e-9:
            return [0.0] * count
        axis = [a / length for a in axis]
    return [round(length**0.5 * a, 6) for a in axis]


def _nearer(
    steps: Sequence[Sequence[float]], across: Sequence[float], along: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Move every vertex to the mean of where all others want it, all at once, so that pairs stay pairs."""
    count = len(steps)
    xs, ys = [], []
    for one in range(count):
        x, y = across[one], along[one]
        sum_x = sum_y = total = 0.0
        for other in range(count):
            away = steps[one][other]
            if away:
                dx, dy = x - across[other], y - along[other]
                share, weight = away / (hypot(dx, dy) or 1e-3), 1 / (away * away)
                sum_x += weight * (across[other] + dx * share)
                sum_y += weight * (along[other] + dy * share)
                total += weight
        xs.append(round(sum_x / total, 9))
        ys.append(round(sum_y / total, 9))
    return xs, ys


# ---------------------------------------------------------------- the search


def _improve(board: Board, reflection: Reflection, budget: int) -> None:
    """Move pairs, and what is on the axis, as long as that makes the placement cheaper, and the budget lasts."""
    images, rank = reflection.images, board.piece.rank
    moving = True
    while moving and board.work < budget:
        moving = False
        for vertex in board.piece.ranked:
            if rank[vertex] <= rank[images[vertex]] and board.work < budget:
                moving |= _improve_one(board, vertex, reflection)


def _improve_one(board: Board, vertex: int, reflection: Reflection) -> bool:
    images, here = reflection.images, board.cells[vertex]
    best, chosen = 1e-6, None
    for cell in cells_for(board, vertex):
        other = board.at.get(cell)
        moved = _both(vertex, cell, reflection)
        if other not in (None, vertex, images[vertex]):
            moved |= _both(other, here, reflection) if other is not None else {}
        if len({*moved.values()}) < len(moved) or any(board.at.get(c, v) not in moved for v, c in moved.items()):
            continue
        if any(images[v] == v and c != reflection.image(c) for v, c in moved.items()):
            continue
        before = board.price({v: board.cells[v] for v in moved})
        after = board.price(moved, before - best)
        if before - after > best:
            best, chosen = before - after, moved
    if chosen:
        board.move(chosen)
    return chosen is not None


def _both(vertex: int, cell: Cell, reflection: Reflection) -> Cells:
    """Return a vertex and its image, moved to a cell and its image."""
    return {reflection.images[vertex]: reflection.image(cell), vertex: cell}
