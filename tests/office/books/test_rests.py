"""Overpayments and cents: tolerated, assigned later, paid back by a file or by hand, never twice."""

from datetime import UTC, date, datetime

import pytest
from lxml import etree

from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.assigning import assign_rest
from kontor.office.books.actions.invoices import cancel_invoice
from kontor.office.books.actions.payments import (
    HAND,
    Booking,
    PaymentRefusedError,
    Share,
    book_payment,
    reverse_payment,
)
from kontor.office.books.actions.prices import add_seller, change_seller
from kontor.office.books.actions.refunding import Payout, make_transfers, refund_credit, refund_rest, seller_of
from kontor.office.books.actions.statements import import_statement
from kontor.office.books.formats.iban import WrongIbanError
from kontor.office.books.models import BankEntry, InvoiceBalance, Payment, Refund, TransferBatch
from kontor.office.books.queries.owed import overdue_about
from kontor.office.books.queries.rests import rest_of, with_rests
from kontor.rulebook.money import Money
from tests.at_once import at_once
from tests.factories import AT, SELLER, House, make_house, make_party
from tests.office.books.formats.statements import camt
from tests.office.books.furnishing import read_in, sheet
from tests.office.books.invoicing import PAYER, invoices
from tests.people import make_tenant, verbs

ON = date(2026, 12, 10)


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def party(house):
    return make_party(house)


def opened(house: House) -> list[int]:
    with as_tenant(house.tenant.pk):
        return list(InvoiceBalance.objects.order_by("invoice__number").values_list("open_minor", flat=True))


def overpaid(house: House, row: object, minor: int, share: int) -> Payment:
    booking = Booking(
        shares=(Share(row.pk, share, HAND),), money=Money("EUR", minor), paid_on=ON, note="bar", party=row.party_id
    )  # fmt: skip
    with as_tenant(house.tenant.pk):
        return book_payment(booking, at=AT, actor=house.actor)


def left(house: House, payment: Payment) -> int:
    with as_tenant(house.tenant.pk):
        rest = rest_of(payment).minor
        listed = dict(with_rests().values_list("pk", "rest_minor")).get(payment.pk, 0)
    assert listed == rest
    return rest


@pytest.mark.django_db
@pytest.mark.trap(56)
def test_a_cent_missing_closes_two_invoices_and_leaves_a_cent_that_nobody_is_reminded_of(house, party):
    """84.03 net is 100.00 gross; 3 x 100.00 paid with 299.99."""
    rows = invoices(house, party, "84.03", "84.03", "84.03")
    read_in(house, sheet(("299.99", " ".join(row.number for row in rows))))
    assert opened(house) == [0, 0, 1]
    with as_tenant(house.tenant.pk):
        assert overdue_about("contract", before=date(2027, 6, 1)) == []


@pytest.mark.django_db
@pytest.mark.trap(56)
@pytest.mark.parametrize(("paid", "expected"), [("299.95", [0, 0, 5]), ("299.94", [10_000] * 3)])
def test_what_exceeds_the_tolerance_waits_for_a_person(house, party, paid, expected):
    rows = invoices(house, party, "84.03", "84.03", "84.03")
    read_in(house, sheet((paid, " ".join(row.number for row in rows))))
    assert opened(house) == expected


@pytest.mark.django_db
@pytest.mark.trap(56)
def test_no_tolerance_is_a_setting_too(house, party):
    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, at=AT, actor=house.actor, tolerance_minor=0)
    rows = invoices(house, party, "84.03", "84.03", "84.03")
    read_in(house, sheet(("299.99", " ".join(row.number for row in rows))))
    assert opened(house) == [10_000] * 3


@pytest.mark.django_db
@pytest.mark.trap(56)
def test_an_overpayment_is_assigned_later_and_the_assignment_taken_back(house, party):
    one, two = invoices(house, party, "100.00", "200.00")
    payment = overpaid(house, one, 15_000, 11_900)
    assert left(house, payment) == 3_100
    with as_tenant(house.tenant.pk):
        drawn = assign_rest(payment.pk, two.pk, amount=Money("EUR", 2_000), on=ON, at=AT, actor=house.actor)
    assert (opened(house), left(house, payment), left(house, drawn)) == ([0, 21_800], 1_100, 0)
    with as_tenant(house.tenant.pk):
        with pytest.raises(PaymentRefusedError, match="has been used"):
            reverse_payment(payment.pk, on=ON, reason="falsch", at=AT, actor=house.actor)
        reverse_payment(drawn.pk, on=ON, reason="falsch", at=AT, actor=house.actor)
    assert (opened(house), left(house, payment)) == ([0, 23_800], 3_100)
    with as_tenant(house.tenant.pk):
        reverse_payment(payment.pk, on=ON, reason="falsch", at=AT, actor=house.actor)
    assert (opened(house), left(house, payment)) == ([11_900, 23_800], 0)


@pytest.mark.django_db
def test_more_than_is_left_and_another_customers_invoice_are_refused(house, party):
    (one,) = invoices(house, party, "100.00")
    (other,) = invoices(house, make_party(house, name="Elbhof eG"), "100.00")
    payment = overpaid(house, one, 15_000, 11_900)
    with as_tenant(house.tenant.pk):
        for invoice, minor in ((one, 3_101), (one, 0), (other, 100), (one, 100)):
            with pytest.raises(PaymentRefusedError):
                assign_rest(payment.pk, invoice.pk, amount=Money("EUR", minor), on=ON, at=AT, actor=house.actor)
    assert left(house, payment) == 3_100


@pytest.mark.django_db(transaction=True)
def test_two_at_once_spend_a_rest_once():
    house = make_house()
    one, two = invoices(house, make_party(house), "100.00", "200.00")
    payment = overpaid(house, one, 15_000, 11_900)

    def spend() -> None:
        with as_tenant(house.tenant.pk):
            assign_rest(payment.pk, two.pk, amount=Money("EUR", 3_000), on=ON, at=AT, actor=house.actor)

    outcomes = [type(each) for each in at_once(spend, spend)]
    assert sorted(outcomes, key=str) == sorted([type(None), PaymentRefusedError], key=str)
    assert left(house, payment) == 100


def payout(minor: int, **given: object) -> Payout:
    told = {"way": Refund.Way.FILE, "holder": "Alder & Söhne GmbH", "iban": PAYER, "reason": "Erstattung"}
    return Payout(amount=Money("EUR", minor), **{**told, **given})


@pytest.mark.django_db
def test_a_rest_is_paid_back_by_a_file_made_once(house, party):
    """2 November 2026 is a Monday: carried out on Tuesday 3."""
    (one,) = invoices(house, party, "100.00")
    payment = overpaid(house, one, 15_000, 11_900)
    with as_tenant(house.tenant.pk):
        refund = refund_rest(payment.pk, payout(3_100), seller=house.seller.pk, on=ON, at=AT, actor=house.actor)
        first = make_transfers([refund.pk], seller=house.seller.pk, at=AT, actor=house.actor)
        again = make_transfers([refund.pk], seller=house.seller.pk, at=AT, actor=house.actor)
        content = etree.fromstring(read(first.file))
        assert TransferBatch.objects.count() == 1
    assert (first.pk, first.execute_on, first.total_minor) == (again.pk, date(2026, 11, 3), 3_100)
    assert [content.findtext(f".//{{*}}{name}") for name in ("InstdAmt", "CtrlSum", "Ustrd")] == [
        "31.00", "31.00", "Erstattung",
    ]  # fmt: skip
    assert left(house, payment) == 0
    assert verbs(house.tenant, refund) == ["books.refund_booked"]
    with as_tenant(house.tenant.pk), pytest.raises(PaymentRefusedError):
        refund_rest(payment.pk, payout(1), seller=house.seller.pk, on=ON, at=AT, actor=house.actor)


@pytest.mark.django_db
def test_money_goes_back_from_the_account_it_came_to(house, party):
    """A statement's payment: the statement's seller; one by hand: its invoice's; one for nothing: the first seller."""
    one, two = invoices(house, party, "100.00", "200.00")
    with as_tenant(house.tenant.pk):
        other = add_seller(at=AT, actor=house.actor, **SELLER | {"name": "Lindwurm Handel GmbH"})
        import_statement(camt((sheet(("50.00", "ohne Angabe")),), "08"), seller=other.pk, at=AT, actor=house.actor)
        told = Booking(
            shares=(Share(one.pk, 5_000, HAND),), money=Money("EUR", 5_000), paid_on=ON,
            entry=BankEntry.objects.get(),
        )  # fmt: skip
        from_bank = book_payment(told, at=AT, actor=house.actor)
        nothing = Booking(shares=(), money=Money("EUR", 100), paid_on=ON, note="bar", party=party.pk)
        for_nothing = book_payment(nothing, at=AT, actor=house.actor)
    by_hand = overpaid(house, two, 15_000, 11_900)
    with as_tenant(house.tenant.pk):
        assert seller_of(from_bank) == other.pk
        assert seller_of(by_hand) == house.seller.pk
        assert seller_of(for_nothing) == house.seller.pk


@pytest.mark.django_db
def test_a_cancelled_invoice_that_was_paid_is_refunded_by_hand(house, party):
    (one,) = invoices(house, party, "100.00")
    overpaid(house, one, 11_900, 11_900)
    with as_tenant(house.tenant.pk):
        cancel_invoice(one.pk, on=ON, reason="Fehler", at=AT, actor=house.actor)
        by_hand = payout(11_900, way=Refund.Way.HAND, iban="")
        with pytest.raises(PaymentRefusedError):
            refund_credit(one.pk, payout(11_901), on=ON, at=AT, actor=house.actor)
        refund_credit(one.pk, by_hand, on=ON, at=AT, actor=house.actor)
        assert InvoiceBalance.objects.get(invoice=one).open_minor == 0
        waits_not = Refund.objects.get()
        with pytest.raises(PaymentRefusedError):
            make_transfers([waits_not.pk], seller=house.seller.pk, at=AT, actor=house.actor)


@pytest.mark.django_db
def test_an_account_that_no_transfer_reaches_is_refused_whole(house, party):
    (one,) = invoices(house, party, "100.00")
    payment = overpaid(house, one, 15_000, 11_900)
    with as_tenant(house.tenant.pk), pytest.raises(WrongIbanError):
        refund_rest(payment.pk, payout(100, iban="DE00"), seller=house.seller.pk, on=ON, at=AT, actor=house.actor)
    assert left(house, payment) == 3_100


@pytest.mark.django_db
def test_another_tenant_spends_nothing(house, party):
    (one,) = invoices(house, party, "100.00")
    payment = overpaid(house, one, 15_000, 11_900)
    with as_tenant(make_tenant("Other").pk):
        with pytest.raises(Payment.DoesNotExist):
            assign_rest(payment.pk, one.pk, amount=Money("EUR", 1), on=ON, at=AT, actor=house.actor)
        with pytest.raises(Payment.DoesNotExist):
            refund_rest(payment.pk, payout(1), seller=house.seller.pk, on=ON, at=datetime.now(UTC), actor=house.actor)
