"""From when until when a contract's use does not count: while its services are suspended, where its clause says so."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kontor.kernel.queries.meters import Gaps, midnight
from kontor.office.contracts.models import Contract, Suspension
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.suspension import due_while_suspended
from kontor.rulebook.usage import MonthStatement
from kontor.rulebook.wording import day, said

Span = tuple[datetime, datetime | None]


def gaps_of(contracts: Collection[Contract], *, own: bool) -> Mapping[uuid.UUID, Sequence[Span]]:
    """
    Return, by contract, from when until when its services were suspended for late payment, None while they still are.

    Only where nothing that is used meanwhile is charged (crm §13, leisure Art. 11); one query.
    """
    by_id = {each.pk: each for each in contracts}
    found: dict[uuid.UUID, list[Span]] = defaultdict(list)
    rows = (Suspension.objects if own else Suspension.received).filter(contract_id__in=by_id, kind=Suspension.Kind.LATE)
    for row in rows.order_by("from_at"):
        contract = by_id[row.contract_id]
        began = row.from_at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
        if not due_while_suspended(terms_on(contract, began)).value.use:
            found[row.contract_id].append((row.from_at, row.lifted_at))
    return found


def without_gaps(
    stated: Ruling[MonthStatement], contract: Contract, gaps: Gaps, month: Period, zone: ZoneInfo
) -> Ruling[MonthStatement]:
    """Return a month's statement with what it leaves out, and the clauses that say why."""
    first, end = midnight(month.first, zone), midnight(month.end, zone)
    within = [since for since, until in gaps if since < end and (until is None or until > first)]
    if not within:
        return stated
    began = within[0].astimezone(zone).date()
    step = said(
        "Während die Leistungen ausgesetzt waren (seit {on}), zählt keine Nutzung.",
        "While services were suspended (since {on}) no use counts.",
        on=day(began),
    )
    return stated.because(clauses=due_while_suspended(terms_on(contract, began)).clauses, working=(step,))
