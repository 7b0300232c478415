"""Until when visits stay once they are over, and visits to which nobody came."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy import public as privacy
from kontor.products.visitors.actions.happening import Attempt, note_many
from kontor.products.visitors.models import Evacuation, SiteRules, Visit, VisitType
from kontor.products.visitors.queries.codes import rules_of
from kontor.rulebook.visiting import gone_after

OVER: Final = "visitors.over"
FIELDS: Final = ("over_on", "gone_after")  # that `end` sets
_WAITING: Final = (Visit.State.ASKED, Visit.State.EXPECTED)


def end(visits: Iterable[Visit], *, at: datetime) -> None:
    """Say of visits that are over from now on until when they stay; the caller saves `FIELDS`."""
    days: dict[object, int | None] = {}
    for visit in visits:
        if visit.site_id not in days:
            days[visit.site_id] = rules_of(visit.site).keep_days
        visit.over_on = at.astimezone(ZoneInfo(visit.site.zone)).date()
        visit.gone_after = gone_after(visit.over_on, of_kind=visit.type.keep_days, of_site=days[visit.site_id])
        if visit.gone_after is not None:
            privacy.keep_nights(at=at)


def settle_again(*, at: datetime, type: VisitType | None = None, rules: SiteRules | None = None) -> int:
    """Have all visits of a kind, or at a site, that are over stay as long as is settled now; how many are changed."""
    which = Q(type=type) if type else Q(site=rules.site if rules else None)
    of_kind = Subquery(VisitType.objects.filter(pk=OuterRef("type")).values("keep_days"))
    of_site = Subquery(SiteRules.objects.filter(site=OuterRef("site")).values("keep_days"))
    until = ExpressionWrapper(F("over_on") + Coalesce(of_kind, of_site), output_field=DateField())
    privacy.keep_nights(at=at)
    if rules is not None:
        lists = Evacuation.objects.filter(site=rules.site).exclude(over_on=None)
        lists.update(gone_after=ExpressionWrapper(F("over_on") + of_site, output_field=DateField()))
    return Visit.objects.filter(which).exclude(over_on=None).update(gone_after=until)


def look_later(visits: Sequence[Visit]) -> None:
    """Have somebody look, once the first of these visits is over, who did not come."""
    first = min((_midnight(visit) for visit in visits), default=None)
    if first is None:
        return
    known = Due.objects.filter(tenant_id=current_tenant(), job=OVER).values_list("at", flat=True).first()
    if known is None or first < known:
        put_due(OVER, at=first)


@transaction.atomic
def note_missed(*, at: datetime) -> int:
    """
    Note of visits whose last day is over, and to which nobody came, that they were missed; the number of them.

    Their codes and PINs let nobody in any more: an offline terminal that says otherwise later is believed, and flagged.
    """
    rows = Visit.objects.select_for_update(of=("self",)).select_related("type", "site").filter(state__in=_WAITING)
    visits = list(rows.filter(ends_at__lte=at).order_by("pk"))
    missed = [visit for visit in visits if _midnight(visit) <= at]
    for visit in missed:
        visit.state, visit.pin, visit.pin_digest = Visit.State.MISSED, "", None
    end(missed, at=at)
    Visit.objects.bulk_update(missed, ["state", "pin", "pin_digest", *FIELDS])
    note_many(missed, "missed", Attempt(way="time", at=at, actor=MACHINE))
    if later := [_midnight(visit) for visit in _next_waiting(visits, missed)]:
        put_due(OVER, at=min(later))
    return len(missed)


def _next_waiting(ended: Sequence[Visit], missed: Collection[Visit]) -> list[Visit]:
    """Return the visits of which the first to be over is among: those that end today, and the next that will."""
    coming = Visit.objects.select_related("site").filter(state__in=_WAITING).exclude(pk__in=[one.pk for one in ended])
    return [*(one for one in ended if one not in missed), *coming.order_by("ends_at")[:1]]


def _midnight(visit: Visit) -> datetime:
    zone = ZoneInfo(visit.site.zone)
    return datetime.combine(visit.ends_at.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone)
