"""Plain immutable data: what the stages hand on to one another.

A class says its fields by annotations, as for `dataclass(frozen=True)`. That decorator writes and compiles six
functions for every class, which took a quarter of the time of a small build; here they are written once for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

NOTHING: Mapping[Any, Any] = MappingProxyType({})  # the default of fields that are mappings

_set = object.__setattr__


@dataclass_transform(frozen_default=True, eq_default=False)
class Data:
    """Data that is equal to nothing but itself.

    Fields of a class with `kw_only` are given by name, and are about a thing rather than of it: they are neither
    compared nor shown.
    """

    _shown: ClassVar[tuple[str, ...]] = ()
    _about: ClassVar[tuple[str, ...]] = ()
    _fields: ClassVar[tuple[str, ...]] = ()  # both
    _needed: ClassVar[int] = 0  # of these, from the first one to the last without a default

    def __init_subclass__(cls, kw_only: bool = False) -> None:
        super().__init_subclass__()
        own = tuple(cls.__annotations__)
        if kw_only:
            cls._about += own
        else:
            cls._shown += own
        cls._fields = cls._shown + cls._about
        without = [place for place, name in enumerate(cls._fields) if not hasattr(cls, name)]
        cls._needed = without[-1] + 1 if without else 0

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self._fields
        if len(values) > len(self._shown):
            raise TypeError(f"{type(self).__name__} takes {len(self._shown)} fields by position, not {len(values)}")
        for place, value in enumerate(values):  # in half of the time of a zip that is told not to be strict
            _set(self, names[place], value)
        if len(values) >= self._needed and not named:
            return
        for name in names[len(values) :]:
            if name in named:
                _set(self, name, named.pop(name))
            elif not hasattr(type(self), name):  # defaults stay attributes of the class, and are found there
                raise TypeError(f"{type(self).__name__} needs {name}")
        if named:
            raise TypeError(f"{type(self).__name__} cannot take {', '.join(named)}")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self._shown)
        return f"{type(self).__name__}({', '.join(shown)})"


class Equatable(Data):
    """Data that is equal to other data of its class with equal fields."""

    _compared = attrgetter("_shown")  # until there are fields

    def __init_subclass__(cls, kw_only: bool = False) -> None:
        super().__init_subclass__(kw_only)
        if cls._shown:
            cls._compared = attrgetter(*cls._shown)

    def __eq__(self, other: object) -> bool:
        if self.__class__ is not other.__class__:
            return NotImplemented
        compared = self._compared
        equal: bool = compared(self) == compared(other)
        return equal

    def __hash__(self) -> int:
        return hash(self._compared(self))


D = TypeVar("D", bound=Data)


def replace(data: D, /, **changes: Any) -> D:
    """Return data with some of its fields changed."""
    changed, own = object.__new__(type(data)), data.__dict__
    for name in data._fields:
        if name in changes:
            _set(changed, name, changes.pop(name))
        elif name in own:  # what is not is a default, which stays an attribute of the class
            _set(changed, name, own[name])
    if changes:
        raise TypeError(f"{type(data).__name__} has no {', '.join(changes)}")
    return changed
