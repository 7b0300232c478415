"""Having the files of requests looked into by the installation's scanner, as documents are; nobody opens one before."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.scanning import Verdict, has_scanner
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import TicketFile, TicketFileFinding

LOOK: Final = "desk.look_into_file"
State = TicketFileFinding.State


def have_looked_into(files: Sequence[TicketFile]) -> None:
    """Keep new files shut and queue a look into each; nothing where the installation names no scanner."""
    if not has_scanner():
        return
    TicketFileFinding.objects.bulk_create(
        TicketFileFinding(file=file, customer_tenant_id=file.customer_tenant_id) for file in files
    )
    for file in files:
        queue(LOOK, current_tenant(), file=file.pk)


@transaction.atomic
def keep_finding(file_id: uuid.UUID, verdict: Verdict, *, at: datetime) -> None:
    """Keep what the scanner said of a file: it opens, or stays shut for good."""
    row = TicketFileFinding.objects.select_for_update().get(file_id=file_id)
    row.state = State.CLEAN if verdict.clean else State.INFECTED
    row.signature, row.at = verdict.signature[:200], at
    row.save(update_fields=["state", "signature", "at"])
    if not verdict.clean:
        ticket = TicketFile.objects.select_related("message__ticket").get(pk=file_id).message.ticket
        after = {"file": str(file_id), "signature": row.signature}
        record("desk.file_quarantined", ticket, at=at, actor=MACHINE, after=after)
