"""
May I use so much of this? Exact for all who ask at once: what is promised to one is not promised to another.

    promise = reserve("contracts.bulk_mailings", 1_000, source=campaign, at=at, until=at + timedelta(days=1))
    use_reserved(promise.pk, [Use(key="contracts.bulk_mailings", source=mail, at=at) for mail in sent], at=at)
    give_back(promise.pk, at=at)

A promise holds in its month: what is left of it at the month's end, at `until` or after `give_back` is free again.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import connection, models, transaction

from kontor.kernel.actions.meters import OtherUseError, Use, meter_many, name_of
from kontor.kernel.models import MeterReading, Reservation
from kontor.kernel.queries.quotas import Counter, Quota, counted, promised, quota_of
from kontor.kernel.tenancy import current_tenant
from kontor.rulebook.currency import number
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.usage import month_at
from kontor.rulebook.wording import said


class QuotaRefusedError(RefusalError):
    """
    More is asked for than is left; `text` says how much is: "500 left this month".

    counter  used, promised and allowed, as people follow them
    """

    def __init__(self, counter: Counter) -> None:
        left = number(counter.left)
        if counter.quota.month:
            text = said("noch {left} in diesem Monat", "{left} left this month", left=left)
        else:
            text = said("noch {left} {unit} frei", "{left} {unit} left", left=left, unit=counter.quota.unit)
        super().__init__(text)
        self.counter = counter


class PromiseOverError(RefusalError):
    """A promise was given back, is over, or does not hold so much; nothing was counted."""


@transaction.atomic
def reserve(
    key: str, quantity: Decimal | int, *, source: models.Model | str, at: datetime, until: datetime
) -> Reservation:
    """
    Promise so much of a meter to `source`, in the month that runs.

    Asked again it is the promise there is; one that is over is made anew where enough is left.

    QuotaRefusedError where less is left, counting what others were promised; OtherUseError where this source was
    promised another quantity; ValueError for nothing, or for a promise that is over at once.
    """
    if quantity <= 0 or until <= at:
        raise ValueError(f"A promise of {quantity} until {until} promises nothing.")
    hold(key)
    known = Reservation.objects.filter(meter=key, source=name_of(source)).first()
    quota = quota_of(key, at=at)
    month = quota.month.first if quota and quota.month else None
    if known is not None and known.given_back_at is None and known.until > at and known.month == month:
        if known.quantity != quantity:
            raise OtherUseError([known.source])
        return known
    if quota is not None:
        _refuse_beyond(quota, Decimal(quantity), at=at)
    promise = known or Reservation(meter=key, source=name_of(source))
    promise.quantity = promise.left = Decimal(quantity)
    promise.month, promise.at, promise.until, promise.given_back_at = month, at, until, None
    promise.save()
    return promise


@transaction.atomic
def use_reserved(promise: uuid.UUID, uses: Iterable[Use], *, at: datetime) -> int:
    """
    Count uses against a promise and return how many were new; what was counted before takes nothing of it again.

    PromiseOverError where the promise was given back, is over, is another month's or holds less; then nothing counts.
    """
    row = Reservation.objects.get(pk=promise)
    hold(row.meter)
    row = Reservation.objects.select_for_update().get(pk=promise)
    told = list(uses)
    if wrong := {use.key for use in told} - {row.meter}:
        raise ValueError(f"{min(wrong)} was not promised, {row.meter} was.")
    quota = quota_of(row.meter, at=at)
    if _over(row, quota, told, at=at):
        raise PromiseOverError(Text("Diese Zusage gilt nicht mehr.", "This promise is over."))
    before = set(
        MeterReading.objects.filter(meter=row.meter, source__in=[name_of(use.source) for use in told]).values_list(
            "source", flat=True
        )
    )
    fresh = {name_of(use.source): Decimal(use.quantity) for use in told if name_of(use.source) not in before}
    if (taken := sum(fresh.values(), Decimal(0))) > row.left:
        german, english = "Von dieser Zusage sind nur noch {left} übrig.", "Only {left} of this promise are left."
        raise PromiseOverError(said(german, english, left=number(row.left)))
    new = meter_many(told)
    row.left -= taken
    row.save(update_fields=["left"])
    return new


@transaction.atomic
def give_back(promise: uuid.UUID, *, at: datetime) -> Decimal:
    """Give back what is left of a promise, and return how much it was; a second time it is nothing."""
    row = Reservation.objects.get(pk=promise)
    hold(row.meter)
    row = Reservation.objects.select_for_update().get(pk=promise)
    if row.given_back_at is not None:
        return Decimal(0)
    row.given_back_at = at
    row.save(update_fields=["given_back_at"])
    return row.left


def hold(key: str) -> None:
    """Let nobody else promise or count this meter of the tenant until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kernel quota {current_tenant()} {key}"]
        )


def _refuse_beyond(quota: Quota, quantity: Decimal, *, at: datetime) -> None:
    used, others = counted(quota, at=at), promised(quota, at=at)
    if used + others + quantity > quota.quantity:
        raise QuotaRefusedError(Counter(quota=quota, used=quota.spoken(used), promised=quota.spoken(others)))


def _over(row: Reservation, quota: Quota | None, told: Iterable[Use], *, at: datetime) -> bool:
    """A promise is over once it was given back, its time is up, or the month of what it counts is another."""
    if row.given_back_at is not None or at >= row.until:
        return True
    if row.month is None or quota is None:
        return False
    return any(month_at(use.at, quota.zone).first != row.month for use in told)
