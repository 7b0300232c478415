"""Settling which mailboxes are read, and the desk's habits."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import Actor
from kontor.kernel.queries.senders import is_proved
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import DeskHabits, Mailbox
from kontor.office.desk.queries.outgoing import is_house_here
from kontor.office.identity import public as identity
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

FETCH: Final = "desk.fetch_mail"
_TOLD: Final = ("address", "host", "port", "security", "user", "folder", "after", "done_folder", "unreadable_folder")


@transaction.atomic
def keep_mailbox(
    mailbox_id: uuid.UUID | None, told: Mapping[str, Any], *, password: str, at: datetime, actor: Actor
) -> Mailbox:
    """
    Read a mailbox from now on each minute, or read it otherwise than before.

    told      the columns that a person settles; counts_from too, where it is a new one
    password  "" keeps the one that is there. RefusalError for a mailbox that is read already, or one without password
    """
    row = Mailbox.objects.select_for_update().get(pk=mailbox_id) if mailbox_id else Mailbox(counts_from=at)
    before = {key: getattr(row, key) for key in _TOLD} if mailbox_id else None
    for key, value in told.items():
        setattr(row, key, value)
    if password:
        row.password = password
    if not row.password:
        raise RefusalError(Text("Ohne Kennwort geht es nicht.", "It takes a password."))
    same = Mailbox.objects.filter(host=row.host, user=row.user, folder=row.folder, ended_at=None)
    if same.exclude(pk=row.pk).exists():
        raise RefusalError(Text("Dieses Postfach wird schon gelesen.", "This mailbox is read already."))
    row.problem, row.problem_since = None, None
    row.save()
    put_due(FETCH, at=at, arguments={"mailbox": str(row.pk)}, repeat_minutes=1)
    queue(FETCH, current_tenant(), mailbox=row.pk)
    record(
        "desk.mailbox_kept", row, at=at, actor=actor, before=before,
        after={**{key: getattr(row, key) for key in _TOLD}, "password": bool(password)},
    )  # fmt: skip
    return row


@transaction.atomic
def end_mailbox(mailbox_id: uuid.UUID, *, at: datetime, actor: Actor) -> Mailbox:
    """Read a mailbox no more and forget its password; what came from it stays."""
    row = Mailbox.objects.select_for_update().get(pk=mailbox_id, ended_at=None)
    row.ended_at, row.password = at, None
    row.save(update_fields=["ended_at", "password"])
    take_off(FETCH, arguments={"mailbox": str(row.pk)})
    record("desk.mailbox_ended", row, at=at, actor=actor, after={"address": row.address})
    return row


@transaction.atomic
def settle_habits(told: Mapping[str, Any], *, at: datetime, actor: Actor) -> DeskHabits:
    """
    Settle how the desk works; told: columns of DeskHabits.

    RefusalError for an address that nobody proved to be the tenant's own, unless it is whoever runs the installation.
    """
    address = str(told.get("address", "")).casefold()
    if address and not (is_house_here() or is_proved(address) or identity.is_own_domain(address)):
        raise RefusalError(
            Text(
                "Diese Adresse ist noch nicht belegt: tragen Sie sie unter „Adressen“ ein und bestätigen Sie den Code.",
                "This address is not proved yet: enter it under “Addresses” and confirm the code.",
            )
        )
    row = DeskHabits.objects.select_for_update().first() or DeskHabits()
    before = {key: getattr(row, key) for key in told}
    for key, value in told.items():
        setattr(row, key, value)
    row.save()
    record("desk.habits_settled", row, at=at, actor=actor, before=before, after=dict(told))
    return row
