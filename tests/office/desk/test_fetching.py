"""What is kept account of while a mailbox is read: who reads it, what found no room, why it cannot be read."""

from datetime import timedelta
from typing import Any

import pytest

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import fetching, mail_intake, mailboxes
from kontor.office.desk.actions.mail_intake import Fetched, Outcome
from kontor.office.desk.models import IncomingMail, Mailbox, TicketFile, TicketMessage
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.factories import House, make_house
from tests.office.messages.mail_shapes import ARRIVED, mail, multipart

pytestmark = pytest.mark.django_db
AT = ARRIVED + timedelta(minutes=1)
BOX = {"address": "desk@kontor.example", "host": "mail.example", "user": "desk"}


class FullError(QuotaExceededError):
    """No room, without the figures that a page would say."""

    def __init__(self) -> None:
        Exception.__init__(self, "full")


@pytest.fixture
def house() -> House:
    return make_house("dealership")


def kept(house: House) -> Mailbox:
    with as_tenant(house.tenant.pk):
        return mailboxes.keep_mailbox(None, BOX, password="alder-tree", at=AT, actor=MACHINE)


def test_one_reads_at_a_time_and_a_problem_is_told_since_it_began(house):
    row = kept(house)
    with as_tenant(house.tenant.pk):
        reading = fetching.begin(row.pk, at=AT)
        assert fetching.begin(row.pk, at=AT) is None
        assert fetching.begin(row.pk, at=AT + fetching.LEASE) is not None  # who had it died
        for minutes in (1, 2):
            fetching.end(reading, problem=Text("zu", "shut"), at=AT + timedelta(minutes=minutes))
        row.refresh_from_db()
        assert (row.problem, row.problem_since) == ({"de": "zu", "en": "shut"}, AT + timedelta(minutes=1))
        fetching.end(reading, problem=None, at=AT)
        row.refresh_from_db()
        assert (row.problem, row.problem_since, row.read_at) == (None, None, AT)
        mailboxes.end_mailbox(row.pk, at=AT, actor=MACHINE)
        assert fetching.begin(row.pk, at=AT) is None


def test_whoever_administers_is_told_once_of_a_mailbox_that_cannot_be_read_and_once_that_it_can_again(house):
    row = kept(house)

    def told() -> list[str]:
        return list(OutgoingMail.objects.filter(about_id=row.pk).order_by("at").values_list("subject", flat=True))

    with as_tenant(house.tenant.pk):
        reading = fetching.begin(row.pk, at=AT)
        shut = Text("{0} lässt {1} nicht herein", "{0} does not let {1} in")
        for minutes in range(5):
            fetching.end(reading, problem=shut, at=AT + timedelta(minutes=minutes))
        fetching.end(reading, problem=None, at=AT + timedelta(minutes=4))
        assert told() == []  # a server that was begun anew
        for minutes in range(10, 25):
            fetching.end(reading, problem=shut, at=AT + timedelta(minutes=minutes))
        failed = "Das Postfach desk@kontor.example ist nicht zu lesen"
        assert told() == [failed]
        mail = OutgoingMail.objects.get(about_id=row.pk)
        assert (mail.to, shut.de in mail.text) == (house.staff.email, True)
        for minutes in (25, 26):
            fetching.end(reading, problem=None, at=AT + timedelta(minutes=minutes))
        assert told() == [failed, "Das Postfach desk@kontor.example wird wieder gelesen"]


def test_a_mailbox_without_password_is_refused(house):
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError):
        mailboxes.keep_mailbox(None, BOX, password="", at=AT, actor=MACHINE)


def test_where_files_find_no_room_the_words_are_taken_in_all_the_same(house, monkeypatch):
    row, real = kept(house), mail_intake.take_mail

    def take(raw: bytes, *, fetched: Fetched, **told: Any) -> Outcome:
        if fetched.lacks is None:
            raise FullError
        return real(raw, fetched=fetched, **told)

    monkeypatch.setattr(fetching, "take_mail", take)
    body, kind = multipart(
        ("Content-Type: text/plain", b"Siehe Bild."), ("Content-Disposition: attachment; filename=a.txt", b"A")
    )
    with as_tenant(house.tenant.pk):
        reading = fetching.begin(row.pk, at=AT)
        fetched = Fetched(mailbox=row.pk, uid=7, arrived=ARRIVED)
        assert fetching.take_fetched(reading, mail(body, kind=kind), fetched, at=AT) == Outcome.OPENED
        text = "Siehe Bild.\n\n[Für die Anhänge ist kein Speicher mehr frei. Sie liegen im Postfach.]"
        assert TicketMessage.objects.get().text == text
        assert (TicketFile.objects.count(), IncomingMail.objects.get().raw, IncomingMail.objects.get().uid) == (
            0,
            None,
            7,
        )
        row.refresh_from_db()
        assert row.done_uid == 7


def test_poison_is_noted_where_even_its_bytes_find_no_room_and_once(house, monkeypatch):
    row = kept(house)

    def full(*_told: Any, **_named: Any) -> None:
        raise FullError

    monkeypatch.setattr(mail_intake, "keep", full)
    with as_tenant(house.tenant.pk):
        reading = fetching.begin(row.pk, at=AT)
        for _ in range(2):
            fetching.set_aside(reading, b"Gift", Fetched(mailbox=row.pk, uid=1), why="x", at=AT)
        found = IncomingMail.objects.get()
    assert (found.outcome, found.raw, found.why, found.received_at) == ("unreadable", None, "x", AT)
