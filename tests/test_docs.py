"""What the documentation shows is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from pen import understand

from penrose.layout.compose import lay_out

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def snippets() -> list[str]:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    return re.findall(r"```pen\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("program", snippets())
def test_every_snippet_is_drawn(program: str) -> None:
    document = understand(program)
    assert document.figures
    for figure in document.figures:
        assert lay_out(figure).picture.points


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)#]+)\)", prose):
        assert (page.parent / link).exists(), link


def test_all_lengths_are_measured_in_one_place() -> None:
    """No length of the style stands in a template."""
    for template in (ROOT / "templates").glob("*.j2"):
        assert not re.search(r"\d(cm|mm|ex)\b", template.read_text(encoding="utf-8")), template
