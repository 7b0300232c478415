"""Outages as cases: reported, ended, excused with evidence, told to people."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions.telling import follow_change, publish_news
from kontor.office.service_levels.models import (
    Component,
    Outage,
    OutageComponent,
    OutageContract,
    OutageExcuse,
    OutageNote,
    StatusNews,
)
from kontor.office.service_levels.queries.news import note_words
from kontor.office.service_levels.queries.status import concerns_public
from kontor.rulebook import terms
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutage:
    """
    An outage that a person enters.

    noticed_at  when a customer reported it or somebody noticed it; known_at  when the provider knew
    components  ids; contracts  ids of those it hit, none where it hit all
    """

    title: str
    hits: str
    started_at: datetime
    noticed_at: datetime
    known_at: datetime
    found_by: str
    components: tuple[uuid.UUID, ...]
    contracts: tuple[uuid.UUID, ...] = ()
    ended_at: datetime | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExcuse:
    """Why part of an outage does not count under a pack: the contract's cause, the times, the evidence."""

    pack: str
    cause: str
    start: datetime
    end: datetime
    evidence: str
    accepted: bool = True


@transaction.atomic
def open_outage(told: NewOutage, *, at: datetime, actor: Actor) -> Outage:
    """
    Enter an outage.

    RefusalError where it would end before it begins or hit no component;
    Component.DoesNotExist, Contract.DoesNotExist for a stranger's.
    """
    _refuse_backwards(told.started_at, told.ended_at)
    if not told.components:
        raise RefusalError(Text("Was war betroffen?", "What did it hit?"))
    hit = [Component.objects.get(pk=each) for each in told.components]
    served = [contracts.supplied(each, told.started_at.date()).id for each in told.contracts]
    made = Outage.objects.create(
        title=told.title, hits=Outage.Hits(told.hits), started_at=told.started_at, ended_at=told.ended_at,
        noticed_at=told.noticed_at, known_at=told.known_at, found_by=Outage.FoundBy(told.found_by),
        everybody=not served, cause=told.cause, at=at,
    )  # fmt: skip
    OutageComponent.objects.bulk_create(OutageComponent(outage=made, component=each) for each in hit)
    OutageContract.objects.bulk_create(OutageContract(outage=made, contract_id=each) for each in served)
    after = {"title": told.title, "started_at": told.started_at, "components": [each.key for each in hit]}
    record("service_levels.outage_opened", made, at=at, actor=actor, after=after)
    publish("service_levels.outage_found", {"outage": str(made.pk)}, at=at)
    follow_change()
    return made


@transaction.atomic
def note_report(outage_id: uuid.UUID, reported_at: datetime, *, at: datetime, actor: Actor) -> Outage:
    """Note that a customer reported an outage; what is earlier, its report or our own notice, starts the counting."""
    outage = Outage.objects.select_for_update().get(pk=outage_id)
    before = outage.noticed_at
    outage.noticed_at = min(before, reported_at)
    outage.save(update_fields=["noticed_at"])
    record(
        "service_levels.outage_reported", outage, at=at, actor=actor,
        before={"noticed_at": before}, after={"noticed_at": outage.noticed_at, "reported_at": reported_at},
    )  # fmt: skip
    return outage


@transaction.atomic
def end_outage(outage_id: uuid.UUID, ended_at: datetime, *, cause: str, at: datetime, actor: Actor) -> Outage:
    """End an outage and say why it was; RefusalError where it would end before it began, or has ended."""
    outage = Outage.objects.select_for_update().get(pk=outage_id)
    if outage.ended_at is not None:
        raise RefusalError(Text("Dieser Ausfall ist zu Ende.", "This outage is over."))
    _refuse_backwards(outage.started_at, ended_at)
    outage.ended_at, outage.cause = ended_at, cause
    outage.save(update_fields=["ended_at", "cause"])
    record("service_levels.outage_ended", outage, at=at, actor=actor, after={"ended_at": ended_at, "cause": cause})
    publish("service_levels.outage_ended", {"outage": str(outage.pk)}, at=at)
    follow_change()
    return outage


@transaction.atomic
def excuse(outage_id: uuid.UUID, told: NewExcuse, *, at: datetime, actor: Actor) -> OutageExcuse:
    """
    Excuse part of an outage under the terms of one pack, or take that back.

    RefusalError for a cause that the pack does not know, without evidence, or for no time; a month that is settled is
    corrected by a new version of its statement, never by this alone.
    """
    outage = Outage.objects.get(pk=outage_id)
    promise = promise_of(terms.load(told.pack))
    cause = None if promise is None else promise.causes.get(told.cause)
    if cause is None:
        raise RefusalError(
            Text("Diese Bedingungen kennen eine solche Ursache nicht.", "These terms know no such cause.")
        )
    if not told.evidence.strip():
        raise RefusalError(Text("Entschuldigt wird nur, was belegt ist.", "Only what is proved is excused."))
    if told.end <= told.start:
        raise RefusalError(Text("Die Zeit endet, bevor sie beginnt.", "The time ends before it begins."))
    made = OutageExcuse.objects.create(
        outage=outage, pack=told.pack, cause=told.cause, start=told.start, end=told.end, evidence=told.evidence,
        accepted=told.accepted, clause=cause.clause.number, at=at,
    )  # fmt: skip
    verb = "service_levels.outage_excused" if told.accepted else "service_levels.excuse_taken_back"
    after = {"pack": told.pack, "cause": told.cause, "start": told.start, "end": told.end, "evidence": told.evidence}
    record(verb, outage, at=at, actor=actor, clause=made.clause, after=after)
    return made


@transaction.atomic
def tell(outage_id: uuid.UUID, state: str, words: Text, *, at: datetime, actor: Actor) -> OutageNote:
    """
    Tell people how an outage stands, in both languages: on the status page, and those who subscribed to it.

    RefusalError where a language is missing. An outage that is not on the public page is told to nobody else.
    """
    outage = Outage.objects.get(pk=outage_id)
    if not words.de.strip() or not words.en.strip():
        raise RefusalError(Text("Gesagt wird es auf Deutsch und auf Englisch.", "It is told in German and in English."))
    made = OutageNote.objects.create(
        outage=outage, state=OutageNote.State(state), text_de=words.de, text_en=words.en, at=at
    )
    record("service_levels.outage_told", outage, at=at, actor=actor, after={"state": state, "text": words.en})
    publish("service_levels.status_changed", {"outage": str(outage.pk)}, at=at)
    follow_change()
    if concerns_public(outage):
        subject, text = note_words(made, outage, zone=Tenant.objects.get(pk=current_tenant()).zone)
        publish_news(StatusNews.Kind.NOTE, made.pk, subject=subject, text=text, at=at)
    return made


def _refuse_backwards(started_at: datetime, ended_at: datetime | None) -> None:
    if ended_at is not None and ended_at < started_at:
        raise RefusalError(
            Text("Ein Ausfall endet nicht, bevor er beginnt.", "An outage does not end before it begins.")
        )
