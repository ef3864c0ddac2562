"""The faces of a network that can be drawn without crossings.

By the way of Demoucron, Malgrange and Pertuiset (1964): what is not drawn yet falls into fragments, which meet what is
drawn at some vertices; a path of a fragment is drawn through a face that has all of these, first where there is only
one such face. A fragment that no face can take shows that wires must cross.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from penrose.data import Equatable

Near = Mapping[int, Sequence[int]]
Face = tuple[int, ...]  # the vertices around it, from wire to wire


class _Fragment(Equatable):
    """What is connected without what is drawn: its vertices, none for a single wire, and where it meets that."""

    inside: frozenset[int]
    ends: tuple[int, ...]


def faces(near: Near) -> list[Face] | None:
    """Return the faces of a connected network drawn without crossings, or None if there is no such drawing.

    Every wire is passed twice, once in each direction. What hangs at one vertex is in the face with most vertices.
    """
    first = next(iter(near))
    found: list[Face] = [(first,)]
    drawn: dict[int, set[int]] = {first: set()}  # the vertices, and those to which wires from them are drawn
    while fragments := list(_fragments(near, drawn)):
        best: tuple[_Fragment, list[int]] | None = None
        for fragment in fragments:
            room = [n for n, face in enumerate(found) if set(fragment.ends).issubset(face)]
            if not room:
                return None
            if best is None or _urgency(fragment, room) < _urgency(*best):
                best = fragment, room
        assert best
        fragment, room = best
        path = _path(near, fragment)
        number = max(room, key=lambda n: len(found[n]))
        found[number : number + 1] = _split(found[number], path)
        for one, other in pairwise(path):
            drawn.setdefault(one, set()).add(other)
            drawn.setdefault(other, set()).add(one)
    return found


def _urgency(fragment: _Fragment, room: Collection[int]) -> tuple[bool, int]:
    """Tell what comes first: what meets the drawing at several vertices, and has few faces to be in."""
    return len(fragment.ends) < 2, len(room)


def _fragments(near: Near, drawn: Mapping[int, Collection[int]]) -> Iterator[_Fragment]:
    seen: set[int] = set()
    for vertex, others in near.items():
        if vertex in drawn:
            for other in others:
                if other in drawn and other > vertex and other not in drawn[vertex]:
                    yield _Fragment(frozenset(), (vertex, other))
        elif vertex not in seen:
            inside = [vertex]
            ends: dict[int, None] = {}
            seen.add(vertex)
            for one in inside:
                for other in near[one]:
                    if other in drawn:
                        ends[other] = None
                    elif other not in seen:
                        seen.add(other)
                        inside.append(other)
            yield _Fragment(frozenset(inside), tuple(ends))


def _path(near: Near, fragment: _Fragment) -> list[int]:
    """Return the shortest path through a fragment from its first end to another one, or a wire if there is no other."""
    start, *others = fragment.ends
    if not fragment.inside:
        return [*fragment.ends]
    inside = (other for other in near[start] if other in fragment.inside)
    if not others:
        return [start, next(inside)]
    back = dict.fromkeys(inside, start)
    waiting = deque(back)
    while True:
        one = waiting.popleft()
        for other in near[one]:
            if other in others:
                path = [other, one]
                while path[-1] != start:
                    path.append(back[path[-1]])
                return path[::-1]
            if other in fragment.inside and other not in back:
                back[other] = one
                waiting.append(other)


def _split(face: Face, path: Sequence[int]) -> list[Face]:
    """Return the two faces into which a path between two vertices divides one, or one with a wire into it."""
    start, *between, end = path
    here = face.index(start)
    if end not in face:
        return [(*face[: here + 1], end, *(face[here:] if len(face) > 1 else ()))]
    around = face[here:] + face[:here]
    there = around.index(end)
    return [around[: there + 1] + tuple(reversed(between)), (start, *between, *around[there:])]
