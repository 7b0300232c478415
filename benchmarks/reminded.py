"""Reminding in the simulation: the house's habits, the day's run, and what every letter asks for."""

from datetime import date, datetime
from typing import Any

from benchmarks.house import Market, noon
from benchmarks.oracle.reminded import HABITS
from kontor.kernel.actor import MACHINE
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import claim_cases, claiming, reminding
from kontor.office.contracts.models import ClaimLetter


def settle_habits(market: Market) -> None:
    """Set when is reminded under each pack that is reminded here."""
    for pack, steps in HABITS.items():
        told = [{"days_late": days, "pay_within": within} for days, within in steps]
        claim_cases.set_plan(
            pack, told, tolerance_minor=0, automatic=True, reason="Simulation", at=noon(date(2024, 1, 1)),
            actor=market.house.actor,
        )  # fmt: skip


def remind(at: datetime) -> None:
    """Bring claims up to date and send what is due, as the daily job does."""
    claiming.keep_claims(at=at)
    found = reminding.due_reminders(at=at, automatic=True)
    if found:
        run = reminding.start_reminders_of(len(found), at=at, actor=MACHINE)
        reminding.remind(run.pk, [facts.row.pk for facts in found], at=at)


def letters_of(contract: Any, ended: str) -> list[tuple[date, int, date, date, int]]:
    """
    Return a contract's reminders: invoice of which day, step, sent, to be paid by, and what is asked for.

    `ended` begins the occasion of invoices that are left out; so is what follows a credit note of an invoice.
    """
    rows = ClaimLetter.objects.filter(claim__contract=contract, kind=ClaimLetter.Kind.REMINDER)
    invoices = {
        row.pk: row
        for row in Invoice.objects.filter(pk__in=rows.values("claim__invoice_id")).only("issued_on", "occasion")
    }
    credited = dict(Invoice.objects.filter(corrects__in=invoices).values_list("corrects_id", "issued_on"))
    found = []
    for row in rows.select_related("claim"):
        invoice = invoices[row.claim.invoice_id]
        if invoice.occasion.startswith(ended) or row.sent_on >= credited.get(invoice.pk, date.max):
            continue
        step = int(row.key.removeprefix("reminder-"))
        found.append((invoice.issued_on, step, row.sent_on, row.pay_until, row.total_minor))
    return sorted(found)
