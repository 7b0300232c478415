"""
A price that follows an index: P = Po × S / So, always from the base, never chained over rounded percentages.

>>> ruling = indexed_price(Decimal("1000.00"), Decimal("288.8"), Decimal("305.4"), currency="EUR")
>>> ruling.value
Decimal('1057.48')
>>> ruling.working[0].en
'€1,000.00 × 305.4 / 288.8 = €1,057.48, rounded to 2 decimals'

The next adjustment starts from the price and the index value of this one. The index may fall, and the price with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kontor.rulebook.currency import minor_digits, number, price_text
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money, rounded_decimal
from kontor.rulebook.period import latest_before
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


class Rounds(StrEnum):
    """
    What is rounded when a price by index meets a quantity; a contract must name one.

    UNIT   the unit price, then times the quantity
    TOTAL  the total alone, the unit price staying exact
    """

    UNIT = "unit"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """An index value and the day it was published."""

    published: date
    value: Decimal


def latest_reading(readings: Iterable[Reading], on: date) -> Reading | None:
    """
    Return the youngest value published on or before a day, or None where nothing was published yet.

    Of two values published on one day the one given last counts: it corrects the other.
    """
    known = [(reading.published, place, reading) for place, reading in enumerate(readings) if reading.published <= on]
    return max(known)[2] if known else None


def indexed_price(
    price: Decimal,
    s0: Decimal | Fraction,
    s: Decimal | Fraction | None,
    *,
    currency: str,
    places: int | None = None,
    clauses: Iterable[Clause] = (),
) -> Ruling[Decimal]:
    """
    Return Po × S / So as a unit price with `places` decimals (the currency's own where none is named).

    price  Po, the price at conclusion or after the last adjustment
    s0     So, the index value that belongs to it
    s      S, the value published now; None leaves the price as it is
    """
    decimals = minor_digits(currency) if places is None else places
    inputs = (
        ("price", f"{price:f}"),
        ("currency", currency),
        ("s0", _plain(s0)),
        ("s", "" if s is None else _plain(s)),
    )
    if s is None:
        german = "Kein Indexwert ist veröffentlicht; der Preis bleibt bei {price}."
        english = "No index value is published; the price stays at {price}."
        step = said(german, english, price=price_text(price, currency))
        return Ruling(price, tuple(clauses), inputs, (step,))
    indexed = rounded_decimal(Fraction(price) * _ratio(s0, s), decimals)
    step = said(
        "{price} × {s} / {s0} = {indexed}, gerundet auf {decimals} Nachkommastellen",
        "{price} × {s} / {s0} = {indexed}, rounded to {decimals} decimals",
        price=price_text(price, currency),
        s=_spoken(s),
        s0=_spoken(s0),
        indexed=price_text(indexed, currency),
        decimals=decimals,
    )
    return Ruling(indexed, tuple(clauses), inputs, (step,))


def indexed_amount(
    price: Decimal,
    quantity: int,
    *,
    s0: Decimal | Fraction,
    s: Decimal | Fraction,
    currency: str,
    rounds: Rounds,
    clauses: Iterable[Clause] = (),
) -> Ruling[Money]:
    """Return quantity × price by index, rounded where the contract says it is rounded."""
    if rounds is Rounds.UNIT:
        unit = indexed_price(price, s0, s, currency=currency, clauses=clauses)
        amount = Money.rounded(Fraction(unit.value) * quantity, currency)
        step = said(
            "{quantity} × {unit} = {amount}; gerundet wurde der Einzelpreis",
            "{quantity} × {unit} = {amount}; the unit price was rounded",
            quantity=quantity,
            unit=price_text(unit.value, currency),
            amount=amount.text,
        )
        return unit.map(lambda _: amount).because(working=(step,))
    amount = Money.rounded(Fraction(price) * _ratio(s0, s) * quantity, currency)
    step = said(
        "{quantity} × {price} × {s} / {s0} = {amount}; gerundet wurde die Summe",
        "{quantity} × {price} × {s} / {s0} = {amount}; the total was rounded",
        quantity=quantity,
        price=price_text(price, currency),
        s=_spoken(s),
        s0=_spoken(s0),
        amount=amount.text,
    )
    inputs = (("price", f"{price:f}"), ("currency", currency), ("quantity", str(quantity)))
    return Ruling(amount, tuple(clauses), (*inputs, ("s0", _plain(s0)), ("s", _plain(s))), (step,))


def rebased(value: Decimal, *, old: Decimal, new: Decimal, clauses: Iterable[Clause] = ()) -> Ruling[Fraction]:
    """
    Carry a value to an index's new base year, by a month for which both bases were published; nothing is rounded.

    value  the value on the old base, such as So
    old    the overlapping month on the old base
    new    the same month on the new base
    """
    carried = Fraction(value) * _ratio(old, new)
    step = said(
        "{value} auf der alten Basis sind auf der neuen {value} × {new} / {old} ≈ {carried}",
        "{value} on the old base is {value} × {new} / {old} ≈ {carried} on the new one",
        value=number(value),
        new=number(new),
        old=number(old),
        carried=_spoken(carried),
    )
    inputs = (("value", f"{value:f}"), ("old", f"{old:f}"), ("new", f"{new:f}"))
    return Ruling(carried, tuple(clauses), inputs, (step,))


def adjusted_from(
    renewals: Iterable[date], announced: date, *, notice: Duration | None = None, clauses: Iterable[Clause] = ()
) -> Ruling[date | None]:
    """
    Return the first renewal on which an announced adjustment takes effect: never before its announcement.

    renewals   the first days of the terms to come
    announced  the day the customer learns of the new price; with `notice` that whole time lies between it and the
               renewal, without one any day before the renewal is in time
    """
    for first_day in sorted(renewals):
        in_time = announced < first_day if notice is None else announced <= latest_before(first_day, notice)
        if in_time:
            step = said(
                "Angekündigt am {announced}, gilt der neue Preis ab der Verlängerung am {first_day}.",
                "Announced on {announced}, the new price holds from the renewal on {first_day}.",
                announced=day(announced),
                first_day=day(first_day),
            )
            return Ruling(first_day, tuple(clauses), (("announced", announced.isoformat()),), (step,))
    step = said(
        "Nach der Ankündigung am {announced} folgt keine Verlängerung mehr, zu der der Preis steigen oder fallen kann.",
        "No renewal follows the announcement on {announced} at which the price could rise or fall.",
        announced=day(announced),
    )
    return Ruling(None, tuple(clauses), (("announced", announced.isoformat()),), (step,))


def _ratio(s0: Decimal | Fraction, s: Decimal | Fraction) -> Fraction:
    if s0 <= 0 or s <= 0:
        raise RefusalError(Text("Ein Indexwert ist größer als null.", "An index value is greater than zero."))
    return Fraction(s) / Fraction(s0)


def _plain(value: Decimal | Fraction) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _spoken(value: Decimal | Fraction) -> Text:
    # a rebased value has no last decimal; four are more than any index publishes
    return number(value if isinstance(value, Decimal) else rounded_decimal(value, 4))
