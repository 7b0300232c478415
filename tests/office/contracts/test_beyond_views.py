"""Pages about releases, functions, wishes, limits and cases: both sides, rights, other tenants, fixed queries."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import extra_functions, foreign_users, out_of_scope, overload, releases
from kontor.office.contracts.models import (
    Contract,
    ExtraFunction,
    ForeignUser,
    OverloadCase,
    OverloadRule,
    Release,
    ReleaseOffer,
    ScopeRequest,
)
from kontor.rulebook.overload import Threshold
from tests.factories import House, accept, make_house, make_user
from tests.office.contracts.ordering import concluded
from tests.office.contracts.test_out_of_scope import another, offered
from tests.office.contracts.test_releases import LOBBY, SEATING, ready
from tests.office.contracts.test_suspensions import agreed
from tests.people import administrator, browser, entitle, join, make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
ON = date(2026, 12, 10)
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}
NOBODYS = "01a00000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    return concluded(house)


@pytest.fixture
def staff(house) -> Client:
    return browser(house.staff, house.tenant)


@pytest.fixture
def customer(contract) -> Client:
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    return agreed(browser(administrator(tenant, "chefin@alder.example"), tenant))


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"contracts:{name}", args=args))
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def queries(client: Client, name: str, *args: Any) -> int:
    page(client, name, *args)
    with CaptureQueriesContext(connection) as caught:
        page(client, name, *args)
    return len(caught)


def test_a_release_is_prepared_tested_and_published_on_its_pages(house, contract, staff, customer):
    answer = staff.post(reverse("contracts:release-new"), {
        "product": "visitor", "version": "6.0", "kind": "VERSION", "notes_de": "Neu.", "notes_en": "New doors.",
        "supported_until": "2028-12-31",
    })  # fmt: skip
    with as_tenant(house.tenant.pk):
        made = Release.objects.get()
    here = reverse("contracts:release", args=(made.pk,))
    assert answer.headers["Location"] == here
    refused = staff.post(reverse("contracts:release-publish", args=(made.pk,)))
    assert (refused.status_code, "Missing: an acceptance test" in refused.content.decode()) == (409, True)
    for part in (
        {"part": "check", "key": "doors", "title": "Doors open", "passed": "on"},
        {"part": "removed", "name_de": "Fax", "name_en": "Fax", "reason": "Alt", "replacement": "Mail"},
        {"part": "file", "role": "SOFTWARE", "file": SimpleUploadedFile("k.bin", b"soft")},
        {"part": "file", "role": "DOCUMENTATION", "file": SimpleUploadedFile("k.pdf", b"%PDF")},
        {"part": "file", "role": "REPORT", "file": SimpleUploadedFile("r.pdf", b"%PDF-r")},
    ):
        assert staff.post(here, part).headers["Location"] == here
    assert staff.post(here, {"part": "check", "key": "", "title": ""}).status_code == 422
    assert staff.post(reverse("contracts:release-publish", args=(made.pk,))).headers["Location"] == here
    shown = page(staff, "release", made.pk)
    assert all(each in shown for each in ("Doors open", "k.bin", "one customer", "instead: Mail"))
    assert staff.post(here, {"part": "check", "key": "late", "title": "Late"}).status_code == 422
    assert "6.0" in page(staff, "releases")
    theirs = page(customer, "account-beyond", contract.pk)
    assert all(each in theirs for each in ("New doors.", "k.bin", "k.pdf", "supported until 31 Dec 2028"))
    assert "r.pdf" not in theirs
    with as_tenant(house.tenant.pk):
        offer = ReleaseOffer.objects.get()
    digest = next(each["sha256"] for each in offer.files if each["name"] == "k.bin")
    got = customer.get(reverse("contracts:account-release-file", args=(offer.pk, digest)))
    assert (got.content, got.headers["Content-Disposition"]) == (b"soft", 'attachment; filename="k.bin"')
    assert customer.get(reverse("contracts:account-release-file", args=(offer.pk, "00" * 32))).status_code == 404
    stranger = make_tenant("Birke")
    other = browser(administrator(stranger, "pia@birke.example"), stranger)
    assert other.get(reverse("contracts:account-release-file", args=(offer.pk, digest))).status_code == 404
    assert other.get(reverse("contracts:account-beyond", args=(contract.pk,))).status_code == 404


def test_a_function_is_offered_and_withdrawn_on_its_pages(house, contract, staff, customer):
    told = {
        "product": "visitor", "key": "lobby", "kind": "VOLUNTARY", "name_de": "Bild", "name_en": "Picture",
        "about_de": "Ein Bild.", "about_en": "A picture.", "offered_from": "2026-12-10",
    }  # fmt: skip
    new, home = reverse("contracts:function-new"), reverse("contracts:releases")
    assert staff.post(new, {**told, "item": "seats"}).status_code == 422
    assert staff.post(new, told).headers["Location"] == home
    with as_tenant(house.tenant.pk):
        made = ExtraFunction.objects.get()
    assert "Voluntary: not owed by the contract" in page(customer, "account-beyond", contract.pk)
    ending = reverse("contracts:function-withdraw", args=(made.pk,))
    assert staff.get(ending).status_code == 200
    assert staff.post(ending, {"ends_on": "2026-12-10", "reason": "x"}).status_code == 422
    assert staff.post(ending, {"ends_on": "2026-12-31", "reason": "Wird nicht genutzt"}).headers["Location"] == home
    assert "gone from 31 Dec 2026" in page(customer, "account-beyond", contract.pk)
    assert "gone from 31 Dec 2026" in page(staff, "releases")
    assert staff.get(reverse("contracts:function-withdraw", args=(NOBODYS,))).status_code == 404


def test_a_customer_asks_for_what_is_out_of_scope_and_staff_answer(house, contract, staff, customer):
    asking = reverse("contracts:account-beyond", args=(contract.pk,))
    assert customer.post(asking, {"kind": "translation", "told": ""}).status_code == 422
    assert customer.post(asking, {"kind": "translation", "told": "Ins Dänische"}).headers["Location"] == asking
    with as_tenant(house.tenant.pk):
        row = ScopeRequest.objects.get()
    today = page(staff, "today")
    assert "Out of scope: an additional offer is asked for" in today
    here, back = reverse("contracts:wish", args=(row.pk,)), reverse("contracts:contract-beyond", args=(contract.pk,))
    assert "Ins Dänische" in page(staff, "wish", row.pk)
    assert staff.post(here, {"what": "done"}).status_code == 422
    offer = offered(house, contract)
    assert staff.post(here, {"what": "offer", "offer": offer.number}).headers["Location"] == back
    accept(house, offer)
    assert "Additional offer accepted, the work waits" in page(staff, "today")
    assert staff.post(here, {"what": "done", "note": "Fertig"}).headers["Location"] == back
    assert "Fertig" in page(staff, "contract-beyond", contract.pk)
    with as_tenant(house.tenant.pk):
        other = out_of_scope.ask_for_more(contract, "interfaces", "Eine", told_by="J", **WHO)
    assert (
        staff.post(reverse("contracts:wish", args=(other.pk,)), {"what": "decline", "note": "Nein"}).status_code == 302
    )
    assert staff.get(reverse("contracts:wish", args=(NOBODYS,))).status_code == 404


def overloaded(house: House, contract: Contract, *minutes: int) -> OverloadCase:
    with as_tenant(house.tenant.pk):
        if not OverloadRule.objects.exists():
            overload.set_overload_rule(
                per_minute=100, per_client=2, threshold=Threshold(minutes=1, within_minutes=60, decide_days=14),
                reason="Kapazität", **WHO,
            )  # fmt: skip
        for each in minutes:
            at = AT + timedelta(minutes=each)
            whose = ("", "key:0123456789abcdef", "person:42")[each]
            told = {"contract": str(contract.pk), "client": whose, "minute": at.isoformat(), "limit": 100, "count": 400}
            overload.note_overload(told, at=AT)
        return OverloadCase.objects.get()


def test_limits_are_set_and_a_case_is_decided(house, contract, staff):
    told = {"per_minute": 600, "per_client": 120, "minutes": 5, "within_minutes": 60, "decide_days": 14, "reason": "K"}
    here = reverse("contracts:limits")
    assert staff.post(here, {**told, "per_client": 601}).status_code == 422
    assert staff.post(here, told).headers["Location"] == here
    assert "600 a minute, 120 for one client" in page(staff, "limits")
    with as_tenant(house.tenant.pk):
        overload.set_overload_rule(
            per_minute=600, per_client=120, threshold=Threshold(minutes=1, within_minutes=60, decide_days=14),
            reason="K", **WHO,
        )  # fmt: skip
    case = overloaded(house, contract, 0, 1, 2)
    assert "Deliberate overload?" in page(staff, "today")
    assert contract.number in page(staff, "limits")
    shown = page(staff, "overload-case", case.pk)
    assert all(
        each in shown for each in ("400 of 100", "the whole customer", "key …89abcdef", "person …42", "24 Dec 2026")
    )
    there = reverse("contracts:overload-case", args=(case.pk,))
    assert staff.post(there, {"outcome": "warned", "note": ""}).status_code == 422
    assert staff.post(there, {"outcome": "warned", "note": "Anruf"}).headers["Location"] == there
    assert "Customer warned" in page(staff, "overload-case", case.pk)
    assert staff.post(there, {"outcome": "warned", "note": "Anruf"}).status_code == 422
    assert staff.get(reverse("contracts:overload-case", args=(NOBODYS,))).status_code == 404


def test_a_user_of_another_company_is_decided_about():
    house = make_house("crm")
    contract = concluded(house)
    another(house, "post@birke.example")
    join(Tenant.objects.get(pk=contract.customer_tenant_id), make_user("gast@birke.example", "Gast"))
    with as_tenant(house.tenant.pk):
        told = [{"user": NOBODYS, "name": "Gast", "email": "gast@birke.example"}]
        foreign_users.note_foreign_users(contract.pk, told, at=AT)
        row = ForeignUser.objects.get()
    staff = browser(house.staff, house.tenant)
    assert "User of another company?" in page(staff, "today")
    assert "gast@birke.example" in page(staff, "limits")
    here = reverse("contracts:foreign-user", args=(row.pk,))
    assert "Birke AG" in page(staff, "foreign-user", row.pk)
    assert staff.post(here, {"outcome": "allowed", "note": "Berater"}).headers["Location"] == here
    assert "Consultant with a contract of their own" in page(staff, "foreign-user", row.pk)
    assert staff.post(here, {"outcome": "allowed", "note": "Berater"}).status_code == 422
    assert staff.get(reverse("contracts:foreign-user", args=(NOBODYS,))).status_code == 404


def test_other_houses_find_nothing(house, contract):
    case = overloaded(house, contract, 0)
    with as_tenant(house.tenant.pk):
        made = ready()
        wish = out_of_scope.ask_for_more(contract, "interfaces", "Eine", told_by="J", **WHO)
    stranger = make_tenant("Birke")
    entitle(stranger, "contracts")
    client = browser(administrator(stranger, "pia@birke.example"), stranger)
    for name, row in (("release", made), ("overload-case", case), ("wish", wish), ("contract-beyond", contract)):
        assert client.get(reverse(f"contracts:{name}", args=(row.pk,))).status_code == 404, name


def test_pages_ask_for_their_rights(house, contract):
    looker = make_user("lena@lindwurm.example", "Lena")
    join(house.tenant, looker, role="Sehen", permissions=["contracts.see"])
    client = browser(looker, house.tenant)
    assert client.get(reverse("contracts:contract-beyond", args=(contract.pk,))).status_code == 200
    for name in ("releases", "release-new", "function-new", "limits"):
        assert client.get(reverse(f"contracts:{name}")).status_code == 403, name


def more_releases(house: House, contract: Contract, count: int) -> None:
    del contract
    with as_tenant(house.tenant.pk):
        for number in range(count):
            releases.publish_release(ready(version=f"7.{number}-{count}").pk, on=ON, **WHO)


def more_functions(house: House, contract: Contract, count: int) -> None:
    del contract
    with as_tenant(house.tenant.pk):
        for number in range(count):
            for each in (LOBBY, SEATING):
                told = {name: getattr(each, name) for name in each.__dataclass_fields__}
                extra_functions.offer_function(type(each)(**{**told, "key": f"{each.key}-{count}-{number}"}), **WHO)


def more_wishes(house: House, contract: Contract, count: int) -> None:
    with as_tenant(house.tenant.pk):
        for _ in range(count):
            out_of_scope.ask_for_more(contract, "interfaces", "Eine", told_by="J", **WHO)


@pytest.mark.parametrize("add", [more_releases, more_functions, more_wishes])
def test_three_rows_ask_as_much_as_one(house, contract, staff, customer, add: Callable[[House, Contract, int], None]):
    add(house, contract, 1)
    once = (queries(staff, "contract-beyond", contract.pk), queries(customer, "account-beyond", contract.pk),
            queries(staff, "releases"), queries(staff, "today"))  # fmt: skip
    add(house, contract, 2)
    assert once == (queries(staff, "contract-beyond", contract.pk), queries(customer, "account-beyond", contract.pk),
                    queries(staff, "releases"), queries(staff, "today"))  # fmt: skip


def test_three_minutes_ask_as_much_as_one(house, contract, staff):
    case = overloaded(house, contract, 0)
    once = (queries(staff, "overload-case", case.pk), queries(staff, "limits"))
    overloaded(house, contract, 1, 2)
    assert once == (queries(staff, "overload-case", case.pk), queries(staff, "limits"))
