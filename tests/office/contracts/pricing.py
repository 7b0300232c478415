"""Contracts whose prices follow an index or a list, and the register they follow."""

from datetime import UTC, date, datetime
from decimal import Decimal

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import index_register
from kontor.office.contracts.actions.index_register import NewValue
from kontor.office.contracts.actions.renewing import renew
from kontor.office.contracts.models import Contract, IndexSeries
from tests.factories import House, make_house
from tests.office.contracts.test_billing import concluded

IN_AUGUST = datetime(2027, 8, 25, 8, 0, tzinfo=UTC)
IN_SEPTEMBER = datetime(2027, 9, 2, 8, 0, tzinfo=UTC)  # the renewal on 1 December stands fast
RENEWAL = date(2027, 12, 1)
UNTIL = date(2027, 12, 31)
QUARTERS = ["2026-12-05", "2027-03-05", "2027-06-05", "2027-09-05"]


def value(month: date, number: str, published: date, base: str = "1961=100") -> NewValue:
    return NewValue(month=month, base=base, value=Decimal(number), published_on=published, source="syntec.fr")


SEPTEMBER = value(date(2026, 9, 1), "288.8", date(2026, 10, 20))
JULY = value(date(2027, 7, 1), "305.4", date(2027, 8, 20))


def enter(house: House, *values: NewValue, name: str = "Syntec", at: datetime = IN_AUGUST) -> IndexSeries:
    with as_tenant(house.tenant.pk):
        series = IndexSeries.objects.filter(name=name).first() or index_register.add_series(
            name=name, publisher="Fédération Syntec", at=at, actor=MACHINE
        )
        index_register.enter_values(series.pk, values, at=at, actor=MACHINE)
        return series


def indexed(*values: NewValue, **given: str) -> tuple[House, Contract]:
    """A contract of 2 November 2026 that runs from 1 December for a year: 2 × 89.00 and 10 × 12.50 a month."""
    house = make_house("leisure")
    contract = concluded(house, **given)
    enter(house, *(values or (SEPTEMBER, JULY)))
    return house, contract


def renewed(house: House, contract: Contract, at: datetime = IN_SEPTEMBER) -> None:
    with as_tenant(house.tenant.pk):
        renew([contract.pk], at=at)
