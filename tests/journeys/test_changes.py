"""A signatory orders more seats in the account, is warned before ordering less, and the house confirms by mail."""

import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.identity.models import User
from tests.factories import PASSWORD, House, make_house
from tests.journeys.walking import answer_statements, sign_in, violations, wait_until
from tests.office.contracts.ordering import SIGNATORY, concluded, seats

pytestmark = pytest.mark.django_db(transaction=True)


def set_up() -> tuple[House, Contract]:
    house = make_house("crm")
    with as_tenant(house.tenant.pk):
        house.price_list.items.filter(key="seats").update(price=Decimal("50.00"), module="platform")
    agreed = {"invoicing.interval": "year", "invoicing.lead": "14 days"}
    contract = concluded(house, agreed=agreed, start_on=date(2026, 12, 1), jobs=False)
    wait_until(lambda: seats(contract), "the account is set up")
    user = User.objects.get(email=SIGNATORY)
    user.set_password(PASSWORD)
    user.save()
    return house, contract


def test_a_signatory_orders_more_and_the_house_confirms(kontor: str, page: Page, browser: Browser) -> None:
    _, contract = set_up()
    sign_in(page, SIGNATORY)
    page.goto("/contracts/account/")  # the terms stand before every other page
    page.click("form .btn-primary")
    page.wait_for_url(re.compile(r"^(?!.*/documents/)"))
    answer_statements(page)

    page.goto(f"/contracts/account/contracts/{contract.pk}/order/")
    page.get_by_label("Arbeitsplätze").fill("2")
    page.click("main .k-formdo .btn-primary")
    page.get_by_text("1.200,00 €").first.wait_for()
    assert violations(page) == []
    page.click("main .k-formdo .btn-primary")
    page.locator("td[data-slot=state]").wait_for()
    assert violations(page) == []

    page.goto(f"/contracts/account/contracts/{contract.pk}/order/fewer/")
    page.get_by_label("Arbeitsplätze").fill("9")
    page.click("main .k-formdo .btn-primary")
    tick = page.locator("input[name=lose-platform-user]")
    tick.wait_for()
    assert not tick.is_checked()
    assert violations(page) == []
    page.goto("/contracts/plans/")
    assert violations(page) == []

    context = browser.new_context(base_url=kontor, viewport={"width": 360, "height": 800}, color_scheme="dark")
    staff = context.new_page()
    sign_in(staff, "ida@lindwurm.example")
    staff.goto(f"/contracts/running/{contract.pk}/changes/")
    assert violations(staff) == []
    staff.locator("td .btn").first.click()
    staff.locator("button[name=confirm]").wait_for()
    assert violations(staff) == []
    staff.locator("button[name=confirm]").click()
    wait_until(lambda: seats(contract) == [("2026-12-01", "2027-12-01", 12)], "the seats follow")
