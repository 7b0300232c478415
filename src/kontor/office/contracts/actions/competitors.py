"""The list of competitors, and registrations from there: held until a written consent is attached (crm 1.1)."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.rows import exactly_one
from kontor.office.books import public as books
from kontor.office.contracts.models import Competitor, HeldRegistration, Trial, TrialOffering
from kontor.office.contracts.queries.held_letters import held_mail, refused_mail
from kontor.office.documents import public as documents
from kontor.rulebook import terms as packs
from kontor.rulebook.competition import consent_needed
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_DOMAIN: Final = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")


@transaction.atomic
def note_competitor(domain: str, *, company: str, at: datetime, actor: Actor) -> Competitor:
    """List a company as a competitor; RefusalError for what is no domain. One that is listed gets the other name."""
    named = domain.strip().lower().removeprefix("@")
    if not _DOMAIN.match(named):
        raise RefusalError(
            Text(f"„{domain}“ ist keine Domain: rival.example.", f"“{domain}” is no domain: rival.example.")
        )
    row, _made = Competitor.objects.update_or_create(domain=named, defaults={"company": company, "at": at})
    record("contracts.competitor_listed", row, at=at, actor=actor, after={"domain": named, "company": company})
    return row


@transaction.atomic
def drop_competitor(row_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Take a company off the list; registrations that are held stay so. Competitor.DoesNotExist for a stranger's."""
    row = Competitor.objects.get(pk=row_id)
    record("contracts.competitor_dropped", row, at=at, actor=actor, before={"domain": row.domain})
    exactly_one(Competitor.objects.filter(pk=row.pk).delete()[0])


def hold_for_consent(
    offering: TrialOffering, told: Mapping[str, Any], *, evidence: documents.Evidence, at: datetime
) -> HeldRegistration | None:
    """
    Keep a registration from a listed domain back and tell whoever sent it; None where nothing stands in its way.

    told  company, person, email (lower case), language, ticked. The same address again is held once.
    """
    pack = packs.load(offering.pack, offering.version)
    domain = told["email"].rpartition("@")[2]
    ruling = consent_needed(domain, list(Competitor.objects.values_list("domain", flat=True)), pack)
    if ruling.value is None:
        return None
    known = HeldRegistration.objects.filter(email=told["email"], state=HeldRegistration.State.HELD).first()
    if known:
        return known
    stored = store_ruling(
        ruling, question="contracts.competitor", pack=offering.pack, version=offering.version, at=at
    )  # fmt: skip
    held = HeldRegistration.objects.create(
        offering=offering, listed=ruling.value, email=told["email"], told=dict(told), evidence=asdict(evidence),
        ruling=stored, registered_at=at,
    )  # fmt: skip
    letter = held_mail(held, seller=books.seller_card(offering.seller_id).name, clause=str(ruling.clauses[0]))
    _send(held, letter, at=at)
    record(
        "contracts.registration_held", held, at=at, actor=Actor("OUTSIDE", None, told["person"]), ruling=stored,
        clause=str(ruling.clauses[0]), after={"listed": ruling.value},
    )  # fmt: skip
    return held


def consented(held_id: uuid.UUID, *, name: str, paper: bytes, at: datetime, actor: Actor) -> HeldRegistration:
    """
    Attach the written consent and lift the hold; whoever calls begins the trial.

    RefusalError for what is no PDF, or a registration that was let in before; DoesNotExist for a stranger's.
    """
    held = HeldRegistration.objects.select_for_update(of=("self",)).select_related("offering").get(pk=held_id)
    _refuse_decided(held)
    if not paper.startswith(b"%PDF-"):
        raise RefusalError(Text("Die Zustimmung ist kein PDF.", "The consent is no PDF."))
    held.consent = keep(paper, name=name, media_type="application/pdf", at=at)
    held.state, held.decided_at = HeldRegistration.State.RELEASED, at
    held.save(update_fields=["consent", "state", "decided_at"])
    record("contracts.registration_consented", held, at=at, actor=actor, after={"paper": name, "listed": held.listed})
    return held


def note_trial(held: HeldRegistration, trial: Trial | None) -> None:
    """Remember which trial began with a registration that was let in."""
    exactly_one(HeldRegistration.objects.filter(pk=held.pk).update(trial=trial))


@transaction.atomic
def refuse_held(held_id: uuid.UUID, *, note: str, at: datetime, actor: Actor) -> None:
    """Refuse a held registration: whoever sent it is told, and what they typed goes; RefusalError once let in."""
    held = HeldRegistration.objects.select_for_update(of=("self",)).select_related("offering").get(pk=held_id)
    _refuse_decided(held)
    _send(held, refused_mail(held, seller=books.seller_card(held.offering.seller_id).name), at=at)
    record("contracts.registration_refused", held, at=at, actor=actor, after={"listed": held.listed, "note": note})
    exactly_one(HeldRegistration.objects.filter(pk=held.pk).delete()[0])


def _refuse_decided(held: HeldRegistration) -> None:
    if held.state != HeldRegistration.State.HELD:
        raise RefusalError(Text("Die Registrierung ist schon zugelassen.", "The registration was let in already."))


def _send(held: HeldRegistration, letter: Any, *, at: datetime) -> None:
    send_mail(
        to=held.email, to_name=held.told["person"], subject=letter.subject, text=letter.text, about=held, at=at
    )  # fmt: skip
