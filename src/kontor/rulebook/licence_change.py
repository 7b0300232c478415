"""
What a licence costs that changes its kind, and maintenance that is subscribed later.

A term licence that becomes perpetual is charged in full: fees already paid are not credited.

>>> from kontor.rulebook.money import Money
>>> converted(Money.parse("4000.00", "EUR"), paid=Money.parse("1200.00", "EUR"), credited=False).value.bare()
'4000.00'

Maintenance subscribed later costs its own term and the time of use without it:

>>> year = Period(date(2025, 7, 1), date(2026, 7, 1))
>>> late = late_maintenance(Decimal("1200.00"), date(2025, 1, 1), year, currency="EUR")
>>> late.value.term.bare(), late.value.unmaintained.bare(), late.value.days
('1200.00', '595.07', 181)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.wording import day, said

DAYS_A_YEAR: Final = 365  # the rule divides a year's price by 365, in leap years too
MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class LateMaintenance:
    """
    What maintenance costs that is subscribed later.

    term          for the chosen term
    unmaintained  for the days of use before it, `days` of them
    """

    term: Money
    unmaintained: Money
    days: int

    @property
    def total(self) -> Money:
        """Both together."""
        return self.term + self.unmaintained


def converted(price: Money, *, paid: Money, credited: bool, clauses: Iterable[Clause] = ()) -> Ruling[Money]:
    """
    Return what a term licence costs when it becomes perpetual, at the tariff of the day of its further offer.

    credited  whether fees paid for the term are set against the price; never to less than nothing
    """
    amount = max(price - paid, Money.zero(price.currency)) if credited else price
    if credited:
        german, english = "Gezahlte {paid} werden angerechnet: {amount}.", "{paid} paid is credited: {amount}."
    else:
        german = "Gezahlte {paid} werden nicht angerechnet: {amount}."
        english = "{paid} paid is not credited: {amount}."
    step = said(german, english, paid=paid.text, amount=amount.text)
    inputs = (("price", price.bare()), ("paid", paid.bare()), ("currency", price.currency))
    return Ruling(amount, tuple(clauses), inputs, (step,))


def late_maintenance(
    yearly: Decimal, used_since: date, term: Period, *, currency: str, clauses: Iterable[Clause] = ()
) -> Ruling[LateMaintenance]:
    """
    Return what maintenance costs for a term, and for the use since the contract's start without it.

    yearly      its price for a year, an exact decimal
    used_since  the first day of use; RefusalError where the term begins before it
    term        the chosen term, counted in whole months where it is of whole months, else by days

    Each of the two amounts is rounded once.
    """
    if term.first < used_since:
        raise RefusalError(
            said(
                "Wartung kann nicht ab dem {first} gelten, vor der ersten Nutzung am {since}.",
                "Maintenance cannot hold from {first}, before the first use on {since}.",
                first=day(term.first),
                since=day(used_since),
            )
        )
    days = (term.first - used_since).days
    own = Money.rounded(Fraction(yearly) * _years(term), currency)
    before = Money.rounded(Fraction(yearly) * Fraction(days, DAYS_A_YEAR), currency)
    step = said(
        "{term}: {own}; {days} Tage Nutzung ohne Wartung: {yearly} × {days}/365 = {before}",
        "{term}: {own}; {days} days of use without maintenance: {yearly} × {days}/365 = {before}",
        term=term.spoken,
        own=own.text,
        days=days,
        yearly=Money.rounded(yearly, currency).text,
        before=before.text,
    )
    inputs = (("yearly", f"{yearly:f}"), ("used_since", used_since.isoformat()), ("currency", currency))
    return Ruling(LateMaintenance(own, before, days), tuple(clauses), inputs, (step,))


def _years(term: Period) -> Fraction:
    whole = (term.end.year - term.first.year) * MONTHS_A_YEAR + term.end.month - term.first.month
    if term.first.day == term.end.day:
        return Fraction(whole, MONTHS_A_YEAR)
    return Fraction(term.days, DAYS_A_YEAR)
