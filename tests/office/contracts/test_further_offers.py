"""Further offers under a running contract: what is accepted becomes an amendment, to the cent (Art. 6, 7, 8.4, 9.2)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceLine
from kontor.office.contracts.actions import further_offers, licensing_keys, licensing_sites
from kontor.office.contracts.actions.further_accepted import carry_out
from kontor.office.contracts.actions.licensing import LicenceRefusedError
from kontor.office.contracts.models import Amendment, Contract, LicenceKey, Offer, OfferState, SiteReport
from kontor.office.contracts.queries.further import (
    Offering,
    Purpose,
    listed_for,
    maintenance_of,
    more_of,
    perpetual_of,
    site_of,
)
from kontor.office.contracts.queries.licences import sites_of
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import House, accept
from tests.office.contracts.licensing import activated, granting_of, leisure, licensed
from tests.office.contracts.test_billing import bill
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
UNTIL = date(2027, 3, 31)


@pytest.fixture
def house() -> House:
    return leisure()


@pytest.fixture
def contract(house) -> Contract:
    return licensed(house, positions={"licence": 1, "web": 1})


def listed(contract: Contract, key: str):
    return {each.item.key: each for each in listed_for(contract, date(2027, 3, 1))}[key]


def offered(house: House, contract: Contract, offering: Offering, *, at: datetime = LATER) -> Offer:
    with as_tenant(house.tenant.pk):
        return further_offers.offer_further(contract.pk, offering, valid_until=UNTIL, at=at, actor=MACHINE)


def perpetual(house: House, contract: Contract, **given: Any) -> Offering:
    with as_tenant(house.tenant.pk):
        found = {"listed": listed(contract, "perpetual"), "site": "Kiel", **given}
        return perpetual_of(contract, granting_of(contract, at=LATER), found["listed"], site=found["site"])


def lines() -> list[tuple[str, int]]:
    return list(InvoiceLine.objects.order_by("item_key", "period_first").values_list("item_key", "net_minor"))


@pytest.mark.requirement("AP-008")
def test_a_term_licence_becomes_perpetual_for_its_whole_price(house, contract):
    """1,200.00 was invoiced for the year; the licence for good costs 4,000.00, and nothing is credited."""
    bill(house, date(2026, 12, 5), at=datetime(2026, 12, 5, 8, 0, tzinfo=UTC))
    offering = perpetual(house, contract)
    assert offering.told["paid_minor"] == 120_000
    offer = offered(house, contract, offering)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert granting_of(contract, at=LATER).licence.granted.value == "limited_term"  # until it is signed
        assert lines() == [("licence", 120_000), ("web", 69_000)]
    accept(house, offer, at=LATER)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert lines() == [("licence", 120_000), ("perpetual", 400_000), ("web", 69_000)]
        assert Invoice.objects.filter(kind=Invoice.Kind.INVOICE).count() == Invoice.objects.count()
        licence = granting_of(contract, at=LATER).licence
        assert (licence.granted.value, licence.computers, licence.sites, licence.last) == (
            "perpetual",
            1,
            ("Kiel",),
            None,
        )
        licensing_keys.deliver_keys(contract.pk, at=LATER, actor=MACHINE)
        newest = LicenceKey.objects.order_by("-number").first()
        assert (newest.number, newest.says["granted"], newest.says["last"]) == (2, "perpetual", None)
        amendment = Amendment.objects.filter(kind="further-perpetual").order_by("number").first()
        why = reasons_of(amendment.ruling)
        assert (str(why.clauses[0]), why.working[0].en) == (
            "Art. 6",
            "€1,200.00 paid is not credited: €4,000.00.",
        )
        assert Contract.objects.count() == 1
        with pytest.raises(LicenceRefusedError, match="second site"):
            activated(contract, "c1", site="Rostock", at=LATER)
    bill(house, date(2027, 12, 31), at=datetime(2027, 10, 5, 8, 0, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        renewed = [("licence", 120_000), ("perpetual", 400_000), ("web", 69_000), ("web", 69_000)]
        assert lines() == renewed  # the term licence is billed no more


def test_what_is_no_conversion_is_not_offered(house, contract):
    for given, says in (
        ({"listed": "racing"}, "no licence of it paid once"),
        ({"listed": "licence"}, "no licence of it paid once"),
        ({"site": "Lübeck"}, "does not name this site"),
    ):
        with as_tenant(house.tenant.pk):
            found = {name: listed(contract, value) if name == "listed" else value for name, value in given.items()}
        with pytest.raises(RefusalError, match=says):
            perpetual(house, contract, **found)
    accept(house, offered(house, contract, perpetual(house, contract)), at=LATER)
    run_jobs()
    with pytest.raises(RefusalError, match="perpetual already"):
        perpetual(house, contract)


@pytest.mark.requirement("AP-022")
def test_maintenance_from_later_on_costs_its_term_and_the_use_before(house):
    """Art. 8.4: since 1 January 2025 without, from 1 July for 12 months: 1,200.00 + 1,200.00 × 181/365 = 595.07."""
    early = datetime(2024, 12, 20, 9, 0, tzinfo=UTC)
    contract = licensed(house, positions={"licence": 1}, agreed={"invoicing.dates": ["2025-01-01"]},
                        start_on=date(2025, 1, 1), at=early, valid_until=date(2024, 12, 31))  # fmt: skip
    june = datetime(2025, 6, 20, 9, 0, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        offering = maintenance_of(contract, listed(contract, "maintenance"), first=date(2025, 7, 1), months=12,
                                  positions=["licence"], today=date(2025, 6, 20))  # fmt: skip
        offer = further_offers.offer_further(
            contract.pk, offering, valid_until=date(2025, 6, 30), at=june, actor=MACHINE
        )
        assert [(each["price"], each["interval"]) for each in offering.extra] == [("595.07", "ONCE")]
    accept(house, offer, at=june)
    run_jobs()
    bill(house, date(2025, 7, 1), at=datetime(2025, 7, 1, 8, 0, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        rows = InvoiceLine.objects.filter(item_key__startswith="maintenance").order_by("period_first")
        found = list(rows.values_list("net_minor", "period_first", "period_last", "clause"))
    assert found == [
        (59_507, date(2025, 1, 1), date(2025, 6, 30), "8.4"),
        (120_000, date(2025, 7, 1), date(2026, 6, 30), "8.4"),
    ]


def test_what_is_no_late_maintenance_is_not_offered(house, contract):
    with as_tenant(house.tenant.pk):
        for key, first, positions, says in (
            ("maintenance", date(2027, 4, 1), ["maintenance"], "has maintenance already"),
            ("perpetual", date(2027, 4, 1), [], "no yearly price"),
            ("maintenance", date(2027, 2, 1), [], "lies in the past"),
        ):
            with pytest.raises(RefusalError, match=says):
                maintenance_of(contract, listed(contract, key), first=first, months=12, positions=positions,
                               today=date(2027, 3, 1))  # fmt: skip
        first = maintenance_of(contract, listed(contract, "maintenance"), first=contract.start_on, months=12,
                               positions=[], today=contract.start_on)  # fmt: skip
        assert first.extra == []


def test_maintenance_from_the_first_day_on_charges_no_use_before(house, contract):
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        offering = maintenance_of(contract, listed(contract, "maintenance"), first=contract.start_on, months=12,
                                  positions=[], today=date(2026, 11, 20))  # fmt: skip
        offer = further_offers.offer_further(contract.pk, offering, valid_until=UNTIL, at=at, actor=MACHINE)
    accept(house, offer, at=at)
    run_jobs()
    with as_tenant(house.tenant.pk):
        rows = InvoiceLine.objects.filter(item_key__startswith="maintenance")
        assert list(rows.values_list("net_minor", flat=True)) == [120_000]


def test_more_computers_need_a_signed_offer_and_have_the_price_of_the_day(house, contract):
    with as_tenant(house.tenant.pk):
        offering = more_of(contract, listed(contract, "licence"), 2, products=["gokarts"])
    offer = offered(house, contract, offering)
    with as_tenant(house.tenant.pk):
        assert granting_of(contract, at=LATER).licence.computers == 1
    accept(house, offer, at=LATER)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert granting_of(contract, at=LATER).licence.computers == 3
        rows = Amendment.objects.filter(kind="further-computers")
        assert [(row.effective_on, row.clause) for row in rows] == [(date(2027, 3, 1), "Art. 6")]
        assert carry_out(OfferState.objects.select_related("offer").get(offer=offer), at=LATER) is None
        assert rows.count() == 1


@pytest.mark.requirement("AP-024")
def test_a_plan_of_another_product_cannot_be_ordered(house):
    contract = licensed(house, positions={"racing": 1})
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match="sold with: Leisure centre"):
        more_of(contract, listed(contract, "web"), 1, products=["goracing"])


@pytest.mark.requirement("AP-015")
@pytest.mark.parametrize(("replaces", "sites"), [("", ("Kiel", "Rostock", "Lübeck")), ("Rostock", ("Kiel", "Lübeck"))])
def test_a_reported_site_waits_for_its_amendment_which_may_cost_more(house, contract, replaces, sites):
    with as_tenant(house.tenant.pk):
        report = licensing_sites.report_site(
            contract, name="Lübeck", address="Hafen 2", network="", by="Jonas", at=LATER, actor=MACHINE
        )
        with pytest.raises(LicenceRefusedError, match="waits for an amendment"):
            activated(contract, "c1", site="Lübeck", at=LATER)
        offering = site_of(contract, report, yearly=Decimal("120.00"), replaces=replaces,
                           price_list=listed(contract, "licence").price_list)  # fmt: skip
    accept(house, offered(house, contract, offering), at=LATER)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert (sites_of(contract), SiteReport.objects.get().amendment.kind) == (sites, "further-site")
        activated(contract, "c1", site="Lübeck", at=LATER, address="198.51.100.4")
        assert contract.licence_notices.count() == 1  # from a network that nobody reported
        licensing_keys.deliver_keys(contract.pk, at=LATER, actor=MACHINE)
        assert LicenceKey.objects.order_by("-number").first().says["sites"] == list(sites)


def test_nothing_to_offer_and_a_day_gone_are_refused(house, contract):
    with as_tenant(house.tenant.pk):
        price_list = listed(contract, "licence").price_list
        empty = Offering(purpose=Purpose.COMPUTERS, price_list=price_list)
        with pytest.raises(LicenceRefusedError, match="no position"):
            further_offers.offer_further(contract.pk, empty, valid_until=UNTIL, at=LATER, actor=MACHINE)
        with pytest.raises(LicenceRefusedError, match="in the past"):
            further_offers.offer_further(contract.pk, empty, valid_until=date(2027, 2, 1), at=LATER, actor=MACHINE)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(Contract.DoesNotExist):
        further_offers.offer_further(contract.pk, empty, valid_until=UNTIL, at=LATER, actor=MACHINE)
