"""An access in other hands, a lost device, and what the house hears."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Lock, Membership, OutgoingMail, Session, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import reports
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.models import AccessReport, SecurityCase
from tests.background import run_jobs
from tests.factories import AT, make_house, make_user
from tests.people import administrator, browser, join, link_in, mails, make_tenant, verbs, visitor


@pytest.fixture
def world(transactional_db):
    """Give a house, a customer with an administrator, and Pia, who works there."""
    house, alder = make_house(), make_tenant()
    jana = administrator(alder)
    pia = make_user("pia@alder.example", "Pia")
    join(alder, pia, role="Reader", permissions=["identity.see"])
    return house, alder, jana, pia


def member_of(tenant, user):
    with as_tenant(tenant.pk):
        return Membership.objects.get(user=user)


def test_a_suspicion_is_told_at_once_locked_by_one_click_and_timed(world):
    _house, alder, jana, pia = world
    client = browser(pia, alder)
    assert client.get("/identity/profile/compromised/").status_code == 200

    assert client.post("/identity/profile/compromised/", {}).status_code == 302

    (mail,) = mails(alder)  # written in the request's own transaction
    assert (mail.to, mail.subject) == ("jana@alder.example", "Pia: Zugang vielleicht in fremden Händen")
    member = member_of(alder, pia)
    assert link_in(mail.text) == f"/identity/people/{member.pk}/"
    browser(jana, alder).post(f"/identity/people/{member.pk}/lock/", {"reason": "suspected"})
    with as_tenant(alder.pk):
        report = AccessReport.objects.get()
        assert (report.told, report.lock_id) == (1, Lock.objects.get().pk)
        assert report.locked_at > report.at
    assert not Session.objects.filter(person=pia.pk).exists()
    told = [verb for verb in verbs(alder, member) if verb.startswith("identity.")]
    assert told == ["identity.access_reported", "identity.locked"]


def test_the_house_hears_of_a_suspicion_as_a_case_on_its_day(world):
    house, alder, jana, pia = world
    client = browser(pia, alder)
    page = client.post("/identity/profile/compromised/", {"lock_too": "on"})
    assert "Your access is locked" in page.content.decode()
    run_jobs()

    with as_tenant(house.tenant.pk):
        case = SecurityCase.objects.get()
        assert (case.of_tenant, case.person, case.kind) == (alder.pk, pia.pk, "SUSPICION")
        assert [mail.to for mail in OutgoingMail.objects.all()] == ["ida@lindwurm.example"]
    ida = browser(house.staff, house.tenant)
    assert ida.get(f"/identity/cases/{case.pk}/").status_code == 200
    assert ida.post(f"/identity/cases/{case.pk}/", {"because": ""}).status_code == 422
    assert ida.post(f"/identity/cases/{case.pk}/", {"because": "Kennwort neu gesetzt"}).status_code == 302
    assert browser(jana, alder).get(
        f"/identity/cases/{case.pk}/"
    ).status_code == 404  # fmt: skip
    with as_tenant(house.tenant.pk):
        assert SecurityCase.objects.get().closed_because == "Kennwort neu gesetzt"


@pytest.mark.django_db
def test_the_last_administrator_is_signed_out_and_not_locked_and_without_a_house_there_is_no_case():
    alder = make_tenant()
    jana = administrator(alder)
    browser(jana, alder)

    locked = reports.report(jana, kind="SUSPECTED", lock_too=True, at=AT, actor=Actor.person(jana))

    assert (locked, Session.objects.count()) == (0, 0)
    (mail,) = mails(alder)
    assert "Das ist die letzte Person" in mail.text


@pytest.mark.django_db
def test_a_report_reaches_every_tenant_of_the_person():
    alder, birke = make_tenant(), make_tenant("Birke")
    _jana, _kim = administrator(alder), administrator(birke, "kim@birke.example", "Kim")
    pia = make_user("pia@alder.example", "Pia")
    for tenant in (alder, birke):
        join(tenant, pia, role="Reader")

    assert reports.report(pia, kind="LOST", lock_too=True, at=AT, actor=Actor.person(pia)) == 2

    assert "jana@alder.example" in [mail.to for mail in mails(alder)]
    assert "kim@birke.example" in [mail.to for mail in mails(birke)]


def test_the_page_of_a_lost_device_tells_nothing_of_who_signs_in_here(world):
    house, alder, _jana, pia = world
    with as_tenant(alder.pk):
        change_policy(at=AT, actor=MACHINE, contact_name="Jana Heitmann", contact_phone="040 123",
                      contact_email="it@alder.example")  # fmt: skip
    client = visitor()
    assert client.get("/identity/lost-device/").status_code == 200
    assert client.post("/identity/lost-device/", {"email": "no"}).status_code == 422
    pages = [
        client.post("/identity/lost-device/", {"email": email}).content.decode().replace(email, "")
        for email in (pia.email, "no1@alder.example")
    ]
    assert "040 123" not in pages[0]
    assert len(pages[0]) == len(pages[1])
    run_jobs()

    with as_tenant(house.tenant.pk):
        (mail,) = OutgoingMail.objects.all()
    assert mail.to == pia.email
    path = link_in(mail.text)
    page = client.get(path).content.decode()
    assert ("Jana Heitmann" in page, "040 123" in page, "it@alder.example" in page) == (True, True, True)
    browser(pia, alder)
    assert client.post(path, {"lock_too": "on"}).status_code == 200
    assert not Session.objects.filter(person=pia.pk).exists()
    with as_tenant(alder.pk):
        report = AccessReport.objects.get()
        assert (report.kind, report.locked_at - report.at) == ("LOST", timedelta(0))
    assert client.get("/identity/lost-device/made-up/").status_code == 404


@pytest.mark.django_db
def test_the_link_is_mailed_once_in_five_minutes_and_only_to_somebody_known():
    alder = make_tenant()
    administrator(alder)
    with as_tenant(alder.pk):
        assert reports.send_lost_link("nobody@alder.example", at=AT) is False
        sent = [reports.send_lost_link("Jana@alder.example", at=AT + timedelta(minutes=each)) for each in (0, 4, 10)]
    assert sent == [True, False, True]


def test_whoever_tries_strangers_ids_is_a_case_on_the_houses_day(world):
    house, alder, _jana, pia = world
    client = browser(pia, alder)
    for _ in range(9):
        assert client.get(f"/identity/people/{Tenant().pk}/").status_code == 404
    assert client.get("/identity/nowhere/").status_code == 404
    run_jobs()

    with as_tenant(house.tenant.pk):
        assert list(SecurityCase.objects.values_list("kind", "person")) == [("STRANGERS", pia.pk)]
    assert timezone.now() > AT
