"""Dimensions agree wherever legs are joined: unification of the slots of tensors through indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from penrose.errors import Diagnostic, Note
from penrose.model.expression import Factor
from penrose.model.index import Index
from penrose.model.tensor import BUILT_IN, Dimension, Tensor
from penrose.source import Span


@dataclass(frozen=True)
class _Known:
    """The dimension of a class of legs, and where that was said."""

    dimension: Dimension
    where: Span
    of: str


@dataclass
class Sizes:
    """Classes of legs with the same dimension (union-find). A leg is an index or a slot of a tensor."""

    dimensions: Mapping[str, Dimension]
    found: list[Diagnostic]
    _parent: dict[object, object] = field(default_factory=dict)
    _known: dict[object, _Known] = field(default_factory=dict)

    def join(self, factors: Iterable[Factor], tensors: Mapping[str, Tensor]) -> None:
        """Let every slot of these occurrences have the dimension of its index."""
        for factor in factors:
            if factor.tensor in BUILT_IN:
                self._join_built_in(factor)
                continue
            tensor = tensors[factor.tensor]
            for slot, (index, place) in enumerate(zip(factor.indices, factor.places, strict=True)):
                name = tensor.dimensions[slot] or ("" if tensor.declared else index.name)
                dimension = self.dimensions.get(name)
                known = _Known(dimension, place, tensor.name) if dimension else None
                self._unite(index, (tensor.name, slot), known, place)

    def _join_built_in(self, factor: Factor) -> None:
        if factor.tensor == "delta":
            for index, place in zip(factor.indices[1:], factor.places[1:], strict=True):
                self._unite(factor.indices[0], index, None, place)

    def _find(self, leg: object) -> object:
        path = []
        while leg in self._parent:
            path.append(leg)
            leg = self._parent[leg]
        for step in path:
            self._parent[step] = leg
        return leg

    def _unite(self, index: Index, other: object, known: _Known | None, place: Span) -> None:
        first, second = self._find(index), self._find(other)
        candidates = [k for k in (self._known.get(first), self._known.get(second), known) if k]
        for new in candidates[1:]:
            if _clash(candidates[0].dimension, new.dimension):
                self._report(index, candidates[0], new, place)
                return
        if first != second:
            self._parent[second] = first
        if candidates:
            self._known[first] = candidates[0]

    def _report(self, index: Index, old: _Known, new: _Known, place: Span) -> None:
        message = (
            f"leg {index} of {new.of} has dimension {_spoken(new.dimension)}, "
            f"but {index} is {_spoken(old.dimension)} on {old.of}"
        )
        notes = (Note(old.where, f"{_spoken(old.dimension)} here"),) if old.where != place else ()
        hint = "rename one of the indices, or correct one declaration"
        self.found.append(Diagnostic("PEN203", message, place, f"{_spoken(new.dimension)} here", notes, hint))


def _clash(one: Dimension, other: Dimension) -> bool:
    """Tell whether two named dimensions must differ: they may share a name or a known size."""
    return one.name != other.name and (one.size is None or one.size != other.size)


def _spoken(dimension: Dimension) -> str:
    return dimension.name if dimension.size is None else f"{dimension.name} = {dimension.size}"
