"""Audits: how many a year are a right, sealed evidence, and an auditor who looks, writes nothing and leaves."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.support import LOOKED
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Blob, Membership, RecordEntry, Role, Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.identity.actions.members import change_member
from kontor.office.identity.models import User
from kontor.office.identity.queries import seats
from kontor.office.privacy.actions import audits as actions
from kontor.office.privacy.actions.agreements import issue_agreement, sign_agreement
from kontor.office.privacy.models import AuditRequest, AuditVisit
from kontor.rulebook.audit import within_right
from kontor.rulebook.terms import load
from tests.factories import House, make_house
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.people import administrator, browser, mails, make_tenant

pytestmark = pytest.mark.django_db
HOME = "/account/privacy/audits/"
NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
WHO = {"at": NOW, "actor": Actor("PERSON", None, "Ida")}


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def agreement(house):
    made = concluded(house)
    with as_tenant(house.tenant.pk):
        found = issue_agreement(made.pk, at=NOW, actor=house.actor)
        sign_agreement(found.pk, function="Chefin", at=NOW, actor=house.actor)
    return found


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.requirement("FW-104")
@pytest.mark.requirement("AP-095")
def test_a_second_audit_in_a_year_is_beyond_the_right_and_each_gets_sealed_evidence(house, agreement, monkeypatch):
    monkeypatch.setattr(actions, "load", lambda *_, **__: load("leisure"))
    jana = administrator(Tenant.objects.get(pk=agreement.customer_tenant_id), "jana@gast.example", "Jana")
    asked = {"scope": "Measures and access", "wished_on": date(2027, 7, 1), "actor": Actor.person(jana)}
    with as_tenant(agreement.customer_tenant_id):
        first = answer("privacy.audit_requested_by_customer", agreement.pk, at=NOW, **asked)
        second = answer("privacy.audit_requested_by_customer", agreement.pk, at=NOW + timedelta(days=20), **asked)
        third = answer("privacy.audit_requested_by_customer", agreement.pk, at=NOW + timedelta(days=400),
                       **asked | {"wished_on": date(2028, 8, 1)})  # fmt: skip
        assert (first.beyond, second.beyond, third.beyond) == (False, True, False)
        for wrong in ({"scope": " "}, {"wished_on": date(2027, 5, 31)}):
            with pytest.raises(actions.AuditRefusedError):
                answer("privacy.audit_requested_by_customer", agreement.pk, at=NOW, **asked | wrong)
        data = read(Blob.received.select_related("content").get(pk=first.evidence_id))
    files = opened(data)
    assert set(files) == {
        "agreements.json", "signatures.json", "instructions.json", "measures.json", "sub-processors.json",
        "incident-notices.json", "record.json", "access.csv", "manifest.json", "manifest.sig",
    }  # fmt: skip
    manifest = json.loads(files["manifest.json"])
    assert {each["path"]: each["sha256"] for each in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if "manifest" not in name
    }
    assert hashlib.sha256(data).hexdigest() == first.sha256
    assert [each["id"] for each in json.loads(files["agreements.json"])] == [str(agreement.pk)]
    with as_tenant(house.tenant.pk):
        with pytest.raises(actions.AuditRefusedError):
            actions.finish_audit(first.pk, done_on=NOW.date() + timedelta(days=1), result="Good", **WHO)
        actions.finish_audit(first.pk, done_on=NOW.date(), result="Nothing found", **WHO)
        with pytest.raises(actions.AuditRefusedError):
            actions.finish_audit(first.pk, done_on=NOW.date(), result="Again", **WHO)
        kept = AuditRequest.objects.get(pk=first.pk)
        assert (kept.asked_at, kept.done_on, kept.result) == (NOW, NOW.date(), "Nothing found")
    client = browser(house.staff, house.tenant)
    page = client.get(HOME).content.decode()
    assert ("beyond yearly right" in page, "Nothing found" in page) == (True, True)
    assert client.post(f"{HOME}{second.pk}/seal/").status_code == 302
    assert client.get(f"{HOME}{second.pk}/evidence/")["Content-Type"] == "application/zip"
    assert client.get(f"{HOME}{second.pk}/done/").status_code == 200
    assert client.get(f"{HOME}new/").status_code == 403
    assert client.get("/account/privacy/folder/evidence.zip").status_code == 200


def test_a_customer_asks_on_its_page_and_where_the_contract_is_silent_every_audit_is_a_right(house, agreement):
    theirs = Tenant.objects.get(pk=agreement.customer_tenant_id)
    with as_tenant(house.tenant.pk):
        client = agreed(Contract.objects.get(pk=agreement.contract))
    soon = (timezone.localdate() + timedelta(days=9)).isoformat()
    assert client.get(f"{HOME}new/").status_code == 200
    said = {"agreement": str(agreement.pk), "scope": "All", "wished_on": soon}
    assert client.post(f"{HOME}new/", said | {"wished_on": "2020-01-01"}).status_code == 422
    assert client.post(f"{HOME}new/", said).status_code == client.post(f"{HOME}new/", said).status_code == 302
    with as_tenant(theirs.pk):
        rows = list(AuditRequest.received.all())
        assert [each.beyond for each in rows] == [False, False]
    assert client.get(f"{HOME}{rows[0].pk}/evidence/").status_code == 200
    assert client.post(f"{HOME}{rows[0].pk}/seal/").status_code == 404
    other = make_tenant("Fremd")
    stranger = browser(administrator(other, "o@fremd.example", "Otto"), other)
    assert stranger.get(f"{HOME}{rows[0].pk}/evidence/").status_code == 404


def test_one_a_year_is_the_calendar_year_and_no_number_is_no_limit():
    days = [date(2026, 12, 31)]
    assert within_right(date(2026, 12, 31), days, allowed=1).value is False
    assert within_right(date(2027, 1, 1), days, allowed=1).value is True
    assert within_right(date(2026, 12, 31), days * 9, allowed=None).value is True


@pytest.mark.django_db(transaction=True)
def test_an_auditor_looks_for_some_days_writes_nothing_and_each_page_is_on_record():
    alder = make_tenant()
    jana = administrator(alder)
    client = browser(jana, alder)
    assert client.get(f"{HOME}let-in/").status_code == 200
    said = {
        "name": "Vera Prüfer", "email": "vera@pruefer.example", "company": "TÜV", "purpose": "Yearly audit",
        "language": "en", "days": "3", "scope": ["privacy.own"],
    }  # fmt: skip
    assert client.post(f"{HOME}let-in/", said | {"days": "31"}).status_code == 422
    assert client.post(f"{HOME}let-in/", said).status_code == 302
    assert client.post(f"{HOME}let-in/", said).status_code == 422  # here already
    assert [mail.to for mail in mails(alder)] == ["vera@pruefer.example"] * 2
    with as_tenant(alder.pk):
        visit = AuditVisit.objects.get()
        member = Membership.objects.get(pk=visit.membership)
        assert (member.kind, member.until, visit.scope) == (
            "AUDITOR", visit.until, ["privacy.folder", "privacy.own", "privacy.trail"],
        )  # fmt: skip
        assert seats(at=timezone.now()).taken == 1
        role = member.assignments.get().role_id
        kept = change_member(member.pk, kind="EMPLOYEE", roles=[role], until=visit.until, held=None, at=timezone.now(),
                             actor=MACHINE)  # fmt: skip
        assert kept.kind == "AUDITOR"
    auditor = browser(User.objects.get(email="vera@pruefer.example"), alder)
    folder = auditor.get("/account/privacy/folder/")
    assert (folder.status_code, "You look as an auditor" in folder.content.decode()) == (200, True)
    assert "manifest.json" in opened(auditor.get("/account/privacy/folder/evidence.zip").content)
    assert auditor.get("/account/privacy/").status_code == 200
    assert auditor.get("/account/privacy/trail/").status_code == 200
    with as_tenant(alder.pk):
        entry = RecordEntry.objects.filter(verb="privacy.visit_announced").get()
    assert auditor.get(f"/account/privacy/trail/{entry.pk}/").status_code == 200
    assert auditor.get(HOME).status_code == 403
    for path in ("trail/proof/", "audits/let-in/"):
        refused = auditor.post(f"/account/privacy/{path}", said)
        assert (refused.status_code, refused["X-Reason"]) == (403, "auditor")
    taken = auditor.get("/account/privacy/trail/", {"format": "csv"})
    assert (taken.status_code, taken["X-Reason"]) == (403, "auditor")
    with as_tenant(alder.pk):
        looks = RecordEntry.objects.filter(verb=LOOKED, object_id=member.pk)
        assert looks.count() == 5
        assert Role.objects.filter(name="Audit: Vera Prüfer").count() == 1
    assert "5 pages opened" in client.get(HOME).content.decode()
    assert client.post(f"{HOME}visits/{visit.pk}/end/").status_code == 302
    assert auditor.get("/account/privacy/folder/").status_code == 302
    assert client.post(f"{HOME}visits/{visit.pk}/end/").status_code == 404
    with as_tenant(alder.pk):
        with pytest.raises(actions.AuditRefusedError):
            actions.end_visit(visit.pk, at=timezone.now(), actor=MACHINE)
        again = actions.Visit(**{**said, "days": 2, "scope": {"privacy.folder"}})
        back = actions.let_in(again, held=None, at=timezone.now() + timedelta(days=1), actor=MACHINE)
        assert Role.objects.get(name="Audit: Vera Prüfer").permissions == ["privacy.folder"]
        with pytest.raises(actions.AuditRefusedError):
            actions.end_visit(back.pk, at=back.until, actor=MACHINE)
        with pytest.raises(actions.AuditRefusedError, match="1 to 30 days"):
            actions.let_in(replace(again, days=31), held=None, at=back.until, actor=MACHINE)
