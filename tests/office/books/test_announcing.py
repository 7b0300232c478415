"""Pre-notifications and direct-debit invoices: the day, the file, the mail, and a new notice where it changes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from kontor.kernel.models import OutgoingMail
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.announcing import NotAnnouncedError, announce_again
from kontor.office.books.actions.mandates import revoke_mandate
from kontor.office.books.actions.printing import print_invoices, print_ubl
from kontor.office.books.formats.check import check
from kontor.office.books.formats.cii_in import read_cii
from kontor.office.books.formats.finding import blocking
from kontor.office.books.formats.invoice import Means
from kontor.office.books.formats.xml_in import read_xml
from kontor.office.books.models import Announcement, Invoice, InvoiceBalance, InvoiceFile
from kontor.office.books.queries.orders import CollectionTerm
from kontor.rulebook.collecting import CollectionRefusedError
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause
from tests.factories import AT, House, make_party
from tests.office.books.collecting import CREDITOR_ID, collecting_house, mandate
from tests.office.books.furnishing import pay
from tests.office.books.invoicing import PAYER, issue, order
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
WEEK = CollectionTerm(Duration.parse("7 days"), Clause("visitor", "7.4", "2026-01"))


@pytest.fixture
def house() -> House:
    return collecting_house()


@pytest.fixture
def party(house):
    return make_party(house)


def sent(house, party, *, issued_on=date(2026, 3, 1), at=datetime(2026, 3, 1, 9, tzinfo=UTC), **given: Any) -> Invoice:
    """An invoice issued on a day and sent at a moment."""
    (row,) = issue(house, order(house, party, issued_on=issued_on, **given), at=at)
    with as_tenant(house.tenant.pk):
        print_invoices([row.pk], at=at)
    return row


def announcements(house) -> list[Announcement]:
    with as_tenant(house.tenant.pk):
        return list(Announcement.objects.order_by("invoice__number", "number"))


def signed_before(house, party):
    return mandate(house, party, at=datetime(2026, 1, 15, 9, tzinfo=UTC))


@pytest.mark.trap(33)
def test_a_direct_debit_invoice_names_mandate_creditor_and_account_and_passes_every_check(house, party):
    known = signed_before(house, party)
    row = sent(house, party, collection=WEEK)
    with as_tenant(house.tenant.pk):
        ubl = read(print_ubl(row.pk, at=AT).file)
        xrechnung = read(InvoiceFile.objects.get(invoice=row, format="XRECHNUNG_CII").file)
    payment = read_cii(read_xml(xrechnung)).payment
    assert (payment.means, payment.mandate, payment.creditor_id, payment.debtor_iban, payment.iban) == (
        Means.SEPA_DIRECT_DEBIT, known.reference, CREDITOR_ID, PAYER, "",
    )  # fmt: skip
    assert [blocking(check(each)) for each in (xrechnung, ubl)] == [(), ()]
    terms = etree.fromstring(xrechnung).findtext(".//{*}SpecifiedTradePaymentTerms/{*}Description")
    assert terms == "Wir ziehen 119,00 € am 09.03.2026 ein (Ziff. 7.4)."  # 1 March + 7 = Sunday 8 March -> Monday


def test_the_row_keeps_the_account_masked(house, party):
    signed_before(house, party)
    row = sent(house, party)
    assert row.document["payment"]["debtor_iban"] == "DE•• •••• 3000"


@pytest.mark.requirement("FW-049")
def test_nothing_is_collected_before_the_seventh_day_after_invoice_and_notice(house, party):
    """Invoice of 1 March, notice on 3 March: 10 March, a Tuesday; 9 March is refused."""
    signed_before(house, party)
    row = sent(house, party, collection=WEEK, at=datetime(2026, 3, 3, 9, tzinfo=UTC))
    (made,) = announcements(house)
    assert (made.announced_on, made.collect_on, made.way) == (date(2026, 3, 3), date(2026, 3, 10), "MAIL")
    at = datetime(2026, 3, 3, 10, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        with pytest.raises(CollectionRefusedError, match="10 March"):
            announce_again(row.pk, on=date(2026, 3, 9), at=at, actor=house.actor)
        again = announce_again(row.pk, on=date(2026, 3, 11), at=at, actor=house.actor)
    assert (again.number, again.collect_on) == (2, date(2026, 3, 11))


@pytest.mark.trap(52)
def test_a_silent_contract_waits_the_fourteen_days_that_are_set(house, party):
    """Sent on 20 March: 3 April is Good Friday, so Tuesday 7 April."""
    signed_before(house, party)
    sent(house, party, issued_on=date(2026, 3, 20), at=datetime(2026, 3, 20, 9, tzinfo=UTC))
    (made,) = announcements(house)
    assert (made.collect_on, made.way, made.amount_minor) == (date(2026, 4, 7), "INVOICE", 11_900)


@pytest.mark.trap(52)
def test_a_closed_bank_day_is_refused_and_a_changed_amount_is_announced_by_mail(house, party):
    signed_before(house, party)
    row = sent(house, party, issued_on=date(2026, 3, 20), at=datetime(2026, 3, 20, 9, tzinfo=UTC))
    pay(house, row, 1_900)
    with as_tenant(house.tenant.pk):
        at = datetime(2026, 3, 23, 9, tzinfo=UTC)
        with pytest.raises(CollectionRefusedError, match="TARGET is closed"):
            announce_again(row.pk, on=date(2026, 5, 1), at=at, actor=house.actor)
        again = announce_again(row.pk, on=None, at=at, actor=house.actor)
        mail = OutgoingMail.objects.order_by("-at", "-id").first()
    assert (again.amount_minor, again.collect_on) == (10_000, date(2026, 4, 7))
    assert mail.subject == f"Ankündigung der SEPA-Lastschrift zu {row.number}"
    assert all(each in mail.text for each in ("100,00 €", "07.04.2026", CREDITOR_ID, "MD-2026-00001", "DE•• •••• 3000"))


def test_without_a_mandate_nothing_is_announced_and_the_customer_transfers(house, party):
    row = sent(house, party)
    assert (announcements(house), row.mandate_id, row.document["payment"]["means"]) == ([], None, "58")
    with as_tenant(house.tenant.pk), pytest.raises(NotAnnouncedError):
        announce_again(row.pk, on=None, at=AT, actor=house.actor)


def test_a_mandate_revoked_before_the_invoice_left_announces_nothing(house, party):
    known = signed_before(house, party)
    (row,) = issue(house, order(house, party, issued_on=date(2026, 3, 1)), at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        revoke_mandate(known.pk, by="x", on=date(2026, 3, 1), at=AT, actor=house.actor)
        print_invoices([row.pk], at=datetime(2026, 3, 1, 10, tzinfo=UTC))
    assert announcements(house) == []


def test_another_tenant_announces_nothing(house, party):
    signed_before(house, party)
    row = sent(house, party)
    with as_tenant(make_tenant("Other").pk), pytest.raises(InvoiceBalance.DoesNotExist):
        announce_again(row.pk, on=None, at=AT, actor=house.actor)


def test_a_cancellation_of_a_collected_invoice_is_printed_too(house, party):
    from kontor.office.books.actions.invoices import cancel_invoice

    signed_before(house, party)
    row = sent(house, party)
    with as_tenant(house.tenant.pk):
        done = cancel_invoice(row.pk, on=date(2026, 3, 2), reason="Fehler", at=AT, actor=house.actor)
        print_invoices([done.id], at=AT)
        assert InvoiceFile.objects.filter(invoice_id=done.id).count() == 2
        assert InvoiceBalance.objects.get(invoice_id=done.id).problem_en == ""
        assert Announcement.objects.filter(invoice_id=done.id).count() == 0
    assert Decimal(row.gross_minor) == 11_900
