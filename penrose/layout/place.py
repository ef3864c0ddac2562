"""Where the vertices of a connected piece stand: structures exactly, everything else by the best of some candidates."""

from __future__ import annotations

from collections.abc import Iterator

from penrose.layout.board import Board
from penrose.layout.cells import BLOCKED, Cells, Piece, Placement, facing_cost, tip_cost
from penrose.layout.layered import by_distance, by_gates, by_order, layered
from penrose.layout.motifs import SYMMETRIES, boxes, is_caterpillar, lattices, rows, trees
from penrose.layout.spine import from_spine, spines
from penrose.layout.stress import stressed

BUDGET = 24_000  # lines that are looked at to improve a piece
EACH = 700  # of them, for every vertex
TRIED = 3  # candidates that are improved, where there are not too many vertices for that
LARGE = 200  # vertices of a piece of which but the best candidate is improved


def place(piece: Piece) -> Placement:
    """Return where the vertices of a piece stand."""
    if len(piece.vertices) == 1:
        return Placement({piece.vertices[0]: (0, 0)})
    layers = _of_gates(piece)
    if layers:
        return layers
    hung = (
        [*trees(piece)] if piece.tips and {side for sides in piece.tips.values() for side in sides} == {"down"} else []
    )
    exact = [] if hung else [*rows(piece)] or [*lattices(piece)]
    if exact:
        lattice = min(exact, key=lambda cells: facing_cost(cells, piece))
        if not _blocked(lattice, piece) or _is_sheet(lattice):
            return Placement(lattice)
    candidates = [Placement(lattice)] if exact else [*_candidates(piece)]
    found = [(Board(piece, one.cells, one.flow is not None).total(), one) for one in candidates]
    found.sort(key=lambda one: one[0])
    budget = min(BUDGET, EACH * len(piece.vertices))
    tried = found[: TRIED if len(piece.vertices) <= LARGE else 1]
    for _, one in tried:
        board = Board(piece, _whole(one.cells))
        improved = _turned(piece, board.improve(piece.ranked, budget // (len(tried) + 1)))
        found.append((Board(piece, improved).total(), Placement(improved)))
    price, best = min(found, key=lambda one: one[0])
    return _shaken(piece, best, price, budget // (len(tried) + 1))


def _of_gates(piece: Piece) -> Placement | None:
    """Return a piece in layers by its gates, if no wires cross then."""
    sides = set().union(*piece.tips.values())
    if is_caterpillar(piece) and not (len(piece.gates) == len(piece.vertices) and {"up", "down"} <= sides):
        return None  # a chain lies, unless it is nothing but gates with legs on both sides
    ranks = by_gates(piece)
    cells = layered(piece, ranks) if ranks else None
    if cells is None:
        return None
    upright = {vertex: (-y, x) for vertex, (x, y) in cells.items()}
    return None if Board(piece, _whole(upright)).crossed() else Placement(upright, "down")


def _shaken(piece: Piece, best: Placement, price: float, budget: int) -> Placement:
    """Move ends of lines that cross to somewhere else and improve again, as long as there are some, and budget."""
    if len(piece.vertices) > LARGE:
        return best
    crossed = Board(piece, _whole(best.cells)).crossed()
    number = 0
    while budget > 0 and crossed:
        number = (1103515245 * number + 12345) % 2**31  # the same numbers on every machine
        shaken = Board(piece, _whole(best.cells))
        shaken.shake(crossed, number)
        improved = shaken.improve(piece.ranked, budget)
        budget -= shaken.work + len(piece.lines)
        if (cheaper := shaken.total()) < price:
            best, price, crossed = Placement(_turned(piece, improved)), cheaper, shaken.crossed()
    return best


def _candidates(piece: Piece) -> Iterator[Placement]:
    yield from trees(piece)
    for spine in spines(piece):
        yield Placement(from_spine(piece, spine))
    for cells in boxes(piece):
        yield Placement(_turned(piece, cells))
    across = layered(piece, by_order(piece))
    if across:
        yield Placement(across)
    lowest = [vertex for vertex in piece.ranked if "down" in piece.tips.get(vertex, ())]
    if lowest:
        up = layered(piece, by_distance(piece, lowest))
        if up:
            yield Placement({vertex: (-y, x) for vertex, (x, y) in up.items()}, "down")
    yield Placement(_turned(piece, stressed(piece)))


def _whole(cells: Cells) -> Cells:
    """Return cells without halves: twice as far apart in a direction that has some."""
    across, up = (2.0 if any(cell[axis] % 1 for cell in cells.values()) else 1.0 for axis in (0, 1))
    return {vertex: (across * x, up * y) for vertex, (x, y) in cells.items()}


def _turned(piece: Piece, cells: Cells) -> Cells:
    """Return the cheapest of the eight positions of a placement."""
    positions = [{vertex: symmetry(*cells[vertex]) for vertex in cells} for symmetry in SYMMETRIES]
    return min(positions, key=lambda cells: facing_cost(cells, piece))


def _is_sheet(cells: Cells) -> bool:
    """Tell whether a lattice is so wide and high that something in it has others on all sides: then legs go between."""
    taken = set(cells.values())
    return any({(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} <= taken for x, y in taken)


def _blocked(cells: Cells, piece: Piece) -> bool:
    """Tell whether a vertex stands where a free leg ought to leave, or beside a bar instead of above or below."""
    beside_bar = ("across" in (e.start_home, e.end_home) and cells[e.start][1] == cells[e.end][1] for e in piece.edges)
    box, taken = (0.0, 0.0, 0.0, 0.0), set(cells.values())
    return any(beside_bar) or any(
        tip_cost(cells[vertex], side, taken.__contains__, box) >= BLOCKED
        for vertex, sides in piece.tips.items()
        for side in sides
    )
