"""Long rows of alike columns, and columns of alike rows: a figure with a few of them instead of all.

A chain, a matrix product state, a ladder, a ring or a sheet of a thousand tensors looks as one of twenty does. So
lines are left out of runs in which each is joined to the next one in the same way, and `copies` makes the picture of
the whole from that of what remains. There, names that differ in their numbers alone have equally many digits, so that
what stands for others is as wide as the widest of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise, product

from penrose.data import Data, replace
from penrose.model.document import Figure
from penrose.model.expression import Factor, Product
from penrose.model.index import Index

MANY = 200  # factors, at least, of a product with lines to leave out
KEPT = 3  # lines that remain on both sides of a gap
DIGITS = str.maketrans("123456789", "000000000")  # which are all as wide

Rows = tuple[tuple[Factor, ...], ...]
Lines = tuple[tuple[int, ...], tuple[int, ...]]  # numbers of rows, and of columns
Place = tuple[int, int, int]  # a row, a column of it, and a slot of the tensor there
Kind = tuple[object, ...]  # what lines that are alike have in common


class Short(Data):
    """A figure with lines left out: of the `rows` of the whole one, and of their columns, those `kept` remain."""

    whole: Figure
    figure: Figure
    rows: Rows
    kept: Lines

    def gaps(self, axis: int) -> list[int]:
        """Return the numbers of the remaining rows (axis 0) or columns (axis 1) before gaps."""
        return [number for number, (one, other) in enumerate(pairwise(self.kept[axis])) if other > one + 1]


def shortened(figure: Figure) -> Short | None:
    """Return a figure with fewer lines, if it is a long product with many that are alike, and has no hints."""
    whole = _only_product(figure)
    rows = _rows(figure, whole) if whole else None
    web = _web(figure, rows) if rows else None
    kept = web.kept() if web else None
    if not whole or not web or not kept:
        return None
    factors = tuple(web.joined_up(kept))
    left = {leg for factor in factors for leg in factor.legs}
    shorter = replace(whole, factors=factors, summed=tuple(index for index in whole.summed if index in left))
    ((panel,),) = figure.chains
    (term,) = panel.expression.terms
    expression = replace(panel.expression, terms=(replace(term, product=shorter),))
    free = (web.legs[leg] for leg in panel.legs if isinstance(leg, Index))
    panel = replace(panel, expression=expression, legs=tuple(leg for leg in free if leg in left))
    drawn = {factor.tensor for factor in factors}
    even = {name: other for name, other in web.tensors.items() if other in drawn}
    tensors = {other: replace(figure.tensors[name], name=other) for name, other in even.items()}
    return Short(figure, replace(figure, chains=((panel,),), tensors={**figure.tensors, **tensors}), web.rows, kept)


def _only_product(figure: Figure) -> Product | None:
    """Return the product that a figure is, if it is long and there is nothing else to it."""
    panels = [panel for chain in figure.chains for panel in chain]
    if len(panels) != 1 or len(panels[0].expression.terms) != 1 or panels[0].relation or figure.hints:
        return None
    (term,) = panels[0].expression.terms
    plain = not term.negative and not term.caption and term.product.coefficient is None
    return term.product if plain and len(term.product.factors) >= MANY else None


def _rows(figure: Figure, whole: Product) -> Rows | None:
    """Return the rows in which factors are written, each joined to the one before it, if these are equally long."""
    rows: list[list[Factor]] = []
    before: frozenset[object] = frozenset()
    for factor in whole.factors:
        if not isinstance(factor, Factor) or factor.tensor not in figure.tensors:
            return None
        if factor.key or factor.inverse or factor.free != factor.legs:
            return None
        if before.isdisjoint(factor.free):
            rows.append([])
        rows[-1].append(factor)
        before = frozenset(factor.free)
    return tuple(map(tuple, rows)) if len({len(row) for row in rows}) == 1 else None


def _web(figure: Figure, rows: Rows) -> _Web | None:
    """Return what tensors in rows are joined to; None where more than two share an index, or even names meet."""
    ends: dict[Index, list[Place]] = {}
    for row, factors in enumerate(rows):
        for column, factor in enumerate(factors):
            for slot, index in enumerate(factor.free):
                ends.setdefault(index, []).append((row, column, slot))
    if max(map(len, ends.values()), default=0) > 2:
        return None
    names = {factor.tensor for factors in rows for factor in factors}
    tensors = _even({name for name in names if not figure.tensors[name].declared and name not in figure.styles})
    free = [index for index, places in ends.items() if len(places) == 1]
    even = _even({index.name for index in free})
    legs = {index: index._replace(name=even[index.name]) for index in free}
    meet = len(names) > len({tensors.get(name, name) for name in names})
    meet = meet or len(ends) > len({legs.get(index, index) for index in ends})
    return None if meet else _Web(rows, ends, tensors, legs)


def _even(names: Set[str]) -> dict[str, str]:
    """Return names with zeros before their numbers, so that those that differ in these alone are as wide."""
    pieces = {name: re.split("([0-9]+)", name) for name in sorted(names)}
    digits: dict[tuple[str, ...], list[int]] = {}
    for parts in pieces.values():
        counts = [len(number) for number in parts[1::2]]
        digits[tuple(parts[::2])] = list(map(max, counts, digits.get(tuple(parts[::2]), counts)))
    for parts in pieces.values():
        counts = digits[tuple(parts[::2])]
        parts[1::2] = [number.zfill(count) for number, count in zip(parts[1::2], counts, strict=True)]
    return {name: "".join(parts) for name, parts in pieces.items()}


class _Web(Data):
    """Tensors in rows, the ends of their indices, and even names: of tensors that nobody declared, and of free legs."""

    rows: Rows
    ends: Mapping[Index, Sequence[Place]]
    tensors: Mapping[str, str]
    legs: Mapping[Index, Index]

    def kept(self) -> Lines | None:
        """Return the rows and the columns that remain, None if these are all.

        Where some of both could go, all rows remain if a wire runs past what is next to its tensor.
        """
        counts = len(self.rows), len(self.rows[0])
        rows, columns = (self._kept(axis, count) for axis, count in enumerate(counts))
        if len(rows) < counts[0] and len(columns) < counts[1] and not self._is_near():
            rows = tuple(range(counts[0]))
        if counts[0] < counts[1]:  # what is wider remains so
            columns = _with_more(columns, len(rows) + 1)
        elif counts[0] > counts[1]:
            rows = _with_more(rows, len(columns) + 1)
        return (rows, columns) if (len(rows), len(columns)) != counts else None

    def _kept(self, axis: int, count: int) -> tuple[int, ...]:
        """Return the rows or columns that remain; of few, these are all."""
        lines = range(count)
        return _kept([self._kind(axis, line) for line in lines]) if count > 2 * KEPT else tuple(lines)

    def joined_up(self, kept: Lines) -> Iterator[Factor]:
        """Yield what remains, joined over gaps as it was to what is in these."""
        for row, column in product(*kept):
            factor = self.rows[row][column]
            legs = tuple(self._leg((row, column, slot), kept) for slot in range(len(factor.free)))
            yield replace(factor, tensor=self.tensors.get(factor.tensor, factor.tensor), legs=legs)

    def _leg(self, here: Place, kept: Lines) -> Index:
        """Return a leg of what remains; over a gap, it is called as at the first of its ends."""
        index, there = self._index(here), self._other(here)
        if not there:
            return self.legs[index]
        row, column = (_nearest(kept[axis], here[axis], there[axis]) for axis in (0, 1))
        return min((here, index), ((row, column, there[2]), self._index((row, column, there[2]))))[1]

    def _index(self, place: Place) -> Index:
        return self.rows[place[0]][place[1]].free[place[2]]

    def _other(self, place: Place) -> Place | None:
        """Return the other end of a leg, None if it is free."""
        first, *others = self.ends[self._index(place)]
        return None if not others else others[0] if first == place else first

    def _kind(self, axis: int, line: int) -> Kind:
        """Return what a row (axis 0) or a column (axis 1) is like: its labels, and what its tensors are joined to."""
        found: list[object] = []
        row, column = ((line,), range(len(self.rows[0]))) if axis == 0 else (range(len(self.rows)), (line,))
        for at in product(row, column):
            factor = self.rows[at[0]][at[1]]
            even = self.tensors.get(factor.tensor)
            found += [even.translate(DIGITS) if even else factor.tensor, factor.conjugated, factor.transposed]
            for slot, index in enumerate(factor.free):
                there = self._other((*at, slot))
                joined = there and (there[axis] - line, there[1 - axis], there[2])
                found.append(joined or self.legs[index].name.translate(DIGITS))
        return tuple(found)

    def _is_near(self) -> bool:
        """Tell whether all wires run to the same row or to the next one, and so with columns."""
        wires = (places for places in self.ends.values() if len(places) == 2)
        return all(abs(one[axis] - other[axis]) < 2 for one, other in wires for axis in (0, 1))


def _kept(kinds: Sequence[Kind]) -> tuple[int, ...]:
    """Return the lines that remain: of a long run of alike ones that reach no farther than the next, its ends."""
    kept: list[int] = []
    start = 0
    for line in range(1, len(kinds) + 1):
        if line == len(kinds) or kinds[line] != kinds[start]:
            run = range(start, line)
            near = all(abs(one[0]) < 2 for one in kinds[start] if isinstance(one, tuple))
            kept += (*run[:KEPT], *run[-KEPT:]) if near and len(run) > 2 * KEPT else run
            start = line
    return tuple(kept)


def _with_more(kept: Sequence[int], least: int) -> tuple[int, ...]:
    """Return at least that many lines that remain, of which there are more before the first gap."""
    gap = next((number for number, (one, other) in enumerate(pairwise(kept)) if other > one + 1), None)
    if gap is None:
        return tuple(kept)
    more = range(kept[gap] + 1, kept[gap + 1])[: max(0, least - len(kept))]
    return (*kept[: gap + 1], *more, *kept[gap + 1 :])


def _nearest(kept: Sequence[int], here: int, there: int) -> int:
    """Return a line if it remains, else the one that does and is next to another in its direction."""
    if there in kept:
        return there
    return kept[kept.index(here) + (1 if there > here else -1)]
