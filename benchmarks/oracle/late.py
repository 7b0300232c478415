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
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from benchmarks.oracle.bank import debits
from benchmarks.oracle.bills import cents, invoices
from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import Deal
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
    """

    issued: date
    cents: int
    due: date
    until: date
    paid: tuple[Late, ...]


def owed_late(life: Life, until: date) -> list[Owed]:
    """Return the invoices that are paid after their last day, with what comes for them, in one sum or two."""
    deal, found, issued = life.deal, [], invoices(life, until)
    noted = {each.of: each.issued for each in reversed(given_back(life, until))}
    for number, invoice in enumerate(() if deal.mandate else issued):
        lateness = deal.lateness[number % len(deal.lateness)]
        if lateness > 0 and invoice.due is not None and invoice.gross > 0:
            paid = _paid(deal, invoice.gross, invoice.due, lateness)
            found.append(
                _seen(invoice.issued, invoice.gross, invoice.due, paid, min(until, noted.get(invoice.issued, until)))
            )
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


def _paid(deal: Deal, gross: int, due: date, lateness: int) -> list[Late]:
    """Divide what came for one invoice: costs first, then interest, then the invoice (BGB 367 (1))."""
    costs, paid = 0 if deal.pack == "crm" else 4000, due + lateness * DAY
    first = due + lateness // 2 * DAY
    if not deal.parted or lateness < 2:
        return [Late(paid, costs, cents(interest(deal.pack, gross, due=due, paid=paid)), gross)]
    part, accrued = gross // 2, interest(deal.pack, gross, due=due, paid=first)
    to_costs = min(part, costs)
    to_interest = min(part - to_costs, cents(accrued))
    principal = part - to_costs - to_interest
    accrued += interest(deal.pack, gross - principal, due=first, paid=paid)
    return [
        Late(first, to_costs, to_interest, principal),
        Late(paid, costs - to_costs, cents(accrued) - to_interest, gross - principal),
    ]
