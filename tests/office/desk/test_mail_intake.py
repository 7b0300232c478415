"""Mail that comes in: to the request it belongs to, once, and never to a stranger's."""

import base64
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, RefusedAddress
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import noticing
from kontor.office.contracts.models import Contract
from kontor.office.desk.actions import working
from kontor.office.desk.actions.mail_intake import AT_MOST, Outcome, take_mail
from kontor.office.desk.models import DeskHabits, IncomingMail, Ticket, TicketMessage
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import letter, signed
from tests.office.desk.asking import DOWN, WHO, again, opened
from tests.office.messages.mail_shapes import ARRIVED, LINE, MX, SHAPES, mail

pytestmark = pytest.mark.django_db
FETCHED = ARRIVED + timedelta(minutes=3)
FOREIGN = "Fremd <fremd@example.org>"


@pytest.fixture
def house() -> House:
    made = make_house("dealership")
    with as_tenant(made.tenant.pk):
        DeskHabits.objects.create(address="desk@kontor.example", mx_host=MX)
    return made


@pytest.fixture
def contract(house) -> Contract:
    return signed(house)


def taken(house: House, raw: bytes, *, at: datetime = FETCHED) -> Outcome:
    with as_tenant(house.tenant.pk):
        return take_mail(raw, at=at)


def tickets(house: House) -> list[Ticket]:
    with as_tenant(house.tenant.pk):
        return list(Ticket.objects.order_by("number"))


def said(ticket: Ticket) -> list[str]:
    with as_tenant(ticket.tenant_id):
        return list(TicketMessage.objects.filter(ticket=ticket).order_by("at", "id").values_list("text", flat=True))


def test_trap_18_a_mail_opens_a_request_that_counts_from_our_server_s_line(house, contract):
    """Saturday 10:00: a number and a receipt at once; the answer is due 24 clock hours later (section 7)."""
    saturday = LINE.replace("Mon, 7 Dec 2026 10:00:05", "Sat, 5 Dec 2026 10:00:00")
    fetched = datetime(2026, 12, 5, 9, 0, 30, tzinfo=UTC)
    assert taken(house, mail(lines=(saturday,)), at=fetched) == Outcome.OPENED
    (ticket,) = tickets(house)
    assert ticket.reported_at == datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
    assert (ticket.contract_id, ticket.class_key, ticket.next_promise) == (contract.pk, "request", "answer")
    assert ticket.next_due == datetime(2026, 12, 6, 9, 0, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        assert OutgoingMail.objects.get(about_id=ticket.pk).subject == "[D-1] Der Drucker steht"


def test_a_line_that_lies_ahead_of_us_is_not_believed(house, contract):
    taken(house, mail(), at=ARRIVED - timedelta(hours=1))
    assert tickets(house)[0].reported_at == ARRIVED - timedelta(hours=1)


def test_trap_17_the_same_mail_twice_is_one_request(house, contract):
    assert [taken(house, mail()), taken(house, mail())] == [Outcome.OPENED, Outcome.DUPLICATE]
    assert len(tickets(house)) == 1


def test_an_answer_is_found_by_our_own_mail_and_by_the_number_of_whoever_asked(house, contract):
    taken(house, mail())
    (ticket,) = tickets(house)
    with as_tenant(house.tenant.pk):
        ours = OutgoingMail.objects.get(about_id=ticket.pk)
    reply = mail(b"Noch etwas.", f"In-Reply-To: <{ours.pk}@kontor.example>", number="2", subject="Re: anders")
    assert taken(house, reply) == Outcome.ANSWERED
    assert taken(house, mail(b"Und das.", number="3", subject="Re: [D-1] Der Drucker steht")) == Outcome.ANSWERED
    assert said(ticket) == ["Guten Tag, der Drucker steht.", "Noch etwas.", "Und das."]


def test_trap_17_another_customer_s_number_is_a_request_of_its_own(house, contract):
    taken(house, mail())
    (ticket,) = tickets(house)
    with as_tenant(house.tenant.pk):
        ours = OutgoingMail.objects.get(about_id=ticket.pk)
    by_number = mail(b"Meins.", number="2", subject="[D-1] Der Drucker steht", frm=FOREIGN)
    by_mail = mail(b"Meins.", f"References: <{ours.pk}@kontor.example> <x@y>", number="3", frm=FOREIGN)
    assert [taken(house, by_number), taken(house, by_mail)] == [Outcome.OPENED, Outcome.OPENED]
    assert said(ticket) == ["Guten Tag, der Drucker steht."]
    assert [each.contract_id for each in tickets(house)] == [contract.pk, None, None]
    assert (
        taken(house, mail(b"x", f"In-Reply-To: <nobody@x> <{uuid.uuid4()}@x>", number="4", subject="[D-99] x"))
        == Outcome.OPENED
    )


def test_colleagues_and_those_who_get_copies_may_answer(house, contract):
    taken(house, mail(b"Frage", "Cc: eva@anders.example"))
    (ticket,) = tickets(house)
    assert taken(house, mail(b"Ich auch.", number="2", subject="[D-1]", frm="eva@anders.example")) == Outcome.ANSWERED
    assert taken(house, mail(b"Wir.", number="3", subject="[D-1]", frm="einkauf@alder.example")) == Outcome.ANSWERED
    assert said(ticket) == ["Frage", "Ich auch.", "Wir."]


def test_trap_16_a_machine_opens_reopens_and_answers_nothing(house, contract):
    ticket = opened(house, contract, answers=DOWN, at=ARRIVED, reported=ARRIVED)
    away = mail(b"x", "Auto-Submitted: auto-replied", subject=f"Re: [D-{ticket.number}] x")
    assert taken(house, away) == Outcome.MACHINE
    assert len(said(ticket)) == 1
    assert taken(house, mail(frm="desk@kontor.example", number="2")) == Outcome.OWN
    assert taken(house, mail(frm="nonsense", number="3")) == Outcome.UNREADABLE
    assert len(tickets(house)) == 1


def test_a_delivery_report_shuts_the_address_and_opens_nothing(house, contract):
    taken(house, mail())
    with as_tenant(house.tenant.pk):
        ours = OutgoingMail.objects.get(about_kind="desk.Ticket")
    body = (
        "--=_b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--=_b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; jonas@alder.example\r\nAction: failed\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 no\r\n\r\n--=_b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{ours.pk}@kontor.example>\r\n\r\n--=_b--\r\n"
    )
    kind = 'multipart/report; report-type=delivery-status; boundary="=_b"'
    report = mail(body.encode(), kind=kind, frm="MAILER-DAEMON@alder.example", number="2")
    assert taken(house, report) == Outcome.REPORT
    with as_tenant(house.tenant.pk):
        assert RefusedAddress.objects.get().email == "jonas@alder.example"


def test_a_flood_from_one_sender_waits_for_a_person(house, contract):
    with as_tenant(house.tenant.pk):
        IncomingMail.objects.bulk_create(
            IncomingMail(
                key=str(number), sender="jonas@alder.example", outcome="opened", received_at=FETCHED, at=FETCHED
            )
            for number in range(AT_MOST)
        )
    assert taken(house, mail()) == Outcome.CAPPED
    assert tickets(house) == []


def test_a_closed_request_is_followed_by_a_new_one_and_former_customers_are_strangers(house, contract):
    taken(house, mail())
    with as_tenant(house.tenant.pk):
        ticket = Ticket.objects.get()
        working.triage(ticket.pk, "use_question", "", at=FETCHED, **WHO)
        working.close(ticket.pk, how="erklärt", at=FETCHED, **WHO)
    later = LINE.replace("Mon, 7 Dec 2026", "Mon, 8 Feb 2027")
    reply = mail(b"Wieder.", number="2", subject="[D-1] x", lines=(later,))
    assert taken(house, reply, at=FETCHED + timedelta(days=70)) == Outcome.OPENED
    assert (len(tickets(house)), again(ticket).closed_at) == (2, FETCHED)


def test_an_answer_under_an_ended_contract_opens_a_request_of_the_same_customer_without_it(house, contract):
    taken(house, mail())
    with as_tenant(house.tenant.pk):
        ticket = Ticket.objects.get()
        working.triage(ticket.pk, "use_question", "", at=FETCHED, **WHO)
        working.close(ticket.pk, how="erklärt", at=FETCHED, **WHO)
        assert noticing.give_notice(contract, letter(date(2026, 12, 1)), at=FETCHED, actor=MACHINE) is not None
    later = LINE.replace("Mon, 7 Dec 2026", "Mon, 7 Jan 2030")
    reply = mail(b"Wieder.", number="2", subject="[D-1] x", lines=(later,))
    assert taken(house, reply, at=datetime(2030, 1, 8, tzinfo=UTC)) == Outcome.OPENED
    told = [(each.contract_id, each.party_id, each.customer_name) for each in tickets(house)]
    assert told == [(contract.pk, contract.party_id, ticket.customer_name), (None, *told[0][1:])]


def test_every_kind_of_shape_is_filed_right(house, contract):
    """What a person wrote opens a request with its words and files, nothing else does; reading is proved apart."""
    at, shapes = FETCHED, SHAPES[::5]
    for number, shape in enumerate(shapes):
        at += timedelta(minutes=10)
        raw = shape.raw.replace(b"<1@alder.example>", f"<{number}@shapes.example>".encode(), 1)
        expected = {Outcome.MACHINE, Outcome.REPORT} if shape.machine else {Outcome.OPENED}
        assert taken(house, raw, at=at) in expected, shape.name
    people = [shape for shape in shapes if not shape.machine]
    found = tickets(house)
    assert len(found) == len(people)
    with as_tenant(house.tenant.pk):
        for ticket, shape in zip(found, people, strict=True):
            (message,) = ticket.messages.all()
            assert message.text == (shape.text or shape.subject or "…"), shape.name
            assert tuple(message.files.order_by("id").values_list("name", flat=True)) == shape.files, shape.name


def test_a_mail_s_bytes_are_kept_as_they_came(house, contract):
    raw = mail(base64.encodebytes(b"x"), "Content-Transfer-Encoding: base64")
    taken(house, raw)
    with as_tenant(house.tenant.pk):
        kept: Any = IncomingMail.objects.get().raw
        assert read(kept) == raw
