"""Panels whose free legs end in one way together: environments, operators, circuits, and layers of a network."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from penrose.layout.homes import is_wide_gate, slot_homes
from penrose.layout.scene import Direction
from penrose.model.document import Figure, Panel
from penrose.model.expression import Factor, factors_of
from penrose.model.index import Leg, Pin, connected, families_of

LAYER = 2  # isometries, at least
TALL = 3  # tensors in a row, at least, that one with legs of its own is before


def common_side(panel: Panel, figure: Figure) -> Direction | None:
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
    if not any(all(joined & {*carrier.legs} for (carrier,) in carriers) for joined in connected(known)):
        return None
    homes = {slot_homes(factor, figure)[factor.legs.index(leg)] for leg, (factor,) in zip(legs, carriers, strict=True)}
    sides: tuple[Direction, ...] = ("left", "right")
    in_a_row = all({*one.legs} & {*other.legs} for (one,), (other,) in pairwise(carriers))
    over = any(all(joined & {*carrier.legs} for (carrier,) in carriers) for joined in known)
    below: Direction | None = "down" if len(legs) > 2 and in_a_row and over else None
    alone = len(families_of(legs)) == len(legs)
    return next((side for side in sides if alone and homes == {side}), below)


def behind_a_tall_one(panel: Panel) -> Collection[Leg]:
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
        if joined and len(connected([{*factor.legs} for factor in row])) == 1:
            return {leg for leg, factor in carriers.items() if factor is not tall}
    return ()


def through_gates(chain: Sequence[Panel], figure: Figure) -> dict[Leg, Direction]:
    """Return the sides of free legs that are all those of gates: above where the first slots of these are, else below.

    Nothing if they are not so in all panels, or if some are in groups, or if those of one panel are all on one side. A
    tensor alone is what others are equal to.
    """
    found: dict[Leg, Direction] = {}
    for panel in chain:
        free, factors = {*panel.legs}, [*factors_of(panel.expression)]
        if len(factors) == 1 < len(chain):
            continue
        ends = [(factor, slot, leg) for factor in factors for slot, leg in enumerate(factor.legs) if leg in free]
        if len(ends) != len(free) or not all(is_wide_gate(factor, figure.tensors) for factor, _, _ in ends):
            return {}
        for factor, slot, leg in ends:
            side = figure.tensors[factor.tensor].one_side()
            above = ((slot in side) == (0 in side)) != factor.conjugated
            if found.setdefault(leg, "up" if above else "down") != ("up" if above else "down"):
                return {}
    return found if len({*found.values()}) > 1 or len(chain) > 1 < len(found) else {}


def of_isometries(chain: Sequence[Panel], figure: Figure) -> dict[Leg, Direction]:
    """Return the sides of free legs of layers of isometries, whose free tips are above, and all other legs below.

    These are on isometries and unitaries. With their conjugates, only tips may be free, above of these and below of the
    others. Isometries whose first slots are tips may also hang by these on one tensor that they all join. Nothing if a
    panel is none of these.
    """
    found: dict[Leg, Direction] = {}
    for panel in chain:
        factors = [*factors_of(panel.expression)]
        if len(factors) == 1 < len(chain):
            continue
        told = _told_by_tips(factors, {*panel.legs}, figure)
        if not told or any(found.setdefault(leg, side) != side for leg, side in told.items()):
            return {}
    return found


def _told_by_tips(factors: Sequence[Factor], free: Collection[Leg], figure: Figure) -> dict[Leg, Direction]:
    tips = {id(one): figure.tensors[one.tensor].tip() for one in factors if one.tensor in figure.tensors}
    isometries = [one for one in factors if len(tips.get(id(one), ())) == 1]
    at_tips = [one.legs[tips[id(one)][0]] for one in isometries]
    open_tips = {leg: one for leg, one in zip(at_tips, isometries, strict=True) if leg in free}
    if len(open_tips) >= LAYER:
        conjugates = sum(one.conjugated for one in open_tips.values())
        both = 0 < conjugates < len(open_tips)
        gates = [one for one in factors if one.tensor in figure.tensors and figure.tensors[one.tensor].one_side()]
        known = {*open_tips} if both else {leg for gate in gates for leg in gate.legs}
        if not {*free} <= known or (both and min(conjugates, len(open_tips) - conjugates) < LAYER):
            return {}
        up = {leg for leg, one in open_tips.items() if one.conjugated or not both}
        return {leg: "up" if leg in up else "down" for leg in free}
    first = all(tips[id(one)] == (0,) and not one.conjugated for one in isometries)
    roots = [one for one in factors if {*at_tips} <= {*one.legs}]
    owned = {leg for one in isometries for leg in one.legs}
    hanging = len(isometries) >= LAYER and first and len(roots) == 1 and len(factors) == len(isometries) + 1
    return dict.fromkeys(free, "down") if hanging and {*free} <= owned else {}


def is_operator(panel: Panel) -> bool:
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
