"""Mail that comes in: to the request it belongs to, once, and never to a stranger's."""

import base64
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kontor.kernel.actions.quotas import QuotaRefusedError
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import MeterReading, OutgoingMail, RefusedAddress
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.contracts.actions import noticing
from kontor.office.contracts.models import Contract
from kontor.office.desk.actions import working
from kontor.office.desk.actions.answering import Answer, answer_customer, write_note
from kontor.office.desk.actions.letters import answered_ids
from kontor.office.desk.actions.mail_filing import request_of
from kontor.office.desk.actions.mail_held import take_in_after_all
from kontor.office.desk.actions.mail_intake import AT_MOST, Outcome, held_back, take_mail
from kontor.office.desk.actions.watching import stop_watching
from kontor.office.desk.models import DeskHabits, IncomingMail, Ticket, TicketMessage
from kontor.office.desk.queries.reachable import reachable, reachable_under
from kontor.office.messages import public as messages
from kontor.office.messages.public import SERVICE_MAILS, read_mail
from kontor.office.parties.models import Contact
from kontor.rulebook import terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.factories import House, make_house, make_party
from tests.office.contracts.ending_walk import letter, signed
from tests.office.desk.asking import DOWN, WHO, again, opened
from tests.office.messages.mail_shapes import ARRIVED, LINE, MX, SHAPES, Shape, mail
from tests.office.messages.mail_shapes_more import MORE

pytestmark = pytest.mark.django_db
FETCHED = ARRIVED + timedelta(minutes=3)
FOREIGN = "Fremd <fremd@example.org>"


class NoMoreError(QuotaRefusedError):
    """Nothing is left of the month's mails, without the figures that a page would say."""

    def __init__(self) -> None:
        RefusalError.__init__(self, Text("noch 0", "0 left"))


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


@pytest.mark.requirement("SM-035")
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
        receipt = OutgoingMail.objects.get(about_id=ticket.pk)
        assert (receipt.subject, receipt.at - ticket.reported_at) == ("[D-1] Der Drucker steht", timedelta(seconds=30))
    now = reachable(terms.load("dealership"), at=ticket.reported_at)
    assert now is not None
    assert (now.text.en, str(now.ruling.clauses[0])) == ("Support is closed until Mon 7 December 2026, 08:00.", "§7")
    open_again = reachable(terms.load("dealership"), at=datetime(2026, 12, 7, 7, 0, tzinfo=UTC))
    assert open_again is not None
    assert open_again.text == Text("Der Support ist gerade da.", "Support is there now.")
    assert len(reachable_under([terms.load("dealership")] * 2, at=ticket.reported_at)) == 1


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


def known(contract: Contract, *names: str) -> None:
    """Make these the customer's people, as its provider knows them."""
    for name in names:
        Contact.objects.create(party_id=contract.party_id, name=name.title(), email=f"{name}@alder.example")


def test_people_of_the_customer_in_copy_watch_it_and_others_are_shown_and_never_joined(house, contract):
    with as_tenant(house.tenant.pk):
        known(contract, "eva", "tom")
    other = make_party(house, name="Birke GmbH", email="info@birke.example")
    taken(house, mail(b"Frage", "Cc: Eva@Alder.example, eva@anders.example, info@birke.example"))
    (ticket,) = tickets(house)
    assert (ticket.cc, ticket.copied) == (["eva@alder.example"], ["eva@anders.example", "info@birke.example"])
    mine = mail(b"Ich auch.", number="2", subject="[D-1]", frm="eva@alder.example")
    foreign = mail(b"Fremd.", number="3", subject="[D-1]", frm="eva@anders.example")
    assert [taken(house, mine), taken(house, foreign)] == [Outcome.ANSWERED, Outcome.OPENED]
    tom = mail(b"Wir.", "Cc: info@birke.example, x@birke.example", number="4", subject="[D-1]", frm="tom@alder.example")
    assert taken(house, tom) == Outcome.ANSWERED  # who writes gets the answers too
    ticket = again(ticket)
    assert (ticket.cc, ticket.copied[-1]) == (["eva@alder.example", "tom@alder.example"], "x@birke.example")
    assert said(ticket) == ["Frage", "Ich auch.", "Wir."]
    with as_tenant(house.tenant.pk):
        write_note(ticket.pk, "Unter uns: alt.", mentions=[(house.staff.pk, house.staff.email)], at=FETCHED, **WHO)
        stop_watching(ticket.pk, "tom@alder.example", at=FETCHED, actor=MACHINE)
        stop_watching(ticket.pk, "nobody@alder.example", at=FETCHED, actor=MACHINE)
        answer_customer(ticket.pk, Answer(text="Neu starten."), at=FETCHED, **WHO)
        mails = OutgoingMail.objects.filter(about_id=ticket.pk).order_by("at", "to").values_list("to", "text")
        notes = [to for to, text in mails if "Unter uns" in text]
        got = [to for to, text in mails if "Neu starten" in text]
        with pytest.raises(RefusalError, match="another customer"):
            working.tag(ticket.pk, [], ["eva@alder.example", other.email], at=FETCHED, actor=MACHINE)
    assert (notes, got) == ([house.staff.email], ["eva@alder.example", "jonas@alder.example"])
    back = mail(b"Noch.", "Cc: tom@alder.example", number="5", subject="[D-1]")
    assert taken(house, back) == Outcome.ANSWERED
    assert (again(ticket).cc, "tom@alder.example" in again(ticket).copied) == (["eva@alder.example"], True)
    with as_tenant(house.tenant.pk):
        working.tag(ticket.pk, [], ["tom@alder.example", "berater@extern.example"], at=FETCHED, actor=MACHINE)
    told = again(ticket)
    assert told.cc == ["berater@extern.example", "tom@alder.example"]  # whom somebody chose
    assert "eva@alder.example" in told.copied


def test_nobody_joins_the_request_of_nobody_s_customer(house):
    taken(house, mail(b"Frage", "Cc: eva@alder.example"))
    (ticket,) = tickets(house)
    assert (ticket.party_id, ticket.cc, ticket.copied) == (None, [], ["eva@alder.example"])


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


def test_a_flood_from_one_sender_waits_for_a_person_who_takes_it_in_after_all(house, contract):
    with as_tenant(house.tenant.pk):
        IncomingMail.objects.bulk_create(
            IncomingMail(
                key=str(number), sender="jonas@alder.example", outcome="opened", received_at=FETCHED, at=FETCHED
            )
            for number in range(AT_MOST)
        )
    assert taken(house, mail()) == Outcome.CAPPED
    assert tickets(house) == []
    later = FETCHED + timedelta(hours=5)
    with as_tenant(house.tenant.pk):
        held = IncomingMail.objects.get(outcome="capped")
        ticket = take_in_after_all(held.pk, name="Ida", at=later, actor=MACHINE)
        assert (ticket.reported_at, ticket.contract_id) == (ARRIVED, contract.pk)  # when it reached us
        assert [mail.to for mail in OutgoingMail.objects.filter(about_id=ticket.pk)] == ["jonas@alder.example"]
        assert answered_ids(ticket)[-1] == "1@alder.example"
        for again_ in (held.pk, IncomingMail.objects.filter(outcome="opened").first().pk):
            with pytest.raises(RefusalError):
                take_in_after_all(again_, name="Ida", at=later, actor=MACHINE)
    assert taken(house, mail(), at=later) == Outcome.DUPLICATE


def test_what_only_looked_like_a_machine_s_is_taken_in_without_a_receipt(house, contract):
    form = mail(b"Bitte um Angebot.", "Auto-Submitted: auto-generated", frm="noreply@formular.example")
    assert taken(house, form) == Outcome.MACHINE
    with as_tenant(house.tenant.pk):
        ticket = take_in_after_all(IncomingMail.objects.get().pk, name="Ida", at=FETCHED, actor=MACHINE)
        assert not OutgoingMail.objects.filter(about_id=ticket.pk).exists()
    assert said(ticket) == ["Bitte um Angebot."]


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


def filed(shape: Shape, habits: DeskHabits) -> str:
    """Return what becomes of a mail of this shape, and into whose request it goes."""
    found = read_mail(shape.raw, mx_host=MX)
    outcome = held_back(found, shape.raw, habits, at=FETCHED)
    if outcome is None:
        contract, _language = contracts.contract_of_sender(found.sender, None)
        outcome = Outcome.ANSWERED if request_of(found, contract, at=FETCHED) else Outcome.OPENED
    return str(outcome)


def test_every_shape_of_two_hundred_is_filed_right(house, contract):
    taken(house, mail(number="first"))
    shapes = (*SHAPES, *MORE)
    with as_tenant(house.tenant.pk):
        habits = DeskHabits.objects.get()
        told = {shape.name: filed(shape, habits) for shape in shapes}
    assert told == {shape.name: "machine" if shape.machine else shape.filed for shape in shapes}


def test_what_is_filed_stands_in_a_request_with_its_words_and_files(house, contract):
    at, shapes = (
        FETCHED,
        [shape for shape in (*SHAPES[::16], *MORE[::14]) if not shape.machine and shape.filed == "opened"],
    )
    for number, shape in enumerate(shapes):
        at += timedelta(minutes=10)
        raw = shape.raw.replace(b"<1@alder.example>", f"<{number}@shapes.example>".encode(), 1)
        assert taken(house, raw, at=at) == Outcome.OPENED, shape.name
    with as_tenant(house.tenant.pk):
        for ticket, shape in zip(Ticket.objects.order_by("number"), shapes, strict=True):
            (message,) = ticket.messages.all()
            assert message.text == (shape.text or shape.subject or "…"), shape.name
            names = tuple(each.rpartition("/")[2] for each in shape.files)
            assert tuple(message.files.order_by("id").values_list("name", flat=True)) == names, shape.name


@pytest.mark.requirement("SO-081")
def test_a_mail_with_a_number_is_appended_and_one_without_opens_a_request_and_counts_as_handled(house):
    """crm 11.3: the service includes the handling of service mails: what becomes part of a request counts, once."""
    taken(house, mail())
    with as_tenant(house.tenant.pk):
        mails = MeterReading.objects.filter(meter=SERVICE_MAILS)
        assert mails.count() == 1
    assert taken(house, mail(b"Mehr.", number="2", subject="Re: [D-1] Der Drucker steht")) == Outcome.ANSWERED
    assert said(tickets(house)[0]) == ["Guten Tag, der Drucker steht.", "Mehr."]
    with as_tenant(house.tenant.pk):
        before = mails.count()
    assert taken(house, mail(b"Neu.", number="3", subject="Anderes")) == Outcome.OPENED
    for nothing in (mail(), mail(b"x", "Precedence: bulk", number="4"), mail(frm="desk@kontor.example", number="5")):
        taken(house, nothing)
    with as_tenant(house.tenant.pk):
        assert mails.count() == before + 1
        ticket = Ticket.objects.get(number=2)
        working.assign(ticket.pk, house.staff.pk, at=FETCHED, **WHO)
        answer_customer(ticket.pk, Answer(text="Danke."), at=FETCHED, **WHO)
        assert mails.count() == before + 1  # however often it is answered


def test_beyond_the_contract_s_limit_a_mail_waits_and_is_taken_in_once_there_is_room(house, contract, monkeypatch):
    real = messages.handle_service_mail

    def full(*_told: Any, **_named: Any) -> bool:
        raise NoMoreError

    monkeypatch.setattr(messages, "handle_service_mail", full)
    assert taken(house, mail()) == Outcome.LIMIT
    assert tickets(house) == []
    monkeypatch.setattr(messages, "handle_service_mail", real)
    with as_tenant(house.tenant.pk):
        ticket = take_in_after_all(IncomingMail.objects.get().pk, name="Ida", at=FETCHED, actor=MACHINE)
    assert said(ticket) == ["Guten Tag, der Drucker steht."]


def test_a_mail_s_bytes_are_kept_as_they_came(house, contract):
    raw = mail(base64.encodebytes(b"x"), "Content-Transfer-Encoding: base64")
    taken(house, raw)
    with as_tenant(house.tenant.pk):
        kept: Any = IncomingMail.objects.get().raw
        assert read(kept) == raw
