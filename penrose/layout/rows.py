"""Pictures in rows: the panels of a chain go on in a new row where one would be too wide.

Rows after the first begin under its first relation; those that go on with a sum a little farther.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from penrose.layout.geometry import extent
from penrose.layout.measure import INDENT, SIGN, SPACE, WIDTH, rounded_up
from penrose.layout.scene import Picture

SHORT = 0.25  # of the width of a figure: a left side narrower than that should not stand in a row alone
OVER = 0.1  # of that width, by which a row may be too wide to prevent it


class Shown(NamedTuple):
    """A panel with its relation, which may be told to begin a row, and its terms, at whose signs it may be cut."""

    whole: Picture
    terms: Sequence[Picture]
    new_row: bool


def in_rows(panels: Iterable[Shown], width: float | None) -> list[Picture]:
    """Return the rows of a chain; without a given width, one may be a little too wide to keep a short left side."""
    rows: list[list[Picture]] = [[]]
    cut: set[int] = set()  # rows that go on with a sum
    for panel in panels:
        first, *more = panel.terms if _overflows([[]], panel.whole, width) else [panel.whole]
        if panel.new_row or (rows[-1] and _overflows(rows, first, width)):
            rows.append([])
        rows[-1].append(first)
        for term in more:
            longer = in_a_row([rows[-1][-1], term], SIGN)
            if _overflows([*rows[:-1], rows[-1][:-1]], longer, width):
                cut.add(len(rows))
                rows.append([term])
            else:
                rows[-1][-1] = longer
    first, *others = (in_a_row(row, SPACE) for row in rows)
    under = extent(first).x0 + (_indent(rows[0]) if others else 0.0)
    starts = (under + INDENT - extent(row).x0 if n in cut else under - _start(row) for n, row in enumerate(others, 1))
    return [first, *(row.moved(rounded_up(start), 0) for row, start in zip(others, starts, strict=True))]


def _overflows(rows: Sequence[Sequence[Picture]], more: Picture, width: float | None) -> bool:
    """Tell whether the last row would become too wide with one picture more."""
    indent = _indent(rows[0]) if len(rows) > 1 else 0.0
    widths = [box.x1 - box.x0 + SPACE for box in map(extent, (*rows[-1], more))]
    left_alone = len(rows) == len(rows[-1]) == 1 and widths[0] < SHORT * WIDTH
    return indent + sum(widths) > (width or WIDTH * (1 + left_alone * OVER))


def _indent(row: Sequence[Picture]) -> float:
    """Return how far the rows after the first one are indented: to its first relation, if it has one."""
    whole = in_a_row(row, SPACE)
    return (_start(whole) - extent(whole).x0) or INDENT


def _start(row: Picture) -> float:
    """Return where the relation of a row stands, or its left end."""
    first = next((text.name for text in row.texts if text.kind == "relation"), None)
    return row.points[first].x if first else extent(row).x0


def in_a_row(pictures: Iterable[Picture], space: float) -> Picture:
    """Return pictures side by side, so far from one another."""
    placed: list[Picture] = []
    x = 0.0
    for picture in pictures:
        box = extent(picture)
        right = rounded_up(x - box.x0)
        placed.append(picture.moved(right, 0))
        x = box.x1 + right + space
    return Picture.along(0, placed)
