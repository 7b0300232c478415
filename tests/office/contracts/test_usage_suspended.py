"""While services are suspended no use is charged, where the clause that suspends them stops them."""

from datetime import datetime
from decimal import Decimal

import pytest

from kontor.kernel.models import StoredRuling
from kontor.kernel.queries.meters import used
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract, Suspension, UsageStatement
from kontor.office.contracts.queries.own_use import own_use
from kontor.office.contracts.queries.usage_gaps import gaps_of
from kontor.rulebook.usage import Figure, month_of
from tests.factories import House, make_house
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_usage import (
    FEBRUARY,
    JANUARY,
    OSLO,
    charges,
    mailing,
    metered_house,
    state,
    stated,
    use,
)

pytestmark = pytest.mark.django_db


def january(day: int) -> datetime:
    return datetime(2027, 1, day, 12, tzinfo=OSLO)


def midnight_of(day: int) -> datetime:
    return datetime(2027, 1, day, tzinfo=OSLO)


def suspended(
    house: House, contract: Contract, since: datetime, until: datetime | None, *, kind: str = "LATE"
) -> Suspension:
    with as_tenant(house.tenant.pk):
        return Suspension.objects.create(
            contract=contract, customer_tenant_id=contract.customer_tenant_id, seller_name=contract.seller_name,
            from_at=since, lifted_at=until, kind=kind, clause="§13", ruling=contract.conclusion_ruling, reason="offen",
        )  # fmt: skip


@pytest.mark.trap(57)
def test_use_of_a_suspension_is_not_charged_and_both_sides_see_why():
    """12,000 before and 500 after count, 5,000 meanwhile do not: 2,500 beyond 10,000 are 3 blocks, not 8."""
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    suspended(house, contract, january(10), january(20))
    for day, quantity in ((9, 12_000), (10, 4_000), (19, 1_000), (20, 500)):
        use(contract, mailing(f"m{day}", january(day), quantity))
    with as_tenant(contract.customer_tenant_id):
        shown = {each.limit.meter.name: each.used for each in own_use(month_of(JANUARY.date()), at=january(31))}
    assert shown["bulk_mailings"] == 12_500
    state(house, contract, FEBRUARY)
    closed_january = [
        row[1:] for row in stated(house, "bulk_mailings") if row[:2] == (month_of(JANUARY.date()).first, 1)
    ]
    assert closed_january == [(1, 12_500, 10_000, 3)]
    assert [row[:2] for row in charges(house)] == [("bulk_mailings-2027-01", 3)]
    with as_tenant(house.tenant.pk):
        closed = UsageStatement.objects.get(meter="bulk_mailings", month="2027-01-01", number=1)
        ruling = StoredRuling.objects.get(pk=closed.ruling)
    assert "While services were suspended (since 10 January 2027) no use counts." in str(ruling.working)


@pytest.mark.parametrize(("pack", "kind", "gaps"), [("crm", "BREACH", 0), ("crm", "LATE", 1), ("visitor", "LATE", 0)])
def test_only_late_payment_under_terms_that_stop_the_service_leaves_use_out(pack, kind, gaps):
    house = make_house(pack)
    contract = concluded(house)
    suspended(house, contract, january(10), None, kind=kind)
    with as_tenant(house.tenant.pk):
        assert len(gaps_of([contract], own=True)) == gaps


def test_a_suspension_outside_the_month_leaves_its_statement_alone():
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    suspended(house, contract, datetime(2026, 12, 5, tzinfo=OSLO), datetime(2026, 12, 9, tzinfo=OSLO))
    use(contract, mailing("m1", january(9), 12_000))
    state(house, contract, FEBRUARY)
    assert [row[:2] for row in charges(house)] == [("bulk_mailings-2027-01", 2)]


@pytest.mark.parametrize(
    ("figure", "gaps", "expected"),
    [
        (Figure.SUM, [(10, 20)], 40),  # 10 + 30; the 20 of the 15th are left out
        (Figure.UNIQUE, [(10, 20)], 1),  # none of the readings names a subject
        (Figure.UNIQUE, [(1, None)], 0),
        (Figure.PEAK, [(10, 20)], 30),
        (Figure.PEAK, [(20, None)], 20),
        (Figure.MONTH_END, [(10, 20)], 30),
        (Figure.MONTH_END, [(10, None)], 0),
        (Figure.MONTH_END, [(10, 24), (28, 29)], 30),  # what changed meanwhile is the level once services are back
        (Figure.AVERAGE, [(1, None)], 0),
    ],
)
def test_what_counts_with_gaps(figure, gaps, expected):
    """Readings 10 on the 5th, 20 on the 15th, 30 on the 22nd; a level is nought while services are suspended."""
    contract = concluded(metered_house())
    use(contract, *(mailing(f"m{day}", january(day), quantity) for day, quantity in ((5, 10), (15, 20), (22, 30))))
    spans = [(midnight_of(since), until and midnight_of(until)) for since, until in gaps]
    month = month_of(JANUARY.date())
    with as_tenant(contract.customer_tenant_id):
        found = used("contracts.bulk_mailings", month, zone=OSLO, figure=figure, without=spans)
    assert found == Decimal(expected)
