"""Hints about positions hold exactly, and what was placed has room."""

from __future__ import annotations

from math import dist

import pytest
from conftest import ROOT
from networks import of_slots, regular
from pen import figure, scene

from penrose.data import replace
from penrose.driver import load
from penrose.layout.around import around
from penrose.layout.compose import lay_out
from penrose.layout.faults import faults
from penrose.layout.geometry import at as place
from penrose.layout.geometry import box_of
from penrose.layout.scene import Scene


def drawn(formula: str, hints: str) -> Scene:
    return scene(f"figure f {{\n  {formula}\n  layout {{ {hints} }}\n}}")


def at(picture: Scene, name: str) -> tuple[float, float]:
    point = picture.picture.points[name]
    return point.x, point.y


RING = "A[i,j] B[j,k] C[k,l] D[l,i]"
CHAIN = "A[i,j] B[j,k] C[k,l] D[l,m]"


@pytest.mark.parametrize("formula", [RING, CHAIN, "A[i,j] C[i,k] B[j,l] D[k,l,m]"])
def test_a_row_is_level_and_in_its_order(formula: str) -> None:
    found = drawn(formula, "row D B A")
    (xd, yd), (xb, yb), (xa, ya) = (at(found, name) for name in "DBA")
    assert yd == yb == ya
    assert xd < xb < xa


@pytest.mark.parametrize("formula", [RING, CHAIN])
def test_a_column_is_upright_and_in_its_order(formula: str) -> None:
    found = drawn(formula, "column B D")
    (xb, yb), (xd, yd) = at(found, "B"), at(found, "D")
    assert xb == xd
    assert yb > yd


def test_a_grid_has_rows_and_columns() -> None:
    found = drawn(RING, "grid A B / D C")
    places = {name: at(found, name) for name in "ABCD"}
    assert places["A"][1] == places["B"][1] > places["D"][1] == places["C"][1]
    assert places["A"][0] == places["D"][0] < places["B"][0] == places["C"][0]
    assert faults(found.picture, found.orders) == []


@pytest.mark.parametrize(
    ("side", "step"), [("right of", (1, 0)), ("left of", (-1, 0)), ("above", (0, 1)), ("below", (0, -1))]
)
def test_put_is_as_far_as_it_says(side: str, step: tuple[int, int]) -> None:
    found = drawn(CHAIN, f"put C {side} B by 1.75")
    (xb, yb), (xc, yc) = at(found, "B"), at(found, "C")
    assert (xc - xb, yc - yb) == pytest.approx((1.75 * step[0], 1.75 * step[1]))


@pytest.mark.parametrize(("flow", "axis", "sign"), [("right", 0, 1), ("left", 0, -1), ("up", 1, 1), ("down", 1, -1)])
def test_flow_is_the_direction_in_which_factors_follow(flow: str, axis: int, sign: int) -> None:
    found = drawn("T[a,b,c] U[c,d,e] V[e,f] W[b,d,g]", f"flow {flow}")
    along = [sign * at(found, name)[axis] for name in "TUV"]
    assert along == sorted(along)
    assert along[0] < along[1] < along[2]


def test_a_placed_tensor_has_room() -> None:
    plain = scene(f"figure f: {CHAIN}")
    found = drawn(CHAIN, f"place A at ({at(plain, 'B')[0]}, 0.1)")
    assert at(found, "A") == (at(plain, "B")[0], 0.1)
    assert not [fault for fault in faults(found.picture, found.orders) if fault.metric == "H1"]
    assert [at(found, name)[1] for name in "BCD"] == [0, 0, 0]
    assert at(plain, "B") < at(found, "B") < at(found, "C") < at(found, "D")


def test_what_a_hint_puts_makes_no_room() -> None:
    x, y = at(drawn(f"{CHAIN} E[m,n]", "row A B C D"), "B")
    found = drawn(f"{CHAIN} E[m,n]", f"row A B C D; place E at ({x}, {y + 0.3})")
    assert len({at(found, name)[1] for name in "ABCD"}) == 1


def test_hints_of_two_terms_hold_too() -> None:
    found = drawn("A[i,j] B[j,k] + C[i,j] D[j,k]", "put D right of C by 3")
    (xc, yc), (xd, yd) = at(found, "C"), at(found, "D")
    assert (xd - xc, yd - yc) == pytest.approx((3, 0))


# ---------------------------------------------------------------- around what was moved


def moved(text: str, name: str, dx: float, dy: float) -> tuple[Scene, Scene]:
    """Return the scene of a figure, and that with one point elsewhere."""
    one = figure(text)
    before = lay_out(one)
    x, y = at(before, name)
    return before, lay_out(one, {name: (x + dx, y + dy)})


def bends(found: Scene) -> dict[str, int]:
    return {wire.index: wire.bend for wire in found.picture.wires}


def test_a_wire_goes_around_what_is_put_on_it() -> None:
    found = drawn(
        "A[i,j] B[i,k] C[j,l] D[k,l]", "place A at (0,0); place C at (3,0); place D at (1.5,0); place B at (0,-3)"
    )
    assert faults(found.picture) == []
    assert {index for index, bend in bends(found).items() if bend} == {"j"}


@pytest.mark.parametrize("afterwards", [True, False])
def test_a_wire_is_bent_where_it_leaves_its_tensors_along_no_other(
    monkeypatch: pytest.MonkeyPatch, afterwards: bool
) -> None:
    """Upwards it would leave A along the wire to D, which is as steep as the first bend.

    It is so at once, not only when wires are bent around what has moved.
    """
    if not afterwards:
        monkeypatch.setattr("penrose.layout.compose.around", lambda picture, *_: picture)
    where = "place A at (0,0); place B at (3,0); place C at (6,0); place E at (6,{0}); place D at (4.3,{0})"
    for height in (2, -2):
        found = drawn("A[a,b,c] B[a,d] C[b,d] D[c,e] E[e]", where.format(height))
        assert faults(found.picture) == []
        assert bends(found)["b"] * height < 0


def test_a_wire_that_nothing_is_under_any_more_is_straight() -> None:
    formula = "A[i,j,s_1] B[j,k,s_2] C[i,k,s_3]"
    before, after = moved(f"figure f: {formula}", "C", 0, 1.5)
    assert (bends(before)["i"], bends(after)["i"]) == (40, 0)
    asked = drawn(formula, "bend A.i 55; place C at (2.5, 1.5)")
    assert bends(asked)["i"] == 55


@pytest.mark.parametrize(("dx", "dy"), [(-2.5, 0), (-2, -3), (0.2, 0)])
def test_a_bar_is_met_where_it_is(dx: float, dy: float) -> None:
    text = "figure f: A_1[s_1,b_1] A_2[b_1,s_2,b_2] A_3[b_2,s_3] -> [(s_1 s_2 s_3)]"
    for found in moved(text, "A-1", dx, dy):
        (bar,) = (node for node in found.picture.nodes if node.shape == "bar")
        box = box_of(bar, found.picture.points)
        ends = [
            wire.stations[wire.ends.index((bar.name, slot))]
            for wire in found.picture.wires
            for slot in range(3)
            if (bar.name, slot) in wire.ends
        ]
        assert len(ends) == 3
        assert all(box.x0 <= place(end, found.picture.points)[0] <= box.x1 for end in ends)


def test_free_legs_turn_away_from_what_is_put_on_them() -> None:
    legs = "A[s_1,b] B[b,s_2,c] C[c,s_3]"
    found, kept = (drawn(legs, f"place C at (1.25, -1.3){more}") for more in ("", "; leg B.s_2 down"))
    assert faults(found.picture) == []
    assert at(found, "B--s-2")[0] != at(found, "B")[0]
    assert at(kept, "B--s-2")[0] == at(kept, "B")[0]
    assert faults(kept.picture) != []


def test_wires_and_legs_that_are_not_concerned_stay_as_they_are() -> None:
    """Also those that already run nearer to a tensor than a wire that is bent for it."""
    before, after = moved(of_slots(regular(300, 1)), "T-150", 0.7, 0.9)
    wires = zip(before.picture.wires, after.picture.wires, strict=True)
    sides = (((a.bend, a.labels[1] and a.labels[1].side), (b.bend, b.labels[1] and b.labels[1].side)) for a, b in wires)
    assert 0 < sum(old != new for old, new in sides) < 60


def test_terms_signs_and_panels_make_room() -> None:
    text = "figure f: X[i,l] = A[i,j] B[j,l] + C[i,l] = D[i,l]"
    before, after = moved(text, "B", 2, 0)
    assert faults(after.picture) == []
    by = {name: point.x - before.picture.points[name].x for name, point in after.picture.points.items()}
    assert by["B"] == by["sign--1"] == by["C"] == by["rel--2"] == by["D"] == by["D--l"] == pytest.approx(2)
    assert by["A"] == by["X"] == by["rel--1"] == 0
    _, nearer = moved(text, "B", -0.2, 0)
    assert at(nearer, "C") == at(before, "C")  # nothing is pulled


def test_what_is_before_a_pinned_tensor_makes_room_to_the_left() -> None:
    before, after = moved("figure f: X[i,l] = A[i,j] B[j,l]", "A", -2, 0)
    assert faults(after.picture) == []
    assert at(after, "X") == pytest.approx((at(before, "X")[0] - 2, 0))
    assert at(after, "B") == at(before, "B")


def test_rows_make_room() -> None:
    text = "figure f {\n  A[i,j] B[j,k]\n  C[i,j] D[j,k]\n}"
    before, after = moved(text, "B", 0, -1.5)
    assert faults(after.picture) == []
    assert at(after, "C")[1] == pytest.approx(at(before, "C")[1] - 1.5)
    beside, after = moved(text, "B", 4, -1.5)  # where nothing is below it
    assert at(after, "C") == at(beside, "C")


def test_neighbours_are_pushed_along_their_row() -> None:
    _, after = moved("figure f: A[i,j] B[j,k] C[k,l] D[l,m]", "A", 1.25, 0.4)
    assert faults(after.picture) == []
    assert at(after, "B")[1] == at(after, "C")[1] == at(after, "D")[1] == 0
    xs = [at(after, name)[0] for name in "ABCD"]
    assert xs == sorted(xs)


def test_what_is_outside_of_a_bubble_makes_room_for_its_wall() -> None:
    _, after = moved("figure f: y[i] = W[i,j] relu(V[j,k] x[k])", "V", -1, 0)
    assert faults(after.picture) == []


def test_a_leg_of_a_bubble_goes_with_its_wall() -> None:
    before, after = moved("figure f: relu(W[o,i] x[i] + b[o])", "b", 1, 0)
    assert faults(after.picture) == []
    before, after = moved("figure f: relu(W[o,i] x[i] + b[o])", "W", -1, 0)
    assert at(after, "bubble--1--o")[0] == pytest.approx(at(before, "bubble--1--o")[0] - 1)


@pytest.mark.parametrize(("name", "dy"), [("A", -0.8), ("B", 0.6), ("C", 0.6), ("C", 0.9), ("B", -0.9)])
def test_a_loop_becomes_wider(name: str, dy: float) -> None:
    _, after = moved("figure f: A[i,j] B[j,k] C[k,i]", name, 0, dy)
    assert faults(after.picture) == []
    assert at(after, "loop--i")[1] > max(at(after, name)[1] for name in "ABC") + 0.4


def test_a_loop_whose_corner_is_pinned_stays() -> None:
    found = lay_out(figure("figure f: A[i,j] B[j,k] C[k,i]"), {"B": (1.25, 0.6), "loop--i": (-0.64, 0.65)})
    assert at(found, "loop--i") == (-0.64, 0.65)


TREE = """tensor V_1[c, a, b] isometry(c), V_2[c, a, b] isometry(c)
figure f: T[b_1,b_2] V_1[b_1,s_1,s_2] V_2[b_2,s_3,s_4]"""


def through(found: Scene) -> list[int]:
    return [len(wire.stations) for wire in found.picture.wires if wire.index in ("b_1", "b_2")]


def test_a_wire_leaves_the_tip_of_a_triangle_that_points_to_it() -> None:
    before, after = moved(TREE, "V-1", -1, 2)
    assert (through(before), through(after)) == ([3, 3], [2, 3])


def test_a_bent_wire_is_one_curve() -> None:
    one = figure(TREE + " Z[z]")
    before = lay_out(one)
    (x0, y0), (x1, y1) = at(before, "T"), at(before, "V-1")
    found = lay_out(one, {"V-1": (x1, y1 - 2.5), "Z": ((x0 + x1) / 2, (y0 + y1 - 2.5) / 2)})
    assert through(before) == [3, 3]
    assert bends(found)["b_1"] != 0
    assert through(found) == [2, 3]
    assert faults(found.picture) == []


def test_a_wire_into_a_bubble_is_not_bent() -> None:
    text = "figure f: A[i,j] relu(V[j,k] x[k] -> [j]) Z[i]"
    before = lay_out(figure(text))
    (x0, _), (x1, _) = at(before, "A"), at(before, "V")
    found = lay_out(figure(text), {"V": (x1 + 3, 0), "x": (x1 + 4, 0), "Z": (x0 + 1.5, 0)})
    assert bends(found)["j"] == 0


def test_the_end_of_a_leg_that_is_pinned_stays() -> None:
    one = figure("figure f: A[s_1,b] B[b,s_2,c] C[c,s_3]")
    found = lay_out(one, {"C": (1.25, -1.3), "B--s-2": (1.25, -0.79)})
    assert at(found, "B--s-2") == (1.25, -0.79)


def test_pinned_terms_stay_where_they_are() -> None:
    one = figure("figure f: A[i,j] + B[i,j] + C[i,j]")
    pins = {"A": (0.0, 0.0), "B": (0.5, 0.0), "C": (-1.0, 0.0)}
    found = lay_out(one, pins)
    assert {name: at(found, name) for name in pins} == pins


def test_what_the_wall_of_a_bubble_reaches_makes_room() -> None:
    _, after = moved("figure f: y[i] = W[i,j] relu(V[j,k] x[k])", "x", -3, -1.2)
    assert faults(after.picture) == []


def test_a_caption_makes_room() -> None:
    before, after = moved('figure f: A[i,j] B[j,k] "a product"', "B", 0, -1)
    assert faults(after.picture) == []
    assert at(after, "caption--1")[1] == pytest.approx(at(before, "caption--1")[1] - 1)


# ---------------------------------------------------------------- placed by hand

BY_HAND = [
    ("A[a,b,c,s_0] B[a,d,e] C[b,d,s_1] D[c,e]", {"A": (1.3, 0), "B": (2.6, 1.3), "C": (3.9, 1.3), "D": (0, 0)}),
    ("A[a,b,c,s_0] B[a,d,e] C[b,d,s_1] D[c,e]", {"A": (2.6, 1.3), "B": (0, 1.3), "C": (2.6, 0), "D": (1.3, 1.3)}),
    ("A[a,b,c,s_0] B[a,d] C[b,e,s_1] D[c,d,e]", {"A": (1.3, 0), "B": (3.9, 0), "C": (1.3, 2.6), "D": (0, 0)}),
    ("A[a,b,s_0] B[a,c,d] C[b,d,e] D[c,e,s_1]", {"A": (0, 1.3), "B": (2.6, 0), "C": (0, 0), "D": (2.6, 2.6)}),
]


@pytest.mark.parametrize(("formula", "where"), BY_HAND)
def test_a_figure_that_is_placed_by_hand_is_drawn_as_it_stands(
    formula: str, where: dict[str, tuple[float, float]]
) -> None:
    found = drawn(formula, "; ".join(f"place {name} at ({x},{y})" for name, (x, y) in where.items()))
    assert {name: at(found, name) for name in where} == where
    assert faults(found.picture) == []
    assert all(max(node.least) == 0 for node in found.picture.nodes)  # none is high for lanes that are not there
    assert not any(wire.is_loop for wire in found.picture.wires)


def test_a_row_that_is_placed_by_hand_may_go_around() -> None:
    found = drawn("A[i,j] B[j,k] C[k,i]", "place A at (0,0); place B at (2,0); place C at (4,0)")
    assert [wire.index for wire in found.picture.wires if wire.is_loop] == ["i"]


def test_a_dot_stands_between_what_is_placed_by_hand() -> None:
    hints = "place A at (3,0); place λ at (4.2,1.5); place B at (5.4,0); place v at (5.4,-1.4)"
    found = drawn("A[a,i] λ[i] B[i,b] v[b]", hints)
    assert at(found, "dot--i") == (4.2, 0)
    found = drawn(
        "x[i] A[i,j] B[i,k] C[j,k,l]", "place x at (0,2); place A at (1.5,1); place B at (1.5,-1); place C at (3,0)"
    )
    assert at(found, "dot--i") == (0, 1)
    assert faults(found.picture) == []


def test_a_dot_moves_with_several_tensors_that_move_alike() -> None:
    one = figure("figure f: y[b] = A[a,i] λ[i] B[i,b] u[a]")
    before = lay_out(one)
    pins = {name: (at(before, name)[0] + 2, at(before, name)[1] - 3) for name in ("A", "lambda", "B")}
    assert at(lay_out(one, pins), "dot--i") == pytest.approx((at(before, "dot--i")[0] + 2, at(before, "dot--i")[1] - 3))
    alone = lay_out(one, {"lambda": pins["lambda"]})
    assert at(alone, "dot--i") == at(before, "dot--i")


def test_a_figure_that_is_half_placed_is_drawn_as_it_stands_if_that_is_better() -> None:
    formula, where = BY_HAND[0]
    found = drawn(formula, "; ".join(f"place {name} at {where[name]}" for name in "AC"))
    assert faults(found.picture) == []
    assert all(max(node.least) == 0 for node in found.picture.nodes)


def test_gates_that_are_placed_by_hand_keep_their_lanes() -> None:
    text = "tensor U[a, b, c, d] unitary(a b), V[a, b, c, d] unitary(a b)\nfigure f: U[a,b,c,d] V[c,d,e,f] -> [a,b,e,f]"
    one = figure(text)
    before = lay_out(one)
    found = lay_out(one, {name: at(before, name) for name in ("U", "V")})
    assert [node.least for node in found.picture.nodes] == [node.least for node in before.picture.nodes]
    assert max(max(node.least) for node in found.picture.nodes) > 0


def test_a_dot_stays_where_one_tensor_on_it_moves_or_several_move_apart() -> None:
    (one,) = load(ROOT / "examples" / "T-23-diagonal.pen").document.figures
    before = lay_out(one)
    x, y = at(before, "lambda")
    after = lay_out(one, {"lambda": (x, y - 0.6)})
    assert at(after, "dot--i") == at(before, "dot--i")
    assert faults(after.picture) == []
    one = figure("figure f: y[b] = A[a,i] λ[i] B[i,b] u[a]")
    before = lay_out(one)
    ways = {"A": (0.3, 0), "lambda": (0, 0.2), "B": (0.2, 0.1)}
    after = lay_out(
        one, {name: (at(before, name)[0] + dx, at(before, name)[1] + dy) for name, (dx, dy) in ways.items()}
    )
    assert at(after, "dot--i") == at(before, "dot--i")


def test_a_tensor_is_high_for_wires_as_long_as_one_is_level() -> None:
    text = "figure f: A[a,b,c,s_0] B[a,d,e] C[b,d,s_1] D[c,e]"
    before, after = moved(text, "B", 0.6, 0)
    shapes = [{node.name: node.least for node in found.picture.nodes} for found in (before, after)]
    assert shapes[0] == shapes[1]
    assert max(shapes[0]["A"]) > 0
    (cx, cy), (dx, dy) = at(before, "C"), at(before, "D")
    hints = f"leg A.s_0 down; place C at ({cx + 0.5}, {cy + 0.4}); place D at ({dx + 0.5}, {dy - 0.3})"
    after = drawn(text.partition(": ")[2], hints)
    assert {node.name: node.least for node in after.picture.nodes}["A"] == (0, 0)
    assert dist(at(after, "A"), at(after, "A--s-0")) == 0.8
    assert faults(after.picture) == []


def test_a_tensor_stays_high_beside_wires_that_nothing_new_has_made_slanted() -> None:
    before = lay_out(figure("figure f: A[a,b,c,s_0] B[a,d,e] C[b,d,s_1] D[c,e]")).picture
    points = {name: p.moved(0.5, 0.4) if name in ("C", "D") else p for name, p in before.points.items()}
    aslant = replace(before, points=points)
    high = [
        max(node.least for node in around(aslant, moved, ()).nodes if node.name == "A") for moved in ((), ("C", "D"))
    ]
    assert high == [next(node.least for node in before.nodes if node.name == "A"), (0, 0)]


# ---------------------------------------------------------------- from what is placed


def test_what_others_are_beside_moves_when_these_are_placed() -> None:
    found = drawn(CHAIN, "put B right of A by 1; put C below B by 1.5; place C at (3,2)")
    assert [at(found, name) for name in "ABC"] == [(2, 3.5), (3, 3.5), (3, 2)]
    found = drawn(CHAIN, "put B right of A by 1; place B at (3,2)")
    assert at(found, "A") == (2, 2)


@pytest.mark.parametrize(("hint", "axis"), [("row A B", 1), ("column A B", 0), ("grid A B / C D", 1)])
def test_a_line_is_where_one_of_it_is_placed(hint: str, axis: int) -> None:
    found = drawn(CHAIN, f"{hint}; place B at (7,4)")
    assert at(found, "B") == (7, 4)
    assert at(found, "A")[axis] == (7, 4)[axis]


# ---------------------------------------------------------------- circuits

GATES = "".join(f"tensor {name}[a, b, s, t] complex unitary(a, b)\n" for name in "UV")
CIRCUIT = "ψ[s_1,s_2,s_3] = x[a] y[b] z[c] U[a,b,s_1,d] V[d,c,s_2,s_3]"


def circuit_with(hints: str, formula: str = CIRCUIT) -> Scene:
    return scene(f"{GATES}figure f {{\n  {formula}\n  layout {{ {hints} }}\n}}")


@pytest.mark.parametrize("hints", ["row x y z", "put x left of y"])
def test_a_hint_that_holds_already_changes_no_circuit(hints: str) -> None:
    found, plain = circuit_with(hints).picture, scene(f"{GATES}figure f: {CIRCUIT}").picture
    assert [wire.stations for wire in found.wires] == [wire.stations for wire in plain.wires]
    assert {name: point[:2] for name, point in found.points.items()} == {n: p[:2] for n, p in plain.points.items()}


def test_wires_of_a_circuit_bend_if_a_hint_says_so() -> None:
    wires = {wire.index: wire.bend for wire in circuit_with("bend V.c 40; bend U.d 30").picture.wires}
    assert (abs(wires["c"]), abs(wires["d"]), wires["a"]) == (40, 30, 0)


@pytest.mark.parametrize("formula", ["P[c,d] = ρ[a] ψ[b] U[a,b,c,d]", "ρ[a] ψ[b] U[a,b,c,d]", CIRCUIT])
@pytest.mark.parametrize(("flow", "way"), [("down", (0, -1)), ("up", (0, 1)), ("right", (1, 0)), ("left", (-1, 0))])
def test_a_circuit_flows_where_a_hint_says(formula: str, flow: str, way: tuple[int, int]) -> None:
    """From its states through its gates to its free legs, which end there on the other side of the equation too."""
    found = circuit_with(f"flow {flow}", formula)
    gates = [at(found, node.name) for node in found.picture.nodes if node.source in ("U", "V")]
    states = [at(found, node.name) for node in found.picture.nodes if node.source in ("x", "y", "ρ")]
    for x, y in states:
        assert all((gx - x) * way[0] + (gy - y) * way[1] > 0.5 for gx, gy in gates)
    for wire in found.picture.wires:
        if None in wire.ends:
            (x0, y0), (x1, y1) = (place(station, found.picture.points) for station in wire.stations)
            assert (x1 - x0, y1 - y0) == pytest.approx((way[0] * abs(x1 - x0), way[1] * abs(y1 - y0)))
    assert faults(found.picture, found.orders) == []


@pytest.mark.parametrize(("flow", "sides"), [("down", "up down"), ("up", "down up"), ("left", "right left")])
def test_a_chain_begins_and_ends_along_its_flow(flow: str, sides: str) -> None:
    found = drawn("y[i,m] = " + CHAIN, f"flow {flow}")
    steps = {"up": (0, 1), "down": (0, -1), "left": (-1, 0), "right": (1, 0)}
    for index, side in zip("im", sides.split(), strict=True):
        legs = [wire for wire in found.picture.wires if wire.index == index]
        assert len(legs) == 2
        for leg in legs:
            (x0, y0), (x1, y1) = (place(station, found.picture.points) for station in leg.stations)
            assert (round(x1 - x0, 3), round(y1 - y0, 3)) == tuple(0.8 * step for step in steps[side])
    beside = drawn("A[i,s,j] B[j,t,k] C[k,u,l]", "flow down")
    ends = [at(beside, f"{name}--{index}") for name, index in zip("ABC", "stu", strict=True)]
    assert len({x for x, _ in ends}) == 1
    assert ends[0][0] > at(beside, "A")[0]


# ---------------------------------------------------------------- what was moved, and what comes after it


def test_a_small_move_turns_no_leg_for_those_of_another_panel() -> None:
    formula = "ψ[s_1,s_2,s_3,s_4,s_5] = prod[n=1..5](open A_n[b_{n-1},s_n,b_n])"
    x, y = at(scene(f"figure f: {formula}"), "A-3")
    found = lay_out(figure(f"figure f: {formula}"), {"A-3": (x + 0.1, y)})
    assert at(found, "A-3--s-3") == pytest.approx((x + 0.1, y - 0.8))


def test_no_hint_is_told_for_what_was_put_elsewhere_by_hand() -> None:
    pins = {"A": (0.0, 0.0), "B": (0.3, 0.0)}
    found = lay_out(figure(f"figure f: {CHAIN}"), pins)
    told = [fault.hint for fault in faults(found.picture, found.orders, pins)]
    assert any("move the coordinate A in the .tikz, or delete its line" in hint for hint in told)
    assert not any("place A" in hint or "place B" in hint for hint in told)
    assert any("place A" in fault.hint for fault in faults(found.picture, found.orders))
