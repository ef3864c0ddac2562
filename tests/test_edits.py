"""Random edits of source and drawing, with builds between: no edit by hand is lost, and no other name changes."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from pen import figure
from programs import program

from penrose.layout.compose import lay_out
from penrose.layout.scene import Scene
from penrose.model.expression import factors_of
from penrose.render.merge import Merged, merge, read_earlier
from penrose.render.recall import recall
from penrose.render.tikz import render

SEQUENCES = 60  # `python tests/test_edits.py 2000` for more
STEPS = 6
PROGRAMS = 80


def build(program: str, text: str | None) -> tuple[Merged, Scene]:
    earlier = None if text is None else read_earlier(text, "f.tikz")
    one = figure(program)
    scene = lay_out(one, earlier.pins(), recall(earlier.text)) if earlier else lay_out(one)
    return merge(render(scene, "f.pen"), earlier), scene


@dataclass
class Factor:
    """A tensor of a term; `name` and `legs` change, the object stays."""

    name: str
    legs: list[str]


@dataclass
class Author:
    """Somebody who edits a figure, its drawing and its source, and remembers what was done by hand."""

    generator: random.Random
    terms: list[list[Factor]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # of coordinates, by the identity of a factor
    placed: dict[int, str] = field(default_factory=dict)
    restyled: dict[int, str] = field(default_factory=dict)
    bent: dict[tuple[int, str], str] = field(default_factory=dict)  # free legs, by their tensor and index
    own: list[str] = field(default_factory=list)
    text: str | None = None
    fresh: int = 0

    def index(self) -> str:
        self.fresh += 1
        return f"b_{self.fresh}"

    def start(self) -> None:
        for _ in range(self.generator.randint(1, 3)):
            bonds = ["i", *(self.index() for _ in range(self.generator.randint(0, 3))), "k"]
            self.terms.append([Factor(self.generator.choice("ABC"), list(pair)) for pair in pairwise(bonds)])

    def program(self) -> str:
        terms = (" ".join(f"{f.name}_{len(f.legs)}[{','.join(f.legs)}]" for f in term) for term in self.terms)
        return f"figure f: {' + '.join(terms)} -> [i,k]"

    # ------------------------------------------------ the source

    def edit_source(self) -> None:
        term = self.generator.choice(self.terms)
        match self.generator.randrange(6):
            case 0:  # insert a matrix into a bond
                self.insert(term)
            case 1 if len(term) > 1:  # delete a matrix, and join what it joined
                self.delete(term)
            case 2:  # rename a tensor
                factor = self.generator.choice(term)
                factor.name += "x"
                self.forget(factor)
            case 3:  # turn a matrix
                factor = self.generator.choice(term)
                factor.legs[0], factor.legs[-1] = factor.legs[-1], factor.legs[0]
                self.bent = {key: line for key, line in self.bent.items() if key[0] != id(factor)}
            case 4:
                self.generator.shuffle(term)
            case _:  # rename a bond
                old = self.generator.choice([leg for factor in term for leg in factor.legs])
                new = self.index()
                for factor in term if old not in "ik" else ():
                    factor.legs = [new if leg == old else leg for leg in factor.legs]

    def insert(self, term: list[Factor]) -> None:
        number = self.generator.randrange(len(term))
        bond = self.index()
        old = term[number].legs[-1]
        term[number].legs[-1] = bond
        made = Factor(self.generator.choice("ABCD"), [bond, old])
        if made.name == term[number].name:  # nothing tells which of the two is the new one
            self.forget(term[number])
        term.insert(number + 1, made)
        self.bent = {key: line for key, line in self.bent.items() if key[0] != id(term[number])}

    def delete(self, term: list[Factor]) -> None:
        gone = term.pop(self.generator.randrange(len(term)))
        bond = next(leg for leg in gone.legs if leg not in "ik")
        (other,) = (leg for leg in gone.legs if leg != bond)
        beside = next(factor for factor in term if bond in factor.legs)
        beside.legs[beside.legs.index(bond)] = other
        self.bent = {key: line for key, line in self.bent.items() if key[0] != id(beside)}
        self.forget(gone)
        if beside.name == gone.name:  # nothing tells which of the two it was
            self.forget(beside)

    def forget(self, factor: Factor) -> None:
        self.placed.pop(id(factor), None)
        self.restyled.pop(id(factor), None)
        self.names.pop(id(factor), None)
        self.bent = {key: line for key, line in self.bent.items() if key[0] != id(factor)}

    # ------------------------------------------------ the drawing

    def edit_drawing(self) -> None:
        assert self.text is not None
        factor = self.generator.choice([factor for term in self.terms for factor in term])
        name = self.names[id(factor)]
        match self.generator.randrange(4):
            case 0:
                place = f"({self.generator.uniform(-9, 9):.1f},{self.generator.uniform(-9, 9):.1f})"
                self.placed[id(factor)] = self.change(rf"\\coordinate \({name}\) at (.*);", place)
            case 1:
                (line,) = re.findall(rf"^  (\\node\[.*\] \({name}\) at .*;)$", self.text, re.MULTILINE)
                edited = line.replace("\\node[", "\\node[").replace("/.try]", f"/.try, fill=red!{self.number()}]")
                edited = re.sub(r"fill=red!\d+, (?=fill)", "", edited)
                self.text = self.text.replace(line, edited)
                self.restyled[id(factor)] = edited
            case 2:
                lines = re.findall(rf"^  (\\draw\[.*\] \({name}\) -- \({name}--[ik]\).*;)$", self.text, re.MULTILINE)
                for line in lines[:1]:
                    edited = line.replace(" -- ", f" to[bend left={self.number()}] ")
                    self.text = self.text.replace(line, edited)
                    self.bent[id(factor), line.partition("node[")[2][-4]] = edited
            case _:
                line = f"\\draw[dashed] ({self.number()},0) circle (1); % mine"
                mark = "  % --- end of yours"
                self.text = self.text.replace(mark, f"  {line}\n{mark}")
                self.own.append(line)

    def number(self) -> int:
        return self.generator.randint(10, 60)

    def change(self, pattern: str, value: str) -> str:
        assert self.text is not None
        match = re.search(pattern, self.text)
        assert match, pattern
        self.text = self.text[: match.start(1)] + value + self.text[match.end(1) :]
        return value

    # ------------------------------------------------ builds

    def build(self) -> None:
        program = self.program()
        merged, scene = build(program, self.text)
        again, _ = build(program, merged.text)
        assert again.text == merged.text
        self.check(merged.text, self.found(program, scene))
        self.text = merged.text

    def found(self, program: str, scene: Scene) -> dict[int, str]:
        """Return the name of every factor's coordinate, by its tensor and free legs and neighbours, where they tell."""
        ends: dict[str, set[tuple[str, str]]] = {}
        for wire in scene.picture.wires:
            for end, called in zip(wire.ends, wire.called, strict=True):
                if end:
                    ends.setdefault(end[0], set()).add((called, wire.index))
        nodes: dict[tuple[str, frozenset[tuple[str, str]]], list[str]] = {}
        for node in scene.picture.nodes:
            nodes.setdefault((node.source, frozenset(ends.get(node.name, ()))), []).append(node.name)
        names = {}
        for factor in (factor for term in self.terms for factor in term):
            slots = frozenset((str(slot), leg) for slot, leg in enumerate(factor.legs, 1))
            found = nodes[f"{factor.name}_{len(factor.legs)}", slots]
            if len(found) == 1:  # else two occurrences are alike, and nothing tells which is which
                names[id(factor)] = found[0]
        assert len(list(factors_of(figure(program).chains[0][0].expression))) == len(scene.picture.nodes)
        return names

    def check(self, text: str, names: dict[int, str]) -> None:
        alike = Counter(f.name for term in self.terms for f in term)
        for key, name in self.names.items():
            if key in names:
                assert names[key] == name, (self.program(), names[key], name)
        for key, place in self.placed.items():
            if key in names:
                assert f"\\coordinate ({names[key]}) at {place};" in text, (self.program(), names[key], place, alike)
        for edited in (*self.restyled.values(), *self.bent.values(), *self.own):
            assert edited in text, (self.program(), edited)
        self.names |= names


def run(seed: int) -> None:
    author = Author(random.Random(seed))
    author.start()
    author.build()
    for _ in range(STEPS):
        known = all(id(factor) in author.names for term in author.terms for factor in term)
        if author.generator.random() < 0.5 and known:
            author.edit_drawing()
        else:
            author.edit_source()
            author.build()
    author.build()


@pytest.mark.parametrize("start", range(0, SEQUENCES, 20))
def test_no_edit_is_lost_and_no_name_changes(start: int) -> None:
    for seed in range(start, start + 20):
        run(seed)


def build_again(seed: int) -> None:
    first, _ = build(program(seed), None)
    again, _ = build(program(seed), first.text)
    assert again.text == first.text


@pytest.mark.parametrize("start", range(0, PROGRAMS, 20))
def test_a_second_build_changes_nothing(start: int) -> None:
    for seed in range(start, start + 20):
        build_again(seed)


@pytest.mark.parametrize("seed", [174, 284, 471, 487, 870, 1424])
def test_things_that_are_alike_keep_their_names(seed: int) -> None:
    """Scalars in different bubbles, loops of one dot, equal factors side by side, vectors with other subscripts."""
    build_again(seed)


if __name__ == "__main__":
    import sys

    for number in range(int(sys.argv[1])):
        run(number)
        build_again(number)
    print(f"{sys.argv[1]} sequences of edits, and as many programs built again")
