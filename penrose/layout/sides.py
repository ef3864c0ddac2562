"""On which side of a tensor a leg leaves, and on which side of a panel a free leg ends.

At home, the first slot of a tensor leaves to the left, the last to the right, those between them up
or down; a single slot leaves anywhere. A free leg ends on the same side in every panel of a chain:
where most tensors that carry it have it at home.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from penrose.layout.scene import Direction
from penrose.model.document import Panel
from penrose.model.expression import Factor, factors_of
from penrose.model.index import Index
from penrose.model.tensor import BUILT_IN

Home = Literal["left", "right", "vertical", "any"]


def home(slot: int, slots: int, transposed: bool = False) -> Home:
    """Return the side on which a slot is at home."""
    if slots == 1:
        return "any"
    if slot in (0, slots - 1):
        return "left" if (slot == 0) != transposed else "right"
    return "vertical"


def homes(factor: Factor) -> tuple[Home, ...]:
    """Return the home sides of all slots of an occurrence."""
    slots = len(factor.indices)
    if factor.tensor in BUILT_IN:
        return tuple("any" for _ in range(slots))
    return tuple(home(slot, slots, factor.transposed and slots == 2) for slot in range(slots))


def free_sides(chain: Sequence[Panel]) -> dict[Index, Direction]:
    """Return the side of every free leg of a chain of panels."""
    legs = chain[0].legs
    votes = _votes([factor for panel in chain for factor in factors_of(panel.expression)], legs)
    sides: dict[Index, Direction] = {}
    families = _families(legs)
    for position, index in enumerate(legs):
        family = families[_family(index)]
        if len(family) > 1 and sum((votes[member] for member in family), Counter())["vertical"]:
            vertical = [f for f in families.values() if len(f) > 1]
            sides[index] = "up" if len(vertical) > 1 and family is vertical[0] else "down"
        else:
            sides[index] = _side(votes[index], position, len(legs))
    if len(legs) > 1 and len(set(sides.values())) == 1 and set(sides.values()) <= {"left", "right"}:
        return {index: _side(Counter(), position, len(legs)) for position, index in enumerate(legs)}
    return sides


def _votes(factors: Iterable[Factor], legs: Sequence[Index]) -> Mapping[Index, Counter[Home]]:
    votes: dict[Index, Counter[Home]] = {index: Counter() for index in legs}
    for factor in factors:
        for index, side in zip(factor.indices, homes(factor), strict=True):
            if index in votes:
                votes[index][side] += 1
    return votes


def _families(legs: Sequence[Index]) -> dict[str, list[Index]]:
    families: dict[str, list[Index]] = {}
    for index in legs:
        families.setdefault(_family(index), []).append(index)
    return families


def _family(index: Index) -> str:
    """Return what the legs of a family share: s for s_1, s_2 and so on, the whole name for others."""
    base, found, _ = index.name.partition("_")
    return base + "_" if found else index.name


def _side(votes: Counter[Home], position: int, legs: int) -> Direction:
    left, right = votes["left"], votes["right"]
    middle = legs == 3 and position == 1
    if votes["vertical"] > max(left, right) - middle:
        return "down"
    if left != right:
        return "left" if left > right else "right"
    if left == 0 and 0 < position < legs - 1:
        return "down"
    return "left" if 2 * position < legs else "right"
