"""Credit notes: a part given back by a document of its own, and credit set off against what is open."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Event, OutgoingMail, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.credits import credit_invoice, set_off
from kontor.office.books.actions.invoices import (
    AlreadyCancelledError,
    NothingToCancelError,
    PartlyCreditedError,
    cancel_invoice,
)
from kontor.office.books.actions.payments import (
    HAND,
    Booking,
    PaymentRefusedError,
    Share,
    book_payment,
    reverse_payment,
)
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceFile, InvoiceLine, Payment
from kontor.office.books.queries.credits import CreditedPart, CreditOrder
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT, make_party
from tests.office.books.invoicing import invoices, make_customer_tenant

pytestmark = pytest.mark.django_db
ON = date(2026, 12, 12)
# 20 of the 31 days of December were not used: 100.00 × 20 / 31 = 64.516…, so 64.52; × 19 % = 12.2588, so 12.26.
UNUSED = CreditedPart(
    position=1,
    quantity=Decimal(20),
    unit="DAY",
    price=Decimal("100.00"),
    base_quantity=Decimal(31),
    first=date(2026, 12, 12),
    last=date(2026, 12, 31),
    clause="4.6.3",
)


def asked(invoice: Invoice, *parts: CreditedPart, occasion: str = "refund") -> CreditOrder:
    return CreditOrder(invoice=invoice.pk, occasion=occasion, on=ON, reason="Vertrag beendet", parts=parts or (UNUSED,))


def amount(net: str, position: int = 1) -> CreditedPart:
    return CreditedPart(position=position, quantity=Decimal(1), unit="C62", price=Decimal(net))


def open_minor(invoice_id) -> int:
    return InvoiceBalance.objects.get(invoice=invoice_id).open_minor


@pytest.mark.trap(27)
@pytest.mark.trap(59)
def test_unused_days_are_given_back_at_the_original_rate_with_reference_and_positive_amounts(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        done = credit_invoice(asked(row), at=AT, actor=house.actor)
        made = Invoice.objects.get(pk=done.id)
        document = from_json(made.document)
        (line,) = InvoiceLine.objects.filter(invoice=made)

        assert (made.kind, made.number, made.corrects_id, made.cancels_id, made.issued_on) == (
            "381",
            "RE-2026-00002",
            row.pk,
            None,
            ON,
        )
        assert (made.net_minor, made.vat_minor, made.gross_minor) == (6_452, 1_226, 7_678)
        assert [(each.number, each.issued) for each in document.preceding] == [(row.number, row.issued_on)]
        assert [(each.category.value, each.rate, each.tax) for each in document.vat] == [
            ("S", Decimal(19), Decimal("12.26"))
        ]
        assert (line.credits_position, line.quantity, line.unit, line.net_minor) == (1, Decimal(20), "DAY", 6_452)
        assert (line.period_first, line.period_last, line.clause) == (UNUSED.first, UNUSED.last, "4.6.3")
        assert document.terms == "Mindert RE-2026-00001; der Betrag wird verrechnet oder ausgezahlt."
        assert (open_minor(row.pk), open_minor(made.pk)) == (11_900 - 7_678, 0)


@pytest.mark.trap(27)
def test_a_credit_notes_files_pass_the_standards_rules_and_are_called_what_they_are(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        done = credit_invoice(asked(row), at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        formats = InvoiceFile.objects.filter(invoice=done.id).order_by("format").values_list("format", flat=True)
        assert list(formats) == ["XRECHNUNG_CII", "ZUGFERD"]
        subjects = set(OutgoingMail.objects.filter(about_id=done.id).values_list("subject", flat=True))
        assert subjects == {f"Rechnungskorrektur {done.number}"}


def test_the_last_credit_note_gives_back_the_last_cent_of_vat(house, party):
    """
    0.39 at 19 % is 0.07 of VAT, 0.46 in all. Three times 0.13 at 19 % is 0.02 each, 0.15 in all: 0.45 together.

    So the third rounds its amount due up by a cent (BT-114), and nothing is left open.
    """
    (row,) = invoices(house, party, "0.39")
    with as_tenant(house.tenant.pk):
        notes = [
            credit_invoice(asked(row, amount("0.13"), occasion=f"part {count}"), at=AT, actor=MACHINE)
            for count in range(3)
        ]
        documents = [from_json(Invoice.objects.get(pk=note.id).document) for note in notes]
        assert [(each.totals.gross, each.totals.rounding, each.totals.due) for each in documents] == [
            (Decimal("0.15"), Decimal("0.00"), Decimal("0.15")),
            (Decimal("0.15"), Decimal("0.00"), Decimal("0.15")),
            (Decimal("0.15"), Decimal("0.01"), Decimal("0.16")),
        ]
        assert open_minor(row.pk) == 0
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert InvoiceFile.objects.filter(invoice=notes[2].id).count() == 2


def test_no_more_is_credited_of_a_position_than_was_charged(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        credit_invoice(asked(row, amount("60.00")), at=AT, actor=MACHINE)
        with pytest.raises(RefusalError) as refused:
            credit_invoice(asked(row, amount("40.01"), occasion="more"), at=AT, actor=MACHINE)
        assert refused.value.text.en == "Only €40.00 of position 1 is left, not €40.01."
        with pytest.raises(RefusalError) as twice:
            credit_invoice(asked(row, amount("30.00"), amount("10.01"), occasion="two"), at=AT, actor=MACHINE)
        assert twice.value.text.en == "Only €10.00 of position 1 is left, not €10.01."
        assert open_minor(row.pk) == 11_900 - 7_140


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (amount("10.00", position=2), "RE-2026-00001 has no position 2."),
        (amount("0.00"), "No amount above zero is stated for position 1."),
    ],
)
def test_a_credit_of_nothing_or_for_no_position_is_refused_and_takes_no_number(house, party, part, sentence):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError) as refused:
            credit_invoice(asked(row, part), at=AT, actor=MACHINE)
        assert refused.value.text.en == sentence
        assert Invoice.objects.count() == 1


def test_an_occasion_is_credited_once(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        first = credit_invoice(asked(row), at=AT, actor=MACHINE)
        again = credit_invoice(asked(row), at=AT, actor=MACHINE)
        assert (again.id, first.made, again.made) == (first.id, True, False)
        assert open_minor(row.pk) == 4_222


def test_what_is_cancelled_or_credited_is_not_credited_or_cancelled_again(house, party):
    one, two = invoices(house, party, "100.00", "200.00")
    with as_tenant(house.tenant.pk):
        note = credit_invoice(asked(one), at=AT, actor=MACHINE)
        with pytest.raises(PartlyCreditedError, match=f"{one.number} was credited in part by {note.number}"):
            cancel_invoice(one.pk, on=ON, reason="x", at=AT, actor=MACHINE)
        with pytest.raises(NothingToCancelError, match=f"{note.number} is itself a cancellation"):
            credit_invoice(
                CreditOrder(invoice=note.id, occasion="x", on=ON, reason="x", parts=(UNUSED,)), at=AT, actor=MACHINE
            )
        done = cancel_invoice(two.pk, on=ON, reason="x", at=AT, actor=MACHINE)
        with pytest.raises(AlreadyCancelledError, match=f"{two.number} was cancelled by {done.number}"):
            credit_invoice(asked(two), at=AT, actor=MACHINE)


def test_another_tenant_finds_no_invoice_to_credit(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(make_customer_tenant().pk), pytest.raises(Invoice.DoesNotExist):
        credit_invoice(asked(row), at=AT, actor=MACHINE)


def test_an_invoice_credited_to_nothing_is_settled(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        credit_invoice(asked(row, amount("100.00")), at=AT, actor=MACHINE)
        balance = InvoiceBalance.objects.get(invoice=row)
        assert (balance.open_minor, balance.paid_on) == (0, ON)


def test_credit_on_a_paid_invoice_settles_the_next_one(house, party):
    """119.00 paid, 76.78 credited: 76.78 are owed, and pay 76.78 of the next 238.00; 161.22 stay open."""
    one, two = invoices(house, party, "100.00", "200.00")
    paid = Booking(shares=(Share(one.pk, 11_900, HAND),), money=Money("EUR", 11_900), paid_on=date(2026, 12, 2))
    with as_tenant(house.tenant.pk):
        book_payment(paid, at=AT, actor=MACHINE)
        credit_invoice(asked(one), at=AT, actor=MACHINE)
        assert open_minor(one.pk) == -7_678
        done = set_off(one.pk, two.pk, amount=Money("EUR", 7_678), on=ON, note="Verrechnung", at=AT, actor=house.actor)
        assert (done.amount_minor, open_minor(one.pk), open_minor(two.pk)) == (0, 0, 16_122)

        reverse_payment(done.pk, on=ON, reason="doch ausgezahlt", at=AT, actor=MACHINE)
        assert (open_minor(one.pk), open_minor(two.pk)) == (-7_678, 23_800)


def test_a_set_off_may_settle_an_invoice_whole(house, party):
    one, two = invoices(house, party, "200.00", "100.00")
    with as_tenant(house.tenant.pk):
        book_payment(
            Booking(shares=(Share(one.pk, 23_800, HAND),), money=Money("EUR", 23_800), paid_on=ON), at=AT, actor=MACHINE
        )
        credit_invoice(asked(one, amount("200.00")), at=AT, actor=MACHINE)
        set_off(one.pk, two.pk, amount=Money("EUR", 11_900), on=ON, note="x", at=AT, actor=MACHINE)
        settled = InvoiceBalance.objects.get(invoice=two)
        assert (settled.open_minor, settled.paid_on, open_minor(one.pk)) == (0, ON, -11_900)


@pytest.mark.parametrize("minor", [0, 7_679])
def test_no_more_is_set_off_than_is_owed(house, party, minor):
    one, two = invoices(house, party, "100.00", "200.00")
    with as_tenant(house.tenant.pk):
        book_payment(
            Booking(shares=(Share(one.pk, 11_900, HAND),), money=Money("EUR", 11_900), paid_on=ON), at=AT, actor=MACHINE
        )
        credit_invoice(asked(one), at=AT, actor=MACHINE)
        with pytest.raises(PaymentRefusedError, match="cannot be set off"):
            set_off(one.pk, two.pk, amount=Money("EUR", minor), on=ON, note="x", at=AT, actor=MACHINE)
        assert Payment.objects.count() == 1


def test_customers_and_currencies_are_not_mixed(house, party):
    other = make_party(house, name="Birke GmbH")
    (one,) = invoices(house, party, "100.00")
    (two,) = invoices(house, other, "100.00")
    with as_tenant(house.tenant.pk):
        for against, money in ((two.pk, Money("EUR", 100)), (one.pk, Money("NOK", 100))):
            with pytest.raises(PaymentRefusedError, match="of one customer in one currency"):
                set_off(one.pk, against, amount=money, on=ON, note="x", at=AT, actor=MACHINE)
        with pytest.raises(Invoice.DoesNotExist):
            set_off(one.pk, house.tenant.pk, amount=Money("EUR", 100), on=ON, note="x", at=AT, actor=MACHINE)


def test_crediting_and_setting_off_are_recorded_and_told(house, party):
    one, two = invoices(house, party, "100.00", "200.00")
    with as_tenant(house.tenant.pk):
        book_payment(
            Booking(shares=(Share(one.pk, 11_900, HAND),), money=Money("EUR", 11_900), paid_on=ON), at=AT, actor=MACHINE
        )
        note = credit_invoice(asked(one), at=AT, actor=house.actor)
        done = set_off(one.pk, two.pk, amount=Money("EUR", 100), on=ON, note="x", at=AT, actor=house.actor)
    with as_tenant(house.tenant.pk):
        entries = RecordEntry.objects.filter(object_id__in=[note.id, done.pk]).order_by("at", "id")
        assert list(entries.values_list("verb", "object_id", "actor")) == [
            ("books.invoice_credited", note.id, house.staff.pk),
            ("books.credit_set_off", done.pk, house.staff.pk),
        ]
        kinds = list(Event.objects.filter(kind__startswith="books.").order_by("number").values_list("kind", flat=True))
        assert kinds[-2:] == ["books.invoice_credited", "books.credit_set_off"]
