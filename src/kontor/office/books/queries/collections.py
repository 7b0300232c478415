"""What can be collected: announced, still open to the cent, under a mandate in force, in time for the bank."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from kontor.office.books.models import Announcement, CollectionBatch, Debit, Invoice, InvoiceBalance, Seller
from kontor.office.books.queries.mandates import WORDS, MandateCard, MandateState, card_of, mandates
from kontor.office.books.queries.orders import CollectionTerm
from kontor.rulebook.collecting import in_days, submit_by, too_late
from kontor.rulebook.due import collection_day
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Collectable:
    """
    An announced debit before it goes to the bank.

    problem  why it cannot go as announced; None where it can
    """

    announcement: Announcement
    number: str
    customer: str
    mandate: MandateCard
    amount: Money
    collect_on: date
    submit_by: date
    problem: Text | None


def collection_ruling(issued_on: date, announced: date, *, term: CollectionTerm | None, seller: Seller) -> Ruling[date]:
    """
    Decide the first day on which an invoice may be collected: after the contract's wait, else the seller's setting.

    term  from the contract; None where it is silent
    """
    if term is not None:
        return collection_day(issued_on, announced, wait=term.wait, clauses=(term.clause,))
    wait = in_days(seller.prenotification_days)
    step = said(
        "Der Vertrag nennt keine Frist; eingestellt sind {wait} (SEPA-Regelwerk 4.3.1: ohne Vereinbarung 14 Tage).",
        "The contract names no period; {wait} are set (SEPA rulebook 4.3.1: 14 days where nothing is agreed).",
        wait=wait.spoken,
    )
    found = collection_day(issued_on, announced, wait=wait)
    return Ruling(found.value, found.clauses, found.inputs, (step, *found.working))


def term_of(invoice: Invoice) -> CollectionTerm | None:
    """Return how long a debit of this invoice waits by its contract."""
    return CollectionTerm.from_json(invoice.collection) if invoice.collection else None


def collectables(seller: uuid.UUID, today: date, *, ids: Collection[uuid.UUID] | None = None) -> list[Collectable]:
    """Return the latest announcement of each open invoice that has not gone to the bank, by day, in three queries."""
    later = Announcement.objects.filter(invoice=OuterRef("invoice"), number__gt=OuterRef("number"))
    presented = Debit.objects.filter(Q(announcement=OuterRef("pk")) | Q(invoice=OuterRef("invoice"), state="PRESENTED"))
    rows = (
        Announcement.objects.filter(~Exists(later), ~Exists(presented), invoice__seller=seller)
        .filter(invoice__balances__open_minor__gt=0, invoice__balances__cancelled_at=None)
        .annotate(open_minor=F("invoice__balances__open_minor"))
        .select_related("invoice")
        .defer("invoice__document")
        .order_by("collect_on", "invoice__number")
    )
    found: Sequence[Any] = list(rows if ids is None else rows.filter(pk__in=ids))
    cards = {row.pk: card_of(row, today) for row in mandates().filter(pk__in={each.mandate_id for each in found})}
    return [_collectable(row, cards, today) for row in found]


def _collectable(row: Any, cards: Mapping[uuid.UUID, MandateCard], today: date) -> Collectable:
    card = cards[row.mandate_id]
    return Collectable(
        announcement=row,
        number=row.invoice.number,
        customer=row.invoice.customer_name,
        mandate=card,
        amount=Money(row.currency, row.amount_minor),
        collect_on=row.collect_on,
        submit_by=submit_by(row.collect_on).value,
        problem=_problem(row, card, today),
    )


def _problem(row: Any, card: MandateCard, today: date) -> Text | None:
    if card.state is not MandateState.ACTIVE:
        return said("Mandat {reference} ist {word}.", "Mandate {reference} is {word}.",
                    reference=card.reference, word=WORDS[card.state])  # fmt: skip
    if row.collect_on > card.until:
        return said("Mandat {reference} erlischt am {until}.", "Mandate {reference} expires on {until}.",
                    reference=card.reference, until=day(card.until))  # fmt: skip
    if row.open_minor != row.amount_minor:
        return said(
            "Offen sind jetzt {open}; ein anderer Betrag ist neu anzukündigen.",
            "{open} are open now; another amount must be announced anew.",
            open=Money(row.currency, row.open_minor).text,
        )
    if too_late(row.collect_on, today):
        return said(
            "Einzureichen war bis {last}; ein anderer Tag ist neu anzukündigen.",
            "The file was due by {last}; another day must be announced anew.",
            last=day(submit_by(row.collect_on).value),
        )
    return None


def unannounced(seller: uuid.UUID) -> "QuerySet[InvoiceBalance]":
    """Return open direct-debit invoices whose debit came back, so that nothing is announced or under way."""
    under_way = Debit.objects.filter(invoice=OuterRef("invoice"), state=Debit.State.PRESENTED)
    back = Debit.objects.filter(
        invoice=OuterRef("invoice"), state__in=(Debit.State.RETURNED, Debit.State.REJECTED)
    ).order_by("-ended_on", "-pk")
    fresh = Announcement.objects.filter(invoice=OuterRef("invoice"), debits=None)
    return (
        InvoiceBalance.objects.filter(
            Exists(back),
            ~Exists(under_way),
            ~Exists(fresh),
            invoice__seller=seller,
            open_minor__gt=0,
            cancelled_at=None,
        )
        .annotate(code=back.values("code")[:1], ended_on=back.values("ended_on")[:1])
        .select_related("invoice")
        .defer("invoice__document")
        .order_by("invoice__number")
    )


def batches() -> QuerySet[Any]:
    """Return the collections made, with how many debits are paid and how many came back."""
    return CollectionBatch.objects.select_related("seller").annotate(
        settled=_number(Debit.State.SETTLED), back=_number(Debit.State.RETURNED, Debit.State.REJECTED)
    )


def _number(*states: Debit.State) -> Coalesce:
    rows = Debit.objects.filter(batch=OuterRef("pk"), state__in=states).order_by().values("batch")
    counted = rows.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def debits() -> QuerySet[Debit]:
    """Return debits with invoice and mandate, as pages show them."""
    return Debit.objects.select_related("invoice", "mandate", "batch").defer("invoice__document")


def being_collected(invoices: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these invoices that a direct debit is on its way for: nobody is reminded of them meanwhile."""
    rows = Debit.objects.filter(invoice__in=invoices, state=Debit.State.PRESENTED)
    return set(rows.values_list("invoice_id", flat=True))
