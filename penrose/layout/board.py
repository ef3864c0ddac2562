"""A placement whose vertices move: what a move changes is counted where it changes something.

Lines are found by the unit squares that they pass, so that the price of a move grows with what is near it
and not with the picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from math import ceil, dist, floor, inf

from penrose.data import NOTHING
from penrose.layout.cells import (
    CROSSING,
    CROWD,
    LARGE,
    NEAR,
    ROUND,
    UNDER,
    Cell,
    Cells,
    Piece,
    bounds,
    edge_cost,
    family_cost,
    layer_cost,
    legs_cost,
    spread_cost,
    tip_cost,
)
from penrose.layout.geometry import crosses, distance

Line = tuple[int, int]
STRICT = 150.0  # what a wire under a vertex costs in the end
WORSE = 3  # crossings that a vertex under a line counts for
BULGE = 0.13  # of its length, by which one of several parallel wires leaves the straight line


class Board:
    """The vertices of a piece on their cells, and the lines between them.

    On a `strict` one hardly anything is as bad as a vertex under a line. Without `arcs`, as within walls, no wire
    goes around what is on its row.
    """

    def __init__(self, piece: Piece, cells: Cells, flow: bool = False, strict: bool = False, arcs: bool = True) -> None:
        self.piece = piece
        self.arcs = arcs and not piece.framed
        self.flow = flow
        self.strict = strict
        self.under = STRICT if strict else UNDER
        self.cells = {vertex: (float(x), float(y)) for vertex, (x, y) in cells.items()}
        self.at: dict[Cell, int] = {cell: vertex for vertex, cell in self.cells.items()}
        self.step = 1.0 if all(x % 1 == 0 == y % 1 for x, y in cells.values()) else 0.5
        self.edges: dict[Line, list[int]] = {}
        for number, edge in enumerate(piece.edges):
            if edge.start != edge.end:
                self.edges.setdefault((min(edge.start, edge.end), max(edge.start, edge.end)), []).append(number)
        self.lines_at: dict[int, list[Line]] = {vertex: [] for vertex in piece.vertices}
        self.numbers: dict[Line, int] = {}
        self.at_vertex: dict[int, set[int]] = {vertex: set() for vertex in piece.vertices}  # the numbers of lines there
        self.squares: dict[tuple[int, int], list[int]] = {}  # the numbers of the lines that pass them
        self.drawn: list[tuple[float, float, float, float]] = []  # the lines by their numbers
        for number, line in enumerate(self.edges):
            self.numbers[line] = number
            self.drawn.append((0.0, 0.0, 0.0, 0.0))
            for vertex in line:
                self.lines_at[vertex].append(line)
                self.at_vertex[vertex].add(number)
        self.wires = [len(numbers) for numbers in self.edges.values()]  # how many a line has, by its number
        crowded = {vertex for vertex, lines in self.lines_at.items() if len(lines) > CROWD}
        self.fans = {line for line in self.edges if line[0] in crowded or line[1] in crowded}
        for line in self.edges:
            self._draw(line)
        self.tips = {vertex: tuple(sides) for vertex, sides in piece.tips.items() if sides}
        self.beside: dict[int, list[tuple[int, int, bool]]] = {}  # the pairs in the order of legs that a vertex is in
        for pair in piece.ordered:
            for vertex in pair[:2]:
                self.beside.setdefault(vertex, []).append(pair)
        self.lined = {side: frozenset(members) for side, members in piece.lined.items() if members}
        self.rows = {side: Counter(cells[vertex][1] for vertex in members) for side, members in self.lined.items()}
        self.frames = [vertex for vertex in piece.vertices if vertex in piece.frames]
        self.box = bounds(cells)
        self.lengths: dict[tuple[Line, float, float], float] = {}  # prices that are known
        self.prices: dict[int, float] = {}  # of vertices where they are, as long as nothing moves
        self.work = 0
        self.settled: set[int] = set()  # vertices that stay where they are

    # ------------------------------------------------ squares

    def _draw(self, line: Line) -> None:
        if line in self.fans:
            return
        a, b, number = self.cells[line[0]], self.cells[line[1]], self.numbers[line]
        self.drawn[number] = (*a, *b)
        for square in squares(a, b):
            self.squares.setdefault(square, []).append(number)

    def _erase(self, line: Line) -> None:
        if line in self.fans:
            return
        for square in squares(self.cells[line[0]], self.cells[line[1]]):
            self.squares[square].remove(self.numbers[line])

    # ------------------------------------------------ prices

    def _length_price(self, line: Line, a: Cell, b: Cell) -> float:
        """Return what the length, the slant and the sides of the wires on a line cost."""
        known = line, b[0] - a[0], b[1] - a[1]
        price = self.lengths.get(known)
        if price is None:
            price = self.lengths[known] = self._length_price_of(line, a, b)
        return price

    def _length_price_of(self, line: Line, a: Cell, b: Cell) -> float:
        if self.flow:
            return layer_cost(a, b) * len(self.edges[line])
        total = 0.0
        for number in self.edges[line]:
            edge = self.piece.edges[number]
            ends = (a, b) if edge.start == line[0] else (b, a)
            total += edge_cost(edge, *ends, self.piece.fans)
        return total

    def _crossings(self, line: Line, a: Cell, b: Cell, lifted: Sequence[int], most: float = inf) -> int:
        """Count the wires that cross those on a line between two cells; if they are more than `most`, only so far.

        Here a search spends its time, so that `geometry.crosses` is written out, exact for cells. All of these are of
        floats, since arithmetic is slower where these and integers meet.
        """
        if line in self.fans:
            return 0
        (ax, ay), (bx, by) = a, b
        abx, aby = bx - ax, by - ay
        aside, flat = abx * ay - aby * ax, ay == by
        squared, drawn, wires, at_vertex = self.squares, self.drawn, self.wires, self.at_vertex
        near: set[int] = set()
        for square in squares(a, b):
            if square in squared:
                near.update(squared[square])
        for vertex in line:
            near -= at_vertex[vertex]
        for vertex in lifted:
            if vertex not in line:
                near -= at_vertex[vertex]
        several = wires[self.numbers[line]]
        count = 0
        for number in near:
            cx, cy, dx, dy = drawn[number]
            c, d = abx * cy - aby * cx, abx * dy - aby * dx
            if c < aside < d or d < aside < c:
                cdx, cdy = dx - cx, dy - cy
                here, first, last = cdx * cy - cdy * cx, cdx * ay - cdy * ax, cdx * by - cdy * bx
                met = first < here < last or last < here < first
            else:
                met = flat and cy == ay == dy and _interleave(ax, bx, cx, dx)
            if met:
                count += wires[number] * several
                if count > most:
                    break
        return count

    def _under_price(self, line: Line, a: Cell, b: Cell, lifted: Sequence[int]) -> float:
        """Return what the vertices under a line cost."""
        if line in self.fans:
            return 0.0
        passed = self._passed(line, a, b)
        found = [vertex for vertex in passed if vertex not in lifted] if passed else ()
        if not found:
            return 0.0
        if not self._is_arc(a, b, found):
            return self.under * len(found)
        return ROUND * len(found) + CROSSING * self._crossed_around(found, a[1])

    def _passed(self, line: Line, a: Cell, b: Cell) -> list[int]:
        """Return the vertices that a line runs over."""
        near = NEAR + BULGE * dist(a, b) if self.wires[self.numbers[line]] > 1 else NEAR
        taken = self.at
        found = [taken[cell] for cell in beneath(a, b, self.step, near) if cell in taken]
        if self.frames:
            found += [v for v in self.frames if v not in found and distance(self.cells[v], a, b) < LARGE]
        return [vertex for vertex in found if vertex not in line] if found else found

    def _is_arc(self, a: Cell, b: Cell, passed: Sequence[int]) -> bool:
        """Tell whether a line on a row goes around what it would pass; if strict, a long one needs a free row."""
        if a[1] != b[1] or not self.arcs:
            return False
        if len(passed) == 1 or not self.strict:
            return True
        between = range(floor(min(a[0], b[0])) + 1, ceil(max(a[0], b[0])))
        return any(not any((x, a[1] + side) in self.at for x in between) for side in (1, -1))

    def _crossed_around(self, passed: Sequence[int], row: float, moved: Mapping[int, Cell] = NOTHING) -> int:
        """Return how many wires an arc around some vertices of a row crosses, above or below them."""
        above = below = 0
        for vertex in passed:
            for line in self.lines_at[vertex]:
                other = line[line[0] == vertex]
                there = (moved.get(other) or self.cells[other])[1]
                above += there > row
                below += there < row
        return min(above, below)

    def _vertex_price(self, vertex: int, cell: Cell, lifted: Sequence[int]) -> float:
        """Return what it costs that lines of others pass a vertex, and that tips are blocked, its own and others'."""
        x, y = cell
        near = LARGE if vertex in self.piece.frames else NEAR
        squared = self.squares
        around: set[int] = set()
        for column in range(floor(x - near), floor(x + near) + 1):
            for row in range(floor(y - near), floor(y + near) + 1):
                if (column, row) in squared:
                    around.update(squared[column, row])
        around.difference_update(*(self.at_vertex[one] for one in lifted))
        total = 0.0
        for number in around:
            ax, ay, bx, by = self.drawn[number]
            dx, dy = bx - ax, by - ay
            aside = dx * (y - ay) - dy * (x - ax)  # its distance from the line times the length of that
            if aside * aside < near * near * (dx * dx + dy * dy) and distance(cell, (ax, ay), (bx, by)) < near:
                flat = ay == by and self.arcs
                total += ROUND + CROSSING * self._crossed_around([vertex], ay) if flat else self.under
        return total

    def _tip_price(self, moved: dict[int, Cell]) -> float:
        """Return what the tips of moved vertices cost, and those of the vertices beside them, or joined to them."""
        around = dict.fromkeys(moved)
        for x, y in moved.values():
            for beside in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                vertex = self.at.get(beside)
                if vertex is not None and vertex not in moved:
                    around[vertex] = None
        near, beside_legs = self.piece.near, self.piece.beside_legs
        if beside_legs:
            around.update(dict.fromkeys(other for vertex in moved for other in near[vertex] if other in beside_legs))
        cells = set(moved.values())

        def taken(cell: Cell) -> bool:
            return cell in cells or self.at.get(cell, gone) not in moved

        gone = next(iter(moved))
        total = 0.0
        for vertex in around:
            if sides := self.tips.get(vertex):
                here = moved.get(vertex) or self.cells[vertex]
                joined = [moved.get(other) or self.cells[other] for other in beside_legs.get(vertex, ())]
                total += sum(tip_cost(here, side, taken, joined, self.box, self.piece.framed) for side in sides)
        return total + self._spread_price(moved)

    def _spread_price(self, moved: dict[int, Cell]) -> float:
        """Return what it costs that legs which ought to end on one line do not; nothing if no moved vertex has one."""
        total = 0.0
        for side, rows in self.rows.items():
            ends = [vertex for vertex in moved if vertex in self.lined[side]]
            if ends:
                left = Counter(self.cells[vertex][1] for vertex in ends)
                there = [row for row, times in rows.items() if times > left.get(row, 0)]
                total += spread_cost(side, there + [moved[vertex][1] for vertex in ends])
        return total

    def price_of(self, vertex: int) -> float:
        """Return what depends on a vertex where it is."""
        price = self.prices.get(vertex)
        if price is None:
            price = self.prices[vertex] = self.price({vertex: self.cells[vertex]})
        return price

    def price(self, moved: dict[int, Cell], limit: float = inf) -> float:
        """Return what depends on some vertices if they are on these cells; if that is above the limit, at least that.

        What is cheap to know comes first.
        """
        lifted = tuple(moved)
        total = self._tip_price(moved) if self.tips else 0.0
        ends: dict[Line, tuple[Cell, Cell]] = {}
        cells = self.cells
        for vertex in moved:
            if vertex in self.beside:
                total += self._family_price(vertex, moved)
            for line in self.lines_at[vertex]:
                if line not in ends:
                    one, other = line
                    a = moved[one] if one in moved else cells[one]
                    b = moved[other] if other in moved else cells[other]
                    ends[line] = a, b
                    total += self._length_price(line, a, b)
        self.work += 1
        if total > limit:
            return total
        self.work += len(ends)
        for line, (a, b) in ends.items():
            total += CROSSING * self._crossings(line, a, b, lifted, (limit - total) / CROSSING)
            if total <= limit:
                total += self._under_price(line, a, b, lifted)
            if total > limit:
                return total
        for vertex, cell in moved.items():
            total += self._vertex_price(vertex, cell, lifted)
        if len(moved) > 1:
            total += self._mutual_price(moved, ends)
        return total

    def _mutual_price(self, moved: dict[int, Cell], ends: dict[Line, tuple[Cell, Cell]]) -> float:
        """Return what lines of moved vertices cost that meet other such lines, or such vertices."""
        total = 0.0
        lines = list(ends)
        for number, line in enumerate(lines):
            one, two = line
            a, b = ends[line]
            for other in lines[number + 1 :]:
                if one not in other and two not in other and crosses(a, b, *ends[other]):
                    total += CROSSING * self.wires[self.numbers[line]] * self.wires[self.numbers[other]]
            for vertex, cell in moved.items():
                if vertex not in line and distance(cell, a, b) < NEAR:
                    flat = a[1] == b[1] and self.arcs
                    total += ROUND + CROSSING * self._crossed_around([vertex], a[1], moved) if flat else self.under
        return total

    def _family_price(self, vertex: int, moved: dict[int, Cell]) -> float:
        """Return what it costs that the numbered legs of a vertex and of those before and behind are out of order."""
        total = 0.0
        for a, b, in_row in self.beside[vertex]:
            total += family_cost(moved.get(a) or self.cells[a], moved.get(b) or self.cells[b], in_row)
        return total

    def count_crossings(self, most: float = inf) -> int:
        """Return how often lines cross; if that is more than `most`, only a number that is too."""
        cells, both = self.cells, 0
        for line in self.edges:
            both += self._crossings(line, cells[line[0]], cells[line[1]], ())
            if both > 2 * most + 1:
                break
        return both // 2  # every one was counted at both of its lines

    def count_tangles(self, crossings: int) -> int:
        """Count the crossings, also those of arcs, and the vertices under lines, which are worse."""
        cells = self.cells
        for line in self.edges:
            a, b = cells[line[0]], cells[line[1]]
            passed = self._passed(line, a, b) if line not in self.fans else ()
            if passed and a[1] == b[1] and self.arcs:
                crossings += self._crossed_around(passed, a[1])
            else:
                crossings += WORSE * len(passed)
        return crossings

    def total(self, crossings: int) -> float:
        """Return what the whole placement costs, given how often its lines cross."""
        cells = self.cells
        total = CROSSING * crossings
        for line in self.edges:
            a, b = cells[line[0]], cells[line[1]]
            total += self._length_price(line, a, b) + self._under_price(line, a, b, ())
        return round(total + legs_cost(cells, self.piece), 6)

    def crossed(self) -> list[int]:
        """Return the vertices of lines that cross others, in their order."""
        cells = self.cells
        lines = [line for line in self.edges if self._crossings(line, cells[line[0]], cells[line[1]], ())]
        return self.in_order({vertex for line in lines for vertex in line})

    def tangled(self) -> list[int]:
        """Return the vertices of lines that cross others or run over a vertex, and such vertices, in their order."""
        return self.in_order({*self.crossed(), *self._over(arcs=True)})

    def buried(self) -> list[int]:
        """Return the vertices under lines that no arc takes around them, and those of such lines, in their order."""
        return self.in_order(self._over(arcs=False))

    def has_arcs(self) -> bool:
        """Tell whether a line on a row is an arc around vertices of that row."""
        return len(self._over(arcs=True)) > len(self._over(arcs=False))

    def _over(self, arcs: bool) -> set[int]:
        """Return the vertices under lines, and those of the lines; also where arcs go around them or not."""
        found: set[int] = set()
        for line in self.edges:
            a, b = self.cells[line[0]], self.cells[line[1]]
            if line not in self.fans:
                passed = self._passed(line, a, b)
                if passed and (arcs or not self._is_arc(a, b, passed)):
                    found.update(line, passed)
        return found

    def in_order(self, vertices: Collection[int]) -> list[int]:
        """Return vertices in the order in which they are tried."""
        return [vertex for vertex in self.piece.ranked if vertex in vertices]

    # ------------------------------------------------ moves

    def move(self, moved: dict[int, Cell]) -> None:
        """Put vertices on other cells."""
        self.prices.clear()
        lines = dict.fromkeys(line for vertex in moved for line in self.lines_at[vertex])
        for line in lines:
            self._erase(line)
        for vertex in moved:
            del self.at[self.cells[vertex]]
        for side, members in self.lined.items():
            for vertex in moved:
                if vertex in members:
                    self.rows[side][self.cells[vertex][1]] -= 1
                    self.rows[side][moved[vertex][1]] += 1
        for vertex, cell in moved.items():
            self.cells[vertex] = cell
            self.at[cell] = vertex
        for line in lines:
            self._draw(line)
        self.box = bounds(self.cells)

    def put_back(self, cells: Cells) -> None:
        """Put every vertex on the cell where it was."""
        self.move({vertex: cell for vertex, cell in cells.items() if self.cells[vertex] != cell})

    def gather(self, together: Iterable[Cells]) -> None:
        """Put vertices together, around the first one of each group; what stands there makes room."""
        for group in together:
            x0, y0 = self.cells[next(iter(group))]
            for vertex, (dx, dy) in group.items():
                cell = (x0 + dx, y0 + dy)
                other = self.at.get(cell)
                if other == vertex:
                    continue
                if other is None:
                    self.move({vertex: cell})
                else:
                    self.move({vertex: cell, other: self.cells[vertex]})
            self.settled.update(group)


@lru_cache(maxsize=50_000)
def squares(a: Cell, b: Cell) -> tuple[tuple[int, int], ...]:
    """Return the unit squares that a line passes."""
    (x0, y0), (x1, y1) = min(a, b), max(a, b)
    slope = (y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    found: list[tuple[int, int]] = []
    for column in range(floor(x0), floor(x1) + 1):
        here, there = max(column, x0), min(column + 1, x1)
        start, end = (y0 + slope * (here - x0), y0 + slope * (there - x0)) if x0 != x1 else (y0, y1)
        low, high = min(start, end), max(start, end)
        found += [(column, row) for row in range(floor(low + 1e-9), floor(high + 1e-9) + 1)]
    return tuple(found)


@lru_cache(maxsize=50_000)
def beneath(a: Cell, b: Cell, step: float, near: float) -> tuple[Cell, ...]:
    """Return the cells, multiples of a step, that a line comes near, without its ends."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = 0 if abs(dx) >= abs(dy) else 1
    slope = dy / dx if along == 0 else dx / dy
    low, high = min(a[along], b[along]), max(a[along], b[along])
    found: list[Cell] = []
    for number in range(round((high - low) / step) + 1):
        major = low + number * step
        minor = a[1 - along] + slope * (major - a[along])
        place: float = ceil((minor - 2 * near) / step) * step
        while place <= minor + 2 * near:
            cell = (major, place) if along == 0 else (place, major)
            if cell not in (a, b) and distance(cell, a, b) < near:
                found.append(cell)
            place += step
    return tuple(found)


def _interleave(a: float, b: float, c: float, d: float) -> bool:
    """Tell whether two lines on one row, from a to b and from c to d, overlap, neither within the other."""
    (first, last), (low, high) = sorted((a, b)), sorted((c, d))
    return first < low < last < high or low < first < high < last
