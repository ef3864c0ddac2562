"""On which side of a tensor a leg leaves.

At home, the first slot of a tensor leaves to the left, the last to the right, those between them up
or down; a single slot leaves anywhere. Where rows go through other slots, as in A[s,a,b] B[t,b,c], these are
the first and the last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from penrose.layout.geometry import rotated
from penrose.layout.uprights import uprights
from penrose.model.document import Figure
from penrose.model.expression import Factor
from penrose.model.network import Vertex
from penrose.model.tensor import BUILT_IN, Tensor

Home = Literal["left", "right", "up", "down", "vertical", "across", "any"]  # across: of a lying bar


def home(slot: int, slots: int, transposed: bool = False) -> Home:
    """Return the side on which a slot is at home."""
    if slots == 1:
        return "any"
    if slot in (0, slots - 1):
        return "left" if (slot == 0) != transposed else "right"
    return "vertical"


def rotated_home(home: Home, degrees: int) -> Home:
    """Return where a slot is at home on a tensor that is rotated."""
    if home in ("left", "right"):
        return rotated(home, degrees)
    return "any" if home == "vertical" and degrees % 180 else home


def slot_homes(factor: Factor, figure: Figure) -> tuple[Home, ...]:
    """Return the home sides of all slots of an occurrence.

    An isometry with several legs at its tip has those on the right and all others on the left, or the
    other way round if its first slot is at the tip.
    """
    slots, tensor = len(factor.legs), figure.tensors.get(factor.tensor)
    if factor.tensor in BUILT_IN:
        return tuple("any" for _ in range(slots))
    tip = tensor.tip() if tensor else ()
    if len(tip) > 1:
        return tuple("left" if (slot in tip) == (0 in tip) else "right" for slot in range(slots))
    return homes_beside(range(slots), uprights(figure).get(id(factor), ()), factor.transposed and slots == 2)


def homes_beside(slots: Sequence[int], upright: Collection[int], transposed: bool = False) -> tuple[Home, ...]:
    """Return the home sides of some slots, of which those that are upright do not count."""
    counted = [slot for slot in slots if slot not in upright]
    return tuple(
        "vertical" if slot in upright else home(counted.index(slot), len(counted), transposed) for slot in slots
    )


def homes(vertex: Vertex, figure: Figure, aside: frozenset[int]) -> tuple[Home, ...]:
    """Return the home sides of the slots of a vertex: only tensors have them.

    Slots `aside` are at home above or below, and the others are counted without them.
    """
    slots = len(vertex.legs)
    factor = vertex.factor
    if factor is None or factor.tensor in BUILT_IN:
        return tuple("any" for _ in range(slots))
    rotation = figure.rotations.get(id(factor), 0)
    if len(vertex.slots) == len(factor.legs) and not aside:
        return tuple(rotated_home(one, rotation) for one in slot_homes(factor, figure))
    through = uprights(figure).get(id(factor), ())
    upright = aside.union(place for place, slot in enumerate(vertex.slots) if slot in through)
    found = homes_beside(range(slots), upright, factor.transposed and slots == 2)
    return tuple(rotated_home(one, rotation) for one in found)


def is_wide_gate(factor: Factor, tensors: Mapping[str, Tensor]) -> bool:
    """Tell whether it is a unitary with several legs on either side."""
    tensor = tensors.get(factor.tensor)
    return tensor is not None and not tensor.tip() and len(tensor.one_side()) > 1
