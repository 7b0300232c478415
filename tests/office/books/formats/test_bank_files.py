"""Files for the bank: the schema's, to the cent, in the bank's letters."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from kontor.office.books.formats.bank_schema import BankSchema, InvalidBankFileError, refuse_invalid
from kontor.office.books.formats.pain001 import Payer, Transfer, pain001
from kontor.office.books.formats.pain008 import Creditor, DirectDebit, group_ids, pain008
from kontor.office.books.formats.sepa_parts import Account, Place
from kontor.office.books.formats.sepa_text import SepaTextError, creditor_id, identifier, plain_text
from kontor.rulebook.collecting import Scheme, Sequence
from kontor.rulebook.money import Money

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HERE = Place("Lagerstraße 4", "80335", "München", "DE")
THERE = Place("Hafenweg 9", "20457", "Hamburg", "DE")
CREDITOR = Creditor(
    name="Lindwurm Systeme GmbH",
    place=HERE,
    account=Account("DE02120300000000202051", "BYLADEM1001"),
    creditor_id="DE98ZZZ09999999999",
)
ONE = DirectDebit(
    end_to_end="RE-2026-00001-1",
    amount=Money("EUR", 11_900),
    collect_on=date(2026, 11, 16),
    scheme=Scheme.CORE,
    sequence=Sequence.FIRST,
    mandate="M-2026-00001",
    signed_on=date(2026, 10, 1),
    debtor="Müller & Söhne",
    place=THERE,
    account=Account("DE89370400440532013000"),
    text="RE-2026-00001, Lindwurm Systeme GmbH",
)
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}


def texts(content: bytes, path: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(content).iterfind(path, SPACE)]


@pytest.mark.trap(55)
def test_names_are_spelt_as_german_banks_do():
    content = pain008("L-1", [ONE], creditor=CREDITOR, at=AT)
    assert texts(content, ".//p:Dbtr/p:Nm") == ["Mueller + Soehne"]
    assert plain_text("Ä" * 50, 70) == "Ae" * 35


@pytest.mark.trap(55)
@pytest.mark.parametrize("wrong", ["RE_2026", "a" * 36, "/a", "a//b", " a", "", "Ü"])
def test_an_identifier_that_no_bank_takes_is_refused(wrong):
    with pytest.raises(SepaTextError):
        identifier(wrong)
    with pytest.raises(SepaTextError):
        pain008("L-1", [replace(ONE, end_to_end=wrong)], creditor=CREDITOR, at=AT)


@pytest.mark.trap(55)
def test_town_and_country_are_structured_and_no_line_is_free():
    content = pain008("L-1", [ONE], creditor=CREDITOR, at=AT)
    assert texts(content, ".//p:PstlAdr/p:TwnNm") == ["Muenchen", "Hamburg"]
    assert texts(content, ".//p:PstlAdr/p:Ctry") == ["DE", "DE"]
    assert texts(content, ".//p:AdrLine") == []


def test_a_thousand_debits_follow_the_schema_and_add_up():
    """1,000 debits of 0.01 to 10.00: 0.01 * (1000 * 1001 / 2) = 5,005.00."""
    days = (date(2026, 11, 16), date(2026, 11, 17))
    debits = [
        replace(
            ONE,
            end_to_end=f"RE-{place}",
            amount=Money("EUR", place),
            collect_on=days[place % 2],
            scheme=(Scheme.CORE, Scheme.B2B)[place % 5 == 0],
            sequence=(Sequence.FIRST, Sequence.RECURRENT)[place % 3 == 0],
        )
        for place in range(1, 1001)
    ]
    content = pain008("L-2026-11", debits, creditor=CREDITOR, at=AT)
    refuse_invalid(content, BankSchema.DEBIT)
    assert texts(content, ".//p:GrpHdr/p:CtrlSum") == ["5005.00"]
    assert texts(content, ".//p:GrpHdr/p:NbOfTxs") == ["1000"]
    assert len(texts(content, ".//p:PmtInfId")) == 8  # two schemes, two sequences, two days
    assert set(group_ids("L-2026-11", debits).values()) == set(texts(content, ".//p:PmtInfId"))
    cents = sum(int(each.replace(".", "")) for each in texts(content, ".//p:PmtInf/p:CtrlSum"))
    assert cents == 500_500
    assert sorted(texts(content, ".//p:ReqdColltnDt")) == ["2026-11-16"] * 4 + ["2026-11-17"] * 4


def test_a_file_that_breaks_the_schema_is_refused_with_the_place():
    broken = pain008("L-1", [replace(ONE, account=Account("NOT AN IBAN"))], creditor=CREDITOR, at=AT)
    with pytest.raises(InvalidBankFileError, match=r"pain\.008\.001\.08"):
        refuse_invalid(broken, BankSchema.DEBIT)


def test_a_wrong_creditor_identifier_is_refused():
    assert creditor_id("DE98ZZZ09999999999") == "DE98ZZZ09999999999"
    for wrong in ("DE97ZZZ09999999999", "DE98", ""):
        with pytest.raises(SepaTextError):
            creditor_id(wrong)


def test_the_same_debits_give_the_same_bytes():
    assert pain008("L-1", [ONE], creditor=CREDITOR, at=AT) == pain008("L-1", [ONE], creditor=CREDITOR, at=AT)


def test_refunds_follow_their_schema():
    payer = Payer(name=CREDITOR.name, place=HERE, account=CREDITOR.account)
    one = Transfer(
        end_to_end="E-1",
        amount=Money("EUR", 1_234),
        name="Alder & Söhne GmbH",
        account=Account("DE89370400440532013000"),
        text="Erstattung RE-2026-00001",
    )
    content = pain001(
        "E-2026-1", [one, replace(one, end_to_end="E-2")], payer=payer, execute_on=date(2026, 11, 3), at=AT
    )
    refuse_invalid(content, BankSchema.TRANSFER)
    assert b"<CtrlSum>24.68</CtrlSum>" in content
    assert b"<Nm>Alder + Soehne GmbH</Nm>" in content
