"""Mail on its whole way, by real servers: Postfix takes it, Dovecot keeps it, we fetch, file, answer and send."""

import email
import email.policy
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RefusedAddress, Sender
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.desk import jobs
from kontor.office.desk.actions import fetching, mailboxes
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.models import DeskHabits, IncomingMail, Mailbox, Ticket, TicketFile, TicketMessage
from kontor.office.desk.queries import letterbox
from kontor.office.desk.queries.letterbox import Access, LetterboxError, opened
from kontor.office.parties.models import Contact
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.mail_servers import MX, PASSWORD, MailServers, running
from tests.office.contracts.ending_walk import signed
from tests.office.messages.mail_shapes import mail, multipart
from tests.people import administrator, browser, entitle, make_tenant

pytestmark = pytest.mark.django_db
DESK, JONAS, EVA = "desk@kontor.example", "jonas@alder.example", "eva@alder.example"
BIRKE = "desk@birke.example"
WHO: dict[str, Any] = {"name": "Ida Lindwurm", "actor": MACHINE}


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    with running(DESK, JONAS, EVA, BIRKE) as started:
        yield started


@pytest.fixture
def house() -> House:
    made = make_house("dealership")
    with as_tenant(made.tenant.pk):
        DeskHabits.objects.create(address=DESK, mx_host=MX)
    return made


@pytest.fixture
def contract(house) -> Contract:
    made = signed(house)
    with as_tenant(house.tenant.pk):
        Contact.objects.create(party_id=made.party_id, name="Eva", email=EVA)
    return made


@pytest.fixture(autouse=True)
def _reached(servers, contract, settings, monkeypatch):
    """Send what is written from now on for real; what the contract's making wrote is none of ours."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'todo'")
    servers.empty()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servers.smtp
    settings.DEFAULT_FROM_EMAIL, settings.KONTOR_BASE_URL = f"Kontor <{DESK}>", "https://kontor.example"
    monkeypatch.setenv("SSL_CERT_FILE", servers.certificate)


def read(house: House, servers: MailServers, **told: Any) -> Mailbox:
    """Read the desk's mailbox from now on, and do what waits: it is read at once."""
    given = {"address": DESK, "host": "localhost", "port": servers.imaps, "user": DESK} | told
    with as_tenant(house.tenant.pk):
        row = mailboxes.keep_mailbox(
            None, given, password=PASSWORD, at=timezone.now() - timedelta(hours=1), actor=MACHINE
        )
    run_jobs()
    return row


def fetch(house: House, row: Mailbox) -> Mailbox:
    return fetch_of(house.tenant.pk, row)


def fetch_of(tenant: uuid.UUID, row: Mailbox) -> Mailbox:
    jobs.fetch(tenant_id=tenant, at=timezone.now(), mailbox=str(row.pk))
    run_jobs()
    with as_tenant(tenant):
        return Mailbox.objects.get(pk=row.pk)


def outcomes(house: House) -> list[str]:
    with as_tenant(house.tenant.pk):
        return list(IncomingMail.objects.order_by("uid").values_list("outcome", flat=True))


def only_ticket(house: House) -> Ticket:
    with as_tenant(house.tenant.pk):
        return Ticket.objects.get()


def parsed(raw: bytes) -> Any:
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_mail_becomes_a_request_and_its_answer_arrives_and_is_answered(house, contract, servers):
    """SMTP to Postfix, Dovecot, fetched, filed, receipt and answer by SMTP, the customer's answer joins."""
    servers.send(mail(b"Der Drucker steht.", f"Cc: {EVA}", lines=()), sender=JONAS, to=DESK)
    (came,) = servers.wait_for(DESK, 1)
    row = fetch(house, read(house, servers))
    ticket = only_ticket(house)
    assert (ticket.contract_id, ticket.cc, row.problem) == (contract.pk, [EVA], None)
    taken = email.utils.parsedate_to_datetime(parsed(came).get_all("Received")[1].rpartition(";")[2])
    assert ticket.reported_at == taken  # when Postfix accepted it; its Date says 2030
    (receipt,) = map(parsed, servers.wait_for(JONAS, 1))
    assert (receipt["Subject"], receipt["Auto-Submitted"]) == ("[D-1] Der Drucker steht", "auto-replied")
    assert receipt["In-Reply-To"] == "<1@alder.example>"

    with as_tenant(house.tenant.pk):
        answer = Answer(text="Bitte neu starten.", files=[("plan.txt", "text/plain", b"1. aus 2. an")])
        answer_customer(ticket.pk, answer, at=timezone.now(), **WHO)
    run_jobs()
    got = parsed(servers.wait_for(JONAS, 2)[1])
    assert (got["To"], got["Cc"], got["Reply-To"], got["Auto-Submitted"]) == (f"Jonas Alder <{JONAS}>", EVA, DESK, None)
    assert got["References"].split() == [receipt["Message-ID"], "<1@alder.example>"]
    assert [part.get_content() for part in got.iter_attachments()] == ["1. aus 2. an"]
    copy = parsed(servers.wait_for(EVA, 1)[0])
    assert (copy["Cc"], copy.get_body().get_content().strip()) == (EVA, "Bitte neu starten.")

    reply = mail(
        b"Geht.", f"In-Reply-To: {copy['Message-ID']}", number="2", subject="Re: ohne Nummer", frm=EVA, lines=()
    )
    servers.send(reply, sender=EVA, to=DESK)
    servers.wait_for(DESK, 1)
    fetch(house, row)
    with as_tenant(house.tenant.pk):
        words = TicketMessage.objects.order_by("id").values_list("text", flat=True)
        assert list(words) == ["Der Drucker steht.", "Bitte neu starten.", "Geht."]
    assert (servers.mails(DESK), len(servers.mails(DESK, "Kontor"))) == ([], 2)


def test_a_tenant_connects_its_own_mailbox_and_writes_under_its_own_address(house, servers, settings):
    """By its pages: mailbox and server are tried and kept, the code proves the address by itself, an answer leaves."""
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    tenant = make_tenant("Birke")
    entitle(tenant, "crm")
    boss = browser(administrator(tenant, "jana@birke.example"), tenant)
    mail_page, box, sender = (reverse(f"desk:{name}") for name in ("mail", "mailbox-new", "sender-new"))
    imap = {
        "address": BIRKE, "host": "localhost", "port": servers.imaps, "security": "TLS", "user": BIRKE,
        "password": PASSWORD, "folder": "INBOX", "after": "MOVE", "done_folder": "Kontor",
        "unreadable_folder": "Unlesbar", "counts_from": "2026-01-01T08:00",
    }  # fmt: skip
    assert "The connection stands: 0 mails lie in INBOX." in boss.post(box, imap | {"do": "try"}).content.decode()
    assert boss.post(box, imap).status_code == 302
    habits = {"address": BIRKE, "reopen_days": 14, "receipts_a_day": 10, "asks_again_days": 30}
    assert "not proved yet" in boss.post(mail_page, habits).content.decode()

    smtp = {"address": BIRKE, "way": "own", "host": "localhost", "port": servers.smtp, "security": "STARTTLS",
            "user": BIRKE, "password": PASSWORD, "do": "try"}  # fmt: skip
    assert boss.post(sender, smtp | {"host": "", "password": ""}).status_code == 422
    place = f"localhost:{servers.smtp}"
    for told, english in (
        ({}, f"The connection stands: {place} takes mail of {BIRKE}."),
        ({"password": "wrong"}, f"{place} does not let {BIRKE} in: 535 5.7.8 Error: authentication failed:"),
        ({"security": "TLS"}, f"{place} does not speak TLS: choose STARTTLS, or port 465."),
        ({"port": 1}, "localhost:1 takes no connection: is the port right?"),
    ):
        assert boss.post(sender, smtp | told).context["tried"].startswith(english)
    assert boss.post(sender, smtp | {"do": ""})["Location"] != mail_page  # the code is asked for
    run_jobs()
    servers.wait_for(BIRKE, 1)
    with as_tenant(tenant.pk):
        row = Mailbox.objects.get()
        assert Sender.objects.get().proved_at is None
    assert fetch_of(tenant.pk, row).problem is None
    with as_tenant(tenant.pk):
        assert Sender.objects.get().proved_at is not None
        assert IncomingMail.objects.get().outcome == "own"
    assert boss.post(mail_page, habits).status_code == 302

    servers.send(mail(b"Wo bleibt der Zug?", number="b", lines=()), sender=JONAS, to=BIRKE)
    servers.wait_for(BIRKE, 1)
    fetch_of(tenant.pk, row)
    with as_tenant(tenant.pk):
        answer_customer(Ticket.objects.get().pk, Answer(text="Er kommt."), at=timezone.now(), **WHO)
    run_jobs()
    receipt, answer = map(parsed, servers.wait_for(JONAS, 2))
    assert {receipt["From"], answer["From"]} == {f"Birke <{BIRKE}>"}
    assert parsed(servers.mails(BIRKE, "Kontor")[0])["From"] == f"Birke <{DESK}>"  # the code, by the platform

    desk, page = browser(house.staff, house.tenant), boss.get(mail_page).content.decode()
    assert (BIRKE in page, PASSWORD in page) == (True, False)
    assert BIRKE not in desk.get(mail_page).content.decode()
    assert desk.get(reverse("desk:mailbox", args=(row.pk,))).status_code == 404
    with as_tenant(tenant.pk):
        key = Sender.objects.get().pk
    assert desk.get(reverse("desk:sender", args=(key,))).status_code == 404
    assert boss.get(reverse("desk:sender", args=(key,))).status_code == 200
    assert boss.post(reverse("desk:sender-step", args=(key, "end"))).status_code == 302


def test_hostile_mails_and_loops_by_real_servers_open_nothing_and_load_nothing(house, contract, servers):
    """A holiday reply, our own mail, a newsletter and a real bounce open nothing; a program is handed to nobody."""
    page = b'<p>Siehe <b>Anhang</b></p><img src="http://tracker.example/1.gif"><script>alert(1)</script>'
    body, kind = multipart(
        ("Content-Type: text/html; charset=utf-8", page),
        ('Content-Type: application/pdf; name="Rechnung.pdf.exe"\r\nContent-Disposition: attachment', b"MZ\x90"),
    )
    for number, raw in enumerate(
        (
            mail(body, kind=kind, number="h", lines=()),
            mail(b"Bin weg.", "Auto-Submitted: auto-replied", number="a", lines=()),
            mail(b"Neues.", "List-Id: <news.alder.example>", number="b", lines=()),
            mail(b"Ich selbst.", number="c", frm=DESK, lines=()),
            mail(body, kind=kind, number="h", lines=()),
        ),
        1,
    ):
        servers.send(raw, sender=JONAS, to=DESK)
        servers.wait_for(DESK, number)
    row = read(house, servers)
    assert outcomes(house) == ["opened", "machine", "machine", "own"]  # the fifth is the first again
    with as_tenant(house.tenant.pk):
        message = TicketMessage.objects.get()
        assert (message.text, message.html) == ("Siehe Anhang", "<p>Siehe <b>Anhang</b></p>")
        assert [(file.name, file.danger) for file in TicketFile.objects.all()] == [("Rechnung.pdf.exe", "program")]
        ticket = Ticket.objects.get()
        Ticket.objects.filter(pk=ticket.pk).update(requester_email="nobody@alder.example")
        answer_customer(ticket.pk, Answer(text="?"), at=timezone.now(), **WHO)
    run_jobs()
    servers.wait_for(DESK, 1)  # Dovecot refuses the address, Postfix reports it
    fetch(house, row)
    assert outcomes(house)[-1] == "report"
    with as_tenant(house.tenant.pk):
        assert RefusedAddress.objects.get().email == "nobody@alder.example"
    assert len(servers.mails(DESK, "Kontor")) == 6


def test_poison_holds_up_no_other_and_a_kill_between_take_and_move_loses_and_doubles_nothing(
    house, contract, servers, monkeypatch, caplog
):
    real_take, real_move = fetching.take_mail, letterbox.Letterbox.put_away

    def take(raw: bytes, **told: Any) -> Any:
        if b"Gift" in raw:
            raise ValueError("nobody thought of this")
        return real_take(raw, **told)

    def killed(self: Any, uid: int, *, readable: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "take_mail", take)
    monkeypatch.setattr(letterbox.Letterbox, "put_away", killed)
    for number, body in enumerate((b"Gift", b"Zwei", b"Drei"), 1):
        servers.send(mail(body, number=str(number), lines=()), sender=JONAS, to=DESK)
        servers.wait_for(DESK, number)
    with pytest.raises(KeyboardInterrupt):  # after the first mail was taken in, before it was moved
        read(house, servers)
    with as_tenant(house.tenant.pk):
        row = Mailbox.objects.get()
    with pytest.raises(KeyboardInterrupt):
        fetch(house, row)
    monkeypatch.setattr(letterbox.Letterbox, "put_away", real_move)
    assert fetch(house, row).problem is None
    assert outcomes(house) == ["unreadable", "opened", "opened"]
    with as_tenant(house.tenant.pk):
        assert IncomingMail.objects.get(outcome="unreadable").why == "ValueError: nobody thought of this"
    counted = [len(servers.mails(DESK, name)) for name in ("INBOX", "Kontor", "Kontor unreadable")]
    assert counted == [0, 2, 1]
    assert "is set aside" in caplog.text


def test_a_mail_too_large_gives_its_words_and_one_that_is_marked_is_not_taken_again(
    house, contract, servers, monkeypatch
):
    monkeypatch.setattr(fetching, "LARGEST", 5_000)
    body, kind = multipart(
        ("Content-Type: text/plain", b"Siehe Bilder."),
        ("Content-Disposition: attachment; filename=a.bin", b"x" * 300_000),
    )
    servers.send(mail(b"Alt.", number="0", lines=()), sender=JONAS, to=DESK)
    servers.wait_for(DESK, 1)
    row = read(house, servers, after=Mailbox.After.MARK, counts_from=timezone.now() + timedelta(seconds=1))
    assert outcomes(house) == []  # it came before
    with as_tenant(house.tenant.pk):
        Mailbox.objects.update(counts_from=timezone.now() - timedelta(minutes=1), done_uid=1)
    servers.send(mail(body, kind=kind, number="1", lines=()), sender=JONAS, to=DESK)
    servers.wait_for(DESK, 2)
    row = fetch(house, row)
    with as_tenant(house.tenant.pk):
        text = TicketMessage.objects.get().text
    assert text == "Siehe Bilder.\n\n[Die Mail hat 1 MB. Ihre Anhänge fehlen hier und liegen im Postfach.]"
    with servers.mailbox(DESK) as box:
        box.select("INBOX")
        assert box.search(None, "SEEN")[1] == [b"2"]
    assert (row.done_uid, fetch(house, row).done_uid, outcomes(house)) == (2, 2, ["opened"])
    with as_tenant(house.tenant.pk):
        Mailbox.objects.update(validity=1)  # as if the server had counted anew
    assert (fetch(house, row).done_uid, outcomes(house)) == (2, ["opened", "opened"])  # "Alt." now counts, once


def test_the_server_tells_of_a_new_mail_at_once(servers):
    """RFC 2177: whoever listens hears of it when it comes, and of nothing while nothing does."""
    access = Access(host="localhost", port=servers.imaps, tls=True, user=DESK, password=PASSWORD, folder="INBOX",
                    inner=True)  # fmt: skip
    with opened(access) as box:
        assert box.wait(0.05) is False
        later = threading.Timer(0.1, servers.send, (mail(lines=()),), {"sender": JONAS, "to": DESK})
        later.start()
        began = time.monotonic()
        assert box.wait(20) is True
        assert time.monotonic() - began < 10
        later.join()


def test_what_a_server_says_is_explained(servers, monkeypatch):
    refused = f"localhost:{servers.imaps} lässt {DESK} nicht herein: [AUTHENTICATIONFAILED] Authentication failed."
    for told, german in (
        ({}, None),
        ({"port": servers.imap, "tls": False}, None),
        ({"password": "wrong"}, refused),
        ({"folder": "Nirgends"}, "Den Ordner Nirgends gibt es dort nicht."),
        ({"host": "no-such.invalid"}, "Einen Rechner namens no-such.invalid gibt es nicht."),
        (
            {"port": servers.imap},
            f"localhost:{servers.imap} spricht kein TLS: wählen Sie STARTTLS oder den Port 993.",
        ),
        ({"inner": False}, "localhost liegt in einem inneren Netz und ist von hier nicht erreichbar."),
        ({"port": 1}, "localhost:1 nimmt keine Verbindung an: stimmt der Port?"),
    ):  # fmt: skip
        assert explained(servers, **told) == german
    monkeypatch.delenv("SSL_CERT_FILE")
    assert explained(servers).startswith(f"Das Zertifikat von localhost:{servers.imaps} gilt nicht: self")


def explained(servers: MailServers, **told: Any) -> Any:
    """Return what is said of a connection in German, None where it stands."""
    given = {"host": "localhost", "port": servers.imaps, "tls": True, "user": DESK, "password": PASSWORD, "inner": True}
    try:
        with opened(Access(**{"folder": "INBOX"} | given | told)) as box:
            assert (box.messages, box.tells) == (0, True)
    except LetterboxError as refused:
        return refused.text.de
    return None
