"""The look of generated figures in TikZ: one place for colours and lengths.

A document overrides a style by defining it first: `\\tikzset{penrose/tensor/.style={...}}`. Colours
are those of Okabe and Ito, which the colour-blind can tell apart; no meaning hangs on colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from penrose.layout.measure import (
    ARROW,
    BRACE,
    BRACKET,
    CLEARANCE,
    CURL,
    DOT,
    HIGHLIGHT,
    PADDING,
    RING,
    TENSOR,
    TRIANGLE,
    TRIANGLE_BASE,
    WALL,
)
from penrose.model.document import Style
from penrose.render.template import template

COLORS = {
    "penrosebg": "FFFFFF",
    "penroseblue": "56B4E9",
    "penroseorange": "E69F00",
    "penrosegreen": "009E73",
    "penrosegrey": "7F7F7F",
    "penroseyellow": "F0E442",
    "penrosered": "D55E00",
    "penrosepink": "CC79A7",
    "penrosedeep": "0072B2",
}

# Colours that a style can name, as tints of those; any other name is left to xcolor.
TINTS = {
    "yellow": "penroseyellow!60!penrosebg",
    "blue": "penrosedeep!30!penrosebg",
    "orange": "penroseorange!45!penrosebg",
    "green": "penrosegreen!30!penrosebg",
    "red": "penrosered!40!penrosebg",
    "pink": "penrosepink!40!penrosebg",
    "grey": "penrosegrey!30!penrosebg",
    "gray": "penrosegrey!30!penrosebg",
    "white": "penrosebg",
}

_LINE = "draw, line width=0.8pt"
_BRACKETS = (
    "append after command={"
    "[line width=0.6pt, line cap=round, rounded corners=1.5pt]"
    " ([xshift=0.08cm]\\tikzlastnode.north west) edge[to path={-- (\\tikzlastnode.north west)"
    " -- (\\tikzlastnode.south west) -- (\\tikztotarget)}] ([xshift=0.08cm]\\tikzlastnode.south west)"
    " ([xshift=-0.08cm]\\tikzlastnode.north east) edge[to path={-- (\\tikzlastnode.north east)"
    " -- (\\tikzlastnode.south east) -- (\\tikztotarget)}] ([xshift=-0.08cm]\\tikzlastnode.south east)}"
)


def _brace(side: str, down: int) -> str:
    """Return the style of a fitted node with a brace below or above it: two lines that meet in its tip."""

    def at(corner: str, curls: int) -> str:
        return f"([yshift={down * curls * CURL:g}cm]\\tikzlastnode.{corner})" if curls else f"(\\tikzlastnode.{corner})"

    halves = (
        f" {at(f'{side} {end}', 0)} edge[to path={{-- {at(f'{side} {end}', 1)} -- {at(side, 1)} -- (\\tikztotarget)}}]"
        f" {at(side, 2)}"
        for end in ("west", "east")
    )
    line = f"[line width=0.8pt, line cap=round, rounded corners={CURL}cm]"
    return f"inner xsep=0pt, inner ysep={BRACE}cm, outer sep=0pt, append after command={{{line}{''.join(halves)}}}"


STYLES = {
    "highlight": f"rounded corners=0.2cm, inner sep={HIGHLIGHT}cm, fill=penroseyellow!45!penrosebg",
    "leg": f"{_LINE}, line join=round",
    "thick": "line width=2pt",
    "pinned": "-|",
    "loop": f"rounded corners={RING}cm",
    "index": f"inner sep={CLEARANCE}cm",
    "slot": "pos=0, inner sep=1.2pt, font=\\tiny",
    "tensor": f"{_LINE}, circle, minimum size={TENSOR}cm, inner sep=2pt, fill=penroseblue!30!penrosebg",
    "diagonal": f"{_LINE}, circle, minimum size={TENSOR}cm, inner sep=2pt, fill=penrosegrey!30!penrosebg",
    "wide": f"rectangle, rounded corners={TENSOR / 2:g}cm",
    "unitary": f"{_LINE}, rounded corners=1pt, minimum size={TENSOR}cm, inner sep=2pt, fill=penrosegreen!25!penrosebg",
    "isometry": f"{_LINE}, line join=round, isosceles triangle, isosceles triangle stretches,"
    f" minimum width={TRIANGLE_BASE}cm, minimum height={TRIANGLE}cm, inner sep=1.2pt,"
    " fill=penroseorange!35!penrosebg",
    "square": f"{_LINE}, rounded corners=1pt, minimum size={TENSOR}cm, inner sep=2pt, fill=penroseblue!30!penrosebg",
    "plain": f"minimum size={TENSOR}cm, inner sep=2pt, fill=penrosebg",
    "number": "inner sep=0pt",
    "dots": "inner sep=2pt, fill=penrosebg",
    "bar": "fill, inner sep=0pt",
    "dot": f"circle, fill, minimum size={DOT}cm, inner sep=0pt",
    "group": f"inner sep={BRACKET}cm, {_BRACKETS}",
    "closed": "draw, line width=0.6pt, rounded corners=1.5pt, outer sep=0pt",
    "bubble": f"draw=penrosegreen, line width=0.8pt, rounded corners=0.2cm, inner sep={WALL}cm,"
    " fill=penrosegreen!6!penrosebg",
    "wall label": f"inner sep=0pt, outer ysep={PADDING:.3f}cm, anchor=south west, text=penrosegreen!70!black",
    "relation": "inner sep=0pt",
    "sign": "inner sep=0pt",
    "coefficient": "inner sep=0pt",
    "total": "inner sep=0pt",
    "caption": "inner sep=0pt, font=\\small",
    "note": "inner sep=0pt, font=\\small",
    "arrow": "sloped, allow upside down, sharp corners, isosceles triangle, isosceles triangle stretches, fill,"
    f" inner sep=0pt, minimum height={ARROW[0]}cm, minimum width={ARROW[1]}cm",
    "brace": _brace("south", -1),
    "brace above": _brace("north", 1),
    "brace text": "inner sep=0pt, font=\\small",
}


def used_colors(bodies: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names and codes of the colours that the bodies of some styles use."""
    text = " ".join(bodies)
    return [(name, code) for name, code in COLORS.items() if name in text]


def style_file() -> str:
    """Return a TeX file with all colours and styles, for the preamble of a paper that changes some."""
    return template("style.tex.j2").render(colors=COLORS.items(), styles=STYLES.items())


def shade(body: str) -> str:
    """Return the colour, as in HTML, that the options of a style fill with: it is mixed with white, as in TikZ."""
    match = re.search(r"fill=(\w+)!(\d+)!penrosebg", body)
    if not match:
        return "#ffffff" if "fill=" in body else "#000000"
    share = int(match[2]) / 100
    channels = (int(COLORS[match[1]][i : i + 2], 16) for i in (0, 2, 4))
    return "#" + "".join(f"{round(255 + share * (channel - 255)):02x}" for channel in channels)


def body_of(style: Style) -> str:
    """Return the TikZ options of an author's style."""
    return filled(style.fill)


def filled(color: str) -> str:
    """Return the TikZ option for a colour that the author named."""
    return f"fill={TINTS.get(color, color)}" if color else ""
