"""Who of the house may look at a tenant, who asked to, and what was looked at."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kontor.kernel import registry
from kontor.kernel.actions.support import VIEWED
from kontor.kernel.components import Badge
from kontor.kernel.models import RecordEntry, SupportGrant
from kontor.kernel.queries.record import opened
from kontor.kernel.registry import Permission
from kontor.kernel.standing import Standing
from kontor.kernel.support import grantable
from kontor.office.identity.models import User
from kontor.rulebook.ruling import Ruling, Text

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class View:
    """A page of the tenant that a person of the house asked for."""

    at: datetime
    who: str
    page: str


def state_of(grant: SupportGrant, *, at: datetime) -> str:
    """Return "asked", "stands", "over" or, where it was never given, "refused"."""
    if grant.granted_at is None or grant.until is None:
        return "asked" if grant.ended_at is None else "refused"
    return "stands" if grant.ended_at is None and grant.until > at else "over"


def badge_of(grant: SupportGrant, *, at: datetime) -> Badge:
    """Return the state of a grant as it is shown."""
    return _BADGES[state_of(grant, at=at)]


def areas(permissions: Collection[str]) -> list[tuple[Text, list[Permission]]]:
    """Return these permissions by their modules, in the modules' order."""
    wanted = set(permissions)
    found = [(one.title, [each for each in one.permissions if each.key in wanted]) for one in registry.modules()]
    return [(title, kept) for title, kept in found if kept]


def on_offer(standing: Standing) -> list[Permission]:
    """Return what a person can open to the house here: what the contract holds and is open to them."""
    return [one for one in grantable() if standing.unlocked(one.key) and standing.may(one.key)]


def asked_for(standing: Standing) -> list[Permission]:
    """Return what a house asks its customers for: all but the tools of its own work; what they add is theirs to say."""
    return [one for one in grantable() if not one.entitled or one.key.split(".", 1)[0] not in standing.modules]


def views_of(grant: SupportGrant) -> Sequence[View]:
    """Return what was looked at under a grant of the current tenant, newest first; four queries."""
    entries = opened(list(RecordEntry.objects.filter(object_id=grant.pk, verb=VIEWED).order_by("-at", "-id")[:SHOWN]))
    people = {one.actor for one in entries if one.actor}
    names: dict[uuid.UUID, str] = {user.pk: str(user) for user in User.objects.filter(pk__in=people)}
    return [View(one.at, names.get(one.actor, "") if one.actor else "", one.after.get("page", "")) for one in entries]


def month_of(said: str, *, today: date) -> date:
    """Return the first day of a month said as "2026-11", of this one for anything else."""
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        return today.replace(day=1)


def looks_in(month: date, *, zone: str) -> QuerySet[SupportGrant]:
    """Return under which grants the house could look at customers' data since a day of a month, the first of it on."""
    begins = datetime.combine(month, time(), ZoneInfo(zone))
    ends = datetime.combine((month + timedelta(days=31)).replace(day=1), time(), ZoneInfo(zone))
    rows = SupportGrant.received.filter(granted_at__gte=begins, granted_at__lt=ends)
    found: QuerySet[SupportGrant] = rows.select_related("tenant").order_by("granted_at", "pk")
    return found


_BADGES: Final = {
    "asked": Badge(Text("gefragt", "asked"), "warn"),
    "stands": Badge(Text("offen", "open"), "good"),
    "over": Badge(Text("vorbei", "over")),
    "refused": Badge(Text("abgelehnt", "refused")),
}


def backup_demanded(*, at: datetime) -> Ruling[bool] | None:
    """Return that the current tenant backs up before every intervention by its contract; None where none says so."""
    told = (one.own_backups(at=at, before_work=True) for one in registry.modules() if one.own_backups)
    return next((ruling for ruling in told if ruling is not None), None)
