"""Where the vertices of a connected piece stand: structures exactly, everything else by the best of some candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from math import dist, inf

from penrose.data import replace
from penrose.layout.board import Board
from penrose.layout.bundles import bundle, fused
from penrose.layout.cells import BLOCKED, Cell, Cells, Piece, Placement, bounds, count_blocked, facing_cost, tip_cost
from penrose.layout.combs import comb
from penrose.layout.cylinder import cylinder, rings
from penrose.layout.ends import around_lanes, between_ends
from penrose.layout.gates import by_gates
from penrose.layout.lanes import lanes, with_weights
from penrose.layout.layered import by_legs, by_order, layered
from penrose.layout.mirror import mirrored
from penrose.layout.motifs import (
    MIRRORS,
    SYMMETRIES,
    bonded,
    boxes,
    distances_from,
    lattices,
    rounds,
    rows,
    with_arms,
)
from penrose.layout.planar import planar
from penrose.layout.roofs import with_roofs
from penrose.layout.scene import Direction
from penrose.layout.search import improve, shake
from penrose.layout.sheets import column, hollow
from penrose.layout.spine import from_spine, spines
from penrose.layout.stress import stressed
from penrose.layout.symmetric import symmetric
from penrose.layout.torus import torus
from penrose.layout.trees import even_tree, is_caterpillar, roomy_tree, trees

FIRST = 2800  # lines that are looked at to improve a candidate, at most, or if they are few
EACH = 150  # and for each wire
AGAIN = 1400  # and to improve the best of them
PAIR = 45  # and to untangle it, in each step, for every two vertices
BUDGET = 16_800  # and at most, or if they are few
LESS = BUDGET // 2  # and for each of several pictures that are drawn
TRIED = 3  # candidates that are improved, where there are not too many vertices for that
RISING = 4  # vertices with free legs, at least, of a piece that may gather them
HUGE = 2000  # vertices of a piece that has one candidate
FEW = 14  # vertices, up to which the order of writing tells nothing that is not found anyway
SQUARE = 4  # vertices of a lattice that may as well be two rows between tall tensors
SMALL = 7  # vertices of a piece of which a crossing may be worth shorter wires
MANY = 60  # vertices of a piece that is shaken long
CALM = 4  # as much of the budget is for arcs that cross nothing
WILD = 0.2  # crossings for every line, beyond which vertices leave the ways of lines with more room at once
WIDER = 3  # times that what has vertices under lines becomes larger
EVEN = 24  # vertices of a piece that may be its own mirror image
SYMMETRIC = 500  # lines that are looked at for each way in which it is
BONUS = 7.0  # what it may cost more then
ROOMY = 1.3  # as far apart is what has too little room for its labels
ROUND_ABOUT = 1.0  # what it costs that matrices are turned round
LARGE = 200  # vertices of a piece that has two candidates, of which but the better one is improved


def place(piece: Piece) -> Placement:
    """Return where the vertices of a piece stand."""
    if len(piece.vertices) == 1:
        return Placement({piece.vertices[0]: (0, 0)})
    found = _flowing(piece, piece.flow) if piece.flow else _facing(piece)
    if not piece.together or (found.lanes and all(_stands(group, found.cells) for group in piece.together)):
        return found
    board = Board(piece, _whole(found.cells))
    board.gather(piece.together)
    return Placement(improve(board, piece.ranked, _budget(piece), with_runs=True), found.flow)


def _stands(group: Cells, cells: Cells) -> bool:
    """Tell whether vertices stand to one another as they are put together, however far away."""
    for (one, (x0, y0)), (other, (x1, y1)) in combinations(group.items(), 2):
        (cx0, cy0), (cx1, cy1) = cells[one], cells[other]
        if (_sign(x1 - x0), _sign(y1 - y0)) != (_sign(cx1 - cx0), _sign(cy1 - cy0)):
            return False
    return True


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def others(piece: Piece, found: Placement) -> Iterator[Placement]:
    """Yield other placements of a piece: that found mirrored, then every candidate improved on its own, but less.

    These come once more with more room. Of a larger piece what was found with more room comes first, and of one of
    many vertices nothing else.
    """
    few, many = len(piece.vertices) <= FEW, len(piece.vertices) > MANY
    hinted, bound = piece.flow or piece.together, found.lanes or found.around
    if not (few or many or hinted) and (tree := roomy_tree(piece)):
        yield tree
    if not (few or bound):
        yield _roomy(found)
    if not (many or bound or found.flow or piece.together):
        for mirror in MIRRORS:
            yield Placement({vertex: mirror(*cell) for vertex, cell in found.cells.items()})
    if not (many or hinted):
        known: list[Cells] = []
        for one in _candidates(piece):
            improved = _shaken(piece, _improved(piece, one, FIRST), LESS)
            if improved.cells not in known:
                known.append(improved.cells)
                yield improved
                yield _roomy(improved)


def _roomy(found: Placement) -> Placement:
    return replace(found, cells={vertex: (ROOMY * x, ROOMY * y) for vertex, (x, y) in found.cells.items()})


def tangles(piece: Piece, placement: Placement) -> int:
    """Return how often the wires of a placement cross, or pass vertices; free legs do not count."""
    board = Board(piece, placement.cells)
    return board.count_tangles(board.count_crossings())


def _facing(piece: Piece) -> Placement:
    """Return a placement, one with matrices turned round if that is better, or only then free legs leave as they ought.

    What is no small tree is only turned round for its legs.
    """
    found = _found(piece)
    blocked, small = count_blocked(found.cells, piece), len(piece.edges) < len(piece.vertices) <= FEW
    if len(piece.vertices) > LARGE or not (blocked or (small and _has_level_legs(piece))):
        return found
    round_about = piece.turned_round()
    turned = _found(round_about)
    if (left := count_blocked(turned.cells, piece)) != blocked:
        return turned if left < blocked else found
    (tangled, cost), (also_tangled, other) = _worth(piece, found), _worth(round_about, turned)
    return turned if small and (also_tangled, other + ROUND_ABOUT) < (tangled, cost) else found


def _has_level_legs(piece: Piece) -> bool:
    return any(side in ("left", "right") for sides in piece.tips.values() for side in sides)


def _found(piece: Piece, opened: bool = False) -> Placement:
    """Return where the vertices stand; what is opened has no environments, but is between some."""
    between = None if opened else partial(_found, opened=True)
    if found := _square(piece) or column(piece) or hollow(piece):
        return Placement(found)
    layers = around_lanes(piece) or lanes(piece) or with_weights(piece) or _of_gates(piece) or cylinder(piece)
    if layers:
        return layers
    hangs = {side for sides in piece.tips.values() for side in sides} == {"down"} and any(trees(piece))
    deep = next(boxes(piece), None)
    closed = rings(piece, in_order=deep is not None) or torus(piece)  # a cube is rings if it was written so
    if closed:
        return closed
    if deep:
        return Placement(_turned(Board(piece, deep)))
    exactly = even_tree(piece) or with_arms(piece) or with_roofs(piece) or bundle(piece) or fused(piece)
    if exactly:
        return exactly
    with_bonds = min(bonded(piece), key=lambda cells: facing_cost(cells, piece), default=None)
    if with_bonds:
        return Placement(with_bonds)
    if hung := comb(piece):
        return Placement(hung)
    small = len(piece.vertices) <= FEW
    if state := mirrored(piece, _found):
        return state
    dotted = bool(piece.fans) and all(len(others) == 2 for others in piece.near.values())  # the dots stand aside
    exact = [] if hangs or dotted else [*rows(piece)] or [*lattices(piece)]
    lattice = min(exact, key=lambda cells: facing_cost(cells, piece), default={})
    free = bool(exact) and (not _blocked(lattice, piece) or _is_sheet(lattice))
    if small and not (free and len(lattice) > SQUARE) and (state := between_ends(piece, between)):
        return state
    if free:
        return Placement(lattice)
    if rising := None if hangs else _rising(piece):
        return rising
    large = len(piece.vertices) > LARGE
    if exact and large:
        return Placement(lattice)
    if exact:
        return _best(piece, [Placement(lattice), *(_candidates(piece) if small else ())])
    if not small and (state := between_ends(piece, between)):
        return state
    if len(piece.vertices) > MANY and (tree := roomy_tree(piece)):
        return tree
    return _best_of_many(piece) if large else _best(piece, [*_candidates(piece)])


def _square(piece: Piece) -> Cells | None:
    """Return a ring of four as a square, if it has more free legs than a row has ends, and nothing is in their way.

    What has two on one side may be a gate over a row of three.
    """
    if len(piece.vertices) != SQUARE or len(piece.lines) != SQUARE or len(piece.tips) < SQUARE - 1:
        return None
    if any(len({*sides}) < len(sides) for sides in piece.tips.values()):
        return None
    free = (cells for cells in lattices(piece) if not _blocked(cells, piece))
    return min(free, key=lambda cells: facing_cost(cells, piece), default=None)


def _budget(piece: Piece) -> int:
    """Return how many lines a step to untangle a piece may look at."""
    count = len(piece.vertices)
    return BUDGET if count <= SMALL else min(PAIR * count**2, BUDGET if count <= MANY else BUDGET // 3)


def _best(piece: Piece, candidates: Sequence[Placement]) -> Placement:
    """Return the cheapest of some placements, the cheapest of which are improved first."""
    different = [*{frozenset(one.cells.items()): one for one in candidates}.values()]
    found: list[tuple[tuple[int, float], Placement]] = []
    few = len(piece.vertices) <= MANY
    if few:
        found = sorted(((_worth(piece, one), one) for one in different), key=lambda one: one[0])
        first = FIRST if len(piece.vertices) <= SMALL else min(FIRST, EACH * len(piece.edges))
        improved = [_improved(piece, one, first) for _, one in found[:TRIED]]
        found += [(_worth(piece, one), one) for one in improved]
    else:
        for one in reversed(different):  # the last is mostly the best; what is more tangled is not counted to its end
            most = min((tangles for (tangles, _), _ in found), default=inf)
            found.append((_worth(piece, one, most), one))
    better = _improved(piece, min(found, key=lambda one: one[0])[1], AGAIN if few else TRIED * FIRST)
    found.append((_worth(piece, better), better))
    best = _shaken(piece, min(found, key=lambda one: one[0])[1])
    return best if len(piece.vertices) > EVEN or is_caterpillar(piece) else _symmetric(piece, best)


def _symmetric(piece: Piece, best: Placement) -> Placement:
    """Return a placement that is its own mirror image, if it is about as good as the best one."""
    tangles, cost = _worth(piece, best)
    even: dict[tuple[int, float, tuple[float, ...], tuple[float, float]], Cells] = {}
    for cells in symmetric(piece, SYMMETRIC):
        worth = _worth(piece, Placement(cells))
        if worth < (tangles, cost + BONUS) and not Board(piece, cells, strict=True).buried():
            turned = _turned(Board(piece, cells))
            even[*worth, _lengths(piece, cells), facing_cost(turned, piece)] = turned
    return Placement(even[min(even)]) if even else best


def _lengths(piece: Piece, cells: Cells) -> tuple[float, ...]:
    """Return the lengths of all lines in order, which tell pictures apart whatever is written first."""
    return tuple(sorted(round(dist(cells[one], cells[other]), 4) for one, other in piece.lines))


def _best_of_many(piece: Piece) -> Placement:
    """Return a ring as it is, else the best of a few placements, improved; a huge one is not compared."""
    if found := next(_simple(piece), None):
        return found
    if len(piece.vertices) > HUGE:
        return next(_in_layers(piece), None) or Placement(stressed(piece))
    found = Placement(_turned(Board(piece, stressed(piece))))
    worth = _worth(piece, found)
    for other in _in_layers(piece, worth[0]):
        found, worth = min((found, worth), (other, _worth(piece, other, worth[0])), key=lambda one: one[1])
    return _improved(piece, found, FIRST)


def _improved(piece: Piece, one: Placement, budget: int) -> Placement:
    """Return a cheaper placement, if there is one not far from it."""
    board = Board(piece, _whole(one.cells))
    improve(board, piece.ranked, budget, with_runs=True)
    return Placement(_turned(board))


def _worth(piece: Piece, placement: Placement, most: float = inf) -> tuple[int, float]:
    """Return what placements are compared by; where lines cross more often than `most`, only as much as tells that."""
    return _worth_of(Board(piece, placement.cells, placement.flow is not None), most)


def _worth_of(board: Board, most: float = inf) -> tuple[int, float]:
    """Return the cost of a board; for a larger piece first how much is in the way of lines."""
    crossings = board.count_crossings(most)
    if crossings > most:
        return crossings, inf
    tangles = board.count_tangles(crossings) if len(board.cells) > SMALL else 0
    return tangles, board.total(crossings)


# From layers that follow one another downwards.
FLOWS: Mapping[Direction, Callable[[float, float], Cell]] = {
    "down": lambda x, y: (x, y),
    "up": lambda x, y: (x, -y),
    "right": lambda x, y: (-y, -x),
    "left": lambda x, y: (y, -x),
}


def _flowing(piece: Piece, flow: Direction) -> Placement:
    """Return a piece in layers that follow one another in a direction, a tree with its root in the first one."""
    circuit = lanes(piece)
    if circuit:
        return circuit
    hung = next(trees(piece), None)
    if hung:
        down = hung.cells
    else:
        across = layered(piece, by_order(piece)) or _found(piece).cells
        down = {vertex: (-y, -x) for vertex, (x, y) in across.items()}
    return Placement({vertex: FLOWS[flow](*cell) for vertex, cell in down.items()}, flow)


def _of_gates(piece: Piece) -> Placement | None:
    """Return a piece in layers by its gates, if no wires cross then."""
    sides = set().union(*piece.tips.values())
    if is_caterpillar(piece) and not (len(piece.gates) == len(piece.vertices) and {"up", "down"} <= sides):
        return None  # a chain lies, unless it is nothing but gates with legs on both sides
    ranks = by_gates(piece)
    return _uncrossed(piece, layered(piece, ranks) if ranks else None)


def _rising(piece: Piece) -> Placement | None:
    """Return a piece that gathers free legs from layer to layer, if no wires cross then."""
    if {side for sides in piece.tips.values() for side in sides} != {"down"} or len(piece.tips) < RISING:
        return None
    ranks = by_legs(piece)
    if not ranks or max(ranks.values()) < 2 or any(ranks[vertex] > 1 for vertex in piece.tips):
        return None
    return _uncrossed(piece, layered(piece, ranks, in_order=True))


def _uncrossed(piece: Piece, cells: Cells | None) -> Placement | None:
    """Return layers with the first one at the bottom, if there are some, and no wires cross in them."""
    upright = _from_below(cells) if cells else None
    return None if upright and Board(piece, _whole(upright.cells)).crossed() else upright


def _from_below(cells: Cells) -> Placement:
    """Return layers, whose ranks are columns, with the first one at the bottom."""
    return Placement({vertex: (-y, x) for vertex, (x, y) in cells.items()}, "down")


def _shaken(piece: Piece, best: Placement, most: int = BUDGET) -> Placement:
    """Move what is tangled to somewhere else and improve again; then see to it that no vertex is under a line."""
    board, budget = Board(piece, _whole(best.cells)), min(_budget(piece), most)
    if not board.tangled():
        return best
    if len(piece.vertices) <= MANY:
        calm = board.count_tangles(board.count_crossings()) <= (piece.faces is None and len(piece.vertices) > SMALL)
        shake(board, board.tangled, lambda: _worth_of(board), budget // CALM if calm else budget)
    return Placement(_turned(_cleared(board, budget)))


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
            shake(strict, strict.buried, lambda: (len(strict.buried()), *_worth_of(strict)), strict.work + budget)
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


def _candidates(piece: Piece) -> Iterator[Placement]:
    yield from _simple(piece)
    yield from _in_layers(piece)
    for spine in spines(piece):
        yield Placement(from_spine(piece, spine))
    yield Placement(_turned(Board(piece, stressed(piece))))
    if len(piece.vertices) > SMALL and (flat := planar(piece)):
        yield Placement(_turned(Board(piece, flat)))


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
        yield _from_below(up)


def _whole(cells: Cells) -> Cells:
    """Return cells without halves: twice as far apart in a direction that has some."""
    across, up = (2.0 if any(cell[axis] % 1 for cell in cells.values()) else 1.0 for axis in (0, 1))
    return {vertex: (across * x, up * y) for vertex, (x, y) in cells.items()}


def _turned(board: Board) -> Cells:
    """Return the cheapest of the eight positions of a placement, of those four that keep rows if wires go around."""
    positions = SYMMETRIES[:4] if board.has_arcs() else SYMMETRIES
    turned = [{vertex: symmetry(*cell) for vertex, cell in board.cells.items()} for symmetry in positions]
    return min(turned, key=lambda cells: facing_cost(cells, board.piece))


def _is_sheet(cells: Cells) -> bool:
    """Tell whether a lattice is so wide and high that something in it has others on all sides: then legs go between."""
    taken = set(cells.values())
    return any({(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} <= taken for x, y in taken)


def _blocked(cells: Cells, piece: Piece) -> bool:
    """Tell whether a vertex stands where a free leg ought to leave, or beside a bar instead of above or below."""
    beside_bar = ("across" in (e.start_home, e.end_home) and cells[e.start][1] == cells[e.end][1] for e in piece.edges)
    box, taken = bounds(cells), set(cells.values())
    return any(beside_bar) or any(
        tip_cost(cells[vertex], side, taken.__contains__, (), box, piece.framed) >= BLOCKED
        for vertex, sides in piece.tips.items()
        for side in sides
    )
