"""Keeping who was trained in data protection, until when it counts, and what proves it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.identity.models import Training, User
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """When somebody was trained, up to which day it counts, and what proves it."""

    held_on: date
    valid_until: date
    evidence: str


@transaction.atomic
def note_training(user: User, told: Trained, *, at: datetime, actor: Actor) -> Training:
    """
    Keep that a person was trained in data protection and bound to confidentiality.

    RefusalError without evidence, for a day to come, one that ended before it began, or one that is there already.
    """
    if not told.evidence.strip():
        raise RefusalError(Text("Was die Schulung belegt, ist zu nennen.", "What proves the training must be said."))
    if told.held_on > at.date() or told.valid_until <= told.held_on:
        raise RefusalError(
            Text("Geschult wurde heute oder früher, und es gilt danach.", "Trained by today, and it counts after that.")
        )
    if Training.objects.filter(person=user.pk, held_on=told.held_on).exists():
        raise RefusalError(Text("Diese Schulung ist schon eingetragen.", "This training is entered already."))
    made = Training.objects.create(
        person=user.pk, name=user.name, held_on=told.held_on, valid_until=told.valid_until,
        evidence=told.evidence.strip(), at=at, made_by=actor.name,
    )  # fmt: skip
    after = {"person": user.pk, "held_on": told.held_on, "valid_until": told.valid_until}
    record("identity.trained", made, at=at, actor=actor, after=after)
    return made
