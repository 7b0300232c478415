"""The pages of the desk's mail, and the question after closing that is answered by a link."""

from datetime import date, timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.models import OutgoingMail, Sender
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.desk.actions import satisfaction, working
from kontor.office.desk.actions.mail_intake import take_mail
from kontor.office.desk.models import DeskHabits, IncomingMail, Mailbox, Satisfaction, Ticket, TicketFile
from kontor.office.desk.queries.satisfaction import satisfied, token_of
from kontor.office.desk.views import satisfaction as views
from kontor.rulebook.refusal import RefusalError
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import WHO, opened
from tests.office.messages.mail_shapes import mail, multipart
from tests.people import browser, make_tenant

pytestmark = pytest.mark.django_db
HABITS = {"address": "desk@kontor.example", "mx_host": "mx.kontor.example", "reopen_days": "14",
          "receipts_a_day": "10", "asks_after": "on", "asks_again_days": "30"}  # fmt: skip
BOX = {"address": "desk@kontor.example", "host": "no-such.invalid", "port": "993", "security": "TLS", "user": "desk",
       "password": "alder-tree", "folder": "INBOX", "after": "MOVE", "done_folder": "Kontor",
       "unreadable_folder": "Unlesbar", "counts_from": "2026-12-01T08:00"}  # fmt: skip


@pytest.fixture
def house() -> House:
    return make_house("visitor")


@pytest.fixture
def contract(house) -> Contract:
    return signed(house)


@pytest.fixture
def desk(house) -> Client:
    return browser(house.staff, house.tenant)


def address(name: str, *parts: object) -> str:
    return reverse(f"desk:{name}", args=parts)


def test_a_mailbox_is_settled_tried_changed_and_read_no_more(house, desk):
    assert desk.get(address("mail")).status_code == 200
    assert desk.get(address("mailbox-new")).status_code == 200
    tried = desk.post(address("mailbox-new"), BOX | {"do": "try"}).content.decode()
    assert "There is no computer called no-such.invalid." in tried
    assert desk.post(address("mailbox-new"), BOX | {"password": ""}).status_code == 422
    assert desk.post(address("mailbox-new"), BOX | {"done_folder": "INBOX"}).status_code == 422
    assert desk.post(address("mailbox-new"), BOX).status_code == 302
    assert desk.post(address("mailbox-new"), BOX).status_code == 422  # it is read already
    with as_tenant(house.tenant.pk):
        row = Mailbox.objects.get()
        assert row.password == "alder-tree"
    page = desk.get(address("mailbox", row.pk)).content.decode()
    assert "no-such.invalid" in page
    assert "alder-tree" not in page
    assert desk.post(address("mailbox", row.pk), BOX | {"password": "", "done_folder": "Fertig"}).status_code == 302
    for elsewhere in ({"host": "evil.invalid"}, {"port": "994"}, {"security": "STARTTLS"}, {"user": "else"}):
        for do in ({}, {"do": "try"}):  # what is kept goes to the server alone that it was given for
            answer = desk.post(address("mailbox", row.pk), BOX | {"password": ""} | elsewhere | do)
            assert (answer.status_code, "Type the password again" in answer.content.decode()) == (422, True)
    assert desk.post(address("mailbox", row.pk), BOX | {"port": "994"}).status_code == 302
    with as_tenant(house.tenant.pk):
        row = Mailbox.objects.get()
        assert (row.port, row.password) == (994, "alder-tree")
    stranger = browser(house.staff, make_tenant("Fremd"))
    assert stranger.get(address("mail")).status_code in {302, 403}
    assert desk.post(address("mailbox-end", row.pk)).status_code == 302
    assert desk.post(address("mailbox-end", row.pk)).status_code == 404
    with as_tenant(house.tenant.pk):
        assert Mailbox.objects.get().password is None


def test_the_habits_are_settled(house, desk):
    assert desk.post(address("mail"), HABITS | {"reopen_days": "-1"}).status_code == 422
    assert desk.post(address("mail"), HABITS).status_code == 302
    with as_tenant(house.tenant.pk):
        row = DeskHabits.objects.get()
    assert (row.address, row.reopen_days, row.asks_after) == ("desk@kontor.example", 14, True)


def test_what_came_is_listed_and_given_as_it_came(house, contract, desk):
    raw = mail(lines=())
    with as_tenant(house.tenant.pk):
        take_mail(raw, at=timezone.now())
        row = IncomingMail.objects.get()
    page = address("incoming")
    desk.get(page)
    with CaptureQueriesContext(connection) as few:
        assert "new request" in desk.get(page).content.decode()
    with as_tenant(house.tenant.pk):
        for number in ("2", "3"):
            take_mail(mail(number=number, lines=()), at=timezone.now())
    with CaptureQueriesContext(connection) as many:
        desk.get(page)
    assert len(few) == len(many)
    assert desk.get(page, {"format": "csv"}).status_code == 200
    given = desk.get(address("incoming-raw", row.pk))
    assert (given.content, given["Content-Type"]) == (raw, "application/octet-stream")
    assert desk.get(address("incoming-raw", contract.pk)).status_code == 404


def test_a_mail_that_was_held_back_is_shown_with_why_and_taken_in_by_a_press(house, contract, desk):
    with as_tenant(house.tenant.pk):
        machine = mail(b"Bitte <b>Angebot</b>", "Auto-Submitted: auto-generated", lines=(), frm="shop@form.example")
        take_mail(machine, at=timezone.now())
        take_mail(mail(number="2", lines=()), at=timezone.now())
        held, filed = IncomingMail.objects.order_by("-outcome")
        IncomingMail.objects.create(key="x", outcome="unreadable", why="Gift", received_at=filed.at, at=filed.at)
        assert {held.outcome, filed.outcome} == {"machine", "opened"}
        held, filed = (held, filed) if held.outcome == "machine" else (filed, held)
    page, take = address("incoming-mail", held.pk), address("incoming-take", held.pk)
    body = desk.get(page).content.decode()
    assert ("Bitte &lt;b&gt;Angebot" in body, take in body) == (True, True)
    assert address("incoming-take", filed.pk) not in desk.get(address("incoming-mail", filed.pk)).content.decode()
    made = desk.post(take)
    with as_tenant(house.tenant.pk):
        ticket = Ticket.objects.get(requester_email="shop@form.example")
    assert made["Location"] == address("ticket", ticket.pk)
    assert desk.post(take)["Location"] == page  # it is taken in already
    assert "taken in after all" in desk.get(address("incoming")).content.decode()
    body = desk.get(page).content.decode()
    assert (address("ticket", ticket.pk) in body, take in body) == (True, False)
    with as_tenant(house.tenant.pk):
        poison = IncomingMail.objects.get(outcome="unreadable")
        IncomingMail.objects.create(key="y", outcome="capped", received_at=filed.at, at=filed.at)
    assert "Its bytes are not kept here" in desk.get(address("incoming-mail", poison.pk)).content.decode()
    assert desk.get(address("incoming-raw", poison.pk)).status_code == 404
    assert "1 mail was held back" in desk.get(address("mail")).content.decode()
    assert desk.post(address("incoming-take", contract.pk)).status_code == 404


def test_whoever_stands_in_copy_is_shown_and_taken_out_by_a_press(house, contract, desk):
    desk.post(address("mail"), HABITS)
    with as_tenant(house.tenant.pk):
        take_mail(mail(b"x", "Cc: einkauf@alder.example, fremd@example.org", lines=()), at=timezone.now())
        ticket = Ticket.objects.get()
    body = desk.get(address("ticket", ticket.pk)).content.decode()
    assert ("Take einkauf@alder.example out" in body, "In copy, without answers" in body) == (True, True)
    desk.post(address("unwatch", ticket.pk), {"address": "einkauf@alder.example"})
    with as_tenant(house.tenant.pk):
        ticket.refresh_from_db()
    assert (ticket.cc, ticket.copied) == ([], ["einkauf@alder.example", "fremd@example.org"])


def test_an_address_is_proved_by_its_code_on_the_page(house, desk):
    told = {"address": "hilfe@lindwurm.example", "way": "ours"}
    page = desk.post(address("sender-new"), told)["Location"]
    assert desk.post(address("sender-new"), told).status_code == 422  # it is listed
    with as_tenant(house.tenant.pk):
        row = Sender.objects.get()
    assert page == address("sender", row.pk)
    assert "A code is on its way" in desk.get(page).content.decode()
    assert desk.post(address("sender-step", row.pk, "prove"), {"code": "0"})["Location"] == page
    assert desk.post(address("sender-step", row.pk, "code"))["Location"] == page
    with as_tenant(house.tenant.pk):
        row.refresh_from_db()
    proved = desk.post(address("sender-step", row.pk, "prove"), {"code": f" {row.code} "})
    assert proved["Location"] == address("mail")
    assert "A code is on its way" not in desk.get(page).content.decode()
    own = told | {"way": "own", "host": "smtp.lindwurm.example", "port": "465", "security": "TLS", "user": "hilfe"}
    assert desk.post(page, own).status_code == 422  # no password yet
    assert desk.post(page, own | {"password": "alder-tree"})["Location"] == address("mail")
    assert desk.post(page, own)["Location"] == address("mail")  # the password stays
    assert desk.post(page, own | {"host": "else.example"}).status_code == 422
    assert "by smtp.lindwurm.example" in desk.get(address("mail")).content.decode()


def test_a_program_is_named_and_handed_to_nobody(house, contract, desk):
    body, kind = multipart(
        ("Content-Type: text/html", b"<p>Siehe <b>Anhang</b></p><img src=x>"),
        ("Content-Disposition: attachment; filename=plan.exe", b"MZ"),
        ("Content-Disposition: attachment; filename=plan.rar", b"Rar!"),
    )
    with as_tenant(house.tenant.pk):
        take_mail(mail(body, kind=kind, lines=()), at=timezone.now())
        ticket, (program, archive) = Ticket.objects.get(), TicketFile.objects.order_by("name")
    page = desk.get(address("ticket", ticket.pk)).content.decode()
    assert "a program, not handed out" in page
    assert "an archive, not looked through" in page
    assert "<p>Siehe <b>Anhang</b></p>" in page
    assert address("file", program.pk) not in page
    assert desk.get(address("file", program.pk)).status_code == 404
    assert desk.get(address("file", archive.pk)).content == b"Rar!"


def closed(house: House, contract: Contract, subject: str = "Drucker") -> Ticket:
    now = timezone.now() - timedelta(hours=2)
    ticket = opened(house, contract, at=now, reported=now, subject=subject)
    with as_tenant(house.tenant.pk):
        working.triage(ticket.pk, "use_question", "", at=now, **WHO)
        return working.close(ticket.pk, how="oral", at=now, **WHO)


def asked(house: House, ticket: Ticket):
    with as_tenant(house.tenant.pk):
        return satisfaction.ask_satisfaction(ticket.pk, at=timezone.now())


def test_the_question_is_answered_once_by_its_link_alone(house, contract, desk, client):
    desk.post(address("mail"), HABITS)
    ticket = closed(house, contract)
    question = asked(house, ticket)
    with as_tenant(house.tenant.pk):
        link = address("thanks", token_of(question))
        text = OutgoingMail.objects.get(subject="[D-1] Wie waren wir?").text
    assert link.rpartition("/thanks/")[0] in text
    assert "Drucker" in client.get(link).content.decode()
    with as_tenant(house.tenant.pk):
        assert not Satisfaction.objects.exists()  # looking says nothing
    assert client.post(link, {"mark": "6"}).status_code == 422
    assert "Vielen Dank." in client.post(link, {"mark": "4", "words": "Schnell."}).content.decode()
    assert "Vielen Dank." in client.post(link, {"mark": "1"}).content.decode()
    with as_tenant(house.tenant.pk):
        assert Satisfaction.objects.values_list("mark", "words").get() == (4, "Schnell.")
    report = desk.get(address("satisfaction")).content.decode()
    assert "Schnell." in report
    assert client.get(address("thanks", signing.dumps(["x"], salt="desk.satisfaction"))).status_code == 404
    assert client.get(address("thanks", "forged")).status_code == 404


def test_nobody_is_asked_twice_or_about_what_goes_on(house, contract, desk, client):
    ticket = closed(house, contract)
    assert asked(house, ticket) is None  # the house does not ask
    desk.post(address("mail"), HABITS)
    question = asked(house, ticket)
    assert question is not None
    assert asked(house, closed(house, contract, "Zweites")) is None  # asked within thirty days
    with as_tenant(house.tenant.pk):
        link = address("thanks", token_of(question))
        working.reopen(ticket.pk, at=timezone.now(), **WHO)
    assert asked(house, ticket) is None
    assert "wieder geöffnet" in client.post(link, {"mark": "4"}).content.decode()
    with as_tenant(house.tenant.pk):
        Ticket.objects.filter(pk=ticket.pk).update(requester_email="nonsense")
        working.close(ticket.pk, how="oral", at=timezone.now(), **WHO)
    assert asked(house, ticket) is None
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError):
        satisfaction.answer_question(question.pk, mark=4, words="", at=timezone.now())


def test_the_report_is_of_twelve_months_with_this_one(desk, monkeypatch):
    spans = []

    def noted(first, end):
        spans.append((first, end))
        return satisfied(first, end)

    monkeypatch.setattr(views, "satisfied", noted)
    for today in (date(2026, 11, 30), date(2026, 12, 31), date(2028, 2, 29)):
        monkeypatch.setattr(views, "localdate", lambda _at, today=today: today)
        assert desk.get(address("satisfaction")).status_code == 200
    assert spans == [
        (date(2025, 12, 1), date(2026, 12, 1)), (date(2026, 1, 1), date(2027, 1, 1)),
        (date(2027, 3, 1), date(2028, 3, 1)),
    ]  # fmt: skip


def test_the_report_without_answers_says_so(desk):
    assert "Nobody has answered yet" in desk.get(address("satisfaction")).content.decode()
