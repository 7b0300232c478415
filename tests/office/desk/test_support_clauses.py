"""What single clauses on support and faults demand, each from the report to its end."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import helping, working
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.actions.helping import Done, Planned
from kontor.office.desk.models import HelpGiven, HelpPlan, Ticket, TicketMessage
from kontor.office.desk.queries.page import ticket_context
from kontor.rulebook.fault_class import Effect, FaultAnswers
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.ticket_log import Logged, What, waited
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import DOWN, MONDAY, SLOW, WHO, again, dues, opened

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def steps(ticket: Ticket) -> list[str]:
    with as_tenant(ticket.tenant_id):
        return list(ticket.log.order_by("id").values_list("what", flat=True))


@pytest.mark.requirement("FW-097")
def test_answers_propose_the_class_and_a_change_needs_a_reason_and_counts_both_promises_again():
    """Visitor Annex 2, 2.3 to 2.6: reaction 5, 24 or 48 hours, recovery 24, 48 or 72."""
    house = make_house("visitor")
    contract = signed(house)
    typing_error = opened(house, contract, answers=FaultAnswers(Effect.MINOR))
    down = opened(house, contract, answers=FaultAnswers(Effect.PREVENTED, workaround=False))
    slow = opened(house, contract, answers=SLOW)
    assert [each.class_key for each in (typing_error, down, slow)] == ["class_3", "class_1", "class_2"]
    before = dues(slow)
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match=r"Why does the class change\?"):
        working.classify_ticket(slow.pk, DOWN, reason=" ", at=MONDAY + HOUR, **WHO)
    assert dues(slow) == before
    with as_tenant(house.tenant.pk):
        working.classify_ticket(slow.pk, DOWN, reason="Jetzt steht alles.", at=MONDAY + HOUR, **WHO)
    # Both count from the report, Monday 09:00 UTC: five hours to react, 24 to recover.
    assert (before.keys(), dues(slow)) == (dues(slow).keys(), {"reaction": "12-07T14:00", "recovery": "12-08T09:00"})


@pytest.fixture
def leisure() -> House:
    return make_house("leisure")


@pytest.mark.requirement("AP-019")
def test_a_request_is_classified_before_it_closes_a_question_with_an_answer_a_fault_with_a_correction(leisure):
    contract = signed(leisure)
    question, fault, excluded = (opened(leisure, contract, answers=SLOW) for _ in range(3))
    with as_tenant(leisure.tenant.pk):
        for each in (question, fault, excluded):
            with pytest.raises(RefusalError, match="Does the contract cover it"):
                working.close(each.pk, how="oral", at=MONDAY + HOUR, **WHO)
        working.triage(question.pk, "use_question", "", at=MONDAY + HOUR, **WHO)
        working.triage(fault.pk, "in_scope", "", at=MONDAY + HOUR, **WHO)
        working.triage(excluded.pk, "excluded", "misuse", at=MONDAY + HOUR, **WHO)
        for each, how in ((question, "written"), (fault, "remote"), (excluded, "oral")):
            working.close(each.pk, how=how, at=MONDAY + 2 * HOUR, **WHO)
    assert "restored" not in steps(question)
    assert steps(fault)[-2:] == ["restored", "closed"]
    assert (steps(question)[-1], steps(excluded)[-1]) == ("closed", "closed")


@pytest.mark.requirement("AP-059")
def test_closing_names_one_of_four_forms_of_help_or_a_visit_whose_cost_the_customer_was_asked_for(leisure):
    contract = signed(leisure)
    ticket = opened(leisure, contract, answers=DOWN)
    with as_tenant(leisure.tenant.pk):
        working.triage(ticket.pk, "in_scope", "", at=MONDAY + HOUR, **WHO)
        with pytest.raises(RefusalError, match="Oral answer, Written answer with next steps, Supplementary"):
            working.close(ticket.pk, how="Zauberei", at=MONDAY + HOUR, **WHO)
        with pytest.raises(RefusalError, match="put to the customer with its cost"):
            working.close(ticket.pk, how="on_site", at=MONDAY + HOUR, **WHO)
        planned = Planned(
            kind=HelpPlan.Kind.SITE, told="Wir kommen.", at=MONDAY + 24 * HOUR, minutes=120, rate=Decimal(95)
        )
        plan = helping.plan_help(ticket.pk, planned, at=MONDAY + HOUR, **WHO)
        assert (plan.minutes, plan.rate, plan.answers.count()) == (120, 95, 0)  # it waits for the customer's word
        assert working.close(ticket.pk, how="on_site", at=MONDAY + 30 * HOUR, **WHO).closed_at == MONDAY + 30 * HOUR
    for form in ("oral", "written", "documentation", "remote"):
        other = opened(leisure, contract, answers=DOWN)
        with as_tenant(leisure.tenant.pk):
            working.triage(other.pk, "in_scope", "", at=MONDAY + HOUR, **WHO)
            working.close(other.pk, how=form, at=MONDAY + HOUR, **WHO)


@pytest.mark.requirement("AP-058")
def test_a_session_from_afar_is_told_logged_free_of_charge_and_a_missing_tool_is_told_to_both(leisure):
    contract = signed(leisure)
    ticket = opened(leisure, contract, answers=DOWN)
    remote = Planned(kind=HelpPlan.Kind.REMOTE, told="Wir sehen es uns aus der Ferne an.", at=MONDAY + 2 * HOUR)
    with as_tenant(leisure.tenant.pk):
        plan = helping.plan_help(ticket.pk, remote, at=MONDAY, **WHO)
        assert OutgoingMail.objects.filter(text__contains="aus der Ferne").exists()  # the customer knows beforehand
        helping.note_consent(plan.pk, who="Jonas Alder", at=MONDAY + HOUR, actor=WHO["actor"])
        done = Done(began=MONDAY + 2 * HOUR, ended=MONDAY + 3 * HOUR, tool_missing=True)
        helping.note_help(plan.pk, done, at=MONDAY + 3 * HOUR, **WHO)
        given = HelpGiven.objects.get()
    assert (given.began_at, given.ended_at, given.agent) == (MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, "Ida Lindwurm")
    assert Money(given.currency, given.amount_minor).bare() == "0.00"
    told = "Das Werkzeug für die Fernwartung fehlt oder wurde verändert."
    with as_tenant(contract.customer_tenant_id):
        seen = TicketMessage.received.filter(ticket_id=ticket.pk, text__startswith=told)
        assert seen.count() == 1
    with as_tenant(leisure.tenant.pk):
        assert (given.tool_missing, TicketMessage.objects.filter(ticket=ticket, text__startswith=told).count()) == (
            True,
            1,
        )


@pytest.mark.requirement("SO-027")
def test_the_start_of_remedy_is_kept_and_waiting_for_the_customer_is_shown_by_itself():
    """crm §5: the provider confirms the start of remedy; the customer helps to reproduce on request."""
    house = make_house("crm")
    contract = signed(house)
    ticket = opened(house, contract, answers=FaultAnswers(Effect.IMPAIRED, reproducible=True))
    with as_tenant(house.tenant.pk):
        working.take_step(ticket.pk, What.WORK_STARTED, at=MONDAY + HOUR, **WHO)
        asking = Answer(text="Mit welchem Browser?", asks="Mit welchem Browser?")
        answer_customer(ticket.pk, asking, at=MONDAY + 2 * HOUR, **WHO)
        shown = ticket_context(again(ticket), at=MONDAY + 3 * HOUR)
        assert (shown["state"].label.en, shown["waited"]) == (
            "waits for the customer",
            Text("1 Std. 0 Min.", "1 h 0 min"),
        )
        (begun,) = ticket.log.filter(what=What.WORK_STARTED)
        assert begun.at == MONDAY + HOUR
    with as_tenant(contract.customer_tenant_id):
        told = {"text": "Firefox.", "name": "Jonas", "email": "jonas@alder.example", "files": ()}
        answer("desk.replied", ticket.pk, at=MONDAY + 5 * HOUR + timedelta(minutes=30), actor=MACHINE, **told)
        seen = ticket_context(Ticket.received.get(pk=ticket.pk), at=MONDAY + 9 * HOUR)
    assert (seen["state"].label.en, seen["waited"]) == ("open", Text("3 Std. 30 Min.", "3 h 30 min"))


def test_what_never_waited_and_what_was_closed_while_it_waited_is_counted_so():
    assert waited([], until=MONDAY) == timedelta(0)
    log = [
        Logged(MONDAY, What.RESUMED), Logged(MONDAY, What.PAUSED, "?"), Logged(MONDAY + HOUR, What.PAUSED, "?"),
        Logged(MONDAY + 2 * HOUR, What.CLOSED), Logged(MONDAY + 9 * HOUR, What.REOPENED),
    ]  # fmt: skip
    assert waited(log, until=MONDAY + 10 * HOUR) == 2 * HOUR
    assert waited([*log, Logged(MONDAY + 10 * HOUR, What.PAUSED, "?")], until=MONDAY + 11 * HOUR) == 3 * HOUR
