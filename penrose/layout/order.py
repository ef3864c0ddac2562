"""What is in order of some numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def longest_rising(numbers: Sequence[int]) -> set[int]:
    """Return a longest rising subsequence, in each step back the first that is found, in n log n.

    What ends subsequences of a length falls from one to the next, so the first small enough is found by halves.
    """
    falling: list[list[int]] = []  # the numbers that end a subsequence of each length, negative
    lowest: list[int] = []
    before: dict[int, int] = {}
    for number in numbers:
        length = bisect_left(lowest, number)
        if length:
            ends = falling[length - 1]
            before[number] = -ends[bisect_right(ends, -number)]
        if length == len(falling):
            falling.append([])
            lowest.append(number)
        falling[length].append(-number)
        lowest[length] = number
    found = [-falling[-1][0]] if falling else []
    while found and found[-1] in before:
        found.append(before[found[-1]])
    return set(found)
