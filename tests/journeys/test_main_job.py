"""
The main job, walked by the people who do it: an offer is written, accepted and confirmed; the customer comes in, is
invoiced and pays. Under each of the five packs, each by its own rule.
"""

import re
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import facturx
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.contracts.models import Contract, OfferState
from tests.factories import House, make_house
from tests.journeys.walking import answer_statements, mail_link, sign_in, violations, wait_until
from tests.office.books.formats.statements import Detail, Entry, Paper, camt

TODAY = timezone.localdate()
SIGNATORY = {"name": "Jonas Alder", "function": "Geschäftsführer", "email": "jonas@alder.example"}
PASSWORD = "a sentence is a good password"
CUSTOMER = {
    "name": "Alder & Söhne GmbH",
    "street": "Hafenweg 9",
    "postcode": "20457",
    "city": "Hamburg",
    "email": "einkauf@alder.example",
    "vat_id": "DE111111125",
}
QUANTITIES = {"Besucherverwaltung": 2, "Arbeitsplätze": 10, "Terminal": 1}
Answer = str | tuple[int, str]
_TERM: Mapping[str, Answer] = {
    "term-initial": (12, "months"),
    "term-renewal": (12, "months"),
    "notice-period": (3, "months"),
    "notice-to": "term_end",
    "invoicing-interval": "month",
    "invoicing-issued": "period_start",
    "invoicing-due": (14, "days"),
    "invoicing-due_from": "issue",
}
BLANKS: Mapping[str, Mapping[str, Answer]] = {
    "visitor": {
        "formation-storage_gigabytes": "15",
        "term-initial": (12, "months"),
        "invoicing-interval": "month",
        "subprocessors-mode": "general",
        "subprocessors-notice": (14, "days"),
    },
    "leisure": {
        "licence-granted_for": "limited_term",
        "term-initial": (12, "months"),
        "invoicing-interval": "year",
        "invoicing-dates": TODAY.isoformat(),
        "invoicing-due": (30, "days"),
        "support-fault_address": "support@lindwurm.example",
        "subprocessors-named": "Rechenzentrum Nord GmbH",
    },
    "crm": {
        "invoicing-interval": "quarter",
        "invoicing-lead": (60, "days"),
        "invoicing-due": (14, "days"),
        "invoicing-due_from": "issue",
        "arrears-dunning_levels": "2",
        "subprocessors-named": "Rechenzentrum Nord GmbH",
    },
    "dealership": _TERM,
    "bookkeeping": _TERM,
}


@pytest.mark.parametrize("pack", ["visitor", "leisure", "crm", "dealership", "bookkeeping"])
def test_from_an_offer_to_a_paid_invoice(browser: Browser, page: Page, pack: str):
    house = make_house(pack)
    sign_in(page, house.staff.email)
    write_offer(page, house, BLANKS[pack])

    accept(browser, mail_link(house.tenant.pk, CUSTOMER["email"], path="/contracts/answer/"), page.url)
    if pack == "visitor":
        confirm(page, house)
    contract = concluded(house)

    invitation = mail_link(contract.customer_tenant_id, SIGNATORY["email"], path="/identity/invitation/")
    customer = come_in(browser, invitation, page.url)
    invoice = bill(page, house)
    read_invoice(customer, invoice)
    pay(page.context.new_page(), house, invoice)  # the first page still follows the run
    customer.context.close()


def write_offer(page: Page, house: House, blanks: Mapping[str, Answer]) -> None:
    page.goto("/contracts/offers/new/")
    for name, value in CUSTOMER.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=price_list]", str(house.price_list.pk))
    page.select_option("[name=terms]", f"{house.pack} 2026-01")
    page.fill("[name=valid_until]", (TODAY + timedelta(days=30)).isoformat())
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile("/contracts/drafts/"))
    assert violations(page) == []
    for label, quantity in QUANTITIES.items():
        page.fill(f"#{page.locator('label', has_text=label).first.get_attribute('for')}", str(quantity))
    for name, value in blanks.items():
        fill(page, f"t-{name}", value)
    page.fill("[name=start_on]", TODAY.isoformat())
    page.fill("[name=notice_customer]", "vertrag@alder.example")
    page.fill("[name=notice_seller]", "vertrag@lindwurm.example")
    page.fill("[name=sites]", "Hamburg, Hafenweg 9")
    page.locator("[name=sites]").blur()
    expect(page.locator("#draft-side .btn-primary:enabled")).not_to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.click("#draft-side .btn-primary:visible:enabled")
    press_in_dialog(page, "/send/")
    page.wait_for_url(re.compile("/contracts/offers/"))
    assert violations(page) == []


def fill(page: Page, name: str, value: Answer) -> None:
    if isinstance(value, tuple):
        page.fill(f"[name='{name}']", str(value[0]))
        page.select_option(f"[name='{name}_unit']", value[1])
        return
    field = page.locator(f"[name='{name}']").first
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def press_in_dialog(page: Page, action: str) -> None:
    """Press the button that does what the open dialog asks about."""
    page.click(f"dialog[open] form[action$='{action}'] .k-dialog__foot button[type=submit]")


def accept(browser: Browser, link: str, base: str) -> None:
    stranger = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 780}).new_page()
    stranger.goto(link)
    assert violations(stranger) == []
    assert stranger.locator("input[type=checkbox]:checked").count() == 0
    for name, value in SIGNATORY.items():
        stranger.fill(f"#accept [name={name}]", value)
        if stranger.locator(f"#accept [name=contact_{name}]").count():
            stranger.fill(f"#accept [name=contact_{name}]", value)
    for box in stranger.locator("#accept input[type=checkbox]").all():
        box.check()
    stranger.click("#accept .btn-primary")
    expect(stranger.locator("#accept")).to_have_count(0)
    stranger.goto(link)
    expect(stranger.locator("#accept")).to_have_count(0)
    stranger.context.close()


def confirm(page: Page, house: House) -> None:
    with as_tenant(house.tenant.pk):
        offer = OfferState.objects.get().offer_id
        assert Contract.objects.count() == 0
    page.goto(f"/contracts/offers/{offer}/")
    page.locator("main .btn-primary").first.click()
    press_in_dialog(page, "/confirm/")


def concluded(house: House) -> Contract:
    def found() -> Contract | None:
        with as_tenant(house.tenant.pk):
            return Contract.objects.first()

    wait_until(found, "The contract was not concluded.")
    contract = found()
    assert contract is not None
    return contract


def come_in(browser: Browser, invitation: str, base: str) -> Page:
    """The customer sets a password, agrees to the terms, and sees the contract."""
    page = browser.new_context(base_url=base, locale="de-DE", color_scheme="dark").new_page()
    page.goto(invitation)
    assert violations(page) == []
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.fill("input[name=contact_phone]", "+49 40 123456")  # whom its people call ends the company's set-up
    page.click("main .btn-primary, form .btn-primary")
    page.wait_for_url(re.compile("/documents/"))
    assert violations(page) == []
    page.click("form .btn-primary")
    page.wait_for_url(re.compile(r"^(?!.*/documents/)"))
    answer_statements(page)
    page.goto("/contracts/account/")
    expect(page.locator("main")).to_contain_text("VT-")
    assert violations(page) == []
    return page


def bill(page: Page, house: House) -> Invoice:
    page.goto("/contracts/billing/")
    assert violations(page) == []
    page.locator("main .btn-primary").first.click()
    press_in_dialog(page, "/start/")

    def sent() -> Invoice | None:
        with as_tenant(house.tenant.pk):
            done = InvoiceBalance.objects.exclude(sent_at=None).values("invoice_id")
            return Invoice.objects.filter(pk__in=done).order_by("number").first()

    wait_until(sent, "No invoice was sent.")
    invoice = sent()
    assert invoice is not None
    return invoice


def read_invoice(page: Page, invoice: Invoice) -> None:
    """The customer finds the invoice in the account; the file holds the very amount."""
    page.goto(f"/contracts/received/{invoice.pk}/")
    expect(page.locator("main")).to_contain_text(invoice.number)
    assert violations(page) == []
    files = {}
    for link in page.locator("a[href*='/contracts/received/files/']").all():
        with page.expect_download() as downloading:
            link.click()
        files[Path(downloading.value.suggested_filename).suffix] = downloading.value.path().read_bytes()
    name, xml = facturx.get_xml_from_pdf(files[".pdf"], check_xsd=True)
    assert name == "factur-x.xml"
    gross = Decimal(invoice.gross_minor) / 100
    assert f"<ram:GrandTotalAmount>{gross:.2f}</ram:GrandTotalAmount>".encode() in xml


def pay(page: Page, house: House, invoice: Invoice) -> None:
    """The bank's statement names the invoice: it is paid without another hand."""
    amount = f"{Decimal(invoice.gross_minor) / 100:.2f}"
    day = date.today().isoformat()  # noqa: DTZ011  the statement's own day
    paid = Entry(amount, details=(Detail(amount, remittance=(invoice.number,), iban="DE75512108001245126199"),),
                 reference="B-1")  # fmt: skip
    closing = f"{Decimal(1000) + Decimal(amount):.2f}"
    paper = Paper(entries=(paid,), opening="1000.00", closing=closing, opened=day, closed=day)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statement.xml"
        file.write_bytes(camt([paper], "08"))
        page.goto("/books/statements/new/")
        assert violations(page) == []
        page.set_input_files("input[type=file]", str(file))
        if page.locator("select[name=seller]").count():
            page.select_option("select[name=seller]", str(house.seller.pk))
        page.click("main form .btn-primary")
        page.wait_for_url(re.compile(r"^(?!.*/new/)"))
    page.goto(f"/books/invoices/{invoice.pk}/")
    expect(page.locator("main")).to_contain_text("bezahlt")
    assert violations(page) == []
    with as_tenant(house.tenant.pk):
        assert InvoiceBalance.objects.get(invoice=invoice).open_minor == 0
