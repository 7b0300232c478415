"""Reading one address over and over: what the house lets pass in an hour, and what it suspects then (crm 1.1)."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.probing import set_probe_limit
from kontor.kernel.actions.queue import queue, queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.overload import OUTCOMES
from kontor.office.contracts.models import BenchmarkSuspicion, Contract, ProbeRule
from kontor.office.contracts.queries.probing import current_rule
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.competition import benchmark_suspected, benchmarks_forbidden
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@transaction.atomic
def set_probe_rule(*, reads_per_hour: int, decide_days: int, reason: str, at: datetime, actor: Actor) -> ProbeRule:
    """
    Set how many identical reads in an hour pass before benchmarking is suspected; the former rule stays kept.

    RefusalError for numbers below one. Where two set one at once, the second is refused by the table.
    """
    if min(reads_per_hour, decide_days) < 1:
        raise RefusalError(Text("Jede Zahl ist mindestens 1.", "Each number is 1 at least."))
    known = current_rule()
    rule = ProbeRule.objects.create(
        number=known.number + 1 if known else 1, reads_per_hour=reads_per_hour, decide_days=decide_days,
        reason=reason, at=at,
    )  # fmt: skip
    after = {"reads_per_hour": reads_per_hour, "decide_days": decide_days, "reason": reason}
    record("contracts.probes_limited", rule, at=at, actor=actor, after=after)
    customers = Contract.objects.order_by("customer_tenant_id").values_list("customer_tenant_id", flat=True).distinct()
    told = {"reads_per_hour": reads_per_hour}
    queue_many("contracts.limit_probes", [(each, told) for each in customers if each])
    return rule


def count_of_customer(customer_tenant: uuid.UUID) -> None:
    """Have a new customer's identical reads counted as all others' are, where the house has set a rule."""
    if rule := current_rule():
        queue("contracts.limit_probes", customer_tenant, reads_per_hour=rule.reads_per_hour)


def limit_probes(*, reads_per_hour: int, at: datetime) -> None:
    """Have the current tenant's identical reads counted, as its supplier told."""
    set_probe_limit(reads_per_hour=reads_per_hour, at=at, actor=MACHINE)


def report_probing(*, client: str, hour: datetime, address: str, limit: int) -> int:
    """
    Tell the suppliers of the current tenant of an hour of identical reads; return how many were told.

    Of several contracts with one supplier it is told of the newest whose terms forbid it, else of the newest.
    """
    chosen: dict[uuid.UUID, Contract] = {}
    for contract in sorted(Contract.received.all(), key=_told_last):
        assert contract.tenant_id is not None, "a row that was read has its tenant"
        chosen[contract.tenant_id] = contract
    for supplier, contract in chosen.items():
        told = {
            "contract": str(contract.pk), "client": client, "hour": hour.isoformat(), "address": address[:300],
            "limit": limit, "count": limit + 1,
        }  # fmt: skip
        queue("contracts.note_probing", supplier, told=told)
    return len(chosen)


@transaction.atomic
def note_probing(told: Mapping[str, Any], *, at: datetime) -> BenchmarkSuspicion | None:
    """Flag an hour of identical reads as the supplier; None where the house has a rule no more. Told twice is one."""
    rule = current_rule()
    if rule is None:
        return None
    contract = Contract.objects.get(pk=uuid.UUID(told["contract"]))
    known = {"hour": datetime.fromisoformat(told["hour"]), "client": told["client"], "address": told["address"]}
    if standing := BenchmarkSuspicion.objects.filter(contract=contract, **known).first():
        return standing
    today = at.astimezone(ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)).date()
    ruling = benchmark_suspected(
        told["count"], told["limit"], pack_of_terms(contract.terms), decide_days=rule.decide_days, today=today
    )
    clause = str(ruling.clauses[0]) if ruling.clauses else ""
    stored = store_ruling(
        ruling, question="contracts.benchmark", pack=contract.pack, version=contract.version, at=at
    )  # fmt: skip
    row = BenchmarkSuspicion.objects.create(
        contract=contract, limit=told["limit"], count=told["count"], decide_by=ruling.value, clause=clause,
        ruling=stored, flagged_at=at, **known,
    )  # fmt: skip
    record("contracts.benchmark_suspected", row, at=at, actor=MACHINE, clause=clause, ruling=stored)
    publish("contracts.benchmark_suspected", {"contract": str(contract.pk)}, at=at)
    return row


@transaction.atomic
def close_suspicion(row_id: uuid.UUID, *, outcome: str, note: str, at: datetime, actor: Actor) -> BenchmarkSuspicion:
    """
    Decide a suspicion; it blocks nobody by itself.

    outcome  one of those of overload. RefusalError for another one, a missing note, or one decided before;
    DoesNotExist for a stranger's.
    """
    row = BenchmarkSuspicion.objects.select_for_update().get(pk=row_id)
    if row.closed_at is not None or outcome not in OUTCOMES or not note:
        raise RefusalError(
            Text(
                "Entschieden wird einmal, mit einem der Ergebnisse und mit einer Begründung.",
                "A case is decided once, with one of the outcomes and with a reason.",
            )
        )
    exactly_one(BenchmarkSuspicion.objects.filter(pk=row.pk).update(outcome=outcome, note=note, closed_at=at))
    row.outcome, row.note, row.closed_at = outcome, note, at
    after = {"outcome": outcome, "note": note}
    record("contracts.benchmark_decided", row, at=at, actor=actor, clause=row.clause, after=after)
    return row


def _told_last(contract: Contract) -> tuple[bool, Any, str]:
    """Order contracts so that the one to be told of comes last: its terms forbid it, and it is the newest."""
    return bool(benchmarks_forbidden(pack_of_terms(contract.terms))), contract.start_on, contract.pk.hex
