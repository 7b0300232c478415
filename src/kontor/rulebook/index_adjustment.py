"""
Which index values move a price: the one that belongs to it, and the latest one published, both on one base.

>>> values = [
...     Published(date(2026, 1, 1), "1961=100", Decimal("288.8"), date(2026, 2, 20)),
...     Published(date(2026, 10, 1), "1961=100", Decimal("305.4"), date(2026, 11, 20)),
... ]
>>> base = published_by(values, date(2026, 3, 1))
>>> adjusted(Decimal("1000.00"), base, values, date(2026, 12, 1), currency="EUR").value.price
Decimal('1057.48')
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kontor.rulebook.currency import number
from kontor.rulebook.indexation import Rounds, indexed_price, rebased
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

EXACT_PLACES: Final = 6  # of a unit price that is not rounded itself: what a price keeps


@dataclass(frozen=True, slots=True)
class Published:
    """
    An index value as it was published.

    month  its first day; base  what it is counted on, such as "2020=100"; published  the day people could know it
    """

    month: date
    base: str
    value: Decimal
    published: date


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A price after an adjustment with the two values that made it; the next adjustment starts from them."""

    price: Decimal
    s0: Published
    s: Published


def published_by(values: Iterable[Published], on: date) -> Published | None:
    """
    Return the value of the latest month that was published on or before a day, None before the first.

    Of two values for one month the later publication counts, and of one day the one given last: it is a correction.
    """
    known = [(it.month, it.published, place, it) for place, it in enumerate(values) if it.published <= on]
    return max(known, key=lambda found: found[:3])[3] if known else None


def adjusted(
    price: Decimal,
    s0: Published,
    values: Sequence[Published],
    on: date,
    *,
    currency: str,
    rounds: Rounds = Rounds.UNIT,
    clauses: Iterable[Clause] = (),
) -> Ruling[Adjusted]:
    """
    Return P = Po × S / So with S the latest value published by a day; without a newer month the price stays.

    price   Po; s0  the value that belongs to it
    rounds  whether the unit price is rounded to the cent, or kept exact so that only totals are

    RefusalError where So and S have different bases and no month was published on both.
    """
    s = published_by(values, on) or s0
    cited = tuple(clauses)
    if s.month <= s0.month:
        step = said(
            "Seit dem Wert für {month} ist kein neuerer veröffentlicht; der Preis bleibt.",
            "No value newer than that of {month} is published; the price stays.",
            month=_month(s0),
        )
        return Ruling(Adjusted(price, s0, s0), cited, (("price", f"{price:f}"), ("s0", f"{s0.value:f}")), (step,))
    carried = _on_base_of(s, s0, values, on)
    places = EXACT_PLACES if rounds is Rounds.TOTAL else None
    ruling = indexed_price(price, carried.value, s.value, currency=currency, places=places, clauses=cited)
    steps = (_told("So", s0), _told("S", s), *carried.working, *ruling.working)
    return Ruling(Adjusted(ruling.value, s0, s), ruling.clauses, ruling.inputs, steps)


def _on_base_of(s: Published, s0: Published, values: Iterable[Published], on: date) -> Ruling[Decimal | Fraction]:
    """Return So on the base of S, carried by the latest month that was published on both bases."""
    if s.base == s0.base:
        return Ruling(s0.value)
    old = {it.month: it for it in _in_order(values, on) if it.base == s0.base}
    new = {it.month: it for it in _in_order(values, on) if it.base == s.base}
    both = old.keys() & new.keys()
    if not both:
        raise RefusalError(
            said(
                "Der Index wechselt von {old} auf {new}, und kein Monat ist auf beiden Basen veröffentlicht.",
                "The index moves from {old} to {new}, and no month is published on both bases.",
                old=s0.base,
                new=s.base,
            )
        )
    overlap = max(both)
    step = said(
        "Der Index wechselt von {old} auf {new}; verkettet wird über {month}.",
        "The index moves from {old} to {new}; they are linked by {month}.",
        old=s0.base,
        new=s.base,
        month=_month(new[overlap]),
    )
    carried = rebased(s0.value, old=old[overlap].value, new=new[overlap].value)
    return Ruling(carried.value, working=(step, *carried.working))


def _in_order(values: Iterable[Published], on: date) -> list[Published]:
    # the later word on a month stands last and replaces the earlier one
    return sorted((it for it in values if it.published <= on), key=lambda it: it.published)


def _told(name: str, it: Published) -> Text:
    return said(
        "{name} = {value} ({month}, Basis {base}, veröffentlicht am {published})",
        "{name} = {value} ({month}, base {base}, published on {published})",
        name=name,
        value=number(it.value),
        month=_month(it),
        base=it.base,
        published=day(it.published),
    )


def _month(it: Published) -> Text:
    return Text(f"{it.month:%m/%Y}", f"{it.month:%m/%Y}")
