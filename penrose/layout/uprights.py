"""Slots that stand upright since a row goes through the others.

At home, a row goes from the first slot of its tensors to the last. Many authors have the leg of a site first or last,
A[s,a,b] B[t,b,c] or A[a,b,s] B[b,c,t], so that the row goes through other slots; what is joined to what tells it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from penrose.model.document import Figure
from penrose.model.expression import Factor, Product, factors_of, parts_of
from penrose.model.index import Leg, numbered

# By the legs of tensors, the slots that other rows go through; the middle ones of four are at home above and below.
THROUGH = {3: ({0, 1}, {1, 2}), 4: ({0, 1}, {2, 3})}
FAMILY = 3  # free legs, at least, with one name and numbers

End = tuple[Factor, int]  # a slot of an occurrence


@lru_cache(maxsize=4)
def uprights(figure: Figure) -> Mapping[int, frozenset[int]]:
    """Return the slots of occurrences that a row leaves out which does not go from the first slot to the last."""
    found: dict[int, frozenset[int]] = {}
    for panel in (panel for chain in figure.chains for panel in chain):
        large = [factor for factor in factors_of(panel.expression) if len(factor.legs) > 1]  # vectors stand beside rows
        times = Counter(leg for factor in large for leg in factor.legs)
        for product in (part for part in parts_of(panel.expression) if isinstance(part, Product)):
            factors = [f for f in product.factors if isinstance(f, Factor) and len(f.legs) > 1]
            plain = {id(f) for f in factors if _is_plain(f, figure) and all(times[leg] < 3 for leg in f.legs)}
            beside = _in_families(factors, times) | dict(_beside_rows(factors, times, plain))
            found |= {known: slots for known, slots in beside.items() if known in plain}
    return found


def _in_families(factors: Sequence[Factor], times: Mapping[Leg, int]) -> dict[int, frozenset[int]]:
    """Return the tensors of three legs, with the slot that is in a family of free legs, if all have just one."""
    legs = [leg for factor in factors for leg in factor.legs if times[leg] == 1]
    family = {leg: member[0] for leg in legs if (member := numbered(str(leg)))}
    members = Counter(family.values())
    large = [factor for factor in factors if len(factor.legs) > 2]
    own = [[s for s, leg in enumerate(f.legs) if leg in family and members[family[leg]] >= FAMILY] for f in large]
    if any(len(factor.legs) > 3 or len(slots) != 1 for factor, slots in zip(large, own, strict=True)):
        return {}
    return {id(factor): frozenset(slots) for factor, slots in zip(large, own, strict=True)}


def _beside_rows(
    factors: Sequence[Factor], times: Mapping[Leg, int], plain: Collection[int]
) -> Iterator[tuple[int, frozenset[int]]]:
    """Yield the tensors of three legs, or of four, that a row goes through, with the slots that it leaves out.

    They are joined to one another by the same two slots everywhere, and by others only to the same one; so are a state
    and its conjugate by what is between them. What is on a hyperedge is none of them.
    """
    ends: dict[Leg, list[End]] = {}
    for factor in factors:
        for slot, leg in enumerate(factor.legs):
            if times[leg] == 2:
                ends.setdefault(leg, []).append((factor, slot))
    joined: dict[int, dict[int, set[frozenset[int]]]] = {3: {}, 4: {}}
    for factor in (factor for factor in factors if len(factor.legs) in joined and id(factor) in plain):
        for slot in range(len(factor.legs)):
            there = _across(factor, slot, ends)
            if there and len(factor.legs) == 3 and len(there[0].legs) == 4:
                operator, near = there
                beyond = (far for far in range(4) if _is_image(_across(operator, far, ends), factor, slot))
                far = next(beyond, near)
                if far != near:
                    yield id(operator), frozenset((near, far))
                    joined[3].setdefault(id(factor), set()).add(frozenset([slot]))
            elif there and len(there[0].legs) == len(factor.legs) and id(there[0]) in plain:
                joined[len(factor.legs)].setdefault(id(factor), set()).add(frozenset((slot, there[1])))
    for legs, found in joined.items():
        pairs = set().union(*found.values())
        rows = [pair for pair in pairs if len(pair) == 2]
        alike = frozenset().union(*(pair for pair in pairs if len(pair) == 1))
        if not rows and legs == 3 and len(alike) == 1:
            rows = [frozenset(range(legs)) - alike]
        if len(rows) == 1 and rows[0].isdisjoint(alike) and rows[0] in THROUGH[legs]:
            yield from ((known, frozenset(range(legs)) - rows[0]) for known in found)


def _is_image(end: End | None, factor: Factor, slot: int) -> bool:
    """Tell whether an end is the same slot of another occurrence of a tensor."""
    return end is not None and end[0] is not factor and end[0].tensor == factor.tensor and end[1] == slot


def _across(factor: Factor, slot: int, ends: Mapping[Leg, Sequence[End]]) -> End | None:
    """Return what a slot is joined to, through the matrices between, unless that is its tensor itself."""
    at = factor, slot
    while len(two := ends.get(at[0].legs[at[1]], ())) == 2:
        other, there = two[0] if two[1] == at else two[1]
        if len(other.legs) != 2:
            return None if other is factor else (other, there)
        at = other, 1 - there
    return None


def _is_plain(factor: Factor, figure: Figure) -> bool:
    """Tell whether a tensor has no sides that were declared."""
    tensor = figure.tensors.get(factor.tensor)
    return tensor is not None and not tensor.one_side()
