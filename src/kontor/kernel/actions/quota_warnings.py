"""Warning a tenant's administrators once of each share of a limit that is crossed; again after it fell below."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.quotas import hold
from kontor.kernel.models import Membership, QuotaWarning, Tenant
from kontor.kernel.queries.quotas import Quota, counted, quota_of
from kontor.kernel.tenancy import current_tenant
from kontor.rulebook.currency import number


@transaction.atomic
def watch_quota(key: str, *, at: datetime) -> list[QuotaWarning]:
    """
    Compare what was used of a meter with its limit, and return the warnings that are new.

    Each percent is told once while it stays crossed in its month; one mail names the highest new one.
    """
    hold(key)
    quota = quota_of(key, at=at)
    standing = {row.percent: row for row in QuotaWarning.objects.filter(meter=key, cleared_at=None)}
    used = counted(quota, at=at) if quota else Decimal(0)
    crossed = {percent for percent in quota.warn_at if used * 100 >= quota.quantity * percent} if quota else set()
    month = quota.month.first if quota and quota.month else None
    kept = {percent for percent, row in standing.items() if percent in crossed and row.month == month}
    fallen = [row.pk for percent, row in standing.items() if percent not in kept]
    QuotaWarning.objects.filter(pk__in=fallen).update(cleared_at=at)
    if quota is None or not crossed - kept:
        return []
    made = QuotaWarning.objects.bulk_create(
        QuotaWarning(
            meter=key, percent=percent, month=month, used=quota.spoken(used),
            quantity=quota.spoken(quota.quantity), raised_at=at,
        )
        for percent in sorted(crossed - kept)
    )  # fmt: skip
    _tell(quota, made[-1], at=at)
    publish("kernel.quota_warned", {"meter": key, "percent": made[-1].percent}, at=at)
    return made


def _tell(quota: Quota, warning: QuotaWarning, *, at: datetime) -> None:
    """Write to everybody who may do everything here, each in their own language."""
    tenant = Tenant.objects.get(pk=current_tenant())
    for person in _administrators(at):
        language = person.user.language or tenant.language
        with translation.override(language):
            told = {
                "what": quota.title.spoken(language),
                "percent": warning.percent,
                "used": number(warning.used).spoken(language),
                "limit": number(warning.quantity).spoken(language),
                "unit": quota.unit.spoken(language),
            }
            subject = gettext("%(what)s: %(percent)s %% of the limit are used") % told
            text = gettext("%(used)s of %(limit)s %(unit)s are used.") % told
            mend = (
                gettext("Beyond the limit nothing more is taken this month. Order more in time, or wait for the first.")
                if quota.month
                else gettext("Beyond the limit nothing more is taken. Order more in time, or make room.")
            )
            send_mail(
                to=person.user.email, to_name=person.user.name, subject=subject, text=f"{text}\n\n{mend}\n",
                about=warning, at=at,
            )  # fmt: skip


def _administrators(at: datetime) -> Sequence[Membership]:
    found = Membership.objects.filter(assignments__role__everything=True, assignments__site=None)
    rows = found.select_related("user").distinct().order_by("pk")
    return [row for row in rows if row.user.is_active and (row.until is None or row.until > at)]
