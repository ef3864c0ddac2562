"""Tensors that make room for what the author has placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from penrose.layout.drawn import Drawn
from penrose.layout.geometry import XY, box_at, union
from penrose.layout.measure import GAP, WALL
from penrose.layout.scene import Box, Picture

CLEAR = 0.25  # cm, between a tensor that was placed and another one, below which that makes room for it
LITTLE = 0.001  # cm, by which boxes may be nearer
DETOUR = 2.0  # times as far as it must may a tensor move to make room without leaving its row or column
ROUNDS = 20  # in which tensors make room


def with_room(before: Picture, after: Picture, pins: Mapping[str, XY]) -> dict[str, XY]:
    """Return the pins, and new positions of tensors that they cover in a picture, so that these make room.

    So do those that the frames around pinned ones cover. What has made room pushes others away in its turn, but
    nothing that did so before.
    """
    crowd = _Crowd(before, after)
    ranks: dict[str, float] = {name: 0 for name in crowd.at if name in pins}
    for _ in range(ROUNDS):
        tried = dict(crowd.at)
        for fixed in list(ranks):
            free = [name for name in crowd.at if ranks.get(name, inf) > ranks[fixed]]
            for name in crowd.push(fixed, free):
                ranks.setdefault(name, len(ranks) + 1)
        if crowd.at == tried:
            break
    return dict(pins) | {name: crowd.at[name] for name in ranks}


class _Crowd:
    """Where tensors are while they make room, and the frames around them."""

    def __init__(self, before: Picture, after: Picture) -> None:
        self.before = before.points
        self.extents = {node.name: node.extent for node in after.nodes}
        self.at = {name: after.points[name][:2] for name in self.extents}
        self.frames = Drawn(after).around
        self.members: dict[str, set[str]] = {}
        for name in self.at:
            for frame in self.frames.get(name, ()):
                self.members.setdefault(frame, set()).add(name)

    def push(self, fixed: str, free: Sequence[str]) -> list[str]:
        """Move tensors away from one that stays, and from the frames around that; return which ones."""
        here = self._box(fixed)
        pushed = [one for one in free if self._move(one, _away(here, self._box(one), CLEAR, self._detour(fixed, one)))]
        for frame in self.frames.get(fixed, ()):
            inside = self.members[frame]
            wall = union(map(self._box, inside)).grown(WALL)
            outside = (one for one in free if one not in inside)
            pushed += [one for one in outside if self._move(one, _away(wall, self._box(one), LITTLE, 1.0))]
        return pushed

    def _move(self, name: str, by: XY) -> bool:
        """Move a tensor; tell whether that is more than nothing."""
        if any(by):
            x, y = self.at[name]
            self.at[name] = (round(x + by[0], 4), round(y + by[1], 4))
        return any(by)

    def _box(self, name: str) -> Box:
        return box_at(*self.at[name], self.extents[name])

    def _detour(self, one: str, other: str) -> float:
        """Return how many times as far as up or down one may push another to a side: rather along their old row."""
        (x0, y0, _), (x1, y1, _) = self.before[one], self.before[other]
        return DETOUR if abs(x1 - x0) >= abs(y1 - y0) else 1 / DETOUR


def _away(fixed: Box, other: Box, clear: float, detour: float) -> XY:
    """Return how far a box has to move if it is nearer than that to one that stays.

    It moves to a side if that is at most so many times as far as up or down.
    """
    right, left, up, down = fixed.x1 - other.x0, other.x1 - fixed.x0, fixed.y1 - other.y0, other.y1 - fixed.y0
    if min(right, left, up, down) + clear <= LITTLE:
        return 0.0, 0.0
    across = right + GAP if other.x0 + other.x1 >= fixed.x0 + fixed.x1 else -left - GAP
    along = up + GAP if other.y0 + other.y1 > fixed.y0 + fixed.y1 else -down - GAP
    return (across, 0.0) if abs(across) <= detour * abs(along) else (0.0, along)
