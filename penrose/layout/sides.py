"""On which side of a panel a free leg ends: on the same one in every panel of a chain.

It is where most tensors that carry a leg have it at home, unless the legs together are of a kind that the field draws
in one way: those that several tensors share, those of operators, of environments, of lanes that lie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import cycle, pairwise

from penrose.layout.geometry import OPPOSITE
from penrose.layout.homes import Home, homes_beside, rotated_home, slot_homes
from penrose.layout.operators import folded, open_gates
from penrose.layout.scene import Direction
from penrose.layout.sheets import NAMED, of_environments, of_layers
from penrose.layout.uprights import uprights
from penrose.model.document import Figure, Flow, Panel
from penrose.model.expression import Apply, Expression, Factor, Product, Total, children, factors_of, parts_of
from penrose.model.index import Group, Index, Leg, Pin, flat, numbered
from penrose.model.tensor import BUILT_IN, Tensor

# Where the sides of upright lanes are when these lie, by the direction in which wires run.
LYING: Mapping[str, Mapping[Direction, Direction]] = {
    "right": {"up": "left", "down": "right"},
    "left": {"up": "right", "down": "left"},
}

TALL = 3  # tensors in a row, at least, that one with legs of its own is before


def free_sides(chain: Sequence[Panel], figure: Figure) -> dict[Index, Direction]:
    """Return the side of every free leg of a chain of panels. The indices of a group end together."""
    legs = _legs(chain)
    common: Direction | None = next(filter(None, (_common_side(panel, figure) for panel in chain)), None)
    sides: list[Direction]
    layers = next(filter(None, map(of_layers, chain)), {})
    if told := _through_gates(chain, figure) or layers or of_environments(chain):
        sides = [told[flat([leg])[0]] for leg in legs]
    elif common:
        sides = [common] * len(legs)
    elif any(_is_operator(panel) for panel in chain):
        sides = _halves(len(legs), "up", "down")
    elif behind := next(filter(None, map(_behind_a_tall_one, chain)), None):
        sides = ["right" if leg in behind else "left" for leg in legs]
    else:
        sides = _by_votes(legs, chain, figure)
    flow = next((hint.direction for hint in figure.hints if isinstance(hint, Flow) and not hint.panel), "")
    if flow in LYING and any(_is_wide_gate(f, figure.tensors) for panel in chain for f in factors_of(panel.expression)):
        sides = [LYING[flow].get(side, side) for side in sides]
    return {index: side for leg, side in zip(legs, sides, strict=True) for index in flat([leg])}


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
    votes = _votes(chain, figure, shared)
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
        upright = {leg for leg, side in _outer_legs(factors, figure, set(), free).items() if side == "vertical"}
        for one, other in (factor.legs for factor in factors if len(factor.legs) == 2):
            for outer, inner in ((one, other), (other, one)):
                if outer in free and isinstance(inner, Index) and inner in upright - free:
                    found[outer] = inner
                    owners.update(id(factor) for factor in factors if len(factor.legs) > 2 and inner in factor.legs)
    legs = [leg for leg in chain[0].legs if isinstance(leg, Index)]
    families = _families(legs).values()
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
    for members in _families(legs).values():
        if sum(above[legs[n]] for n in members) > 0 and {sides[n] for n in members} == {"down"}:
            turned.update(members)
    return ["up" if n in turned else side for n, side in enumerate(sides)]


def _common_side(panel: Panel, figure: Figure) -> Direction | None:
    """Return the side on which several larger tensors have the only legs of a panel at home, if there is one.

    So an environment has its legs where the rows end that another one, which all of these join, takes in. The legs of
    an operator that acts on one wide tensor end below, if they are at home on several sides.
    """
    legs = [leg for leg in panel.legs if not isinstance(leg, Pin)]
    if len(legs) < 2 or len(legs) < len(panel.legs):
        return None
    found = _carriers(panel)
    carriers = [found.get(leg, []) for leg in legs]
    if any(len(factors) != 1 for factors in carriers) or len({id(factor) for (factor,) in carriers}) < len(legs):
        return None
    known = [{*factor.legs} for factor in factors_of(panel.expression) if not {*legs} & {*factor.legs}]
    if not any(all(joined & {*carrier.legs} for (carrier,) in carriers) for joined in _connected(known)):
        return None
    homes = {slot_homes(factor, figure)[factor.legs.index(leg)] for leg, (factor,) in zip(legs, carriers, strict=True)}
    sides: tuple[Direction, ...] = ("left", "right")
    in_a_row = all({*one.legs} & {*other.legs} for (one,), (other,) in pairwise(carriers))
    over = any(all(joined & {*carrier.legs} for (carrier,) in carriers) for joined in known)
    below: Direction | None = "down" if len(legs) > 2 and in_a_row and over else None
    alone = len(_families(legs)) == len(legs)
    return next((side for side in sides if alone and homes == {side}), below)


def _behind_a_tall_one(panel: Panel) -> Collection[Leg]:
    """Return the legs of several tensors in a row that all join one whose first legs are free; none if some are others.

    So a layer in the form of a matrix product operator has its legs on the right, and those of the batch on the left.
    """
    found = _carriers(panel)
    carriers = {leg: found[leg][0] for leg in panel.legs if len(found.get(leg, ())) == 1}
    large = {id(factor): factor for factor in carriers.values()}
    if len(carriers) < len(panel.legs) or len(large) <= TALL:
        return ()
    for tall in large.values():
        row = [factor for factor in large.values() if factor is not tall]
        own = [leg in carriers for leg in tall.legs]
        joined = own == sorted(own, reverse=True) and all(len({*tall.legs} & {*factor.legs}) == 1 for factor in row)
        if joined and len(_connected([{*factor.legs} for factor in row])) == 1:
            return {leg for leg, factor in carriers.items() if factor is not tall}
    return ()


def _connected(legs: Sequence[set[Leg]]) -> list[set[Leg]]:
    """Return all legs of each connected part, given those of every tensor."""
    found: list[set[Leg]] = []
    for one in legs:
        apart = [other for other in found if not other & one]
        found = [*apart, one.union(*(other for other in found if other & one))]
    return found


def _through_gates(chain: Sequence[Panel], figure: Figure) -> dict[Leg, Direction]:
    """Return the sides of free legs that are all those of gates: above where the first slots of these are, else below.

    Nothing if they are not so in all panels, or if some are in groups. A tensor alone is what others are equal to.
    """
    found: dict[Leg, Direction] = {}
    for panel in chain:
        free, factors = {*panel.legs}, [*factors_of(panel.expression)]
        if len(factors) == 1 < len(chain):
            continue
        ends = [(factor, slot, leg) for factor in factors for slot, leg in enumerate(factor.legs) if leg in free]
        if len(ends) != len(free) or not all(_is_wide_gate(factor, figure.tensors) for factor, _, _ in ends):
            return {}
        for factor, slot, leg in ends:
            side = figure.tensors[factor.tensor].one_side()
            above = ((slot in side) == (0 in side)) != factor.conjugated
            if found.setdefault(leg, "up" if above else "down") != ("up" if above else "down"):
                return {}
    return found if {*found.values()} == {"up", "down"} else {}


def _is_operator(panel: Panel) -> bool:
    """Tell whether a panel is a row of tensors, each with a leg of the first half and its partner of the second.

    One of them is between others, and these two are not its first and last; else it may be a transfer matrix, which
    has its halves left and right.
    """
    half = len(panel.legs) // 2
    if half < 2 or 2 * half < len(panel.legs):
        return False
    found = _carriers(panel)
    between: dict[int, bool] = {}
    for one, other in zip(panel.legs[:half], panel.legs[half:], strict=True):
        for factor in (factor for factor in found.get(one, ()) if other in factor.legs):
            between[id(factor)] = len(factor.legs) > 3 and {one, other} != {factor.legs[0], factor.legs[-1]}
    return len(between) == half and any(between.values())


def _carriers(panel: Panel) -> dict[Leg, list[Factor]]:
    """Return the larger tensors that carry each leg."""
    found: dict[Leg, list[Factor]] = {}
    for factor in factors_of(panel.expression):
        for leg in factor.legs if len(factor.legs) > 2 else ():
            found.setdefault(leg, []).append(factor)
    return found


def _sides(
    legs: Sequence[Index | Group], votes: Sequence[Counter[Home]], continued: Mapping[Leg, Index]
) -> list[Direction]:
    """Return the sides of legs: families of several end above or below, others where most tensors have them at home."""
    if NAMED.keys() <= {str(leg) for leg in legs}:
        told = [NAMED.get(str(leg)) for leg in legs]
        votes = [Counter({side: 1}) if side else one for side, one in zip(told, votes, strict=True)]
    origins = [continued.get(leg, leg) for leg in legs]
    families = _families(origins)
    vertical = [name for name, members in families.items() if len(members) > 1]
    together = {name: sum(votes[position]["vertical"] for position in members) for name, members in families.items()}
    sides: list[Direction] = []
    for position, leg in enumerate(legs):
        name = _family(origins[position])
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


def _votes(chain: Sequence[Panel], figure: Figure, shared: set[Index]) -> Mapping[Index, Counter[Home]]:
    """Count where the tensors of a chain have each free index at home."""
    votes: dict[Index, Counter[Home]] = {index: Counter() for panel in chain for index in panel.expression.free}
    for panel in chain:
        factors = list(factors_of(panel.expression))
        carried = Counter(index for factor in factors for index in factor.indices if len(factor.legs) > 1)
        aside = {index for index, times in carried.items() if times > 2}
        aside |= shared | _subscripts(panel.expression)
        voting = [factor for factor in factors if not votes.keys().isdisjoint(factor.indices)]
        matrices = any(len(factor.legs) == 2 for factor in voting)
        outer = _outer_legs(factors, figure, aside, votes.keys()) if matrices else {}
        gates = open_gates(factors, votes.keys())
        away = _away(factors, aside) | _outwards(factors, votes.keys())
        rays = [factor for factor in voting if len(factor.legs) == 2]
        meeting = Counter(index for factor in rays for index in factor.indices if index not in votes)
        stars = {index for index, times in meeting.items() if times > 2}  # matrices around a dot stand in any direction
        inside = {id(f) for part in parts_of(panel.expression) if isinstance(part, Apply) for f in factors_of(part)}
        for factor in voting:
            times = 1 if id(factor) in inside else 2  # the row that goes on is outside of bubbles
            rotation = figure.rotations.get(id(factor), 0)
            goes_on = next((outer[leg] for leg in factor.legs if leg in outer and leg not in votes), None)
            line = factor.tensor == "delta" and len(factor.legs) == 2 and votes.keys() >= {*factor.indices}
            homes: tuple[Home, ...] = ("left", "right") if line else _voted(factor, figure, aside)
            for leg, at_home in zip(factor.legs, homes, strict=True):
                side: Home = "vertical" if id(factor) in gates else away.get((id(factor), leg), at_home)
                side = goes_on if goes_on and len(factor.legs) == 2 else side
                side = side if stars.isdisjoint(factor.indices) or len(factor.legs) > 2 else "any"
                for index in flat([leg]):
                    if index in votes:
                        votes[index][rotated_home(side, rotation)] += times
    return votes


def _away(factors: Sequence[Factor], aside: set[Index]) -> dict[tuple[int, Leg], Direction]:
    """Return where legs between others that all join one tensor, side by side, leave: away from that.

    Each comes with the identity of its tensor. In a ring of two, the others are in the other order there.
    """
    carriers: dict[Leg, list[int]] = {}
    for place, factor in enumerate(factors):
        for leg in factor.legs:
            carriers.setdefault(leg, []).append(place)
    found: dict[tuple[int, Leg], Direction] = {}
    for place, factor in enumerate(factors):
        counted = [leg for leg in factor.legs if leg not in aside]
        if len(counted) < 3 or len(carriers[counted[0]]) != 2:
            continue
        other = sum(carriers[counted[0]]) - place
        joined = [leg for leg in counted if leg in factors[other].legs]
        own = [leg for leg in counted[1:-1] if leg not in joined]
        beside = joined == [leg for leg in factors[other].legs if leg in joined]
        if beside and len(own) == 1 == len(counted) - len(joined):
            found[id(factor), own[0]] = "left" if place < other else "right"
    return found


def _outwards(factors: Sequence[Factor], free: AbstractSet[Leg]) -> dict[tuple[int, Leg], Direction]:
    """Return where the legs of tensors leave that are multiplied as matrices, by the identities of these."""
    rows = folded(factors, free)
    large = [factor for factor in factors if id(factor) in rows]
    return {(id(f), leg): "left" if slot in rows[id(f)] else "right" for f in large for slot, leg in enumerate(f.legs)}


def _outer_legs(
    factors: Sequence[Factor], figure: Figure, aside: set[Index], free: AbstractSet[Index]
) -> dict[Leg, Home]:
    """Return the legs that one larger tensor has, with their homes there: a matrix on one goes on in that direction.

    On the left and right it does so on a tensor without free legs, the core of a decomposition.
    """
    large = [factor for factor in factors if len(factor.legs) > 2]
    times: Counter[Leg] = Counter(leg for factor in large for leg in factor.legs)
    away = _away(factors, aside)
    found: dict[Leg, Home] = {}
    for factor in large:
        core = free.isdisjoint(factor.indices)
        homes = ((leg, side) for leg, side in _at_home(factor, figure, aside) if core or side == "vertical")
        found |= {leg: side for leg, side in homes if times[leg] == 1 and (id(factor), leg) not in away}
    return found


def _at_home(factor: Factor, figure: Figure, aside: set[Index]) -> Iterator[tuple[Leg, Home]]:
    return zip(factor.legs, _voted(factor, figure, aside), strict=True)


def _voted(factor: Factor, figure: Figure, aside: set[Index]) -> tuple[Home, ...]:
    """Return the home sides of an occurrence; in a larger one, those of hyperedges and subscripts do not count.

    A unitary with several legs on either side may stand in any way.
    """
    slots = len(factor.legs)
    if _is_wide_gate(factor, figure.tensors):
        return tuple("any" for _ in range(slots))
    counted = [slot for slot, leg in enumerate(factor.legs) if leg not in aside]
    tensor = figure.tensors.get(factor.tensor)
    is_triangle = tensor is not None and tensor.tip()
    if factor.tensor in BUILT_IN or slots < 3 or len(counted) == slots or is_triangle:
        return slot_homes(factor, figure)
    found = iter(homes_beside(counted, uprights(figure).get(id(factor), ())))
    return tuple(next(found) if slot in counted else "any" for slot in range(slots))


def _is_wide_gate(factor: Factor, tensors: Mapping[str, Tensor]) -> bool:
    """Tell whether it is a unitary with several legs on either side."""
    tensor = tensors.get(factor.tensor)
    return tensor is not None and not tensor.tip() and len(tensor.one_side()) > 1


def _subscripts(expression: Expression) -> set[Index]:
    """Return the indices of the drawn sums in an expression."""
    own = {limit.index for limit in expression.limits} if isinstance(expression, Total) else set()
    return own.union(*(_subscripts(child) for child in children(expression)))


def _families(legs: Sequence[Index | Group]) -> dict[str, list[int]]:
    """Return the positions of the legs of every family."""
    families: dict[str, list[int]] = {}
    for position, leg in enumerate(legs):
        families.setdefault(_family(leg), []).append(position)
    return families


def _family(leg: Index | Group) -> str:
    """Return what the legs of a family share: s_ for s_1, s_i and s2, the whole name for others."""
    base, found, _ = str(leg).partition("_")
    if not isinstance(leg, Index):
        return str(leg)
    member = numbered(leg.name)
    return base + "_" if found else member[0] + "_" if member else leg.name


def _is_family(group: Group) -> bool:
    return len({_family(index) for index in group.indices}) == 1 < len(group.indices)


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
