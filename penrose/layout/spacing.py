"""From cells to coordinates: columns and rows as far apart as what stands in them needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from math import inf

from penrose.data import NOTHING
from penrose.layout.cells import Cells
from penrose.layout.drawn import SQUARE
from penrose.layout.geometry import STEPS, XY, box_around, crosses, distance
from penrose.layout.grid import Grid
from penrose.layout.legs import Ways
from penrose.layout.look import Look
from penrose.layout.measure import ASIDE, GAP, GRID, ROW_GAP, SIDE_BY_SIDE, TENSOR, on_grid
from penrose.layout.part import Part
from penrose.layout.scene import Direction, Extent

Lines = Mapping[float, float]  # the coordinate of every column, or row
Apart = Mapping[float, Mapping[float, float]]  # how far columns must be from ones before

Row = tuple[float, float]  # how far the first and the last tensor of one in a bubble are from the column of that
ALONE: Row = (0.0, 0.0)

APART = 1.0  # lines of a picture with slanted wires, where tensors in no common row or column are near one another
CLEAR = 0.3  # between what stands in such neighbouring rows
BESIDE = 0.1  # between a wire and a tensor that it passes, or two frames
LEG_AND_LABEL = 0.6  # of a free leg, beyond the gap to what it points to
LITTLE = 0.02  # of a gap, which are not worth a step of the grid
BESIDE_WALL = 0.38  # between a bubble and its neighbour in a row, at least
EVEN = 1.35  # times as wide as it must be, that a picture with slanted wires may become to keep its proportions


def spaced(part: Part, cells: Cells, ways: Ways, looks: Mapping[int, Look], rows: Mapping[int, Row]) -> dict[int, XY]:
    """Return where the vertices of a part stand; its axis is at height 0.

    `rows` are those in bubbles, which go on outside: the wire through the wall is as long as others.
    """
    extents = _with_legs(part, cells, ways, {vertex: looks[vertex].extent for vertex in cells})
    if ways.lanes:
        xs, ys = _lanes_of(cells, extents, ways)
        axis = _axis(part, cells, ways, ys)
        return {vertex: (round(xs[x], 4), round(ys[y] - axis, 4)) for vertex, (x, y) in cells.items()}
    slanted = any(
        cells[a.vertex][0] != cells[b.vertex][0] and cells[a.vertex][1] != cells[b.vertex][1] for a, b in part.joins
    )
    xs, ys = _lines_of(cells, extents, rows, slanted, EVEN if slanted and not rows else 0.0)
    if slanted:  # where lines closer together bring wires in the way, they are even
        even_xs, even_ys = _lines_of(cells, extents, rows, slanted, inf)
        if (xs, ys) != (even_xs, even_ys):
            near, even = (
                {v: (xs[x], ys[y]) for v, (x, y) in cells.items()} for xs, ys in ((xs, ys), (even_xs, even_ys))
            )
            if in_the_way(part, near, ways) > in_the_way(part, even, ways):
                xs, ys = even_xs, even_ys
    axis = _axis(part, cells, ways, ys)
    return {vertex: (xs[x], round(ys[y] - axis, 4)) for vertex, (x, y) in cells.items()}


def _with_legs(part: Part, cells: Cells, ways: Ways, extents: Mapping[int, Extent]) -> dict[int, Extent]:
    """Return how far vertices reach with those free legs that another one stands in the way of, or legs of several."""
    taken, found = set(cells.values()), dict(extents)
    legs: dict[tuple[int, Direction], int] = {}
    for port in part.tips:
        if port not in ways.slants and port not in ways.lanes:
            legs[port.vertex, ways.sides[port]] = legs.get((port.vertex, ways.sides[port]), 0) + 1
    aims = {key: (cells[key[0]][0] + STEPS[key[1]][0], cells[key[0]][1] + STEPS[key[1]][1]) for key in legs}
    shared = Counter(aims.values())
    for (vertex, side), count in legs.items():
        aim = aims[vertex, side]
        if aim in taken or shared[aim] > 2:
            beside = 0.0 if aim in taken else (count - 1) * SIDE_BY_SIDE / 2
            reach = extents[vertex].towards(side) + LEG_AND_LABEL + beside
            found[vertex] = found[vertex]._replace(**{side: reach})
    return found


def _lanes_of(cells: Cells, extents: Mapping[int, Extent], ways: Ways) -> tuple[Lines, Lines]:
    """Return the coordinates of columns and rows, of which either are lanes, as far apart as these must be."""
    if ways.is_upright:
        turned = {vertex: (y, x) for vertex, (x, y) in cells.items()}
        ys = _lines(turned, {v: (e.down, e.up) for v, e in extents.items()}, ROW_GAP, {}, True, True, EVEN)
        return {x: ways.pitch * x for x, _ in cells.values()}, ys
    ys = {y: ways.pitch * y for _, y in cells.values()}
    apart = _apart(cells, extents, ys)
    return _lines(cells, {v: (e.left, e.right) for v, e in extents.items()}, GAP, apart, True, False, EVEN), ys


def _lines_of(
    cells: Cells, extents: Mapping[int, Extent], rows: Mapping[int, Row], slanted: bool, even: float
) -> tuple[Lines, Lines]:
    """Return the coordinates of columns and rows, evenly apart unless that makes them so many times as wide."""
    turned = {vertex: (y, x) for vertex, (x, y) in cells.items()}
    ys = _lines(turned, {v: (e.down, e.up) for v, e in extents.items()}, ROW_GAP, {}, slanted, slanted, even)
    apart = _apart(cells, extents, ys)
    reach = {v: (e.left, e.right) for v, e in extents.items()}
    for vertex in rows:
        left, right = reach[vertex]
        reach[vertex] = left + BESIDE_WALL - GAP, right + BESIDE_WALL - GAP
    xs = _lines(cells, reach, GAP, apart, slanted, False, even, rows)
    return xs, ys


def in_the_way(part: Part, at: Mapping[int, XY], ways: Ways) -> tuple[int, int]:
    """Count the vertices under straight wires, which are faults, and the crossings of these."""
    ends = sorted({(a.vertex, b.vertex) for a, b in part.joins if (a, b) not in ways.loops})
    web, floor = Grid(SQUARE), Grid(SQUARE)
    for number, (a, b) in enumerate(ends):
        web.add_line(number, (at[a], at[b]))
    for vertex, (x, y) in at.items():
        floor.add(vertex, box_around(x, y, TENSOR, TENSOR))
    under = crossings = 0
    for number, (a, b) in enumerate(ends):
        line = (at[a], at[b])
        crossed = (ends[other] for other in web.near_line(line) if other > number)
        crossings += sum(crosses(*line, at[c], at[d]) for c, d in crossed if not {a, b} & {c, d})
        passed = (vertex for vertex in floor.near_line(line) if vertex not in (a, b))
        under += sum(distance(at[vertex], *line) < TENSOR / 2 + BESIDE for vertex in passed)
    return under, crossings


def _apart(cells: Cells, extents: Mapping[int, Extent], ys: Lines) -> Apart:
    """Return how far columns must be from ones before them, so that frames keep clear of other rows there."""
    high = {vertex for vertex, extent in extents.items() if extent.height > 1.5 * TENSOR}
    found: dict[float, dict[float, float]] = {}
    for one, other in ((a, b) for a in high for b in cells if cells[a][0] != cells[b][0]):
        before, after = (one, other) if cells[one][0] < cells[other][0] else (other, one)
        first, second = extents[before], extents[after]
        middle, level = ys[cells[before][1]], ys[cells[after][1]]
        clear = BESIDE if extents[other].height > TENSOR else 0.0
        if middle - first.down < level + second.up + clear and level - second.down < middle + first.up + clear:
            columns = found.setdefault(cells[after][0], {})
            need = first.right + ASIDE + second.left
            columns[cells[before][0]] = max(columns.get(cells[before][0], 0.0), need)
    return found


def _lines(
    cells: Cells,
    reach: Mapping[int, tuple[float, float]],
    gap: float,
    least: Apart,
    slanted: bool,
    full: bool,
    even: float,
    rows: Mapping[int, Row] = NOTHING,
) -> dict[float, float]:
    """Return the coordinate of every line of cells.

    `reach` is how far vertices reach before and behind it, `least` how far a line must be from ones before. A
    picture with slanted wires has its lines evenly apart, unless that makes it `even` times as large. `full` says that
    whatever stands in a line keeps clear of all that stands in the one before. Where `rows` go on, their ends are on
    the grid instead of their middles.
    """
    members: dict[float, list[int]] = {}
    for vertex, (line, _) in cells.items():
        members.setdefault(line, []).append(vertex)
    lines = sorted(members)
    found: dict[float, float] = {}
    last: dict[float, int] = {}  # the vertex before, of every row
    apart = APART if slanted else 1.5 * gap
    pitch = apart
    for before, line in pairwise([lines[0] - 1, *lines]):
        place, inside = found.get(before, 0.0) + apart * min(1.0, line - before), 0.0
        for earlier, need in least.get(line, {}).items():
            place = max(place, found[earlier] + need)
            pitch = max(pitch, need / (line - earlier))
        if full and before in members:
            clear = max(reach[v][1] for v in members[before]) + CLEAR + max(reach[v][0] for v in members[line])
            place = max(place, found[before] + clear)
            pitch = max(pitch, clear / (line - before))
        for vertex in members[line]:
            row = cells[vertex][1]
            if row in last:
                there = cells[last[row]][0]
                need = reach[last[row]][1] + gap - LITTLE + reach[vertex][0]
                if found[there] + need > place:
                    place = found[there] + need
                    own = rows.get(last[row], ALONE)[1] + rows.get(vertex, ALONE)[0]
                    inside = own if there == before else 0.0
                pitch = max(pitch, need / (line - there))
            last[row] = vertex
        start = found.get(before, place) + inside
        found[line] = start + on_grid(place - start)
    pitch = -(-round(2 * pitch, 6) // (2 * GRID)) * GRID if any(line % 1 for line in lines) else on_grid(pitch)
    if even and pitch * (lines[-1] - lines[0]) <= even * (found[lines[-1]] - found[lines[0]]) + GRID:
        return {line: round(pitch * (line - lines[0]), 4) for line in lines}
    return {line: round(place - found[lines[0]], 4) for line, place in found.items()}


def _axis(part: Part, cells: Cells, ways: Ways, ys: Lines) -> float:
    """Return the height of the axis: of the legs that leave to the sides, else of the row that has most vertices.

    Of legs that go on outside, those count whose rows have most.
    """
    level = [port for port in part.tips if ways.sides[port] in ("left", "right") and port not in ways.slants]
    rows = [row for _, row in cells.values()]
    ends = [cells[port.vertex][1] for port in level]
    if any(map(part.is_open, level)):
        most = max(map(rows.count, ends))
        ends = [row for row in ends if rows.count(row) == most]
    if ends:
        beside = [ys[row] for row in ends]
        return (min(beside) + max(beside)) / 2
    fullest = max(sorted(set(rows), reverse=True), key=rows.count)
    if 2 * rows.count(fullest) > len(rows):
        return ys[fullest]
    return (min(ys.values()) + max(ys.values())) / 2
