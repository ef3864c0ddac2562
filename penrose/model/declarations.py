"""What a program declares outside of its figures: dimensions, tensors, functions, styles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from penrose.errors import Diagnostic, Note, suggestion
from penrose.model.document import Style
from penrose.model.function import NAMES, Function, read_function
from penrose.model.properties import read_property
from penrose.model.tensor import BUILT_IN, Dimension, Tensor
from penrose.model.texts import check_label
from penrose.source import Span
from penrose.syntax import tree

SHAPES = ("circle", "square", "triangle", "plain")
COLORS = (
    *("black", "blue", "brown", "cyan", "darkgray", "gray", "green", "grey", "lightgray", "lime", "magenta", "olive"),
    *("orange", "pink", "purple", "red", "teal", "violet", "white", "yellow"),
)
_COLOR = re.compile(r"([A-Za-z]+)(?:![0-9]{1,3}(?:!([A-Za-z]+))?)?")


def read_dimensions(nodes: Iterable[tree.Statement], found: list[Diagnostic]) -> dict[str, Dimension]:
    """Return the dimensions that are declared, by name."""
    known: dict[str, Dimension] = {}
    for item in (item for node in nodes if isinstance(node, tree.Dimensions) for item in node.items):
        size, test = (_whole(text, item.span, found) for text in (item.size, item.test))
        if item.name.text in known:
            found.append(twice("dimension", item.name, known[item.name.text].span))
        else:
            known[item.name.text] = Dimension(item.name.text, size, test, item.name.span)
    return known


def _whole(text: str, span: Span, found: list[Diagnostic]) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15 or int(text) == 0:
        message = f"the size of a dimension is a whole number, not {text[:20]}"
        found.append(Diagnostic("PEN213", message, span, hint="write for example 768"))
        return None
    return int(text)


def read_tensors(
    nodes: Iterable[tree.Statement], dimensions: Mapping[str, Dimension], found: list[Diagnostic]
) -> dict[str, Tensor]:
    """Return the tensors that are declared, by name."""
    known: dict[str, Tensor] = {}
    for item in (item for node in nodes if isinstance(node, tree.Tensors) for item in node.items):
        name = item.name.text
        if name in BUILT_IN or name in dimensions:
            what = "built in" if name in BUILT_IN else "a dimension"
            found.append(Diagnostic("PEN208", f"{name} is {what}", item.name.span, hint="choose another name"))
        elif name in known:
            found.append(twice("tensor", item.name, known[name].span))
        else:
            known[name] = _tensor(item, dimensions, found)
    return known


def _tensor(node: tree.Tensor, dimensions: Mapping[str, Dimension], found: list[Diagnostic]) -> Tensor:
    slots = tuple(slot.name.text for slot in node.slots)
    for number, slot in enumerate(node.slots):
        if slot.name.text in slots[:number]:
            first = node.slots[slots.index(slot.name.text)]
            found.append(twice("leg", slot.name, first.name.span))
        if slot.dimension and slot.dimension.text not in dimensions:
            message = f"there is no dimension {slot.dimension.text}"
            hint = suggestion(slot.dimension.text, dimensions) or f"declare it: dim {slot.dimension.text}"
            found.append(Diagnostic("PEN201", message, slot.dimension.span, hint=hint))
    sizes = tuple(slot.dimension.text if slot.dimension else slot.name.text for slot in node.slots)
    properties = [read_property(known, slots, found) for known in node.properties]
    return Tensor(
        node.name.text,
        slots,
        tuple(size if size in dimensions else "" for size in sizes),
        check_label(node.label, node.span, found),
        tuple(known for known in properties if known),
        declared=True,
        span=node.span,
    )


def read_functions(
    nodes: Iterable[tree.Statement], dimensions: Mapping[str, Dimension], found: list[Diagnostic]
) -> dict[str, Function]:
    """Return the functions that are defined, by name. One of the language's own may be defined anew."""
    known: dict[str, Function] = {}
    for node in nodes:
        if isinstance(node, tree.Function):
            name = node.name.text
            if name in known:
                found.append(twice("function", node.name, known[name].span))
            elif name in NAMES and name in ("sum", "prod", "conj"):
                found.append(Diagnostic("PEN208", f"{name} is built in", node.name.span, hint="choose another name"))
            else:
                known[name] = read_function(node, frozenset(dimensions), found)
    return known


def read_styles(
    nodes: Sequence[tree.Statement], tensors: Mapping[str, object], found: list[Diagnostic]
) -> dict[str, Style]:
    """Return the styles of tensors, by the name of the tensor."""
    known: dict[str, Style] = {}
    for node in nodes:
        if isinstance(node, tree.Style):
            known[node.name.text] = _style(node, found)
    dressed: dict[str, Style] = {}
    for node in nodes:
        if isinstance(node, tree.Dress):
            style = known.get(node.style.text)
            if style is None:
                message = f"there is no style {node.style.text}"
                hint = suggestion(node.style.text, known) or f"define it: style {node.style.text} {{ fill: yellow }}"
                found.append(Diagnostic("PEN216", message, node.style.span, hint=hint))
                continue
            dressed |= {name.text: style for name in node.names}
            found += _unknown_tensors(node, tensors)
    return dressed


def _unknown_tensors(node: tree.Dress, tensors: Mapping[str, object]) -> list[Diagnostic]:
    return [
        Diagnostic("PEN216", f"there is no tensor {name.text}", name.span, hint=suggestion(name.text, tensors))
        for name in node.names
        if name.text not in tensors
    ]


def _style(node: tree.Style, found: list[Diagnostic]) -> Style:
    settings = {"fill": "", "shape": ""}
    for entry in node.block.entries:
        setting = entry.node
        name, value = setting.name.text, setting.value.text
        if name not in settings:
            hint = suggestion(name, settings) or "a style has fill and shape"
            found.append(Diagnostic("PEN216", f"a style has no {name}", setting.name.span, hint=hint))
        elif name == "shape" and value not in SHAPES:
            hint = suggestion(value, SHAPES) or f"shapes are {', '.join(SHAPES)}"
            found.append(Diagnostic("PEN216", f"there is no shape {value}", setting.value.span, hint=hint))
        elif name == "fill" and not is_color(value):
            hint = suggestion(value, COLORS) or f"colours are {', '.join(COLORS)}, and mixtures: blue!20"
            found.append(Diagnostic("PEN216", f"{value} is not a colour", setting.value.span, hint=hint))
        elif settings[name]:
            hint = "keep one of them"
            found.append(Diagnostic("PEN216", f"{name} is set twice", setting.name.span, hint=hint))
        else:
            settings[name] = value
    return Style(node.name.text, settings["fill"], settings["shape"])


def is_color(text: str) -> bool:
    """Tell whether a text is a colour that a figure can have, or a mixture of them."""
    match = _COLOR.fullmatch(text)
    return match is not None and all(name is None or name in COLORS for name in match.groups())


def twice(what: str, name: tree.Name, first: Span) -> Diagnostic:
    """Return the diagnostic for a name that is declared twice."""
    message = f"the {what} {name.text} is declared twice"
    return Diagnostic("PEN208", message, name.span, "", (Note(first, "first here"),), "rename or remove one of them")
