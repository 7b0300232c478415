"""A collection: announced debits become one file for the bank, each debit once, whatever is pressed or killed when."""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.kernel.stages import is_test
from kontor.office.books.actions.mandates import block_mandate
from kontor.office.books.actions.numbers import COLLECTION, next_numbers
from kontor.office.books.formats.bank_schema import BankSchema, refuse_invalid
from kontor.office.books.formats.pain008 import Creditor, DirectDebit, group_ids, pain008
from kontor.office.books.formats.sepa_parts import Account, Place
from kontor.office.books.formats.sepa_text import identifier, plain_text
from kontor.office.books.models import (
    CollectionBatch,
    Debit,
    InvoiceBalance,
    Mandate,
    MandateAccount,
    MandateStanding,
    Seller,
)
from kontor.office.books.queries.collections import Collectable, collectables, collection_ruling, term_of
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.queries.mandates import accounts_of
from kontor.rulebook.collecting import Scheme, ends_mandate, refuse_early, sequence_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_MESSAGE = 30  # five letters stay for the place of a debit within the 35 of an identifier


class CollectionChangedError(RefusalError):
    """What was asked for can no longer be collected as it was shown; nothing was made."""


@transaction.atomic
def make_collection(
    announcements: Collection[uuid.UUID], *, seller: uuid.UUID, at: datetime, actor: Actor
) -> CollectionBatch:
    """
    Make the file for the bank of these announced debits; asked for the same ones again, the one made before.

    CollectionChangedError where one of them was paid, revoked or is too late by now, and in a test tenant;
    CollectionRefusedError for a day before the one allowed; InvalidBankFileError where the file breaks its schema.
    Seller.DoesNotExist for a stranger.
    """
    if is_test():
        raise CollectionChangedError(
            Text("Ein Testmandant zieht bei niemandem Geld ein.", "A test tenant collects money from nobody.")
        )
    creditor = Seller.objects.select_for_update(no_key=True).get(pk=seller)  # one collection of a seller at a time
    wanted = set(announcements)
    if made := _made_of(wanted):
        return made
    today = today_in(creditor.zone, at)
    list(InvoiceBalance.objects.select_for_update(no_key=True, of=("self",))
         .filter(invoice__announcements__in=wanted).order_by("invoice_id"))  # fmt: skip
    found = collectables(seller, today, ids=wanted)
    _refuse_changed(found, wanted)
    for each in found:
        _refuse_early(each, creditor)
    return _made(found, creditor, at=at, actor=actor)


def reject_debit(debit_id: uuid.UUID, *, code: str, on: date, at: datetime, actor: Actor) -> None:
    """
    Note that the bank refused a debit before settlement: no money moved, and after a first one the next is a first.

    Where the bank says that the account or the mandate is gone, the mandate is not used again, as after a return.
    CollectionChangedError where the debit is settled or back already.
    """
    with transaction.atomic():
        debit = Debit.objects.select_for_update(no_key=True, of=("self",)).select_related("invoice").get(pk=debit_id)
        if debit.state != Debit.State.PRESENTED:
            raise CollectionChangedError(
                Text("Diese Lastschrift ist nicht mehr unterwegs.", "This debit is no longer on its way.")
            )
        debit.state, debit.code, debit.ended_on = Debit.State.REJECTED, code, on
        debit.save(update_fields=["state", "code", "ended_on"])
        if debit.sequence == "FRST":
            MandateStanding.objects.filter(mandate=debit.mandate_id).update(presented=False)
        if ends_mandate(code):
            block_mandate(debit.mandate_id, code)
        record("books.debit_rejected", debit, at=at, actor=actor, after={"code": code, "on": on})
        publish("books.debit_returned", {"invoice": debit.invoice.number, "code": code}, at=at)


def _made_of(wanted: Collection[uuid.UUID]) -> CollectionBatch | None:
    """Return the batch that took all of these announcements, where one did."""
    batches = set(Debit.objects.filter(announcement__in=wanted).values_list("batch_id", "announcement_id"))
    if len(batches) != len(wanted) or len({batch for batch, _ in batches}) != 1:
        return None
    return CollectionBatch.objects.get(pk=batches.pop()[0])


def _refuse_changed(found: Sequence[Collectable], wanted: Collection[uuid.UUID]) -> None:
    problems = [f"{each.number}: {each.problem.de}" for each in found if each.problem]
    english = [f"{each.number}: {each.problem.en}" for each in found if each.problem]
    if problems:
        raise CollectionChangedError(Text(" ".join(problems), " ".join(english)))
    if not wanted or len(found) != len(wanted):
        raise CollectionChangedError(
            Text(
                "Seit die Seite geöffnet wurde, hat sich etwas geändert; bitte noch einmal ansehen.",
                "Something changed since the page was opened; please look again.",
            )
        )


def _refuse_early(each: Collectable, creditor: Seller) -> None:
    row = each.announcement
    earliest = collection_ruling(row.invoice.issued_on, row.announced_on, term=term_of(row.invoice), seller=creditor)
    refuse_early(row.collect_on, earliest)


def _made(found: Sequence[Collectable], creditor: Seller, *, at: datetime, actor: Actor) -> CollectionBatch:
    (number,) = next_numbers(creditor, COLLECTION, year=today_in(creditor.zone, at).year, count=1)
    message = identifier(plain_text(number, _MESSAGE))
    accounts = accounts_of(each.mandate.id for each in found)
    addresses = {row.pk: row for row in Mandate.objects.filter(pk__in=accounts)}
    debits = _debits(found, message, accounts=accounts, addresses=addresses)
    content = pain008(message, debits, creditor=_creditor(creditor), at=at)
    refuse_invalid(content, BankSchema.DEBIT)
    batch = CollectionBatch.objects.create(
        seller=creditor,
        message=message,
        file=keep(content, name=f"{message}.xml", media_type="application/xml", at=at),
        sha256=hashlib.sha256(content).digest(),
        count=len(debits),
        total_minor=sum(each.amount.minor for each in debits),
        currency=creditor.currency,
        submit_by=min(each.submit_by for each in found),
        at=at,
    )
    groups = group_ids(message, debits)
    Debit.objects.bulk_create(
        Debit(
            id=uuid7(),
            batch=batch,
            announcement=each.announcement,
            mandate_id=each.mandate.id,
            invoice_id=each.announcement.invoice_id,
            end_to_end=debit.end_to_end,
            group=groups[debit.scheme, debit.sequence, debit.collect_on],
            sequence=debit.sequence.value,
            amount_minor=each.amount.minor,
            currency=each.amount.currency,
            collect_on=each.collect_on,
        )
        for each, debit in zip(found, debits, strict=True)
    )
    _note_used(found)
    shown = {"message": message, "count": batch.count, "total_minor": batch.total_minor, "submit_by": batch.submit_by}
    record("books.collection_made", batch, at=at, actor=actor, after=shown)
    publish("books.collection_made", {"message": message}, at=at)
    return batch


def _debits(
    found: Sequence[Collectable],
    message: str,
    *,
    accounts: Mapping[uuid.UUID, MandateAccount],
    addresses: Mapping[uuid.UUID, Mandate],
) -> list[DirectDebit]:
    presented = {each.mandate.id: each.mandate.presented for each in found}
    debits = []
    for place, each in enumerate(found, start=1):
        account = accounts.get(each.mandate.id)
        if account is None:
            raise CollectionChangedError(
                Text(
                    f"Das Konto zu Mandat {each.mandate.reference} ist gelöscht.",
                    f"The account of mandate {each.mandate.reference} was erased.",
                )
            )
        debits.append(_debit(each, f"{message}-{place}", account, addresses[each.mandate.id], presented))
        presented[each.mandate.id] = True
    return debits


def _debit(
    each: Collectable, end_to_end: str, account: MandateAccount, address: Mandate, presented: Mapping[uuid.UUID, bool]
) -> DirectDebit:
    return DirectDebit(
        end_to_end=end_to_end,
        amount=each.amount,
        collect_on=each.collect_on,
        scheme=Scheme(each.mandate.scheme),
        sequence=sequence_of(presented=presented[each.mandate.id]),
        mandate=each.mandate.reference,
        signed_on=each.mandate.signed_on,
        debtor=each.mandate.holder,
        place=Place(address.street, address.postcode, address.city, address.country),
        account=Account(account.iban, account.bic),
        text=f"{each.number}, {each.mandate.creditor_name}",
    )


def _creditor(seller: Seller) -> Creditor:
    return Creditor(
        name=seller.name,
        place=Place(seller.street, seller.postcode, seller.city, seller.country),
        account=Account(seller.iban.replace(" ", "").upper(), seller.bic),
        creditor_id=seller.creditor_id,
    )


def _note_used(found: Sequence[Collectable]) -> None:
    """Note the latest day of each mandate: its 36 months begin anew."""
    latest: dict[uuid.UUID, date] = {}
    for each in found:
        latest[each.mandate.id] = max(each.collect_on, latest.get(each.mandate.id, each.collect_on))
    standings = list(
        MandateStanding.objects.select_for_update(no_key=True).filter(mandate__in=latest).order_by("mandate_id")
    )
    for standing in standings:
        standing.presented, standing.last_collected_on = True, latest[standing.mandate_id]
    MandateStanding.objects.bulk_update(standings, ["presented", "last_collected_on"])
