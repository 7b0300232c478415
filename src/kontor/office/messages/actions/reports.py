"""What becomes of mail that was sent: reports of servers that it did not arrive."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.bounces import note_refused
from kontor.kernel.models import OutgoingMail, RefusedAddress
from kontor.office.messages.formats.delivery_report import Failure, failures


@transaction.atomic
def take_report(raw: bytes, *, at: datetime) -> list[RefusedAddress]:
    """
    Note from a delivery report (RFC 3464) which addresses of this tenant's mail cannot be reached.

    raw  the report as it came. It counts only where it names a mail that this tenant did send to that recipient, so
         that nobody can put a stranger's address out of use with a forged one.
    """
    return [
        note_refused(mail, problem=f"{each.status} {each.diagnostic}".strip(), at=at, reported=True)
        for each in failures(raw)
        if (mail := _sent(each)) is not None
    ]


def _sent(failure: Failure) -> uuid.UUID | None:
    """Return the mail that a failure is about, None where this tenant sent none such to its recipient."""
    try:
        mail = uuid.UUID(failure.message_id.partition("@")[0])
    except ValueError:
        return None
    found: uuid.UUID | None = (
        OutgoingMail.objects.filter(pk=mail, to__iexact=failure.recipient).values_list("pk", flat=True).first()
    )
    return found
