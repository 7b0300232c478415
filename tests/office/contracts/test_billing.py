"""The billing run under the visitor pack: what is billed, once, and what happens beside an error."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.queries.record import history_of
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceFile, InvoiceLine
from kontor.office.contracts.actions import billing, conclusion
from kontor.office.contracts.models import BillingProblem, BillingRun, Contract
from tests.background import run_jobs
from tests.factories import AT, accept, make_draft, make_house, make_party, send
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
DECEMBER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def concluded(house, **given: Any) -> Contract:
    offer = send(house, make_draft(house, make_party(house, **given)))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)  # or the day of the test decides
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.get(offer=offer)


def bill(house, until: date, *, at: datetime = DECEMBER) -> BillingRun:
    with as_tenant(house.tenant.pk):
        run = billing.start_run(until=until, at=at, actor=MACHINE)
        billing.bill_contracts(run.pk, list(Contract.objects.values_list("pk", flat=True)), at=at)
        return BillingRun.objects.get(pk=run.pk)


@pytest.mark.requirement("FW-047")
def test_the_first_month_and_the_hardware_are_invoiced_to_the_cent():
    """2 × 89.00 + 10 × 12.50 = 303.00 for December; 1,490.00 once; 1,793.00 + 19 % 340.67 = 2,133.67."""
    house = make_house()
    concluded(house)

    bill(house, date(2026, 12, 1))

    with as_tenant(house.tenant.pk):
        invoices = Invoice.objects.order_by("number")
        assert sum(invoice.net_minor for invoice in invoices) == 179_300
        assert sum(invoice.gross_minor for invoice in invoices) == 213_367
        lines = InvoiceLine.objects.order_by("item_key").values_list(
            "item_key", "quantity", "net_minor", "period_first", "period_last", "clause"
        )
        assert list(lines) == [
            ("seats", 10, 12_500, date(2026, 12, 1), date(2026, 12, 31), "7.4"),
            ("terminal", 1, 149_000, None, None, "7.4"),
            ("visitors", 2, 17_800, date(2026, 12, 1), date(2026, 12, 31), "7.4"),
        ]


def test_the_customer_has_fourteen_days():
    house = make_house()
    concluded(house)
    bill(house, date(2026, 12, 1))

    with as_tenant(house.tenant.pk):
        assert {invoice.due_on for invoice in Invoice.objects.all()} == {date(2026, 12, 15)}


def test_a_second_run_bills_nothing():
    house = make_house()
    concluded(house)
    first = bill(house, date(2026, 12, 31))
    second = bill(house, date(2026, 12, 31))

    with as_tenant(house.tenant.pk):
        assert (first.invoices, second.invoices) == (Invoice.objects.count(), 0)


def test_numbers_have_no_gap_over_runs_and_customers():
    house = make_house()
    concluded(house)
    concluded(house, name="Birke AG", email="post@birke.example", vat_id="")
    bill(house, date(2026, 12, 1))
    bill(house, date(2027, 1, 1), at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC))

    with as_tenant(house.tenant.pk):
        numbers = sorted(Invoice.objects.values_list("number", flat=True))
    december = [number for number in numbers if "-2026-" in number]
    january = [number for number in numbers if "-2027-" in number]
    assert december == [f"RE-2026-{place:05}" for place in range(1, len(december) + 1)]
    assert january == ["RE-2027-00001", "RE-2027-00002"]


def test_one_contract_with_an_error_holds_up_no_other():
    house = make_house()
    concluded(house, name="Fern Ltd", country="AT", vat_id="")  # another member state needs a VAT number
    concluded(house, name="Birke AG", email="post@birke.example")

    run = bill(house, date(2026, 12, 1))

    with as_tenant(house.tenant.pk):
        assert {invoice.customer_name for invoice in Invoice.objects.all()} == {"Birke AG"}
        assert [problem.contract.customer_name for problem in BillingProblem.objects.all()] == ["Fern Ltd"]
        assert run.done == run.contracts == 2


def test_invoices_are_printed_proved_mailed_and_shown_to_the_customer():
    house = make_house()
    contract = concluded(house)
    bill(house, date(2026, 12, 1))
    run_jobs()

    with as_tenant(house.tenant.pk):
        files = InvoiceFile.objects.values_list("invoice__number", "format")
        numbers = list(Invoice.objects.values_list("number", flat=True))
        assert sorted(files) == sorted((number, form) for number in numbers for form in ("XRECHNUNG_CII", "ZUGFERD"))
        assert InvoiceBalance.objects.filter(sent_at=None).count() == 0
        mails = OutgoingMail.objects.filter(about_kind="books.Invoice")
        assert [len(mail.attachments) for mail in mails] == [2] * len(numbers)
    with as_tenant(contract.customer_tenant_id):
        assert sorted(Invoice.received.values_list("number", flat=True)) == sorted(numbers)
        assert InvoiceLine.received.count() == 3
        assert Invoice.objects.count() == 0


def test_a_run_is_cut_into_jobs_and_recorded(monkeypatch):
    monkeypatch.setattr(billing, "BATCH", 2)
    house = make_house()
    for name in ("A", "B", "C"):
        concluded(house, name=name)
    with as_tenant(house.tenant.pk):
        run = billing.start_run(until=date(2026, 12, 1), at=DECEMBER, actor=house.actor)
        assert (run.contracts, run.finished_at) == (3, None)
        assert history_of(run.pk)[0].after == {"until": "2026-12-01", "contracts": 3}
    assert run_jobs()[:2] == ["contracts.bill", "contracts.bill"]
    with as_tenant(house.tenant.pk):
        done = BillingRun.objects.get()
        assert (done.done, done.invoices, done.finished_at is not None) == (3, Invoice.objects.count(), True)


def test_a_run_over_no_contract_is_over_at_once():
    house = make_house()
    with as_tenant(house.tenant.pk):
        run = billing.start_run(until=date(2026, 12, 1), at=DECEMBER, actor=house.actor)
        kept = BillingRun.objects.get(pk=run.pk)
    assert (kept.contracts, kept.finished_at, kept.net_minor) == (0, DECEMBER, 0)


def test_a_contract_whose_terms_cannot_be_billed_is_noted_and_holds_up_no_other():
    """A contract signed for four quarters whose offer names one invoice date; the refusal comes from the rulebook."""
    house = make_house("leisure")
    agreed = {"term.initial": "12 months", "invoicing.interval": "quarter", "invoicing.due": "30 days"}
    for dates in (["2026-12-05"], ["2026-12-05", "2027-02-05", "2027-05-05", "2027-08-05"]):
        accept(house, send(house, make_draft(house, make_party(house), agreed={**agreed, "invoicing.dates": dates})))
    run_jobs()

    run = bill(house, date(2026, 12, 5))

    with as_tenant(house.tenant.pk):
        problem = BillingProblem.objects.get()
        assert problem.sentence_en == (
            "The offer names 1 invoice dates for 4 intervals of the initial term; one day such as 2026-12-01 is "
            "expected for each."
        )
        assert (run.done, run.contracts) == (2, 2)
        assert {row.subject_id for row in Invoice.objects.all()} == set(
            Contract.objects.exclude(pk=problem.contract_id).values_list("pk", flat=True)
        )


def test_each_invoiced_line_keeps_its_decision_which_the_customer_can_read():
    house = make_house()
    contract = concluded(house)
    bill(house, date(2026, 12, 1))
    with as_tenant(house.tenant.pk):
        line = InvoiceLine.objects.get(item_key="visitors")
        invoice = Invoice.objects.get(pk=line.invoice_id)
        why, due = reasons_of(line.ruling), reasons_of(invoice.due_ruling)
    assert (why.question, due.question, due.value) == ("contracts.billed", "contracts.due", date(2026, 12, 15))
    assert (why.clauses[0].number, due.clauses[0].number) == ("7.4", "7.4")
    with as_tenant(contract.customer_tenant_id):
        assert reasons_of(invoice.due_ruling).digest == due.digest


def test_another_tenant_s_contracts_are_not_billed():
    house = make_house()
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        run = billing.start_run(until=date(2026, 12, 1), at=DECEMBER, actor=house.actor)
    stranger = make_tenant("Birch")
    with as_tenant(stranger.pk):
        with pytest.raises(BillingRun.DoesNotExist):
            billing.bill_contracts(run.pk, [contract.pk], at=DECEMBER)
        own = billing.start_run_of([contract.pk], until=date(2026, 12, 1), at=DECEMBER, actor=MACHINE)
        assert billing.bill_contracts(own.pk, [contract.pk], at=DECEMBER) == []
    with as_tenant(house.tenant.pk):
        assert not Invoice.objects.exists()


@pytest.mark.requirement("FW-046")
@pytest.mark.requirement("FW-047")
def test_hardware_is_invoiced_once_after_conclusion_and_the_flat_fee_from_each_first_day():
    """1,490.00 + 19 % 283.10 = 1,773.10 at once; 2 × 89.00 + 10 × 12.50 = 303.00 + 57.57 = 360.57 each month."""
    house = make_house()
    concluded(house)
    told = []
    for day in (date(2026, 11, 2), date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 1)):
        bill(house, day, at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        for invoice in Invoice.objects.order_by("issued_on"):
            items = sorted(invoice.lines.values_list("item_key", flat=True))
            told.append((invoice.issued_on, items, invoice.net_minor, invoice.gross_minor))
    assert told == [
        (date(2026, 11, 2), ["terminal"], 149_000, 177_310),
        (date(2026, 12, 1), ["seats", "visitors"], 30_300, 36_057),
        (date(2027, 1, 1), ["seats", "visitors"], 30_300, 36_057),
    ]
