"""Requests of data subjects: taking them in, knowing who asks, and their clock (GDPR Art. 11, 12)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import Attachment, check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.suppressing import allow_again
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day
from kontor.office.privacy.formats.subject_letters import LETTERS
from kontor.office.privacy.models import SubjectRequest, SubjectStep
from kontor.office.privacy.queries import subjects as queries
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.subject_request import AnswerClock, answer_clock, identity_asked, may_extend

SCOPE: Final = "privacy.subject"
LINK_LASTS: Final = timedelta(days=120)  # three months for an extended answer, and a month to fetch it
OPEN_TO_ONE: Final = 3  # by the open form in a day
OPEN_AT_ALL: Final = 60  # by the open form in an hour; mail and letter stay open


class SubjectRefusedError(RefusalError):
    """A step that a request does not allow; `text` says why in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """
    What somebody asks, as `receive` takes it.

    person  the user's key where they are signed in
    known   how it is known who asks, "" where it is not yet: then a link goes to the address
    """

    kind: str
    way: str
    name: str
    email: str
    language: str
    words: str
    person: uuid.UUID | None = None
    known: str = ""


@transaction.atomic
def receive(asking: Asking, *, at: datetime, actor: Actor, received_at: datetime | None = None) -> SubjectRequest:
    """
    Take a request in: its clock runs from the day it was received, and a receipt goes out at once.

    received_at  when it reached us, where that was before now; MailAddressError for what is no address
    """
    check_address(asking.email)
    allow_again(asking.email)  # whoever was erased and asks is answered
    tenant = Tenant.objects.get(pk=current_tenant())
    came = received_at or at
    on = came.astimezone(ZoneInfo(tenant.zone)).date()
    ruling = answer_clock(on, queries.working_days(tenant.zone))
    row = SubjectRequest.objects.create(
        kind=SubjectRequest.Kind(asking.kind), way=SubjectRequest.Way(asking.way), name=asking.name.strip(),
        email=asking.email.strip(), language=asking.language, words=asking.words.strip(),
        person=asking.person or queries.member_with(asking.email), known_by=asking.known, received_at=came,
        received_on=on, answer_by=ruling.value.answer_by, extended_by=ruling.value.extended_by,
        ruling=store_ruling(ruling.map(lambda clock: clock.answer_by), question="subject", at=at),
    )  # fmt: skip
    step(row, "received", text=row.words, at=at, actor=actor)
    write(row, "received" if asking.known else "confirm", at=at)
    return row


def is_flooded(email: str, *, at: datetime) -> bool:
    """Tell whether the open form has taken enough for now: from one address in a day, or from all in an hour."""
    rows = SubjectRequest.objects.filter(way=SubjectRequest.Way.FORM)
    own = rows.filter(email__iexact=email.strip(), received_at__gt=at - timedelta(days=1)).count()
    return own >= OPEN_TO_ONE or rows.filter(received_at__gt=at - timedelta(hours=1)).count() >= OPEN_AT_ALL


@transaction.atomic
def confirm_address(secret: str, *, at: datetime) -> SubjectRequest:
    """Know who asks by the link to their address; CredentialRefusedError for a link that opens nothing here."""
    row = behind(secret, at=at)
    if row.known_by:
        return row
    row.known_by = SubjectRequest.KnownBy.ADDRESS
    row.save(update_fields=["known_by"])
    step(row, "confirmed", at=at, actor=Actor.outside(row.pk, row.name))
    return row


def behind(secret: str, *, at: datetime) -> SubjectRequest:
    """Return the request of the current tenant that a link opens; CredentialRefusedError for any other link."""
    tenant, key = credentials.resolve(secret, SCOPE, at)
    if tenant != current_tenant():
        raise credentials.CredentialRefusedError("unknown")
    return SubjectRequest.objects.get(pk=key)


@transaction.atomic
def ask_who(request_id: uuid.UUID, *, doubts: str, at: datetime, actor: Actor) -> SubjectRequest:
    """
    Ask back who it is, where that is reasonably in doubt; the clock waits until it is clear.

    SubjectRefusedError without words, and for whoever is signed in: they have shown who they are.
    """
    row = open_request(request_id)
    asked = identity_asked(signed_in=row.known_by == SubjectRequest.KnownBy.SIGNED_IN, doubts=doubts)
    if not asked.value:
        raise SubjectRefusedError(asked.working[0])
    row.doubts, row.known_by, row.clear_on = doubts.strip(), "", None
    row.save(update_fields=["doubts", "known_by", "clear_on"])
    step(row, "doubts", text=row.doubts, told=True, at=at, actor=actor, clause=str(asked.clauses[0]))
    write(row, "doubts", at=at, text=row.doubts)
    return row


@transaction.atomic
def know(request_id: uuid.UUID, *, how: str, at: datetime, actor: Actor) -> SubjectRequest:
    """Write down how it became clear who asks; where it was in doubt, the month counts from this day."""
    row = open_request(request_id)
    row.known_by = SubjectRequest.KnownBy.STAFF
    if row.doubts and not row.clear_on:
        row.clear_on = _today(at)
        _count(row, answer_clock(row.received_on, queries.working_days(_zone()), clear_on=row.clear_on), at=at)
    row.save()
    step(row, "known", text=how.strip(), at=at, actor=actor, clause="GDPR Art. 12 (6)")
    return row


@transaction.atomic
def extend(request_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> SubjectRequest:
    """
    Tell the person within the first month that it takes up to two months longer, and why.

    SubjectRefusedError after it, without the reason, and a second time.
    """
    row = open_request(request_id)
    if not because.strip() or row.extended_at:
        raise SubjectRefusedError(_ONCE_AND_WHY)
    in_time = may_extend(AnswerClock(row.received_on, row.answer_by, row.extended_by), told_on=_today(at))
    if not in_time.value:
        raise SubjectRefusedError(in_time.working[0])
    row.extended_at, row.extended_because = at, because.strip()
    row.ruling = store_ruling(in_time.map(lambda _: row.extended_by), question="subject", at=at)
    row.save(update_fields=["extended_at", "extended_because", "ruling"])
    step(row, "extended", text=row.extended_because, told=True, at=at, actor=actor, clause=str(in_time.clauses[0]))
    write(row, "extended", at=at, text=row.extended_because)
    return row


@transaction.atomic
def sort(request_id: uuid.UUID, kind: str, *, at: datetime, actor: Actor) -> SubjectRequest:
    """Say what is really asked for; the clock stays as it is."""
    row = open_request(request_id)
    before, row.kind = row.kind, SubjectRequest.Kind(kind)
    row.save(update_fields=["kind"])
    text = f"{queries.KINDS[before].spoken(row.language)} → {queries.KINDS[kind].spoken(row.language)}"
    step(row, "kind", text=text, at=at, actor=actor)
    return row


@transaction.atomic
def note(request_id: uuid.UUID, text: str, *, at: datetime, actor: Actor) -> SubjectStep:
    """Add a note for those who work on a request; the person does not read it."""
    row = SubjectRequest.objects.get(pk=request_id)
    return step(row, "note", text=text.strip(), at=at, actor=actor)


@transaction.atomic
def withdraw(request_id: uuid.UUID, *, how: str = "", at: datetime, actor: Actor) -> SubjectRequest:
    """Let a request rest because the person took it back."""
    row = open_request(request_id)
    row.state, row.closed_at = SubjectRequest.State.WITHDRAWN, at
    row.save(update_fields=["state", "closed_at"])
    step(row, "withdrawn", text=how.strip(), at=at, actor=actor)
    return row


def open_request(request_id: uuid.UUID) -> SubjectRequest:
    """Return a request that is not closed, locked for writing; SubjectRefusedError for one that is."""
    row = SubjectRequest.objects.select_for_update().get(pk=request_id)
    if row.closed_at is not None:
        raise SubjectRefusedError(_CLOSED)
    return row


def step(
    row: SubjectRequest, key: str, *, text: str = "", told: bool = False, at: datetime, actor: Actor, clause: str = "",
) -> SubjectStep:  # fmt: skip
    """Write a step into the request's log and the record, and wake the pages that show it."""
    made = SubjectStep.objects.create(request=row, key=key, text=text, told=told, by_name=actor.name, at=at)
    record(f"privacy.subject_{key}", row, at=at, actor=actor, clause=clause, after={"text": text} if text else None)
    publish("privacy.subject_moved", {"request": str(row.pk)}, at=at)
    return made


def write(row: SubjectRequest, letter: str, *, at: datetime, text: str = "", files: Sequence[Attachment] = ()) -> None:
    """Send the person a letter in their language, with a link to where the request stands, and these files."""
    tenant = Tenant.objects.get(pk=current_tenant())
    words = LETTERS[letter][row.language]
    secret = credentials.issue(SCOPE, row.pk, expires_at=at + LINK_LASTS, at=at)
    filled = {
        "reference": row.reference, "name": row.name, "tenant": tenant.name, "text": text,
        "kind": queries.KINDS[row.kind].spoken(row.language), "due": day(row.due_on, row.language),
        "link": absolute("privacy:subject", tenant.pk, secret),
    }  # fmt: skip
    send_mail(
        to=row.email, to_name=row.name, subject=words.subject.format_map(filled), text=words.text.format_map(filled),
        attachments=files, about=row, at=at,
    )  # fmt: skip


def _count(row: SubjectRequest, ruling: Ruling[AnswerClock], *, at: datetime) -> None:
    clock = ruling.value
    row.answer_by, row.extended_by = clock.answer_by, clock.extended_by
    row.ruling = store_ruling(ruling.map(lambda found: found.answer_by), question="subject", at=at)


def _zone() -> str:
    return Tenant.objects.values_list("zone", flat=True).get(pk=current_tenant())


def _today(at: datetime) -> date:
    return at.astimezone(ZoneInfo(_zone())).date()


_CLOSED: Final = Text("Diese Anfrage ist abgeschlossen.", "This request is closed.")
_ONCE_AND_WHY: Final = Text("Länger dauert es einmal, und mit dem Grund.", "It takes longer once, and with the reason.")
