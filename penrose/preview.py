"""Pictures to look at: SVG and PNG without TeX, PDF through whichever TeX engine is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from penrose.data import Equatable
from penrose.errors import Diagnostic, PenroseError
from penrose.layout.scene import Scene
from penrose.render.svg import render_svg
from penrose.render.template import template

ENGINES = ("pdflatex", "lualatex", "xelatex")
SECONDS = 120  # that TeX may take for one figure
DPI = 300

_MATHEMATICS = re.compile(r"\$[^$\n]*\$")
_PRIMED = re.compile(r"_(\{[^{}$]*\}|\w)'(?!')")  # tikra sets a prime above a subscript only if there is more beside it


class Preview(Equatable):
    """A picture to look at, and warnings of what is not in it."""

    data: bytes
    warnings: tuple[Diagnostic, ...] = ()


def svg(tikz: str, scene: Scene, file: str) -> Preview:
    """Return an SVG of the very TikZ where tikra is installed, else one made from the scene."""
    if find_spec("tikra") is None:
        return Preview(render_svg(scene).encode())
    drawn, warnings = _drawn(tikz, file)
    return Preview(drawn.encode(), warnings)


def png(tikz: str, file: str) -> Preview:
    """Return a PNG of the very TikZ. It needs tikra."""
    if find_spec("tikra") is None:
        hint = "pip install 'penrose-diagrams[preview]', or use --svg, which needs nothing"
        raise PenroseError([Diagnostic("PEN506", "--png needs the package tikra", file=file, hint=hint)])
    import tikra

    drawn, warnings = _drawn(tikz, file)
    return Preview(bytes(tikra.png(drawn, dpi=DPI)), warnings)


def _drawn(tikz: str, file: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return the SVG that tikra makes of TikZ, with a warning for what it leaves out.

    A name that is nowhere is an error: TeX would stop there too.
    """
    import tikra

    result = tikra.render(_MATHEMATICS.sub(lambda found: _PRIMED.sub(r"_\1^{\\,\\prime}", found[0]), tikz))
    lost = [text for text in result["warnings"] if "unknown coordinate" in text]
    if lost:
        hint = "an edit of the .tikz names something that is not in it; correct or delete that line"
        raise PenroseError([Diagnostic("PEN510", f"no preview: {text}", file=file, hint=hint) for text in lost])
    hint = "TeX may still draw it: look with --pdf"
    warnings = tuple(
        Diagnostic("PEN510", f"not in the preview: {text}", file=file, hint=hint, severity="warning")
        for text in dict.fromkeys(result["warnings"])
    )
    return str(result["svg"]), warnings


def document(tikz: str) -> str:
    """Return a complete LaTeX document that shows one figure."""
    return template("document.tex.j2").render(figure=tikz.rstrip("\n"))


def pdf(tikz: str, file: str) -> Preview:
    """Return a PDF of the figure, made by TeX without a shell and in a folder of its own."""
    engine = next((found for name in ENGINES if (found := shutil.which(name))), None)
    if engine is None:
        message = f"--pdf needs TeX: none of {', '.join(ENGINES)} is installed"
        hint = "install TeX Live, or use --svg or --png, which need no TeX"
        raise PenroseError([Diagnostic("PEN505", message, file=file, hint=hint)])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "figure.tex").write_text(document(tikz), encoding="utf-8")
        log = _run_tex(engine, folder)
        result = Path(folder) / "figure.pdf"
        if log is None and result.exists():
            return Preview(result.read_bytes())
    hint = "an edit of the .tikz may be the cause; --standalone writes a document to try"
    raise PenroseError(
        [Diagnostic("PEN508", f"{Path(engine).name} failed: {log or 'no output'}", file=file, hint=hint)]
    )


def _run_tex(engine: str, folder: str) -> str | None:
    """Run TeX on figure.tex; return its first error, or None."""
    command = [engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "figure.tex"]
    environment = os.environ | {"openin_any": "p", "openout_any": "p"}
    try:
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"it took more than {SECONDS} seconds"
    if run.returncode == 0:
        return None
    lines = run.stdout.decode("utf-8", errors="replace").splitlines()
    return next((line.removeprefix("! ") for line in lines if line.startswith("!")), f"exit code {run.returncode}")
