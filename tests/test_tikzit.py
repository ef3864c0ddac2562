"""Copies for TikZiT, read by its grammar: nodes at numbers, edges between two nodes, options, layers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from programs import program

from penrose.driver import understand
from penrose.layout.compose import lay_out
from penrose.layout.geometry import at
from penrose.layout.scene import Scene
from penrose.render.tikzit import render_tikzit, tikzstyles
from penrose.source import Source

FLOAT = r"-?\d*(?:\.\d+)?"
BRACED = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\})*\}"
VALUE = rf"(?:[^=,{{}}\]\s](?:[^=,{{}}\]\n]*[^=,{{}}\]\s])?|{BRACED})"
OPTION = rf"{VALUE}(?:={VALUE})?"
OPTIONS = rf"\[{OPTION}(?:, {OPTION})*\]"
NODE = re.compile(rf"\\node ({OPTIONS}) \(([^.{{)\n]+)\) at \(({FLOAT}), ({FLOAT})\) ({BRACED});")
EDGE = re.compile(rf"\\draw ({OPTIONS}) \(([^.{{)\n]+)\) to \(([^.{{)\n]+)\);")
STYLE = re.compile(rf"\\tikzstyle\{{([\w ]+)\}}=({OPTIONS})")
LAYERS = re.compile(r"\\(begin|end)\{(tikzpicture|pgfonlayer)\}(\{(node|edge)layer\})?")

PATHS = [*sorted((ROOT / "examples").glob("*.pen")), ROOT / "tests" / "cases" / "hints.pen"]


def check(scene: Scene) -> None:
    styles = {match[1] for match in STYLE.finditer(tikzstyles())}
    places: dict[str, tuple[float, float]] = {}
    edges = []
    for line in render_tikzit(scene).splitlines():
        text = line.strip()
        if node := NODE.fullmatch(text):
            assert node[2] not in places
            places[node[2]] = float(node[3]), float(node[4])
        elif edge := EDGE.fullmatch(text):
            edges.append((edge[2], edge[3]))
        else:
            assert LAYERS.fullmatch(text), text
            continue
        style = re.match(r"\[style=([\w ]+)", text.partition(" ")[2])
        assert style, text
        assert style[1] in styles, text
    assert all(end in places for edge in edges for end in edge)
    for node in scene.picture.nodes:
        assert places[node.name] == pytest.approx(scene.picture.points[node.name][:2], abs=0.001)
    drawn = sorted([*places[one], *places[other]] for one, other in edges)
    for wire in scene.picture.wires:
        for one, other in zip(wire.stations, wire.stations[1:], strict=False):
            ends = [*at(one, scene.picture.points), *at(other, scene.picture.points)]
            assert any(there == pytest.approx(ends, abs=0.001) for there in drawn)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_examples_are_in_the_grammar(path: Path) -> None:
    for figure in understand(Source(path.name, path.read_text(encoding="utf-8"))).figures:
        check(lay_out(figure))


def test_random_programs_are_in_the_grammar() -> None:
    for seed in range(100):
        (figure,) = understand(Source("test.pen", program(seed))).figures
        check(lay_out(figure))


def test_every_style_can_be_read() -> None:
    lines = tikzstyles().splitlines()
    assert all(STYLE.fullmatch(line) for line in lines[1:])
    assert len(lines) > 10
