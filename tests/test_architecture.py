"""Who may import whom, and what a build may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "penrose"

BASE = {"data", "errors", "source", "resources", "files", "__init__"}
MAY_IMPORT = {
    "base": {"base"},
    "syntax": {"base", "syntax"},
    "model": {"base", "syntax", "model"},
    "rewrite": {"base", "syntax", "model", "rewrite"},
    "algebra": {"base", "syntax", "model", "algebra"},
    "layout": {"base", "model", "layout"},
    "render": {"base", "model", "layout", "render"},
    "preview": {"base", "layout", "render"},
    "driver": {"base", "syntax", "model", "rewrite", "algebra", "layout", "render", "preview"},
    "cli": {"base", "syntax", "algebra", "render", "driver"},
    "__main__": {"cli"},
}
ONLY_IN = {
    "lark": {"syntax"},
    "sympy": {"algebra", "rewrite"},
    "networkx": {"layout"},
    "jinja2": {"render"},
    "click": {"cli"},
}


def room(module: str) -> str:
    """Return the part of the package that a module belongs to."""
    name = module.split(".")[1] if "." in module else "__init__"
    return "base" if name in BASE else name


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = node.module == "penrose"
            found += [f"penrose.{alias.name}" for alias in node.names] if whole else [node.module]
    return [name.replace("penrose.__version__", "penrose") for name in found]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_pipeline(path: Path) -> None:
    here = room("penrose." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    for name in imports(path):
        if name.startswith("penrose"):
            assert room(name) in MAY_IMPORT[here], f"{path} imports {name}"
        outside = name.split(".")[0]
        assert here in ONLY_IN.get(outside, {here}), f"{path} imports {name}"


@pytest.mark.parametrize("program", ["figure f: M[i,k] = U[i,j] λ[j] conj(V[k,j])", "figure f: A[i,j] B[j,k] C[k,i]"])
def test_a_build_of_motifs_loads_nothing_slow(program: str, tmp_path: Path) -> None:
    (tmp_path / "f.pen").write_text(program, encoding="utf-8")
    code = (
        "import sys, atexit; atexit.register(lambda: print(*sorted(sys.modules)));"
        " from penrose.cli import main; main(['build', '-q', 'f.pen'])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert (tmp_path / "f.tikz").exists()
    assert "lark" in loaded
    assert not loaded & {"sympy", "numpy", "networkx", "scipy", "tikra"}


def test_no_text_of_a_user_reaches_an_evaluator() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "id", "") or getattr(node, "attr", "")
            assert name not in {"eval", "exec", "sympify", "parse_expr"}, f"{path} uses {name}"
