"""After the contract's end: signing in is refused with the reason, the account with its invoices stays open."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.ending import Ending, end_contract
from kontor.office.contracts.models import Contract
from kontor.office.identity.actions.invitations import AlreadyHereError, invite
from kontor.office.privacy.actions.exports import ask_for_export
from kontor.office.privacy.models import Export
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.factories import AT, House, make_house
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.test_suspensions import agreed
from tests.people import browser, join, make_user, role_of, sign_in, visitor

pytestmark = pytest.mark.django_db
LAST = date(2027, 11, 30)
CRM = {"invoicing.interval": "month", "invoicing.lead": "1 day"}


def ended(house: House, contract: Contract) -> None:
    ruling = Ruling(LAST, (Clause("crm", "§13", "2026-01"),), (), (Text("Ende.", "End."),))
    with as_tenant(house.tenant.pk):
        end_contract(
            contract,
            Ending(kind="notice", ends=LAST, told_on=date(2027, 10, 1), culpable=False, ruling=ruling),
            at=datetime(2027, 10, 1, 9, tzinfo=UTC),
            actor=house.actor,
        )


@pytest.fixture
def house() -> House:
    cache.clear()
    return make_house("crm")


@pytest.fixture
def contract(house: House) -> Contract:
    return signed(house, agreed=CRM)


def at(monkeypatch: pytest.MonkeyPatch, *day: int) -> None:
    moment = datetime(*day, 12, tzinfo=UTC)  # type: ignore[misc]
    monkeypatch.setattr(timezone, "now", lambda: moment)


def customer(contract: Contract, email: str = "chef@alder.example", **role: object) -> Client:
    """Return the browser of somebody who has agreed to the terms and signed out again."""
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    user = make_user(email, "Jana Chefin")
    join(tenant, user, **role)  # type: ignore[arg-type]
    agreed(browser(user, tenant))
    return visitor()


@pytest.mark.requirement("SO-001")
def test_on_the_last_day_one_signs_in_and_on_the_day_after_one_is_refused_with_the_reason(
    house: House, contract: Contract, monkeypatch: pytest.MonkeyPatch
):
    ended(house, contract)
    client = customer(contract)
    customer(contract, "mia@alder.example", role="desk", permissions=["contracts.account", "contracts.plans"])
    at(monkeypatch, 2027, 11, 30)
    page = sign_in(client, "chef@alder.example")
    assert (page.status_code, page.request["PATH_INFO"]) == (200, "/contracts/account/")

    at(monkeypatch, 2027, 12, 1)
    later = visitor()
    page = sign_in(later, "mia@alder.example")
    assert (page.status_code, page.request["PATH_INFO"]) == (403, "/contracts/ended/")
    assert (page.headers["X-Reason"], page.context["reason"]) == ("contract-ended", "contract ended")
    assert [(each.contract.pk, each.last_day) for each in page.context["over"]] == [(contract.pk, LAST)]
    assert later.get("/contracts/plans/").headers["Location"] == "/contracts/ended/"


def test_own_contracts_invoices_and_the_handing_over_of_data_stay_open(
    house: House, contract: Contract, monkeypatch: pytest.MonkeyPatch
):
    ended(house, contract)
    client = customer(contract, "ada@alder.example", role="accounts", permissions=["contracts.account"])
    at(monkeypatch, 2028, 1, 10)
    page = sign_in(client, "ada@alder.example").content.decode()
    ending = f"/contracts/account/contracts/{contract.pk}/ending/"
    assert [page.count(f'href="{path}"') for path in (ending, "/contracts/received/", "/contracts/account/")] == [1] * 3
    for path in (ending, "/contracts/received/", "/contracts/account/"):
        assert client.get(path).status_code == 200
    other = customer(contract, "mia@alder.example", role="desk", permissions=["contracts.terms"])
    told = sign_in(other, "mia@alder.example").content.decode()
    assert "Your administrator can still open invoices and have your data handed over." in told
    assert "/contracts/received/" not in told


@pytest.mark.requirement("SO-066")
def test_the_administrator_is_led_to_the_copies_of_the_data(
    house: House, contract: Contract, monkeypatch: pytest.MonkeyPatch
):
    """Both downloads are there: everything as a zip, and the database alone."""
    ended(house, contract)
    client = customer(contract)
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    at(monkeypatch, 2027, 12, 1)
    page = sign_in(client, "chef@alder.example")
    assert (page.status_code, page.request["PATH_INFO"]) == (200, "/account/privacy/exports/")
    with as_tenant(tenant.pk):
        export = ask_for_export(at=timezone.now(), actor=MACHINE)
        Export.objects.update(state=Export.State.READY)
    assert export.available_on == date(2027, 12, 1)  # the running contract's notice has ended with it
    found = client.post(f"/account/privacy/exports/{export.pk}/link/").headers["Location"]
    assert re.findall(r'name="what" value="(\w+)"', client.get(found).content.decode()) == ["all", "database"]
    customer(contract, "mia@alder.example", role="desk", permissions=["contracts.account"])
    refused = sign_in(visitor(), "mia@alder.example")
    assert (refused.status_code, refused.context["reason"]) == (403, "contract ended")


def test_a_contract_that_runs_keeps_the_way_free(house: House, contract: Contract, monkeypatch: pytest.MonkeyPatch):
    client = customer(contract)
    at(monkeypatch, 2028, 1, 10)
    assert sign_in(client, "chef@alder.example").status_code == 200
    assert client.get("/contracts/ended/").headers["Location"] == "/"
    assert visitor().get("/contracts/ended/").headers["Location"] == "/sign-in/?next=/contracts/ended/"


@pytest.mark.requirement("SO-001")
def test_no_two_people_share_a_user_name(contract: Contract):
    customer(contract)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("Chef@Alder.example", "Somebody else")
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    role = role_of(tenant, "Empfang")
    with as_tenant(tenant.pk), pytest.raises(AlreadyHereError):
        invite(
            email="CHEF@alder.example", name="Somebody else", roles=[role], kind="EMPLOYEE", language="de", held=None,
            at=AT, actor=MACHINE,
        )  # fmt: skip
