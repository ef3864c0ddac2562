"""Names of coordinates, after the names in the source.

A tensor W_Q is `W-Q`, its second occurrence `W-Q--2`, an occurrence that the author named `W-Q--here`.
Everything else has a name with two hyphens too, which no name of a source gives: the tip of a leg is
`W-Q--h`, a hyperedge `dot--j`, a sign `sign--1`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from penrose.errors import Diagnostic
from penrose.model.expression import Factor
from penrose.model.notation import coordinate

AXIS = "axis"


@dataclass
class Names:
    """Gives out the names of one figure; `found` collects names that meet."""

    found: list[Diagnostic]
    of: dict[int, str] = field(default_factory=dict)  # by the identity of an occurrence
    _taken: set[str] = field(default_factory=lambda: {AXIS})
    _sources: dict[str, str] = field(default_factory=lambda: {AXIS: ""})
    _last: dict[str, int] = field(default_factory=dict)

    def tensor(self, factor: Factor) -> str:
        """Return the name of the next occurrence of a tensor."""
        name = coordinate(factor.tensor)
        known = self._sources.setdefault(name, factor.tensor)
        if known != factor.tensor:
            self._report(name, factor, known)
            self._sources[name] = factor.tensor
        self.of[id(factor)] = self.new(f"{name}--{coordinate(factor.key)}" if factor.key else name)
        return self.of[id(factor)]

    def new(self, stem: str) -> str:
        """Return a name that is not taken: the stem, or the stem with the next number from 2."""
        return stem if self._take(stem) else self._next(stem, 2)

    def numbered(self, stem: str) -> str:
        """Return `stem--1`, `stem--2` and so on."""
        return self._next(stem, 1)

    def _next(self, stem: str, first: int) -> str:
        number = self._last.get(stem, first - 1) + 1
        while not self._take(f"{stem}--{number}"):
            number += 1
        self._last[stem] = number
        return f"{stem}--{number}"

    def _take(self, name: str) -> bool:
        free = name not in self._taken
        self._taken.add(name)
        return free

    def _report(self, name: str, factor: Factor, known: str) -> None:
        other = f"the tensor {known}" if known else "the axis of the figure"
        message = f"{factor.tensor} and {other} would both be the coordinate {name}"
        self.found.append(Diagnostic("PEN501", message, factor.span, hint="rename one of them"))
