"""Tensors that act as gates without being declared: what they are between, or stand on, tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Literal

from penrose.layout.part import Part
from penrose.model.expression import Factor
from penrose.model.index import Leg

Slots = frozenset[int]


def operators(part: Part) -> dict[int, Slots]:
    """Return the undeclared gates of a part, with the drawn slots on one side of them.

    Without free legs these are what is between a state and its conjugate, else what stands on a row of others: where
    legs are free the rows of a state go on, and nothing is between them alone.
    """
    if not part.tips:
        return _between_conjugates(part)
    vertices = {id(factor): vertex for vertex in part.vertices if (factor := part.about(vertex).factor)}
    factors = [factor for vertex in part.vertices if (factor := part.about(vertex).factor)]
    return {vertices[known]: slots for known, slots in open_gates(factors, {*part.tips.values()}).items()}


def _between_conjugates(part: Part) -> dict[int, Slots]:
    """Return the tensors between a state and its conjugate, with the slots that are joined to the latter.

    Each leg has a partner, joined to the same slot of the other one. Where matrices are on the first and on the last
    slot of larger tensors, they are environments, and only what has more legs counts.
    """
    ends: dict[int, dict[tuple[str, int], list[tuple[bool, int]]]] = {vertex: {} for vertex in part.vertices}
    for join in part.joins:
        for port, other in (join, join[::-1]):
            about = part.about(other.vertex)
            if about.factor and about.kind == "tensor":
                key = about.factor.tensor, about.slots[other.slot]
                ends[port.vertex].setdefault(key, []).append((about.factor.conjugated, port.slot))
    found: dict[int, Slots] = {}
    for vertex, by_key in ends.items():
        about = part.about(vertex)
        pairs = [dict(several) for several in by_key.values()]
        if about.kind == "tensor" and about.legs and 2 * len(pairs) == len(about.legs) and all(map(_is_pair, pairs)):
            found[vertex] = frozenset(pair[True] for pair in pairs)
    outer = {_outer_slot(part, vertex) for vertex, side in found.items() if len(side) == 1}
    return {v: side for v, side in found.items() if len(side) > 1} if {"first", "last"} <= outer else found


def _is_pair(slots: Mapping[bool, int]) -> bool:
    return len(slots) == 2


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
