from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from networks import WITH_BUBBLES, of_slots, six
from pen import evaluate, figure, hard, scene, understand

from penrose.layout.compose import lay_out
from penrose.layout.faults import faults
from penrose.layout.geometry import TURNS, curve, extent, frames, marks_of, to_mark
from penrose.layout.measure import text_size
from penrose.layout.scene import Box, Scene
from penrose.layout.score import quality
from penrose.layout.sides import free_sides
from penrose.render.merge import merge
from penrose.render.read import read
from penrose.render.tikz import render


def at(drawn: Scene, name: str) -> tuple[float, float]:
    point = drawn.picture.points[name]
    return point.x, point.y


def label(drawn: Scene, name: str) -> str:
    return next(node.label for node in drawn.picture.nodes if node.name == name)


def side(drawn: Scene, tip: str) -> str:
    ends = (wire for wire in drawn.picture.wires if wire.stations[-1].x_of == tip)
    return next(wire.labels[1].side for wire in ends if wire.labels[1])


def test_a_chain_is_straight_and_in_reading_order() -> None:
    drawn = scene("figure f: y[o] = D[o,n] C[n,m] B[m,l] A[l,i] x[i]")
    xs = [at(drawn, name)[0] for name in "DCBAx"]
    assert xs == sorted(xs)
    assert {at(drawn, name)[1] for name in ("y", *"DCBAx")} == {0.0}


def test_a_trace_is_a_loop_over_the_chain() -> None:
    drawn = scene("figure f: A[i,j] B[j,k] C[k,i]")
    (loop,) = (wire for wire in drawn.picture.wires if len(wire.stations) > 2)
    assert loop.index == "i"
    assert {end[0] for end in loop.ends if end} == {"A", "C"}
    assert at(drawn, "A")[1] == at(drawn, "C")[1] < at(drawn, "loop--i")[1]


def test_a_hyperedge_is_a_dot_and_an_identity_a_line() -> None:
    drawn = scene("figure f: U[i,j] λ[j] V[j,k]")
    assert [node.shape for node in drawn.picture.nodes].count("dot") == 1
    assert at(drawn, "dot--j")[0] == at(drawn, "lambda")[0]
    line = scene("figure f: delta[i,j]")
    assert not line.picture.nodes
    assert [wire.ends for wire in line.picture.wires] == [(None, None)]


@pytest.mark.parametrize(
    "program", ["A[i,j] B[j,k] = X[i,k] + Y[i,k]", "T[i,j,k] v[j] = X[i,k] - Y[k,i]", "w[i] M[i,j] = X[j] + Y[j]"]
)
def test_free_legs_leave_on_the_same_side_in_all_panels(program: str) -> None:
    drawn = scene(f"figure f: {program}")
    sides: dict[str, set[str]] = {}
    for wire in drawn.picture.wires:
        for beside in wire.labels:
            if beside:
                sides.setdefault(beside.text, set()).add(beside.side)
    assert all(len(found) == 1 for found in sides.values())


def test_slots_are_at_home() -> None:
    drawn = scene("figure f: T[i,j,k]")
    assert [side(drawn, f"T--{index}") for index in "ijk"] == ["left", "down", "right"]


def test_a_primed_leg_is_above_the_one_without_prime() -> None:
    drawn = scene("figure f: H[k,s',s,b] = L[k,w] W[w,s',s,v] R[v,b]").picture
    for name in ("H", "W"):
        height = drawn.points[name].y
        assert drawn.points[f"{name}--s-prime"].y > height > drawn.points[f"{name}--s"].y


def test_a_leg_is_above_the_primed_one_where_tensors_have_it_first() -> None:
    drawn = scene("figure f: R_A[s_1,s_1'] = R[s_1,s_2,s_1',s_2]")
    assert [label(drawn, name) for name in ("R-A", "R")] == ["R_A", "R"]
    for name in ("R-A", "R"):
        assert at(drawn, f"{name}--s-1")[1] > at(drawn, name)[1] > at(drawn, f"{name}--s-1-prime")[1]


def test_a_partial_trace_is_an_ear_aside_of_free_legs() -> None:
    for formula, way in (
        ("ρ_A[s_1,s_1'] = ρ[s_1,s_2,s_1',s_2]", (1, 0)),
        ("ρ_A[a,a'] = ρ[a,b,a',b]", (0, 1)),
        ("M[i,j] = T[i,k,k,j]", (0, 1)),
    ):
        drawn = scene(f"figure f: {formula}")
        (ear,) = (wire for wire in drawn.picture.wires if wire.is_loop)
        assert hard(quality(drawn.picture)) == {}
        assert quality(drawn.picture)["S1"] == 0
        assert ear.ends[0]
        x, y = at(drawn, ear.ends[0][0])
        corners = [at(drawn, place.x_of) for place in ear.stations[1:-1]]
        assert all((cx - x, cy - y)[way[1]] > 0.3 for cx, cy in corners)
    two = scene("figure f: ρ_1[s_1,s_1'] = ρ[s_1,s_2,s_3,s_1',s_2,s_3]")
    inner, outer = (sorted(p.x for n, p in two.picture.points.items() if n == f"loop--s-{k}") for k in (2, 3))
    assert inner != outer


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (
            "u[a,b,d,e] u[e,c,g,k] u[d,g,f,h] = u[b,c,e,g] u[a,e,f,d] u[d,g,h,k] -> [a,b,c,f,h,k]",
            "a up, b up, c up, f down, h down, k down",
        ),
        ("W[a,b,e,f] = u[a,b,c,d] conj(u[e,f,c,d])", "a up, b up, e down, f down"),
        ("v[a,b,c,d] v[c,d,e,f] -> [a,b,e,f]", "a up, b up, e down, f down"),
        ("u[a,b,c,d] = M[a,b,c,d]", "a left, b down, c down, d right"),
    ],
)
def test_gates_tell_where_the_legs_of_a_circuit_end(formula: str, expected: str) -> None:
    one = figure(f"tensor u[a,b,s,t] unitary(a,b), v[a,b,s,t] unitary(s,t)\nfigure f: {formula}")
    sides = free_sides(one.chains[0], one)
    assert ", ".join(f"{index} {sides[index]}" for index in sorted(sides, key=str)) == expected


def test_permutations_keep_their_legs_in_order_in_parentheses() -> None:
    """So that the strands of an exchange cross."""
    for exchanged in ("delta[l,i] delta[k,j]", "delta[i,l] delta[j,k]"):
        drawn = scene(f"figure f: P[i,j,k,l] = 1/2 (delta[k,i] delta[l,j] + {exchanged})")
        assert quality(drawn.picture)["S1"] == 1
    sides = {wire.called[1]: wire.labels[1].side for wire in drawn.picture.wires if wire.labels[1] and wire.ends[0]}
    assert sides == {"i": "left", "j": "left", "k": "right", "l": "right"}


def test_identities_stand_in_the_places_of_their_sites() -> None:
    legs = "s_1',s_2',s_3',s_1,s_2,s_3"
    drawn = scene(f"figure f: H[{legs}] = delta[s_1',s_1] h[s_2',s_3',s_2,s_3] + h[s_1',s_2',s_1,s_2] delta[s_3',s_3]")
    assert hard(quality(drawn.picture)) == {}
    lines = [wire for wire in drawn.picture.wires if wire.ends == (None, None)]
    ends = [[drawn.picture.points[place.x_of] for place in wire.stations] for wire in lines]
    first, last = sorted(ends, key=lambda points: points[0].x)
    assert first[0].x < at(drawn, "h")[0] < at(drawn, "h--2")[0] < last[0].x
    for above, below in ends:
        assert above.x == below.x
        assert (above.y, below.y) == (at(drawn, "h--s-2-prime")[1], at(drawn, "h--s-2")[1])


def test_an_identity_is_as_long_as_what_it_stands_under() -> None:
    drawn = scene("figure f: K[i,j,k,l] = A[i,a] B[a,k] delta[j,l] + delta[i,k] C[j,l]")
    lines = [wire for wire in drawn.picture.wires if wire.ends == (None, None)]
    ends = [[drawn.picture.points[place.x_of].x for place in wire.stations] for wire in lines]
    assert ends == [[at(drawn, "A--i")[0], at(drawn, "B--k")[0]], [at(drawn, "C--j")[0], at(drawn, "C--l")[0]]]


def test_legs_of_a_triangle_are_not_on_its_base() -> None:
    program = "tensor V[a,i,j,b] isometry(b), W[b,i,j,a] isometry(b)\n"
    drawn = scene(f"{program}figure f: ψ[a,s_1,s_2,s_3,s_4,b] = V[a,s_1,s_2,c] T[c,d] W[d,s_3,s_4,b]")
    for name, legs, sign in (("V", ("s-1", "s-2"), 1), ("W", ("s-4", "s-3"), -1)):
        (node,) = (node for node in drawn.picture.nodes if node.name == name)
        base = at(drawn, name)[0] - sign * (node.extent.left if sign > 0 else node.extent.right)
        assert [sign * (at(drawn, f"{name}--{leg}")[0] - base) > 0.05 for leg in legs] == [True, True]
        assert sign * (at(drawn, f"{name}--{legs[1]}")[0] - at(drawn, f"{name}--{legs[0]}")[0]) > 0.2


def test_a_matrix_whose_legs_are_exchanged_is_marked() -> None:
    assert label(scene("figure f: M[i,k] = U[i,j] V[k,j]"), "V") == "V^{\\mathsf{T}}"
    assert label(scene("figure f: M[i,k] = U[i,j] conj(V[k,j])"), "V") == "V^{\\dagger}"
    assert label(scene("figure f: M[i,k] = U[i,j] conj(V[j,k])"), "V") == "V^*"
    assert label(scene("tensor V[a, b] symmetric\nfigure f: M[i,k] = U[i,j] V[k,j]"), "V") == "V"
    assert label(scene("figure f: P[i,j] Q[i,j]"), "Q") == "Q"
    assert label(scene("figure f: P[i,j] Q.T[i,j] = t"), "Q") == "Q^{\\mathsf{T}}"


def test_an_isometry_is_a_triangle_whose_tip_is_at_the_named_leg() -> None:
    drawn = scene("tensor V[m, i] isometry(i)\nfigure f: conj(V[m,i]) V[m,j]")
    nodes = {node.name: node for node in drawn.picture.nodes}
    assert nodes["V"].shape == "triangle"
    assert (nodes["V"].turn, nodes["V--2"].turn) == (TURNS["left"], TURNS["right"])


@pytest.mark.parametrize(
    ("formula", "labels"),
    [
        ("conj(A[a,s,b]) A[a,s,c]", ["A^{\\dagger}", "A"]),
        ("B[a,s,b] conj(B[c,s,b])", ["B", "B^{\\dagger}"]),
        ("X[a,b] conj(B[b,s,c]) Y[c,d]", ["X", "B^*", "Y"]),
        ("X[a,b] conj(A[c,s,b]) Y[c,d]", ["X", "A^{\\dagger}", "Y"]),
    ],
)
def test_a_conjugate_isometry_that_points_back_has_a_dagger(formula: str, labels: list[str]) -> None:
    drawn = scene(f"tensor A[l,s,r] isometry(r), B[l,s,r] isometry(l)\nfigure f: {formula}")
    assert [node.label for node in drawn.picture.nodes] == labels


def test_occurrences_are_numbered_and_named() -> None:
    drawn = scene("figure f: A[i,j] A[j,k] A:last[k,l]")
    assert [node.name for node in drawn.picture.nodes] == ["A", "A--2", "A--last"]


def test_place_holds_exactly_and_takes_along_what_hangs_on_it() -> None:
    text = "figure f {{\n  M[i,j] = A[i,k] B[k,j]\n  layout {{ {} }}\n}}"
    free, placed = scene(text.format("")), scene(text.format("place B at (7.3, -2.15)"))
    assert at(placed, "B") == (7.3, -2.15)
    before, after = ((at(s, "B--j")[0] - at(s, "B")[0], at(s, "B--j")[1] - at(s, "B")[1]) for s in (free, placed))
    assert before == pytest.approx(after)
    assert at(placed, "A") == at(free, "A")


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
def test_a_leg_leaves_where_it_is_told_to(direction: str) -> None:
    drawn = scene(f"figure f {{\n  T[i,j,k]\n  layout {{ leg T.j {direction} }}\n}}")
    assert side(drawn, "T--j") == direction


def test_a_wire_leaves_where_it_is_told_to() -> None:
    drawn = scene("figure f {\n  A[i,j] B[j,k]\n  layout { leg A.j up }\n}")
    (wire,) = (wire for wire in drawn.picture.wires if None not in wire.ends)
    assert (wire.out, wire.into) == (90, 180)


def test_parallel_wires_bend_apart() -> None:
    drawn = scene("figure f: P[i,j] Q[i,j]")
    assert sorted(wire.bend for wire in drawn.picture.wires) == [-28, 28]


def test_rows_of_a_chain_begin_under_its_first_relation() -> None:
    drawn = scene("figure f {\n  A[i,j] B[j,k] = C[i,k]\n    = D[i,k]\n}")
    first, second = at(drawn, "rel--1"), at(drawn, "rel--2")
    assert first[0] == pytest.approx(second[0], abs=0.06)
    assert second[1] < first[1] - 0.68


@pytest.mark.parametrize(
    ("tex", "width", "height", "depth"),
    [
        ("M", 10.79, 6.83, 0.0),
        ("\\lambda", 5.83, 6.94, 0.0),
        ("j", 4.69, 6.6, 1.94),
        ("\\exp(E-\\beta)", 49.42, 7.5, 2.5),
        ("2\\cdot 3", 17.22, 6.44, 0.0),
        ("2\\exp(x)", 35.44, 7.5, 2.5),
        ("\\log x", 20.3, 6.94, 1.94),
        ("1/\\cdot", 12.78, 7.5, 2.5),
        ("-x", 13.49, 5.83, 0.83),
    ],
)
def test_text_sizes_are_those_of_tex(tex: str, width: float, height: float, depth: float) -> None:
    point = 2.54 / 72.27
    assert text_size(tex) == pytest.approx((width * point, height * point, depth * point), abs=0.001)


GOOD = [
    "M[i,k] = U[i,j] λ[j] conj(V[k,j])",
    "y = A[i,j] V[i,r] B[j,k,l] W[r,k,s] C[l,m,n] X[s,m,t] D[n,o,p] Y[t,o,u] E[p,q] Z[u,q]",
    "T[i,j,k] = λ[s] U[i,s] V[j,s] W[k,s]",
    "T[i,j,k] = C[a,b,c] U[i,a] V[j,b] W[k,c]",
    "ψ[s_1,s_2,s_3,s_4] = A_1[s_1,b_1] A_2[b_1,s_2,b_2] A_3[b_2,s_3,b_3] A_4[b_3,s_4]",
    "O[s_1,s_2,s_3,p_1,p_2,p_3] = A[s_1,p_1,b_1] B[b_1,s_2,p_2,b_2] C[b_2,s_3,p_3]",
    "M[i,j] = 2 A[i,j] - 1/sqrt(3) B[i,k] C[k,j] + x[i] y[j]",
    "Y[i,k] = A[i,j] * (X[j,k] - Z[j,k])",
    "delta[i,j,m] delta[m,k,l] = delta[i,j,k,l]",
    "A[i,j] B[j,i] = A[i,j] B.T[i,j] = B[j,i] A[i,j]",
    "Y[i,j,k,l] = P[i,j] Q[k,l]",
    "A[a,b,c] B[b,d,c] C[d,e,f] D[f,e,a]",
]


@pytest.mark.parametrize("program", GOOD)
def test_pictures_have_no_faults(program: str) -> None:
    found = quality(scene(f"figure f: {program}").picture)
    assert hard(found) == {}


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.pen")), ids=lambda path: path.stem)
def test_examples_have_no_faults(path: Path) -> None:
    for one in understand(path.read_text(encoding="utf-8")).figures:
        found = quality(lay_out(one).picture)
        assert hard(found) == {}


def test_every_wire_of_the_network_is_drawn() -> None:
    drawn = scene("figure f: A[a,b,c] B[b,d,c] C[d,e,f] D[f,e,a,g]")
    assert len(drawn.picture.wires) == 7
    ends = sorted(end for wire in drawn.picture.wires for end in wire.ends if end)
    assert len(ends) == len(set(ends)) == 13


def test_a_thousand_tensors_are_laid_out() -> None:
    factors = " ".join(f"A_{k}[b_{k},b_{k + 1}]" for k in range(1000))
    drawn = scene(f"figure f: {factors}")
    assert len(drawn.picture.nodes) == 1000
    assert extent(drawn.picture).y1 < 1


def bubbles(drawn: Scene) -> dict[str, set[str]]:
    """Return what is inside of every bubble, those inside of inner ones too."""
    groups = {group.name: group for group in drawn.picture.groups}
    nodes = {node.name for node in drawn.picture.nodes}

    def inside(name: str) -> set[str]:
        members = set(groups[name].members)
        return (members & nodes).union(*(inside(other) for other in members & set(groups)))

    return {name: inside(name) for name in groups}


def test_a_bubble_holds_what_the_function_sees_and_lets_its_legs_through() -> None:
    drawn = scene("figure f: tanh(W[i,j] exp(V[j,k] x[k])) b[i]")
    assert bubbles(drawn) == {"bubble--1": {"V", "x"}, "bubble--2": {"W", "V", "x"}} or bubbles(drawn) == {
        "bubble--2": {"V", "x"},
        "bubble--1": {"W", "V", "x"},
    }
    ends = {frozenset(end[0] for end in wire.ends if end) for wire in drawn.picture.wires}
    assert ends == {frozenset("Vx"), frozenset("WV"), frozenset("Wb")}
    assert {group.label: group.depth for group in drawn.picture.groups} == {
        "\\mathrm{tanh}": 1,
        "\\mathrm{exp}": 2,
    }


def test_several_terms_or_arguments_in_a_bubble_show_their_legs() -> None:
    drawn = scene("figure f: relu(W[i,j] x[j] + b[i])")
    (bubble,) = drawn.picture.groups
    tips = [wire for wire in drawn.picture.wires if wire.ends[1] is None]
    assert sorted(wire.ends[0][0] for wire in tips if wire.ends[0]) == sorted(["W", "b", bubble.name])
    masked = scene("figure f: softmax[k](s[q,k], causal[q,k])")
    assert "," in {text.text for text in masked.picture.texts}


def test_a_drawn_sum_has_a_sign_and_subscripts_instead_of_wires() -> None:
    drawn = scene("figure f: sum[h](A[h,q] W_V[h,d])")
    assert {node.label for node in drawn.picture.nodes} == {"A_h", "W_{V,h}"}
    assert {wire.index for wire in drawn.picture.wires} == {"q", "d"}
    assert [text.kind for text in drawn.picture.texts] == ["total"]
    ranged = scene("figure f: sum[j=3..R](λ[j])")
    assert ranged.picture.texts[0].text.endswith("_{j=3}^{R}")


def test_groups_are_thick_and_fused_by_bars() -> None:
    drawn = scene("figure f: M[(i l), (k j)] = T[i,j,k,l]")
    thick = [wire for wire in drawn.picture.wires if wire.thick]
    assert len(thick) == 4
    assert [node.shape for node in drawn.picture.nodes].count("bar") == 2
    direct = scene("figure f: M[i,(j k)] N[(j k),l]")
    assert [node.shape for node in direct.picture.nodes] == ["circle", "circle"]
    assert sum(wire.thick for wire in direct.picture.wires) == 1


def test_pins_end_in_a_bar_with_their_place() -> None:
    drawn = scene("figure f: A[0, j, @fox+1] x[j]")
    pinned = {wire.labels[1].text for wire in drawn.picture.wires if wire.pinned and wire.labels[1]}
    assert pinned == {"0", "\\mathrm{fox}+1"}


def test_a_symbolic_end_is_drawn_with_dots() -> None:
    drawn = scene("figure f: prod[n=1..N](open A_n[b_{n-1},s_n,b_n])")
    assert [node.label for node in drawn.picture.nodes] == ["A_1", "A_2", "\\cdots", "A_N"]
    assert {wire.index for wire in drawn.picture.wires if wire.ends[1] is None} == {"s_1", "s_2", "s_N"}


def test_styles_dress_tensors() -> None:
    drawn = scene("style w { fill: yellow; shape: square }\nstyle A as w\nfigure f: A[i,j] x[j]")
    dressed = {node.name: (node.dress, node.shape) for node in drawn.picture.nodes}
    assert dressed == {"A": ("w", "square"), "x": ("", "circle")}


@pytest.mark.parametrize(("which", "shown"), [("free", {"i"}), ("all", {"i", "j"}), ("none", set())])
def test_which_labels_are_shown(which: str, shown: set[str]) -> None:
    drawn = scene(f"figure f {{\n  A[i,j] x[j]\n  layout {{ labels {which} }}\n}}")
    labels = (label for wire in drawn.picture.wires for label in (*wire.labels, wire.middle))
    assert {label.text for label in labels if label} == shown


def test_a_wide_figure_goes_on_in_a_new_row_at_a_relation() -> None:
    text = "figure f {{\n  A[i,j] B[j,k] = C[i,j] D[j,k] = E[i,k]\n  layout {{ width {} }}\n}}"
    heights = [{at(scene(text.format(width)), f"rel--{n}")[1] for n in (1, 2)} for width in (30, 7)]
    assert [len(found) for found in heights] == [1, 2]


def test_captions_and_coefficients_are_texts() -> None:
    drawn = scene('figure f: 1/2 A[i] "50% of $A$" - B[i]')
    assert [(text.kind, text.text) for text in drawn.picture.texts] == [
        ("coefficient", "\\frac{1}{2}"),
        ("caption", "50\\% of $A$"),
        ("sign", "-"),
    ]


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("1/N 1/N", "\\frac{1}{N^2}"),
        ("1/N 1/(N-1)", "\\frac{1}{N(N-1)}"),
        ("1/(N-1) 1/(N-1)", "\\frac{1}{(N-1)^2}"),
        ("1/N 2 3", "\\frac{2\\cdot 3}{N}"),
        ("N N", "N^2"),
        ("2 2", "2\\cdot 2"),
        ("1e3 1e3", "1\\cdot 10^3\\cdot 1\\cdot 10^3"),
        ("1/1", "\\frac{1}{1}"),
    ],
)
def test_equal_factors_of_a_coefficient_are_a_power_and_ones_are_left_out(written: str, drawn: str) -> None:
    (text,) = scene(f"dim N\nfigure f: {written} A[i]").picture.texts
    assert text.text == drawn


def test_a_tensor_without_legs_is_a_number_before_what_it_multiplies() -> None:
    drawn = scene("figure f: A[i,j] v[j] λ = λ v[i]").picture
    numbers = [node for node in drawn.nodes if node.style == "number"]
    assert [node.source for node in numbers] == ["λ", "λ"]
    assert all(node.extent.width < 0.3 for node in numbers)
    assert drawn.points["lambda"].x < drawn.points["A"].x < drawn.points["lambda--2"].x < drawn.points["v--2"].x
    assert {node.style for node in scene("figure f: a = b c").picture.nodes} == {"tensor"}
    styled = scene("style round { shape: circle }\nstyle λ as round\nfigure f: λ v[i]").picture
    assert {node.style for node in styled.nodes} == {"tensor"}


@pytest.mark.parametrize(
    "formula",
    [
        "(A[i,j,k] + B[i,j,k]) * C[j,k,l]",
        "(A[i,j,k] + B[i,j,k]) * C[i,j,k,l]",
        "(delta[a,k] delta[b,c] + A[a,k] W[b,c]) * x[k,c]",
        "(A[p,q] B[a,b] + C[p,q,a,b]) * (A[q,r] B[b,c] - C[q,r,b,c]) * x[r,c]",
    ],
)
def test_several_wires_into_brackets_are_straight_side_by_side_and_named(formula: str) -> None:
    drawn = scene(f"figure f: {formula}").picture
    assert hard(quality(drawn)) == {}
    frames = {group.name for group in drawn.groups}
    into = [wire for wire in drawn.wires if all(wire.ends) and any(end and end[0] in frames for end in wire.ends)]
    assert len(into) > 1
    assert all(
        is_level(curve(wire, drawn.points)) or len({x for x, _ in curve(wire, drawn.points)}) == 1 for wire in into
    )
    assert len({tuple(curve(wire, drawn.points)) for wire in into}) == len(into)
    assert all("".join(wire.marks) for wire in into)


@pytest.mark.parametrize(
    ("formula", "dots"),
    [
        ("A[b,i,j] B[b,j,k] -> [b,i,k]", {"dot--b": "x"}),
        ("A[i,j] B[i,j] -> [i,j]", {"dot--i": "y", "dot--j": "y"}),
        ("A[i,j] B[k,l] -> [(i k), (j l)]", {"bar--1": "y", "bar--2": "y"}),
        ("A[i,r] B[j,r] -> [(i j), r]", {"bar--1": "y", "dot--r": "y"}),
    ],
)
def test_what_forks_is_in_the_middle_and_bars_are_no_longer_than_they_must(formula: str, dots: dict[str, str]) -> None:
    drawn = scene(f"figure f: {formula}").picture
    assert hard(quality(drawn)) == {}
    (ax, ay), (bx, by) = (drawn.points[name][:2] for name in "AB")
    for name, axis in dots.items():
        x, y = drawn.points[name][:2]
        assert (x, y) == pytest.approx(((ax + bx) / 2, y) if axis == "x" else (x, (ay + by) / 2))
    lengths = [node.extent.height for node in drawn.nodes if node.shape == "bar"]
    assert all(length < abs(ay - by) + 0.4 for length in lengths)


def test_brackets_are_closed_where_wires_leave_them_above_or_below() -> None:
    drawn = scene("figure f: (A[i,j,k] + B[i,j,k]) * C[j,k,l] * (x[l] + y[l])").picture
    assert [group.closed for group in drawn.groups] == [False, False]
    drawn = scene("figure f: (delta[a,k] delta[b,c] + A[a,k] W[b,c]) * x[k,c]").picture
    assert [group.closed for group in drawn.groups] == [True]


@pytest.mark.parametrize("inside", ["λ x[i]", "λ μ A[i,j] x[j]", "λ M[i,j]", "λ μ u[i] v[j]", "λ 2"])
def test_a_number_in_a_bubble_is_beside_its_wires(inside: str) -> None:
    drawn = scene(f"function f\nfigure f: f({inside})").picture
    assert hard(quality(drawn)) == {}
    others = [drawn.points[node.name].y for node in drawn.nodes if node.style == "tensor"]
    numbers = [drawn.points[node.name].y for node in drawn.nodes if node.style == "number"]
    assert all(y >= max(others) for y in numbers)


def test_decompositions_give_their_targets_shapes() -> None:
    drawn = scene("let U[i,r], s[r], V[k,r] = svd(M[i,k])\nfigure f: M[i,k] = U[i,r] s[r] conj(V[k,r])")
    assert {node.name: node.shape for node in drawn.picture.nodes if node.shape != "dot"} == {
        "M": "circle",
        "U": "triangle",
        "s": "circle",
        "V": "triangle",
    }


def test_transposes_are_turned_where_asked() -> None:
    text = "figure f {\n  A[i,j] B.T[i,j] = A[i,j] conj(C[k,j]) D[i,k]\n  layout { transposes turned }\n}"
    turned = {node.name: (node.label, node.rotation) for node in scene(text).picture.nodes}
    assert turned["B"] == ("B", 180)
    assert turned["A"] == ("A", 0)


@pytest.mark.parametrize(
    "term",
    [
        "(A[i,j] + exp(B[i,j] -> [i,j])) (C[j,k] + D[j,l] E[l,k])",
        "(relu(A[i,j]) + relu(B[i,j])) delta[i,j]",
        "y[i] = ((-x[i] -> [i])^2 + a[i])^2",
    ],
)
def test_a_wire_meets_a_frame_on_the_axis(term: str) -> None:
    drawn = scene(f"figure f: {term}")
    for wire in drawn.picture.wires:
        for end, station in zip(wire.ends, (wire.stations[0], wire.stations[-1]), strict=True):
            if end and end[0].startswith(("group", "bubble")):
                assert drawn.picture.points[station.y_of].y == 0.0, (wire.ends, station)


@pytest.mark.parametrize(
    "formula",
    [
        "y[i] = x[i]^2 x[i]^(1/2) / (a[i] + b[i])",
        "g[c] W_3[c,b] step(W_2[b,k] relu(W_1[k,j] x[j])) W_2[b,a] step(W_1[a,l] x[l])",
        "y[n,i] = γ[i] * (x[n,i] - one[n] μ[i]) / sqrt(v[i] + e[i])",
    ],
)
def test_the_name_of_a_bubble_keeps_clear_of_its_wires_and_of_its_neighbours(formula: str) -> None:
    picture = scene(f"figure f: {formula}").picture
    boxes = frames(picture)
    names = {name: box for name, box in boxes.items() if name.endswith("--label")}
    assert len(names) > 1
    for name, box in names.items():
        for wire in picture.wires:
            for (x0, y0), (x1, y1) in pairwise(curve(wire, picture.points)):
                line = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                assert not box.meets(line.grown(0.01)), (name, wire.index)
        for other, wall in boxes.items():
            around = wall.x0 < box.x0 and box.x1 < wall.x1 and wall.y0 < box.y0 and box.y1 < wall.y1
            own = other in (name, name.removesuffix("--label")) or around
            assert own or not box.grown(0.05).meets(wall), (name, other)


@pytest.mark.parametrize(
    ("term", "tex", "written"),
    [
        ("1/sqrt(d) x[i]", r"\frac{1}{\sqrt{d}}", "1/sqrt(d)"),
        ("(1/N) x[i]", r"\frac{1}{N}", "1/N"),
        ("1/(2 σ^2) x[i]", r"\frac{1}{2\sigma^2}", "1/(2 σ^2)"),
        ("3 * (N - 1)/(2 N) x[i]", r"\frac{3(N-1)}{2N}", "3 (N - 1)/(2 N)"),
        ("exp(E - β) x[i]", r"\exp(E-\beta)", "exp(E - β)"),
        ("x[i] / (σ^2 + ε)", r"\frac{1}{\sigma^2+\varepsilon}", "1/(σ^2 + ε)"),
        ("(E - β) x[i]", r"(E-\beta)", "E - β"),
        ("1/N * (E - β) x[i]", r"\frac{E-\beta}{N}", "1/N * (E - β)"),
        ("d/N' x[i]", r"\frac{d}{N'}", "d/N'"),
    ],
)
def test_functions_of_numbers_are_plain_mathematics(term: str, tex: str, written: str) -> None:
    drawn = faultless(f"y[i] = {term}")
    (text,) = (text for text in drawn.picture.texts if text.kind == "coefficient")
    assert (text.text, text.stands_for.replace("[]", "")) == (tex, written)
    assert not drawn.picture.groups
    assert {node.name for node in drawn.picture.nodes} == {"y", "x"}
    values = {name: np.array(float(n)) for n, name in enumerate(("d", "N", "σ", "E", "β", "ε", "N'"), 2)} | {
        "x": np.arange(3.0)
    }
    program = read(merge(render(drawn, "f.pen"), None).text).program
    assert program.startswith("figure f:")
    again = figure(program).chains[0][1]
    panel = figure(f"figure f: y[i] = {term}").chains[0][1]
    wanted = evaluate(panel.expression, panel.legs, values)
    assert np.allclose(evaluate(again.expression, again.legs, values), wanted)


def test_a_one_in_front_is_not_drawn() -> None:
    assert not faultless("y[i] = 1 x[i] / z[i]").picture.texts[1:]


@pytest.mark.parametrize("hint", ["place N at (2, 2)", 'note N "samples"', "highlight N yellow"])
def test_numbers_that_hints_are_about_are_drawn(hint: str) -> None:
    drawn = scene(f"figure f {{ C[i,j] = (1/N) X[n,i] X[n,j]\nlayout {{ {hint} }} }}")
    assert "N" in {node.name for node in drawn.picture.nodes}
    assert any(
        node.name == "N"
        for node in scene("style N as red\nstyle red { fill: red }\nfigure f: y[i] = x[i]/N").picture.nodes
    )


@pytest.mark.parametrize("weights", ["", "λ[r] "])
@pytest.mark.parametrize("left", ["", "T[i,j,k,l] = "])
def test_the_factors_of_a_decomposition_stand_evenly_around_their_dot(weights: str, left: str) -> None:
    drawn = faultless(f"{left}{weights}A[i,r] B[j,r] C[k,r] D[l,r] -> [i,j,k,l]")
    places = {name: at(drawn, name) for name in "ABCD"}
    middle, _ = at(drawn, "dot--r")
    mirrored = {(round(2 * middle - x, 3), y) for x, y in places.values()}
    assert mirrored == {(round(x, 3), y) for x, y in places.values()}
    assert [side(drawn, f"{name}--{leg}") for name, leg in zip("ABCD", "ijkl", strict=True)] == (
        ["left", "down", "down", "right"] if left else ["left", "left", "right", "right"]
    )
    assert places["A"][1] > places["B"][1] == places["C" if left else "D"][1]


def test_the_lower_factors_of_a_decomposition_are_all_turned() -> None:
    drawn = faultless("T[i,j,k,l,m] = A[i,r] B[j,r] C[k,r] D[l,r] E[m,r]")
    assert {node.name for node in drawn.picture.nodes if node.turned} == {*"BCDE"}
    assert not any(any(wire.marks) for wire in drawn.picture.wires)


def test_a_sum_of_numbers_with_a_caption_is_drawn() -> None:
    drawn = scene('figure f: y[i] = (N "samples" - 1) x[i]')
    assert [text.text for text in drawn.picture.texts if text.kind == "caption"] == ["samples"]


def test_legs_on_one_side_come_in_their_order_and_on_the_same_sides_in_all_panels() -> None:
    drawn = scene("figure f: y[n,o,u,v] = x[n,c,a,b] D[a,u,h] D[b,v,w] W[o,c,h,w]")
    ends = {"u": "D--u", "o": "W--o", "v": "D--2--v", "n": "x--n"}
    assert all(side(drawn, f"y--{leg}") == side(drawn, tip) for leg, tip in ends.items())
    assert at(drawn, "y--o")[1] > at(drawn, "y--v")[1]
    assert at(drawn, "W--o")[1] > at(drawn, "D--2--v")[1]


def test_the_marks_of_a_short_wire_stand_on_different_sides_of_it() -> None:
    drawn = scene("figure f: y[o,t] = C[t,s,k] x[s,i] W[o,i,k]")
    (wire,) = (wire for wire in drawn.picture.wires if all(wire.marks))
    (_, first), (_, second) = marks_of(wire, drawn.picture)
    assert first[1] > at(drawn, "C")[1] > second[1]
    texts = re.findall(
        r"slot, anchor=(\w+) \w+\] \{\$\d\$\} \((?:C|x--s -\| x)\)", merge(render(drawn, "f.pen"), None).text
    )
    assert sorted(texts) == ["north", "south"]


@pytest.mark.parametrize(
    ("way", "above"),
    [((1, 0), (0, 1)), ((-1, 0), (0, 1)), ((0, 1), (1, 0)), ((0, -1), (1, 0)), ((1, 1), (-1, 1)), ((-1, 1), (1, 1))],
)
def test_marks_are_above_or_on_the_right_of_straight_wires_and_behind_slanted_ones(
    way: tuple[int, int], above: tuple[int, int]
) -> None:
    assert to_mark(*way, False) == above


def test_a_chain_is_turned_round_where_its_legs_leave_on_the_other_side_in_another_panel() -> None:
    drawn = scene("figure f: M[a,e] = A[b,a] B[c,b] C[d,c] D[e,d]")
    turned = {node.name for node in drawn.picture.nodes if node.turned}
    assert turned == {*"ABCD"}
    assert (side(drawn, "A--a"), side(drawn, "D--e")) == ("left", "right")


def test_a_chain_is_turned_round_rather_than_bent() -> None:
    drawn = scene("figure f: G[a,i] = g[c] W[c,b] step(h[b]) V[b,a] x[i]")
    assert len({at(drawn, name)[1] for name in ("G", "V", "dot--b", "W", "g", "x")}) == 1


@pytest.mark.parametrize("mask", ["step(V[b,k] x[k])", "m[b]"])
@pytest.mark.parametrize(("left", "legs"), [("", "a"), ("M[a,i] = ", "a,i"), ("", "a,i")])
def test_a_chain_goes_on_under_what_multiplies_its_end(mask: str, left: str, legs: str) -> None:
    other = " u[i]" * ("i" in legs)
    drawn = scene(f"figure f: {left}g[c] W[c,b] {mask} U[b,a] relu(Z[a,l] y[l]){other} -> [{legs}]")
    row = [at(drawn, name) for name in ("g", "W", "dot--b", "U", "dot--a", "dot--a--a")]
    assert len({y for _, y in row}) == 1
    assert row == sorted(row, reverse=bool(left))


def faultless(formula: str) -> Scene:
    """Return the scene of a formula, which has no faults."""
    drawn = scene(f"figure f: {formula}")
    assert [fault.what for fault in faults(drawn.picture, drawn.orders)] == []
    return drawn


@pytest.mark.parametrize(
    "formula",
    [
        "tanh(h[s,t,a,b])",
        "tanh(h[s,t,u,a,b])",
        "tanh(h[s,t,u,v,a,b])",
        "softmax[t](h[s,t,a,b])",
        "exp(tanh(h[s,t,a,b]))",
        "exp(tanh(h[s,t,a,b] + g[s,t,a,b]))",
        "tanh(delta[s,t,u,a,b])",
        "U[s,t,a,b] = tanh(h[s,t,a,b])",
    ],
)
def test_the_legs_of_a_tensor_in_a_bubble_stand_apart(formula: str) -> None:
    drawn = faultless(formula)
    tips = [at(drawn, wire.stations[-1].x_of) for wire in drawn.picture.wires if wire.ends[1] is None]
    assert len(set(tips)) == len(tips) > 3


def test_a_hyperedge_that_leaves_a_bubble_begins_at_its_dot() -> None:
    drawn = faultless("U[s,t,a,b] = exp(tanh(h[s,t,a,b]) g[b,c,d]) k[c,d]")
    assert len([wire for wire in drawn.picture.wires if ("h", 3) in wire.ends]) == 1


@pytest.mark.parametrize(
    "formula",
    [
        "delta[i,j,j] A[i]",
        "delta[i,j,k,k] A[i,l] B[j,m]",
        "delta[i,i,j,j]",
        "delta[i,j,j,k,k]",
        "tanh(delta[i,j,j])",
        "tanh(T[i,j,j])",
        "x[i] delta[i,j,k,l,l] A[j,m] B[k,n]",
    ],
)
def test_a_loop_touches_its_dot_and_keeps_clear_of_other_legs(formula: str) -> None:
    faultless(formula)


ATTENTION = """
figure f: y[q,d] = softmax[k](x[q,a] W_Q[h,a,c] W_K[h,b,c] x[k,b] -> [h,q,k]) x[k,e] W_V[h,e,f] W_O[h,f,d]
"""


def is_level(line: list[tuple[float, float]]) -> bool:
    return max(y for _, y in line) - min(y for _, y in line) < 0.001


def test_a_hyperedge_that_goes_on_beside_a_bubble_does_so_on_a_level() -> None:
    picture = scene(ATTENTION).picture
    dots = {node.name for node in picture.nodes if node.shape == "dot"}
    between = [wire for wire in picture.wires if {end[0] for end in wire.ends if end} == dots]
    assert len(dots) == 2
    assert len(between) == 1
    assert is_level(curve(between[0], picture.points))


def test_a_row_goes_on_through_a_wall_as_evenly_as_before_it() -> None:
    short = "figure f: g(Q[h,q,c] K[h,c,k] -> [q,h,k]) V[h,k,d] W[h,d,e]"
    for text, length in ((ATTENTION.replace("y[q,d] =", ""), 7), (short, 4)):
        picture = scene(text).picture
        row = sorted(point.x for node in picture.nodes if (point := picture.points[node.name]).y == 0)
        assert {round(after - before, 4) for before, after in pairwise(row)} == {1.25}
        assert len(row) == length


def test_a_dot_whose_wire_goes_on_through_a_wall_stands_over_what_is_nearest_to_that() -> None:
    for formula, near in (
        ("g(Q[h,q,c] K[h,c,k] -> [q,h,k]) V[h,k,d]", "K"),
        ("V[h,d,q] g(Q[h,q,c] K[h,c,k] -> [h,q,k])", "Q"),
    ):
        drawn = scene(f"figure f: {formula}").picture
        assert drawn.points["dot--h"].x == drawn.points[near].x
        assert not any(wire.bend for wire in drawn.wires)


def test_what_a_tensor_in_a_bubble_has_on_a_dot_above_leaves_it_there() -> None:
    picture = scene("figure f: φ(Q[b,q,c]) ψ(K[b,k,c]) V[b,k,o]").picture
    heights = {node.extent.height for node in picture.nodes if node.shape != "dot"}
    assert len(heights) == 1
    assert picture.points["dot--b"].y > picture.points["Q"].y


def test_a_wire_below_brackets_is_upright_however_wide_these_are_in_the_end() -> None:
    program = "figure f: y[i] = 1/σ * (x[i] - μ * one[i]) * tanh(W[i,j] x[j] + U[i,k] y[k])"
    picture = scene(program).picture
    (wire,) = (
        wire for wire in picture.wires if {name for name, _ in filter(None, wire.ends)} == {"dot--i", "group--1"}
    )
    assert len({station.x_of for station in wire.stations}) == 1


def test_what_goes_on_beside_a_bubble_is_as_high_as_in_there() -> None:
    points = scene("figure f: f(W[h,j,i] x[h,j] -> [h,i]) u[h] z[i]").picture.points
    assert points["u"].y == points["dot--h"].y != points["z"].y == points["W"].y
    points = scene("figure f: V[d,q,h] U[h,e,d] g(Q[q,c,h] K[c,k,h] -> [q,k,h])").picture.points
    assert points["dot--h"].y == points["dot--h--2"].y > points["V"].y == points["Q"].y


def test_a_bubble_that_hangs_on_a_wire_has_what_is_on_it_right_below() -> None:
    drawn = scene("""
    figure f: G[m] = g[k] W_3[k,j] f(W_2[j,l] f(W_1[l,n] x[n])) W_2[j,i] f(W_1[i,p] x[p]) W_1[i,m]
    """)
    found = quality(drawn.picture)
    assert (found["S3"], found["S1"]) == (100, 0)


def test_what_stands_nearly_over_something_in_a_bubble_does_so_exactly_where_its_row_has_room() -> None:
    points = scene(WITH_BUBBLES["MLP gradient"]).picture.points
    assert (points["W-2"].x, points["W-1"].x) == (points["W-1--2"].x, points["x--2"].x)
    points = scene("figure f: v[a] A[a,b] f(W[b,c] x[c]) B[b,d] C[d,i]").picture.points
    assert points["B"].x < points["x"].x
    assert points["C"].x - points["B"].x == 1.25


def test_the_tensors_of_a_sheet_are_read_alike_wherever_they_stand() -> None:
    wires = scene(of_slots(six()["PEPS 4x4"])).picture.wires  # legs go left, up, down, right and, between these, out
    assert {mark for wire in wires for mark in wire.marks} == {""}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A[i,j,k,l] B[k,l,m,n]", "i left, j left, m right, n right"),
        ("C[i,j,m,n] = A[i,j,k,l] B[k,l,m,n]", "i left, j left, m right, n right"),
        ("A[i,j,k,l] B[k,l,m,n] C[m,n,o,p]", "i left, j left, o right, p right"),
        ("A[i_1,i_2,i_3,k_1,k_2,k_3] B[k_1,k_2,k_3,j_1,j_2,j_3]", "i_ up, j_ down"),
    ],
)
def test_tensors_multiplied_as_matrices_with_several_legs_have_straight_wires(formula: str, expected: str) -> None:
    drawn = faultless(formula)
    found = {wire.index: wire.labels[1].side for wire in drawn.picture.wires if wire.labels[1]}
    wanted = dict(one.split() for one in expected.split(", "))
    assert {side == wanted.get(leg, wanted.get(leg[:2])) for leg, side in found.items()} == {True}
    assert quality(drawn.picture)["S3"] == 100
    assert not any(any(wire.marks) for wire in drawn.picture.wires)


@pytest.mark.parametrize("formula", ["A[i,j,k,l] B[l,k,m,n]", "A[i,j,k,l] B[k,l,m,n] v[m]", "A[i,j,k] B[k,l,m]"])
def test_other_tensors_are_in_a_row(formula: str) -> None:
    points = faultless(formula).picture.points
    assert points["A"].y == points["B"].y == points["A--i"].y == 0


@pytest.mark.parametrize(
    "formula",
    [
        "A_1[s_1,a] A_2[a,s_2,b] A_3[b,s_3] W_1[s_1,t_1,w] W_2[w,s_2,t_2,v] W_3[v,s_3,t_3]",
        "A_1[a,s_1] A_2[a,b,s_2] A_3[b,s_3] W_1[w,s_1,t_1] W_2[w,v,s_2,t_2] W_3[v,s_3,t_3]",
    ],
)
def test_an_operator_on_a_state_is_two_rows(formula: str) -> None:
    points = faultless(formula).picture.points
    for row in "AW":
        assert len({points[f"{row}-{n}"].y for n in (1, 2, 3)}) == 1
    assert all(points[f"A-{n}"].x == points[f"W-{n}"].x for n in (1, 2, 3))
    assert points["A-1"].y > points["W-1"].y > points["W-1--t-1"].y


def test_what_a_tall_tensor_joins_comes_in_the_order_of_its_legs() -> None:
    points = faultless("y[n,o,u,v] = x[n,c,a,b] D[a,u,h] D[b,v,w] W[o,c,h,w]").picture.points
    assert points["D"].y > points["W"].y > points["D--2"].y


def test_the_rows_between_environments_may_have_their_sites_last() -> None:
    points = faultless("L[a,w,c] A[a,b,s] W[w,v,s,t] conj(A[c,d,t]) R[b,v,d]").picture.points
    assert points["L"].x < points["A"].x == points["W"].x == points["A--2"].x < points["R"].x


def test_a_short_left_side_stands_alone_only_where_the_author_says_how_wide_a_figure_is() -> None:
    def rows(text: str) -> int:
        picture = scene(text).picture
        return len({picture.points[text.name].y for text in picture.texts if text.kind == "relation"} | {0.0})

    longer = ATTENTION.replace("y[q,d]", "y[q,u]").rstrip() + " W_U[d,u]"
    assert rows(longer) == 1
    assert rows(longer.replace("f:", "f {") + "\n layout { width 13.9 } }") == 2


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("S[h,q,k] = x[q,a] W_Q[h,a,c] W_K[h,b,c] x[k,b]", "h up, q left, k right"),
        ("K[i,j,r] = A[i,r] B[j,r]", "i left, j down, r right"),
        ("K[i,j,k,l] = A[i,k] B[j,l]", "i left, j left, k right, l right"),
        ("H[k,s',l,a,s,b] = L[k,w,a] W[w,s',s,v] R[l,v,b]", "k up, s' up, l up, a down, s down, b down"),
        ("E[k,l,c,b] = conj(B[k,s,c]) A[l,s,b]", "k left, l left, c right, b right"),
        ("L_2[l,w,b] = L_1[k,v,a] conj(A[k,s',l]) W[v,s',s,w] A[a,s,b]", "l right, w right, b right"),
        ("T[i,j,k] = S[a,b,c] U[i,a] V[j,b] W[k,c]", "i left, j down, k right"),
        ("E[a,w,c,b,v,d] = A[a,s,b] W[w,s,t,v] conj(A[c,t,d])", "a left, w left, c left, b right, v right, d right"),
        ("delta[c,c'] = λ[a,b] Γ[b,s,c] conj(λ[a,b']) conj(Γ[b',s,c'])", "c right, c' right"),
        ("T[l,u,r,d] = S_1[l,x,y] S_2[u,y,z] S_3[r,z,w] S_4[d,w,x]", "l left, u up, r right, d down"),
        ("T[x,u,d,y] = U[a,b,x] S[a,u,m,p] S[b,m,d,q] V[p,q,y]", "x left, u up, d down, y right"),
        ("A_1[s_1,a] A_2[a,s_2,b] A_3[b,s_3] O[s_2,t_2] -> [s_1,t_2,s_3]", "s_1 down, t_2 down, s_3 down"),
        ("W_V[h,a,d] W_O[h,d,b]", "a left, b right"),
        ("X[q,a] W_Q[h,a,d] W_K[h,b,d] Y[b,k]", "q left, k right"),
        ("A[b,h,q,k] X[b,k,e] W_V[h,e,d] W_O[h,d,o]", "q left, o right"),
        ("A[s,r,t] B[t,u,s]", "r down, u down"),
        ("A[s,a,b] B[t,b,c] C[u,c,d]", "s down, a left, t down, u down, d right"),
        ("A[a,b,s] B[b,c,t] C[c,d,u]", "a left, s down, t down, d right, u down"),
        ("A[s,a,b] λ[b,c] B[t,c,d]", "s down, a left, t down, d right"),
        ("Γ_1[s_1,a,b] λ[b] Γ_2[s_2,b,c]", "s_1 down, a left, s_2 down, c right"),
        ("ψ[s_1,s_2,s_3] = A_1[s_1,a] A_2[s_2,a,b] A_3[s_3,b]", "s_1 down, s_2 down, s_3 down"),
        ("E[a,b,c,d] = A[s,a,c] conj(A[s,b,d])", "a left, b left, c right, d right"),
        ("A[a,b,s] O[s,t] conj(A[c,d,t])", "a left, b right, c left, d right"),
        ("A[a,b,s] W[w,v,s,t] conj(A[c,d,t])", "a left, b right, w left, v right, c left, d right"),
        ("V[a,b,s,t] W[b,c,u,v] X[c,d,w,x]", "a left, s down, t down, u up, v down, d right, w down, x down"),
        ("softmax[k](Q[h,q,d] K[h,k,d] -> [h,q,k]) V[h,k,e] W_O[h,e,o]", "q left, o right"),
        ("X[b,i,j,k] G_1[i,o,r] G_2[r,j,p,s] G_3[s,k,q] -> [b,o,p,q]", "b left, o right, p right, q right"),
        ("y[n,o,u,v] = x[n,c,a,b] D[a,u,h] D[b,v,w] W[o,c,h,w]", "n left, o right, u right, v right"),
        ("A[a,b,s] B[b,c,t] C[a,d,u]", "s right, c down, t right, d down, u right"),
        ("A[s,a,b] M[b,h] N[h,c] B[t,c,d] f(X[h,z] -> [h,z])", "s left, a down, t left, d right, z right"),
        ("T[a,b,c] B[b,d,e] C[c,f,g]", "a left, d down, e right, f down, g right"),
    ],
)
def test_free_legs_end_where_the_field_draws_them(formula: str, expected: str) -> None:
    one = figure(f"figure f: {formula}")
    assert ", ".join(f"{index} {side}" for index, side in free_sides(one.chains[0], one).items()) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("X[a,b,x] M[x,s,t,c] = W[a,s,u,p] M[b,u,t,q] X[p,q,c]", "a left, b left, s up, t down, c right"),
        ("G[a,b] = J[n,o,a] H[n,o,p] J[n,p,b]", "a left, b right"),
        ("R[i,j] = K[i,k,a] S[a,b] conj(K[j,k,b]) = sum[k](K[i,k,a] S[a,b] conj(K[j,k,b]))", "i left, j right"),
    ],
)
def test_a_side_that_is_taken_in_one_panel_is_left_in_all(formula: str, expected: str) -> None:
    drawn = scene(f"figure f: {formula}").picture
    ends = {(w.called[1], label.side) for w in drawn.wires if w.ends[1] is None and (label := w.labels[1])}
    assert {f"{name} {side}" for name, side in ends} == set(expected.split(", "))


def test_a_transfer_matrix_has_its_tensors_above_one_another() -> None:
    drawn = scene("figure f: E[k,l,c,b] = conj(B[k,s,c]) A[l,s,b]")
    (x, y), (x1, y1) = at(drawn, "B"), at(drawn, "A")
    assert x == x1
    assert y > y1


@pytest.mark.parametrize("between", ["O[s,t]", "O[s,u] P[u,t]", "W[w,s,t,v]"])
def test_operators_in_a_transfer_matrix_are_between_its_tensors(between: str) -> None:
    legs = "a,w,c,b,v,d" if "w" in between else "a,c,b,d"
    drawn = scene(f"figure f: A[a,s,b] {between} conj(B[c,t,d]) -> [{legs}]")
    places = [drawn.picture.points[node.name] for node in drawn.picture.nodes]
    assert {place.x for place in places} == {0.0}
    names = [node.source for node in drawn.picture.nodes]
    assert sorted(names, key=lambda name: -at(drawn, name)[1]) == names
    assert hard(quality(drawn.picture)) == {}


def test_what_is_left_out_of_several_rows_has_dots_in_every_row() -> None:
    drawn = scene(
        "figure f: prod[n=1..N](open A_n[a_{n-1},s_n,a_n] W_n[w_{n-1},s_n,t_n,w_n] conj(A_n[b_{n-1},t_n,b_n]))"
    )
    dots = [drawn.picture.points[node.name] for node in drawn.picture.nodes if node.label == "\\cdots"]
    assert {place.y for place in dots} == {at(drawn, name)[1] for name in ("A-1", "W-1", "A-1--2")}
    assert quality(drawn.picture)["S3"] == 100


def test_a_sum_between_factors_of_its_legs_lies_between_them() -> None:
    drawn = faultless("y[p,d] = (x[p,d] - z[p,d]) r[p] g[d]")
    row = [at(drawn, name) for name in ("y", "dot--p", "x", "z", "dot--d")]
    assert row == sorted(row)
    assert {y for _, y in row} == {0.0}


def test_branches_between_two_dots_lie_above_one_another() -> None:
    drawn = faultless("y[p,o] = x[p,i] W[i,h] x[p,j] V[j,h] D[h,o]")
    assert at(drawn, "W")[0] == at(drawn, "V")[0]
    assert at(drawn, "x")[0] == at(drawn, "x--2")[0]


def test_a_bubble_over_a_branch_leaves_room_for_straight_wires_and_stands_in_the_middle() -> None:
    drawn = faultless("y[p,o] = relu(x[p,i] W[i,h]) x[p,j] V[j,h] D[h,o]")
    assert not any(wire.bend for wire in drawn.picture.wires)
    box = frames(drawn.picture)["bubble--1"]
    assert (box.x0 + box.x1) / 2 == pytest.approx((at(drawn, "dot--p")[0] + at(drawn, "dot--h")[0]) / 2, abs=0.05)


def test_pieces_above_one_another_come_in_the_order_of_the_free_legs() -> None:
    drawn = scene("figure f: K[i,j,k,l] = A[j,l] B[i,k] + A[i,k] delta[j,l] + delta[i,k] A[j,l]")
    assert at(drawn, "B")[1] > at(drawn, "A")[1]
    lines = [wire for wire in drawn.picture.wires if wire.ends == (None, None)]
    after, before = (at(drawn, line.stations[0].y_of)[1] for line in sorted(lines, key=lambda line: line.index != "j"))
    assert at(drawn, "A--2")[1] > after
    assert at(drawn, "A--3")[1] < before


@pytest.mark.parametrize(
    ("formula", "crossings"),
    [
        ("P[i,j,k,l] = delta[i,k] delta[j,l]", 0),
        ("P[i,j,k,l] = delta[i,l] delta[j,k]", 1),
        ("P[i,j,k,l] = delta[i,j] delta[k,l]", 0),
        ("P[i,j,k,a,b,c] = delta[i,b] delta[j,c] delta[k,a]", 2),
        ("U[i,j,k,l] = A[i,s,k] B[j,s,l] = delta[i,l] delta[j,k]", 1),
    ],
)
def test_identities_keep_their_legs_in_order_on_the_sides_of_the_tensor(formula: str, crossings: int) -> None:
    drawn = faultless(formula)
    assert quality(drawn.picture)["S1"] == crossings
    labels: dict[tuple[str, bool], list[tuple[float, str]]] = {}
    for wire in drawn.picture.wires:
        for label, end in zip(wire.labels, (wire.stations[0], wire.stations[-1]), strict=True):
            if label:
                point = drawn.picture.points[end.x_of]
                labels.setdefault((label.side, wire.ends == (None, None)), []).append((-point.y, label.text))
    lines = {side: [text for _, text in sorted(found)] for (side, is_line), found in labels.items() if is_line}
    tensor = {side: [text for _, text in sorted(found)] for (side, is_line), found in labels.items() if not is_line}
    assert lines == {side: list(dict.fromkeys(found)) for side, found in tensor.items()}
    assert set(lines) == {"left", "right"}


def test_identities_between_legs_above_and_below_are_upright() -> None:
    drawn = scene("figure f: L[k,w,a] W[w,s,t,v] R[l,v,b] -> [k,s,l,a,t,b] = delta[k,a] delta[s,t] delta[l,b]")
    strands = [curve(wire, drawn.picture.points) for wire in drawn.picture.wires if wire.ends == (None, None)]
    assert len(strands) == 3
    assert all(line[0][0] == line[-1][0] for line in strands)


@pytest.mark.parametrize(
    "formula",
    [
        "S[c,d] = exp(x[k,b] W[b,c]) v[k,d]",
        "y[q,d] = u[q,c] exp(x[k,b] W[b,c]) v[k,d]",
        "y[q] = exp(x[k,b] W[b,c] U[c,e] V[e,q]) v[k]",
        "L = t[b,v] log(softmax[v](h[b,d] W_U[d,v]))",
    ],
)
def test_legs_leave_a_bubble_on_a_free_way(formula: str) -> None:
    faultless(formula)


@pytest.mark.parametrize("formula", ["b[d] one[p] + x[p,d] -> [p,d]", "v[d] u[p] -> [p,d]"])
def test_what_has_a_leg_on_the_left_stands_before_what_has_one_on_the_right(formula: str) -> None:
    drawn = faultless(formula)
    tips = {wire.index: at(drawn, wire.stations[-1].x_of)[0] for wire in drawn.picture.wires[:2]}
    assert tips["p"] < tips["d"]


def test_a_matrix_on_a_middle_leg_lets_it_go_on_downwards() -> None:
    drawn = faultless("U[s,t] A[a,s,b] = V[a,c] A[c,t,d] W[d,b]")
    assert at(drawn, "U")[0] == at(drawn, "A")[0]
    assert at(drawn, "U")[1] < at(drawn, "A")[1]
    row = [at(drawn, name) for name in ("V", "A--2", "W")]
    assert len({y for _, y in row}) == 1


def test_a_sum_that_is_too_wide_goes_on_before_its_signs() -> None:
    terms = " + ".join(f"A[i,j] B_{n}[j,k] C[k,l]" for n in range(6))
    drawn = scene(f"figure f: y[i,l] = {terms} = z[i,l]")
    picture = drawn.picture
    signs = [picture.points[text.name] for text in picture.texts if text.kind == "sign"]
    relations = [picture.points[text.name] for text in picture.texts if text.kind == "relation"]
    rows = sorted({sign.y for sign in signs}, reverse=True)
    assert len(rows) > 2
    box = extent(picture)
    assert box.x1 - box.x0 < 14
    firsts = [min(sign.x for sign in signs if sign.y == row) for row in rows[1:]]
    assert len(set(firsts)) == 1
    assert firsts[0] > relations[0].x
    assert hard(quality(picture)) == {}


def test_the_captions_of_terms_are_at_one_height() -> None:
    drawn = scene('figure f: A[i,j] x[j] "one" + (B[i,s,t] u[s,t] + C[i,j] x[j]) "two" + c[i] "three" -> [i]')
    heights = {drawn.picture.points[text.name].y for text in drawn.picture.texts if text.kind == "caption"}
    assert len(heights) == 1
    assert hard(quality(drawn.picture)) == {}
