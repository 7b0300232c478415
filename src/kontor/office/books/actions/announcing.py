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
from kontor.office.books.actions.transfer_instead import ask_for_transfer
from kontor.office.books.models import Announcement, Debit, Invoice, InvoiceBalance, Mandate
from kontor.office.books.queries.collections import collection_ruling, term_of
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.queries.mandates import MandateCard, active_mandates, lasting
from kontor.office.parties import public as parties
from kontor.rulebook.collecting import refuse_early
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import day, said

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
    Note that these invoices, just sent, announced their debits; where day or mandate differ from the print a mail does.

    Invoices without a mandate announce nothing. Where no mandate lives on the day of the debit any more, the customer
    is asked to transfer instead: nothing is collected after a mandate's last day.
    """
    wanted = [row for row in invoices if row.mandate_id and row.kind == Invoice.Kind.INVOICE]
    if not wanted:
        return []
    planned, left = [], []
    for row in wanted:
        today = today_in(row.seller.zone, at)
        term = term_of(row)
        ruling = collection_ruling(row.issued_on, today, term=term, seller=row.seller)
        cards = active_mandates([row.party_id], today).get((row.seller_id, row.party_id), [])
        own = [each for each in cards if each.id == row.mandate_id]
        card = lasting((*own, *cards), ruling.value)
        if card is None:
            left.append(row)
            continue
        printed = collection_ruling(row.issued_on, row.issued_on, term=term, seller=row.seller).value
        told = ruling.value == printed and card.id == row.mandate_id
        way = Announcement.Way.INVOICE if told else Announcement.Way.MAIL
        planned.append(_Planned(row, Mandate.objects.get(pk=card.id), row.gross_minor, ruling, way, 1, today))
    ask_for_transfer(left, at=at)
    return _announced(planned, at=at, actor=MACHINE)


@transaction.atomic
def announce_again(invoice_id: uuid.UUID, *, on: date | None, at: datetime, actor: Actor) -> Announcement:
    """
    Announce by mail what is open now, for the first day allowed or a later one: another amount or day is a new notice.

    NotAnnouncedError where nothing is open, no mandate lives until then or a debit is under way; CollectionRefusedError
    for a day that comes too early. InvoiceBalance.DoesNotExist for a stranger's id.
    """
    balance = InvoiceBalance.objects.select_for_update(no_key=True).get(invoice_id=invoice_id)
    row = Invoice.objects.select_related("seller").get(pk=invoice_id)
    today = today_in(row.seller.zone, at)
    cards = active_mandates([row.party_id], today).get((row.seller_id, row.party_id))
    if not cards or balance.open_minor <= 0 or balance.cancelled_at or _under_way(row):
        raise NotAnnouncedError(
            Text(
                f"Für {row.number} ist nichts anzukündigen: nichts offen, kein Mandat in Kraft oder schon im Einzug.",
                f"Nothing to announce for {row.number}: nothing open, no mandate in force, or already being collected.",
            )
        )
    earliest = collection_ruling(row.issued_on, today, term=term_of(row), seller=row.seller)
    ruling = earliest if on is None else refuse_early(on, earliest)
    card = lasting(cards, ruling.value)
    if card is None:
        raise NotAnnouncedError(_expires(row, cards[0], ruling.value))
    mandate = Mandate.objects.get(pk=card.id)
    number = Announcement.objects.filter(invoice=row).count() + 1
    plan = _Planned(row, mandate, balance.open_minor, ruling, Announcement.Way.MAIL, number, today)
    (made,) = _announced([plan], at=at, actor=actor)
    return made


def _expires(row: Invoice, card: MandateCard, asked: date) -> Text:
    return said(
        "{number} kann nicht eingezogen werden: Mandat {mandate} erlischt am {until}, der Einzug wäre am {asked}. "
        "Der Kunde überweist oder erteilt ein neues Mandat.",
        "{number} cannot be collected: mandate {mandate} expires on {until}, the debit would be on {asked}. "
        "The customer transfers, or gives a new mandate.",
        number=row.number,
        mandate=card.reference,
        until=day(card.until),
        asked=day(asked),
    )


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
        for to in named or filter(None, [parties.card(row.party_id).email])
    ]
