"""Instructing people before they work here: publishing what they are told, and keeping that they bound themselves."""

import hashlib
import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import AccessPolicy
from kontor.office.identity.actions.policy import everybody_passes_again
from kontor.office.identity.models import Commitment, Instruction, User
from kontor.office.identity.queries.instructions import newest

_AGENT: Final = 300  # characters kept of what a browser calls itself


class NothingNewError(Exception):
    """The text is the one that holds already: publishing it would ask everybody again for nothing."""


class ChangedTextError(Exception):
    """What was shown is not what holds by now: it must be read again."""


@transaction.atomic
def publish_instruction(topic: str, *, text_de: str, text_en: str, at: datetime, actor: Actor) -> Instruction:
    """
    Publish the next version of what people are instructed about; everybody is asked again at their next page.

    topic  of `Instruction`

    NothingNewError where the text is the one that holds.
    """
    AccessPolicy.objects.get_or_create()
    AccessPolicy.objects.select_for_update().get()  # two at once would take the same number
    before = newest(topic)
    digest = hashlib.sha256(text_de.encode() + b"\0" + text_en.encode()).digest()
    if before is not None and bytes(before.sha256) == digest:
        raise NothingNewError(topic)
    made = Instruction.objects.create(
        topic=topic,
        number=before.number + 1 if before else 1,
        text_de=text_de,
        text_en=text_en,
        sha256=digest,
        at=at,
        made_by=actor.name,
    )
    after = {"topic": topic, "number": made.number, "sha256": digest.hex()}
    record("identity.instruction_published", made, at=at, actor=actor, after=after)
    everybody_passes_again()
    return made


@transaction.atomic
def commit_to(
    instruction_id: uuid.UUID,
    *,
    sha256: bytes,
    user: User,
    address: str | None,
    client: str,
    at: datetime,
    actor: Actor,
) -> Commitment:
    """
    Keep that a person was instructed and bound themselves, to exactly the text with this hash; twice changes nothing.

    ChangedTextError where another version holds by now; Instruction.DoesNotExist for another tenant's id.
    """
    shown = Instruction.objects.get(pk=instruction_id)
    now = newest(shown.topic)
    if now != shown or bytes(shown.sha256) != sha256:
        raise ChangedTextError(f"{shown.topic} {shown.number}")
    made, first = Commitment.objects.get_or_create(
        instruction=shown,
        person=user.pk,
        defaults={
            "name": user.name,
            "email": user.email,
            "sha256": sha256,
            "address": address,
            "client": client[:_AGENT],
            "at": at,
        },
    )
    if first:
        after = {"topic": shown.topic, "number": shown.number, "sha256": sha256.hex()}
        record("identity.committed", made, at=at, actor=actor, after=after)
    return made
