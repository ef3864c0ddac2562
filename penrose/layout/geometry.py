"""The ink of a scene: boxes and curves, from its points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import atan2, cos, degrees, dist, hypot, pi, radians, remainder, sin, tau

from penrose.layout.measure import (
    ARROW,
    BRACE,
    BRACKET,
    CLEARANCE,
    CLOSE,
    CURL,
    HIGHLIGHT,
    MARK,
    PADDING,
    STROKE,
    WALL,
    text_size,
    words_size,
)
from penrose.layout.scene import (
    Box,
    Brace,
    Direction,
    Extent,
    Group,
    Highlight,
    Label,
    Node,
    Note,
    Picture,
    Point,
    Remark,
    Slant,
    Station,
    Text,
    Wire,
    centred,
)

XY = tuple[float, float]
Points = Mapping[str, Point]

TURNS: dict[Direction, int] = {"right": 0, "up": 90, "left": 180, "down": 270}
STEPS: dict[Direction | Slant, tuple[int, int]] = {
    "right": (1, 0),
    "up": (0, 1),
    "left": (-1, 0),
    "down": (0, -1),
    "down right": (1, -1),
    "up right": (1, 1),
    "down left": (-1, -1),
    "up left": (-1, 1),
}
QUARTERS: tuple[Direction, ...] = ("right", "up", "left", "down")
OPPOSITE: dict[Direction, Direction] = {"right": "left", "left": "right", "up": "down", "down": "up"}

TOGETHER = 0.01  # cm, between places that are the same

# pgf's `to` path: the distance of its control points, as a share of the distance of its ends
LOOSENESS = 0.3915
CROWDED = 0.45  # of a wire that is seen, below which its two marks would meet
PIECES = 13  # straight pieces of a flattened curve; odd, so that no corner lies on an axis of symmetry


def rotated(direction: Direction, degrees: int) -> Direction:
    """Return a direction turned counter-clockwise by quarters."""
    return QUARTERS[(TURNS[direction] + degrees) // 90 % 4]


def towards(here: XY, there: XY) -> Direction:
    """Return the direction from one place to another, the nearest of the four."""
    dx, dy = there[0] - here[0], there[1] - here[1]
    if abs(dx) >= abs(dy):
        return "right" if dx > 0 else "left"
    return "up" if dy > 0 else "down"


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of them."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))


def box_around(x: float, y: float, width: float, height: float) -> Box:
    """Return the box of that size with its centre there."""
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def box_at(x: float, y: float, reach: Extent) -> Box:
    """Return the box of what reaches so far from there."""
    return Box(x - reach.left, y - reach.down, x + reach.right, y + reach.up)


def box_of(item: Node | Text, points: Points) -> Box:
    """Return the box of a node or text."""
    point = points[item.name]
    return box_at(point.x, point.y, item.extent)


def frames(picture: Picture) -> dict[str, Box]:
    """Return the box of every group and remark and, under its name and `--label`, of the text beside it.

    TikZ fits a frame around the anchors of its members, which lie outside of their lines and clearances.
    """
    if not picture.surrounding:
        return {}
    points = picture.points
    known = {item.name: box_of(item, points).grown(STROKE / 2) for item in picture.boxed}
    for wire in picture.wires:
        known |= {label.name: box.grown(CLEARANCE) for label, _, box in labels_of(wire, points) if label.name}
    found: dict[str, Box] = {}
    for thing in picture.surrounding:  # inner ones stand before those around them
        if isinstance(thing, Note):
            found[thing.name] = known[thing.name] = beside(thing, points[thing.of])
            continue
        boxes = [known[name] for name in thing.members if name in known]
        boxes += [Box(p.x, p.y, p.x, p.y) for name in thing.members if (p := points.get(name))]
        box = union(boxes)
        for name in thing.clear if isinstance(thing, Brace) else ():
            y0, y1 = (known[name].y0, known[name].y1) if name in known else (points[name].y, points[name].y)
            box = Box(box.x0, min(box.y0, y0), box.x1, max(box.y1, y1))
        box = _around(thing, box)
        found[thing.name], known[thing.name] = box, box if isinstance(thing, Brace) else box.grown(STROKE / 2)
        if isinstance(thing, Brace):
            found[label_name(thing)] = known[label_name(thing)] = _at_tip(thing, box)
        elif isinstance(thing, Group) and thing.label:
            label = found[label_name(thing)] = _on_wall(thing, box)
            known[label_name(thing)] = Box(label.x0, label.y0 - PADDING, label.x1, label.y1 + PADDING)
    return found


def _around(thing: Group | Brace | Highlight, box: Box) -> Box:
    """Return the box of what is around things that have that box."""
    match thing:
        case Brace():
            return Box(box.x0, box.y0 - BRACE, box.x1, box.y1 + BRACE)
        case Highlight():
            return box.grown(HIGHLIGHT)
        case Group():
            return box.grown(WALL if thing.kind == "bubble" else BRACKET)


def beside(note: Note, point: Point) -> Box:
    """Return the box of a note."""
    size = words_size(note.text)
    dx, dy = STEPS[note.side]
    x, y = point.x + dx * (note.away + size.width / 2), point.y + dy * (note.away + size.total / 2)
    return box_around(x, y, size.width, size.total)


def _at_tip(brace: Brace, box: Box) -> Box:
    """Return the box of the text of a brace that is along a box."""
    size = words_size(brace.text)
    away = 2 * CURL + BRACE + size.total / 2
    y = box.y0 - away if brace.side == "down" else box.y1 + away
    return box_around((box.x0 + box.x1) / 2, y, size.width, size.total)


def ink_of(remark: Remark, framed: Mapping[str, Box]) -> list[Box]:
    """Return the boxes that a remark covers, from those of all frames and remarks."""
    box = framed[remark.name]
    if not isinstance(remark, Brace):
        return [box]
    line = box.y0 - CURL if remark.side == "down" else box.y1 + CURL
    return [Box(box.x0, line - CURL, box.x1, line + CURL), framed[label_name(remark)]]


def middle(box: Box, side: Direction) -> XY:
    """Return the middle of a side of a box."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    dx, dy = STEPS[side]
    return round(x + dx * (box.x1 - box.x0) / 2, 4), round(y + dy * (box.y1 - box.y0) / 2, 4)


def label_name(thing: Group | Brace) -> str:
    """Return the name of the label on the wall of a bubble, or at the tip of a brace."""
    return f"{thing.name}--label"


def _on_wall(group: Group, box: Box) -> Box:
    """Return the box of the name of a bubble, which stands at the left end of its upper wall, or of its lower one."""
    size = text_size(group.label)
    away = STROKE / 2 + PADDING
    base = box.y0 - away - size.total if group.below else box.y1 + away
    return Box(box.x0, base, box.x0 + size.width, base + size.total)


def at(station: Station, points: Points) -> XY:
    """Return where a station is."""
    return points[station.x_of].x, points[station.y_of].y


def curve(wire: Wire, points: Points) -> list[XY]:
    """Return the line of a wire as the corners of a polygonal line."""
    controls = bezier(wire, points)
    if controls is None:
        return [(points[x_of].x, points[y_of].y) for y_of, x_of in wire.stations]
    return [_weighted(controls, *weights) for weights in CORNERS]


def bezier(wire: Wire, points: Points) -> tuple[XY, XY, XY, XY] | None:
    """Return the control points of a bent wire, as pgf chooses them; None for a straight one."""
    if not wire.bend and wire.out is None and wire.into is None:
        return None
    (x0, y0), (x1, y1) = (at(wire.stations[i], points) for i in (0, -1))
    straight = atan2(y1 - y0, x1 - x0)
    out = straight + radians(wire.bend) if wire.out is None else radians(wire.out)
    into = straight + pi - radians(wire.bend) if wire.into is None else radians(wire.into)
    reach = LOOSENESS * hypot(x1 - x0, y1 - y0)
    first = (x0 + reach * cos(out), y0 + reach * sin(out))
    second = (x1 + reach * cos(into), y1 + reach * sin(into))
    return (x0, y0), first, second, (x1, y1)


def _weights(t: float) -> tuple[float, float, float, float]:
    """Return the weights of the controls of a cubic curve at a share of its way."""
    s = 1 - t
    return s**3, 3 * s * s * t, 3 * s * t * t, t**3


CORNERS = [_weights(step / PIECES) for step in range(PIECES + 1)]  # of a flattened curve


def _weighted(controls: Sequence[XY], a: float, b: float, c: float, d: float) -> XY:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = controls
    return a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


def label_box(label: Label, end: XY) -> Box:
    """Return the box of a label beside the end of a wire."""
    size = text_size(label.text)
    dx, dy = STEPS[label.side]
    away = CLOSE if dx and dy else CLEARANCE
    x = end[0] + dx * (away + size.width / 2)
    y = end[1] + dy * (away + size.total / 2)
    return box_around(x, y, size.width, size.total)


def labels_of(wire: Wire, points: Points) -> list[tuple[Label, str, Box]]:
    """Return the labels of a wire, each with the point that it stands beside and its box."""
    ends = zip(wire.labels, (wire.stations[0], wire.stations[-1]), strict=True)
    found = [(label, end.x_of, label_box(label, at(end, points))) for label, end in ends if label]
    if wire.middle:
        line = curve(wire, points)
        (x0, y0), (x1, y1) = line[(len(line) - 1) // 2], line[len(line) // 2]
        found.append((wire.middle, wire.stations[0].x_of, label_box(wire.middle, ((x0 + x1) / 2, (y0 + y1) / 2))))
    return found


def marks_of(wire: Wire, picture: Picture) -> list[tuple[str, XY]]:
    """Return the marks at the ends of a wire, each with the middle of its text, beside the wire."""
    line = curve(wire, picture.points)
    crowded = is_crowded(wire, picture)
    found = []
    for place, (mark, end) in enumerate(zip(wire.marks, wire.ends, strict=False)):
        if mark and end:
            node = picture.called.get(end[0])
            start, on = (line[-1], line[-2]) if place else (line[0], line[1])
            dx, dy = on[0] - start[0], on[1] - start[1]
            length = hypot(dx, dy) or 1.0
            extent = node.extent if node else centred(0.0, 0.0)
            reach = MARK + (extent.width if abs(dx) > abs(dy) else extent.height) / 2
            x, y = to_mark(dx, dy, crowded and place == 1)
            middle = (start[0] + (dx * reach + x * MARK) / length, start[1] + (dy * reach + y * MARK) / length)
            found.append((mark, middle))
    return found


def is_slanted(dx: float, dy: float) -> bool:
    """Tell whether a direction is far enough from both axes that a mark stands behind it."""
    return min(abs(dx), abs(dy)) > 0.2 * max(abs(dx), abs(dy))


def to_mark(dx: float, dy: float, turned: bool) -> XY:
    """Return the way from a wire that leaves in a direction to its mark: upwards, to the right, or behind it.

    It is as long as the direction. The mark may be `turned` to the other side of a straight wire.
    """
    right = (dx > 0) != (dy > 0) if is_slanted(dx, dy) else (dx < 0 if abs(dx) > abs(dy) else dy > 0) != turned
    return (dy, -dx) if right else (-dy, dx)


def is_crowded(wire: Wire, picture: Picture) -> bool:
    """Tell whether so little is seen of a straight wire that the marks at its ends stand on different sides of it."""
    if not all(wire.marks) or wire.bend or wire.out is not None or len(wire.stations) > 2:
        return False
    (x0, y0), (x1, y1) = (at(station, picture.points) for station in wire.stations)
    return hypot(x1 - x0, y1 - y0) - sum(_hidden(wire, ((x0, y0), (x1, y1)), picture)) < CROWDED


def arrow_of(wire: Wire, picture: Picture) -> tuple[float, XY, float]:
    """Return where the arrow of a wire is: in the middle of what is seen of it, or of its middle piece.

    That is a share of the way or of that piece, a place, and the direction in degrees in which the arrow points.
    """
    corners = [at(station, picture.points) for station in wire.stations]
    controls = bezier(wire, picture.points)
    if len(corners) > 2:
        first = piece_with_arrow(wire, picture)
        share, controls = 0.5, None
        (x0, y0), (x1, y1) = corners[first], corners[first + 1]
    else:
        (x0, y0), (x1, y1) = corners
        share = _middle_of_seen(wire, corners, picture)
    if controls is None:
        controls = (
            (x0, y0),
            (x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3),
            (x1 - (x1 - x0) / 3, y1 - (y1 - y0) / 3),
            (x1, y1),
        )
    x, y = _weighted(controls, *_weights(share))
    (before_x, before_y), (after_x, after_y) = (_weighted(controls, *_weights(share + step)) for step in (-0.01, 0.01))
    turn = 0 if wire.arrow == "forth" else 180
    return share, (x, y), degrees(atan2(after_y - before_y, after_x - before_x)) + turn


def piece_with_arrow(wire: Wire, picture: Picture) -> int:
    """Return the number of the piece of a wire that carries its arrow: the middle one, of two the longer one."""
    corners = [at(station, picture.points) for station in wire.stations]
    if len(corners) == 3:
        return int(dist(*corners[:2]) < dist(*corners[1:]))
    return (len(corners) - 2) // 2


def _middle_of_seen(wire: Wire, corners: Sequence[XY], picture: Picture) -> float:
    """Return the middle of what its ends leave to be seen of a wire, as a share of its way."""
    length = hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]) or 1.0
    first, last = _hidden(wire, corners, picture)
    return round((1 + (first - last) / length) / 2, 2)


def _hidden(wire: Wire, corners: Sequence[XY], picture: Picture) -> list[float]:
    """Return how much of a wire is under what it ends on."""
    direction = towards(*corners)
    return [
        node.extent.towards(side) if end and (node := picture.called.get(end[0])) else 0.0
        for end, side in zip(wire.ends, (direction, OPPOSITE[direction]), strict=False)
    ]


def ink(picture: Picture, panel: int | None = None) -> list[Box]:
    """Return the boxes of all that is drawn, or of what one panel draws."""
    points = picture.points
    boxes = [box_of(item, points) for item in picture.boxed if panel in (None, item.panel)]
    framed = frames(picture)
    for group in picture.groups:
        if panel in (None, group.panel):
            boxes += [framed[name] for name in (group.name, label_name(group)) if name in framed]
    for remark in picture.remarks:
        if panel in (None, remark.panel):
            boxes += ink_of(remark, framed)
    for wire in picture.wires:
        if panel in (None, wire.panel):
            boxes += [Box(x, y, x, y) for x, y in curve(wire, points)]
            boxes += [box for _, _, box in labels_of(wire, points)]
            if wire.arrow:
                boxes.append(box_around(*arrow_of(wire, picture)[1], *ARROW))
    return boxes


@lru_cache(maxsize=32)
def extent(picture: Picture) -> Box:
    """Return the box of all that is drawn."""
    return union(ink(picture))


def crosses(a: XY, b: XY, c: XY, d: XY) -> bool:
    """Tell whether the inside of the segment a b meets the inside of c d in one point."""
    (ax, ay), (cx, cy) = a, c
    abx, aby, cdx, cdy = b[0] - ax, b[1] - ay, d[0] - cx, d[1] - cy
    acx, acy = cx - ax, cy - ay
    c_side, d_side = abx * acy - aby * acx, abx * (acy + cdy) - aby * (acx + cdx)
    if c_side * d_side >= -1e-12:
        return False
    a_side, b_side = cdy * acx - cdx * acy, cdy * (acx - abx) - cdx * (acy - aby)
    return a_side * b_side < -1e-12


def distance(p: XY, a: XY, b: XY) -> float:
    """Return the distance of a point from a segment."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length))
    return hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)


def side_of_middle(start: XY, end: XY, bend: int) -> Direction:
    """Return the side of a wire on which the label in its middle stands."""
    upright = abs(end[0] - start[0]) < abs(end[1] - start[1])
    return "right" if upright else "up" if bend >= 0 else "down"


def leave_together(line: Sequence[XY], other: Sequence[XY], narrow: float) -> bool:
    """Tell whether two lines begin or end at one place, in directions less than that angle apart, in radians."""
    for one in (line, line[::-1]):
        for two in (other, other[::-1]):
            if dist(one[0], two[0]) < TOGETHER:
                angles = [atan2(b[1] - a[1], b[0] - a[0]) for a, b in ((one[0], one[1]), (two[0], two[1]))]
                if abs(remainder(angles[0] - angles[1], tau)) < narrow:
                    return True
    return False
