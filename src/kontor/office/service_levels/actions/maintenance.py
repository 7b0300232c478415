"""Work on the service: planned as every pack in use allows, told to the customers, done."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions.telling import follow_change, publish_news
from kontor.office.service_levels.models import Component, Maintenance, MaintenanceComponent, StatusNews
from kontor.office.service_levels.queries.letters import announced_mail
from kontor.office.service_levels.queries.news import work_words
from kontor.rulebook.calc.promises import upkeep_of
from kontor.rulebook.maintenance_plan import Work, planned
from kontor.rulebook.moment import Span
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """
    Work to be planned.

    stops    whether the service cannot be used meanwhile
    reasons  key of the reason under each pack that wants one
    announce whether the customers are told at once
    """

    title: Text
    span: Span
    stops: bool
    urgent: bool = False
    announce: bool = True
    reasons: Mapping[str, str] = field(default_factory=dict)
    components: tuple[uuid.UUID, ...] = ()


@transaction.atomic
def plan(told: NewWork, *, at: datetime, actor: Actor) -> Maintenance:
    """
    Plan work, as every pack under which somebody is served allows, and announce it.

    RefusalError names the pack and what is missing; Component.DoesNotExist for a stranger's.
    """
    served = contracts.supplied_in(told.span.start.date().replace(day=1))
    announced = at if told.announce else None
    work = Work(span=told.span, stops=told.stops, urgent=told.urgent, announced=announced)
    packs = {each.pack.key: each.pack for each in served}
    rulings = {
        key: _allowed(replace(work, reason=told.reasons.get(key, "")), pack, at=at) for key, pack in packs.items()
    }
    made = Maintenance.objects.create(
        title_de=told.title.de, title_en=told.title.en, starts_at=told.span.start, ends_at=told.span.end,
        stops=told.stops, urgent=told.urgent, reasons=dict(told.reasons), announced_at=announced, rulings=rulings,
        lead_minutes=_lead(told.span.start, announced), at=at,
    )  # fmt: skip
    hit = [Component.objects.get(pk=each) for each in told.components]
    MaintenanceComponent.objects.bulk_create(MaintenanceComponent(maintenance=made, component=each) for each in hit)
    after = {"title": told.title.en, "starts_at": told.span.start, "ends_at": told.span.end, "urgent": told.urgent}
    record("service_levels.work_planned", made, at=at, actor=actor, after=after)
    if told.announce:
        _announce(made, served, at=at)
        _tell(StatusNews.Kind.WORK, made, at=at)
    publish("service_levels.status_changed", {"maintenance": str(made.pk)}, at=at)
    follow_change()
    return made


@transaction.atomic
def cancel_work(maintenance_id: uuid.UUID, *, at: datetime, actor: Actor) -> Maintenance:
    """Cancel work that has not begun; RefusalError for work that has, or was cancelled."""
    row = Maintenance.objects.select_for_update().get(pk=maintenance_id)
    if row.cancelled_at is not None or row.starts_at <= at:
        raise RefusalError(
            Text("Abgesagt wird nur, was noch nicht begonnen hat.", "Only work that has not begun is cancelled.")
        )
    row.cancelled_at = at
    row.save(update_fields=["cancelled_at"])
    record("service_levels.work_cancelled", row, at=at, actor=actor)
    publish("service_levels.status_changed", {"maintenance": str(row.pk)}, at=at)
    follow_change()
    if row.announced_at is not None:
        _tell(StatusNews.Kind.CANCELLED, row, at=at)
    return row


@transaction.atomic
def note_done(maintenance_id: uuid.UUID, done: Span, *, at: datetime, actor: Actor) -> Maintenance:
    """Note when work was really done; what went beyond its announcement is not excused by it."""
    row = Maintenance.objects.select_for_update().get(pk=maintenance_id)
    if row.cancelled_at is not None:
        raise RefusalError(Text("Diese Arbeiten wurden abgesagt.", "This work was cancelled."))
    row.done_from, row.done_until = done.start, done.end
    row.save(update_fields=["done_from", "done_until"])
    record("service_levels.work_done", row, at=at, actor=actor, after={"from": done.start, "until": done.end})
    return row


def _lead(start: datetime, announced: datetime | None) -> int | None:
    return None if announced is None else max(0, (start - announced) // timedelta(minutes=1))


def _allowed(work: Work, pack: TermsPack, *, at: datetime) -> str:
    try:
        ruling = planned(work, upkeep_of(pack))
    except RefusalError as refused:
        named = Text(f"{pack.title.de}: {refused.text.de}", f"{pack.title.en}: {refused.text.en}")
        raise RefusalError(named) from refused
    told = ruling.map(lambda found: found.in_window)
    return str(store_ruling(told, question="service_levels.maintenance", pack=pack.key, version=pack.version, at=at))


def _announce(row: Maintenance, served: list[contracts.Supplied], *, at: datetime) -> None:
    mails = []
    for each in served:
        letter = announced_mail(row, language=each.language, zone=each.pack.zone)
        mails.append(NewMail(to=each.notices_to, subject=letter.subject, text=letter.text, about=row))
    send_mails(mails, at=at)


def _tell(kind: str, row: Maintenance, *, at: datetime) -> None:
    """Tell those who subscribed to the status page, where the work stands there."""
    if row.components.exists() and not row.components.filter(component__public=True).exists():
        return
    zone = Tenant.objects.get(pk=current_tenant()).zone
    subject, text = work_words(row, zone=zone, cancelled=kind == StatusNews.Kind.CANCELLED)
    publish_news(kind, row.pk, subject=subject, text=text, at=at)
