"""Building again over a file that its author has edited."""

from __future__ import annotations

import re

import pytest
from pen import figure

from penrose.errors import PenroseError
from penrose.layout.compose import lay_out
from penrose.render.merge import Merged, merge, read_earlier
from penrose.render.tikz import render

SVD = "figure svd: M[i,k] = U[i,j] λ[j] conj(V[k,j])"
LONGER = "figure svd: M[i,k] = U[i,j] λ[j] D[j,l] conj(V[k,l])"


def build(program: str, earlier_text: str | None = None, force: bool = False) -> Merged:
    earlier = read_earlier(earlier_text, "svd.tikz", force) if earlier_text is not None else None
    scene = lay_out(figure(program), earlier.pins() if earlier else None)
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
    assert again.dropped == ("D",)
    assert "% no longer in the source: \\coordinate (D) at (3,3);" in again.text
    assert build(SVD, again.text).text == again.text


def test_a_tensor_that_is_gone_and_was_not_moved_leaves_nothing() -> None:
    again = build(SVD, build(LONGER).text)
    assert again.text == build(SVD).text


def test_a_position_written_before_the_compiler_knew_the_name_stays() -> None:
    text = build(SVD).text.replace("  \\coordinate (V)", "  \\coordinate (D) at (1,1);\n  \\coordinate (V)")
    again = build(LONGER, text)
    assert again.kept == {"D": "(1,1)"}
    assert build(LONGER, again.text).kept == {"D": "(1,1)"}


def test_line_ends_of_another_system_do_no_harm() -> None:
    text = moved(build(SVD).text, "lambda", "(2.4,1.1)").replace("\n", "\r\n")
    assert build(SVD, text).kept == {"lambda": "(2.4,1.1)"}


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda text: "\\begin{tikzpicture}\n\\end{tikzpicture}\n", "PEN502"),
        (lambda text: "", "PEN502"),
        (lambda text: re.sub(r"%!penrose-base.*\n", "", text), "PEN502"),
        (lambda text: re.sub(r"%!penrose-hash.*\n", "", text), "PEN502"),
        (lambda text: text.replace("  % --- end of coordinates ---\n", ""), "PEN502"),
        (lambda text: text.replace("% --- yours", "% --- mine"), "PEN502"),
        (lambda text: text.replace("{$U$}", "{$X$}"), "PEN503"),
        (lambda text: text.replace("\\end{tikz", "\\draw (0,0);\n\\end{tikz"), "PEN503"),
        (lambda text: text.replace("  \\coordinate (U)", "<<<<<<< ours\n  \\coordinate (U)"), "PEN504"),
    ],
)
def test_what_cannot_be_attributed_stops_the_build(damage: object, code: str) -> None:
    assert callable(damage)
    broken = damage(moved(build(SVD).text, "lambda", "(2.4,1.1)"))
    with pytest.raises(PenroseError) as error:
        build(SVD, broken)
    assert [one.code for one in error.value.diagnostics] == [code]
    forced = build(SVD, broken, force=True)
    assert forced.kept == ({"lambda": "(2.4,1.1)"} if code == "PEN503" else {})


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
