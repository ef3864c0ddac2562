"""A resolved program: what the later stages read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from penrose.errors import Diagnostic
from penrose.model.expression import Factor, Sum
from penrose.model.index import Index
from penrose.model.tensor import Dimension, Tensor
from penrose.source import Source, Span

Side = Literal["left", "right", "up", "down"]
Meaning = Literal["none", "definition", "claim", "step"]


@dataclass(frozen=True, eq=False)
class Panel:
    """One expression of a chain. `legs` are its free indices in order."""

    relation: str
    meaning: Meaning
    expression: Sum
    legs: tuple[Index, ...]
    new_row: bool
    span: Span


@dataclass(frozen=True, eq=False)
class Place:
    """`place A at (x, y)`, in TikZ units, y up."""

    factor: Factor
    x: float
    y: float
    span: Span


@dataclass(frozen=True, eq=False)
class Leg:
    """`leg A.i up`; `slot` counts from 0."""

    factor: Factor
    slot: int
    side: Side
    span: Span


Hint = Place | Leg


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure: chains of panels, below one another."""

    name: str
    title: str
    chains: tuple[tuple[Panel, ...], ...]
    tensors: Mapping[str, Tensor]
    hints: tuple[Hint, ...]
    span: Span


@dataclass(frozen=True, eq=False)
class Document:
    """Everything that a source says."""

    source: Source
    dimensions: tuple[Dimension, ...]
    figures: tuple[Figure, ...]
    warnings: tuple[Diagnostic, ...]
