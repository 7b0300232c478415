"""Releases: prepared with their notes, files and tests, published once they may be, and given to whom they are owed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.models import (
    Release,
    ReleaseCheck,
    ReleaseFile,
    ReleaseOffer,
    RemovedFunction,
)
from kontor.office.contracts.queries.release_letters import released_mail
from kontor.office.contracts.queries.releases import Given, candidate_of, entitled
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook import terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.release import may_postpone, publishable
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelease:
    """A release to be prepared: the pack's key of its product, its version, kind, notes, last supported day."""

    product: str
    version: str
    kind: str
    notes_de: str
    notes_en: str
    supported_until: date | None = None


@transaction.atomic
def prepare_release(told: NewRelease, *, at: datetime, actor: Actor) -> Release:
    """Prepare a release as a candidate; RefusalError where the product has one of this version or a note is missing."""
    if not told.notes_de or not told.notes_en:
        raise RefusalError(
            Text("Was neu ist, steht auf Deutsch und auf Englisch.", "What is new is told in German and in English.")
        )
    if Release.objects.filter(product=told.product, version=told.version).exists():
        raise RefusalError(Text("Diese Version gibt es schon.", "This version exists already."))
    made = Release.objects.create(
        product=told.product, version=told.version, kind=Release.Kind(told.kind), notes_de=told.notes_de,
        notes_en=told.notes_en, supported_until=told.supported_until, at=at,
    )  # fmt: skip
    record("contracts.release_prepared", made, at=at, actor=actor, after={"product": told.product, "v": told.version})
    return made


@transaction.atomic
def attach(release_id: uuid.UUID, role: str, file: Upload, *, at: datetime, actor: Actor) -> ReleaseFile:
    """Attach a file to a candidate, counted against the house's storage; RefusalError once it is published."""
    release = _candidate(release_id)
    blob = keep(file.content, name=file.name, media_type=file.media_type, at=at)
    made = ReleaseFile.objects.create(release=release, role=ReleaseFile.Role(role), blob=blob, at=at)
    after = {"role": role, "name": file.name, "sha256": bytes(blob.sha256).hex()}
    record("contracts.release_file_attached", release, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def note_check(
    release_id: uuid.UUID, *, key: str, title: str, passed: bool, at: datetime, actor: Actor
) -> ReleaseCheck:
    """Note how a candidate fared in an acceptance test of the specification; a later result replaces the former."""
    release = _candidate(release_id)
    given = {"title": title, "passed": passed, "at": at}
    made, _ = ReleaseCheck.objects.update_or_create(release=release, key=key, defaults=given)
    record("contracts.release_checked", release, at=at, actor=actor, after={"test": key, "passed": passed})
    return made


@transaction.atomic
def note_removed(
    release_id: uuid.UUID, *, name: Text, reason: str, replacement: str, at: datetime, actor: Actor
) -> RemovedFunction:
    """Note that a candidate has a function no more; RefusalError without a reason."""
    release = _candidate(release_id)
    if not reason:
        raise RefusalError(Text("Warum entfällt die Funktion?", "Why is the function gone?"))
    made = RemovedFunction.objects.create(
        release=release, name_de=name.de, name_en=name.en, reason=reason, replacement=replacement, at=at
    )
    after = {"name": name.en, "reason": reason, "replacement": replacement}
    record("contracts.function_removed", release, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def publish_release(release_id: uuid.UUID, *, on: date, at: datetime, actor: Actor) -> list[ReleaseOffer]:
    """
    Publish a candidate and give it to the customers it is owed to, by mail; return what they were given.

    on  the day of the release. RefusalError where a test has failed or is missing, a function goes without what the
    terms ask for, or a file is missing; Release.DoesNotExist for a stranger's.
    """
    release = _candidate(release_id)
    pack = terms.load(release.product)
    ruling = publishable(candidate_of(release), pack)
    release.ruling = store_ruling(
        ruling, question="contracts.release", pack=release.product, version=pack.version, at=at
    )
    release.released_on = on
    release.save(update_fields=["released_on", "ruling"])
    clause = str(ruling.clauses[0]) if ruling.clauses else ""
    record("contracts.released", release, at=at, actor=actor, clause=clause, ruling=release.ruling)
    publish("contracts.released", {"product": release.product, "version": release.version}, at=at)
    return _given(release, on=on, at=at)


@transaction.atomic
def give_releases(*, on: date, at: datetime) -> list[ReleaseOffer]:
    """Give customers the supported releases that they became entitled to since, each once; once a day."""
    found: list[ReleaseOffer] = []
    for release in Release.objects.filter(released_on__lte=on).order_by("released_on", "pk"):
        if release.supported_until is None or release.supported_until >= on:
            found += _given(release, on=on, at=at)
    return found


def fetch_file(offer: ReleaseOffer, *, at: datetime, actor: Actor, sha256: str) -> tuple[str, str, bytes]:
    """
    Give the customer a file of a release it was given: name, media type, bytes; recorded with its digest.

    sha256  as the release lists it. Blob.DoesNotExist for a digest that it does not list.
    """
    listed = [each["sha256"] for each in offer.files]
    if sha256 not in listed:
        raise Blob.DoesNotExist
    row = ReleaseFile.objects.select_related("blob").filter(
        release_id=offer.release_id, blob__sha256=bytes.fromhex(sha256)
    )[0]
    record("contracts.release_file_fetched", offer, at=at, actor=actor, after={"sha256": sha256})
    return row.blob.name, row.blob.media_type, read(row.blob)


def _given(release: Release, *, on: date, at: datetime) -> list[ReleaseOffer]:
    known = set(release.offers.values_list("contract_id", flat=True))
    chosen = [each for each in entitled(release.product, on) if each.contract.pk not in known]
    files, removed = _files(release), _removed(release)
    made = [_offer(release, each, files=files, removed=removed, at=at) for each in chosen]
    ReleaseOffer.objects.bulk_create(made)
    mails = []
    for each in chosen:
        letter = released_mail(release, each.contract)
        to = each.contract.terms["notice_customer"]
        mails.append(NewMail(to=to, subject=letter.subject, text=letter.text, about=each.contract))
    send_mails(mails, at=at)
    for offer in made:
        record("contracts.release_given", offer, at=at, actor=MACHINE, clause=offer.clause, ruling=offer.ruling)
    return made


def _offer(
    release: Release, given: Given, *, files: Sequence[object], removed: Sequence[object], at: datetime
) -> ReleaseOffer:
    contract = given.contract
    postpone = may_postpone(release.kind, pack_of_terms(contract.terms))
    ruling = given.ruling.because(clauses=postpone.clauses, working=postpone.working)
    stored = store_ruling(
        ruling, question="contracts.release_given", pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id, at=at,
    )  # fmt: skip
    assert release.released_on is not None, "only what was published is given"
    return ReleaseOffer(
        release=release, contract=contract, customer_tenant_id=contract.customer_tenant_id, version=release.version,
        kind=release.kind, notes_de=release.notes_de, notes_en=release.notes_en, released_on=release.released_on,
        supported_until=release.supported_until, files=files, removed=removed, postponable=postpone.value,
        clause=str(ruling.clauses[0]) if ruling.clauses else "", ruling=stored, at=at,
    )  # fmt: skip


def _files(release: Release) -> list[dict[str, object]]:
    """What customers fetch; the report of the tests stays with the house."""
    rows = release.files.exclude(role=ReleaseFile.Role.REPORT).select_related("blob").order_by("role", "pk")
    return [
        {"role": row.role, "name": row.blob.name, "size": row.blob.size, "sha256": bytes(row.blob.sha256).hex()}
        for row in rows
    ]


def _removed(release: Release) -> list[dict[str, str]]:
    return [
        {"de": row.name_de, "en": row.name_en, "reason": row.reason, "replacement": row.replacement}
        for row in release.removed.order_by("pk")
    ]


def _candidate(release_id: uuid.UUID) -> Release:
    release = Release.objects.select_for_update().get(pk=release_id)
    if release.released_on is not None:
        raise RefusalError(
            Text("Was veröffentlicht ist, wird nicht mehr geändert.", "What was published is not changed any more.")
        )
    return release
