"""What the bank says about direct debits: the money that came, one by one or as a sum, and what went back."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.mandates import block_mandate
from kontor.office.books.actions.payments import Booking, Share, book_payments, locked_balances
from kontor.office.books.formats.bank_statement import Transaction
from kontor.office.books.models import BankEntry, BankFee, Debit, InvoiceBalance, Payment, PaymentShare
from kontor.rulebook.collecting import ends_mandate
from kontor.rulebook.money import Money

DEBIT: Final = "DEBIT"  # the bank named our own debit
RETURN: Final = "RETURN"


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """
    A debit that came back, as a statement or notification tells it.

    entry  the statement's entry; None in a notification
    fee    what the bank took for it, in minor units
    """

    entry: BankEntry | None
    transaction: Transaction
    fee: int


def book_collected(entries: Sequence[BankEntry], *, at: datetime, actor: Actor) -> set[uuid.UUID]:
    """
    Book the entries that name our debits, or whole blocks of them by their exact sum; return which were booked.

    An entry of another amount than its debit waits for a person.
    """
    single = _by_reference([entry.end_to_end for entry in entries if entry.end_to_end])
    blocks = _by_group([entry.group for entry in entries if entry.group])
    matched: list[tuple[BankEntry, Sequence[Debit]]] = []
    for entry in entries:
        debit = single.pop(entry.end_to_end, None) if entry.end_to_end else None
        if debit and debit.payment_id is None and debit.amount_minor == entry.amount_minor:
            matched.append((entry, [debit]))
        elif entry.group in blocks and sum(each.amount_minor for each in blocks[entry.group]) == entry.amount_minor:
            matched.append((entry, blocks.pop(entry.group)))
    _settle(matched, at=at, actor=actor)
    return {entry.pk for entry, _ in matched}


def _by_reference(references: Sequence[str]) -> dict[str, Debit]:
    rows = Debit.objects.select_for_update(no_key=True, of=("self",)).filter(end_to_end__in=references)
    return {row.end_to_end: row for row in rows.select_related("mandate").order_by("pk")}


def _by_group(groups: Sequence[str]) -> dict[str, list[Debit]]:
    """Return the debits of these blocks that no money came for yet; what was rejected never comes."""
    rows = Debit.objects.select_for_update(no_key=True, of=("self",)).filter(group__in=groups, payment=None)
    found: dict[str, list[Debit]] = defaultdict(list)
    for row in rows.exclude(state=Debit.State.REJECTED).select_related("mandate").order_by("pk"):
        found[row.group].append(row)
    return found


def _settle(matched: Sequence[tuple[BankEntry, Sequence[Debit]]], *, at: datetime, actor: Actor) -> None:
    """Book what came; of an invoice that was paid otherwise meanwhile the money stays on the payment."""
    wanted = {debit.invoice_id for _, debits in matched for debit in debits}
    left = {key: max(balance.open_minor, 0) for key, balance in locked_balances(wanted).items()}
    bookings = []
    for entry, debits in matched:
        shares = []
        for debit in debits:
            share = min(debit.amount_minor, left[debit.invoice_id]) if debit.state == Debit.State.PRESENTED else 0
            left[debit.invoice_id] -= share
            if share:
                shares.append(Share(debit.invoice_id, share, DEBIT))
        bookings.append(_booking(entry, debits, shares))
    payments = book_payments(bookings, at=at, actor=actor)
    changed = []
    for (entry, debits), payment in zip(matched, payments, strict=True):
        for debit in debits:
            debit.payment = payment
            if debit.state == Debit.State.PRESENTED:
                debit.state, debit.ended_on = Debit.State.SETTLED, entry.value_on
            changed.append(debit)
    Debit.objects.bulk_update(changed, ["payment", "state", "ended_on"])


def _booking(entry: BankEntry, debits: Sequence[Debit], shares: Sequence[Share]) -> Booking:
    parties = {debit.mandate.party_id for debit in debits}
    early = next((debit.returned_id for debit in debits if debit.returned_id), None)
    return Booking(
        shares=tuple(shares),
        money=Money(entry.currency, entry.amount_minor),
        paid_on=entry.value_on,
        entry=entry,
        party=parties.pop() if len(parties) == 1 else None,
        several=True,
        # The bank told of the return first: this money is what went back then.
        draws_on=early if len(debits) == 1 else None,
    )


def returns_of(entries: Sequence[BankEntry | None], transactions: Sequence[Transaction]) -> list[BroughtBack]:
    """Return the debits that came back among these, each with its share of what the bank took in the same entry."""
    found: list[BroughtBack] = []
    rests: dict[int, int] = {}
    for entry, one in zip(entries, transactions, strict=True):
        if one.returned_reason and one.amount.minor < 0:
            found.append(BroughtBack(entry, one, one.charges))
        elif one.batch and one.amount.minor < 0:
            rests[one.first] = rests.get(one.first, 0) - one.amount.minor
    for first, rest in rests.items():
        places = [place for place, each in enumerate(found) if each.transaction.first == first]
        parts = Money("EUR", rest).allocate([1] * len(places)) if places else ()
        for place, part in zip(places, parts, strict=True):
            found[place] = replace(found[place], fee=found[place].fee or part.minor)
    return found


@transaction.atomic
def note_returns(back: Sequence[BroughtBack], *, at: datetime, actor: Actor) -> int:
    """
    Reopen the invoices of debits that came back, claim the bank's fee and note the reason; return how many it were.

    A debit comes back once: told again, by a notification, a statement or both, it changes nothing. Where the bank says
    that the account or the mandate is gone, the mandate is not used again.
    """
    known = _by_reference([each.transaction.end_to_end for each in back if each.transaction.end_to_end])
    balances = locked_balances({debit.invoice_id for debit in known.values()})
    done = []
    for each in back:
        debit = known.get(each.transaction.end_to_end)
        if debit and debit.state in (Debit.State.PRESENTED, Debit.State.SETTLED):
            _return(debit, each, balances, at=at)
            done.append((debit, each))
    if not done:
        return 0
    InvoiceBalance.objects.bulk_update(balances.values(), ["open_minor", "paid_on"])
    record_many(
        Deed(
            verb="books.debit_returned",
            thing=debit,
            at=at,
            actor=actor,
            after={"code": debit.code, "amount_minor": debit.amount_minor, "on": debit.ended_on},
        )
        for debit, _ in done
    )
    publish("books.debit_returned", {"debits": [str(debit.pk) for debit, _ in done]}, at=at)
    return len(done)


def _return(debit: Debit, each: BroughtBack, balances: Mapping[uuid.UUID, InvoiceBalance], *, at: datetime) -> None:
    one = each.transaction
    share = _still_paid(debit)
    debit.returned = Payment.objects.create(
        party_id=debit.mandate.party_id,
        entry=each.entry,
        amount_minor=-debit.amount_minor,
        currency=debit.currency,
        paid_on=one.value_on,
        note=one.returned_reason,
        at=at,
    )
    if share:
        PaymentShare.objects.create(
            id=uuid7(), payment=debit.returned, invoice_id=debit.invoice_id, amount_minor=-share, found_by=RETURN
        )
        balance = balances[debit.invoice_id]
        balance.open_minor += share
        balance.paid_on = None
    debit.state, debit.code, debit.ended_on = Debit.State.RETURNED, one.returned_reason[:10], one.booked_on
    debit.save(update_fields=["returned", "state", "code", "ended_on"])
    fee = max(-one.amount.minor - debit.amount_minor, each.fee)
    if fee > 0:
        _claim_fee(debit, fee, on=one.booked_on, at=at)
    if ends_mandate(debit.code):
        block_mandate(debit.mandate_id, debit.code)


def _still_paid(debit: Debit) -> int:
    """Return how much of the invoice this debit's money still pays; nothing where the payment was taken back since."""
    if debit.payment_id is None or Payment.objects.filter(reverses=debit.payment_id).exists():
        return 0
    shares = PaymentShare.objects.filter(payment=debit.payment_id, invoice=debit.invoice_id)
    return sum(shares.values_list("amount_minor", flat=True))


def _claim_fee(debit: Debit, fee: int, *, on: date, at: datetime) -> None:
    BankFee.objects.create(
        debit=debit,
        invoice_id=debit.invoice_id,
        party_id=debit.mandate.party_id,
        amount_minor=fee,
        currency=debit.currency,
        arose_on=on,
        at=at,
    )
