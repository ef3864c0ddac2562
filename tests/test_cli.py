from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT

from penrose import preview
from penrose.cli import main

SVD = "figure svd: M[i,k] = U[i,j] λ[j] conj(V[k,j])\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "svd.pen").write_text(SVD, encoding="utf-8")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_figure_named_as_its_file_and_others(folder: Path) -> None:
    (folder / "svd.pen").write_text(SVD + "figure other: x[i]\n", encoding="utf-8")
    assert run("build", "svd.pen").exit_code == 0
    assert files(folder) == {"svd.pen", "svd.tikz", "svd-other.tikz"}


def test_several_files_and_folders_and_an_output_folder(folder: Path) -> None:
    (folder / "more" / "deep").mkdir(parents=True)
    (folder / "more" / "deep" / "a.pen").write_text("figure a: x[i]\n")
    assert run("build", "svd.pen", "more", "-o", "out").exit_code == 0
    assert {"out/svd.tikz", "out/a.tikz"} <= files(folder)


def test_one_wrong_file_does_not_stop_the_others_and_writes_nothing(folder: Path) -> None:
    (folder / "bad.pen").write_text("figure bad: y[i] = A[i,j]\nfigure good: x[i]\n")
    result = run("build", "bad.pen", "svd.pen")
    assert result.exit_code == 1
    assert "bad.pen:1:24: error[PEN204]" in result.stderr
    assert files(folder) == {"bad.pen", "svd.pen", "svd.tikz"}


def test_a_build_that_changes_nothing_leaves_the_file_alone(folder: Path) -> None:
    run("build", "svd.pen")
    os.utime("svd.tikz", (1, 1))
    result = run("build", "svd.pen")
    assert "svd.tikz: unchanged" in result.stdout
    assert Path("svd.tikz").stat().st_mtime == 1


def test_kept_coordinates_are_reported(folder: Path) -> None:
    run("build", "svd.pen")
    text = Path("svd.tikz").read_text(encoding="utf-8")
    Path("svd.tikz").write_text(text.replace("(lambda) at (4,-1)", "(lambda) at (4,1.5)"), encoding="utf-8")
    assert "kept lambda at (4,1.5)" in run("build", "svd.pen").stdout
    assert run("build", "--quiet", "svd.pen").stdout == ""
    report = json.loads(run("build", "--json", "svd.pen").stdout)
    assert report["outputs"] == [
        {
            "path": "svd.tikz",
            "changed": False,
            "kept": {"lambda": "(4,1.5)"},
            "lines": [],
            "needed": [],
            "dropped": [],
            "returned": [],
        }
    ]


def test_check_writes_nothing(folder: Path) -> None:
    result = run("build", "--check", "svd.pen")
    assert result.exit_code == 1
    assert "PEN509" in result.stderr
    assert files(folder) == {"svd.pen"}
    run("build", "svd.pen")
    assert run("build", "--check", "svd.pen").exit_code == 0
    Path("svd.pen").write_text(SVD.replace("λ", "s"), encoding="utf-8")
    assert run("build", "--check", "svd.pen").exit_code == 1


def test_a_foreign_file_is_replaced_by_force_only_and_kept(folder: Path) -> None:
    Path("svd.tikz").write_text("mine")
    result = run("build", "svd.pen")
    assert result.exit_code == 1
    assert "PEN502" in result.stderr
    assert Path("svd.tikz").read_text() == "mine"
    assert run("build", "--force", "svd.pen").exit_code == 0
    assert Path("svd.tikz.bak").read_text() == "mine"


def test_depfile(folder: Path) -> None:
    Path("a b.pen").write_text("figure x: x[i]\nfigure y: y[i]\n")
    run("build", "--depfile", "-o", "out", "a b.pen")
    assert Path("out/a b.d").read_text() == "out/a\\ b-x.tikz out/a\\ b-y.tikz: a\\ b.pen\n"


def test_previews(folder: Path) -> None:
    assert run("build", "--svg", "--png", "--standalone", "svd.pen").exit_code == 0
    assert Path("svd.png").read_bytes().startswith(b"\x89PNG")
    ElementTree.parse("svd.svg")
    assert "\\documentclass" in Path("svd.tex").read_text(encoding="utf-8")


def test_previews_show_the_edited_file(folder: Path) -> None:
    run("build", "--png", "svd.pen")
    before = Path("svd.png").read_bytes()
    text = Path("svd.tikz").read_text(encoding="utf-8")
    Path("svd.tikz").write_text(text.replace("(lambda) at (4,-1)", "(lambda) at (4,1.5)"), encoding="utf-8")
    run("build", "--png", "svd.pen")
    assert Path("svd.png").read_bytes() != before


def test_a_preview_that_lacks_something_says_so(folder: Path) -> None:
    run("build", "svd.pen")
    text = Path("svd.tikz").read_text()
    own = "  % --- yours: add TikZ here, it is kept ---\n"
    Path("svd.tikz").write_text(text.replace(own, own + "  \\draw (U) -- (nowhere);\n"))
    result = run("build", "--png", "svd.pen")
    assert result.exit_code == 1
    assert "PEN510" in result.stderr
    assert "(nowhere)" in result.stderr
    assert not Path("svd.png").exists()
    Path("svd.tikz").write_text(text.replace(own, own + "  \\foo\n"))
    result = run("build", "--png", "--svg", "svd.pen")
    assert result.exit_code == 0
    assert result.stderr.count("warning[PEN510]") == 1


def test_a_fault_of_the_picture_is_a_warning(folder: Path) -> None:
    near = "figure f {\n A[i,j] B[j,k]\n layout { place A at (0, 0); place B at (0.3, 0) }\n}\n"
    Path("f.pen").write_text(near)
    result = run("build", "f.pen")
    assert result.exit_code == 0
    assert "f.pen:1:8: warning[PEN401]: the picture f could be better: A and B overlap" in result.stderr
    assert "hint: place B elsewhere: layout { place B at (0.3, -1.2) }" in result.stderr
    Path("f.pen").write_text(near.replace("0.3", "2"))
    assert "PEN401" not in run("build", "f.pen").stderr


def test_without_tikra_svg_works_and_png_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "find_spec", lambda name: None)
    assert run("build", "--svg", "svd.pen").exit_code == 0
    root = ElementTree.parse("svd.svg").getroot()
    assert {"λ", "U", "V", "M"} <= {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    result = run("build", "--png", "svd.pen", "-o", "png")
    assert result.exit_code == 1
    assert "PEN506" in result.stderr
    assert "pip install" in result.stderr
    assert not Path("png").exists()


def test_closed_brackets_are_closed_in_every_output() -> None:
    from pen import scene

    from penrose.render.compact import render_compact
    from penrose.render.merge import merge
    from penrose.render.svg import render_svg
    from penrose.render.tikz import render
    from penrose.render.tikzit import render_tikzit

    level, upright = "(A[i,j,k] + B[i,j,k]) * C[j,k,l]", "(delta[a,k] delta[b,c] + A[a,k] W[b,c]) * x[k,c]"
    for formula, closed in ((level, False), (upright, True)):
        drawn = scene(f"figure f: {formula}")
        (group,) = drawn.picture.groups
        assert group.closed == closed
        assert ("penrose/closed, fit" in merge(render(drawn, "f.pen"), None).text) == closed
        assert bool(re.search(r'd="M[\d. ]+(L[\d. ]+){3}Z"', render_svg(drawn))) == closed
        assert render_tikzit(drawn).count("style=bracket") == (4 if closed else 6)
        assert (") rectangle (" in render_compact(drawn, "f.pen")) == closed


def test_previews_have_a_prime_over_a_subscript(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("f.pen").write_text("figure plain: A[s_1,t]\nfigure primed: A[s_1',t]\n")
    wide = []
    for _ in range(2):  # with tikra, and without
        assert run("build", "--svg", "f.pen").exit_code == 0
        for name in ("plain", "primed"):
            box = ElementTree.parse(f"f-{name}.svg").getroot().get("viewBox", "").split()
            wide.append(float(box[2]))
        monkeypatch.setattr(preview, "find_spec", lambda name: None)
    for plain, primed in zip(wide[::2], wide[1::2], strict=True):
        assert abs(primed - plain) < 1.5
    ends = {text.text: text.get("x") for text in ElementTree.parse("f-primed.svg").getroot().iter() if text.get("x")}
    assert ends["1"] == ends["′"]


def test_previews_have_lines_of_fractions_and_roots() -> None:
    from penrose.render.svg import tex_runs

    above, below, line = tex_runs("\\frac{N}{2}")
    assert above.up > 0 > below.up
    assert below.up < line.line[0][1] < above.up
    assert line.line[1][0] > above.right
    inside, root = tex_runs("\\sqrt{x}")
    assert len(root.line) == 4
    assert root.line[1][0] < root.line[2][0] == inside.right < root.line[3][0]


def test_without_tex_pdf_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    result = run("build", "--pdf", "svd.pen")
    assert result.exit_code == 1
    assert "PEN505" in result.stderr
    assert files(folder) == {"svd.pen"}


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    Path("file").write_text("")
    result = run("build", "svd.pen", "-o", "file/out")
    assert result.exit_code == 1
    assert "PEN507" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("latin.pen", "figure é: x[i]".encode("latin-1"), "PEN103"), ("no.pen", None, "PEN104"), ("empty", "", "PEN104")],
)
def test_files_that_cannot_be_read(folder: Path, name: str, content: bytes | str | None, code: str) -> None:
    if isinstance(content, bytes):
        Path(name).write_bytes(content)
    elif content is not None:
        Path(name).mkdir()
    result = run("build", name)
    assert result.exit_code == 1
    assert code in result.stderr


def test_a_mark_of_byte_order_and_other_line_ends_are_read(folder: Path) -> None:
    Path("svd.pen").write_bytes(b"\xef\xbb\xbf# one\r\n" + SVD.replace("\n", "\r\n").encode())
    assert run("build", "svd.pen").exit_code == 0


def test_outputs_are_readable_as_other_files_are(folder: Path) -> None:
    run("build", "svd.pen")
    mode = stat.S_IMODE(Path("svd.tikz").stat().st_mode)
    assert mode == stat.S_IMODE(Path("svd.pen").stat().st_mode)
    os.chmod("svd.tikz", 0o640)
    Path("svd.pen").write_text(SVD.replace("λ", "s"), encoding="utf-8")
    run("build", "svd.pen")
    assert stat.S_IMODE(Path("svd.tikz").stat().st_mode) == 0o640


def test_index(folder: Path) -> None:
    assert run("index", "svd.pen").stdout == "svd: M_{ik} = \\sum_{j}\\,U_{ij}\\,\\lambda_{j}\\,\\overline{V_{kj}}\n"
    assert run("index", "--text", "svd.pen").stdout == "svd: M[i,k] = Σ_j U[i,j] λ[j] conj(V[k,j])\n"


def test_scene(folder: Path) -> None:
    (drawn,) = json.loads(run("scene", "svd.pen").stdout)["figures"]
    assert set(drawn) == {"name", "panels", "tensors", "wires", "bubbles", "labels", "quality"}
    assert [tensor["source"] for tensor in drawn["tensors"]] == ["M", "U", "j", "λ", "V"]
    assert {"tensor": "lambda", "slot": 0} in [end for wire in drawn["wires"] for end in wire["ends"]]
    assert [panel["relation"] for panel in drawn["panels"]] == ["", "="]
    assert list(drawn["quality"]) == [*(f"H{n}" for n in range(1, 8)), *(f"S{n}" for n in range(1, 14))]
    assert sum(value for name, value in drawn["quality"].items() if name.startswith("H")) == 0


def test_fmt(folder: Path) -> None:
    Path("a.pen").write_text("figure  a:A[ i ,j]*B[j , k]# here\n\n\n\n# there\nfigure b:x")
    assert run("fmt", "--check", "a.pen").exit_code == 1
    assert run("fmt", "a.pen").exit_code == 0
    assert Path("a.pen").read_text() == "figure a: A[i,j] B[j,k]  # here\n\n# there\nfigure b: x\n"
    assert run("fmt", "--check", "a.pen").exit_code == 0


def test_new(folder: Path) -> None:
    assert run("new", "my-first.pen").exit_code == 0
    assert run("build", "my-first.pen").exit_code == 0
    assert run("new", "my-first").exit_code == 1
    assert files(folder) == {"svd.pen", "my-first.pen", "my-first-my_first.tikz"}


def test_a_wrong_call_exits_with_2(folder: Path) -> None:
    assert run("build").exit_code == 2
    assert run("nonsense").exit_code == 2
    assert run("build", "--nonsense", "svd.pen").exit_code == 2


def test_a_fault_of_ours_is_one_line_and_exits_with_70(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("penrose.driver.lay_out", lambda *_: 1 / 0)
    result = run("build", "svd.pen")
    assert result.exit_code == 70
    assert "internal error" in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_python_m_penrose(folder: Path) -> None:
    shown = subprocess.run([sys.executable, "-m", "penrose", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("penrose, version ")


def test_hash_seeds_do_not_matter(folder: Path) -> None:
    sources = map(str, [ROOT / "tests" / "cases" / "many.pen", *sorted((ROOT / "examples").glob("field-*.pen"))])
    command = [sys.executable, "-m", "penrose", "build", *sources, "--svg"]
    texts = set()
    for seed in ("0", "1", "12345"):
        subprocess.run(
            [*command, "-o", seed],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        )
        built = sorted(Path(seed).iterdir())
        assert len(built) > 20
        texts.add(b"".join(path.read_bytes() for path in built))
    assert len(texts) == 1


def test_definitions_of_other_files_are_used_but_not_their_figures(folder: Path) -> None:
    (folder / "lib").mkdir()
    Path("lib/base.pen").write_text("dim d = 3\nlet P[i,j] = A[i,k] B[k,j]\nfigure theirs: P[i,j]\n")
    Path("lib/more.pen").write_text('use "base.pen"\ntensor V[m, i] isometry(i)\n')
    Path("paper.pen").write_text('use "lib/more.pen"\nuse "lib/base.pen"\nfigure ours: P[i,j] V[j,k]\n')
    result = run("build", "--depfile", "paper.pen")
    assert result.exit_code == 0, result.output
    assert "penrose/isometry" in Path("paper-ours.tikz").read_text(encoding="utf-8")
    assert Path("paper.d").read_text() == "paper-ours.tikz: paper.pen lib/more.pen lib/base.pen\n"
    assert not Path("paper-theirs.tikz").exists()


def test_files_that_use_each_other_in_a_circle(folder: Path) -> None:
    Path("a.pen").write_text('use "b.pen"\nfigure f: x[i]\n')
    Path("b.pen").write_text('use "a.pen"\n')
    result = run("build", "a.pen")
    assert result.exit_code == 1
    assert "b.pen:1:1: error[PEN209]" in result.stderr


def test_a_used_file_that_is_missing_or_wrong_is_said_at_its_place(folder: Path) -> None:
    Path("a.pen").write_text('figure f: x[i]\nuse "nothing.pen"\n')
    assert "a.pen:2:1: error[PEN104]: nothing.pen: cannot read" in run("build", "a.pen").stderr
    Path("nothing.pen").write_text("tensor A[i;j]\n")
    assert "nothing.pen:1:11: error[PEN101]" in run("build", "a.pen").stderr


def test_warnings_do_not_stop_a_build(folder: Path) -> None:
    Path("a.pen").write_text("tensor Match[i, j]\nfigure a: Macth[i,j]\n")
    result = run("build", "a.pen")
    assert result.exit_code == 0
    assert "warning[PEN214]" in result.stderr
    assert Path("a.tikz").exists()


def test_diff_shows_and_writes_nothing_and_reset_forgets(folder: Path) -> None:
    run("build", "svd.pen")
    text = Path("svd.tikz").read_text()
    Path("svd.tikz").write_text(re.sub(r"\(lambda\) at .*;", "(lambda) at (9,9);", text))
    Path("svd.pen").write_text("figure svd: M[i,k] = U[i,j] λ[j] conj(V[l,j]) D[l,k]\n")
    before = Path("svd.tikz").read_text()
    result = run("build", "--diff", "svd.pen")
    assert "+  \\coordinate (D) at" in result.stdout
    assert "(lambda)" not in "".join(line for line in result.stdout.splitlines() if line.startswith(("+ ", "- ")))
    assert Path("svd.tikz").read_text() == before
    assert run("build", "--reset", "svd.pen").exit_code == 0
    assert "(9,9)" not in Path("svd.tikz").read_text()
    assert Path("svd.tikz.bak").read_text() == before


def test_pin_moves_places_into_the_source(folder: Path) -> None:
    run("build", "svd.pen")
    text = Path("svd.tikz").read_text()
    edited = re.sub(r"\(lambda\) at .*;", "(lambda) at (90:2);", text)
    Path("svd.tikz").write_text(re.sub(r"\(U--i\) at .*;", "(U--i) at (1,1);", edited))
    result = run("pin", "svd.pen")
    assert "placed lambda" in result.stdout
    assert "PEN512" in result.stderr
    assert "place λ at (0, 2)" in Path("svd.pen").read_text()
    assert "\\coordinate (lambda) at (0,2);" in Path("svd.tikz").read_text()
    assert "nothing was moved" in run("pin", "svd.pen").stdout


def test_a_hint_about_what_was_moved_in_the_file_has_no_effect_and_says_so(folder: Path) -> None:
    Path("svd.pen").write_text("figure svd {\n  M[i,k] = U[i,j] λ[j] V[k,j]\n  layout { place λ at (4,-1) }\n}\n")
    assert "PEN513" not in run("build", "svd.pen").stderr
    text = Path("svd.tikz").read_text()
    Path("svd.tikz").write_text(text.replace("(lambda) at (4,-1)", "(lambda) at (4,1.2)"))
    told = run("build", "svd.pen").stderr
    assert "PEN513" in told
    assert "delete the line of the coordinate lambda in svd.tikz" in told
    run("pin", "svd.pen")
    assert "place λ at (4, 1.2)" in Path("svd.pen").read_text()
    assert "PEN513" not in run("build", "svd.pen").stderr


def test_read_prints_the_program_of_a_figure(folder: Path) -> None:
    source = Path("svd.pen").read_text()
    run("build", "svd.pen")
    assert "".join(run("read", "svd.tikz").stdout.split()) in "".join(source.split())
    Path("other.tikz").write_text("\\begin{tikzpicture}\\end{tikzpicture}")
    result = run("read", "other.tikz")
    assert result.exit_code == 1
    assert "PEN502" in result.stderr


def test_names_stay_when_something_is_inserted(folder: Path) -> None:
    (folder / "a.pen").write_text("figure a: A[i,j] B[j,k] A[k,l]\n")
    run("build", "a.pen")
    text = (folder / "a.tikz").read_text()
    (folder / "a.tikz").write_text(re.sub(r"\(A--2\) at \(.*\);", "(A--2) at (7,7);", text))
    (folder / "a.pen").write_text("figure a: A[h,i] C[i,j] A[j,m] B[m,k] A[k,l]\n")
    assert "kept A--2 at (7,7)" in run("build", "a.pen").stdout
    assert "penrose/leg={2 k 1}] (B) -- (A--2);" in (folder / "a.tikz").read_text()


KILLED = """
import os, signal, sys
import penrose.files
from penrose.cli import main

count = int(sys.argv[1])

def counted(function):
    def call(*arguments, **more):
        global count
        count -= 1
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **more)
    return call

for name in ("open", "write", "fdopen", "fsync", "chmod", "replace", "rename"):
    setattr(os, name, counted(getattr(os, name)))
main(["build", "svd.pen", "--svg", "-q"])
"""


def test_a_killed_build_leaves_the_old_or_the_new_files(folder: Path) -> None:
    run("build", "svd.pen", "--svg")
    old = {name: (folder / name).read_bytes() for name in ("svd.tikz", "svd.svg")}
    (folder / "svd.pen").write_text(SVD.replace("λ", "σ"), encoding="utf-8")
    run("build", "svd.pen", "--svg", "-o", "new")
    new = {name: (folder / "new" / name).read_bytes() for name in old}
    assert all(old[name] != new[name] for name in old)
    killed = 0
    for count in range(1, 100):
        for name, data in old.items():
            (folder / name).write_bytes(data)
        ended = subprocess.run([sys.executable, "-c", KILLED, str(count)], cwd=folder, check=False).returncode
        assert all((folder / name).read_bytes() in (old[name], new[name]) for name in old)
        if ended == 0:
            break
        assert ended == -9
        killed += 1
    assert killed >= 6


def test_style_writes_all_styles_once(folder: Path) -> None:
    from penrose.render.styles import COLORS, STYLES

    assert run("style").exit_code == 0
    text = (folder / "penrose-style.tex").read_text(encoding="utf-8")
    assert all(f"  penrose/{name}/.style={{{body}}}," in text for name, body in STYLES.items())
    assert all(f"\\definecolor{{{name}}}{{HTML}}{{{code}}}" in text for name, code in COLORS.items())
    again = run("style")
    assert again.exit_code == 1
    assert "error[PEN507]: this file exists already" in again.stderr


def test_tikzit_copies_are_not_replaced_once_they_are_changed(folder: Path) -> None:
    assert run("build", "svd.pen", "--tikzit").exit_code == 0
    assert {"svd-tikzit.tikz", "penrose.tikzstyles"} <= files(folder)
    assert run("build", "svd.pen", "--tikzit").exit_code == 0
    copy = folder / "svd-tikzit.tikz"
    copy.write_text(copy.read_text(encoding="utf-8").replace("(U) at (3, 0)", "(U) at (3, 1)"), encoding="utf-8")
    edited = copy.read_bytes()
    (folder / "svd.tikz").unlink()
    result = run("build", "svd.pen", "--tikzit")
    assert result.exit_code == 1
    assert "svd-tikzit.tikz: error[PEN502]" in result.stderr
    assert copy.read_bytes() == edited
    assert "svd.tikz" not in files(folder)
    assert run("build", "svd.pen", "--tikzit", "--force").exit_code == 0
    assert (folder / "svd-tikzit.tikz.bak").read_bytes() == edited


def test_a_figure_too_large_for_names_is_compact_and_keeps_no_edits(folder: Path) -> None:
    (folder / "svd.pen").write_text("figure svd: prod[n=1..2100](A_n[b_{n-1}, b_n])\n", encoding="utf-8")
    result = run("build", "svd.pen")
    assert result.exit_code == 0
    assert "warning[PEN402]" in result.stderr
    text = (folder / "svd.tikz").read_text(encoding="utf-8")
    assert text.count("\\coordinate") == 1
    assert max(map(len, text.splitlines())) < 5000
    assert "svd.tikz: unchanged" in run("build", "svd.pen").stdout
    (folder / "svd.tikz").write_text(text.replace("0.68", "0.7"), encoding="utf-8")
    edited = run("build", "svd.pen")
    assert edited.exit_code == 1
    assert "svd.tikz: error[PEN502]: this large figure was edited" in edited.stderr
    (folder / "svd.pen").write_text(SVD, encoding="utf-8")
    assert run("build", "svd.pen").exit_code == 1
    assert run("build", "svd.pen", "--force").exit_code == 0
    assert (folder / "svd.tikz.bak").exists()


def test_a_rotated_triangle_is_turned_alike_in_all_formats() -> None:
    from pen import scene

    from penrose.render.compact import render_compact
    from penrose.render.merge import merge
    from penrose.render.tikz import render
    from penrose.render.tikzit import render_tikzit

    drawn = scene("tensor V[i,j] isometry(j)\nfigure f {\n  V[i,j] B[j,k]\n  layout { rotate V 90 }\n}")
    for text in (merge(render(drawn, "f.pen"), None).text, render_compact(drawn, "f.pen"), render_tikzit(drawn)):
        (line,) = (line for line in text.splitlines() if "shape border rotate" in line)
        assert "shape border rotate=270, rotate=90" in line


def test_a_build_again_changes_nothing(folder: Path) -> None:
    for path in (ROOT / "examples").glob("*.pen"):
        (folder / path.name).write_bytes(path.read_bytes())
    run("build", ".", "-q")
    first = {path.name: path.read_bytes() for path in folder.glob("*.tikz")}
    assert len(first) > 100
    run("build", ".", "-q")
    assert {path.name: path.read_bytes() for path in folder.glob("*.tikz")} == first


@pytest.mark.parametrize("ails", ["nothing", "no folder", "damaged"])
def test_what_is_kept_for_the_next_build_is_never_needed(
    ails: str, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Separate processes, since what is loaded is kept in memory too."""
    kept = tmp_path_factory.mktemp("cache")
    if ails == "no folder":
        kept = folder / "svd.pen"

    def built() -> str:
        command = [sys.executable, "-m", "penrose", "build", "-q", "--force", "svd.pen"]
        run = subprocess.run(command, env=os.environ | {"XDG_CACHE_HOME": str(kept)}, capture_output=True, check=True)
        assert not run.stderr
        return (folder / "svd.tikz").read_text(encoding="utf-8")

    first = built()
    if ails != "no folder":
        assert len(files(kept)) == 2  # the tables of the grammar and a template
    if ails == "damaged":
        for path in (kept / "penrose").iterdir():
            path.write_bytes(path.read_bytes()[:30])
    assert built() == first
