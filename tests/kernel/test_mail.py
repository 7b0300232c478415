"""Mail leaves after the transaction that wrote it, once, as it was written; against a real SMTP server."""

import contextlib
import email
import email.policy
import socket
import uuid
from datetime import UTC
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.mail import MailAddressError, NewMail, send_mail, send_mails
from kontor.kernel.actions.queue import UnknownJobError
from kontor.kernel.actions.record import OtherTenantsThingError
from kontor.kernel.jobs import MAIL_WAITS, MailWaitsError
from kontor.kernel.models import OutgoingMail, SentMail, Site
from kontor.kernel.queries.mail import letter, letters, letters_about
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.transport import Conversation
from tests.background import run_jobs
from tests.kernel.conftest import AT


class Inbox:
    """An SMTP server that answers each mail as the test wants."""

    def __init__(self) -> None:
        self.received, self.recipients, self.answer = [], [], "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802, ARG002  aiosmtpd's name
        if address.startswith("nobody@"):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802, ARG002  aiosmtpd's name
        if self.answer.startswith("250"):
            self.recipients += envelope.rcpt_tos
            self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


@pytest.fixture
def inbox(settings):
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "Kontor <post@kontor.example>"
    settings.KONTOR_BASE_URL = "https://kontor.example"
    yield handler
    server.stop()


def write(to="anna@birch.example", **given: Any):
    told = {"to_name": "Anna Öhler", "subject": "Rechnung Nr. 7 – März", "text": "Grüße\n", "at": AT} | given
    return send_mail(to=to, **told)


def test_a_mail_arrives_as_it_was_written(alder, inbox):
    with as_tenant(alder.pk):
        blob = keep(b"<x/>", name="xrechnung.xml", media_type="application/xml", at=AT)
        mail = write(
            html="<p>Grüße</p>",
            reply_to="billing@alder.example",
            attachments=[("Rechnung Müller.pdf", "application/pdf", b"%PDF"), ("x.xml", "application/xml", blob)],
        )
        assert [one.state for one in letters()] == ["WAITING"]
    assert run_jobs() == ["kernel.send_mail"]

    (message,) = inbox.received
    assert message["From"] == "Alder <post@kontor.example>"
    assert message["To"] == "Anna Öhler <anna@birch.example>"
    assert message["Reply-To"] == "billing@alder.example"
    assert message["Subject"] == "Rechnung Nr. 7 – März"
    assert message["Message-ID"] == f"<{mail.pk}@kontor.example>"
    assert message["Date"].datetime == AT.astimezone(UTC)
    assert message.get_body(("plain",)).get_content().splitlines() == ["Grüße"]
    assert message.get_body(("html",)).get_content().splitlines() == ["<p>Grüße</p>"]
    files = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()]
    assert files == [("Rechnung Müller.pdf", "application/pdf", b"%PDF"), ("x.xml", "application/xml", b"<x/>")]
    with as_tenant(alder.pk):
        sent = letter(mail.pk)
        assert (sent.state, sent.attempts, sent.problem, sent.sent_at is not None) == ("SENT", 1, "", True)


def test_a_copy_shows_to_whom_else_it_went_and_what_it_answers_with_long_ids_whole(alder, inbox):
    """RFC 5322, 3.6.4, RFC 3834: an Exchange id has 80 characters and more, and no encoded word is a Message-ID."""
    long = f"{'A' * 60}@{'B' * 40}.prod.outlook.example"
    said = Conversation(answers=("first@birch.example", long), to="anna@birch.example", cc=("eva@büro.example",))
    machine = Conversation(automatic=True)
    with as_tenant(alder.pk):
        send_mails(
            [
                NewMail(to="eva@büro.example", subject="Re", text="Grüße", conversation=said),
                NewMail(to="anna@birch.example", subject="Arrived", text="x", conversation=machine),
            ],
            at=AT,
        )
    run_jobs()
    written, receipt = inbox.received
    assert (written["To"], written["Cc"]) == ("anna@birch.example", "eva@xn--bro-hoa.example")
    assert written["In-Reply-To"] == f"<{long}>"
    assert written["References"].split() == ["<first@birch.example>", f"<{long}>"]
    assert (written["Auto-Submitted"], receipt["Auto-Submitted"]) == (None, "auto-replied")
    assert receipt["References"] is None
    assert inbox.recipients == ["eva@xn--bro-hoa.example", "anna@birch.example"]


def mails(*addresses: str) -> list[NewMail]:
    files = [("a.txt", "text/plain", f"for {address}".encode()) for address in addresses]
    return [
        NewMail(to=address, subject="Hello", text="Hello", attachments=[file, file])
        for address, file in zip(addresses, files, strict=True)
    ]


def test_many_mails_arrive_each_with_its_own_files(alder, inbox):
    with as_tenant(alder.pk):
        rows = send_mails(mails("anna@birch.example", "bert@birch.example"), at=AT)
        assert send_mails([], at=AT) == []
    assert run_jobs() == ["kernel.send_mail"] * 2
    for row, message, name in zip(rows, inbox.received, ("anna", "bert"), strict=True):
        assert message["Message-ID"] == f"<{row.pk}@kontor.example>"
        content = [part.get_content() for part in message.iter_attachments()]
        assert content == [f"for {name}@birch.example"] * 2


def test_many_mails_take_as_many_queries_as_one(alder):
    with as_tenant(alder.pk):
        write(attachments=[("a.txt", "text/plain", b"the tenant's key is made")])
        counts = []
        for addresses in (["a@birch.example"], ["b@birch.example", "c@birch.example", "d@birch.example"]):
            with CaptureQueriesContext(connection) as queries:
                send_mails(mails(*addresses), at=AT)
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_of_many_mails_with_a_wrong_address_none_is_written(alder):
    with as_tenant(alder.pk):
        with pytest.raises(MailAddressError):
            send_mails(mails("anna@birch.example", "anna"), at=AT)
        assert not OutgoingMail.objects.exists()


def test_what_is_rolled_back_is_never_sent(alder, inbox):
    with as_tenant(alder.pk), contextlib.suppress(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError
    assert (run_jobs(), inbox.received) == ([], [])


def test_a_mail_is_listed_with_what_it_speaks_of(alder):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        mail, other = write(about=site), write()

        assert [one.id for one in letters_about(site.pk)] == [mail.pk]
        assert {one.id for one in letters()} == {mail.pk, other.pk}
        assert (letter(mail.pk).about_kind, letter(mail.pk).about_id) == ("kernel.Site", site.pk)
        assert len(letters(limit=1, offset=1)) == 1


def test_another_tenant_sees_none_of_it(alder, birch):
    with as_tenant(alder.pk):
        mail = write()
    with as_tenant(birch.pk):
        assert letters() == []
        with pytest.raises(OutgoingMail.DoesNotExist):
            letter(mail.pk)


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "a b@c.example", "anna@x.example\nBcc: e@x.example", "ä@x.example"]
)
def test_what_is_no_address_is_refused(alder, address):
    with as_tenant(alder.pk):
        with pytest.raises(MailAddressError):
            write(to=address)
        assert not OutgoingMail.objects.exists()


def test_a_wrong_answer_address_is_refused(alder):
    with as_tenant(alder.pk), pytest.raises(MailAddressError):
        write(reply_to="nowhere")


def test_a_line_break_begins_no_header(alder, inbox):
    with as_tenant(alder.pk):
        write(subject="Hello\r\nBcc: eve@x.example", to_name="Anna\nBcc: eve@x.example")
    run_jobs()
    (message,) = inbox.received
    assert message["Subject"] == "Hello Bcc: eve@x.example"
    assert message["Bcc"] is None


def test_a_domain_with_umlauts_travels_in_ascii(alder, inbox):
    with as_tenant(alder.pk):
        write(to="anna@büro.example")
    run_jobs()
    assert inbox.received[0]["To"].addresses[0].addr_spec == "anna@xn--bro-hoa.example"


def test_a_busy_server_is_asked_again(alder, inbox):
    inbox.answer = "451 4.7.1 Please try again later"
    with as_tenant(alder.pk):
        mail = write()
    with pytest.raises(MailWaitsError):
        run_jobs()
    with as_tenant(alder.pk):
        waiting = letter(mail.pk)
    assert (waiting.state, waiting.attempts, waiting.problem) == ("RETRYING", 1, "451 4.7.1 Please try again later")
    job = ProcrastinateJob.objects.get()
    assert (job.status, job.attempts) == ("todo", 1)
    assert run_jobs() == []  # not before its minute is over

    inbox.answer = "250 OK"
    again()
    with as_tenant(alder.pk):
        sent = letter(mail.pk)
    assert (sent.state, sent.attempts, sent.problem, len(inbox.received)) == ("SENT", 2, "", 1)


def again() -> list[str]:
    """Let the waits be over."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    return run_jobs()


def test_a_refusal_for_good_is_noted_and_not_repeated(alder, inbox):
    with as_tenant(alder.pk):
        mail = write(to="nobody@birch.example")
    assert run_jobs() == ["kernel.send_mail", "identity.address_refused", "privacy.address_refused"]
    with as_tenant(alder.pk):
        refused = letter(mail.pk)
    assert (refused.state, refused.attempts, refused.problem) == ("GIVEN_UP", 1, "550 5.1.1 No such mailbox")
    assert set(ProcrastinateJob.objects.values_list("status", flat=True)) == {"succeeded"}


def test_after_days_it_is_given_up(alder, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with as_tenant(alder.pk):
        mail = write()
        SentMail.objects.update(attempts=len(MAIL_WAITS))
    assert run_jobs() == ["kernel.send_mail"]
    with as_tenant(alder.pk):
        assert (letter(mail.pk).state, letter(mail.pk).problem) == ("GIVEN_UP", "[Errno 111] Connection refused")


def test_a_job_done_twice_sends_once(alder, inbox):
    from kontor.kernel.jobs import send_mail as job

    with as_tenant(alder.pk):
        mail = write()
    for _ in range(2):
        job(tenant_id=alder.pk, at=AT, mail=str(mail.pk))
    assert len(inbox.received) == 1


def test_in_the_demo_nothing_leaves(alder, settings):
    settings.EMAIL_HOST, settings.KONTOR_DEMO = "", True
    with as_tenant(alder.pk):
        mail = write()
    run_jobs()
    with as_tenant(alder.pk):
        assert (letter(mail.pk).state, letter(mail.pk).text) == ("SENT", "Grüße\n")


def test_without_a_server_mail_waits_and_says_why(alder, settings):
    settings.EMAIL_HOST, settings.KONTOR_DEMO = "", False
    with as_tenant(alder.pk):
        mail = write()
    with pytest.raises(MailWaitsError):
        run_jobs()
    with as_tenant(alder.pk):
        assert letter(mail.pk).problem == "No mail server is set: KONTOR_SMTP_HOST is empty."


@pytest.fixture
def guarded(settings):
    """A server that lets nobody send who has not signed in."""

    def sign_in(server, session, envelope, mechanism, told):
        return AuthResult(success=(told.login, told.password) == (b"kontor", b"right"), handled=False)

    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(
        handler, hostname="127.0.0.1", port=port, authenticator=sign_in, auth_required=True, auth_require_tls=False
    )
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER = "127.0.0.1", port, "kontor"
    yield handler
    server.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_wants_a_password_gets_it(alder, guarded, settings):
    settings.EMAIL_HOST_PASSWORD = "right"
    with as_tenant(alder.pk):
        write()
    run_jobs()
    assert len(guarded.received) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_is_no_fault_of_the_mail(alder, guarded, settings):
    settings.EMAIL_HOST_PASSWORD = "wrong"
    with as_tenant(alder.pk):
        mail = write()
    with pytest.raises(MailWaitsError):
        run_jobs()
    with as_tenant(alder.pk):
        assert (letter(mail.pk).state, letter(mail.pk).problem[:4]) == ("RETRYING", "535 ")


def test_a_server_without_encryption_gets_nothing_where_it_is_demanded(alder, inbox, settings):
    settings.EMAIL_USE_TLS = True
    with as_tenant(alder.pk):
        mail = write()
    with pytest.raises(MailWaitsError):
        run_jobs()
    with as_tenant(alder.pk):
        assert letter(mail.pk).problem == "STARTTLS extension not supported by server."
    assert inbox.received == []


def test_content_that_the_server_refuses_for_good_is_given_up(alder, inbox):
    inbox.answer = "554 5.7.1 Rejected as spam"
    with as_tenant(alder.pk):
        mail = write()
    run_jobs()
    with as_tenant(alder.pk):
        assert (letter(mail.pk).state, letter(mail.pk).problem) == ("GIVEN_UP", "554 5.7.1 Rejected as spam")


def test_what_follows_is_queued_once_the_server_has_taken_it_over(alder, inbox):
    inbox.answer = "451 later"
    with as_tenant(alder.pk):
        other = write()
        SentMail.objects.update(sent_at=AT)
        mail = write(then=("kernel.send_mail", {"mail": str(other.pk)}))  # any job serves
    with pytest.raises(MailWaitsError):
        run_jobs()
    assert len(inbox.received) == 0
    inbox.answer = "250 OK"

    assert again() == ["kernel.send_mail", "kernel.send_mail"]
    with as_tenant(alder.pk):
        assert letter(mail.pk).state == "SENT"


def test_an_unknown_job_cannot_follow(alder):
    with as_tenant(alder.pk), pytest.raises(UnknownJobError):
        write(then=("kernel.no_such_job", {}))


def test_another_tenants_file_cannot_be_sent(alder, birch):
    with as_tenant(alder.pk):
        blob = keep(b"secret", name="a.txt", media_type="text/plain", at=AT, customer_tenant=birch)
    with as_tenant(birch.pk), pytest.raises(OtherTenantsThingError):
        write(attachments=[("a.txt", "text/plain", blob)])


def test_a_letter_that_does_not_exist(alder):
    with as_tenant(alder.pk), pytest.raises(OutgoingMail.DoesNotExist):
        letter(uuid.uuid4())
