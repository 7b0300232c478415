"""When an invoice was received, where the days to pay count from there; the earliest receipt counts."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.queries.mail import letters_about
from kontor.kernel.rows import exactly
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.rulebook.ruling import Ruling, Text

BY_MAIL: Final = Text("vom E-Mail-Server angenommen", "accepted by the mail server")
BY_OPENING: Final = Text("vom angemeldeten Kunden geöffnet", "opened by the customer, signed in")


def wait_for_receipt(invoices: Iterable[tuple[Invoice, ReceiptRule | None]]) -> None:
    """Give these new invoices no day for payment before they are received, one query for each rule among them."""
    by_rule: dict[ReceiptRule, list[Invoice]] = {}
    for invoice, rule in invoices:
        if rule is not None:
            by_rule.setdefault(rule, []).append(invoice)
    for rule, rows in by_rule.items():
        found = InvoiceBalance.objects.filter(invoice__in=rows)
        exactly(len(rows), found.update(due_on=None, due_rule=rule.told))


@transaction.atomic
def note_mail_accepted(invoice_id: uuid.UUID, *, at: datetime) -> None:
    """Count from the moment the first mail with the invoice was accepted; nothing changes where none was yet."""
    accepted = [letter.sent_at for letter in letters_about(invoice_id) if letter.sent_at]
    if accepted:
        _receive(invoice_id, min(accepted), known_by=BY_MAIL, at=at, actor=MACHINE)


@transaction.atomic
def note_opened(invoice: Invoice, *, at: datetime, actor: Actor) -> None:
    """Note the first time that the customer opened an invoice: what a signed-in customer opens is received then."""
    InvoiceBalance.objects.filter(invoice=invoice, first_opened_at=None).update(first_opened_at=at)
    _receive(invoice.pk, at, known_by=BY_OPENING, at=at, actor=actor)


def _receive(invoice_id: uuid.UUID, received_at: datetime, *, known_by: Text, at: datetime, actor: Actor) -> None:
    balance = InvoiceBalance.objects.select_for_update(no_key=True).get(invoice_id=invoice_id)
    rule = ReceiptRule.read(balance.due_rule)
    if rule is None:
        return
    invoice = Invoice.objects.defer("document").get(pk=invoice_id)
    received_on, ruling = rule.payable(invoice.issued_on, received_at, known_by=known_by)
    if is_known(balance, received_on):
        return
    stored = store_ruling(
        ruling,
        question="contracts.due",
        pack=rule.pack,
        version=rule.version,
        customer_tenant=invoice.customer_tenant_id,
        at=at,
    )
    count_from(balance, invoice, received_on, ruling=ruling, stored=stored, at=at, actor=actor)


def is_known(balance: InvoiceBalance, received_on: date) -> bool:
    """Tell whether a receipt on that day or before is known already."""
    return balance.received_on is not None and balance.received_on <= received_on


def count_from(
    balance: InvoiceBalance,
    invoice: Invoice,
    received_on: date,
    *,
    ruling: Ruling[date],
    stored: uuid.UUID,
    at: datetime,
    actor: Actor,
) -> None:
    """
    Count the days to pay from a receipt; nothing changes where one on that day or before is known.

    balance  held by the caller's lock
    ruling   until when that receipt makes it payable, `stored` under this id
    """
    if is_known(balance, received_on):
        return
    balance.received_on, balance.due_on, balance.due_ruling = received_on, ruling.value, stored
    balance.save(update_fields=["received_on", "due_on", "due_ruling"])
    after = {"received_on": received_on, "due_on": ruling.value}
    clause = str(ruling.clauses[0]) if ruling.clauses else ""
    record("books.invoice_received", invoice, at=at, actor=actor, clause=clause, ruling=stored, after=after)
    publish("books.invoice_received", {"numbers": [invoice.number]}, at=at)
