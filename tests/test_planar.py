"""Networks that can be drawn without crossings: their faces, and their pictures."""

from __future__ import annotations

import random

import networkx as nx
import pytest
from networks import program
from pen import figure

from penrose.layout.cells import Edge, Piece
from penrose.layout.compose import lay_out
from penrose.layout.faces import faces
from penrose.layout.planar import planar
from penrose.layout.score import quality


def _piece(graph: nx.Graph) -> Piece:
    nodes = tuple(graph)
    return Piece(nodes, tuple(Edge(a, b, None, None) for a, b in graph.edges), {}, ranked=nodes)


def _is_drawn(graph: nx.Graph) -> bool:
    """Check the faces of a graph, if it has some, and tell whether it has."""
    found = faces({node: tuple(graph[node]) for node in graph})
    if found is None:
        return False
    passed = [way for face in found for way in zip(face, face[1:] + face[:1], strict=True)]
    assert sorted(passed) == sorted([*graph.edges, *((b, a) for a, b in graph.edges)])
    assert len(graph) - graph.number_of_edges() + len(found) == 2
    return True


def test_faces_tell_whether_wires_must_cross() -> None:
    told = [0, 0]
    for seed in range(300):
        rng = random.Random(seed)
        count = rng.randrange(2, 20)
        graph = nx.gnm_random_graph(count, rng.randrange(count - 1, 3 * count), seed=seed)
        graph = graph.subgraph(max(nx.connected_components(graph), key=len)).copy()
        if len(graph) > 1:
            drawn = _is_drawn(graph)
            assert drawn == nx.check_planarity(graph)[0]
            told[drawn] += 1
    assert min(told) > 50


@pytest.mark.parametrize("vertex", range(8))
def test_what_hangs_at_a_vertex_is_in_the_largest_face(vertex: int) -> None:
    graph = nx.Graph([(0, 7), (0, 3), (1, 2), (1, 3), (2, 6), (2, 7), (3, 6), (4, 5), (4, 6), (5, 7)])
    order = range(8)
    plain = faces({node: tuple(sorted(graph[node])) for node in order})
    graph.add_edge(vertex, 10)
    found = faces({node: tuple(sorted(graph[node])) for node in (*order, 10)})
    assert plain
    assert found
    (face,) = (face for face in found if 10 in face)
    assert len(face) == 2 + max(len(face) for face in plain if vertex in face)


def test_a_tree_and_what_must_cross_have_no_planar_placement() -> None:
    assert planar(_piece(nx.star_graph(4))) is None
    assert planar(_piece(nx.complete_graph(5))) is None


@pytest.mark.parametrize("name", ["dodecahedral", "icosahedral", "tutte", "frucht", "truncated_cube"])
def test_polyhedra_have_no_crossings(name: str) -> None:
    graph = getattr(nx, f"{name}_graph")()
    found = quality(lay_out(figure(program(sorted(graph.edges)))).picture)
    assert {key: value for key, value in found.items() if key.startswith("H") and value} == {}
    assert found["S1"] == 0


def _thinned(size: int, seed: int) -> nx.Graph:
    """Return a connected planar graph: a sheet of triangles without a third of its wires."""
    graph = nx.triangular_lattice_graph(size, 2 * size)
    graph = nx.convert_node_labels_to_integers(graph, ordering="sorted")
    wires = sorted(graph.edges)
    random.Random(seed).shuffle(wires)
    for wire in wires[: len(wires) // 3]:
        graph.remove_edge(*wire)
        if not nx.is_connected(graph):
            graph.add_edge(*wire)
    return graph


@pytest.mark.parametrize("seed", range(4))
def test_what_can_be_drawn_without_crossings_is(seed: int) -> None:
    graph = _thinned(5, seed)
    legs = [node for node in graph if graph.degree(node) == 2][:3]
    found = quality(lay_out(figure(program(sorted(graph.edges), legs))).picture)
    assert found["S1"] == 0
    assert sum(value for key, value in found.items() if key.startswith("H")) == 0


def test_free_legs_are_on_the_outside() -> None:
    """A face with free legs is the outer one, though another one is larger."""
    graph = nx.cycle_graph(4)
    nx.add_path(graph, [0, 4, 5, 6, 7, 2])
    piece = _piece(graph)
    inner = Piece(piece.vertices, piece.edges, {1: ("down",), 3: ("up",)}, ranked=piece.ranked)
    cells = planar(inner)
    assert cells
    ring = [cells[vertex] for vertex in range(4)]
    for vertex in (4, 5, 6, 7):
        assert _inside(cells[vertex], [*ring[:3], *(cells[v] for v in (7, 6, 5, 4))]) is None
        assert cells[vertex] not in ring
    assert _inside(cells[5], ring)


def _inside(point: tuple[float, float], ring: list[tuple[float, float]]) -> bool | None:
    """Tell whether a point is within a ring; None if it is a corner of it."""
    if point in ring:
        return None
    x, y = point
    ways = zip(ring, ring[1:] + ring[:1], strict=True)
    return (
        sum((y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0) for (x0, y0), (x1, y1) in ways) % 2 == 1
    )
