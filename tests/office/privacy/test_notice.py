"""The privacy notice: made of the register, published by a person, read by everybody, proposed anew when it changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel import registry
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents import public as documents
from kontor.office.privacy import public
from kontor.office.privacy.actions import subprocessors
from kontor.office.privacy.actions.notice import Details, keep_details, publish_notice
from kontor.office.privacy.queries import cookies, notice
from kontor.rulebook.notice_changes import sections
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.factories import make_house, make_user
from tests.people import administrator, browser, join, make_tenant

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
TOLD = Details(name="Lindwurm GmbH", address="Hafen 1, 80331 München", email="ds@lindwurm.example", authority="BayLDA")
FORM = {"name": "Alder AG", "address": "Erle 3", "email": "ds@alder.example", "authority": "LfDI"}
HOST = subprocessors.NewSubprocessor(
    name="Rechenhaus GmbH", address="Hafenstraße 1", country="DE", task_de="Betrieb", task_en="Hosting",
    access="alles", effective_on=NOW.date(), agreement_on=NOW.date(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def published(house, *, at=NOW) -> list[str]:
    return [
        publish_notice(each.part, shown=each.sha256, tenant=house.tenant, standing=None, at=at, actor=house.actor)
        for each in notice.proposals(house.tenant, None, at=at)
    ]


@pytest.mark.requirement("SD-001")
def test_both_parts_are_public_with_date_contents_and_archive_and_a_change_proposes_an_edition():
    house = make_house()
    with as_tenant(house.tenant.pk):
        assert not public.notice_is_published(at=NOW)
        keep_details(TOLD, at=NOW - timedelta(days=2), actor=house.actor)
        assert published(house, at=NOW - timedelta(days=1)) == ["2027-05-31", "2027-05-31"]
        assert public.notice_is_published(at=NOW)
        assert [each.is_new for each in notice.proposals(house.tenant, None, at=NOW)] == [False, False]
        with pytest.raises(RefusalError, match="published already"):
            published(house)

        subprocessors.add_subprocessor(HOST, at=NOW, actor=house.actor, from_the_start=True)
        general, service = notice.proposals(house.tenant, None, at=NOW)
        (change,) = general.changes["en"]
        assert (change.heading, change.went, change.came) == (
            "Recipients and third countries",
            ("Nobody else processes on our behalf.",),
            ("Rechenhaus GmbH\tHosting, DE",),
        )
        assert (general.is_new, service.is_new) == (True, False)
        kept = {"tenant": house.tenant, "standing": None, "at": NOW, "actor": house.actor}
        with pytest.raises(RefusalError, match="registers have changed"):
            publish_notice("general", shown=b"old", **kept)
        assert (
            publish_notice("general", shown=general.sha256, **kept | {"at": NOW - timedelta(hours=1)}) == "2027-06-01"
        )
        subprocessors.end_subprocessor(
            notice.Subprocessor.objects.get().pk, on=NOW.date() - timedelta(days=1), at=NOW, actor=house.actor
        )
        again = notice.proposals(house.tenant, None, at=NOW)[0]
        assert publish_notice("general", shown=again.sha256, **kept) == "2027-06-01-2"

    stranger = Client(headers={"accept-language": "en"})
    page = stranger.get("/legal/privacy-platform")
    text = page.content.decode()
    assert "Edition 2027-05-31, applies from 31 May 2027" in text
    assert text.count('<li><a href="#part-') == len(registry.processings()) + 1  # the contents
    assert 'href="/legal/privacy">/legal/privacy<' in text
    assert page.context["passages"][1].heading.startswith("8. ")
    earlier = stranger.get("/legal/privacy/2027-06-01").content.decode()
    assert ("an earlier notice" in earlier, "Rechenhaus GmbH" in earlier) == (True, True)
    assert "Rechenhaus GmbH" not in stranger.get("/legal/privacy").content.decode()
    paper = stranger.get("/legal/privacy-platform/2027-05-31.pdf")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert stranger.get("/legal/privacy-platform/2020-01-01.pdf").status_code == 404


@pytest.mark.requirement("SD-002")
def test_every_activity_has_its_five_parts_or_nothing_is_published_and_no_tracker_runs_without_one(
    monkeypatch, settings
):
    house = make_house()
    with as_tenant(house.tenant.pk):
        bare = notice.proposals(house.tenant, None, at=NOW)[1]
        with pytest.raises(RefusalError, match="the controller's name"):
            publish_notice("service", shown=bare.sha256, tenant=house.tenant, standing=None, at=NOW, actor=house.actor)
        keep_details(TOLD, at=NOW, actor=house.actor)
        keep_details(replace(TOLD, officer="Mara Lind"), at=NOW, actor=house.actor)
        with pytest.raises(RefusalError, match="both languages"):
            keep_details(replace(TOLD, automated_de="Bonität"), at=NOW, actor=house.actor)
        keep_details(replace(TOLD, automated_de="Bonität", automated_en="Credit"), at=NOW, actor=house.actor)
        assert "Credit" in notice.proposals(house.tenant, None, at=NOW)[0].text.en
        told = sections(bare.text.en)[1:]
        labels = ["Description and scope", "Purpose", "Legal basis", "Period of storage", "Objection and removal"]
        for heading, lines in told:
            assert [line.split("\t")[0] for line in lines[:5]] == labels, heading
        assert len(told) == len(registry.processings())
        entry = next(notice.entries())
        nameless = replace(entry, processing=replace(entry.processing, purpose=Text("", "")))
        monkeypatch.setattr(notice, "entries", lambda: iter([nameless]))
        with pytest.raises(RefusalError, match="Purpose"):
            published(house)

    settings.KONTOR_COOKIES = ("analysis",)
    assert [use.key for use in cookies.offered()] == ["analysis"]
    monkeypatch.setattr(registry, "processings", dict)
    assert cookies.offered() == ()


def test_a_tenant_publishes_its_own_with_what_is_done_on_its_behalf():
    house, tenant = make_house(), make_tenant("Alder")
    boss = administrator(tenant)
    client = browser(boss, tenant)
    client.cookies["kontor_language"] = "en"
    assert "cannot be published before" in client.get("/privacy/notice/").content.decode()
    assert client.get("/privacy/notice/details/").status_code == 200
    assert client.post("/privacy/notice/details/", FORM | {"automated_de": "Bonität"}).status_code == 422
    assert client.post("/privacy/notice/details/", FORM).status_code == 302
    assert client.post("/privacy/notice/whim/publish/", {}).status_code == 404
    refused = client.post("/privacy/notice/service/publish/", {"shown": "no hash"})
    assert (refused.status_code, "registers have changed" in refused.content.decode()) == (422, True)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/privacy/notice/")
    assert len([query["sql"] for query in queries if "privacy_" in query["sql"]]) == 2  # its details, its notices
    for each, _, sha256 in page.context["rows"]:
        assert client.post(f"/privacy/notice/{each.part}/publish/", {"shown": sha256}).status_code == 302

    text = Client(headers={"accept-language": "en"}).get(f"/legal/{tenant.pk}/privacy").content.decode()
    assert ("Alder AG, Erle 3" in text, house.tenant.name in text) == (True, True)
    platform = Client().get(f"/legal/{tenant.pk}/privacy-platform")
    shown = {each.heading.split(". ")[-1] for each in platform.context["passages"][1:]}
    assert "Legal texts" not in shown
    assert shown < {each.title.de for each in registry.processings().values() if each.role == "processor"}
    with as_tenant(tenant.pk):
        edition = documents.edition_of("privacy", at=NOW)
        assert edition is not None
        assert edition.version == "2027-06-01"
        assert "documents.version_published" in RecordEntry.objects.values_list("verb", flat=True)
    reader = make_user("leser@alder.example", "Lea Leser")
    join(tenant, reader, role="Leser", permissions=["documents.see"])
    assert browser(reader, tenant).get("/privacy/notice/").status_code == 403
    assert Client().get(f"/legal/{make_tenant('Birke').pk}/privacy").status_code == 404
