"""
The index register of the simulation, and P = Po × S / So (leisure, Art. 11).

S is the youngest value published on the day of the announcement, So the one published on the day of conclusion, for
each further adjustment the S of the one before. The values are FIXTURES, true of nothing; each month's is published on
the 20th of the next but one. They fall now and then.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from benchmarks.oracle.days import months_on

FIRST, MONTHS = date(2023, 1, 1), 150


@dataclass(frozen=True)
class Value:
    """One month's value and the day it was published."""

    month: date
    published: date
    value: str


def values() -> list[Value]:
    """Return every value of the register, by month."""
    found = []
    for number in range(MONTHS):
        month = months_on(FIRST, number)
        tenths = 2900 + number * 7 + (number * number * 13) % 29 - (40 if number % 23 == 5 else 0)
        found.append(Value(month, months_on(month, 2).replace(day=20), f"{tenths // 10}.{tenths % 10}"))
    return found


def published_by(on: date) -> Value | None:
    """Return the value of the youngest month that was published by a day."""
    return next((each for each in reversed(values()) if each.published <= on), None)


def adjusted(price: Fraction, before: Value, now: Value) -> Fraction:
    """Return a price by the index, rounded to whole cents; without a newer month it stays."""
    if now.month <= before.month:
        return price
    exact = price * Fraction(now.value) / Fraction(before.value)
    return Fraction(int(exact * 100 + Fraction(1, 2)), 100)
