"""Changes of a syntax tree that commands make in the author's source."""

from __future__ import annotations

from collections.abc import Mapping

from penrose.data import replace
from penrose.syntax import tree


def with_places(figure: tree.Figure, places: Mapping[tuple[str, str], tuple[str, str]]) -> tree.Figure:
    """Return a figure with a `place` hint for every tensor that is named, by its name and occurrence.

    Hints that place the same tensors otherwise are replaced; others stay as they are.
    """
    if not places:
        return figure
    hints = [tree.Entry(_place(figure, *what, *at)) for what, at in places.items()]
    entries = list(figure.block.entries)
    for number, entry in enumerate(entries):
        if isinstance(entry.node, tree.Layout) and not entry.node.panel:
            kept = [hint for hint in entry.node.block.entries if _placed(hint.node) not in places]
            block = replace(entry.node.block, entries=(*kept, *hints))
            entries[number] = replace(entry, node=replace(entry.node, block=block))
            break
    else:
        entries.append(tree.Entry(tree.Layout(0, tree.Block(tuple(hints)), span=figure.span)))
    return replace(figure, block=replace(figure.block, entries=tuple(entries)), braced=True)


def _place(figure: tree.Figure, name: str, key: str, x: str, y: str) -> tree.Hint:
    def word(text: str, key: str = "") -> tree.Reference:
        return tree.Reference(tree.Name(text, span=figure.span), key, "", span=figure.span)

    operands = (word(name, key), word("at"), tree.Pair(x, y, span=figure.span))
    return tree.Hint(tree.Name("place", span=figure.span), operands, span=figure.span)


def _placed(hint: tree.Hint) -> tuple[str, str] | None:
    """Return the tensor that a hint places, if it is one that does."""
    if hint.verb.text != "place" or not hint.operands or not isinstance(hint.operands[0], tree.Reference):
        return None
    return hint.operands[0].name.text, hint.operands[0].key
