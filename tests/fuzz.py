"""Mutated and random programs: whatever they are, they are drawn or explained, in bounded time and memory.

`python tests/fuzz.py COUNT SEED` prints what went wrong and exits 1 if anything did. It limits its own memory.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from penrose.algebra.formula import formula
from penrose.errors import PenroseError
from penrose.layout.compose import lay_out
from penrose.model.expression import factors_of
from penrose.model.resolve import resolve
from penrose.model.trial import trial_sizes
from penrose.render.merge import merge
from penrose.render.read import read
from penrose.render.svg import render_svg
from penrose.render.tikz import render
from penrose.rewrite.canonical import canonical
from penrose.source import Source
from penrose.syntax.parse import parse
from penrose.syntax.write import write

ROOT = Path(__file__).parent.parent
MEMORY = 1 << 30  # bytes
SECONDS = 2  # of the processor, for a program of at most 1000 tensors
SMALL = 1000  # tensors of a figure whose canonical form and test sizes are looked for
LARGE = 15  # seconds for the programs at the limits, which have up to 20,000

PIECES = [
    *"[](){}=+-*/^,.:;#@\"'_|~<>!\\&$% \n\t\r\0",
    *("A", "b", "λ", "x_{n-1}", "k'", "i", "j", "delta", "one", "conj", "sum", "prod", "softmax", "relu", "f"),
    *("figure f: ", "figure g {", "tensor ", "dim ", "let ", "function ", "style ", "assume ", "check c: ", "use "),
    *(
        "layout {",
        "place ",
        "leg ",
        " at ",
        "open ",
        " within ",
        " -> ",
        " != ",
        " ~= ",
        "n=1..3",
        "n=1..N",
        "0",
        "2.5",
        "1e99",
    ),
    *("[i,j]", "[(i j)]", "[0]", "[@a+1]", ".T", ".inv", ":key", "²", "\u0301", "\ud800", "\U0001f600", "\u202e", "é"),
]


def programs(count: int, seed: int) -> Iterator[str]:
    """Yield programs: examples with random edits, and random rows of pieces."""
    generator = random.Random(seed)
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.pen"))]
    sources += [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "cases").glob("*.pen"))]
    lines = [line for source in sources for line in source.splitlines() if line.strip()]
    for number in range(count):
        if number % 4 == 0:
            yield "figure f: " * generator.randrange(2) + "".join(
                generator.choices(PIECES, k=generator.randrange(1, 40))
            )
            continue
        text = generator.choice(sources) if number % 4 == 1 else "\n".join(generator.choices(lines, k=3))
        for _ in range(generator.randrange(1, 6)):
            text = mutated(text, generator)
        yield text


def mutated(text: str, generator: random.Random) -> str:
    """Return a text with one random edit."""
    start = generator.randrange(len(text) + 1)
    end = min(len(text), start + generator.randrange(0, 8))
    match generator.randrange(4):
        case 0:
            return text[:start] + text[end:]
        case 1:
            return text[:start] + generator.choice(PIECES) + text[start:]
        case 2:
            return text[:start] + generator.choice(PIECES) + text[end:]
        case _:
            other = generator.randrange(len(text) + 1)
            return text[:start] + text[other : other + generator.randrange(1, 30)] + text[start:]


def extremes() -> Iterator[str]:
    """Yield programs at the limits."""
    yield "figure f: " + "(" * 199 + "x" + ")" * 199
    yield "figure f: " + "f(" * 199 + "x" + ")" * 199
    yield "figure f: " + "(" * 100_000
    yield "figure f: " + "A[i] " * 10_000
    yield "figure f: " + "x" * 100_000
    yield "figure f: " + " + ".join(["a"] * 3000)
    yield "figure f: 9^9^9"
    yield "figure f: 9^(9^(9^(9^9))) x"
    yield "figure f: " + "1e999999 " * 50 + "x"
    yield "figure f: prod[n=1..99999999999999999999](A_n[b_n])"
    yield "figure f: prod[a=1..9999, b=1..9999, c=1..9999](A_{a,b,c})"
    yield "figure f: prod[n=1..300](prod[m=1..300](A_{n,m}[i_{n}]))"
    yield "let x_n[i] = x_{n-1}[i] for n=1..19999\nfigure f: x_5[i]"
    yield "figure f: A[" + ",".join(f"i_{n}" for n in range(3000)) + "]"
    yield "figure f: A[i,i,i,i,i,i,i,i,i] B[i,i,i]"
    yield "\0" * 1000
    yield "figure f: x[\ud800]"
    yield "figure f: A_{" + "n+" * 5000 + "1}"
    yield "figure f: A_{" + "(" * 5000 + "1" + ")" * 5000 + "}"
    yield "dim a = " + "9" * 6000
    yield "#" * 100_000 + "\n" + '"' * 99
    yield "figure f {\n" + "x[i]\n" * 2000 + "}"
    yield "figure f: x[i] " + "'" * 5000
    yield "figure f: " + "sum[i](" * 150 + "x" + ")" * 150
    # wires between frames, loops at frames, and legs that go through several
    yield "figure f: (a[i,j]+b[i,j]) (c[j,k]+d[j,k]) (e[k,i]+f[k,i])"
    yield "figure f: relu(A[i,j]) delta[i,j]"
    yield "figure f: (relu(A[i,j]) + relu(B[i,j])) delta[i,j]"
    yield "figure f: y[i] = x[i]^2 x[i]^(1/2) / (a[i]+b[i])"
    yield "figure f: y[i] = ((-x[i] -> [i])^2 + a[i])^2"


def one(text: str) -> None:
    """Take a program through all stages; a `PenroseError` is an answer."""
    try:
        source = Source("fuzz.pen", text)
        program = parse(source)
        assert parse(Source("again.pen", write(program))) == program
        document = resolve(program, source)
        for figure in document.figures:
            scene = lay_out(figure)
            small = sum(1 for chain in figure.chains for p in chain for _ in factors_of(p.expression)) <= SMALL
            if small:
                panels = [panel for chain in figure.chains for panel in chain]
                trial_sizes([panel.expression for panel in panels], figure.tensors, document.dimensions)
                for panel in panels:
                    canonical(panel.expression, panel.legs)
            tikz = merge(render(scene, "fuzz.pen"), None).text
            assert tikz.endswith("\n")
            assert read(mutated(tikz, random.Random(len(tikz)))).program
            assert render_svg(scene).endswith("</svg>\n")
            for chain in figure.chains:
                formula(chain)
    except PenroseError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.render()
            diagnostic.as_json()


def main(count: int, seed: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, lambda *_: (_ for _ in ()).throw(TimeoutError()))
    failures, slowest = 0, 0.0
    tasks = [(text, LARGE) for text in extremes()] + [(text, SECONDS) for text in programs(count, seed)]
    for text, allowed in tasks:
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, 2 * LARGE)
        try:
            one(text)
        except BaseException as error:
            failures += 1
            print(f"{type(error).__name__}: {str(error)[:300]}\n  {text[:300]!r}\n", flush=True)
            if isinstance(error, KeyboardInterrupt):
                raise
        signal.setitimer(signal.ITIMER_PROF, 0)
        taken = time.process_time() - start
        if taken > allowed:
            print(f"slow, {taken:.1f} s: {text[:120]!r}", flush=True)
            failures += 1
        slowest = max(slowest, taken)
    print(f"{count} programs, {failures} failures, slowest {slowest:.2f} s")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
