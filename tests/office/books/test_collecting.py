"""Collections: each announced debit once, in time, under a mandate in force; what comes in and what comes back."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.announcing import announce_again
from kontor.office.books.actions.collecting import CollectionChangedError, make_collection, reject_debit
from kontor.office.books.actions.collecting_ready import collect_ready
from kontor.office.books.actions.mandates import revoke_mandate
from kontor.office.books.models import Announcement, CollectionBatch, Debit, Invoice, MandateStanding, Seller
from kontor.office.books.queries.collections import collectables
from tests.at_once import at_once
from tests.factories import House, make_party
from tests.office.books.collecting import announced, collecting_house, mandate
from tests.office.books.furnishing import pay
from tests.people import make_tenant, verbs

SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)


@pytest.fixture
def house() -> House:
    return collecting_house()


@pytest.fixture
def party(house):
    mandate(house, made := make_party(house))
    return made


def make(house: House, *rows: Announcement, at: datetime = NOON) -> CollectionBatch:
    with as_tenant(house.tenant.pk):
        return make_collection([row.pk for row in rows], seller=house.seller.pk, at=at, actor=house.actor)


def texts(house: House, batch: CollectionBatch, path: str) -> list[str]:
    with as_tenant(house.tenant.pk):
        content = read(batch.file)
    assert hashlib.sha256(content).digest() == bytes(batch.sha256)
    return [each.text or "" for each in etree.fromstring(content).iterfind(path, SPACE)]


def shown(house: House, today: date) -> list[tuple[str, str | None]]:
    with as_tenant(house.tenant.pk):
        return [(each.number, each.problem and each.problem.en) for each in collectables(house.seller.pk, today)]


@pytest.mark.django_db
@pytest.mark.trap(53)
def test_a_collection_is_one_file_with_exact_sums_and_a_first_debit_before_recurrent_ones(house, party):
    """1 December + 14 days: 15 December, a Tuesday; the file is due on Monday 14."""
    rows = announced(house, party, "100.00", "200.00")
    batch = make(house, *rows)
    assert (batch.message, batch.count, batch.total_minor, batch.submit_by) == (
        "LS-2026-00001", 2, 35_700, date(2026, 12, 14),
    )  # fmt: skip
    assert texts(house, batch, ".//p:GrpHdr/p:CtrlSum") == ["357.00"]
    assert sorted(texts(house, batch, ".//p:SeqTp")) == ["FRST", "RCUR"]
    assert texts(house, batch, ".//p:ReqdColltnDt") == ["2026-12-15", "2026-12-15"]
    assert texts(house, batch, ".//p:Dbtr/p:Nm") == ["Mueller + Soehne"] * 2
    with as_tenant(house.tenant.pk):
        standing = MandateStanding.objects.get()
        assert (standing.presented, standing.last_collected_on) == (True, date(2026, 12, 15))
    assert verbs(house.tenant, batch) == ["books.collection_made"]
    assert shown(house, date(2026, 12, 2)) == []


@pytest.mark.django_db
def test_the_same_debits_asked_for_again_give_the_file_made_before(house, party):
    rows = announced(house, party, "100.00", "200.00")
    first, again = make(house, *rows), make(house, *rows)
    assert first.pk == again.pk
    with as_tenant(house.tenant.pk):
        assert (CollectionBatch.objects.count(), Debit.objects.count()) == (1, 2)
    assert make(house, rows[0]).pk == first.pk


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_collection():
    house = collecting_house()
    mandate(house, party := make_party(house))
    rows = announced(house, party, "100.00", "200.00")
    one, other = at_once(lambda: make(house, *rows), lambda: make(house, *rows))
    assert one.pk == other.pk
    with as_tenant(house.tenant.pk):
        assert Debit.objects.count() == 2


@pytest.mark.django_db
def test_what_changed_since_it_was_announced_is_named_and_not_collected(house, party):
    paid_in_part, late, fine = announced(house, party, "100.00", "200.00", "300.00")
    with as_tenant(house.tenant.pk):
        pay(house, Invoice.objects.get(pk=paid_in_part.invoice_id), 1_000)
    assert shown(house, date(2026, 12, 2)) == [
        ("RE-2026-00001", "€109.00 are open now; another amount must be announced anew."),
        ("RE-2026-00002", None),
        ("RE-2026-00003", None),
    ]
    with pytest.raises(CollectionChangedError, match="RE-2026-00001"):
        make(house, paid_in_part, fine)
    with pytest.raises(CollectionChangedError, match="due by 14 December"):
        make(house, late, at=datetime(2026, 12, 15, 9, tzinfo=UTC))
    with pytest.raises(CollectionChangedError):
        make(house)
    with as_tenant(house.tenant.pk):
        assert Debit.objects.count() == 0


@pytest.mark.django_db
def test_nothing_is_collected_under_a_mandate_that_was_revoked(house, party):
    (row,) = announced(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        revoke_mandate(row.mandate_id, by="x", on=date(2026, 12, 2), at=NOON, actor=house.actor)
    with pytest.raises(CollectionChangedError, match="MD-2026-00001 is revoked"):
        make(house, row)


@pytest.mark.django_db
@pytest.mark.trap(53)
def test_a_first_debit_rejected_before_settlement_leaves_the_next_a_first(house, party):
    (row,) = announced(house, party, "100.00")
    make(house, row)
    with as_tenant(house.tenant.pk):
        debit = Debit.objects.get()
        reject_debit(debit.pk, code="AM04", on=date(2026, 12, 14), at=NOON, actor=house.actor)
        with pytest.raises(CollectionChangedError):
            reject_debit(debit.pk, code="AM04", on=date(2026, 12, 14), at=NOON, actor=house.actor)
        again = announce_again(row.invoice_id, on=None, at=datetime(2026, 12, 15, 9, tzinfo=UTC), actor=house.actor)
    batch = make(house, again, at=datetime(2026, 12, 16, 9, tzinfo=UTC))
    assert texts(house, batch, ".//p:SeqTp") == ["FRST"]
    assert again.collect_on == date(2026, 12, 29)


@pytest.mark.django_db
def test_a_debit_rejected_because_the_account_is_closed_ends_the_mandate(house, party):
    """AC04 before settlement says the same of the account as AC04 after it."""
    (row,) = announced(house, party, "100.00")
    make(house, row)
    with as_tenant(house.tenant.pk):
        reject_debit(Debit.objects.get().pk, code="AC04", on=date(2026, 12, 14), at=NOON, actor=house.actor)
        assert MandateStanding.objects.get().blocked_code == "AC04"


@pytest.mark.django_db
def test_a_later_debit_rejected_leaves_the_first_where_it_is(house, party):
    """Only a first debit that never settled is made up for: the mandate was used by the other one."""
    make(house, *announced(house, party, "100.00", "200.00"))
    with as_tenant(house.tenant.pk):
        later = Debit.objects.get(sequence="RCUR")
        reject_debit(later.pk, code="AM04", on=date(2026, 12, 14), at=NOON, actor=house.actor)
        assert list(Debit.objects.order_by("sequence").values_list("sequence", "state")) == [
            ("FRST", "PRESENTED"), ("RCUR", "REJECTED"),
        ]  # fmt: skip
        assert MandateStanding.objects.get().presented


@pytest.mark.django_db
def test_what_can_go_goes_in_one_file_and_what_cannot_is_told_with_its_reason(house, party):
    paid_in_part, fine = announced(house, party, "100.00", "200.00")
    with as_tenant(house.tenant.pk):
        pay(house, Invoice.objects.get(pk=paid_in_part.invoice_id), 1_000)
        told = collect_ready(house.seller.pk, at=NOON, actor=house.actor)
        assert [(each.number, each.problem is None) for each in told] == [
            ("RE-2026-00001", False), ("RE-2026-00002", True),
        ]  # fmt: skip
        assert list(Debit.objects.values_list("announcement", flat=True)) == [fine.pk]
        assert CollectionBatch.objects.get().total_minor == 23_800
        (left,) = collect_ready(house.seller.pk, at=NOON, actor=house.actor)
        assert (left.number, CollectionBatch.objects.count()) == ("RE-2026-00001", 1)
    with as_tenant(make_tenant("Other").pk), pytest.raises(Seller.DoesNotExist):
        collect_ready(house.seller.pk, at=NOON, actor=house.actor)


@pytest.mark.django_db
def test_an_account_that_was_erased_is_not_collected(house, party):
    from kontor.office.books.models import MandateAccount

    (row,) = announced(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        MandateAccount.objects.all().delete()
    with pytest.raises(CollectionChangedError, match="was erased"):
        make(house, row)


@pytest.mark.django_db
def test_another_tenant_collects_nothing(house, party):
    (row,) = announced(house, party, "100.00")
    with as_tenant(make_tenant("Other").pk), pytest.raises(Seller.DoesNotExist):
        make_collection([row.pk], seller=house.seller.pk, at=NOON, actor=house.actor)
