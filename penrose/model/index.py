"""Indices: what a leg carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple, TypeVar

from penrose.data import Equatable

T = TypeVar("T")


class Index(NamedTuple):
    """One index. Indices with equal names and different numbers are different (two sums over j).

    They are compared far more often than all else, so it is a tuple.
    """

    name: str
    number: int = 0

    def __str__(self) -> str:
        return self.name


class Pin(Equatable):
    """A leg at one place: a number, or a symbolic place of that leg's dimension plus a number."""

    symbol: str
    offset: int

    def __str__(self) -> str:
        return f"@{self.symbol}{self.offset:+d}".removesuffix("+0") if self.symbol else str(self.offset)


class Group(Equatable):
    """Indices that are drawn as one leg; the first is slowest."""

    indices: tuple[Index, ...]

    def __str__(self) -> str:
        return f"({' '.join(index.name for index in self.indices)})"


Leg = Index | Pin | Group


def flat(legs: Iterable[Leg]) -> tuple[Index, ...]:
    """Return the indices in some legs, those of groups one by one."""
    found: list[Index] = []
    for leg in legs:
        if isinstance(leg, Index):
            found.append(leg)
        elif isinstance(leg, Group):
            found += leg.indices
    return tuple(found)


def numbered(name: str) -> tuple[str, int] | None:
    """Return what the indices of a family share, and the number of this one: s and 1 for s_1, s1 or s_{1}."""
    found = re.fullmatch(r"(.+?)_?\{?(\d+)\}?('*)", name)
    return (found[1] + found[3], int(found[2])) if found else None


def families_of(legs: Sequence[Index | Group]) -> dict[str, list[int]]:
    """Return the positions of the legs of every family."""
    families: dict[str, list[int]] = {}
    for position, leg in enumerate(legs):
        families.setdefault(family_of(leg), []).append(position)
    return families


def family_of(leg: Index | Group) -> str:
    """Return what the legs of a family share: s_ for s_1, s_i and s2, the whole name for others."""
    base, found, _ = str(leg).partition("_")
    if not isinstance(leg, Index):
        return str(leg)
    member = numbered(leg.name)
    return base + "_" if found else member[0] + "_" if member else leg.name


def connected(sets: Iterable[Set[T]]) -> list[set[T]]:
    """Return the unions of sets that hang together by what they share, such as the indices of tensors."""
    found: list[set[T]] = []
    for one in sets:
        apart = [other for other in found if not other & one]
        found = [*apart, {*one}.union(*(other for other in found if other & one))]
    return found
