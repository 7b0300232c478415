"""The month, frozen for each contract: settled once, corrected by a new version that tells the difference."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions.crediting import correct_credit
from kontor.office.service_levels.actions.reporting import mail_report
from kontor.office.service_levels.models import AvailabilityStatement, StatementHandOver
from kontor.office.service_levels.queries.control import disputed
from kontor.office.service_levels.queries.counting import MonthOfContract, month_of_contract
from kontor.office.service_levels.queries.figures import told_minutes
from kontor.office.service_levels.queries.statements import latest
from kontor.rulebook import stretches
from kontor.rulebook.availability import month_of
from kontor.rulebook.availability_month import Counted, Month
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.moment import EPOCH
from kontor.rulebook.period import add_months
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@transaction.atomic
def settle_month(first: date, *, at: datetime) -> list[AvailabilityStatement]:
    """
    Freeze the statements of a month for every contract that has none yet.

    RefusalError while the month is not over in a contract's zone, or where its results and its intervals do not agree.
    An outage that goes on counts to the month's end.
    """
    if disputed(*month_frame(first)) is not None:
        raise RefusalError(
            Text(
                "Messergebnisse und Zeiten stimmen nicht überein; erst wenn das geklärt ist, wird abgerechnet.",
                "Results and intervals do not agree; the month is settled once that is cleared up.",
            )
        )
    made = []
    for served in contracts.supplied_in(first):
        if latest(served.id, first) is None and (found := month_of_contract(served, first, at=at)) is not None:
            _refuse_unfinished(found, first, at=at)
            made.append(_frozen(found, first, version=1, at=at, actor=MACHINE))
    return made


@transaction.atomic
def correct_statement(
    contract_id: uuid.UUID, first: date, *, reason: str, at: datetime, actor: Actor
) -> AvailabilityStatement:
    """
    Count a settled month anew and freeze a new version with the difference; the old one stays, a credit is corrected.

    RefusalError without a reason, for a month that is not settled, or where nothing has changed.
    """
    _one_at_a_time(contract_id, first)
    before = latest(contract_id, first)
    if before is None:
        raise RefusalError(Text("Dieser Monat ist nicht abgerechnet.", "This month is not settled."))
    if not reason.strip():
        raise RefusalError(Text("Warum wird berichtigt?", "Why is it corrected?"))
    found = month_of_contract(contracts.supplied(contract_id, first), first, at=at)
    assert found is not None, "a month was settled under a promise"
    month = found.ruling.value
    if (_micros(month.down), _excused(month)) == (before.down_micros, before.excused_micros):
        raise RefusalError(Text("Seither hat sich nichts geändert.", "Nothing has changed since."))
    made = _frozen(found, first, version=before.version + 1, before=before, reason=reason, at=at, actor=actor)
    correct_credit(found, made, at=at, actor=actor)
    return made


def month_frame(first: date) -> tuple[datetime, datetime]:
    """Return the time whose results are looked at before a month is frozen: with a day on each side for other zones."""
    start = datetime(first.year, first.month, 1, tzinfo=UTC) - timedelta(days=1)
    end = add_months(first, 1)
    return start, datetime(end.year, end.month, 1, tzinfo=UTC) + timedelta(days=1)


def open_months(first: date) -> bool:
    """Return whether some contract's month is not frozen yet."""
    return any(promise_of(each.pack) and latest(each.id, first) is None for each in contracts.supplied_in(first))


def _refuse_unfinished(found: MonthOfContract, first: date, *, at: datetime) -> None:
    end = EPOCH + timedelta(microseconds=month_of(first, found.promise.zone)[1])
    if at < end:
        raise RefusalError(Text("Der Monat ist noch nicht zu Ende.", "The month is not over yet."))


def _frozen(
    found: MonthOfContract,
    first: date,
    *,
    version: int,
    at: datetime,
    actor: Actor,
    before: AvailabilityStatement | None = None,
    reason: str = "",
) -> AvailabilityStatement:
    served, month = found.served, found.ruling.value
    ruling = store_ruling(
        found.ruling.map(lambda counted: counted.percent), question="service_levels.availability",
        pack=served.pack.key, version=served.pack.version, customer_tenant=served.customer_tenant, at=at,
    )  # fmt: skip
    down = _micros(month.down)
    made = AvailabilityStatement.objects.create(
        contract_id=served.id, customer_tenant_id=served.customer_tenant, contract_number=served.number,
        customer_name=served.customer, pack=served.pack.key, pack_version=served.pack.version,
        zone=found.promise.zone, month=first, version=version, total_minutes=month.total_minutes, down_micros=down,
        own_micros=down - _micros(month.barred), excused_micros=_excused(month),
        unknown_micros=_micros(month.unknown), not_ordered_micros=_micros(month.not_ordered),
        difference_micros=0 if before is None else down - before.down_micros, percent=month.percent,
        promised=found.promise.percent, kept=month.kept, days=_days(month), items=_items(found), reason=reason,
        gaps=_gaps(month),
        excused=[[cause, _micros(held)] for cause, held in month.excused.items()], ruling=ruling, at=at,
    )  # fmt: skip
    clause = str(found.ruling.clauses[0])
    verb = "service_levels.month_settled" if before is None else "service_levels.statement_corrected"
    after = {"month": first, "version": version, "percent": str(month.percent), "kept": month.kept, "reason": reason}
    record(verb, made, at=at, actor=actor, clause=clause, ruling=ruling, after=after)
    publish(verb, {"contract": str(served.id), "month": first.isoformat()}, at=at)
    if found.promise.automatic:
        mail_report(made.pk, way=StatementHandOver.Way.AUTOMATIC, at=at, actor=MACHINE)
    return made


def _days(month: Month) -> list[list[Any]]:
    return [[day.isoformat(), *_minutes(part)] for day, part in month.days]


def _minutes(part: Counted) -> list[float | int]:
    figures = (part.down_minutes, part.excused_minutes, part.unknown_minutes)
    return [part.total_minutes, *(float(round(each, 2)) for each in figures)]


def _gaps(month: Month) -> list[list[str]]:
    def edge(micros: int) -> str:
        return (EPOCH + timedelta(microseconds=micros)).isoformat()

    return [[edge(start), edge(end), f"{told_minutes(end - start):f}"] for start, end in month.unknown]


def _items(found: MonthOfContract) -> list[dict[str, Any]]:
    return [
        {
            "title": each.title,
            "from": each.started_at.isoformat(),
            "to": each.ended_at.isoformat() if each.ended_at else None,
            "noticed": each.noticed_at.isoformat(),
            "cause": each.cause,
        }
        for each in found.outages
    ]


def _micros(held: tuple[stretches.Stretch, ...]) -> int:
    return stretches.length(held)


def _excused(month: Month) -> int:
    return sum(_micros(held) for held in month.excused.values())


def _one_at_a_time(contract_id: uuid.UUID, first: date) -> None:
    """Let no two people correct one month at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"availability {contract_id} {first}"])
