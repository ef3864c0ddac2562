"""Small sizes for numerical checks: distinct, so that no transpose hides, and as the declarations demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import prod

from penrose.data import Data
from penrose.errors import Diagnostic
from penrose.model.expression import Expression
from penrose.model.index import Index
from penrose.model.sizes import SQUARE, Key, Sizes, sides_of
from penrose.model.tensor import Dimension, Tensor

SMALLEST, LARGEST = 2, 60
USUAL = (2, 3, 4, 5)  # where sizes start
ROUNDS = 200  # of mending, before a demand is given up


class Trial(Data):
    """Sizes for one check: of every index, and of every slot of every tensor. `unmet` names broken demands."""

    indices: Mapping[Index, int]
    slots: Mapping[tuple[str, int], int]
    unmet: tuple[str, ...]

    def shape(self, tensor: Tensor) -> tuple[int, ...]:
        """Return the shape of a tensor."""
        return tuple(self.slots[tensor.name, slot] for slot in range(len(tensor.slots)))


def trial_sizes(
    expressions: Iterable[Expression], tensors: Mapping[str, Tensor], dimensions: Mapping[str, Dimension]
) -> Trial:
    """Return test sizes for some expressions.

    A dimension's own test size is kept. Other sizes start in 2 to 5 and grow where they must; they differ
    within a tensor where they can, reach beyond every pin, are strictly smaller at the tip of an isometry
    than at its base, multiply to the same on both sides of a square matrix, and are products for groups.
    """
    ignored: list[Diagnostic] = []
    sizes = Sizes(dimensions, ignored)
    sizes.join(expressions, tensors)
    sizes.square(tensors)
    sizes.name()
    return _Solver(sizes, tensors).solve()


class _Solver:
    """Chooses a size for every class of legs, then mends until the demands are met."""

    def __init__(self, sizes: Sizes, tensors: Mapping[str, Tensor]) -> None:
        self.sizes, self.tensors = sizes, tensors
        self.slots = [(t.name, slot) for t in tensors.values() for slot in range(len(t.slots))]
        self.legs: list[Key] = [*sizes.members(), *self.slots]
        self.groups = [(sizes.find(key), [sizes.find(index) for index in indices]) for key, indices in sizes.groups]
        self.fixed = {key: size for leg in self.legs if (size := self._declared(leg)) for key in [sizes.find(leg)]}
        self.least: dict[Key, int] = {}
        for key, pin in sizes.pins:
            root = sizes.find(key)
            self.least[root] = max(self.least.get(root, SMALLEST), pin + 1)
        self.chosen: dict[Key, int] = {}
        self.used: Counter[int] = Counter()
        self.taken: dict[str, set[int]] = {name: set() for name, _ in self.slots}  # by the slots of a tensor
        self.owners: dict[Key, dict[str, None]] = {}
        for name, slot in self.slots:
            self.owners.setdefault(sizes.find((name, slot)), {})[name] = None

    def _declared(self, leg: Key) -> int | None:
        dimension = self.sizes.dimension(leg)
        if dimension is None:
            return None
        small = dimension.size if dimension.size is not None and dimension.size <= LARGEST else None
        return dimension.test or small

    def solve(self) -> Trial:
        """Return sizes that meet all demands, or all but those that it names."""
        products = {key for key, _ in self.groups}
        members = [index for _, indices in self.groups for index in indices]
        for leg in dict.fromkeys([*members, *(self.sizes.find(leg) for leg in self.legs)]):
            if leg not in products:
                self._choose(self.sizes.find(leg))
        unmet = self._mend()
        indices = {leg: self.chosen[self.sizes.find(leg)] for leg in self.legs if isinstance(leg, Index)}
        slots = {leg: self.chosen[self.sizes.find(leg)] for leg in self.slots}
        return Trial(indices, slots, tuple(unmet))

    def _choose(self, key: Key) -> None:
        if key in self.chosen:
            return
        taken = [self.taken[tensor] for tensor in self.owners.get(key, ())]
        size = self.fixed.get(key) or self._least_used(key, set().union(*taken))
        self.chosen[key] = size
        self.used[size] += 1
        for sizes in taken:
            sizes.add(size)

    def _least_used(self, key: Key, beside: set[int]) -> int:
        """Return a size that no other slot of the tensors that have a class has yet."""
        least = self.least.get(key, SMALLEST)
        candidates = [size for size in range(least, max(USUAL[-1], least + len(beside)) + 1) if size not in beside]
        return min(candidates, key=lambda size: (size > USUAL[-1], self.used[size], size))

    def _mend(self) -> list[str]:
        unmet: list[str] = []
        for _ in range(ROUNDS):
            self._multiply()
            unmet = [*self._pins_outside(), *self._unequal_groups(), *self._wide_tips()]
            unmet += self._unequal_sides()
            if not unmet:
                return []
        return unmet

    def _multiply(self) -> None:
        """Give every group the product of its indices; groups can be in groups."""
        for _ in range(len(self.groups) + 1):
            for key, indices in self.groups:
                if all(index in self.chosen for index in indices):
                    self.chosen[key] = prod(self.chosen[index] for index in indices)
        for leg in self.legs:
            self._choose(self.sizes.find(leg))

    def _pins_outside(self) -> list[str]:
        """Name the pins that a fixed size leaves outside."""
        outside = [key for key, least in self.least.items() if key in self.chosen and self.chosen[key] < least]
        return [f"a pin on {_spoken(key)} is outside of its {self.chosen[key]} places" for key in outside]

    def _unequal_groups(self) -> list[str]:
        """Make groups of one slot equal, position by position."""
        unmet = []
        known: dict[Key, list[Key]] = {}
        for key, indices in self.groups:
            before = known.setdefault(key, indices)
            if prod(self.chosen[i] for i in before) != prod(self.chosen[i] for i in indices):
                unmet.append(f"the groups on {_spoken(key)} have different sizes")
                for one, other in zip(before, indices, strict=False):
                    self._set(other, self.chosen[one])
        return unmet

    def _unequal_sides(self) -> list[str]:
        """Name the square matrices that fixed sizes make oblong."""
        unmet = []
        for tensor in self.tensors.values():
            if any(tensor.has(kind) for kind in SQUARE):
                one, other = (
                    prod(self._size(self.sizes.find((tensor.name, s))) for s in side) for side in sides_of(tensor)
                )
                if one != other:
                    unmet.append(f"the two sides of {tensor.name} have different sizes")
        return unmet

    def _wide_tips(self) -> list[str]:
        """Make the base of an isometry larger where it is not larger than its tip."""
        unmet = []
        for tensor in self.tensors.values():
            tip = tensor.tip()
            base = [self.sizes.find((tensor.name, s)) for s in range(len(tensor.slots)) if s not in tip]
            narrow = [self.sizes.find((tensor.name, s)) for s in tip]
            if not base or not narrow or prod(map(self._size, base)) > prod(map(self._size, narrow)):
                continue
            unmet.append(f"the tip of {tensor.name} is not smaller than its base")
            free = [key for key in base if self._may_grow(key) and key not in narrow]
            if free:
                smallest = min(free, key=self._size)
                self._set(smallest, self._size(smallest) + 1)
            else:
                wide = max(narrow, key=self._size)
                self._set(wide, max(SMALLEST - 1, self._size(wide) - 1))
        return unmet

    def _size(self, key: Key) -> int:
        return self.chosen[key]

    def _may_grow(self, key: Key) -> bool:
        return key not in self.fixed and key not in {group for group, _ in self.groups} and self.chosen[key] < LARGEST

    def _set(self, key: Key, size: int) -> None:
        if key not in self.fixed and size >= self.least.get(key, 1):
            self.chosen[key] = size


def _spoken(key: Key) -> str:
    return str(key) if isinstance(key, Index) else f"slot {key[1] + 1} of {key[0]}"
