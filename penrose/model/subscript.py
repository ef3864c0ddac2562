"""Arithmetic in subscripts: `A_{n-1}`, `b_{2n+1}`, `s_{n mod 6}`, with the variables of a repetition."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A variable's value: a whole number, or a symbol plus a number (the symbolic end of a repetition).
Value = int | tuple[str, int]

_SUBSCRIPT = re.compile(r"_(?:\{([^{}]*)\}|([^_'{}]+))")
_TOKEN = re.compile(r"\s*(?:(\d+)|([^\W\d_]\w*'*)|(.))")


class SubscriptError(ValueError):
    """A subscript that cannot be worked out."""


def substitute(name: str, values: Mapping[str, Value]) -> str:
    """Return a name with its subscripts worked out: `A_{n-1}` with n = 3 is `A_2`.

    Braces around a single name or number are dropped, so that `A_{1}` and `A_1` are one name.

    Raises:
        SubscriptError: a subscript is not arithmetic of whole numbers in the variables.
    """

    def replaced(match: re.Match[str]) -> str:
        inner = match[1] if match[1] is not None else match[2]
        parts = [_worked_out(part.strip(), values) for part in inner.split(",")]
        text = ",".join(parts)
        return f"_{text}" if re.fullmatch(r"\w+", text) else f"_{{{text}}}"

    return _SUBSCRIPT.sub(replaced, name) if "_" in name else name


def variables(name: str) -> set[str]:
    """Return the words in the subscripts of a name."""
    inner = (a if a else b for a, b in _SUBSCRIPT.findall(name))
    return {word for text in inner for word in re.findall(r"[^\W\d_]+", text)} - {"mod"}


def _worked_out(text: str, values: Mapping[str, Value]) -> str:
    if text in values:
        return _spoken(values[text])
    tokens = _tokens(text)
    words = [word for kind, word in tokens if kind == "name" and word != "mod"]
    arithmetic = len(tokens) > 1 and all(kind != "other" or word in "+-*()" for kind, word in tokens)
    if words and not set(words) & set(values):
        return text
    if not arithmetic and words:
        raise SubscriptError(f"{text} is not arithmetic")
    if not arithmetic:
        return text
    return _spoken(_Arithmetic(tokens, values).value())


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    for number, name, other in _TOKEN.findall(text):
        found.append(("number", number) if number else ("name", name) if name else ("other", other))
    return found


def _spoken(value: Value) -> str:
    if isinstance(value, int):
        return str(value)
    symbol, offset = value
    return f"{symbol}{offset:+d}" if offset else symbol


class _Arithmetic:
    """A sum of products of numbers and variables; `mod` binds least."""

    def __init__(self, tokens: list[tuple[str, str]], values: Mapping[str, Value]) -> None:
        self.tokens, self.values, self.position = tokens, values, 0

    def value(self) -> Value:
        result = self._sum()
        while self._take("mod"):
            modulus = self._sum()
            if not isinstance(result, int) or not isinstance(modulus, int) or modulus == 0:
                raise SubscriptError("mod needs whole numbers")
            result %= modulus
        if self.position < len(self.tokens):
            raise SubscriptError(f"unexpected {self.tokens[self.position][1]}")
        return result

    def _take(self, word: str) -> bool:
        found = self.position < len(self.tokens) and self.tokens[self.position][1] == word
        self.position += found
        return found

    def _sum(self) -> Value:
        result: Value = 0
        sign = -1 if self._take("-") else 1
        while True:
            result = _added(result, _times(sign, self._product()))
            if self._take("+"):
                sign = 1
            elif self._take("-"):
                sign = -1
            else:
                return result

    def _product(self) -> Value:
        result = self._one()
        while self._take("*") or self._starts_factor():
            result = _times(result, self._one())
        return result

    def _starts_factor(self) -> bool:
        if self.position >= len(self.tokens):
            return False
        kind, word = self.tokens[self.position]
        return word == "(" or (kind in ("number", "name") and word != "mod")

    def _one(self) -> Value:
        if self.position >= len(self.tokens):
            raise SubscriptError("something is missing at the end")
        kind, word = self.tokens[self.position]
        self.position += 1
        if kind == "number":
            return int(word)
        if word == "(":
            inside = self._sum()
            if not self._take(")"):
                raise SubscriptError("a parenthesis is not closed")
            return inside
        if kind == "name":
            return self.values.get(word, (word, 0))
        raise SubscriptError(f"unexpected {word}")


def _added(a: Value, b: Value) -> Value:
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    if isinstance(a, tuple) and isinstance(b, int):
        return (a[0], a[1] + b)
    if isinstance(a, int) and isinstance(b, tuple):
        return (b[0], b[1] + a)
    raise SubscriptError("it has more than one symbol")


def _times(a: Value, b: Value) -> Value:
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    if a == 1:
        return b
    if b == 1:
        return a
    raise SubscriptError("a symbol is multiplied")
