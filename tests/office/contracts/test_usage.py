"""Months of use: opened with what is included, closed, charged with the next invoice, corrected and never changed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kontor.kernel.actions.meters import Use, meter_many
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import make_price_list
from kontor.office.books.models import InvoiceLine
from kontor.office.books.public import price_items
from kontor.office.contracts.actions.days import begin_day
from kontor.office.contracts.actions.usage import state_use
from kontor.office.contracts.models import Charge, Contract, UsageStatement
from kontor.office.contracts.queries.own_use import history, own_use
from kontor.rulebook.usage import month_of
from tests.background import run_jobs
from tests.factories import AT, House, make_house
from tests.office.contracts.test_billing import bill, concluded
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
MAILINGS = "contracts.bulk_mailings"
METERED: tuple[dict[str, Any], ...] = (
    {"key": "more-mailings", "name_de": "Mailings", "name_en": "Mailings", "meter": "bulk_mailings",
     "included": Decimal(10_000), "block_size": Decimal(1_000), "block_unit": "mailings", "price": Decimal("1.00")},
    {"key": "more-storage", "name_de": "Speicher", "name_en": "Storage", "meter": "storage",
     "included": Decimal(10), "block_size": Decimal(1), "block_unit": "GB", "price": Decimal("0.50")},
    {"key": "more-visitors", "name_de": "Besucher", "name_en": "Visitors", "meter": "customer_centre_logins",
     "included": Decimal(1), "block_size": Decimal(1), "block_unit": "visitors", "price": Decimal("0.0035")},
)  # fmt: skip


def metered_house(pack: str = "crm") -> House:
    house = make_house(pack)
    with as_tenant(house.tenant.pk):
        make_price_list(
            seller=house.seller, name="Verbrauch", pack=pack, valid_from=date(2026, 1, 1), valid_until=None,
            items=[{**item, "kind": "USAGE", "unit": "BLOCK", "interval": "ONCE", "module": ""} for item in METERED],
            at=AT, actor=MACHINE,
        )  # fmt: skip
    return house


def use(contract: Contract, *told: Use) -> None:
    with as_tenant(contract.customer_tenant_id):
        meter_many(told)


def mailing(name: str, at: datetime, quantity: int) -> Use:
    return Use(key=MAILINGS, source=name, at=at, quantity=quantity)


def state(house: House, contract: Contract, at: datetime) -> int:
    with as_tenant(house.tenant.pk):
        return state_use([contract.pk], at=at, actor=MACHINE)


def stated(house: House, meter: str) -> list[tuple[Any, ...]]:
    with as_tenant(house.tenant.pk):
        rows = UsageStatement.objects.filter(meter=meter).order_by("month", "number")
        return list(rows.values_list("month", "number", "used", "included", "blocks"))


def charges(house: House) -> list[tuple[Any, ...]]:
    with as_tenant(house.tenant.pk):
        return list(Charge.objects.order_by("key").values_list("key", "quantity", "price", "first", "last", "clause"))


DECEMBER, JANUARY, FEBRUARY = (datetime(*month, 3, 5, tzinfo=OSLO) for month in ((2026, 12), (2027, 1), (2027, 2)))
MAY = date(2027, 5, 1)


@pytest.mark.requirement("SO-054")
def test_use_beyond_is_charged_in_blocks_with_the_next_period():
    """10,000 included, 12,500 used in January: 3 started thousands × 1.00 = 3.00, under January's own days."""
    house = metered_house()
    contract = concluded(house)
    assert state(house, contract, JANUARY) > 0
    use(contract, mailing("m1", JANUARY, 12_000), mailing("m2", datetime(2027, 1, 31, 23, 59, tzinfo=OSLO), 500))
    state(house, contract, FEBRUARY)

    assert [row for row in stated(house, "bulk_mailings") if row[0] == date(2027, 1, 1)] == [
        (date(2027, 1, 1), 0, 0, 10_000, 0),
        (date(2027, 1, 1), 1, 12_500, 10_000, 3),
    ]
    assert charges(house) == [
        ("bulk_mailings-2027-01", 3, Decimal("1.00"), date(2027, 1, 1), date(2027, 1, 31), "§11.3")
    ]
    bill(house, date(2027, 12, 31), at=FEBRUARY)
    with as_tenant(house.tenant.pk):
        (line,) = InvoiceLine.objects.filter(item_key="bulk_mailings-2027-01")
        assert (line.net_minor, line.name) == (300, "Massenmailings über 10.000 Mailings: Blöcke zu 1.000")
        assert StoredRuling.objects.get(pk=line.ruling).question == "contracts.charge"


def test_stating_again_says_nothing_new():
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    use(contract, mailing("m1", JANUARY, 12_000))
    assert state(house, contract, FEBRUARY) > 0
    before = (stated(house, "bulk_mailings"), charges(house))
    assert state(house, contract, FEBRUARY + timedelta(hours=1)) == 0
    assert (stated(house, "bulk_mailings"), charges(house)) == before


@pytest.mark.trap(39)
def test_trap_39_a_late_event_is_a_correction_with_its_own_period():
    """January closed at 12,000 (2 blocks); 1,500 come late: 13,500 are 4 blocks, so 2 more under January's days."""
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    use(contract, mailing("m1", JANUARY, 12_000))
    state(house, contract, FEBRUARY)
    use(contract, mailing("late", JANUARY, 1_500))
    state(house, contract, FEBRUARY + timedelta(days=1))

    assert [row[1:] for row in stated(house, "bulk_mailings") if row[0] == date(2027, 1, 1)] == [
        (0, 0, 10_000, 0),
        (1, 12_000, 10_000, 2),
        (2, 13_500, 10_000, 4),
    ]
    assert [row[:2] for row in charges(house)] == [("bulk_mailings-2027-01", 2), ("bulk_mailings-2027-01-2", 2)]


@pytest.mark.trap(12)
def test_trap_12_the_contracts_zone_decides_the_month():
    """23:30 UTC on 31 January is February in Oslo."""
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    use(contract, mailing("m1", datetime(2027, 1, 31, 23, 30, tzinfo=UTC), 11_000))
    state(house, contract, datetime(2027, 3, 3, 5, tzinfo=OSLO))
    closed = {row[0]: row[2] for row in stated(house, "bulk_mailings") if row[1] == 1}
    assert (closed[date(2027, 1, 1)], closed[date(2027, 2, 1)]) == (0, 11_000)


@pytest.mark.trap(42)
@pytest.mark.requirement("SO-053")
def test_trap_42_visitors_count_once_a_month_and_storage_at_its_end():
    """Two visitors, one included: 1 block of 0.0035. 10.01 GB stored, 10 included: 1 block of 0.50 (trap 40)."""
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    logins = [("anna", 1), ("anna", 2), ("anna", 3), ("ben", 4)]
    use(contract, *(
        Use(key="contracts.customer_centre_logins", source=f"s{day}", subject=who,
            at=datetime(2027, 1, day, 12, tzinfo=OSLO)) for who, day in logins
    ))  # fmt: skip
    stored = datetime(2027, 1, 31, 4, tzinfo=OSLO)
    use(contract, Use(key="kernel.storage", source="l1", at=stored, quantity=10_010_000_000))
    state(house, contract, FEBRUARY)
    assert [row[:3] for row in charges(house)] == [
        ("customer_centre_logins-2027-01", 1, Decimal("0.0035")),
        ("storage-2027-01", 1, Decimal("0.50")),
    ]


def test_a_month_is_opened_with_what_is_included():
    house = metered_house()
    contract = concluded(house)
    state(house, contract, DECEMBER)
    assert stated(house, "bulk_mailings") == [(date(2026, 12, 1), 0, 0, 10_000, 0)]


def test_the_night_states_the_use_of_all_contracts():
    house = metered_house()
    concluded(house)
    with as_tenant(house.tenant.pk):
        begin_day(at=AT)
    assert "contracts.state_use" in run_jobs()


def test_the_customer_sees_its_use_and_another_tenant_does_not():
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    use(contract, mailing("m1", JANUARY, 4_000))
    noon = datetime(2027, 1, 10, 12, tzinfo=OSLO)
    with as_tenant(contract.customer_tenant_id):
        (mine,) = [each for each in own_use(month_of(noon.date()), at=noon) if each.limit.meter.key == MAILINGS]
        assert (mine.used, mine.included, mine.left, mine.closed) == (4_000, 10_000, 6_000, None)
        assert mine.expected is not None
        assert mine.expected.value == 12_400  # 4,000 × 31 / 10
        assert {row.month for row in history()} == {date(2026, 12, 1)}
    state(house, contract, FEBRUARY)
    with as_tenant(contract.customer_tenant_id):
        assert {(row.meter, row.used) for row in history(contract.pk) if row.used} == {("bulk_mailings", 4_000)}
        (mine,) = [each for each in own_use(month_of(noon.date()), at=FEBRUARY) if each.limit.meter.key == MAILINGS]
        assert (mine.used, mine.closed is not None, mine.expected) == (4_000, True, None)
    with as_tenant(make_tenant("Birke").pk):
        assert (history(), own_use(month_of(noon.date()), at=noon)) == ([], [])


def test_a_hard_limit_of_the_terms_needs_no_price_list():
    """The offer names 2 GB and ranks above the 15 GB of the terms; its whole amount holds from the first day."""
    house = make_house("visitor")
    contract = concluded(house)
    state(house, contract, JANUARY)
    assert [row[3:] for row in stated(house, "storage")] == [(2, 0)] * len(stated(house, "storage"))
    state(house, contract, FEBRUARY)
    assert charges(house) == []


def test_prices_of_metered_use_are_no_items_to_order():
    house = metered_house()
    with as_tenant(house.tenant.pk):
        lists = house.price_list.__class__.objects.filter(name="Verbrauch")
        assert price_items(lists[0].pk) == []
