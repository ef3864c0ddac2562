"""What a syntax error says."""

from __future__ import annotations

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from penrose.errors import Diagnostic
from penrose.source import Source, Span

_SPOKEN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'a "text"',
    "EQUAL": "=",
    "RELATION": "a relation",
    "ARROW": "->",
    "SIGN": "+",
    "MINUS": "-",
    "SLASH": "/",
    "_STAR": "*",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "LBRACE": "{",
    "RBRACE": "}",
    "COLON": ":",
    "COMMA": ",",
    "AT": "@",
    "SEMICOLON": ";",
    "CIRCUMFLEX": "^",
    "DOT": ".",
    "__ANON_0": "..",
    "_NEWLINE": "end of the line",
    "FIGURE": "a statement (figure, tensor, dim, let, ...)",
}
_STATEMENTS = {"FIGURE", "DIM", "TENSOR", "LET", "FUNCTION", "STYLE", "ASSUME", "CHECK", "USE"}


def explain(error: UnexpectedInput, source: Source) -> Diagnostic:
    """Return the diagnostic for what the grammar did not expect."""
    end = len(source.text)
    start = min(error.pos_in_stream or 0, end)
    if isinstance(error, UnexpectedToken):
        line_end = error.token.type == "_NEWLINE" or start == end
        found = _SPOKEN["_NEWLINE"] if line_end else str(error.token)
        width = 0 if line_end else len(error.token)
        accepted = error.accepts or error.expected
    else:
        assert isinstance(error, UnexpectedCharacters)
        found, width, accepted = source.text[start : start + 1], 1, error.allowed
    span = Span(source, start, min(start + width, end))
    return Diagnostic("PEN101", f"unexpected {found}", span, hint=_expected(accepted))


def _expected(accepted: set[str]) -> str:
    names = set(accepted)
    if names >= _STATEMENTS:
        names = names - _STATEMENTS | {"FIGURE"}
    spoken = sorted({_SPOKEN.get(name, name.lower()) for name in names if name != "$END"})
    if not spoken or len(spoken) > 12:
        return ""
    return "expected " + (" or ".join([", ".join(spoken[:-1]), spoken[-1]]) if len(spoken) > 1 else spoken[0])
