"""The tab "Licences" for the house and its customer, each form, the public keys, and the API of computers."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import licensing, licensing_sites
from kontor.office.contracts.models import (
    Activation,
    BackupCopy,
    Contract,
    LicenceKey,
    LicenceNotice,
    Offer,
    OfferState,
    SiteReport,
)
from kontor.rulebook.licence_keys import keys_in, opened
from tests.at_once import at_once
from tests.background import run_jobs
from tests.calling import customer_key, get, key_of, post
from tests.factories import House, accept, send
from tests.office.contracts import walking
from tests.office.contracts.licensing import asking, drafted, leisure
from tests.people import administrator, browser, join, make_tenant, make_user

pytestmark = pytest.mark.django_db
RIGHTS = ("contracts.account", "contracts.activate")


def running(house: House, **given: Any) -> Contract:
    """A licence that runs today, whatever day the test runs on."""
    now = timezone.now()
    today = timezone.localdate(now)
    told = {"valid_until": today + timedelta(days=30), "start_on": today, **given}
    offer = send(house, drafted(house, **told), at=now)
    accept(house, offer, at=now)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.select_related("offer").get(offer=offer)


@pytest.fixture
def house() -> House:
    return leisure()


@pytest.fixture
def contract(house) -> Contract:
    return running(house)


@pytest.fixture
def staff(house) -> Client:
    return browser(house.staff, house.tenant)


@pytest.fixture
def customer(contract) -> Client:
    return walking.customer(contract)


def on(house: House, contract: Contract, computer: str, **given: Any) -> Activation:
    with as_tenant(house.tenant.pk):
        return licensing.activate(contract, asking(computer, **given), at=timezone.now(), actor=MACHINE).row


def url(name: str, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=args)


def test_both_sides_see_key_places_and_history(house, contract, staff, customer):
    on(house, contract, "c1")
    on(house, contract, "c2", site="Rostock")
    for client, name in ((staff, "contract-licences"), (customer, "account-licences")):
        html = client.get(url(name, contract.pk), HTTP_ACCEPT_LANGUAGE="en").content.decode()
        assert [
            word for word in ("C1", "C2", f"{contract.number}/1", "Kiel, Rostock", "Web Pro") if word not in html
        ] == []


def test_a_key_is_downloaded_and_proved_by_the_public_keys(house, contract, staff, customer):
    with as_tenant(house.tenant.pk):
        key = LicenceKey.objects.get()
    answer = Client().get(url("licence-public-keys"))
    trusted = keys_in(answer.content.decode())
    for client, name in ((staff, "licence-key"), (customer, "account-licence-key")):
        file = client.get(url(name, key.pk))
        assert file["Content-Disposition"] == f'attachment; filename="{contract.number}-1.jws"'
        assert opened(file.content.decode(), trusted, on=timezone.localdate()).contract == contract.number


def test_the_house_releases_locks_and_unlocks(house, contract, staff):
    row = on(house, contract, "c1")
    for step, field in (("lock", "locked_at"), ("unlock", "locked_at"), ("release", "released_at")):
        before = getattr(row, field)
        assert staff.get(url("licence-computer", row.pk, step)).status_code == 200
        done = staff.post(url("licence-computer", row.pk, step), {"reason": "Kasse verkauft"})
        assert (done.status_code, done["Location"]) == (302, url("contract-licences", contract.pk))
        with as_tenant(house.tenant.pk):
            row.refresh_from_db()
        assert (getattr(row, field) is None) is (before is not None)
    again = staff.post(url("licence-computer", row.pk, "release"), {"reason": "noch einmal"})
    assert again.status_code == 422
    assert staff.get(url("licence-computer", row.pk, "burn")).status_code == 404


def test_the_customer_releases_reports_and_registers(house, contract, customer):
    row = on(house, contract, "c1")
    forms: tuple[tuple[str, Mapping[str, str]], ...] = (
        (url("account-licence-release", row.pk), {"reason": "verkauft"}),
        (url("account-licence-report", contract.pk, "site"), {"name": "Lübeck", "address": "Hafen 2"}),
        (
            url("account-licence-report", contract.pk, "copy"),
            {"product": "gokarts", "label": "Tresor", "notices": "on"},
        ),
    )
    for address, told in forms:
        assert customer.get(address).status_code == 200
        assert customer.post(address, told)["Location"] == url("account-licences", contract.pk)
    assert customer.get(url("account-licence-report", contract.pk, "fire")).status_code == 404
    with as_tenant(house.tenant.pk):
        row.refresh_from_db()
        assert row.released_at is not None
        assert (SiteReport.objects.get().name, BackupCopy.objects.get().label) == ("Lübeck", "Tresor")
    second = customer.post(forms[2][0], forms[2][1])
    assert second.status_code == 422
    assert customer.get(url("account-licences", contract.pk)).status_code == 200


def test_staff_settle_a_notice_and_offer_the_reported_site(house, contract, staff):
    on(house, contract, "c1", address="198.51.100.4")
    with as_tenant(house.tenant.pk):
        report = licensing_sites.report_site(
            contract, name="Lübeck", address="", network="", by="Jonas", at=timezone.now(), actor=MACHINE
        )
        notice = LicenceNotice.objects.get()
    html = staff.get(url("contract-licences", contract.pk)).content.decode()
    assert ("198.51.100.0/24" in html, "Lübeck" in html) == (True, True)
    assert staff.get(url("licence-notice", notice.pk)).status_code == 200
    assert staff.post(url("licence-notice", notice.pk), {"reason": "Mobilfunk"}).status_code == 302
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    assert staff.get(url("site-offer", report.pk)).status_code == 200
    told = {"replaces": "", "yearly": "120.00", "valid_until": until}
    assert staff.post(url("site-offer", report.pk), told).status_code == 302
    with as_tenant(house.tenant.pk):
        offer = OfferState.objects.select_related("offer").get(state="SENT").offer
        assert offer.terms["further"]["purpose"] == "site"
    accept(house, offer, at=timezone.now())
    run_jobs()
    assert "Lübeck" in staff.get(url("contract-licences", contract.pk)).content.decode()


@pytest.mark.parametrize(
    ("purpose", "told"),
    [
        ("computers", {"item": "licence", "quantity": "2"}),
        ("perpetual", {"item": "perpetual", "site": "Kiel"}),
        ("maintenance", {"item": "maintenance", "months": "12"}),
    ],
)
def test_staff_send_further_offers(house, contract, staff, purpose, told):
    today = timezone.localdate()
    address = url("further-offer", contract.pk, purpose)
    assert staff.get(address).status_code == 200
    dated = {"valid_until": (today + timedelta(days=20)).isoformat(), "first": (today + timedelta(days=3)).isoformat()}
    assert staff.post(address, told | dated).status_code == 302
    with as_tenant(house.tenant.pk):
        offer = Offer.objects.exclude(pk=contract.offer_id).get()
        assert offer.terms["further"]["purpose"] == purpose
    assert offer.number in staff.get(url("contract-licences", contract.pk)).content.decode()
    assert staff.get(url("further-offer", contract.pk, "gift")).status_code == 404
    assert staff.post(address, told | dated | {"valid_until": "2020-01-01"}).status_code == 422


def test_delivering_by_hand_changes_nothing_while_the_licence_is_the_same(house, contract, staff):
    assert staff.post(url("licence-deliver", contract.pk)).status_code == 302
    with as_tenant(house.tenant.pk):
        assert LicenceKey.objects.count() == 1


def test_other_tenants_and_people_without_the_right_get_nothing(house, contract):
    row = on(house, contract, "c1")
    with as_tenant(house.tenant.pk):
        key = LicenceKey.objects.get()
    stranger = make_tenant("Birke")
    client = browser(administrator(stranger, "b@birke.example", "B"), stranger)
    for name, *args in (
        ("account-licences", contract.pk), ("account-licence-key", key.pk), ("account-licence-release", row.pk),
        ("account-licence-report", contract.pk, "site"),
    ):  # fmt: skip
        assert client.get(url(name, *args)).status_code == 404, name
    weak = make_user("weak@lindwurm.example", "Weak")
    join(house.tenant, weak, role="Books", permissions=["books.see"])
    assert browser(weak, house.tenant).get(url("contract-licences", contract.pk)).status_code == 403


@pytest.mark.parametrize("side", ["house", "customer"])
def test_the_page_asks_the_same_queries_with_one_and_three_computers(house, contract, staff, customer, side):
    client, name = (staff, "contract-licences") if side == "house" else (customer, "account-licences")
    counts = []
    for computers in (["c1"], ["c2", "c3"]):
        for computer in computers:
            on(house, contract, computer)
        client.get(url(name, contract.pk))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, contract.pk))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.requirement("AP-007")
def test_a_fourth_computer_is_refused_with_the_page_of_offers_until_one_is_released(contract):
    key = customer_key(contract, *RIGHTS)
    path = f"/received/contracts/{contract.pk}/activations"
    told = {"product": "gokarts", "site": "Kiel", "computer": "fingerprint-1", "label": "Kasse 1"}
    status, first = post(key, path, told)
    assert (status, first["used"], first["places"], first["known"]) == (201, 1, 3, False)
    for number in (2, 3):
        post(key, path, told | {"computer": f"fingerprint-{number}", "label": f"Kasse {number}"})
    assert post(key, path, told)[1]["known"] is True
    fourth = told | {"computer": "fingerprint-4", "label": "Kasse 4"}
    status, problem = post(key, path, fourth)
    assert (status, problem["type"]) == (409, "urn:kontor:problem:licence-no-place")
    assert problem["faults"][0] == {"at": "clause", "says": "Art. 6"}
    assert problem["faults"][1]["says"].endswith(url("account-licences", contract.pk))
    released, row = post(key, f"/received/activations/{first['activation']['id']}/release", {"reason": "verkauft"})
    assert (released, row["released_at"] is None) == (200, False)
    assert post(key, path, fourth)[0] == 201
    again, refused = post(key, f"/received/activations/{first['activation']['id']}/release", {"reason": "x"})
    assert (again, refused["faults"][0]["at"]) == (409, "offer")


def test_the_same_request_again_activates_once(contract):
    key = customer_key(contract, *RIGHTS)
    told = {"product": "gokarts", "site": "Kiel", "computer": "fingerprint-1", "label": "Kasse 1"}
    answers = [post(key, f"/received/contracts/{contract.pk}/activations", told, HTTP_IDEMPOTENCY_KEY="a1")
               for _ in range(2)]  # fmt: skip
    assert answers[0] == answers[1]


def test_the_api_lists_keys_and_computers_with_their_reasons(house, contract):
    on(house, contract, "c1")
    for key, path in (
        (customer_key(contract, *RIGHTS), f"/received/contracts/{contract.pk}"),
        (key_of(house.tenant, "contracts.see"), f"/contracts/{contract.pk}"),
    ):
        keys, computers = (get(key, f"{path}/{what}?why=true")[1]["items"] for what in ("licence-keys", "activations"))
        assert [(each["number"], each["why"]["clauses"][0]["number"]) for each in keys] == [
            (f"{contract.number}/1", "Art. 6")
        ]
        assert [(each["label"], each["why"]["value"]) for each in computers] == [("C1", "given")]


def test_a_stranger_and_a_key_without_the_right_activate_nothing(contract):
    told = {"product": "gokarts", "site": "Kiel", "computer": "fingerprint-1", "label": "Kasse 1"}
    path = f"/received/contracts/{contract.pk}/activations"
    assert post(key_of(make_tenant("Birke"), *RIGHTS), path, told)[0] == 404
    assert post(customer_key(contract, "contracts.account"), path, told)[0] == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_computers_that_want_the_last_place_one_gets_it():
    house = leisure()
    contract = running(house, positions={"licence": 1})
    key = customer_key(contract, *RIGHTS)
    path = f"/received/contracts/{contract.pk}/activations"

    def ask(name: str) -> int:
        return post(
            key, path, {"product": "gokarts", "site": "Kiel", "computer": f"fingerprint-{name}", "label": name}
        )[0]

    assert sorted(at_once(lambda: ask("one"), lambda: ask("two"))) == [201, 409]
    with as_tenant(house.tenant.pk):
        assert Activation.objects.filter(released_at=None).count() == 1
        assert json.dumps(LicenceKey.objects.get().says["computers"]) == "1"
