from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

import pytest

from penrose.data import NOTHING, Data, Equatable, replace

T = TypeVar("T")


class Place(Equatable, kw_only=True):
    line: int


class Word(Place):
    text: str
    loud: bool = False


class Other(Place):
    text: str
    loud: bool = False


class Held(Data, Generic[T]):
    what: T
    by: Mapping[str, int] = NOTHING


def test_fields_are_given_by_position_and_by_name() -> None:
    word = Word("a", line=3)
    assert (word.text, word.loud, word.line) == ("a", False, 3)
    assert Word("a", True, line=3) == Word(loud=True, text="a", line=3)
    assert repr(word) == "Word(text='a', loud=False)"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {"line": 1}),
        (("a",), {}),
        (("a",), {"line": 1, "text": "b"}),
        (("a",), {"line": 1, "quiet": True}),
        (("a", True, 1), {}),
    ],
    ids=["a field without default", "a field by name", "twice", "unknown", "too many"],
)
def test_what_does_not_fit_the_fields_is_refused(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Word(*values, **named)


def test_data_cannot_change() -> None:
    word = Word("a", line=3)
    with pytest.raises(AttributeError):
        word.text = "b"
    with pytest.raises(AttributeError):
        del word.text
    with pytest.raises(AttributeError):
        word.new = 1


def test_what_is_equal() -> None:
    word = Word("a", line=3)
    assert word == Word("a", line=4)
    assert hash(word) == hash(Word("a", line=4))
    assert word != Word("b", line=3)
    assert word != Other("a", line=3)
    held = Held(1)
    assert held == held
    assert held != Held(1)
    assert held in {held}


def test_replacing_leaves_the_rest_and_the_original() -> None:
    word = Word("a", True, line=3)
    assert replace(word, text="b") == Word("b", True, line=3)
    assert replace(word, line=4).line == 4
    assert word.text == "a"
    assert not Held[str]("a").by
    with pytest.raises(TypeError):
        replace(word, quiet=True)
