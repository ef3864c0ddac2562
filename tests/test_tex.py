"""The TikZ on three engines. These tests are never skipped: without TeX they fail."""

from __future__ import annotations

import re
import subprocess
from itertools import islice
from pathlib import Path

import pytest
from conftest import ROOT
from pen import figure
from test_faithful import near_misses

from penrose import preview
from penrose.driver import load
from penrose.layout.compose import lay_out
from penrose.layout.geometry import box_of, extent, frames
from penrose.layout.measure import STROKE
from penrose.render.merge import merge
from penrose.render.tikz import render

pytestmark = pytest.mark.tex

ENGINES = ["pdflatex", "xelatex", "lualatex"]
CASES = [ROOT / "tests" / "cases" / name for name in ("many.pen", "many-more.pen", "frames.pen", "hints.pen")]


def tikz(text: str) -> str:
    return merge(render(lay_out(figure(text)), "test.pen"), None).text


def run(engine: str, folder: Path, body: str, preamble: str = "") -> str:
    """Compile a document and return its log; the figures lie in the folder."""
    document = f"""\\documentclass{{article}}
{preamble}
\\usepackage{{tikz}}\\usetikzlibrary{{shapes.geometric,fit}}
\\hbadness=10000 \\hfuzz=50cm \\vbadness=10000
\\begin{{document}}
{body}
\\end{{document}}
"""
    (folder / "test.tex").write_text(document, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "test.tex"]
    result = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    log = (folder / "test.log").read_text(encoding="utf-8", errors="replace")
    errors = [line for line in log.splitlines() if line.startswith("!")]
    assert result.returncode == 0, errors or log[-2000:]
    return log


def complaints(log: str) -> list[str]:
    """Return the warnings of a log that a figure can be blamed for."""
    ours = re.compile(r"Warning|Undefined|Missing character|Overfull|already defined", re.IGNORECASE)
    known = ("rerun", "no file test.aux", "font shape")
    return [line for line in log.splitlines() if ours.search(line) and not any(k in line.lower() for k in known)]


@pytest.mark.parametrize("engine", ENGINES)
def test_figures_compile_without_a_warning(engine: str, tmp_path: Path) -> None:
    names = []
    for number, path in enumerate([*CASES, *sorted((ROOT / "examples").rglob("*.pen"))]):
        for one in load(path).document.figures:
            names.append(f"{number}-{one.name}")
            (tmp_path / f"{names[-1]}.tikz").write_text(
                merge(render(lay_out(one), "x.pen"), None).text, encoding="utf-8"
            )
    assert len(names) > 20
    body = "\n\n".join(f"\\noindent\\input{{{name}.tikz}}" for name in names)
    assert complaints(run(engine, tmp_path, body)) == []


CONTEXTS = {
    "twice": "\\input{a.tikz}\n\n\\input{a.tikz}",
    "equal names": "\\input{a.tikz}\\input{b.tikz}",
    "equation": "\\begin{equation} y = \\vcenter{\\hbox{\\input{a.tikz}}} \\end{equation}",
    "align": "\\begin{align} x &= \\text{\\input{a.tikz}} \\\\ &= \\text{\\input{b.tikz}} \\end{align}",
    "caption": "\\begin{figure}\\input{b.tikz}\\caption{Like \\protect\\input{a.tikz}.}\\end{figure}",
    "scaled": "\\begin{tikzpicture}\\node {\\scalebox{0.5}{\\input{a.tikz}}};\\end{tikzpicture}",
    "inline": "The tensor \\input{a.tikz} is $\\input{b.tikz}$.",
    "restyled": "\\tikzset{penrose/tensor/.style={draw, fill=red}, penrose/.style={scale=0.7}}\\input{a.tikz}",
    "styles that leak": "\\tikzset{every node/.style={draw, circle, scale=2}, every path/.style={red}}\\input{a.tikz}",
}


@pytest.mark.parametrize("engine", ENGINES)
def test_contexts(engine: str, tmp_path: Path) -> None:
    (tmp_path / "a.tikz").write_text(tikz("figure a: M[i,k] = U[i,j] λ[j] conj(V[k,j])"), encoding="utf-8")
    (tmp_path / "b.tikz").write_text(tikz("figure b: M[i,j] * (x[j] + y[j]) = P[i,j] Q[j,k,k]"), encoding="utf-8")
    body = "\n\n".join(CONTEXTS.values())
    assert complaints(run(engine, tmp_path, body, "\\usepackage{amsmath,graphicx}")) == []


@pytest.mark.parametrize(
    ("engine", "language"),
    [("pdflatex", "french"), ("xelatex", "french"), ("pdflatex", "german"), ("lualatex", "german")],
)
def test_active_characters_do_no_harm(engine: str, language: str, tmp_path: Path) -> None:
    (tmp_path / "a.tikz").write_text(
        tikz("figure a: y[i] = relu(W_Q[i,j] x'[j]) ~= T[i,j,k] u[k] v[j]"), encoding="utf-8"
    )
    preamble = f"\\usepackage[T1]{{fontenc}}\\usepackage[{language}]{{babel}}\\usepackage{{underscore}}"
    body = "\\input{a.tikz}\\begin{figure*}\\input{a.tikz}\\caption{\\protect\\input{a.tikz}}\\end{figure*}"
    assert complaints(run(engine, tmp_path, body, preamble)) == []


@pytest.mark.parametrize("character", ':;!?"`=<>|_^')
def test_every_character_may_be_active(character: str, tmp_path: Path) -> None:
    """Languages of babel make some characters commands: here each is one that stops TeX.

    The prime is none of them, since mathematics takes what it is as a command.
    """
    (tmp_path / "a.tikz").write_text(
        tikz("figure a: y[i] = relu(W_Q[i,j] x'[j]) != T[i,j,k] u[k] v[j] -> [i]"), encoding="utf-8"
    )
    active = f"\\begingroup\\lccode`\\~=`\\{character}\\lowercase{{\\endgroup\\def~}}{{\\errmessage{{active}}}}"
    run("pdflatex", tmp_path, f"{active}\\catcode`\\{character}=13 \\input{{a.tikz}}")


def test_near_misses_differ_on_paper(tmp_path: Path) -> None:
    """What TeX paints differs: the content of the pages, in which there are no names and no comments."""
    count = 40
    body = "\\hoffset=0pt"
    for number, pair in enumerate(islice(near_misses(), count)):
        for side, text in zip("ab", pair, strict=True):
            (tmp_path / f"{number}{side}.tikz").write_text(tikz(text), encoding="utf-8")
            body += f"\\setbox0\\hbox{{\\input{{{number}{side}.tikz}}}}\\shipout\\box0\n"
    run("pdflatex", tmp_path, body, "\\pdfcompresslevel=0\\pdfobjcompresslevel=0")
    data = (tmp_path / "test.pdf").read_bytes()
    pages = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)[: 2 * count]
    assert all(b" Td" in page or b" TJ" in page or b" l" in page for page in pages)
    assert len(pages) == 2 * count
    assert all(one != other for one, other in zip(pages[::2], pages[1::2], strict=True))


YOURS = r"""
  \coordinate (far) at (20,20); \coordinate[label=x] (E) at (1,1); \coordinate (F); \coordinate(G)at(30:2);
  \coordinate (H) at ([shift={(1,2)}]M) node {b}; \coordinate (K) at ($(E)!.5!(G)$) ; \coordinate (L) at +(1,1);
  \foreach \n in {1,2} \coordinate (N\n) at (\n,0.5); \coordinate (O) at (M.30) coordinate (P);
  \foreach \name in {far,E,F,G,H,K,L,N1,N2,O,P,U,V,M--i}
    \path let \p1=(\name) in \pgfextra{\wlog{at \name: \x1, \y1}};
"""


def test_coordinates_are_those_of_tikz(tmp_path: Path) -> None:
    r"""The quicker \coordinate takes all that TikZ's own does, and gives the same places and the same size."""
    text = tikz("figure a: M[i,k] = U[i,j] conj(V[k,j])").replace("  % --- end of yours", YOURS)
    text = text.replace("em]axis)", "em]p-axis)").replace(".try]", ".try, scale=0.8, rotate=30, name prefix=p-]", 1)
    quicker = next(line for line in text.splitlines(keepends=True) if line.startswith("  \\ifcsname"))
    seen = []
    for drawn in (text, text.replace(quicker, "")):
        (tmp_path / "a.tikz").write_text(drawn, encoding="utf-8")
        body = "\\setbox0\\hbox{\\input{a.tikz}}\\wlog{at \\the\\wd0, \\the\\ht0, \\the\\dp0}"
        log = run("pdflatex", tmp_path, body, "\\usepackage{tikz}\\usetikzlibrary{calc}")
        seen.append([line for line in log.splitlines() if line.startswith("at ")])
    assert len(seen[0]) == 15
    assert seen[0] == seen[1]


def test_styles_of_a_paper_change_its_figures(tmp_path: Path) -> None:
    from penrose.render.styles import style_file

    (tmp_path / "a.tikz").write_text(tikz("figure a: M[i,k] = U[i,j] λ[j] conj(V[k,j])"), encoding="utf-8")
    (tmp_path / "style.tex").write_text(style_file().replace("{56B4E9}", "{123456}"), encoding="utf-8")
    preamble = "\\pdfcompresslevel=0\\usepackage{tikz}\\usetikzlibrary{shapes.geometric,fit}\\input{style}"
    assert complaints(run("pdflatex", tmp_path, "\\input{a.tikz}", preamble)) == []
    page = (tmp_path / "test.pdf").read_bytes()
    plain = run("pdflatex", tmp_path, "\\input{a.tikz}", "\\pdfcompresslevel=0")
    assert plain
    share = [round(1 - 0.3 * (1 - int("123456"[i : i + 2], 16) / 255), 5) for i in (0, 2, 4)]
    assert f"{share[0]:.5f}".rstrip("0").encode() in page
    assert f"{share[0]:.5f}".rstrip("0").encode() not in (tmp_path / "test.pdf").read_bytes()


def test_copies_for_tikzit_compile(tmp_path: Path) -> None:
    from penrose.render.tikzit import render_tikzit, tikzstyles

    body = ""
    for path in [*sorted((ROOT / "examples").glob("*.pen")), CASES[-1]]:
        for one in load(path).document.figures:
            name = f"{path.stem}-{one.name}"
            (tmp_path / f"{name}.tikz").write_text(render_tikzit(lay_out(one)), encoding="utf-8")
            body += f"\\noindent\\input{{{name}.tikz}}\n\n"
    (tmp_path / "penrose.tikzstyles").write_text(tikzstyles(), encoding="utf-8")
    layers = "\\pgfdeclarelayer{edgelayer}\\pgfdeclarelayer{nodelayer}\\pgfsetlayers{edgelayer,nodelayer,main}"
    preamble = f"\\usepackage{{tikz}}\\usetikzlibrary{{shapes.geometric}}{layers}\\input{{penrose.tikzstyles}}"
    assert complaints(run("pdflatex", tmp_path, body, preamble)) == []


def test_a_function_with_a_subscript_and_axes_has_one_subscript(tmp_path: Path) -> None:
    text = tikz("function exp_m[s,t](x)\nfigure f: y[s,t] = exp_m[s,t](h[s,t])")
    assert "{$\\mathrm{exp}_{m,s,t}$}" in text
    (tmp_path / "a.tikz").write_text(text, encoding="utf-8")
    assert complaints(run("pdflatex", tmp_path, "\\input{a.tikz}")) == []


def test_a_mark_on_a_wire_to_a_frame_comes_after_the_frame(tmp_path: Path) -> None:
    text = tikz("figure f {\n  y[i] = H[z,i,x] * (a[z] + b[z]) * u[x]\n  layout { leg H.z right }\n}")
    lines = text.split("\n")
    (mark,) = (number for number, line in enumerate(lines) if "node[penrose/slot" in line and "group--1" in line)
    (frame,) = (number for number, line in enumerate(lines) if "\\node[penrose/group" in line)
    assert frame < mark
    (tmp_path / "a.tikz").write_text(text, encoding="utf-8")
    assert complaints(run("pdflatex", tmp_path, "\\input{a.tikz}")) == []


def test_figures_too_large_for_names_compile(tmp_path: Path) -> None:
    from penrose.render.compact import render_compact

    text = "figure f: " + " ".join(f"A_{n}[{{b}}_{n},s_{n},{{b}}_{n + 1}]" for n in range(700))
    scene = lay_out(figure(text.replace("{b}", "b")))
    large = render_compact(scene, "f.pen")
    box = extent(scene.picture)
    assert f"x={500 / (box.x1 - box.x0):.4f}cm" in large  # as wide as it may be
    (tmp_path / "a.tikz").write_text(large, encoding="utf-8")
    (tmp_path / "b.tikz").write_text(
        render_compact(lay_out(figure("figure f: " + " ".join(["T[i]"] * 2100))), "f.pen"), encoding="utf-8"
    )
    for name in "ab":
        body = f"\\setbox0\\hbox{{\\input{{{name}.tikz}}}}\\typeout{{WIDE \\the\\wd0}}"
        log = run("pdflatex", tmp_path, body)
        assert "WIDE" in log


def test_latex_with_dvips(tmp_path: Path) -> None:
    (tmp_path / "a.tikz").write_text(tikz("figure a: M[i,k] = U[i,j] λ[j] conj(V[k,j])"), encoding="utf-8")
    assert complaints(run("latex", tmp_path, "\\input{a.tikz}")) == []
    dvips = ["dvips", "-q", "-o", "test.ps", "test.dvi"]
    assert subprocess.run(dvips, cwd=tmp_path, capture_output=True, timeout=300, check=False).returncode == 0
    assert (tmp_path / "test.ps").read_bytes().startswith(b"%!PS")


def test_beamer(tmp_path: Path) -> None:
    (tmp_path / "a.tikz").write_text(tikz("figure a: M[i,k] = U[i,j] V[j,k]"), encoding="utf-8")
    document = "\\documentclass{beamer}\\usepackage{tikz}\\usetikzlibrary{shapes.geometric,fit}\\begin{document}"
    document += "\\begin{frame}{A}\\input{a.tikz}\\end{frame}\\end{document}"
    (tmp_path / "test.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "test.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300, check=False).returncode == 0


def probe(folder: Path, text: str, names: list[str]) -> dict[str, list[float]]:
    """Return the boxes of nodes as TeX has them, in cm."""
    lines = ""
    for name in names:
        circle = re.search(rf"\\node\[penrose/(?:tensor|diagonal)\b(?!.*penrose/wide).*\] \({name}\)", text)
        corners = ("west", "south", "east", "north") if circle else ("south west",) * 2 + ("north east",) * 2
        for number, corner in enumerate(corners):
            macro = "\\pen" + "abcd"[number]
            lines += f"\\pgfpointanchor{{{name}}}{{{corner}}}\\pgfgetlastxy{macro}\\penother"
            lines += f"\\let{macro}\\penother" if number % 2 else ""
        lines += f"\\typeout{{PROBE {name} \\pena\\space\\penb\\space\\penc\\space\\pend}}"
    own = "  % --- yours: add TikZ here, it is kept ---\n"
    assert own in text
    (folder / "a.tikz").write_text(text.replace(own, f"{own}  {lines}\n"), encoding="utf-8")
    log = run("pdflatex", folder, "\\input{a.tikz}").replace("\n", " ")
    number = r"(-?[\d.]+)pt ?"
    found = re.findall(rf"PROBE ([\w-]+) {number}{number}{number}{number}", log)
    assert len(found) == len(names)
    return {name: [float(value) * 2.54 / 72.27 for value in values] for name, *values in found}


def test_tensors_stand_and_measure_in_tex_as_in_the_scene(tmp_path: Path) -> None:
    text = "figure f: M[i,k] = W_QK[i,j] λ[j] conj(Match[k,j]) + ψ[i,s_1,s_2,s_3,k] v[s_1,s_2,s_3]"
    scene = lay_out(figure(text))
    nodes = {node.name: node for node in scene.picture.nodes if node.shape != "dot"}
    boxes = probe(tmp_path, tikz(text), list(nodes))
    for name, node in nodes.items():
        assert boxes[name] == pytest.approx(list(box_of(node, scene.picture.points)), abs=1 / 28.45), name


def test_frames_measure_in_tex_as_in_the_scene(tmp_path: Path) -> None:
    text = (
        "figure f: M[i,k] = σ(x[i] * (y[k] + relu(W_1[k,j] z[j])) -> [i,k]) - ((-x[i] -> [i])^2 + a[i])^2 x[k] / b[k]"
    )
    scene = lay_out(figure(text))
    boxes = frames(scene.picture)
    found = probe(tmp_path, tikz(text), list(boxes))
    assert len(found) == 11
    for name, box in boxes.items():
        if not name.endswith("--label"):
            assert found[name] == pytest.approx(list(box.grown(STROKE / 2)), abs=1 / 28.45), name


def test_remarks_measure_in_tex_as_in_the_scene(tmp_path: Path) -> None:
    text = """figure f {
  y[i] = A[i,j] tanh(B[j,k] x[k])
  layout { brace A B "both"; brace A "one" above; note x "input"; note y "left"; highlight B x; rotate B 90 }
}"""
    drawn = lay_out(figure(text))
    boxes = frames(drawn.picture)
    found = probe(tmp_path, tikz(text), [name for name in boxes if not name.endswith("--1--label")])
    assert len(found) == 8
    for name, box in found.items():
        outside = STROKE / 2 if name.startswith("bubble") else 0.007 if name.startswith(("highlight", "note")) else 0.0
        wider = name.endswith("--label") or name.startswith("note")  # texts are measured without kerning
        expected = list(boxes[name].grown(outside))
        assert box[1::2] == pytest.approx(expected[1::2], abs=0.05 if wider else 1 / 28.45), name
        assert box[::2] == pytest.approx(expected[::2], abs=0.1 if wider else 1 / 28.45), name


def test_a_moved_coordinate_moves_the_tensor(tmp_path: Path) -> None:
    text = tikz("figure f: A[i,j] B[j,k]")
    moved = text.replace("\\coordinate (B) at (1.25,0);", "\\coordinate (B) at (2,1);")
    assert moved != text
    left, down, right, up = probe(tmp_path, moved, ["B"])["B"]
    assert ((left + right) / 2, (down + up) / 2) == pytest.approx((2, 1), abs=0.01)


def test_pdf_and_standalone() -> None:
    text = tikz("figure f: A[i,j] B[j,k]")
    assert preview.pdf(text, "f.tikz").data.startswith(b"%PDF")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_standalone_document_compiles(engine: str, tmp_path: Path) -> None:
    (tmp_path / "f.tex").write_text(preview.document(tikz("figure f: A[i,j] B[j,k]")), encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "f.tex"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout[-1000:]
    assert b"Output written on f.pdf (1 page" in result.stdout.replace(b"\n", b" ")


def test_an_error_of_tex_is_reported() -> None:
    from penrose.errors import PenroseError

    text = tikz("figure f: A[i,j]").replace("{$A$}", "{$\\nosuchcommand$}")
    with pytest.raises(PenroseError) as error:
        preview.pdf(text, "f.tikz")
    (one,) = error.value.diagnostics
    assert one.code == "PEN508"
    assert "Undefined control sequence" in one.message
