"""Background work of service levels: probing each minute, settling the month that is over."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from kontor.kernel.background import Patience, outside_job, tenant_job
from kontor.kernel.tenancy import as_tenant
from kontor.office.service_levels.actions.components import DAILY, HERE, PROBING
from kontor.office.service_levels.actions.probing import Seen, note_results, note_silence
from kontor.office.service_levels.actions.statements import settle_month
from kontor.office.service_levels.queries.probes import Trial, due_trials, missed_heartbeats
from kontor.office.service_levels.queries.trying import try_once

SIDE_BY_SIDE: Final = 32


@outside_job(PROBING, patience=Patience([]))
def probe(*, tenant_id: uuid.UUID, at: datetime) -> None:
    """Try what is due, side by side with no transaction open, and keep what was seen in one batch."""
    with as_tenant(tenant_id):
        trials, late = due_trials(HERE, at=at), missed_heartbeats(at=at)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        seen = list(threads.map(_try, trials))
    silent = [Seen(each, at, good=False, said="no sign of life") for each in late]
    with as_tenant(tenant_id):
        note_results([*seen, *silent], at=timezone.now())
        note_silence(at=timezone.now())


@tenant_job(DAILY)
def daily(*, at: datetime) -> None:
    """Settle the month before, for whatever contract it is not settled yet."""
    this = timezone.localdate(at).replace(day=1)
    settle_month((this - timedelta(days=1)).replace(day=1), at=at)


def _try(trial: Trial) -> Seen:
    at = timezone.now()
    found = try_once(trial.kind, trial.target, trial.expects, now=at)
    return Seen(trial.watched, at, good=found.good, millis=found.millis, said=found.said)
