"""What is looked at once a day, in the night of the house's own zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import Contract
from kontor.office.privacy import public as privacy

HOUR = time(4)  # exists once on every day, also when the clocks change
BATCH = 200


def keep_days(*, at: datetime) -> datetime:
    """Have the next day looked at, and return when; it is due once, whoever asks."""
    zone = ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    here = at.astimezone(zone)
    coming = here.date() if here.time() < HOUR else here.date() + timedelta(days=1)
    due = datetime.combine(coming, HOUR, zone)
    put_due("contracts.day", at=due)
    privacy.keep_nights(at=at)
    return due


@transaction.atomic
def begin_day(*, at: datetime) -> int:
    """Queue the day's work over all contracts in batches, and the next day; return how many batches there are."""
    keep_days(at=at)
    contracts = [str(pk) for pk in Contract.objects.order_by("pk").values_list("pk", flat=True)]
    batches = [contracts[place : place + BATCH] for place in range(0, len(contracts), BATCH)]
    tenant = current_tenant()
    queue_many("contracts.renew", [(tenant, {"contracts": batch}) for batch in batches])
    queue_many("contracts.state_use", [(tenant, {"contracts": batch}) for batch in batches])
    queue_many("contracts.renew_licences", [(tenant, {})])
    queue_many("contracts.claims", [(tenant, {})])
    queue_many("contracts.endings", [(tenant, {})])
    queue_many("contracts.certificates", [(tenant, {})])
    queue_many("contracts.apply_prices", [(tenant, {})])
    queue_many("contracts.settle_silence", [(tenant, {})])
    queue_many("contracts.tell_news", [(tenant, {})])
    queue_many("contracts.reckon", [(tenant, {})])
    return len(batches)


def house_day(at: datetime) -> date:
    """Return the day in the current tenant's zone."""
    return at.astimezone(ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)).date()
