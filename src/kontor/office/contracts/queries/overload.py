"""The limits that hold for customers, and the cases of overload with their evidence."""

import uuid
from collections.abc import Sequence

from kontor.office.contracts.models import OverloadCase, OverloadMinute, OverloadRule


def current_rule() -> OverloadRule | None:
    """Return the rule that holds, None where the house has set none: then nothing is limited."""
    return OverloadRule.objects.order_by("-number").first()


def rules() -> Sequence[OverloadRule]:
    """Return all rules, the one that holds first."""
    return list(OverloadRule.objects.order_by("-number"))


def open_overload_cases() -> list[OverloadCase]:
    """Return what is to be decided, the next deadline first; one query."""
    return list(OverloadCase.objects.filter(closed_at=None).select_related("contract").order_by("decide_by", "pk"))


def evidence_of(case: OverloadCase) -> list[OverloadMinute]:
    """Return the minutes beyond a limit since the case's first one, until it was closed; one query."""
    rows = OverloadMinute.objects.filter(contract_id=case.contract_id, minute__gte=case.evidence_from)
    if case.closed_at:
        rows = rows.filter(minute__lte=case.closed_at)
    return list(rows.order_by("minute", "client"))


def case_of(case_id: uuid.UUID) -> OverloadCase:
    """Return a case with its contract; OverloadCase.DoesNotExist for a stranger's."""
    return OverloadCase.objects.select_related("contract").get(pk=case_id)
