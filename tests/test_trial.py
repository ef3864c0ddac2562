from __future__ import annotations

from math import prod

import pytest
from pen import understand

from penrose.model.trial import Trial, trial_sizes


def trial(program: str) -> tuple[Trial, dict[str, tuple[int, ...]]]:
    document = understand(program)
    figure = document.figures[0]
    expressions = [panel.expression for chain in figure.chains for panel in chain]
    found = trial_sizes(expressions, figure.tensors, document.dimensions)
    return found, {name: found.shape(tensor) for name, tensor in figure.tensors.items()}


def test_sizes_are_small_and_differ_within_a_tensor() -> None:
    found, shapes = trial("figure f: y[i,l] = A[i,j] B[j,k,l] C[k,m] D[m]")
    assert found.unmet == ()
    for shape in shapes.values():
        assert len(set(shape)) == len(shape)
        assert all(2 <= size <= 5 for size in shape)


def test_they_grow_where_they_must() -> None:
    _, shapes = trial("figure f: T[a,b,c,d,e,f]")
    assert sorted(shapes["T"]) == [2, 3, 4, 5, 6, 7]


def test_joined_legs_are_equal() -> None:
    _, shapes = trial("figure f: A[i,j] B[j,k] = C[i,k]")
    assert shapes["A"][1] == shapes["B"][0]
    assert shapes["C"] == (shapes["A"][0], shapes["B"][1])


def test_the_test_size_of_a_dimension_is_kept() -> None:
    _, shapes = trial("dim seq = 1024 test 7, d = 9\nfigure f: x[seq,d]")
    assert shapes["x"] == (7, 9)


@pytest.mark.parametrize("properties", ["isometry(i)", "complex isometry(i)"])
def test_the_tip_of_an_isometry_is_strictly_smaller(properties: str) -> None:
    found, shapes = trial(f"dim i test 6\ntensor V[m, i] {properties}\nfigure f: conj(V[m,i]) V[m,j]")
    assert found.unmet == ()
    assert shapes["V"][0] > shapes["V"][1] == 6
    found, shapes = trial("tensor W[a, b, i, j, k] isometry(i, j, k)\nfigure f: W[a,b,i,j,k] W[a,b,l,m,n]")
    assert found.unmet == ()
    assert prod(shapes["W"][:2]) > prod(shapes["W"][2:])


def test_squares_and_inverses() -> None:
    declared = "tensor U[a, b] unitary, X[b, c], Y[c, b] inverse(X), Z[k, l] pinv(M)\ntensor M[l, k]\n"
    _, shapes = trial(f"{declared}figure f: U[i,j] X[j,k] Y[k,l] Z[l,m] M[m,n]")
    assert shapes["U"][0] == shapes["U"][1]
    assert shapes["X"] == shapes["Y"][::-1]
    assert shapes["X"][0] == shapes["X"][1]
    assert shapes["Z"] == shapes["M"][::-1]


def test_what_has_an_inverse_or_a_determinant_is_square() -> None:
    found, shapes = trial("figure f: A[i,k] = X.inv[i,j] B[j,k] + Y.pinv[i,k] inv[l,m](Z[l,m]) W[l,m]")
    assert found.unmet == ()
    assert all(shapes[name][0] == shapes[name][1] for name in "XZ")
    assert shapes["A"][0] != shapes["A"][1]
    assert shapes["Y"][0] != shapes["Y"][1]


@pytest.mark.parametrize("kind", ["unitary", "orthogonal"])
def test_the_sides_of_a_square_matrix_of_several_legs_are_equal(kind: str) -> None:
    for legs in (f"{kind}(c, d)", f"{kind}(a, b)", kind):
        a, b, c, d = trial(f"tensor U[a, b, c, d] {legs}\nfigure f: U[i,j,k,l] x[k,l]")[1]["U"]
        assert (a, b) == (c, d)
        assert a != b
    a, b, c, d = trial(f"tensor U[a, b, c, d] {kind}(a, c)\nfigure f: U[i,j,k,l] x[k,l]")[1]["U"]
    assert (a, c) == (b, d)
    a, b, c = trial(f"tensor U[a, b, c] {kind}(b)\nfigure f: U[i,j,k] x[k]")[1]["U"]
    assert b == a * c


def test_the_legs_of_a_tensor_that_may_be_exchanged_are_equal() -> None:
    assert set(trial("tensor S[a, b, c] antisymmetric\nfigure f: S[i,j,k]")[1]["S"]) == {2}


def test_groups_are_products() -> None:
    found, shapes = trial("figure f: M[(i l), (k j)] = T[i,j,k,l]")
    i, j, k, l = shapes["T"]  # noqa: E741
    assert shapes["M"] == (i * l, k * j)
    assert len({i, j, k, l}) == 4
    found, shapes = trial("figure f: M[(i j)] N[(k l)] x[i,j] y[k,l] = M[p] N[p] z")
    assert found.unmet == ()
    assert shapes["M"] == shapes["N"] == (prod(shapes["x"]),)


def test_pins_are_inside() -> None:
    _, shapes = trial("figure f: A[7,0,i] x[i]")
    assert shapes["A"][0] == 8


def test_demands_that_cannot_be_met_are_named() -> None:
    found, _ = trial("dim a test 3, b test 3\ntensor V[x: a, y: b] isometry(y)\nfigure f: V[i,j]")
    assert found.unmet == ("the tip of V is not smaller than its base",)
    found, shapes = trial("dim a test 3, b test 4\ntensor U[x: a, y: b] unitary\nfigure f: U[i,j]")
    assert found.unmet == ("the two sides of U have different sizes",)
    assert shapes["U"] == (3, 4)
