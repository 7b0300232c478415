"""Requests: how they come in, what is promised, what is said, and how they end."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.contracts.actions import noticing
from kontor.office.contracts.models import Charge, Contract
from kontor.office.desk.actions import answering, proposing, working
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.actions.demo import make_demo
from kontor.office.desk.actions.proposing import Work
from kontor.office.desk.models import DeskHabits, ProposalAnswer, Satisfaction, Ticket, TicketMessage, TicketReader
from kontor.office.desk.queries.coverage import exclusions_of
from kontor.rulebook.fault_class import Effect, FaultAnswers
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ticket_log import What
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import letter, signed
from tests.office.desk.asking import DOWN, MONDAY, SLOW, WHO, again, asked, dues, opened
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house() -> House:
    return make_house("visitor")


@pytest.fixture
def contract(house) -> Contract:
    return signed(house)


def receipts(house: House) -> list[OutgoingMail]:
    with as_tenant(house.tenant.pk):
        return list(OutgoingMail.objects.filter(about_kind="desk.Ticket").order_by("at", "id"))


def test_a_request_gets_a_number_a_receipt_and_shows_the_tightest_time_until_it_is_classified(house, contract):
    ticket = opened(house, contract)
    assert (ticket.number, ticket.customer_name, ticket.class_key) == (1, "Alder & Söhne GmbH", "")
    # Five clock hours are what the heaviest class would leave to react.
    assert (ticket.next_promise, ticket.next_due) == ("class", MONDAY + 5 * HOUR)
    (receipt,) = receipts(house)
    assert (receipt.to, receipt.subject) == ("jonas@alder.example", "[D-1] Ausweise kommen leer aus dem Drucker")
    assert opened(house, contract).number == 2
    assert "desk.opened" in verbs(house.tenant, ticket)


def test_an_address_gets_so_many_receipts_a_day_and_no_more(house, contract):
    """RFC 3834, 2: what is sent by itself must not answer itself without end."""
    with as_tenant(house.tenant.pk):
        DeskHabits.objects.create(receipts_a_day=2)
    for minutes in (0, 1, 2, 24 * 60 + 1):
        opened(house, contract, at=MONDAY + timedelta(minutes=minutes))
    # The third finds two within a day; by the fourth the first is older than one.
    assert [each.subject.partition("]")[0] for each in receipts(house)] == ["[D-1", "[D-2", "[D-4"]


def test_a_request_is_opened_with_its_log_read_once(house, contract):
    with CaptureQueriesContext(connection) as asked_for:
        ticket = opened(house, contract, answers=DOWN)
    read = [each["sql"] for each in asked_for if each["sql"].startswith("SELECT") and "desk_ticketlog" in each["sql"]]
    assert len(read) == 1
    with as_tenant(house.tenant.pk):
        written = list(ticket.log.order_by("id").values_list("what", flat=True))
    assert written == ["reported", "classified", "autoreplied"]


def test_a_request_without_words_or_under_an_ended_contract_is_refused(house, contract):
    with pytest.raises(RefusalError, match=r"What is it about, and how did it occur\?"):
        opened(house, contract, text=" ")
    with pytest.raises(RefusalError, match="has ended"):
        _ended(house, contract)


def _ended(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        notice = noticing.give_notice(contract, letter(date(2026, 12, 1)), at=MONDAY, actor=MACHINE)
        assert notice is not None
    opened(house, contract, at=datetime(2028, 1, 10, tzinfo=UTC))


def test_the_customer_reads_its_request_and_nobody_else_does(house, contract):
    ticket = opened(house, contract, answers=DOWN)
    with as_tenant(contract.customer_tenant_id):
        seen = Ticket.received.get(pk=ticket.pk)
        assert seen.promises(manager="received").count() == 2
        assert TicketMessage.received.get(ticket_id=ticket.pk).text == "Seit dem Update heute früh."
    with as_tenant(make_tenant("Fremd").pk):
        assert not Ticket.objects.filter(pk=ticket.pk).exists()


def test_whoever_has_no_address_gets_no_mail(house, contract):
    called, wrong = opened(house, contract, email=""), opened(house, contract, email="keine Adresse")
    with as_tenant(house.tenant.pk):
        for ticket in (called, wrong):
            answer_customer(ticket.pk, Answer(text="Wir sind dran."), at=MONDAY + HOUR, **WHO)
    assert receipts(house) == []


def test_a_class_is_changed_with_a_reason_and_counts_both_promises_again(house, contract):
    ticket = opened(house, contract, answers=SLOW)
    assert dues(ticket) == {"reaction": "12-08T09:00", "recovery": "12-09T09:00"}
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match=r"Why does the class change\?"):
            working.classify_ticket(ticket.pk, DOWN, reason="", at=MONDAY + HOUR, **WHO)
        ruling = working.classify_ticket(ticket.pk, DOWN, reason="Nichts geht mehr.", at=MONDAY + HOUR, **WHO)
    assert ruling.value == "class_1"
    assert dues(ticket) == {"reaction": "12-07T14:00", "recovery": "12-08T09:00"}
    assert (again(ticket).next_promise, again(ticket).next_due) == ("reaction", MONDAY + 5 * HOUR)


def test_without_a_contract_there_is_no_class_and_no_fault_ends_what_is_promised(house, contract):
    stranger = opened(house)
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match="Without a contract"):
        working.classify_ticket(stranger.pk, DOWN, reason="", at=MONDAY, **WHO)
    ticket = opened(house, contract, answers=SLOW)
    with as_tenant(house.tenant.pk):
        question = FaultAnswers(Effect.QUESTION)
        working.classify_ticket(ticket.pk, question, reason="Nur eine Frage.", at=MONDAY + HOUR, **WHO)
    assert again(ticket).next_due is None


def test_the_customer_contests_a_class_and_the_desk_looks_again(house, contract):
    ticket = opened(house, contract, answers=SLOW)
    with as_tenant(contract.customer_tenant_id):
        with pytest.raises(RefusalError, match=r"Why is the class wrong\?"):
            _customer("desk.class_contested_by_customer", ticket, words=" ", name="Jonas")
        _customer("desk.class_contested_by_customer", ticket, words="Niemand kommt hinein.", name="Jonas")
    assert again(ticket).class_contested_at == MONDAY + HOUR
    with as_tenant(house.tenant.pk):
        working.classify_ticket(ticket.pk, DOWN, reason="Der Kunde hat recht.", at=MONDAY + 2 * HOUR, **WHO)
    assert again(ticket).class_contested_at is None
    assert "desk.class_contested_by_customer" in verbs(contract.customer_tenant, ticket)


def _customer(key: str, ticket: Ticket, *, at: datetime = MONDAY + HOUR, **given: object) -> object:
    return answer(key, ticket.pk, at=at, actor=MACHINE, **given)


@pytest.mark.requirement("FW-095")
def test_reaction_needs_work_and_word_and_a_reasonable_workaround_stops_recovery(house, contract):
    ticket = opened(house, contract, answers=DOWN)
    with as_tenant(house.tenant.pk):
        working.take_step(ticket.pk, What.WORK_STARTED, at=MONDAY + HOUR, **WHO)
        assert ticket.promises.get(name="reaction").ended is None
        answer_customer(ticket.pk, Answer(text="Wir sind dran."), at=MONDAY + 2 * HOUR, **WHO)
        reaction = ticket.promises.get(name="reaction")
        assert (reaction.ended, reaction.done) == (MONDAY + 2 * HOUR, True)
        working.work_around(ticket.pk, why_not="Jeder Ausweis von Hand", at=MONDAY + 3 * HOUR, **WHO)
        assert ticket.promises.get(name="recovery").ended is None
        working.work_around(ticket.pk, why_not="", at=MONDAY + 4 * HOUR, **WHO)
        assert ticket.promises.get(name="recovery").ended == MONDAY + 4 * HOUR


def test_an_answer_goes_out_by_mail_to_all_and_a_question_stops_recovery_until_the_customer_answers(house, contract):
    ticket = opened(house, contract, answers=SLOW, copies=["Einkauf@alder.example", "no address"])
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match=r"An answer needs words\."):
            answer_customer(ticket.pk, Answer(text=" "), at=MONDAY + HOUR, **WHO)
        told = Answer(text="Welches Terminal?", asks="Welches Terminal?", begins=True)
        answer_customer(ticket.pk, told, name="Ida", at=MONDAY + HOUR, actor=house.actor)
    assert [mail.to for mail in receipts(house)] == [
        "jonas@alder.example", "jonas@alder.example", "einkauf@alder.example"
    ]  # fmt: skip
    assert (again(ticket).still_since, again(ticket).assignee) == (MONDAY + HOUR, house.staff.pk)
    assert again(ticket).next_due is None
    with as_tenant(contract.customer_tenant_id):
        _customer("desk.replied", ticket, at=MONDAY + 3 * HOUR, text="Terminal 2.", name="Jonas", email="", files=())
    assert again(ticket).next_promise == "recovery"
    assert dues(ticket)["recovery"] == "12-09T11:00"  # two hours later than Wednesday 09:00 UTC


def test_a_closed_request_is_taken_up_again_for_some_days_and_then_is_a_new_one(house, contract):
    ticket = opened(house, contract, answers=SLOW)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="That is missing"):
            working.close(ticket.pk, how="erklärt", at=MONDAY + HOUR, **WHO)
        working.triage(ticket.pk, "in_scope", "", at=MONDAY + HOUR, **WHO)
        with pytest.raises(RefusalError, match=r"How was the customer helped\?"):
            working.close(ticket.pk, how=" ", at=MONDAY + HOUR, **WHO)
        working.close(ticket.pk, how="Neue Vorlage", at=MONDAY + 2 * HOUR, **WHO)
        assert again(ticket).closed_at == MONDAY + 2 * HOUR
        with pytest.raises(RefusalError, match="reopen it first"):
            working.close(ticket.pk, how="noch einmal", at=MONDAY + 2 * HOUR, **WHO)
        week, month = MONDAY + timedelta(days=7), MONDAY + timedelta(days=40)
        same = answering.hear_customer(
            ticket, asked(contract, text="Wieder leer.", reported=week), at=week, actor=MACHINE
        )
        assert (same.pk, same.closed_at) == (ticket.pk, None)
        working.close(ticket.pk, how="Neue Vorlage", at=week + HOUR, **WHO)
        later = asked(contract, text="Wieder leer.", reported=month)
        assert answering.hear_customer(ticket, later, at=month, actor=MACHINE).number == 2
        assert working.reopen(ticket.pk, at=month, **WHO).closed_at is None
        with pytest.raises(RefusalError, match="It is open"):
            working.reopen(ticket.pk, at=month, **WHO)
        with pytest.raises(RefusalError, match="needs words"):
            answering.hear_customer(ticket, asked(contract, text=" "), at=month, actor=MACHINE)


def test_joined_requests_count_from_the_earlier_report_and_stay_with_their_customer(house, contract):
    first, second = (
        opened(house, contract, answers=SLOW),
        opened(house, contract, answers=SLOW, at=MONDAY + 2 * HOUR, reported=MONDAY + 2 * HOUR),
    )
    stranger = opened(house, email="fremd@example.org")
    with as_tenant(house.tenant.pk):
        for wrong in (stranger.number, first.number, 99):
            with pytest.raises(RefusalError, match="same customer"):
                working.join(first.pk, wrong, at=MONDAY + 3 * HOUR, **WHO)
        working.join(first.pk, second.number, at=MONDAY + 3 * HOUR, **WHO)
    assert dues(second)["reaction"] == "12-08T09:00"
    assert (again(first).joined_to_id, again(first).closed_at) == (second.pk, MONDAY + 3 * HOUR)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="belongs to another"):
            working.reopen(first.pk, at=MONDAY + 4 * HOUR, **WHO)
        heard = answering.hear_customer(
            first, asked(contract, reported=MONDAY + 5 * HOUR), at=MONDAY + 5 * HOUR, actor=MACHINE
        )
        assert heard.pk == second.pk
        working.triage(second.pk, "use_question", "", at=MONDAY + 6 * HOUR, **WHO)
        working.close(second.pk, how="erklärt", at=MONDAY + 6 * HOUR, **WHO)
        heard = answering.hear_customer(
            first, asked(contract, reported=MONDAY + 7 * HOUR), at=MONDAY + 7 * HOUR, actor=MACHINE
        )
        assert heard.number == 4


def test_a_message_becomes_a_request_of_its_own(house, contract):
    ticket = opened(house, contract, answers=SLOW)
    with as_tenant(house.tenant.pk):
        message = ticket.messages.get()
        made = working.split(ticket.pk, message.pk, "Zweites Thema", at=MONDAY + HOUR, actor=MACHINE)
    assert (made.number, made.subject, made.reported_at) == (2, "Zweites Thema", MONDAY)


def test_who_has_it_what_it_is_found_under_and_who_reads_it(house, contract):
    ticket = opened(house, contract)
    person = house.staff.pk
    with as_tenant(house.tenant.pk):
        working.assign(ticket.pk, person, at=MONDAY, **WHO)
        assert again(ticket).assignee_name == "Ida Lindwurm"
        working.assign(ticket.pk, None, at=MONDAY, **WHO)
        assert again(ticket).assignee_name == ""
        working.tag(ticket.pk, ["Drucker ", "", "drucker"], ["A@b.example"], at=MONDAY, actor=MACHINE)
        assert (again(ticket).tags, again(ticket).cc) == (["drucker"], ["a@b.example"])
        with pytest.raises(RefusalError, match="A note needs words"):
            answering.write_note(ticket.pk, "", mentions=(), at=MONDAY, **WHO)
        answering.write_note(ticket.pk, "Kennst du das?", mentions=[(person, "ida@lindwurm.example")], at=MONDAY, **WHO)
        for writing in (False, True):
            answering.look_in(ticket.pk, person, "Ida", writing=writing, at=MONDAY)
        assert TicketReader.objects.get().writing
    assert receipts(house)[-1].to == "ida@lindwurm.example"


@pytest.mark.parametrize(("coverage", "exclusion"), [("nonsense", ""), ("excluded", ""), ("excluded", "misuse")])
def test_triage_asks_for_a_word_the_contract_knows(house, contract, coverage, exclusion):
    ticket = opened(house, contract)
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError):
        working.triage(ticket.pk, coverage, exclusion, at=MONDAY, **WHO)


def test_what_is_excluded_is_said_with_its_clause_and_counted_after_all_when_that_was_wrong(house, contract):
    ticket = opened(house, contract, answers=SLOW)
    with as_tenant(house.tenant.pk):
        working.triage(ticket.pk, "excluded", "translation", at=MONDAY + HOUR, **WHO)
        told = ticket.messages.get(automatic=True)
        assert told.text == "Der Vertrag umfasst das nicht: Inhalte übersetzen (Anlage 1, 3)."
        assert again(ticket).next_due is None
        working.take_step(ticket.pk, What.COVERED, at=MONDAY + 2 * HOUR, **WHO)
    assert (again(ticket).coverage, again(ticket).next_promise) == ("", "reaction")
    stranger = opened(house)
    with as_tenant(house.tenant.pk):
        working.triage(stranger.pk, "use_question", "", at=MONDAY, **WHO)
        working.close(stranger.pk, how="erklärt", at=MONDAY, **WHO)


def test_how_one_was_helped_is_asked_once_for_each_closing(house, contract):
    ticket = opened(house, contract, answers=SLOW)
    with as_tenant(contract.customer_tenant_id), pytest.raises(RefusalError, match="once it is closed"):
        _customer("desk.rated", ticket, mark=5, words="")
    with as_tenant(house.tenant.pk):
        working.triage(ticket.pk, "in_scope", "", at=MONDAY + HOUR, **WHO)
        working.close(ticket.pk, how="Vorlage", at=MONDAY + HOUR, **WHO)
    with as_tenant(contract.customer_tenant_id):
        with pytest.raises(RefusalError, match="From 1 to 5"):
            _customer("desk.rated", ticket, mark=6, words="")
        _customer("desk.rated", ticket, mark=5, words="Schnell.")
        with pytest.raises(RefusalError, match="already"):
            _customer("desk.rated", ticket, mark=1, words="")
        assert Satisfaction.received.get().mark == 5


@pytest.mark.parametrize(("pack", "count"), [("visitor", 4), ("leisure", 3), ("dealership", 2), ("crm", 1)])
def test_the_demo_tells_one_story_of_each_kind_under_each_pack(pack, count):
    made = make_house(pack)
    for _ in range(2):
        signed(made)
    with as_tenant(made.tenant.pk):
        make_demo(datetime(2026, 12, 10, 12, 0, tzinfo=UTC))
        assert Ticket.objects.count() == count


class TestUnderLeisure:
    @pytest.fixture
    def house(self) -> House:
        return make_house("leisure")

    @pytest.mark.requirement("AP-056")
    def test_somebody_else_s_request_waits_for_the_contact_and_no_clock_runs(self, house, contract):
        ticket = opened(house, contract, email="tom@alder.example", name="Tom")
        assert (ticket.held, ticket.next_due) == (True, None)
        with as_tenant(contract.customer_tenant_id):
            with pytest.raises(RefusalError, match="Only the contact"):
                _customer("desk.request_confirmed", ticket, name="Tom", email="tom@alder.example")
            _customer("desk.request_confirmed", ticket, name="Jonas Alder", email="JONAS@alder.example")
        assert (again(ticket).held, again(ticket).next_promise) == (False, "class")
        assert again(ticket).next_due == datetime(2026, 12, 9, 16, 0, tzinfo=UTC)  # 24 office hours from Monday 11:00

    def test_the_customer_asks_on_its_own_page(self, house, contract):
        with as_tenant(contract.customer_tenant_id):
            made = answer(
                "desk.asked", contract.pk, subject="Kasse steht", text="Seit 9 Uhr.", answers=DOWN, name="Jonas Alder",
                email="jonas@alder.example", language="en", help_consulted=True,
                files=[("a.txt", "text/plain", b"log")], at=MONDAY, actor=MACHINE,
            )  # fmt: skip
            (message,) = TicketMessage.received.filter(ticket_id=made.pk)
            assert [file.name for file in message.files(manager="received").all()] == ["a.txt"]
        assert (made.class_key, made.help_consulted) == ("blocking", True)
        assert receipts(house)[-1].text.startswith("Your request has arrived. Its number is D-1.")


class TestUnderCrm:
    @pytest.fixture
    def house(self) -> House:
        return make_house("crm")

    @pytest.mark.requirement("SO-033")
    def test_what_is_not_covered_is_offered_accepted_done_and_charged(self, house, contract):
        ticket = opened(house, contract)
        assert ticket.next_due is None  # no class, no time limit
        with as_tenant(house.tenant.pk):
            with pytest.raises(RefusalError, match="say so first"):
                proposing.propose(ticket.pk, Work("Reparatur", 90, Decimal(150)), at=MONDAY, **WHO)
            working.triage(ticket.pk, "excluded", "database_repair", at=MONDAY, **WHO)
            told = ticket.messages.get(automatic=True).text
            assert told == "Der Vertrag umfasst das nicht: Reparatur von Datenbankinhalten (§6)."
            assert again(ticket).coverage == "excluded"
            with pytest.raises(RefusalError, match="What, how long"):
                proposing.propose(ticket.pk, Work("Reparatur", 0, Decimal(150)), at=MONDAY, **WHO)
            offer = proposing.propose(ticket.pk, Work("Reparatur", 90, Decimal(150)), at=MONDAY, **WHO)
            with pytest.raises(RefusalError, match="has not accepted"):
                proposing.charge(offer.pk, kind="x", minutes=90, at=MONDAY, actor=MACHINE)
        with as_tenant(contract.customer_tenant_id):
            answer("desk.proposal_taken", offer.pk, accept=True, name="Jonas", at=MONDAY, actor=MACHINE)
            with pytest.raises(RefusalError, match="answered already"):
                answer("desk.proposal_taken", offer.pk, accept=False, name="Jonas", at=MONDAY, actor=MACHINE)
            assert ProposalAnswer.received.get().accepted
        with as_tenant(house.tenant.pk):
            kind = next(iter(contracts.served(contract.pk, at=MONDAY).charged))
            assert proposing.charge(offer.pk, kind=kind, minutes=90, at=MONDAY, actor=MACHINE).bare() == "225.00"
            assert Charge.objects.get().quantity == Decimal("1.5")


@pytest.mark.requirement("AP-021")
def test_each_of_the_six_reasons_excludes_a_fault_stops_its_clocks_and_lets_it_be_offered_at_a_price():
    """The sixth names the transponder (leisure Art. 8.3)."""
    house = make_house("leisure")
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        listed = exclusions_of(contracts.served(contract.pk, at=MONDAY).pack)
    assert len(listed) == 6
    assert [key for key, each in listed.items() if "transponder" in each.text.en] == ["configuration_or_timing"]
    for key in listed:
        ticket = opened(house, contract, answers=SLOW)
        assert again(ticket).next_due is not None
        with as_tenant(house.tenant.pk):
            working.triage(ticket.pk, "excluded", key, at=MONDAY + HOUR, **WHO)
        assert (again(ticket).coverage, again(ticket).exclusion, again(ticket).next_due) == ("excluded", key, None)
    with as_tenant(house.tenant.pk):
        offer = proposing.propose(ticket.pk, Work("Transponder prüfen", 90, Decimal(150)), at=MONDAY, **WHO)
    assert offer.rate == 150
