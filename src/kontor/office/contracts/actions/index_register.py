"""Writing the index register: series, values as they were published, a loss, and what is agreed instead."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts.models import Contract, IndexAgreement, IndexLoss, IndexSeries, IndexValue
from kontor.office.contracts.queries.index_register import month_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A value as it was published; any day of its month names it."""

    month: date
    base: str
    value: Decimal
    published_on: date
    source: str


@transaction.atomic
def add_series(*, name: str, publisher: str, at: datetime, actor: Actor) -> IndexSeries:
    """Begin a series; RefusalError where there is one of that name."""
    if IndexSeries.objects.filter(name__iexact=name).exists():
        raise RefusalError(said("„{name}“ steht schon im Register.", "“{name}” is in the register.", name=name))
    made = IndexSeries.objects.create(name=name, publisher=publisher, at=at)
    record("contracts.index_series_added", made, at=at, actor=actor, after={"name": name, "publisher": publisher})
    return made


@transaction.atomic
def enter_values(series_id: uuid.UUID, values: Iterable[NewValue], *, at: datetime, actor: Actor) -> int:
    """
    Enter values and return how many are new; what is in the register already stays as it is, nothing is changed.

    Another value for a month is added as a correction. RefusalError for a value that is not above zero, or published
    before its month began or after today; then none is entered.
    """
    series = IndexSeries.objects.select_for_update().get(pk=series_id)
    fields = ("month", "base", "published_on", "value")
    known = set(IndexValue.objects.filter(series=series).values_list(*fields))
    rows = []
    for value in values:
        month = month_of(value.month)
        _refuse_impossible(value, month, today=at.date())
        key = (month, value.base, value.published_on, value.value)
        if key in known:
            continue
        known.add(key)
        rows.append(
            IndexValue(
                series=series,
                month=month,
                base=value.base,
                value=value.value,
                published_on=value.published_on,
                source=value.source,
                at=at,
            )
        )
    IndexValue.objects.bulk_create(rows)
    if rows:
        after = {"values": [f"{row.month:%Y-%m} {row.base} {row.value}" for row in rows]}
        record("contracts.index_values_entered", series, at=at, actor=actor, after=after)
    return len(rows)


@transaction.atomic
def lose_series(series_id: uuid.UUID, *, lost_on: date, reason: str, at: datetime, actor: Actor) -> IndexLoss:
    """Note that a series ended; every contract on it waits for an agreement. RefusalError where that is noted."""
    series = IndexSeries.objects.select_for_update().get(pk=series_id)
    if series.losses.exists():
        raise RefusalError(Text("Das ist schon vermerkt.", "That is noted already."))
    made = IndexLoss.objects.create(series=series, lost_on=lost_on, reason=reason, at=at)
    record("contracts.index_lost", series, at=at, actor=actor, after={"lost_on": lost_on, "reason": reason})
    return made


@transaction.atomic
def agree_on(
    contract: Contract,
    *,
    lost: uuid.UUID,
    series: uuid.UUID,
    so: NewValue,
    at: datetime,
    actor: Actor,
) -> IndexAgreement:
    """
    Note what both sides agreed in place of a lost index; `so.published_on` is the day of the agreement.

    RefusalError where the index is not lost, the other one is, or an agreement stands.
    """
    if not IndexLoss.objects.filter(series_id=lost).exists():
        raise RefusalError(Text("Der Index wird noch veröffentlicht.", "The index is still published."))
    if series == lost or IndexLoss.objects.filter(series_id=series).exists():
        raise RefusalError(Text("Auch dieser Index ist entfallen.", "This index has ended too."))
    if IndexAgreement.objects.filter(contract=contract, lost_id=lost).exists():
        raise RefusalError(Text("Darüber besteht schon eine Einigung.", "An agreement on this stands already."))
    if so.value <= 0:
        raise RefusalError(Text("Ein Indexwert ist größer als null.", "An index value is greater than zero."))
    made = IndexAgreement.objects.create(
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        lost_id=lost,
        series_id=series,
        month=month_of(so.month),
        base=so.base,
        value=so.value,
        agreed_on=so.published_on,
        source=so.source,
        at=at,
    )
    after = {"series": str(series), "so": str(so.value), "agreed_on": so.published_on, "source": so.source}
    record("contracts.index_agreed", contract, at=at, actor=actor, after=after)
    return made


def _refuse_impossible(value: NewValue, month: date, *, today: date) -> None:
    if value.value <= 0:
        raise RefusalError(Text("Ein Indexwert ist größer als null.", "An index value is greater than zero."))
    if not month <= value.published_on <= today:
        raise RefusalError(
            said(
                "Der Wert für {month} kann nicht am {published} veröffentlicht sein.",
                "The value for {month} cannot have been published on {published}.",
                month=f"{month:%m/%Y}",
                published=day(value.published_on),
            )
        )
