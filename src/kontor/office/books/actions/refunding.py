"""Refunds: what is left of a payment, or a credit, goes back to the customer by a transfer file or as done by hand."""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.numbers import REFUND, next_numbers
from kontor.office.books.actions.payments import HAND, PaymentRefusedError, locked_balances
from kontor.office.books.formats.bank_schema import BankSchema, refuse_invalid
from kontor.office.books.formats.iban import checked_iban
from kontor.office.books.formats.pain001 import Payer, Transfer, pain001
from kontor.office.books.formats.sepa_parts import Account, Place
from kontor.office.books.formats.sepa_text import plain_text
from kontor.office.books.models import InvoiceBalance, Payment, PaymentShare, Refund, Seller, TransferBatch
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.queries.rests import hold, rest_of
from kontor.office.parties import public as parties
from kontor.rulebook.collecting import next_bank_day
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

_MESSAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """
    How money goes back.

    way     FILE, HAND or PROCESSOR
    iban    where a file sends it; "" otherwise
    reason  what the customer reads on its statement
    """

    way: Refund.Way
    amount: Money
    reason: str
    holder: str = ""
    iban: str = ""


@transaction.atomic
def refund_rest(
    payment_id: uuid.UUID, payout: Payout, *, seller: uuid.UUID, on: date, at: datetime, actor: Actor
) -> Refund:
    """
    Pay back what is left of a payment, or a part of it, by a payment below zero that draws on it.

    PaymentRefusedError where less is left or nobody is known to receive it; WrongIbanError for an account that no
    transfer reaches. Payment.DoesNotExist for a stranger's id.
    """
    hold(payment_id)
    payment = Payment.objects.get(pk=payment_id)
    left = rest_of(payment)
    if payment.party_id is None or not 0 < payout.amount.minor <= left.minor:
        raise PaymentRefusedError(
            Text(f"Von dieser Zahlung sind noch {left.text.de} übrig.", f"{left.text.en} of this payment are left.")
        )
    back = _paid_back(payment.party_id, payout, on=on, at=at, draws_on=payment)
    return _refund(back, payout, seller=seller, at=at, actor=actor)


@transaction.atomic
def refund_credit(invoice_id: uuid.UUID, payout: Payout, *, on: date, at: datetime, actor: Actor) -> Refund:
    """
    Pay back what the seller owes on an invoice: cancelled or credited after it was paid.

    PaymentRefusedError where less is owed. Invoice.DoesNotExist for a stranger's id.
    """
    (balance,) = locked_balances({invoice_id}).values()
    owed = Money(balance.invoice.currency, max(-balance.open_minor, 0))
    if not 0 < payout.amount.minor <= owed.minor:
        raise PaymentRefusedError(
            Text(
                f"Auf {balance.invoice.number} sind {owed.text.de} zu erstatten.",
                f"{owed.text.en} are to be refunded on {balance.invoice.number}.",
            )
        )
    back = _paid_back(balance.invoice.party_id, payout, on=on, at=at, draws_on=None)
    PaymentShare.objects.create(
        id=uuid7(), payment=back, invoice_id=invoice_id, amount_minor=-payout.amount.minor, found_by=HAND
    )
    balance.open_minor += payout.amount.minor
    InvoiceBalance.objects.bulk_update([balance], ["open_minor"])
    return _refund(back, payout, seller=balance.invoice.seller_id, at=at, actor=actor)


@transaction.atomic
def make_transfers(refunds: Collection[uuid.UUID], *, seller: uuid.UUID, at: datetime, actor: Actor) -> TransferBatch:
    """
    Make the file for the bank that pays these refunds out; asked for the same ones again, the one made before.

    PaymentRefusedError where one of them waits for no file. Seller.DoesNotExist for a stranger's id.
    """
    payer = Seller.objects.select_for_update(no_key=True).get(pk=seller)
    rows = list(
        Refund.objects.select_for_update(no_key=True)
        .filter(pk__in=refunds, seller=payer, way=Refund.Way.FILE)
        .order_by("pk")
    )
    batches = {row.batch_id for row in rows}
    if not rows or len(rows) != len(set(refunds)) or len(batches) != 1:
        raise PaymentRefusedError(
            Text("Nicht jede dieser Erstattungen wartet auf eine Datei.", "Not each of these refunds waits for a file.")
        )
    if made := batches.pop():
        return TransferBatch.objects.get(pk=made)
    return _made(rows, payer, at=at, actor=actor)


def _made(rows: Collection[Refund], payer: Seller, *, at: datetime, actor: Actor) -> TransferBatch:
    today = today_in(payer.zone, at)
    (number,) = next_numbers(payer, REFUND, year=today.year, count=1)
    message, execute_on = plain_text(number, _MESSAGE), next_bank_day(today)
    transfers = [
        Transfer(
            end_to_end=f"{message}-{place}",
            amount=Money(row.currency, row.amount_minor),
            name=row.holder,
            account=Account(row.iban),
            text=row.reason,
        )
        for place, row in enumerate(rows, start=1)
    ]
    place = Place(payer.street, payer.postcode, payer.city, payer.country)
    account = Account(payer.iban.replace(" ", "").upper(), payer.bic)
    content = pain001(
        message, transfers, payer=Payer(name=payer.name, place=place, account=account), execute_on=execute_on, at=at
    )
    refuse_invalid(content, BankSchema.TRANSFER)
    batch = TransferBatch.objects.create(
        seller=payer,
        message=message,
        file=keep(content, name=f"{message}.xml", media_type="application/xml", at=at),
        sha256=hashlib.sha256(content).digest(),
        count=len(transfers),
        total_minor=sum(row.amount_minor for row in rows),
        currency=payer.currency,
        execute_on=execute_on,
        at=at,
    )
    Refund.objects.filter(pk__in=[row.pk for row in rows]).update(batch=batch)
    record("books.transfers_made", batch, at=at, actor=actor, after={"message": message, "count": batch.count})
    return batch


def _paid_back(party: uuid.UUID, payout: Payout, *, on: date, at: datetime, draws_on: Payment | None) -> Payment:
    return Payment.objects.create(
        party_id=party,
        amount_minor=-payout.amount.minor,
        currency=payout.amount.currency,
        paid_on=on,
        note=payout.reason,
        draws_on=draws_on,
        at=at,
    )


def _refund(back: Payment, payout: Payout, *, seller: uuid.UUID, at: datetime, actor: Actor) -> Refund:
    assert back.party_id is not None  # both callers know whose money it is
    account = checked_iban(payout.iban).number if payout.way == Refund.Way.FILE else ""
    row = Refund.objects.create(
        seller_id=seller,
        party_id=back.party_id,
        payment=back,
        way=payout.way,
        amount_minor=payout.amount.minor,
        currency=payout.amount.currency,
        holder=payout.holder,
        iban=account,
        iban_shown=parties.masked(account) if account else "",
        reason=payout.reason[:140],
        at=at,
    )
    shown = {"amount_minor": row.amount_minor, "way": row.way, "reason": row.reason}
    record("books.refund_booked", row, at=at, actor=actor, after=shown)
    publish("books.refund_booked", {"refund": str(row.pk)}, at=at)
    return row


def seller_of(payment: Payment) -> uuid.UUID:
    """Return whose account a payment came to: its statement's, else its first invoice's, else the only seller's."""
    if payment.entry is not None:
        return uuid.UUID(str(payment.entry.statement.seller_id))
    share = PaymentShare.objects.filter(payment=payment).select_related("invoice").first()
    return share.invoice.seller_id if share else Seller.objects.order_by("pk")[0].pk
