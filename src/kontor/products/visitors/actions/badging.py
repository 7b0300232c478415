"""Badges: the templates there are, and the badge of a visit: printed once as its visitor comes in."""

import uuid
import zoneinfo
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.terminals import public as labels
from kontor.products.visitors.actions.happening import Attempt, held, note
from kontor.products.visitors.actions.keys import code_for, newest_key
from kontor.products.visitors.actions.settling import SettingRefusedError
from kontor.products.visitors.formats.badges import Bearer, Design, design_of, drawn, parts_of
from kontor.products.visitors.models import BadgeTemplate, Visit, VisitType
from kontor.products.visitors.queries.codes import rules_of
from kontor.rulebook.ruling import Text

BADGE: Final = "visitors.badge"


@transaction.atomic
def add_badge(name: str, design: Design, *, at: datetime, actor: Actor) -> BadgeTemplate:
    """Add a template; SettingRefusedError where its name is taken."""
    made = BadgeTemplate(name=name, size=design.size, parts=parts_of(design))
    _keep(made)
    record("visitors.badge_added", made, at=at, actor=actor, after=_told(made))
    return made


@transaction.atomic
def change_badge(badge_id: uuid.UUID, name: str, design: Design, *, at: datetime, actor: Actor) -> BadgeTemplate:
    """Change a template; badges that are printed from now on look so. SettingRefusedError where its name is taken."""
    row = BadgeTemplate.objects.select_for_update().get(pk=badge_id, archived_at=None)
    before = _told(row)
    row.name, row.size, row.parts = name, design.size, parts_of(design)
    _keep(row)
    record("visitors.badge_changed", row, at=at, actor=actor, before=before, after=_told(row))
    return row


@transaction.atomic
def put_away_badge(badge_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Offer a template no more; SettingRefusedError while a kind of visit has it printed."""
    row = BadgeTemplate.objects.select_for_update().get(pk=badge_id, archived_at=None)
    kinds = VisitType.objects.filter(badge=row, archived_at=None).order_by("place", "title_de")
    if used := list(kinds.values_list("title_de", "title_en")):
        german, english = (", ".join(each) for each in zip(*used, strict=True))
        raise SettingRefusedError(
            Text(f"Diesen Ausweis bekommen noch: {german}.", f"This badge is still given to: {english}.")
        )
    row.archived_at = at
    row.save(update_fields=["archived_at"])
    record("visitors.badge_put_away", row, at=at, actor=actor)


def badge_drawn(about: uuid.UUID, *, at: datetime) -> tuple[labels.Label, str] | None:
    """Draw the badge of a visit for a printer; None where the visit is there no more, or its kind has no badge."""
    visit = Visit.objects.select_related("type__badge", "site").filter(pk=about).first()
    return None if visit is None or visit.type.badge is None else (badge_of(visit, at=at), visit.name)


def print_badge(visit_id: uuid.UUID, terminal: uuid.UUID | None, *, at: datetime) -> None:
    """Have a visit's badge printed where its visitor stands: once, however often asked; not without a printer."""
    visit = Visit.objects.filter(pk=visit_id).first()
    if visit is not None:
        labels.have_printed(BADGE, visit_id, site=visit.site_id, terminal=terminal, at=at)


@transaction.atomic
def print_another(visit_id: uuid.UUID, because: str, attempt: Attempt) -> None:
    """
    Print a visit's badge again, for a reason that stays with the visit.

    SettingRefusedError without a reason, where the visitor is not inside, their kind has no badge, or nothing prints.
    """
    visit = held(visit_id)
    if not because.strip():
        raise SettingRefusedError(Text("Warum noch ein Ausweis?", "Why another badge?"))
    if visit.state != Visit.State.IN or visit.type.badge_id is None:
        raise SettingRefusedError(Text("Dieser Besuch trägt keinen Ausweis.", "This visitor wears no badge."))
    if not labels.have_printed(
        BADGE, visit.pk, site=visit.site_id, terminal=attempt.terminal, again=True, at=attempt.at
    ):
        raise SettingRefusedError(Text("An diesem Standort steht kein Drucker.", "There is no printer at this site."))
    note(visit, "badge_again", attempt, {"because": because.strip()})


def badge_of(visit: Visit, *, at: datetime) -> labels.Label:
    """Return the badge of a visit whose kind has one, in its visitor's language and its site's days."""
    assert visit.type.badge is not None, "asked of kinds that have a badge"
    zone = zoneinfo.ZoneInfo(visit.site.zone)
    rules = rules_of(visit.site)
    bearer = Bearer(
        name=visit.name, company=visit.company, host=visit.host_name, site=visit.site.name, language=visit.language,
        kind=Text(visit.type.title_de, visit.type.title_en).spoken(visit.language),
        first_day=visit.begins_at.astimezone(zone).date(), last_day=visit.ends_at.astimezone(zone).date(),
        code=code_for(visit, newest_key(at=at), rules),
    )  # fmt: skip
    return drawn(design_of(visit.type.badge.size, visit.type.badge.parts), bearer)


def _keep(row: BadgeTemplate) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise SettingRefusedError(
            Text(f"Den Ausweis „{row.name}“ gibt es schon.", f"There is a badge “{row.name}” already.")
        ) from taken


def _told(row: BadgeTemplate) -> dict[str, object]:
    """Return a template as the record keeps it: of a logo only that there is one."""
    parts = [{key: value for key, value in part.items() if key != "png"} for part in row.parts]
    return {"name": row.name, "size": row.size, "parts": parts}
