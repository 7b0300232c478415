"""Installing a release: at the next connection, by plan, and postponed only where the terms let the customer."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import installing, releases
from kontor.office.contracts.models import ReleaseInstallation, ReleaseOffer
from kontor.office.contracts.queries.releases import installations_of
from kontor.rulebook.refusal import RefusalError
from tests.calling import customer_key, get, key_of, post
from tests.office.contracts.licensing import leisure, licensed
from tests.office.contracts.test_beyond_views import agreed
from tests.office.contracts.test_releases import ON, WHO, ready
from tests.people import administrator, browser, make_tenant, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def track():
    """A customer under terms by which versions are neither refused nor delayed, with a key of its installation."""
    house = leisure()
    contract = licensed(house, positions={"licence": 3, "maintenance": 1})
    return house, contract, customer_key(contract, "contracts.activate")


def customer(contract) -> Client:
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    return agreed(browser(administrator(tenant, "chefin@alder.example"), tenant))


def given_to_track(track, version: str, kind: str) -> ReleaseOffer:
    house, contract, _key = track
    with as_tenant(house.tenant.pk):
        releases.publish_release(ready("leisure", version, kind=kind).pk, on=ON, **WHO)
        return ReleaseOffer.objects.get(contract=contract, version=version)


def asked(track) -> list[dict[str, Any]]:
    status, told = get(track[2], f"/received/contracts/{track[1].pk}/releases")
    assert status == 200, told
    return list(told["items"])


@pytest.mark.requirement("AP-065")
def test_a_version_is_installed_at_the_next_connection_and_nobody_postpones_it(track):
    house, contract, key = track
    offer = given_to_track(track, "6.0", "VERSION")
    (told,) = asked(track)
    assert (told["version"], told["install"], told["price"]) == ("6.0", True, "0.00")
    assert told["postponable"] is False
    assert told["clauses"] == ["Anhang 1, 2.3", "8.2", "Anhang 1, 2.2"]

    status, refused = post(key, f"/received/releases/{offer.pk}/postpone", {"until": "2099-01-01"})
    assert (status, refused["detail"]) == (
        409, "Versions are neither refused nor delayed. (Anhang 1, 2.2)",
    )  # fmt: skip
    client = customer(contract)
    page = reverse("contracts:account-beyond", args=[contract.pk])
    assert reverse("contracts:account-release-postpone", args=[offer.pk]) not in client.get(page).content.decode()
    assert (
        client.post(reverse("contracts:account-release-postpone", args=[offer.pk]), {"until": "2099-01-01"}).url == page
    )

    (software,) = [file for file in told["files"] if file["role"] == "SOFTWARE"]
    fetched = Client().get(
        f"/api/v1/received/releases/{offer.pk}/files/{software['sha256']}", HTTP_AUTHORIZATION=f"Bearer {key}"
    )
    assert fetched.content == b"SOFTWARE-6.0"
    status, done = post(key, f"/received/releases/{offer.pk}/installed", {"where": "Kasse 1"})
    assert (status, done["install"], done["installed_at"] is not None) == (200, False, True)
    with as_tenant(house.tenant.pk):
        assert ReleaseInstallation.objects.get().installed_on == "Kasse 1"
    assert verbs(house.tenant, offer) == [
        "contracts.release_given", "contracts.release_file_fetched", "contracts.release_file",
        "contracts.installation_noted", "contracts.release_installed",
    ]  # fmt: skip
    assert post(key, f"/received/releases/{offer.pk}/installed", {"where": "Kasse 2"})[0] == 200
    with as_tenant(house.tenant.pk):
        assert ReleaseInstallation.objects.get().installed_on == "Kasse 1"


@pytest.mark.requirement("AP-065")
def test_a_planned_version_is_installed_from_the_planned_time_on(track):
    house, contract, _key = track
    offer = given_to_track(track, "6.0", "VERSION")
    planned = datetime(2099, 1, 10, 4, 0, tzinfo=UTC)
    client = browser(house.staff, house.tenant)
    url = reverse("contracts:release-plan", args=[offer.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"way": "planned_remote", "planned_at": "2020-01-01T04:00"}).status_code == 422
    assert client.post(url, {"way": "planned_remote", "planned_at": "2099-01-10T05:00"}).status_code == 302
    for at, install in ((planned - timedelta(minutes=1), False), (planned, True)):
        with as_tenant(house.tenant.pk):
            (found,) = installations_of(contract, own=True, at=at, today=at.date())
        assert (found.row.planned_at, found.ruling.value) == (planned, install)
    shown = client.get(reverse("contracts:contract-beyond", args=[contract.pk])).content.decode()
    assert "planned" in shown


def test_an_update_may_be_postponed_by_its_customer(track):
    house, contract, key = track
    offer = given_to_track(track, "5.9", "UPDATE")
    assert post(key, f"/received/releases/{offer.pk}/postpone", {"until": "2020-01-01"})[0] == 409
    status, told = post(key, f"/received/releases/{offer.pk}/postpone", {"until": "2099-02-01"})
    assert (status, told["install"], told["postponed_until"]) == (200, False, "2099-02-01")
    for day, install in ((date(2099, 1, 31), False), (date(2099, 2, 1), True)):
        with as_tenant(house.tenant.pk):
            (found,) = installations_of(contract, own=True, at=datetime(2099, 2, 1, tzinfo=UTC), today=day)
        assert found.ruling.value is install
    client = customer(contract)
    url = reverse("contracts:account-release-postpone", args=[offer.pk])
    assert client.post(url, {"until": "soon"}).status_code == 302
    assert client.post(url, {"until": "2099-03-01"}).status_code == 302
    with as_tenant(house.tenant.pk):
        assert ReleaseInstallation.objects.get().postponed_until == date(2099, 3, 1)
    assert post(key, f"/received/releases/{offer.pk}/installed", {"where": "Kasse 1"})[0] == 200
    assert post(key, f"/received/releases/{offer.pk}/postpone", {"until": "2099-04-01"})[0] == 409


def test_an_installation_is_planned_in_a_way_of_the_terms_alone(track):
    house, _contract, key = track
    offer = given_to_track(track, "6.0", "VERSION")
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError):
        installing.plan_installation(offer.pk, way="by_post", planned_at=None, **WHO)
    stranger = make_tenant("Birke")
    other = key_of(stranger, "contracts.activate")
    missing = Client().get(f"/api/v1/received/releases/{offer.pk}/files/{'0' * 64}", HTTP_AUTHORIZATION=f"Bearer {key}")
    assert missing.status_code == 404
    assert post(other, f"/received/releases/{offer.pk}/installed", {"where": "x"})[0] == 404
    assert get(other, f"/received/contracts/{track[1].pk}/releases")[0] == 404
    with as_tenant(stranger.pk), pytest.raises(ReleaseOffer.DoesNotExist):
        installing.plan_installation(offer.pk, way="on_site", planned_at=None, **WHO)
