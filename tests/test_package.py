"""The wheel, as a user installs it: in a clean environment, used from another folder."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "-o", str(folder), str(ROOT)], check=True, capture_output=True)
    assert len(list(folder.glob("penrose_diagrams-*.tar.gz"))) == 1
    (built,) = folder.glob("penrose_diagrams-*.whl")  # made from the sdist, so that one is complete
    return built


def test_grammar_and_templates_are_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"penrose/grammar/pen.lark", "penrose/templates/figure.tikz.j2"} <= names
    assert not [name for name in names if name.startswith(("tests", "examples", "docs"))]
    assert any(name.endswith("LICENSE") for name in names)
    (about,) = (name for name in names if name.endswith("METADATA"))
    assert b"License-Expression: MIT" in zipfile.ZipFile(wheel).read(about)


def test_the_installed_command_builds_a_figure(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    programs = tmp_path / "venv" / "bin"
    subprocess.run([programs / "pip", "install", "-q", str(wheel)], check=True, capture_output=True)
    work = tmp_path / "work"
    work.mkdir()
    (work / "svd.pen").write_text("figure svd: M[i,k] = U[i,j] λ[j] conj(V[k,j])\n", encoding="utf-8")
    subprocess.run([programs / "penrose", "build", "svd.pen", "--svg"], cwd=work, check=True, capture_output=True)
    assert "\\coordinate (lambda)" in (work / "svd.tikz").read_text(encoding="utf-8")
    assert (work / "svd.svg").read_bytes().startswith(b"<svg")
