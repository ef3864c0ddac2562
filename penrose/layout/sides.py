"""On which side of a panel a free leg ends: on the same one in every panel of a chain.

It is where most tensors that carry a leg have it at home, unless the legs together are of a kind that the field draws
in one way: those that several tensors share, those of operators, of environments, of lanes that lie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

from penrose.layout.geometry import OPPOSITE
from penrose.layout.homes import Home, is_wide_gate
from penrose.layout.panels import behind_a_tall_one, common_side, is_operator, of_isometries, through_gates
from penrose.layout.scene import Direction
from penrose.layout.sheets import NAMED, of_environments, of_layers
from penrose.layout.uprights import uprights
from penrose.layout.votes import outer_legs, votes_of
from penrose.model.document import Figure, Flow, Panel
from penrose.model.expression import Factor, Product, factors_of, parts_of
from penrose.model.index import Group, Index, Leg, Pin, families_of, family_of, flat

# Where the sides of upright lanes are when these lie, by the direction in which wires run.
LYING: Mapping[str, Mapping[Direction, Direction]] = {
    "right": {"up": "left", "down": "right"},
    "left": {"up": "right", "down": "left"},
}
LEVEL = ("left", "right")


def free_sides(chain: Sequence[Panel], figure: Figure) -> dict[Index, Direction]:
    """Return the side of every free leg of a chain of panels. The indices of a group end together."""
    legs = _legs(chain)
    common: Direction | None = next(filter(None, (common_side(panel, figure) for panel in chain)), None)
    sides: list[Direction]
    layers = next(filter(None, map(of_layers, chain)), {})
    told = through_gates(chain, figure) or layers or of_environments(chain) or of_isometries(chain, figure)
    if told:
        sides = [told[flat([leg])[0]] for leg in legs]
    elif common:
        sides = [common] * len(legs)
    elif any(is_operator(panel) for panel in chain):
        sides = _halves(len(legs), "up", "down")
    elif behind := next(filter(None, map(behind_a_tall_one, chain)), None):
        sides = ["right" if leg in behind else "left" for leg in legs]
    else:
        sides = _by_votes(legs, chain, figure)
    if flow := next((hint.direction for hint in figure.hints if isinstance(hint, Flow) and not hint.panel), None):
        sides = _along(flow, legs, sides, chain, figure)
    return {index: side for leg, side in zip(legs, sides, strict=True) for index in flat([leg])}


def _along(
    flow: Direction, legs: Sequence[Index | Group], sides: Sequence[Direction], chain: Sequence[Panel], figure: Figure
) -> list[Direction]:
    """Return the sides of legs where wires run in a direction that a hint asks for.

    What is on the left otherwise is where they begin, what is on the right where they end. Of circuits that is what is
    above and below, and gates tell it of other legs. What is below a row that now is a column is on the right of it.
    """
    begin = OPPOSITE[flow]
    factors = [factor for panel in chain for factor in factors_of(panel.expression)]
    gates = [factor for factor in factors if is_wide_gate(factor, figure.tensors)]
    ways: dict[Direction, Direction] = {"left": begin, "right": flow}
    if gates or (flow in ("up", "down") and not _is_beside(legs, sides, chain)):
        ways |= {"up": begin, "down": flow}
    elif flow in ("up", "down"):
        ways |= {"up": "left", "down": "right"}
    ends = {leg: way for gate in gates for leg, way in _ends(gate, figure, flow)}
    level = {leg: way for leg, side in zip(legs, sides, strict=True) if side in LEVEL and (way := ends.get(leg))}
    return [level.get(leg, ways.get(side, side)) for leg, side in zip(legs, sides, strict=True)]


def _ends(gate: Factor, figure: Figure, flow: Direction) -> Iterator[tuple[Leg, Direction]]:
    """Yield the legs of a gate, those on the side of its first one where wires begin, the others where they end."""
    own = figure.tensors[gate.tensor].one_side()
    yield from ((leg, OPPOSITE[flow] if (slot in own) == (0 in own) else flow) for slot, leg in enumerate(gate.legs))


def _is_beside(legs: Sequence[Index | Group], sides: Sequence[Direction], chain: Sequence[Panel]) -> bool:
    """Tell whether a tensor with legs above or below is joined to several others, or to another such one."""
    upright = {index for leg, side in zip(legs, sides, strict=True) if side in ("up", "down") for index in flat([leg])}
    for panel in chain:
        of = [{*flat(factor.legs)} for factor in factors_of(panel.expression)]
        carriers: dict[Index, set[int]] = {}
        for number, indices in enumerate(of):
            for index in indices:
                carriers.setdefault(index, set()).add(number)
        for number, indices in enumerate(of):
            near = set().union(*(carriers[index] for index in indices)) - {number} if indices & upright else set()
            if len(near) > 1 or any(of[other] & upright for other in near):
                return True
    return False


def _halves(legs: int, first: Direction, second: Direction) -> list[Direction]:
    """Return the sides of legs the first half of which ends on one, the others on another."""
    return [first if 2 * position < legs else second for position in range(legs)]


def _legs(chain: Sequence[Panel]) -> list[Index | Group]:
    """Return the free legs of a chain, in groups where a panel has them so."""
    legs = [leg for leg in chain[0].legs if not isinstance(leg, Pin)]
    for group in (leg for panel in chain for leg in panel.legs if isinstance(leg, Group)):
        if group not in legs:
            legs = [*(one for one in legs if one not in group.indices), group]
    order = {index: rank for rank, index in enumerate(flat(chain[0].legs))}
    return sorted(legs, key=lambda leg: min(order.get(index, 0) for index in flat([leg])))


def _by_votes(legs: Sequence[Index | Group], chain: Sequence[Panel], figure: Figure) -> list[Direction]:
    """Return the sides on which most tensors have legs at home; shared ones end above, every other one below."""
    shared = _shared(chain)
    votes = votes_of(chain, figure, shared)
    others = [leg for leg in legs if leg not in shared]
    counted = [sum((votes[index] for index in flat([leg])), Counter()) for leg in others]
    found = iter(_sides(others, counted, _continued(chain, figure)))
    beside: Iterator[Direction] = cycle(("up", "down"))
    sides: list[Direction] = [next(beside) if leg in shared else next(found) for leg in legs]
    for pair in _of_operators(chain, figure):  # the upper one comes first, as slots are read
        first, last = (next((n for n, other in enumerate(legs) if other == leg), None) for leg in pair)
        if first is not None and last is not None and sides[first] == sides[last] == "down":
            sides[first] = "up"
    sides = _with_operators(legs, sides, chain)
    behind = {leg for panel in chain for leg in _behind_a_bar(panel) if leg in legs}
    if len(behind) > 1 and all(side != "left" or leg in behind for leg, side in zip(legs, sides, strict=True)):
        sides = ["left" if leg in behind else side for leg, side in zip(legs, sides, strict=True)]
    return _with_first_above(legs, sides, chain)


def _with_first_above(
    legs: Sequence[Index | Group], sides: Sequence[Direction], chain: Sequence[Panel]
) -> list[Direction]:
    """Return sides on which s is above s' where most tensors with both have it first, as matrices are read."""
    side = {str(leg): side for leg, side in zip(legs, sides, strict=True)}
    pairs = {name: f"{name}'" for name, here in side.items() if (here, side.get(f"{name}'")) == ("down", "up")}
    first = 0
    for factor in (factor for panel in chain for factor in factors_of(panel.expression)):
        slots = {str(leg): slot for slot, leg in enumerate(factor.legs)}
        first += sum(
            1 if slots[one] < slots[other] else -1 for one, other in pairs.items() if {one, other} <= slots.keys()
        )
    turned = {*pairs, *pairs.values()} if first > 0 else ()
    return [OPPOSITE[here] if str(leg) in turned else here for leg, here in zip(legs, sides, strict=True)]


def _behind_a_bar(panel: Panel) -> set[Index]:
    """Return the free legs of matrices the other legs of which are in a group of one tensor."""
    factors = list(factors_of(panel.expression))
    free = {*panel.expression.free}
    grouped = {index for factor in factors for leg in factor.legs if isinstance(leg, Group) for index in leg.indices}
    matrices = (factor.legs for factor in factors if len(factor.legs) == 2)
    return free & {one for first, last in matrices for one, other in ((first, last), (last, first)) if other in grouped}


def _continued(chain: Sequence[Panel], figure: Figure) -> dict[Leg, Index]:
    """Return what free legs of matrices go on from: a gate on a leg of a row lets it end where those of the row do.

    On several tensors, those of a family do so together or not at all.
    """
    found: dict[Leg, Index] = {}
    owners: set[int] = set()
    for panel in chain:
        free = {*panel.expression.free}
        factors = list(factors_of(panel.expression))
        upright = {leg for leg, side in outer_legs(factors, figure, set(), free).items() if side == "vertical"}
        for one, other in (factor.legs for factor in factors if len(factor.legs) == 2):
            for outer, inner in ((one, other), (other, one)):
                if outer in free and isinstance(inner, Index) and inner in upright - free:
                    found[outer] = inner
                    owners.update(id(factor) for factor in factors if len(factor.legs) > 2 and inner in factor.legs)
    legs = [leg for leg in chain[0].legs if isinstance(leg, Index)]
    families = families_of(legs).values()
    whole = {legs[one] for members in families if all(legs[n] in found for n in members) for one in members}
    return {leg: inner for leg, inner in found.items() if leg in whole or len(owners) < 2}


def _shared(chain: Sequence[Panel]) -> set[Index]:
    """Return the free legs that several larger tensors of a product share, such as the heads of attention.

    There are none unless there are just two others, which end on the left and on the right then.
    """
    shared: set[Index] = set()
    for panel in chain:
        free = set(panel.expression.free)
        for product in parts_of(panel.expression):
            if isinstance(product, Product):
                large = [factor for factor in product.factors if len(factor.free) > 2]
                carried = Counter(index for factor in large for index in factor.free)
                shared |= {index for index, times in carried.items() if times > 1 and index in free}
    return shared if len(flat(chain[0].legs)) == len(shared) + 2 else set()


def _of_operators(chain: Sequence[Panel], figure: Figure) -> Iterator[Sequence[Leg]]:
    """Yield the two free legs of tensors that are between others, such as those of a matrix product operator."""
    for panel in chain:
        open_legs = set(panel.expression.free)
        for factor in (factor for factor in factors_of(panel.expression) if len(factor.legs) == 4):
            free = [slot for slot, leg in enumerate(factor.legs) if leg in open_legs]
            if {*free} == uprights(figure).get(id(factor), {1, 2}):
                yield [factor.legs[slot] for slot in free]


def _with_operators(
    legs: Sequence[Index | Group], sides: Sequence[Direction], chain: Sequence[Panel]
) -> list[Direction]:
    """Return sides on which s' is above what its tensor acts on if that has it before s, as slots are read.

    So do all legs of an operator in a row, one tensor of which has both between others; else those that end below
    anyway, by families.
    """
    above: Counter[Leg] = Counter()
    in_a_row: set[Leg] = set()
    between = False
    for panel in chain:
        free = {*panel.expression.free}
        for factor in factors_of(panel.expression):
            slots = {str(leg): slot for slot, leg in enumerate(factor.legs)}
            for slot, leg in enumerate(factor.legs):
                joined = slots.get(str(leg).removesuffix("'"), slot)
                if leg in free and joined != slot and factor.legs[joined] not in free:
                    above[leg] += 1 if slot < joined else -1
                    in_a_row |= {leg} if len(factor.legs) > 2 else set()
                    between |= len(factor.legs) > 3 and {slot, joined} != {0, len(factor.legs) - 1}
    if between and len(in_a_row) > 1:
        side: Direction = "up" if sum(above[leg] for leg in in_a_row) > 0 else "down"
        return [side if leg in in_a_row else known for leg, known in zip(legs, sides, strict=True)]
    turned: set[int] = set()
    for members in families_of(legs).values():
        if sum(above[legs[n]] for n in members) > 0 and {sides[n] for n in members} == {"down"}:
            turned.update(members)
    return ["up" if n in turned else side for n, side in enumerate(sides)]


def _sides(
    legs: Sequence[Index | Group], votes: Sequence[Counter[Home]], continued: Mapping[Leg, Index]
) -> list[Direction]:
    """Return the sides of legs: families of several end above or below, others where most tensors have them at home."""
    if NAMED.keys() <= {str(leg) for leg in legs}:
        told = [NAMED.get(str(leg)) for leg in legs]
        votes = [Counter({side: 1}) if side else one for side, one in zip(told, votes, strict=True)]
    origins = [continued.get(leg, leg) for leg in legs]
    families = families_of(origins)
    vertical = [name for name, members in families.items() if len(members) > 1]
    together = {name: sum(votes[position]["vertical"] for position in members) for name, members in families.items()}
    sides: list[Direction] = []
    for position, leg in enumerate(legs):
        name = family_of(origins[position])
        several = len(families[name]) > 1 or (isinstance(leg, Group) and _is_family(leg))
        if several and (together[name] or len(families[name]) > 2):
            sides.append("up" if len(vertical) > 1 and name == vertical[0] else "down")
        else:
            counted = Counter(votes[position])
            if isinstance(leg, Group):  # a bar gathers its legs on one side, wherever they are at home
                del counted["vertical"]
            sides.append(_side(counted, position, len(legs)))
    anywhere = [counts.keys() <= {"any"} for counts in votes]
    alone = len(legs) > 1 and len(set(sides)) == 1 and sides[0] in ("left", "right")
    if alone and any(anywhere) and not all(anywhere):
        return [OPPOSITE[side] if moved else side for side, moved in zip(sides, anywhere, strict=True)]
    if alone or (len(legs) > 3 and len(families) == len(legs) and all(anywhere)):
        return _halves(len(legs), "left", "right")
    down = {str(leg) for leg, side in zip(legs, sides, strict=True) if side == "down"}
    pairs = {name for name in down if name.endswith("'") and name.rstrip("'") in down}  # s' is above s, as in operators
    pairs |= {"u"} if {"u", "d"} <= down else set()
    return ["up" if str(leg) in pairs else side for leg, side in zip(legs, sides, strict=True)]


def _is_family(group: Group) -> bool:
    return len({family_of(index) for index in group.indices}) == 1 < len(group.indices)


def _side(votes: Counter[Home], position: int, legs: int) -> Direction:
    left, right = votes["left"], votes["right"]
    middle = legs == 3 and position == 1
    up, down = votes["up"], votes["down"] + votes["vertical"]
    if up > max(left, right, down):
        return "up"
    if down > max(left, right) - middle:
        return "down"
    if left != right:
        return "left" if left > right else "right"
    if left == 0 and 0 < position < legs - 1:
        return "down"
    return "left" if 2 * position < legs else "right"
