"""Networks to lay out: those of the field, and all small graphs, each as a program of one figure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product

import networkx as nx

Edge = tuple[object, object]


def program(edges: Iterable[Edge], legs: Iterable[object] = ()) -> str:
    """Return the program of a graph: a tensor for every node, an index for every edge, a free leg for every `legs`."""
    slots: dict[object, list[str]] = {}
    for number, ends in enumerate(edges):
        for end in ends:
            slots.setdefault(end, []).append(f"b_{number}")
    for number, end in enumerate(legs):
        slots.setdefault(end, []).append(f"s_{number}")
    numbers = {node: number for number, node in enumerate(slots)}
    return "figure f: " + " ".join(f"T_{numbers[node]}[{','.join(names)}]" for node, names in slots.items())


def atlas() -> list[nx.Graph]:
    """Return all 139 connected graphs of four to six nodes."""
    return [graph for graph in nx.graph_atlas_g() if 4 <= len(graph) <= 6 and nx.is_connected(graph)]


def of_slots(tensors: Sequence[Sequence[str]]) -> str:
    """Return the program of tensors, each given by its indices: those that stand once are free."""
    counts = Counter(index for slots in tensors for index in slots)
    names = {index: f"{'s' if counts[index] == 1 else 'b'}_{number}" for number, index in enumerate(counts)}
    return "figure f: " + " ".join(
        f"T_{number}[{','.join(names[index] for index in slots)}]" for number, slots in enumerate(tensors)
    )


WITH_BUBBLES = {
    "attention": """
figure f: softmax[k](X[q,a] W_Q[h,a,c] W_K[h,b,c] X[k,b] -> [q,h,k]) X[k,d] W_V[h,d,e] W_O[h,e,o]""",
    "MLP gradient": """
figure f: v[a] W_3[a,b] σ'(W_2[b,d] σ(W_1[d,e] x[e])) W_2[b,c] σ'(W_1[c,f] x[f]) W_1[c,i]""",
}


def six() -> dict[str, list[tuple[str, ...]]]:
    """Return six networks by the indices of their tensors; the dots of `WITH_BUBBLES` are tensors too."""
    ladder = [(*(f"{row}{k}" for k in (i - 1, i) if 0 <= k < 7), f"v{i}") for row in "ab" for i in range(8)]
    sheet = []
    for i in range(4):
        for j in range(4):
            ends = [(f"h{i}{j - 1}", j > 0), (f"v{i - 1}{j}", i > 0), (f"v{i}{j}", i < 3), (f"h{i}{j}", j < 3)]
            sheet.append((*(name for name, there in ends if there), f"s{i}{j}"))
    tree = [("a", "b"), ("a", "c", "d"), ("b", "e", "f"), *((up, f"s{up}1", f"s{up}2") for up in "cdef")]
    mera = [("s1", "s2", "a1", "a2"), ("s3", "s4", "a3", "a4"), ("s5", "s6", "a5", "a6")]
    mera += [("s0", "a1", "c1"), ("a2", "a3", "c2"), ("a4", "a5", "c3"), ("a6", "s7", "c4")]
    mera += [("c2", "c3", "d2", "d3"), ("c1", "d2", "e1"), ("d3", "c4", "e2"), ("e1", "e2")]
    attention = [("q", "a"), ("h1", "a", "c"), ("h2", "b", "c"), ("k", "b"), ("k", "d"), ("h3", "d", "e")]
    attention += [("h4", "e", "o"), ("h1", "h2", "h"), ("h", "h3", "h4")]
    gradient = [("a",), ("a", "b"), ("b", "b1", "b2"), ("b1", "c"), ("c", "c1", "c2"), ("c1", "i")]
    gradient += [("b2", "d"), ("d", "e"), ("e",), ("c2", "f"), ("f",)]
    return {
        "ladder 2x8": ladder,
        "PEPS 4x4": sheet,
        "TTN 8": tree,
        "MERA 8": mera,
        "attention": attention,
        "MLP gradient": gradient,
    }


Tensors = list[tuple[str, ...]]


def ring(sites: int) -> Tensors:
    """Return a periodic matrix product state; the tensors have their legs in the order of quimb, the site last."""
    return [(f"b{(n - 1) % sites}", f"b{n}", f"s{n}") for n in range(sites)]


def rings(sites: int) -> Tensors:
    """Return the norm of a periodic matrix product state."""
    return [(f"{row}{(n - 1) % sites}", f"{row}{n}", f"s{n}") for row in "ab" for n in range(sites)]


def box(*lengths: int) -> Tensors:
    """Return a lattice in three dimensions with a free leg at every tensor."""
    found = []
    for place in product(*(range(length) for length in lengths)):
        slots = []
        for axis, length in enumerate(lengths):
            before = [at - (axis == other) for other, at in enumerate(place)]
            slots += [f"{axis}:{before}"] * (place[axis] > 0) + [f"{axis}:{[*place]}"] * (place[axis] < length - 1)
        found.append((*slots, f"s{place}"))
    return found


def torus(rows: int, columns: int, legs: bool = False) -> Tensors:
    """Return a lattice that is closed in both directions, perhaps with a free leg at every tensor."""
    return [
        (f"h{y},{x}", f"h{y},{(x + 1) % columns}", f"v{y},{x}", f"v{(y + 1) % rows},{x}", *[f"s{y},{x}"] * legs)
        for y in range(rows)
        for x in range(columns)
    ]


def spins(rows: int, columns: int, state: bool = False) -> Tensors:
    """Return the partition function of spins on a lattice, a matrix for every bond, or a state with such matrices."""
    places = [(y, x) for y in range(rows) for x in range(columns)]
    bonds = [((y, x), (y + down, x + 1 - down)) for y, x in places for down in (0, 1)]
    bonds = [(one, other) for one, other in bonds if other in places]
    if not state:
        return [(str(one), str(other)) for one, other in bonds]
    matrices = [(f"{one}{one}{other}", f"{other}{one}{other}") for one, other in bonds]
    return [
        (*(f"{at}{one}{other}" for one, other in bonds if at in (one, other)), f"s{at}") for at in places
    ] + matrices


def mera(sites: int) -> Tensors:
    """Return a periodic network of multi-scale entanglement renormalisation with two tensors on top."""
    found: Tensors = []
    below = [f"s{n}" for n in range(sites)]
    for level in range(sites.bit_length() - 1):
        pairs = len(below) // 2
        ends = [f"u{level},{n}" for n in range(2 * pairs)]
        above = [f"w{level},{n}" for n in range(pairs)] if pairs > 1 else []
        for n in range(pairs):
            found.append((below[2 * n], below[2 * n + 1], ends[2 * n], ends[2 * n + 1]))
            found.append((ends[2 * n + 1], ends[(2 * n + 2) % (2 * pairs)], *above[n : n + 1]))
        below = above
    return found


def random_tree(tensors: int, seed: int) -> Tensors:
    """Return a tree with a free leg at every tensor."""
    edges = sorted(nx.random_labeled_tree(tensors, seed=seed).edges)
    return [(*(f"b{edge}" for edge in edges if n in edge), f"s{n}") for n in range(tensors)]


def regular(tensors: int, seed: int) -> Tensors:
    """Return tensors of three legs each that are joined at random."""
    graph = nx.random_regular_graph(3, tensors, seed=seed)
    edges = sorted(tuple(sorted(edge)) for edge in graph.edges)
    return [tuple(f"b{edge}" for edge in edges if n in edge) for n in range(tensors)]


def circuit(qubits: int, gates: int, seed: int) -> Tensors:
    """Return a state that gates on two random qubits have made; a gate has its results before what it is given."""
    generator = random.Random(seed)
    last = [f"q{n},0" for n in range(qubits)]
    found: Tensors = [(leg,) for leg in last]
    for number in range(gates):
        a, b = generator.sample(range(qubits), 2)
        after = (f"q{a},{number + 1}", f"q{b},{number + 1}")
        found.append((*after, last[a], last[b]))
        last[a], last[b] = after
    return found


def norm(tensors: Tensors) -> Tensors:
    """Return a network and another one like it, joined by the free legs."""
    times = Counter(leg for legs in tensors for leg in legs)
    other = [tuple(leg if times[leg] == 1 else f"{leg}x" for leg in legs) for legs in tensors]
    return [*tensors, *other]
