"""Networks to lay out: those of the field, and all small graphs, each as a program of one figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

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


def six() -> dict[str, list[tuple[str, ...]]]:
    """Return six networks by the indices of their tensors."""
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
    attention = [("q", "a"), ("h", "a", "c"), ("h", "b", "c"), ("k", "b"), ("k", "d"), ("h", "d", "e"), ("h", "e", "o")]
    gradient = [("i", "a"), ("a", "b"), ("b", "c"), ("b",), ("c", "d"), ("d",), ("d", "e"), ("e", "j"), ("e",)]
    return {
        "ladder 2x8": ladder,
        "PEPS 4x4": sheet,
        "TTN 8": tree,
        "MERA 8": mera,
        "attention": attention,
        "MLP gradient": gradient,
    }
