"""Tensors that act as gates without being declared: what they are between, or stand on, tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Literal

from penrose.layout.part import Part
from penrose.model.expression import Factor
from penrose.model.index import Leg

Slots = frozenset[int]


def operators(part: Part) -> dict[int, Slots]:
    """Return the undeclared gates of a part, with the drawn slots on one side of them.

    Without free legs these are what is between a state and its conjugate, also if the rows of these go on to the left
    and to the right, where a matrix alone is none; else what stands on a row of others.
    """
    if all(part.tip_side(port) in ("left", "right") for port in part.tips):
        found = _between_conjugates(part)
        return {vertex: side for vertex, side in found.items() if len(side) > 1 or not part.tips}
    return _at_vertices(part, open_gates)


def matrices_of_several(part: Part) -> dict[int, Slots]:
    """Return the undeclared tensors of a part that are multiplied as matrices, with the drawn slots on one side."""
    return _at_vertices(part, folded)


def _at_vertices(
    part: Part, found_in: Callable[[Sequence[Factor], AbstractSet[Leg]], dict[int, Slots]]
) -> dict[int, Slots]:
    """Return for vertices what is found for the occurrences of tensors with all legs drawn, given the free ones."""
    whole = {vertex: part.about(vertex).factor for vertex in part.vertices if not part.about(vertex).subscripts}
    factors = [factor for factor in whole.values() if factor]
    vertices = {id(factor): vertex for vertex, factor in whole.items()}
    return {vertices[known]: slots for known, slots in found_in(factors, {*part.tips.values()}).items()}


def _between_conjugates(part: Part) -> dict[int, Slots]:
    """Return the tensors between a state and its conjugate, with the slots that are joined to the latter.

    Each leg has a partner, joined to the same slot of the other one. Where matrices are on the first and on the last
    slot of larger tensors, they are environments, and only what has more legs counts.
    """
    if not any(factor.conjugated for vertex in part.vertices if (factor := part.about(vertex).factor)):
        return {}
    ends: dict[int, dict[bool, list[tuple[str, int]]]] = {vertex: {True: [], False: []} for vertex in part.vertices}
    sides: dict[int, set[int]] = {vertex: set() for vertex in part.vertices}
    for join in part.joins:
        for port, other in (join, join[::-1]):
            about = part.about(other.vertex)
            if about.factor and about.kind == "tensor":
                ends[port.vertex][about.factor.conjugated].append((about.factor.tensor, about.slots[other.slot]))
                sides[port.vertex] |= {port.slot} if about.factor.conjugated else set()
    found: dict[int, Slots] = {}
    for vertex, joined in ends.items():
        about = part.about(vertex)
        paired = sorted(joined[True]) == sorted(joined[False])
        if about.kind == "tensor" and about.legs and paired and 2 * len(joined[True]) == len(about.legs):
            found[vertex] = frozenset(sides[vertex])
    outer = {_outer_slot(part, vertex) for vertex, side in found.items() if len(side) == 1}
    return {v: side for v, side in found.items() if len(side) > 1} if {"first", "last"} <= outer else found


def _outer_slot(part: Part, matrix: int) -> Literal["first", "last"] | None:
    """Tell whether a matrix is on the first or on the last slot of a tensor with more legs than two."""
    other = next(port for port in part.joins_at[matrix][0] if port.vertex != matrix)
    last = len(part.about(other.vertex).legs) - 1
    return None if last < 2 or 0 < other.slot < last else "last" if other.slot else "first"


def open_gates(factors: Sequence[Factor], free: AbstractSet[Leg]) -> dict[int, Slots]:
    """Return the tensors with half of their legs free and the other half on a row, with the slots on that.

    They are known by the identities of their occurrences. Those that are in a row are joined, or have a matrix between
    them.
    """
    if all(len(factor.legs) < 4 for factor in factors):
        return {}
    carriers: dict[Leg, list[Factor]] = {}
    for factor in factors:
        for leg in factor.legs:
            carriers.setdefault(leg, []).append(factor)

    def are_joined(one: Factor, other: Factor) -> bool:
        between = [factor for leg in one.legs for factor in carriers[leg] if len(factor.legs) == 2]
        return any({*one.legs} & {*factor.legs} and {*factor.legs} & {*other.legs} for factor in (other, *between))

    found: dict[int, Slots] = {}
    for factor in factors:
        half = len(factor.legs) // 2
        inside = frozenset(slot for slot, leg in enumerate(factor.legs) if leg not in free)
        if half < 2 or 2 * half < len(factor.legs) or {*inside} not in ({*range(half)}, {*range(half, 2 * half)}):
            continue
        held = [one for slot in sorted(inside) for one in carriers[factor.legs[slot]] if one is not factor]
        if len(held) == half == len({id(one) for one in held}) and all(are_joined(*two) for two in pairwise(held)):
            found[id(factor)] = inside
    return found


def folded(factors: Sequence[Factor], free: AbstractSet[Leg]) -> dict[int, Slots]:
    """Return the tensors that are multiplied as matrices with several legs on either side, and the slots of the first.

    They are known by the identities of their occurrences. The last half of the legs of each is the first half of those
    of the next one; the halves at both ends are free.
    """
    halves = {
        id(factor): (factor.legs[: len(factor.legs) // 2], factor.legs[len(factor.legs) // 2 :])
        for factor in factors
        if len(factor.legs) > 2 and len(factor.legs) % 2 == 0
    }
    after = {first: known for known, (first, _) in halves.items()}
    found: dict[int, Slots] = {}
    for known, (first, last) in halves.items():
        row = {known: frozenset(range(len(first)))} if free >= {*first} else {}
        while row and (following := after.get(last)) and following not in row:
            row[following] = row[known]
            last = halves[following][1]
        if len(row) > 1 and free >= {*last}:
            found |= row
    return found
