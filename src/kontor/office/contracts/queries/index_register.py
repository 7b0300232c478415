"""The index register as rules and pages read it: each series' values, what was lost, what was agreed instead."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kontor.office.contracts.models import IndexAgreement, IndexLoss, IndexSeries, IndexValue
from kontor.rulebook.index_adjustment import Published


@dataclass(frozen=True, slots=True)
class Series:
    """A series with all that was published of it, in the order in which it was entered; `lost` where it was lost."""

    row: IndexSeries
    values: tuple[Published, ...]
    lost: IndexLoss | None = None

    @property
    def latest(self) -> Published | None:
        """The value of the latest month."""
        return max(self.values, key=lambda it: (it.month, it.published), default=None)


@dataclass(frozen=True, slots=True)
class Register:
    """Every series, and by contract what was agreed in place of a lost one."""

    series: dict[uuid.UUID, Series]
    agreements: dict[uuid.UUID, list[IndexAgreement]]

    def named(self, name: str) -> Series | None:
        """Return the series that contracts call so, however it is spelled; None without one."""
        return next((it for it in self.series.values() if it.row.name.casefold() == name.casefold()), None)

    def followed(self, contract: uuid.UUID, series: Series) -> tuple[Series, IndexAgreement | None]:
        """Return what a contract follows that named a series: that one, or the last agreed on in its place."""
        agreed: IndexAgreement | None = None
        while series.lost is not None:
            lost = series.row.pk
            further = next((it for it in self.agreements.get(contract, ()) if it.lost_id == lost), None)
            if further is None:
                break
            agreed, series = further, self.series[further.series_id]
        return series, agreed


def as_published(row: IndexValue | IndexAgreement) -> Published:
    """Return a stored value as the rulebook reads it; an agreed one counts as known from the day of the agreement."""
    known = row.agreed_on if isinstance(row, IndexAgreement) else row.published_on
    return Published(row.month, row.base, row.value, known)


def register(contracts: Collection[uuid.UUID] = ()) -> Register:
    """Return the whole register; three queries, and one for the agreements of some contracts."""
    values: dict[uuid.UUID, list[Published]] = defaultdict(list)
    for row in IndexValue.objects.order_by("at", "pk"):
        values[row.series_id].append(as_published(row))
    lost = {row.series_id: row for row in IndexLoss.objects.all()}
    series = {
        row.pk: Series(row, tuple(values[row.pk]), lost.get(row.pk)) for row in IndexSeries.objects.order_by("name")
    }
    agreements: dict[uuid.UUID, list[IndexAgreement]] = defaultdict(list)
    if contracts:
        for agreed in IndexAgreement.objects.filter(contract_id__in=contracts):
            agreements[agreed.contract_id].append(agreed)
    return Register(series, agreements)


def month_of(when: date) -> date:
    """Return the first day of a day's month."""
    return when.replace(day=1)
