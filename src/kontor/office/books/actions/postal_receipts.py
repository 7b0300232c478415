"""Invoices sent by post: their receipt, on the day that the house enters with its proof."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.blobs import NewFile, keep_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.books.actions.receiving import count_from
from kontor.office.books.models import Invoice, InvoiceBalance, PostalReceipt
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

KNOWN_BY: Final[Mapping[PostalReceipt.Kind, Text]] = {
    PostalReceipt.Kind.RETURN_RECEIPT: Text(
        "per Einschreiben mit Rückschein", "by registered letter with return receipt"
    ),
    PostalReceipt.Kind.DELIVERY_RECORD: Text(
        "per Einwurf-Einschreiben", "by registered letter with a record of its delivery"
    ),
    PostalReceipt.Kind.COURIER: Text("durch Kurier", "by courier"),
    PostalReceipt.Kind.HANDED_OVER: Text(
        "übergeben gegen Empfangsbekenntnis", "handed over against an acknowledgement"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalProof:
    """
    What proves that a letter was received.

    tracking  the number of the item or acknowledgement, "" without one
    file      the paper, None without one; one of the two is needed
    """

    kind: PostalReceipt.Kind
    received_on: date
    tracking: str = ""
    file: NewFile | None = None

    @property
    def known_by(self) -> Text:
        """How the day is known, in words: by registered letter, no. RR 1234."""
        how = KNOWN_BY[self.kind]
        if not self.tracking:
            return how
        return Text(f"{how.de}, Nr. {self.tracking}", f"{how.en}, no. {self.tracking}")


@transaction.atomic
def file_postal_receipt(invoice_id: uuid.UUID, proof: PostalProof, *, at: datetime, actor: Actor) -> PostalReceipt:
    """
    File the proof that an invoice sent by post was received; of all receipts the earliest counts.

    RefusalError where nothing proves it, its day has not come or lies before the invoice's, and for an invoice that is
    payable so long after its issue or was cancelled; QuotaExceededError where the file does not fit.
    Invoice.DoesNotExist for a stranger's id.
    """
    invoice = Invoice.objects.defer("document").get(pk=invoice_id)
    balance = InvoiceBalance.objects.select_for_update(no_key=True).get(invoice=invoice)
    rule = _rule_of(balance)
    _refuse_unproved(proof, today=at.astimezone(ZoneInfo(rule.zone)).date())
    ruling = rule.payable_from(invoice.issued_on, proof.received_on, known_by=proof.known_by)
    stored = store_ruling(
        ruling,
        question="contracts.due",
        pack=rule.pack,
        version=rule.version,
        customer_tenant=invoice.customer_tenant_id,
        at=at,
    )
    kept = keep_many([proof.file] if proof.file else [], at=at)
    row = PostalReceipt.objects.create(
        invoice=invoice,
        received_on=proof.received_on,
        kind=proof.kind,
        tracking=proof.tracking,
        file=kept[0] if kept else None,
        ruling=stored,
        at=at,
    )
    after = {"received_on": row.received_on, "kind": row.kind, "tracking": row.tracking}
    clause = str(rule.clauses[0]) if rule.clauses else ""
    record("books.postal_receipt_filed", invoice, at=at, actor=actor, clause=clause, ruling=stored, after=after)
    count_from(balance, invoice, proof.received_on, ruling=ruling, stored=stored, at=at, actor=actor)
    return row


def _rule_of(balance: InvoiceBalance) -> ReceiptRule:
    rule = ReceiptRule.read(balance.due_rule)
    if rule is None:
        raise RefusalError(
            Text(
                "Die Zahlungsfrist dieser Rechnung zählt ab ihrer Ausstellung; ihr Zugang ändert nichts.",
                "The payment period of this invoice counts from its issue; its receipt changes nothing.",
            )
        )
    if balance.cancelled_at:
        raise RefusalError(Text("Die Rechnung ist storniert.", "The invoice is cancelled."))
    return rule


def _refuse_unproved(proof: PostalProof, *, today: date) -> None:
    if proof.received_on > today:
        raise RefusalError(
            said("Der {day} ist noch nicht gekommen.", "{day} has not come yet.", day=day(proof.received_on))
        )
    if not proof.tracking and proof.file is None:
        raise RefusalError(
            Text(
                "Der Zugang braucht einen Beleg: eine Sendungsnummer oder eine Datei.",
                "The receipt needs a proof: a tracking number or a file.",
            )
        )
