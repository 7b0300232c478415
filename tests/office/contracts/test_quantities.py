"""An hour and a half of training from the offer to the invoice, and seats that are only sold whole."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import InvoiceLine, PriceItem
from kontor.office.contracts.actions import billing, conclusion, drafts
from kontor.office.contracts.models import Amendment, Contract, OfferDraft, OfferDraftLine
from kontor.office.contracts.queries.running import next_invoice
from kontor.office.contracts.queries.state import change_as_json, change_from_json, contract_state
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, Per
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.people import browser

pytestmark = pytest.mark.django_db
TRAINING = {
    "key": "training", "name_de": "Schulung", "name_en": "Training", "kind": "SERVICE", "unit": "HOUR",
    "interval": "ONCE", "price": Decimal("129.90"),
}  # fmt: skip


def teaching_house() -> House:
    house = make_house()
    with as_tenant(house.tenant.pk):
        PriceItem.objects.create(price_list=house.price_list, **TRAINING)
    return house


def order(house: House, draft: OfferDraft, **counts: str) -> None:
    with as_tenant(house.tenant.pk):
        items = {item.key: item.pk for item in house.price_list.items.all()}
        chosen = [drafts.Position(items[key], Decimal(count)) for key, count in counts.items()]
        drafts.set_positions(draft.pk, chosen, at=AT, actor=house.actor)


def test_an_hour_and_a_half_is_offered_accepted_and_invoiced_once_as_one_and_a_half_hours():
    """1.5 h × 129.90 = 194.85; 20 seats × 12.50 = 250.00 for December."""
    house = teaching_house()
    draft = make_draft(house, make_party(house))
    order(house, draft, seats="20", training="1.5")
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.select_related("offer").get(offer=offer)
        rows = list(Amendment.objects.filter(contract=contract))
        state = contract_state(rows, contract.start_on, pack=contract.pack, version=contract.version).value
        assert [(each.key, each.quantity) for each in state.positions] == [("seats", 20), ("training", Decimal("1.5"))]
        assert rows[0].content[:2] == [
            {"change": "AddItem", "key": "seats", "quantity": 20, "price": "12.500000", "per": "month"},
            {"change": "AddItem", "key": "training", "quantity": "1.5", "price": "129.900000", "per": "once"},
        ]
        coming = next_invoice(contract, rows, after=date(2026, 11, 1))
        assert coming.lines[0].why.working[0].de.endswith("1,5 Stunden × 129,90 € = 194,85 €")
        for day in (2, 3):
            at = datetime(2026, 12, day, 8, tzinfo=UTC)
            run = billing.start_run(until=at.date(), at=at, actor=MACHINE)
            billing.bill_contracts(run.pk, [contract.pk], at=at)
        lines = InvoiceLine.objects.order_by("item_key").values_list("item_key", "quantity", "unit", "net_minor")
        assert list(lines) == [("seats", 20, "MON", 25_000), ("training", Decimal("1.5"), "HUR", 19_485)]
    run_jobs()  # printed, and proved by the standard's rules


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (AddItem("seats", 20, Decimal("12.50"), Per.MONTH), 20),
        (AddItem("hours", Decimal("0.25"), Decimal("100.00"), Per.ONCE), "0.25"),
    ],
)
def test_an_amendment_keeps_a_quantity_exactly(change: AddItem, kept: object):
    told = change_as_json(change)
    assert (told["quantity"], change_from_json(told)) == (kept, change)
    fewer = ChangeQuantity(change.key, -change.quantity)
    assert change_from_json(change_as_json(fewer)) == fewer


def test_half_a_seat_is_refused_with_a_sentence():
    house = teaching_house()
    draft = make_draft(house, make_party(house))
    with pytest.raises(RefusalError) as refused:
        order(house, draft, training="1.5", seats="10.5")
    assert refused.value.text.en == "“Seats” is only sold whole; 10.5 is not possible."
    assert refused.value.text.de == "„Arbeitsplätze“ gibt es nur ganz; 10,5 geht nicht."
    with as_tenant(house.tenant.pk):
        assert OfferDraftLine.objects.count() == 3  # as it was


def test_the_form_takes_part_of_an_hour_and_says_that_seats_are_whole():
    house = teaching_house()
    draft = make_draft(house, make_party(house), valid_until=timezone.localdate() + timedelta(days=9))
    client, address = browser(house.staff, house.tenant), reverse("contracts:draft", args=[draft.pk])
    with as_tenant(house.tenant.pk):
        fields = {item.key: f"q-{item.pk}" for item in house.price_list.items.all()}
    typed = {"valid_until": draft.valid_until.isoformat(), fields["training"]: "1.5", fields["seats"]: "10.5"}

    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert refused.context["form"].errors[fields["seats"]] == [
        "This is only sold whole: write a number without decimals."
    ]
    with as_tenant(house.tenant.pk):
        assert list(OfferDraftLine.objects.values_list("item__key", "quantity")) == [("training", Decimal("1.5"))]
    page = client.get(address).context["form"]
    assert page[fields["training"]].value() == "1.5"
