"""Where networks stand: known structures exactly, all small graphs and those of the field without faults."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import combinations, islice, pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import programs
import pytest
from conftest import ROOT
from networks import (
    Tensors,
    atlas,
    box,
    circuit,
    mera,
    norm,
    of_slots,
    program,
    random_tree,
    regular,
    ring,
    rings,
    six,
    spins,
    torus,
)
from pen import figure, hard, scene
from test_read import check

from penrose.data import Data, replace
from penrose.driver import load
from penrose.layout.board import Board
from penrose.layout.candidates import narrowed
from penrose.layout.cells import Cell, Cells, Edge, Piece
from penrose.layout.compose import lay_out
from penrose.layout.drawn import Drawn
from penrose.layout.geometry import STEPS, box_of, curve, distance, extent, labels_of
from penrose.layout.ground import Ground
from penrose.layout.layered import by_legs, by_order, layered
from penrose.layout.motifs import bonded, rounds
from penrose.layout.part import Part
from penrose.layout.place import others as other_placements
from penrose.layout.place import place
from penrose.layout.scene import Box, Label, Point, Scene, Station, Wire
from penrose.layout.score import quality, score
from penrose.layout.search import improve
from penrose.layout.settle import Places, settled
from penrose.layout.sheets import of_environments
from penrose.layout.stress import stressed
from penrose.layout.symmetric import symmetric
from penrose.layout.tips import WORSE, Surroundings
from penrose.layout.torus import torus as flat_torus
from penrose.layout.trees import roomy_tree, trees
from penrose.model.expression import Factor, Product


def at(drawn: Scene, name: str) -> tuple[float, float]:
    point = drawn.picture.points[name]
    return point.x, point.y


def wire_ends(drawn: Scene, wire: Wire) -> tuple[tuple[float, float], tuple[float, float]]:
    line = curve(wire, drawn.picture.points)
    return line[0], line[-1]


def piece(edges: list[tuple[int, int]]) -> Piece:
    vertices = tuple(sorted({vertex for edge in edges for vertex in edge}))
    return Piece(vertices, tuple(Edge(a, b, "any", "any") for a, b in edges), {}, ranked=vertices)


def piece_of(tensors: Tensors) -> Piece:
    ends: dict[str, list[int]] = {}
    for number, legs in enumerate(tensors):
        for leg in legs:
            ends.setdefault(leg, []).append(number)
    return piece([(joined[0], joined[1]) for joined in ends.values() if len(joined) == 2])


def crossings(found: Piece, cells: Cells) -> int:
    """Count crossings by looking at all pairs of lines, with none of the board's squares."""

    def turn(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    count = 0
    for number, (a, b) in enumerate(found.lines):
        for c, d in found.lines[number + 1 :]:
            if len({a, b, c, d}) == 4:
                p, q, r, s = (cells[vertex] for vertex in (a, b, c, d))
                count += turn(p, q, r) * turn(p, q, s) < 0 and turn(r, s, p) * turn(r, s, q) < 0
    return count


# ---------------------------------------------------------------- the parts of the engine


def test_the_board_counts_crossings_as_all_pairs_do() -> None:
    compared = 0
    for number, graph in enumerate(atlas()):
        found = piece(sorted(graph.edges))
        generator = [(7 * number + 13 * vertex) % 23 for vertex in found.vertices]
        cells = {v: (float(g % 5), float(g // 5 + 5 * (v % 2))) for v, g in zip(found.vertices, generator, strict=True)}
        if len(set(cells.values())) == len(cells):
            flat = any(cells[a][1] == cells[b][1] == cells[c][1] for a, b in found.lines for c, _ in found.lines)
            if not flat:
                assert Board(found, cells).count_crossings() == crossings(found, cells)
                compared += 1
    assert compared > 30


def test_a_crossing_counts_for_every_one_of_parallel_wires() -> None:
    cells = {0: (0.0, 0.0), 1: (2.0, 2.0), 2: (0.0, 2.0), 3: (2.0, 0.0)}
    for times, others in ((1, 1), (2, 1), (2, 3)):
        assert Board(piece([(0, 1)] * times + [(2, 3)] * others), cells).count_crossings() == times * others


def test_crossings_beyond_a_limit_are_told_to_be_more() -> None:
    drawn = piece([(a, b) for a in range(4) for b in range(4, 8)])
    board = Board(drawn, {vertex: (2.0 * (vertex % 4), float(vertex // 4)) for vertex in range(8)})
    count = board.count_crossings()
    assert count == 36
    assert [board.count_crossings(most) for most in (count, count + 1)] == [count, count]
    assert all(most < board.count_crossings(most) for most in range(count))


def test_a_move_gains_what_the_whole_becomes_cheaper() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2), (1, 4)]
    found = piece(edges)
    cells = {0: (0.0, 0.0), 1: (3.0, 0.0), 2: (3.0, 3.0), 3: (0.0, 3.0), 4: (1.0, 2.0)}
    board = Board(found, cells)
    for cell in ((5.0, 5.0), (-1.0, 2.0), (2.0, -1.0), (2.0, 5.0)):
        gain = board.price({4: cells[4]}) - board.price({4: cell})
        before, after = Board(found, cells), Board(found, cells | {4: cell})
        whole = before.total(before.count_crossings()) - after.total(after.count_crossings())
        assert gain == pytest.approx(whole, abs=1e-5), cell
    found = piece([(0, 1), (0, 1), (2, 3), (2, 3), (2, 3)])
    cells = {0: (0.0, 0.0), 1: (4.0, 4.0), 2: (0.0, 1.0), 3: (4.0, 5.0)}
    exchanged = {0: cells[2], 2: cells[0]}
    before, after = Board(found, cells), Board(found, cells | exchanged)
    whole = before.total(before.count_crossings()) - after.total(after.count_crossings())
    assert after.count_crossings() == 6
    assert before.price({0: cells[0], 2: cells[2]}) - before.price(exchanged) == pytest.approx(whole, abs=1e-5)


def test_two_vertices_together_cost_no_more_than_one_and_the_other() -> None:
    """So that what an exchange may gain is known before it is looked at."""
    generator = random.Random(5)
    shared = 0
    for _ in range(60):
        edges = list({tuple(sorted(generator.sample(range(7), 2))) for _ in range(10)})
        found = piece([(a, b) for a, b in edges])
        places = generator.sample([(float(x), float(y)) for x in range(4) for y in range(3)], len(found.vertices))
        cells = dict(zip(found.vertices, places, strict=True))
        board = Board(found, cells, strict=generator.random() < 0.5)
        for a, b in combinations(found.vertices, 2):
            both, apart = board.price({a: cells[a], b: cells[b]}), board.price_of(a) + board.price_of(b)
            assert both <= apart + 1e-6
            shared += both < apart - 1e-6
    assert shared > 100


def test_the_price_of_a_vertex_is_known_until_something_moves() -> None:
    found = piece([(0, 1), (1, 2)])
    board = Board(found, {0: (0.0, 0.0), 1: (1.0, 0.0), 2: (2.0, 0.0)})
    before = board.price_of(0)
    board.move({1: (1.0, 3.0)})
    assert board.price_of(0) == board.price({0: (0.0, 0.0)}) > before


def test_empty_columns_and_rows_that_clear_nothing_are_taken_out() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 0)]
    square = {0: (0.0, 0.0), 1: (0.0, 3.0), 2: (4.0, 3.0), 3: (4.0, 0.0)}
    assert narrowed(Board(piece(edges), square)).cells == {0: (0, 0), 1: (0, 1), 2: (1, 1), 3: (1, 0)}
    slanted = {0: (0.0, 0.0), 1: (1.0, 1.0), 2: (4.0, 2.0), 3: (1.0, 2.0)}  # nearer, the wire would run over 1
    assert narrowed(Board(piece([(0, 2), (1, 3)]), slanted)).cells == slanted
    box = extent(scene(of_slots(regular(70, 1))).picture)  # which is large before that
    assert box.y1 - box.y0 < 28


def test_a_long_wire_goes_around_what_is_in_its_row_if_a_row_beside_it_is_free() -> None:
    def board(*rows: float, arcs: bool = True) -> Board:
        cells = {n: (float(n), 0.0) for n in range(4)} | {4 + n: (1.0 + n, row) for n, row in enumerate(rows)}
        found = piece([(0, 3), (0, 1), (1, 2), *((2, 4 + n) for n in range(len(rows)))])
        return Board(found, cells, strict=True, arcs=arcs)

    around, blocked, straight = board(1.0), board(1.0, -1.0), board(1.0, arcs=False)
    assert around.has_arcs()
    assert around.buried() == []
    assert not blocked.has_arcs()
    assert sorted(blocked.buried()) == sorted(straight.buried()) == [0, 1, 2, 3]


def test_a_price_beyond_its_limit_is_beyond_it() -> None:
    """Whatever the limit, a price is exact, or both it and the exact one are above the limit."""
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2), (1, 4), (3, 5), (5, 0)]
    cells = {0: (0.0, 0.0), 1: (3.0, 0.0), 2: (3.0, 3.0), 3: (0.0, 3.0), 4: (1.0, 2.0), 5: (2.0, 1.0)}
    board = Board(piece(edges), cells)
    cut = 0
    for moved in ({4: (2.0, 4.0)}, {5: (1.0, 1.0)}, {4: cells[5], 5: cells[4]}, {0: (1.0, -1.0)}):
        exact = board.price(moved)
        for tenths in range(0, 20):
            found = board.price(moved, exact * tenths / 10)
            assert found == exact or min(found, exact) > exact * tenths / 10
            assert found <= exact
            cut += found != exact
    assert cut > 10


def test_the_nearest_free_cells_are_found_from_those_of_neighbours() -> None:
    generator = random.Random(3)
    ground, taken = Ground(), set[Cell]()
    for number in range(300):
        middle = (float(generator.randint(-5, 5)), float(generator.randint(-5, 5)))
        away = {(x, y): max(abs(x - middle[0]), abs(y - middle[1])) for x in range(-15, 16) for y in range(-15, 16)}
        reach = ground.reach(middle)
        assert reach == min(far for cell, far in away.items() if cell not in taken)
        for wider in (0, 1, 2):
            expected = sorted(cell for cell, far in away.items() if far == reach + wider and cell not in taken)
            assert sorted(ground.ring(middle, reach + wider)) == expected
        cell = middle if number % 3 else (float(generator.randint(-8, 8)), float(generator.randint(-8, 8)))
        if cell not in taken:
            taken.add(cell)
            ground.take(cell)


def test_layers_of_a_planar_network_cross_nowhere() -> None:
    edges = [(0, 2), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (4, 6)]
    found = piece(edges)
    cells = layered(found, by_order(found))
    assert cells is not None
    assert crossings(found, cells) == 0
    assert all(cells[a][0] < cells[b][0] for a, b in edges)
    assert len(set(cells.values())) == 7


def test_layers_with_far_more_crossings_than_there_are_otherwise_are_given_up() -> None:
    found = piece_of(regular(60, 1))
    cells = layered(found, by_order(found))
    assert cells is not None
    count = crossings(found, cells)
    assert layered(found, by_order(found), most=count) == cells
    assert layered(found, by_order(found), most=count / 4) is None


def test_a_large_tree_stays_as_it_is() -> None:
    """All leaves side by side, everything else over the middle of what hangs on it."""
    drawn = scene(program([((n - 1) // 2, n) for n in range(1, 511)]))
    places = [at(drawn, node.name) for node in drawn.picture.nodes]
    leaves = places[255:]
    assert len({y for _, y in leaves}) == 1
    assert [x for x, _ in leaves] == sorted(x for x, _ in leaves)
    assert all(2 * places[n][0] == pytest.approx(places[2 * n + 1][0] + places[2 * n + 2][0]) for n in range(255))


@pytest.mark.parametrize(("count", "rows"), [(3, 1), (6, 2), (20, 5)])
def test_the_layers_of_a_tree_are_as_far_apart_as_its_wires_are_flat(count: int, rows: int) -> None:
    fan = [(0, n + 1) for n in range(count)]
    (found, *_) = trees(piece([*fan, *((n, count + n) for n in (1, 2, 3))]))
    assert {found.cells[0][1] - found.cells[n][1] for _, n in fan} == {rows}
    assert {found.cells[n][1] - found.cells[count + n][1] for n in (1, 2, 3)} == {1}


def with_legs(edges: list[tuple[int, int]], family: list[int]) -> Piece:
    """Return a piece with one leg at every vertex, to be below it; these are numbered in that order."""
    return replace(piece(edges), tips=dict.fromkeys(family, ("down",)), family=tuple(family))


def test_most_legs_of_leaves_that_are_in_order_hang_and_others_are_beside() -> None:
    fan = [(0, n) for n in range(1, 8)] + [(n, n + 7) for n in range(1, 8)]
    (plain, *_) = trees(piece(fan))
    leaves = sorted(range(8, 15), key=lambda n: plain.cells[n])
    family = [leaves[place] for place in (1, 2, 4, 5, 6, 3, 0)]  # so that the last two of it stand before others
    found = roomy_tree(with_legs(fan, [*range(8), *family]))
    assert found
    assert found.cells == plain.cells
    assert {n: found.tips[n] for n in leaves} == dict.fromkeys(family[:5], "down") | dict.fromkeys(family[5:], "right")


def test_legs_in_a_column_are_in_order_on_either_side_of_it() -> None:
    lines = [(0, 1), (0, 2), (1, 3), (3, 4), (4, 5), (2, 6), (6, 7), (7, 8), (0, 9), (9, 10), (10, 11), (11, 12)]
    for numbers, sides in (([9, 10, 11], ["right", "right", "right"]), ([11, 9, 10], ["left", "right", "right"])):
        found = roomy_tree(with_legs(lines, [*numbers, 12, *range(9)]))
        assert found
        assert len({found.cells[n][0] for n in (9, 10, 11, 12)}) == 1
        assert [found.tips[n] for n in numbers] == sides


def test_a_leg_leaves_a_layer_where_no_wire_does() -> None:
    fan = [(0, n) for n in range(1, 16)] + [(n, n + 15) for n in (1, 5, 11, 15)]
    found = roomy_tree(with_legs(fan, [*range(17), 20, 26, 30]))
    assert found
    first, *_, last = sorted((1, 5, 11, 15), key=lambda n: found.cells[n])
    assert (found.tips[0], found.tips[first], found.tips[last]) == ("up", "left", "right")


def test_two_legs_of_one_tensor_stay_together() -> None:
    one = with_legs([(0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6)], [*range(7)])
    found = roomy_tree(replace(one, tips=dict(one.tips) | {4: ("down", "down"), 1: ("up",)}))
    assert found
    assert found.tips.keys() == {0, 2, 3, 5, 6}


def test_trees_of_some_size_are_also_drawn_with_room_for_their_legs() -> None:
    one = with_legs(
        [(0, 1), (0, 2), *((n, 2 * n + 1) for n in range(1, 20)), *((n, 2 * n + 2) for n in range(1, 20))], [*range(41)]
    )
    (plain, *_) = trees(one)
    assert next(other_placements(one, plain)) == roomy_tree(one) != plain


def test_versions_of_a_picture_come_first_that_need_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a larger network is drawn again for what more room cures, and not searched again."""
    tensors = piece_of(regular(24, 1))
    found = place(tensors)

    def searched(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("penrose.layout.candidates.improve", searched)
    roomy, *mirrored = islice(other_placements(tensors, found), 4)
    for ratio, one in ((1.3, roomy), *((1, one) for one in mirrored)):
        for vertex, (x, y) in one.cells.items():
            x0, y0 = found.cells[vertex]
            assert (abs(x), abs(y)) == pytest.approx((ratio * abs(x0), ratio * abs(y0)))
    assert len({frozenset(one.cells.items()) for one in (found, roomy, *mirrored)}) == 5


def test_a_leg_of_a_large_tree_leaves_where_a_hint_says() -> None:
    plain = of_slots(random_tree(70, 1))
    drawn = scene(plain)
    name = next(
        wire.ends[0][0]
        for wire in drawn.picture.wires
        if wire.ends[1] is None and wire.ends[0] and wire.labels[1] and wire.labels[1].side == "right"
    )
    leg = next(
        wire.index for wire in drawn.picture.wires if wire.ends[1] is None and wire.ends[0] and wire.ends[0][0] == name
    )
    formula = plain.partition(": ")[2]
    asked = scene(f"figure f {{\n  {formula}\n  layout {{ leg {name.replace('-', '_')}.{leg} left }}\n}}")
    assert at(asked, f"{name}--{leg.replace('_', '-')}")[0] < at(asked, name)[0]


@pytest.mark.parametrize(("count", "seed"), [(250, 1), (500, 2), (800, 3)])
def test_wires_of_a_large_tree_neither_cross_nor_pass_tensors(count: int, seed: int) -> None:
    tensors = random_tree(count, seed)
    times = Counter(index for legs in tensors for index in legs)
    found = quality(scene(of_slots([tuple(leg for leg in legs if times[leg] > 1) for legs in tensors])).picture)
    assert hard(found) == {}
    assert found["S1"] == 0


def test_stress_keeps_neighbours_near() -> None:
    ring = [(n, (n + 1) % 12) for n in range(12)]
    cells = stressed(piece(ring))
    lengths = [abs(cells[a][0] - cells[b][0]) + abs(cells[a][1] - cells[b][1]) for a, b in ring]
    assert max(lengths) <= 4
    assert crossings(piece(ring), cells) == 0


def test_what_a_free_leg_meets_is_counted() -> None:
    points = {
        name: Point(*place)
        for name, place in {"A": (0.0, 0.0), "B": (2.0, 2.0), "C": (-1.0, -0.5), "D": (1.0, -0.5)}.items()
    }
    points |= {"along": Point(0.42, 0.45), "through": Point(0.0, -0.8), "apart": Point(-0.42, 0.42)}

    def wire(*names: str, free: bool = False) -> Wire:
        ends = ((names[0], 0), None if free else (names[1], 0))
        return Wire("b", ends, tuple(Station(name, name) for name in names), 1)

    around = Surroundings(points, [], [wire("A", "B"), wire("C", "D")])
    assert around.met(wire("A", "along", free=True)) == WORSE**2
    assert around.met(wire("A", "through", free=True)) == WORSE**2
    assert around.met(wire("A", "apart", free=True)) == 0


def test_less_room_around_a_label_counts_for_less_than_meeting_something() -> None:
    points = {"A": Point(0.0, 0.0), "tip": Point(0.8, 0.0)}
    leg = Wire("b", (("A", 0), None), (Station("A", "A"), Station("tip", "tip")), 1, labels=(None, Label("b", "right")))
    ((_, _, label),) = labels_of(leg, points)
    near, far = (Box(label.x1 + gap, -1.0, label.x1 + 1, 1.0) for gap in (0.05, 0.2))
    over = Box(label.x1 - 0.05, -1.0, label.x1 + 1, 1.0)
    met = [Surroundings(points, [box], []).met(leg) for box in (far, near, over)]
    assert met == [0, 1, WORSE**2]


def test_a_leg_ends_where_its_label_says() -> None:
    """Also where directions were tried from both ends, and those of the first attempt were better."""
    for tensors in (random_tree(80, 1), random_tree(100, 2), random_tree(80, 2)):
        drawn = scene(of_slots(tensors))
        assert hard(quality(drawn.picture)) == {}
        for wire in drawn.picture.wires:
            label = wire.labels[1]
            if label and wire.ends[1] is None and wire.ends[0]:
                (x0, y0), (x1, y1) = wire_ends(drawn, wire)
                way = STEPS[label.side]
                assert (x1 - x0) * way[0] + (y1 - y0) * way[1] > 0, wire.index


def test_the_legs_of_an_operator_leave_on_both_sides() -> None:
    drawn = scene("figure f: H[a,s,t,d] = L[a,b] W[b,s,t,c] R[c,d]")
    assert at(drawn, "W--s")[1] > at(drawn, "W")[1] > at(drawn, "W--t")[1]


# ---------------------------------------------------------------- structures


def test_a_tree_hangs_with_its_legs_in_order_on_one_line() -> None:
    (one,) = load(ROOT / "examples" / "T-47d-tree.pen").document.figures
    drawn = lay_out(one)
    rows: dict[str, set[float]] = {}
    for node in drawn.picture.nodes:
        rows.setdefault(node.name.partition("-")[0], set()).add(at(drawn, node.name)[1])
    assert [len(rows[kind]) for kind in "TVW"] == [1, 1, 1]
    assert min(rows["T"]) > min(rows["V"]) > min(rows["W"])
    tips = [point for name, point in drawn.picture.points.items() if name.startswith("W") and "--s-" in name]
    below = sorted(tip for tip in tips if tip.y < min(rows["W"]))
    assert len(below) == 8
    assert len({round(tip.y, 3) for tip in below}) == 1


TEETH = "prod[n=1..5](x_n[s_n])"


@pytest.mark.parametrize(
    ("formula", "row", "teeth"),
    [
        (
            "p[z_1] T_1[z_1,z_2] T_2[z_2,z_3] T_3[z_3,z_4] O_1[z_1,x_1] O_2[z_2,x_2] O_3[z_3,x_3] O_4[z_4,x_4]",
            "p dot--z-1 T-1 dot--z-2 T-2 dot--z-3 T-3",
            "O-1 O-2 O-3 O-4",
        ),
        (f"prod[n=1..5](open A_n[b_{{n-1}},s_n,b_n]) {TEETH}", "A-1 A-2 A-3 A-4 A-5", "x-1 x-2 x-3 x-4 x-5"),
        (f"l[b_0] prod[n=1..5](A_n[b_{{n-1}},s_n,b_n]) {TEETH} r[b_5]", "l A-1 A-2 A-3 A-4 A-5 r", "x-1 x-5"),
        ("relu(D[v] A[v,u] D[u] H[u,c] W[c,d] -> [v,d])", "dot--v A dot--u H W", "D D--2"),
    ],
)
def test_a_comb_is_a_row_with_the_rest_under_it(formula: str, row: str, teeth: str) -> None:
    drawn = scene(f"figure f: {formula}")
    found = quality(drawn.picture)
    assert hard(found) == {}
    assert (found["S1"], found["S2"], found["S3"]) == (0, 0, 100)
    places = [at(drawn, name) for name in row.split()]
    assert places == sorted(places)
    assert len({y for _, y in places}) == 1
    columns = {x for x, _ in places}
    assert all(at(drawn, name)[0] in columns and at(drawn, name)[1] < places[0][1] for name in teeth.split())


def test_what_goes_on_at_the_end_of_a_comb_is_unlike_what_hangs_on_it() -> None:
    drawn = scene("figure f: x[h] y[k,f] A[h,k,a] B[a,l,b] u[l] C[b,m,c] v[m] D[c,n] w[n]")
    level = at(drawn, "A")[1]
    assert at(drawn, "y")[1] == level
    assert at(drawn, "x") == (at(drawn, "A")[0], at(drawn, "u")[1])


def test_weights_stand_over_the_bonds_of_a_row_with_legs_below() -> None:
    drawn = scene("figure f: G_1[s_1,a] l_1[a] G_2[a,s_2,b] l_2[b] G_3[b,s_3,c] l_3[c] G_4[c,s_4]")
    row = [at(drawn, f"G-{n}") for n in range(1, 5)]
    assert row == sorted(row)
    assert len({y for _, y in row}) == 1
    assert all(at(drawn, f"l-{n}")[1] > row[0][1] for n in range(1, 4))


def test_the_leaves_of_an_even_tree_are_on_one_line_under_its_root() -> None:
    isometry = "tensor V[a,i,j] isometry(a)\n"
    four = "R[a,b] C_1[a,g_1,g_2] C_2[b,g_3,g_4] prod[n=1..4](U_n[g_n,i_n])"
    eight = (
        "R[a,b] B_1[a,c,d] B_2[b,e,f] C_1[c,g_1,g_2] C_2[d,g_3,g_4] C_3[e,g_5,g_6] C_4[f,g_7,g_8] "
        "prod[n=1..8](U_n[g_n,i_n])"
    )
    for formula, root, leaves in (
        (four, "R", [f"U-{n}" for n in range(1, 5)]),
        (eight, "R", [f"U-{n}" for n in range(1, 9)]),
        ("T[a,b] V[a,s_1,s_2] V[b,s_3,s_4]", "T", ["V", "V--2"]),
    ):
        drawn = scene(f"{isometry}figure f: {formula}")
        places = [at(drawn, leaf) for leaf in leaves]
        assert hard(quality(drawn.picture)) == {}
        assert quality(drawn.picture)["S1"] == 0
        assert places == sorted(places)
        assert {y for _, y in places} == {min(at(drawn, node.name)[1] for node in drawn.picture.nodes)}
        assert at(drawn, root)[0] == pytest.approx((places[0][0] + places[-1][0]) / 2)
        assert all(wire_ends(drawn, wire)[1][1] < places[0][1] for wire in drawn.picture.wires if not wire.ends[1])


@pytest.mark.parametrize(
    ("formula", "ends", "rows"),
    [
        ("e[i,j,k] A[i,a] A[j,b] A[k,c] e[a,b,c]", "e e--2", ["A", "A--2", "A--3"]),
        ("L[l,i,j,k] A[i,a] B[j,b] C[k,c] R[a,b,c,m] -> [l,m]", "L R", ["A", "B", "C"]),
        ("T[i,j,k] A[i,a] B[a,l] C[j,b] D[b,m] E[k,c] F[c,n] S[l,m,n]", "T S", ["A B", "C D", "E F"]),
        ("A[i,r] B[j,r] A[i,s] B[j,s] -> [r,s]", "dot--r dot--s", ["A A--2", "B B--2"]),
    ],
)
def test_chains_between_two_ends_are_rows(formula: str, ends: str, rows: list[str]) -> None:
    drawn = scene(f"figure f: {formula}")
    found = quality(drawn.picture)
    assert hard(found) == {}
    assert (found["S1"], found["S2"]) == (0, 0)
    left, right = (at(drawn, name) for name in ends.split())
    assert left[1] == right[1]
    places = [[at(drawn, name) for name in row.split()] for row in rows]
    heights = [row[0][1] for row in places]
    assert heights == sorted(heights, reverse=True)
    for row in places:
        assert len({y for _, y in row}) == 1
        assert [left[0], *(x for x, _ in row), right[0]] == sorted([left[0], *(x for x, _ in row), right[0]])


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("A[i,r] B[j,r] -> [(i j),r]", "A B"),
        ("A[i,k] B[j,l] -> [(i j),(k l)]", "A B"),
        (
            "(A[i,k] B[j,l] -> [(i j),(k l)]) (C[k,m] D[l,n] -> [(k l),(m n)]) -> [(i j),(m n)]",
            "A B, C D",
        ),
        ("A[i,j] B[j,k] C[l,m] -> [(i l),(k m)]", "A, C, B"),
        ("A[i,k] B[j,l] x[(k l)] -> [i,j]", "A B, x"),
        ("A[i,k] B[j,l] M[(k l),m] -> [i,j,m]", "A B, M"),
        ("A[i,k] B[j,l] x[(k l)] u[i] v[j] -> []", "u v, A B, x"),
    ],
)
def test_fused_legs_are_rows_between_bars(formula: str, columns: str) -> None:
    drawn = scene(f"figure f: {formula}")
    found = quality(drawn.picture)
    assert hard(found) == {}
    assert found["S1"] == 0
    places = [[at(drawn, name) for name in column.split()] for column in columns.split(", ")]
    assert [len({x for x, _ in column}) for column in places] == [1] * len(places)
    assert all(column == sorted(column, key=lambda place: -place[1]) for column in places)
    assert [column[0][0] for column in places] == sorted(column[0][0] for column in places)
    for bar in (node for node in drawn.picture.nodes if node.shape == "bar"):
        y = at(drawn, bar.name)[1]
        thin = [wire for wire in drawn.picture.wires if not wire.thick and (bar.name in {e[0] for e in wire.ends if e})]
        ends = [wire_ends(drawn, wire) for wire in thin]
        assert all(one[1] == other[1] for one, other in ends)
        assert sum(one[1] for one, _ in ends) == pytest.approx(len(ends) * y)


def test_an_effective_hamiltonian_acts_from_above_in_all_panels() -> None:
    drawn = scene("figure f: L[k,w,a] W[w,s',s,v] R[l,v,b] A[a,s,b] = E A[k,s',l]")
    places = [at(drawn, name) for name in "LWR"]
    assert places == sorted(places)
    assert len({y for _, y in places}) == 1
    assert at(drawn, "A")[0] == at(drawn, "W")[0]
    sides = {wire.labels[1].side for wire in drawn.picture.wires if wire.labels[1]}
    assert sides == {"up"}


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("M[f,v,e,r] = C_1[c,d] T_1[c,u,e] T_4[d,l,f] E[l,u,v,r]", ["C-1 T-1", "T-4 E"]),
        ("M[u,l,d,r] = A[a,b,u] B[b,c,l] C[c,e,d] D[e,a,r]", ["A D", "B C"]),
        ("M[x,y,z,w] = A[a,b,x] B[b,c,y] C[c,d,z] D[d,a,w]", ["A D", "B C"]),
    ],
)
def test_a_ring_of_four_with_legs_on_all_sides_is_a_square(formula: str, rows: list[str]) -> None:
    drawn = scene(f"figure f: {formula}")
    found = quality(drawn.picture)
    assert hard(found) == {}
    assert (found["S1"], found["S3"]) == (0, 100)
    (a, b), (c, d) = ([at(drawn, name) for name in row.split()] for row in rows)
    assert (a[1], c[1], a[0], b[0]) == (b[1], d[1], c[0], d[0])
    assert a[0] < b[0]
    assert a[1] > c[1]


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        (
            "prod[m=1..2,n=1..2](open A_{m,n}[h_{m,n-1}, v_{m-1,n}, s_{m,n}, v_{m,n}, h_{m,n}])",
            ["A-1-1 A-1-2", "A-2-1 A-2-2"],
        ),
        ("A_{3,9}[a,p,b] A_{3,10}[a,q,c] A_{4,9}[b,r,d] A_{4,10}[c,s,d]", ["A-3-9 A-3-10", "A-4-9 A-4-10"]),
        ("A[s_1,a,b] B[s_2,a,c] C[s_3,b,d] D[s_4,c,d]", ["A B", "C D"]),
        ("D[c,d,s_4] A[a,b,s_1] C[b,d,s_3] B[a,c,s_2]", ["A B", "C D"]),
    ],
)
def test_four_sites_that_are_not_numbered_around_their_ring_are_a_sheet(formula: str, rows: list[str]) -> None:
    drawn = scene(f"figure f: {formula}")
    assert hard(quality(drawn.picture)) == {}
    (a, b), (c, d) = ([at(drawn, name) for name in row.split()] for row in rows)
    assert (a[1], c[1], a[0], b[0]) == (b[1], d[1], c[0], d[0])
    assert a[0] < b[0]
    assert a[1] > c[1]
    assert {wire.labels[1].side for wire in drawn.picture.wires if wire.labels[1]} == {"up", "down"}


def test_sites_that_are_numbered_around_their_ring_are_a_row() -> None:
    drawn = scene("figure f: A[s_1,a,b] B[s_2,b,c] C[s_3,c,d] D[s_4,d,a]")
    assert len({at(drawn, name)[1] for name in "ABCD"}) == 1


@pytest.mark.parametrize("count", [4, 5, 7, 9, 12])
@pytest.mark.parametrize("weight", ["", "λ[r] "])
def test_factors_that_share_an_index_are_a_row_below_its_dot(count: int, weight: str) -> None:
    drawn = scene(f"figure f: {weight}prod[n=1..{count}](A_n[s_n,r])")
    found = quality(drawn.picture)
    assert hard(found) == {}
    assert found["S1"] == 0
    places = [at(drawn, f"A-{n}") for n in range(1, count + 1)]
    x, y = at(drawn, "dot--r")
    assert places == sorted(places)
    assert len({height for _, height in places}) == 1
    assert places[0][1] < y
    assert places[0][0] + places[-1][0] == pytest.approx(2 * x)
    assert not weight or at(drawn, "lambda") == (x, pytest.approx(y + 1, abs=0.2))


def test_factors_at_both_ends_of_a_star_are_on_the_row_of_its_dot_and_the_others_below_in_order() -> None:
    drawn = scene("figure f: T[i,j,k,l] = C[k,r] A[i,r] D[l,r] B[j,r]")
    a, b, c, d, dot = (at(drawn, name) for name in ("A", "B", "C", "D", "dot--r"))
    assert a[1] == dot[1] == d[1] > b[1] == c[1]
    assert a[0] < dot[0] < d[0]
    assert b[0] < dot[0] < c[0]


def test_the_leg_of_a_sum_in_brackets_on_a_dot_leaves_towards_that_in_all_terms() -> None:
    drawn = scene("figure f: softmax[k](Q[q,h,c] * (K[k,h,c] + R[k,h,c]) -> [q,h,k])")
    assert hard(quality(drawn.picture)) == {}
    inside = [wire for wire in drawn.picture.wires if wire.index == "h" and {e[0] for e in wire.ends if e} & {*"KR"}]
    assert [label.side for wire in inside for label in wire.labels if label] == ["up", "up"]


def test_a_star_with_legs_to_both_sides_has_a_column_on_either() -> None:
    drawn = scene("figure f: delta[a,b,c,d,e] A[a,s] B[b,t] C[c,u] D[d,v] E[e,w]")
    assert hard(quality(drawn.picture)) == {}
    columns = [[at(drawn, name) for name in row] for row in ("ABC", "DE")]
    assert [len({x for x, _ in column}) for column in columns] == [1, 1]
    assert all(column == sorted(column, reverse=True) for column in columns)


def test_neither_of_two_legs_ends_within_the_picture() -> None:
    drawn = Drawn(scene("figure f: y[q,o] = A[g,h,q,k] x[k,d] W_V[g,d,e] W_O[g,h,e,o]").picture)
    assert drawn.crossings == []
    assert drawn.shut_in == []


@pytest.mark.parametrize("formula", ["A[i,j] B[j,i]", "delta[i,i]", "delta[i,i] A[k]", "2"])
def test_what_has_no_leg_or_a_ring_has_none_shut_in(formula: str) -> None:
    assert Drawn(scene(f"figure f: {formula}").picture).shut_in == []


@pytest.mark.parametrize("matrix", ["M[(i j k l)]", "M[x,(i j k l)]"])
def test_tensors_on_a_bar_are_in_a_column_opposite_what_it_groups_for(matrix: str) -> None:
    drawn = scene(f"figure f: {matrix} A[i,a] B[j,b] C[k,c] D[l,d]")
    found = quality(drawn.picture)
    assert hard(found) == {}
    assert (found["S1"], found["S3"]) == (0, 100)
    places = [at(drawn, name) for name in "ABCD"]
    assert len({x for x, _ in places}) == 1
    assert places == sorted(places, reverse=True)


def test_a_leg_that_ends_within_the_picture_is_shut_in() -> None:
    corners = "place A at (0, 0); place B at (6, 0); place C at (3, -5)"
    for side, count in {"up": 1, "down": 0}.items():
        drawn = Drawn(
            scene(f"figure f {{\n  A[i,j] B[j,k] C[k,i,s]\n  layout {{ {corners}; leg C.s {side} }}\n}}").picture
        )
        assert len(drawn.shut_in) == count


@pytest.mark.parametrize(
    ("formula", "row"),
    [
        ("h[i] = z[i] tanh(W[i,j] x[j] + U[i,k] y[k])", "dot--i W x U y"),
        ("h[i] = (one[i] - z[i]) * tanh(W[i,j] x[j] + U[i,k] y[k])", "dot--i W x U y"),
        ("h[i] = tanh(W[i,j] x[j] + U[i,k] y[k]) * (one[i] - z[i])", "dot--i W x U y"),
    ],
)
def test_the_largest_of_what_is_multiplied_elementwise_stands_on_the_row(formula: str, row: str) -> None:
    drawn = scene(f"figure f: {formula}")
    assert hard(quality(drawn.picture)) == {}
    places = [at(drawn, name) for name in row.split()]
    assert places == sorted(places)
    assert len({y for _, y in places}) == 1
    assert at(drawn, "z")[1] > places[0][1]


@pytest.mark.parametrize("slots", ["s',t',s,t", "s,t,s',t'"])
def test_weights_on_the_bonds_of_a_row_are_behind_it_where_gates_stand_before_it(slots: str) -> None:
    gate = "tensor V[a,b,s,t] unitary(a,b)\n"
    for name in "UV":
        drawn = scene(f"{gate}figure f: l_1[l] G_1[l,s,m] l_2[m] G_2[m,t,r] l_3[r] {name}[{slots}] -> [l,s',t',r]")
        found = quality(drawn.picture)
        assert hard(found) == {}
        assert (found["S1"], found["S3"]) == (0, 100)
        x, y = at(drawn, name)
        assert x == (at(drawn, "G-1")[0] + at(drawn, "G-2")[0]) / 2
        assert (y > 0) == (slots[1] == "'")
        height = at(drawn, "G-1")[1]
        assert at(drawn, "G-2")[1] == height
        assert {(at(drawn, f"l-{n}")[1] - height) * (y - height) < 0 for n in (1, 2, 3)} == {True}


@pytest.mark.parametrize(
    "program",
    [
        "A[a,s] B[a,t,b] C[b,u] X[v,s',s] Y[v,t',t,w] Z[w,u',u]",
        "A[a,s1] B[a,b,s2] C[b,s3] X[v,s1',s1] Y[v,w,s2',s2] Z[w,s3',s3]",
        "A[a,s,b] A[b,t,c] A[c,u,a] W[v,s',s,w] W[w,t',t,x] W[x,u',u,v]",
        "A[a,s,b] O[s',s]",
    ],
)
def test_what_an_operator_acts_on_is_where_its_slots_say(program: str) -> None:
    """Legs s' above s where the operator has it first, and then it has no marks."""
    for formula, side in ((program, "up"), (re.sub(r"(\w+'),(\w+)", r"\2,\1", program), "down")):
        drawn = scene(f"figure f: {formula}").picture
        assert hard(quality(drawn)) == {}
        ends = {wire.labels[1].side for wire in drawn.wires if wire.labels[1] and wire.index.endswith("'")}
        assert ends == {side}
        assert not any(re.search("[WXYZO].*T", node.label) for node in drawn.nodes)


@pytest.mark.parametrize(
    ("factors", "sides"),
    [
        ("A[a,b,c,d,s] conj(A[k,l,m,n,s])", "a k left, b l down left, c m up right, d n right"),
        ("A[u,l,s,d,r] O[s,t] B[t,u',l',d',r']", "l l' left, d d' down left, u u' up right, r r' right"),
    ],
)
def test_the_sites_of_two_sheets_stand_over_one_another(factors: str, sides: str) -> None:
    drawn = scene(f"figure f: {factors}").picture
    assert hard(quality(drawn)) == {}
    assert len({drawn.points[node.name].x for node in drawn.nodes}) == 1
    ends = {wire.index: wire.labels[1].side for wire in drawn.wires if wire.labels[1]}
    for told in sides.split(", "):
        one, other, side = told.split(" ", 2)
        assert (ends[one], ends[other]) == (side, side)


def test_legs_of_a_single_site_leave_along_the_axes() -> None:
    drawn = scene("figure f: A[a,b,c,d,s] v[s]").picture
    assert not any(" " in wire.labels[1].side for wire in drawn.wires if wire.labels[1])


@pytest.mark.parametrize(
    ("formula", "size"),
    [
        ("C[a,b] T[b,u,c] D[c,e] R[e,r,f] E[f,g] B[g,d,h] F[h,k] L[k,l,a]", (3, 3)),
        ("C[a,b] T[b,u,v,c] D[c,e] R[e,r,s,f] E[f,g] B[g,d,x,h] F[h,k] L[k,l,m,a]", (3, 3)),
        ("x[u,v,r,d,w,l] = C[a,b] T[b,u,c] S[c,v,i] D[i,e] R[e,r,f] E[f,g] B[g,d,j] A[j,w,h] F[h,k] L[k,l,a]", (4, 3)),
    ],
)
def test_the_legs_of_an_environment_point_inwards(formula: str, size: tuple[int, int]) -> None:
    drawn = scene(f"figure f: {formula}")
    assert hard(quality(drawn.picture)) == {}
    ring = {node.name: drawn.picture.points[node.name] for node in drawn.picture.nodes if node.name != "x"}
    xs, ys = sorted({point.x for point in ring.values()}), sorted({point.y for point in ring.values()})
    assert (len(xs), len(ys)) == size
    assert (ring["C"].x, ring["C"].y, ring["D"].y, ring["F"].x) == (xs[0], ys[-1], ys[-1], xs[0])
    for wire in drawn.picture.wires:
        if wire.ends[0] and wire.ends[1] is None and wire.ends[0][0] in ring:
            _, (x, y) = wire_ends(drawn, wire)
            assert xs[0] < x < xs[-1]
            assert ys[0] < y < ys[-1]


@pytest.mark.parametrize(
    "formula",
    [
        "C[a,b] T[b,u,c] D[c,e] R[e,r,f] E[f,g] B[g,d,a]",  # three corners
        "C[a,b] T[b,u,c] S[c,v,i] D[i,e] R[e,r,f] E[f,g] B[g,d,h] F[h,k] L[k,l,a]",  # sides that are not equally long
        "C[a,b] D[b,c] T[c,u,d] E[d,e] R[e,r,f] F[f,g] L[g,l,a]",  # corners side by side
        "A[a,u,b] B[b,v,c] C[c,w,d] D[d,x,a]",  # no corners
        "C[a,b] T[b,u,c] D[c,e] R[e,r,f] E[f,g] B[g,d,h] F[h,k] L[k,l]",  # open
    ],
)
def test_what_has_another_form_is_no_environment(formula: str) -> None:
    assert of_environments(figure(f"figure f: {formula}").chains[0]) == {}


def test_identities_alone_are_lines_from_the_left_to_the_right() -> None:
    for formula in ("delta[i,l] delta[j,k]", "delta[i,k] delta[j,l] = delta[i,l] delta[j,k]"):
        drawn = scene(f"figure f: {formula}").picture
        ends = {label.text: label.side for wire in drawn.wires for label in wire.labels if label}
        assert ends == {"i": "left", "j": "left", "k": "right", "l": "right"}


def test_gates_stand_over_straight_lanes() -> None:
    (one,) = (f for f in load(ROOT / "examples" / "field-tebd.pen").document.figures if f.name == "brickwork")
    drawn = lay_out(one)
    height = {node.name: at(drawn, node.name)[1] for node in drawn.picture.nodes}
    assert len({height[f"A-{n}"] for n in range(1, 7)}) == 1
    assert height["A-1"] > height["U-1"] == height["U-2"] == height["U-3"] > height["U-4"] == height["U-5"]
    ends = [at(drawn, name) for name in ("U-1--s-1", "U-4--s-2", "U-4--s-3", "U-5--s-4", "U-5--s-5", "U-3--s-6")]
    assert [x for x, _ in ends] == [at(drawn, f"A-{n}")[0] for n in range(1, 7)]
    assert len({y for _, y in ends}) == 1
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in (wire_ends(drawn, wire) for wire in drawn.picture.wires))


def test_lanes_lie_where_a_hint_or_free_legs_say_so() -> None:
    gates = "tensor U[a,b,s,t] unitary(a,b), V[a,b,s,t] unitary(a,b)\n"
    hint = "\n  layout { flow right }\n"
    hinted = scene(f"{gates}figure f {{\n  U[c,d,p,s_3] V[b,p,s_1,s_2] x[b] y[c] z[d] -> [s_1,s_2,s_3]{hint}}}")
    assert at(hinted, "x")[0] == at(hinted, "y")[0] == at(hinted, "z")[0] < at(hinted, "U")[0] < at(hinted, "V")[0]
    assert at(hinted, "x")[1] > at(hinted, "y")[1] > at(hinted, "z")[1]
    identity = scene(f"{gates}figure f: conj(U[s,t,a,b]) U[s,t,c,d] = delta[a,c] delta[b,d]")
    assert all(a[1] == b[1] for a, b in (wire_ends(identity, wire) for wire in identity.picture.wires))


def test_rows_on_both_sides_of_gates_face_one_another() -> None:
    state = " ".join(f"A_{n}[a_{n},k_{n},a_{n + 1}]" for n in range(1, 6))
    other = " ".join(f"B_{n}[b_{n},{'k' if n == 1 else 'l'}_{n},b_{n + 1}]" for n in range(1, 6))
    gates = "U[l_2,l_3,k_2,k_3] U[l_4,l_5,k_4,k_5]"
    drawn = scene(f"tensor U[a,b,s,t] unitary(a,b)\nfigure f: {state} {other} {gates} -> [a_1,a_6,b_1,b_6]")
    rows = {letter: {at(drawn, f"{letter}-{n}")[1] for n in range(1, 6)} for letter in "AB"}
    assert len(rows["A"]) == len(rows["B"]) == 1
    assert all(at(drawn, f"A-{n}")[0] == at(drawn, f"B-{n}")[0] for n in range(1, 6))


@pytest.mark.parametrize(
    "program",
    [
        "U[i,j,p,q] U[p,q,i,j] -> []",  # closed lanes
        "U[s_1,s_2,p,q] U[p,r,x,y] T[q,r] -> [s_1,s_2,x,y]",
        "U[i,j,a,c] U[k,l,b,d] A[a,b,c,d] -> [i,j,k,l]",  # lanes that would cross
        "U[s_1,s_2,a,b] U[s_3,s_4,c,d] A[a,m] B[b,m,n] C[c,n,o] D[d,o,p] E[m,p] -> [s_1,s_2,s_3,s_4]",
        "U[s_1,0,a,b] A[a] B[b] -> [s_1]",
        "U[s_1,s_2,a,b] W[s_3,b,c,d] A[a] B[c] C[d] -> [s_1,s_2,s_3]",
    ],
)
def test_what_has_gates_but_no_lanes_is_drawn_too(program: str) -> None:
    drawn = scene(f"tensor U[a,b,s,t] unitary(a,b), W[c,a,b,d] isometry(c)\nfigure f: {program}")
    found = quality(drawn.picture)
    assert hard(found) == {}


@pytest.mark.parametrize("seed", range(40))
def test_circuits_are_straight_and_read_back(seed: int) -> None:
    one = figure(programs.circuit(seed))
    found = quality(lay_out(one).picture)
    assert hard(found) == {}
    assert (found["S1"], found["S3"]) == (0, 100)
    check(one, seed)


def test_a_slanted_wire_meets_a_triangle_at_its_tip() -> None:
    (one,) = load(ROOT / "examples" / "T-47d-tree.pen").document.figures
    drawn = lay_out(one).picture
    met = 0
    for wire in drawn.wires:
        if len(wire.stations) == 3:
            tip = drawn.points[wire.stations[1].x_of]
            node = drawn.called[tip.anchor]
            assert (node.shape, node.turn) == ("triangle", 90)
            assert tip.x == pytest.approx(drawn.points[node.name].x)
            assert tip.y - drawn.points[node.name].y == pytest.approx(node.extent.up, abs=1e-3)
            met += 1
    assert met == 6


def test_the_tip_tells_its_slot_and_other_legs_in_another_order_are_marked() -> None:
    declared = "tensor W[c, a, b] isometry(c)\n"
    plain = scene(declared + "figure f: conj(W[c,a,b]) W[d,a,b]").picture
    crossed = scene(declared + "figure f: conj(W[c,a,b]) W[d,b,a]").picture
    assert not any(any(wire.marks) for wire in plain.wires)
    assert sum(sum(map(bool, wire.marks)) for wire in crossed.wires) == 1


def test_the_legs_of_a_sheet_leave_in_one_direction() -> None:
    (one,) = load(ROOT / "examples" / "T-47c-peps.pen").document.figures
    drawn = lay_out(one)
    ways = set()
    for wire in drawn.picture.wires:
        if wire.ends[1] is None:
            (x0, y0), (x1, y1) = at(drawn, wire.stations[0].x_of), at(drawn, wire.stations[1].x_of)
            ways.add((round(x1 - x0, 3), round(y1 - y0, 3)))
    assert len(ways) == 1


def test_the_layers_of_a_box_lie_behind_one_another() -> None:
    edges = []
    for x in range(3):
        for y in range(3):
            for z in range(3):
                edges += [((x, y, z), (x + 1, y, z))] * (x < 2) + [((x, y, z), (x, y + 1, z))] * (y < 2)
                edges += [((x, y, z), (x, y, z + 1))] * (z < 2)
    found = quality(scene(program(edges)).picture)
    assert hard(found) == {}
    assert found["S1"] <= 24


def test_a_periodic_state_is_a_row_that_a_loop_closes() -> None:
    for sites in (3, 6, 20):
        drawn = scene(of_slots(ring(sites)))
        assert len({at(drawn, f"T-{n}")[1] for n in range(sites)}) == 1
        tips = [point for name, point in drawn.picture.points.items() if "--s-" in name]
        assert len({tip.y for tip in tips}) == 1
        assert [tip.x for tip in tips] == sorted(tip.x for tip in tips)
        assert sum(len(wire.stations) == 6 for wire in drawn.picture.wires) == 1


def test_rings_above_one_another_are_rows_closed_above_and_below() -> None:
    for sites in (3, 4, 7):
        drawn = scene(of_slots(rings(sites)))
        upper, lower = ({at(drawn, f"T-{k * sites + n}")[1] for n in range(sites)} for k in (0, 1))
        assert len(upper) == len(lower) == 1
        corners = sorted(
            {at(drawn, wire.stations[2].x_of)[1] for wire in drawn.picture.wires if len(wire.stations) > 2}
        )
        assert corners[0] < min(lower) < min(upper) < corners[1]
        assert quality(drawn.picture)["S1"] == 0


def test_a_periodic_mera_has_layers_and_loops_around_them() -> None:
    for sites in (4, 8, 32):
        drawn = scene(of_slots(mera(sites)))
        assert quality(drawn.picture)["S1"] == 0
        assert len({at(drawn, f"T-{n}")[1] for n in range(0, sites, 2)}) == 1
        loops = [wire for wire in drawn.picture.wires if len(wire.stations) == 6]
        assert len(loops) == sites.bit_length() - 2


def test_rows_between_tall_tensors_reach_them_straight() -> None:
    (one,) = (f for f in load(ROOT / "examples" / "field-dmrg.pen").document.figures if f.name == "energy")
    drawn = lay_out(one)
    places = {node.stands_for: at(drawn, node.name) for node in drawn.picture.nodes}
    assert places["L"][0] < places["W"][0] == places["M"][0] == places["conj(M)"][0] < places["R"][0]
    assert places["conj(M)"][1] > places["L"][1] == places["W"][1] == places["R"][1] > places["M"][1]
    tall = {node.stands_for: node.extent.height for node in drawn.picture.nodes if node.stands_for in "LR"}
    assert min(tall.values()) > places["conj(M)"][1] - places["M"][1]
    found = quality(drawn.picture)
    assert (found["S1"], found["S3"], found["S7"]) == (0, 100, 100)
    double = scene("figure f: L[a,b,c,d] A[a,b,p] B[c,p,q] C[d,q]")  # a double wire needs two rows
    assert quality(double.picture)["H3"] == 0


def test_operators_tell_which_way_the_gates_beside_them_face() -> None:
    gates = "tensor U[a,b,s,t] unitary(a,b), V[a,b,s,t] unitary(a,b)\n"
    drawn = scene(f"{gates}figure f: U[a,b,s,t] O[s,p] P[t,q] V[p,q,c,d] x[a] y[b] z[c] w[d]")
    heights = [{at(drawn, name)[1] for name in row} for row in (("x", "y"), ("U",), ("O", "P"), ("V",), ("z", "w"))]
    assert [len(row) for row in heights] == [1] * 5
    assert sorted(heights, key=max, reverse=True) == heights


def test_gates_are_near_the_rows_that_lanes_begin_in_and_vectors_end_them_in_one_row() -> None:
    gates = f"tensor {', '.join(f'{name}[a,b,s,t] unitary(a,b)' for name in 'UVW')}\n"
    circuit = "A_1[a,i] A_2[i,b,j] A_3[j,c,k] A_4[k,d,l] A_5[l,e] U[a,b,s_1,g] W[g,c,s_2,s_3] V[d,e,s_4,s_5]"
    free = scene(f"{gates}figure f: {circuit} -> [s_1,s_2,s_3,s_4,s_5]")
    assert at(free, "A-1")[1] > at(free, "U")[1] == at(free, "V")[1] > at(free, "W")[1]
    circuit = "x[a] y[b] z[c] v[d] w[e] U[a,b,f,g] W[g,c,m,n] V[d,e,o,p] B[f,m,n,o,p]"
    ended = scene(f"{gates}figure f: {circuit}")
    assert len({at(ended, name)[1] for name in "xyzvw"}) == 1


@pytest.mark.parametrize(
    "program",
    [
        "x[a,b] = g[m] K[m,a,b]",
        "x[a,b] = K[a,b,m] g[m]",
        "H[a,b] = J[m,a] J[m,b] + g[m] K[m,a,b]",
        "M[a,b] = X[a,j,k] B[j,b] C[k,b]",
    ],
)
def test_free_legs_leave_on_the_same_sides_everywhere(program: str) -> None:
    """Also where a vector or a row would take the place of one of them."""
    wires = scene(f"figure f: {program}").picture.wires
    sides = {(wire.index, wire.labels[1].side) for wire in wires if wire.ends[1] is None and wire.labels[1]}
    assert sides == {("a", "left"), ("b", "right")}


def test_a_tensor_that_joins_few_of_many_rows_is_not_tall() -> None:
    drawn = scene("figure f: A[a,l] B[a,b,m] C[b,c] D[c,d] E[d,e] F[e,f] G[f,g] H[g,n] L[l,m,n]")
    assert max(node.extent.height for node in drawn.picture.nodes) < 1


def test_what_looks_like_an_image_is_no_norm() -> None:
    twisted: Tensors = [(f"r{(n - 1) % 10}", f"r{n}", f"x{n % 5}") for n in range(10)]
    inner = [legs if len(legs) < 4 else legs[:-1] for legs in random_tree(8, 0)]  # with legs in the middle
    for tensors in (twisted, norm(inner)):
        found = quality(scene(of_slots(tensors)).picture)
        assert hard(found) == {}


@pytest.mark.parametrize("seed", range(0, 60, 3))
@pytest.mark.parametrize("flow", ["", "\n  layout { flow right }\n"])
def test_circuits_behind_a_wall_go_on_outside(seed: int, flow: str) -> None:
    declared, drawn = programs.circuit(seed).split("\nfigure f: ")
    body, legs = drawn.rsplit(" -> ", 1)
    one = figure(f"{declared}\nfigure f {{ relu({body} -> {legs}) -> {legs}{flow} }}")
    found = quality(lay_out(one).picture)
    assert hard(found) == {}
    assert found["S1"] == 0
    check(one, seed)


def test_wires_follow_a_gate_that_is_moved() -> None:
    gates = "tensor U[a,b,s,t] unitary(a,b), V[a,b,s,t] unitary(a,b)\n"
    hint = "\n  layout { place V at (8, -4) }\n"
    drawn = scene(f"{gates}figure f {{\n  U[a,b,s_1,d] V[d,c,s_2,s_3] x[a] y[b] z[c] -> [s_1,s_2,s_3]{hint}}}")
    assert quality(drawn.picture)["H6"] == 0
    ends = {wire.index: wire_ends(drawn, wire)[1] for wire in drawn.picture.wires if wire.ends[1] == ("V", 0)}
    assert ends["d"][1] == at(drawn, "V")[1]
    assert abs(ends["d"][0] - 8) < 1


def test_what_is_joined_in_a_row_moves_together() -> None:
    ladder = piece([(0, 1), (2, 3), (0, 2), (1, 3)])
    board = Board(ladder, {0: (0, 0), 1: (1, 0), 2: (0, -3), 3: (1, -3)})
    assert {y for _, y in improve(board, ladder.ranked, 1000, with_runs=True).values()} in ({0, -1}, {-2, -3}, {-1, -2})


def test_neighbours_that_gather_legs_at_once_are_no_layers() -> None:
    beside = Piece((0, 1, 2), (Edge(0, 1, "any", "any"), Edge(1, 2, "any", "any")), {}, ranked=(0, 1, 2))
    assert by_legs(replace(beside, tips={0: ("down", "down"), 2: ("down", "down")})) == {0: 0, 2: 0, 1: 1}
    assert by_legs(replace(beside, tips={0: ("down", "down"), 1: ("down", "down")})) is None
    assert by_legs(beside) is None


def test_what_gathers_legs_rises_in_layers() -> None:
    drawn = scene(of_slots(six()["MERA 8"]))
    rows = [{at(drawn, f"T-{number}")[1] for number in row} for row in ((0, 1, 2), (3, 4, 5, 6), (7,), (8, 9), (10,))]
    assert [len(row) for row in rows] == [1] * 5
    assert sorted(rows, key=max) == rows
    assert (quality(drawn.picture)["S1"], quality(drawn.picture)["S7"]) == (0, 100)


@pytest.mark.parametrize(
    ("formula", "above", "below"),
    [
        ("X[q,a] W[h,a,c] K[h,b,c] Z[k,b] Y[k,d] V[h,d,e] O[h,e,o]", "dot--h", ""),
        ("A[h,a,b] B[b,c] C[c,d] D[h,d,e] E[h,e,f]", "dot--h", ""),
        ("X[b,q,a] W[h,a,c] K[h,d,c] Z[b,k,d] Y[b,k,e] V[h,e,f] O[h,f,o]", "dot--h", "dot--b"),
        ("X[b,q,a] W[h,a,c] K[h,d,c] Z[b,k,d] Y[b,k,e] V[h,e,f] O[h,f,o] -> [b,q,o]", "dot--b", "dot--h"),
        ("X[b,q,a] W[h,a,c] K[h,d,c] Z[b,k,d] -> [b,h,q,k]", "dot--b", "dot--h"),
        ("A[b,h,q,k] X[b,k,e] V[h,e,f] O[h,f,o]", "dot--h", ""),
    ],
)
def test_a_row_with_hyperedges_lies_between_their_dots(formula: str, above: str, below: str) -> None:
    drawn = scene(f"figure f: {formula}")
    found = quality(drawn.picture)
    assert sum(value for metric, value in found.items() if metric.startswith("H")) == found["S1"] == 0
    tensors = {node.name for node in drawn.picture.nodes if node.shape != "dot"}
    assert len({at(drawn, name)[1] for name in tensors}) == 1
    assert found["S2"] == 2 * formula.startswith("A[b,h,q,k]")  # two wires between two tensors are arcs
    for dot, sign in ((above, 1), (below, -1)):
        if dot:
            assert sign * at(drawn, dot)[1] > sign * at(drawn, min(tensors))[1]


def test_a_tensor_has_arms_where_their_legs_end() -> None:
    for core, legs in (("a,b,c,d", "i j k l"), ("a,b,c,d,e", "i_1 i_2 i_3 i_4 i_5"), ("a,b,c,d,e,f", "i j k l m n")):
        slots = zip(legs.split(), core.split(","), strict=True)
        arms = " ".join(f"M_{n}[{leg},{slot}]" for n, (leg, slot) in enumerate(slots))
        drawn = scene(f"figure f: G[{core}] {arms}")
        (first, *below, last) = (at(drawn, f"M-{n}") for n in range(len(legs.split())))
        x, y = at(drawn, "G")
        assert first[1] == last[1] == y
        assert x - first[0] == last[0] - x > 0
        assert {height for _, height in below} == {below[0][1]}
        assert below[0][1] < y
        assert sum(place for place, _ in below) == pytest.approx(len(below) * x)
        assert below == sorted(below)
        labels = [drawn.picture.called[f"M-{n}"].label for n in range(1, 1 + len(below))]
        assert all("mathsf{T}" in label for label in labels) or len(below) > 3  # where the outer ones lean more
    drawn = scene("figure f: G[a,b,c,d,s] A[i,a] B[j,b] C[k,c] D[l,d]")  # the core has a leg of its own, on the right
    (x, y), arms = at(drawn, "G"), [at(drawn, name) for name in "ABCD"]
    assert arms[0] == (x - 1.25, y)
    assert sum(place for place, _ in arms[1:]) == pytest.approx(3 * x)
    text = "figure f {\n G[a,b,c,d] A[i,a] B[j,b] C[k,c] D[l,d]\n layout { leg B.j left } }"
    drawn = scene(text)
    assert at(drawn, "A")[0] == at(drawn, "B")[0]
    assert at(drawn, "A")[1] > at(drawn, "B")[1]


def test_matrices_on_the_ends_of_a_tensor_go_on_in_its_direction() -> None:
    wires = scene("figure f: G[a,b,c] A[i,a] B[j,b] C[k,c]").picture.wires
    sides = {wire.index: label.side for wire in wires if (label := wire.labels[1])}
    assert sides == {"i": "left", "j": "down", "k": "right"}


def test_a_norm_is_a_state_over_its_image() -> None:
    tree: Tensors = [("a", "b"), ("a", "c", "d"), ("b", "e", "f"), *((leg, f"{leg}1", f"{leg}2") for leg in "cdef")]
    for half in (tree, mera(8), mera(16)):
        drawn = scene(of_slots(norm(half)))
        found = quality(drawn.picture)
        assert (found["S1"], found["S7"]) == (0, 100)
        for number in range(len(half)):
            (x, y), image = at(drawn, f"T-{number}"), at(drawn, f"T-{number + len(half)}")
            assert image == (x, -y)
            assert y > 0


@pytest.mark.parametrize(("ket", "bra", "legs"), [(1, -1, "s_1,s_2,t_1,t_2"), (-1, 1, "t_1,t_2,s_1,s_2")])
def test_a_reduced_density_matrix_is_a_state_over_its_image_with_legs_on_both_sides(
    ket: int, bra: int, legs: str
) -> None:
    state = "A_1[s_1,a_1] A_2[a_1,s_2,a_2] A_3[a_2,s_3,a_3] A_4[a_3,s_4]"
    image = "conj(A_1[t_1,b_1]) conj(A_2[b_1,t_2,b_2]) conj(A_3[b_2,s_3,b_3]) conj(A_4[b_3,s_4])"
    drawn = scene(f"figure f: {state} {image} -> [{legs}]")
    columns = []
    for number in range(1, 5):
        (x, y), conjugate = at(drawn, f"A-{number}"), at(drawn, f"A-{number}--2")
        assert conjugate == (x, -y)
        assert y * ket > 0
        columns.append(x)
    assert columns == sorted(columns)
    assert at(drawn, "A-1--s-1")[1] * ket > at(drawn, "A-1")[1] * ket
    assert at(drawn, "A-1--2--t-1")[1] * bra > at(drawn, "A-1--2")[1] * bra


def test_the_ends_of_rows_are_joined_to_their_first_and_last_legs() -> None:
    drawn = scene("figure f: L[c,a] A[a,s,b] O[s,t] conj(A[c,t,d]) R[b,d]")
    assert at(drawn, "L")[0] < at(drawn, "O")[0] < at(drawn, "R")[0]
    assert at(drawn, "A")[0] == at(drawn, "O")[0] == at(drawn, "A--2")[0]


BOTH = "A_1[a_0,s_1,a_1] A_2[a_1,s_2,a] h[s_1,s_2,t_1,t_2] conj(A_1[b_0,t_1,b_1]) conj(A_2[b_1,t_2,b])"
WIDE = "M[a_0,s_1,s_2,a] h[s_1,s_2,t_1,t_2] conj(M[b_0,t_1,t_2,b])"
LONG = (
    "A[a_0,s,a_1] X[s,t] conj(A[b_0,t,b_1]) prod[n=1..N](A[a_n,s_n,a_{n+1}] conj(A[b_n,s_n,b_{n+1}]))"
    " A[a_{N+1},u,a] Y[u,v] conj(A[b_{N+1},v,b])"
)


@pytest.mark.parametrize("inner", [BOTH, WIDE, LONG])
@pytest.mark.parametrize("formula", ["L[a_0,b_0] {} R[a,b]", "R[a,b] L[a_0,b_0] {}"])
def test_environments_are_as_high_as_what_is_between_them(inner: str, formula: str) -> None:
    drawn = scene(f"figure f: {formula.format(inner)}")
    found = quality(drawn.picture)
    assert not hard(found)
    assert found["S3"] == 100
    boxes = {node.name: box_of(node, drawn.picture.points) for node in drawn.picture.nodes}
    assert (boxes["L"].y0, boxes["L"].y1) == (boxes["R"].y0, boxes["R"].y1)
    assert boxes["L"].y1 == pytest.approx(max(box.y1 for box in boxes.values()))
    assert boxes["L"].y0 == pytest.approx(min(box.y0 for box in boxes.values()))
    assert max(boxes["L"].x1, boxes["R"].x1) == max(box.x1 for box in boxes.values())
    assert all(box.x1 - box.x0 < 0.7 for name, box in boxes.items() if name.startswith("A"))


def test_the_ends_of_a_row_are_no_environments() -> None:
    row = "A_0[q_0,a_1] A_1[a_1,q_1,a_2] A_2[a_2,q_2,a_3] A_3[a_3,q_3,a_4] A_4[a_4,q_4]"
    drawn = scene(f"tensor U[a,b,s,t] unitary(a,b)\nfigure f: {row} B[q_0,q_1,g,h,q_4] U[g,h,q_2,q_3]")
    assert len({at(drawn, f"A-{n}")[1] for n in range(5)}) == 1


@pytest.mark.parametrize(("site", "most"), [("A_{}", 1), ("A", 3)])
def test_few_of_many_matrices_are_tried_as_environments(monkeypatch: pytest.MonkeyPatch, site: str, most: int) -> None:
    """Matrices on the bonds of a tangle join the same slots of two others, and are still no environments."""
    slots: dict[int, list[str]] = {}
    matrices = []
    for bond, (a, b) in enumerate(sorted(nx.random_regular_graph(3, 12, seed=1).edges)):
        slots.setdefault(a, []).append(f"i_{bond}")
        slots.setdefault(b, []).append(f"j_{bond}")
        matrices.append(f"X_{bond}[i_{bond},j_{bond}]")
    placed: list[Piece] = []

    def counted(one: Piece) -> Cells:
        placed.append(one)
        return stressed(one)

    monkeypatch.setattr("penrose.layout.candidates.stressed", counted)
    sites = [f"{site.format(number)}[{','.join(legs)}]" for number, legs in slots.items()]
    assert hard(quality(scene(f"figure f: {' '.join(sites + matrices)}").picture)) == {}
    assert 1 <= len(placed) <= most


def test_a_matrix_on_a_gate_is_no_environment() -> None:
    drawn = scene("figure f: E = C[a,s] B[a,t] h[s,t,u,v] conj(C[b,u]) conj(B[b,v])")
    assert at(drawn, "C")[0] == at(drawn, "C--2")[0]
    assert at(drawn, "B")[1] == at(drawn, "C")[1]


@pytest.mark.parametrize("sites", [1, 2, 3])
def test_an_operator_on_one_wide_tensor_is_a_row_under_it(sites: int) -> None:
    row = " ".join(f"W_{n}[w_{n - 1},s_{n},t_{n},w_{n}]" for n in range(1, sites + 1))
    wide = ",".join(f"s_{n}" for n in range(1, sites + 1))
    drawn = scene(f"figure f: L[a,w_0,k] {row} R[b,w_{sites},l] X[a,{wide},b] -> [k,{wide.replace('s', 't')},l]")
    found = quality(drawn.picture)
    assert (hard(found), found["S3"]) == ({}, 100)
    places = [at(drawn, name) for name in ("L", *(f"W-{n}" for n in range(1, sites + 1)), "R")]
    assert places == sorted(places)
    assert len({y for _, y in places}) == 1
    (x, y) = at(drawn, "X")
    assert (x, y > places[0][1]) == ((places[0][0] + places[-1][0]) / 2, True)


@pytest.mark.parametrize("sites", [2, 3])
def test_an_operator_on_an_operator_is_two_rows(sites: int) -> None:
    drawn = scene(f"figure f: prod[n=1..{sites}](open V_n[a_{{n-1}},s_n,m_n,a_n] W_n[b_{{n-1}},m_n,t_n,b_n])")
    assert {at(drawn, f"V-{n}")[1] for n in range(1, sites + 1)} == {at(drawn, "V-1")[1]}
    assert {at(drawn, f"W-{n}")[1] for n in range(1, sites + 1)} == {at(drawn, "W-1")[1]}


@pytest.mark.parametrize(
    "program",
    [
        "figure f: U[0,s_1,a,b] V[s_2,0,c,d] W[b,c,e] X[d,a,f] Y[e,f]",
        "figure f: U[0,1,a,b] V[0,1,c,d] W[b,c,e] X[d,a,f] Y[e,f]",
        "figure f: y[i,j] = relu(U[s_1,i,a,b] V[j,s_1,c,d] W[b,c,e] X[d,a,f] Y[e,f])",
        "figure f {\n  U[s_1,s_2,a,b] V[s_3,s_4,c,d] W[b,c,e] X[d,a,f] Y[e,f]\n  layout { flow right }\n}",
    ],
)
def test_a_ring_with_other_ends_or_hints_is_drawn_too(program: str) -> None:
    found = quality(scene(program).picture)
    assert found["H1"] == found["H3"] == found["H6"] == 0


def test_a_density_matrix_has_its_legs_between_its_two_states() -> None:
    (one,) = (f for f in load(ROOT / "examples" / "field-light-cone.pen").document.figures if f.name == "cone")
    drawn = lay_out(one)
    places = {node.stands_for: (node.name, at(drawn, node.name)[1]) for node in drawn.picture.nodes}
    (bra, low), (ket, high) = places["conj(U_2)"], places["U_2"]
    assert {what for what, (_, y) in places.items() if y > low} >= {"W_2", "W_3", "U_4", "W_5", "W_6", "T"}
    assert {what for what, (_, y) in places.items() if y < high} >= {"conj(W_2)", "conj(U_4)", "conj(T)"}
    points = drawn.picture.points
    up = [point.y for name, point in points.items() if name.startswith(f"{bra}--t-")]
    down = [point.y for name, point in points.items() if name.startswith(f"{ket}--s-")]
    assert len(up) == len(down) == 2
    assert low < max(up) < min(down) < high


@pytest.mark.parametrize("hints", ["put B below A; leg A.a down; leg A.b down", "put B right of A; leg A.a right"])
def test_a_leg_that_points_to_a_tensor_has_room_for_its_label(hints: str) -> None:
    drawn = scene(f"figure f {{\n  A[a,b,x] B[x,y] -> [a,b,y]\n  layout {{ {hints} }}\n}}")
    assert hard(quality(drawn.picture)) == {}


# ---------------------------------------------------------------- many networks


MANY = {
    **{f"box {lengths}": box(*lengths) for lengths in ((2, 2, 2), (3, 2, 2), (3, 3, 2), (4, 4, 4))},
    **{f"tree {seed}": random_tree(5 + seed, seed) for seed in range(12)},
    **{f"tree of {count}": random_tree(count, 1) for count in (60, 100, 150, 200)},
    **{f"tree of {count}, its legs where there is room": random_tree(count, 3) for count in (40, 120, 200)},
    **{f"regular {count}": regular(count, count) for count in (8, 12, 16, 24)},
    **{f"circuit {seed}": circuit(3 + seed, 6 + 2 * seed, seed) for seed in range(4)},
    "regular, evenly apart": regular(16, 8),
    "circuit, legs in layers above the lowest": circuit(5, 10, 3),
    "regular, no vertex under a line": regular(20, 7),
    **{f"circuit, labels beside wires {seed}": circuit(4, 8, seed) for seed in (2, 4, 5)},
    **{f"circuit, of several pictures the best {seed}": circuit(5, 10, seed) for seed in (110, 118)},
    "regular, not turned with wires around": regular(70, 4),
    "regular, twice as large": regular(70, 1),
    **{f"mera {sites}": mera(sites) for sites in (4, 8, 16, 64)},
    **{f"rings {sites}": rings(sites) for sites in (3, 8)},
    **{f"torus {lengths}": torus(*lengths, legs=True) for lengths in ((3, 3), (4, 4), (5, 3), (6, 7))},
}


@pytest.mark.parametrize("name", MANY)
def test_networks_of_many_kinds_have_no_faults(name: str) -> None:
    found = quality(scene(of_slots(MANY[name])).picture)
    assert hard(found) == {}


@pytest.mark.parametrize(("rows", "columns"), [(3, 3), (4, 3), (4, 4), (5, 6)])
@pytest.mark.parametrize("legs", [False, True])
def test_a_torus_is_pressed_flat(rows: int, columns: int, legs: bool) -> None:
    drawn = scene(of_slots(torus(rows, columns, legs)))
    found = quality(drawn.picture)
    assert hard(found) == {}
    low, high = sorted((rows, columns))
    assert found["S1"] == high * (low - 2)  # as few as are known
    loops = [wire for wire in drawn.picture.wires if len(wire.stations) > 2]
    assert len(loops) == low
    heights = [at(drawn, node.name)[1] for node in drawn.picture.nodes]
    reach = [y for wire in loops for _, y in curve(wire, drawn.picture.points)]
    assert min(reach) < min(heights)
    assert max(reach) > max(heights)


def test_what_is_no_torus_is_none() -> None:
    lattice = torus(5, 5)
    assert flat_torus(piece_of(lattice)) is not None
    (first, second), rest = lattice[:2], lattice[2:]
    exchanged = [(*first[:3], second[3]), (*second[:3], first[3]), *rest]
    assert flat_torus(piece_of(exchanged)) is None
    assert flat_torus(piece_of(torus(5, 5)[1:])) is None


@pytest.mark.parametrize(("rows", "columns"), [(3, 3), (3, 5), (4, 4)])
@pytest.mark.parametrize("state", [False, True])
def test_matrices_are_in_the_middle_of_the_wires_of_a_lattice(rows: int, columns: int, state: bool) -> None:
    drawn = scene(of_slots(spins(rows, columns, state)))
    found = quality(drawn.picture)
    assert hard(found) == {}
    assert (found["S1"], found["S2"]) == (0, 0)
    slanted = 0
    for wire in drawn.picture.wires:
        (x0, y0), (x1, y1) = wire_ends(drawn, wire)
        slanted += abs(x1 - x0) > 0.01 < abs(y1 - y0)
    assert slanted == (rows * columns if state else 4)  # free legs, or the corners, at which nothing stands


@pytest.mark.parametrize(
    "edges", [[(0, 1), (0, 4), (1, 4), (2, 3), (2, 4), (3, 4)], [(a, b) for a in (0, 1) for b in (2, 3, 4)]]
)
def test_matrices_between_the_same_two_are_in_the_middle_of_no_lattice(edges: list[tuple[int, int]]) -> None:
    assert [*bonded(piece(edges))] == []
    assert hard(quality(scene(program(edges)).picture)) == {}


def test_loops_lie_within_one_another_above_and_below() -> None:
    cylinder = [tuple(leg for leg in legs if not leg.startswith("v0,")) for legs in torus(4, 5)]
    found = quality(scene(of_slots(cylinder)).picture)
    assert found["S1"] == 0


def test_nothing_moves_under_a_wire_so_that_fewer_wires_cross(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[tuple[int, int]] = []

    def under(part: Part, at: Places) -> int:
        ends = {(one.vertex, other.vertex) for one, other in part.joins}
        return sum(distance(at[v], at[a], at[b]) < 0.44 for a, b in ends for v in at if v not in (a, b))

    def watched(part: Part, at: Places, *rest: Any) -> Places:
        moved = settled(part, at, *rest)
        counts.append((under(part, at), under(part, moved)))
        return moved

    monkeypatch.setattr("penrose.layout.piece.settled", watched)
    scene(of_slots(regular(44, 0)))
    assert counts
    assert all(after <= before for before, after in counts)


def test_what_is_tangled_has_more_room_but_not_twice_as_much() -> None:
    drawn = scene(of_slots(regular(60, 0))).picture
    found, box = quality(drawn), extent(drawn)
    assert hard(found) == {}
    assert found["S1"] <= 40
    assert found["S3"] > 60
    assert max(box.x1 - box.x0, box.y1 - box.y0) < 25


def test_a_tangle_grows_as_often_as_a_tensor_lies_under_a_wire() -> None:
    tangle = nx.random_regular_graph(4, 68, seed=3)
    assert hard(quality(scene(program(sorted(tangle.edges))).picture)) == {}


def test_a_version_with_more_crossings_than_another_is_not_the_last_one_tried() -> None:
    graph = nx.gnp_random_graph(24, 2.8 / 24, seed=2)
    whole = nx.convert_node_labels_to_integers(graph.subgraph(max(nx.connected_components(graph), key=len)))
    found = quality(scene(program(sorted(whole.edges), [*whole.nodes][::2])).picture)
    assert hard(found) == {}
    assert found["S1"] <= 8


def test_what_has_too_little_room_for_its_labels_is_drawn_with_more() -> None:
    found = quality(
        scene(of_slots(["abcde", "fghijdk", "ljcm", "nop", "qibr", "olhas", "qgt", "fu", "vw", "vnx"])).picture
    )
    assert hard(found) == {}
    assert found["S1"] == 0


@pytest.mark.parametrize("number", [92, 107, 108, 122])
def test_wires_cross_free_legs_only_where_no_other_picture_is_better(number: int) -> None:
    graph = atlas()[number]
    found = quality(scene(program(sorted(graph.edges), [*graph.nodes][::2])).picture)
    assert hard(found) == {}
    assert found["S1"] == 0


def test_all_small_graphs_have_few_crossings_and_straight_wires() -> None:
    found = [quality(scene(program(sorted(graph.edges))).picture) for graph in atlas()]
    assert len(found) == 139
    hard = sum(value for one in found for name, value in one.items() if name in ("H1", "H3", "H5", "H6"))
    assert hard == 0
    assert sum(one["H2"] for one in found) <= 1
    assert sum(one["S1"] for one in found) / 139 <= 0.41
    assert sum(one["S3"] for one in found) / 139 > 60


SHUFFLED = [
    ["A[a,b]", "B[b,c,d]", "C[c,e]", "D[d,e,f]", "E[f,a]"],
    ["U[i,j]", "λ[j]", "conj(V[k,j])"],
    ["L[a,b,c]", "A[a,s,d]", "W[b,t,e]", "B[c,u,f]", "R[d,e,f]"],
    ["T[a,b,c]", "X[a,d]", "Y[b,e]", "Z[c,f]", "S[d,e,f]"],
]


@pytest.mark.parametrize("factors", SHUFFLED, ids=lambda factors: factors[0])
def test_another_order_of_factors_is_as_good(factors: list[str]) -> None:
    free = " -> [i,k]" if "λ[j]" in factors else ""
    free = " -> [s,t,u]" if "L[a,b,c]" in factors else free
    orders = [factors, factors[::-1], factors[2:] + factors[:2]]
    found = [score(lay_out(figure(f"figure f: {' '.join(order)}{free}")).picture) for order in orders]
    for (faults, soft), (other_faults, other_soft) in pairwise(found):
        assert faults == other_faults == 0
        assert soft == pytest.approx(other_soft, rel=0.05, abs=2)


def reordered(thing: Any, order: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Any:
    """Return an expression with the factors of all its products in another order; the factors stay what they are."""
    if type(thing) is tuple:
        return tuple(reordered(one, order) for one in thing)
    if isinstance(thing, Factor) or not (isinstance(thing, Data) and type(thing).__module__ == Factor.__module__):
        return thing
    parts = {name: getattr(thing, name) for name in thing._fields}
    found = replace(thing, **{name: reordered(part, order) for name, part in parts.items()})
    return replace(found, factors=order(found.factors)) if isinstance(found, Product) else found


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.pen")), ids=lambda path: path.stem)
def test_examples_are_as_good_in_another_order(path: Path) -> None:
    for one in load(path).document.figures:
        hard, soft = score(lay_out(one).picture)
        for order in (lambda t: t[::-1], lambda t: (*t[len(t) // 2 :], *t[: len(t) // 2]), lambda t: t[::2] + t[1::2]):
            chains = tuple(
                tuple(replace(panel, expression=reordered(panel.expression, order)) for panel in chain)
                for chain in one.chains
            )
            other_hard, other_soft = score(lay_out(replace(one, chains=chains)).picture)
            assert other_hard == hard
            assert other_soft == pytest.approx(soft, rel=0.05, abs=2)


# ---------------------------------------------------------------- expectation values


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("C[s,b] B[b,t] h[s',t',s,t] conj(C[s',d]) conj(B[d,t'])", "C--2 B--2, h, C B"),
        ("C[a,s,b] B[b,t,c] h[s',t',s,t] conj(C[a,s',d]) conj(B[d,t',c])", "C--2 B--2, h, C B"),
        ("C[s,b] B[b,t,c] D[c,u] h[s',t',s,t] conj(C[s',d]) conj(B[d,t',e]) conj(D[e,u])", "C--2 B--2 D--2, h, C B D"),
        ("psi[a,b,c] O[b,d] conj(psi[a,d,c])", "psi, O, psi--2"),
        ("psi[i,j] Z[i,k] X[j,l] conj(psi[k,l])", "psi, Z X, psi--2"),
        ("C[a,s,b] B[b,t,c] conj(C[a,s,d]) conj(B[d,t,c])", "C B, C--2 B--2"),
        ("conj(x[i]) H[i,j] x[j]", "x H x--2"),
        ("C[a,s,b] B[b,t,c] h[s,t,u,v] conj(C[d,u,e]) conj(B[e,v,f]) -> [a,d,c,f]", "C B, h, C--2 B--2"),
        ("C[a,s,b] C[b,t,c] h[s,t,u,v] conj(C[d,u,e]) conj(C[e,v,f]) -> [a,d,c,f]", "C C--2, h, C--3 C--4"),
    ],
)
def test_an_expectation_value_has_its_operator_between_a_state_and_its_conjugate(formula: str, rows: str) -> None:
    drawn = scene(f"figure f: {formula}")
    assert hard(quality(drawn.picture)) == {}
    names = [node.name for node in drawn.picture.nodes]
    heights = sorted({at(drawn, name)[1] for name in names}, reverse=True)
    found = [
        sorted((name for name in names if at(drawn, name)[1] == y), key=lambda n: at(drawn, n)[0]) for y in heights
    ]
    assert ", ".join(map(" ".join, found)) == rows


def test_the_lanes_of_an_operator_are_upright() -> None:
    drawn = scene("figure f: C[a,s,b] B[b,t,c] h[s',t',s,t] conj(C[a,s',d]) conj(B[d,t',c])")
    assert quality(drawn.picture)["S3"] == 100


def test_what_has_a_triangle_is_neither_tall_nor_over_several_lanes() -> None:
    isometry = "tensor A[l,s,r] isometry(r)\n"
    drawn = scene(f"{isometry}figure f: A[a,s,b] B[b,t,c] h[s',t',s,t] conj(A[a,s',d]) conj(B[d,t',c])")
    assert "H6" not in hard(quality(drawn.picture))
    assert all(node.least == (0, 0) for node in drawn.picture.nodes if node.shape == "triangle")


def test_a_lane_that_comes_back_to_its_tensor_is_none() -> None:
    unitary = "tensor U[a,b,c,d] unitary(a,b)\n"
    assert hard(quality(scene(f"{unitary}figure f: U[a,b,c,d] rho[c,d,e,f] conj(U[a,b,e,f])").picture)) == {}


@pytest.mark.parametrize(
    ("formula", "tall"),
    [
        ("l[a,c] A[a,s,b] conj(A[c,s,d]) r[b,d]", "l r"),
        ("l[a,c] A[a,s,b] X[s,t] conj(A[c,t,d]) r[b,d]", "l r"),
        ("l[a,c] A[a,s,b] B[b,t,e] conj(A[c,s,d]) conj(B[d,t,f]) r[e,f]", "l r"),
        ("l[a,c] A[a,s,b] O[s,u] B[b,t,e] conj(A[c,u,d]) conj(B[d,t,f]) r[e,f]", "l r"),
        ("L[a,c] A[a,s,b] conj(A[c,s,d]) -> [b,d]", "L"),
        ("L[a,c] A[a,s,b] O[s,t] conj(A[c,t,d]) -> [b,d]", "L"),
        ("A[a,s,b] conj(A[c,s,d]) R[b,d] -> [a,c]", "R"),
    ],
)
def test_rows_of_a_state_and_its_conjugate_are_straight_between_tall_environments(formula: str, tall: str) -> None:
    drawn = scene(f"figure f: {formula}")
    found = quality(drawn.picture)
    assert hard(quality(drawn.picture)) == {}
    assert (found["S1"], found["S3"]) == (0, 100)
    nodes = drawn.picture.nodes
    assert " ".join(node.name for node in nodes if node.extent.height > 1.5 * node.extent.width) == tall
    assert at(drawn, "A")[1] > at(drawn, "A--2")[1]


def test_a_fixed_point_has_its_legs_on_one_side_in_both_panels() -> None:
    drawn = scene("figure f: L[a,c] A[a,s,b] conj(A[c,s,d]) = 2 L[b,d]")
    sides = {label.side for wire in drawn.picture.wires for label in wire.labels if label}
    assert sides == {"right"}


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("A[a,s,b] B[b,t,c] h[s,t,p,q] -> [a,p,q,c]", "A B, h"),
        ("A[s,b] B[b,t] h[s,t,p,q] -> [p,q]", "A B, h"),
        ("A[a,s,b] λ[b,c] B[c,t,d] h[s,t,p,q] -> [a,p,q,d]", "A λ B, h"),
        ("A[a,s,b] B[b,t,c] C[c,u,d] h[p,q,r,s,t,u] -> [a,p,q,r,d]", "A B C, h"),
        ("A[a,s,b] λ[b,c] B[c,t,d] g[s,t,p,q] -> [a,p,q,d]", "A λ B, g"),
    ],
)
def test_a_gate_stands_over_the_legs_of_a_row(formula: str, rows: str) -> None:
    drawn = scene(f"tensor g[a,b,c,d] unitary(a,b)\nfigure f: {formula}")
    assert hard(quality(drawn.picture)) == {}
    assert quality(drawn.picture)["S3"] == 100
    names = {"λ": "lambda"}
    for row in rows.split(", "):
        places = [at(drawn, names.get(name, name)) for name in row.split()]
        assert places == sorted(places)
        assert len({y for _, y in places}) == 1
    assert at(drawn, "A")[1] > at(drawn, rows[-1])[1]


def test_the_legs_beside_a_weighted_bond_are_where_they_are_without_the_weights() -> None:
    drawn = scene("figure f: M[a,p,q,c] = X[a,p,k] S[k] Y[k,q,c]")
    assert at(drawn, "X")[1] == at(drawn, "Y")[1]
    assert at(drawn, "X--p")[1] < at(drawn, "X")[1]
    assert at(drawn, "Y--q")[1] < at(drawn, "Y")[1]


def test_the_dot_of_a_free_leg_stands_above_what_it_joins() -> None:
    drawn = scene("figure f: W_V[h,b,c] W_O[h,c,d] -> [h,b,d]")
    (left, low), (right, level) = at(drawn, "W-V"), at(drawn, "W-O")
    assert low == level
    assert left < right
    assert at(drawn, "dot--h")[1] > low


def test_parallel_wires_keep_clear_of_what_they_bend_around() -> None:
    wires = quality(scene(of_slots(circuit(6, 14, 28))).picture)
    assert (wires["H2"], wires["H3"]) == (0, 0)


def test_a_ring_whose_legs_are_in_the_way_goes_around_a_rectangle() -> None:
    assert sorted(set(next(iter(rounds(piece([(n, (n + 1) % 6) for n in range(6)])))).values())) == [
        (0, -2), (0, -1), (0, 0), (1, -2), (1, -1), (1, 0)
    ]  # fmt: skip
    for cells in rounds(piece([(n, (n + 1) % 9) for n in range(9)])):
        assert len(set(cells.values())) == 9


ISOMETRIES = "".join(f"tensor {name}[c, a, b] complex isometry(c)\n" for name in "VW")
STATE = "conj(T[e,f]) conj(V[e,s,x]) conj(W[f,y,v])"


def _sheet(cells: Cells) -> tuple[set[Cell], float, float]:
    xs, ys = zip(*cells.values(), strict=True)
    return set(cells.values()), min(xs) + max(xs), min(ys) + max(ys)


@pytest.mark.parametrize(
    ("program", "axis"),
    [
        ("figure f: K[n,m] = x[n,i] x[m,i] A[n,m]", 0),
        ("figure f: K[n,m] = x[n,i] x[m,i] σ(z[n,j]) σ(z[m,j])", 0),
        ("figure f: A[i,s] = X[i,j,k] B[j,r] C[k,r] G[r,s]", 1),
        ("figure f: z[d] = p[a] B[a,b] C[a,c] D[b,c,d]", 1),
        ("figure f: y[p,o] = W[o,i,j] x[p,i] x[p,j]", 1),
        ("figure f: M[l,s] M[u,s] M[s,d] M[s,r] = delta[i,j,k,m] M[l,i] M[u,j] M[k,d] M[m,r]", 1),
        (f"{ISOMETRIES}figure f: {STATE} O[x,y,t,u] V[a,s,t] W[b,u,v] T[a,b]", 0),
    ],
)
def test_what_is_its_own_mirror_image_is_drawn_so(program: str, axis: int) -> None:
    """The tensors of the right side stand on the same places if these are mirrored."""
    picture = lay_out(figure(program)).picture
    last = max(node.panel for node in picture.nodes)
    places = {
        i: (round(picture.points[node.name].x, 2), round(picture.points[node.name].y, 2))
        for i, node in enumerate(picture.nodes)
        if node.panel == last
    }
    taken, across, along = _sheet(places)
    mirrored = {(x, round(along - y, 2)) if axis else (round(across - x, 2), y) for x, y in taken}
    assert mirrored == taken


def test_a_network_with_few_reflections_has_them_all_found() -> None:
    """A ring of five vertices has five, each with one vertex on the axis."""
    vertices = tuple(range(5))
    edges = tuple(Edge(a, (a + 1) % 5, "any", "any") for a in vertices)
    cells = list(symmetric(Piece(vertices, edges, {}, ranked=vertices), 500))
    assert cells
    for found in cells:
        taken, across, along = _sheet(found)
        assert {(across - x, y) for x, y in taken} == taken or {(x, along - y) for x, y in taken} == taken
    rigid = Piece(
        (0, 1, 2, 3), tuple(Edge(a, b, "any", "any") for a, b in [(0, 1), (1, 2), (2, 3), (2, 2)]), {3: ("left",)}
    )
    assert not list(symmetric(replace(rigid, ranked=rigid.vertices), 500))


@pytest.mark.parametrize(
    ("formula", "hanging"),
    [
        ("P[y_1,y_2,y_3] = π[x_1] E[x_1,y_1] T[x_1,x_2] E[x_2,y_2] T[x_2,x_3] E[x_3,y_3]", "E"),
        ("K[s_1,t_1] B[s_1,s_2] K[s_2,t_2] B[s_2,s_3] K[s_3,t_3] -> [s_1,s_2,s_3,t_1,t_2,t_3]", "K"),
        ("prod[n=1..4](E_n[x_n,y_n]) prod[n=1..3](T_n[x_n,x_{n+1}]) π[x_1]", "E"),
    ],
)
def test_what_is_called_alike_hangs_alike(formula: str, hanging: str) -> None:
    drawn = scene(f"figure f: {formula}")
    heights = {drawn.picture.points[node.name].y for node in drawn.picture.nodes if node.source[0] == hanging}
    assert len(heights) == 1
    assert heights.pop() < min(p.y for name, p in drawn.picture.points.items() if name.startswith(("T", "B")))


def test_a_tensor_with_arms_on_all_sides_has_its_leg_between_two_of_them() -> None:
    drawn = scene("figure f: λ_1[l,a] λ_2[u,b] Γ[a,b,s,c,e] λ_3[c,d] λ_4[e,r] -> [l,u,s,d,r]")
    x, y = at(drawn, "Gamma")
    arms = {(round(at(drawn, f"lambda-{n}")[0] - x, 2), round(at(drawn, f"lambda-{n}")[1] - y, 2)) for n in range(1, 5)}
    assert {(bool(dx), bool(dy)) for dx, dy in arms} == {(True, False), (False, True)}
    assert len(arms) == 4
    for name, index in (("lambda-1", "l"), ("lambda-2", "u"), ("lambda-3", "d"), ("lambda-4", "r")):
        assert 0 in (at(drawn, f"{name}--{index}")[axis] - at(drawn, name)[axis] for axis in (0, 1))
    tip = drawn.picture.points["Gamma--s"]
    assert abs(tip.x - x) == pytest.approx(abs(tip.y - y))
    assert hard(quality(drawn.picture)) == {}


# ---------------------------------------------------------------- isometries

MERA = "tensor V[c, a, b] complex isometry(c)\ntensor W[c, l, m, r] complex isometry(c)\n"
MERA += "tensor U[a, b, s, t] complex unitary(a, b)\n"


def _ends(drawn: Scene) -> dict[str, tuple[float, float]]:
    """Return the directions in which free legs leave, one of four each."""
    found = {}
    for wire in (wire for wire in drawn.picture.wires if None in wire.ends):
        (x0, y0), (x1, y1) = (
            drawn.picture.points[s.x_of][0:1] + drawn.picture.points[s.y_of][1:2] for s in wire.stations
        )
        found[wire.index] = (round((x1 - x0) / 0.8), round((y1 - y0) / 0.8))
    return found


def test_a_layer_of_isometries_has_its_tips_above() -> None:
    ends = _ends(scene(f"{MERA}figure f: W[x,l,p,q] U[q,e,s,t] W[y,e,g,h]"))
    assert {index for index, (dx, dy) in ends.items() if dy > 0 == dx} == {"x", "y"}
    assert {index for index, (dx, dy) in ends.items() if dy < 0 == dx} == set("lpstgh")


@pytest.mark.parametrize(
    "formula",
    [
        "conj(V[x',p,u]) conj(V[y',v,q]) o[u,v,s,t] V[x,p,s] V[y,t,q] -> [x',y',x,y]",
        "W[x,p,q,r] W[y,s,e,f] U[r,s,g,h] conj(W[x',p,q,r']) conj(W[y',s',e,f]) conj(U[r',s',g',h']) o[g',h',g,h]"
        " -> [x',y',x,y]",
    ],
)
def test_an_operator_rises_between_isometries_and_their_conjugates(formula: str) -> None:
    drawn = scene(f"{MERA}figure f: {formula}")
    assert _ends(drawn) == {"x'": (0, 1), "y'": (0, 1), "x": (0, -1), "y": (0, -1)}
    xs = sorted(drawn.picture.points[node.name].x for node in drawn.picture.nodes)
    assert [x + other for x, other in zip(xs, xs[::-1], strict=True)] == pytest.approx([xs[0] + xs[-1]] * len(xs))
    assert hard(quality(drawn.picture)) == {}


def test_two_isometries_hang_alike_by_their_tips() -> None:
    drawn = scene(f"{MERA}figure f: T[e,f] V[e,s,t] V[f,u,v]")
    assert set(_ends(drawn).values()) == {(0, -1)}
    (x, y), (x1, y1), (x2, y2) = (at(drawn, name) for name in ("T", "V", "V--2"))
    assert y1 == y2 < y
    assert x1 + x2 == pytest.approx(2 * x)


def test_the_legs_of_a_train_leave_together_from_what_it_acts_on() -> None:
    drawn = scene("figure f: W_1[i_1,j_1,r_1] W_2[r_1,i_2,j_2,r_2] W_3[r_2,i_3,j_3] x[j_1,j_2,j_3]")
    assert set(_ends(drawn).values()) == {(0, -1)}
    assert len({at(drawn, f"W-{n}")[1] for n in (1, 2, 3)}) == 1
    assert at(drawn, "x")[1] > at(drawn, "W-2")[1]
