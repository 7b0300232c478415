"""Money booked by hand, taken back, and what is refused."""

import uuid
from datetime import date
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.payments import (
    HAND,
    Booking,
    PaymentRefusedError,
    Share,
    book_payment,
    book_payments,
    reverse_payment,
)
from kontor.office.books.actions.statements import import_statement
from kontor.office.books.models import BankEntry, Invoice, InvoiceBalance, Payment, PaymentShare
from kontor.office.books.queries.receivables import waiting_entries
from kontor.office.parties.models import BankAccount
from kontor.rulebook.money import Money
from tests.factories import AT, House, make_party
from tests.office.books.formats.statements import Detail, Entry, Paper, camt
from tests.office.books.invoicing import PAYER, invoices, make_customer_tenant

pytestmark = pytest.mark.django_db
PAID = date(2026, 12, 9)


def booking(minor: int, *shares: tuple[Invoice, int], currency: str = "EUR", **given: Any) -> Booking:
    parts = tuple(Share(invoice.pk, part, HAND) for invoice, part in shares)
    return Booking(shares=parts, money=Money(currency, minor), paid_on=PAID, **given)


def book(house: House, *bookings: Booking) -> list[Payment]:
    with as_tenant(house.tenant.pk):
        return book_payments(bookings, at=AT, actor=house.actor)


def balances(house: House) -> list[tuple[int, date | None]]:
    with as_tenant(house.tenant.pk):
        return list(InvoiceBalance.objects.order_by("invoice__number").values_list("open_minor", "paid_on"))


def entry_of(house: House, amount: str = "119.00") -> BankEntry:
    sheet = Paper(
        entries=(Entry(amount, details=(Detail(amount, iban=PAYER),)),), closing=f"{1000 + float(amount):.2f}"
    )
    with as_tenant(house.tenant.pk):
        import_statement(camt([sheet], "08"), seller=house.seller.pk, at=AT, actor=MACHINE)
        return BankEntry.objects.get()


def test_a_part_payment_leaves_the_rest_open(house, party):
    """119.00 − 50.00 = 69.00."""
    (invoice,) = invoices(house, party, "100.00")
    book(house, booking(5_000, (invoice, 5_000)))
    assert balances(house) == [(6_900, None)]

    book(house, booking(6_900, (invoice, 6_900)))
    assert balances(house) == [(0, PAID)]


def test_what_is_paid_too_much_stays_on_the_payment(house, party):
    (invoice,) = invoices(house, party, "100.00")
    (payment,) = book(house, booking(12_000, (invoice, 11_900)))

    assert balances(house) == [(0, PAID)]
    with as_tenant(house.tenant.pk):
        shared = sum(PaymentShare.objects.filter(payment=payment).values_list("amount_minor", flat=True))
    assert (payment.amount_minor - shared, payment.party_id) == (100, party.pk)


def test_one_transfer_pays_three_invoices_but_for_a_cent(house, party):
    """3 × 119.00 paid with 356.99: two closed, one with 0.01 open."""
    first, second, third = invoices(house, party, "100.00", "100.00", "100.00")
    book(house, booking(35_699, (first, 11_900), (second, 11_900), (third, 11_899)))
    assert balances(house) == [(0, PAID), (0, PAID), (1, None)]


def test_money_that_nobody_asked_for_is_kept_for_its_customer(house, party):
    (payment,) = book(house, booking(5_000, party=party.pk, note="Vorauszahlung"))
    assert (payment.party_id, payment.amount_minor, payment.note) == (party.pk, 5_000, "Vorauszahlung")


def test_more_than_is_open_is_refused_in_money(house, party):
    (invoice,) = invoices(house, party, "1000.00")
    with pytest.raises(PaymentRefusedError) as refused:
        book(house, booking(200_000, (invoice, 119_001)))

    assert refused.value.text == (
        f"{invoice.number} ist nur noch mit 1.190,00 € offen.",
        f"Only €1,190.00 of {invoice.number} is still open.",
    )
    assert balances(house) == [(119_000, None)]


@pytest.mark.parametrize("minor", [0, -100])
def test_a_payment_is_more_than_nothing(house, minor):
    with pytest.raises(PaymentRefusedError, match="not positive"):
        book(house, booking(minor))


def test_shares_beyond_the_money_are_refused(house, party):
    (invoice,) = invoices(house, party, "100.00")
    with pytest.raises(PaymentRefusedError, match="exceed the payment"):
        book(house, booking(5_000, (invoice, 5_001)))


def test_a_share_below_zero_is_refused(house, party):
    (invoice,) = invoices(house, party, "100.00")
    with pytest.raises(PaymentRefusedError, match="not positive"):
        book(house, booking(5_000, (invoice, -1)))


def test_an_invoice_named_twice_is_refused(house, party):
    (invoice,) = invoices(house, party, "100.00")
    with pytest.raises(PaymentRefusedError, match="named twice"):
        book(house, booking(5_000, (invoice, 1_000), (invoice, 2_000)))


def test_another_currency_is_refused(house, party):
    (invoice,) = invoices(house, party, "100.00")
    with pytest.raises(PaymentRefusedError, match="is in EUR, the payment in CHF"):
        book(house, booking(11_900, (invoice, 11_900), currency="CHF"))


def test_invoices_of_two_customers_are_refused(house, party):
    (ours,) = invoices(house, party, "100.00")
    (theirs,) = invoices(house, make_party(house, name="Birke AG", email="post@birke.example"), "100.00")
    with pytest.raises(PaymentRefusedError, match="belong to several"):
        book(house, booking(23_800, (ours, 11_900), (theirs, 11_900)))


def test_one_refused_payment_books_none_of_its_run(house, party):
    first, second = invoices(house, party, "100.00", "100.00")
    with pytest.raises(PaymentRefusedError):
        book(house, booking(11_900, (first, 11_900)), booking(20_000, (second, 20_000)))

    assert balances(house) == [(11_900, None), (11_900, None)]
    with as_tenant(house.tenant.pk):
        assert Payment.objects.count() == 0


def test_a_strangers_invoice_does_not_exist(house, party):
    (invoice,) = invoices(house, party, "100.00")
    with as_tenant(make_customer_tenant().pk), pytest.raises(Invoice.DoesNotExist):
        book_payment(booking(11_900, (invoice, 11_900)), at=AT, actor=MACHINE)


def test_a_bank_entry_is_booked_once(house, party):
    first, second = invoices(house, party, "100.00", "100.00")
    entry = entry_of(house)
    book(house, booking(11_900, (first, 11_900), entry=entry))

    with pytest.raises(PaymentRefusedError, match="matched already"):
        book(house, booking(11_900, (second, 11_900), entry=entry))
    with as_tenant(house.tenant.pk):
        assert list(waiting_entries()) == []
        assert BankAccount.objects.get().party_id == party.pk


def test_a_payment_taken_back_opens_its_invoice_and_frees_its_entry(house, party):
    first, second = invoices(house, party, "100.00", "100.00")
    entry = entry_of(house)
    (wrong,) = book(house, booking(11_900, (first, 11_900), entry=entry))

    with as_tenant(house.tenant.pk):
        back = reverse_payment(wrong.pk, on=PAID, reason="Falsche Rechnung", at=AT, actor=house.actor)
        assert (back.amount_minor, back.reverses_id, back.note) == (-11_900, wrong.pk, "Falsche Rechnung")
        assert [each.pk for each in waiting_entries()] == [entry.pk]
    assert balances(house) == [(11_900, None), (11_900, None)]

    (right,) = book(house, booking(11_900, (second, 11_900), entry=entry))
    assert right.attempt == 2
    assert balances(house) == [(11_900, None), (0, PAID)]


def test_a_payment_is_taken_back_once_and_its_reversal_never(house, party):
    (invoice,) = invoices(house, party, "100.00")
    (payment,) = book(house, booking(11_900, (invoice, 11_900)))
    with as_tenant(house.tenant.pk):
        back = reverse_payment(payment.pk, on=PAID, reason="x", at=AT, actor=house.actor)
        for each in (payment, back):
            with pytest.raises(PaymentRefusedError, match="taken back already"):
                reverse_payment(each.pk, on=PAID, reason="x", at=AT, actor=house.actor)
    assert balances(house) == [(11_900, None)]


def test_a_strangers_payment_is_not_taken_back(house, party):
    (invoice,) = invoices(house, party, "100.00")
    (payment,) = book(house, booking(11_900, (invoice, 11_900)))
    with as_tenant(make_customer_tenant().pk), pytest.raises(Payment.DoesNotExist):
        reverse_payment(payment.pk, on=PAID, reason="x", at=AT, actor=MACHINE)


def test_booking_and_taking_back_are_recorded(house, party):
    (invoice,) = invoices(house, party, "100.00")
    (payment,) = book(house, booking(11_900, (invoice, 11_900)))
    with as_tenant(house.tenant.pk):
        back = reverse_payment(payment.pk, on=PAID, reason="x", at=AT, actor=house.actor)
        verbs = RecordEntry.objects.filter(object_id__in=[payment.pk, back.pk]).order_by("verb")
        assert list(verbs.values_list("verb", "object_id", "actor")) == [
            ("books.payment_booked", payment.pk, house.staff.pk),
            ("books.payment_reversed", back.pk, house.staff.pk),
        ]


def test_an_unknown_invoice_does_not_exist(house):
    nothing = Booking(shares=(Share(uuid.uuid4(), 1, HAND),), money=Money("EUR", 1), paid_on=PAID)
    with pytest.raises(Invoice.DoesNotExist):
        book(house, nothing)


def test_no_payments_are_no_work(house, django_assert_num_queries):
    with as_tenant(house.tenant.pk), django_assert_num_queries(2):  # the savepoint alone
        assert book_payments([], at=AT, actor=MACHINE) == []
