"""Limits of contracts: mailing plans, storage, what several contracts of one customer come to together."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from kontor.kernel.actions.blobs import QuotaExceededError, keep
from kontor.kernel.actions.meters import meter
from kontor.kernel.actions.quota_warnings import watch_quota
from kontor.kernel.actions.quotas import QuotaRefusedError, reserve
from kontor.kernel.actions.rights import Grant, grant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import BlobContent, OutgoingMail, Tenant
from kontor.kernel.queries.quotas import counter, quota_of
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import amending, conclusion, drafts, entitling
from kontor.office.contracts.actions.usage import state_use
from kontor.office.contracts.models import Contract, UsageStatement
from kontor.office.contracts.queries.limited import charged
from kontor.office.contracts.queries.own_use import own_use
from kontor.office.parties.models import Party
from kontor.rulebook import terms
from kontor.rulebook.contract_state import AddItem, Change, ChangeQuantity, Per
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.usage import month_of
from tests.background import run_jobs
from tests.factories import AGREED, AT, House, accept, make_draft, make_house, make_party, send
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_usage import JANUARY, OSLO, charges, mailing, metered_house, stated, use
from tests.people import administrator, make_tenant

pytestmark = pytest.mark.django_db
MAILS, STORAGE, GB = "contracts.bulk_mailings", "kernel.storage", 10**9
PARIS, BERLIN = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/Berlin")
MAY = datetime(2027, 5, 20, 9, tzinfo=PARIS)


def change(house: House, contract: Contract, *changes: Change, on: date, items=None) -> None:
    why = Ruling("changed", (Clause(contract.pack, "1", contract.version),), (), (Text("weil", "because"),))
    with as_tenant(house.tenant.pk):
        amending.amend(contract, "change", changes, effective_on=on, ruling=why, at=AT, actor=MACHINE, items=items)
        entitling.follow(contract, at=AT, actor=MACHINE)
    run_jobs()


def mailing_plan(*plans: str, on: date = date(2026, 12, 1)) -> tuple[House, Contract]:
    """A leisure contract from December 2026 with these plans among its positions."""
    house = make_house("leisure")
    contract = concluded(house)
    change(house, contract, *(AddItem(plan, 1, Decimal("40.00"), Per.MONTH) for plan in plans), on=on)
    return house, contract


def sent(contract: Contract, quantity: int, at: datetime = MAY - timedelta(hours=1), name: str = "before") -> None:
    with as_tenant(contract.customer_tenant_id):
        meter(MAILS, source=name, at=at, quantity=quantity)


@pytest.mark.requirement("AP-069")
def test_web_pro_with_24500_used_refuses_1000_more_and_begins_anew_on_the_first():
    _, contract = mailing_plan("web_pro")
    sent(contract, 24_500)
    with as_tenant(contract.customer_tenant_id):
        with pytest.raises(QuotaRefusedError) as refused:
            reserve(MAILS, 1_000, source="campaign", at=MAY, until=MAY + timedelta(days=1))
        assert refused.value.text == Text("noch 500 in diesem Monat", "500 left this month")
        assert counter(MAILS, at=MAY).shown == Text("24.500/25.000", "24,500/25,000")
        first = datetime(2027, 6, 1, tzinfo=PARIS)
        assert counter(MAILS, at=first - timedelta(seconds=1)).used == 24_500
        assert counter(MAILS, at=first).shown.en == "0/25,000"
        (mine,) = [each for each in own_use(month_of(MAY.date()), at=MAY) if each.limit.meter.key == MAILS]
        assert (mine.used, mine.included, mine.left, mine.limit.hard) == (24_500, 25_000, 500, True)


@pytest.mark.requirement("AP-069")
def test_web_premium_allows_90000_and_a_change_in_the_month_holds_at_once():
    """25,000 until 14 May, 90,000 from 15 May: a hard limit is what holds on the day, not a part by days."""
    house, contract = mailing_plan("web_pro")
    swap = (ChangeQuantity("web_pro", -1), AddItem("web_premium", 1, Decimal("90.00"), Per.MONTH))
    change(house, contract, *swap, on=date(2027, 5, 15))
    sent(contract, 24_500, datetime(2027, 5, 2, 9, tzinfo=PARIS))
    with as_tenant(contract.customer_tenant_id):
        assert counter(MAILS, at=datetime(2027, 5, 14, 23, 59, tzinfo=PARIS)).shown.en == "24,500/25,000"
        assert counter(MAILS, at=datetime(2027, 5, 15, tzinfo=PARIS)).shown.en == "24,500/90,000"
        (mine,) = [each for each in own_use(month_of(MAY.date()), at=MAY) if each.limit.meter.key == MAILS]
        assert mine.included == 90_000


def test_of_two_plans_at_once_the_larger_counts_and_without_a_plan_there_is_no_limit():
    _, contract = mailing_plan("web_premium", "web_pro", on=date(2027, 1, 1))
    with as_tenant(contract.customer_tenant_id):
        assert quota_of(MAILS, at=MAY).quantity == 90_000
        assert quota_of(MAILS, at=datetime(2026, 12, 31, 23, 59, tzinfo=PARIS)) is None


def storing() -> tuple[House, Contract]:
    """A visitor contract with 15 GB, whose administrator Jonas Alder signed it."""
    house = make_house()
    with mock.patch.dict(AGREED, number=15):
        return house, concluded(house)


def fill(contract: Contract, stored: int) -> None:
    with as_tenant(contract.customer_tenant_id):
        BlobContent.objects.create(sha256=stored.to_bytes(32, "big"), size=stored)


class Large(bytes):
    """200 MB that take no memory: keeping refuses by length before it reads."""

    def __len__(self) -> int:
        return 200 * 10**6


@pytest.mark.requirement("FW-088")
def test_storage_is_refused_beyond_15_gb_warned_of_before_and_5_gb_more_let_it_in():
    house, contract = storing()
    at = datetime(2027, 1, 5, 9, tzinfo=BERLIN)
    administrator(Tenant.objects.get(pk=contract.customer_tenant_id))
    told = []
    for stored in (11_999_999_999, 1, 2_250_000_000, 650_000_000):  # to 80 % less a byte, 80 %, 95 %, 14.9 GB
        fill(contract, stored)
        with as_tenant(contract.customer_tenant_id):
            told.append([row.percent for row in watch_quota(STORAGE, at=at)])
    assert told == [[], [80], [95], []]
    with as_tenant(contract.customer_tenant_id):
        mails = OutgoingMail.objects.filter(to="jana@alder.example").order_by("pk").values_list("subject", flat=True)
        assert list(mails) == [f"Speicher: {percent} % der Grenze sind verbraucht" for percent in (80, 95)]
        with pytest.raises(QuotaExceededError) as refused, translation.override("en"):
            keep(Large(b"film"), name="film.mp4", media_type="video/mp4", at=at)
        assert str(refused.value) == "There is no room for this file (quota 15 GB, 100 MB free)."
    more = AddItem("more-storage", 5, Decimal("1.00"), Per.MONTH)
    item = {"key": "more-storage", "name": "Storage", "module": "storage", "unit": "GB", "kind": "STORAGE"}
    change(house, contract, more, on=date(2027, 1, 5), items={"more-storage": item})
    with as_tenant(contract.customer_tenant_id):
        assert quota_of(STORAGE, at=at).quantity == 20 * GB
        assert quota_of(STORAGE, at=at - timedelta(days=1)).quantity == 15 * GB
        assert keep(Large(b"film"), name="film.mp4", media_type="video/mp4", at=at).size == 200 * 10**6
        (mine,) = own_use(month_of(at.date()), at=at)
        assert (mine.included, mine.used) == (20, 0)  # the page reads the level of the night


def second(house: House, first: Contract) -> Contract:
    """Another contract of the same customer: concluded like the first, a day later."""
    with as_tenant(house.tenant.pk):
        party = Party.objects.get(pk=first.party_id)
    offer = send(house, make_draft(house, party))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.get(offer=offer)


def state_all(house: House, at: datetime) -> None:
    with as_tenant(house.tenant.pk):
        state_use(list(Contract.objects.order_by("pk").values_list("pk", flat=True)), at=at, actor=MACHINE)


def test_a_use_of_two_contracts_is_one_contracts_and_charged_once():
    """
    Each includes 10,000 mailings; 25,000 are sent: the first has its 10,000, the second 15,000 and 5 blocks of 1,000.

    Charged alone, each would have billed 15 blocks for the same mailings.
    """
    house = metered_house()
    first = concluded(house)
    other = second(house, first)
    assert other.customer_tenant_id == first.customer_tenant_id
    state_all(house, JANUARY)
    use(first, mailing("m1", JANUARY, 25_000))
    noon = datetime(2027, 1, 10, 12, tzinfo=OSLO)
    with as_tenant(first.customer_tenant_id):
        shown = {
            each.contract.pk: each for each in own_use(month_of(noon.date()), at=noon) if each.limit.meter.key == MAILS
        }
        assert {pk: each.used for pk, each in shown.items()} == {first.pk: 10_000, other.pk: 15_000}
        assert shown[other.pk].part(Decimal(9_000)) == 0
    for _ in range(2):
        state_all(house, datetime(2027, 2, 3, 5, tzinfo=OSLO))
    january = [row for row in stated(house, "bulk_mailings") if row[0] == date(2027, 1, 1) and row[1] == 1]
    assert sorted(row[2:] for row in january) == [(10_000, 10_000, 0), (15_000, 10_000, 5)]
    assert [row[:2] for row in charges(house)] == [("bulk_mailings-2027-01", 5)]
    with as_tenant(house.tenant.pk):
        why = reasons_by_id([UsageStatement.objects.get(contract=first, meter="bulk_mailings", used=10_000).ruling])
        (told,) = why.values()
        assert told.working[0].en == (
            f"Of 25,000 mailings, 10,000 belong to this contract, the rest to: {other.number}."
        )


def test_stating_one_of_two_contracts_alone_comes_to_the_same():
    house = metered_house()
    first = concluded(house)
    other = second(house, first)
    use(first, mailing("m1", JANUARY, 25_000))
    with as_tenant(house.tenant.pk):
        state_use([other.pk], at=datetime(2027, 2, 3, 5, tzinfo=OSLO), actor=MACHINE)
    assert [row[:2] for row in charges(house)] == [("bulk_mailings-2027-01", 5)]


def test_what_one_contract_charges_no_other_refuses_and_another_customer_is_another():
    _, contract = mailing_plan("web_pro")
    crm = charged(terms.load("crm"))
    assert [(name, unit) for name, unit, _ in crm] == [
        ("bulk_mailings", "MONTH"), ("service_emails", "MONTH"), ("customer_centre_logins", "MONTH"), ("storage", "GB"),
    ]  # fmt: skip
    with as_tenant(contract.customer_tenant_id):
        assert quota_of(MAILS, at=MAY).quantity == 25_000
        free = Grant(module="bulk_mailings", unit="MONTH", from_on=date(2026, 1, 1), until_on=None, clause="§11.3",
                     reason_de="", reason_en="")  # fmt: skip
        grant([free], contract=None, at=AT, actor=MACHINE)
        assert quota_of(MAILS, at=MAY) is None
    with as_tenant(make_tenant("Birke").pk):
        assert quota_of(MAILS, at=MAY) is None


def test_a_gb_is_what_the_contract_reads_it_as():
    house = make_house()
    with mock.patch.dict(AGREED, number=15):
        draft = make_draft(house, make_party(house))
    with as_tenant(house.tenant.pk):
        drafts.set_terms(
            draft.pk, agreed=draft.agreed, settings={"metering.gigabyte": "binary", "metering.warned_first": "50 %"},
            at=AT, actor=house.actor,
        )  # fmt: skip
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
    with as_tenant(contract.customer_tenant_id):
        quota = quota_of(STORAGE, at=datetime(2027, 1, 5, 9, tzinfo=BERLIN))
        assert (quota.quantity, quota.warn_at) == (15 * 2**30, (50, 95))
        assert quota.spoken(quota.quantity) == 15
