"""A tenant's own addresses to write under: kept, proved by a code that only their reader has, ended."""

import hmac
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Sender
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

CODE_LASTS: Final = timedelta(days=7)
_TOLD: Final = ("address", "host", "port", "security", "user")
_WRONG: Final = Text("Der Code stimmt nicht oder ist abgelaufen.", "The code is wrong, or has run out.")


@transaction.atomic
def keep_sender(
    sender_id: uuid.UUID | None, told: Mapping[str, Any], *, password: str, proved: bool, at: datetime, actor: Actor
) -> Sender:
    """
    Write under an address from now on, once it is proved; a new one is sent a code.

    told      the columns that a person settles
    password  "" keeps the one that is there
    proved    its domain is known to be the tenant's own. RefusalError for an address that is there already
    """
    row = Sender.objects.select_for_update().get(pk=sender_id, ended_at=None) if sender_id else Sender()
    before = {key: getattr(row, key) for key in _TOLD} if sender_id else None
    moved = row.address
    for key, value in told.items():
        setattr(row, key, value)
    row.address = row.address.strip().casefold()
    check_address(row.address)
    if Sender.objects.filter(address=row.address, ended_at=None).exclude(pk=row.pk).exists():
        raise RefusalError(Text("Diese Adresse ist schon eingetragen.", "This address is listed already."))
    if row.address != moved:
        row.proved_at = None
    if password or not row.host:
        row.password = password or None
    if proved:
        row.proved_at, row.code, row.code_until = row.proved_at or at, None, None
    row.save()
    after = {**{key: getattr(row, key) for key in _TOLD}, "password": bool(row.password)}
    record("kernel.sender_kept", row, at=at, actor=actor, before=before, after=after)
    if row.proved_at is None and row.address != moved:
        send_code(row.pk, at=at, actor=actor)
    return row


@transaction.atomic
def send_code(sender_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Mail an address a new code that proves whoever types it in; nothing for one that is proved."""
    row = Sender.objects.select_for_update().get(pk=sender_id, ended_at=None)
    if row.proved_at is not None:
        return
    told = secrets.token_hex(6).upper()
    row.code, row.code_until = "-".join((told[:4], told[4:8], told[8:])), at + CODE_LASTS
    row.save(update_fields=["code", "code_until"])
    send_mail(
        to=row.address,
        subject=gettext("Is this address yours?"),
        text=gettext(
            "Somebody wants to send and receive mail under this address here. If that is right, type in this code:\n\n"
            "%(code)s\n\nIt is good for %(days)s days. If it was not you, do nothing."
        )
        % {"code": row.code, "days": CODE_LASTS.days},
        about=row,
        at=at,
    )
    record("kernel.sender_code_sent", row, at=at, actor=actor, after={"address": row.address})


@transaction.atomic
def prove_sender(sender_id: uuid.UUID, code: str, *, at: datetime, actor: Actor) -> Sender:
    """Prove an address by the code that was mailed to it; RefusalError for a wrong one, or one that ran out."""
    row = Sender.objects.select_for_update().get(pk=sender_id, ended_at=None)
    wanted = row.code if row.code and row.code_until and at < row.code_until else ""
    if not wanted or not hmac.compare_digest(wanted.encode(), code.strip().upper().encode()):
        raise RefusalError(_WRONG)
    return _proved(row, at=at, actor=actor)


@transaction.atomic
def prove_by_mail(text: str, *, at: datetime) -> bool:
    """Prove whichever address a mail's code was sent to, since the tenant reads that mail; tell whether one was."""
    waiting = Sender.objects.select_for_update().filter(ended_at=None, proved_at=None, code_until__gt=at)
    found = [row for row in waiting if row.code and row.code in text]
    for row in found:
        _proved(row, at=at, actor=MACHINE)
    return bool(found)


@transaction.atomic
def end_sender(sender_id: uuid.UUID, *, at: datetime, actor: Actor) -> Sender:
    """Write under an address no more and forget its password."""
    row = Sender.objects.select_for_update().get(pk=sender_id, ended_at=None)
    row.ended_at, row.password, row.code = at, None, None
    row.save(update_fields=["ended_at", "password", "code"])
    record("kernel.sender_ended", row, at=at, actor=actor, after={"address": row.address})
    return row


def _proved(row: Sender, *, at: datetime, actor: Actor) -> Sender:
    row.proved_at, row.code, row.code_until = at, None, None
    row.save(update_fields=["proved_at", "code", "code_until"])
    record("kernel.sender_proved", row, at=at, actor=actor, after={"address": row.address})
    return row
