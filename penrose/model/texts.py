"""Texts of the author that go to TeX: labels and captions must not break what is around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from penrose.errors import Diagnostic
from penrose.source import Span

# Commands that read, write, run or redefine; no label needs them.
_FORBIDDEN = re.compile(
    r"\\(?:input|include\w*|openin|openout|read\w*|write\w*|immediate|special|csname|endcsname|catcode|"
    r"[egx]?def|let|futurelet|new\w+|renew\w+|provide\w+|expandafter|noexpand|directlua|latelua|luaexec\w*|"
    r"ShellEscape|pdf\w+|everypar|aftergroup|begingroup|endgroup|begin|end|par|jobname|usepackage|makeatletter|"
    r"scantokens|primitive|shipout|verb\w*|loop|repeat|global|long|outer|tikz\w*|pgf\w*)(?![A-Za-z])|\^\^|[\x00-\x08\ud800-\udfff]"
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\?.", re.DOTALL)


def check_label(text: str, span: Span, found: list[Diagnostic]) -> str:
    """Return a label, which is TeX mathematics, or nothing with a diagnostic added."""
    problem = _forbidden(text) or _mathematics(_TOKEN.findall(text))
    return text if _is_good(problem, "label", span, found) else ""


def check_caption(text: str, span: Span, found: list[Diagnostic], what: str = "caption") -> str:
    """Return a caption, or another text with mathematics between $, with %, #, & and _ escaped."""
    pieces: list[list[str]] = [[]]
    for token in _TOKEN.findall(text):
        if token == "$":
            pieces.append([])
        else:
            pieces[-1].append(token)
    problem = _forbidden(text)
    if not problem and len(pieces) % 2 == 0:
        problem = "has a $ without its partner"
    for number, piece in enumerate(pieces):
        problem = problem or (_mathematics(piece) if number % 2 else _plain(piece))
    if not _is_good(problem, what, span, found):
        return ""
    escaped = [["\\" + token if token in "%#&_" else token for token in piece] for piece in pieces[::2]]
    pieces[::2] = escaped
    return "$".join("".join(piece) for piece in pieces)


def _is_good(problem: str, what: str, span: Span, found: list[Diagnostic]) -> bool:
    if problem:
        hint = "braces and $ come in pairs; commands set symbols and nothing else"
        found.append(Diagnostic("PEN217", f"this {what} {problem}", span, hint=hint))
    return not problem


def _forbidden(text: str) -> str:
    forbidden = _FORBIDDEN.search(text)
    return f"has {forbidden[0].strip()} in it" if forbidden else ""


def _plain(tokens: Sequence[str]) -> str:
    """Return what is wrong with text outside of mathematics, or nothing."""
    return _pairs(tokens) or ("has a ^ outside of mathematics" if "^" in tokens else "")


def _mathematics(tokens: Sequence[str]) -> str:
    """Return what TeX would find wrong with mathematics, or nothing."""
    if any(token in "$%#&" for token in tokens):
        return "has a $, %, # or & in its mathematics"
    return _pairs(tokens) or _scripts([token for token in tokens if not token.isspace()])


def _pairs(tokens: Sequence[str]) -> str:
    """Return which of the tokens that come in pairs has no partner, or nothing."""
    if tokens and tokens[-1] == "\\":
        return "ends with a backslash"
    partners = {"}": "{", "\\right": "\\left"}
    waiting: list[str] = []
    for token in tokens:
        if token in partners.values():
            waiting.append(token)
        elif token in partners and (not waiting or waiting.pop() != partners[token]):
            return f"has a {_name(token)} without its partner"
    return f"has a {_name(waiting[-1])} without its partner" if waiting else ""


def _name(token: str) -> str:
    return "brace" if token in "{}" else token


def _scripts(tokens: Sequence[str]) -> str:
    """Return which script of mathematics has no argument, or is the second of its kind at its base."""
    bases: list[set[str]] = [set()]  # at every depth of braces, the scripts that the last symbol has
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if token in ("^", "_") and after in ("", "}", "^", "_", "'", "\\right"):
            return f"has a {token} without its script"
        if token in ("^", "_", "'"):
            kind = "_" if token == "_" else "^"
            if kind in bases[-1] and before != "'":
                return f"has two {kind} at one symbol: put braces around the first"
            bases[-1].add(kind)
        elif token == "}":
            bases.pop()
        elif before not in ("^", "_"):
            bases[-1].clear()
        if token == "{":
            bases.append(set())
    return ""
