"""What the contracts say about accesses in other hands, from the report to the lock, each sentence in one go."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Credential, Lock, Membership, OutgoingMail, RecordEntry, SentMail, Session
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import attempts, invitations
from kontor.office.identity.actions.instructions import publish_instruction
from kontor.office.identity.actions.invitations import Contact, ContactMissingError
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.models import AccessReport, KnownDevice, SecurityCase
from kontor.office.identity.public import invite_administrator
from kontor.office.identity.queries.security import policy_here
from tests.background import run_jobs
from tests.factories import AT, PASSWORD, make_house, make_user
from tests.people import administrator, browser, join, link_in, mails, make_tenant, sign_in, verbs, visitor

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/identity/people/"}
SENTENCE = "a long sentence that nobody guesses"


@pytest.fixture
def world(transactional_db):
    """Give a house, a customer with two administrators, and Pia, who works there."""
    house, alder = make_house(), make_tenant()
    for email, name in (("jana@alder.example", "Jana"), ("joe@alder.example", "Joe")):
        administrator(alder, email, name)
    pia = make_user("pia@alder.example", "Pia")
    join(alder, pia, role="Reader", permissions=["identity.see"])
    return house, alder, pia


def member_of(tenant, user):
    with as_tenant(tenant.pk):
        return Membership.objects.select_related("user").get(user=user)


def jana_of(tenant):
    with as_tenant(tenant.pk):
        return Membership.objects.get(user__email="jana@alder.example").user


@pytest.mark.requirement("SM-011")
def test_my_access_may_be_compromised_tells_all_and_one_click_ends_everything(world):
    _house, alder, pia = world
    client, other = visitor(), browser(pia, alder)
    sign_in(client, pia.email)
    assert other.get("/identity/people/").status_code == 200
    client.post("/identity/profile/compromised/", {})
    run_jobs()

    with as_tenant(alder.pk):
        report = AccessReport.objects.get()
        sent = SentMail.objects.filter(mail__subject__startswith="Pia").values_list("mail__to", "sent_at")
        assert sorted(to for to, _at in sent) == ["jana@alder.example", "joe@alder.example"]
        assert all(at - report.at < timedelta(seconds=60) for _to, at in sent)
    member = member_of(alder, pia)
    jana = browser(jana_of(alder), alder)
    shown = jana.get(f"/identity/people/{member.pk}/").content.decode()
    assert re.search(r'name="reason" value="suspected"', shown)  # the one button sends the reason along
    assert Session.objects.filter(person=pia.pk).count() == 2
    assert KnownDevice.objects.filter(person=pia).count() == 1

    jana.post(f"/identity/people/{member.pk}/lock/", {"reason": "suspected"})

    assert Session.objects.filter(person=pia.pk).count() == 0
    assert KnownDevice.objects.filter(person=pia).count() == 0
    assert not Credential.objects.filter(object_id=pia.pk, revoked_at=None, expires_at__gt=timezone.now()).exists()
    with as_tenant(alder.pk):
        report.refresh_from_db()
        assert report.lock_id == Lock.objects.get(membership=member).pk
        entries = RecordEntry.objects.filter(object_id=member.pk, verb__startswith="identity.").order_by("id")
        told = [(entry.verb, entry.at) for entry in entries]
    assert told[-2:] == [("identity.access_reported", report.at), ("identity.locked", report.locked_at)]


@pytest.mark.requirement("FW-037")
def test_who_is_not_bound_stands_in_the_report_and_a_suspicion_is_a_case_at_once(world):
    house, alder, pia = world
    with as_tenant(alder.pk):
        text = publish_instruction("ACCESS", text_de="Halten Sie Zugangsdaten geheim.",
                                   text_en="Keep credentials secret.", at=AT, actor=MACHINE)  # fmt: skip
    jana = browser(jana_of(alder), alder)
    told = {"instruction": str(text.pk), "sha256": bytes(text.sha256).hex()}
    assert jana.post("/identity/instruction/", told).status_code == 302
    report = jana.get("/identity/security/instruction/?state=open&format=csv")
    missing = b"".join(report).decode()  # type: ignore[arg-type]
    assert [name for name in ("Jana", "Joe", "Pia") if name in missing] == ["Joe", "Pia"]

    client = browser(pia, alder)
    asked = client.get("/identity/profile/compromised/").content.decode()
    assert re.search(r'<input[^>]*name="lock_too"[^>]*checked', asked)  # it locks unless somebody takes the tick away
    client.post("/identity/profile/compromised/", {"lock_too": "on"})
    run_jobs()

    with as_tenant(alder.pk):
        lock = Lock.objects.get()
        assert (lock.membership.user_id, lock.effective_at <= timezone.now()) == (pia.pk, True)
    with as_tenant(house.tenant.pk):
        case = SecurityCase.objects.get()
        assert (case.kind, case.of_tenant, case.person) == ("SUSPICION", alder.pk, pia.pk)
        sent = SentMail.objects.get(mail__to="ida@lindwurm.example")
        assert sent.sent_at - lock.made_at < timedelta(seconds=60)


@pytest.mark.requirement("SM-020")
def test_a_lost_device_is_reported_without_signing_in_and_its_token_is_worth_nothing_after_the_lock(world):
    house, alder, pia = world
    device = browser(pia, alder)  # the session on the device that is lost
    assert device.get("/identity/people/", headers=HTMX).status_code == 200
    elsewhere = visitor()
    elsewhere.post("/identity/lost-device/", {"email": pia.email})
    run_jobs()
    with as_tenant(house.tenant.pk):
        link = link_in(OutgoingMail.objects.get().text)
    assert elsewhere.post(link, {}).status_code == 200
    member = member_of(alder, pia)

    jana = browser(jana_of(alder), alder)
    jana.post(f"/identity/people/{member.pk}/lock/", {"reason": "lost"})

    locked = timezone.now()
    answer = device.get("/identity/people/", headers=HTMX)
    assert timezone.now() - locked < timedelta(seconds=5)
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/?next=/identity/people/")
    assert device.get("/identity/people/").url == "/sign-in/?next=/identity/people/"
    with as_tenant(alder.pk):
        report = AccessReport.objects.get()
        assert report.kind == "LOST"
        assert timedelta(0) < report.locked_at - report.at < timedelta(minutes=5)


@pytest.mark.requirement("SO-015")
def test_wrong_passwords_pause_new_devices_and_strangers_ids_raise_an_alert(world):
    house, alder, pia = world
    known = attempts.know_device(pia, "", at=AT)
    for second in range(10):
        at = AT + timedelta(seconds=30 * second)
        last = attempts.begin_attempt(pia.email, address="192.0.2.1", device="", at=at)
        assert attempts.note_failure(last, pia.email, at=at) is (second == 9)
    paused = AT + timedelta(seconds=270)
    for minutes, device, open_ in ((0, "", False), (14, "", False), (14, known, True), (15, "", True)):
        at = paused + timedelta(minutes=minutes)
        try:
            attempts.begin_attempt(pia.email, address="198.51.100.7", device=device, at=at)
        except attempts.PausedError:
            assert not open_
        else:
            assert open_
    assert "identity.sign_in_paused" in verbs(alder, member_of(alder, pia))

    birke = make_tenant("Birke")
    strangers = [join(birke, make_user(f"{each}@birke.example", "B"), role="R") for each in range(8)]
    client = browser(pia, alder)
    for stranger in strangers:
        assert client.get(f"/identity/people/{stranger.pk}/").status_code == 404
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert list(SecurityCase.objects.values_list("kind", "of_tenant", "person")) == [
            ("STRANGERS", alder.pk, pia.pk),
        ]  # fmt: skip
        assert [mail.to for mail in OutgoingMail.objects.all()] == ["ida@lindwurm.example"]


@pytest.mark.requirement("SM-021")
@pytest.mark.django_db
def test_a_set_up_ends_with_whom_to_call_and_every_user_finds_it():
    make_house()
    alder = make_tenant()
    with as_tenant(alder.pk):
        invite_administrator(
            email="jana@alder.example", name="Jana Heitmann", language="en", at=timezone.now(), actor=MACHINE
        )
    link = link_in(mails(alder)[0].text)
    client = visitor()
    with pytest.raises(ContactMissingError):
        invitations.come_in(link.rstrip("/").rpartition("/")[2], password=SENTENCE, at=timezone.now())
    assert "Whom your people call" in client.get(link).content.decode()
    for missing in ("contact_name", "contact_phone", "contact_email"):
        form = {"password": SENTENCE, "contact_name": "Jana Heitmann", "contact_phone": "040 123",
                "contact_email": "it@alder.example"}  # fmt: skip
        assert client.post(link, form | {missing: ""}).status_code == 422
    with as_tenant(alder.pk):
        assert policy_here().contact_name == ""

    assert client.post(link, form).url == "/"

    with as_tenant(alder.pk):
        assert policy_here().contact_phone == "040 123"
    pia = make_user("pia@alder.example", "Pia")
    join(alder, pia, role="Reader")
    page = browser(pia, alder).get("/identity/lost-device/").content.decode()
    assert [word for word in ("Jana Heitmann", "040 123", "it@alder.example") if word not in page] == []
    assert "Rights are given by Jana Heitmann." in browser(pia, alder).get("/identity/profile/").content.decode()


@pytest.mark.django_db
def test_whoever_is_known_names_the_contact_too_and_others_are_not_asked():
    alder = make_tenant()
    jana = make_user("jana@alder.example", "Jana")
    with as_tenant(alder.pk):
        invite_administrator(email=jana.email, name="Jana", language="en", at=timezone.now(), actor=MACHINE)
    link = link_in(mails(alder)[0].text)
    assert visitor().post(link, {"contact_name": "Jana"}).status_code == 422
    with as_tenant(alder.pk):
        change_policy(at=AT, actor=MACHINE, contact_name="J", contact_phone="1", contact_email="j@alder.example")
    assert "Whom your people call" not in visitor().get(link).content.decode()
    secret = link.rstrip("/").rpartition("/")[2]
    person, _tenant = invitations.come_in(
        secret, password="", at=timezone.now(), contact=Contact(name="J", phone="2", email="j@alder.example")
    )
    assert person.check_password(PASSWORD)
    with as_tenant(alder.pk):
        assert policy_here().contact_phone == "2"
