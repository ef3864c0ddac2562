"""Where the vertices of a connected piece stand: structures exactly, everything else by the best of some candidates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations

from penrose.data import replace
from penrose.layout.board import Board
from penrose.layout.bundles import bundle, fused
from penrose.layout.candidates import (
    FEW,
    MANY,
    best_of,
    best_of_many,
    budget_for,
    candidates,
    from_below,
    improved_alone,
    well_turned,
    whole,
    worth_of,
)
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
    bonded,
    boxes,
    lattices,
    rows,
    with_arms,
)
from penrose.layout.roofs import with_roofs
from penrose.layout.scene import Direction
from penrose.layout.search import improve
from penrose.layout.sheets import column, hollow
from penrose.layout.stars import star
from penrose.layout.torus import torus
from penrose.layout.trees import even_tree, is_caterpillar, roomy_tree, trees

RISING = 4  # vertices with free legs, at least, of a piece that may gather them
SQUARE = 4  # vertices of a lattice that may as well be two rows between tall tensors
ROOMY = 1.3  # as far apart is what has too little room for its labels
_SITE = re.compile(r"_\{(\d+),(\d+)\}$")
ROUND_ABOUT = 1.0  # what it costs that matrices are turned round
LARGE = 200  # vertices of a piece that has two candidates, of which but the better one is improved


def place(piece: Piece) -> Placement:
    """Return where the vertices of a piece stand."""
    if len(piece.vertices) == 1:
        return Placement({piece.vertices[0]: (0, 0)})
    found = _flowing(piece, piece.flow) if piece.flow else _facing(piece)
    if not piece.together or (found.lanes and all(_stands(group, found.cells) for group in piece.together)):
        return found
    board = Board(piece, whole(found.cells))
    board.gather(piece.together)
    return Placement(improve(board, piece.ranked, budget_for(piece), with_runs=True), found.flow)


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
        for one in candidates(piece):
            improved = improved_alone(piece, one)
            if improved.cells not in known:
                known.append(improved.cells)
                yield improved
                yield _roomy(improved)


def _roomy(found: Placement) -> Placement:
    return replace(found, cells={vertex: (ROOMY * x, ROOMY * y) for vertex, (x, y) in found.cells.items()})


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
    (tangled, cost), (also_tangled, other) = worth_of(piece, found), worth_of(round_about, turned)
    return turned if small and (also_tangled, other + ROUND_ABOUT) < (tangled, cost) else found


def _has_level_legs(piece: Piece) -> bool:
    return any(side in ("left", "right") for sides in piece.tips.values() for side in sides)


def _found(piece: Piece, opened: bool = False) -> Placement:
    """Return where the vertices stand; what is opened has no environments, but is between some."""
    between = None if opened else partial(_found, opened=True)
    if found := _square(piece) or column(piece) or hollow(piece) or star(piece):
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
        return Placement(well_turned(Board(piece, deep)))
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
        return best_of(piece, [Placement(lattice), *(candidates(piece) if small else ())])
    if not small and (state := between_ends(piece, between)):
        return state
    if len(piece.vertices) > MANY and (tree := roomy_tree(piece)):
        return tree
    return best_of_many(piece) if large else best_of(piece, [*candidates(piece)])


def _square(piece: Piece) -> Cells | None:
    """Return a ring of four as a square, if it has more free legs than a row has ends, and nothing is in their way.

    What has two on one side may be a gate over a row of three. Sites that are not numbered around the ring are a sheet.
    """
    if len(piece.vertices) != SQUARE or len(piece.lines) != SQUARE or len(piece.tips) < SQUARE - 1:
        return None
    if any(len({*sides}) < len(sides) for sides in piece.tips.values()):
        return None
    if sites := _by_numbers(piece):
        return sites
    free = (cells for cells in lattices(piece) if not _blocked(cells, piece))
    return min(free, key=lambda cells: facing_cost(cells, piece), default=None)


def _by_numbers(piece: Piece) -> Cells | None:
    """Return the rows of a ring of four whose tensors have two subscripts, or whose legs are numbered row by row."""
    rows = [*piece.family]
    subscripts = {vertex: _SITE.search(piece.tensors.get(vertex, "")) for vertex in piece.tips}
    sites = sorted((int(found[1]), int(found[2]), vertex) for vertex, found in subscripts.items() if found)
    if len(sites) == SQUARE:
        rows = [vertex for _, _, vertex in sites]
    if len(rows) < SQUARE or any(rows[0] not in piece.near[other] for other in rows[1:3]):
        return None  # around the ring
    return dict(zip(rows, [(0, 0), (1, 0), (0, -1), (1, -1)], strict=True))


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
    upright = from_below(cells) if cells else None
    return None if upright and Board(piece, whole(upright.cells)).crossed() else upright


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
