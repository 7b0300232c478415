"""
What an invoice paid late costs besides: interest by days, the day of payment included, and the lump sum.

visitor, dealership, bookkeeping   nine points above the base rate and 40 euros (BGB 288 (2), (5))
leisure                            three times the French legal rate and 40 euros (Art. 11)
crm                                nothing that could be computed: its text is silent and its law is not kept
a returned debit                   the bank's fee besides (BGB 280 (1), (2), 286)

A year has 365 days, rates change by half-years, what is paid in part bears less from the next day on, and the sum is
rounded once. Nothing bears interest but the invoice. The rates up to 2026 are the published
ones; those after are FIXTURES, entered for the simulation and true of nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from benchmarks.oracle.bank import debits
from benchmarks.oracle.bills import cents, invoices
from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import APART, INSTALMENTS, Deal
from benchmarks.oracle.given import given_back
from benchmarks.oracle.life import Life

FIXTURE = "Fixture of the simulation, no published rate"
PUBLISHED = {
    "de": ["3.62", "3.37", "2.27", "1.27", "1.27", "1.52"],
    "fr": ["5.07", "4.92", "3.71", "2.76", "2.62"],
}


@dataclass(frozen=True, order=True)
class Late:
    """A late payment: its day, and what of it went to the lump sum, the interest and the invoice, in cents."""

    paid: date
    costs: int
    interest: int
    principal: int


def fixtures(law: str) -> Iterator[tuple[date, date, str]]:
    """Yield the half-years after the published ones with their invented rates."""
    for half in range(len(PUBLISHED[law]), 24):
        first = date(2024 + half // 2, 7 if half % 2 else 1, 1)
        last = date(first.year, 12, 31) if half % 2 else date(first.year, 6, 30)
        yield first, last, f"{1 + (half * 7) % 5}.{(half * 37) % 100:02}"


def _rate(law: str, on: date) -> Fraction:
    half = (on.year - 2024) * 2 + (on.month > 6)
    if half < len(PUBLISHED[law]):
        return Fraction(PUBLISHED[law][half])
    return next(Fraction(percent) for first, last, percent in fixtures(law) if first <= on <= last)


def interest(pack: str, owed: int, *, due: date, paid: date) -> Fraction:
    """Return the exact interest in euros on so many cents from the day after one to another, that one included."""
    total = Fraction()
    for number in range(1, (paid - due).days + 1):
        on = due + number * DAY
        percent = 3 * _rate("fr", on) if pack == "leisure" else _rate("de", on) + 9
        total += Fraction(owed, 100) * percent / 100 / 365
    return Fraction() if pack == "crm" else total


@dataclass(frozen=True)
class Owed:
    """
    An invoice that is paid late: its own day, its gross in cents, its last day for payment, and what comes when.

    until  the last day on which it is looked at: of the simulation, or of the credit note that takes a part of it off
    pause  from which day, and before which, nobody is reminded: it is contested, or a plan for it is kept
    """

    issued: date
    cents: int
    due: date
    until: date
    paid: tuple[Late, ...]
    pause: tuple[date, date] | None = None


def owed_late(life: Life, until: date) -> list[Owed]:
    """Return the invoices that are paid after their last day, with what comes for them, in one sum or two."""
    deal, found, issued = life.deal, [], invoices(life, until)
    noted = {each.of: each.issued for each in reversed(given_back(life, until))}
    for number, invoice in enumerate(() if deal.mandate else issued):
        lateness = deal.lateness[number % len(deal.lateness)]
        if lateness > 0 and invoice.due is not None and invoice.gross > 0:
            trouble = deal.trouble(number, lateness)
            seen = min(until, noted.get(invoice.issued, until))
            paid = _paid(deal, invoice.gross, invoice.due, lateness, trouble=trouble)
            pause = _pause(invoice.due, lateness, trouble=trouble)
            found.append(replace(_seen(invoice.issued, invoice.gross, invoice.due, paid, seen), pause=pause))
    for debit in debits(deal, issued):
        if debit.back is not None and debit.transferred is not None:
            exact = interest(deal.pack, debit.cents, due=debit.due, paid=debit.transferred)
            costs = 4000 + (debit.back.fee if debit.back.days else 0)
            paid = [Late(debit.transferred, costs, cents(exact), debit.cents)]
            found.append(_seen(debit.issued, debit.cents, debit.due, paid, min(until, noted.get(debit.issued, until))))
    return found


def _seen(issued: date, owed: int, due: date, paid: list[Late], until: date) -> Owed:
    return Owed(issued, owed, due, until, tuple(each for each in paid if each.paid <= until))


def late_payments(life: Life, until: date) -> list[Late]:
    """Return what came late, by its days."""
    return sorted(each for owed in owed_late(life, until) for each in owed.paid)


def _paid(deal: Deal, gross: int, due: date, lateness: int, *, trouble: str) -> list[Late]:
    """Divide what comes for one invoice: costs first, then interest, then the invoice (BGB 367 (1))."""
    coming = [(due + lateness // 2 * DAY, gross // 2)] if deal.parted and lateness > 1 and not trouble else []
    if trouble in ("plan", "broken"):
        agreed = agreed_on(due, lateness)
        owed = sum(_open(deal.pack, gross, due, [], agreed))
        parts = [owed // INSTALMENTS] * (INSTALMENTS - 1)
        coming = list(zip(instalment_days(agreed), [*parts, owed - sum(parts)], strict=True))
        coming = coming[:1] if trouble == "broken" else coming
    came: list[Late] = []
    for on, amount in coming:
        came.append(_divided(on, amount, _open(deal.pack, gross, due, came, on)))
    last = due + lateness * DAY
    left = _open(deal.pack, gross, due, came, last)
    return [*came, _divided(last, sum(left), left)] if any(left) else came


def agreed_on(due: date, lateness: int) -> date:
    """Return the day on which a plan is agreed, or an invoice first contested."""
    return due + lateness // 3 * DAY


def instalment_days(agreed: date) -> list[date]:
    """Return the days on which the instalments of a plan are due, and paid."""
    return [agreed + place * APART * DAY for place in range(1, INSTALMENTS + 1)]


def _open(pack: str, gross: int, due: date, came: list[Late], on: date) -> tuple[int, int, int]:
    """Return what is open of costs, interest and invoice on a day, before what is paid on it."""
    accrued, left, since = Fraction(), gross, due
    for each in came:
        accrued += interest(pack, left, due=since, paid=each.paid)
        left, since = left - each.principal, each.paid
    accrued += interest(pack, left, due=since, paid=on)
    costs = 0 if pack == "crm" else 4000
    return costs - sum(each.costs for each in came), cents(accrued) - sum(each.interest for each in came), left


def _divided(on: date, amount: int, left: tuple[int, int, int]) -> Late:
    to_costs = min(amount, left[0])
    to_interest = min(amount - to_costs, left[1])
    return Late(on, to_costs, to_interest, amount - to_costs - to_interest)


def _pause(due: date, lateness: int, *, trouble: str) -> tuple[date, date] | None:
    """
    Return in which days nobody is reminded: from noon of the first to noon of the other.

    A plan is over with its last instalment, or on the day after the one that did not come.
    """
    if not trouble:
        return None
    first = agreed_on(due, lateness)
    if trouble == "dispute":
        return first, due + lateness // 3 * 2 * DAY
    days = instalment_days(first)
    return first, days[1] + DAY if trouble == "broken" else days[-1]
