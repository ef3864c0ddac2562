"""A drawing says what it stands for: without its comments, and wherever its coordinates were moved."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from conftest import ROOT
from pen import figure
from programs import program

from penrose.driver import load
from penrose.layout.compose import lay_out
from penrose.model.document import Figure
from penrose.model.index import Group
from penrose.render.merge import merge
from penrose.render.read import read
from penrose.render.tikz import render
from penrose.rewrite.canonical import canonical

SOURCES = [*sorted((ROOT / "examples").glob("*.pen")), *sorted((ROOT / "tests" / "cases").glob("*.pen"))]
SEEDS = 300  # `python tests/test_read.py 2000` reads as many


def tikz(one: Figure) -> str:
    return merge(render(lay_out(one), "test.pen"), None).text


def bare(text: str, seed: int = 0) -> str:
    """Return a figure without its comments, every coordinate somewhere else."""
    generator = random.Random(seed)
    lines = [re.sub(r"(?<!\\)%.*", "", line) for line in text.splitlines()]

    def moved(match: re.Match[str]) -> str:
        return f"{match[1]}({generator.uniform(-9, 9):.2f},{generator.uniform(-9, 9):.2f});"

    return "\n".join(re.sub(r"^(\s*\\coordinate \(.*?\) at ).*;$", moved, line) for line in lines if line.strip())


def meaning(one: Figure) -> list[list[tuple[str, str, str]]]:
    """Return relations, bounds and canonical forms; the order of free legs counts where they are grouped."""
    found = []
    for chain in one.chains:
        panels = []
        for panel in chain:
            legs = panel.legs if any(isinstance(leg, Group) for leg in panel.legs) else ()
            form = canonical(panel.expression, legs)
            assert form is not None
            panels.append((panel.relation, panel.within, form))
        found.append(panels)
    return found


def check(one: Figure, seed: int = 0) -> None:
    reading = read(bare(tikz(one), seed))
    assert reading.unread == reading.missing == ()
    assert meaning(figure(reading.program)) == meaning(one), reading.program


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_example_is_read_back(path: Path) -> None:
    for one in load(path).document.figures:
        check(one)


@pytest.mark.parametrize("start", range(0, SEEDS, 50))
def test_random_programs_are_read_back(start: int) -> None:
    for seed in range(start, start + 50):
        check(figure(program(seed)), seed)


@pytest.mark.parametrize(
    "text",
    [
        'y[i] = A[i,j] x[j] "a $x_1$ & 5 % of it" - b[i]',
        "M[i,k] ~= U[i,j] V[j,k] within 1e-3 -> N[i,k]",
        "prod[n=1..N](open A_n[b_{n-1}, s_n, b_n])",
        "A[i,j] dots[j,k] B[k,l]",
        "X.inv[j,i] conj(Y.pinv[i,k])",
        "λ'[α] W_{a,b}[α, β_1] x:here[β_1]",
        "max(a[i], b[i,j]) -> [i,j]",
        "M[(i l), (k j)] = T[i,j,k,l]",
        "sum[j=3..R](λ[j] u[i,j] v[k,j])",
        "delta[i,j,k]",
        "delta[i,i] = n",
        "one[i]",
        "A[i,j] - A[i,j] = 0",
    ],
)
def test_single_things_are_read_back(text: str) -> None:
    check(figure(f"figure f: {text}"))


def test_several_chains_and_captions_come_back() -> None:
    text = 'figure f {\n  A[i,j] B[j,k] "both" = C[i,k]\n  x[i] + y[i]\n  delta[i,j]\n}\n'
    again = read(bare(tikz(figure(text)))).program
    assert "".join(again.split()) == "".join(text.split())


def test_functions_and_dimensions_are_declared_as_far_as_they_are_drawn() -> None:
    text = (
        "dim d = 4\nfunction f[k](s) = s / sum[k](s)\nfunction g[k](s) = sum[k](s)\nfunction h(a, b) = a * b\n"
        "figure f: y[i,k] = 1/sqrt(d) f[k](h(x[i], g[l](z[k,l])))"
    )
    one = figure(text)
    reading = read(bare(tikz(one)))
    assert reading.program.startswith("dim d\nfunction f[k_1](x_1)\nfunction g[k_1](x_1) = sum[k_1](x_1)  #")
    assert meaning(figure(reading.program)) == meaning(one)


def test_an_edited_figure_is_read_and_what_is_not_understood_is_told() -> None:
    text = tikz(figure("figure f: A[i,j] B[j,k]"))
    edited = text.replace("{2 j 1}] (A) -- (B)", "{2 j 2}, red] (A) to[bend left] (B)").replace("{1 k}", "{1 j'}")
    edited = edited.replace("{2 k}] (B)", "{1 k}] (B)").replace("  % --- end of yours", "  \\draw (A) circle (1);\n  %")
    reading = read(edited)
    assert reading.program == "figure f: A[i, j] B[k, j]\n"
    assert [line for _, line in reading.unread] == ["\\draw (A) circle (1);"]
    assert read(text.replace("\\draw[penrose/leg={1 i}]", "\\draw[red]")).missing == ("A has no wire at slot 1",)


if __name__ == "__main__":
    import sys

    for number in range(int(sys.argv[1])):
        check(figure(program(number)), number)
    print(f"{sys.argv[1]} programs are read back")
