"""The syntax tree: what stands in a `.pen` file, in the order in which it stands.

Two trees are equal when they say the same; spans do not count. Comments belong to the entry they
stand before, behind or inside of.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from penrose.data import Equatable
from penrose.source import Span

T = TypeVar("T")


class Node(Equatable, kw_only=True):
    """A piece of syntax; `span` is where it stands, and is left out of comparison."""

    span: Span


# ---------------------------------------------------------------- indices


class Name(Node):
    """A name, NFC-normalised."""

    text: str


class Pin(Node):
    """A leg at a number, `A[0]`, or at a symbolic place, `x[@fox+1]`: then `symbol` and an offset."""

    symbol: str
    offset: int


class Group(Node):
    """Indices drawn as one leg, `(i l)`; the first is slowest."""

    names: tuple[Name, ...]


class Bound(Node):
    """An end of a range: a number, or a name plus a number."""

    symbol: str
    offset: int


class Range(Node):
    """`n=1..N`."""

    name: Name
    first: Bound
    last: Bound


Item = Name | Pin | Group | Range


class Bracket(Node):
    """What stands in square brackets."""

    items: tuple[Item, ...]


# ---------------------------------------------------------------- expressions


class Number(Node):
    """A number, as it was written."""

    text: str


class Access(Node):
    """`A[i,j]`, `A`, `x:key[k]` or `A.T[j,i]`."""

    name: Name
    key: str
    suffix: Name | None
    bracket: Bracket | None


class Argument(Node):
    """An argument of an application; `opened` if it says `open`."""

    expression: Expression
    legs: Bracket | None
    opened: bool


class Application(Node):
    """`f(...)`, `softmax[k](...)`, `conj(...)`, `sum[h](...)`."""

    access: Access
    arguments: tuple[Argument, ...]


class Parenthesis(Node):
    """`(E)` or `(E -> [i,j])`."""

    expression: Expression
    legs: Bracket | None


class Power(Node):
    """`x[i]^2`."""

    base: Factor
    exponent: Factor


class Skipped(Node):
    """What a repetition with a symbolic end leaves out, by the names of its bonds. Never written by hand."""

    left: tuple[str, ...]
    right: tuple[str, ...]


Factor = Number | Access | Application | Parenthesis | Power | Skipped


class Term(Node):
    """A signed product. `inverse[n]` says that factor n stands behind a `/`."""

    negative: bool
    factors: tuple[Factor, ...]
    inverse: tuple[bool, ...]
    caption: str


class Expression(Node):
    """A sum of one term or more."""

    terms: tuple[Term, ...]


RelationSign = Literal["=", "!=", "~=", "->", "<=", ">="]


class Panel(Node):
    """One expression of a chain, with the relation before it (none before the first).

    `legs` is what `-> [..]` lists; `new_row` says that the relation begins a line.
    """

    relation: RelationSign | None
    expression: Expression
    legs: Bracket | None
    within: str
    new_row: bool


class Chain(Node):
    """`E1 = E2 != E3`."""

    panels: tuple[Panel, ...]


# ---------------------------------------------------------------- statements


class Entry(Equatable, Generic[T]):
    """A statement or hint with its comments, and whether a blank line stands before it."""

    node: T
    before: tuple[str, ...] = ()
    behind: str = ""
    blank: bool = False


class Block(Equatable, Generic[T]):
    """What stands in braces, or a whole file; `closing` are the comments before its end."""

    entries: tuple[Entry[T], ...]
    closing: tuple[str, ...] = ()


class Pair(Node):
    """`(2, 1)`."""

    x: str
    y: str


class Word(Node):
    """A plain operand of a hint: a number, a text in quotes, or a sign of a grid, `/` or `_`."""

    text: str
    quoted: bool = False


class Reference(Node):
    """`A`, `x:key` or `A.i` in a hint."""

    name: Name
    key: str
    slot: str


Operand = Reference | Word | Pair


class Hint(Node):
    """`place A at (2, 1)`: a verb and its operands."""

    verb: Name
    operands: tuple[Operand, ...]


class Layout(Node):
    """`layout { ... }`; `panel` is the number of the panel it is for, 0 for all."""

    panel: int
    block: Block[Hint]


class Figure(Node):
    """A figure; `braced` tells whether it was written as a block."""

    name: Name
    title: str
    block: Block[Chain | Layout]
    braced: bool


class Dimension(Node):
    """`seq = 1024 test 5`; what is not said is empty."""

    name: Name
    size: str
    test: str


class Dimensions(Node):
    """A `dim` statement."""

    items: tuple[Dimension, ...]


class Slot(Node):
    """A slot of a declared tensor: its name and, if said, its dimension."""

    name: Name
    dimension: Name | None


class Property(Node):
    """`isometry(j)`."""

    name: Name
    arguments: tuple[Name, ...]


class Tensor(Node):
    """One declared tensor."""

    name: Name
    slots: tuple[Slot, ...]
    label: str
    properties: tuple[Property, ...]


class Tensors(Node):
    """A `tensor` statement."""

    items: tuple[Tensor, ...]


class Let(Node):
    """`let A[h,q,k] = ...`, with several targets for a decomposition."""

    targets: tuple[Access, ...]
    expression: Expression
    legs: Bracket | None
    ranges: tuple[Range, ...]


class Function(Node):
    """`function f[k](s) = ...`; opaque without a body."""

    name: Name
    axes: Bracket | None
    parameters: tuple[Name, ...]
    body: Expression | None


class Setting(Node):
    """`fill: yellow`."""

    name: Name
    value: Word


class Style(Node):
    """`style weights { fill: yellow }`."""

    name: Name
    block: Block[Setting]


class Dress(Node):
    """`style W_Q, W_K as weights`."""

    names: tuple[Name, ...]
    style: Name


class Assume(Node):
    """`assume E1 = E2`."""

    chain: Chain


class Check(Node):
    """`check name: E1 <= E2`."""

    name: Name
    chain: Chain


class Use(Node):
    """`use "gpt2.pen"`."""

    path: str


Statement = Figure | Dimensions | Tensors | Let | Function | Style | Dress | Assume | Check | Use
Program = Block[Statement]
