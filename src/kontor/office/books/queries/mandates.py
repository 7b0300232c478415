"""Mandates as they stand on a day: in force, revoked, blocked by the bank, or dead after 36 months."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

from django.db.models import F, QuerySet

from kontor.kernel.queries.blobs import read
from kontor.office.books.formats.invoice import Invoice as Document
from kontor.office.books.models import Mandate, MandateAccount
from kontor.office.books.queries.orders import InvoiceOrder
from kontor.rulebook.collecting import Scheme, mandate_until
from kontor.rulebook.ruling import Text


class MandateState(StrEnum):
    """Whether a mandate can be used, and if not, why."""

    ACTIVE = "active"
    REVOKED = "revoked"
    BLOCKED = "blocked"
    EXPIRED = "expired"


WORDS: Final = {
    MandateState.ACTIVE: Text("in Kraft", "in force"),
    MandateState.REVOKED: Text("widerrufen", "revoked"),
    MandateState.BLOCKED: Text("von der Bank abgelehnt", "refused by the bank"),
    MandateState.EXPIRED: Text("erloschen", "expired"),
}
TONES: Final[dict[MandateState, Literal["", "good", "warn", "bad", "info"]]] = {
    MandateState.ACTIVE: "good",
    MandateState.REVOKED: "",
    MandateState.BLOCKED: "bad",
    MandateState.EXPIRED: "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateCard:
    """
    A mandate as it stands.

    iban      as far as it may be shown
    until     the last day on which it can be used if nothing is collected before
    """

    id: uuid.UUID
    seller: uuid.UUID
    party: uuid.UUID
    reference: str
    scheme: Scheme
    creditor_name: str
    creditor_id: str
    holder: str
    iban: str
    signer: str
    signed_on: date
    until: date
    presented: bool
    state: MandateState
    file: uuid.UUID


def mandates() -> QuerySet[Any]:
    """Return the current tenant's mandates with what became of them."""
    return _with_standing(Mandate.objects.all())


def received_mandates() -> QuerySet[Any]:
    """Return the mandates that the current tenant has given to others."""
    return _with_standing(Mandate.received.all())


def _with_standing(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(
        presented=F("standings__presented"),
        last_collected_on=F("standings__last_collected_on"),
        revoked_on=F("standings__revoked_on"),
        blocked_code=F("standings__blocked_code"),
    )
    return found


def card_of(row: Any, today: date) -> MandateCard:
    """Return a row of `mandates` as it stands at the beginning of a day."""
    until = mandate_until(row.signed_on, row.last_collected_on).value
    return MandateCard(
        id=row.pk,
        seller=row.seller_id,
        party=row.party_id,
        reference=row.reference,
        scheme=Scheme(row.scheme),
        creditor_name=row.creditor_name,
        creditor_id=row.creditor_id,
        holder=row.holder,
        iban=row.iban_shown,
        signer=row.signer,
        signed_on=row.signed_on,
        until=until,
        presented=row.presented,
        state=_state(row, until=until, today=today),
        file=row.file_id,
    )


def _state(row: Any, *, until: date, today: date) -> MandateState:
    if row.revoked_on is not None:
        return MandateState.REVOKED
    if row.blocked_code:
        return MandateState.BLOCKED
    return MandateState.EXPIRED if today > until else MandateState.ACTIVE


def active_mandates(
    parties: Collection[uuid.UUID], today: date
) -> dict[tuple[uuid.UUID, uuid.UUID], list[MandateCard]]:
    """Return the mandates in force by (seller, party), the newest first, in one query."""
    found: dict[tuple[uuid.UUID, uuid.UUID], list[MandateCard]] = {}
    for row in mandates().filter(party__in=parties).order_by("-at", "-pk"):
        card = card_of(row, today)
        if card.state is MandateState.ACTIVE:
            found.setdefault((card.seller, card.party), []).append(card)
    return found


def lasting(cards: Iterable[MandateCard], collect_on: date) -> MandateCard | None:
    """Return the first of these mandates that still lives on the day of the debit; None where none does."""
    return next((each for each in cards if collect_on <= each.until), None)


def mandates_in_force(
    orders: Sequence[InvoiceOrder],
) -> dict[tuple[uuid.UUID, uuid.UUID], list[MandateCard]]:
    """Return the mandates in force on the first of these orders' days, by (seller, party), in one query."""
    if not orders:
        return {}
    return active_mandates({order.party for order in orders}, min(order.issued_on for order in orders))


def accounts_named(documents: Mapping[uuid.UUID, Iterable[str]]) -> dict[tuple[uuid.UUID, str], str]:
    """Return the IBANs behind mandate references, by (seller, reference), in one query; an erased one is missing."""
    wanted = {reference for references in documents.values() for reference in references if reference}
    if not wanted:
        return {}
    rows = MandateAccount.objects.filter(mandate__seller__in=documents, mandate__reference__in=wanted)
    return {(row.mandate.seller_id, row.mandate.reference): row.iban for row in rows.select_related("mandate")}


def with_account(document: Document, accounts: Mapping[tuple[uuid.UUID, str], str], *, seller: uuid.UUID) -> Document:
    """Return the document with the debtor's whole IBAN (BT-91), which its row keeps masked."""
    payment = document.payment
    known = accounts.get((seller, payment.mandate)) if payment and payment.mandate else None
    return replace(document, payment=replace(payment, debtor_iban=known)) if payment and known else document


def accounts_of(mandate_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, MandateAccount]:
    """Return the accounts of these mandates, opened, in one query; an erased one is missing."""
    return {row.mandate_id: row for row in MandateAccount.objects.filter(mandate_id__in=set(mandate_ids))}


def mandates_received(today: date) -> list[MandateCard]:
    """Return the mandates that the current tenant has given, the newest first, in one query."""
    return [card_of(row, today) for row in received_mandates().order_by("-at", "-pk")]


def mandate_file(mandate_id: uuid.UUID) -> tuple[str, str, bytes]:
    """Return name, media type and bytes of a given mandate's PDF; Mandate.DoesNotExist for anybody else's."""
    blob = Mandate.received.select_related("file").get(pk=mandate_id).file
    return blob.name, blob.media_type, read(blob)
