"""Placements by stress: distances on paper like distances in the network, then put on the grid.

The start is PivotMDS (Brandes and Pich); stress goes down by majorization, every vertex by what its neighbours
and some pivots ask for (Ortmann, Klimenta and Brandes). All sums are rounded before anything is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import atan2, cos, hypot, sin

from penrose.layout.cells import Cells, Piece
from penrose.layout.ground import Ground
from penrose.layout.motifs import distances

PIVOTS = 12  # at least
PAIRS = 5000  # of vertices and pivots, for which there may be more
ROUNDS = 30  # of majorization; fewer for a network of more vertices than ALL
FEWEST = 8
ALL = 60  # vertices, up to which there are so many rounds

Places = list[list[float]]


def stressed(piece: Piece, apart: float = 1.4) -> Cells:
    """Return cells by stress; neighbours are about `apart` cells from one another."""
    order = piece.ranked
    steps = _from_pivots(piece)
    places = _relaxed(piece, _start(order, steps), steps)
    turn(piece, places)
    return on_cells(order, places, apart)


def _from_pivots(piece: Piece) -> list[dict[int, int]]:
    """Return the distances from some vertices that are far from one another."""
    count = min(len(piece.ranked), max(PIVOTS, PAIRS // len(piece.ranked)))
    pivot = piece.ranked[0]
    nearest = {vertex: len(piece.ranked) for vertex in piece.ranked}
    found = []
    for _ in range(count):
        found.append(distances(pivot, piece.near))
        for vertex, steps in found[-1].items():
            nearest[vertex] = min(nearest[vertex], steps)
        pivot = max(piece.ranked, key=nearest.__getitem__)
    return found


def _start(order: Sequence[int], steps: Sequence[Mapping[int, int]]) -> Places:
    """Return the two main axes of the squared distances, centred both ways, by power iteration."""
    columns = steps[:PIVOTS]
    squares = [[-0.5 * column[vertex] ** 2 for column in columns] for vertex in order]
    by_column = [sum(row[k] for row in squares) / len(order) for k in range(len(columns))]
    mean = sum(by_column) / len(columns)
    centred = [
        [value - by_column[k] - here + mean for k, value in enumerate(row)]
        for row in squares
        for here in [sum(row) / len(columns)]
    ]
    width = len(columns)
    products = [[sum(row[i] * row[j] for row in centred) for j in range(width)] for i in range(width)]
    axes: Places = []
    for number in range(min(2, width)):
        axis = [1.0 / (1 + (k + number) % 7 + k / 50) for k in range(width)]
        for _ in range(60):
            for other in axes:
                share = sum(a * b for a, b in zip(axis, other, strict=True))
                axis = [a - share * b for a, b in zip(axis, other, strict=True)]
            axis = [sum(p * a for p, a in zip(row, axis, strict=True)) for row in products]
            length = hypot(*axis) or 1.0
            axis = [a / length for a in axis]
        axes.append(axis)
    places = [[sum(value * a for value, a in zip(row, axis, strict=True)) for axis in axes] for row in centred]
    size = hypot(*(x for place in places for x in place)) or 1.0
    wide = hypot(*(x for row in squares for x in [max(-2 * value for value in row) ** 0.5])) or 1.0
    spread = [[round(wide * x / size, 6) for x in place] + [0.0] * (2 - len(place)) for place in places]
    return [[x + 1e-3 * ((7 * n) % 11), y + 1e-3 * ((5 * n) % 13)] for n, (x, y) in enumerate(spread)]


def _relaxed(piece: Piece, places: Places, steps: Sequence[Mapping[int, int]]) -> Places:
    """Move every vertex to the mean of where its neighbours and the pivots want it."""
    rank = piece.rank
    pivots = [next(rank[vertex] for vertex, away in column.items() if away == 0) for column in steps]
    near = [[rank[other] for other in piece.near[vertex]] for vertex in piece.ranked]
    wants = [
        [
            (pivot, column[vertex], 1.0 / column[vertex] ** 2)
            for pivot, column in zip(pivots, steps, strict=True)
            if column[vertex] > 1
        ]
        + [(other, 1, 1.0) for other in near[number]]
        for number, vertex in enumerate(piece.ranked)
    ]
    for _ in range(max(FEWEST, min(ROUNDS, ROUNDS * ALL // len(places)))):
        for number, wanted in enumerate(wants):
            x, y = places[number]
            sum_x = sum_y = total = 0.0
            for other, away, weight in wanted:
                ox, oy = places[other]
                dx, dy = x - ox, y - oy
                length = (dx * dx + dy * dy) ** 0.5 or 1e-3
                share = away / length
                sum_x += weight * (ox + dx * share)
                sum_y += weight * (oy + dy * share)
                total += weight
            if total:
                places[number] = [sum_x / total, sum_y / total]
    return [[round(x, 6), round(y, 6)] for x, y in places]


def turn(piece: Piece, places: Places) -> None:
    """Turn a picture so that its wires agree best with the axes: the angle of the sum of their fourth powers."""
    real = imaginary = 0.0
    for one, other in piece.lines:
        (x0, y0), (x1, y1) = places[piece.rank[one]], places[piece.rank[other]]
        angle = 4 * atan2(y1 - y0, x1 - x0)
        real, imaginary = real + cos(angle), imaginary + sin(angle)
    turn = -atan2(round(imaginary, 6), round(real, 6)) / 4
    for number, (x, y) in enumerate(places):
        places[number] = [round(x * cos(turn) - y * sin(turn), 5), round(x * sin(turn) + y * cos(turn), 5)]


def on_cells(order: Sequence[int], places: Places, apart: float) -> Cells:
    """Put vertices on the nearest free cells, those near the middle first."""
    middle_x, middle_y = (sum(place[axis] for place in places) / len(places) for axis in (0, 1))
    near_first = sorted(
        range(len(order)), key=lambda n: (round(hypot(places[n][0] - middle_x, places[n][1] - middle_y), 4), n)
    )
    cells: Cells = {}
    ground = Ground()
    for number in near_first:
        x, y = apart * places[number][0], apart * places[number][1]
        middle = float(round(x)), float(round(y))
        around = ground.ring(middle, ground.reach(middle))
        cell = min(around, key=lambda cell: (round(hypot(cell[0] - x, cell[1] - y), 4), cell))
        cells[order[number]] = cell
        ground.take(cell)
    return cells
