"""A connected part of a network as a picture: cells, sides, looks, coordinates, wires, in this order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import inf

from penrose.data import NOTHING, replace
from penrose.layout.arrange import groups, steps
from penrose.layout.by_hand import placed_by_hand
from penrose.layout.candidates import tangles
from penrose.layout.cells import Cells, Edge, Piece, Placement
from penrose.layout.drawn import STEP, Drawn
from penrose.layout.faults import faults_of
from penrose.layout.frame import Frame, frame, is_open
from penrose.layout.geometry import XY
from penrose.layout.legs import Ways, choose_ways
from penrose.layout.look import DOTTED, ELLIPSIS, Look, Wiring, bar, look
from penrose.layout.measure import (
    BAR_END,
    BETWEEN_LABELS,
    GAP,
    LANE,
    ROW_GAP,
    SIDE_BY_SIDE,
    TENSOR,
    on_grid,
    rounded,
    text_size,
)
from penrose.layout.names import Names
from penrose.layout.operators import matrices_of_several, operators
from penrose.layout.part import Part
from penrose.layout.place import others, place
from penrose.layout.route import route
from penrose.layout.scene import Direction, Node, Picture, centred
from penrose.layout.score import score
from penrose.layout.settle import settled
from penrose.layout.spacing import spaced
from penrose.layout.standing import Standing
from penrose.model.expression import Factor, factors_of
from penrose.model.index import Leg, numbered
from penrose.model.network import Port
from penrose.model.notation import coordinate, label_of

FEW = 20  # vertices of a part, beyond which the first placement without faults and crossings does
SOME = 40  # crossings of wires, for which one with a free leg more is worth no other placement
MANY = 60  # and beyond which the order of their legs is as it is
ENDS = 2  # free legs, at most, none of which may end within the picture
SHUT_IN = 100  # what it costs that one does, as much as a crossing
LARGE = 200  # and beyond which faults change nothing any more


def draw_piece(part: Part) -> Picture:
    """Return the picture of a connected part; its axis is at height 0, unless the author has placed all of it."""
    wide = (v for v, side in _gates(part).items() if 1 < len(side) < len(part.about(v).legs) - 1)
    if (placed := placed_by_hand(part)) and not [*wide]:  # what several wires enter and leave keeps them in lanes
        cells = {vertex: (x / STEP, y / STEP) for vertex, (x, y) in placed.items()}
        return _drawn(part, Placement(cells, bows=len({y for _, y in placed.values()}) > 1), placed)
    graph = _graph(part)
    found = place(graph)
    if len(part.vertices) <= LARGE and not graph.frames and not any(map(part.is_open, part.tips)):
        found = _faultless(part, graph, found)
    return _drawn(part, found)


def _faultless(part: Part, graph: Piece, found: Placement) -> Placement:
    """Return a placement, or if its picture has faults, or legs crossed or shut in, the one with the best picture.

    Of a larger part, it is the first one without, where hardly any free legs are crossed, nor more wires cross than in
    those before. The order of legs is not looked at in a large one: other placements rarely have a better one.
    """
    tried: list[tuple[tuple[float, float], Placement]] = []
    fewest = inf
    for placement in chain((found,), others(graph, found)):
        names = Names([])  # so that those of the figure are given out once
        picture = _drawn(replace(part, setting=replace(part.setting, names=names)), placement)
        drawn = Drawn(picture)
        crossings, most = len(drawn.crossings), tangles(graph, placement)
        fewest = min(fewest, crossings)
        faults = {fault.metric for fault in faults_of(drawn, {})} - ({"H7"} if len(part.vertices) > MANY else set())
        shut = len(drawn.shut_in) if 0 < len(part.tips) <= ENDS else 0
        good = not faults and not shut and crossings <= min(fewest, most + most // SOME)
        if good and (not tried or len(part.vertices) > FEW):
            return placement
        hard, soft = score(picture)
        tried.append(((hard, soft + SHUT_IN * shut), placement))
    return min(tried, key=lambda one: one[0])[1]


def _drawn(part: Part, placement: Placement, placed: Mapping[int, XY] = NOTHING) -> Picture:
    cells = placement.cells
    ways = choose_ways(part, placement)
    if ways.lanes:
        ways = replace(ways, pitch=_pitch(part, cells, ways))
    names = _names(part)
    frames = _frames(part, names, ways, cells)
    looks = {vertex: frames[vertex].look if vertex in frames else _look(part, vertex, ways) for vertex in part.vertices}
    rows = {v: framed.row for v, framed in frames.items() if (body := part.about(v).body) and is_open(body)}
    at = {**placed} or settled(part, spaced(part, cells, ways, looks, rows), ways, looks, frames)
    looks |= {vertex: _wide_bar(part, vertex, looks[vertex], at) for vertex in at if looks[vertex].shape == "bar"}
    for vertex, low, high in _beside_lanes(part, ways, at):
        at[vertex] = (at[vertex][0], round((low + high) / 2, 4))
        looks[vertex] = _high(looks[vertex], round(high - low + TENSOR, 3))
    inside = {vertex: framed.standing_at(*at[vertex]) for vertex, framed in frames.items()}
    standing = {vertex: Standing(names[vertex], *at[vertex], looks[vertex]) for vertex in part.vertices}
    for vertex, picture in inside.items():
        standing[vertex] = replace(standing[vertex], inside=picture, axis=frames[vertex].axis)
    routed = route(part, ways, standing)
    nodes = tuple(_node(part, vertex, standing[vertex]) for vertex in part.vertices if vertex not in frames)
    whole = Picture.joined([replace(routed, nodes=nodes), *inside.values()])
    return replace(whole, exposed=routed.exposed)  # not what is open in a frame and joined beside it


def _graph(part: Part) -> Piece:
    ranked = tuple(sorted(part.vertices, key=lambda vertex: _told_by(part, vertex)))
    rank = {vertex: number for number, vertex in enumerate(ranked)}
    joins = [join if _rank(join[0], rank) <= _rank(join[1], rank) else join[::-1] for join in part.joins]
    joins.sort(key=lambda join: (*_rank(join[0], rank), *_rank(join[1], rank)))
    edges = tuple(_edge(part, *join) for join in joins)
    fans = frozenset(vertex for vertex in part.vertices if part.about(vertex).kind in ("dot", "fuse"))
    tips: dict[int, tuple[Direction, ...]] = {}
    tip_slots: dict[int, tuple[int, ...]] = {}
    for port in part.tips:
        tips[port.vertex] = (*tips.get(port.vertex, ()), part.tip_side(port))
        tip_slots[port.vertex] = (*tip_slots.get(port.vertex, ()), port.slot)
    return Piece(
        part.vertices,
        edges,
        tips,
        fans,
        part.setting.depth > 0,
        ranked,
        _leg_order(part),
        _family(part),
        _gates(part),
        tip_slots,
        part.setting.flow,
        _together(part),
        {v: len([*factors_of(body)]) for v in part.vertices if (body := part.about(v).body) is not None},
        operators(part),
        _columns(part),
        {vertex: factor.tensor for vertex in part.vertices if (factor := part.about(vertex).factor)},
        part.bars,
    )


def _edge(part: Part, a: Port, b: Port) -> Edge:
    asked = part.asked(a) is not None, part.asked(b) is not None
    return Edge(a.vertex, b.vertex, part.home(a), part.home(b), (a.slot, b.slot), asked)


def _rank(port: Port, rank: Mapping[int, int]) -> tuple[int, int]:
    return rank[port.vertex], port.slot


def _together(part: Part) -> tuple[Cells, ...]:
    """Return what hints put together of a part."""
    vertices = {id(part.about(v).factor): v for v in part.vertices if part.about(v).factor}
    found = []
    for one, other, cell in steps(part.setting.figure.hints):
        if id(one) in vertices and id(other) in vertices:
            found.append((vertices[id(one)], vertices[id(other)], cell))
    return tuple(groups(found))


def _gates(part: Part) -> dict[int, frozenset[int]]:
    """Return the isometries and unitaries whose sides were declared, with the drawn slots on one of them.

    So are tensors that are multiplied as matrices with several legs. Beside a gate with several legs on a side,
    unitary matrices are gates too.
    """
    found: dict[int, frozenset[int]] = {}
    matrices: dict[int, frozenset[int]] = {}
    for vertex in part.vertices:
        about = part.about(vertex)
        tensor = part.setting.figure.tensors.get(about.factor.tensor) if about.factor else None
        if tensor and tensor.properties and about.kind == "tensor":
            side = frozenset(place for place, slot in enumerate(about.slots) if slot in tensor.one_side())
            if side:
                found[vertex] = side
            elif len(about.legs) == 2 and (tensor.has("unitary") or tensor.has("orthogonal")):
                matrices[vertex] = frozenset([0])
    found |= matrices_of_several(part)
    wide = any(len(side) > 1 and 2 * len(side) == len(part.about(vertex).legs) for vertex, side in found.items())
    return found | matrices if wide else found


def _told_by(part: Part, vertex: int) -> tuple[str, ...]:
    """Return what tells a vertex from others however the factors are ordered: its tensor and its indices."""
    about = part.about(vertex)
    return (about.kind, about.factor.tensor if about.factor else "", *map(str, about.legs))


def _family(part: Part) -> tuple[int, ...]:
    """Return the vertices whose free legs are numbered, s_1, s_2 and so on, in that order."""
    families: dict[str, list[tuple[int, int]]] = {}
    for port, leg in part.tips.items():
        member = numbered(str(leg))
        if member:
            families.setdefault(member[0], []).append((member[1], port.vertex))
    largest = max(families.values(), key=len, default=[])
    return tuple(dict.fromkeys(vertex for _, vertex in sorted(largest)))


def _columns(part: Part) -> tuple[tuple[int, ...], ...]:
    """Return the vertices with free legs on the left, and on the right, in the order in which these are listed."""
    numbers = {leg: number for number, leg in enumerate(part.setting.legs)}
    sides: dict[Direction, list[tuple[int, int]]] = {"left": [], "right": []}
    for port, leg in part.tips.items():
        side = part.tip_side(port)
        if leg in numbers and side in sides:
            sides[side].append((numbers[leg], port.vertex))
    return tuple(tuple(dict.fromkeys(vertex for _, vertex in sorted(found))) for found in sides.values())


def _leg_order(part: Part) -> dict[int, float]:
    """Return the mean number, among all free legs, of those of every vertex that has some."""
    numbers = {leg: number for number, leg in enumerate(part.setting.legs)}
    order: dict[int, list[int]] = {}
    for port, leg in part.tips.items():
        if leg in numbers:
            order.setdefault(port.vertex, []).append(numbers[leg])
    return {vertex: sum(found) / len(found) for vertex, found in order.items()}


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


def _frames(part: Part, names: Mapping[int, str], ways: Ways, cells: Cells) -> dict[int, Frame]:
    """Lay out what is in brackets and in bubbles, its legs leaving where the wires outside arrive."""
    frames = {}
    for vertex in part.vertices:
        about = part.about(vertex)
        if about.body is not None:
            sides = dict(zip(about.legs, _sides(part, vertex, ways), strict=True))
            frames[vertex] = frame(names[vertex], about.body, _from_above(part, vertex, sides, cells), part.setting)
    return frames


def _from_above(part: Part, frame: int, sides: Mapping[Leg, Direction], cells: Cells) -> dict[Leg, Direction]:
    """Return the sides of the legs of a frame; those that go on to the left or right come from above down."""
    ends = (way for join in part.joins_at[frame] for way in (join, join[::-1]) if way[0].vertex == frame)
    legs = {part.about(frame).legs[port.slot]: cells[other.vertex][1] for port, other in ends}
    level = [leg for leg in sides if leg in legs and sides[leg] in ("left", "right")]
    order = iter(sorted(level, key=lambda leg: -legs[leg]))
    return {leg: sides[leg] for leg in (next(order) if one in level else one for one in sides)}


def _look(part: Part, vertex: int, ways: Ways) -> Look:
    about = part.about(vertex)
    if about.kind == "dot":
        return DOTTED
    if about.kind == "dots":
        return ELLIPSIS
    if about.kind == "fuse":
        return bar(len(about.legs) - 1, ways.sides[Port(vertex, len(about.legs) - 1)])
    return look(part.setting.figure, about, _wiring(part, vertex, ways))


def _pitch(part: Part, cells: Cells, ways: Ways) -> float:
    """Return how far lanes must be apart for what stands in them, and for the labels of free legs."""
    gap = GAP if ways.is_upright else ROW_GAP
    middles = {cell[0 if ways.is_upright else 1] for cell in cells.values()}
    alone = len(middles) == 1 and len({ways.lanes_at.get(vertex) for vertex in part.vertices}) == 1
    needs = [LANE if alone else TENSOR + gap]
    for vertex in part.vertices:
        extent = _look(part, vertex, ways).extent
        needs.append(((extent.width if ways.is_upright else extent.height) + gap) / ways.lanes_at.get(vertex, 1))
    legs = (leg for port, leg in part.tips.items() if port in ways.lanes)
    needs += [text_size(label_of(leg)).width + BETWEEN_LABELS for leg in legs if ways.is_upright]
    return on_grid(max(needs))


def _beside_lanes(part: Part, ways: Ways, at: Mapping[int, tuple[float, float]]) -> Iterator[tuple[int, float, float]]:
    """Yield the matrices beside upright lanes, with the lowest and the highest place of what they join."""
    found: dict[int, list[float]] = {}
    for one, other in (way for join in part.joins for way in (join, join[::-1])):
        if one in ways.across:
            found.setdefault(one.vertex, []).append(at[other.vertex][1])
    for vertex, heights in found.items():
        if len(heights) == len(part.about(vertex).legs):
            yield vertex, min(heights), max(heights)


def _high(plain: Look, height: float) -> Look:
    """Make a tensor so high."""
    return replace(plain, extent=centred(plain.extent.width, height), least=(plain.least[0], height))


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
    legs: dict[Direction, int] = {}
    for port in (port for port in part.tips_at[vertex] if port not in ways.slants):
        legs[ways.sides[port]] = legs.get(ways.sides[port], 0) + 1
    if ways.lanes_at.get(vertex, 1) > 1:
        legs["down" if ways.is_upright else "right"] = ways.lanes_at[vertex]
    for join in (join for join in part.joins_at[vertex] if join in ways.loops):
        side, loops = ways.sides[join[0]], len(ways.loops_beside(join))
        if side == ways.sides[join[1]] and loops > 1:
            legs[side] = max(legs.get(side, 0), 2 * loops)
    bundles = [ways.parallel(join) for join in part.joins_at[vertex] if join not in ways.loops]
    several = {bundle for bundle in bundles if len(bundle) > 1}
    for bundle in several:  # what ends at brackets runs there side by side, as free legs do
        port, other = sorted(bundle[0], key=lambda port: port.vertex != vertex)
        body = part.about(other.vertex).body
        if body is not None and not is_open(body):
            legs[ways.sides[port]] = legs.get(ways.sides[port], 0) + len(bundle)
    orders = [[port.slot for join in bundle for port in join if port.vertex == vertex] for bundle in several]
    crossed = any(order != sorted(order) for order in orders)
    rotation = part.setting.figure.rotations.get(id(part.about(vertex).factor), 0)
    sides, diagonal = _sides(part, vertex, ways), _is_diagonal(part, vertex)
    apart, number = _apart(part, vertex, ways), part.is_number
    return Wiring(sides, legs, crossed, diagonal, part.setting.upside_down, rotation, apart, number)


def _apart(part: Part, vertex: int, ways: Ways) -> float:
    """Return how far parallel legs are from one another, so that labels of free ones keep clear under or over them."""
    if ways.lanes_at.get(vertex, 1) > 1:
        return ways.pitch
    upright = [port for port in part.tips_at[vertex] if ways.sides[port] in ("up", "down")]
    if len(upright) < 2 or part.setting.labels == "none":
        return SIDE_BY_SIDE
    widest = max(text_size(label_of(part.tips[port])).width for port in upright)
    return max(SIDE_BY_SIDE, rounded(widest + BETWEEN_LABELS))


def _is_diagonal(part: Part, vertex: int) -> bool:
    """Tell whether a vertex is a vector on a copy dot between two other things that are not just vectors."""
    if len(part.about(vertex).legs) != 1 or not part.joins_at[vertex]:
        return False
    (join,) = part.joins_at[vertex]
    (dot,) = (port.vertex for port in join if port.vertex != vertex)
    return part.about(dot).kind == "dot" and part.spread[dot] >= 2


def stands_for(factor: Factor, drawn: Sequence[int]) -> str:
    """Return a tensor as it is written, with a full stop for every leg that is drawn if there are others."""
    suffix = f".{factor.inverse}" if factor.inverse else ""
    name = factor.tensor + (f":{factor.key}" if factor.key else "") + suffix
    legs = ["." if slot in drawn else str(leg) for slot, leg in enumerate(factor.legs)]
    text = name if len(drawn) == len(legs) else f"{name}[{','.join(legs)}]"
    return f"conj({text})" if factor.conjugated else text


def _node(part: Part, vertex: int, standing: Standing) -> Node:
    about, looks = part.about(vertex), standing.look
    told = stands_for(about.factor, about.slots) if about.factor and about.kind == "tensor" else ""
    source = about.factor.tensor if about.factor else "" if about.kind == "dots" else str(about.legs[-1])
    return Node(
        standing.name,
        source,
        told,
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
