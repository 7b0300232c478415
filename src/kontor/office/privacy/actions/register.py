"""The record's editions and the reviews of measures."""

import hashlib
import json
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.privacy.models import MeasureReview, RecordEdition
from kontor.office.privacy.queries.measures import known_measures
from kontor.office.privacy.queries.record_paper import record_content
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


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
    measure: str, *, evidence: str, reviewed_on: date, review_by: date, at: datetime, actor: Actor
) -> MeasureReview:
    """Keep that somebody looked at a measure; RefusalError without evidence or for days in the wrong order."""
    if measure not in known_measures() or not evidence.strip():
        raise RefusalError(Text("Eine Prüfung nennt Maßnahme und Nachweis.", "A review names measure and evidence."))
    if not reviewed_on <= at.date() or review_by <= reviewed_on:
        raise RefusalError(
            Text("Geprüft wird heute oder früher, wieder geprüft danach.", "Reviewed by today, again after that.")
        )
    made = MeasureReview.objects.create(
        measure=measure, evidence=evidence.strip(), reviewed_on=reviewed_on, review_by=review_by,
        reviewed_by=actor.name, at=at,
    )  # fmt: skip
    after = {"measure": measure, "review_by": review_by}
    record("privacy.measure_reviewed", made, at=at, actor=actor, after=after)
    return made
