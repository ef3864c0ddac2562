"""How a tensor looks: its shape follows from its properties, its label from its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from penrose.data import Equatable
from penrose.layout.geometry import TURNS, rotated
from penrose.layout.measure import (
    BAR,
    DOT,
    FUSED,
    PADDING,
    SIDE_BY_SIDE,
    TENSOR,
    TRIANGLE,
    TRIANGLE_BASE,
    TRIANGLE_TEXT,
    text_size,
)
from penrose.layout.scene import Direction, Extent, Shape, centred
from penrose.model.document import Figure
from penrose.model.expression import Factor
from penrose.model.network import Vertex
from penrose.model.notation import latex
from penrose.model.tensor import Tensor

REACH: Mapping[Direction, int] = {"left": -1, "right": 1, "up": 0, "down": 0}


class Look(Equatable):
    """The shape of a node, its TikZ style, its label in TeX, the turn of a triangle in degrees, its reach.

    Parallel legs leave it `apart` from one another.
    """

    shape: Shape
    style: str
    label: str
    turn: int
    extent: Extent
    least: tuple[float, float] = (0.0, 0.0)
    dress: str = ""
    rotation: int = 0
    turned: bool = False
    apart: float = SIDE_BY_SIDE


DOTTED = Look("dot", "dot", "", 0, centred(DOT, DOT))
ELLIPSIS = Look("plain", "dots", "\\cdots", 0, centred(text_size("\\cdots").width + 2 * PADDING, TENSOR / 2))


def bar(legs: int, side: Direction) -> Look:
    """Return the look of the bar that fuses some legs, the thick one of which leaves on a side."""
    length = round(legs * FUSED, 3)
    upright = side in ("left", "right")
    size = (BAR, length) if upright else (length, BAR)
    return Look("bar", "bar", "", 0, centred(*size), size)


class Wiring(Equatable):
    """How the slots of an occurrence leave.

    `legs` counts the free legs that want room on a side, `crossed` says that parallel wires of a matrix
    have the later slot first, `diagonal` that this is a vector on a copy dot, `upside_down` that a
    transpose is drawn so instead of marked, `rotation` how far the author rotates it, `apart` how far parallel
    legs are from one another. A `number` stands in front of what has legs.
    """

    sides: Sequence[Direction]
    legs: Mapping[Direction, int]
    crossed: bool
    diagonal: bool
    upside_down: bool
    rotation: int = 0
    apart: float = SIDE_BY_SIDE
    number: bool = False


def look(figure: Figure, vertex: Vertex, wiring: Wiring) -> Look:
    """Return the look of a tensor with that wiring."""
    assert vertex.factor is not None
    factor = vertex.factor
    tensor = figure.tensors.get(factor.tensor) or built_in(factor)
    style = figure.styles.get(factor.tensor)
    dress, shape = (style.name, style.shape) if style else ("", "")
    tip = [wiring.sides[vertex.slots.index(slot)] for slot in tensor.tip() if slot in vertex.slots]
    triangle = (tip and not shape) or shape == "triangle"
    towards = max(dict.fromkeys(tip), key=tip.count) if tip else "right"
    # the tip of a triangle tells its legs apart, so that only a conjugate needs to say that it is turned
    back = _points_back(tensor, rotated(towards, -wiring.rotation))
    turned = factor.conjugated and back if triangle else is_turned(tensor, wiring)
    rotation = wiring.rotation
    if turned and wiring.upside_down and len(wiring.sides) == 2 and not (triangle or rotation):
        turned, rotation = False, 180
    label = _label(tensor, vertex, turned)
    size = text_size(label)
    if wiring.number and not shape:
        extent = centred(round(size.width, 2), round(size.total, 2))
        return Look("plain", "number", label, 0, extent, dress=dress, rotation=rotation)
    across, high = (size.total, size.width) if rotation % 180 else (size.width, size.total)
    if triangle:
        along = across if towards in ("left", "right") else high
        reach = _triangle(along, towards)
        return Look("triangle", "isometry", label, TURNS[towards], reach, dress=dress, rotation=rotation)
    least = (_room(wiring, "up", "down"), _room(wiring, "left", "right"))
    extent = _around(across, high, least)
    if shape == "plain":
        return Look("plain", "plain", label, 0, extent, least, dress, rotation, turned, wiring.apart)
    unitary = tensor.has("unitary") or tensor.has("orthogonal")
    if shape == "square" or (unitary and shape != "circle"):
        dressed = "unitary" if unitary else "square"
        return Look("square", dressed, label, 0, extent, least, dress, rotation, turned, wiring.apart)
    dressed = "diagonal" if wiring.diagonal else "tensor"
    return Look("circle", dressed, label, 0, extent, least, dress, rotation, turned, wiring.apart)


def extent_around(label: str, least: tuple[float, float]) -> Extent:
    """Return the extent of a tensor that is no triangle, of that width and height at least, around its label."""
    size = text_size(label)
    return _around(size.width, size.total, least)


def _around(width: float, height: float, least: tuple[float, float]) -> Extent:
    width, height = max(TENSOR, least[0], width + 2 * PADDING), max(TENSOR, least[1], height + 2 * PADDING)
    return centred(round(width, 2), round(height, 2))


def _points_back(tensor: Tensor, towards: Direction) -> bool:
    """Tell whether a triangle points to that side where, of the left and the right, its tip is not at home."""
    return towards == ("right" if 0 in tensor.tip() else "left")


def _room(wiring: Wiring, one: Direction, other: Direction) -> float:
    """Return the length of a side that has room for its parallel legs, 0 where there are none."""
    most = max(wiring.legs.get(one, 0), wiring.legs.get(other, 0))
    return round(TENSOR + (most - 1) * wiring.apart, 2) if most > 1 else 0.0


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
    """Tell whether a matrix is drawn with its second leg before its first, which its label must say.

    So it is with the sides of a unitary that has several legs on each.
    """
    if len(wiring.sides) > 2:
        return _is_gate_turned(tensor, wiring)
    if len(wiring.sides) != 2 or tensor.has("symmetric") or tensor.has("diagonal"):
        return False
    first, second = (rotated(side, -wiring.rotation) for side in wiring.sides)
    if first == second:
        return wiring.crossed != _is_read_backwards(first, wiring.rotation)
    if REACH[first] == REACH[second]:
        return (first, second) == ("down", "up")
    return REACH[first] > REACH[second]


def _is_gate_turned(tensor: Tensor, wiring: Wiring) -> bool:
    """Tell whether all legs of the first side of a unitary are right of the others, or under them."""
    half = len(tensor.one_side())
    if (
        tensor.tip()
        or len(wiring.sides) != 2 * half
        or set(tensor.one_side())
        not in (
            set(range(half)),
            set(range(half, 2 * half)),
        )
    ):
        return False
    first, second = (
        {rotated(side, -wiring.rotation) for side in wiring.sides[part]} for part in (slice(half), slice(half, None))
    )
    return (first, second) in (({"down"}, {"up"}), ({"right"}, {"left"}))


def _is_read_backwards(side: Direction, rotation: int) -> bool:
    """Tell whether the order of legs on a side of a tensor is another one after a rotation.

    They are read from above down, or from left to right.
    """
    order: dict[Direction, Direction] = {"left": "down", "right": "down", "up": "right", "down": "right"}
    return rotated(order[side], rotation) != order[rotated(side, rotation)]


def _label(tensor: Tensor, vertex: Vertex, turned: bool) -> str:
    assert vertex.factor is not None
    base = tensor.label or latex(tensor.name)
    if vertex.subscripts:
        base = with_subscripts(base, vertex.subscripts)
    marks = {"": "", "inv": "-1", "pinv": "+"}[vertex.factor.inverse]
    conjugate = {(False, False): "", (True, False): "*", (False, True): "\\mathsf{T}", (True, True): "\\dagger"}
    script = marks + conjugate[vertex.factor.conjugated, turned]
    if not script:
        return base
    plain = not any(c in base for c in "^'") or base.startswith("{")
    return f"{base if plain else '{' + base + '}'}^{script if len(script) == 1 else '{' + script + '}'}"


def with_subscripts(base: str, names: Sequence[str]) -> str:
    """Return a label with more subscripts: those of a sum around it."""
    more = ",".join(latex(name) for name in names)
    match = re.fullmatch(r"([^_^]*)_(?:\{([^{}]*)\}|(.))('*)", base)
    if match:
        return f"{match[1]}_{{{match[2] or match[3]},{more}}}{match[4]}"
    whole = f"{{{base}}}" if re.search(r"[_^]", base) else base
    return f"{whole}_{more}" if len(more) == 1 else f"{whole}_{{{more}}}"


def built_in(factor: Factor) -> Tensor:
    """Return what is known of a tensor of the language's own."""
    slots = tuple(str(number + 1) for number in range(len(factor.legs)))
    label = {"delta": "\\delta", "one": "1"}.get(factor.tensor, "")
    return Tensor(factor.tensor, slots, ("",) * len(slots), label, (), declared=True, span=factor.span)
