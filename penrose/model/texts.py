"""Texts of the author that go to TeX: labels and captions must not break what is around them."""

from __future__ import annotations

import re

from penrose.errors import Diagnostic
from penrose.source import Span

# Commands that read, write, run or redefine; no label needs them.
_FORBIDDEN = re.compile(
    r"\\(?:input|include\w*|openin|openout|read\w*|write\w*|immediate|special|csname|endcsname|catcode|"
    r"[egx]?def|let|futurelet|new\w+|renew\w+|provide\w+|expandafter|noexpand|directlua|latelua|luaexec\w*|"
    r"ShellEscape|pdf\w+|everypar|aftergroup|begingroup|endgroup|begin|end|par|jobname|usepackage|makeatletter|"
    r"scantokens|primitive|shipout|verb\w*|loop|repeat|global|long|outer|tikz\w*|pgf\w*)(?![A-Za-z])|\^\^|[\x00-\x08]"
)
_ESCAPED = re.compile(r"(?<!\\)([%#&_])")


def check_label(text: str, span: Span, found: list[Diagnostic]) -> str:
    """Return a label, which is TeX mathematics, or nothing with a diagnostic added."""
    problem = _problem(text)
    if not problem and re.search(r"(?<!\\)[$%#&]", text):
        problem = "has a $, %, # or & in it, though it is mathematics already"
    return text if _is_good(problem, "label", span, found) else ""


def check_caption(text: str, span: Span, found: list[Diagnostic]) -> str:
    """Return a caption, which is text with mathematics between $, with %, #, & and _ escaped."""
    pieces = re.split(r"(?<!\\)\$", text)
    problem = _problem(text)
    if not problem and len(pieces) % 2 == 0:
        problem = "has a $ without its partner"
    if not problem and any("^" in piece for piece in pieces[::2]):
        problem = "has a ^ outside of mathematics"
    if not _is_good(problem, "caption", span, found):
        return ""
    plain = [_ESCAPED.sub(r"\\\1", piece) if n % 2 == 0 else piece for n, piece in enumerate(pieces)]
    return "$".join(plain)


def _is_good(problem: str, what: str, span: Span, found: list[Diagnostic]) -> bool:
    if problem:
        hint = "braces and $ come in pairs; commands set symbols and nothing else"
        found.append(Diagnostic("PEN217", f"this {what} {problem}", span, hint=hint))
    return not problem


def _problem(text: str) -> str:
    depth = 0
    bare = re.sub(r"\\[^A-Za-z]", "", text)
    for character in bare:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            break
    if depth:
        return "has a brace without its partner"
    if bare.endswith("\\"):
        return "ends with a backslash"
    forbidden = _FORBIDDEN.search(text)
    return f"has {forbidden[0].strip()} in it" if forbidden else ""
