from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from pen import codes, understand

from penrose.errors import CODES, PenroseError

PAGES = ROOT / "docs" / "errors"
_EXAMPLE = re.compile(r"```pen\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def test_every_code_has_a_page_with_its_title_and_every_page_a_code() -> None:
    assert sorted(page.stem for page in PAGES.glob("*.md")) == sorted(CODES)
    for code, title in CODES.items():
        assert (PAGES / f"{code}.md").read_text(encoding="utf-8").startswith(f"# {code}: {title}\n")


def test_every_code_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "penrose").rglob("*.py"))
    assert [code for code in CODES if text.count(f'"{code}"') < 2] == []


def with_examples() -> list[str]:
    return sorted(page.stem for page in PAGES.glob("*.md") if "```pen" in page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", with_examples())
def test_the_example_of_a_page_gives_the_message_that_it_shows(code: str, accept: bool) -> None:
    page = PAGES / f"{code}.md"
    text = page.read_text(encoding="utf-8")
    match = _EXAMPLE.search(text)
    assert match
    with pytest.raises(PenroseError) as error:
        drawn(match[1])
    shown = "\n".join(one.render() for one in error.value.diagnostics) + "\n"
    if accept:
        page.write_text(text[: match.start(2)] + shown + text[match.end(2) :], encoding="utf-8")
    assert {one.code for one in error.value.diagnostics} == {code}
    assert accept or shown == match[2]


def drawn(text: str) -> None:
    from penrose.layout.compose import lay_out

    for figure in understand(text).figures:
        lay_out(figure)


def test_all_errors_of_a_stage_are_shown() -> None:
    assert codes("figure a: A[i;j]\nfigure b: B[j\nfigure c: C[k]]") == ["PEN102", "PEN102"]
    assert codes("figure a: A[i;j]\ntensor\nfigure c: C[k] D[k]\nlet") == ["PEN101"] * 3
    assert codes("figure a: y[i] = A[i,j]\nfigure b: y[i,j] = A[i,k] b[k]") == ["PEN204", "PEN205"]


def test_carets_stand_by_display_width() -> None:
    with pytest.raises(PenroseError) as error:
        understand("figure a: y\u0301[語] = A[語,j]")
    head, line, carets, *_ = error.value.diagnostics[0].render().splitlines()
    assert head.startswith("test.pen:1:23: ")  # in code points: an accent and a wide character count 1 each
    assert line == "  1 | figure a: y\u0301[語] = A[語,j]"
    assert carets.index("^") == len("  1 | figure a: y[xx] = A[xx,")  # on the screen: 0 and 2


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "cases" / "errors").glob("*.pen")), ids=lambda p: p.stem)
def test_cases(path: Path, accept: bool) -> None:
    """A case is a wrong program, a marker, and the messages that it gives."""
    text = path.read_text(encoding="utf-8")
    program, _, expected = text.partition("#===== errors\n")
    with pytest.raises(PenroseError) as error:
        drawn(program)
    shown = "\n".join(one.render() for one in error.value.diagnostics) + "\n"
    if accept:
        path.write_text(f"{program}#===== errors\n{shown}", encoding="utf-8")
    assert accept or shown == expected
