"""Whether tensors can stand as hints say.

Along each axis a hint says that one thing is so far beyond another, or somewhere beyond it. What is at known distances
is one class; between classes, what is beyond what must not run in a circle. Long chains of hints take linear time.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from penrose.data import Equatable
from penrose.model.document import Column, Grid, Hint, Place, Put, Row, Side

HINTS = Place | Put | Row | Column | Grid  # that say where tensors stand
AXES = (0, 1)  # to the right, and up
ORIGIN = "origin"
STEPS: dict[Side, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}
BEYOND = 1e-9  # cm, by which what is beyond something is beyond it at least
WORK = 1_000_000  # wires of classes that are looked at, before a circle is given up

Thing = Hashable  # a tensor by its identity, the origin, or a row or column of a grid


class Bond(Equatable):
    """What a hint says along an axis: `other` is beyond `one`, exactly `apart` if that is known."""

    axis: int
    one: Thing
    other: Thing
    apart: float | None
    hint: Hint


def conflict(hints: Sequence[HINTS]) -> tuple[Hint, ...]:
    """Return some hints that cannot all hold, or nothing if all can."""
    bonds = [bond for hint in hints for bond in _bonds(hint)]
    for axis in AXES:
        found = _conflict_along([bond for bond in bonds if bond.axis == axis])
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _bonds(hint: HINTS) -> Iterator[Bond]:
    match hint:
        case Place():
            yield Bond(0, ORIGIN, id(hint.factor), hint.x, hint)
            yield Bond(1, ORIGIN, id(hint.factor), hint.y, hint)
        case Put():
            for axis, step in zip(AXES, STEPS[hint.side], strict=True):
                one, other = (hint.other, hint.factor) if step >= 0 else (hint.factor, hint.other)
                yield Bond(axis, id(one), id(other), hint.by if step else 0.0, hint)
        case Row():
            yield from _in_line(map(id, hint.factors), 0, hint)
        case Column():
            yield from _in_line(map(id, reversed(hint.factors)), 1, hint)
        case Grid():
            yield from _in_grid(hint)


def _in_line(things: Iterable[Thing], axis: int, hint: Hint) -> Iterator[Bond]:
    for one, other in pairwise(things):
        yield Bond(axis, one, other, None, hint)
        yield Bond(1 - axis, one, other, 0.0, hint)


def _in_grid(hint: Grid) -> Iterator[Bond]:
    """Yield that tensors stand in their row and column, and these beyond one another."""
    cells = [(f, (x, -y)) for y, row in enumerate(hint.rows) for x, f in enumerate(row) if f is not None]
    for axis in AXES:
        lines = sorted({place[axis] for _, place in cells})
        for one, other in pairwise(lines):
            yield Bond(axis, (id(hint), axis, one), (id(hint), axis, other), None, hint)
        for factor, place in cells:
            yield Bond(axis, (id(hint), axis, place[axis]), id(factor), 0.0, hint)


def _conflict_along(bonds: Sequence[Bond]) -> Sequence[Hint]:
    classes = _Classes()
    for bond in bonds:
        if bond.apart is not None and not classes.join(bond, bond.apart):
            return [bond.hint, *classes.between(bond.one, bond.other)]
    beyond = [bond for bond in bonds if bond.apart is None]
    circle = next(([bond] for bond in beyond if classes.is_wrong(bond)), None) or _circle(beyond, classes)
    joints = zip(circle, [*circle[1:], *circle[:1]], strict=True)
    return [hint for bond, after in joints for hint in (bond.hint, *classes.between(bond.other, after.one))]


@dataclass
class _Classes:
    """Things at known distances from one another (union-find), and the hints that say so."""

    above: dict[Thing, tuple[Thing, float]] = field(default_factory=dict)  # what a thing hangs on, how far beyond
    links: dict[Thing, list[tuple[Thing, Hint]]] = field(default_factory=dict)

    def find(self, thing: Thing) -> tuple[Thing, float]:
        """Return what stands for the class of a thing, and how far beyond that it is."""
        path = []
        while thing in self.above:
            path.append(thing)
            thing = self.above[thing][0]
        far = 0.0
        for step in reversed(path):
            far += self.above[step][1]
            self.above[step] = (thing, far)
        return thing, far

    def join(self, bond: Bond, apart: float) -> bool:
        """Join two classes, or return whether the distance is the one that is known."""
        (one, near), (other, far) = self.find(bond.one), self.find(bond.other)
        if one == other:
            return abs(far - near - apart) < 1e-6
        self.above[other] = (one, near + apart - far)
        self.links.setdefault(bond.one, []).append((bond.other, bond.hint))
        self.links.setdefault(bond.other, []).append((bond.one, bond.hint))
        return True

    def lead(self, bond: Bond) -> tuple[Thing, Thing, float]:
        """Return the classes of a bond, and how far the second one is beyond the first one at least."""
        (one, near), (other, far) = self.find(bond.one), self.find(bond.other)
        return one, other, near - far + BEYOND

    def is_wrong(self, bond: Bond) -> bool:
        """Tell whether it is known that the other thing is not beyond the one."""
        one, other, least = self.lead(bond)
        return one == other and least > 0

    def between(self, start: Thing, end: Thing) -> list[Hint]:
        """Return the hints that hold two things of one class together."""
        came: dict[Thing, tuple[Thing, Hint] | None] = {start: None}
        waiting = deque([start])
        while waiting and end not in came:
            here = waiting.popleft()
            for there, hint in self.links.get(here, ()):
                if there not in came:
                    came[there] = (here, hint)
                    waiting.append(there)
        hints = []
        while step := came[end]:
            end, hint = step
            hints.append(hint)
        return hints


Edge = tuple[Thing, Thing, float, Bond]  # from a class to one beyond it, by how much at least, and why


def _circle(bonds: Sequence[Bond], classes: _Classes) -> list[Bond]:
    """Return bonds that lead from a class back to it, farther than it is from itself; nothing if there are none.

    What can be put in an order without circles is left out first. Then every class moves beyond those before
    it, until none has to (Bellman and Ford); a circle shows as classes that have pushed one another around.
    """
    edges = _without_order([(*classes.lead(bond), bond) for bond in bonds])
    at: dict[Thing, float] = {}
    pushed: dict[Thing, tuple[Thing, Bond]] = {}
    for _ in range(1 + WORK // (len(edges) + 1)):
        moved = False
        for one, other, least, bond in edges:
            if at.get(one, 0.0) + least > at.get(other, 0.0):
                at[other] = at.get(one, 0.0) + least
                pushed[other] = (one, bond)
                moved = True
        found = _around(pushed)
        if found or not moved:
            return found
    return []


def _without_order(edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges behind which and before which there is a circle, perhaps."""
    after: dict[Thing, list[Thing]] = {}
    for one, other, _, _ in edges:
        after.setdefault(one, []).append(other)
    before = Counter(other for _, other, _, _ in edges)
    first = [thing for thing in after if not before[thing]]
    gone = set(first)
    while first:
        for other in after.get(first.pop(), ()):
            before[other] -= 1
            if not before[other]:
                first.append(other)
                gone.add(other)
    return [edge for edge in edges if edge[0] not in gone]


def _around(pushed: dict[Thing, tuple[Thing, Bond]]) -> list[Bond]:
    """Return the bonds of a circle of classes that have pushed one another, in their order."""
    seen: set[Thing] = set()
    for start in pushed:
        path: dict[Thing, None] = {}
        here = start
        while here in pushed and here not in seen:
            seen.add(here)
            path[here] = None
            here = pushed[here][0]
        if here in path:
            around = list(path)[list(path).index(here) :]
            return [pushed[thing][1] for thing in reversed(around)]
    return []
