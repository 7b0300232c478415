"""The same way from offer to first invoice under each of the five packs, each by its own rule."""

from datetime import UTC, date, datetime

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import billing, conclusion
from kontor.office.contracts.models import BilledPeriod, BillingProblem, Contract
from tests.background import run_jobs
from tests.factories import AT, accept, make_draft, make_house, make_party, send

pytestmark = pytest.mark.django_db


def bill(house, until: date) -> list[tuple[str, date, date, str]]:
    """Bill until a day and return (item, first day, first day after, kind) of everything billed."""
    at = datetime(until.year, until.month, until.day, 9, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        run = billing.start_run(until=until, at=at, actor=MACHINE)
        billing.bill_contracts(run.pk, list(Contract.objects.values_list("pk", flat=True)), at=at)
        assert [problem.sentence_en for problem in BillingProblem.objects.all()] == []
        return sorted(BilledPeriod.objects.values_list("item", "first", "end", "kind"))


@pytest.mark.parametrize("pack", ["dealership", "bookkeeping"])
def test_acceptance_alone_concludes(pack):
    house = make_house(pack)
    offer = send(house, make_draft(house, make_party(house), agreed={"invoicing.issued": "period_start"}))
    accept(house, offer)
    run_jobs()

    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
    assert (contract.concluded_at, contract.start_on) == (AT, date(2026, 12, 1))
    assert bill(house, date(2026, 12, 1)) == [
        ("seats", date(2026, 12, 1), date(2027, 1, 1), "advance"),
        ("terminal", date(2026, 12, 1), date(2026, 12, 2), "once-1"),
        ("visitors", date(2026, 12, 1), date(2027, 1, 1), "advance"),
    ]


@pytest.mark.requirement("SO-007")
@pytest.mark.requirement("SO-050")
def test_crm_is_concluded_by_signature_and_billed_from_the_next_change_of_month():
    """§11.1: the first interval begins at the change of month; signed on 2 November, so on 1 December, for a year."""
    house = make_house("crm")
    agreed = {"invoicing.interval": "year", "invoicing.lead": "14 days"}
    offer = send(house, make_draft(house, make_party(house), agreed=agreed, start_on=None))
    accept(house, offer)
    run_jobs()

    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
    assert contract.concluded_at == AT
    assert contract.start_on == date(2026, 12, 1)
    before = bill(house, date(2026, 11, 16))
    assert [item for item, *_ in before if item != "terminal"] == []
    assert [row for row in bill(house, date(2026, 11, 17)) if row[0] != "terminal"] == [
        ("seats", date(2026, 12, 1), date(2027, 12, 1), "advance"),
        ("visitors", date(2026, 12, 1), date(2027, 12, 1), "advance"),
    ]


@pytest.mark.requirement("AP-004")
@pytest.mark.requirement("AP-032")
def test_leisure_is_concluded_by_the_signed_offer_and_billed_on_its_dates():
    """Art. 4 and 11: dates of the offer for the first year, renewals 60 days before they begin: 2 October 2027."""
    house = make_house("leisure")
    agreed = {
        "invoicing.interval": "year",
        "invoicing.dates": ["2026-12-05"],
        "term.initial": "12 months",
        "invoicing.due": "30 days",
    }
    offer = send(house, make_draft(house, make_party(house), agreed=agreed))
    accept(house, offer)
    run_jobs()

    with as_tenant(house.tenant.pk):
        assert Contract.objects.get().concluded_at == AT
    year = [
        ("seats", date(2026, 12, 1), date(2027, 12, 1), "instalment"),
        ("visitors", date(2026, 12, 1), date(2027, 12, 1), "instalment"),
    ]
    assert [row for row in bill(house, date(2026, 12, 4)) if row[0] != "terminal"] == []
    assert [row for row in bill(house, date(2026, 12, 5)) if row[0] != "terminal"] == year
    assert [row for row in bill(house, date(2027, 10, 1)) if row[0] != "terminal"] == year
    renewal = [(item, date(2027, 12, 1), date(2028, 12, 1), "renewal") for item in ("seats", "visitors")]
    assert [row for row in bill(house, date(2027, 10, 2)) if row[0] != "terminal"] == sorted([*year, *renewal])
    with as_tenant(house.tenant.pk):
        last = Invoice.objects.order_by("issued_on").last()
        assert (last.issued_on, last.due_on) == (date(2027, 10, 2), date(2027, 11, 16))  # 45 days after issue


def test_a_visitor_contract_needs_its_confirmation():
    house = make_house("visitor")
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert Contract.objects.count() == 0
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert Contract.objects.count() == 1
