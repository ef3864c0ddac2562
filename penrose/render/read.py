"""A generated figure back to the program that it stands for.

What is read is the drawing: which wire ends on which slot, what stands inside of which wall, the order of
terms. Positions, comments, labels and looks count for nothing. Wires that dots join are one net; a net gets
the name of an index, and every slot on it carries that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from penrose.data import Equatable
from penrose.model import scalar
from penrose.model.function import ALONG_AXES, ELEMENTWISE, OF_MATRICES
from penrose.render.drawing import TENSORS, TOP, Drawing, Thing, divided, draw
from penrose.render.nets import Net, Nets, parts_of

Names = Mapping[str, str]  # from what an index is called in a frame to its name in the program


class Reading(Equatable):
    """A program, the lines of the figure that say nothing a program could, with their numbers, and what is missing."""

    program: str
    unread: tuple[tuple[int, str], ...]
    missing: tuple[str, ...]


def read(text: str) -> Reading:
    """Return the program of a generated figure, however it was edited since."""
    drawing = draw(text)
    reader = _Reader(drawing, Nets(drawing))
    chains = [reader.chain(things) for things in drawing.chains()]
    body = f": {chains[0]}" if len(chains) == 1 else f" {{\n{chr(10).join(chains)}\n}}"
    sizes = {word for thing in drawing.things.values() if thing.kind == "coefficient" for word in thing.words()}
    dimensions = sorted(sizes - set(scalar.FUNCTIONS))
    functions = "".join(f"{line}\n" for line in [*(f"dim {name}" for name in dimensions), *sorted(reader.functions)])
    name = drawing.figure.replace("-", "_") or "figure_1"
    return Reading(f"{functions}figure {name}{body}\n", drawing.unread, tuple(dict.fromkeys(reader.missing)))


@dataclass
class _Reader:
    """Writes the program. Nets get their names in reading order, panel by panel."""

    drawing: Drawing
    nets: Nets
    functions: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    names: dict[Net, list[str]] = field(default_factory=dict)  # more than one where a copy tensor joins legs
    taken: set[str] = field(default_factory=set)

    # ------------------------------------------------ panels

    def chain(self, things: Sequence[Thing]) -> str:
        """Write a chain of panels."""
        panels = divided(things, lambda thing: thing.kind == "relation")
        given = self._is_left_side(panels[0][1])
        text = ""
        for relation, panel in panels:
            sign, _, within = (relation.stands_for if relation else "").partition(" ")
            self.names = {}
            self.taken = self._reserved(panel)
            self._name_tips(TOP, {})
            body = self._sum(panel, TOP, {})
            factors = [thing.kind in TENSORS for thing in panel if thing.kind not in ("bar", "dot")]
            legs = "" if given else self._legs(panel, TOP, {}, always=not sign and factors == [True])
            text += (f" {sign} " if sign else "") + body + (f" {within}" if within else "") + legs
        return text

    def _reserved(self, panel: Sequence[Thing]) -> set[str]:
        """Return the names in a panel that no bond can have: those of free legs and of subscripts."""
        inside = self.drawing.within(panel)
        named = (self.drawing.things[name] for name in inside)
        words = {word for thing in named if thing.kind in (*TENSORS, "total") for word in thing.words()}
        return words | {tip.called for net in self.nets.all if net.things & inside for tip in net.tips}

    def _is_left_side(self, panel: Sequence[Thing]) -> bool:
        """Tell whether a panel is a plain tensor with distinct free legs, which name those of its chain."""
        if len(panel) != 1 or panel[0].kind not in TENSORS or re.search(r"[\[(]", panel[0].stands_for):
            return False
        free = True
        for end in self.nets.ends(panel[0]):
            tips = [tip for net in end.nets for tip in net.tips]
            plain = len({tip.whole for tip in tips}) == 1 and len(tips) == len(end.nets)
            free &= plain and all(net.mentions == 1 for net in end.nets)
        return free and not self.nets.pins(panel[0])

    # ------------------------------------------------ sums and terms

    def _sum(self, things: Sequence[Thing], frame: str, outer: Names) -> str:
        text = ""
        for sign, term in divided(things, lambda thing: thing.kind == "sign"):
            minus = sign is not None and sign.stands_for == "-"
            if term:
                text += (" - " if minus else " + ") if text else ("-" if minus else "")
                text += self._term(term, frame, outer)
        return text

    def _term(self, things: Sequence[Thing], frame: str, outer: Names) -> str:
        captions = "".join(f' "{_plain(thing.text)}"' for thing in things if thing.kind == "caption")
        drawn = [thing for thing in things if thing.kind != "caption"]
        return self._product(drawn, frame, outer) + captions

    def _product(self, things: Sequence[Thing], frame: str, outer: Names) -> str:
        """Write factors side by side, with a * where a parenthesis would make the one before it a function."""
        text = ""
        for number, thing in enumerate(things):
            if thing.kind == "total":
                body = self._body(things[number + 1 :], frame, outer)
                return f"{text} sum[{thing.stands_for}]({body})".strip()
            piece = self._factor(thing)
            between = " * " if piece.startswith("(") else " "
            text += between + piece if text and piece else piece
        return " ".join(filter(None, (text, *self._copies(things, frame))))

    def _body(self, things: Sequence[Thing], frame: str, outer: Names) -> str:
        """Write what a drawn sum has in it: a product, or a frame that is there only to hold a sum."""
        if len(things) == 1 and things[0].kind == "group" and not self.nets.ends(things[0]):
            self._name_tips(things[0].name, outer)
            return self._sum(self.drawing.inside(things[0].name), things[0].name, outer)
        return self._product(things, frame, outer)

    def _copies(self, things: Sequence[Thing], frame: str) -> Iterator[str]:
        """Yield the copy tensors and vectors of ones that the dots, lines and rings of a product stand for."""
        for net in self.nets.touching(things, frame):
            names, count = self._names(net), net.mentions + len(net.tips) + len(net.outside)
            if net.is_ring:
                yield f"delta[{names[0]},{names[0]}]"
            elif len(names) > 1:
                yield f"delta[{','.join(names)}]"
            elif count < 2:
                yield " ".join([f"one[{names[0]}]"] * (2 - count))

    # ------------------------------------------------ names

    def _name_tips(self, frame: str, outer: Names) -> None:
        """Name the nets that end free in a frame as these legs are named around it."""
        for net in (net for net in self.nets.all if net.frame == frame):
            for tip in net.tips:
                name = outer.get(tip.called, tip.called)
                if name not in self.names.setdefault(net, []):
                    self.names[net].append(name)

    def _names(self, net: Net) -> list[str]:
        if net not in self.names:
            self.names[net] = [self._fresh(net.bond)]
        return self.names[net]

    def _fresh(self, name: str) -> str:
        while name in self.taken:
            name += "'"
        self.taken.add(name)
        return name

    def _leg(self, nets: Sequence[Net]) -> str:
        return _grouped([self._names(net)[0] for net in nets])

    def _legs(self, things: Sequence[Thing], frame: str, outer: Names, always: bool = False) -> str:
        """Return `-> [..]` for a part in which something mentions a free leg twice, or groups it, or for any."""
        free = [net for net in self.nets.touching(things, frame) if net.is_free]
        wholes = dict.fromkeys(tip.whole for net in free for tip in net.tips)
        clear = all(net.mentions == 0 or (net.mentions == 1 and len(self._names(net)) < 2) for net in free)
        if clear and not always and not any(whole.startswith("(") for whole in wholes):
            return ""
        listed = [_grouped([outer.get(part, part) for part in parts_of(whole)]) for whole in wholes]
        listed += [name for net in free for name in self._names(net)[: len(net.outside)]]
        return f" -> [{', '.join([*listed, *self._hidden(things)])}]"

    def _hidden(self, things: Sequence[Thing]) -> list[str]:
        """Return the subscripts in a part that a drawn sum around it binds."""
        inner = [self.drawing.things[name] for name in self.drawing.within(things) if name in self.drawing.things]
        bound = {limit.partition("=")[0] for one in inner if one.kind == "total" for limit in one.stands_for.split(",")}
        legs = [leg for one in inner for leg in one.listed]
        return sorted({leg for leg in legs if leg[0].isalpha() and leg not in bound})

    # ------------------------------------------------ factors

    def _factor(self, thing: Thing) -> str:
        if thing.kind == "coefficient":
            text = thing.stands_for.replace("[]", "")
            return f"({text})" if re.search(r" [+-] |^-", text) else text
        if thing.kind in TENSORS:
            return self._tensor(thing)
        if thing.kind == "dots":
            return f"dots[{','.join(self._leg(end.nets) for end in self.nets.ends(thing))}]"
        if thing.kind == "group":
            return f"({self._inside(thing, self.drawing.inside(thing.name), self._outer(thing))})"
        if thing.kind == "bubble":
            return self._bubble(thing)
        return ""  # dots, bars, lines: what they join says it all

    def _tensor(self, thing: Thing) -> str:
        name, conjugated = thing.name_and_conjugate()
        legs = {slot: leg for slot, leg in enumerate(thing.listed, 1) if leg != "."} | self.nets.pins(thing)
        legs |= {int(end.called): self._leg(end.nets) for end in self.nets.ends(thing)}
        for slot in range(1, max(legs, default=0)):
            if slot not in legs:
                self.missing.append(f"{thing.name} has no wire at slot {slot}")
                legs[slot] = self._fresh("i")
        drawn = [legs[slot] for slot in sorted(legs)]
        text = name + (f"[{', '.join(drawn)}]" if drawn else "")
        return f"conj({text})" if conjugated else text

    def _inside(self, frame: Thing, things: Sequence[Thing], outer: Names) -> str:
        """Write what stands in a frame, or one argument of it."""
        self._name_tips(frame.name, outer)
        return self._sum(things, frame.name, outer) + self._legs(things, frame.name, outer)

    def _outer(self, frame: Thing) -> dict[str, str]:
        """Return the names around a frame of what its legs are called inside, and name the nets that go through.

        Two legs of a frame have two names, even where they are one net around it; axes that end inside get new ones.
        """
        found: dict[str, str] = {}
        used: set[str] = set()
        for end in self.nets.ends(frame):
            for part, net in zip(parts_of(end.called), end.nets, strict=False):
                found[part] = self._leg_of(net, part, used)
        for net in (net for net in self.nets.within(frame) if net.outside):
            self.names[net] = [self._leg_of(way.net, net.bond, used) for way in net.outside]
        for net in self.nets.within(frame):
            found |= {tip.called: self._fresh(tip.called) for tip in net.tips if tip.called not in found}
        return found

    def _leg_of(self, net: Net, called: str, used: set[str]) -> str:
        """Return a name of a net that no other leg of a frame has."""
        names = self._names(net)
        name = next((name for name in names if name not in used), "")
        if not name:
            name = self._fresh(called)
            names.append(name)
        used.add(name)
        return name

    def _bubble(self, thing: Thing) -> str:
        arguments = divided(self.drawing.inside(thing.name), lambda one: one.stands_for == "," and one.kind == "sign")
        outer = self._outer(thing)
        inside = [self._inside(thing, items, outer) for _, items in arguments]
        if thing.stands_for.startswith("^"):
            exponent = thing.stands_for[1:]
            plain = re.fullmatch(r"[\w.]+", exponent)
            return f"({inside[0]})^{exponent}" if plain else f"({inside[0]})^({exponent})"
        name, _, listed = thing.stands_for.partition("[")
        axes, kept = [], True
        for axis in listed[:-1].split(",") if listed else ():
            through = [
                self.names[net][position]
                for net in self.nets.within(thing)
                for position, way in enumerate(net.outside)
                if way.axis == axis
            ]
            # an axis that is neither on a wire nor a leg of the bubble is bound by a drawn sum
            axes.append(through[0] if through else outer.get(axis, axis))
            kept = bool(through) or any(end.called == axis for end in self.nets.ends(thing))
        if name not in {*ELEMENTWISE, *ALONG_AXES, *OF_MATRICES} and (axes or len(inside) > 1):
            self._declare(name, axes, len(inside), kept)
        return f"{name}[{', '.join(axes)}]({', '.join(inside)})" if axes else f"{name}({', '.join(inside)})"

    def _declare(self, name: str, axes: Sequence[str], arguments: int, kept: bool) -> None:
        """Declare a function that is not the language's own, as far as the drawing tells."""
        listed = ",".join(f"k_{number + 1}" for number in range(len(axes)))
        parameters = ", ".join(f"x_{number + 1}" for number in range(arguments))
        body = "" if kept else f" = sum[{listed}](x_1)  # the drawing does not show its formula"
        self.functions.add(f"function {name}{f'[{listed}]' if axes else ''}({parameters}){body}")


def _grouped(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({' '.join(names)})"


def _plain(caption: str) -> str:
    """Return a caption as it is written in a program, without the escapes of TeX."""
    pieces = caption.split("$")
    pieces[::2] = [re.sub(r"\\([%#&_])", r"\1", piece) for piece in pieces[::2]]
    return "$".join(pieces)
