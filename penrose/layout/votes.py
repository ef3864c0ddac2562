"""Where the tensors of a chain have its free legs at home."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from penrose.layout.homes import Home, homes_beside, is_wide_gate, rotated_home, slot_homes
from penrose.layout.operators import folded, open_gates
from penrose.layout.scene import Direction
from penrose.layout.uprights import uprights
from penrose.model.document import Figure, Panel
from penrose.model.expression import Apply, Expression, Factor, Total, children, factors_of, parts_of
from penrose.model.index import Index, Leg, flat
from penrose.model.tensor import BUILT_IN


def votes_of(chain: Sequence[Panel], figure: Figure, shared: set[Index]) -> Mapping[Index, Counter[Home]]:
    """Count where the tensors of a chain have each free index at home."""
    votes: dict[Index, Counter[Home]] = {index: Counter() for panel in chain for index in panel.expression.free}
    for panel in chain:
        factors = list(factors_of(panel.expression))
        carried = Counter(index for factor in factors for index in factor.indices if len(factor.legs) > 1)
        aside = {index for index, times in carried.items() if times > 2}
        aside |= shared | _subscripts(panel.expression)
        voting = [factor for factor in factors if not votes.keys().isdisjoint(factor.indices)]
        matrices = any(len(factor.legs) == 2 for factor in voting)
        outer = outer_legs(factors, figure, aside, votes.keys()) if matrices else {}
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


def outer_legs(
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
    if is_wide_gate(factor, figure.tensors):
        return tuple("any" for _ in range(slots))
    counted = [slot for slot, leg in enumerate(factor.legs) if leg not in aside]
    tensor = figure.tensors.get(factor.tensor)
    is_triangle = tensor is not None and tensor.tip()
    if factor.tensor in BUILT_IN or slots < 3 or len(counted) == slots or is_triangle:
        return slot_homes(factor, figure)
    found = iter(homes_beside(counted, uprights(figure).get(id(factor), ())))
    return tuple(next(found) if slot in counted else "any" for slot in range(slots))


def _subscripts(expression: Expression) -> set[Index]:
    """Return the indices of the drawn sums in an expression."""
    own = {limit.index for limit in expression.limits} if isinstance(expression, Total) else set()
    return own.union(*(_subscripts(child) for child in children(expression)))
