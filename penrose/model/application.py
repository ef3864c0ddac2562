"""`f[k](...)`: whether there is such a function, and whether it has these axes and arguments."""

from __future__ import annotations

from penrose.errors import Diagnostic, suggestion
from penrose.model.function import (
    ALONG_AXES,
    DECOMPOSITIONS,
    EXAMPLES,
    FOREIGN,
    NAMES,
    OF_MATRICES,
    REWRITES,
    Function,
    wrong_count,
    wrong_use,
)
from penrose.model.names import Known
from penrose.syntax import tree


def consumes_axes(node: tree.Application, known: Known) -> bool | None:
    """Tell whether a function consumes its axes, or return None with a diagnostic added."""
    name = node.access.name.text
    if node.access.key or node.access.suffix:
        _not_a_function(node.access, known)
        return None
    if name in REWRITES or name in DECOMPOSITIONS:
        _elsewhere(node, known)
        return None
    defined = known.functions.get(name)
    if defined:
        return _defined(node, defined, known)
    if name in NAMES:
        return _built_in(node, known)
    if name in FOREIGN:
        hint = f"write {FOREIGN[name]}; for a function of that name, declare function {name}"
        known.found.append(Diagnostic("PEN201", f"there is no function {name}", node.access.span, hint=hint))
        return None
    named = known.is_tensor(name) or name in known.dimensions
    if node.access.bracket is None and len(node.arguments) == 1 and not named and not _is_divisor(node.access):
        return False  # an opaque function that is not declared
    _not_a_function(node.access, known)
    return None


def _defined(node: tree.Application, defined: Function, known: Known) -> bool | None:
    axes, wanted = _axes(node), len(defined.parameters) or 1
    if axes != len(defined.axes) and (defined.axes or defined.body is not None):
        what, wanted = f"{defined.name} acts along # axes", len(defined.axes)
        known.found.append(wrong_count(what, axes, wanted, wanted, node.access.span, defined.span))
        return None
    if len(node.arguments) != wanted:
        what = f"{defined.name} has # arguments"
        known.found.append(wrong_count(what, len(node.arguments), wanted, wanted, node.span, defined.span))
        return None
    return defined.consumes


def _built_in(node: tree.Application, known: Known) -> bool | None:
    wrong = wrong_use(node)
    if wrong:
        known.found.append(wrong)
        return None
    return node.access.bracket is not None and {**ALONG_AXES, **OF_MATRICES}[node.access.name.text]


def _axes(node: tree.Application) -> int:
    return len(node.access.bracket.items) if node.access.bracket else 0


def _elsewhere(node: tree.Application, known: Known) -> None:
    name = node.access.name.text
    if name in DECOMPOSITIONS:
        message = f"{name} stands alone behind a let"
        known.found.append(Diagnostic("PEN201", message, node.span, hint=f"write {EXAMPLES[name]}"))
    else:
        hint = "write out what it gives; this version draws what is written"
        known.found.append(Diagnostic("PEN290", f"{name} is not available yet", node.span, hint=hint))


def _is_divisor(access: tree.Access) -> bool:
    """Tell whether a name stands behind a / and apart from the parenthesis after it, as a number does that divides."""
    before, after = access.span.source.text[: access.span.start], access.span.source.text[access.span.end :]
    return before.rstrip().endswith("/") and after[:1].isspace()


def _not_a_function(access: tree.Access, known: Known) -> None:
    name = access.name.text
    hint = f"for a product, put a * before the parenthesis: {access.span.text} * (...)"
    if not known.is_tensor(name) and name not in known.dimensions:
        form = f"{hint}; a function with axes is declared: function f[k]"
        if _is_divisor(access):
            form = f"{hint}; a function stands at its parenthesis: {name}(...)"
        elif not access.bracket:
            form = f"indices stand in square brackets: {name}[i,j]; for a product, put a * before the parenthesis"
        hint = suggestion(name, [*NAMES, *known.functions]) or form
    known.found.append(Diagnostic("PEN201", f"{name} is not a function", access.span, hint=hint))
