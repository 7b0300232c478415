"""SEPA mandates: signed on the page and kept as evidence, revoked, blocked where the bank says the account is gone."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from kontor.kernel.actions.blobs import NewFile, keep_many
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.kernel.pdf import render
from kontor.kernel.rows import exactly_one, uuid7
from kontor.office.books.actions.numbers import MANDATE, next_numbers
from kontor.office.books.formats.iban import CheckedIban, checked_iban
from kontor.office.books.formats.mandate_text import TITLES, mandate_hash, mandate_text
from kontor.office.books.formats.sepa_text import creditor_id
from kontor.office.books.models import Mandate, MandateAccount, MandateStanding, Seller
from kontor.office.books.queries.invoices import today_in
from kontor.office.documents import public as documents
from kontor.office.parties import public as parties
from kontor.rulebook.collecting import Scheme
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

TEMPLATE: Final = Path(__file__).resolve().parents[1] / "typst" / "mandate.typ"
KIND: Final = "books.Mandate"


class MandateRefusedError(RefusalError):
    """A mandate that cannot be given as asked: not ticked, another text, no creditor identifier, revoked before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """
    What the account holder filled in.

    sha256   hash of the declaration that was shown, see `mandate_hash`
    ticked   the box was ticked by hand; it is never ticked beforehand
    """

    scheme: Scheme
    holder: str
    iban: str
    signer: str
    email: str
    sha256: bytes
    ticked: bool
    evidence: documents.Evidence


@transaction.atomic
def sign_mandate(
    signing: Signing,
    *,
    seller: uuid.UUID,
    party: uuid.UUID,
    customer_tenant: uuid.UUID | None,
    at: datetime,
    actor: Actor,
) -> Mandate:
    """
    Keep a mandate: numbered, printed in both languages, signed, the account encrypted.

    MandateRefusedError where the box was not ticked, another text was shown, or the seller has no creditor identifier;
    WrongIbanError for an account that cannot be debited. Seller.DoesNotExist for a stranger's id.
    """
    creditor = Seller.objects.get(pk=seller)
    _refuse_unsigned(signing, creditor)
    account = checked_iban(signing.iban)
    on = today_in(creditor.zone, at)
    row = _row(signing, creditor, parties.card(party), account=account, on=on, at=at)
    row.customer_tenant_id = customer_tenant
    (row.reference,) = next_numbers(creditor, MANDATE, year=on.year, count=1)
    row.file = _printed(row, creditor, account=account, at=at)
    row.save(force_insert=True)
    MandateAccount.objects.create(
        mandate=row, iban=account.number, fingerprint=parties.fingerprint(account.number), bic=account.bic
    )
    MandateStanding.objects.create(mandate=row, customer_tenant_id=customer_tenant)
    _sign(row, signing, at=at, actor=actor)
    parties.learn_account(party, account.number, holder=signing.holder, at=at, actor=actor)
    shown = {
        "reference": row.reference,
        "scheme": row.scheme,
        "iban": row.iban_shown,
        "sha256": bytes(row.sha256).hex(),
    }
    record("books.mandate_signed", row, at=at, actor=actor, after=shown)
    publish("books.mandate_signed", {"reference": row.reference}, at=at)
    return row


@transaction.atomic
def revoke_mandate(mandate_id: uuid.UUID, *, by: str, on: date, at: datetime, actor: Actor) -> None:
    """Revoke a mandate; a file at the bank is not called back. MandateRefusedError where it is revoked already."""
    rows = MandateStanding.objects.select_for_update(no_key=True, of=("self",)).select_related("mandate")
    standing = rows.get(mandate=mandate_id)
    if standing.revoked_on is not None:
        raise MandateRefusedError(Text("Dieses Mandat ist schon widerrufen.", "This mandate has been revoked already."))
    standing.revoked_on, standing.revoked_by = on, by
    standing.save(update_fields=["revoked_on", "revoked_by"])
    record("books.mandate_revoked", standing.mandate, at=at, actor=actor, after={"on": on, "by": by})
    publish("books.mandate_revoked", {"reference": standing.mandate.reference}, at=at)


def revoke_as_customer(mandate: Mandate, *, by: str, on: date, at: datetime, actor: Actor) -> None:
    """Revoke a mandate as the customer who gave it."""
    revoke_mandate(mandate.pk, by=by, on=on, at=at, actor=actor)


def block_mandate(mandate_id: uuid.UUID, code: str) -> None:
    """Note the bank's reason for which a mandate may not be used again."""
    exactly_one(MandateStanding.objects.filter(mandate=mandate_id).update(blocked_code=code))


def _refuse_unsigned(signing: Signing, creditor: Seller) -> None:
    if not creditor.creditor_id:
        raise MandateRefusedError(
            Text(
                f"{creditor.name} hat keine Gläubiger-Identifikationsnummer und kann nicht einziehen.",
                f"{creditor.name} has no creditor identifier and cannot collect.",
            )
        )
    if not signing.ticked or not signing.signer.strip() or not signing.holder.strip():
        raise MandateRefusedError(
            Text(
                "Ein Mandat braucht Kontoinhaber, Name und ein gesetztes Häkchen.",
                "A mandate needs the account holder, a name and the ticked box.",
            )
        )
    number = creditor_id(creditor.creditor_id)
    if signing.sha256 != mandate_hash(signing.scheme, creditor=creditor.name, creditor_id=number):
        raise MandateRefusedError(
            Text(
                "Der Text hat sich geändert, seit die Seite geöffnet wurde; bitte noch einmal lesen.",
                "The text has changed since the page was opened; please read it again.",
            )
        )


def _row(
    signing: Signing, creditor: Seller, debtor: parties.Card, *, account: CheckedIban, on: date, at: datetime
) -> Mandate:
    return Mandate(
        id=uuid7(),
        seller=creditor,
        party_id=debtor.id,
        scheme=signing.scheme.value,
        creditor_name=creditor.name,
        creditor_id=creditor_id(creditor.creditor_id),
        holder=signing.holder.strip(),
        street=debtor.street,
        postcode=debtor.postcode,
        city=debtor.city,
        country=debtor.country,
        iban_shown=parties.masked(account.number),
        signer=signing.signer.strip(),
        signed_on=on,
        sha256=signing.sha256,
        at=at,
    )


def _printed(row: Mandate, creditor: Seller, *, account: CheckedIban, at: datetime) -> Blob:
    scheme = Scheme(row.scheme)
    text = mandate_text(scheme, creditor.name)
    page = {
        "language": creditor.language,
        "sender": {"name": creditor.name, "lines": [creditor.street, f"{creditor.postcode} {creditor.city}"]},
        "recipient": [row.holder, row.street, f"{row.postcode} {row.city}"],
        "title": " · ".join(dict.fromkeys((TITLES[scheme].de, TITLES[scheme].en))),
        "reference": row.reference,
        "creditor_id": row.creditor_id,
        "scheme": scheme.value,
        "signed_on": row.signed_on,
        "text": {"de": text.de, "en": text.en},
        "holder": row.holder,
        "address": f"{row.street}, {row.postcode} {row.city}, {row.country}",
        "iban": account.number,
        "signer": row.signer,
        "signed_at": at.isoformat(timespec="seconds"),
        "sha256": bytes(row.sha256).hex(),
    }
    file = NewFile(
        data=render(TEMPLATE, page, at=at),
        name=f"{row.reference}.pdf",
        media_type="application/pdf",
        customer_tenant=row.customer_tenant_id,
    )
    (kept,) = keep_many([file], at=at)
    return kept


def _sign(row: Mandate, signing: Signing, *, at: datetime, actor: Actor) -> None:
    text = mandate_text(signing.scheme, row.creditor_name)
    documents.sign(
        subject_kind=KIND,
        subject_id=row.pk,
        file=row.file,
        sha256=bytes(row.file.sha256),
        name=row.signer,
        function="",
        email=signing.email,
        declarations=[{"key": "mandate", "de": text.de, "en": text.en, "sha256": signing.sha256.hex()}],
        evidence=signing.evidence,
        credential=None,
        at=at,
        actor=actor,
    )
