"""What is open, which bank entries wait for a hand, and what each of them could be for."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from kontor.office.books.models import BankEntry, InvoiceBalance, Payment, Seller
from kontor.office.books.queries.matching import Incoming, OpenInvoice, Proposal, Receivables, proposals
from kontor.office.parties import public as parties
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bank entry that nobody has matched yet, and what it could be for, the best first."""

    entry: BankEntry
    money: Money
    proposals: tuple[Proposal, ...]


def receivables(sellers: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], Receivables]:
    """Return the open invoices by seller and currency, in one query; a pair with none is empty, not missing."""
    rows = (
        InvoiceBalance.objects.filter(invoice__seller__in=sellers, open_minor__gt=0, cancelled_at=None)
        .select_related("invoice")
        .defer("invoice__document")
    )
    found: dict[tuple[uuid.UUID, str], list[OpenInvoice]] = {}
    for row in rows:
        found.setdefault((row.invoice.seller_id, row.invoice.currency), []).append(_open(row))
    return {key: Receivables(invoices) for key, invoices in found.items()}


def open_invoices_of(party: uuid.UUID, *, currency: str) -> list[OpenInvoice]:
    """Return what one customer has open in a currency, what is due first at the head; one query."""
    rows = (
        InvoiceBalance.objects.filter(
            invoice__party=party, invoice__currency=currency, open_minor__gt=0, cancelled_at=None
        )
        .select_related("invoice")
        .defer("invoice__document")
    )
    return sorted(map(_open, rows), key=lambda each: (each.due_on, each.number))


def _open(row: InvoiceBalance) -> OpenInvoice:
    invoice = row.invoice
    return OpenInvoice(
        id=invoice.pk,
        number=invoice.number,
        party=invoice.party_id,
        customer=invoice.customer_name,
        open=Money(invoice.currency, row.open_minor),
        due_on=row.due_on or invoice.due_on or invoice.issued_on,
    )


def waiting_entries() -> QuerySet[BankEntry]:
    """Return the money that came in and belongs to nothing yet, newest first; what came back is not among it."""
    return (
        BankEntry.objects.filter(amount_minor__gt=0, returned_reason="")
        .annotate(booked=booked_now())
        .filter(booked=False)
        .select_related("statement")
        .order_by("-booked_on", "position", "pk")
    )


def booked_now() -> Exists:
    """Whether a bank entry has a payment that was not taken back."""
    reversals = Payment.objects.filter(reverses=OuterRef("pk"))
    return Exists(Payment.objects.filter(~Exists(reversals), entry=OuterRef("pk")))


def weighed(entries: Sequence[BankEntry]) -> list[Waiting]:
    """Return what each entry could be for, in two queries for all; entries come with their statement."""
    open_ones = receivables({entry.statement.seller_id for entry in entries}) if entries else {}
    arriving = incoming(entries)
    return [
        Waiting(
            entry,
            money.money,
            proposals(money, open_ones.get((entry.statement.seller_id, entry.currency), Receivables(()))),
        )
        for entry, money in zip(entries, arriving, strict=True)
    ]


def incoming(entries: Sequence[BankEntry]) -> list[Incoming]:
    """Return what is known of each entry's money, the customers of its account and its seller's tolerance with it."""
    accounts = {bytes(entry.iban_fingerprint) for entry in entries if entry.iban_fingerprint}
    known = parties.parties_by_account(accounts) if accounts else {}
    sellers = {entry.statement.seller_id for entry in entries}
    tolerated = dict(Seller.objects.filter(pk__in=sellers).values_list("pk", "tolerance_minor")) if sellers else {}
    return [
        Incoming(
            money=Money(entry.currency, entry.amount_minor),
            texts=(entry.remittance, entry.references, entry.end_to_end),
            payers=frozenset(known.get(bytes(entry.iban_fingerprint or b""), ())),
            name=entry.counterparty,
            tolerance=tolerated[entry.statement.seller_id],
        )
        for entry in entries
    ]
