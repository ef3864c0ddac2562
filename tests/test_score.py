"""The metrics of pictures made by hand, whose values can be counted on one's fingers."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from math import atan2, degrees, log2, sqrt

import pytest
from pen import scene

from penrose.layout import drawn, faults, score
from penrose.layout.scene import Group, Label, Node, Picture, Point, Station, Text, Wire, centred

SIZE = 0.6
U = 1.5  # the distance of neighbours in most pictures here, and so the unit


def node(name: str, width: float = SIZE, height: float = SIZE, **more: str) -> Node:
    what = {"source": name, "stands_for": name, "shape": "circle", "style": "tensor"} | more
    size = centred(width, height)
    return Node(name=name, label=name, extent=size, turn=0, least=(0, 0), panel=1, **what)  # type: ignore[arg-type]


def wire(index: str, way: str, **more: object) -> Wire:
    """Return a wire through points such as `A.0 corner B.1`; ends with a number are slots."""
    places = way.split()
    stations = tuple(Station(p.partition(".")[0], p.partition(".")[0]) for p in places)
    ends = tuple((p.partition(".")[0], int(p.partition(".")[2])) if "." in p else None for p in (places[0], places[-1]))
    return Wire(index, ends, stations, 1, **more)  # type: ignore[arg-type]


def bubble(name: str, members: str, depth: int = 1) -> Group:
    return Group(name, "bubble", tuple(members.split()), "", name, depth, 1)


def picture(
    places: Mapping[str, tuple[float, float]],
    wires: Iterable[Wire] = (),
    nodes: Sequence[Node] = (),
    groups: Iterable[Group] = (),
    texts: Iterable[Text] = (),
) -> Picture:
    """Return a picture; what has a place and a capital letter is a tensor, unless its node is given."""
    given = {one.name for one in nodes}
    tensors = [node(name) for name in places if name[0].isupper() and name not in given]
    points = {name: Point(*place) for name, place in places.items()}
    return Picture(points, (*tensors, *nodes), tuple(wires), tuple(groups), tuple(texts))


def hard(drawn: Picture, orders: Mapping[str, int] | None = None) -> dict[str, float]:
    """Return the hard metrics that are not 0."""
    found = score.quality(drawn, orders)
    return {name: value for name, value in found.items() if name in score.HARD and value}


def told(drawn: Picture, orders: Mapping[str, int] | None = None) -> list[str]:
    return [fault.what for fault in faults.faults(drawn, orders)]


CHAIN = picture(
    {"A": (0, 0), "B": (1.5, 0), "C": (3, 0), "i": (-0.8, 0), "l": (3.8, 0)},
    [wire("i", "A.0 i"), wire("j", "A.1 B.0"), wire("k", "B.1 C.0"), wire("l", "C.1 l")],
)


def test_a_good_picture_has_the_best_values() -> None:
    assert score.quality(CHAIN, dict.fromkeys("ABC", 2)) == {
        **dict.fromkeys(score.HARD, 0.0),
        "S1": 0.0,
        "S2": 0.0,
        "S3": 100.0,
        "S4": 100.0,
        "S5": 1 - (4 - 4) / (6 - 4),
        "S6": 100.0,
        "S7": 100.0,
        "S8": 0.0,
        "S9": round(log2(4.6 / 0.6 / 4), 4),
        "S10": round(4.6 * 0.6 / (3 * U * U), 4),
        "S11": 0.0,
        "S12": 1.0,
        "S13": 1.0,
    }


def test_an_empty_picture_and_a_line_can_be_measured() -> None:
    assert hard(Picture({})) == {}
    assert score.quality(picture({"i": (0, 0), "j": (1, 0)}, [wire("i", "i j")]))["S3"] == 100.0


# ---------------------------------------------------------------- hard metrics


@pytest.mark.parametrize(("x", "what"), [(0.5, ["A and D overlap"]), (0.74, ["A and D are too close"]), (0.76, [])])
def test_h1_counts_tensors_that_are_less_apart_than_a_tenth_of_the_unit(x: float, what: list[str]) -> None:
    drawn = picture({"A": (0, 0), "B": (0, 1.5), "D": (x, 0)}, [wire("i", "A.0 B.0")])
    assert told(drawn) == what
    assert hard(drawn) == ({"H1": 1} if what else {})


def test_h1_counts_signs_on_tensors_but_not_beside_them() -> None:
    texts = [Text(name, "sign", "+", "", centred(0.3, 0.3), 1) for name in ("near", "on")]
    drawn = picture({"A": (0, 0), "near": (0.46, 0), "on": (0, 0.4)}, texts=texts)
    assert told(drawn) == ["A and the sign + overlap"]


BELOW = {"A": (0.0, 0.0), "B": (3.0, 0.0), "C": (1.5, -0.36)}


def test_h2_counts_wires_under_tensors() -> None:
    assert told(picture(BELOW, [wire("i", "A.0 B.0")])) == ["the wire i runs under C"]
    assert hard(picture(BELOW | {"C": (1.5, -0.43)}, [wire("i", "A.0 B.0")])) == {}
    assert hard(picture(BELOW | {"C": (1.5, 0)}, [wire("i", "A.0 C.0"), wire("j", "C.1 B.0")])) == {}


@pytest.mark.parametrize(("bend", "found"), [(30, {}), (-30, {"H2": 1})])
def test_h2_follows_bent_wires(bend: int, found: dict[str, int]) -> None:
    drawn = picture(BELOW | {"C": (1.5, -0.7)}, [wire("i", "A.0 B.0", bend=bend)])
    assert hard(drawn) == found


def test_h2_looks_at_all_of_a_long_tensor() -> None:
    places = {"A": (0.0, 0.0), "B": (3.0, 0.0), "T": (1.5, 1.0)}
    assert hard(picture(places, [wire("i", "A.0 B.0")], [node("T", 0.1, 2.5)])) == {"H2": 1}
    assert hard(picture(places, [wire("i", "A.0 B.0")], [node("T", 0.1, 1.5)])) == {}
    beside = {"A": (0.0, 3.0), "B": (1.5, 3.0), "T": (1.5, 0.0), "a": (1.9, 2.0), "b": (1.9, -2.0)}
    assert hard(picture(beside, [wire("i", "A.0 B.0"), wire("k", "a b")], [node("T", 0.1, 1.5)])) == {}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({}, {}, 1),
        ({"bend": 30}, {"bend": 30}, 1),
        ({"bend": 30}, {"bend": -30}, 0),
        ({"bend": 30}, {}, 0),
        ({"out": 90, "into": 90}, {"out": 90, "into": 90}, 1),
    ],
)
def test_h3_counts_wires_on_one_another(one: dict[str, int], other: dict[str, int], found: int) -> None:
    drawn = picture({"A": (0, 0), "B": (1.5, 0)}, [wire("i", "A.0 B.0", **one), wire("j", "A.1 B.1", **other)])
    assert hard(drawn) == ({"H3": 1} if found else {})


@pytest.mark.parametrize(("x", "y", "found"), [(1.4, 0.0, {}), (1.3, 0.0, {"H3": 1}), (1.3, 0.04, {})])
def test_h3_needs_a_tenth_of_the_unit_of_one_line(x: float, y: float, found: dict[str, int]) -> None:
    places = {"A": (0.0, 3.0), "B": (1.5, 3.0), "a": (0.0, 0.0), "b": (1.5, 0.0), "c": (x, y), "d": (3.0, y)}
    drawn = picture(places, [wire("i", "A.0 B.0"), wire("j", "a b"), wire("k", "c d")])
    assert hard(drawn) == found


NESTED = picture(
    {"A": (0, 0), "B": (1.5, 0), "C": (3, 0), "l": (-1, 0), "r": (4.5, 0)},
    [wire("l", "A.0 l"), wire("i", "A.1 B.0"), wire("j", "B.1 C.0"), wire("r", "C.1 r")],
    groups=[bubble("inner", "B", 2), bubble("outer", "A inner")],
)


def test_h4_is_0_where_walls_are_nested_and_crossed_once_for_each_end() -> None:
    assert hard(NESTED) == {}


def test_h4_counts_what_stands_in_a_bubble_and_is_no_part_of_it() -> None:
    places = {"A": (0, 0), "B": (3, 0), "C": (1.5, 0)}
    drawn = picture(places, [wire("i", "A.0 C.0"), wire("j", "C.1 B.0")], groups=[bubble("exp", "A B")])
    assert told(drawn) == [
        "C stands in the bubble exp, of which it is no part",
        "the wire i does not cross the wall of the bubble exp",
        "the wire j does not cross the wall of the bubble exp",
    ]
    assert hard(drawn) == {"H4": 3}


def test_h4_counts_bubbles_that_overlap() -> None:
    places = {"A": (0, 0), "B": (2, 0), "C": (1, 1), "D": (1, -1)}
    assert told(picture(places, groups=[bubble("f", "A B"), bubble("g", "C D")])) == [
        "the bubble f and the bubble g overlap"
    ]
    assert hard(picture(places, groups=[bubble("f", "A D"), bubble("g", "B C")])) == {"H4": 1}
    assert hard(picture({"A": (0, 0), "B": (2, 0)}, groups=[bubble("f", "A"), bubble("g", "B")])) == {}


@pytest.mark.parametrize(
    ("way", "groups", "what"),
    [
        ("A.1 corner1 corner2 B.0", [bubble("f", "A B")], []),  # around outside, as a trace of f
        ("A.1 corner1 corner2 B.0", [bubble("f", "A B corner1 corner2")], []),
        ("A.1 B.0", [bubble("f", "A"), bubble("g", "B")], []),
        ("A.1 B.0", [bubble("f", "A B")], []),
        ("A.1 l", [bubble("f", "A B")], []),
        ("far B.0", [bubble("f", "A")], ["the wire i crosses 2 times the wall of the bubble f"]),
    ],
)
def test_h4_counts_wires_that_cross_walls_without_need(way: str, groups: list[Group], what: list[str]) -> None:
    places = {"A": (0, 0), "B": (1.5, 0), "corner1": (0, 2), "corner2": (1.5, 2), "l": (-2, 0), "far": (-2, -1)}
    drawn = picture(places, [wire("i", way)], groups=groups)
    assert [one for one in told(drawn) if "wall" in one] == what


def test_h4_lets_wires_end_on_a_wall() -> None:
    inside = {"A": (0.0, 0.0), "r": (2.0, 0.0), "wall": (0.0, 0.0)}
    edge = drawn.Drawn(picture(inside, groups=[bubble("f", "A")])).box_at["f"].x1
    outside = Wire("i", (("f", 0), None), (Station("wall", "wall"), Station("r", "r")), 1)
    assert hard(picture(inside | {"wall": (edge, 0.0)}, [outside], groups=[bubble("f", "A")])) == {}
    assert hard(picture(inside, [outside], groups=[bubble("f", "A")])) == {"H2": 1, "H4": 1}


@pytest.mark.parametrize(("bend", "times"), [(10, 0), (60, 2)])
def test_h4_follows_bent_wires_out_of_a_bubble(bend: int, times: int) -> None:
    drawn = picture({"A": (0, 0), "B": (3, 0)}, [wire("i", "A.0 B.0", bend=bend)], groups=[bubble("f", "A B")])
    assert told(drawn) == (["the wire i crosses 2 times the wall of the bubble f"] if times else [])


def labelled(way: str, text: str = "i", **more: object) -> Wire:
    return wire(text, way, labels=(None, Label(text, "right")), **more)


@pytest.mark.parametrize(
    ("places", "others", "what"),
    [
        ({}, [], []),
        ({"k": (1.05, 0.1), "m": (0.9, 0.1)}, [labelled("m k", "k")], ["the label i meets the label k"]),
        ({"B": (1.4, 0.0)}, [], ["the label i meets B"]),
        ({"k": (1.15, 1.0), "m": (1.15, -1.0)}, [wire("k", "k m")], ["the label i meets the wire k"]),
        ({"k": (1.4, 1.0), "m": (1.4, -1.0)}, [wire("k", "k m")], []),
    ],
)
def test_h5_counts_labels_that_meet_something(
    places: dict[str, tuple[float, float]], others: list[Wire], what: list[str]
) -> None:
    drawn = picture({"A": (0, 0), "i": (1, 0)} | places, [labelled("A.0 i"), *others])
    found = told(drawn)
    assert [one for one in found if one in what] == what
    assert bool(found) == bool(what)
    assert all(fault.metric == "H5" for fault in faults.faults(drawn))


def test_h5_lets_a_label_stand_on_its_own_wire() -> None:
    own = wire("i", "A.0 i", labels=(None, Label("i", "left")))
    assert hard(picture({"A": (0, 0), "i": (2, 0)}, [own])) == {}


def test_h5_counts_captions_and_names_of_walls() -> None:
    caption = Text("caption", "caption", "rank one", "", centred(1.5, 0.3), 1)
    places = {"A": (0, 0), "caption": (0, -0.4), "i": (1, -0.4), "j": (0.5, -2)}
    drawn = picture(places, [wire("i", "i j")], texts=[caption])
    assert told(drawn) == ["the caption rank one meets A"]
    assert told(picture(places | {"j": (0.0, -0.4)}, [wire("i", "i j")], texts=[caption]))[1:] == [
        "the caption rank one meets the wire i"
    ]
    walled = Group("bubble--1", "bubble", ("A",), "\\tanh", "tanh", 1, 1)
    up = picture({"A": (0, 0), "i": (-1, 2)}, [wire("i", "A.0 i")], groups=[walled])
    assert told(up) == ["the name of the bubble tanh meets the wire i"]
    above = picture({"A": (0, 0), "B": (0, 1.2)}, [], groups=[walled, bubble("exp", "B")])
    assert told(above) == ["the name of the bubble tanh meets the wall of the bubble exp"]
    assert faults.faults(above)[0].hint.startswith("place B elsewhere")


@pytest.mark.parametrize(
    ("wires", "stands_for", "orders", "what"),
    [
        (["A.0 B.0", "A.1 C.0"], "A", {"A": 2}, []),
        (["A.0 B.0", "A.1 C.0"], "A", {"A": 3}, ["slot 3 of A has no wire"]),
        (["A.0 B.0", "A.2 C.0"], "A", {}, ["slot 2 of A has no wire"]),
        (["A.0 B.0", "A.0 C.0"], "A", {"A": 1}, ["slot 1 of A has 2 wires"]),
        (["A.0 B.0", "A.2 C.0"], "conj(A[.,h_{1,2},.])", {"A": 3}, []),
        (["A.0 B.0", "A.1 C.0"], "A[.,h,.]", {"A": 3}, ["slot 2 of A has 1 wire", "slot 3 of A has no wire"]),
        (["A.0 B.0", "A.1 D.0"], "A", {"A": 2}, ["the wire A.1 D.0 ends on D, which is not drawn"]),
    ],
)
def test_h6_counts_wires_that_are_missing_or_too_many(
    wires: list[str], stands_for: str, orders: dict[str, int], what: list[str]
) -> None:
    places = {"B": (1.5, 0), "C": (-1.5, 0), "d": (0, -2)}
    nodes = [node("B"), node("C"), node("A", source="A", stands_for=stands_for)]
    points = {name: Point(*place) for name, place in places.items()} | {"A": Point(0, 0), "D": Point(0, -2)}
    drawn = Picture(points, tuple(nodes), tuple(wire(way, way) for way in wires))
    assert told(drawn, orders) == what
    assert hard(drawn, orders) == ({"H6": len(what)} if what else {})


def test_h6_counts_wires_that_do_not_reach_their_tensor() -> None:
    beside = Wire("i", (("A", 0), ("B", 0)), (Station("A", "A"), Station("corner", "B")), 1)
    places = {"A": (0, 0), "B": (1.5, 0), "corner": (0, 0.5)}
    assert told(picture(places, [beside])) == ["the wire i does not reach B"]


def legs(order: Sequence[int], down: bool = True) -> Picture:
    """Return a row of tensors, or one above the other, whose legs s_1, s_2 and so on stand in an order."""
    places: dict[str, tuple[float, float]] = {}
    wires = []
    for place, number in enumerate(order):
        x, y = (1.5 * place, 0.0) if down else (0.0, -1.5 * place)
        places |= {f"A{place}": (x, y), f"s{place}": (x, y - 1) if down else (x + 1, y)}
        wires.append(wire(f"s_{number}", f"A{place}.0 s{place}"))
        wires += [wire(f"b_{place}", f"A{place - 1}.2 A{place}.1")] if place else []
    return picture(places, wires)


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize(("order", "inversions"), [([1, 2, 3], 0), ([2, 1, 3], 1), ([3, 2, 1], 3), ([9, 10, 11], 0)])
def test_h7_counts_inversions_of_the_legs_of_a_family(order: list[int], inversions: int, down: bool) -> None:
    found = score.quality(legs(order, down))
    assert found["H7"] == inversions
    assert found["S6"] == 100.0


def test_h7_compares_legs_that_end_on_one_line() -> None:
    apart = legs([2, 1])
    shorter = Picture({**apart.points, "s1": Point(1.5, -0.8)}, apart.nodes, apart.wires)
    assert score.quality(shorter)["H7"] == 0


def test_h7_leaves_alone_what_hangs_together_otherwise_or_ends_elsewhere() -> None:
    two = legs([1, 2])
    other = legs([1, 2]).moved(10, 0)
    renamed = {name: name.swapcase() if name[0] == "s" else f"Z{name}" for name in other.points}
    wires = tuple(
        wire(
            one.index,
            " ".join(
                renamed[s.x_of] + f".{n}" * (end is not None)
                for s, end, n in zip(one.stations, one.ends, (0, 1), strict=True)
            ),
        )
        for one in other.wires
    )
    points = {renamed[name]: place for name, place in other.points.items()}
    apart = Picture(points, tuple(node(renamed[one.name]) for one in other.nodes), wires)
    assert score.quality(Picture.joined([two, apart]))["H7"] == 0


# ---------------------------------------------------------------- soft metrics


CROSS = {"m": (1.0, 0.0), "a": (0.0, 0.0), "b": (2.0, 0.0), "c": (1.0, -1.0), "d": (1.0, 1.0), "e": (2.0, 1.0)}


@pytest.mark.parametrize(
    ("wires", "crossings"),
    [
        ([wire("i", "a b"), wire("j", "c d")], 1),
        ([wire("i", "a b"), wire("j", "c d"), wire("k", "c e")], 2),
        ([wire("i", "a b", bend=60), wire("j", "d c")], 1),
        ([wire("i", "a b"), wire("j", "a c b")], 0),  # they meet at their ends
        ([wire("i", "a b"), wire("j", "a b", bend=30)], 0),
        ([wire("i", "a d b"), wire("j", "c d")], 0),  # the tip touches a corner
        ([wire("i", "d c e"), wire("j", "a b")], 2),
        ([wire("i", "a b"), wire("j", "m c")], 0),  # a tip touches
        ([wire("i", "a b"), wire("j", "m d")], 0),
    ],
)
def test_s1_counts_crossings(wires: list[Wire], crossings: int) -> None:
    assert score.quality(picture(CROSS, wires))["S1"] == crossings


def test_s1_counts_a_crossing_in_a_corner_once_and_none_under_a_common_end() -> None:
    corner = {"a": (0, 0), "b": (1, 0), "c": (2, 1), "d": (1, -1), "e": (1, 1)}
    assert score.quality(picture(corner, [wire("i", "a b c"), wire("j", "d e")]))["S1"] == 1
    ends = {"A": (0, 0), "r": (2, 0.2), "s": (2, -0.2), "p": (0, -0.2), "q": (0, 0.2)}
    stations = [(Station("p", "A"), Station("r", "r")), (Station("q", "A"), Station("s", "s"))]
    crossed = [Wire("i", (("A", slot), None), way, 1) for slot, way in enumerate(stations)]
    assert score.quality(picture(ends, crossed))["S1"] == 1
    wide = picture(
        {name: place for name, place in ends.items() if name != "A"} | {"A": (0, 0)}, crossed, [node("A", 3, 3)]
    )
    assert score.quality(wide)["S1"] == 0


@pytest.mark.parametrize(
    ("one", "bends", "along"),
    [
        (wire("i", "a b"), 0, 100),
        (wire("i", "a d"), 0, 0),
        (wire("i", "a b e d"), 2, 0),
        (wire("i", "a b", bend=30), 1, 0),
        (wire("i", "a b", out=0, into=180), 0, 100),
    ],
)
def test_s2_and_s3_count_bends_and_straight_wires_along_an_axis(one: Wire, bends: int, along: int) -> None:
    found = score.quality(picture(CROSS, [one]))
    assert (found["S2"], found["S3"]) == (bends, along)


@pytest.mark.parametrize(("height", "bends"), [(0.035, 1), (0.01, 0)])
def test_s2_counts_corners_of_more_than_a_degree(height: float, bends: int) -> None:
    places = {"a": (0, 0), "b": (1, 0), "c": (2, height)}
    assert score.quality(picture(places, [wire("i", "a b c")]))["S2"] == bends


@pytest.mark.parametrize(("height", "along"), [(0.02, 100), (-0.02, 100), (0.05, 0), (-0.05, 0)])
def test_s3_lets_a_wire_be_off_by_less_than_a_degree(height: float, along: int) -> None:
    assert score.quality(picture({"a": (0, 0), "b": (2, height)}, [wire("i", "a b")]))["S3"] == along


def test_s4_is_the_share_of_three_directions() -> None:
    star = {"m": (0, 0), "e": (1, 0), "n": (0, 2), "w": (-1, 0), "x": (1, 1), "y": (1, -2)}
    wires = [wire(tip, f"m {tip}") for tip in "enwxy"]
    lengths = [2, 2, sqrt(2), sqrt(5)]  # left and right are one direction
    share = (sum(lengths) - sqrt(2)) / sum(lengths)
    assert score.quality(picture(star, wires))["S4"] == pytest.approx(100 * share, abs=0.001)


@pytest.mark.parametrize(
    ("places", "value"),
    [
        ([(0, 0), (2, 0), (0, 2), (2, 2)], 1.0),
        ([(0, 0), (2, 0), (4, 0), (6, 0)], 1 - (5 - 4) / (8 - 4)),
        ([(0, 0), (2, 1), (4, 2), (6, 3)], 0.0),
        ([(0, 0), (2, 0.01), (4, 0), (6, 0.01)], 1 - (5 - 4) / (8 - 4)),
    ],
)
def test_s5_is_how_few_rows_and_columns_there_are(places: list[tuple[float, float]], value: float) -> None:
    assert score.quality(picture({f"A{n}": place for n, place in enumerate(places)}))["S5"] == pytest.approx(value)


def test_s6_is_how_far_a_family_points_and_ends_together() -> None:
    astray = legs([1, 2, 3, 4])
    points = dict(astray.points) | {"s3": Point(4.5, 1)}
    found = score.quality(Picture(points, astray.nodes, astray.wires))
    assert found["S6"] == 100 * (3 / 4 + 3 / 4) / 2
    longer = Picture(points | {"s3": Point(4.5, -1.5)}, astray.nodes, astray.wires)
    assert score.quality(longer)["S6"] == 100 * (1 + 3 / 4) / 2


@pytest.mark.parametrize(
    ("places", "share"),
    [
        ({"A": (0, 0), "B": (2, 1), "C": (4, 0)}, 100),
        ({"A": (0, 0), "B": (1, 2), "C": (0, 4)}, 100),
        ({"A": (0, 0), "B": (1.5, 1), "C": (4, 0)}, 100 * 2 / 3),
        ({"A": (0, 0), "S": (4, 0), "B": (2, 5)}, 100 / 3),
    ],
)
def test_s7_is_the_share_of_mirror_images_of_the_same_shape(
    places: dict[str, tuple[float, float]], share: float
) -> None:
    nodes = [node("S", shape="square")] if "S" in places else []
    assert score.quality(picture(places, nodes=nodes))["S7"] == pytest.approx(share, abs=0.001)


def test_s8_is_the_variation_of_lengths_between_tensors() -> None:
    places = {"A": (0, 0), "B": (1, 0), "C": (4, 0), "i": (0, 9)}
    wires = [wire("j", "A.0 B.0"), wire("k", "B.1 C.0"), wire("i", "A.1 i")]
    assert score.quality(picture(places, wires))["S8"] == 0.5


@pytest.mark.parametrize(
    ("width", "height", "value"), [(8, 2, 0), (16, 2, 1), (2, 3, 0), (2, 6, 1), (2, 12, 2), (32, 2, 2)]
)
def test_s9_and_s10_are_aspect_and_area(width: float, height: float, value: float) -> None:
    found = score.quality(picture({"A": (0, 0)}, nodes=[node("A", width, height)]))
    assert found["S9"] == pytest.approx(value)
    assert found["S10"] == pytest.approx(width * height / drawn.STEP**2, abs=0.001)


@pytest.mark.parametrize(("tip", "value"), [((2, 1), 0.5), ((1, 1), 0), ((1 + sqrt(3), 1), 2 / 3), ((0, 1), 0.5)])
def test_s11_is_how_slanted_crossings_are(tip: tuple[float, float], value: float) -> None:
    places = {"a": (-3, 0), "b": (5, 0), "c": (2 - tip[0], -1), "d": tip}
    assert score.quality(picture(places, [wire("i", "a b"), wire("j", "c d")]))["S11"] == pytest.approx(
        value, abs=0.001
    )


def test_s12_is_the_least_angle_at_the_worst_tensor() -> None:
    places = {"A": (0, 0), "e": (2, 0), "n": (0, 2), "w": (-2, 0)}
    found = score.quality(picture(places, [wire(tip, f"A.{slot} {tip}") for slot, tip in enumerate("enw")]))
    assert found["S12"] == 0.75
    behind = {"A": (0, 0), "p": (-2, 0.3), "q": (-2, -0.3)}
    found = score.quality(picture(behind, [wire("p", "A.0 p"), wire("q", "A.1 q")]))
    assert found["S12"] == pytest.approx(2 * degrees(atan2(0.3, 2)) / 180, abs=0.001)
    inside = {"A": (0, 0), "p": (0.5, 0), "q": (0.5, 3), "r": (3, 0)}
    found = score.quality(picture(inside, [wire("q", "A.0 p q"), wire("r", "A.1 r")], [node("A", 2, 2)]))
    assert found["S12"] == pytest.approx(degrees(atan2(1, 0.5)) / 180, abs=0.001)
    parallel = [
        Wire(tip, (("A", slot), None), (Station(tip, "A"), Station(tip, tip)), 1) for slot, tip in enumerate("pq")
    ]
    beside = picture({"A": (0, 0), "p": (2, 0.3), "q": (2, -0.3)}, parallel, [node("A", 0.6, 1.0)])
    assert score.quality(beside)["S12"] == pytest.approx(90 / 180)


def test_s13_is_how_far_the_nearest_tensors_are_neighbours() -> None:
    places = {"A": (0, 0), "B": (1.5, 0), "C": (3.2, 0), "D": (100, 0)}
    near = picture(places, [wire("i", "A.0 B.0"), wire("j", "B.1 C.0"), wire("k", "C.1 D.0")])
    assert score.quality(near)["S13"] == pytest.approx((1 + 1 + 1 / 3 + 1) / 4, abs=0.001)
    assert score.quality(picture(places, [wire("i", "A.0 C.0")]))["S13"] == 0.0


def test_s13_takes_the_neighbour_of_two_tensors_as_far_away() -> None:
    places = {"A": (0, 0), "B": (0, 1.5), "C": (1.5, 0)}
    assert score.quality(picture(places, [wire("i", "A.0 C.0")]))["S13"] == 1.0


def test_the_score_puts_faults_first_and_weighs_the_rest() -> None:
    bent = picture({"A": (0, 0), "B": (1.5, 0), "D": (0, 1.5)}, [wire("i", "A.0 B.0", bend=40), wire("j", "A.1 D.0")])
    found = score.quality(bent)
    assert {"S2": found["S2"], "S3": found["S3"]} == {"S2": 1, "S3": 50}
    soft = 100 * found["S1"] + 12 * found["S2"] + 1.5 * (100 - found["S4"]) + 0.5 * (100 - found["S3"])
    soft += 2.5 * (100 - found["S6"]) + 0.4 * (100 - found["S7"]) + 10 * found["S8"] + 5 * found["S9"]
    assert score.score(bent) == (0, pytest.approx(soft))
    assert score.score(CHAIN) < score.score(bent) < score.score(picture({"A": (0, 0), "B": (0.1, 0)}))


# ---------------------------------------------------------------- hints


DOWN = "A[s_1,b] B[b,s_2,c] C[c,s_3]\n  layout { leg A.s_1 down; leg B.s_2 down; leg C.s_3 down }"


@pytest.mark.parametrize(
    ("text", "hints", "metric"),
    [
        ("A[i,j] B[j,k]", "place A at (0, 0); place B at (0.2, 0.1)", "H1"),
        ("A[i,j] B[j,k] C[k,l]", "place A at (0, 0); place B at (0.2, 0.1); place C at (0.4, 0.3)", "H1"),
        ("A[i,j,k,l] B[j,k,l,m] C[m,n]", "place B at (3, 0); place C at (1.5, 0.01)", "H2"),
        (DOWN, "place C at (-3, 0)", "H7"),
    ],
)
def test_hints_cure_faults(text: str, hints: str, metric: str) -> None:
    def found(more: str) -> list[faults.Fault]:
        drawn = scene(f"figure f {{\n  {text}\n  layout {{ {more} }}\n}}")
        return [fault for fault in faults.faults(drawn.picture, drawn.orders) if fault.metric == metric]

    kept = dict(hint.strip().split(" at ") for hint in hints.split(";"))
    bad = found("; ".join(f"{what} at {place}" for what, place in kept.items()))
    assert bad
    for fault in bad:
        asked = fault.hint.partition("layout { ")[2].removesuffix(" }")
        kept |= dict(hint.strip().split(" at ") for hint in asked.split(";"))
    assert not found("; ".join(f"{what} at {place}" for what, place in kept.items()))


def test_hints_name_what_the_author_can_name() -> None:
    def hints(text: str) -> list[str]:
        drawn = scene(text)
        return [fault.hint for fault in faults.faults(drawn.picture, drawn.orders)]

    twice = hints("figure f {\n  A[i,j] A:b[j,k] B[k,l]\n  layout { place A:b at (0.1, 0); place B at (0, 0.1) }\n}")
    assert any("place A:b at" in hint for hint in twice)
    assert any("place B at" in hint for hint in twice)
    up = picture(
        {"A": (0, 0), "B": (1.5, 0)}, [wire("i", "A.0 B.0"), wire("j", "A.1 B.1")], [node("A", source="α"), node("B")]
    )
    assert [fault.hint for fault in faults.faults(up)] == ["let the leg leave elsewhere: layout { leg α.j up }"]


def test_hints_place_tensors_where_nothing_is() -> None:
    below = picture({"A": (0, 0), "B": (0.1, 0), "C": (0.1, -drawn.STEP)})
    assert [fault.hint for fault in faults.faults(below)] == ["place B elsewhere: layout { place B at (0.1, 1.2) }"]


# ---------------------------------------------------------------- near things are found by squares


def random_picture(seed: int) -> Picture:
    generator = random.Random(seed)

    def place() -> tuple[float, float]:
        return round(generator.uniform(-6, 6), 2), round(generator.uniform(-4, 4), 2)

    tensors = [f"A{number}" for number in range(20)]
    places = {name: place() for name in [*tensors, *(f"t{number}" for number in range(10))]}
    wires = []
    for number in range(25):
        one, other = generator.sample(list(places), 2)
        shape = generator.choice([{}, {}, {"bend": 30}, {"bend": -55}, {"out": 90, "into": 180}])
        ways = [f"{name}.{number % 3}" if name in tensors else name for name in (one, other)]
        label = (None, Label(f"i_{number}", generator.choice(["left", "up"])))
        wires.append(wire(f"i_{number}", " ".join(ways), labels=label, **shape))
    groups = [bubble("f", " ".join(tensors[:3])), bubble("g", " ".join(tensors[3:5]))]
    return picture(places, wires, groups=groups)


@pytest.mark.parametrize("seed", range(12))
def test_squares_of_any_size_find_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = random_picture(seed)
    found = score.quality(drawing), told(drawing)
    assert found[0]["S1"] > 10
    assert sum(found[0][name] for name in score.HARD) > 10
    for size in (1000.0, 0.3):  # in one square, everything is compared with everything
        for module in (drawn, faults, score):
            monkeypatch.setattr(module, "SQUARE", size)
        monkeypatch.setattr(drawn.Drawn, "unit", found[0] and drawn.Drawn(drawing).unit)
        assert (score.quality(drawing), told(drawing)) == found


def test_a_thousand_tensors_are_measured_in_a_moment() -> None:
    side = 32
    places: dict[str, tuple[float, float]] = {f"A{x}-{y}": (1.5 * x, 1.5 * y) for x in range(side) for y in range(side)}
    right = [wire("r", f"A{x}-{y}.0 A{x + 1}-{y}.1") for x in range(side - 1) for y in range(side)]
    up = [wire("u", f"A{x}-{y}.2 A{x}-{y + 1}.3") for x in range(side) for y in range(side - 1)]
    grid = picture(places, right + up)
    start = time.process_time()
    faults.faults(grid)
    assert time.process_time() - start < 1  # it is a tenth of that; comparing all takes a minute
