"""Moving one coordinate moves a tensor, its legs and their labels, perhaps the walls around it, and nothing else.

This is seen in what is rendered.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tikra
from conftest import ROOT

from penrose.driver import load
from penrose.layout.compose import lay_out
from penrose.layout.scene import Picture
from penrose.render.merge import merge
from penrose.render.tikz import render

EXAMPLES = sorted((ROOT / "examples").glob("*.pen"))
PAGE = "\\draw[line width=0.3pt] (-60,-60) rectangle (60,60);"  # keeps the origin of the drawing where it is


def ink(text: str) -> list[str]:
    """Return what is drawn, in order: paths and texts with their places."""
    drawn = tikra.render(text.replace("  % --- end of yours", f"  {PAGE}\n  % --- end of yours"))
    assert not drawn["warnings"]
    svg = re.sub(r"<(metadata|title|desc|defs)\b.*?</\1>", "", drawn["svg"], flags=re.DOTALL)
    return re.findall(r"<path [^>]*/>|<g transform=.*?</g>", svg, re.DOTALL)


def touched(text: str, picture: Picture, name: str, walls: bool) -> set[str]:
    """Return the statements that draw a tensor and what is at it, or also the walls around it, up to the outermost."""
    names = {name, *(point for point, place in picture.points.items() if place.anchor == name)}
    fitted = {f"({group.name})" for group in picture.groups}
    for group in picture.groups if walls else ():  # inner ones stand before those around them
        if names & {*group.members}:
            names |= {group.name, f"{group.name}--label"}
    lines = (line for line in text.splitlines() if re.match(r"\s*\\(node|draw|path|begin\{pgfonlayer\})", line))
    found = {line for line in lines if names & mentioned(line)}
    if walls:
        return found
    marks = {line for line in found if "penrose/slot" in line and not names & mentioned(line.partition(" -- ")[0])}
    return {line for line in found - marks if not any(frame in line for frame in fitted)}  # others' marks may stay


def mentioned(line: str) -> set[str]:
    """Return the names of points and nodes in a statement, without their anchors."""
    drawn = re.sub(r"penrose/\w+=\{(?:[^{}]|\{[^{}]*\})*\}", "", line)  # not what it stands for
    places = re.findall(r"\(([^()]*)\)", drawn)
    return {name.partition(".")[0] for place in places for name in re.split(r"\s*-\|\s*", place)}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_moved_coordinate_moves_the_ink_of_its_tensor_alone(path: Path) -> None:
    for figure in load(path).document.figures:
        picture = lay_out(figure).picture
        text = merge(render(lay_out(figure), "x.pen"), None).text
        before = ink(text)
        for node in picture.nodes:
            point = picture.points[node.name]
            line = re.search(rf"\\coordinate \({node.name}\) at (.*);", text)
            assert line
            moved = text.replace(line[0], line[0].replace(line[1], f"({point.x + 0.3:.3f},{point.y + 0.2:.3f})"))
            after = ink(moved)
            assert len(after) == len(before)
            own = touched(text, picture, node.name, walls=False)
            mine = touched(text, picture, node.name, walls=True)
            rest = [ink(without(one, mine)) for one in (text, moved)]
            assert rest[0] == rest[1], node.name
            changed = sum(a != b for a, b in zip(before, after, strict=True))
            least = len(ink(without(text, mine - own))) - len(rest[0])
            assert 0 < least <= changed <= len(before) - len(rest[0]), (node.name, changed)


def without(text: str, lines: set[str]) -> str:
    return "\n".join(line for line in text.splitlines() if line not in lines)
