"""What two people, or two runs, do to the same contract at the same moment happens once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import billing, conclusion
from kontor.office.contracts.actions.offers import OfferRefusedError
from kontor.office.contracts.models import BilledPeriod, BillingProblem, BillingRun, Contract, Offer, OfferState
from kontor.office.documents.models import Signature
from tests.at_once import at_once
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send

DECEMBER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def concluded(house: House, count: int) -> None:
    for number in range(count):
        offer = send(house, make_draft(house, make_party(house, name=f"Kunde {number} GmbH")))
        accept(house, offer)
        with as_tenant(house.tenant.pk):
            conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
            conclusion.note_confirmation_received(offer.pk, at=AT)  # or the day of the test decides
    run_jobs()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_one_offer_at_once_one_signs_and_one_is_told_why_not():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    answers = at_once(lambda: accept(house, offer, name="Jonas Alder"), lambda: accept(house, offer, name="Eva Alder"))

    (refused,) = [answer for answer in answers if isinstance(answer, OfferRefusedError)]
    assert sum(isinstance(answer, Offer) for answer in answers) == 1
    assert (refused.text.de, refused.text.en) == (
        "Das Angebot ist schon angenommen.",
        "The offer has been accepted already.",
    )
    with as_tenant(house.tenant.pk):
        signature = Signature.objects.get(subject_id=offer.pk)
        assert signature.name == ("Jonas Alder" if isinstance(answers[0], Offer) else "Eva Alder")
        assert OfferState.objects.get(offer=offer).state == OfferState.State.ACCEPTED
    run_jobs()
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert Contract.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_order_is_confirmed_once_by_two_at_once():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)

    def confirm() -> str:
        with as_tenant(house.tenant.pk):
            return conclusion.confirm_order(offer.pk, at=AT, actor=house.actor).number

    answers = at_once(confirm, confirm)
    assert [answer for answer in answers if isinstance(answer, str)] == ["AB-2026-00001"]
    assert sum(isinstance(answer, OfferRefusedError) for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_two_billing_runs_at_once_bill_nothing_twice():
    """Three contracts: December and the terminal each; both runs go through them contract by contract."""
    house = make_house()
    concluded(house, 3)

    def run() -> Any:
        with as_tenant(house.tenant.pk):
            started = billing.start_run(until=date(2026, 12, 1), at=DECEMBER, actor=MACHINE)
            contracts = list(Contract.objects.order_by("pk").values_list("pk", flat=True))
        for contract in contracts:
            with as_tenant(house.tenant.pk):
                billing.bill_contracts(started.pk, [contract], at=DECEMBER)
        return started.pk

    at_once(run, run)
    with as_tenant(house.tenant.pk):
        billed = list(BilledPeriod.objects.order_by("contract", "item").values_list("contract", "item", "first"))
        assert len(billed) == len(set(billed)) == 9  # 3 contracts of 3 positions
        numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
        assert numbers == [f"RE-2026-{number:05}" for number in range(1, len(numbers) + 1)]
        assert Invoice.objects.values_list("subject_id", "occasion").distinct().count() == len(numbers)
        runs = BillingRun.objects.all()
        assert [row.done for row in runs] == [3, 3]
        assert sum(row.invoices for row in runs) == len(numbers)
        assert not BillingProblem.objects.exists()
