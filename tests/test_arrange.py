"""Hints about positions hold exactly, and what was placed has room."""

from __future__ import annotations

import pytest
from pen import scene

from penrose.layout.faults import faults
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
    assert at(found, "D") == at(plain, "D")


def test_what_a_hint_puts_makes_no_room() -> None:
    x, y = at(drawn(f"{CHAIN} E[m,n]", "row A B C D"), "B")
    found = drawn(f"{CHAIN} E[m,n]", f"row A B C D; place E at ({x}, {y + 0.3})")
    assert len({at(found, name)[1] for name in "ABCD"}) == 1


def test_hints_of_two_terms_hold_too() -> None:
    found = drawn("A[i,j] B[j,k] + C[i,j] D[j,k]", "put D right of C by 3")
    (xc, yc), (xd, yd) = at(found, "C"), at(found, "D")
    assert (xd - xc, yd - yc) == pytest.approx((3, 0))
