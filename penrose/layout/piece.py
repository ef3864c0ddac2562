"""A connected part of a network as a picture: cells, sides, looks, coordinates, wires, in this order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product

from penrose.layout.cells import Cells, Edge, Piece, place
from penrose.layout.frame import Frame, frame
from penrose.layout.legs import Ways, choose_ways
from penrose.layout.look import DOTTED, ELLIPSIS, Look, Wiring, bar, look
from penrose.layout.measure import ASIDE, BAR_END, GAP, ROW_GAP, TENSOR, on_grid
from penrose.layout.part import Part
from penrose.layout.route import Standing, route
from penrose.layout.scene import Direction, Extent, Node, Picture, centred
from penrose.model.expression import Factor
from penrose.model.network import Port
from penrose.model.notation import coordinate


def draw_piece(part: Part) -> Picture:
    """Return the picture of a connected part; its axis is at height 0."""
    cells = place(_graph(part))
    ways = choose_ways(part, cells)
    names = _names(part)
    frames = _frames(part, names, ways)
    looks = {vertex: frames[vertex].look if vertex in frames else _look(part, vertex, ways) for vertex in part.vertices}
    at = _stand(part, cells, ways, looks)
    looks |= {vertex: _wide_bar(part, vertex, looks[vertex], at) for vertex in at if looks[vertex].shape == "bar"}
    inside = {vertex: framed.standing_at(*at[vertex]) for vertex, framed in frames.items()}
    standing = {vertex: Standing(names[vertex], *at[vertex], looks[vertex]) for vertex in part.vertices}
    for vertex, picture in inside.items():
        standing[vertex] = replace(standing[vertex], inside=picture, axis=frames[vertex].axis)
    routed = route(part, ways, standing)
    nodes = tuple(_node(part, vertex, standing[vertex]) for vertex in part.vertices if vertex not in frames)
    return Picture.joined([replace(routed, nodes=nodes), *inside.values()])


def _graph(part: Part) -> Piece:
    edges = tuple(Edge(a.vertex, b.vertex, part.home(a), part.home(b)) for a, b in part.joins)
    fans = frozenset(vertex for vertex in part.vertices if part.about(vertex).kind in ("dot", "fuse"))
    tips: dict[int, tuple[Direction, ...]] = {}
    for port in part.tips:
        tips[port.vertex] = (*tips.get(port.vertex, ()), part.tip_side(port))
    return Piece(part.vertices, edges, tips, fans, part.setting.depth > 0)


def _names(part: Part) -> dict[int, str]:
    """Return the names of the vertices: tensors first, since what joins them is known by them."""
    stems = {"sum": "group", "bubble": "bubble", "dots": "dots", "fuse": "bar"}
    given = part.setting.names
    names = {
        v: given.tensor(f) for v in part.vertices if part.about(v).kind == "tensor" and (f := part.about(v).factor)
    }
    for vertex in (vertex for vertex in part.vertices if vertex not in names):
        about = part.about(vertex)
        joined = frozenset(
            f"{names[other.vertex]}.{part.about(other.vertex).slots[other.slot] + 1}"
            for join in part.joins_at[vertex]
            for other in join
            if other.vertex in names and part.about(other.vertex).kind == "tensor"
        )
        if about.kind == "dot":
            names[vertex] = given.named("dot", f"dot--{coordinate(str(about.legs[0]))}", joined)
        else:
            names[vertex] = given.numbered(stems[about.kind], given.about(about.body) if about.body else joined)
    return {vertex: names[vertex] for vertex in part.vertices}


def _sides(part: Part, vertex: int, ways: Ways) -> list[Direction]:
    return [ways.sides[Port(vertex, slot)] for slot in range(len(part.about(vertex).legs))]


def _frames(part: Part, names: Mapping[int, str], ways: Ways) -> dict[int, Frame]:
    """Lay out what is in brackets and in bubbles, its legs leaving where the wires outside arrive."""
    frames = {}
    for vertex in part.vertices:
        about = part.about(vertex)
        if about.body is not None:
            sides = dict(zip(about.legs, _sides(part, vertex, ways), strict=True))
            frames[vertex] = frame(names[vertex], about.body, sides, part.setting)
    return frames


def _look(part: Part, vertex: int, ways: Ways) -> Look:
    about = part.about(vertex)
    if about.kind == "dot":
        return DOTTED
    if about.kind == "dots":
        return ELLIPSIS
    if about.kind == "fuse":
        return bar(len(about.legs) - 1, ways.sides[Port(vertex, len(about.legs) - 1)])
    return look(part.setting.figure, about, _wiring(part, vertex, ways))


def _wide_bar(part: Part, vertex: int, plain: Look, at: Mapping[int, tuple[float, float]]) -> Look:
    """Make a bar so long that what it fuses meets it at right angles."""
    width, height = plain.least
    others = [port.vertex for join in part.joins_at[vertex] for port in join if port.vertex != vertex]
    axis = 0 if width > height else 1
    reach = max((abs(at[other][axis] - at[vertex][axis]) for other in others), default=0.0)
    length = round(max(width, height, 2 * reach + 2 * BAR_END), 3)
    size = (length, height) if axis == 0 else (width, length)
    return replace(plain, extent=centred(*size), least=size)


def _wiring(part: Part, vertex: int, ways: Ways) -> Wiring:
    legs = Counter(ways.sides[port] for port in part.tips_at[vertex])
    for join in (join for join in part.joins_at[vertex] if join in ways.loops):
        side, loops = ways.sides[join[0]], len(ways.loops_beside(join))
        if side in ("up", "down") and loops > 1:
            legs[side] = max(legs[side], 2 * loops)
    bundles = {ways.parallel(join) for join in part.joins_at[vertex] if join not in ways.loops}
    orders = [[port.slot for join in bundle for port in join if port.vertex == vertex] for bundle in bundles]
    crossed = any(order != sorted(order) for order in orders)
    rotation = part.setting.figure.rotations.get(id(part.about(vertex).factor), 0)
    sides, diagonal = _sides(part, vertex, ways), _is_diagonal(part, vertex)
    return Wiring(sides, legs, crossed, diagonal, part.setting.upside_down, rotation)


def _is_diagonal(part: Part, vertex: int) -> bool:
    """Tell whether a vertex is a vector on a copy dot between two other things that are not just vectors."""
    if len(part.about(vertex).legs) != 1 or not part.joins_at[vertex]:
        return False
    (join,) = part.joins_at[vertex]
    (dot,) = (port.vertex for port in join if port.vertex != vertex)
    return part.about(dot).kind == "dot" and part.spread[dot] >= 2


def _stand(part: Part, cells: Cells, ways: Ways, looks: Mapping[int, Look]) -> dict[int, tuple[float, float]]:
    """Turn cells into coordinates, columns and rows as far apart as what stands in them needs."""
    extents = {vertex: looks[vertex].extent for vertex in cells}
    turned = {vertex: (y, x) for vertex, (x, y) in cells.items()}
    ys = _lines(turned, {v: (e.down, e.up) for v, e in extents.items()}, ROW_GAP)
    apart = _apart(cells, extents, ys)
    xs = _lines(cells, {v: (e.left, e.right) for v, e in extents.items()}, GAP, apart)
    axis = _axis(part, cells, ways, ys)
    return {vertex: (xs[x], round(ys[y] - axis, 4)) for vertex, (x, y) in cells.items()}


def _apart(cells: Cells, extents: Mapping[int, Extent], ys: Mapping[int, float]) -> dict[int, float]:
    """Return how far columns must be from the one before them, so that frames keep clear of other rows there."""
    columns: dict[int, list[int]] = {}
    for vertex, (x, _) in cells.items():
        columns.setdefault(x, []).append(vertex)
    found: dict[int, float] = {}
    for before, column in pairwise(sorted(columns)):
        for one, other in product(columns[before], columns[column]):
            first, second = extents[one], extents[other]
            middle, level = ys[cells[one][1]], ys[cells[other][1]]
            high = max(first.height, second.height) > 1.5 * TENSOR
            if high and middle - first.down < level + second.up and level - second.down < middle + first.up:
                found[column] = max(found.get(column, 0.0), first.right + ASIDE + second.left)
    return found


def _lines(
    cells: Cells, reach: Mapping[int, tuple[float, float]], gap: float, least: Mapping[int, float] | None = None
) -> dict[int, float]:
    """Return the coordinate of every line of cells.

    `reach` is how far vertices reach before and behind it, `least` how far a line must be from the one before.
    """
    along: dict[int, dict[int, int]] = {}
    for vertex, (line, across) in cells.items():
        along.setdefault(line, {})[across] = vertex
    lines = sorted(along)
    found = {lines[0]: 0.0}
    for before, line in pairwise(lines):
        neighbours = [(along[before][a], v) for a, v in along[line].items() if a in along[before]]
        apart = [reach[u][1] + gap + reach[v][0] for u, v in neighbours]
        found[line] = found[before] + on_grid(max([*apart, (least or {}).get(line, 0.0), 1.5 * gap]))
    return found


def _axis(part: Part, cells: Cells, ways: Ways, ys: Mapping[int, float]) -> float:
    """Return the height of the axis: of the legs that leave to the sides, else of the row that has most vertices."""
    beside = [ys[cells[port.vertex][1]] for port in part.tips if ways.sides[port] in ("left", "right")]
    if beside:
        return (min(beside) + max(beside)) / 2
    rows = [row for _, row in cells.values()]
    fullest = max(sorted(set(rows), reverse=True), key=rows.count)
    if 2 * rows.count(fullest) > len(rows):
        return ys[fullest]
    return (min(ys.values()) + max(ys.values())) / 2


def _stands_for(factor: Factor, drawn: Sequence[int]) -> str:
    """Return a tensor as it is written, with a full stop for every leg that is drawn if there are others."""
    suffix = f".{factor.inverse}" if factor.inverse else ""
    name = factor.tensor + (f":{factor.key}" if factor.key else "") + suffix
    legs = ["." if slot in drawn else str(leg) for slot, leg in enumerate(factor.legs)]
    text = name if len(drawn) == len(legs) else f"{name}[{','.join(legs)}]"
    return f"conj({text})" if factor.conjugated else text


def _node(part: Part, vertex: int, standing: Standing) -> Node:
    about, looks = part.about(vertex), standing.look
    stands_for = _stands_for(about.factor, about.slots) if about.factor and about.kind == "tensor" else ""
    source = about.factor.tensor if about.factor else "" if about.kind == "dots" else str(about.legs[-1])
    return Node(
        standing.name,
        source,
        stands_for,
        looks.shape,
        looks.style,
        looks.label,
        looks.extent,
        looks.turn,
        looks.least,
        part.setting.panel,
        looks.dress,
        looks.rotation,
        looks.turned,
        about.factor.key if about.factor else "",
    )
