"""A resolved program: what the later stages read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from penrose.errors import Diagnostic
from penrose.model.expression import Factor, Sum
from penrose.model.function import Function
from penrose.model.index import Leg
from penrose.model.tensor import Dimension, Tensor
from penrose.source import Source, Span

Side = Literal["left", "right", "up", "down"]
Meaning = Literal["none", "definition", "claim", "step"]
Labels = Literal["free", "all", "none"]


@dataclass(frozen=True, eq=False)
class Panel:
    """One expression of a chain. `legs` are its free legs in order; `within` is the bound of a `~=`."""

    relation: str
    meaning: Meaning
    expression: Sum
    legs: tuple[Leg, ...]
    within: str
    new_row: bool
    span: Span


Chain = tuple[Panel, ...]


@dataclass(frozen=True, eq=False)
class Place:
    """`place A at (x, y)`, in TikZ units, y up."""

    factor: Factor
    x: float
    y: float
    span: Span


@dataclass(frozen=True, eq=False)
class LegSide:
    """`leg A.i up`; `slot` counts from 0."""

    factor: Factor
    slot: int
    side: Side
    span: Span


@dataclass(frozen=True, eq=False)
class Show:
    """`labels free`: which indices have labels."""

    labels: Labels
    span: Span


@dataclass(frozen=True, eq=False)
class Width:
    """`width 12`: the width in cm at which a figure wraps."""

    width: float
    span: Span


@dataclass(frozen=True, eq=False)
class Transposes:
    """`transposes turned`: matrices that stand the other way round are drawn upside down instead of marked T."""

    turned: bool
    span: Span


@dataclass(frozen=True, eq=False)
class Marks:
    """`marks none`: whether legs that leave where the picture tells their slot wrongly have its number."""

    shown: bool
    span: Span


Hint = Place | LegSide | Show | Width | Transposes | Marks


@dataclass(frozen=True, eq=False)
class Style:
    """A named look: `fill` is a colour, `shape` overrules the shape that follows from the mathematics."""

    name: str
    fill: str
    shape: str


@dataclass(frozen=True, eq=False)
class Definition:
    """`let A[..] = E`, or several targets of a decomposition: then `method` names it."""

    targets: tuple[Factor, ...]
    expression: Sum
    method: str
    span: Span


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure: chains of panels, below one another. `styles` are those of its tensors, by name."""

    name: str
    title: str
    chains: tuple[Chain, ...]
    tensors: Mapping[str, Tensor]
    styles: Mapping[str, Style]
    hints: tuple[Hint, ...]
    span: Span


@dataclass(frozen=True, eq=False)
class Check:
    """A claim that is checked and not drawn; without a name, a premise."""

    name: str
    chain: Chain
    tensors: Mapping[str, Tensor]
    span: Span


@dataclass(frozen=True, eq=False)
class Document:
    """Everything that a source says, and the definitions that it uses from others."""

    source: Source
    dimensions: Mapping[str, Dimension]
    functions: Mapping[str, Function]
    definitions: tuple[Definition, ...]
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...]
    warnings: tuple[Diagnostic, ...]
