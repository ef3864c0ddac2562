"""Indices: what a leg carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """One index. Indices with equal names and different numbers are different (two sums over j)."""

    name: str
    number: int = 0

    def __str__(self) -> str:
        return self.name
