"""Pre-notifications: with the invoice, or by a mail of their own, naming amount, day, creditor and mandate."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.models import Announcement, Debit, Invoice, InvoiceBalance, Mandate
from kontor.office.books.queries.collections import collection_ruling, term_of
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.queries.mandates import active_mandates
from kontor.office.parties import public as parties
from kontor.rulebook.collecting import refuse_early
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text

_MAIL = {
    "de": (
        "Ankündigung der SEPA-Lastschrift zu {number}",
        "Guten Tag,\n\nam {day:%d.%m.%Y} ziehen wir {amount} für {number} per SEPA-Lastschrift ein.\n\n"
        "Mandat: {mandate}\nGläubiger-ID: {creditor}\nKonto: {account}\n\nBitte sorgen Sie für Deckung.\n",
    ),
    "en": (
        "Notice of the SEPA direct debit for {number}",
        "Hello,\n\non {day:%Y-%m-%d} we collect {amount} for {number} by SEPA direct debit.\n\n"
        "Mandate: {mandate}\nCreditor identifier: {creditor}\nAccount: {account}\n\nPlease see that it is covered.\n",
    ),
}


class NotAnnouncedError(RefusalError):
    """Nothing to announce: nothing open, no mandate in force, or a debit already on its way."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """A pre-notification to be: of which invoice, under which mandate, how much, when and how."""

    invoice: Invoice
    mandate: Mandate
    minor: int
    ruling: Ruling[date]
    way: Announcement.Way
    number: int
    on: date


def announce_with_invoices(invoices: Sequence[Invoice], *, at: datetime) -> list[Announcement]:
    """
    Note that these invoices, just sent, announced their debits; where the day printed came too early a mail does.

    Invoices without a mandate, or whose mandate is no longer in force, announce nothing.
    """
    wanted = [row for row in invoices if row.mandate_id and row.kind == Invoice.Kind.INVOICE]
    if not wanted:
        return []
    known = {row.pk: row for row in Mandate.objects.filter(pk__in={each.mandate_id for each in wanted})}
    planned = []
    for row in wanted:
        today = today_in(row.seller.zone, at)
        active = active_mandates([row.party_id], today).get((row.seller_id, row.party_id))
        if active is None:
            continue
        term = term_of(row)
        ruling = collection_ruling(row.issued_on, today, term=term, seller=row.seller)
        printed = collection_ruling(row.issued_on, row.issued_on, term=term, seller=row.seller).value
        way = Announcement.Way.INVOICE if ruling.value == printed else Announcement.Way.MAIL
        planned.append(_Planned(row, known[row.mandate_id], row.gross_minor, ruling, way, 1, today))  # type: ignore[index]
    return _announced(planned, at=at, actor=MACHINE)


@transaction.atomic
def announce_again(invoice_id: uuid.UUID, *, on: date | None, at: datetime, actor: Actor) -> Announcement:
    """
    Announce by mail what is open now, for the first day allowed or a later one: another amount or day is a new notice.

    NotAnnouncedError where nothing is open, no mandate is in force or a debit is under way; CollectionRefusedError for
    a day that comes too early. InvoiceBalance.DoesNotExist for a stranger's id.
    """
    balance = InvoiceBalance.objects.select_for_update(no_key=True).get(invoice_id=invoice_id)
    row = Invoice.objects.select_related("seller").get(pk=invoice_id)
    today = today_in(row.seller.zone, at)
    active = active_mandates([row.party_id], today).get((row.seller_id, row.party_id))
    if active is None or balance.open_minor <= 0 or balance.cancelled_at or _under_way(row):
        raise NotAnnouncedError(
            Text(
                f"Für {row.number} ist nichts anzukündigen: nichts offen, kein Mandat in Kraft oder schon im Einzug.",
                f"Nothing to announce for {row.number}: nothing open, no mandate in force, or already being collected.",
            )
        )
    earliest = collection_ruling(row.issued_on, today, term=term_of(row), seller=row.seller)
    ruling = earliest if on is None else refuse_early(on, earliest)
    mandate = Mandate.objects.get(pk=active.id)
    number = Announcement.objects.filter(invoice=row).count() + 1
    plan = _Planned(row, mandate, balance.open_minor, ruling, Announcement.Way.MAIL, number, today)
    (made,) = _announced([plan], at=at, actor=actor)
    return made


def _under_way(row: Invoice) -> bool:
    return Debit.objects.filter(invoice=row, state=Debit.State.PRESENTED).exists()


def _announced(planned: Sequence[_Planned], *, at: datetime, actor: Actor) -> list[Announcement]:
    if not planned:
        return []
    decisions = [
        Decision(ruling=plan.ruling, question="books.collection", customer_tenant=plan.invoice.customer_tenant_id)
        for plan in planned
    ]
    stored = store_rulings(decisions, at=at)
    rows = [_row(plan, ruling, at=at) for plan, ruling in zip(planned, stored, strict=True)]
    Announcement.objects.bulk_create(rows)
    send_mails([mail for plan in planned if plan.way == Announcement.Way.MAIL for mail in _mails(plan)], at=at)
    record_many(
        Deed(
            verb="books.debit_announced",
            thing=row,
            at=at,
            actor=actor,
            ruling=row.ruling,
            after={"invoice": plan.invoice.number, "amount_minor": row.amount_minor, "collect_on": row.collect_on},
        )
        for plan, row in zip(planned, rows, strict=True)
    )
    publish("books.debit_announced", {"numbers": [plan.invoice.number for plan in planned]}, at=at)
    return rows


def _row(plan: _Planned, ruling: uuid.UUID, *, at: datetime) -> Announcement:
    return Announcement(
        id=uuid7(),
        invoice=plan.invoice,
        mandate=plan.mandate,
        customer_tenant_id=plan.invoice.customer_tenant_id,
        number=plan.number,
        amount_minor=plan.minor,
        currency=plan.invoice.currency,
        announced_on=plan.on,
        collect_on=plan.ruling.value,
        way=plan.way,
        ruling=ruling,
        at=at,
    )


def _mails(plan: _Planned) -> list[NewMail]:
    row, mandate = plan.invoice, plan.mandate
    amount = Money(row.currency, plan.minor).spoken(row.language)
    subject, text = (
        part.format(
            number=row.number,
            day=plan.ruling.value,
            amount=amount,
            mandate=mandate.reference,
            creditor=mandate.creditor_id,
            account=mandate.iban_shown,
        )
        for part in _MAIL[row.language]
    )
    named = parties.invoice_addresses([row.party_id])[row.party_id]
    return [
        NewMail(to=to, to_name=row.customer_name, subject=subject, text=text, about=row, reply_to=row.seller.email)
        for to in named or [parties.card(row.party_id).email]
    ]
