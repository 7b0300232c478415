"""What customers may send, minutes in which they sent more, and the case that repeated overload opens, once."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.overload import set_request_limit
from kontor.kernel.actions.queue import queue, queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import RequestMinute, Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import Contract, OverloadCase, OverloadMinute, OverloadRule
from kontor.office.contracts.queries.overload import current_rule
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.overload import Threshold, deliberate, forbidden_by
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

OUTCOMES: Final = {
    "explained": Text("Erklärt, kein Vorsatz", "Explained, not deliberate"),
    "warned": Text("Kunde verwarnt", "Customer warned"),
    "blocked": Text("Zugang gesperrt", "Access blocked"),
}


@transaction.atomic
def set_overload_rule(
    *, per_minute: int, per_client: int, threshold: Threshold, reason: str, at: datetime, actor: Actor
) -> OverloadRule:
    """
    Set what every customer of the house may send, and from when on more of it opens a case; the former rule stays kept.

    RefusalError for numbers below one, or a client that might send more than its company.
    """
    numbers = (per_minute, per_client, threshold.minutes, threshold.within_minutes, threshold.decide_days)
    if min(numbers) < 1 or per_client > per_minute:
        raise RefusalError(
            Text(
                "Jede Grenze ist mindestens 1, und ein Einzelner darf nicht mehr als sein Unternehmen.",
                "Each limit is 1 at least, and one client may not send more than its company.",
            )
        )
    _one_at_a_time("overload rule")
    known = current_rule()
    rule = OverloadRule.objects.create(
        number=known.number + 1 if known else 1, per_minute=per_minute, per_client=per_client,
        minutes=threshold.minutes, within_minutes=threshold.within_minutes, decide_days=threshold.decide_days,
        reason=reason, at=at,
    )  # fmt: skip
    record("contracts.requests_limited", rule, at=at, actor=actor, after={"numbers": list(numbers), "reason": reason})
    customers = Contract.objects.order_by("customer_tenant_id").values_list("customer_tenant_id", flat=True).distinct()
    queue_many("contracts.limit_requests", [(each, _told(rule)) for each in customers if each])
    return rule


def limit_customer(customer_tenant: uuid.UUID) -> None:
    """Have a new customer's requests limited as all others' are, where the house has set a limit."""
    if rule := current_rule():
        queue("contracts.limit_requests", customer_tenant, **_told(rule))


def limit_requests(*, per_minute: int, per_client: int, at: datetime) -> None:
    """Limit the current tenant, a customer, as its supplier told."""
    set_request_limit(per_minute=per_minute, per_client=per_client, at=at, actor=MACHINE)


def report_overload(*, client: str, minute: datetime, limit: int) -> int:
    """
    Tell the suppliers of the current tenant, a customer, of a minute with too many requests; return how many were told.

    Of several contracts with one supplier it is told of the newest whose terms forbid overload, else of the newest.
    """
    counted = RequestMinute.objects.filter(minute=minute, client=client).values_list("count", flat=True).first()
    chosen: dict[uuid.UUID, Contract] = {}
    for contract in sorted(Contract.received.all(), key=_told_last):
        assert contract.tenant_id is not None, "a row that was read has its tenant"
        chosen[contract.tenant_id] = contract
    for supplier, contract in chosen.items():
        told = {
            "contract": str(contract.pk), "client": client, "minute": minute.isoformat(), "limit": limit,
            "count": counted or limit + 1,
        }  # fmt: skip
        queue("contracts.note_overload", supplier, told=told)
    return len(chosen)


@transaction.atomic
def note_overload(told: Mapping[str, Any], *, at: datetime) -> OverloadCase | None:
    """
    Keep a minute in which a customer sent too much, as its supplier; return the case that it opened or belongs to.

    The same minute told again changes nothing. None while the rule does not call it repeated.
    """
    contract = Contract.objects.get(pk=uuid.UUID(told["contract"]))
    _one_at_a_time(f"overload {contract.pk}")
    minute = datetime.fromisoformat(told["minute"])
    OverloadMinute.objects.get_or_create(
        contract=contract, minute=minute, client=told["client"],
        defaults={"limit": told["limit"], "count": told["count"]},
    )  # fmt: skip
    if standing := OverloadCase.objects.filter(contract=contract, closed_at=None).first():
        return standing
    rule = current_rule()
    return _opened(contract, rule, at=at) if rule else None


def _opened(contract: Contract, rule: OverloadRule, *, at: datetime) -> OverloadCase | None:
    """Open a case where the minutes since the last one was closed are enough."""
    threshold = Threshold(minutes=rule.minutes, within_minutes=rule.within_minutes, decide_days=rule.decide_days)
    minutes = OverloadMinute.objects.filter(contract=contract)
    closed = OverloadCase.objects.filter(contract=contract).order_by("-closed_at").first()
    if closed:
        minutes = minutes.filter(minute__gt=closed.closed_at)
    span = timedelta(minutes=rule.within_minutes)
    latest = minutes.order_by("-minute").values_list("minute", flat=True).first()
    if latest is None:
        return None
    near = list(minutes.filter(minute__gt=latest - span).values_list("minute", flat=True))
    today = at.astimezone(ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)).date()
    ruling = deliberate(near, threshold, pack_of_terms(contract.terms), today=today)
    if ruling.value is None:
        return None
    clause = str(ruling.clauses[0]) if ruling.clauses else ""
    stored = store_ruling(
        ruling.map(lambda it: it.decide_by if it else None), question="contracts.overload", pack=contract.pack,
        version=contract.version, at=at,
    )  # fmt: skip
    case = OverloadCase.objects.create(
        contract=contract, opened_at=at, evidence_from=ruling.value.first, decide_by=ruling.value.decide_by,
        clause=clause, ruling=stored,
    )  # fmt: skip
    record("contracts.overload_case_opened", case, at=at, actor=MACHINE, clause=clause, ruling=stored)
    publish("contracts.overloaded", {"contract": str(contract.pk)}, at=at)
    return case


@transaction.atomic
def close_overload_case(case_id: uuid.UUID, *, outcome: str, note: str, at: datetime, actor: Actor) -> OverloadCase:
    """
    Decide a case of overload; what is sent too much after that opens a new one.

    outcome  one of OUTCOMES. RefusalError for another one, a missing note, or a case that is closed;
    OverloadCase.DoesNotExist for a stranger's.
    """
    case = OverloadCase.objects.select_for_update().get(pk=case_id)
    if case.closed_at is not None or outcome not in OUTCOMES or not note:
        raise RefusalError(
            Text(
                "Entschieden wird einmal, mit einem der Ergebnisse und mit einer Begründung.",
                "A case is decided once, with one of the outcomes and with a reason.",
            )
        )
    exactly_one(OverloadCase.objects.filter(pk=case.pk).update(outcome=outcome, note=note, closed_at=at))
    case.outcome, case.note, case.closed_at = outcome, note, at
    after = {"outcome": outcome, "note": note}
    record("contracts.overload_case_closed", case, at=at, actor=actor, clause=case.clause, after=after)
    return case


def _told_last(contract: Contract) -> tuple[bool, date, str]:
    """Order contracts so that the one to be told of comes last: its terms forbid overload, and it is the newest."""
    return bool(forbidden_by(pack_of_terms(contract.terms))), contract.start_on, contract.pk.hex


def _told(rule: OverloadRule) -> dict[str, int]:
    return {"per_minute": rule.per_minute, "per_client": rule.per_client}


def _one_at_a_time(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{name} {current_tenant()}"])
