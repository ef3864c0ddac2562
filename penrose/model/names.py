"""The names that a place in a program can use, and what is known of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import count

from penrose.data import Data
from penrose.errors import Diagnostic, Note
from penrose.model.function import ALONG_AXES, NAMES, OF_MATRICES, Function
from penrose.model.tensor import BUILT_IN, Dimension, Tensor
from penrose.source import Span

DISTINCT = 4  # letters of a name that may be a misspelling of another


class Known(Data):
    """Names in scope. Tensors that nothing declares are found out from their uses, and belong to `own`."""

    dimensions: Mapping[str, Dimension]
    functions: Mapping[str, Function]
    declared: Mapping[str, Tensor]
    found: list[Diagnostic]
    own: dict[str, Tensor]
    numbers: count[int]  # of indices

    @property
    def tensors(self) -> dict[str, Tensor]:
        """All tensors that are known here."""
        return {**self.declared, **self.own}

    def is_tensor(self, name: str) -> bool:
        """Tell whether a name is that of a tensor."""
        return name in BUILT_IN or name in self.declared or name in self.own

    def arity(self, name: str, legs: int, span: Span) -> bool:
        """Check the number of legs of an occurrence; the first one tells how many an undeclared tensor has."""
        if name in BUILT_IN:
            return self._built_in_arity(name, legs, span)
        known = self.declared.get(name) or self.own.get(name)
        if known is None and (name in NAMES or name in self.functions):
            form = span.text if name in {"sum", "prod", *ALONG_AXES, *OF_MATRICES} else name
            hint = f"write {form}(...), or for a tensor of that name, declare tensor {name}"
            self.found.append(Diagnostic("PEN201", f"{name} is a function and has no argument here", span, hint=hint))
            return False
        if known is None:
            slots = tuple(str(number + 1) for number in range(legs))
            self.own[name] = Tensor(name, slots, ("",) * legs, "", (), declared=False, span=span)
            return True
        if len(known.slots) == legs:
            return True
        where = "declared" if known.declared else "used"
        message = f"{name} has {_legs(legs)} here, but {_legs(len(known.slots))} where it is {where}"
        notes = (Note(known.span, _legs(len(known.slots))),)
        hint = "give it the same legs, or another name"
        if known.span == span:  # once, but in a repetition
            hint = f"the members of an open repetition have names of their own: {name}_n"
        if known.declared and not known.slots:
            hint = f"declare its legs as well: tensor {name}[{','.join('ijklmn'[:legs])}]"
        self.found.append(Diagnostic("PEN202", message, span, _legs(legs), notes, hint))
        return False

    def _built_in_arity(self, name: str, legs: int, span: Span) -> bool:
        fewest, most = BUILT_IN[name]
        if fewest <= legs <= most:
            return True
        wanted = _legs(fewest) if fewest == most else f"at least {_legs(fewest)}"
        message = f"{name} has {wanted}, not {legs}"
        self.found.append(
            Diagnostic("PEN202", message, span, hint=f"write {name}[{','.join('ijk'[: max(fewest, 1)])}]")
        )
        return False

    def misspelt(self, indices: Container[str]) -> list[Diagnostic]:
        """Return a warning for every undeclared name that looks like a mistake.

        It is one edit or a change of case from a declared one; or a tensor without legs that is named like
        one of these indices, or like a tensor with its indices as subscripts.
        """
        warnings = []
        for tensor in self.own.values():
            near = _nearest(tensor.name, self.declared)
            if near:
                message = f"{tensor.name} is not declared, but {near} is"
                hint = f"did you mean {near}? If not, declare tensor {tensor.name}"
                warnings.append(Diagnostic("PEN214", message, tensor.span, hint=hint, severity="warning"))
        return warnings + self._without_legs(indices)

    def _without_legs(self, indices: Container[str]) -> list[Diagnostic]:
        warnings = []
        nothing_has_legs = not any(tensor.slots for tensor in self.own.values())
        for tensor in self.own.values():
            base, _, subscript = tensor.name.partition("_")
            if tensor.slots:
                continue
            if tensor.name in indices:
                message = f"{tensor.name} is a tensor without legs here, and also an index"
                hint = f"for the size of a leg, declare it: dim {tensor.name}"
            elif not subscript:
                continue
            elif base in ("sum", "prod", "Σ", "Π", "einsum"):
                message = f"{tensor.name} is a tensor without legs here"
                hint = f"a drawn sum is written sum[{subscript}](...); an index that stands twice is summed anyway"
            elif nothing_has_legs and subscript.islower() and len(self.own) > 1:
                message = f"{tensor.name} is a tensor without legs here"
                hint = f"indices stand in brackets: {base}[{','.join(subscript.strip('{}'))}]"
            else:
                continue
            warnings.append(Diagnostic("PEN214", message, tensor.span, hint=hint, severity="warning"))
        return warnings


def _nearest(name: str, declared: Iterable[str]) -> str:
    if len(name.partition("_")[0]) < DISTINCT:
        return ""
    return next((other for other in declared if _one_edit(name, other) or name.lower() == other.lower()), "")


def _one_edit(one: str, other: str) -> bool:
    """Tell whether two names differ by one letter more, less or changed, or by two that are exchanged."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or one == other:
        return False
    same = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    exchanged = short[same : same + 2] == long[same : same + 2][::-1]
    return short[same + 1 :] == long[same + 1 :] or (exchanged and short[same + 2 :] == long[same + 2 :])


def _legs(number: int) -> str:
    return "1 leg" if number == 1 else f"{number or 'no'} legs"
