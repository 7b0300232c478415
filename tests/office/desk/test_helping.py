"""Sessions, visits and solutions to try, each with the customer's word first; and the customer's own fault log."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import faults, helping
from kontor.office.desk.actions.faults import Fault
from kontor.office.desk.actions.helping import Done, Planned, Solution
from kontor.office.desk.models import FaultEntry, HelpPlan, SolutionTrial, Ticket, TicketMessage
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import DOWN, MONDAY, WHO, again, opened
from tests.office.desk.test_views import fresh, tom
from tests.people import browser

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ON = {"at": MONDAY, "actor": MACHINE}
REMOTE = Planned(kind=HelpPlan.Kind.REMOTE, told="Wir sehen es uns aus der Ferne an.", at=MONDAY + 2 * HOUR)
SITE = Planned(
    kind=HelpPlan.Kind.SITE, told="Wir kommen vorbei.", at=MONDAY + 24 * HOUR, minutes=120, rate=Decimal("95.00")
)


@pytest.fixture
def house():
    return make_house("visitor")


@pytest.fixture
def contract(house):
    return signed(house)


def test_a_session_from_afar_waits_for_consent_and_costs_nothing(house, contract):
    ticket, stranger = opened(house, contract, answers=DOWN), opened(house)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="under which contract"):
            helping.plan_help(stranger.pk, REMOTE, **WHO, at=MONDAY)
        plan = helping.plan_help(ticket.pk, REMOTE, **WHO, at=MONDAY)
        done = Done(began=MONDAY + 2 * HOUR, ended=MONDAY + 3 * HOUR, tool_missing=True)
        with pytest.raises(RefusalError, match="not consented"):
            helping.note_help(plan.pk, done, **WHO, at=MONDAY + 3 * HOUR)
        with pytest.raises(RefusalError, match=r"Who consented\?"):
            helping.note_consent(plan.pk, who=" ", **ON)
        helping.note_consent(plan.pk, who="Jonas Alder", **ON)
        with pytest.raises(RefusalError, match="answered already"):
            helping.note_consent(plan.pk, who="Jonas Alder", **ON)
        early = Done(began=MONDAY - HOUR, ended=MONDAY)
        with pytest.raises(RefusalError, match="not consented"):
            helping.note_help(plan.pk, early, **WHO, at=MONDAY + 3 * HOUR)
        backwards = Done(began=MONDAY + 2 * HOUR, ended=MONDAY + HOUR)
        with pytest.raises(RefusalError, match="ends after it begins"):
            helping.note_help(plan.pk, backwards, **WHO, at=MONDAY + 3 * HOUR)
        given = helping.note_help(plan.pk, done, **WHO, at=MONDAY + 3 * HOUR)
        assert (given.agent, Money(given.currency, given.amount_minor).bare()) == ("Ida Lindwurm", "0.00")
        told = TicketMessage.objects.filter(ticket=ticket, ours=True).order_by("at", "id")
        assert [each.text.partition(".")[0] for each in told] == [
            "Wir sehen es uns aus der Ferne an",
            "Das Werkzeug für die Fernwartung fehlt oder wurde verändert",
        ]


def test_a_visit_names_its_cost_and_is_done_once_the_customer_agreed(house, contract):
    ticket = opened(house, contract, answers=DOWN)
    with as_tenant(house.tenant.pk):
        nothing = Planned(kind=HelpPlan.Kind.SITE, told="Wir kommen.", at=MONDAY)
        with pytest.raises(RefusalError, match="time and hourly rate"):
            helping.plan_help(ticket.pk, nothing, **WHO, at=MONDAY)
        with pytest.raises(RefusalError, match="knows no travel costs"):
            helping.plan_help(ticket.pk, SITE, **WHO, at=MONDAY)  # the visitor terms charge none
        plan = HelpPlan.objects.create(
            ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, kind="SITE", told="Wir kommen.", agent="Ida",
            planned_at=MONDAY, minutes=60, rate=Decimal(95), currency="EUR", at=MONDAY,
        )  # fmt: skip
        with pytest.raises(RefusalError, match="accepted on its page"):
            helping.note_consent(plan.pk, who="Jonas", **ON)
    with as_tenant(contract.customer_tenant_id):
        answer("desk.help_answered_by_customer", plan.pk, accept=True, name="Jonas", **ON)
    done = Done(began=MONDAY + HOUR, ended=MONDAY + 2 * HOUR, offer="AN-2026-7")
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError):  # this contract knows no such work: nothing is charged and nothing noted
            helping.note_help(plan.pk, Done(began=done.began, ended=done.ended), **WHO, at=MONDAY + 2 * HOUR)
        assert helping.note_help(plan.pk, done, **WHO, at=MONDAY + 2 * HOUR).amount_minor == 0


@pytest.mark.requirement("SO-034")
def test_a_solution_waits_for_whether_it_worked_and_a_course_is_linked(house, contract):
    ticket = opened(house, contract, answers=DOWN)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match=r"to try\?"):
            helping.propose_solution(ticket.pk, Solution(text=" "), **WHO, at=MONDAY)
        trial = helping.propose_solution(
            ticket.pk, Solution(text="Neu starten.", course="https://learn.example/print"), **WHO, at=MONDAY
        )
        assert trial.training
        assert TicketMessage.objects.filter(ticket=ticket, text__contains="https://learn.example/print").exists()
    assert again(ticket).still_since == MONDAY
    with as_tenant(contract.customer_tenant_id):
        say = {"worked": False, "name": "Jonas", "at": MONDAY + HOUR, "actor": MACHINE}
        answer("desk.trial_answered_by_customer", trial.pk, **say)
        with pytest.raises(RefusalError, match="said that already"):
            answer("desk.trial_answered_by_customer", trial.pk, **say)
    assert again(ticket).still_since is None
    with as_tenant(house.tenant.pk):
        worked = helping.propose_solution(ticket.pk, Solution(text="Kabel."), **WHO, at=MONDAY + 2 * HOUR)
        helping.answer_trial(worked, worked=True, name="Jonas", at=MONDAY + 3 * HOUR, actor=MACHINE)
        assert TicketMessage.objects.filter(ticket=ticket, text="Es hat geholfen.").exists()


@pytest.mark.requirement("AP-030")
def test_the_customer_is_told_why_more_work_may_be_needed_and_how_much(house, contract):
    ticket = opened(house, contract, answers=DOWN)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="how much"):
            helping.expect_more(ticket.pk, "Die Tabelle ist beschädigt.", " ", **WHO, at=MONDAY)
        helping.expect_more(ticket.pk, "Die Tabelle ist beschädigt.", "etwa 3 Stunden", **WHO, at=MONDAY)
        said = TicketMessage.objects.get(ticket=ticket, ours=True).text
        started = ticket.log.filter(what="work_started").exists()
    assert said.endswith("Die Tabelle ist beschädigt.\n\nErwarteter Aufwand: etwa 3 Stunden")
    assert not started


@pytest.mark.requirement("AP-017")
def test_a_fault_is_fixed_after_a_day_seen_by_the_desk_and_made_a_request(house, contract):
    fault = Fault(MONDAY - HOUR, "Kasse 2", "Bucht doppelt.")
    who = {"actor": MACHINE, "at": MONDAY}
    with as_tenant(contract.customer_tenant_id):
        named = {"name": "Jonas (jonas@alder.example)", **who}
        with pytest.raises(RefusalError, match="What happened"):
            answer("desk.fault_logged", contract.pk, fault=Fault(MONDAY + HOUR, "Kasse", "x"), **named)
        entry = answer("desk.fault_logged", contract.pk, fault=fault, **named)
        changed = Fault(MONDAY - HOUR, "Kasse 3", "Bucht doppelt.")
        day = timedelta(hours=24)
        answer("desk.fault_edited", entry.pk, fault=changed, at=MONDAY + day, actor=MACHINE)
        with pytest.raises(RefusalError, match="only be added to"):
            answer("desk.fault_edited", entry.pk, fault=fault, at=MONDAY + day + HOUR, actor=MACHINE)
        with pytest.raises(RefusalError, match=r"What do you add\?"):
            answer("desk.fault_added", entry.pk, text=" ", **named)
        answer("desk.fault_added", entry.pk, text="Auch Kasse 1.", **named)
    with as_tenant(house.tenant.pk):
        seen = FaultEntry.objects.get()
        assert (seen.module, seen.happened_at, seen.additions.get().text) == ("Kasse 3", MONDAY - HOUR, "Auch Kasse 1.")
        made = faults.make_request(seen.pk, **who)
        assert faults.make_request(seen.pk, **who) == made
        assert (made.subject, made.requester_email, made.contract_id) == ("Kasse 3", "jonas@alder.example", contract.pk)


def test_their_pages(house, contract):
    desk, customer = browser(house.staff, house.tenant), tom(contract, "desk.own", "desk.company")
    ticket = fresh(house, contract, answers=DOWN)
    now = timezone.localtime()
    plan = reverse("desk:help-plan", args=(ticket.pk, "remote"))
    assert desk.get(plan).status_code == 200
    assert desk.get(reverse("desk:help-plan", args=(ticket.pk, "boat"))).status_code == 404
    moment = f"{now:%Y-%m-%dT%H:%M}"
    assert desk.post(plan, {"told": "Wir schauen.", "at": moment}).status_code == 302
    visit = {"told": "Wir kommen.", "at": moment, "minutes": "60", "rate": "95"}
    assert desk.post(reverse("desk:help-plan", args=(ticket.pk, "site")), visit).status_code == 422
    for word, filled in (("solution", {"text": "Neu starten."}), ("more", {"reason": "Alt.", "estimate": "2 h"})):
        assert desk.post(reverse("desk:step", args=(ticket.pk, word)), filled).status_code == 302
    with as_tenant(house.tenant.pk):
        planned, trial = HelpPlan.objects.get(), SolutionTrial.objects.get()
    assert "Session from afar" in customer.get(reverse("desk:own-ticket", args=(ticket.pk,))).content.decode()
    assert customer.post(reverse("desk:own-help", args=(planned.pk, "nod"))).status_code == 404
    assert customer.post(reverse("desk:own-help", args=(planned.pk, "accept"))).status_code == 302
    assert customer.post(reverse("desk:own-trial", args=(trial.pk, "maybe"))).status_code == 404
    assert customer.post(reverse("desk:own-trial", args=(trial.pk, "worked"))).status_code == 302
    consent, given = (reverse("desk:help", args=(planned.pk, word)) for word in ("consent", "given"))
    assert desk.post(consent, {"who": "Jonas"}).status_code == 422  # it is answered
    later = f"{now + HOUR:%Y-%m-%dT%H:%M}"
    assert desk.post(given, {"began": later, "ended": later}).status_code == 302
    assert desk.get(reverse("desk:help", args=(planned.pk, "nap"))).status_code == 404
    assert "it worked" in desk.get(reverse("desk:ticket", args=(ticket.pk,))).content.decode()

    written = {"happened": moment, "module": "Kasse 2", "text": "Bucht doppelt."}
    assert customer.get(reverse("desk:own-fault-new")).status_code == 200
    assert customer.post(reverse("desk:own-fault-new"), written).status_code == 302
    with as_tenant(house.tenant.pk):
        entry = FaultEntry.objects.get()
    own = reverse("desk:own-fault", args=(entry.pk,))
    assert customer.post(own, {**written, "text": "Bucht dreifach."}).status_code == 302
    with as_tenant(house.tenant.pk):
        FaultEntry.objects.update(at=timezone.now() - timedelta(days=2))
    assert customer.post(own, {"text": "Immer noch."}).status_code == 302
    assert "Immer noch." in desk.get(reverse("desk:fault", args=(entry.pk,))).content.decode()
    for page in ("desk:faults",):
        assert "Kasse 2" in desk.get(reverse(page)).content.decode()
    assert "Kasse 2" in customer.get(reverse("desk:own-faults")).content.decode()
    made = desk.post(reverse("desk:fault-request", args=(entry.pk,)))
    with as_tenant(house.tenant.pk):
        assert made["Location"] == reverse("desk:ticket", args=(Ticket.objects.get(subject="Kasse 2").pk,))
    assert desk.post(reverse("desk:fault-request", args=(ticket.pk,))).status_code == 404
