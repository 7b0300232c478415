"""An offer says all that its terms list, or it is not sent; what it says is what is unlocked."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.kernel.models import Entitlement
from kontor.kernel.queries.quotas import storage_quota
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import conclusion, drafts, offers
from kontor.office.contracts.models import Contract, OfferDraft
from kontor.office.contracts.queries.agreed import agreed as agreed_under
from kontor.rulebook.terms import load
from tests.background import run_jobs
from tests.factories import AT, House, accept, filled, make_draft, make_house, make_party, send

pytestmark = pytest.mark.django_db
STORAGE = "formation.storage_gigabytes"


def order(house: House, draft: OfferDraft, **counts: int) -> None:
    with as_tenant(house.tenant.pk):
        items = {item.key: item.pk for item in house.price_list.items.all()}
        chosen = [drafts.Position(items[key], Decimal(count)) for key, count in counts.items()]
        drafts.set_positions(draft.pk, chosen, at=AT, actor=house.actor)


def refused(house: House, draft: OfferDraft) -> list[tuple[str, str, str]]:
    with as_tenant(house.tenant.pk), pytest.raises(offers.IncompleteOfferError) as error:
        offers.send_offer(draft.pk, at=AT, actor=house.actor)
    return [(lack.field, lack.text.en, lack.clause.number if lack.clause else "") for lack in error.value.lacks]


@pytest.mark.requirement("FW-002")
def test_visitors_alone_without_a_storage_figure_cannot_be_offered_and_with_15_gb_opens_exactly_that():
    house = make_house()
    without = {key: value for key, value in filled("visitor").items() if key != STORAGE}
    draft = make_draft(house, make_party(house))
    order(house, draft, visitors=1)
    with as_tenant(house.tenant.pk):
        drafts.set_terms(draft.pk, agreed=without, settings={}, at=AT, actor=house.actor)
    assert refused(house, draft) == [(STORAGE, "“Storage capacity in GB” is to be agreed.", "2.4")]

    with as_tenant(house.tenant.pk):
        drafts.set_terms(draft.pk, agreed=without | {STORAGE: 15}, settings={}, at=AT, actor=house.actor)
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()

    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
    with as_tenant(contract.customer_tenant_id):
        given = Entitlement.objects.order_by("module").values_list("module", "unit", "quantity", "from_on", "until_on")
        year = date(2026, 12, 1), date(2027, 12, 1)
        # visitors open with the agreement under Art. 28 alone (10.2); that both together do, privacy/test_gate shows
        assert list(given) == [("storage", "GB", 15, *year)]
        assert storage_quota(AT.replace(month=12)) == 15 * 10**9


def test_hardware_alone_is_no_offer_of_the_platform():
    house = make_house()
    draft = make_draft(house, make_party(house))
    order(house, draft, terminal=1)
    assert refused(house, draft) == [("positions", "This is missing: Modules, Functions, Usage fee.", "2.4")]


def test_an_offer_without_a_term_is_refused_and_one_without_a_day_begins_with_its_confirmation():
    """2.2: the subscription begins with the conclusion unless the offer names a day."""
    house = make_house()
    draft = make_draft(house, make_party(house), start_on=None)
    agreed = filled("visitor") | {"term.initial": ""}
    with as_tenant(house.tenant.pk):
        drafts.set_terms(draft.pk, agreed=agreed, settings={}, at=AT, actor=house.actor)
    assert refused(house, draft) == [("term.initial", "“Initial term” is to be agreed.", "4.6.1")]
    pack = load("visitor", "2026-01")
    first = next(iter(agreed_under(pack, start_on=None)))
    assert (first.label.en, str(first.clause.number)) == (
        "Start",
        "4.6.1",
    )
