"""How good a picture is: its faults, which ought not to be, and what could be better.

The names are those of the field's metrics. Hard ones, H1 to H7, count faults. Soft ones: S1 crossings, S2 bends;
in percent, S3 the wires along an axis, S4 the length in the three commonest directions, S6 the legs of a family that
leave together, S7 the tensors that have a mirror image; from 0 to 1, S5 alignment, S11 how slanted crossings are,
S12 the least angle at a tensor against the best, S13 how far the nearest tensors are the neighbours; S8 the variation
of the lengths of wires, S9 how far the aspect ratio is off, S10 the area for each tensor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from math import atan2, ceil, degrees, dist, hypot, log2, pi, sqrt, tau
from statistics import fmean, pstdev

from penrose.layout.drawn import DEGREE, SQUARE, Drawn, box_along, ends_of
from penrose.layout.faults import faults_of
from penrose.layout.geometry import STEPS, XY, extent
from penrose.layout.grid import Grid
from penrose.layout.measure import STROKE
from penrose.layout.scene import Box, Picture, Wire

HARD = ("H1", "H2", "H3", "H4", "H5", "H6", "H7")
COSTS = {"S1": 100.0, "S2": 12.0, "S8": 10.0, "S9": 5.0}
SHORT = {"S4": 1.5, "S3": 0.5, "S6": 2.5, "S7": 0.4}  # for every percent that is missing
WIDE, TALL = 4.0, 1.5  # aspect ratios that are good, of width to height and of height to width


def quality(picture: Picture, orders: Mapping[str, int] | None = None) -> dict[str, float]:
    """Return the metrics of a picture; `orders` are the numbers of slots of the tensors of its program."""
    drawn = Drawn(picture)
    hard = dict.fromkeys(HARD, 0)
    for fault in faults_of(drawn, orders or {}):
        hard[fault.metric] += fault.times
    bends = [_bends(wire, line) for wire, line in zip(picture.wires, drawn.lines, strict=True)]
    straight = [not bent and _is_along_axis(line) for bent, line in zip(bends, drawn.lines, strict=True)]
    soft = {
        "S1": len(drawn.crossings),
        "S2": sum(bends),
        "S3": 100 * fmean(straight) if straight else 100.0,
        "S4": 100 * _in_three_directions(drawn),
        "S5": _alignment(drawn),
        "S6": 100 * _together(drawn),
        "S7": 100 * _symmetry(drawn),
        "S8": _variation(drawn),
        "S9": _disproportion(drawn),
        "S10": _area(drawn),
        "S11": _slant(drawn),
        "S12": _least_angle(drawn),
        "S13": _preservation(drawn),
    }
    return {name: round(float(value), 4) for name, value in (hard | soft).items()}


def score(picture: Picture, orders: Mapping[str, int] | None = None) -> tuple[float, float]:
    """Return how bad a picture is: its faults, and for pictures with as many of these, a sum of the soft metrics."""
    found = quality(picture, orders)
    soft = sum(cost * found[name] for name, cost in COSTS.items())
    soft += sum(cost * (100 - found[name]) for name, cost in SHORT.items())
    return sum(found[name] for name in HARD), round(soft, 6)


# ---------------------------------------------------------------- wires


def _bends(wire: Wire, line: Sequence[XY]) -> int:
    """Count the corners of a wire; an arc is one bend."""
    ways = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(line)]
    if wire.bend or wire.out is not None or wire.into is not None:
        whole = (line[-1][0] - line[0][0], line[-1][1] - line[0][1])
        return int(any(_angle(way, whole) > DEGREE for way in ways))
    return sum(_angle(before, after) > DEGREE for before, after in pairwise(ways))


def _is_along_axis(line: Sequence[XY]) -> bool:
    """Tell whether a straight wire is horizontal or vertical."""
    angle = _direction(line[0], line[-1]) % 90
    return min(angle, 90 - angle) < 1


def _in_three_directions(drawn: Drawn) -> float:
    """Return the share of the length of all wires that runs in the three commonest directions."""
    lengths: dict[int, float] = {}
    for line in drawn.lines:
        for a, b in pairwise(line):
            direction = round(_direction(a, b)) % 180
            lengths[direction] = lengths.get(direction, 0.0) + dist(a, b)
    whole = sum(lengths.values())
    return sum(sorted(lengths.values())[-3:]) / whole if whole else 1.0


def _variation(drawn: Drawn) -> float:
    """Return the standard deviation of the lengths of wires between tensors, against their mean."""
    lengths = [drawn.lengths[number] for number in drawn.between]
    return pstdev(lengths) / mean if lengths and (mean := fmean(lengths)) else 0.0


def _slant(drawn: Drawn) -> float:
    """Return how far crossings are from right angles."""
    angles = [min(angle, pi - angle) for crossing in drawn.crossings for angle in [_angle(*crossing.ways)]]
    return fmean(1 - angle / (pi / 2) for angle in angles) if angles else 0.0


def _direction(a: XY, b: XY) -> float:
    return degrees(atan2(b[1] - a[1], b[0] - a[0]))


def _angle(one: XY, other: XY) -> float:
    """Return the angle between two directions."""
    cross, dot = one[0] * other[1] - one[1] * other[0], one[0] * other[0] + one[1] * other[1]
    return abs(atan2(cross, dot))


# ---------------------------------------------------------------- tensors


def _alignment(drawn: Drawn) -> float:
    """Return how few rows and columns the tensors stand in, 1 for the fewest and 0 for one of each for every tensor."""
    places = _places(drawn)
    count = len(places)
    if count < 2:
        return 1.0
    least = min(rows + ceil(count / rows) for rows in range(1, ceil(sqrt(count)) + 1))
    lines = sum(_distinct(values, drawn.alike) for values in zip(*places, strict=True))
    return 1 - (lines - least) / (2 * count - least)


def _distinct(values: Iterable[float], alike: float) -> int:
    """Count values, of which those that are alike are one."""
    return 1 + sum(after - before > alike for before, after in pairwise(sorted(values)))


def _together(drawn: Drawn) -> float:
    """Return the share of the legs of families that point to one side, and that end on one line, half of each."""
    legs = sum(len(family) for family in drawn.families)
    if not legs:
        return 1.0
    pointing = ending = 0
    for family in drawn.families:
        ways = [leg.way for leg in family]
        pointing += max(sum(dx * x + dy * y > DEGREE * hypot(x, y) for x, y in ways) for dx, dy in STEPS.values())
        ending += max(_commonest(values, drawn.alike) for values in zip(*(leg.tip for leg in family), strict=True))
    return (pointing + ending) / (2 * legs)


def _commonest(values: Iterable[float], alike: float) -> int:
    """Count the values that are alike, of those that most are like."""
    ordered = sorted(values)
    starts = [0, *(number for number in range(1, len(ordered)) if ordered[number] - ordered[number - 1] > alike)]
    return max(after - before for before, after in pairwise([*starts, len(ordered)]))


def _symmetry(drawn: Drawn) -> float:
    """Return the share of the tensors with a mirror image of their shape, for the better of the two axes."""
    places = _places(drawn)
    if not places:
        return 1.0
    shapes = [node.shape for node in drawn.picture.nodes]
    (left, right), (low, high) = ((min(values), max(values)) for values in zip(*places, strict=True))
    near = 0.1 * drawn.unit
    grid = _grid_of(places, near)

    def has_image(number: int, x: float, y: float) -> bool:
        found = grid.near(Box(x, y, x, y).grown(near))
        return any(shapes[other] == shapes[number] and dist(places[other], (x, y)) < near for other in found)

    upright = sum(has_image(number, left + right - x, y) for number, (x, y) in enumerate(places))
    lying = sum(has_image(number, x, low + high - y) for number, (x, y) in enumerate(places))
    return max(upright, lying) / len(places)


def _least_angle(drawn: Drawn) -> float:
    """Return the least angle between wires at a tensor against that of wires evenly around it, for the worst tensor."""
    worst = 1.0
    for node in drawn.picture.nodes:
        ways = [drawn.way_out(wire, end) for wire, end in drawn.at_ends.get(node.name, ())]
        around = sorted(atan2(y, x) for x, y in ways)
        if len(around) > 1:
            angles = [after - before for before, after in pairwise([*around, around[0] + tau])]
            worst = min(worst, min(angles) * len(around) / tau)
    return worst


def _preservation(drawn: Drawn) -> float:
    """Return how far the tensors nearest to a tensor are those that it is joined to, on average."""
    numbers = {node.name: number for number, node in enumerate(drawn.picture.nodes)}
    joined: dict[int, set[int]] = {}
    for wire in drawn.between:
        one, other = (numbers.get(name, -1) for name in ends_of(drawn.picture.wires[wire]))
        if one >= 0 and other >= 0:
            joined.setdefault(one, set()).add(other)
            joined.setdefault(other, set()).add(one)
    if not joined:
        return 1.0
    places = _places(drawn)
    box = box_along(places)
    # squares that hold one tensor on average, however far apart they are
    grid = _grid_of(places, max(SQUARE, sqrt((box.x1 - box.x0) * (box.y1 - box.y0) / len(places))))
    return fmean(
        _likeness(_nearest(number, others, places, grid, drawn.alike), others) for number, others in joined.items()
    )


def _nearest(number: int, joined: set[int], places: Sequence[XY], grid: Grid, alike: float) -> list[int]:
    """Return as many tensors as one is joined to that are nearest to it, of those as far away the joined ones first."""
    here, reach = places[number], grid.size
    while True:
        around = grid.near(Box(*here, *here).grown(reach))
        near = [other for other in around if other != number and dist(places[other], here) <= reach]
        if len(near) >= len(joined):
            break
        reach *= 2
    return sorted(near, key=lambda other: (round(dist(places[other], here) / alike), other not in joined))[
        : len(joined)
    ]


def _likeness(some: Collection[int], others: set[int]) -> float:
    """Return the share of what is in one of two collections that is in both."""
    return len(others.intersection(some)) / len(others.union(some))


def _places(drawn: Drawn) -> list[XY]:
    return [drawn.picture.points[node.name][:2] for node in drawn.picture.nodes]


def _grid_of(places: Iterable[XY], size: float) -> Grid:
    grid = Grid(size)
    for number, (x, y) in enumerate(places):
        grid.add(number, Box(x, y, x, y))
    return grid


# ---------------------------------------------------------------- the whole


def _disproportion(drawn: Drawn) -> float:
    """Return by how many doublings a picture is wider or higher than it should be."""
    width, height = _extents(drawn)
    return max(0.0, log2(width / height / WIDE), log2(height / width / TALL))


def _area(drawn: Drawn) -> float:
    """Return the area of the picture for each tensor, in squares of the unit."""
    width, height = _extents(drawn)
    return width * height / (max(1, len(drawn.picture.nodes)) * drawn.unit**2)


def _extents(drawn: Drawn) -> tuple[float, float]:
    """Return the width and height of all that is drawn: at least those of a line."""
    picture = drawn.picture
    if not (picture.wires or picture.boxed):
        return STROKE, STROKE
    box = extent(picture)
    return max(box.x1 - box.x0, STROKE), max(box.y1 - box.y0, STROKE)
