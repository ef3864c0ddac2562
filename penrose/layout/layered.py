"""Placements in layers: wires run from layer to layer, with few crossings, and straight where that can be.

The way of Sugiyama, Tagawa and Toda: ranks, an order in every layer by the middle of what is joined, then
coordinates, here by isotonic regression, which is exact for a layer.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import inf, sqrt

from penrose.layout.cells import Cells, Piece

SWEEPS = 8  # over all layers, in either direction
ROUNDS = 12  # of exchanges in a layer
LONG = 3  # times as many steps as vertices that are stand-ins in long wires; beyond that there are no layers
WIDE = 6  # times the square root of the vertices in one layer, and some more; beyond that there are no layers

TURNS = 10  # of finding places by what is joined on one side, before two that look at both
FAR = 2  # times as many crossings, from which sweeps do not get down
STRAIGHT = 4.0  # the weight of a stand-in beside a vertex, since a long wire ought to be straight
LOOSE = 0.1  # the weight of what is joined to nothing there

Nodes = list[int]  # of one layer, in order; stand-ins are numbered below 0


def layered(piece: Piece, ranks: Mapping[int, int], in_order: bool = False, most: float = inf) -> Cells | None:
    """Return cells with the ranks as columns from the left; None where they would be too many, or a layer too long.

    None also where after a sweep in both directions there are far more crossings than `most`: few of them go then.
    The first layer may be asked to be in the order of its legs. Wires between neighbours of one rank are not looked at.
    """
    fixed = any(ranks[vertex] == 0 for vertex in piece.leg_order)  # the order of their legs is that of the first layer
    if max(Counter(ranks.values()).values()) > WIDE * sqrt(len(ranks)) + 50:
        return None
    near, count = _with_stand_ins(piece, ranks)
    if count > LONG * len(piece.vertices) + 50:
        return None
    layers = _first_order(piece, near, ranks)
    if fixed and in_order:
        layers[0].sort(key=lambda node: piece.leg_order.get(node, 0.0))
    best, fewest = layers, _crossings(layers, near)
    for sweep in range(SWEEPS):
        layers = _swept(layers, near, sweep % 2 == 0, fixed)
        layers = _exchanged(layers, near, fixed)
        crossings = _crossings(layers, near)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
        if not fewest:
            break
        if sweep and fewest > FAR * most:
            return None
    heights = _heights(best, near)
    return {v: (float(x), -heights[v]) for x, layer in enumerate(best) for v in layer if v >= 0}


def by_order(piece: Piece) -> dict[int, int]:
    """Return ranks in which every wire runs from what is written first, as short as can be."""
    place = {vertex: number for number, vertex in enumerate(piece.vertices)}
    ranks: dict[int, int] = {}
    for vertex in piece.vertices:
        ranks[vertex] = max(
            (ranks[other] + 1 for other in piece.near[vertex] if place[other] < place[vertex]), default=0
        )
    for vertex in reversed(piece.vertices):  # what nothing stands before comes close to what it is joined to
        later = [ranks[other] for other in piece.near[vertex] if place[other] > place[vertex]]
        earlier = [ranks[other] for other in piece.near[vertex] if place[other] < place[vertex]]
        if later and len(later) > len(earlier):
            ranks[vertex] = min(later) - 1
    return ranks


def by_legs(piece: Piece) -> dict[int, int] | None:
    """Return ranks from below, each of what has half of its legs or more below it; None if something never has.

    So rise networks that gather legs from layer to layer. Neighbours of one rank are none.
    """
    degree = Counter(end for edge in piece.edges for end in (edge.start, edge.end))
    below = {vertex: len(piece.tips.get(vertex, ())) for vertex in piece.ranked}
    legs = {vertex: degree[vertex] + below[vertex] for vertex in piece.ranked}
    ends: dict[int, list[int]] = {vertex: [] for vertex in piece.ranked}
    for edge in piece.edges:
        ends[edge.start].append(edge.end)
        ends[edge.end].append(edge.start)
    ranks: dict[int, int] = {}
    rank = 0
    while len(ranks) < len(legs):
        fresh = [v for v in piece.ranked if v not in ranks and 2 * below[v] >= legs[v]]
        if not fresh or any(other in fresh for vertex in fresh for other in piece.near[vertex]):
            return None
        ranks |= dict.fromkeys(fresh, rank)
        for vertex in fresh:
            for other in ends[vertex]:
                below[other] += 1
        rank += 1
    return ranks


def _with_stand_ins(piece: Piece, ranks: Mapping[int, int]) -> tuple[dict[int, tuple[list[int], list[int]]], int]:
    """Return the neighbours of everything in the layers before and behind it; long wires get stand-ins."""
    near: dict[int, tuple[list[int], list[int]]] = {vertex: ([], []) for vertex in piece.ranked}
    stand_ins = 0
    for one, other in piece.lines:
        first, last = (one, other) if ranks[one] < ranks[other] else (other, one)
        before = first
        for _ in range(ranks[first] + 1, ranks[last]):
            stand_ins += 1
            near[-stand_ins] = ([before], [])
            near[before][1].append(-stand_ins)
            before = -stand_ins
        if ranks[first] != ranks[last]:
            near[before][1].append(last)
            near[last][0].append(before)
    return near, stand_ins


Near = Mapping[int, tuple[Sequence[int], Sequence[int]]]


def _first_order(piece: Piece, near: Near, ranks: Mapping[int, int]) -> list[Nodes]:
    """Return the layers in the order in which walks find things that begin in the first one, by the order of legs."""
    layers: list[Nodes] = [[] for _ in range(max(ranks.values()) + 1)]
    lowest = [vertex for vertex in piece.ranked if ranks[vertex] == 0]
    roots = sorted(lowest, key=lambda vertex: piece.leg_order.get(vertex, 0.0))
    rest = sorted(piece.ranked, key=lambda vertex: ranks[vertex])
    seen: set[int] = set()
    for root in (*roots, *rest):
        stack = [(root, ranks[root])]
        while stack:
            node, layer = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            layers[layer].append(node)
            before, behind = near[node]
            stack += [(other, layer - 1) for other in reversed(before) if other not in seen]
            stack += [(other, layer + 1) for other in reversed(behind) if other not in seen]
    return layers


def _swept(layers: Sequence[Nodes], near: Near, down: bool, fixed: bool) -> list[Nodes]:
    """Order every layer by the middle of what is joined in the layer before it."""
    order = range(1, len(layers)) if down else range(len(layers) - 2, -1 + fixed, -1)
    found = [list(layer) for layer in layers]
    for number in order:
        place = {node: position for position, node in enumerate(found[number - 1 if down else number + 1])}
        layer = found[number]
        middles: dict[int, float] = {}
        for position, node in enumerate(layer):
            joined = [place[other] for other in near[node][0 if down else 1]]
            middles[node] = sum(joined) / len(joined) if joined else float(position)
        layer.sort(key=lambda node: middles[node])
    return found


def _exchanged(layers: list[Nodes], near: Near, fixed: bool) -> list[Nodes]:
    """Exchange neighbours in a layer as long as that takes crossings away."""
    for number, layer in list(enumerate(layers))[fixed:]:
        joined: dict[int, list[list[int]]] = {node: [] for node in layer}
        for side, beside in enumerate((number - 1, number + 1)):
            others = layers[beside] if 0 <= beside < len(layers) else ()
            place = {node: position for position, node in enumerate(others)}
            for node in layer:
                joined[node].append([place[other] for other in near[node][side]])
        gains: dict[tuple[int, int], int] = {}  # of every two that have been neighbours
        better, rounds = True, 0
        while better and rounds < ROUNDS:
            better, rounds = False, rounds + 1
            for position in range(len(layer) - 1):
                pair = one, other = layer[position], layer[position + 1]
                if pair not in gains:
                    ends = zip(joined[one], joined[other], strict=True)
                    gains[pair] = sum((a > b) - (a < b) for here, there in ends for a in here for b in there)
                if gains[pair] > 0:
                    layer[position], layer[position + 1] = other, one
                    better = True
    return layers


def _crossings(layers: Sequence[Nodes], near: Near) -> int:
    """Count the crossings between neighbouring layers, in n log n."""
    total = 0
    for number in range(1, len(layers)):
        place = {node: position for position, node in enumerate(layers[number - 1])}
        seen: list[int] = []
        for node in layers[number]:
            joined = sorted(place[other] for other in near[node][0])
            for position in joined:
                total += len(seen) - bisect_left(seen, position + 1)
            for position in joined:
                insort(seen, position)
    return total


# ---------------------------------------------------------------- coordinates


def _heights(layers: Sequence[Nodes], near: Near) -> dict[int, float]:
    """Return the places in the layers, multiples of a half: near the middle of what is joined, in order, 1 apart."""
    at = {node: float(position) for layer in layers for position, node in enumerate(layer)}
    for sweep in range(TURNS + 2):
        down = sweep % 2 == 0
        order = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
        for number in order:
            layer = layers[number]
            wanted, weights = [], []
            for node in layer:
                joined = near[node][0 if down else 1] if sweep < TURNS else (*near[node][0], *near[node][1])
                wanted.append(sum(at[other] for other in joined) / len(joined) if joined else at[node])
                weights.append(STRAIGHT if node < 0 else 1.0 if joined else LOOSE)
            for node, place in zip(layer, _spaced(wanted, weights), strict=True):
                at[node] = place
    rounded: dict[int, float] = {}
    for layer in layers:
        last = None
        for node in layer:
            place = round(2 * at[node]) / 2
            last = place if last is None else max(place, last + 1)
            rounded[node] = last
    return rounded


def _spaced(wanted: Sequence[float], weights: Sequence[float]) -> Iterator[float]:
    """Yield the places nearest to those wanted that are 1 apart and in order: what comes too close is pooled."""
    pools: list[list[float]] = []  # weight, mean place of its first, how many
    for number, (place, weight) in enumerate(zip(wanted, weights, strict=True)):
        pools.append([weight, place - number, 1])
        while len(pools) > 1 and pools[-2][1] > pools[-1][1]:
            w, p, n = pools.pop()
            total = pools[-1][0] + w
            pools[-1] = [total, (pools[-1][0] * pools[-1][1] + w * p) / total, pools[-1][2] + n]
    number = 0
    for _, place, count in pools:
        for _ in range(int(count)):
            yield place + number
            number += 1
