"""What a customer does about paying: mandates given and revoked, a method chosen; and what the house may set off."""

import re
import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import change_seller
from kontor.office.books.models import Checkout, Invoice, InvoiceBalance, Mandate
from kontor.office.contracts.actions import billing
from kontor.office.contracts.actions.setting_off import SetOff, SetOffRefusedError, set_off_claim
from kontor.rulebook.money import Money
from kontor.rulebook.set_off import Status
from tests.background import run_jobs
from tests.factories import AT, make_house
from tests.office.contracts.test_account_views import customer
from tests.office.contracts.walking import concluded
from tests.people import administrator, browser, make_tenant, verbs

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


def ready(pack: str = "visitor"):
    """A house that may collect, its contract and the contract's first invoice."""
    house = make_house(pack)
    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, at=AT, actor=house.actor, creditor_id="DE98ZZZ09999999999")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        billing.start_run(until=date(2026, 12, 31), at=timezone.now(), actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return house, contract, Invoice.objects.filter(subject_id=contract.pk).order_by("number")[0]


def filled(page: str, **given: str) -> dict[str, str]:
    hashes = dict(re.findall(r'name="(hash_\w+)" value="(\w+)"', page))
    told = {"scheme": "CORE", "holder": "Alder", "iban": "DE89370400440532013000", "signer": "Jana", "agreed": "on"}
    return told | hashes | given


def test_a_customer_reads_signs_and_revokes_a_mandate():
    house, contract, _invoice = ready()
    client = customer(contract)
    here = url("account-mandate-new", contract.pk)
    page = client.get(here).content.decode()
    assert "DE98ZZZ09999999999" in page
    assert not re.search(r'name="agreed"[^>]*checked', page)
    for wrong in ({"agreed": ""}, {"iban": "DE00"}, {"hash_core": "00"}, {"hash_core": "no"}, {"signer": ""}):
        assert client.post(here, filled(page, **wrong)).status_code == 422
    assert client.post(here, filled(page)).status_code == 302
    with as_tenant(house.tenant.pk):
        made = Mandate.objects.get()
    assert "MD-2026-00001" in client.get(url("account-mandates")).content.decode()
    assert client.get(url("account-mandate-file", made.pk)).content.startswith(b"%PDF")
    for _ in range(2):
        client.post(url("account-mandate-revoke", made.pk))
    assert verbs(house.tenant, made).count("books.mandate_revoked") == 1
    assert client.get(url("account-mandate-file", uuid.uuid4())).status_code == 404
    assert client.post(url("account-mandate-revoke", uuid.uuid4())).status_code == 404


def test_a_supplier_that_does_not_collect_offers_no_mandate():
    house, contract, _invoice = ready()
    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, at=AT, actor=house.actor, creditor_id="")
    assert customer(contract).get(url("account-mandate-new", contract.pk)).status_code == 302


def test_a_customer_chooses_how_to_pay_and_nothing_leaves_before(settings):
    settings.KONTOR_DEMO = True
    house, contract, invoice = ready()
    client = customer(contract)
    here = url("account-pay", invoice.pk)
    page = client.get(here).content.decode()
    assert house.seller.iban in page
    with as_tenant(house.tenant.pk):
        assert Checkout.objects.count() == 0
    answer = client.post(here, {"method": "fake"})
    assert "/books/fake/?" in answer.content.decode()
    with as_tenant(house.tenant.pk):
        assert Checkout.objects.get().items_sent == []  # this pack lists nothing for any processor
        InvoiceBalance.objects.filter(invoice=invoice).update(open_minor=0)
    assert client.post(here, {"method": "card"}).status_code == 404
    assert client.post(here, {"method": "fake"}).status_code == 409
    assert client.get(f"{here}?paid=1").status_code == 200
    assert client.get(url("account-pay", uuid.uuid4())).status_code == 404


def test_nobody_else_pays_signs_or_sets_off():
    _house, contract, invoice = ready()
    other = make_tenant("Other")
    client = browser(administrator(other, "o@other.example"), other)
    for name, key in (("account-pay", invoice.pk), ("account-mandate-new", contract.pk)):
        assert client.get(url(name, key)).status_code == 404
    assert client.get(url("set-off", contract.pk)).status_code in (403, 404)


def claim(invoice: Invoice, status: Status, minor: int = 5_000) -> SetOff:
    return SetOff(
        invoice=invoice.pk, amount=Money("EUR", minor), status=status, on=date(2026, 12, 10), note="Urteil"
    )  # fmt: skip


@pytest.mark.requirement("FW-056")
def test_only_undisputed_adjudicated_or_reciprocal_claims_are_set_off():
    """50 EUR: disputed is refused and the invoice stays fully open; adjudicated lowers what is open by 50 EUR."""
    house, contract, invoice = ready()

    def opened() -> int:
        with as_tenant(house.tenant.pk):
            return InvoiceBalance.objects.get(invoice=invoice).open_minor

    before = opened()
    with as_tenant(house.tenant.pk):
        with pytest.raises(SetOffRefusedError, match=r"13\.2"):
            set_off_claim(contract.pk, claim(invoice, Status.DISPUTED), at=AT, actor=house.actor)
        assert opened() == before
        for status in (Status.ADJUDICATED, Status.UNDISPUTED, Status.RECIPROCAL):
            set_off_claim(contract.pk, claim(invoice, status), at=AT, actor=house.actor)
    assert opened() == before - 15_000
    assert verbs(house.tenant, contract).count("contracts.set_off") == 3


def test_a_silent_contract_limits_nothing_but_a_dispute():
    house, contract, invoice = ready("dealership")
    with as_tenant(house.tenant.pk):
        with pytest.raises(SetOffRefusedError, match="does not limit"):
            set_off_claim(contract.pk, claim(invoice, Status.DISPUTED), at=AT, actor=house.actor)
        set_off_claim(contract.pk, claim(invoice, Status.UNDISPUTED, 100), at=AT, actor=house.actor)


def test_the_page_refuses_with_the_clause_and_books_what_is_allowed():
    house, contract, invoice = ready()
    staff = browser(house.staff, house.tenant)
    staff.cookies["kontor_language"] = "en"
    here = url("set-off", contract.pk)
    assert "undisputed" in staff.get(here).content.decode()
    told = {"invoice": str(invoice.pk), "amount": "50", "status": "disputed", "on": "2026-12-10", "note": "x"}
    refused = staff.post(here, told)
    assert refused.status_code == 422
    assert "13.2" in refused.content.decode()
    assert staff.post(here, told | {"status": "adjudicated", "amount": "99999"}).status_code == 422
    assert staff.post(here, told | {"status": "adjudicated"}).status_code == 302
    assert staff.get(url("set-off", uuid.uuid4())).status_code == 404
