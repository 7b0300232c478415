"""A customer gives a mandate and the house sees it; another gives notice on the platform."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import change_seller
from kontor.office.books.models import Mandate
from kontor.office.contracts.models import Contract, ContractNotice
from kontor.office.identity.models import User
from tests.factories import AT, PASSWORD, House, make_house
from tests.journeys.walking import sign_in, violations, wait_until
from tests.office.books.collecting import CREDITOR_ID
from tests.office.books.invoicing import PAYER
from tests.office.contracts.ordering import SIGNATORY, concluded

pytestmark = pytest.mark.django_db(transaction=True)


def customer_of(page: Page, pack: str, *, agreed: Any = None) -> tuple[House, Contract]:
    """Conclude a contract, let its signatory in and past the terms."""
    house = make_house(pack)
    contract = concluded(house, agreed=agreed, jobs=False)
    wait_until(lambda: User.objects.filter(email=SIGNATORY).exists(), "the account is set up")
    user = User.objects.get(email=SIGNATORY)
    user.set_password(PASSWORD)
    user.save()
    sign_in(page, SIGNATORY)
    page.goto("/contracts/account/")
    page.click("form .btn-primary")
    page.get_by_text(contract.number).first.wait_for()
    return house, contract


def test_a_mandate_is_signed_and_the_house_sees_it(kontor: str, page: Page, browser: Browser) -> None:
    house, contract = customer_of(page, "visitor")
    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, at=AT, actor=house.actor, creditor_id=CREDITOR_ID)
    page.goto(f"/contracts/account/contracts/{contract.pk}/mandate/")
    assert violations(page) == []
    page.fill("input[name=iban]", PAYER)
    page.locator("main input[type=checkbox]").check()
    page.click("main .k-formdo .btn-primary")
    with as_tenant(house.tenant.pk):
        wait_until(Mandate.objects.exists, "the mandate is kept")
        mandate = Mandate.objects.get()

    staff = browser.new_context(base_url=kontor, locale="en-GB", viewport={"width": 360, "height": 800}).new_page()
    sign_in(staff, "ida@lindwurm.example")
    staff.goto("/books/mandates/")
    assert violations(staff) == []
    staff.goto(f"/books/mandates/{mandate.pk}/")
    assert violations(staff) == []
    staff.goto("/books/collections/")
    assert violations(staff) == []
    staff.context.close()


@pytest.mark.parametrize("page", [{"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}], indirect=True)
def test_notice_is_given_on_the_platform(page: Page) -> None:
    house, contract = customer_of(page, "bookkeeping")
    page.goto(f"/contracts/account/contracts/{contract.pk}/ending/")
    assert violations(page) == []
    page.get_by_role("button", name="Kündigen").first.click()
    page.locator("dialog[open] .k-dialog__foot button, dialog[open] [type=submit]").last.click()
    with as_tenant(house.tenant.pk):
        wait_until(ContractNotice.objects.exists, "the notice is written down")
        assert ContractNotice.objects.get().ends_on
    page.goto(f"/contracts/account/contracts/{contract.pk}/ending/")
    expect(page.locator(".k-note").first).to_be_visible()
    assert violations(page) == []
