"""Names of tensors and indices in TeX, and as names of TikZ coordinates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from penrose.model import scalar
from penrose.model.index import Group, Index, Leg, Pin

_GREEK = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]  # fmt: skip
_LOWER = "αβγδεζηθικλμνξοπρστυφχψω"
_WORDS = dict(zip(_LOWER, _GREEK, strict=True)) | {
    c.upper(): word.capitalize() for c, word in zip(_LOWER, _GREEK, strict=True)
}
_WORDS |= {"ς": "varsigma", "ϕ": "varphi", "ϵ": "varepsilon", "ϑ": "vartheta", "ϱ": "varrho", "ℓ": "ell"}
GREEK: dict[str, str] = _WORDS  # from a letter to the name of its TeX command
_TEX = {c: "\\" + word for c, word in _WORDS.items()}
# In TeX, \phi is the form that Unicode calls U+03D5; Greek capitals that look Latin have no command.
_TEX |= {"φ": "\\varphi", "ϕ": "\\phi", "ε": "\\varepsilon", "ϵ": "\\epsilon", "ο": "o"}
_TEX |= dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", [f"\\mathrm{{{c}}}" for c in "ABEZHIKMNOPTX"], strict=True))

NAMES = 16_384  # that are remembered

# From a relation as it is written to TeX.
RELATIONS = {"=": "=", "!=": "\\neq", "~=": "\\approx", "->": "\\to", "<=": "\\leq", ">=": "\\geq"}

_NAME = re.compile(r"(?P<base>[^_']*)(?P<scripts>(?:_(?:\{[^}]*\}|[^_'{}]+))*)(?P<primes>'*)")
_SCRIPT = re.compile(r"_(?:\{([^}]*)\}|([^_'{}]+))")


@lru_cache(maxsize=NAMES)
def latex(name: str) -> str:
    """Return a name as TeX mathematics: `W_QK` as `W_{QK}`, `λ'` as `\\lambda'`, `Match` upright."""
    match = _NAME.fullmatch(name)
    assert match, name
    scripts = [a or b for a, b in _SCRIPT.findall(match["scripts"]) if a or b]
    subscript = ",".join(_run(script) for script in scripts)
    return _run(match["base"]) + (f"_{_braced(subscript)}" if subscript else "") + match["primes"]


def latex_leg(written: str) -> str:
    """Return an index as TeX, or a group of them as it is written, `(i l)`."""
    names = [latex(name) for name in written.strip("()").split()]
    return "(" + "\\,".join(names) + ")" if written.startswith("(") else names[0]


def label_of(leg: Leg) -> str:
    """Return the label of a leg as TeX: an index in italics, a place of a dimension upright."""
    match leg:
        case Index() | Group():
            return latex_leg(str(leg))
        case Pin(symbol=""):
            return str(leg.offset)
        case Pin():
            name = latex(leg.symbol)
            upright = name if name.startswith("\\mathrm") else f"\\mathrm{{{name}}}"
            return upright + (f"{leg.offset:+d}" if leg.offset else "")


def _run(text: str) -> str:
    """Set a run of letters: one letter, or capitals only, in italics; words upright."""
    if len(text) == 1 or text.isdecimal():
        return _word(text)
    words = [_word(word) for word in re.findall(r"[^\W\d_]+|\d+|.", text)]
    return "".join(
        word + (" " if re.search(r"\\[a-z]+$", word) and after[:1].isalpha() else "")
        for word, after in zip(words, [*words[1:], ""], strict=True)
    )


def _word(word: str) -> str:
    if len(word) == 1 or word.isupper() or not word.isascii():
        letters = [_TEX.get(c, c if c.isascii() else f"\\mbox{{{c}}}") for c in word]
        return " ".join(letters) if any(len(letter) > 1 for letter in letters) else "".join(letters)
    return f"\\mathrm{{{word}}}" if word.isalpha() else word


@lru_cache(maxsize=NAMES)
def coordinate(name: str) -> str:
    """Return a name with letters, digits and hyphens only: `W_Q` as `W-Q`, `λ'` as `lambda-prime`."""
    pieces = []
    for character in name.replace("'", "-prime"):
        if character in _WORDS:
            pieces.append(_WORDS[character])
        elif character.isascii():
            pieces.append(character if character.isalnum() else "-")
        else:
            plain = unicodedata.normalize("NFD", character)[0]
            pieces.append(plain if plain.isascii() and plain.isalnum() else f"u{ord(character):x}")
    return re.sub("-+", "-", "".join(pieces)).strip("-")


def latex_scalar(value: scalar.Scalar) -> str:
    """Return a scalar as TeX mathematics: what divides goes under a fraction bar."""
    match value:
        case scalar.Number():
            return _number(value.text)
        case scalar.Size():
            return latex(value.dimension)
        case scalar.Value():
            return latex(value.tensor)
        case scalar.Call(function="sqrt"):
            return f"\\sqrt{{{latex_scalar(value.argument)}}}"
        case scalar.Call(function="abs"):
            return f"|{latex_scalar(value.argument)}|"
        case scalar.Call():
            return f"\\{value.function}({latex_scalar(value.argument)})"
        case scalar.Power():
            return f"{_grouped(value.base)}^{_braced(latex_scalar(value.exponent))}"
        case scalar.Product():
            return _fraction(value)
        case scalar.Sum():
            signs = ["-" if negative else "+" for negative in value.negative]
            text = "".join(sign + latex_scalar(term) for sign, term in zip(signs, value.terms, strict=True))
            return text.removeprefix("+")


def _fraction(value: scalar.Product) -> str:
    pairs = list(zip(value.factors, value.inverse, strict=True))
    above = [factor for factor, divides in pairs if not divides and factor != scalar.Number("1")]
    below = [factor for factor, divides in pairs if divides]
    top = _times(above) if above else "1"
    return f"\\frac{{{top}}}{{{_times(below)}}}" if below else top


def _times(factors: list[scalar.Scalar]) -> str:
    """Set factors side by side, equal symbols as a power, with a dot where two numbers would run together."""
    if len(factors) == 1:
        return latex_scalar(factors[0])
    text = ""
    for factor in _powers(factors):
        piece = latex_scalar(factor) if isinstance(factor, scalar.Power) else _grouped(factor)
        text += ("\\cdot " if text and piece[0].isdigit() else "") + piece
    return text


def _powers(factors: list[scalar.Scalar]) -> Iterator[scalar.Scalar]:
    """Yield factors, equal ones that follow one another as one power, unless they are numbers or powers."""
    for factor, equal in groupby(factors):
        count = len([*equal])
        if count == 1 or isinstance(factor, scalar.Number | scalar.Power):
            yield from [factor] * count
        else:
            yield scalar.Power(factor, scalar.Number(str(count)))


def _grouped(value: scalar.Scalar) -> str:
    tight = isinstance(value, scalar.Number | scalar.Size | scalar.Value | scalar.Call)
    return latex_scalar(value) if tight else f"({latex_scalar(value)})"


def _number(text: str) -> str:
    mantissa, _, exponent = text.lower().partition("e")
    return f"{mantissa}\\cdot 10^{_braced(str(int(exponent)))}" if exponent else mantissa


def _braced(tex: str) -> str:
    return tex if len(tex) == 1 else f"{{{tex}}}"
