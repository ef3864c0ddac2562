from __future__ import annotations

import random
import re
import time

import pytest
from pen import figure

from penrose.model.document import Panel
from penrose.rewrite import canonical as module
from penrose.rewrite.canonical import canonical


def panels(program: str, declared: str = "") -> list[Panel]:
    return [panel for chain in figure(f"{declared}figure f {{\n{program}\n}}").chains for panel in chain]


def forms(*expressions: str) -> list[str | None]:
    return [canonical(panel.expression, panel.legs) for panel in panels("\n".join(expressions))]


SAME = [
    ("A[i,j] B[j,k] -> [i,k]", "B[m,k] A[i,m] -> [i,k]"),
    ("A[i,j] B[j,i]", "B[a,b] A[b,a]"),
    ("a[i] b[i] + c[k] d[k]", "d[i] c[i] + b[j] a[j]"),
    ("delta[i,j,k] v[k]", "delta[k,i,j] v[k] -> [i,j]"),
    ("f(A[i,j] x[j]) B[i,k]", "B[m,k] f(x[n] A[m,n])"),
    ("sum[h](A[h,i] x[h])", "sum[g](x[g] A[g,i])"),
    ("softmax[k](s[q,k]) v[k]", "v[m] softmax[m](s[q,m])"),
    ("(a[i] b[i] -> []) (c[i] d[i] -> [])", "(c[j] d[j] -> []) (a[k] b[k] -> [])"),
    ("A[i,j] A[j,k] A[k,i]", "A[c,a] A[a,b] A[b,c]"),
    ("2 A[i,j] / 3", "2 A[i,j] / 3"),
    ("2 (A[i,j] * (B[j,k] / 3)) -> [i,k]", "A[i,j] 2 / 3 B[j,k] -> [i,k]"),
    ("A[i,j] delta[j,k] B[k,l]", "A[i,j] B[j,l]"),
    ("delta[i,j,k] a[i] b[j] c[k]", "a[i] b[i] c[i]"),
    ("delta[i,j] delta[j,k] a[j] -> [i,j,k]", "a[i] delta[i,j,k] -> [i,j,k]"),
    ("delta[i,i] a", "one[i] one[i] a"),
    ("f(A[i,j] one[j])", "f(delta[j] A[i,j])"),
    ("(z[q,h,c] -> [q, (h c)]) (W[h,c,d] -> [(h c), d])", "z[q,h,c] W[h,c,d]"),
    ("delta[(i k), (j l)] a[i] b[k]", "a[j] b[l]"),
    ("2 sqrt(2) x[i] / 3", "sqrt(2) / 3 2 x[i]"),
]

DIFFERENT = [
    ("Y[i,j] A[j,k] A[k,l]", "Y[i,j] A[k,j] A[k,l]"),
    ("A[i,j] B[j,k] C[k,i]", "A[i,j] B[k,j] C[k,i]"),
    ("T[i,j,k] u[i] v[j]", "T[i,j,k] v[i] u[j]"),
    ("f(A[i,j] x[j]) B[i,k]", "f(A[i,j]) x[j] B[i,k]"),
    ("f(delta[i,j] a[i] b[j]) g[i] h[j] -> [i,j]", "f(a[i] b[i] one[j]) g[i] h[j] -> [i,j]"),
    ("x[i] + one[i]", "x[i] + 1/2 one[i]"),
    ("delta[i,j]", "one[i] one[j]"),
    ("2 x[i] / 3", "3 x[i] / 2"),
    ("A[i,j]", "conj(A[i,j])"),
    ("A[i,j] v[j]", "A[j,i] v[j]"),
    ("a[i] + b[i]", "a[i] - b[i]"),
    ("2 a[i]", "3 a[i]"),
    ("A[0,i]", "A[1,i]"),
    ("a[i]^2", "a[i]^3"),
    ("X.inv[i,j]", "X[i,j]"),
    ("P[i,j] Q[i,j]", "P[i,j] Q[j,i]"),
    ("A[i,j] -> [i,j]", "A[i,j] -> [j,i]"),
    ("A[i,j] -> [(i j)]", "A[i,j] -> [(j i)]"),
    ("g(a, b)", "g(b, a)"),
    ("C[i,j] C[j,k] C[k,l] C[l,i]", "C[i,j] C[j,i] C[k,l] C[l,k]"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same(one: str, other: str) -> None:
    first, second = forms(one, other)
    assert first is not None
    assert first == second


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    declared = "function g(x, y) = x - y\n" if "g(" in one else ""
    first, second = (canonical(p.expression, p.legs) for p in panels(f"{one}\n{other}", declared))
    assert first != second


def shuffled(factors: list[str], seed: int) -> str:
    generator = random.Random(seed)
    names = sorted(set(re.findall(r"[a-z]_\d+(?:_\d+)?", " ".join(factors))))
    renamed = dict(zip(names, generator.sample(range(10_000), len(names)), strict=True))
    order = generator.sample(factors, len(factors))
    return " ".join(re.sub(r"[a-z]_\d+(?:_\d+)?", lambda m: f"z_{renamed[m[0]]}", factor) for factor in order)


def chain(count: int) -> list[str]:
    return [f"A[b_{n},b_{n + 1}]" for n in range(count)]


def ring(count: int) -> list[str]:
    return [f"A[b_{n},b_{(n + 1) % count}]" for n in range(count)]


def grid(rows: int, columns: int) -> list[str]:
    return [
        f"T[h_{r}_{c},h_{r}_{(c + 1) % columns},v_{r}_{c},v_{(r + 1) % rows}_{c}]"
        for r in range(rows)
        for c in range(columns)
    ]


def open_grid(rows: int, columns: int) -> list[str]:
    """Return a grid whose legs at the border are free."""
    return [f"T[h_{r}_{c},h_{r}_{c + 1},v_{r}_{c},v_{r + 1}_{c}]" for r in range(rows) for c in range(columns)]


@pytest.mark.parametrize(
    "factors", [ring(12), grid(3, 4), grid(4, 4), [*ring(5), *(f.replace("b_", "c_") for f in ring(5))]]
)
def test_symmetric_networks_in_any_order(factors: list[str]) -> None:
    made = {canonical(panel.expression) for seed in range(3) for panel in panels(shuffled(factors, seed))}
    assert len(made) == 1
    assert None not in made


def test_two_rings_are_not_one() -> None:
    two = [*ring(4), *(f.replace("b_", "c_") for f in ring(4))]
    one, other = (canonical(panel.expression) for panel in panels(f"{' '.join(two)}\n{' '.join(ring(8))}"))
    assert one != other


def test_a_search_that_is_cut_off_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = " ".join(f"a[i_{n}] a[i_{n}]" for n in range(5))
    assert canonical(panels(copies)[0].expression) is not None
    monkeypatch.setattr(module, "LEAVES", 20)
    assert canonical(panels(copies)[0].expression) is None


@pytest.mark.parametrize("factors", [chain(1000), open_grid(25, 40), grid(25, 40)], ids=["chain", "grid", "torus"])
def test_a_thousand_tensors(factors: list[str]) -> None:
    (panel,) = panels(" ".join(factors))
    start = time.perf_counter()
    assert canonical(panel.expression) is not None
    print(f"{1000 * (time.perf_counter() - start):.0f} ms", end=" ")
