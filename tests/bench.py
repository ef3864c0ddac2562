"""How long things take, beside peers, all in one run. Times are medians of wall time; nothing here is a test."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SVD = "figure svd: M[i,k] = U[i,j] λ[j] conj(V[k,j])\n"

DISCOPY = """
from discopy.tensor import Box, Dim, Id, Spider
U, V, s = Box('U', Dim(2), Dim(3), [0] * 6), Box('V', Dim(3), Dim(4), [0] * 12), Box('s', Dim(1), Dim(3), [0] * 3)
(U >> Id(Dim(3)) @ s >> Spider(2, 1, Dim(3)) >> V).draw(path='svd.png', show=False)
"""

QUIMB = """
import matplotlib; matplotlib.use('Agg')
import numpy as np, quimb.tensor as qtn
U, s = qtn.Tensor(np.ones((2, 3)), 'ij', 'U'), qtn.Tensor(np.ones(3), 'j', 's')
V = qtn.Tensor(np.ones((4, 3)), 'kj', 'V')
qtn.TensorNetwork([U, s, V]).draw(color=['U', 's', 'V'], return_fig=True).savefig('svd.png')
"""


def median(run: Callable[[], object], times: int = 5) -> float:
    """Return the median time of a call in ms, after one call that warms up."""
    run()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append(1000 * (time.perf_counter() - start))
    return statistics.median(spent)


def python(code: str, folder: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)


def line(what: str, milliseconds: float, ratio: float | None = None) -> None:
    print(f"{what:58} {milliseconds:9.1f} ms" + (f"   {ratio:6.2f} x" if ratio else ""), flush=True)


def one_figure(folder: str) -> None:
    (Path(folder) / "svd.pen").write_text(SVD, encoding="utf-8")
    build = "from penrose.cli import main; main(['build', '-q', '--force', 'svd.pen'])"
    ours = median(python(f"import os; os.path.exists('svd.tikz') and os.remove('svd.tikz'); {build}", folder))
    line("penrose build svd.pen", ours)
    peers = {
        'python -c ""': "",
        "python -c 'import sympy'": "import sympy",
        "discopy: import and draw the same": DISCOPY,
        "quimb: import and draw the same": QUIMB,
    }
    for what, code in peers.items():
        taken = median(python(code, folder))
        line(what, taken, taken / ours)


def many_figures(folder: str) -> None:
    from penrose.driver import Options, build

    source = Path(folder) / "many.pen"
    figures = []
    for number in range(200):
        length = 2 + number % 8
        chain = " ".join(f"A_{k}[b_{k},b_{k + 1}]" for k in range(length))
        figures.append(f"figure f{number}: M[b_0,b_{length}] = {chain}")
    source.write_text("\n".join(figures), encoding="utf-8")
    line("200 figures of 3 to 10 tensors, each", median(lambda: build([source], Options(force=True)), 3) / 200)


def large(folder: str) -> None:
    from penrose.driver import Options, build

    source = Path(folder) / "large.pen"
    for count in (10, 100, 1000):
        chain = " ".join(f"A_{k}[b_{k},b_{k + 1}]" for k in range(count))
        source.write_text(f"figure f: {chain}", encoding="utf-8")
        line(f"a chain of {count} tensors", median(lambda: build([source], Options(force=True)), 3))


if __name__ == "__main__":
    print("The last column is the time as a multiple of penrose's.")
    for bench in (one_figure, many_figures, large):
        with tempfile.TemporaryDirectory() as scratch:
            bench(scratch)
