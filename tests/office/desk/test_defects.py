"""A defect as a case: told late or meddled with, remedied, given two periods, and at last a reduction of the fee."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.contracts.models import FeeReduction
from kontor.office.desk.actions import defects, linking
from kontor.office.desk.actions.defects import Told
from kontor.office.desk.models import Defect, Problem, TicketLink
from kontor.office.desk.queries.defects import case_of
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import DOWN, MONDAY, WHO, again, opened
from tests.office.desk.test_views import fresh, tom
from tests.people import browser

pytestmark = pytest.mark.django_db
ON = {"at": MONDAY, "actor": WHO["actor"]}


@pytest.fixture
def house():
    return make_house("visitor")


@pytest.fixture
def contract(house):
    return signed(house)


def told(house, contract, **given: object) -> Told:
    with as_tenant(house.tenant.pk):
        part = contracts.parts_of(contract.pk, date(2026, 12, 1))[0][0]
    facts = {
        "position": part, "deviation": "Die Liste zeigt nur den ersten Gast.", "noticed_on": MONDAY.date(),
        "reported_on": MONDAY.date(),
    }  # fmt: skip
    return Told(**facts | given)


def opened_defect(house, contract, **given: object) -> Defect:
    ticket = opened(house, contract, answers=DOWN)
    facts = told(house, contract, **given)
    with as_tenant(house.tenant.pk):
        return defects.open_defect(ticket.pk, facts, **ON)


@pytest.mark.requirement("FW-022")
def test_a_late_notice_is_decided_and_a_modification_needs_its_proof(house, contract):
    late = {"noticed_on": date(2026, 5, 1), "reported_on": date(2026, 5, 20)}
    defect = opened_defect(house, contract, **late, interfered=True)
    with as_tenant(house.tenant.pk):
        case = case_of(defect.ticket)
        assert (case.notice.value, [each.en for each in case.barred]) == (
            19,
            [
                "Late notice, claims excluded?",
                "The customer interfered; the proof that this had no effect is missing.",
            ],
        )
        with pytest.raises(RefusalError, match="Late notice"):
            defects.remedy(defect.pk, "repair", "Update", **WHO, at=MONDAY)
        with pytest.raises(RefusalError, match="with a reason"):
            defects.decide_late(defect.pk, "admitted", reason=" ", **ON)
        defects.decide_late(defect.pk, "admitted", reason="Ohne Nachteil für uns.", **ON)
        with pytest.raises(RefusalError, match="proof that this had no effect"):
            defects.reduce_fee(defect.pk, date(2026, 5, 1), Decimal(10), on=MONDAY.date(), **ON)
        with pytest.raises(RefusalError, match=r"What is the proof\?"):
            defects.attach_proof(defect.pk, " ", **ON)
        defects.attach_proof(defect.pk, "Protokoll: nur die Farbe.", **ON)
        assert case_of(Defect.objects.get().ticket).barred == []


@pytest.mark.requirement("FW-021")
def test_instructions_need_the_customers_answer_before_the_defect_is_mended(house, contract):
    defect = opened_defect(house, contract)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="Which remedy"):
            defects.remedy(defect.pk, "prayer", "x", **WHO, at=MONDAY)
        with pytest.raises(RefusalError, match="The remedy is missing"):
            defects.mend(defect.pk, MONDAY.date(), **ON)
        defects.remedy(defect.pk, "instruction", "Nutzen Sie den Knopf daneben.", **WHO, at=MONDAY)
        case = case_of(defect.ticket)
        assert (case.remedy.en, case.asks, case.it.deviation) == (
            "Instructions that reasonably avoid the defect", True, "Die Liste zeigt nur den ersten Gast.",
        )  # fmt: skip
    assert again(defect.ticket).still_since == MONDAY  # it waits for the customer
    say = {"at": MONDAY, "actor": MACHINE, "words": "Geht.", "name": "Jonas"}
    with as_tenant(contract.customer_tenant_id):
        answer("desk.instruction_answered", defect.pk, reasonable=True, **say)
        with pytest.raises(RefusalError, match="Nothing is asked"):
            answer("desk.instruction_answered", defect.pk, reasonable=True, **say)
    with as_tenant(house.tenant.pk):
        assert defects.mend(defect.pk, MONDAY.date(), **ON).mended_on == MONDAY.date()
        assert not case_of(defect.ticket).asks


def test_only_after_a_second_period_the_fee_is_reduced_at_most_by_the_parts_own(house, contract):
    defect = opened_defect(house, contract)
    today = date(2027, 1, 20)
    later = {"at": MONDAY + timedelta(days=44), "actor": MACHINE}
    with as_tenant(house.tenant.pk):
        fee = contracts.parts_of(contract.pk, date(2026, 12, 1))[0][2]
        period = {"words": "Bitte bis dahin.", "name": "Jonas", **ON}
        defects.set_period(defect.pk, set_on=date(2026, 12, 7), until=date(2026, 12, 18), **period)
        with pytest.raises(RefusalError, match="second period"):
            defects.reduce_fee(defect.pk, date(2027, 1, 5), Decimal(99999), on=today, **later)
        defects.set_period(defect.pk, set_on=date(2026, 12, 21), until=date(2027, 1, 15), **period)
        with pytest.raises(RefusalError, match="did not stand"):
            defects.reduce_fee(defect.pk, date(2026, 11, 1), Decimal(10), on=today, **later)
        made = defects.reduce_fee(defect.pk, date(2027, 1, 5), Decimal(99999), on=today, **later)
        assert (made.month, made.amount_minor) == (date(2027, 1, 1), fee.minor)
        assert defects.reduce_fee(defect.pk, date(2027, 1, 9), Decimal(1), on=today, **later) == made
        row = FeeReduction.objects.get(pk=made.reduction)
        assert (row.second_period_until, row.whole, row.ruling) == (date(2027, 1, 15), True, made.ruling)
        ((_, amount, why),) = case_of(defect.ticket).reduced
        assert (amount, why.clauses[0].number) == (fee, "4.5.3")
    with as_tenant(contract.customer_tenant_id):
        received = Defect.received.get().ticket_id
        assert received == defect.ticket_id


def test_what_is_no_defect_is_refused(house, contract):
    defect = opened_defect(house, contract)
    ticket = opened(house, contract, answers=DOWN)
    stranger = opened(house)
    right = told(house, contract)
    with as_tenant(house.tenant.pk):
        for which, facts, said in (
            (stranger, right, "Without a contract"),
            (defect.ticket, right, "a defect already"),
            (ticket, told(house, contract, position="rocket"), "no such part"),
            (ticket, told(house, contract, deviation=" "), "differ from what was described"),
            (ticket, told(house, contract, noticed_on=date(2027, 1, 1)), "after it was noticed"),
        ):
            with pytest.raises(RefusalError, match=said):
                defects.open_defect(which.pk, facts, **ON)
        with pytest.raises(RefusalError, match="in writing"):
            period = {"set_on": date(2026, 12, 7), "until": date(2026, 12, 9), "words": " ", "name": "Jonas"}
            defects.set_period(defect.pk, **period, **ON)
        with pytest.raises(RefusalError, match="with a reason"):
            defects.decide_late(defect.pk, "excluded", reason="Zu spät.", **ON)


def test_every_step_of_a_defect_has_its_page_and_a_problem_gathers_its_requests(house, contract):
    desk = browser(house.staff, house.tenant)
    ticket = fresh(house, contract, answers=DOWN)
    facts, today = told(house, contract), timezone.localdate()
    given = {
        "position": facts.position, "deviation": facts.deviation, "noticed_on": today - timedelta(days=2),
        "reported_on": today, "interfered": "on",
    }  # fmt: skip
    page = reverse("desk:defect-new", args=(ticket.pk,))
    assert desk.get(page).status_code == 200
    assert desk.post(page, {**given, "noticed_on": today + timedelta(days=2)}).status_code == 422
    assert desk.post(page, given).status_code == 302
    with as_tenant(house.tenant.pk):
        defect = Defect.objects.get()
    steps = {
        "late": {"late": "admitted", "reason": "Ohne Nachteil."},
        "proof": {"proof": "Protokoll"},
        "remedy": {"kind": "instruction", "words": "Nehmen Sie den anderen Knopf."},
        "period": {"set_on": today, "until": today, "words": "Bitte bis dahin."},
    }
    for word, filled in steps.items():
        step = reverse("desk:defect", args=(defect.pk, word))
        assert (desk.get(step).status_code, desk.post(step, filled).status_code) == (200, 302), word
    for word, filled in (("mended", {"on": today}), ("reduction", {"month": f"{today:%Y-%m}", "amount": "10"})):
        assert desk.post(reverse("desk:defect", args=(defect.pk, word)), filled).status_code == 422
    assert desk.get(reverse("desk:defect", args=(defect.pk, "prayer"))).status_code == 404
    customer = tom(contract, "desk.own", "desk.company")
    own = reverse("desk:own-ticket", args=(ticket.pk,))
    assert "Nehmen Sie den anderen Knopf." in customer.get(own).content.decode()
    customer.post(reverse("desk:own-do", args=(ticket.pk, "instruction")), {"reasonable": "yes", "words": ""})
    assert desk.post(reverse("desk:defect", args=(defect.pk, "mended")), {"on": today}).status_code == 302
    _links(desk, house, ticket)


def _links(desk, house, ticket):
    new = reverse("desk:problem-new")
    assert desk.get(new).status_code == 200
    known = {"title": "Liste bricht ab", "cause": "", "workaround": "", "release": ""}
    assert desk.post(new, known).status_code == 302
    assert desk.post(new, known).status_code == 422
    with as_tenant(house.tenant.pk):
        problem = Problem.objects.get()
        with pytest.raises(RefusalError, match="belong to"):
            linking.link(ticket.pk, "PROBLEM:" + str(ticket.pk), **WHO, at=timezone.now())
    step = reverse("desk:step", args=(ticket.pk, "link"))
    assert desk.post(step, {"target": f"PROBLEM:{problem.pk}"}).status_code == 302
    page = reverse("desk:problem", args=(problem.pk,))
    assert ticket.subject in desk.get(page).content.decode()
    assert desk.post(page, {**known, "solved": "on"}).status_code == 422
    assert desk.post(page, {**known, "cause": "Zähler", "solved": "on"}).status_code == 302
    assert "1 request" in desk.get(reverse("desk:problems")).content.decode()
    assert "Liste bricht ab" in desk.get(reverse("desk:ticket", args=(ticket.pk,))).content.decode()
    with as_tenant(house.tenant.pk):
        link = TicketLink.objects.get()
    assert desk.post(reverse("desk:unlink", args=(link.pk,))).status_code == 302
    assert desk.post(reverse("desk:unlink", args=(link.pk,))).status_code == 404
