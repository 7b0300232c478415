"""Pictures of identity cards and licences: taken here, shown to few, and each look written down."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.formats.door import checked
from kontor.office.documents.models import Proof
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

NAME: Final = "proof.jpg"
CLAUSE: Final = "dealership §3"
SCOPE: Final = "documents.capture"
TICKET_FOR: Final = timedelta(hours=1)  # ours: somebody who looks for their card meanwhile does not lose the page
ONLY_HERE: Final = Text(
    "Nur Aufnahmen in der Anwendung. Öffnen Sie die Seite neu und nehmen Sie das Bild dort auf.",
    "In-app capture only. Open the page anew and take the picture there.",
)


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


def ticket_for(camera: uuid.UUID, *, at: datetime) -> str:
    """Return a ticket for one picture, as the page with the camera is opened; `camera` is who stands before it."""
    return credentials.issue(SCOPE, camera, expires_at=at + TICKET_FOR, at=at, uses=1)


@transaction.atomic
def capture(captured: Captured, *, ticket: str, camera: uuid.UUID, at: datetime, actor: Actor) -> Proof:
    """
    Keep a picture that the camera here took, once for its ticket; errors as of `keep_proof`, which use no ticket up.

    RefusalError for what comes without a ticket of this tenant's and person's camera: a file of the device's own
    (dealership §4).
    """
    try:
        tenant, whose = credentials.use(ticket, SCOPE, at)
    except credentials.CredentialRefusedError as refused:
        raise RefusalError(ONLY_HERE) from refused
    if (tenant, whose) != (current_tenant(), camera):
        raise RefusalError(ONLY_HERE)
    return keep_proof(captured, at=at, actor=actor)


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
