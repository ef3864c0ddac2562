"""What an earlier drawing of a figure had, so that what is still there keeps its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from penrose.layout.names import BUBBLE, CROWD, OPEN, Earlier, Seen, Terms, among, at_slot, beside
from penrose.render.drawing import FRAMES, JOINTS, TENSORS, Drawing, Thing, divided, draw
from penrose.render.nets import Net, Nets


def recall(text: str) -> Earlier:
    """Return the things of a generated figure by their kinds, each with what it is about."""
    drawing = draw(text)
    recaller = _Recaller(drawing, Nets(drawing))
    found: dict[str, list[Seen]] = {}
    texts = (text for chain in drawing.chains() for text in recaller.texts(chain))
    for kind, name, about in (*recaller.nodes(), *recaller.loops(), *texts):
        found.setdefault(kind, []).append(Seen(name, frozenset(about)))
    return found


class _Recaller:
    def __init__(self, drawing: Drawing, nets: Nets) -> None:
        self.drawing, self.nets = drawing, nets
        self.terms: dict[str, list[str]] = {}  # the sources of the tensors in the term of every tensor
        self.company: dict[str, Sequence[str]] = {}  # what the term is in in which something stands, and its tensors
        for chain in drawing.chains():
            for term in _terms(chain):
                tensors = self._tensors(term)
                self.terms |= dict.fromkeys(tensors, self._sources(tensors))
                self._accompany(term, OPEN)
        for frame in (thing for thing in drawing.things.values() if thing.kind in FRAMES):
            for term in _terms(drawing.inside(frame.name)):
                self._accompany(term, BUBBLE if frame.kind == "bubble" else OPEN)

    def nodes(self) -> Iterator[tuple[str, str, Iterable[str]]]:
        """Yield tensors by what their slots are joined to, joints by the slots they join, frames by what is in them."""
        for thing in sorted(self.drawing.things.values(), key=self.drawing.rank):
            if thing.kind in TENSORS:
                yield f"tensor {_source(thing)}", thing.name, self._joined(thing)
            elif thing.kind in JOINTS:
                yield thing.kind, thing.name, self._beside(thing.name)
            elif thing.kind in FRAMES:
                yield thing.kind, thing.name, self._tensors([thing])

    def loops(self) -> Iterator[tuple[str, str, Iterable[str]]]:
        """Yield the first corners of loops, by the slots that they join."""
        for line in self.drawing.lines:
            if line.through and line.ends:
                ends = (f"{end}.{called.partition(':')[0]}" for end, called in zip(line.ends, line.called, strict=True))
                yield "loop", line.through[0], ends

    def texts(self, things: Sequence[Thing]) -> Iterator[tuple[str, str, Iterable[str]]]:
        """Yield the texts of a chain, or of what is in a frame, by the tensors of their panel or term."""
        for relation, panel in divided(things, lambda thing: thing.kind == "relation"):
            if relation:
                yield "rel", relation.name, self._tensors(panel)
            for sign, term in divided(panel, lambda thing: thing.kind == "sign"):
                about = self._tensors(term)
                stems = {"coefficient": "coeff", "total": "total", "caption": "caption"}
                if sign:
                    yield "comma" if sign.stands_for == "," else "sign", sign.name, about
                for thing in term:
                    if thing.kind in stems:
                        yield stems[thing.kind], thing.name, about
                    if thing.kind in FRAMES:
                        yield from self.texts(self.drawing.inside(thing.name))

    def _beside(self, joint: str) -> Iterator[str]:
        """Yield the slots of tensors to which a line goes from a joint, all of it in the frame of the joint."""
        for line in self.drawing.lines:
            if joint in line.ends and len({self.drawing.parent(name) for name in (*line.ends, *line.through)}) == 1:
                for end, called in zip(line.ends, line.called, strict=False):
                    if end in self.drawing.things and self._kind(end) in TENSORS:
                        yield f"{end}.{called.partition(':')[0]}"

    def _accompany(self, term: Sequence[Thing], frame: str) -> None:
        sources = self._sources(thing.name for thing in term if thing.kind in TENSORS)
        self.company |= dict.fromkeys((thing.name for thing in term), (frame, *sources))

    def _sources(self, names: Iterable[str]) -> list[str]:
        return sorted({_source(self.drawing.things[name]) for name in names})[:CROWD]

    def _terms_around(self, name: str) -> Terms:
        """Return the terms around something, the innermost first."""
        return tuple(self.company.get(one, ()) for one in (name, *self.drawing.around(name)[:-1]))

    def _kind(self, name: str) -> str:
        return self.drawing.things[name].kind

    def _tensors(self, things: Sequence[Thing]) -> list[str]:
        return [name for name in self.drawing.within(things) if self._kind(name) in TENSORS]

    def _joined(self, thing: Thing) -> Iterator[str]:
        yield from (beside(source) for source in self.terms.get(thing.name, ()))
        yield from among(self._terms_around(thing.name))
        for slot, leg in enumerate(thing.listed, 1):
            yield from at_slot(str(slot), leg) if leg != "." else ()
        for end in self.nets.ends(thing):
            for net in (other for own in end.nets for other in _connected(own)):
                crowd = net.ends if len(net.ends) <= CROWD else ()
                for other in crowd:
                    there = self.drawing.things[other.thing]
                    if other is not end and there.kind in TENSORS:
                        yield from at_slot(end.called, f"{_source(there)}.{other.called}")
                for called in (net.bond, *(tip.called for tip in net.tips)):
                    yield from at_slot(end.called, called)


def _terms(things: Sequence[Thing]) -> Iterator[list[Thing]]:
    """Yield what stands between relations and signs."""
    return (term for _, term in divided(things, lambda thing: thing.kind in ("relation", "sign")))


def _source(thing: Thing) -> str:
    """Return the name of a tensor in the program, without a name of this occurrence and what follows a dot."""
    return re.split(r"[:.]", thing.name_and_conjugate()[0])[0]


def _connected(net: Net) -> list[Net]:
    """Return a net with those that it goes on as through walls."""
    found: list[Net] = []
    stack = [net]
    while stack:
        one = stack.pop()
        if one not in found:
            found.append(one)
            stack += [*(way.net for way in one.outside), *one.inside]
    return found
