"""A month's statement as a document: printed once in a language, handed over, each time noted."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.kernel.pdf import render
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.models import AvailabilityStatement, StatementHandOver
from kontor.office.service_levels.queries.letters import report_mail
from kontor.office.service_levels.queries.reports import TITLE, report_paper

TEMPLATE = "office/service_levels/typst/availability.typ"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as a file."""

    name: str
    content: bytes


@transaction.atomic
def take_report(statement_id: uuid.UUID, *, language: str, at: datetime, actor: Actor) -> Report:
    """Hand a month's report to whoever asks on a page, and note it; DoesNotExist for a stranger's statement."""
    statement = AvailabilityStatement.objects.get(pk=statement_id)
    file = _file(statement, language, at=at)
    _noted(statement, file, StatementHandOver.Way.TAKEN, language, actor.name, at=at, actor=actor)
    return Report(file.name, read(file))


def ask_report(statement: Any, *, language: str, at: datetime, actor: Actor) -> Report:
    """Hand a month's report to the customer who asks for it; `statement` is the supplier's row."""
    return take_report(statement.pk, language=language, at=at, actor=actor)


@transaction.atomic
def mail_report(
    statement_id: uuid.UUID, *, at: datetime, actor: Actor, way: str = StatementHandOver.Way.REQUESTED
) -> StatementHandOver:
    """Mail a month's report to where the customer's declarations go, in the contract's language, and note it."""
    statement = AvailabilityStatement.objects.get(pk=statement_id)
    served = contracts.supplied(statement.contract_id, statement.month)
    file = _file(statement, served.language, at=at)
    letter = report_mail(statement, served.language)
    mail = NewMail(
        to=served.notices_to, subject=letter.subject, text=letter.text, about=statement,
        attachments=[(file.name, file.media_type, file)],
    )  # fmt: skip
    send_mails([mail], at=at)
    return _noted(statement, file, way, served.language, served.notices_to, at=at, actor=actor)


def _file(statement: AvailabilityStatement, language: str, *, at: datetime) -> Blob:
    """Return the report's file in a language: a statement never changes, so it is printed once."""
    before = statement.hand_overs.filter(language=language).select_related("file").order_by("pk").first()
    if before is not None:
        kept: Blob = before.file
        return kept
    on = at.astimezone(ZoneInfo(statement.zone)).date()
    head = contracts.letterhead(statement.contract_id, language=language, on=on)
    why = reasons_by_id({statement.ruling})[statement.ruling]
    printed = render(settings.SOURCE / TEMPLATE, report_paper(statement, why, head=head, language=language), at=at)
    version = f"-{statement.version}" if statement.version > 1 else ""
    name = f"{TITLE.spoken(language)}-{statement.contract_number}-{statement.month:%Y-%m}{version}.pdf"
    return keep(printed, name=name, media_type="application/pdf", at=at, customer_tenant=statement.customer_tenant_id)


def _noted(
    statement: AvailabilityStatement, file: Blob, way: str, language: str, given_to: str, *, at: datetime, actor: Actor
) -> StatementHandOver:
    made = StatementHandOver.objects.create(
        statement=statement, customer_tenant_id=statement.customer_tenant_id, way=StatementHandOver.Way(way),
        language=language, file=file, given_to=given_to, at=at,
    )  # fmt: skip
    after = {"way": way, "language": language, "given_to": given_to, "version": statement.version}
    record("service_levels.report_handed_over", statement, at=at, actor=actor, after=after)
    return made
