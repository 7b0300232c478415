"""What all customers used of what their contracts limit or charge, month by month, as it was stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kontor.kernel import registry
from kontor.office.contracts.models import UsageStatement
from kontor.office.contracts.queries.charges import plain
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class StatedUse:
    """One meter of one contract in a closed month, as the last statement has it."""

    row: UsageStatement

    @property
    def customer_name(self) -> str:
        """Who used it."""
        return str(self.row.contract.customer_name)

    @property
    def number(self) -> str:
        """The contract's number."""
        return str(self.row.contract.number)

    @property
    def meter(self) -> str:
        """The meter's name in terms and price lists."""
        return self.row.meter

    @property
    def used(self) -> Decimal:
        """What was used, in the unit in which it is included."""
        return plain(self.row.used)

    @property
    def included(self) -> Decimal:
        """What is included, or allowed at most."""
        return plain(self.row.included)

    @property
    def percent(self) -> Decimal | None:
        """What was used in hundredths of what is included, rounded down; None where nothing is included."""
        if not self.row.included:
            return None
        return Decimal(int(Fraction(self.row.used) * 100 / Fraction(self.row.included)))

    @property
    def amount(self) -> Money | None:
        """What is charged beyond, net; None where nothing can be."""
        row = self.row
        return None if row.price is None else Money.rounded(row.price * row.blocks, row.currency)


def stated_months(*, limit: int = 24) -> list[date]:
    """Return the first days of the months that are closed for some contract, the latest first."""
    rows = UsageStatement.objects.filter(number__gt=0).order_by("-month").values_list("month", flat=True)
    return list(rows.distinct()[:limit])


def stated_use(month: date) -> list[StatedUse]:
    """Return the last word on each meter of each contract in a closed month; one query."""
    rows = UsageStatement.objects.filter(month=month, number__gt=0).select_related("contract").order_by("number")
    last = {(row.contract_id, row.meter): StatedUse(row) for row in rows}
    return sorted(last.values(), key=lambda each: (each.percent is None, -(each.percent or 0), each.number))


def meter_named(name: str) -> registry.Meter | None:
    """Return the meter of this name; None where no module declares it any more."""
    return next((one for module in registry.modules() for one in module.meters if one.name == name), None)


def title_of(row: UsageStatement) -> Text:
    """Return what was counted."""
    meter = meter_named(row.meter)
    return meter.title if meter and meter.title else Text(row.meter, row.meter)


def unit_of(row: UsageStatement) -> Text:
    """Return the unit in both languages; a meter that is gone keeps the word it was stated with."""
    meter = meter_named(row.meter)
    return meter.unit if meter and not meter.in_bytes else Text(row.unit, row.unit)


def busiest(rows: Sequence[StatedUse], *, limit: int) -> list[StatedUse]:
    """Return the uses nearest to what is included, or furthest beyond it."""
    return [each for each in rows if each.percent is not None and each.percent > 0][:limit]
