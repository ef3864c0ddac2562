"""How a tensor looks: its shape follows from its properties, its label from its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penrose.layout.geometry import TURNS
from penrose.layout.measure import (
    DOT,
    PADDING,
    SIDE_BY_SIDE,
    TENSOR,
    TRIANGLE,
    TRIANGLE_BASE,
    TRIANGLE_TEXT,
    text_size,
)
from penrose.layout.scene import Direction, Extent, Shape, centred
from penrose.model.expression import Factor
from penrose.model.notation import latex
from penrose.model.tensor import Tensor

REACH: Mapping[Direction, int] = {"left": -1, "right": 1, "up": 0, "down": 0}


@dataclass(frozen=True)
class Look:
    """The shape of a node, its TikZ style, its label in TeX, the turn of a triangle in degrees, its reach."""

    shape: Shape
    style: str
    label: str
    turn: int
    extent: Extent
    least: tuple[float, float] = (0.0, 0.0)


DOTTED = Look("dot", "dot", "", 0, centred(DOT, DOT))


@dataclass(frozen=True)
class Wiring:
    """How the slots of an occurrence leave.

    `legs` counts the free legs that want room on a side, `crossed` says that parallel wires of a matrix
    have the later slot first, `diagonal` that this is a vector on a copy dot.
    """

    sides: Sequence[Direction]
    legs: Mapping[Direction, int]
    crossed: bool
    diagonal: bool


def look(tensor: Tensor, factor: Factor, wiring: Wiring) -> Look:
    """Return the look of an occurrence with that wiring."""
    label = _label(tensor, factor, is_turned(tensor, wiring))
    size = text_size(label)
    if tensor.tip():
        tip = [wiring.sides[slot] for slot in tensor.tip()]
        towards = max(dict.fromkeys(tip), key=tip.count)
        return Look("triangle", "isometry", label, TURNS[towards], _triangle(size.width, towards))
    least = (_room(wiring.legs, "up", "down"), _room(wiring.legs, "left", "right"))
    width = max(TENSOR, least[0], size.width + 2 * PADDING)
    height = max(TENSOR, least[1], size.total + 2 * PADDING)
    extent = centred(round(width, 2), round(height, 2))
    if tensor.has("unitary") or tensor.has("orthogonal"):
        return Look("square", "unitary", label, 0, extent, least)
    return Look("circle", "diagonal" if wiring.diagonal else "tensor", label, 0, extent, least)


def _room(legs: Mapping[Direction, int], one: Direction, other: Direction) -> float:
    """Return the length of a side that has room for its parallel legs, 0 where there are none."""
    most = max(legs.get(one, 0), legs.get(other, 0))
    return round(TENSOR + (most - 1) * SIDE_BY_SIDE, 2) if most > 1 else 0.0


def _triangle(text: float, towards: Direction) -> Extent:
    """Return the reach of a triangle around a text of that width, as pgf draws it (measured)."""
    more = max(0.0, text - TRIANGLE_TEXT)
    front, back, side = TRIANGLE * 0.7 + 0.7 * more, TRIANGLE * 0.3 + 0.3 * more, TRIANGLE_BASE / 2
    across: dict[Direction, Extent] = {
        "right": Extent(back, front, side, side),
        "left": Extent(front, back, side, side),
        "up": Extent(side, side, back, front),
        "down": Extent(side, side, front, back),
    }
    return across[towards]


def is_turned(tensor: Tensor, wiring: Wiring) -> bool:
    """Tell whether a matrix is drawn with its second leg before its first, which its label must say."""
    if len(wiring.sides) != 2 or tensor.has("symmetric") or tensor.has("diagonal"):
        return False
    first, second = wiring.sides
    if first == second:
        return wiring.crossed
    if REACH[first] == REACH[second]:
        return (first, second) == ("down", "up")
    return REACH[first] > REACH[second]


def _label(tensor: Tensor, factor: Factor, turned: bool) -> str:
    base = tensor.label or latex(tensor.name)
    mark = {(False, False): "", (True, False): "*", (False, True): "\\mathsf{T}", (True, True): "\\dagger"}
    script = mark[factor.conjugated, turned]
    if not script:
        return base
    plain = not any(c in base for c in "^'") or base.startswith("{")
    return f"{base if plain else '{' + base + '}'}^{script if len(script) == 1 else '{' + script + '}'}"
