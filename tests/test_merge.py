"""Building again over a file that its author has edited."""

from __future__ import annotations

import random
import re

import pytest
from pen import figure

from penrose.errors import PenroseError
from penrose.layout.compose import lay_out
from penrose.render.merge import Merged, merge, read_earlier
from penrose.render.recall import recall
from penrose.render.tikz import render

SVD = "figure svd: M[i,k] = U[i,j] λ[j] conj(V[k,j])"
LONGER = "figure svd: M[i,k] = U[i,j] λ[j] D[j,l] conj(V[k,l])"


def build(program: str, earlier_text: str | None = None, force: bool = False) -> Merged:
    earlier = read_earlier(earlier_text, "svd.tikz", force) if earlier_text is not None else None
    one = figure(program)
    scene = lay_out(one, earlier.pins(), recall(earlier.text)) if earlier else lay_out(one)
    return merge(render(scene, "svd.pen"), earlier)


def moved(text: str, name: str, position: str) -> str:
    found, count = re.subn(rf"(\\coordinate \({name}\) at ).*?;", lambda m: f"{m[1]}{position};", text)
    assert count == 1
    return found


def coordinates(text: str) -> dict[str, str]:
    return dict(re.findall(r"^  \\coordinate \((.*?)\) at (.*?);", text, re.MULTILINE))


@pytest.mark.parametrize("position", ["(2.4,1.1)", "(  2.4 , 1.10 )", "($(U)+(1,0)$)", "(30:2)", "([yshift=1cm]U)"])
def test_a_moved_coordinate_stays_when_a_tensor_is_added(position: str) -> None:
    first = build(SVD)
    edited = moved(first.text, "lambda", position)
    second = build(LONGER, edited)
    assert coordinates(second.text)["lambda"] == position
    assert second.kept == {"lambda": position}
    assert set(coordinates(first.text)) <= set(coordinates(second.text))
    third = build(LONGER, second.text)
    assert third.text == second.text
    assert third.kept == second.kept


def test_a_numeric_position_pins_the_layout() -> None:
    edited = moved(build(SVD).text, "lambda", "(2.4,1.1)")
    earlier = read_earlier(edited, "svd.tikz")
    assert earlier is not None
    scene = lay_out(figure(LONGER), earlier.pins())
    assert scene.picture.points["lambda"][:2] == (2.4, 1.1)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("M[i,k] = U[i,j] S[j,l] V[l,k]", "X[i,a] N[a,p] K[p,b] Y[b,k] = U[i,j] S[j,l] V[l,k]", "USV"),
        ("M[i,k] = U[i,j] S[j,l] V[l,k]", "U[i,j] S[j,l] V[l,k]", "USV"),
        ("A[i,j] B[j,k] S[k,l] V[l,m]", "A[i,k] S[k,l] V[l,m]", "SV"),
        ("A[i,j] * (B[j,l] + S[j,k] V[k,l])", "A[i,j] * (B[j,l] + 2 G[j,l] + S[j,k] V[k,l])", "SV"),
        (
            "y[i] = A[i,j] x[j]\n  z[i] = S[i,j] V[j]",
            "y[i] = A[i,j] x[j]\n  z[i] = A[i,j] w[j]\n  z[i] = S[i,j] V[j]",
            "SV",
        ),
    ],
)
def test_what_is_around_a_moved_tensor_follows_it(before: str, after: str, names: str) -> None:
    """However the source changes before it, the tensor is as far from its neighbours as its author put it."""

    def drawn(formula: str, text: str | None) -> tuple[str, dict[str, tuple[float, float]]]:
        one = figure(f"figure f {{\n  {formula}\n}}")
        earlier = None if text is None else read_earlier(text, "f.tikz")
        scene = lay_out(one, earlier.pins(), recall(text or ""), earlier.written()) if earlier else lay_out(one)
        points = scene.picture.points
        return merge(render(scene, "f.pen"), earlier).text, {name: points[name][:2] for name in names}

    first, places = drawn(before, None)
    x, y = places["S"]
    edited = moved(first, "S", f"({x},{y + 0.8})")
    known, there = drawn(before, edited)
    text, now = drawn(after, known)
    assert now["S"] == there["S"] == (x, round(y + 0.8, 4))
    assert [*now.values()] == [pytest.approx(place) for place in there.values()]
    assert drawn(after, text)[0] == text


def test_a_deleted_line_makes_a_coordinate_automatic_again() -> None:
    first = build(SVD)
    edited = build(SVD, moved(first.text, "lambda", "(2.4,1.1)"))
    without = re.sub(r"  \\coordinate \(lambda\).*\n", "", edited.text)
    again = build(SVD, without)
    assert again.text == first.text
    assert again.kept == {}


def test_building_twice_changes_nothing() -> None:
    first = build(SVD)
    assert build(SVD, first.text).text == first.text


def test_comments_and_lines_of_the_author_stay_where_they_were() -> None:
    text = build(SVD).text
    text = text.replace("\\coordinate (U) at (3,0);", "\\coordinate (U) at (3,0); % the left one\n  % a note")
    text = text.replace("  % --- end of yours", "  \\draw[red] (U) -- (V); % mine\n  % --- end of yours")
    text = text.replace("  \\coordinate (V)", "  \\coordinate (helper) at (9,9);\n  \\coordinate (V)")
    again = build(LONGER, text)
    lines = again.text.splitlines()
    assert lines.index("  % a note") == lines.index("  \\coordinate (U) at (3,0); % the left one") + 1
    assert "  \\draw[red] (U) -- (V); % mine" in lines
    assert lines.index("  \\coordinate (helper) at (9,9);") == lines.index("  \\coordinate (lambda) at (4,-1);") + 1
    assert build(LONGER, again.text).text == again.text


def test_a_moved_tensor_that_is_gone_stays_as_a_comment() -> None:
    text = moved(build(LONGER).text, "D", "(3,3)")
    again = build(SVD, text)
    assert again.dropped == ("\\coordinate (D) at (3,3);",)
    assert "% no longer in the source: \\coordinate (D) at (3,3);" in again.text
    assert build(SVD, again.text).text == again.text


def test_a_tensor_that_is_gone_and_was_not_moved_leaves_nothing() -> None:
    again = build(SVD, build(LONGER).text)
    assert again.text == build(SVD).text


THEIRS = [
    "\\draw[red] (V) -- (D);",
    "\\draw[red] (D.north west) circle (3pt);",
    "\\draw[red] (V -| D) -- (D |- V);",
    "\\node[right=1cm of D] {here};",
    "\\coordinate (mine) at ($(U)!0.5!(D)$);",
]


@pytest.mark.parametrize("line", THEIRS)
def test_a_coordinate_stays_that_lines_of_the_author_need(line: str) -> None:
    text = build(LONGER).text.replace("  % --- end of yours", f"  {line}\n  % --- end of yours")
    again = build(SVD, text)
    assert again.needed == ("D",)
    assert again.dropped == ()
    assert coordinates(again.text)["D"] == coordinates(text)["D"]
    assert "(D) {$D$}" not in again.text
    assert build(SVD, again.text).text == again.text
    assert build(SVD, again.text.replace(f"  {line}\n", "")).text == build(SVD).text
    assert build(LONGER, again.text).text == text


def test_coordinates_stay_that_those_of_the_author_need() -> None:
    longer = "figure svd: M[i,k,m] = U[i,j] λ[j] D[j,l,m] conj(V[k,l])"
    text = build(longer).text
    assert coordinates(text)["D--m"].endswith("D)")
    edited = moved(text, "V", "($(D--m)+(1,1)$)")
    again = build(SVD, edited)
    assert again.needed == ("D", "D--m")
    commented = text.replace("  % --- end of yours", "  % beside (D)\n  % --- end of yours")
    assert build(SVD, commented).needed == ()


def test_a_moved_coordinate_stays_where_it_is_that_lines_of_the_author_need() -> None:
    text = moved(build(LONGER).text, "D", "(3,3)").replace("{$U$}", "{$U$} (U) edge[red] (D)")
    again = build(SVD, text)
    assert again.needed == ("D",)
    assert again.dropped == ()
    assert coordinates(again.text)["D"] == "(3,3)"
    assert coordinates(build(LONGER, again.text).text)["D"] == "(3,3)"


def test_a_position_written_before_the_compiler_knew_the_name_stays() -> None:
    text = build(SVD).text.replace("  \\coordinate (V)", "  \\coordinate (D) at (1,1);\n  \\coordinate (V)")
    again = build(LONGER, text)
    assert again.kept == {"D": "(1,1)"}
    assert build(LONGER, again.text).kept == {"D": "(1,1)"}


def test_line_ends_of_another_system_do_no_harm() -> None:
    text = moved(build(SVD).text, "lambda", "(2.4,1.1)").replace("\n", "\r\n")
    assert build(SVD, text).kept == {"lambda": "(2.4,1.1)"}


EDITS = [
    ("{$U$}", "{$\\hat U$}"),
    ("\\draw[penrose/leg={1 i}] (U) -- (U--i)", "\\draw[penrose/leg={1 i}, red] (U) to[out=180, in=90] (U--i)"),
    ("node[penrose/index, left] {$i$}", "node[penrose/index, above] {$i$}"),
    ("penrose/diagonal=λ, penrose/svd/lambda/.try", "penrose/diagonal=λ, fill=yellow"),
    ("fill=penroseblue!30!penrosebg", "fill=red!10"),
    ("baseline=", "scale=0.8, baseline="),
    ("{HTML}{56B4E9}", "{HTML}{AABBCC}"),
]


@pytest.mark.parametrize(("before", "after"), EDITS)
def test_any_edited_line_stays_while_what_it_is_of_is_there(before: str, after: str) -> None:
    text = build(SVD).text
    assert before in text
    edited = text.replace(before, after, 1)
    again = build(SVD, edited)
    assert again.text == edited
    assert len(again.lines) == 1
    longer = build(LONGER, edited)
    assert after in longer.text
    assert "(D)" in longer.text
    assert build(LONGER, longer.text).text == longer.text


def test_an_edited_line_of_something_that_is_gone_stays_as_a_comment() -> None:
    edited = build(LONGER).text.replace("{$D$}", "{$\\hat D$}")
    again = build(SVD, edited)
    assert "  % no longer in the source: \\node" in again.text
    assert "{$\\hat D$}" in "".join(again.dropped)
    assert build(SVD, again.text).text == again.text


def test_a_deleted_line_other_than_a_coordinate_is_put_back() -> None:
    text = build(SVD).text
    line = next(line for line in text.splitlines() if line.startswith("  \\node[penrose/tensor") and "(U)" in line)
    again = build(SVD, text.replace(line + "\n", ""))
    assert again.text == text
    assert again.returned == (line.strip(),)


def test_lines_of_the_author_stay_wherever_they_are() -> None:
    text = build(SVD).text
    lines = text.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("  \\draw"))
    lines.insert(place, "  \\draw[dashed] (M) -- (U);")
    lines.insert(place, "  % between")
    lines.insert(1, "% my figure")
    edited = "\n".join(lines) + "\n"
    again = build(SVD, edited)
    assert again.text == edited
    assert {"  \\draw[dashed] (M) -- (U);", "  % between", "% my figure"} <= set(
        build(LONGER, edited).text.splitlines()
    )


def test_lines_may_be_in_another_order() -> None:
    lines = moved(build(SVD).text, "lambda", "(2.4,1.1)").splitlines()
    draws = [n for n, line in enumerate(lines) if line.startswith("  \\draw")]
    lines[draws[0]], lines[draws[-1]] = lines[draws[-1]], lines[draws[0]]
    again = build(SVD, "\n".join(lines) + "\n")
    assert again.kept == {"lambda": "(2.4,1.1)"}
    assert again.lines == again.returned == again.dropped == ()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda text: "\\begin{tikzpicture}\n\\end{tikzpicture}\n", "PEN502"),
        (lambda text: "", "PEN502"),
        (lambda text: re.sub(r"%!penrose-base.*\n", "", text), "PEN502"),
        (lambda text: re.sub(r"%!penrose-lines.*\n", "", text), "PEN502"),
        (lambda text: text.replace("\\end{tikzpicture}", ""), "PEN502"),
        (lambda text: text.replace("  \\coordinate (U)", "<<<<<<< ours\n  \\coordinate (U)"), "PEN504"),
    ],
)
def test_what_cannot_be_attributed_stops_the_build(damage: object, code: str) -> None:
    assert callable(damage)
    broken = damage(moved(build(SVD).text, "lambda", "(2.4,1.1)"))
    with pytest.raises(PenroseError) as error:
        build(SVD, broken)
    assert [one.code for one in error.value.diagnostics] == [code]
    assert build(SVD, broken, force=True).text == build(SVD).text


def random_edit(text: str, generator: random.Random, number: int) -> tuple[str, str]:
    """Return a text with one edit by hand, and what of it must be found in every later file."""
    lines = text.splitlines()
    ours = [
        n
        for n, line in enumerate(lines)
        if line.startswith(("  \\coordinate (", "  \\draw", "  \\node")) and "axis" not in line
    ]
    n = generator.choice(ours)
    if generator.random() < 0.3:
        lines.insert(n, f"  % note {number}")
        return "\n".join(lines) + "\n", f"% note {number}"
    name = re.search(r"\\coordinate \(([\w-]+)\)", lines[n])
    if name:
        mark = f"({generator.randrange(9)}.{number}1,{generator.randrange(9)})"
        lines[n] = f"  \\coordinate ({name[1]}) at {mark};"
        return "\n".join(lines) + "\n", f"({name[1]}) at {mark}"
    lines[n] = re.sub(r"\[", f"[opacity=0.{number}1, ", lines[n], count=1)
    return "\n".join(lines) + "\n", f"opacity=0.{number}1"


@pytest.mark.parametrize("seed", range(150))
def test_random_edits_of_source_and_file_survive_together(seed: int) -> None:
    generator = random.Random(seed)
    factors = ["A[i,j]", "B[j,k]", "C[k,l]", "D[l,m]", "E[m,n]"]
    count = 3
    text = build(f"figure f: {' '.join(factors[:count])}").text
    marks: list[str] = []
    for number in range(1, 8):
        if generator.random() < 0.6:
            text, mark = random_edit(text, generator, number)
            name = re.match(r"(\([\w-]+\)) at ", mark)
            marks = [other for other in marks if not (name and other.startswith(name[1]))] + [mark]
        count = max(2, min(5, count + generator.choice([-1, 0, 1])))
        program = f"figure f: {' '.join(factors[:count])}"
        merged = build(program, text)
        text = merged.text
        assert build(program, text).text == text
        for mark in marks:
            assert mark in text, (number, mark)


def test_every_coordinate_that_is_used_is_declared() -> None:
    text = build("figure f: A[i,j] B[j,i] + C[i,i] * (x[k] + y[k]) z[k]").text
    declared = set(re.findall(r"\\coordinate \((.*?)\)", text)) | set(re.findall(r"\\node\[.*?\] \((.*?)\)", text))
    used = set(re.findall(r"\(([A-Za-z][\w-]*)(?:\.\w+)?\)", text.split("end of coordinates")[1].split("yours")[0]))
    used |= set(re.findall(r"\(([A-Za-z][\w-]*) -\|", text)) | set(re.findall(r"-\| ([\w-]+)\)", text))
    assert used - {"group--1--label"} <= declared | {name for name in used if name.endswith("--label")}


def test_numbers_are_short() -> None:
    text = build("figure f: A[i,j] B[j,k] C[k,l] + 2 D[i,l]").text
    numbers = re.findall(r"-?\d+\.\d+|-?\d+e-?\d+", "".join(re.findall(r"\\coordinate.*", text)))
    assert all(re.fullmatch(r"-?\d+\.\d{1,3}", number) and not number.endswith("0") for number in numbers)
    assert "-0," not in text
    assert "-0)" not in text


@pytest.mark.parametrize(
    ("position", "place"),
    [("(2,1)", (2, 1)), ("(20mm, 1cm)", (2, 1)), ("(90:2)", (0, 2)), ("(180:10mm)", (-1, 0)), ("(-.5,+1.)", None)],
)
def test_numbers_pin_the_layout_in_any_unit(position: str, place: tuple[float, float] | None) -> None:
    earlier = read_earlier(moved(build(SVD).text, "lambda", position), "svd.tikz")
    assert earlier is not None
    if place is None:
        assert earlier.pins() == {}
    else:
        assert earlier.pins()["lambda"] == pytest.approx(place)


@pytest.mark.parametrize(
    "damaged", ["\\coordinate (U) at (3,0)", "\\coordinate (U) at 3,0);", "\\coordinate (U) (3,0);"]
)
def test_a_damaged_coordinate_is_an_error(damaged: str) -> None:
    text = build(SVD).text
    assert "\\coordinate (U) at (3,0);" in text
    with pytest.raises(PenroseError) as error:
        build(SVD, text.replace("\\coordinate (U) at (3,0);", f"\\coordinate (U) {damaged}"))
    assert [one.code for one in error.value.diagnostics] == ["PEN503"]


def test_a_wire_is_known_by_its_ends_where_its_style_says_no_slots() -> None:
    text = build(SVD).text
    wire = "\\draw[penrose/leg={2 j .}] (U) -- (dot--j);"
    assert wire in text
    again = build(SVD, text.replace(wire, "\\draw[red, thick] (U) to[bend left] (dot--j);"))
    assert "\\draw[red, thick] (U) to[bend left] (dot--j);" in again.text
    assert wire not in again.text
    assert again.returned == ()


def test_occurrences_are_known_by_what_they_are_joined_to() -> None:
    first = build("figure svd: A[i,j] A[j,k]")
    edited = moved(first.text, "A--2", "(3,1)")
    again = build("figure svd: A[h,i] A[i,j] A[j,k]", edited)
    assert coordinates(again.text)["A--2"] == "(3,1)"
    assert {"A", "A--2", "A--3"} <= set(coordinates(again.text))
    assert "\\draw[penrose/leg={2 k}] (A--2)" in again.text  # still the last one
    assert "\\draw[penrose/leg={1 h}] (A--3)" in again.text  # the newcomer


def test_an_occurrence_that_the_author_named_keeps_its_name_and_position() -> None:
    program = "figure f: A[i,j] A:two[j,k] B[k,l]"
    first = build(program).text
    assert build(program, first).text == first
    kept = build(program, moved(first, "A--two", "(1.25,0.6)"))
    assert kept.kept == {"A--two": "(1.25,0.6)"}
    assert coordinates(kept.text)["A--two"] == "(1.25,0.6)"
    other = build("figure f: A:two[i,j] A[j,k] B[k,l]", kept.text)
    assert coordinates(other.text)["A--two"] == "(1.25,0.6)"
    for text in (first, kept.text, other.text):
        assert "penrose/tensor={A:two}, penrose/f/A--two/.try] (A--two)" in text


def test_signs_and_dots_keep_their_names() -> None:
    first = build("figure svd: a[i] - B[i,j] s[j] c[j]")
    edited = moved(moved(first.text, "sign--1", "(1,1)"), "dot--j", "(2,2)")
    again = build("figure svd: z[i] + a[i] - B[i,m] s[m] c[m]", edited)
    assert coordinates(again.text)["sign--1"] == "(1,1)"
    assert coordinates(again.text)["dot--j"] == "(2,2)"
    assert "\\node[penrose/sign={-}] (sign--1)" in again.text


WIRES = ["M[(i l), (k j)] = T[i,j,k,l]", "y[q] = softmax[k](s[q,k]) v[k]", "(a[i,j] + b[i,j]) c[j]"]


@pytest.mark.parametrize("program", WIRES)
def test_a_wire_that_nobody_edited_follows_the_source(program: str) -> None:
    first = build(f"figure svd {{\n{program}\n}}")
    bare = build(f"figure svd {{\n{program}\nlayout {{ labels none }}\n}}", first.text)
    assert bare.lines == bare.dropped == bare.returned == ()
    assert bare.text == build(f"figure svd {{\n{program}\nlayout {{ labels none }}\n}}").text


@pytest.mark.parametrize("program", WIRES)
def test_every_wire_can_be_edited(program: str) -> None:
    first = build(f"figure svd: {program}")
    for line in re.findall(r"^  \\draw\[.*$", first.text, re.MULTILINE):
        edited = line.replace("\\draw[penrose/leg", "\\draw[penrose/leg", 1).replace("}]", "}, red]", 1)
        if edited == line:
            edited = line.replace("}, penrose/", "}, red, penrose/", 1)
        assert edited != line
        again = build(f"figure svd: {program}", first.text.replace(line, edited))
        assert again.lines == (edited.strip(),)
        assert again.text.count(edited.strip()) == 1
        assert line not in again.text
