"""Keeping account of what was fetched from a mailbox: nothing is lost or taken twice, whenever we are killed."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.rows import exactly_one
from kontor.office.desk.actions.mail_intake import Fetched, Outcome, keep_unreadable, take_mail
from kontor.office.desk.models import IncomingMail, Mailbox
from kontor.office.desk.queries.letterbox import Access
from kontor.office.desk.queries.outgoing import is_house_here
from kontor.office.identity import public as identity
from kontor.rulebook.ruling import Text

LEASE: Final = timedelta(minutes=5)
LARGEST: Final = 50 * 10**6  # bytes; of what is larger the beginning is taken in, which holds the words
BEGINNING: Final = 256_000
PATIENT: Final = timedelta(minutes=5)  # a server that is begun anew is no reason to call anybody
_NOT_READ: Final = (
    Text("Das Postfach {0} ist nicht zu lesen", "The mailbox {0} cannot be read"),
    Text(
        "Seit einigen Minuten wird aus {0} keine Mail mehr zu einer Anfrage.\n\n{1}\n\nWas dort liegt, geht nicht"
        " verloren: es wird gelesen, sobald es wieder geht. Dann schreiben wir Ihnen noch einmal.",
        "For some minutes no mail of {0} becomes a request.\n\n{1}\n\nWhat lies there is not lost: it is read as soon"
        " as that is possible again. Then we write to you once more.",
    ),
)
_READ_AGAIN: Final = (
    Text("Das Postfach {0} wird wieder gelesen", "The mailbox {0} is read again"),
    Text("Was in {0} lag, ist jetzt beim Desk.", "What lay in {0} is at the desk now."),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A mailbox that one worker reads now. since: what came before stays where it is."""

    mailbox: uuid.UUID
    access: Access
    since: datetime


@transaction.atomic
def begin(mailbox_id: uuid.UUID, *, at: datetime) -> Reading | None:
    """Take a mailbox to read it; None where it is taken off, or somebody reads it already."""
    free = Q(reading_until=None) | Q(reading_until__lte=at)
    if not Mailbox.objects.filter(free, pk=mailbox_id, ended_at=None).update(reading_until=at + LEASE):
        return None
    row = Mailbox.objects.get(pk=mailbox_id)
    return Reading(row.pk, access_of(row), row.counts_from)


def access_of(row: Mailbox) -> Access:
    """Return how to get at a mailbox."""
    return Access(
        host=row.host, port=row.port, tls=row.security == Mailbox.Security.TLS, user=row.user,
        password=row.password or "", folder=row.folder, moves=row.after == Mailbox.After.MOVE, done=row.done_folder,
        unreadable=row.unreadable_folder, inner=is_house_here(),
    )  # fmt: skip


@transaction.atomic
def first_wanted(reading: Reading, validity: int) -> int:
    """
    Return the UID from which on mail is looked at.

    Where mail is moved, everything that lies there is: what a worker took in and was killed before it moved as well.
    Where the server counts UIDs anew, everything is looked at again; what was taken in is known by its Message-ID.
    """
    row = Mailbox.objects.select_for_update().get(pk=reading.mailbox)
    if row.validity != validity:
        row.validity, row.done_uid = validity, 0
        row.save(update_fields=["validity", "done_uid"])
    return 1 if reading.access.moves else row.done_uid + 1


@transaction.atomic
def take_fetched(reading: Reading, raw: bytes, fetched: Fetched, *, at: datetime) -> Outcome:
    """
    Take a mail in and note its UID in one transaction; the mailbox stays ours meanwhile.

    Where the files find no room, the words are taken in without them: the mail itself lies where it was moved.
    """
    try:
        with transaction.atomic():
            outcome = take_mail(raw, at=at, fetched=fetched)
    except QuotaExceededError:
        outcome = take_mail(raw, at=at, fetched=_without_files(fetched))
    _note(reading, fetched, at=at)
    return outcome


@transaction.atomic
def set_aside(reading: Reading, raw: bytes, fetched: Fetched, *, why: str, at: datetime) -> None:
    """Keep a mail that nobody could take in, and go on behind it: it must hold up no other."""
    keep_unreadable(raw, why=why, at=at, fetched=fetched)
    _note(reading, fetched, at=at)


@transaction.atomic
def end(reading: Reading, *, problem: Text | None, at: datetime) -> None:
    """
    Give the mailbox free, and note whether it could be read.

    Where it could not for a while, the administrators are told, once; and once more when it is read again.
    """
    row = Mailbox.objects.select_for_update().get(pk=reading.mailbox)
    row.reading_until = None
    if problem is None:
        if row.told_at is not None:
            _tell(row, _READ_AGAIN, at=at)
        row.read_at, row.problem, row.problem_since, row.told_at = at, None, None, None
    else:
        row.problem = {"de": problem.de, "en": problem.en}
        row.problem_since = row.problem_since or at
        if row.told_at is None and at - row.problem_since >= PATIENT:
            row.told_at = at
            _tell(row, _NOT_READ, said=problem, at=at)
    row.save(update_fields=["reading_until", "read_at", "problem", "problem_since", "told_at"])


def _tell(row: Mailbox, words: tuple[Text, Text], *, at: datetime, said: Text = Text("", "")) -> None:  # noqa: B008  it never changes
    """Write to the administrators in their languages; {0} is the mailbox, {1} what the server said."""
    subject, text = (Text(each.de.format(row.address, said.de), each.en.format(row.address, said.en)) for each in words)
    identity.tell_administrators(subject, text, about=row, at=at)


def too_large(size: int) -> Text:
    """Return what a request says where only a mail's beginning was taken in."""
    megabytes = -(-size // 10**6)
    return Text(
        f"[Die Mail hat {megabytes} MB. Ihre Anhänge fehlen hier und liegen im Postfach.]",
        f"[The mail has {megabytes} MB. Its attachments are missing here and lie in the mailbox.]",
    )


def _without_files(fetched: Fetched) -> Fetched:
    said = Text(
        "[Für die Anhänge ist kein Speicher mehr frei. Sie liegen im Postfach.]",
        "[There is no storage left for the attachments. They lie in the mailbox.]",
    )
    return Fetched(mailbox=fetched.mailbox, uid=fetched.uid, arrived=fetched.arrived, lacks=fetched.lacks or said)


def _note(reading: Reading, fetched: Fetched, *, at: datetime) -> None:
    assert fetched.uid is not None, "what is fetched has a UID"
    rows = Mailbox.objects.filter(pk=reading.mailbox)
    exactly_one(rows.update(reading_until=at + LEASE))
    rows.filter(done_uid__lt=fetched.uid).update(done_uid=fetched.uid)


def was_unreadable(reading: Reading, uid: int) -> bool:
    """Tell whether a mail that was taken in before could not be read."""
    rows = IncomingMail.objects.filter(mailbox_id=reading.mailbox, uid=uid)
    return rows.filter(outcome=Outcome.UNREADABLE.value).exists()
