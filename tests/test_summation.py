"""The summation rule, each case against an explicit sum in numpy with a different size for every index."""

from __future__ import annotations

import numpy as np
import pytest
from pen import codes, evaluate, figure, understand

SIZES = {"i": 2, "j": 3, "k": 4, "l": 5, "m": 2, "n": 3, "α": 4, "β": 5}


def tensors(**legs: str) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(1)
    return {
        name: generator.standard_normal([SIZES[c] for c in of]) + 1j * generator.standard_normal([SIZES[c] for c in of])
        for name, of in legs.items()
    }


def value(program: str, values: dict[str, np.ndarray], panel: int = -1) -> np.ndarray:
    last = figure(program).chains[0][panel]
    return evaluate(last.expression, last.legs, values)


CASES = [
    # program, its tensors, einsum of what it means
    ("y[i] = M[i,j] v[j]", {"M": "ij", "v": "j"}, "ij,j->i"),
    ("y[j] = w[i] M[i,j]", {"w": "i", "M": "ij"}, "i,ij->j"),
    ("Y[k,i] = M[i,j] N[j,k]", {"M": "ij", "N": "jk"}, "ij,jk->ki"),
    ("S[i,i] u[k]", {"S": "ii", "u": "k"}, "ii,k->k"),
    ("P[i,j] Q[j,i]", {"P": "ij", "Q": "ji"}, "ij,ji->"),
    ("h[j] = a[j] b[j]", {"a": "j", "b": "j"}, "j,j->j"),
    ("a[j] b[j] c[j]", {"a": "j", "b": "j", "c": "j"}, "j,j,j->"),
    ("y[i,k] = A[i,j] s[j] B[j,k]", {"A": "ij", "s": "j", "B": "jk"}, "ij,j,jk->ik"),
    ("M[i,j] = A[i,α,β] v[β] B[β,α,j]", {"A": "iαβ", "v": "β", "B": "βαj"}, "iab,b,baj->ij"),
    ("A[i,j] B[i,j] -> [j]", {"A": "ij", "B": "ij"}, "ij,ij->j"),
    ("A[i,j] * (B[j,k] C[k,l])", {"A": "ij", "B": "jk", "C": "kl"}, "ij,jk,kl->il"),
    ("A[i,j] * (x[i] y[k] -> [i,k])", {"A": "ij", "x": "i", "y": "k"}, "ij,i,k->jk"),
    ("(a[j] b[j] -> []) (c[j] d[j] -> [])", {"a": "j", "b": "j", "c": "j", "d": "j"}, "j,j,k,k->"),
    ("A.T[j,i] v[j]", {"A": "ij", "v": "j"}, "ij,j->i"),
]


@pytest.mark.parametrize(("program", "legs", "einsum"), CASES, ids=[case[0] for case in CASES])
def test_what_a_product_sums(program: str, legs: dict[str, str], einsum: str) -> None:
    values = tensors(**legs)
    assert np.allclose(value(f"figure f: {program}", values), np.einsum(einsum, *values.values()))


def test_identities_and_copy_tensors() -> None:
    values = tensors(A="ij", v="j", B="jk")
    assert np.allclose(
        value("figure f: A[i,j] delta[j,m] v[m]", values | {"X": values["v"]}), values["A"] @ values["v"]
    )
    diagonal = value("figure f: A[i,j] delta[j,m,n] v[m] B[n,k]", values)
    assert np.allclose(diagonal, values["A"] @ np.diag(values["v"]) @ values["B"])
    assert np.allclose(value("figure f: A[i,j] one[j]", values), values["A"].sum(axis=1))


def test_conjugates_and_coefficients() -> None:
    values = tensors(A="ij", B="kj")
    A, B = values["A"], values["B"]
    assert np.allclose(value("figure f: 2 A[i,j] conj(B[k,j]) / 3", values), 2 / 3 * A @ B.conj().T)
    assert np.allclose(value("figure f: A[i,j] B.H[j,k]", values), A @ B.conj().T)
    assert np.allclose(value("figure f: 1/sqrt(2) A[i,j] - 2^2 A[i,j]", values), (2**-0.5 - 4) * A)


def test_a_sum_decides_term_by_term() -> None:
    values = tensors(A="ij", x="j", y="i", a="i", b="i", e="j")
    A, x, y, a, b, e = (values[name] for name in "Axyabe")
    assert np.allclose(value("figure f: z[i] = A[i,j] x[j] + y[i]", values), A @ x + y)
    assert np.allclose(value("figure f: A[i,j] * (x[j] + e[j])", values), A @ (x + e))
    assert np.allclose(value("figure f: (a[i] b[i] + 5) e[j]", values), (a @ b + 5) * e)
    assert np.allclose(value("figure f: z[i] = a[i] * (b[i] - y[i])", values), a * (b - y))


def test_panels_share_their_free_legs_and_nothing_else() -> None:
    first, second = figure("figure f: A[i,j] B[j,k] = C[i,j] D[j,k]").chains[0]
    assert first.legs == second.legs
    assert set(first.expression.terms[0].product.summed).isdisjoint(second.expression.terms[0].product.summed)


@pytest.mark.parametrize(
    ("program", "meanings"),
    [
        ("M[i,k] = U[i,j] V[j,k]", ["none", "definition"]),
        ("M[i,k] = U[i,j] V[j,k] = M[i,k]", ["none", "claim", "claim"]),
        ("A[i,j] B[j,k] = C[i,k]", ["none", "claim"]),
        ("S[i,i] = t", ["none", "claim"]),
        ("M[i] != v[i]", ["none", "claim"]),
        ("M[i] -> v[i] = w[i]", ["none", "step", "claim"]),
        ("2 M[i] = v[i]", ["none", "claim"]),
        ("conj(M[i]) = v[i]", ["none", "claim"]),
    ],
)
def test_what_a_relation_means(program: str, meanings: list[str]) -> None:
    assert [panel.meaning for panel in figure(f"figure f: {program}").chains[0]] == meanings
    declared = f"tensor M[i, k]\nfigure f: {program}".replace("M[i] ", "M[i,k] ").replace("v[i]", "v[i] v[k]")
    if meanings == ["none", "definition"]:
        assert [panel.meaning for panel in figure(declared).chains[0]] == ["none", "claim"]


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("(a[i] b[i]) (c[i] d[i])", ["PEN207", "PEN207"]),
        ("(a[i] b[i]) c[i]", ["PEN207"]),
        ("(a[i] b[i] -> [i]) c[i]", []),
        ("z[i] = (a[i] b[i]) c[i]", []),
        ("y[i] = A[i,j]", ["PEN204"]),
        ("y[i,k] = A[i,j] b[j]", ["PEN205"]),
        ("a[i] + b[j]", ["PEN206"]),
        ("a[i] = b[j]", ["PEN205", "PEN204"]),
        ("A[i,j] b[j] = C[k]", ["PEN206"]),
        ("A[i] A[i,j]", ["PEN202"]),
    ],
)
def test_errors_instead_of_guesses(program: str, found: list[str]) -> None:
    assert sorted(codes(f"figure f: {program}")) == sorted(found)


def test_the_legs_that_a_hint_names_are_those_that_nothing_inside_sums() -> None:
    inside = "relu(x[a] W[a,m]) * (x[b] V[b,m])"
    assert codes(f"figure f: y[d] = ({inside}) U[m,d]") == ["PEN207"]
    assert codes(f"figure f: y[d] = ({inside} -> [m]) U[m,d]") == []


def test_worked_cases_of_functions() -> None:
    values = tensors(W="ij", x="j", a="j", b="j", A="ij", f="i", s="ij", B="ik")
    W, x, a, b, A, f, s, B = (values[name].real for name in ("W", "x", "a", "b", "A", "f", "s", "B"))
    real = {name: array.real for name, array in values.items()}
    relu = lambda v: np.maximum(v, 0)  # noqa: E731
    assert np.allclose(value("figure f: h[j] = relu(a[j] b[j])", real), relu(a * b))
    assert np.allclose(value("figure f: relu(W[i,j] x[j])", real), relu(W @ x))
    assert np.allclose(value("figure f: relu(a[j] b[j])", real), relu(a @ b))
    assert np.allclose(value("figure f: tanh(A[i,j] x[j]) B[i,k]", real), np.tanh(A @ x) @ B)
    assert np.allclose(value("figure f: tanh(A[i,j]) x[j] B[i,k]", real), np.tanh(A).dot(x) @ B)
    assert np.allclose(value("figure f: relu(a[i] b[i] -> [i]) x[i]", real), relu(a * b) @ x)
    assert np.allclose(value("figure f: softmax[j](s[i,j]) x[j]", real), np.exp(s) / np.exp(s).sum(1)[:, None] @ x)
    assert np.allclose(value("figure f: logsumexp[j](s[i,j]) f[i]", real), np.log(np.exp(s).sum(1)) @ f)
    assert np.allclose(value("figure f: logsumexp[j](a[j] b[j]) a[j]", real), np.log(np.exp(a * b).sum()) * a)
    assert np.allclose(value("figure f: y[i] = f[i] / f[i]^2", real), 1 / f)
    assert np.allclose(value("figure f: a[j]^2 b[j]", real), (a**2) @ b)
    assert np.allclose(value("figure f: exp(tanh(a[j]) b[j])", real), np.exp(np.tanh(a) @ b))


def test_worked_cases_of_sums_and_legs() -> None:
    values = tensors(A="ij", x="j", λ="j", u="ij", v="kj", T="iklj")
    A, x, lam, u, v = (values[name] for name in ("A", "x", "λ", "u", "v"))
    assert np.allclose(value("figure f: sum[j](λ[j] u[i,j] conj(v[k,j]))", values), (u * lam) @ v.conj().T)
    assert np.allclose(value("figure f: sum[j=1..2](A[i,j] x[j])", values), A[:, 1:3] @ x[1:3])
    assert np.allclose(value("figure f: x[j] sum[j](A[i,j] x[j])", values), np.outer(x, A @ x))
    assert np.allclose(value("figure f: A[1,j] x[j]", values), A[1] @ x)
    assert np.allclose(value("figure f: A[i,2]", values), A[:, 2])
    grouped = values | {"M": np.random.default_rng(0).standard_normal((2, 12)), "T": np.zeros((2, 3, 4))}
    split = value("figure f: T[i,j,k] = M[i,(j k)]", grouped | {"T": grouped["M"].reshape(2, 3, 4)}, 0)
    assert np.allclose(split, grouped["M"].reshape(2, 3, 4))


def test_masks_and_shifts() -> None:
    s = np.random.default_rng(0).standard_normal((4, 4))
    found = value("figure f: softmax[k](s[q,k], causal[q,k])", {"s": s})
    masked = np.exp(s) * np.tril(np.ones((4, 4)))
    assert np.allclose(found, masked / masked.sum(1)[:, None])
    assert np.allclose(value("figure f: s[q,k] shift[k,j] s[j,m]", {"s": s}), s @ np.eye(4, k=-1) @ s)


def test_repetition() -> None:
    values = tensors(A_1="ij", A_2="jk", A_3="kl")
    product = values["A_1"] @ values["A_2"] @ values["A_3"]
    assert np.allclose(value("figure f: prod[n=1..3](A_n[b_{n-1},b_n])", values), product)
    ring = tensors(A_1="ij", A_2="jk", A_3="ki")
    trace = np.trace(ring["A_1"] @ ring["A_2"] @ ring["A_3"])
    assert np.allclose(value("figure f: prod[n=1..3](A_n[b_{n-1 mod 3},b_{n mod 3}])", ring), trace)
    opened = tensors(A_1="ij", A_2="jik", A_3="kl")
    mps = np.einsum("aj,jbk,kc->abc", *opened.values())
    given = "figure f: ψ[s_1,s_2,s_3] = prod[n=1..3](open A_n[b_{n-1},s_n,b_n])"
    assert np.allclose(value(given, opened), mps)


def test_an_open_repetition_keeps_physical_legs_and_what_stands_elsewhere() -> None:
    operator = tensors(W_1="ijk", W_2="kijl", W_3="lij")
    given = "figure f: prod[n=1..3](open W_n[w_{n-1},s_n,s_n',w_n]) -> [s_1,s_1',s_2,s_2',s_3,s_3']"
    assert np.allclose(value(given, operator), np.einsum("abk,kcdl,lef->abcdef", *operator.values()))
    bare = figure("figure f: prod[n=1..3](open W_n[w_{n-1},s_n,s_n',w_n])").chains[0][0]
    assert [index.name for index in bare.expression.free] == ["s_1", "s_1'", "s_2", "s_2'", "s_3", "s_3'"]
    canonical = tensors(Γ_1="ik", Γ_2="jil", Γ_3="mi", λ_1="kj", λ_2="lm")
    given = "prod[n=1..3](open Γ_n[b_{2n-2},s_n,b_{2n-1}]) prod[n=1..2](λ_n[b_{2n-1},b_{2n}])"
    expected = np.einsum("ak,jbl,mc,kj,lm->abc", *canonical.values())
    assert np.allclose(value(f"figure f: {given} -> [s_1,s_2,s_3]", canonical), expected)


@pytest.mark.parametrize("argument", ["A[i,j] b[j]", "A[i,j]", "sum[r](A[i,r] B[r,j])", "(A[i,r] B[r,j] -> [i,j])"])
def test_the_legs_of_the_targets_are_not_summed_in_what_is_decomposed(argument: str) -> None:
    program = understand(f"let U[i,r], s[r], V[j,r] = svd({argument})\nfigure f: U[i,r] s[r] V[j,r]")
    (split,) = program.definitions
    assert [index.name for index in split.expression.free] == ["i", "j"]
    assert [program.figures[0].tensors[name].tip() for name in "UsV"] == [(1,), (), (1,)]


@pytest.mark.parametrize("chain", ["0 = A[i,j] x[j]", "0 -> [i] = A[i,j] x[j]", "A[i,j] x[j] = 0", "0 != 0 = x[i] = 0"])
def test_a_plain_zero_has_the_legs_of_what_it_is_compared_with(chain: str) -> None:
    panels = figure(f"figure f: {chain}").chains[0]
    assert {tuple(map(str, panel.legs)) for panel in panels} == {("i",)}
    assert [panel.meaning for panel in panels] == ["none", *["claim"] * (len(panels) - 1)]
    assert codes(f"figure f: {chain} = B[j]") != []


def test_the_first_panel_that_is_no_zero_gives_the_free_legs() -> None:
    values = tensors(y="i", a="i", b="i")
    assert np.allclose(value("figure f: 0 = y[i] = a[i] b[i]", values), values["a"] * values["b"])
