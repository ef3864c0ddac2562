from __future__ import annotations

import re

import networkx as nx
import pytest
from networks import box, norm, of_slots, program, ring, rings
from pen import figure
from test_read import check

from penrose.data import replace
from penrose.errors import PenroseError
from penrose.layout import repeat
from penrose.layout.compose import lay_out
from penrose.layout.copies import lengthened
from penrose.layout.names import Names
from penrose.layout.repeat import shortened
from penrose.layout.scene import Picture, Point, Scene
from penrose.model.document import Figure
from penrose.render.merge import merge
from penrose.render.recall import recall
from penrose.render.tikz import render


def row(count: int, *legs: str) -> str:
    """Return the program of tensors in a row, with free legs of these names at each."""
    return of_slots([(f"b{k}", f"b{k + 1}", *(f"{leg}{k}" for leg in legs)) for k in range(count)])


def layers(count: int, *kinds: str) -> str:
    """Return the program of one tensor repeated in rows of these kinds, each joined to the one below."""
    rows = [
        " ".join(kind.format(k=k, after=k + 1, up=f"p{n}_{k}", down=f"p{n + 1}_{k}") for k in range(count))
        for n, kind in enumerate(kinds)
    ]
    return "figure f: " + " ".join(rows)


ALIKE = {
    "chain": program(nx.path_graph(240).edges),
    "state": row(240, "s"),
    "operator": row(240, "u", "d"),
    "three legs": row(240, "s", "t", "u"),
    "periodic": of_slots(ring(240)),
    "norm": of_slots(norm([(f"b{k}", f"b{k + 1}", f"s{k}") for k in range(130)])),
    "norm of a ring": of_slots(rings(130)),
    "sandwich": layers(
        90,
        "A[a_{k},{down},a_{after}]",
        "W[w_{k},{up},{down},w_{after}]",
        "conj(A[c_{k},{up},c_{after}])",
    ),
    "isometries": "tensor A[i, s, j] isometry(j)\n" + layers(240, "A[a_{k},s_{k},a_{after}]"),
    "a conjugate among others": layers(240, "A[a_{k},s_{k},a_{after}]").replace(
        "A[a_50,s_50,a_51]", "conj(A[a_50,s_50,a_51])"
    ),
    "trace": "figure f: " + " ".join(f"A[b_{k},b_{(k + 1) % 240}]" for k in range(240)),
    "sheet": of_slots(box(3, 130)),
    "tall sheet": of_slots(box(30, 7)),
    "square sheet": of_slots(box(15, 16)),
    "bare sheet": of_slots([tuple(leg for leg in legs if leg[0] != "s") for legs in box(15, 16)]),
    "sheet of isometries": "tensor A[l, u, s, d, r] isometry(r, d)\n"
    + "figure f: "
    + " ".join(f"A[h_{r}_{c},v_{r}_{c},s_{r}_{c},v_{r + 1}_{c},h_{r}_{c + 1}]" for r in range(15) for c in range(15)),
    "rungs": "figure f: " + " ".join(f"A[a_{k},r_{k},a_{k + 1}] B[b_{k},r_{k},b_{k + 1}]" for k in range(120)),
}


OTHERS = {
    "two wires": layers(240, "A[a_{k},b_{k},s_{k},a_{after},b_{after}]"),
    "diagonals": layers(120, "A[a_{k},d_{k},{down},a_{after}]", "B[b_{k},{up},d_{after},b_{after}]"),
    "gates in lanes": layers(240, "A[a_{k},b_{k},a_{after},b_{after}]"),
    "to the left": layers(240, "A[a_{after},a_{k}]"),
    "triangles in rows": "tensor A[i, s, j] isometry(i)\n"
    + layers(120, "A[a_{k},{down},a_{after}]", "A[b_{k},{up},b_{after}]"),
}


def even(program: str) -> str:
    """Return a program whose numbers have as many digits as the longest."""
    most = max(map(len, re.findall("[0-9]+", program)))
    return re.sub("[0-9]+", lambda number: number[0].zfill(most), program)


def whole(one: Figure, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return the scene of a figure of which nothing is left out."""
    with monkeypatch.context() as patched:
        patched.setattr(repeat, "MANY", 10**9)
        return lay_out(one)


def text(scene: Scene) -> str:
    return merge(render(scene, "f"), None).text


def copied(one: Figure) -> Picture | None:
    short = shortened(one)
    return short and lengthened(lay_out(short.figure).picture, short, Names([]))


@pytest.mark.parametrize("name", ALIKE)
def test_copied_columns_stand_where_they_would_if_all_were_laid_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = figure(even(ALIKE[name]))
    assert copied(one)
    assert text(lay_out(one)) == text(whole(one, monkeypatch))


@pytest.mark.parametrize("name", ["chain", "square sheet"])
def test_all_columns_are_as_wide_as_those_with_the_longest_names(name: str) -> None:
    one, other = lay_out(figure(ALIKE[name])).picture, lay_out(figure(even(ALIKE[name]))).picture
    assert [point[:2] for point in one.points.values()] == [point[:2] for point in other.points.values()]
    widths = [node.extent.right for node in one.nodes]
    assert widths[0] < widths[-1] == other.nodes[0].extent.right
    assert [node.label for node in one.nodes[:11:10]] == ["T_0", "T_{10}"]


@pytest.mark.parametrize("program", [*ALIKE.values(), *OTHERS.values()], ids=[*ALIKE, *OTHERS])
def test_every_long_row_is_drawn_as_it_is(program: str) -> None:
    one = figure(program)
    assert shortened(one)
    check(one)


CHAIN = " ".join(f"T_{k}[b_{k},b_{k + 1}]" for k in range(240))


@pytest.mark.parametrize(
    "program",
    [
        f"figure f: 2 {CHAIN}",
        f"figure f: {CHAIN} - {CHAIN}",
        f"figure f: x[b_0,b_240] = {CHAIN}",
        f"figure f {{ {CHAIN}\n layout {{ rotate T_7 90 }} }}",
        f"figure f: {CHAIN} v[b_17]",
        f"figure f: {CHAIN} delta[c,d]",
        layers(90, *(f"{one}[{one}_{{k}},v_{{k}},{one}_{{after}}]" for one in "ABC")),
        of_slots([(f"b{k}", f"b{k + 1}", f"c{k}", f"c{k + 2}") for k in range(240)]),
        program([(k, (k * k + 1) % 241) for k in range(240)]),
    ],
)
def test_what_is_not_a_row_of_alike_columns_alone_is_laid_out_whole(program: str) -> None:
    assert shortened(figure(program)) is None


def test_what_does_not_look_the_same_around_a_gap_is_not_copied() -> None:
    short = shortened(figure(ALIKE["state"]))
    assert short
    picture = lay_out(short.figure).picture
    name = picture.nodes[short.gaps(1)[0]].name
    x, y, _ = picture.points[name]
    higher = replace(picture, points={**picture.points, name: Point(x, y + 0.25)})
    assert lengthened(picture, short, Names([]))
    assert not lengthened(higher, short, Names([]))


@pytest.mark.parametrize("name", ["gates in lanes", "to the left"])
def test_what_has_more_points_or_runs_to_the_left_is_laid_out_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = figure(OTHERS[name])
    assert shortened(one)
    assert not copied(one)
    assert text(lay_out(one)) == text(whole(one, monkeypatch))


def test_what_is_moved_in_a_long_row_moves_alone() -> None:
    one = figure(ALIKE["periodic"])
    before = text(lay_out(one))
    assert text(lay_out(one, earlier=recall(before))) == before
    moved = lay_out(one, {"T-100": (150.0, -0.5)}, recall(before)).picture
    others = lay_out(one).picture
    tip = next(name for name, point in moved.points.items() if point.anchor == "T-100")
    assert {name for name in moved.points if moved.points[name] != others.points[name]} == {"T-100", tip}
    assert sum(moved.points[tip][:2]) == pytest.approx(sum(others.points[tip][:2]) - 0.5)


def test_names_that_meet_in_a_long_row_are_reported() -> None:
    with pytest.raises(PenroseError) as raised:
        lay_out(figure("figure f: " + CHAIN.replace("T_", "λ_").replace("λ_100[", "lambda_99[")))
    assert [one.code for one in raised.value.diagnostics] == ["PEN501"]
