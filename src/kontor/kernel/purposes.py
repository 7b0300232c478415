"""What background work is for: agreed purposes are carried out, others refused and recorded, suspended ones wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from kontor.kernel import registry
from kontor.kernel.models import Due, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.rulebook.processing_suspension import RETURN, Work

__all__ = ["OPERATION", "RETURN", "is_judged", "may_be_done", "suspended"]

OPERATION: Final = "operation"
AGAIN: Final = timedelta(hours=1)


def is_judged(job: str) -> bool:
    """Tell whether a job's module handles customers' data as their processor alone, so that an agreement limits it."""
    module = _module(job)
    if module is None or not module.entitled or not module.processings:
        return False
    return all(each.role == "processor" for each in module.processings)


def may_be_done(job: str, purpose: str, arguments: Mapping[str, Any], *, at: datetime) -> bool:
    """
    Tell whether a job may run now as the current tenant; what is refused is recorded with its reason.

    What waits is due again in an hour, with the same arguments, and is lost at no suspension however long.
    """
    module = _module(job)
    if module is None or not is_judged(job):
        return True
    for judge in (each.judges_work for each in registry.modules() if each.judges_work is not None):
        ruling = judge(module, purpose, at)
        if ruling is None or ruling.value is Work.MAY:
            continue
        if ruling.value is Work.WAITS:
            _put_off(job, arguments, at=at)
        else:
            _refused(job, purpose, ruling, at=at)
        return False
    return True


def suspended(key: str, *, at: datetime) -> Any:
    """Return why nothing is done with what a module of the current tenant stores; None where that is not the reason."""
    module = _module(key)
    if module is None or not is_judged(key):
        return None
    ruled = [judge(module, OPERATION, at) for judge in (each.judges_work for each in registry.modules()) if judge]
    return next((each for each in ruled if each is not None and each.value is Work.WAITS), None)


def _module(job: str) -> registry.Module | None:
    key = job.partition(".")[0]
    return next((each for each in registry.modules() if each.key == key), None)


def _put_off(job: str, arguments: Mapping[str, Any], *, at: datetime) -> None:
    from kontor.kernel.actions.schedule import put_due  # which queues jobs, and these are declared by our caller

    told = dict(arguments)
    if not Due.objects.filter(tenant_id=current_tenant(), job=job, arguments=told).exists():  # it comes again anyway
        put_due(job, at=at + AGAIN, arguments=told)


def _refused(job: str, purpose: str, ruling: Any, *, at: datetime) -> None:
    from kontor.kernel.actions.record import record

    clause = ruling.clauses[0].number if ruling.clauses else ""
    record(
        "kernel.work_refused", Tenant.objects.get(pk=current_tenant()), at=at, actor=None, clause=clause,
        after={"job": job, "purpose": purpose, "because": str(ruling.value)},
    )  # fmt: skip
