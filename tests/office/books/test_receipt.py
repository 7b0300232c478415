"""Invoices that are payable so long after their receipt: when they are received, and what that changes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from kontor.kernel.actions import mail
from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import OutgoingMail
from kontor.kernel.queries.record import history_of
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.receiving import note_mail_accepted, note_opened
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.books.public import ReceiptRule
from kontor.office.books.queries.invoices import in_state, invoices as rows_of
from kontor.office.books.queries.outstanding import overdue_invoices
from kontor.office.books.queries.receivables import receivables
from kontor.office.books.queries.states import State
from kontor.office.parties.models import Party
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause, Text
from tests.background import run_jobs
from tests.factories import House
from tests.office.books.invoicing import issue, make_customer_tenant, order
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
RULE = ReceiptRule(
    within=Duration.parse("14 days"), zone="Europe/Berlin", clauses=(Clause("visitor", "7.4", "2026-01"),),
    pack="visitor", version="2026-01",
)  # fmt: skip
ISSUED = date(2026, 3, 2)
READER = Actor("OUTSIDE", None, "Jonas Alder")


def invoice(house: House, party: Party, **given: Any) -> Invoice:
    due = {"issued_on": ISSUED, "due_on": date(2026, 3, 16), "receipt": RULE}
    (row,) = issue(house, order(house, party, **{**due, **given}))
    return row


def balance(house: House, row: Invoice) -> InvoiceBalance:
    with as_tenant(house.tenant.pk):
        return InvoiceBalance.objects.get(invoice=row)


def accepted(house: House, row: Invoice, *moments: datetime) -> None:
    """The mails with the invoice are taken over at these moments."""
    with as_tenant(house.tenant.pk):
        for moment in moments:
            written = mail.send_mail(to="a@alder.example", subject="Rechnung", text="", about=row, at=moment)
            mail.note_sent(written.pk, at=moment)
        note_mail_accepted(row.pk, at=moments[-1])


@pytest.mark.requirement("FW-048")
def test_received_on_3_march_it_is_payable_until_17_march_and_overdue_on_the_18th(house: House, party: Party):
    row = invoice(house, party)
    assert (balance(house, row).due_on, balance(house, row).received_on) == (None, None)

    accepted(house, row, datetime(2026, 3, 3, 8, 0, tzinfo=UTC))

    kept = balance(house, row)
    assert (kept.received_on, kept.due_on) == (date(2026, 3, 3), date(2026, 3, 17))
    with as_tenant(house.tenant.pk):
        assert overdue_invoices(date(2026, 3, 17), limit=9) == []
        (late,) = overdue_invoices(date(2026, 3, 18), limit=9)
        assert (late.number, late.state.key, late.state.overdue_days) == (row.number, State.OVERDUE, 1)
        on_the_17th, on_the_18th = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (17, 18))
        assert list(in_state(rows_of(), State.OVERDUE, on_the_17th)) == []
        assert list(in_state(rows_of(), State.OVERDUE, on_the_18th)) == [row]
        why = reasons_of(kept.due_ruling)
        assert (why.value, [each.number for each in why.clauses]) == (date(2026, 3, 17), ["7.4"])
        assert [step.en for step in why.working] == [
            "The period begins when the invoice is received: 3 March 2026, accepted by the mail server.",
            "14 days after 3 March 2026 end on Tue 17 March 2026.",
        ]
        (entry,) = [each for each in history_of(row.pk) if each.verb == "books.invoice_received"]
        assert entry.clause == "7.4"
        assert entry.after == {"received_on": "2026-03-03", "due_on": "2026-03-17"}


def test_what_nobody_has_received_is_not_overdue_and_is_paid_in_the_order_expected(house: House, party: Party):
    row = invoice(house, party)
    with as_tenant(house.tenant.pk):
        assert overdue_invoices(date(2027, 1, 1), limit=9) == []
        (open_ones,) = receivables({house.seller.pk}).values()
        assert [each.due_on for each in open_ones.invoices] == [date(2026, 3, 16)]
        note_mail_accepted(row.pk, at=datetime(2026, 3, 3, tzinfo=UTC))  # no mail has been accepted yet
    assert balance(house, row).received_on is None


@pytest.mark.parametrize(
    ("moment", "day", "due"),
    [
        (datetime(2026, 3, 3, 22, 59, 59, tzinfo=UTC), date(2026, 3, 3), date(2026, 3, 17)),  # 23:59:59 in Berlin
        (datetime(2026, 3, 3, 23, 0, 0, tzinfo=UTC), date(2026, 3, 4), date(2026, 3, 18)),  # midnight in Berlin
        (datetime(2026, 3, 28, 22, 59, 0, tzinfo=UTC), date(2026, 3, 28), date(2026, 4, 11)),  # winter time
        (datetime(2026, 3, 29, 21, 59, 0, tzinfo=UTC), date(2026, 3, 29), date(2026, 4, 12)),  # summer time: 23:59
        (datetime(2026, 3, 29, 22, 0, 0, tzinfo=UTC), date(2026, 3, 30), date(2026, 4, 13)),  # summer time: midnight
        (datetime(2026, 10, 25, 22, 59, 0, tzinfo=UTC), date(2026, 10, 25), date(2026, 11, 8)),  # winter time again
        (datetime(2026, 3, 1, 22, 0, 0, tzinfo=UTC), ISSUED, date(2026, 3, 16)),  # never before its own date
    ],
)
def test_the_day_of_receipt_is_the_one_in_the_contract_s_zone(moment: datetime, day: date, due: date):
    received_on, ruling = RULE.payable(ISSUED, moment, known_by=Text("", ""))
    assert (received_on, ruling.value) == (day, due)


def test_the_earliest_receipt_counts(house: House, party: Party):
    row = invoice(house, party)
    accepted(house, row, datetime(2026, 3, 6, 8, tzinfo=UTC), datetime(2026, 3, 5, 8, tzinfo=UTC))
    assert balance(house, row).received_on == date(2026, 3, 5)
    with as_tenant(house.tenant.pk):
        note_opened(row, at=datetime(2026, 3, 4, 8, tzinfo=UTC), actor=READER)
    kept = balance(house, row)
    assert (kept.received_on, kept.due_on) == (date(2026, 3, 4), date(2026, 3, 18))
    with as_tenant(house.tenant.pk):
        note_opened(row, at=datetime(2026, 3, 9, 8, tzinfo=UTC), actor=READER)
        told = reasons_of(kept.due_ruling).working[0].de
    assert balance(house, row).due_on == date(2026, 3, 18)
    assert told == ("Die Frist beginnt mit dem Zugang der Rechnung: 04.03.2026, vom angemeldeten Kunden geöffnet.")
    assert balance(house, row).first_opened_at == datetime(2026, 3, 4, 8, tzinfo=UTC)


def test_what_counts_from_issue_never_moves(house: House, party: Party):
    row = invoice(house, party, receipt=None)
    accepted(house, row, datetime(2026, 3, 9, 8, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        note_opened(row, at=datetime(2026, 3, 10, 8, tzinfo=UTC), actor=READER)
    kept = balance(house, row)
    assert (kept.due_on, kept.received_on, kept.due_ruling) == (date(2026, 3, 16), None, None)


def test_several_invoices_wait_each_by_its_own_rule(house: House, party: Party):
    month = ReceiptRule(within=Duration.parse("1 month"), zone="Europe/Oslo", clauses=(), pack="crm", version="2026-01")
    rules = (RULE, month, None, RULE)
    issued = issue(
        house,
        *(order(house, party, occasion=str(place), issued_on=ISSUED, receipt=rule) for place, rule in enumerate(rules)),
    )
    assert [ReceiptRule.read(balance(house, row).due_rule) for row in issued] == list(rules)
    accepted(house, issued[1], datetime(2026, 3, 3, 8, tzinfo=UTC))
    assert balance(house, issued[1]).due_on == date(2026, 4, 3)
    assert balance(house, issued[0]).due_on is None


def test_the_document_and_the_mail_say_the_rule_and_the_day_expected(house: House, party: Party):
    row = invoice(house, party)
    run_jobs()
    assert from_json(row.document).terms == (
        "Zahlbar ohne Abzug; Frist: 14 Tage ab Zugang (Ziff. 7.4). Bei Zugang am Tag der Ausstellung ist das der "
        "16.03.2026."
    )
    assert from_json(row.document).due == date(2026, 3, 16)
    with as_tenant(house.tenant.pk):
        (mailed,) = OutgoingMail.objects.filter(about_id=row.pk)
        kept = InvoiceBalance.objects.get(invoice=row)
    assert "Zahlungsfrist: 14 Tage ab Zugang, bei Zugang am Tag der Ausstellung bis 16.03.2026." in mailed.text
    assert kept.received_on is not None  # the job that follows the mail has counted from its acceptance


def test_the_pages_say_the_rule_until_the_day_is_known(house: House, party: Party, staff: Client):
    row = invoice(house, party)
    page = staff.get(f"/books/invoices/{row.pk}/").content.decode()
    assert "14 days from receipt" in page
    accepted(house, row, datetime(2026, 3, 3, 8, tzinfo=UTC))
    page = staff.get(f"/books/invoices/{row.pk}/").content.decode()
    assert "14 days from receipt" not in page
    assert "Tue 17 Mar 2026" in page


def test_only_the_customer_opens_it_and_only_its_seller_hears_of_mail(house: House, party: Party):
    customer = make_customer_tenant()
    row = invoice(house, party, customer_tenant=customer.pk)
    with as_tenant(customer.pk):
        answer("books.invoice_opened", row.pk, at=datetime(2026, 3, 3, 8, tzinfo=UTC), actor=READER)
        shared = reasons_of(balance(house, row).due_ruling)
    assert balance(house, row).received_on == date(2026, 3, 3)
    assert shared.value == date(2026, 3, 17)
    with as_tenant(make_tenant("Birke").pk):
        with pytest.raises(Invoice.DoesNotExist):
            answer("books.invoice_opened", row.pk, at=datetime(2026, 3, 4, tzinfo=UTC), actor=MACHINE)
        note_mail_accepted(row.pk, at=datetime(2026, 3, 4, tzinfo=UTC))  # no mail of theirs
    assert balance(house, row).due_on == date(2026, 3, 17)
