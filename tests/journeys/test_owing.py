"""A customer pays late, is reminded, stands before a gate and pays; another gives a mandate; a third gives notice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import change_seller
from kontor.office.books.models import Mandate
from kontor.office.contracts.actions import claim_cases
from kontor.office.contracts.models import ClaimLetter, Contract, ContractNotice, Suspension
from kontor.office.identity.models import User
from tests.factories import AT, PASSWORD, House, make_house
from tests.journeys.walking import sign_in, violations, wait_until
from tests.office.books.collecting import CREDITOR_ID
from tests.office.books.invoicing import PAYER
from tests.office.contracts.late import Late
from tests.office.contracts.ordering import SIGNATORY, concluded

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = timezone.localdate()


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


def test_late_reminded_suspended_and_paid(kontor: str, page: Page, browser: Browser) -> None:
    house, contract = customer_of(page, "leisure")
    late = Late(house, contract)
    late.plan()
    with as_tenant(house.tenant.pk):  # the law's own rate for today's half-year, in case no pack has it yet
        claim_cases.enter_rate(
            "fr", first=TODAY.replace(month=1 if TODAY.month < 7 else 7, day=1), last=TODAY + timedelta(days=200),
            percent=Decimal("2.62"), source="Journal officiel", confirmed=False, at=AT, actor=house.actor,
        )  # fmt: skip
    late.invoice(TODAY - timedelta(days=10))
    late.keep(TODAY)

    staff = browser.new_context(base_url=kontor, locale="de-DE").new_page()
    sign_in(staff, "ida@lindwurm.example")
    staff.goto("/contracts/reminders/")
    assert violations(staff) == []
    staff.locator(".k-head .btn-primary").first.click()
    staff.locator("dialog[open] [type=submit]").last.click()
    with as_tenant(house.tenant.pk):
        wait_until(ClaimLetter.objects.exists, "the letter is printed")
        claim = ClaimLetter.objects.get().claim_id
    staff.goto(f"/contracts/claims/{claim}/")
    assert violations(staff) == []
    staff.locator("[data-k-dialog=suspend]").dispatch_event("click")
    staff.locator("dialog[open] input[name=reason]").fill("nicht bezahlt")
    staff.locator("dialog[open] [type=submit]").last.click()
    with as_tenant(house.tenant.pk):
        wait_until(Suspension.objects.exists, "services are suspended")

    page.goto("/contracts/suspended/")
    assert violations(page) == []
    page.goto("/contracts/account/open/")
    expect(page.locator(".k-facts .k-double")).to_be_visible()
    assert violations(page) == []

    staff.goto(f"/contracts/claims/{claim}/")
    total = "".join(each for each in staff.locator(".k-double").first.inner_text() if each in "0123456789.,")
    staff.locator("[data-k-dialog=pay]").first.click()
    staff.locator("dialog[open] input[name=amount]").fill(total)
    staff.locator("dialog[open] [name=note]").fill("Überweisung")
    staff.locator("dialog[open] [type=submit]").last.click()
    with as_tenant(house.tenant.pk):
        wait_until(lambda: Suspension.objects.exclude(lifted_at=None).exists(), "the suspension is lifted")
    page.goto("/contracts/suspended/")
    page.wait_for_url(lambda url: "suspended" not in url)
    staff.context.close()


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
