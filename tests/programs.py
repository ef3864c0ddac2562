"""Random circuits, and random programs of products, sums, functions, copy tensors, groups and pins, by their seeds."""

from __future__ import annotations

import random
import re

LETTERS = "abcdefghmnopqrstuvwxyz"
FUNCTIONS = ["relu", "σ", "exp", "sqrt"]


def program(seed: int) -> str:
    """Return a program with one figure of one to three panels."""
    return _Writer(random.Random(seed)).figure()


class _Writer:
    def __init__(self, generator: random.Random) -> None:
        self.generator = generator
        self.count = 0

    def figure(self) -> str:
        free = list("ijkl"[: self.generator.randint(0, 3)])
        panels = [self.sum(free) for _ in range(self.generator.choice([1, 1, 2, 3]))]
        others = [f" {self.generator.choice(['=', '!=', '~=', '<='])} {panel}" for panel in panels[1:]]
        return f"figure f: {panels[0]}{''.join(others)}"

    def sum(self, free: list[str]) -> str:
        terms = [self.product(free, 2) for _ in range(self.generator.choice([1, 1, 1, 2, 3]))]
        text = ("-" if self.chance(0.1) else "") + terms[0]
        return text + "".join(self.generator.choice([" + ", " - "]) + term for term in terms[1:]) + _legs(free)

    def chance(self, share: float) -> bool:
        return self.generator.random() < share

    def fresh(self) -> str:
        self.count += 1
        letter = LETTERS[self.count % len(LETTERS)]
        return letter if self.count < len(LETTERS) else f"{letter}_{self.count}"

    def product(self, free: list[str], depth: int) -> str:
        """Return a product of one to three factors, over which the free legs and some bonds are spread."""
        carried: list[list[str]] = [[] for _ in range(self.generator.randint(1, 3))]
        for index in free:
            self.generator.choice(carried).append(index)
        for _ in range(self.generator.randint(0, 3)):
            bond = self.fresh()
            for _ in range(2 if self.chance(0.8) else 3):
                self.generator.choice(carried).append(bond)
        factors = [self.factor(self.generator.sample(legs, len(legs)), depth) for legs in carried]
        return self.generator.choice(["", "", "", "2 ", "1/2 ", "2/3 ", "sqrt(2) "]) + " * ".join(factors)

    def factor(self, legs: list[str], depth: int) -> str:
        kind = self.generator.random()
        if depth and kind < 0.57 and len(legs) == len(set(legs)):
            return self.compound(legs, depth - 1, kind)
        if kind < 0.62 and len(legs) > 1:
            return f"delta[{','.join(legs)}]"
        if kind < 0.65 and len(legs) == 1:
            return f"one[{legs[0]}]"
        return self.tensor(legs)

    def compound(self, legs: list[str], depth: int, kind: float) -> str:
        inside = self.product(legs, depth) + _legs(legs)
        if kind < 0.18:
            return f"(({inside}) {self.generator.choice('+-')} ({self.product(legs, depth)}{_legs(legs)}))"
        if kind < 0.38:
            return f"{self.generator.choice(FUNCTIONS)}({inside})"
        if kind < 0.44 and legs:
            return f"softmax[{self.generator.choice(legs)}]({inside})"
        if kind < 0.49:
            axis = self.fresh()
            return f"norm[{axis}]({self.product([*legs, axis], depth)}{_legs([*legs, axis])})"
        if kind < 0.53:
            return f"({inside})^{self.generator.choice(['2', '3', '(1/2)'])}"
        hidden = self.fresh()
        return f"(sum[{hidden}](S_{len(legs) + 1}[{','.join([hidden, *legs])}] s[{hidden}]))"

    def tensor(self, legs: list[str]) -> str:
        name = f"{self.generator.choice('ABCDEFGHKLM')}_{{{len(legs)},{self.generator.choice('abc')}}}"
        items = list(legs)
        if self.chance(0.1):
            items.insert(self.generator.randint(0, len(items)), self.generator.choice(["0", "2", "@fox", "@fox+1"]))
            name = name.replace("_{", "_{p,")
        elif len(legs) > 2 and len(legs) == len(set(legs)) and self.chance(0.15):
            items = [f"({legs[0]} {legs[1]})", *legs[2:]]
            name = name.replace("_{", "_{g,")
        elif len(legs) == len(set(legs)) == 2 and self.chance(0.15):
            name += self.generator.choice([".T", ".H", ".inv"])
        text = f"{name}[{','.join(items)}]" if items else self.generator.choice("uvw")
        return f"conj({text})" if items and ".H" not in text and self.chance(0.15) else text


def _legs(legs: list[str]) -> str:
    return f" -> [{','.join(legs)}]"


GATES = "tensor R[a,b] unitary, U[a,b,s,t] unitary(a,b), V[a,b,c,s,t,u] unitary(a,b,c)"


def circuit(seed: int) -> str:
    """Return gates on neighbouring ones of three to seven lanes, from vectors, a state or a row to legs or such."""
    generator = random.Random(seed)
    lanes = range(generator.randint(3, 7))
    begins = [f"q_{lane}" for lane in lanes]
    ends = list(begins)
    upside_down = generator.random() < 0.5
    factors = []
    for number in range(generator.randint(1, 9)):
        wide = generator.choice([1, 2, 2, 2, 3]) if number else 2
        on = slice(first := generator.randrange(len(lanes) - wide + 1), first + wide)
        before, after = ends[on], [f"g_{number}_{place}" for place in range(wide)]
        ends[on] = after
        gate = f"{'RUV'[wide - 1]}[{','.join([*before, *after] if upside_down else [*after, *before])}]"
        factors.append(f"conj({gate})" if generator.random() < 0.2 else gate)
    for name, legs, kinds in (
        ("A", begins, ["row", "state", "vectors"]),
        ("B", ends, ["legs", "row", "state", "vectors"]),
    ):
        kind = generator.choice(kinds)
        if kind == "vectors":
            factors += [f"{name}_{lane}[{leg}]" for lane, leg in enumerate(legs)]
        if kind == "state":
            factors.append(f"{name}[{','.join(legs)}]")
        if kind == "row":
            bonds = ["", *(f"{name.lower()}_{lane}" for lane in lanes[1:]), ""]
            sites = zip(bonds, legs, bonds[1:], strict=False)
            factors += [f"{name}_{lane}[{','.join(filter(None, site))}]" for lane, site in enumerate(sites)]
    free = [leg for leg in ends if sum(f"{leg}," in f or f"{leg}]" in f for f in factors) == 1]
    renamed = {leg: f"s_{ends.index(leg)}" for leg in free}
    if generator.random() < 0.5:
        generator.shuffle(factors)
    text = re.sub(r"[qg](?:_\d+)+", lambda match: renamed.get(match[0], match[0]), " ".join(factors))
    return f"{GATES}\nfigure f: {text} -> [{','.join(renamed.values())}]"
