"""Addresses to which mail does not arrive: noted once, told to the modules that ask for it, mended when one does."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.queue import queue
from kontor.kernel.models import OutgoingMail, RefusedAddress
from kontor.kernel.tenancy import current_tenant


@transaction.atomic
def note_refused(mail_id: uuid.UUID, *, problem: str, at: datetime, reported: bool = False) -> RefusedAddress:
    """
    Note that nobody can be reached under the address of a mail; what is noted already stays as it is.

    reported  a report said so afterwards (RFC 3464), not the server that was to take the mail over
    OutgoingMail.DoesNotExist for a stranger's mail.
    """
    address = OutgoingMail.objects.values_list("to", flat=True).get(pk=mail_id).casefold()
    source = RefusedAddress.Source.REPORT if reported else RefusedAddress.Source.SMTP
    made, new = RefusedAddress.objects.get_or_create(
        email=address, mended_at=None, defaults={"source": source, "problem": problem, "at": at}
    )
    for module in registry.modules() if new else ():
        if module.on_refused_address:
            queue(module.on_refused_address, current_tenant(), email=address)
    return made


def note_taken(mail_id: uuid.UUID, *, at: datetime) -> int:
    """
    Note that a server took a mail over: an address that it had refused itself works again; return how many that is.

    What a report said is not mended by it: such a server takes every mail over before it looks for the recipient.
    """
    address = OutgoingMail.objects.values_list("to", flat=True).get(pk=mail_id).casefold()
    refused = RefusedAddress.objects.filter(email=address, source=RefusedAddress.Source.SMTP, mended_at=None)
    return refused.update(mended_at=at)
