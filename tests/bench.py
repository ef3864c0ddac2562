"""How long things take, beside peers, all in one run. Times are medians of wall time; nothing here is a test."""

from __future__ import annotations

import gc
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path

from penrose.cli import ALLOCATED

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


Place = tuple[float, float]


def median(run: Callable[[], object], times: int = 5) -> float:
    """Return the median time of a call in ms, after one call that warms up; garbage is collected as in the command."""
    gc.set_threshold(ALLOCATED)
    run()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append(1000 * (time.perf_counter() - start))
    return statistics.median(spent)


def python(code: str, folder: str) -> Callable[[], object]:
    """Run code in a new interpreter that keeps what it compiles, as peers were compiled when they were installed."""
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    return lambda: subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, env=kept)


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


def layouts(folder: str) -> None:
    """Compare pictures: crossings/straight wires in %/mirrored tensors in %/time in ms.

    Other engines know no kinds of tensors. So a tensor is mirrored here if any other is its image, in all pictures.
    """
    from networks import WITH_BUBBLES, atlas, of_slots, program, six
    from pen import figure

    from penrose.data import replace
    from penrose.layout.compose import lay_out
    from penrose.layout.score import quality

    for name, tensors in six().items():
        one = figure(WITH_BUBBLES.get(name) or of_slots(tensors))
        taken = median(lambda one=one: lay_out(one), 3)
        picture = lay_out(one).picture
        alike = tuple(replace(node, shape=picture.nodes[0].shape) for node in picture.nodes)
        found, mirrored = quality(picture), quality(replace(picture, nodes=alike))["S7"]
        hard = sum(value for metric, value in found.items() if metric.startswith("H"))
        ours = f"{found['S1']:.0f}/{found['S3']:.0f}/{mirrored:.0f}/{taken:.0f}, {hard:.0f} faults"
        others = "   ".join(f"{peer} {_peer(peer, tensors)}" for peer in ("neato", "dot", "kamada-kawai", "quimb"))
        print(f"{name:14} {ours:26} {others}", flush=True)
    small = [quality(lay_out(figure(program(sorted(graph.edges)))).picture) for graph in atlas()]
    means = ", ".join(
        f"{metric} {statistics.mean(one[metric] for one in small):.2f}" for metric in ("H1", "H2", "S1", "S3")
    )
    print(f"139 graphs of 4 to 6 nodes, means: {means}", flush=True)


def _peer(peer: str, tensors: list[tuple[str, ...]]) -> str:
    """Return the same four numbers for the straight lines between the places that another engine gives."""
    import networkx as nx

    from penrose.layout.geometry import crosses

    ends: dict[str, list[int]] = {}
    for number, slots in enumerate(tensors):
        for index in slots:
            ends.setdefault(index, []).append(number)
    lines = []
    for number, joined in enumerate(ends.values()):
        if len(joined) == 2:
            lines.append(tuple(joined))
        elif len(joined) > 2:
            lines += [(end, len(tensors) + number) for end in joined]
    graph = nx.Graph(lines)
    start = time.perf_counter()
    if peer == "kamada-kawai":
        places = nx.kamada_kawai_layout(graph)
    elif peer == "quimb":
        import quimb.tensor as qtn

        network = qtn.TN_from_edges_rand(lines, 2, seed=1)
        found = network.draw(get="pos")
        places = {node: found[next(iter(network.tag_map[f"I{node}"]))] for node in graph}
    elif shutil.which(peer):
        text = f"graph {{ {' '.join(f'{a} -- {b};' for a, b in lines)} }}"
        plain = subprocess.run([peer, "-Tplain"], input=text, capture_output=True, text=True, check=True).stdout
        nodes = [words for words in map(str.split, plain.splitlines()) if words[0] == "node"]
        places = {int(words[1]): (float(words[2]), float(words[3])) for words in nodes}
    else:
        return "is not installed"
    spent = 1000 * (time.perf_counter() - start)
    pairs = combinations({tuple(sorted(line)) for line in lines}, 2)
    count = sum(
        crosses(places[a], places[b], places[c], places[d]) for (a, b), (c, d) in pairs if len({a, b, c, d}) == 4
    )
    return f"{count}/{100 * _straight(places, lines):.0f}/{100 * _mirrored(places, lines):.0f}/{spent:.0f}"


def _straight(places: Mapping[int, Place], lines: list[tuple[int, int]]) -> float:
    """Return the share of the lines that lie within a degree of an axis."""
    ways = [[abs(b - a) for a, b in zip(places[one], places[other], strict=True)] for one, other in lines]
    return sum(min(way) < math.tan(math.radians(1)) * max(way) for way in ways) / len(lines)


def _mirrored(places: Mapping[int, Place], lines: list[tuple[int, int]]) -> float:
    """Return the share of the places with a mirror image within a tenth of a line, for the better of two axes."""
    near = 0.1 * statistics.median(math.dist(places[one], places[other]) for one, other in lines)
    middles = [min(values) + max(values) for values in zip(*places.values(), strict=True)]
    upright = [(middles[0] - x, y) for x, y in places.values()]
    lying = [(x, middles[1] - y) for x, y in places.values()]
    counts = [
        sum(min(math.dist(image, at) for at in places.values()) < near for image in images)
        for images in (upright, lying)
    ]
    return max(counts) / len(places)


def growth(folder: str) -> None:
    """Measure layouts of 10 to 10,000 tensors, warm, and quimb's of 1000."""
    import networkx as nx
    from networks import program
    from pen import figure

    from penrose.layout.compose import lay_out

    for count in (10, 100, 1000, 10_000):
        graphs = {"chain": nx.path_graph(count), "3-regular": nx.random_regular_graph(3, count, seed=1)}
        for name, graph in graphs.items():
            one = figure(program(sorted(graph.edges)))
            ours = median(lambda one=one: lay_out(one), 3 if count < 10_000 else 1)
            line(f"layout of {count} tensors, {name}", ours)
            if count == 1000:
                import quimb.tensor as qtn

                network = qtn.TN_from_edges_rand(list(graph.edges), 2, seed=1)
                theirs = median(lambda network=network: network.draw(get="pos"), 1)
                line(f"  quimb: places of {count} tensors, {name}", theirs, theirs / ours)


def tex(folder: str) -> None:
    """Compare what TeX spends on a figure with what it spends on the same one written by hand."""
    from penrose.driver import load
    from penrose.layout.compose import lay_out
    from penrose.render.merge import merge
    from penrose.render.tikz import render

    root = Path(__file__).parent.parent
    for source in sorted((root / "examples").glob("*.pen")):
        for figure in load(source).document.figures:
            by_hand = root / "tests" / "handmade" / f"{source.stem}-{figure.name}.tikz"
            if by_hand.exists():
                drawn = merge(render(lay_out(figure), source.name), None).text
                turns = per_figure(folder, drawn, by_hand.read_text(encoding="utf-8"))
                ours, theirs = map(min, zip(*turns, strict=True))
                ratio = statistics.median(one / other for one, other in turns)
                print(f"TeX on {by_hand.stem:30} {ours:6.1f} ms, by hand {theirs:6.1f} ms   {ratio:6.2f} x", flush=True)


def per_figure(folder: str, *figures: str, times: int = 60) -> list[tuple[float, ...]]:
    """Return the times in ms that pdfTeX spends on each figure, turn by turn.

    TeX itself takes them, while the figures take turns. So its start is not in them, and a machine whose speed wanders
    is hardly in the ratios within a turn.
    """
    turn = ""
    for number, tikz in enumerate(figures):
        (Path(folder) / f"{number}.tikz").write_text(tikz, encoding="utf-8")
        turn += f"\\pdfresettimer\\setbox0\\hbox{{\\input{{{number}.tikz}}}}\\wlog{{spent \\the\\pdfelapsedtime}}"
    head = "\\documentclass{article}\\usepackage{amsmath,tikz}\\usetikzlibrary{shapes.geometric,fit}"
    document = f"{head}\\begin{{document}}x{turn * times}\\end{{document}}"
    (Path(folder) / "bench.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=batchmode", "bench.tex"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    ticks = re.findall(r"^spent (\d+)$", (Path(folder) / "bench.log").read_text("latin-1"), re.MULTILINE)
    spent = [1000 * int(count) / 65536 for count in ticks]  # pdfTeX counts in 65536ths of a second
    return list(zip(*[iter(spent)] * len(figures), strict=True))


if __name__ == "__main__":
    print("The last column is the time as a multiple of penrose's.")
    for bench in (one_figure, many_figures, large, layouts, growth, tex):
        with tempfile.TemporaryDirectory() as scratch:
            bench(scratch)
