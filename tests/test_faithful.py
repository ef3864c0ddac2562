"""Different tensors have different pictures: what is drawn, not what is written in the file, tells them apart."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import count, islice
from math import dist

import pytest
from pen import figure
from programs import circuit, program

from penrose.errors import PenroseError
from penrose.layout.compose import lay_out
from penrose.layout.geometry import curve
from penrose.layout.scene import Node, Scene
from penrose.render.svg import render_svg
from penrose.rewrite.canonical import canonical

NAMED = [
    ("Y[i,j] A[j,k] A[k,l]", "Y[i,j] A[k,j] A[k,l]"),
    ("A[i,j] B[j,k] C[k,i]", "A[i,j] B[k,j] C[k,i]"),
    ("T[i,j,k] u[i] v[j]", "T[i,j,k] v[i] u[j]"),
    ("f(A[i,j] x[j]) B[i,k]", "f(A[i,j]) x[j] B[i,k]"),
    ("f(g(A[i,j]) x[j])", "g(f(A[i,j]) x[j])"),
    ("A[i,j] v[j]", "A[j,i] v[j]"),
    ("A[0,i]", "A[i,0]"),
    ("M[i,(j k)] a[j] b[k]", "M[i,(k j)] a[j] b[k]"),
    ("sum[h](A[h,i] B[h,i]) -> [i]", "A[h,i] B[h,i] -> [i]"),
    ("softmax[k](s[q,k])", "softmax[q](s[q,k])"),
]
FOREIGN = ("delta", "one", "causal", "shift")


def forms(text: str) -> list[str | None]:
    return [canonical(panel.expression, panel.legs) for chain in figure(text).chains for panel in chain]


def picture(text: str) -> str:
    return render_svg(lay_out(figure(text)))


@pytest.mark.parametrize(("one", "other"), NAMED)
def test_near_misses_look_different(one: str, other: str) -> None:
    assert picture(f"figure f: {one}") != picture(f"figure f: {other}")


def near_miss(text: str, generator: random.Random) -> str:
    """Return a program with one small change: two legs or two tensors exchanged, a conj, a sign or a wall changed."""

    def somewhere(pattern: str, change: str) -> str:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        match = generator.choice(found)
        return text[: match.start()] + match.expand(change) + text[match.end() :]

    match generator.randrange(6):
        case 0:
            return somewhere(r"(?<=[\[,])([a-z]\w*),([a-z]\w*)(?=[\],])", r"\2,\1")
        case 1:
            return somewhere(r"conj\(([^()]*)\)", r"\1")
        case 2:
            return somewhere(r"(?<![\w.(])([A-M]_\{[^{}]*\}\[[^\[\]]*\])", r"conj(\1)")
        case 3:
            return somewhere(r" \+ ", " - ")
        case 4:
            return somewhere(r"relu\(|exp\(", "σ(")
        case _:
            return somewhere(r"([A-M])_\{(\d,.)\}(.*?)([A-M])_\{\2\}", r"\4_{\2}\3\1_{\2}")


def walls(generator: random.Random) -> tuple[str, str]:
    """Return two chains of matrices with a wall that is around different ones."""
    length = generator.randint(3, 6)
    factors = [f"{'ABCDEF'[n]}[b_{n},b_{n + 1}]" for n in range(length)]

    def text(first: int, last: int) -> str:
        inside = " ".join(factors[first:last])
        return "figure f: " + " ".join([*factors[:first], f"f({inside})", *factors[last:]])

    first, last = sorted(generator.sample(range(length), 2))
    return text(first, last), text(first, last + 1)


def near_misses() -> Iterator[tuple[str, str]]:
    """Yield pairs of programs that are nearly the same, and not."""
    for seed in count():
        generator = random.Random(seed)
        one = program(seed)
        one, other = walls(generator) if seed % 5 == 0 else (one, near_miss(one, generator))
        try:
            same = one == other or forms(one) == forms(other)
        except PenroseError:
            continue
        if not same:
            yield one, other


def test_five_hundred_near_misses_look_different() -> None:
    for one, other in islice(near_misses(), 500):
        assert picture(one) != picture(other), (one, other)


def gate_miss(text: str, generator: random.Random) -> str:
    """Return a circuit with two legs of a gate exchanged, with its sides exchanged, or with another conj."""
    head, body = text.split("\nfigure f: ")
    match = generator.choice(list(re.finditer(r"(conj\()?([RUV])\[([^\[\]]*)\](\))?", body)))
    legs = match[3].split(",")
    change = generator.randrange(3)
    if change == 0:
        one, other = generator.sample(range(len(legs)), 2)
        legs[one], legs[other] = legs[other], legs[one]
    if change == 1:
        legs = legs[len(legs) // 2 :] + legs[: len(legs) // 2]
    gate = f"{match[2]}[{','.join(legs)}]"
    new = f"conj({gate})" if bool(match[1]) != (change == 2) else gate
    return f"{head}\nfigure f: {body[: match.start()]}{new}{body[match.end() :]}"


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_circuits_that_nearly_are_the_same_look_different(start: int) -> None:
    compared = 0
    for seed in range(start, start + 50):
        one = circuit(seed)
        other = gate_miss(one, random.Random(seed))
        if forms(one) != forms(other):
            assert picture(one) != picture(other), (one, other)
            compared += 1
    assert compared > 30


# ---------------------------------------------------------------- what a reader sees


def upright(node: Node, x: float, y: float) -> tuple[float, float]:
    """Return a place on a page that is turned until a tensor stands upright."""
    turned = (x + 1j * y) * (-1j) ** (node.rotation // 90)
    return turned.real, turned.imag


def seen(scene: Scene, node: Node) -> list[tuple[int, int]]:
    """Return, for every leg of a tensor, the slot that a reader takes it for and the one that it is."""
    legs = []
    for wire in scene.picture.wires:
        for end, place in enumerate(wire.ends):
            if place and place[0] == node.name:
                line = [upright(node, *place) for place in curve(wire, scene.picture.points)[:: 1 if end == 0 else -1]]
                far = line[-1] if len(wire.stations) == 2 else line[1]
                dx, dy = far[0] - line[0][0], far[1] - line[0][1]
                flat = abs(dx) > abs(dy) + (1e-6 if wire.called[1 - end] == "." else -1e-6)  # dots are above or below
                side = ("left" if dx < 0 else "right") if flat else ("up" if dy > 0 else "down")
                step = 0.34 / dist(line[0], line[1])  # where it comes out from under the tensor
                near = [a + step * (b - a) for a, b in zip(line[0], line[1], strict=True)]
                order = (["left", "up", "down", "right"].index(side), round(-near[1] if flat else near[0], 4))
                legs.append((order, wire.marks[end], int(wire.called[end].partition(":")[0])))
    legs.sort()
    marked = {int(mark) for _, mark, _ in legs if mark}
    slots = sorted(slot for _, _, slot in legs)
    if node.turned:  # a label with a T says that the second half is read first
        slots = slots[len(slots) // 2 :] + slots[: len(slots) // 2]
    left = iter(slot for slot in slots if slot not in marked)
    told = [int(mark) if mark else next(left) for _, mark, _ in legs]
    return list(zip(told, (slot for _, _, slot in legs), strict=True))


def test_the_slots_of_every_tensor_can_be_read_from_its_picture() -> None:
    tensors = several = turned = 0
    for text in (*map(program, range(300)), *map(circuit, range(120))):
        scene = lay_out(figure(text))
        for node in scene.picture.nodes:
            if node.stands_for and node.source not in FOREIGN:
                legs = seen(scene, node)
                assert all(told == slot for told, slot in legs), (text, node.name, legs)
                tensors += 1
                several += len(legs) > 2
                turned += len(legs) > 2 and node.turned
    assert tensors > 1000
    assert several > 300
    assert turned > 20
