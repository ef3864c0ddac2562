"""Goldens, one file each: a program, a marker, and what comes of it. Accept them with --accept, after a look."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from pen import understand

from penrose.algebra.formula import formula
from penrose.layout.compose import lay_out
from penrose.render.merge import merge
from penrose.render.tikz import render

CASES = ROOT / "tests" / "cases"


def tikz(program: str) -> str:
    return "".join(merge(render(lay_out(one), "case.pen"), None).text for one in understand(program).figures)


def formulas(program: str) -> str:
    chains = [chain for one in understand(program).figures for chain in one.chains]
    return "".join(f"{formula(chain, as_text=True)}\n{formula(chain)}\n" for chain in chains)


TOPICS = {"tikz": tikz, "formula": formulas}


@pytest.mark.parametrize(
    ("topic", "path"),
    [(topic, path) for topic in TOPICS for path in sorted((CASES / topic).glob("*.pen"))],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_case(topic: str, path: Path, accept: bool) -> None:
    program, _, expected = path.read_text(encoding="utf-8").partition(f"#===== {topic}\n")
    found = TOPICS[topic](program)
    if accept:
        path.write_text(f"{program}#===== {topic}\n{found}", encoding="utf-8")
    assert accept or found == expected
