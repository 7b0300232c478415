"""What the bank says about direct debits: settled one by one or as a sum, returned with a fee, told twice, hostile."""

from datetime import UTC, date, datetime

import pytest

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.collecting import make_collection
from kontor.office.books.actions.notices import import_notices
from kontor.office.books.actions.statements import StatementRefusedError, import_statement
from kontor.office.books.formats.xml_in import RefusedXmlError
from kontor.office.books.models import BankFee, BankNotice, Debit, InvoiceBalance, MandateStanding, Payment
from kontor.office.books.queries.owed import owed_invoices
from kontor.office.books.queries.states import State, state_of
from kontor.rulebook.money import Money
from tests.factories import AT, House, make_party
from tests.office.books.collecting import announced, collecting_house, mandate
from tests.office.books.formats.statements import Detail, Entry, Paper, camt
from tests.office.books.furnishing import pay
from tests.people import verbs

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)


@pytest.fixture
def house() -> House:
    return collecting_house()


def collected(house: House, *nets: str) -> list[Debit]:
    """Debits presented to the bank, one for each net amount."""
    party = make_party(house)
    mandate(house, party)
    rows = announced(house, party, *nets)
    with as_tenant(house.tenant.pk):
        make_collection([row.pk for row in rows], seller=house.seller.pk, at=NOON, actor=house.actor)
        return list(Debit.objects.order_by("end_to_end"))


def credit(debit: Debit) -> Detail:
    return Detail(amount_of(debit), debit.end_to_end, mandate="MD-2026-00001")


def back(debit: Debit, code: str = "AM04", amount: str = "") -> Detail:
    return Detail(amount or amount_of(debit), debit.end_to_end, returned=code, mandate="MD-2026-00001")


def amount_of(debit: Debit) -> str:
    return Money(debit.currency, debit.amount_minor).bare()


def paper(*entries: Entry, number: str = "2026-250") -> Paper:
    moved = sum(Money.parse(each.amount, "EUR").minor * (1 if each.side == "CRDT" else -1) for each in entries)
    closing = Money("EUR", 100_000 + moved)
    side = "CRDT" if closing.minor >= 0 else "DBIT"
    return Paper(entries=entries, closing=abs(closing).bare(), closing_side=side, identification=number)


def read(house: House, *papers: Paper, version: str = "08") -> None:
    with as_tenant(house.tenant.pk):
        import_statement(camt(papers, version), seller=house.seller.pk, at=AT, actor=house.actor)


def stand(house: House) -> list[tuple[str, str, int]]:
    """Return (state, code, open of the invoice) of each debit."""
    with as_tenant(house.tenant.pk):
        balances = dict(InvoiceBalance.objects.values_list("invoice_id", "open_minor"))
        return [(row.state, row.code, balances[row.invoice_id]) for row in Debit.objects.order_by("end_to_end")]


def money(house: House) -> int:
    with as_tenant(house.tenant.pk):
        return sum(Payment.objects.values_list("amount_minor", flat=True))


@pytest.mark.trap(54)
def test_a_batch_entry_of_two_hundred_settles_two_hundred_debits(house):
    """200 x 119.00 = 23,800.00."""
    debits = collected(house, *["100.00"] * 200)
    entry = Entry("23800.00", details=tuple(credit(each) for each in debits))
    read(house, paper(entry))
    assert stand(house) == [("SETTLED", "", 0)] * 200
    assert money(house) == 2_380_000


@pytest.mark.trap(54)
def test_a_sum_without_details_settles_its_block(house):
    debits = collected(house, "100.00", "200.00", "300.00")
    rest = [each for each in debits if each.sequence == "RCUR"]
    total = Money("EUR", sum(each.amount_minor for each in rest)).bare()
    content = camt([paper(Entry(total))], "08").replace(
        b"</BkTxCd></Ntry>",
        f"</BkTxCd><NtryDtls><Btch><PmtInfId>{rest[0].group}</PmtInfId></Btch></NtryDtls></Ntry>".encode(),
    )
    with as_tenant(house.tenant.pk):
        import_statement(content, seller=house.seller.pk, at=AT, actor=house.actor)
    assert sorted(stand(house)) == [("PRESENTED", "", 11_900), ("SETTLED", "", 0), ("SETTLED", "", 0)]


@pytest.mark.trap(53)
@pytest.mark.trap(54)
@pytest.mark.parametrize("version", ["02", "08"])
@pytest.mark.parametrize("code", ["AC04", "AM04", "MD06", "MS03"])
def test_a_return_reopens_its_invoice_and_claims_the_banks_fee(house, version, code):
    (debit,) = collected(house, "100.00")
    read(house, paper(Entry("119.00", details=(credit(debit),))), version=version)
    fee = Detail("3.00", name="Bank", role="Cdtr")
    entry = Entry("122.00", "DBIT", (back(debit, code), fee))
    read(house, paper(entry, number="2026-251"), version=version)
    assert stand(house) == [("RETURNED", code, 11_900)]
    with as_tenant(house.tenant.pk):
        assert BankFee.objects.get().amount_minor == 300
        standing = MandateStanding.objects.get()
    assert (standing.presented, standing.blocked_code) == (True, "AC04" if code == "AC04" else "")
    assert money(house) == 0
    assert verbs(house.tenant, debit) == ["books.debit_returned"]


def test_of_a_block_only_the_debit_that_came_back_has_paid_nothing(house):
    """119.00 and 238.00 come in one sum; the 238.00 go back: what a claim counts as paid is the 119.00 alone."""
    debits = collected(house, "100.00", "200.00")
    read(house, paper(Entry("357.00", details=tuple(credit(each) for each in debits))))
    read(house, paper(Entry("238.00", "DBIT", (back(debits[1]),)), number="2026-251"))
    with as_tenant(house.tenant.pk):
        owed = owed_invoices([each.invoice_id for each in debits])
    stays, gone = (owed[each.invoice_id] for each in debits)
    assert ([share.amount.minor for share in stays.paid], stays.open.minor, stays.claimed.minor) == (
        [11_900],
        0,
        11_900,
    )
    assert (gone.paid, gone.open.minor, gone.claimed.minor) == ((), 23_800, 23_800)


def test_a_fee_inside_the_amount_is_what_exceeds_the_debit(house):
    (debit,) = collected(house, "100.00")
    read(house, paper(Entry("119.00", details=(credit(debit),))))
    read(house, paper(Entry("123.50", "DBIT", (back(debit, amount="123.50"),)), number="2026-251"))
    with as_tenant(house.tenant.pk):
        assert BankFee.objects.get().amount_minor == 450
    assert stand(house) == [("RETURNED", "AM04", 11_900)]


@pytest.mark.trap(54)
def test_the_same_statement_twice_changes_nothing(house):
    (debit,) = collected(house, "100.00")
    papers = (
        paper(Entry("119.00", details=(credit(debit),))),
        paper(Entry("122.00", "DBIT", (back(debit), Detail("3.00"))), number="2026-251"),
    )
    for _ in range(2):
        for each in papers:
            read(house, each)
    with as_tenant(house.tenant.pk):
        assert (Payment.objects.count(), BankFee.objects.count()) == (2, 1)
    assert stand(house) == [("RETURNED", "AM04", 11_900)]


def test_a_return_told_before_its_credit_ends_alike(house):
    (debit,) = collected(house, "100.00")
    read(house, paper(Entry("119.00", "DBIT", (back(debit),)), number="2026-251"))
    read(house, paper(Entry("119.00", details=(credit(debit),))))
    assert stand(house) == [("RETURNED", "AM04", 11_900)]
    assert money(house) == 0


def test_a_debit_for_an_invoice_paid_meanwhile_stays_on_the_payment(house):
    (debit,) = collected(house, "100.00")
    with as_tenant(house.tenant.pk):
        invoice = debit.invoice
    pay(house, invoice, 11_900)
    read(house, paper(Entry("119.00", details=(credit(debit),))))
    assert stand(house) == [("SETTLED", "", 0)]
    read(house, paper(Entry("119.00", "DBIT", (back(debit),)), number="2026-251"))
    assert stand(house) == [("RETURNED", "AM04", 0)]


def notice(*entries: Entry, number: str = "N-1") -> bytes:
    body = camt([Paper(entries, identification=number, balances=())], "08").decode()
    for old, new in (("camt.053", "camt.054"), ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"), ("Stmt>", "Ntfctn>")):
        body = body.replace(old, new)
    return body.encode()


def test_a_notification_and_the_statement_return_a_debit_once(house):
    (debit,) = collected(house, "100.00")
    read(house, paper(Entry("119.00", details=(credit(debit),))))
    content = notice(Entry("122.00", "DBIT", (back(debit), Detail("3.00"))))
    with as_tenant(house.tenant.pk):
        (first,) = import_notices(content, seller=house.seller.pk, at=AT, actor=house.actor)
        (again,) = import_notices(content, seller=house.seller.pk, at=AT, actor=house.actor)
        assert BankNotice.objects.count() == 1
    assert (first.made, first.returned, again.made) == (True, 1, False)
    read(house, paper(Entry("122.00", "DBIT", (back(debit), Detail("3.00"))), number="2026-251"))
    assert stand(house) == [("RETURNED", "AM04", 11_900)]
    with as_tenant(house.tenant.pk):
        assert (BankFee.objects.count(), Payment.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<a/>",
        b"hello",
        notice().replace(b"Ntfctn>", b"X>"),
    ],
)
def test_hostile_or_foreign_files_are_refused(house, content):
    with as_tenant(house.tenant.pk), pytest.raises(RefusedXmlError):
        import_notices(content, seller=house.seller.pk, at=AT, actor=house.actor)


def test_a_notification_of_another_account_is_refused(house):
    content = notice().replace(b"DE02120300000000202051", b"DE89370400440532013000")
    with as_tenant(house.tenant.pk), pytest.raises(StatementRefusedError):
        import_notices(content, seller=house.seller.pk, at=AT, actor=house.actor)


def test_a_returned_invoice_is_overdue_again(house):
    (debit,) = collected(house, "100.00")
    read(house, paper(Entry("119.00", details=(credit(debit),))))
    read(house, paper(Entry("119.00", "DBIT", (back(debit),)), number="2026-251"))
    with as_tenant(house.tenant.pk):
        balance = InvoiceBalance.objects.get()
    found = state_of(
        kind="380", gross_minor=11_900, open_minor=balance.open_minor, due_on=balance.due_on, cancelled_at=None,
        today=date(2026, 12, 20),
    )  # fmt: skip
    assert (found.key, found.overdue_days) == (State.OVERDUE, 5)
