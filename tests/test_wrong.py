"""Wrong programs, each a mistake that a person makes, with the message that it gets.

The list in tests/cases/wrong.txt was reviewed line by line: the code, the text that the carets stand under,
the sentence and the hint. A program of several lines has ⏎ between them.
"""

from __future__ import annotations

import pytest
from conftest import ROOT
from pen import understand

from penrose.errors import Diagnostic, PenroseError
from penrose.layout.compose import lay_out

CASES = ROOT / "tests" / "cases" / "wrong.txt"


def read() -> list[tuple[str, str]]:
    """Return the programs with what is said of them, and headings with nothing."""
    blocks: list[tuple[str, str]] = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            program, said = blocks.pop()
            blocks.append((program, f"{said}{line}\n"))
        else:
            blocks.append((line, ""))
    return blocks


def messages(program: str) -> tuple[Diagnostic, ...]:
    try:
        document = understand(program.replace(" ⏎ ", "\n"))
        for figure in document.figures:
            lay_out(figure)
    except PenroseError as error:
        return error.diagnostics
    return document.warnings


def spoken(one: Diagnostic) -> str:
    assert one.span
    return f"    {one.code} at [{one.span.text}]: {one.message} ({one.hint})\n"


def test_every_mistake_gets_its_message(accept: bool) -> None:
    found = [
        (program, "" if program.startswith("#") else "".join(map(spoken, messages(program)))) for program, _ in read()
    ]
    if accept:
        CASES.write_text("".join(f"{program}\n{said}" for program, said in found), encoding="utf-8")
    assert accept or found == read()


def test_there_are_many_and_none_is_accepted_or_without_a_hint() -> None:
    programs = [program for program, _ in read() if not program.startswith("#")]
    assert len(programs) >= 120
    for program in programs:
        found = messages(program)
        assert found, program
        assert all(one.severity == "error" and one.hint for one in found), program


@pytest.mark.parametrize(
    "program",
    [
        "figure a: sum_j A[i,j]",
        "figure a: A_ij B_jk",
        "figure a: x[d] / sqrt(d) -> [d]",
        "tensor weights[i,j] ⏎ let p[i] = weigths[i,j] x[j] ⏎ figure a: p[i]",
        "tensor weights[i,j] ⏎ assume weigths[i,j] = weights[i,j] ⏎ figure a: weights[i,j]",
        "tensor weights[i,j] ⏎ check c: weigths[i,j] = weights[i,j] ⏎ figure a: weights[i,j]",
    ],
)
def test_what_is_only_odd_gets_a_warning(program: str) -> None:
    assert {one.code for one in messages(program)} == {"PEN214"}
