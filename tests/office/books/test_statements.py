"""Bank statements: proved, kept once, and what is beyond doubt booked at once."""

from dataclasses import replace
from datetime import date

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.statements import Imported, StatementRefusedError, import_statement
from kontor.office.books.formats.xml_in import RefusedXmlError
from kontor.office.books.models import (
    BankEntry,
    BankStatement,
    InvoiceBalance,
    Payment,
    PaymentShare,
    Seller,
)
from kontor.office.books.queries.receivables import waiting_entries, weighed
from kontor.office.parties import public as parties
from kontor.office.parties.models import BankAccount
from tests.factories import AT, House
from tests.office.books.formats.statements import Detail, Entry, Paper, camt
from tests.office.books.invoicing import PAYER, invoices, make_customer_tenant

pytestmark = pytest.mark.django_db

HOSTILE = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/>&x;</Document>'
)


def paper(*entries: Entry, closing: str, **given: str) -> Paper:
    return Paper(entries=entries, opening="1000.00", closing=closing, **given)


def paid(amount: str, text: str, **given: str) -> Entry:
    return Entry(amount, details=(Detail(amount, remittance=(text,), iban=PAYER, **given),), reference=f"B-{text}")


def take(house: House, *papers: Paper, version: str = "08") -> list[Imported]:
    with as_tenant(house.tenant.pk):
        return import_statement(camt(papers, version), seller=house.seller.pk, at=AT, actor=house.actor)


def opens(house: House) -> dict[str, int]:
    with as_tenant(house.tenant.pk):
        return dict(InvoiceBalance.objects.values_list("invoice__number", "open_minor"))


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_payment_that_names_its_invoice_and_is_exact_pays_it(house, party, version):
    """1000.00 + 119.00 = 1119.00."""
    (invoice,) = invoices(house, party, "100.00")
    (done,) = take(house, paper(paid("119.00", f"Rechnung {invoice.number}"), closing="1119.00"), version=version)

    assert (done.made, done.entries, done.booked, done.waiting) == (True, 1, 1, 0)
    with as_tenant(house.tenant.pk):
        balance = InvoiceBalance.objects.get()
        assert (balance.open_minor, balance.paid_on) == (0, date(2026, 11, 20))
        share = PaymentShare.objects.select_related("payment__entry").get()
        assert (share.amount_minor, share.found_by) == (11_900, "REFERENCE")
        assert (share.payment.party_id, share.payment.entry.statement_id) == (party.pk, done.id)


@pytest.mark.trap(54)
def test_each_part_of_a_batch_pays_its_own_invoice(house, party):
    """1000.00 + (119.00 + 59.50) = 1178.50: one entry of 178.50, two payments."""
    first, second = invoices(house, party, "100.00", "50.00")
    batch = (
        Detail("119.00", "E-1", remittance=(first.number,), iban=PAYER),
        Detail("59.50", second.number, remittance=("danke",), iban=PAYER),
    )
    (done,) = take(house, paper(Entry("178.50", details=batch), closing="1178.50"))

    assert (done.entries, done.booked) == (2, 2)
    assert opens(house) == {first.number: 0, second.number: 0}


@pytest.mark.trap(54)
def test_the_same_statement_twice_changes_nothing(house, party):
    (invoice,) = invoices(house, party, "100.00")
    sheet = paper(paid("119.00", invoice.number), closing="1119.00")
    (first,) = take(house, sheet)
    with as_tenant(house.tenant.pk):
        before = (BankEntry.objects.count(), Payment.objects.count(), RecordEntry.objects.count())
    (second,) = take(house, sheet, version="02")  # another file, the same statement

    assert (second.id, second.made, second.booked) == (first.id, False, 0)
    with as_tenant(house.tenant.pk):
        assert (BankEntry.objects.count(), Payment.objects.count(), RecordEntry.objects.count()) == before
        assert BankStatement.objects.count() == 1
    assert opens(house) == {invoice.number: 0}


def test_a_second_statement_beside_a_known_one_is_taken(house, party):
    known = paper(closing="1000.00")
    take(house, known)
    fresh = paper(paid("5.00", "X"), closing="1005.00", identification="2026-231", opened="2026-11-21")
    answers = take(house, known, replace(fresh, closed="2026-11-21"))

    assert [(each.identification, each.made) for each in answers] == [("2026-230", False), ("2026-231", True)]


def test_next_years_statement_of_the_same_number_is_another_one(house):
    take(house, paper(closing="1000.00"))
    (second,) = take(house, paper(closing="1000.00", opened="2027-11-20", closed="2027-11-20"))
    assert second.made


def test_a_known_statement_with_other_entries_is_refused(house):
    take(house, paper(paid("5.00", "X"), closing="1005.00"))
    with pytest.raises(StatementRefusedError, match="2026-230 is here already, but with other entries"):
        take(house, paper(paid("6.00", "X"), closing="1006.00"))


@pytest.mark.trap(54)
def test_a_statement_that_does_not_add_up_is_refused_and_leaves_nothing(house, party):
    (invoice,) = invoices(house, party, "100.00")
    with pytest.raises(RefusedXmlError, match="does not add up"):
        take(house, paper(paid("119.00", invoice.number), closing="1120.00"))

    with as_tenant(house.tenant.pk):
        assert (BankStatement.objects.count(), Payment.objects.count()) == (0, 0)
    assert opens(house) == {invoice.number: 11_900}


def test_a_bad_statement_takes_the_good_one_in_its_file_with_it(house):
    good = paper(closing="1000.00")
    with pytest.raises(RefusedXmlError):
        take(house, good, replace(good, identification="2026-231", closing="1.00"))
    with as_tenant(house.tenant.pk):
        assert BankStatement.objects.count() == 0


def test_a_statement_of_another_account_is_refused(house):
    with as_tenant(house.tenant.pk):
        Seller.objects.update(iban="DE75512108001245126199")
    with pytest.raises(StatementRefusedError, match="is of account DE02120300000000202051"):
        take(house, paper(closing="1000.00"))


def test_a_sellers_iban_may_be_written_with_spaces(house):
    with as_tenant(house.tenant.pk):
        Seller.objects.update(iban="DE02 1203 0000 0000 2020 51")
    (done,) = take(house, paper(closing="1000.00"))
    assert done.made


def test_a_statement_in_another_currency_is_refused(house):
    with as_tenant(house.tenant.pk):
        Seller.objects.update(currency="CHF")
    with pytest.raises(StatementRefusedError, match="is in EUR"):
        take(house, paper(closing="1000.00"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HOSTILE, "carries a document type or entities"),
        (b"<Document", "not well-formed"),
        (b"<Document/>", "no camt.053"),
        (b"\xff\xfe\x00", "not text in"),
        (b"", "not well-formed"),
    ],
)
def test_hostile_and_broken_files_are_refused(house, content, sentence):
    with as_tenant(house.tenant.pk), pytest.raises(RefusedXmlError, match=sentence):
        import_statement(content, seller=house.seller.pk, at=AT, actor=house.actor)


def test_another_tenants_seller_does_not_exist(house):
    content = camt([paper(closing="1000.00")], "08")
    with as_tenant(make_customer_tenant().pk), pytest.raises(Seller.DoesNotExist):
        import_statement(content, seller=house.seller.pk, at=AT, actor=MACHINE)


@pytest.mark.trap(54)
def test_money_that_comes_back_is_kept_and_not_booked(house, party):
    """1000.00 − 119.00 = 881.00."""
    (invoice,) = invoices(house, party, "100.00")
    back = Detail("119.00", invoice.number, iban=PAYER, returned="AC04", remittance=(invoice.number,))
    (done,) = take(house, paper(Entry("119.00", "DBIT", (back,)), closing="881.00"))

    assert (done.entries, done.booked, done.waiting) == (1, 0, 0)
    with as_tenant(house.tenant.pk):
        entry = BankEntry.objects.get()
        assert (entry.amount_minor, entry.returned_reason) == (-11_900, "AC04")
    assert opens(house) == {invoice.number: 11_900}


def test_of_two_payments_for_one_invoice_the_second_waits(house, party):
    (invoice,) = invoices(house, party, "100.00")
    twice = (paid("119.00", invoice.number), replace(paid("119.00", invoice.number), reference="B-2"))
    (done,) = take(house, paper(*twice, closing="1238.00"))

    assert (done.booked, done.waiting) == (1, 1)
    assert opens(house) == {invoice.number: 0}


def test_what_is_not_exact_waits_with_a_proposal(house, party):
    (invoice,) = invoices(house, party, "100.00")
    (done,) = take(house, paper(paid("100.00", invoice.number), closing="1100.00"))

    assert (done.booked, done.waiting) == (0, 1)
    with as_tenant(house.tenant.pk):
        (waiting,) = weighed(list(waiting_entries()))
    assert [[(each.number, minor) for each, minor in one.shares] for one in waiting.proposals] == [
        [(invoice.number, 10_000)]
    ]


def test_the_payers_account_is_learnt_encrypted_and_known_the_next_time(house, party):
    first, second = invoices(house, party, "100.00", "200.00")
    take(house, paper(paid("119.00", first.number), closing="1119.00"))
    take(house, paper(paid("50.00", "Abschlag"), closing="1050.00", identification="2026-231"))

    with as_tenant(house.tenant.pk):
        account = BankAccount.objects.get()
        assert (account.iban, account.party_id) == (PAYER, party.pk)
        entry = BankEntry.objects.get(remittance="Abschlag")
        assert (entry.iban, bytes(entry.iban_fingerprint)) == (PAYER, parties.fingerprint(PAYER))
        (waiting,) = weighed([entry])
        assert [reason.text.en for reason in waiting.proposals[0].reasons] == [
            "Amount: €188.00 less than is open",
            "Reference: does not name it",
            "IBAN: known to be this customer's",
        ]
        assert waiting.proposals[0].shares[0][0].number == second.number


def test_an_import_is_recorded(house):
    (done,) = take(house, paper(closing="1000.00"))
    with as_tenant(house.tenant.pk):
        entry = RecordEntry.objects.get(verb="books.statement_imported")
        assert (entry.object_id, entry.actor) == (done.id, house.staff.pk)


def test_the_number_of_queries_does_not_grow_with_the_entries(house, party, django_assert_max_num_queries):
    rows = invoices(house, party, *["100.00"] * 8)
    entries = tuple(paid("119.00", row.number) for row in rows)
    with django_assert_max_num_queries(60):
        (done,) = take(house, paper(*entries, closing="1952.00"))
    assert done.booked == 8
