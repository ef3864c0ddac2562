"""What the author says about a picture: notes, braces, highlights, arrows. They move no tensor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from penrose.data import replace
from penrose.errors import Diagnostic
from penrose.layout.geometry import beside, box_of, curve, frames, ink_of, label_name, labels_of, towards, union
from penrose.layout.measure import HIGHLIGHT, NOTE
from penrose.layout.names import Names
from penrose.layout.scene import Box, Brace, Direction, Highlight, Node, Note, Picture, Station, Wire
from penrose.model.contradictions import contradiction
from penrose.model.document import Arrow, Bend, Figure, LegSide, Remark
from penrose.model.document import Brace as BraceHint
from penrose.model.document import Highlight as HighlightHint
from penrose.model.document import Note as NoteHint

Ways = Arrow | Bend | LegSide

NEAR = 0.5  # cm from tensors where notes would meet a brace along them
ASTRAY = 1.5  # things that a note had rather meet than stand beyond the legs of its tensor
PIECES = 8  # of a line, for what it may meet
FREE: tuple[Direction, ...] = ("up", "down", "right", "left")  # sides for notes, in the order in which they are tried


def remarks_of(figure: Figure) -> list[Remark]:
    """Return the remarks of a figure in the order in which they are drawn: a longer brace is around shorter ones."""
    notes = [hint for hint in figure.hints if isinstance(hint, NoteHint)]
    braces = [hint for hint in figure.hints if isinstance(hint, BraceHint)]
    highlights = [hint for hint in figure.hints if isinstance(hint, HighlightHint)]
    return [*highlights, *notes, *sorted(braces, key=lambda hint: len(hint.factors))]


def is_about(remark: Remark, picture: Picture, names: Names) -> bool:
    """Tell whether a remark is about things that are all in a picture."""
    return set(_about(remark, names)) <= {node.name for node in picture.nodes}


def _about(remark: Remark, names: Names) -> list[str]:
    """Return the names of the tensors that a remark is about, empty for one that is not drawn yet."""
    factors = (remark.factor,) if isinstance(remark, NoteHint) else remark.factors
    return [names.of.get(id(factor), "") for factor in factors]


def with_remark(picture: Picture, remark: Remark, names: Names, panel: int, depth: int) -> Picture:
    """Return a picture with a remark about things in it; `depth` counts the walls around them."""
    about = _about(remark, names)
    ends = "--".join(dict.fromkeys((about[0], about[-1])))
    match remark:
        case NoteHint():
            (node,) = (node for node in picture.nodes if node.name == about[0])
            note = Note(names.tip(f"note--{ends}"), node.name, "up", 0.0, remark.text, panel)
            placed = _with_place(note, node, picture, remark.side)
            return replace(picture, remarks=(*picture.remarks, placed))
        case HighlightHint():
            name, members = names.tip(f"highlight--{ends}"), _outermost(about, picture)
            highlight = Highlight(name, members, remark.color, depth, panel)
            return replace(picture, remarks=(*picture.remarks, highlight))
        case BraceHint():
            side: Direction = remark.side
            named, hanging = _hanging(about, side, picture)
            members = _outermost(about, picture)
            clear = (*hanging, *_texts_on(side, members, picture), *_remarks_on(side, about, picture))
            brace = Brace(names.tip(f"brace--{ends}"), members, side, remark.text, panel, tuple(about), clear)
            return replace(named, remarks=(*picture.remarks, brace))


def _outermost(names: Sequence[str], picture: Picture) -> tuple[str, ...]:
    """Return things, or instead of those in frames the outermost frames around them."""
    frame = {member: group.name for group in picture.groups for member in group.members}
    found = []
    for name in names:
        while name in frame:
            name = frame[name]
        found.append(name)
    return tuple(dict.fromkeys(found))


# ---------------------------------------------------------------- notes


def _with_place(note: Note, node: Node, picture: Picture, side: Direction | None) -> Note:
    """Put a note on the side of its node that is asked for, or on one where it meets least, farther out if need be."""
    point = picture.points[node.name]
    meets = list(_obstacles(node, picture))
    sides = (side,) if side else FREE
    ground = HIGHLIGHT if any(isinstance(r, Highlight) and node.name in r.members for r in picture.remarks) else 0.0
    near = [replace(note, side=one, away=round(node.extent.towards(one) + ground + NOTE, 3)) for one in sides]
    far = [replace(one, away=_beyond(one, node, picture)) for one in near]

    def cost(one: Note) -> float:
        return sum(beside(one, point).meets(box) for box in meets) + (ASTRAY if one in far else 0.0)

    return min((*near, *far), key=cost)


def _beyond(note: Note, node: Node, picture: Picture) -> float:
    """Return how far a note is from its node beyond the legs there and their labels."""
    point = picture.points[node.name]
    reach = [note.away - NOTE]
    for wire in picture.wires:
        if any(end and end[0] == node.name for end in wire.ends):
            for label, _, box in labels_of(wire, picture.points):
                if label.side == note.side:
                    over = {"up": box.y1 - point.y, "down": point.y - box.y0}
                    reach.append(({"left": point.x - box.x0, "right": box.x1 - point.x} | over)[note.side])
    return round(max(reach) + NOTE, 3)


def _obstacles(node: Node, picture: Picture) -> Iterator[Box]:
    """Yield the boxes of what a text beside a node had better not meet."""
    yield from (box_of(item, picture.points) for item in picture.boxed if item is not node)
    framed = frames(picture)
    for remark in picture.remarks:
        if not isinstance(remark, Highlight) or node.name not in remark.members:
            yield from ink_of(remark, framed)
    for wire in picture.wires:
        yield from (box for _, _, box in labels_of(wire, picture.points))
        for (x0, y0), (x1, y1) in pairwise(curve(wire, picture.points)):
            for step in range(PIECES):
                ends = [(x0 + (x1 - x0) * s / PIECES, y0 + (y1 - y0) * s / PIECES) for s in (step, step + 1)]
                yield union(Box(x, y, x, y) for x, y in ends).grown(0.02)


# ---------------------------------------------------------------- braces


def _hanging(about: Sequence[str], side: Direction, picture: Picture) -> tuple[Picture, tuple[str, ...]]:
    """Return what hangs on a side of some tensors: labels of free legs, which get names, tips, corners of loops."""
    wires: list[Wire] = []
    found: list[str] = []
    for wire in picture.wires:
        line = curve(wire, picture.points)
        on = [end is not None and end[0] in about for end in wire.ends]
        if wire.is_loop and on and all(on):
            found += [station.y_of for station in wire.stations[1:-1] if _is_beyond(station, side, about, picture)]
        elif len(on) == 2 and on[0] and wire.ends[1] is None and towards(line[0], line[-1]) == side:
            label = wire.labels[1]
            if label:
                label = replace(label, name=label.name or f"{wire.stations[-1].x_of}--label")
                wire = replace(wire, labels=(wire.labels[0], label))
            found.append(label.name if label else wire.stations[-1].x_of)
        wires.append(wire)
    return replace(picture, wires=tuple(wires)), tuple(dict.fromkeys(found))


def _is_beyond(station: Station, side: Direction, about: Sequence[str], picture: Picture) -> bool:
    heights = [picture.points[name].y for name in about]
    y = picture.points[station.y_of].y
    return y > max(heights) if side == "up" else y < min(heights)


def _texts_on(side: Direction, things: Sequence[str], picture: Picture) -> Iterator[str]:
    """Yield the names of bubbles on that side of their walls."""
    for group in picture.groups:
        if group.name in things and group.label and group.below == (side == "down"):
            yield label_name(group)


def _remarks_on(side: Direction, about: Sequence[str], picture: Picture) -> Iterator[str]:
    """Yield what is nearer to some tensors than a further brace on a side: highlights, and notes and braces there."""
    framed = frames(picture)
    along = union(box_of(node, picture.points) for node in picture.nodes if node.name in about)
    near = Box(along.x0, along.y0 - NEAR, along.x1, along.y1 + NEAR)
    for remark in picture.remarks:
        if isinstance(remark, Highlight) and set(remark.members) <= set(about):
            yield remark.name
        if isinstance(remark, Note) and remark.side == side and near.meets(framed[remark.name]):
            yield remark.name
        if isinstance(remark, Brace) and remark.side == side and set(remark.about) <= set(about):
            yield from (remark.name, label_name(remark))


# ---------------------------------------------------------------- wires


def with_arrows(picture: Picture, figure: Figure, names: Names, found: list[Diagnostic]) -> Picture:
    """Return a picture with the arrows of a figure; report hints about wires that cannot be followed."""
    hints = [hint for hint in figure.hints if isinstance(hint, Arrow | Bend | LegSide)]
    ends = {id(hint): (names.of.get(id(hint.factor), ""), hint.slot) for hint in hints}
    drawn = {end for wire in picture.wires for end in wire.ends}
    for hint in hints:
        if not isinstance(hint, LegSide) and ends[id(hint)] not in drawn:
            message = f"this leg of {hint.factor.tensor} is not drawn as a wire"
            fix = "the index of a drawn sum is a subscript: leave the hint out"
            found.append(Diagnostic("PEN210", message, hint.span, hint=fix))
    wires = []
    for wire in picture.wires if hints else ():
        own = [hint for hint in hints if ends[id(hint)] in wire.ends]
        first = [hint for hint in own if ends[id(hint)] == wire.ends[0]]
        found += _unheeded(wire, own, first)
        arrows = [hint for hint in own if isinstance(hint, Arrow)]
        wires.append(replace(wire, arrow="forth" if arrows[0] in first else "back") if arrows else wire)
    return replace(picture, wires=tuple(wires)) if hints else picture


def _unheeded(wire: Wire, own: Sequence[Ways], first: Sequence[Ways]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the hints about a wire; `first` are those about its first end."""
    arrows = {hint in first: hint.span for hint in own if isinstance(hint, Arrow)}
    bends = {hint.degrees * (1 if hint in first else -1): hint.span for hint in own if isinstance(hint, Bend)}
    sides = [hint.span for hint in own if isinstance(hint, LegSide) and None not in wire.ends]
    for spans in (list(arrows.values()), list(bends.values())):
        if len(spans) > 1:
            yield contradiction(*spans[:2])
    for span in bends.values():
        if sides:
            yield contradiction(span, sides[0])
        if wire.is_loop:
            hint = "a loop has corners: move them in the .tikz"
            yield Diagnostic("PEN210", "this wire goes around as a loop, and does not bend", span, hint=hint)
