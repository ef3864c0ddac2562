"""Networks to lay out: those of the field, and all small graphs, each as a program of one figure."""

from __future__ import annotations

from collections.abc import Iterable

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
