"""The record's editions and the reviews of measures."""

import hashlib
import json
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.privacy.models import MeasureReview, RecordEdition
from kontor.office.privacy.queries.measures import known_measures
from kontor.office.privacy.queries.record_paper import record_content
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

EVIDENCE_AT_LEAST: Final = 30  # characters: fewer describe nothing; no contract says how many


@transaction.atomic
def keep_edition(*, at: datetime, actor: Actor) -> RecordEdition:
    """Keep the record of processing as it stands; an unchanged one makes no new edition."""
    content = record_content(at.date())
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()
    newest = RecordEdition.objects.order_by("-number").first()
    if newest is not None and bytes(newest.sha256) == digest:
        return newest
    number = 1 if newest is None else newest.number + 1
    made = RecordEdition.objects.create(number=number, content=content, sha256=digest, at=at)
    record("privacy.record_kept", made, at=at, actor=actor, after={"number": number})
    return made


@transaction.atomic
def review_measure(
    measure: str, *, owner: str, evidence: str, reviewed_on: date, review_by: date, at: datetime, actor: Actor
) -> MeasureReview:
    """
    Keep that somebody looked at a measure, and who answers for it.

    RefusalError without an owner, for evidence too short to describe anything, or for days in the wrong order.
    """
    if measure not in known_measures() or not owner.strip():
        raise RefusalError(
            Text("Eine Prüfung nennt die Maßnahme und wer für sie einsteht.", "A review names measure and owner.")
        )
    if len(" ".join(evidence.split())) < EVIDENCE_AT_LEAST:
        raise RefusalError(
            Text(
                f"Beschreiben Sie den Nachweis mit mindestens {EVIDENCE_AT_LEAST} Zeichen: was Sie gesehen haben und "
                "wo es liegt.",
                f"Describe the evidence in at least {EVIDENCE_AT_LEAST} characters: what you saw and where it is.",
            )
        )
    if not reviewed_on <= at.date() or review_by <= reviewed_on:
        raise RefusalError(
            Text("Geprüft wird heute oder früher, wieder geprüft danach.", "Reviewed by today, again after that.")
        )
    made = MeasureReview.objects.create(
        measure=measure, owner=owner.strip(), evidence=evidence.strip(), reviewed_on=reviewed_on, review_by=review_by,
        reviewed_by=actor.name, at=at,
    )  # fmt: skip
    after = {"measure": measure, "owner": made.owner, "review_by": review_by}
    record("privacy.measure_reviewed", made, at=at, actor=actor, after=after)
    return made
