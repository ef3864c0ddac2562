"""Names of coordinates, after the names in the source.

A tensor W_Q is `W-Q`, its second occurrence `W-Q--2`, an occurrence that the author named `W-Q--here`.
Everything else has a name with two hyphens too, which no name of a source gives: the tip of a leg is
`W-Q--h`, a hyperedge `dot--j`, a sign `sign--1`. Names are kept from an earlier drawing of the figure: a
tensor by what it is joined to, a sign by the tensors of its term. What is new gets a name that was not there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from penrose.errors import Diagnostic
from penrose.model.document import Figure, Panel
from penrose.model.expression import Apply, Expression, Factor, Sum, children, factors_of
from penrose.model.index import Index, flat
from penrose.model.notation import coordinate

AXIS = "axis"
NO_TENSORS = ("delta", "one", "dots")  # of the language, which are drawn as dots and lines
CROWD = 50  # ends of a hyperedge, beyond which it tells nothing of what it joins
PAIRS = 1_000_000  # of occurrences of one tensor that are compared


class Seen(NamedTuple):
    """A thing of an earlier drawing: its name, and what it was about, which tells it from others of its kind."""

    name: str
    about: frozenset[str]


AMONG = "^"
BUBBLE, OPEN = "bubble", ""  # what a term is in: nothing, and a group, tell nothing
Terms = tuple[Sequence[str], ...]  # what each is in, and the sources of the tensors between its signs

# By kind: the source of a tensor, or what a name of another thing begins with.
Earlier = Mapping[str, Sequence[Seen]]


@dataclass
class Names:
    """Gives out the names of one figure; `found` collects names that meet."""

    found: list[Diagnostic]
    earlier: Earlier = field(default_factory=dict)
    of: dict[int, str] = field(default_factory=dict)  # by the identity of an occurrence
    _taken: set[str] = field(default_factory=lambda: {AXIS})
    _sources: dict[str, str] = field(default_factory=lambda: {AXIS: ""})
    _last: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._old = {seen.name for things in self.earlier.values() for seen in things}
        self._by_part: dict[tuple[str, str], list[Seen]] = {}
        for kind, things in self.earlier.items():
            for seen in things:
                for part in seen.about:
                    self._by_part.setdefault((kind, part), []).append(seen)

    def keep(self, figure: Figure) -> None:
        """Give the tensors of a figure that were in the earlier drawing the names that they had there."""
        if not self.earlier:
            return
        about: dict[int, frozenset[str]] = {}
        occurrences: dict[tuple[str, str], list[Factor]] = {}
        for panel in (panel for chain in figure.chains for panel in chain):
            about |= _joined(panel)
            for factor in factors_of(panel.expression):
                if factor.tensor not in NO_TENSORS:
                    occurrences.setdefault((factor.tensor, _wanted(factor)), []).append(factor)
        for (source, wanted), factors in occurrences.items():
            own = re.compile(rf"{re.escape(wanted)}(?:--\d+)?")
            old = [seen for seen in self.earlier.get(f"tensor {source}", ()) if own.fullmatch(seen.name)]
            for number, known in _matched([about[id(factor)] for factor in factors], [seen.about for seen in old]):
                self._take(old[known].name)
                self._sources[coordinate(source)] = source
                self.of[id(factors[number])] = old[known].name

    def tensor(self, factor: Factor) -> str:
        """Return the name of the next occurrence of a tensor."""
        name = coordinate(factor.tensor)
        known = self._sources.setdefault(name, factor.tensor)
        if known != factor.tensor:
            self._report(name, factor, known)
            self._sources[name] = factor.tensor
        if id(factor) not in self.of:
            self.of[id(factor)] = self.new(_wanted(factor))
        return self.of[id(factor)]

    def about(self, expression: Expression) -> frozenset[str]:
        """Return the names of the tensors in an expression that have one, where an earlier drawing needs them."""
        if not self.earlier:
            return frozenset()
        return frozenset(self.of[id(factor)] for factor in factors_of(expression) if id(factor) in self.of)

    def new(self, wanted: str) -> str:
        """Return a name that is not taken: the one that is wanted, or that with the next number from 2."""
        return wanted if wanted not in self._old and self._take(wanted) else self._next(wanted, 2)

    def tip(self, wanted: str) -> str:
        """Return the name of a tip, which its node and index tell."""
        return wanted if self._take(wanted) else self._next(wanted, 2)

    def numbered(self, stem: str, about: frozenset[str]) -> str:
        """Return the name of what an earlier drawing had about the same, or `stem--1`, `stem--2` and so on."""
        return self._kept(stem, stem, about) or self._next(stem, 1)

    def named(self, kind: str, wanted: str, about: frozenset[str]) -> str:
        """Return the name of what an earlier drawing had about the same, or the one that is wanted."""
        return self._kept(kind, wanted, about) or self.new(wanted)

    def _kept(self, kind: str, wanted: str, about: frozenset[str]) -> str:
        if not about:  # what is about nothing is known by its name alone, in the order of numbers
            bare = [seen.name for seen in self.earlier.get(kind, ()) if not seen.about]
            numbered = [match for name in bare if (match := re.fullmatch(rf"{re.escape(wanted)}(?:--(\d+))?", name))]
            numbered.sort(key=lambda match: _number(match[0]))
            return next((match[0] for match in numbered if self._take(match[0])), "")
        alike = dict.fromkeys(seen for part in sorted(about) for seen in self._by_part.get((kind, part), ()))
        free = sorted((seen for seen in alike if seen.name not in self._taken), key=lambda seen: _number(seen.name))
        own = re.compile(rf"{re.escape(wanted)}(?:--\d+)?")

        def like(seen: Seen) -> tuple[float, bool]:
            return _likeness(seen.about, about), bool(own.fullmatch(seen.name))

        best = max(free, key=like, default=None)
        return best.name if best and self._take(best.name) else ""

    def _next(self, stem: str, first: int) -> str:
        number = self._last.get(stem, first - 1) + 1
        while f"{stem}--{number}" in self._old or not self._take(f"{stem}--{number}"):
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


def _wanted(factor: Factor) -> str:
    """Return the name that the first such occurrence of a tensor has."""
    name = coordinate(factor.tensor)
    return f"{name}--{coordinate(factor.key)}" if factor.key else name


def _number(name: str) -> int:
    """Return the number at the end of a name; names with less were given first."""
    number = name.rpartition("--")[2]
    return int(number) if number.isdigit() else 0


def _joined(panel: Panel) -> dict[int, frozenset[str]]:
    """Return what is to be known of every tensor of a panel: its indices, what they join, the terms that it is in."""
    found: dict[int, set[str]] = {}
    for term in panel.expression.terms:
        factors = [factor for factor in factors_of(term.product) if factor.tensor not in NO_TENSORS]
        places: dict[Index, list[tuple[Factor, int]]] = {}
        for factor in factors:
            for slot, indices in enumerate(_by_slot(factor), 1):
                for index in indices:
                    places.setdefault(index, []).append((factor, slot))
        sources = sorted({factor.tensor for factor in factors})[:CROWD]
        found |= {id(factor): {beside(source) for source in sources} for factor in factors}
        for factor, terms in _terms_around(term.product, OPEN, ()):
            if id(factor) in found:
                found[id(factor)].update(among(terms))
        for index, ends in places.items():
            for factor, slot in ends:
                others = ends if len(ends) <= CROWD else ()
                joined = [f"{o.tensor}.{there}" for o, there in others if (o, there) != (factor, slot)]
                found[id(factor)].update(part for what in (index.name, *joined) for part in at_slot(str(slot), what))
    return {key: frozenset(about) for key, about in found.items()}


def _terms_around(term: Expression, frame: str, around: Terms) -> Iterator[tuple[Factor, Terms]]:
    """Yield the factors of a term, which is in a frame, with that and all terms around it, the innermost first."""
    own: list[Factor] = []
    frames: list[Apply | Sum] = []
    stack = [term]
    while stack:
        part = stack.pop()
        match part:
            case Factor():
                own.append(part)
            case Apply() | Sum(terms=[_, _, *_]):
                frames.append(part)
            case _:
                stack.extend(reversed(children(part)))
    sources = sorted({factor.tensor for factor in own if factor.tensor not in NO_TENSORS})
    terms = ((frame, *sources[:CROWD]), *around)
    yield from ((factor, terms) for factor in own)
    for part in frames:
        sums, kind = (part.arguments, BUBBLE) if isinstance(part, Apply) else ((part,), OPEN)
        for inner in (one.product for each in sums for one in each.terms):
            yield from _terms_around(inner, kind, terms)


def among(terms: Terms) -> Iterator[str]:
    """Yield what the terms around a tensor have in them, and how far out they are."""
    return (f"{AMONG}{level}~{what}" for level, term in enumerate(terms) for what in term)


def at_slot(slot: str, what: str) -> tuple[str, str]:
    """Return that a tensor has something at a slot, and that it has it anywhere, since matrices may be turned."""
    return f"{slot}={what}", f"={what}"


def beside(source: str) -> str:
    """Return that a tensor stands in a term with another one, or with more of its own."""
    return f"~{source}"


def _by_slot(factor: Factor) -> Iterable[tuple[Index, ...]]:
    return [flat([leg]) for leg in factor.legs]


def _matched(new: Sequence[frozenset[str]], old: Sequence[frozenset[str]]) -> Iterable[tuple[int, int]]:
    """Match things by what they have in common, the likest first; what is left over, or very many, by their order."""
    if len(new) * len(old) > PAIRS:
        yield from ((number, number) for number in range(min(len(new), len(old))))
        return

    divided = [[_divided(about) for about in several] for several in (new, old)]
    times = [Counter(several) for several in (new, old)]

    def unlike(pair: tuple[int, int]) -> tuple[float, float, int]:
        about = new[pair[0]]
        (wires, terms), (old_wires, old_terms) = divided[0][pair[0]], divided[1][pair[1]]
        as_many = about == old[pair[1]] and times[0][about] == times[1][about]  # these keep their order
        return -_likeness(wires, old_wires), -_likeness(terms, old_terms), 0 if as_many else abs(pair[0] - pair[1])

    pairs = sorted(((n, o) for n in range(len(new)) for o in range(len(old))), key=unlike)
    likes = [pair for pair in pairs if new[pair[0]] & old[pair[1]]]
    taken: tuple[set[int], set[int]] = (set(), set())
    for one, other in (*likes, *sorted(pairs)):
        if one not in taken[0] and other not in taken[1]:
            taken[0].add(one)
            taken[1].add(other)
            yield one, other


def _divided(about: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Divide what is known of a thing into what it is joined to, and the terms around it, which count for less."""
    terms = frozenset(part for part in about if part.startswith(AMONG))
    return about - terms, terms


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
