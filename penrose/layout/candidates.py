"""The best of some placements of what is no known structure: candidates are compared, improved, shaken and cleared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import dist, inf

from penrose.layout.board import Board
from penrose.layout.cells import Cell, Cells, Piece, Placement, facing_cost
from penrose.layout.layered import by_order, layered
from penrose.layout.motifs import (
    SYMMETRIES,
    distances_from,
    rounds,
)
from penrose.layout.planar import planar
from penrose.layout.search import improve, shake
from penrose.layout.spine import from_spine, spines
from penrose.layout.stress import stressed
from penrose.layout.symmetric import symmetric
from penrose.layout.trees import is_caterpillar, trees

FIRST = 2800  # lines that are looked at to improve a candidate, at most, or if they are few
EACH = 150  # and for each wire
AGAIN = 1400  # and to improve the best of them
PAIR = 45  # and to untangle it, in each step, for every two vertices
BUDGET = 16_800  # and at most, or if they are few
LESS = BUDGET // 2  # and for each of several pictures that are drawn
TRIED = 3  # candidates that are improved, where there are not too many vertices for that
HUGE = 2000  # vertices of a piece that has one candidate
FEW = 14  # vertices, up to which the order of writing tells nothing that is not found anyway
SMALL = 7  # vertices of a piece of which a crossing may be worth shorter wires
MANY = 60  # vertices of a piece that is shaken long
CALM = 4  # as much of the budget is for arcs that cross nothing
WILD = 0.2  # crossings for every line, beyond which vertices leave the ways of lines with more room at once
WIDER = 3  # times that what has vertices under lines becomes larger
EVEN = 24  # vertices of a piece that may be its own mirror image
SYMMETRIC = 500  # lines that are looked at for each way in which it is
BONUS = 7.0  # what it may cost more then


def tangles(piece: Piece, placement: Placement) -> int:
    """Return how often the wires of a placement cross, or pass vertices; free legs do not count."""
    board = Board(piece, placement.cells)
    return board.count_tangles(board.count_crossings())


def budget_for(piece: Piece) -> int:
    """Return how many lines a step to untangle a piece may look at."""
    count = len(piece.vertices)
    return BUDGET if count <= SMALL else min(PAIR * count**2, BUDGET if count <= MANY else BUDGET // 3)


def best_of(piece: Piece, among: Sequence[Placement]) -> Placement:
    """Return the cheapest of some placements, the cheapest of which are improved first."""
    different = [*{frozenset(one.cells.items()): one for one in among}.values()]
    found: list[tuple[tuple[int, float], Placement]] = []
    few = len(piece.vertices) <= MANY
    if few:
        found = sorted(((worth_of(piece, one), one) for one in different), key=lambda one: one[0])
        first = FIRST if len(piece.vertices) <= SMALL else min(FIRST, EACH * len(piece.edges))
        improved = [_improved(piece, one, first) for _, one in found[:TRIED]]
        found += [(worth_of(piece, one), one) for one in improved]
    else:
        for one in reversed(different):  # the last is mostly the best; what is more tangled is not counted to its end
            most = min((tangles for (tangles, _), _ in found), default=inf)
            found.append((worth_of(piece, one, most), one))
    better = _improved(piece, min(found, key=lambda one: one[0])[1], AGAIN if few else TRIED * FIRST)
    found.append((worth_of(piece, better), better))
    best = _shaken(piece, min(found, key=lambda one: one[0])[1])
    return best if len(piece.vertices) > EVEN or is_caterpillar(piece) else _symmetric(piece, best)


def _symmetric(piece: Piece, best: Placement) -> Placement:
    """Return a placement that is its own mirror image, if it is about as good as the best one."""
    tangles, cost = worth_of(piece, best)
    even: dict[tuple[int, float, tuple[float, ...], tuple[float, float]], Cells] = {}
    for cells in symmetric(piece, SYMMETRIC):
        worth = worth_of(piece, Placement(cells))
        if worth < (tangles, cost + BONUS) and not Board(piece, cells, strict=True).buried():
            turned = well_turned(Board(piece, cells))
            even[*worth, _lengths(piece, cells), facing_cost(turned, piece)] = turned
    return Placement(even[min(even)]) if even else best


def _lengths(piece: Piece, cells: Cells) -> tuple[float, ...]:
    """Return the lengths of all lines in order, which tell pictures apart whatever is written first."""
    return tuple(sorted(round(dist(cells[one], cells[other]), 4) for one, other in piece.lines))


def best_of_many(piece: Piece) -> Placement:
    """Return a ring as it is, else the best of a few placements, improved; a huge one is not compared."""
    if found := next(_simple(piece), None):
        return found
    if len(piece.vertices) > HUGE:
        return next(_in_layers(piece), None) or Placement(stressed(piece))
    found = Placement(well_turned(Board(piece, stressed(piece))))
    worth = worth_of(piece, found)
    for other in _in_layers(piece, worth[0]):
        found, worth = min((found, worth), (other, worth_of(piece, other, worth[0])), key=lambda one: one[1])
    return _improved(piece, found, FIRST)


def improved_alone(piece: Piece, one: Placement) -> Placement:
    """Return a candidate that was improved on its own, but less than the best of several."""
    return _shaken(piece, _improved(piece, one, FIRST), LESS)


def _improved(piece: Piece, one: Placement, budget: int) -> Placement:
    """Return a cheaper placement, if there is one not far from it."""
    board = Board(piece, whole(one.cells))
    improve(board, piece.ranked, budget, with_runs=True)
    return Placement(well_turned(board))


def worth_of(piece: Piece, placement: Placement, most: float = inf) -> tuple[int, float]:
    """Return what placements are compared by; where lines cross more often than `most`, only as much as tells that."""
    return _worth_on(Board(piece, placement.cells, placement.flow is not None), most)


def _worth_on(board: Board, most: float = inf) -> tuple[int, float]:
    """Return the cost of a board; for a larger piece first how much is in the way of lines."""
    crossings = board.count_crossings(most)
    if crossings > most:
        return crossings, inf
    tangles = board.count_tangles(crossings) if len(board.cells) > SMALL else 0
    return tangles, board.total(crossings)


def from_below(cells: Cells) -> Placement:
    """Return layers, whose ranks are columns, with the first one at the bottom."""
    return Placement({vertex: (-y, x) for vertex, (x, y) in cells.items()}, "down")


def _shaken(piece: Piece, best: Placement, most: int = BUDGET) -> Placement:
    """Move what is tangled to somewhere else and improve again; then see to it that no vertex is under a line."""
    board, budget = Board(piece, whole(best.cells)), min(budget_for(piece), most)
    if not board.tangled():
        return best
    if len(piece.vertices) <= MANY:
        must_cross = len(piece.vertices) > SMALL and piece.faces is None  # at least once
        calm = board.count_tangles(board.count_crossings()) <= must_cross
        shake(board, board.tangled, lambda: _worth_on(board), budget // CALM if calm else budget)
    return Placement(well_turned(_cleared(board, budget)))


def _cleared(board: Board, budget: int) -> Board:
    """Return a board without vertices under lines, which becomes larger as long as there are some.

    One that is wild does so at once, and has no arcs.
    """
    piece = board.piece
    few = len(piece.vertices) <= MANY
    wild = len(piece.vertices) > FEW and board.count_crossings() > WILD * len(board.edges)
    strict = Board(piece, board.cells, strict=True, arcs=not wild)
    if not wild:
        improve(strict, strict.tangled(), budget)
        if few:
            shake(strict, strict.buried, lambda: (len(strict.buried()), *_worth_on(strict)), strict.work + budget)
        if not strict.buried():
            improve(strict, (), strict.work + budget, with_runs=True)
    for _ in range(WIDER):
        if strict.buried():
            strict = Board(piece, _wider(strict.cells, wild), strict=True, arcs=not wild)
            order = dict.fromkeys([*strict.buried(), *(strict.tangled() if wild else ())])
            improve(strict, [*order], budget if few else 2 * budget)
            strict = narrowed(strict)
            if wild:
                improve(strict, (), budget // 2, with_runs=True)
    return strict


def _wider(cells: Cells, wild: bool) -> Cells:
    """Return cells twice as far apart, or where much is tangled one and a half times, so that it does not get huge."""
    if wild:
        return {vertex: (3 * x // 2, 3 * y // 2) for vertex, (x, y) in cells.items()}
    return {vertex: (2 * x, 2 * y) for vertex, (x, y) in cells.items()}


def narrowed(board: Board) -> Board:
    """Take out the empty columns and rows that nothing is gained by."""
    buried, crossings = len(board.buried()), board.count_crossings()
    for axis in (0, 1):
        taken = {cell[axis] for cell in board.cells.values()}
        for line in range(int(max(taken)), int(min(taken)), -1):
            if line not in taken:
                cells = {v: _nearer(cell, axis, line) for v, cell in board.cells.items()}
                tried = Board(board.piece, cells, strict=True, arcs=board.arcs)
                if len(tried.buried()) <= buried and tried.count_crossings() <= crossings:
                    board = tried
    return board


def _nearer(cell: Cell, axis: int, line: int) -> Cell:
    """Return a cell, a step nearer if it is behind a column or row."""
    x, y = cell
    if cell[axis] < line:
        return cell
    return (x, y - 1) if axis else (x - 1, y)


def candidates(piece: Piece) -> Iterator[Placement]:
    """Yield placements by every way that fits: a tree, a ring, layers, rows, stress, and one without crossings."""
    yield from _simple(piece)
    yield from _in_layers(piece)
    for spine in spines(piece):
        yield Placement(from_spine(piece, spine))
    yield Placement(well_turned(Board(piece, stressed(piece))))
    if len(piece.vertices) > SMALL and (flat := planar(piece)):
        yield Placement(well_turned(Board(piece, flat)))


def _simple(piece: Piece) -> Iterator[Placement]:
    """Yield a piece as a tree, or as a ring, if it is one."""
    yield from trees(piece)
    around = min(rounds(piece), key=lambda cells: facing_cost(cells, piece), default=None)
    if around:
        yield Placement(around)


def _in_layers(piece: Piece, most: float = inf) -> Iterator[Placement]:
    """Yield placements in layers that do not have far more crossings than `most`."""
    across = layered(piece, by_order(piece), most=most) if len(piece.vertices) > FEW else None
    if across:
        yield Placement(across)
    lowest = [vertex for vertex in piece.ranked if "down" in piece.tips.get(vertex, ())]
    up = layered(piece, distances_from(lowest, piece.near), most=most) if len(lowest) > 1 else None
    if up:
        yield from_below(up)


def whole(cells: Cells) -> Cells:
    """Return cells without halves: twice as far apart in a direction that has some."""
    across, up = (2.0 if any(cell[axis] % 1 for cell in cells.values()) else 1.0 for axis in (0, 1))
    return {vertex: (across * x, up * y) for vertex, (x, y) in cells.items()}


def well_turned(board: Board) -> Cells:
    """Return the cheapest of the eight positions of a placement, of those four that keep rows if wires go around."""
    positions = SYMMETRIES[:4] if board.has_arcs() else SYMMETRIES
    turned = [{vertex: symmetry(*cell) for vertex, cell in board.cells.items()} for symmetry in positions]
    return min(turned, key=lambda cells: facing_cost(cells, board.piece))
