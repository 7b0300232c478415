"""SEPA mandates: signed with evidence, encrypted, numbered, revoked, dead after 36 months."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.db import connection
from pypdf import PdfReader

from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.mandates import MandateRefusedError, revoke_mandate
from kontor.office.books.formats.iban import WrongIbanError, checked_iban
from kontor.office.books.formats.mandate_text import mandate_text
from kontor.office.books.models import Mandate, MandateAccount, MandateStanding
from kontor.office.books.queries.mandates import MandateState, active_mandates, card_of, mandates
from kontor.office.documents.public import signature_of
from kontor.rulebook.collecting import Scheme
from tests.factories import AT, House, make_house, make_party
from tests.office.books.collecting import CREDITOR_ID, collecting_house, mandate
from tests.office.books.invoicing import PAYER
from tests.people import verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return collecting_house()


@pytest.fixture
def party(house):
    return make_party(house)


def test_a_mandate_is_kept_with_who_when_and_the_hash_of_what_was_shown(house, party):
    row = mandate(house, party)
    with as_tenant(house.tenant.pk):
        signed = signature_of("books.Mandate", row.pk)
        printed = "".join(page.extract_text() for page in PdfReader(BytesIO(read(row.file))).pages)
    assert (row.reference, row.creditor_id, row.signed_on) == ("MD-2026-00001", CREDITOR_ID, date(2026, 11, 2))
    assert (signed.name, signed.email, signed.address, signed.at) == (
        "Jonas Alder",
        "jonas@alder.example",
        "192.0.2.7",
        AT,
    )
    assert signed.sha256 == bytes(row.file.sha256)
    text = mandate_text(Scheme.CORE, house.seller.name)
    assert signed.declarations == ({"key": "mandate", "de": text.de, "en": text.en, "sha256": bytes(row.sha256).hex()},)
    words = " ".join(printed.split())
    assert all(each in words for each in (row.reference, CREDITOR_ID, bytes(row.sha256).hex(), "Müller & Söhne"))
    assert all(each in words for each in ("innerhalb von acht Wochen", "within 8 weeks"))
    assert verbs(house.tenant, row) == ["books.mandate_signed"]


def test_a_business_mandate_promises_no_refund(house, party):
    row = mandate(house, party, scheme=Scheme.B2B)
    with as_tenant(house.tenant.pk):
        words = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(read(row.file))).pages).split())
    assert "You are not entitled to a refund" in words
    assert "acht Wochen" not in words


def test_the_account_is_encrypted_and_shown_masked(house, party):
    row = mandate(house, party)
    with as_tenant(house.tenant.pk):
        account = MandateAccount.objects.get(mandate=row)
        with connection.cursor() as cursor:
            cursor.execute("SELECT iban FROM books_mandateaccount")
            (kept,) = cursor.fetchone()
    assert (account.iban, account.bic, row.iban_shown) == (PAYER, "COBADEFFXXX", "DE•• •••• 3000")
    assert PAYER.encode() not in bytes(kept)


def test_references_are_unique_to_the_creditor(house, party):
    assert [mandate(house, party).reference for _ in range(3)] == [f"MD-2026-{number:05}" for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ticked": False}, "ticked box"),
        ({"signer": " "}, "ticked box"),
        ({"holder": ""}, "ticked box"),
        ({"sha256": b"x" * 32}, "read it again"),
    ],
)
def test_nothing_is_kept_of_a_mandate_that_was_not_given(house, party, given, sentence):
    with pytest.raises(MandateRefusedError, match=sentence):
        mandate(house, party, **given)
    with as_tenant(house.tenant.pk):
        assert Mandate.objects.count() == 0


def test_a_seller_without_creditor_identifier_cannot_take_a_mandate():
    house = make_house()
    with pytest.raises(MandateRefusedError, match="no creditor identifier"):
        mandate(house, make_party(house))


@pytest.mark.parametrize("iban", ["DE00370400440532013000", "hello", "BR1500000000000010932840814P2"])
def test_an_account_that_cannot_be_debited_is_refused(house, party, iban):
    with pytest.raises(WrongIbanError):
        mandate(house, party, iban=iban)
    with pytest.raises(WrongIbanError):
        checked_iban(iban)


@pytest.mark.trap(53)
def test_a_mandate_dies_36_months_after_its_last_collection(house, party):
    """Signed on 2 November 2026: in force to 2 November 2029; collected on 10 May 2028: to 10 May 2031."""
    row = mandate(house, party)

    def state(today: date) -> MandateState:
        with as_tenant(house.tenant.pk):
            return card_of(mandates().get(pk=row.pk), today).state

    assert [state(date(2029, 11, day)) for day in (2, 3)] == [MandateState.ACTIVE, MandateState.EXPIRED]
    with as_tenant(house.tenant.pk):
        MandateStanding.objects.filter(mandate=row).update(last_collected_on=date(2028, 5, 10))
    assert [state(date(2031, 5, day)) for day in (10, 11)] == [MandateState.ACTIVE, MandateState.EXPIRED]


def test_a_revoked_mandate_is_not_used_again_and_revoked_once(house, party):
    first, second = mandate(house, party), mandate(house, party, at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    pair = (house.seller.pk, party.pk)
    today = date(2026, 12, 1)
    with as_tenant(house.tenant.pk):
        assert active_mandates([party.pk], today)[pair][0].id == second.pk
        revoke_mandate(second.pk, by="Jonas Alder", on=today, at=AT, actor=house.actor)
        assert active_mandates([party.pk], today)[pair][0].id == first.pk
        with pytest.raises(MandateRefusedError, match="revoked already"):
            revoke_mandate(second.pk, by="Jonas Alder", on=today, at=AT, actor=house.actor)
    assert verbs(house.tenant, second) == ["books.mandate_signed", "books.mandate_revoked"]


def test_another_tenant_finds_no_mandate(house, party):
    from tests.people import make_tenant

    row = mandate(house, party)
    other = make_tenant("Other")
    with as_tenant(other.pk), pytest.raises(MandateStanding.DoesNotExist):
        revoke_mandate(row.pk, by="x", on=date(2026, 12, 1), at=AT, actor=house.actor)
