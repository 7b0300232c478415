"""Taking in after all what was held back: a flood's mails, those beyond a limit, what only looked like a machine's."""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.queries.blobs import read
from kontor.office.desk.actions.mail_filing import Come, file_mail
from kontor.office.desk.actions.mail_intake import Outcome, one_at_a_time, own_addresses
from kontor.office.desk.models import DeskHabits, IncomingMail, TakenMail, Ticket
from kontor.office.messages import public as messages
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

HELD: Final = frozenset({Outcome.CAPPED, Outcome.CONTACT, Outcome.LIMIT, Outcome.MACHINE})


@transaction.atomic
def take_in_after_all(mail_id: uuid.UUID, *, name: str, at: datetime, actor: Actor) -> Ticket:
    """
    Take a mail in that was held back, as if it had been at once: it counts from when it reached us.

    What a machine wrote gets no receipt, since it would answer it. RefusalError for a mail that was not held back, is
    not kept, or was taken in before; QuotaRefusedError where the contract still allows no more.
    """
    row = IncomingMail.objects.select_related("raw").get(pk=mail_id)
    one_at_a_time(row.key)
    if row.outcome not in HELD or row.raw is None or TakenMail.objects.filter(mail=row).exists():
        raise RefusalError(
            Text("Diese Mail lässt sich nicht mehr aufnehmen.", "This mail cannot be taken in any more.")
        )
    habits = DeskHabits.objects.first() or DeskHabits()
    mail = messages.read_mail(read(row.raw), mx_host=habits.mx_host)
    come = Come(mail, own_addresses(habits), row.received_at, greeted=row.outcome != Outcome.MACHINE)
    _is_new, ticket = file_mail(come, at=at, actor=actor)
    TakenMail.objects.create(mail=row, ticket=ticket, by=name, at=at)
    messages.handle_service_mail(row, at=at)
    record("desk.mail_taken_in", ticket, at=at, actor=actor, after={"mail": str(row.pk), "held": row.outcome})
    return ticket
