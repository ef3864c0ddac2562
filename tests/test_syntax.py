from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

from penrose.errors import PenroseError
from penrose.resources import resource
from penrose.source import Source, Span
from penrose.syntax import tree
from penrose.syntax.parse import parse
from penrose.syntax.write import write

NOWHERE = Span(Source("", ""), 0, 0)


def test_the_grammar_has_no_conflicts_and_no_colliding_terminals() -> None:
    Lark(resource("grammar", "pen.lark"), start="program", parser="lalr", strict=True)


def examples() -> list[Path]:
    return sorted((ROOT / "examples").rglob("*.pen"))


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.stem)
def test_examples_come_back_from_the_printer_and_are_in_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    program = parse(Source(path.name, text))
    assert parse(Source("", write(program))) == program
    assert write(program) == text


EVERYTHING = """\
# about the file
dim seq = 1024 test 5, hidden = 768  # sizes

# a triangle
tensor V[i, j] "V^2" isometry(j), W[h: seq, a] unitary(c, d)
function swish(x) = x / (1 + exp(-x))
function boltzmann[k](s) = exp(s) / sum[k](exp(s))
function σ
let P[i,r], s[r], Q[k,r] = svd(T[i,k])
let x_n[p,d] = x_{n-1}[p,d] + 2 (a b)^2 for n=1..12
use "other.pen"
style weights {
  fill: yellow
  shape: square  # not round
}
style W_Q, W_K as weights
assume A[0, j, 2] = 3
check name: 1 <= 2

figure f "a title" {
  # first
  y[q,d] = x[q,d] + sum[h](A[h,q,k] x:key[k,b] -> [h]) "hi" - f * (x + 1)
    != A.T[(i j), 0, @fox-1] ~= 3 within 1e-3 -> [i]

  x^2 / 3 y^(1 / n)
  prod[n=1..6, m=2..N-1](open A_n[b_{n-1}])
  layout 2 {
    place A at (2, -1)  # here
    leg A.i up
    brace A B "× 12"
    grid A _ B / C:key D
    bend A.i -30
    # nothing more
  }
  # end
}
# last
"""


def test_everything_comes_back_from_the_printer() -> None:
    program = parse(Source("", EVERYTHING))
    text = write(program)
    assert parse(Source("", text)) == program
    assert text == EVERYTHING


def test_comments_survive_in_odd_places() -> None:
    text = "figure f { # one\n A[i] + # two\n B[i] # three\n layout { # four\n leg A.i up # five\n } # six\n} # seven"
    written = write(parse(Source("", text)))
    assert write(parse(Source("", written))) == written
    for word in ("one", "two", "three", "four", "five", "six", "seven"):
        assert written.count(f"# {word}") == 1


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("figure f {\n a[i] = b[i]\n  = c[i]\n}", [False, False, True]),
        ("figure f {\n a[i] =\n b[i]\n}", [False, False]),
        ("figure f {\n a[i\n] + b[\ni]\n}", [False]),
        ("figure f {\n a[i]\n + b[i]\n - c[i] != d[i]\n}", [False, False]),
        ("figure f: a[i]\n  # aside\n\n  = b[i]", [False, True]),
    ],
)
def test_a_newline_ends_a_statement_only_where_it_should(text: str, rows: list[bool]) -> None:
    (entry,) = parse(Source("", text)).entries
    assert isinstance(entry.node, tree.Figure)
    (chain,) = (e.node for e in entry.node.block.entries)
    assert isinstance(chain, tree.Chain)
    assert [panel.new_row for panel in chain.panels] == rows


def test_the_right_operand_of_a_slash_is_one_factor() -> None:
    (entry,) = parse(Source("", "figure f: 1/sqrt(d) x[i] / 2 y")).entries
    (chain,) = (e.node for e in entry.node.block.entries)
    assert chain.panels[0].expression.terms[0].inverse == (False, True, False, True, False)


# ---------------------------------------------------------------- random trees

names = st.sampled_from(["A", "b", "λ", "W_Q", "x_{n-1}", "k'", "Match", "é1"]).map(
    lambda text: tree.Name(text, span=NOWHERE)
)
digits = st.sampled_from(["0", "2", "0.5", "12", "1e-3"])
small = st.integers(-3, 3)


def node(kind: type, *fields: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(lambda *values: kind(*values, span=NOWHERE), *fields)


def tuples(of: st.SearchStrategy, least: int = 0, most: int = 3) -> st.SearchStrategy:
    return st.lists(of, min_size=least, max_size=most).map(tuple)


bounds = st.one_of(
    node(tree.Bound, st.just(""), st.integers(0, 9)), node(tree.Bound, names.map(lambda name: name.text), small)
)
ranges = node(tree.Range, names, bounds, bounds)
pins = st.one_of(node(tree.Pin, st.just(""), st.integers(0, 9)), node(tree.Pin, st.just("fox"), small))
groups = node(tree.Group, tuples(names, 1))
brackets = node(tree.Bracket, tuples(st.one_of(names, pins, groups, ranges)))
legs = st.one_of(st.none(), node(tree.Bracket, tuples(names)))
accesses = node(
    tree.Access,
    names,
    st.sampled_from(["", "key"]),
    st.one_of(st.none(), names),
    st.one_of(st.none(), brackets),
)
plain = node(tree.Access, names, st.just(""), st.none(), st.none())
numbers = node(tree.Number, digits)


def term(negative: bool, factors: list[tuple[object, bool]], caption: str) -> tree.Term:
    inverse = tuple(divides and rank > 0 for rank, (_, divides) in enumerate(factors))
    return tree.Term(negative, tuple(factor for factor, _ in factors), inverse, caption, span=NOWHERE)


def expressions(factors: st.SearchStrategy) -> st.SearchStrategy:
    terms = st.builds(
        term, st.booleans(), st.lists(st.tuples(factors, st.booleans()), min_size=1, max_size=3),
        st.sampled_from(["", "a caption"]),
    )  # fmt: skip
    return node(tree.Expression, tuples(terms, 1))


def bigger(factors: st.SearchStrategy) -> st.SearchStrategy:
    expression = expressions(factors)
    parentheses = node(tree.Parenthesis, expression, legs)
    applications = node(tree.Application, accesses, tuples(node(tree.Argument, expression, legs, st.booleans())))
    bases = st.one_of(accesses, numbers, applications, parentheses)
    powers = node(tree.Power, bases, st.one_of(numbers, plain, parentheses))
    return st.one_of(accesses, numbers, applications, parentheses, powers)


factors = st.recursive(st.one_of(accesses, numbers), bigger, max_leaves=8)


def chain(first: tree.Expression, rest: list[tuple[str, tree.Expression, object, str, bool]]) -> tree.Chain:
    panels = [tree.Panel(None, first, None, "", False, span=NOWHERE)]
    for sign, expression, bound, within, row in rest:
        panels.append(tree.Panel(sign, expression, bound, "" if sign == "->" else within, row, span=NOWHERE))
    return tree.Chain(tuple(panels), span=NOWHERE)


signs = st.sampled_from(["=", "!=", "~=", "->", "<=", ">="])
chains = st.builds(
    chain,
    expressions(factors),
    st.lists(st.tuples(signs, expressions(factors), legs, st.sampled_from(["", "0.1"]), st.booleans()), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(names, chains, st.sampled_from(["", "title"])), max_size=3))
def test_random_trees_come_back_from_the_printer(figures: list[tuple[tree.Name, tree.Chain, str]]) -> None:
    entries = tuple(
        tree.Entry(tree.Figure(name, title, tree.Block((tree.Entry(body),)), braced=False, span=NOWHERE))
        for name, body, title in figures
    )
    program = tree.Block(entries)
    text = write(program)
    assert parse(Source("", text)) == program
    assert write(parse(Source("", text))) == text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("figure tensorlet A[i,j]()={}\n\"#:;@λ_'^*/+-.0123>~!\t\0")), max_size=80))
def test_random_text_is_read_or_explained(text: str) -> None:
    try:
        parse(Source("x.pen", text))
    except PenroseError as error:
        assert error.diagnostics
        assert all(one.code.startswith("PEN1") and one.render() for one in error.diagnostics)


def test_a_subscript_that_needs_no_braces_makes_the_same_name_with_and_without_them() -> None:
    braced = "tensor A_{1}[b_{1}] isometry(b_{1})\nstyle A_{1}, B_{2} as w\n"
    braced += "figure f {\n  A_{1}[k_{n}] B_{2}[k_{n},l_{i,j}]\n"
    braced += "  layout {\n    put B_{2} right of A_{1}\n    leg A_{1}.b_{1} up\n  }\n}\n"
    plain = re.sub(r"_\{(\w+)\}", r"_\1", braced)
    assert write(parse(Source("test.pen", braced))) == plain
