"""Text to syntax tree, by the grammar in grammar/pen.lark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from lark import Lark, Token, Transformer_NonRecursive, UnexpectedInput, v_args
from lark.lark import PostLex
from lark.tree import Meta

from penrose.errors import Diagnostic, PenroseError
from penrose.files import cache_folder
from penrose.resources import resource
from penrose.source import Source, Span
from penrose.syntax import tree
from penrose.syntax.brackets import STATEMENT, check_brackets
from penrose.syntax.explain import explain

T = TypeVar("T")

LARGEST = 2_000_000  # characters of a file
MOST_ERRORS = 20
DIGITS = 9  # that a whole number has less of


def parse(source: Source) -> tree.Program:
    """Return the syntax tree of a source, or raise the syntax errors of all of its statements."""
    if len(source.text) > LARGEST:
        message = f"the file has more than {LARGEST:,} characters"
        raise PenroseError([Diagnostic("PEN105", message, file=source.name, hint="split it, and join with use")])
    found = check_brackets(source)
    text = source.text + "\n"
    while not found or text != source.text + "\n":
        try:
            parsed = _grammar().parse(text)
        except UnexpectedInput as error:
            found.append(explain(error, source))
            text = _without_statement(text, found[-1])
            if len(found) < MOST_ERRORS and text.strip():
                continue
        break
    if found:
        raise PenroseError(found)
    builder = _Builder(source)
    program = builder.transform(parsed)
    if builder.found:
        raise PenroseError(builder.found)
    return cast(tree.Program, program)


@cache
def _grammar() -> Lark:
    """Build the parser. Its tables are kept in the user's cache folder, since making them takes 0.1 s."""
    options: dict[str, Any] = {
        "start": "program",
        "parser": "lalr",
        "postlex": _Newlines(),
        "propagate_positions": True,
    }
    text = resource("grammar", "pen.lark")
    try:
        return Lark(text, cache=str(cache_folder() / "grammar"), **options)
    except OSError:
        return Lark(text, **options)


class _Newlines(PostLex):
    """Drops the newlines inside ( ) and [ ] and after an operator."""

    always_accept = ("_NEWLINE",)
    _operators = frozenset(
        {"EQUAL", "RELATION", "ARROW", "SIGN", "MINUS", "SLASH", "_STAR", "COLON", "COMMA", "LSQB", "LPAR"}
    )

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        depth = 0
        last = ""
        for token in stream:
            depth += (token.type in ("LPAR", "LSQB")) - (token.type in ("RPAR", "RSQB"))
            if token.type == "_NEWLINE" and (depth > 0 or last in self._operators):
                continue
            last = token.type
            yield token


def _without_statement(text: str, error: Diagnostic) -> str:
    """Blank out the statement in which an error stands, so that the rest can be read."""
    place = error.span.start if error.span else len(text)
    starts = [match.start() for match in STATEMENT.finditer(text)]
    start = max((s for s in starts if s <= place), default=0)
    end = min((s for s in starts if s > place), default=len(text))
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


_BRACED = re.compile(r"_\{\s*(\d+|[^\W\d_][^\W_]*)\s*\}")  # without need: A_{1} and A_1 are one name
_COMMENT = re.compile(r'"[^"\n]*"|(#[^\n]*)')


@v_args(meta=True)
class _Builder(Transformer_NonRecursive[Token, Any]):
    """Makes the nodes of the tree, inner ones first."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.found: list[Diagnostic] = []
        matches = (match for match in _COMMENT.finditer(source.text) if match[1])
        self.comments = {match.start(): match[1].rstrip() for match in matches}

    # ------------------------------------------------ pieces

    def _span(self, meta: Meta | Token) -> Span:
        start, end = (meta.start_pos, meta.end_pos) if not getattr(meta, "empty", False) else (0, 0)
        return Span(self.source, start or 0, end or 0)

    def _name(self, token: Token) -> tree.Name:
        text = unicodedata.normalize("NFC", str(token))
        return tree.Name(_BRACED.sub(r"_\1", text), span=self._span(token))

    def _whole(self, token: Token) -> int:
        """Return a whole number, or 0 with a diagnostic added."""
        if token.isdecimal() and len(token) < DIGITS:
            return int(token)
        message = f"a whole number belongs here, not {token[:20]}"
        hint = f"write one with less than {DIGITS} digits"
        self.found.append(Diagnostic("PEN213", message, self._span(token), hint=hint))
        return 0

    def _offset(self, children: Sequence[Token]) -> int:
        if not children:
            return 0
        sign, number = children
        return self._whole(number) * (-1 if sign.type == "MINUS" else 1)

    def _names(self, children: Sequence[Any]) -> tuple[tree.Name, ...]:
        return tuple(self._name(child) for child in children if _is(child, "NAME"))

    def _block(self, nodes: Sequence[Any], start: int, end: int) -> tree.Block[Any]:
        """Wrap nodes into entries with the comments between two places that no inner block took."""
        before: list[list[str]] = [[] for _ in range(len(nodes) + 1)]
        behind = [""] * len(nodes)
        first = [node.span.start for node in nodes]
        for place in sorted(p for p in self.comments if start <= p < end):
            text = self.comments.pop(place)
            index = next((i for i, node in enumerate(nodes) if node.span.end > place), len(nodes))
            if index and "\n" not in self.source.text[nodes[index - 1].span.end : place]:
                behind[index - 1] = text
                continue
            if index < len(nodes):
                first[index] = min(first[index], place)
            before[index].append(text)
        entries = tuple(
            tree.Entry(node, tuple(before[i]), behind[i], i > 0 and self._blank_before(first[i]))
            for i, node in enumerate(nodes)
        )
        return tree.Block(entries, tuple(before[-1]))

    def _blank_before(self, place: int) -> bool:
        text = self.source.text
        stop = place
        while stop and text[stop - 1].isspace():
            stop -= 1
        return text.count("\n", stop, place) > 1

    # ------------------------------------------------ statements

    def program(self, meta: Meta, children: list[Any]) -> tree.Program:
        return self._block(children, 0, len(self.source.text))

    def figure(self, meta: Meta, children: list[Any]) -> tree.Figure:
        braced = _is(children[-1], "RBRACE")
        nodes = _all(children, tree.Chain, tree.Layout)
        start = nodes[0].span.start if nodes and not braced else meta.start_pos
        block = self._block(nodes, start, meta.end_pos) if braced else tree.Block((tree.Entry(nodes[0]),))
        return tree.Figure(self._name(children[1]), _title(children), block, braced, span=self._span(meta))

    def layout(self, meta: Meta, children: list[Any]) -> tree.Layout:
        panel = next((self._whole(child) for child in children if _is(child, "NUMBER")), 0)
        block = self._block(_all(children, tree.Hint), meta.start_pos, meta.end_pos)
        return tree.Layout(panel, block, span=self._span(meta))

    def hint(self, meta: Meta, children: list[Any]) -> tree.Hint:
        operands = tuple(self._operand(child) for child in children[1:])
        return tree.Hint(self._name(children[0]), operands, span=self._span(meta))

    def _operand(self, child: Any) -> tree.Operand:
        if isinstance(child, Token):
            quoted = child.type == "STRING"
            return tree.Word(child[1:-1] if quoted else str(child), quoted, span=self._span(child))
        if isinstance(child, tree.Number):
            return tree.Word(child.text, span=child.span)
        if isinstance(child, tree.Access):
            slot = child.suffix.text if child.suffix else ""
            return tree.Reference(child.name, child.key, slot, span=child.span)
        return cast(tree.Pair, child)

    def pair(self, meta: Meta, children: list[Any]) -> tree.Pair:
        x, y = (child.text if isinstance(child, tree.Number) else str(child) for child in children[1:3])
        return tree.Pair(x, y, span=self._span(meta))

    def negative(self, meta: Meta, children: list[Any]) -> tree.Number:
        return tree.Number("-" + children[1], span=self._span(meta))

    def dims(self, meta: Meta, children: list[Any]) -> tree.Dimensions:
        return tree.Dimensions(tuple(children[1:]), span=self._span(meta))

    def dim(self, meta: Meta, children: list[Any]) -> tree.Dimension:
        given = dict(children[1:])
        size, test = given.get("size", ""), given.get("test", "")
        return tree.Dimension(self._name(children[0]), size, test, span=self._span(meta))

    def size(self, meta: Meta, children: list[Any]) -> tuple[str, str]:
        return "size", str(children[-1])

    def test(self, meta: Meta, children: list[Any]) -> tuple[str, str]:
        return "test", str(children[-1])

    def tensors(self, meta: Meta, children: list[Any]) -> tree.Tensors:
        return tree.Tensors(tuple(children[1:]), span=self._span(meta))

    def tensor(self, meta: Meta, children: list[Any]) -> tree.Tensor:
        slots = next(iter(_all(children, tuple)), ())
        properties = tuple(_all(children, tree.Property))
        return tree.Tensor(self._name(children[0]), slots, _title(children), properties, span=self._span(meta))

    def slots(self, meta: Meta, children: list[Any]) -> tuple[tree.Slot, ...]:
        return tuple(_all(children, tree.Slot))

    def slot(self, meta: Meta, children: list[Any]) -> tree.Slot:
        name, *dimension = self._names(children)
        return tree.Slot(name, dimension[0] if dimension else None, span=self._span(meta))

    def property(self, meta: Meta, children: list[Any]) -> tree.Property:
        name, *arguments = self._names(children)
        return tree.Property(name, tuple(arguments), span=self._span(meta))

    def let(self, meta: Meta, children: list[Any]) -> tree.Let:
        targets = tuple(_all(children, tree.Access))
        ranges = tuple(_all(children, tree.Range))
        return tree.Let(targets, _one(children, tree.Expression), _legs(children), ranges, span=self._span(meta))

    def function(self, meta: Meta, children: list[Any]) -> tree.Function:
        parameters = next(iter(_all(children, tuple)), ())
        expression = next(iter(_all(children, tree.Expression)), None)
        axes = next(iter(_all(children, tree.Bracket)), None)
        return tree.Function(self._name(children[1]), axes, parameters, expression, span=self._span(meta))

    def parameters(self, meta: Meta, children: list[Any]) -> tuple[tree.Name, ...]:
        return self._names(children)

    def body(self, meta: Meta, children: list[Any]) -> tree.Expression:
        return _one(children, tree.Expression)

    def style(self, meta: Meta, children: list[Any]) -> tree.Style:
        block = self._block(_all(children, tree.Setting), meta.start_pos, meta.end_pos)
        return tree.Style(self._name(children[1]), block, span=self._span(meta))

    def setting(self, meta: Meta, children: list[Any]) -> tree.Setting:
        value = self._operand(children[1])
        return tree.Setting(self._name(children[0]), cast(tree.Word, value), span=self._span(meta))

    def dress(self, meta: Meta, children: list[Any]) -> tree.Dress:
        *names, style = self._names(children)
        return tree.Dress(tuple(names), style, span=self._span(meta))

    def assume(self, meta: Meta, children: list[Any]) -> tree.Assume:
        return tree.Assume(children[-1], span=self._span(meta))

    def check(self, meta: Meta, children: list[Any]) -> tree.Check:
        return tree.Check(self._name(children[1]), children[-1], span=self._span(meta))

    def use(self, meta: Meta, children: list[Any]) -> tree.Use:
        return tree.Use(children[1][1:-1], span=self._span(meta))

    # ------------------------------------------------ expressions

    def chain(self, meta: Meta, children: list[Any]) -> tree.Chain:
        first = tree.Panel(None, children[0], None, "", False, span=children[0].span)
        panels = [first]
        for child in children[1:]:
            if isinstance(child, tree.Bracket):
                last = panels[-1]
                panels[-1] = tree.Panel(
                    last.relation, last.expression, child, last.within, last.new_row, span=last.span.to(child.span)
                )
            else:
                panels.append(child)
        return tree.Chain(tuple(panels), span=self._span(meta))

    def related(self, meta: Meta, children: list[Any]) -> tree.Panel:
        sign, expression, *within = children
        before = self.source.text[: sign.start_pos].rpartition("\n")[2]
        return tree.Panel(
            cast(tree.RelationSign, str(sign)),
            expression,
            None,
            within[0] if within else "",
            not before.strip(),
            span=self._span(meta),
        )

    def within(self, meta: Meta, children: list[Any]) -> str:
        return str(children[0])

    def legs(self, meta: Meta, children: list[Any]) -> tree.Bracket:
        return cast(tree.Bracket, children[1])

    def expression(self, meta: Meta, children: list[Any]) -> tree.Expression:
        terms = []
        sign = ""
        for child in children:
            if isinstance(child, Token):
                sign = child.type
                continue
            factors, inverse, caption, span = child
            terms.append(tree.Term(sign == "MINUS", factors, inverse, caption, span=span))
            sign = ""
        return tree.Expression(tuple(terms), span=self._span(meta))

    def term(self, meta: Meta, children: list[Any]) -> tuple[Any, ...]:
        return (*children[0], _title(children), self._span(meta))

    def product(self, meta: Meta, children: list[Any]) -> tuple[Any, ...]:
        factors, inverse, slash = [], [], False
        for child in children:
            if _is(child, "SLASH"):
                slash = True
                continue
            factors.append(child)
            inverse.append(slash)
            slash = False
        return tuple(factors), tuple(inverse)

    def power(self, meta: Meta, children: list[Any]) -> tree.Power:
        return tree.Power(*children, span=self._span(meta))

    power_of_parenthesis = power

    def number(self, meta: Meta, children: list[Any]) -> tree.Number:
        return tree.Number(str(children[0]), span=self._span(meta))

    def symbol(self, meta: Meta, children: list[Any]) -> tree.Access:
        return tree.Access(self._name(children[0]), "", None, None, span=self._span(meta))

    def reference(self, meta: Meta, children: list[Any]) -> tree.Access:
        given = dict(children[1:])
        key = given["key"].text if "key" in given else ""
        return tree.Access(self._name(children[0]), key, given.get("suffix"), None, span=self._span(meta))

    def key(self, meta: Meta, children: list[Any]) -> tuple[str, tree.Name]:
        return "key", self._name(children[0])

    def suffix(self, meta: Meta, children: list[Any]) -> tuple[str, tree.Name]:
        return "suffix", self._name(children[0])

    def access(self, meta: Meta, children: list[Any]) -> tree.Access:
        name = children[0]
        bracket = children[1] if len(children) > 1 else None
        return tree.Access(name.name, name.key, name.suffix, bracket, span=self._span(meta))

    def application(self, meta: Meta, children: list[Any]) -> tree.Application:
        bracket = next(iter(_all(children, tree.Bracket)), None)
        end = bracket.span if bracket else children[0].span
        access = self.access(meta, [children[0], bracket] if bracket else children[:1])
        named = tree.Access(access.name, access.key, access.suffix, bracket, span=children[0].span.to(end))
        return tree.Application(named, tuple(_all(children, tree.Argument)), span=self._span(meta))

    def argument(self, meta: Meta, children: list[Any]) -> tree.Argument:
        expression = _one(children, tree.Expression)
        return tree.Argument(expression, _legs(children), _is(children[0], "OPEN"), span=self._span(meta))

    def parenthesis(self, meta: Meta, children: list[Any]) -> tree.Parenthesis:
        return tree.Parenthesis(_one(children, tree.Expression), _legs(children), span=self._span(meta))

    # ------------------------------------------------ indices

    def bracket(self, meta: Meta, children: list[Any]) -> tree.Bracket:
        items = tuple(
            tree.Pin("", self._whole(child), span=self._span(child)) if _is(child, "NUMBER") else child
            for child in children[1:-1]
        )
        return tree.Bracket(items, span=self._span(meta))

    def index(self, meta: Meta, children: list[Any]) -> tree.Name:
        return self._name(children[0])

    def position(self, meta: Meta, children: list[Any]) -> tree.Pin:
        return tree.Pin(self._name(children[1]).text, self._offset(children[2:]), span=self._span(meta))

    def group(self, meta: Meta, children: list[Any]) -> tree.Group:
        return tree.Group(self._names(children), span=self._span(meta))

    def range(self, meta: Meta, children: list[Any]) -> tree.Range:
        bounds = _all(children, tree.Bound)
        return tree.Range(self._name(children[0]), bounds[0], bounds[1], span=self._span(meta))

    def bound(self, meta: Meta, children: list[Any]) -> tree.Bound:
        symbol = self._name(children[0]).text if _is(children[0], "NAME") else ""
        start = 0 if symbol else self._whole(children[0])
        return tree.Bound(symbol, start + self._offset(children[1:]), span=self._span(meta))


def _is(child: Any, kind: str) -> bool:
    return isinstance(child, Token) and child.type == kind


def _all(children: Sequence[Any], *kinds: type) -> list[Any]:
    return [child for child in children if isinstance(child, kinds)]


def _one(children: Sequence[Any], kind: type[T]) -> T:
    return cast(T, _all(children, kind)[0])


def _legs(children: Sequence[Any]) -> tree.Bracket | None:
    return next(iter(_all(children, tree.Bracket)), None)


def _title(children: Sequence[Any]) -> str:
    return next((str(child)[1:-1] for child in children if _is(child, "STRING")), "")
