"""The look of generated figures in TikZ: one place for colours and lengths.

A document overrides a style by defining it first: `\\tikzset{penrose/tensor/.style={...}}`. Colours
are those of Okabe and Ito, which the colour-blind can tell apart; no meaning hangs on colour alone.
"""

from __future__ import annotations

from penrose.layout.measure import BRACKET, CLEARANCE, DOT, RING, TENSOR, TRIANGLE, TRIANGLE_BASE

COLORS = {
    "penrosebg": "FFFFFF",
    "penroseblue": "56B4E9",
    "penroseorange": "E69F00",
    "penrosegreen": "009E73",
    "penrosegrey": "7F7F7F",
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

STYLES = {
    "leg": f"{_LINE}, line join=round",
    "loop": f"rounded corners={RING}cm",
    "index": f"inner sep={CLEARANCE}cm",
    "tensor": f"{_LINE}, rounded corners={TENSOR / 2:g}cm, minimum size={TENSOR}cm, inner sep=2pt,"
    " fill=penroseblue!30!penrosebg",
    "diagonal": f"{_LINE}, rounded corners={TENSOR / 2:g}cm, minimum size={TENSOR}cm, inner sep=2pt,"
    " fill=penrosegrey!30!penrosebg",
    "unitary": f"{_LINE}, rounded corners=1pt, minimum size={TENSOR}cm, inner sep=2pt, fill=penrosegreen!25!penrosebg",
    "isometry": f"{_LINE}, line join=round, isosceles triangle, isosceles triangle stretches,"
    f" minimum width={TRIANGLE_BASE}cm, minimum height={TRIANGLE}cm, inner sep=0.5pt, fill=penroseorange!35!penrosebg",
    "dot": f"circle, fill, minimum size={DOT}cm, inner sep=0pt",
    "group": f"inner sep={BRACKET}cm, {_BRACKETS}",
    "relation": "inner sep=0pt",
    "sign": "inner sep=0pt",
    "coefficient": "inner sep=0pt",
    "caption": "inner sep=0pt, font=\\small",
}


def used_colors(styles: list[str]) -> list[tuple[str, str]]:
    """Return the names and codes of the colours that some styles use."""
    bodies = " ".join(STYLES[name] for name in styles)
    return [(name, code) for name, code in COLORS.items() if name in bodies]
