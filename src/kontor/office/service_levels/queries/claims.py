"""Claims as they stand, and what was given for a month already."""

import uuid
from datetime import date

from django.db.models import Sum

from kontor.office.service_levels.models import ClaimDecision, CreditClaim
from kontor.rulebook.money import Money

_RULES = ClaimDecision.Outcome.GRANTED


def months_given(contract_id: uuid.UUID) -> frozenset[date]:
    """Return the first days of the months for which the rules have given a contract a credit."""
    rows = ClaimDecision.objects.filter(claim__contract_id=contract_id, outcome=_RULES)
    return frozenset(rows.values_list("claim__month", flat=True))


def granted_claim(contract_id: uuid.UUID, month: date) -> CreditClaim | None:
    """Return the claim that the rules granted for a contract's month; None where none was."""
    return CreditClaim.objects.filter(contract_id=contract_id, month=month, decisions__outcome=_RULES).first()


def given_before(contract_id: uuid.UUID, month: date, currency: str, *, by_rule: bool = False) -> Money:
    """Return what was credited for a contract's month; `by_rule` leaves goodwill out."""
    rows = ClaimDecision.objects.filter(claim__contract_id=contract_id, claim__month=month)
    if by_rule:
        rows = rows.exclude(outcome=ClaimDecision.Outcome.GOODWILL)
    return Money(currency, rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
