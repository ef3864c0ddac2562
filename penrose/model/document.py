"""A resolved program: what the later stages read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from penrose.data import Data
from penrose.errors import Diagnostic
from penrose.model.expression import Factor, Sum
from penrose.model.function import Function
from penrose.model.index import Leg
from penrose.model.tensor import Dimension, Tensor
from penrose.source import Source, Span

Side = Literal["left", "right", "up", "down"]
Meaning = Literal["none", "definition", "claim", "step"]
Labels = Literal["free", "all", "none"]


class Panel(Data):
    """One expression of a chain. `legs` are its free legs in order; `within` is the bound of a `~=`."""

    relation: str
    meaning: Meaning
    expression: Sum
    legs: tuple[Leg, ...]
    within: str
    new_row: bool
    span: Span


Chain = tuple[Panel, ...]


class Place(Data):
    """`place A at (x, y)`, in TikZ units, y up."""

    factor: Factor
    x: float
    y: float
    span: Span


class LegSide(Data):
    """`leg A.i up`; `slot` counts from 0."""

    factor: Factor
    slot: int
    side: Side
    span: Span


class Show(Data):
    """`labels free`: which indices have labels."""

    labels: Labels
    span: Span


class Width(Data):
    """`width 12`: the width in cm at which a figure wraps."""

    width: float
    span: Span


class Transposes(Data):
    """`transposes turned`: matrices that stand the other way round are drawn upside down instead of marked T."""

    turned: bool
    span: Span


class Marks(Data):
    """`marks none`: whether legs that leave where the picture tells their slot wrongly have its number."""

    shown: bool
    span: Span


class Put(Data):
    """`put A right of B by 1.5`: on that side of the other, at the same height or above one another.

    `by` is the distance of their centres in cm, None where the layout decides.
    """

    factor: Factor
    side: Side
    other: Factor
    by: float | None
    span: Span


class Row(Data):
    """`row A B C`: from left to right at one height."""

    factors: tuple[Factor, ...]
    span: Span


class Column(Data):
    """`column A B C`: from above down, below one another."""

    factors: tuple[Factor, ...]
    span: Span


class Grid(Data):
    """`grid A B / C _ D`: rows from above down; None is an empty place."""

    rows: tuple[tuple[Factor | None, ...], ...]
    span: Span


class Flow(Data):
    """`flow down`: the direction in which a panel is read; panel 0 is all of them."""

    direction: Side
    panel: int
    span: Span


class Rotate(Data):
    """`rotate A 180`: a tensor turned by 90, 180 or 270 degrees, counter-clockwise."""

    factor: Factor
    degrees: int
    span: Span


class Bend(Data):
    """`bend A.j 30`: how far the wire at a slot bends to the left, seen from the tensor."""

    factor: Factor
    slot: int
    degrees: int
    span: Span


class Arrow(Data):
    """`arrow A.j`: an arrow head on the wire at a slot, which points away from the tensor."""

    factor: Factor
    slot: int
    span: Span


class Brace(Data):
    """`brace A B "× 12"`: a brace along some tensors, below or above them, with a text."""

    factors: tuple[Factor, ...]
    text: str
    side: Side
    span: Span


class Note(Data):
    """`note A "gauge centre"`: a text beside a tensor; without a side, where there is room."""

    factor: Factor
    text: str
    side: Side | None
    span: Span


class Highlight(Data):
    """`highlight A B yellow`: a ground behind some tensors; without a colour, that of the style."""

    factors: tuple[Factor, ...]
    color: str
    span: Span


Remark = Brace | Note | Highlight
Hint = (
    Place | LegSide | Show | Width | Transposes | Marks | Put | Row | Column | Grid | Flow | Rotate | Bend | Arrow
    | Remark
)  # fmt: skip


class Style(Data):
    """A named look: `fill` is a colour, `shape` overrules the shape that follows from the mathematics."""

    name: str
    fill: str
    shape: str


class Definition(Data):
    """`let A[..] = E`, or several targets of a decomposition: then `method` names it."""

    targets: tuple[Factor, ...]
    expression: Sum
    method: str
    span: Span


class Figure(Data):
    """A figure: chains of panels, below one another. `styles` are those of its tensors, by name."""

    name: str
    title: str
    chains: tuple[Chain, ...]
    tensors: Mapping[str, Tensor]
    styles: Mapping[str, Style]
    hints: tuple[Hint, ...]
    span: Span

    @cached_property
    def hinted(self) -> frozenset[int]:
        """The occurrences that hints and remarks are about, by their identity."""
        found: list[Factor | None] = []
        for hint in self.hints:
            match hint:
                case Row() | Column() | Brace() | Highlight():
                    found += hint.factors
                case Grid():
                    found += [factor for row in hint.rows for factor in row]
                case Put():
                    found += [hint.factor, hint.other]
                case Place() | LegSide() | Rotate() | Bend() | Arrow() | Note():
                    found.append(hint.factor)
        return frozenset(map(id, found))

    @cached_property
    def rotations(self) -> Mapping[int, int]:
        """The degrees by which occurrences are rotated, by their identity."""
        return {id(hint.factor): hint.degrees for hint in self.hints if isinstance(hint, Rotate)}


class Check(Data):
    """A claim that is checked and not drawn; without a name, a premise."""

    name: str
    chain: Chain
    tensors: Mapping[str, Tensor]
    span: Span


class Document(Data):
    """Everything that a source says, and the definitions that it uses from others."""

    source: Source
    dimensions: Mapping[str, Dimension]
    functions: Mapping[str, Function]
    definitions: tuple[Definition, ...]
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...]
    warnings: tuple[Diagnostic, ...]
