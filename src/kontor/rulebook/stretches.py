"""
Sets of time: stretches of whole microseconds since 1970-01-01T00:00Z, from the first up to, not including, the second.

Nothing is counted twice: overlapping and touching stretches are one, and what is taken away is taken away once.

>>> joined([(30, 50), (0, 10), (10, 20), (40, 60)])
[(0, 20), (30, 60)]
>>> without([(0, 150)], [(0, 90), (60, 120)])
[(120, 150)]
>>> shared([(0, 20), (30, 60)], [(10, 40)])
[(10, 20), (30, 40)]
"""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Final, TypeAlias

from kontor.rulebook.moment import Span, instant

Stretch: TypeAlias = tuple[int, int]

MINUTE: Final = 60_000_000


def stretch(start: datetime, end: datetime) -> Stretch:
    """Return the stretch between two moments; empty where `end` is not later."""
    first = instant(start)
    return first, max(first, instant(end))


def of_spans(spans: Iterable[Span]) -> list[Stretch]:
    """Return spans as stretches, joined and in order."""
    return joined(stretch(span.start, span.end) for span in spans)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the union: in order, none touching another, none empty."""
    found: list[Stretch] = []
    for start, end in sorted(each for each in stretches if each[0] < each[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of the union of `stretches` once the union of `taken` is gone."""
    left: list[Stretch] = []
    away = joined(taken)
    at = 0
    for first, end in joined(stretches):
        start = first
        while at < len(away) and away[at][1] <= start:
            at += 1
        number = at
        while number < len(away) and away[number][0] < end:
            if start < away[number][0]:
                left.append((start, away[number][0]))
            start = max(start, away[number][1])
            number += 1
        if start < end:
            left.append((start, end))
    return left


def shared(stretches: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """Return what lies in both unions."""
    mine = joined(stretches)
    return without(mine, without(mine, others))


def within(stretches: Iterable[Stretch], frame: Stretch) -> list[Stretch]:
    """Return the union cut to one frame."""
    return joined((max(start, frame[0]), min(end, frame[1])) for start, end in stretches)


def length(stretches: Iterable[Stretch]) -> int:
    """Return how long the union is, in microseconds."""
    return sum(end - start for start, end in joined(stretches))


def minutes(micros: int) -> Fraction:
    """
    Return microseconds as minutes, exact.

    >>> minutes(90_000_000)
    Fraction(3, 2)
    """
    return Fraction(micros, MINUTE)
