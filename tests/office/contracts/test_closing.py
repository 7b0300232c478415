"""The month's close: all of it, in order, once; what it says beforehand is what it does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.announcing import announce_with_invoices
from kontor.office.books.actions.prices import change_seller
from kontor.office.books.models import Debit, Invoice
from kontor.office.contracts.actions import close_steps, closing
from kontor.office.contracts.actions.closing import CloseRefusedError, Moved
from kontor.office.contracts.actions.ending_cases import end_by_case, open_case, prove_case, tell_case
from kontor.office.contracts.models import (
    Amendment,
    BilledPeriod,
    CloseProblem,
    CloseResult,
    CloseStep,
    Contract,
    MonthClose,
    Suspension,
)
from kontor.office.contracts.queries import closing as queries
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.told import Side, Told
from tests.background import run_jobs
from tests.factories import AT, House, make_house
from tests.many import copies, one_contract
from tests.office.books.collecting import CREDITOR_ID, mandate
from tests.office.contracts.ending_walk import LETTER
from tests.office.contracts.late import make_late, noon

pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 1)
JANUARY_2 = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)


def close(house: House, month: date = DECEMBER, *, at: datetime = JANUARY_2, suspend: bool = False) -> MonthClose:
    """Close a month to its end, as the command does."""
    with as_tenant(house.tenant.pk):
        made, _ = closing.start_close(month, suspend=suspend, at=at, actor=house.actor)
    while True:
        with as_tenant(house.tenant.pk):
            if closing.advance(made.pk, at=at) is Moved.DONE:
                return MonthClose.objects.get(pk=made.pk)


def results(house: House, kind: str = "") -> list[tuple[Any, ...]]:
    with as_tenant(house.tenant.pk):
        rows = CloseResult.objects.order_by("kind", "label")
        found = rows.filter(kind=kind) if kind else rows
        return list(found.values_list("kind", "label", "amount_minor", "currency"))


@pytest.fixture
def house() -> House:
    """Three contracts of 303.00 EUR a month from December; the first of two terminals never bills again."""
    house = make_house()
    first = one_contract(house, without=["terminal"])
    run_jobs()
    with as_tenant(house.tenant.pk):
        copies(first, [{"name": "Kunde 2 GmbH"}, {"name": "Kunde 3 GmbH", "country": "AT", "vat_id": ""}])
    return house


def test_what_is_foreseen_is_what_is_done(house):
    with as_tenant(house.tenant.pk):
        lines, troubles = close_steps.preview(queries.as_month(DECEMBER), at=JANUARY_2)
        assert [(line.kind, line.amount and line.amount.minor) for line in lines] == [("invoice", 30_300)] * 3
        assert troubles == []
        assert not Invoice.objects.exists()

    close(house)

    # 2 × 89.00 + 10 × 12.50 = 303.00; the third customer, in Austria without VAT id, cannot be invoiced
    assert [row for row in results(house) if row[0] == "invoice"] == [
        ("invoice", "RE-2027-00001", 30_300, "EUR"),
        ("invoice", "RE-2027-00002", 30_300, "EUR"),
    ]
    with as_tenant(house.tenant.pk):
        assert [(row.kind, row.count, row.sums[0].minor) for row in queries.results_by_kind(MonthClose.objects.get())
                if row.kind == "invoice"] == [("invoice", 2, 60_600)]  # fmt: skip
        (problem,) = CloseProblem.objects.filter(step="billing").select_related("contract")
        assert problem.contract.customer_name == "Kunde 3 GmbH"
        assert {row.finished_at is not None for row in CloseStep.objects.all()} == {True}


@pytest.mark.trap(13)
@pytest.mark.trap(36)
def test_the_day_in_the_sellers_zone_dates_the_invoices_and_their_numbers(house):
    """23:30 UTC on 31 December is 00:30 on 1 January in Berlin."""
    close(house, at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        assert {row.issued_on for row in Invoice.objects.all()} == {date(2027, 1, 1)}
        assert [row.number for row in Invoice.objects.order_by("number")] == ["RE-2027-00001", "RE-2027-00002"]


def test_closing_twice_changes_nothing(house):
    first = close(house)
    before = results(house)
    with as_tenant(house.tenant.pk):
        entries = RecordEntry.objects.count()
        again, made = closing.start_close(DECEMBER, at=JANUARY_2 + timedelta(days=3), actor=house.actor)
        assert (again.pk, made) == (first.pk, False)
        assert closing.advance(again.pk, at=JANUARY_2) is Moved.DONE
        assert RecordEntry.objects.count() == entries
        assert MonthClose.objects.count() == 1
    assert results(house) == before


def test_a_month_that_has_not_begun_is_refused(house):
    with as_tenant(house.tenant.pk), pytest.raises(CloseRefusedError, match="has not begun"):
        closing.start_close(date(2027, 2, 1), at=JANUARY_2, actor=MACHINE)


def test_one_month_is_closed_after_the_other(house):
    with as_tenant(house.tenant.pk):
        closing.start_close(date(2026, 11, 1), at=JANUARY_2, actor=MACHINE)
        with pytest.raises(CloseRefusedError, match="2026-11 is still being closed"):
            closing.start_close(DECEMBER, at=JANUARY_2, actor=MACHINE)


def test_nothing_is_dated_before_what_was_done_already(house):
    """A clock that jumps back by a month in the middle dates the later invoices like the earlier ones."""
    with as_tenant(house.tenant.pk):
        made, _ = closing.start_close(DECEMBER, at=JANUARY_2, actor=MACHINE)
    while True:
        with as_tenant(house.tenant.pk):
            if closing.advance(made.pk, at=JANUARY_2 - timedelta(days=31)) is Moved.DONE:
                break
    with as_tenant(house.tenant.pk):
        assert {row.issued_on for row in Invoice.objects.all()} == {date(2027, 1, 2)}


def test_what_is_late_for_a_month_is_billed_in_the_next(house):
    close(house, date(2026, 11, 1), at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert results(house, "invoice") == []
    close(house)
    assert len(results(house, "invoice")) == 2


def test_the_background_does_it_to_the_end_and_looks_no_further(house):
    with as_tenant(house.tenant.pk):
        made, _ = closing.start_close(date(2026, 11, 1), at=noon(date(2026, 11, 30)), actor=house.actor)
        assert Due.objects.filter(job=closing.WATCH).count() == 1
        closing.go_on_in_background(made)
    done = run_jobs()
    assert done.count("contracts.close") == len(close_steps.STEPS) + 1
    with as_tenant(house.tenant.pk):
        made.refresh_from_db()
        assert made.finished_at is not None
        assert not Due.objects.filter(job=closing.WATCH).exists()
        closing.go_on_in_background(made)
    assert run_jobs() == []


def test_a_close_that_stands_still_is_taken_up_again(house):
    with as_tenant(house.tenant.pk):
        made, _ = closing.start_close(date(2026, 11, 1), at=noon(date(2026, 11, 30)), actor=house.actor)
        closing.advance(made.pk, at=noon(date(2026, 11, 30)))
        assert closing.watch(at=noon(date(2026, 11, 30)) + timedelta(minutes=1)) == 0
        assert closing.watch(at=noon(date(2026, 11, 30)) + timedelta(minutes=4)) == 1
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert MonthClose.objects.get().finished_at is not None
        assert closing.watch(at=JANUARY_2) == 0


def test_an_item_that_holds_a_batch_up_is_named_and_the_others_are_done(house, monkeypatch):
    real = close_steps.batches.renewing.renew

    def renew(ids: Any, *, at: datetime) -> list[Amendment]:
        if second in ids:
            raise ValueError("A row that nobody foresaw.")
        return real(ids, at=at)

    with as_tenant(house.tenant.pk):
        second = Contract.objects.order_by("pk")[1].pk
    monkeypatch.setattr(close_steps.batches.renewing, "renew", renew)
    close(house)
    with as_tenant(house.tenant.pk):
        found = CloseProblem.objects.filter(step="renewals").values_list("about", "sentence_en")
        assert list(found) == [(second, "A row that nobody foresaw.")]
    assert len(results(house, "invoice")) == 2


def test_batches_follow_each_other_without_a_gap(house, monkeypatch):
    one_by_one = [replace(step, size=1) for step in close_steps.STEPS]
    monkeypatch.setattr(close_steps, "STEPS", one_by_one)
    close(house)
    assert len(results(house, "invoice")) == 2
    with as_tenant(house.tenant.pk):
        assert list(CloseStep.objects.filter(key="billing").values_list("done", "total")) == [(3, 3)]


def test_claims_are_made_reminded_of_and_bear_interest():
    """1,190.00 due 15 May 2026: 7 days at 10.27 % until the 22nd are 2.34; the letter asks for 1,232.34."""
    late = make_late()
    late.plan()
    late.invoice(date(2026, 5, 15))
    close(late.house, date(2026, 5, 1), at=noon(date(2026, 5, 22)))
    assert results(late.house, "interest") == [("interest", late.facts().row.number, 234, "EUR")]
    assert results(late.house, "reminder") == [("reminder", late.facts().row.number, 123_234, "EUR")]


def test_services_are_suspended_only_where_somebody_asked_and_lifted_when_paid():
    late = make_late("leisure")
    owed = late.invoice(date(2026, 12, 15))
    close(late.house, date(2026, 11, 1), at=noon(date(2026, 12, 20)))
    assert results(late.house, "suspension") == []

    close(late.house, DECEMBER, at=noon(date(2026, 12, 28)), suspend=True)
    assert results(late.house, "suspension") == [("suspension", late.contract.number, None, "")]

    with as_tenant(late.house.tenant.pk):
        assert Suspension.objects.get().reason == "Monatsabschluss 12/2026"
        foreseen, _ = close_steps.preview(queries.as_month(date(2027, 1, 1)), at=noon(date(2027, 1, 20)))
        assert "reactivation" not in {line.kind for line in foreseen}
    late.pay(owed, "1190.00", date(2027, 1, 5))
    close(late.house, date(2027, 1, 1), at=noon(date(2027, 1, 20)))
    assert results(late.house, "reactivation") == [("reactivation", late.contract.number, None, "")]
    with as_tenant(late.house.tenant.pk):
        assert Suspension.objects.get().lifted_at == noon(date(2027, 1, 20))


def test_a_claim_paid_since_the_last_close_is_settled_and_told_of_no_more():
    """Paid on the day it became a claim, before any interest: nothing is left of it, and no line names it."""
    late = make_late("crm")
    owed = late.invoice(date(2026, 5, 15))
    late.keep(date(2026, 5, 16))
    number = late.facts().row.number
    late.pay(owed, "1190.00", date(2026, 5, 16))
    close(late.house, date(2026, 5, 1), at=noon(date(2026, 5, 22)))
    assert late.facts().row.settled_on == date(2026, 5, 22)
    assert number not in {label for _kind, label, *_rest in results(late.house)}
    with as_tenant(late.house.tenant.pk):
        assert CloseProblem.objects.count() == 0


def test_announced_debits_go_to_the_bank_and_one_that_cannot_is_named_with_its_reason():
    late = make_late()
    house, at = late.house, datetime(2026, 12, 1, 9, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, at=AT, actor=house.actor, creditor_id=CREDITOR_ID)
        party = late.contract.party
    mandate(house, party)
    issued = [late.invoice(date(2026, 12, 1), occasion=name) for name in ("one", "two")]
    with as_tenant(house.tenant.pk):
        rows = Invoice.objects.filter(pk__in=[each.id for each in issued]).select_related("seller")
        announce_with_invoices(list(rows), at=at)
    late.pay(issued[1], "90.00", date(2026, 12, 1))
    close(house, date(2026, 11, 1), at=noon(date(2026, 12, 2)))
    assert results(house, "debit") == [("debit", issued[0].number, 119_000, "EUR")]
    with as_tenant(house.tenant.pk):
        assert Debit.objects.get().invoice_id == issued[0].id
        problem = CloseProblem.objects.get(step="debits")
        assert (problem.label, problem.contract_id, problem.sentence_en) == (
            issued[1].number, late.contract.pk, "€1,100.00 are open now; another amount must be announced anew.",
        )  # fmt: skip


def test_a_contract_whose_last_day_lies_in_the_month_is_named():
    """Ended for good cause with 20 May 2027: May's close names it, June's does not."""
    late = make_late()
    on = date(2027, 5, 20)
    with as_tenant(late.house.tenant.pk):
        case = open_case(late.contract, Kind.GOOD_CAUSE, side=Side.PROVIDER, at=noon(on), actor=late.house.actor)
        prove_case(case.pk, LETTER, about="Bilanz", at=noon(on), actor=late.house.actor)
        told = Told(ground="false_statements", declared_on=on, declared_by=Means.LETTER)
        tell_case(case.pk, told, at=noon(on), actor=late.house.actor)
        end_by_case(case.pk, on=on, at=noon(on), actor=late.house.actor)
    close(late.house, date(2027, 5, 1), at=noon(date(2027, 6, 1)))
    with as_tenant(late.house.tenant.pk):
        rows = CloseResult.objects.filter(kind="ending").values_list("label", "on")
        assert list(rows) == [(late.contract.number, on)]
    close(late.house, date(2027, 6, 1), at=noon(date(2027, 7, 1)))
    assert len(results(late.house, "ending")) == 1


MIDNIGHT = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # in Berlin; the next year's first moment
ONE_HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("month", "moments", "dated"),
    [
        # 31 December, then 1 January, then 31 December again: what was dated stays the latest
        (DECEMBER, [MIDNIGHT - ONE_HOUR, MIDNIGHT + ONE_HOUR, MIDNIGHT - ONE_HOUR], [31, 1, 1]),
        # a day ahead by mistake and set right again: nothing is dated before what was dated so
        (DECEMBER, [MIDNIGHT + ONE_HOUR, MIDNIGHT + 25 * ONE_HOUR, MIDNIGHT + ONE_HOUR], [1, 2, 2]),
        # the night of 28 March 2027, when 02:00 becomes 03:00, and back over it
        (DECEMBER, [datetime(2027, 3, 28, hour, 30, tzinfo=UTC) for hour in (0, 1, 0)], [28, 28, 28]),
        # the night of 31 October 2027, when 02:30 comes twice, and back to the first of them
        (DECEMBER, [datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1, 0)], [31, 31, 31]),
    ],
)
def test_a_clock_that_jumps_in_the_middle_loses_doubles_and_reorders_nothing(monkeypatch, month, moments, dated):
    """Three contracts, a batch each, each batch at another moment: three invoices, in the order of number and day."""
    house = make_house()
    first = one_contract(house, without=["terminal"])
    with as_tenant(house.tenant.pk):
        copies(first, [{"name": "Kunde 2 GmbH"}, {"name": "Kunde 3 GmbH"}])
    monkeypatch.setattr(close_steps, "STEPS", [replace(step, size=1) for step in close_steps.STEPS])
    with as_tenant(house.tenant.pk):
        made, _ = closing.start_close(month, at=moments[0], actor=MACHINE)
    waiting, moved = iter(moments), Moved.ON
    while moved is Moved.ON:
        with as_tenant(house.tenant.pk):
            step = CloseStep.objects.filter(finished_at=None).order_by("place").values_list("key", flat=True).first()
            moved = closing.advance(made.pk, at=next(waiting, moments[-1]) if step == "billing" else moments[0])

    with as_tenant(house.tenant.pk):
        rows = list(Invoice.objects.order_by("issued_on", "number").values_list("number", "issued_on", "subject_id"))
        assert [day.day for _, day, _ in rows] == dated
        series: dict[int, list[str]] = {}
        for number, day, _ in rows:
            series.setdefault(day.year, []).append(number)
        for year, numbers in series.items():
            assert numbers == [f"RE-{year}-{place:05}" for place in range(1, len(numbers) + 1)]
        assert (
            len({subject for _, _, subject in rows})
            == len(rows)
            == BilledPeriod.objects.values("contract").distinct().count()
            == 3
        )
        assert CloseResult.objects.filter(kind="invoice").count() == 3
        assert not CloseProblem.objects.exists()
        assert closing.advance(made.pk, at=moments[0] - timedelta(days=400)) is Moved.DONE
