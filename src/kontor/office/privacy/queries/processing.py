"""Whether background work may be done with what a customer's tenant holds, and how a suspension stands."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kontor.kernel.models import Entitlement, Tenant
from kontor.kernel.registry import Module
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import ProcessingAgreement, Suspension
from kontor.office.privacy.queries.gate import is_suspended
from kontor.rulebook import terms
from kontor.rulebook.processing_suspension import Work, covered_work, may_end, may_work
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.terms import ToBeAgreed


def judged(module: Module, purpose: str, at: datetime) -> Ruling[Work] | None:
    """
    Rule whether work of a module with a purpose may be done for the current tenant; None where nothing limits it.

    Limited is what a contract opened for a customer, or what that has suspended (visitor Anlage 3, Klausel 7.2, 7.3 and
    10 a): to the purposes of annex II and to the term. Without an agreement the term alone counts.
    """
    tenant = Tenant.objects.get(pk=current_tenant())
    if tenant.is_house:
        return None
    today = at.astimezone(ZoneInfo(tenant.zone)).date()
    keys = {module.key, *module.opened_by}
    granted = list(Entitlement.objects.filter(module__in=keys))
    running = any(each.from_on <= today and (each.until_on is None or today < each.until_on) for each in granted)
    agreement = ProcessingAgreement.received.order_by("-at").first()
    suspended = agreement is not None and is_suspended(agreement.contract)
    if not granted and not suspended:
        return None
    agreed = covered_work([each["key"] for each in agreement.annexes["II"]["purposes"]]) if agreement else frozenset()
    if agreement is None or not agreed:  # no words of the terms limit it
        ruling = may_work(purpose, agreed={purpose}, running=running, suspended=suspended)
    else:
        clauses = terms.load(agreement.pack, version=agreement.pack_version).privacy.purposes.clauses  # type: ignore[union-attr]
        ruling = may_work(purpose, agreed=agreed, running=running, suspended=suspended, clauses=clauses)
    if ruling.value is Work.WAITS and agreement is not None:
        return replace(ruling, clauses=_suspending(agreement))
    return ruling


def _suspending(agreement: ProcessingAgreement) -> tuple[Clause, ...]:
    """Return the clauses by which a controller suspends; none where the terms say nothing of it."""
    pack = terms.load(agreement.pack, version=agreement.pack_version)
    within = pack.privacy.suspension_cured_within if pack.privacy else None
    return () if within is None or isinstance(within, ToBeAgreed) else within.clauses


def right_to_end(row: Suspension, *, on: date, zone: str) -> Ruling[bool] | None:
    """Rule whether a controller may end its agreement for a suspension; None where the terms say nothing of it."""
    agreement = row.agreement
    pack = terms.load(agreement.pack, version=agreement.pack_version)
    within = pack.privacy.suspension_cured_within if pack.privacy else None
    if within is None or isinstance(within, ToBeAgreed) or row.ordered_at is None:
        return None
    restored = row.restored_at.astimezone(ZoneInfo(zone)).date() if row.restored_at else None
    ordered = row.ordered_at.astimezone(ZoneInfo(zone)).date()
    return may_end(ordered, within.value, restored_on=restored, on=on, clauses=within.clauses)
