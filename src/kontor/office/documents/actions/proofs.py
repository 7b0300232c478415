"""Pictures of identity cards and licences: taken here, shown to few, and each look written down."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.documents.formats.door import checked
from kontor.office.documents.models import Proof

NAME: Final = "proof.jpg"
CLAUSE: Final = "dealership §3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """
    What was taken: a JPEG, of which kind, of whom, and for which process.

    kind  one of Proof.Kind
    """

    data: bytes
    kind: str
    holder: str
    process: str


@transaction.atomic
def keep_proof(captured: Captured, *, at: datetime, actor: Actor) -> Proof:
    """Keep a picture, encrypted like every file; DoorRefusedError unless a JPEG, QuotaExceededError without room."""
    media_type = checked(NAME, captured.data)
    blob = keep(captured.data, name=NAME, media_type=media_type, at=at)
    proof = Proof.objects.create(
        kind=captured.kind, holder=captured.holder, process=captured.process, picture=blob, by=actor.id, at=at
    )
    after = {"kind": proof.kind, "process": proof.process}
    record("documents.proof_captured", proof, at=at, actor=actor, clause=CLAUSE, after=after)
    return proof


@transaction.atomic
def note_look(proof_id: uuid.UUID, *, at: datetime, actor: Actor) -> Proof:
    """Record that somebody looks at a picture, before it is shown; DoesNotExist for one that is not there."""
    proof = Proof.objects.select_related("picture").get(pk=proof_id)
    after = {"kind": proof.kind, "process": proof.process}
    record("documents.proof_shown", proof, at=at, actor=actor, clause=CLAUSE, after=after)
    return proof
