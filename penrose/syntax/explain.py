"""What a syntax error says. Common mistakes are known by example, and answered with the right form."""

from __future__ import annotations

import re
from typing import NamedTuple

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from penrose.errors import Diagnostic, suggestion
from penrose.source import Source, Span

STATEMENTS = ("figure", "tensor", "dim", "let", "function", "style", "assume", "check", "use")


class Mistake(NamedTuple):
    """A mistake that people make: how the line looks before and from the error on, and what to say."""

    before: str
    after: str
    message: str
    hint: str


_INDEX = r"[^\W\d_][\w']*"
_HEAD = rf'^figure\s+{_INDEX}\s*("[^"]*")?\s*$'

MISTAKES = tuple(
    Mistake(*row)
    for row in (
        # relations and operators of other languages
        (r":\s*-$", r">", "the free legs stand behind the expression", "write A[i,j] B[j,k] -> [i,k]"),
        (r"=\s*$", r"=", "a relation is a single =", "write A[i] = B[i]"),
        (r"\S\s*$", r":=", ":= is a plain =", "write A[i] = B[i]"),
        (r"", r"within\b", "within belongs to a ~=", "write A[i] ~= B[i] within 0.1"),
        (r"", r"≠", "≠ is written !=", "write A[i] != B[i]"),
        (r"", r"≈", "≈ is written ~=", "write A[i] ~= B[i] within 0.1"),
        (r"", r"[→⟶]", "→ is written ->", "write E -> [i,j] for legs, E1 -> E2 for a step"),
        (
            r"",
            r"\.\*|[∘⊙]",
            "an elementwise product is one whose indices stay",
            "write A[i,j] B[i,j] -> [i,j], or C[i,j] = A[i,j] B[i,j]",
        ),
        (r"", r"[⊗×·•]", "factors stand side by side", "write A[i,j] B[k,l]; an index that stands twice is summed"),
        (r"", r"[∑Σ]", "a drawn sum is written sum[j](...)", "an index that stands twice is summed anyway"),
        (r"", r"∂", "a derivative is written diff(E, X[a,b])", "write diff(x[i] A[i,j] x[j], x[k])"),
        (r"", r"[†*]?†", "† is written .H", "write A.H[j,i], or conj(A[i,j])"),
        (r"", r"[²³⁴]", "powers are written ^2", "write x[i]^2"),
        (r"\*\s*$", r"\*", "powers are written ^2", "write x[i]^2"),
        (r"", r"@(?!\w)", "factors stand side by side", "write A[i,j] B[j,k]; @ belongs to pinned legs: x[@fox]"),
        (
            r"\S\s*$",
            r"@\s*\w+\[",
            "factors stand side by side",
            "write A[i,j] B[j,k]; @ belongs to pinned legs: x[@fox]",
        ),
        (r"", r"\|\s*[^\s|<>]+\s*[>⟩]", "a ket is a tensor with its legs", "write ψ[i]; its bra is conj(ψ[i])"),
        (r"", r"[<⟨]\s*[^\s|<>]+\s*\|", "a bra is a conjugated tensor with its legs", "write conj(ψ[i])"),
        (r"", r"\|", "absolute values are written abs(x[i])", "norms along an axis are norm[i](x[i])"),
        (r"", r"<(?!=)|>(?!=)", "there are <= and >=", "write check name: a <= b"),
        (r"/\s*$", r"/", "there is a single /, and a comment begins with #", "write x[i] / 2, or # a comment"),
        (r"[^\W\d]\w*\*$", r"\[", "a conjugate is written conj(...)", "write conj(A[i,j])"),
        (r"\^\s*$", r"\{?-", "a negative power is a quotient or an inverse", "write 1/x[i], or X.inv[j,i]"),
        (r"\[\s*(?:dim|axis)\s*=.*$", r"", "an axis is named by its index", "write softmax[k](s[q,k])"),
        (r",\s*(?:dim|axis)\s*$", r"=", "an axis stands in brackets, as an index", "write softmax[k](s[q,k])"),
        (r"\b(?:inv|pinv)\([^()]*\)\s*$", r"\[", "the inverse of a matrix is written .inv", "write X.inv[j,i]"),
        (r"\)\s*$", r"\[", "indices stand at tensors", "write f(A[i,j]); to name the free legs, (A[i,j] -> [j,i])"),
        # TeX
        (r"", r"\\frac", "this is TeX; a quotient is written with /", "write 1/sqrt(d) x[i]"),
        (
            r"",
            r"\\sum",
            "this is TeX; a drawn sum is written sum[j](...)",
            "an index that stands twice is summed anyway",
        ),
        (r"", r"\\[A-Za-z]+", "this is TeX; write Greek letters themselves or spell them", "write λ[j] or lam[j]"),
        (r"", r"\$", "this is TeX; a formula needs no $", "write figure f: A[i,j] x[j]"),
        (r"", r"&", "this is TeX; a new line begins a new row", "begin the next line with ="),
        (
            r"\^\s*$",
            r"\{|\\",
            "this is TeX; an exponent is a number, a name or a parenthesis",
            "write x[i]^2, A.T[j,i]",
        ),
        (r"(?<![\w.}])\d+\^\w+\s*$", r"\[", "an exponent is a number", "write x[i]^2, exp(x[i])"),
        (r"\^\w+\s*$", r"\[", "a transpose is written .T", "write A.T[j,i], A.inv[j,i]"),
        (r"_\s*$", r"\{?", "a subscript belongs to the name before it", "write A_1, A_{n-1}"),
        # einsum
        (
            r"einsum\s*\(\s*$",
            r"['\"]",
            "this is an einsum string",
            "write the indices at the tensors: A[i,j] B[j,k] -> [i,k]",
        ),
        (r"", r"'[\w\s,]*->", "this is an einsum string", "write the indices at the tensors: A[i,j] B[j,k] -> [i,k]"),
        (r"", r"'", "a ' is a prime at the end of a name", 'texts stand in "..."'),
        (rf"->\s*{_INDEX}\s*$", r",", "legs behind -> stand in brackets", "write A[i,j] B[j,k] -> [i,k]"),
        # brackets and indices
        (r"'$", r"_", "a prime stands behind the subscripts of a name", "write s_1'"),
        (rf":.*{_INDEX}\s*$", r"\{", "indices stand in square brackets", "write A[i,j]"),
        (rf"\b(?:sum|prod)\[[^\]\n]*{_INDEX}\s+$", r"in\b|from\b", "a range has a =", "write sum[i=1..3](...)"),
        (rf"\[[^\]\n]*(?:{_INDEX}|\))\s+$", rf"{_INDEX}|\(", "indices are separated by commas", "write A[i,j]"),
        (r"\[[^\]\n]*$", r";", "indices are separated by commas", "write A[i,j]"),
        (
            r"\[\s*$",
            r":",
            "a leg is an index, a number or @place",
            "name it: A[i,j]; for a slice, pin the others: A[0,j]",
        ),
        (
            r"\[[^\]\n]*$",
            r":",
            "only declarations give a leg a dimension",
            "write tensor A[i: seq], and A[i] in the formula",
        ),
        (
            r"\[[^\]\n]*$",
            r"\*",
            "every leg has an index",
            "write A[i,j]; a leg that is summed stands twice, or has one[i]",
        ),
        (
            r"\[[^\]\n]*$",
            r"[-+]\s*\w",
            "an index is a plain name",
            "for neighbours write shift[q,k]; subscripts do arithmetic: s_{n+1}",
        ),
        (r"\[[^\]\n]*,\s*$", r"[,\]]", "an index is missing here", "write A[i,j]"),
        (r"\[[^\]\n]*$", r"\.\.\.", "every leg is listed", "write A[i,j,k]"),
        (r"\]\s*$", r"\[", "a tensor has one bracket", "write A[i,j]"),
        (r"(?<![\w.])1$", r"\[", "the vector of ones is named one", "write one[i] - z[i]"),
        (r"(?<![\w.])[\d.]+$", r"\[", "a number has no legs", "write 2 one[i], or 0 A[i]"),
        (r"\]\s*$", r"\.", "what follows a dot stands before the bracket", "write A.T[j,i]"),
        (r"\(\s*$", r"\)", "something is missing in this parenthesis", "write f(x[i])"),
        # statements
        (
            r"^\s*style\s+[^{}]*,[^{}]*$",
            r"\{",
            "a style is defined under one name",
            "write style warm { fill: red }, and style A, B as warm",
        ),
        (r"^figure\s*$", r":", "a figure has a name", "write figure svd: M[i,k] = U[i,j] V[j,k]"),
        (r"^figure\s*$", r"\{", "a figure has a name", "write figure svd { ... }"),
        (r"^figure\s*$", r'"', "a figure has a name before its title", 'write figure svd "The SVD": ...'),
        (r"^figure\s*$", r"\d", "a name begins with a letter", "write figure f1: ..."),
        (rf"^figure\s+{_INDEX}\s+$", rf"{_INDEX}\s*[:{{]", "a name is one word", "write figure my_figure: ..."),
        (rf"^figure\s+{_INDEX}.*:\s*$", r"\{", "a block of lines has no colon before it", "write figure svd { ... }"),
        (rf"^figure\s+{_INDEX}\s*$", r"-", "names have no hyphens", "write figure my_figure: ..."),
        (_HEAD, r"=", "a colon stands between the name and the diagram", "write figure svd: M[i,k] = ..."),
        (_HEAD, r"", "a colon is missing behind the name", "write figure svd: M[i,k] = ..."),
        (rf"^figure\s+{_INDEX}.*:\s*$", r"\s*$", "the figure is empty", "write figure svd: M[i,k] = U[i,j] V[j,k]"),
        (r"^tensor\s.*$", r"\(", "slots stand in square brackets", "write tensor A[i, j]"),
        (r"^tensor\s.*$", r":", "properties follow without a colon", "write tensor V[i, j] isometry(j)"),
        (
            r"^tensor\s.*$",
            r"=",
            "a tensor is declared, and a let is defined",
            "write let A[i,j] = ..., or tensor A[i, j]",
        ),
        (r"^dim\s.*$", r":|\d", "a dimension is given with =", "write dim seq = 1024 test 5"),
        (r"^let\s+\w+\s*$", r"\(", "a function is defined by function", "write function f(x) = x / (1 + exp(-x))"),
        (r"^let\s+[^=]*$", r":", "a let has no colon", "write let A[i,j] = B[i,k] C[k,j]"),
        (r"^let\s+[^=]*$", r"$|!|~", "a let needs a right side", "write let A[i,j] = B[i,k] C[k,j]"),
        (r"^function\s.*$", r":", "a function is given with =", "write function f(x) = x / (1 + exp(-x))"),
        (r"^use\s*$", r"\w", "a file name stands in quotes", 'write use "gpt2.pen"'),
        (r"^check\s*$", r"", "a check has a name", "write check width: E1 = E2"),
        (rf"^check\s+{_INDEX}.*$", r"=|\[", "a check has a name and a colon", "write check width: E1 = E2"),
        (r"\S\s+layout(?:\s+\d+)?\s*$", r"\{", "layout stands on a line of its own", "begin a new line before it"),
        (
            r"\b(?:leg|bend|arrow)\s+[\w:{}]+\.$",
            r"\d",
            "a leg is named as its index, or as it is declared",
            "write leg A.i up",
        ),
        (r"\bat\s*-?[\d.]+\s*$", r",", "a place stands in parentheses", "write place A at (2, 1)"),
        (
            r"(?:^|[{;])\s*(?:row|column|grid|brace|highlight)\s[^;]*$",
            r",",
            "tensors stand side by side in a hint",
            "write row A B C",
        ),
        (r"\bat\s*$", r"\d|-", "a place stands in parentheses", "write place A at (2, 1)"),
        # texts, comments, numbers
        (r"", r'"', "a text is not closed, or stands where none can", 'captions stand behind a term: A[i,j] "matrix"'),
        (r"", r"//|--", "a comment begins with #", "write # a comment"),
        (r"", r"%", "a comment begins with #", "write # a comment"),
        (
            r"^\s*$",
            r"-",
            "a line that begins with - goes on with the one before",
            "put the term in parentheses: (-A[i])",
        ),
        (r"", r"\.\d", "a number begins with a digit", "write 0.5"),
        (r"\d\s*$", r",\s*\d", "a number has a point", "write 0.5"),
        (r"", r"!(?!=)", "! stands in != only", "write A[i] != B[i]"),
        (r"", r"~(?!=)", "~ stands in ~= only", "write A[i] ~= B[i] within 0.1"),
        (r"", r";", "statements end with the line; ; separates hints", "begin a new line"),
        (r"", r"`", "a ` is no part of the language", "remove it"),
    )
)

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
    "EMPTY": "_",
    "_STAR": "*",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "LBRACE": "{",
    "RBRACE": "}",
    "COLON": ":",
    "COMMA": "a comma",
    "AT": "@",
    "SEMICOLON": ";",
    "CIRCUMFLEX": "^",
    "DOT": ".",
    "__ANON_0": "..",
    "_NEWLINE": "the end of the line",
}


def explain(error: UnexpectedInput, source: Source) -> Diagnostic:
    """Return the diagnostic for what the grammar did not expect."""
    end = len(source.text)
    start = min(error.pos_in_stream or 0, end)
    if isinstance(error, UnexpectedToken):
        at_end = error.token.type == "$END" or start == end
        start = len(source.text.rstrip()) if at_end else start
        line_end = error.token.type == "_NEWLINE" or at_end
        found = "end of the line" if line_end else str(error.token)
        width = 0 if line_end else len(error.token)
        accepted = error.accepts or error.expected
    else:
        assert isinstance(error, UnexpectedCharacters)
        found, width, accepted = source.text[start : start + 1], 1, error.allowed
    span = Span(source, start, min(start + width, end))
    before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    after = source.text[start : start + 200].partition("\n")[0]
    statement = _misspelt_statement(before, after, span)
    if statement:
        return statement
    for mistake in MISTAKES:
        if re.search(mistake.before, before) and re.match(mistake.after, after):
            return Diagnostic("PEN101", mistake.message, span, hint=mistake.hint)
    return Diagnostic("PEN101", f"unexpected {found}", span, hint=_expected(accepted))


def _misspelt_statement(before: str, after: str, span: Span) -> Diagnostic | None:
    """Recognise a statement that begins with a word that is none."""
    if before.strip():
        return None
    word = re.match(r"[^\W\d]\w*", after)
    if not word or word[0] in STATEMENTS:
        return None
    whole = Span(span.source, span.start, span.start + word.end())
    others = {
        "import": 'use "other.pen"',
        "include": 'use "other.pen"',
        "def": "function f(x) = ...",
        "dimension": "dim",
    }
    others |= {
        "diagram": "figure name: ...",
        "place": "place A at (2, 1) in layout { }",
        "layout": "layout { } inside of the braces of a figure: figure f { ... }",
    }
    hint = suggestion(word[0], STATEMENTS) or suggestion(word[0].lower(), STATEMENTS)
    if word[0] in others:
        hint = f"write {others[word[0]]}"
    elif not hint:
        hint = "a diagram needs a figure around it: figure name: " + after[:30].strip()
    return Diagnostic("PEN101", f"no statement begins with {word[0]}", whole, hint=hint)


def _expected(accepted: set[str]) -> str:
    spoken = sorted({_SPOKEN.get(name, name.lower()) for name in accepted if name != "$END"})
    if not spoken or len(spoken) > 12:
        return "look at what stands before this place"
    return "expected " + (" or ".join([", ".join(spoken[:-1]), spoken[-1]]) if len(spoken) > 1 else spoken[0])
