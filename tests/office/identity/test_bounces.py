"""An address that mail does not reach: flagged on the person's page, told to the administrators, once (crm §17)."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from kontor.kernel.actions import bounces
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, OutgoingMail, RefusedAddress, SentMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.transport import AddressRefusedError, MailRefusedError
from kontor.office.identity.actions.bounces import note_address_works, tell_of_refused_address
from kontor.office.messages.actions.reports import take_report
from kontor.office.messages.formats.delivery_report import Failure, failures
from tests.background import run_jobs
from tests.factories import make_user
from tests.people import browser, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
GONE, CHIEF = "mia@alder.example", "chef@alder.example"
REPLY = "550 5.1.1 No such mailbox"

REPORT = """\
From: MAILER-DAEMON@mx.example
To: post@kontor.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Original-Recipient: rfc822;{to}
Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 unknown
 user

--b
Content-Type: {kind}

Message-ID: <{mail}@kontor.example>
Subject: Hallo

--b--
"""


def report(mail: Any, *, to: str = GONE, action: str = "failed", status: str = "5.1.1",
           kind: str = "text/rfc822-headers") -> bytes:  # fmt: skip
    return REPORT.format(mail=mail, to=to, action=action, status=status, kind=kind).replace("\n", "\r\n").encode()


@pytest.fixture
def alder() -> Tenant:
    return make_tenant("Alder")


@pytest.fixture
def mia(alder) -> Membership:
    join(alder, make_user(CHIEF, "Chef"))
    return join(alder, make_user(GONE, "Mia Alder"), role="Leser", permissions=["identity.see"])


def written(tenant: Tenant, to: str = GONE) -> uuid.UUID:
    with as_tenant(tenant.pk):
        return send_mail(to=to, subject="Hallo", text="x", at=AT).pk


def refuse(monkeypatch: pytest.MonkeyPatch, settings: Any, error: Exception | None) -> None:
    """Let the mail server answer so to each mail for Mia, and take over all others."""

    def hand_over(message: Any, to: str, **_server: Any) -> None:
        if error is not None and GONE in message["To"]:
            raise error

    settings.EMAIL_HOST = "mx.example"
    monkeypatch.setattr("kontor.kernel.jobs.hand_over", hand_over)


def told(tenant: Tenant) -> list[str]:
    with as_tenant(tenant.pk):
        return list(OutgoingMail.objects.filter(subject__contains="Mia Alder").values_list("to", flat=True))


@pytest.mark.requirement("SO-072")
def test_a_bouncing_address_of_a_user_is_flagged_and_the_administrator_told_once(alder, mia, monkeypatch, settings):
    refuse(monkeypatch, settings, AddressRefusedError(REPLY))
    for _each in range(2):
        written(alder)
    run_jobs()
    with as_tenant(alder.pk):
        assert list(RefusedAddress.objects.values_list("email", "source", "problem")) == [(GONE, "SMTP", REPLY)]
    assert told(alder) == [CHIEF]
    assert verbs(alder, mia)[-1] == "identity.address_refused"
    chief = browser(make_user_of(CHIEF), alder)
    page = reverse("identity:person", args=[mia.pk])
    shown = chief.get(page).content.decode()
    assert ("cannot be reached" in shown, REPLY in shown) == (True, True)
    assert chief.post(reverse("identity:address-works", args=[mia.pk]))["Location"] == page
    assert "cannot be reached" not in chief.get(page).content.decode()
    assert chief.post(reverse("identity:address-works", args=[uuid.uuid4()])).status_code == 404


def make_user_of(email: str) -> Any:
    return Membership._meta.get_field("user").related_model.objects.get(email=email)


def test_who_may_not_change_people_takes_no_flag_off(alder, mia):
    client = browser(make_user_of(GONE), alder)
    assert client.post(reverse("identity:address-works", args=[mia.pk])).status_code == 403


def test_a_mail_refused_for_its_content_flags_nobody(alder, mia, monkeypatch, settings):
    refuse(monkeypatch, settings, MailRefusedError("554 5.7.1 spam"))
    written(alder)
    run_jobs()
    with as_tenant(alder.pk):
        assert (RefusedAddress.objects.count(), SentMail.objects.get().problem) == (0, "554 5.7.1 spam")


def test_a_later_mail_that_is_taken_over_mends_what_the_server_refused(alder, mia, monkeypatch, settings):
    refuse(monkeypatch, settings, AddressRefusedError(REPLY))
    written(alder)
    run_jobs()
    refuse(monkeypatch, settings, None)
    written(alder)
    run_jobs()
    with as_tenant(alder.pk):
        assert RefusedAddress.objects.get().mended_at is not None


def test_an_address_of_nobody_here_is_told_to_nobody(alder):
    join(alder, make_user(CHIEF, "Chef"))
    with as_tenant(alder.pk):
        bounces.note_refused(written(alder), problem=REPLY, at=AT)
        assert tell_of_refused_address(GONE, at=AT) is None
        assert tell_of_refused_address(CHIEF, at=AT) is None
    assert told(alder) == []


def test_an_address_that_works_is_noted_once(alder, mia):
    mail = written(alder)
    with as_tenant(alder.pk):
        bounces.note_refused(mail, problem=REPLY, at=AT)
        assert [note_address_works(mia, at=AT, actor=MACHINE) for _each in range(2)] == [1, 0]
    assert verbs(alder, mia).count("identity.address_works") == 1


def test_another_tenant_notes_nothing_about_this_ones_mail(alder, mia):
    mail = written(alder)
    with as_tenant(make_tenant("Birke").pk):
        with pytest.raises(OutgoingMail.DoesNotExist):
            bounces.note_refused(mail, problem=REPLY, at=AT)
        with pytest.raises(OutgoingMail.DoesNotExist):
            bounces.note_taken(mail, at=AT)
        assert take_report(report(mail), at=AT) == []


# Reports afterwards (RFC 3464)


@pytest.mark.requirement("SO-072")
@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_delivery_report_about_our_mail_flags_its_recipient_and_no_later_mail_mends_it(alder, mia, kind):
    mail = written(alder)
    with as_tenant(alder.pk):
        (made,) = take_report(report(mail, kind=kind), at=AT)
        assert (made.email, made.source, made.problem) == (GONE, "REPORT", "5.1.1 550 5.1.1 unknown user")
        assert bounces.note_taken(mail, at=AT) == 0
    run_jobs()
    assert told(alder) == [CHIEF]


def test_a_report_counts_only_for_a_mail_and_a_recipient_of_ours(alder, mia):
    mail = written(alder)
    with as_tenant(alder.pk):
        assert take_report(report(uuid.uuid4()), at=AT) == []
        assert take_report(report("no-key"), at=AT) == []
        assert take_report(report(mail, to=CHIEF), at=AT) == []
        assert RefusedAddress.objects.count() == 0


def test_what_a_report_says():
    mail = uuid.UUID(int=7)
    expected = [Failure(GONE, "5.1.1", "550 5.1.1 unknown user", f"{mail}@kontor.example")]
    assert failures(report(mail)) == expected
    assert failures(report(mail, action="delayed", status="4.4.1")) == []
    assert failures(report(mail, action="delivered", status="2.0.0")) == []
    assert failures(b"Subject: Hallo\r\n\r\nkein Bericht") == []
    bare = report(mail).replace(b"Original-Recipient: rfc822;mia@alder.example\r\n", b"")
    assert failures(bare) == expected
    headless = report(mail, kind="text/plain").replace(b"rfc822; mia", b"mia").replace(b"rfc822;mia", b"mia")
    assert failures(headless) == [Failure(GONE, "5.1.1", "550 5.1.1 unknown user", "")]
