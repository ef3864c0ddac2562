"""Dimensions agree wherever legs are joined: unification of the slots of tensors through indices.

A class of legs has one dimension. A grouped leg is the product of the classes of its indices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod

from penrose.data import Equatable
from penrose.errors import Diagnostic, Note
from penrose.model.expression import Apply, Expression, Factor, parts_of
from penrose.model.function import OF_MATRICES
from penrose.model.index import Group, Index, Pin, flat
from penrose.model.tensor import BUILT_IN, Dimension, Tensor
from penrose.source import Span

SQUARE = ("unitary", "orthogonal", "inverse", "posdef")  # as matrices, from some legs to the others
CUBIC = ("symmetric", "antisymmetric", "diagonal")  # with equal legs, however many

Key = Index | tuple[str, int]  # an index, or a slot of a tensor


class _Dimension(Equatable):
    """The dimension of a class of legs, and where that was said."""

    dimension: Dimension
    where: Span
    of: str


@dataclass
class Sizes:
    """Classes of legs with the same dimension (union-find), and groups that are products of classes."""

    dimensions: Mapping[str, Dimension]
    found: list[Diagnostic]
    groups: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)
    pins: list[tuple[Key, int]] = field(default_factory=list)
    _parent: dict[Key, Key] = field(default_factory=dict)
    _known: dict[Key, _Dimension] = field(default_factory=dict)

    def join(self, expressions: Iterable[Expression], tensors: Mapping[str, Tensor]) -> None:
        """Let every slot of the tensors in some expressions have the dimension of what it carries."""
        parts = [part for expression in expressions for part in parts_of(expression)]
        for part in parts:
            if isinstance(part, Factor) and part.tensor in BUILT_IN:
                self._join_built_in(part)
            elif isinstance(part, Factor):
                self._join_factor(part, tensors[part.tensor])
        for part in parts:
            if isinstance(part, Factor) and part.inverse == "inv":
                self._join_square((part.tensor, 0), (part.tensor, 1), f"{part.tensor}.inv", part.span)
            elif isinstance(part, Apply) and part.function in OF_MATRICES and len(part.axes) == 2:
                self._join_square(*part.axes, part.function, part.span)

    def _join_factor(self, factor: Factor, tensor: Tensor) -> None:
        places = iter(factor.places)
        for slot, leg in enumerate(factor.legs):
            key = (tensor.name, len(factor.legs) - 1 - slot if factor.inverse else slot)
            match leg:
                case Index():
                    place = next(places)
                    name = tensor.dimensions[key[1]] or ("" if tensor.declared else leg.name)
                    dimension = self.dimensions.get(name)
                    self._unite(leg, key, _Dimension(dimension, place, tensor.name) if dimension else None, place)
                case Group():
                    self.groups.append((key, leg.indices))
                    where = [next(places) for _ in leg.indices]
                    self._check_group(leg, tensor, key[1], where[0].to(where[-1]))
                case Pin():
                    self.pins.append((key, leg.offset if not leg.symbol else 0))

    def _check_group(self, group: Group, tensor: Tensor, slot: int, place: Span) -> None:
        """Check that the known sizes of a group's indices multiply to that of its leg."""
        whole = self.dimensions.get(tensor.dimensions[slot])
        parts = [self.dimension(index) or self.dimensions.get(index.name) for index in group.indices]
        sizes = [part.size for part in parts if part is not None and part.size is not None]
        if whole is None or whole.size is None or len(sizes) < len(parts) or prod(sizes) == whole.size:
            return
        product = " * ".join(_spoken(part) for part in parts if part)
        message = f"the group {group} has size {prod(sizes)} ({product}), but its leg is {_spoken(whole)}"
        hint = "correct one of the sizes, or group other indices"
        self.found.append(Diagnostic("PEN203", message, place, hint=hint))

    def _join_built_in(self, factor: Factor) -> None:
        if factor.tensor not in ("delta", "shift"):
            return
        first, *others = [flat([leg]) for leg in factor.legs if not isinstance(leg, Pin)] or [()]
        for indices in others:
            for one, other in zip(first, indices, strict=False):
                self._unite(one, other, None, factor.span)

    def _join_square(self, one: Key, other: Key, what: str, where: Span) -> None:
        """Join the two legs of a matrix that has an inverse or a determinant, or report that they differ."""
        if self._may_join(one, other):
            self._join(one, other)
            return
        sizes = " and ".join(_spoken(known) for known in (self.dimension(one), self.dimension(other)) if known)
        message = f"{what} is of a square matrix, but the dimensions of this one are {sizes}"
        hint = "correct one of them" + ("" if what in OF_MATRICES else f", or write {what.replace('.inv', '.pinv')}")
        self.found.append(Diagnostic("PEN203", message, where, hint=hint))

    def square(self, tensors: Mapping[str, Tensor]) -> None:
        """Join the slots that a property makes equal: those of square matrices, and of inverses."""
        for tensor in tensors.values():
            legs = len(tensor.slots)
            if any(tensor.has(kind) for kind in SQUARE):
                self._balance(tensor)
            if any(tensor.has(kind) for kind in CUBIC):
                for slot in range(1, legs):
                    self._join((tensor.name, 0), (tensor.name, slot))
            for known in tensor.properties:
                other = tensors.get(known.tensor)
                if other and legs == len(other.slots) == 2:
                    self._join((tensor.name, 0), (other.name, 1))
                    self._join((tensor.name, 1), (other.name, 0))

    def _balance(self, tensor: Tensor) -> None:
        """Make the two sides of a square matrix equal, leg by leg; the last leg of one is the product of the rest."""
        sides = ([(tensor.name, slot) for slot in side] for side in sides_of(tensor))
        few, many = sorted(sides, key=len)
        for one, other in zip(few[:-1], many, strict=False):
            self._join(one, other)
        rest = many[max(len(few) - 1, 0) :]
        if few and len(rest) == 1:
            self._join(few[-1], rest[0])
        elif few:
            self.groups.append((few[-1], tuple(rest)))

    def name(self) -> None:
        """Join all legs that have the same named dimension."""
        first: dict[str, Key] = {}
        for key in list(self.members()):
            dimension = self.dimension(key)
            if dimension is not None:
                one, other = self.find(first.setdefault(dimension.name, key)), self.find(key)
                if one != other:
                    self._parent[other] = one

    def _may_join(self, one: Key, other: Key) -> bool:
        first, second = self.dimension(one), self.dimension(other)
        return first is None or second is None or not _clash(first, second)

    def _join(self, one: Key, other: Key) -> None:
        """Join two legs, unless they are known to differ."""
        first, second = self.find(one), self.find(other)
        if first != second and self._may_join(one, other):
            self._parent[second] = first
            if second in self._known:
                self._known.setdefault(first, self._known[second])

    def find(self, leg: Key) -> Key:
        """Return the leg that stands for the class of a leg."""
        path = []
        while leg in self._parent:
            path.append(leg)
            leg = self._parent[leg]
        for step in path:
            self._parent[step] = leg
        return leg

    def dimension(self, leg: Key) -> Dimension | None:
        """Return the dimension of a leg, if any was said."""
        known = self._known.get(self.find(leg))
        return known.dimension if known else None

    def members(self) -> Iterator[Key]:
        """Yield every leg that is known."""
        yield from dict.fromkeys([*self._parent, *self._parent.values()])

    def _unite(self, index: Index, other: Key, known: _Dimension | None, place: Span) -> None:
        first, second = self.find(index), self.find(other)
        candidates = [k for k in (self._known.get(first), self._known.get(second), known) if k]
        for new in candidates[1:]:
            if _clash(candidates[0].dimension, new.dimension):
                self._report(index, candidates[0], new, place)
                return
        if first != second:
            self._parent[second] = first
        if candidates:
            self._known[first] = candidates[0]

    def _report(self, index: Index, old: _Dimension, new: _Dimension, place: Span) -> None:
        message = (
            f"leg {index} of {new.of} has dimension {_spoken(new.dimension)}, "
            f"but {index} is {_spoken(old.dimension)} on {old.of}"
        )
        notes = (Note(old.where, f"{_spoken(old.dimension)} here"),) if old.where != place else ()
        hint = "rename one of the indices, or correct one declaration"
        self.found.append(Diagnostic("PEN203", message, place, f"{_spoken(new.dimension)} here", notes, hint))


def sides_of(tensor: Tensor) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the slots on the two sides of a square matrix: those it is declared with and the others, or its halves.

    Both are empty where there are no halves.
    """
    slots = tuple(range(len(tensor.slots)))
    one = tensor.one_side()
    if 0 < len(one) < len(slots):
        return one, tuple(slot for slot in slots if slot not in one)
    half = len(slots) // 2
    return (slots[:half], slots[half:]) if len(slots) == 2 * half else ((), ())


def _clash(one: Dimension, other: Dimension) -> bool:
    """Tell whether two named dimensions must differ: they may share a name or a known size."""
    return one.name != other.name and (one.size is None or one.size != other.size)


def _spoken(dimension: Dimension) -> str:
    return dimension.name if dimension.size is None else f"{dimension.name} = {dimension.size}"
