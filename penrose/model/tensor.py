"""Tensors: what was declared about a name, or found out from its uses."""

from __future__ import annotations

from penrose.data import Data
from penrose.model.properties import Property
from penrose.source import Span

# name: fewest and most legs
BUILT_IN = {"delta": (1, 999), "one": (0, 999), "causal": (2, 2), "shift": (2, 2), "dots": (2, 999)}


class Dimension(Data):
    """A named dimension; `size` is what it is in reality, `test` what it is in checks, None if not said."""

    name: str
    size: int | None
    test: int | None
    span: Span


class Tensor(Data):
    """A tensor. Slots that were not declared are named by their position, from 1.

    `dimensions` has the name of the dimension of each slot, empty where none was declared.
    """

    name: str
    slots: tuple[str, ...]
    dimensions: tuple[str, ...]
    label: str
    properties: tuple[Property, ...]
    declared: bool
    span: Span

    def has(self, kind: str) -> bool:
        """Tell whether the tensor was declared to have a property."""
        return any(known.kind == kind for known in self.properties)

    def tip(self) -> tuple[int, ...]:
        """Return the slots at the tip of an isometry, which are its smaller side; none if it is not one."""
        for known in self.properties:
            if known.kind == "isometry":
                return known.slots
        return ()

    def one_side(self) -> tuple[int, ...]:
        """Return the slots at the tip of an isometry, or those that a unitary was declared with; none for others."""
        for known in self.properties:
            if known.kind in ("isometry", "unitary", "orthogonal"):
                return known.slots
        return ()
