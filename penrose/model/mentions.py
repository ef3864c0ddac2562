"""Which indices a piece of syntax shows to what is around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from penrose.errors import Diagnostic
from penrose.model import function as functions
from penrose.model.names import Known
from penrose.syntax import tree


def summable(factors: Sequence[tree.Factor], known: Known) -> list[str]:
    """Return the names that two of some factors mention or one tensor carries twice, in reading order."""
    mentions: dict[str, int] = {}
    for factor in factors:
        for name in dict.fromkeys(names_of(factor, known)):
            mentions[name] = mentions.get(name, 0) + 1
    traced = {name for factor in factors for name in _carried_twice(factor)}
    return [name for name, times in mentions.items() if times > 1 or name in traced]


def names_of(node: tree.Factor, known: Known) -> list[str]:
    """Return the index names that a factor shows to the outside, once for every mention."""
    match node:
        case tree.Access():
            return bracket_names(node.bracket)
        case tree.Parenthesis() if node.legs is not None:
            return bracket_names(node.legs)
        case tree.Parenthesis():
            return _in_expression(node.expression, known)
        case tree.Application():
            own = _bound_by(node, known)
            return [name for a in node.arguments for name in argument_names(a, known) if name not in own]
        case tree.Power():
            return names_of(node.base, known)
        case tree.Skipped():
            return [*node.left, *node.right]
        case tree.Number():
            return []


def argument_names(node: tree.Argument, known: Known) -> list[str]:
    """Return the index names that an argument shows to the function."""
    return bracket_names(node.legs) if node.legs is not None else _in_expression(node.expression, known)


def kept_names(node: tree.Factor, known: Known) -> list[str]:
    """Return the index names that a factor shows and that nothing inside of it sums."""
    match node:
        case tree.Parenthesis() if node.legs is None:
            inside = [node.expression]
        case tree.Application():
            inside = [argument.expression for argument in node.arguments if argument.legs is None]
        case _:
            inside = []
    terms = [term for expression in inside for term in expression.terms]
    summed = {name for term in terms for name in summable(term.factors, known)}
    return [name for name in names_of(node, known) if name not in summed]


def item_names(item: tree.Item) -> tuple[tree.Name, ...]:
    """Return the names of the indices in an item of a bracket."""
    match item:
        case tree.Name():
            return (item,)
        case tree.Group():
            return item.names
    return ()


def bracket_names(bracket: tree.Bracket | None) -> list[str]:
    """Return the names of the indices in a bracket."""
    return [name.text for item in (bracket.items if bracket else ()) for name in item_names(item)]


def wrong_legs(bracket: tree.Bracket) -> list[Diagnostic]:
    """Return what is wrong with a list of free legs: they are indices or groups, each once."""
    names = bracket_names(bracket)
    odd = [item for item in bracket.items if not isinstance(item, tree.Name | tree.Group)]
    if len(set(names)) < len(names) or odd:
        place = odd[0].span if odd else bracket.span
        message = "free legs are indices or groups of them, each once"
        return [Diagnostic("PEN204", message, place, hint="write A[i,j] B[j,k] -> [i,k]")]
    return []


def _in_expression(node: tree.Expression, known: Known) -> list[str]:
    return [name for term in node.terms for factor in term.factors for name in names_of(factor, known)]


def _bound_by(node: tree.Application, known: Known) -> set[str]:
    """Return the names that an application keeps to itself: those of a sum, and axes that are consumed."""
    name = node.access.name.text
    defined = known.functions.get(name)
    consumes = name == "sum" or (
        defined.consumes if defined else {**functions.ALONG_AXES, **functions.OF_MATRICES}.get(name, False)
    )
    if not consumes:
        return set()
    items = node.access.bracket.items if node.access.bracket else ()
    return {n.text for i in items for n in ([i.name] if isinstance(i, tree.Range) else item_names(i))}


def _carried_twice(factor: tree.Factor) -> set[str]:
    """Return the names that a single tensor carries twice, which traces it."""
    if isinstance(factor, tree.Application) and factor.access.name.text == "conj":
        expression = factor.arguments[0].expression if factor.arguments else None
        inside = expression.terms[0].factors if expression else ()
        return _carried_twice(inside[0]) if len(inside) == 1 else set()
    if not isinstance(factor, tree.Access):
        return set()
    return {name for name, times in Counter(bracket_names(factor.bracket)).items() if times > 1}
