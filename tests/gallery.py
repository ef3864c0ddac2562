"""Draws every example into docs/gallery, and writes docs/gallery.md. Look at the pictures before you commit them."""

from __future__ import annotations

from pathlib import Path

import tikra

from penrose.driver import understand
from penrose.files import read_source
from penrose.layout.compose import lay_out
from penrose.render.merge import merge
from penrose.render.tikz import render

ROOT = Path(__file__).parent.parent
GALLERY = ROOT / "docs" / "gallery"
DPI = 180


def main() -> None:
    GALLERY.mkdir(exist_ok=True)
    for old in GALLERY.glob("*.png"):
        old.unlink()
    page = ["# Gallery", "", "Every example, drawn by `make gallery`.", ""]
    for path in sorted((ROOT / "examples").glob("*.pen")):
        source = read_source(path)
        page += [f"## [{path.name}](../examples/{path.name})", "", "```pen", source.text.rstrip(), "```", ""]
        for figure in understand(source).figures:
            name = path.stem if figure.name == path.stem else f"{path.stem}-{figure.name}"
            svg = tikra.render(merge(render(lay_out(figure), path.name), None).text)["svg"]
            (GALLERY / f"{name}.png").write_bytes(tikra.png(svg, dpi=DPI))
            page += [f"![{figure.title or figure.name}](gallery/{name}.png)", ""]
    (ROOT / "docs" / "gallery.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
