"""Hints: what they resolve to, and what comes of those about looks in the scene, in TikZ, and after edits."""

from __future__ import annotations

import re
from itertools import pairwise
from time import perf_counter

import pytest
from conftest import ROOT
from pen import codes, figure, scene
from programs import program
from test_faithful import FOREIGN, seen

from penrose.data import replace
from penrose.errors import PenroseError
from penrose.layout.compose import lay_out
from penrose.layout.geometry import arrow_of, box_around, box_of, curve, distance, extent, frames, ink, union
from penrose.layout.measure import ARROW
from penrose.layout.scene import Brace, Highlight, Note, Scene, Wire
from penrose.model.document import Column, Figure, Flow, Grid, Place, Put, Rotate, Row
from penrose.model.expression import factors_of
from penrose.model.positions import conflict
from penrose.render.merge import merge, read_earlier
from penrose.render.read import read
from penrose.render.svg import render_svg
from penrose.render.tikz import render

ALL = (ROOT / "tests" / "cases" / "hints.pen").read_text(encoding="utf-8")
CHAIN = "figure f {{\n  y[i,l] = A[i,j] B[j,k] C[k,l]\n  layout {{ {} }}\n}}"


def chain(hints: str) -> Scene:
    return scene(CHAIN.format(hints))


def tikz(one: Figure) -> str:
    return merge(render(lay_out(one), "f.pen"), None).text


def wire(drawn: Scene, index: str, of: str) -> Wire:
    return next(w for w in drawn.picture.wires if w.index == index and any(e and e[0] == of for e in w.ends))


# ---------------------------------------------------------------- resolution


def test_hints_of_position_are_resolved_panel_by_panel() -> None:
    text = "figure f {\n  A[i,j] B[j,k] C:x[k,l] = B[i,j] A[j,l]\n  layout { row A B }\n  layout 1 {\n"
    text += "    put A left of B by 1.5; column B C:x; flow down\n    grid A _ B /\n      _ _ C\n  }\n}"
    one = figure(text)
    first, second = ({f.tensor: f for f in factors_of(panel.expression)} for panel in one.chains[0])
    rows = [hint.factors for hint in one.hints if isinstance(hint, Row)]
    assert rows == [(first["A"], first["B"]), (second["A"], second["B"])]
    (put,) = (hint for hint in one.hints if isinstance(hint, Put))
    assert (put.factor, put.side, put.other, put.by) == (first["A"], "left", first["B"], 1.5)
    (column,) = (hint for hint in one.hints if isinstance(hint, Column))
    assert column.factors == (first["B"], first["C"])
    (grid,) = (hint for hint in one.hints if isinstance(hint, Grid))
    assert grid.rows == ((first["A"], None, first["B"]), (None, None, first["C"]))
    assert [(hint.direction, hint.panel) for hint in one.hints if isinstance(hint, Flow)] == [("down", 1)]


@pytest.mark.parametrize(("written", "side"), [("right of", "right"), ("above", "up"), ("below", "down")])
def test_a_tensor_is_put_beside_another(written: str, side: str) -> None:
    (put,) = figure(CHAIN.format(f"put A {written} B")).hints
    assert isinstance(put, Put)
    assert (put.side, put.by) == (side, None)


@pytest.mark.parametrize(
    "hints",
    [
        "put A left of B; put B right of A by 2",
        "row A B C; put A left of B",
        "row A B; column B C; place A at (0, 0)",
        "put B right of A; put C right of B; put C right of A; row A B C",
        "place A at (0, 0); place C at (3, 0); row A B C; put B left of C by 1",
        "put B right of A by 1.1; put C right of B by 2.2; put C right of A by 3.3",
        "place A at (0, 0); place B at (2, 0); put B right of A by 2; row A B",
        "grid A B / _ C; column B C",
        "bend A.j 30; bend B.j -30",
        "arrow A.j; arrow A.j; arrow B.k",
        'note A "one"; note A "two"; brace A B "x"; brace A B "y"',
    ],
)
def test_hints_that_agree_are_taken(hints: str) -> None:
    assert codes(CHAIN.format(hints)) == []
    assert chain(hints).picture.nodes


@pytest.mark.parametrize(
    ("hints", "wrong"),
    [
        ("put A right of B; put B right of C; put C right of A", "put C right of A"),
        ("put C right of A; row A B; put A above B", "put A above B"),
        ("column A B C; put A below C", "put A below C"),
        ("grid A B / C _; put A right of C", "put A right of C"),
        ("row A B; column B C; put C above A", "put C above A"),
        ("place A at (3, 0); row A B C; place C at (1, 0)", "place C at (1, 0)"),
        ("place A at (0, 0); put B right of A by 2; row B C; place C at (1, 0)", "place C at (1, 0)"),
        ("place A at (0, 0); place C at (3, 0); put B right of A by 2; put C right of B by 2", "put C right of B by 2"),
    ],
)
def test_hints_that_contradict_one_another_only_together_are_named(hints: str, wrong: str) -> None:
    with pytest.raises(PenroseError) as error:
        chain(hints)
    (one,) = error.value.diagnostics
    assert one.code == "PEN211"
    assert one.span is not None
    assert one.span.text == wrong
    assert {note.span.text for note in one.notes} <= set(hints.split("; "))


def test_many_hints_of_position_take_little_time() -> None:
    (one,) = factors_of(figure("figure f: A[i]").chains[0][0].expression)
    factors = [replace(one) for _ in range(10_000)]
    row = [Put(other, "right", one, None, other.span) for one, other in pairwise(factors)]
    back = Put(factors[0], "right", factors[-1], 1.0, factors[0].span)
    ends = [Place(factors[0], 0.0, 0.0, back.span), Place(factors[-1], 1.0, 0.0, back.span)]
    start = perf_counter()
    for hints in (row, row[::-1], [*ends, *row[::-1]], [Row(tuple(factors), back.span)]):
        assert conflict(hints) == ()
        assert back in conflict([*hints, back])
    assert perf_counter() - start < 20  # a second or two; quadratic would be minutes


def test_a_colour_is_a_tensor_where_there_is_one_of_that_name() -> None:
    fills = [
        (remark.members, remark.fill)
        for text in ("figure f {\n red[i] A[i]\n layout { highlight A red }\n}", CHAIN.format('highlight A "red!20"'))
        for remark in scene(text).picture.remarks
        if isinstance(remark, Highlight)
    ]
    assert fills == [(("A", "red"), ""), (("A",), "red!20")]


# ---------------------------------------------------------------- wires


def test_a_wire_bends_to_the_left_seen_from_its_tensor() -> None:
    for hints, above in (("bend A.j 30", True), ("bend A.j -30", False), ("bend B.j 30", False)):
        line = curve(wire(chain(hints), "j", "A"), chain(hints).picture.points)
        assert (line[len(line) // 2][1] > 0) == above
    assert wire(chain("bend C.l 40"), "l", "C").bend == 40
    crowd = scene("figure f {\n  P[i,j] Q[i,j]\n  layout { bend P.j 0 }\n}")
    assert sorted(one.bend for one in crowd.picture.wires) in ([0, 28], [-28, 0])


def test_a_wire_through_a_wall_bends() -> None:
    drawn = scene("figure f {\n  A[i,j] tanh(B[j,k] x[k])\n  layout { bend B.j 25; arrow B.j }\n}")
    one = wire(drawn, "j", "A")
    assert (abs(one.bend), one.arrow) == (25, "back")


@pytest.mark.parametrize("hints", ["arrow A.j", "arrow B.j; bend A.j 40", "arrow C.l", "arrow A.i"])
def test_an_arrow_is_on_what_is_seen_of_its_wire(hints: str) -> None:
    drawn = chain(hints)
    (one,) = (wire for wire in drawn.picture.wires if wire.arrow)
    _, place, turn = arrow_of(one, drawn.picture)
    line = curve(one, drawn.picture.points)
    assert min(distance(place, a, b) for a, b in pairwise(line)) < 0.03
    for node in drawn.picture.nodes:
        assert not box_of(node, drawn.picture.points).meets(box_around(*place, *ARROW).grown(-0.02)), node.name
    name = hints.split()[1].partition(".")[0]
    away = place[0] > drawn.picture.points[name].x
    assert (abs(turn % 360 - (0 if away else 180)) < 45) or (abs(turn % 360 - 360) < 45 and away)


# ---------------------------------------------------------------- rotation


def test_slots_are_at_home_on_a_rotated_tensor() -> None:
    found = {}
    for degrees in (90, 180, 270):
        drawn = scene(f"figure f {{\n  T[i,j,k]\n  layout {{ rotate T {degrees} }}\n}}")
        tips = {one.index: one.labels[1].side for one in drawn.picture.wires if one.labels[1]}
        found[degrees] = (tips["i"], tips["k"])
        assert [node.rotation for node in drawn.picture.nodes] == [degrees]
    assert found == {90: ("down", "up"), 180: ("right", "left"), 270: ("up", "down")}


def test_a_matrix_upside_down_is_not_marked() -> None:
    text = "figure f {{\n  M[i,k] = U[i,j] V[k,j]\n  layout {{ {} }}\n}}"
    labels = [
        {node.name: (node.label, node.rotation) for node in scene(text.format(hints)).picture.nodes}["V"]
        for hints in ("", "rotate V 180", "transposes turned", "rotate V 180; transposes turned")
    ]
    assert labels == [("V^{\\mathsf{T}}", 0), ("V", 180), ("V", 180), ("V", 180)]


def test_a_triangle_points_where_its_tip_leaves() -> None:
    text = "tensor V[m, i] isometry(i)\nfigure f {\n  V[m,i]\n  layout { rotate V 180 }\n}"
    (node,) = scene(text).picture.nodes
    assert (node.turn, node.rotation) == (180, 180)
    assert "shape border rotate=0, rotate=180" in tikz(figure(text))


def test_the_slots_of_rotated_tensors_can_be_read_from_the_picture() -> None:
    tensors = 0
    for seed in range(120):
        text = program(seed)
        names = {f.tensor for chain in figure(text).chains for p in chain for f in factors_of(p.expression)}
        hints = [f"rotate {name} {90 * (1 + (seed + n) % 3)}" for n, name in enumerate(sorted(names - set(FOREIGN)))]
        body = text.replace("figure f: ", "figure f {\n  ") + f"\n  layout {{ {'; '.join(hints)} }}\n}}"
        drawn = scene(body)
        assert {one.degrees for one in figure(body).hints if isinstance(one, Rotate)} <= {90, 180, 270}
        for node in drawn.picture.nodes:
            if node.stands_for and node.source not in FOREIGN:
                legs = seen(drawn, node)
                assert all(told == slot for told, slot in legs), (body, node.name, legs)
                tensors += 1
    assert tensors > 300


# ---------------------------------------------------------------- notes, braces, highlights


def test_a_brace_spans_its_tensors_and_keeps_clear_of_their_legs() -> None:
    drawn = scene(
        "figure f {\n  prod[n=1..4](open A_n[b_{n-1}, s_n, b_n])\n"
        '  layout { brace A_2 A_3 "two"; brace A_1 A_4 "all"; brace A_1 A_2 "over" above }\n}'
    )
    picture = drawn.picture
    boxes, nodes = frames(picture), {node.name: box_of(node, picture.points) for node in picture.nodes}
    two, whole, over = (boxes[name] for name in ("brace--A-2--A-3", "brace--A-1--A-4", "brace--A-1--A-2"))
    assert (two.x0, two.x1) == pytest.approx((nodes["A-2"].x0, nodes["A-3"].x1), abs=0.02)
    assert (whole.x0, whole.x1) == pytest.approx((nodes["A-1"].x0, nodes["A-4"].x1), abs=0.02)
    tips = [point.y for name, point in picture.points.items() if "--s-" in name]
    assert len(tips) == 4
    assert two.y0 < min(tips)
    assert over.y1 > nodes["A-1"].y1
    assert extent(picture).y0 <= boxes["brace--A-1--A-4--label"].y0 < whole.y0


def test_a_brace_keeps_clear_of_notes() -> None:
    boxes = frames(chain('note A "quite a long note" above; brace B C "two" above').picture)
    assert boxes["brace--B--C"].y1 > boxes["note--A"].y1
    assert boxes["brace--B--C"].x0 > boxes["note--A"].x0


def test_nested_braces_lie_around_one_another() -> None:
    boxes = frames(chain('brace A B C "all"; brace A B "two"').picture)
    assert boxes["brace--A--C"].y0 < boxes["brace--A--B--label"].y0


def test_a_remark_about_what_is_in_a_bubble_is_in_there() -> None:
    drawn = scene(
        "figure f {\n  A[i,j] relu(B[j,k] x[k])\n"
        '  layout { note x "input"; brace B x "two"; highlight B x; highlight A B green }\n}'
    )
    boxes = frames(drawn.picture)
    (wall,) = (boxes[group.name] for group in drawn.picture.groups)
    for name in ("note--x", "brace--B--x", "brace--B--x--label", "highlight--B--x"):
        assert union((wall, boxes[name])) == wall, name
    (outer,) = (one for one in drawn.picture.remarks if one.name == "highlight--A--B")
    assert outer.members == ("A", "bubble--1")
    assert [one.depth for one in drawn.picture.remarks if isinstance(one, Highlight)] == [1, 0]


@pytest.mark.parametrize("side", ["above", "below", "left", "right"])
def test_a_note_stands_where_it_is_told_to(side: str) -> None:
    drawn = scene(f'figure f {{\n  T[i,j,k]\n  layout {{ note T "here" {side} }}\n}}')
    box, node = frames(drawn.picture)["note--T"], box_of(drawn.picture.nodes[0], drawn.picture.points)
    apart = {"above": box.y0 - node.y1, "below": node.y0 - box.y1, "left": node.x0 - box.x1, "right": box.x0 - node.x1}
    assert apart[side] > 0
    labels = [label for one in drawn.picture.wires for label in one.labels if label]
    assert len(labels) == 3


def test_a_note_without_a_side_stands_where_there_is_room() -> None:
    sides = [
        next(remark.side for remark in scene(text).picture.remarks if isinstance(remark, Note))
        for text in (
            'figure f {\n  T[i,j,k]\n  layout { note T "x" }\n}',
            'figure f {\n  T[i,j,k]\n  layout { leg T.j up; note T "x" }\n}',
            'figure f {\n  T[i,j,k]\n  layout { leg T.j up; leg T.i down; leg T.k left; note T "x" }\n}',
        )
    ]
    assert sides == ["up", "down", "right"]


def test_panels_keep_clear_of_remarks() -> None:
    text = 'figure f {\n  A[i] = B[i]\n    = C[i]\n  layout { note B "a rather long note" right; brace A "x" }\n}'
    drawn = scene(text)
    boxes = [union(ink(drawn.picture, panel)) for panel in (1, 2, 3)]
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[2].y1 < min(boxes[0].y0, boxes[1].y0)


# ---------------------------------------------------------------- what is written


def test_remarks_are_statements_of_one_line() -> None:
    text = tikz(figure(CHAIN.format('brace A B "× 12"; note C "last" above; highlight B red; arrow A.j; bend B.k 20')))
    assert [line.strip() for line in text.splitlines() if re.search(r"\((?:brace|note|highlight)--", line)] == [
        "\\begin{pgfonlayer}{penrose highlights 0} \\node[penrose/highlight, fill=penrosered!40!penrosebg, fit=(B)]"
        " (highlight--B) {}; \\end{pgfonlayer}",
        "\\node[penrose/note, above=0.42cm] (note--C) at (C) {last};",
        "\\node[penrose/brace, fit=(A)(B)(A |- highlight--B.south)] (brace--A--B) {};",
        "\\node[penrose/brace text, anchor=north] (brace--A--B--label) at ([yshift=-0.28cm]brace--A--B.south) {× 12};",
    ]
    assert "\\draw[penrose/leg={2 j 1}] (A) -- node[penrose/arrow] {} (B);" in text
    assert "\\draw[penrose/leg={2 k 1}] (B) to[bend left=20] (C);" in text


def test_remarks_are_no_part_of_the_program() -> None:
    for text in re.findall(r"(?:tensor [^\n]*\n)?figure.*?\n\}", ALL, re.DOTALL):
        reading = read(tikz(figure(text)))
        assert reading.unread == reading.missing == ()
        plain = read(tikz(figure(re.sub(r"  layout \{.*?\n  \}\n", "", text, flags=re.DOTALL))))
        assert reading.program == plain.program


def test_edits_of_remarks_survive() -> None:
    one = figure(CHAIN.format('brace A B "two"; note C "last"; highlight B; arrow A.j'))
    text = tikz(one)
    edited = text.replace("{last}", "{at last}").replace("above=0.42cm", "above=0.7cm").replace("{two}", "{both}")
    edited = edited.replace("\\node[penrose/highlight,", "\\node[penrose/highlight, fill=red,")
    edited = edited.replace("node[penrose/arrow]", "node[penrose/arrow, red]")
    earlier = read_earlier(edited, "f.tikz")
    assert earlier is not None
    again = merge(render(lay_out(one, earlier.pins()), "f.pen"), earlier)
    for piece in ("{at last}", "above=0.7cm", "{both}", "penrose/highlight, fill=red", "node[penrose/arrow, red]"):
        assert piece in again.text
    assert len(again.lines) == 4
    assert read(again.text).unread == ()


def test_a_moved_tensor_takes_its_remarks_along() -> None:
    one = figure(CHAIN.format('brace C "two"; note C "last"; highlight C'))
    before, after = (frames(lay_out(one, pins).picture) for pins in ({}, {"C": (7.0, 2.0)}))
    shifts = {
        (round(after[name].x0 - before[name].x0, 3), round(after[name].y1 - before[name].y1, 3)) for name in before
    }
    assert len(shifts) == 1


def test_the_preview_shows_remarks() -> None:
    drawn = chain('brace A B "two words"; note C "last"; highlight B red; arrow A.j')
    bare = chain("")
    assert render_svg(drawn).count("<path") == render_svg(bare).count("<path") + 3
    assert render_svg(drawn).count("<text") == render_svg(bare).count("<text") + len("two wordslast")
    assert any(isinstance(remark, Brace) for remark in drawn.picture.remarks)


def test_what_a_leg_is_joined_to_stands_where_a_hint_lets_it_leave() -> None:
    drawn = scene("figure f {\n  y[i] = H[z,i,x] * (a[z] + b[z]) * u[x]\n  layout { leg H.z right }\n}")
    points = drawn.picture.points
    assert points["u"].x < points["H"].x < points["a"].x
