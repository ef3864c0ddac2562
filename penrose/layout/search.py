"""The search for a cheaper placement: vertices move and are exchanged, alone, in runs, and at random.

It goes through vertices in an order that no order of writing changes, and its budget counts work, not time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from penrose.layout.board import Board
from penrose.layout.cells import CROWD, Cell, Cells

FEW = 16  # vertices of a piece in which they also move beside any of their neighbours, which rarely helps
RUN = 6  # vertices in a line that move together, at most


def improve(board: Board, order: Sequence[int], budget: int, with_runs: bool = False) -> Cells:
    """Move and exchange vertices as long as that makes the placement cheaper, and the budget of work lasts.

    It begins with those in `order`; what is joined to one that moved comes after them. Where nothing moves alone,
    runs may move: what is joined in a row, or in a column.
    """
    waiting = list(order)
    rank = board.piece.rank
    while board.work < budget and (waiting or (with_runs and (waiting := _slide(board, budget)))):
        changed: set[int] = set()
        for vertex in waiting:
            if _improve_one(board, vertex):
                changed.update(other for line in board.lines_at[vertex] for other in line)
                changed.add(vertex)
            if board.work >= budget:
                break
        waiting = sorted(changed, key=rank.__getitem__)
    return board.cells


def _improve_one(board: Board, vertex: int) -> bool:
    """Move a vertex to the best cell for it, in exchange with what stands there; tell whether that is another one."""
    here = board.cells[vertex]
    if vertex in board.settled or len(board.lines_at[vertex]) > CROWD:
        return False
    plain = board.price_of(vertex)
    best, chosen = 1e-6, None
    for cell in cells_for(board, vertex):
        other = board.at.get(cell)
        if other is not None and (other in board.settled or len(board.lines_at[other]) > CROWD):
            continue
        moved = {vertex: cell} if other is None else {vertex: cell, other: here}
        before = plain if other is None else plain + board.price_of(other)  # at most, since some counts twice
        after = board.price(moved, before - best)
        if other is not None and before - after > best:
            before = board.price({vertex: here, other: cell})
        if before - after > best:
            best, chosen = before - after, moved
    if chosen:
        board.move(chosen)
    return chosen is not None


def _slide(board: Board, budget: int) -> list[int]:
    """Move the first run that this makes cheaper a step, across its line or along it; return what that concerns."""
    for line, axis in ((0, 0), (1, 1), (0, 1), (1, 0)):  # across columns and rows first
        for run in _runs(board, line):
            here = {vertex: board.cells[vertex] for vertex in run}
            before = board.price(here)
            for step in (-board.step, board.step):
                moved = {v: (x, y + step) if axis else (x + step, y) for v, (x, y) in here.items()}
                free = all(board.at.get(cell, vertex) in here for vertex, cell in moved.items())
                if free and board.price(moved, before) < before - 1e-6:
                    board.move(moved)
                    return board.in_order({other for v in run for line in board.lines_at[v] for other in line})
            if board.work >= budget:
                return []
    return []


def _runs(board: Board, axis: int) -> Iterator[list[int]]:
    """Yield what wires along a row, or along a column, join to one another, if it may move and is not long."""
    seen: set[int] = set()
    for vertex in board.piece.ranked:
        if vertex in seen:
            continue
        run, place = [vertex], board.cells[vertex][axis]
        seen.add(vertex)
        for known in run:
            beside = (other for line in board.lines_at[known] for other in line if other not in seen)
            fresh = [other for other in dict.fromkeys(beside) if board.cells[other][axis] == place]
            seen.update(fresh)
            run += fresh
        if 1 < len(run) <= RUN and not board.settled.intersection(run):
            yield run


def cells_for(board: Board, vertex: int) -> Iterable[Cell]:
    """Return the cells that a vertex may move to: beside it, in line with its neighbours, and around their middle."""
    here = board.cells[vertex]
    others = [board.cells[other] for line in board.lines_at[vertex] for other in line if other != vertex]
    found: dict[Cell, None] = {}
    if others:
        mx, my = sum(x for x, _ in others) / len(others), sum(y for _, y in others) / len(others)
        cx, cy = float(round(mx)), float(round(my))
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                found[(cx + dx, cy + dy)] = None
        for x, y in others[:6]:
            if len(board.cells) <= FEW:
                found.update(dict.fromkeys([(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]))
            found.update(dict.fromkeys([(here[0], y), (x, here[1])]))
    for beside in (-board.step, 0.0, board.step):
        for above in (-board.step, 0.0, board.step):
            found[(here[0] + beside, here[1] + above)] = None
    found.pop(here, None)
    return found


def shake(board: Board, among: Callable[[], list[int]], worth: Callable[[], tuple[float, ...]], budget: int) -> None:
    """Move some vertices to anywhere and improve what that concerns, as long as there are some, and budget."""
    moved, best, number = among(), worth(), 0
    while board.work < budget and moved:
        number = (1103515245 * number + 12345) % 2**31  # the same numbers on every machine
        kept = dict(board.cells)
        improve(board, _scattered(board, moved, number), budget)
        board.work += len(board.edges)
        if (better := worth()) < best:
            moved, best = among(), better
        else:
            board.put_back(kept)


def _scattered(board: Board, among: Sequence[int], number: int) -> list[int]:
    """Move one or two of some vertices to other cells, chosen by a number; return what that concerns."""
    x0, y0, x1, y1 = board.box
    wide, high = int(x1 - x0) + 3, int(y1 - y0) + 3
    concerned: dict[int, None] = {}
    for _ in range(2):
        number //= 7
        vertex = among[number % len(among)]
        number //= len(among)
        cell = (x0 - 1 + number % wide, y0 - 1 + number // wide % high)
        if cell not in board.at and vertex not in board.settled:
            board.move({vertex: cell})
            concerned.update(dict.fromkeys(other for line in board.lines_at[vertex] for other in line))
    return list(concerned)
