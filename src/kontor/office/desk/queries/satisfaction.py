"""How customers say they were helped: the link that asks them, and what they answered."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from django.core import signing
from django.utils.timezone import get_current_timezone

from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import Satisfaction, SatisfactionQuestion

MARKS: Final = (5, 4, 3, 2, 1)
OPEN_FOR: Final = timedelta(days=60)
_SALT: Final = "desk.satisfaction"
_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Satisfied:
    """What was answered in a span of days. asked: how many were asked by mail; mean: None while nobody answered."""

    asked: int
    answers: Sequence[Satisfaction]
    by_mark: Sequence[int]
    mean: Fraction | None


def token_of(question: SatisfactionQuestion) -> str:
    """Return what stands in the link: signed by us, for this question alone."""
    return signing.dumps([str(current_tenant()), str(question.pk)], salt=_SALT)


def opened_token(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return tenant and question of a link; BadSignature for what nobody signed, or signed too long ago."""
    tenant, question = signing.loads(token, salt=_SALT, max_age=OPEN_FOR)
    return uuid.UUID(tenant), uuid.UUID(question)


def is_answered(question: SatisfactionQuestion) -> bool:
    """Tell whether the question was answered, by its link or on the customer's page."""
    return Satisfaction.objects.filter(ticket_id=question.ticket_id, closed_at=question.closed_at).exists()


def satisfied(first: date, end: date) -> Satisfied:
    """Return what was answered in these days, the latest first; end is the day after the last."""
    span = {"at__gte": _start(first), "at__lt": _start(end)}
    rows = list(Satisfaction.objects.filter(**span).select_related("ticket").order_by("-at"))
    asked = SatisfactionQuestion.objects.filter(**span).count()
    mean = Fraction(sum(row.mark for row in rows), len(rows)) if rows else None
    return Satisfied(asked, rows[:_SHOWN], [sum(row.mark == mark for row in rows) for mark in MARKS], mean)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())
