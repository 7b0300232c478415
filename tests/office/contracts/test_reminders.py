"""Reminding: by the house's own steps, one after the other, each once; never of a cent, a dispute or a kept plan."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions import payments
from kontor.office.contracts.actions import claim_cases, claim_letters, claiming, days, reminding
from kontor.office.contracts.actions.claim_letters import ClaimRefusedError
from kontor.office.contracts.models import Claim, ClaimLetter, ReminderProblem, ReminderRun
from kontor.rulebook.instalments import Instalment
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.office.contracts.late import STEPS, Late, make_late, noon

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 15)


def letters(late: Late) -> list[tuple[str, date, date]]:
    with as_tenant(late.house.tenant.pk):
        return list(ClaimLetter.objects.order_by("sent_on", "key").values_list("key", "sent_on", "pay_until"))


def remind(late: Late, on: date) -> ReminderRun | None:
    """Start a run and do its batches, as the worker does; the mails themselves are not sent."""
    with as_tenant(late.house.tenant.pk):
        run = reminding.start_reminders(at=noon(on), actor=late.house.actor)
        assert run is not None
        due = [facts.row.pk for facts in reminding.due_reminders(at=noon(on))]
        reminding.remind(run.pk, due, at=noon(on))
        return ReminderRun.objects.get(pk=run.pk)


def test_without_steps_of_the_house_nobody_is_reminded():
    late = make_late()
    late.invoice(DUE)
    run = remind(late, DUE + timedelta(days=60))
    assert (run and run.letters, letters(late)) == (0, [])


def test_steps_go_one_after_the_other_each_once():
    late = make_late()
    late.plan()
    late.invoice(DUE)
    for day in (6, 7, 7, 14, 20, 21, 22, 40):
        remind(late, DUE + timedelta(days=day))
    assert letters(late) == [
        ("reminder-1", date(2026, 5, 22), date(2026, 5, 29)),
        ("reminder-2", date(2026, 6, 5), date(2026, 6, 12)),
    ]
    with as_tenant(late.house.tenant.pk):
        mails = OutgoingMail.objects.filter(about_kind="contracts.Claim").order_by("at")
        assert [mail.subject for mail in mails] == [
            f"Zahlungserinnerung: Rechnung {late.facts().row.number}",
            f"1. Mahnung: Rechnung {late.facts().row.number}",
        ]
        # 22 May: 7 days at 10.27 % on 1190 = 2.3438…; 1190.00 + 2.34 + 40.00
        assert "1.232,34" in mails[0].text


def test_after_a_stop_or_a_clock_that_jumped_only_the_next_step_goes():
    late = make_late()
    late.plan()
    late.invoice(DUE)
    remind(late, DUE + timedelta(days=100))
    remind(late, DUE + timedelta(days=100))
    remind(late, DUE + timedelta(days=30))  # the clock went back
    assert [key for key, _, _ in letters(late)] == ["reminder-1"]
    remind(late, DUE + timedelta(days=108))
    assert [key for key, _, _ in letters(late)] == ["reminder-1", "reminder-2"]


def test_no_more_steps_than_the_offer_agreed_on():
    late = make_late("crm", agreed={"arrears.dunning_levels": 1})
    late.plan()
    late.invoice(DUE)
    for day in (7, 30, 60):
        remind(late, DUE + timedelta(days=day))
    assert [key for key, _, _ in letters(late)] == ["reminder-1"]


@pytest.mark.trap(56)
def test_one_transfer_for_three_invoices_a_cent_short_closes_two_and_the_cent_is_never_reminded_of():
    late = make_late("crm")  # no law on file: no interest beside the cent
    late.plan()
    invoices = [late.invoice(DUE, gross="119.00", occasion=f"no. {number}") for number in (1, 2, 3)]
    shares = [payments.Share(each.id, 11_900, payments.HAND) for each in invoices[:2]]
    shares.append(payments.Share(invoices[2].id, 11_899, payments.HAND))
    with as_tenant(late.house.tenant.pk):
        whole = payments.Booking(shares=tuple(shares), money=Money("EUR", 35_699), paid_on=DUE)  # 3 x 119.00 - 0.01
        payments.book_payment(whole, at=noon(DUE), actor=late.house.actor)
    for day in (7, 21, 60):
        remind(late, DUE + timedelta(days=day))
    with as_tenant(late.house.tenant.pk):
        assert Claim.objects.count() == 0  # 0.01 is within the seller's tolerance
    assert letters(late) == []


@pytest.mark.trap(56)
def test_of_a_claim_paid_but_for_a_cent_nobody_is_reminded():
    late = make_late("crm")
    late.plan()
    invoice = late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    late.pay(invoice, "1189.99", date(2026, 5, 18))
    for day in (7, 21, 60):
        remind(late, DUE + timedelta(days=day))
    facts = late.facts()
    assert (facts.principal, facts.row.next_on, facts.row.settled_on) == (Money("EUR", 1), None, None)
    assert letters(late) == []


def test_of_a_dispute_nobody_is_reminded_until_it_is_over():
    late = make_late()
    late.plan()
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    claim = late.facts().row.pk
    at = noon(DUE + timedelta(days=2))
    with as_tenant(late.house.tenant.pk):
        claim_cases.dispute(claim, reason="Leistung fehlt", at=at, actor=late.house.actor)
        with pytest.raises(ClaimRefusedError, match="settled, written off or disputed"):
            claim_cases.dispute(claim, reason="again", at=at, actor=late.house.actor)
        with pytest.raises(ClaimRefusedError, match="No letter goes out"):
            claim_letters.send_statement(claim, pay_until=date(2026, 7, 1), at=at, actor=late.house.actor)
    remind(late, DUE + timedelta(days=30))
    assert letters(late) == []
    with as_tenant(late.house.tenant.pk):
        claim_cases.end_dispute(claim, reason="Geklärt", at=noon(DUE + timedelta(days=31)), actor=late.house.actor)
        with pytest.raises(ClaimRefusedError, match="not disputed"):
            claim_cases.end_dispute(claim, reason="again", at=at, actor=late.house.actor)
    remind(late, DUE + timedelta(days=31))
    assert [key for key, _, _ in letters(late)] == ["reminder-1"]


def test_while_a_plan_is_kept_nobody_is_reminded_and_broken_the_rest_is_due():
    late = make_late("crm")
    late.plan()
    invoice = late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    claim = late.facts().row.pk
    plan = [Instalment(date(2026, 6, 1), Money("EUR", 60_000)), Instalment(date(2026, 7, 1), Money("EUR", 59_000))]
    at = noon(DUE + timedelta(days=2))
    with as_tenant(late.house.tenant.pk):
        with pytest.raises(RefusalError, match="is owed"):
            claim_cases.agree_plan(claim, plan[:1], note="Telefon", at=at, actor=late.house.actor)
        claim_cases.agree_plan(claim, plan, note="Telefon", at=at, actor=late.house.actor)
        with pytest.raises(ClaimRefusedError, match="runs already"):
            claim_cases.agree_plan(claim, plan, note="Telefon", at=at, actor=late.house.actor)
    late.pay(invoice, "600.00", date(2026, 6, 1))
    remind(late, date(2026, 7, 1))
    assert (letters(late), late.facts().plan is None) == ([], False)
    remind(late, date(2026, 7, 2))
    assert [key for key, _, _ in letters(late)] == ["reminder-1"]
    assert late.facts().plan is None


def test_a_plan_paid_in_full_is_kept():
    late = make_late("crm")
    invoice = late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    plan = [Instalment(date(2026, 6, 1), Money("EUR", 119_000))]
    with as_tenant(late.house.tenant.pk):
        made = claim_cases.agree_plan(
            late.facts().row.pk, plan, note="Telefon", at=noon(DUE + timedelta(days=2)), actor=late.house.actor
        )
    late.pay(invoice, "1190.00", date(2026, 5, 30))
    late.keep(date(2026, 5, 30))
    with as_tenant(late.house.tenant.pk):
        made.refresh_from_db()
    assert (made.kept_on, made.broken_on, late.facts().row.settled_on) == (
        date(2026, 5, 30),
        None,
        date(2026, 5, 30),
    )


def test_a_missing_rate_is_noted_and_no_letter_goes_out_until_it_is_entered():
    late = make_late()
    late.plan()
    late.invoice(date(2027, 1, 10))
    run = remind(late, date(2027, 1, 20))
    with as_tenant(late.house.tenant.pk):
        problem = ReminderProblem.objects.get(run=run)
        assert problem.sentence_en == "The legal rate for 11 January 2027 is missing."
        given: dict[str, Any] = {
            "first": date(2027, 1, 1), "last": date(2027, 6, 30), "percent": "1.77", "source": "Testwert",
            "confirmed": False, "at": noon(date(2027, 1, 20)), "actor": late.house.actor,
        }  # fmt: skip
        claim_cases.enter_rate("de", **given)
        with pytest.raises(RefusalError, match="on file already"):
            claim_cases.enter_rate("de", **given)
        with pytest.raises(RefusalError, match="lies before"):
            claim_cases.enter_rate("de", **given | {"last": date(2026, 1, 1)})
    remind(late, date(2027, 1, 20))
    assert [key for key, _, _ in letters(late)] == ["reminder-1"]
    # 10 days at 10.77 % on 1190 = 3.5113…
    assert late.facts().on(date(2027, 1, 20)).value.interest == Money("EUR", 351)


def test_a_batch_that_dies_in_the_middle_is_done_again_and_sends_nothing_twice(monkeypatch: pytest.MonkeyPatch):
    late = make_late()
    late.plan()
    for number in (1, 2, 3):
        late.invoice(DUE, occasion=f"no. {number}")
    at = noon(DUE + timedelta(days=7))
    with as_tenant(late.house.tenant.pk):
        run = reminding.start_reminders(at=at, actor=late.house.actor)
        assert run is not None
        wanted = [facts.row.pk for facts in reminding.due_reminders(at=at)]
        original = claim_letters.record_many

        def dies(_deeds: Any) -> Any:
            raise DatabaseError("the connection is gone")

        monkeypatch.setattr(claim_letters, "record_many", dies)
        with pytest.raises(DatabaseError), transaction.atomic():
            reminding.remind(run.pk, wanted, at=at)
        assert ClaimLetter.objects.count() == 0
        monkeypatch.setattr(claim_letters, "record_many", original)
        assert reminding.remind(run.pk, wanted, at=at) == 3
        assert reminding.remind(run.pk, wanted, at=at) == 0
        assert ClaimLetter.objects.count() == 3


def test_the_daily_job_sends_where_the_plan_lets_it_and_twice_a_day_changes_nothing():
    late = make_late()
    late.plan(automatic=True)
    late.invoice(DUE)
    at = noon(DUE + timedelta(days=7))
    with as_tenant(late.house.tenant.pk):
        assert reminding.start_reminders(at=noon(DUE), actor=late.house.actor, automatic=True) is None
        run = reminding.start_reminders(at=at, actor=late.house.actor, automatic=True)
        assert (run and run.claims) == 1
        claims = list(Claim.objects.values_list("pk", flat=True))
        assert run is not None
        reminding.remind(run.pk, claims, at=at)
        assert reminding.start_reminders(at=at, actor=late.house.actor, automatic=True) is None
    assert len(letters(late)) == 1


def test_the_day_s_job_looks_at_claims():
    late = make_late()
    late.invoice(date(2026, 5, 15))
    with as_tenant(late.house.tenant.pk):
        days.begin_day(at=noon(date(2026, 5, 16)))
    assert "contracts.claims" in run_jobs()
    with as_tenant(late.house.tenant.pk):
        assert Claim.objects.count() == 1


def test_steps_must_ascend():
    late = make_late()
    with pytest.raises(RefusalError, match="must ascend"):
        late.plan([STEPS[1], STEPS[0]])
    with pytest.raises(RefusalError, match="must ascend"):
        late.plan([{"days_late": 0, "pay_within": "7 days"}])


def test_a_payment_taken_back_opens_the_claim_again():
    late = make_late("crm")
    invoice = late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    payment = late.pay(invoice, "1190.00", date(2026, 5, 20))
    late.keep(date(2026, 5, 20))
    assert late.facts().row.settled_on == date(2026, 5, 20)
    with as_tenant(late.house.tenant.pk):
        payments.reverse_payment(
            payment.pk, on=date(2026, 5, 25), reason="Rücklast", at=noon(date(2026, 5, 25)), actor=late.house.actor
        )
    late.keep(date(2026, 5, 26))
    assert (late.facts().row.settled_on, late.facts().principal) == (None, Money("EUR", 119_000))


def test_another_house_s_claims_are_out_of_reach():
    late, other = make_late(), None
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    claim = late.facts().row.pk
    other = make_late_elsewhere()
    with as_tenant(other):
        with pytest.raises(Claim.DoesNotExist):
            claim_cases.dispute(claim, reason="x", at=noon(DUE), actor=late.house.actor)
        assert claiming.keep_claims(at=noon(DUE + timedelta(days=2))) == 0


def make_late_elsewhere() -> Any:
    from tests.people import make_tenant

    return make_tenant("Fremd").pk


def test_a_batch_of_twenty_asks_as_often_as_one_of_a_single_claim():
    late = make_late()
    late.plan()
    at, counts = noon(DUE + timedelta(days=7)), []
    for size in (1, 20):
        gross = {1: "1190.00", 20: "2380.00"}[size]  # other sums, so that both batches have rulings of their own
        made = [late.invoice(DUE, gross=gross, occasion=f"no. {number} of {size}") for number in range(size)]
        with as_tenant(late.house.tenant.pk):
            run = reminding.start_reminders(at=at, actor=late.house.actor)
            assert run is not None
            wanted = list(Claim.objects.filter(invoice_id__in=[each.id for each in made]).values_list("pk", flat=True))
            with CaptureQueriesContext(connection) as asked:
                assert reminding.remind(run.pk, wanted, at=at) == size
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_batch_of_refused_letters_asks_as_often_for_twenty_as_for_one():
    """No rate is on file for 2027: nothing is sent, each is noted once, and noted again under its own run."""
    late = make_late()
    late.plan()
    counts = []
    for size, at in ((1, noon(date(2027, 1, 20))), (20, noon(date(2027, 1, 21)))):
        made = [late.invoice(date(2027, 1, 10), occasion=f"no. {number} of {size}") for number in range(size)]
        with as_tenant(late.house.tenant.pk):
            run = reminding.start_reminders(at=at, actor=late.house.actor)
            assert run is not None
            wanted = list(Claim.objects.filter(invoice_id__in=[each.id for each in made]).values_list("pk", flat=True))
            with CaptureQueriesContext(connection) as asked:
                assert reminding.remind(run.pk, wanted, at=at) == 0
            assert reminding.remind(run.pk, wanted, at=at) == 0
            assert ReminderProblem.objects.filter(run=run).count() == size
        counts.append(len(asked))
    assert counts[0] == counts[1]
