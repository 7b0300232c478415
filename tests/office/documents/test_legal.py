"""The public privacy notice: the version that applies, with its date, and those before it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import legal as actions
from kontor.office.documents.models import DocumentVersion
from kontor.office.documents.queries import legal as queries
from tests.factories import House, make_house, make_user
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db
PAGE = "/legal/privacy"
NOW = timezone.now()


@pytest.fixture
def house() -> House:
    return make_house()


def publish(house: House, version: str, *, since: datetime, key: str = "privacy") -> DocumentVersion:
    with as_tenant(house.tenant.pk):
        return actions.publish_version(
            key=key,
            version=version,
            title={"de": "Datenschutzerklärung", "en": "Privacy notice"},
            text={"de": f"Teil 1\nFassung {version}.", "en": f"Part 1\nThis is {version}."},
            required_from=None,
            effective_from=since,
            at=NOW - timedelta(days=400),
            actor=MACHINE,
        )


@pytest.mark.requirement("SM-007")
def test_the_notice_that_applies_is_public_with_its_date_and_the_earlier_ones_in_an_archive(house):
    """v3 is effective 1 May; on 2 May it is shown, v1 and v2 are reachable, v4 of tomorrow is not."""
    may = timezone.make_aware(datetime(NOW.year, NOW.month, NOW.day)) - timedelta(days=1)
    for version, since in (
        ("v1", may - timedelta(days=300)), ("v2", may - timedelta(days=100)), ("v3", may),
        ("v4", NOW + timedelta(days=1)),
    ):  # fmt: skip
        publish(house, version, since=since)
    publish(house, "terms", since=may, key="terms")
    stranger = Client(headers={"accept-language": "en"})
    page = stranger.get(PAGE)
    assert page.status_code == 200
    text = page.content.decode()
    assert ("This is v3." in text, "Edition v3, applies from" in text) == (True, True)
    assert f"{may.day} " in text
    assert [each.version for each, _ in page.context["archive"]] == ["v3", "v2", "v1"]
    for version in ("v1", "v2"):
        earlier = stranger.get(f"{PAGE}/{version}").content.decode()
        assert (f"This is {version}." in earlier, "an earlier notice" in earlier) == (True, True)
        assert f'href="{PAGE}/{version}"' in text
    assert f'href="{PAGE}"' in stranger.get("/open-source/").content.decode()


@pytest.mark.parametrize("unknown", ["v4", "v9", "terms"])
def test_what_does_not_apply_yet_or_is_another_text_is_not_shown(house, unknown):
    publish(house, "v1", since=NOW - timedelta(days=1))
    publish(house, "v4", since=NOW + timedelta(days=1))
    publish(house, "terms", since=NOW - timedelta(days=1), key="terms")
    assert Client().get(f"{PAGE}/{unknown}").status_code == 404


def test_before_the_first_notice_the_page_says_so(house):
    assert "has been published here yet" in Client(headers={"accept-language": "en"}).get(PAGE).content.decode()


def test_without_a_house_there_is_no_notice():
    assert Client().get(PAGE).status_code == 404


def test_a_version_is_published_once(house):
    publish(house, "v1", since=NOW)
    with pytest.raises(actions.AlreadyPublishedError):
        publish(house, "v1", since=NOW)
    with as_tenant(make_tenant("Birke").pk):
        assert queries.editions("privacy", at=NOW) == []


def test_staff_of_the_house_publish_it_on_a_page(house):
    staff = browser(house.staff, house.tenant)
    told: dict[str, Any] = {
        "version": "2026-05", "effective_on": "2026-05-01", "title_de": "Datenschutz", "text_de": "Teil 1\r\nJa.",
        "title_en": "Privacy", "text_en": "Part 1\r\nYes.",
    }  # fmt: skip
    assert "/documents/publish/" in staff.get("/documents/").content.decode()
    assert staff.get("/documents/publish/").status_code == 200
    assert staff.post("/documents/publish/", told | {"text_en": ""}).status_code == 422
    assert staff.post("/documents/publish/", told)["Location"] == "/documents/"
    assert staff.post("/documents/publish/", told).status_code == 422
    page = Client(headers={"accept-language": "de"}).get(PAGE)
    assert [(each.heading, each.text) for each in page.context["passages"]] == [("Teil 1", "Ja.")]
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["documents.see"])
    assert browser(reader, house.tenant).get("/documents/publish/").status_code == 403
