"""What can be declared about a tensor."""

from __future__ import annotations

from penrose.data import Equatable
from penrose.errors import Diagnostic, suggestion
from penrose.syntax import tree

KINDS: dict[str, tuple[int, int]] = {
    # kind: fewest and most slots it can name
    "isometry": (0, 99),
    "unitary": (0, 99),
    "orthogonal": (0, 99),
    "symmetric": (0, 0),
    "antisymmetric": (0, 0),
    "diagonal": (0, 0),
    "onehot": (1, 1),
    "stochastic": (1, 1),
    "causal": (2, 2),
    "nonnegative": (0, 0),
    "posdef": (0, 0),
    "complex": (0, 0),
    "constant": (0, 0),
}
OF_TENSORS = ("inverse", "pinv")


class Property(Equatable):
    """A property with the slots (from 0) or the tensor that it names."""

    kind: str
    slots: tuple[int, ...] = ()
    tensor: str = ""


def read_property(node: tree.Property, slots: tuple[str, ...], found: list[Diagnostic]) -> Property | None:
    """Return the property that a declaration states, or None with a diagnostic added."""
    kind, names = node.name.text, [argument.text for argument in node.arguments]
    if kind in OF_TENSORS:
        if len(names) == 1:
            return Property(kind, tensor=names[0])
        message = f"{kind} names one tensor"
        found.append(Diagnostic("PEN212", message, node.span, hint=f"write {kind}(X)"))
        return None
    if kind not in KINDS:
        of_leg = f"a property names legs in parentheses: isometry({kind})" if kind in slots else ""
        hint = of_leg or suggestion(kind, [*KINDS, *OF_TENSORS]) or f"properties are {', '.join([*KINDS, *OF_TENSORS])}"
        found.append(Diagnostic("PEN212", f"there is no property {kind}", node.name.span, hint=hint))
        return None
    fewest, most = KINDS[kind]
    for argument in node.arguments:
        if argument.text not in slots:
            message = f"{kind} names the leg {argument.text}, which the tensor does not have"
            hint = suggestion(argument.text, slots) or f"its legs are {', '.join(slots) or 'none'}"
            found.append(Diagnostic("PEN212", message, argument.span, hint=hint))
            return None
    if not fewest <= len(names) <= most:
        wanted = "no leg" if most == 0 else f"{most} leg{'s' * (most > 1)}"
        found.append(Diagnostic("PEN212", f"{kind} names {wanted}", node.span, hint=f"{len(names)} given"))
        return None
    return Property(kind, tuple(slots.index(name) for name in names))
