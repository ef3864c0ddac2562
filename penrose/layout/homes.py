"""On which side of a tensor a leg leaves.

At home, the first slot of a tensor leaves to the left, the last to the right, those between them up
or down; a single slot leaves anywhere.
"""

from __future__ import annotations

from typing import Literal

from penrose.layout.geometry import rotated
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


def slot_homes(factor: Factor, tensor: Tensor | None) -> tuple[Home, ...]:
    """Return the home sides of all slots of an occurrence.

    An isometry with several legs at its tip has those on the right and all others on the left, or the
    other way round if its first slot is at the tip.
    """
    slots = len(factor.legs)
    if factor.tensor in BUILT_IN:
        return tuple("any" for _ in range(slots))
    tip = tensor.tip() if tensor else ()
    if len(tip) > 1:
        return tuple("left" if (slot in tip) == (0 in tip) else "right" for slot in range(slots))
    return tuple(home(slot, slots, factor.transposed and slots == 2) for slot in range(slots))


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
        return tuple(rotated_home(one, rotation) for one in slot_homes(factor, figure.tensors.get(factor.tensor)))
    counted = [slot for slot in range(slots) if slot not in aside]
    turned = factor.transposed and slots == 2
    return tuple(
        rotated_home("vertical" if slot in aside else home(counted.index(slot), len(counted), turned), rotation)
        for slot in range(slots)
    )
