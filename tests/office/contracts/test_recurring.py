"""What recurs is said a month: months, quarters and years in their share, each contract in its own currency."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import PriceItem, PriceList
from kontor.office.contracts.actions import conclusion, drafts
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.hands import next_renewals
from kontor.rulebook.money import Money
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.people import browser

pytestmark = pytest.mark.django_db


def sold(house: House, **prices: tuple[str, str, str]) -> Contract:
    """Conclude a contract over these items alone: key -> (quantity, price, interval)."""
    draft = make_draft(house, make_party(house))
    with as_tenant(house.tenant.pk):
        chosen = []
        for key, (quantity, price, interval) in prices.items():
            item = PriceItem.objects.create(
                price_list=house.price_list, key=key, name_de=key, name_en=key, kind="MODULE", unit="SITE",
                interval=interval, price=Decimal(price), module="visitors",
            )  # fmt: skip
            chosen.append(drafts.Position(item.pk, Decimal(quantity)))
        drafts.set_positions(draft.pk, chosen, at=AT, actor=house.actor)
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.select_related("offer").get(offer=offer)


def test_a_year_counts_a_twelfth_and_a_quarter_a_third():
    """2 × 89.00 + 250.00 / 3 + 3 × 100.00 / 12 = 178.00 + 83.333… + 25.00 = 286.33; what is paid once is not in it."""
    house = make_house()
    contract = sold(
        house,
        by_month=("2", "89.00", "MONTH"),
        by_quarter=("1", "250.00", "QUARTER"),
        by_year=("3", "100.00", "YEAR"),
        at_once=("1", "990.00", "ONCE"),
    )
    assert contract.offer.per_period_minor == 28_633
    with as_tenant(house.tenant.pk):
        (renewal,) = next_renewals(date(2026, 12, 1), limit=5)
    assert renewal.per_month == Money("EUR", 28_633)


def test_each_contract_is_told_in_its_own_currency():
    """1200.00 a year is 100.00 a month, in kroner as in euro."""
    house = make_house()
    sold(house, euro=("1", "1200.00", "YEAR"))
    with as_tenant(house.tenant.pk):
        PriceList.objects.update(currency="NOK")
        house.seller.__class__.objects.update(currency="NOK")
    sold(house, kroner=("1", "1200.00", "YEAR"))
    with as_tenant(house.tenant.pk):
        found = {renewal.per_month for renewal in next_renewals(date(2026, 12, 1), limit=5)}
    assert found == {Money("EUR", 10_000), Money("NOK", 10_000)}
    page = browser(house.staff, house.tenant).get(reverse("contracts:today")).content.decode()
    assert ("€100.00" in page, "NOK 100.00" in page.replace("\N{NO-BREAK SPACE}", " ")) == (True, True)
