"""What a request's page shows, to the house and to its customer."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate, localtime

from kontor.kernel.components import Badge, Moment
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import spoken
from kontor.office.desk.models import (
    Proposal,
    Ticket,
    TicketFile,
    TicketLink,
    TicketLog,
    TicketMessage,
    TicketNote,
    TicketPromise,
)
from kontor.office.desk.queries.chats import chat_of
from kontor.office.desk.queries.coverage import exclusions_of
from kontor.office.desk.queries.defects import case_of
from kontor.office.desk.queries.hanging import Hanging, hanging
from kontor.office.desk.queries.help import help_of
from kontor.office.desk.queries.logged import entry_of
from kontor.office.desk.queries.spoken import LOGGED, class_words, length_words, promise_words, standing_of, state_of
from kontor.rulebook import terms
from kontor.rulebook.ruling import Text
from kontor.rulebook.ticket_log import What, waited


@dataclass(frozen=True, slots=True)
class Said:
    """A message or a note, with its files; `note` where the customer never sees it."""

    it: TicketMessage | TicketNote
    note: bool
    files: list[Hanging] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as a page shows it. tone: over, soon or nothing; why: the stored decision."""

    it: TicketPromise
    words: Text
    badge: Badge
    tone: str
    why: Any


def ticket_context(ticket: Ticket, *, at: datetime) -> dict[str, Any]:
    """Return what both sides' pages show of a request; internal notes are the house's alone."""
    own = ticket.tenant_id == current_tenant()
    rows = list(_seen(TicketPromise, own).filter(ticket_id=ticket.pk, current=True).order_by("place"))
    asked = [row.ruling for row in rows] + ([ticket.class_ruling] if ticket.class_ruling else [])
    why = reasons_by_id(asked)
    logged = list(_seen(TicketLog, own).filter(ticket_id=ticket.pk).order_by("-at", "-id"))
    return {
        "ticket": ticket,
        "state": state_of(ticket),
        "class_words": class_words(ticket.pack, ticket.version, ticket.class_key) if ticket.class_key else None,
        "class_why": why.get(ticket.class_ruling) if ticket.class_ruling else None,
        "promises": [_promised(row, why, at) for row in rows],
        "talk": _talk(ticket, own=own),
        "history": [Moment(localdate(row.at), LOGGED[What(row.what)], text=_detail(ticket, row)) for row in logged],
        "waited": length_words(waited((entry_of(row) for row in reversed(logged)), until=at)),
        "proposals": _proposals(ticket, own=own),
        "defect": case_of(ticket),
        **help_of(ticket),
        "links": list(TicketLink.objects.filter(ticket_id=ticket.pk).order_by("at")) if own else [],
        "chat": chat_of(ticket) if own else None,
        "now": at,
    }


def _seen(model: Any, own: bool) -> Any:
    return model.objects if own else model.received


def _promised(row: TicketPromise, why: dict[uuid.UUID, Any], at: datetime) -> Promised:
    badge = standing_of(row, at)
    left = row.due - at
    soon = row.ended is None and row.still_since is None and left < (row.due - row.since) / 4
    tone = "over" if badge.tone == "bad" else "soon" if soon else ""
    return Promised(row, promise_words(row.name), badge, tone, why.get(row.ruling))


def _talk(ticket: Ticket, *, own: bool) -> list[Said]:
    """Return messages and notes in the order they were written."""
    files: dict[uuid.UUID, list[Hanging]] = {}
    rows = list(_seen(TicketFile, own).filter(message__ticket_id=ticket.pk).order_by("id"))
    for file, shown in zip(rows, hanging(rows), strict=True):
        files.setdefault(file.message_id, []).append(shown)
    said = [Said(row, False, files.get(row.pk, [])) for row in _seen(TicketMessage, own).filter(ticket_id=ticket.pk)]
    if own:
        said += [Said(row, True) for row in TicketNote.objects.filter(ticket_id=ticket.pk)]
    return sorted(said, key=lambda each: (each.it.at, each.it.pk))


def _detail(ticket: Ticket, row: TicketLog) -> str:
    told = row.detail
    if row.what == What.CLASSIFIED:
        told = spoken(class_words(ticket.pack, ticket.version, row.detail))
    elif row.what == What.EXCLUDED and ticket.pack:
        told = spoken(exclusions_of(terms.load(ticket.pack, ticket.version))[row.detail].text)
    return " · ".join(part for part in (f"{localtime(row.at):%H:%M}", told, row.by) if part)


def _proposals(ticket: Ticket, *, own: bool) -> list[tuple[Proposal, Any]]:
    rows = _seen(Proposal, own).filter(ticket_id=ticket.pk).order_by("at")
    return [(row, row.answers(manager="objects" if own else "received").first()) for row in rows]
