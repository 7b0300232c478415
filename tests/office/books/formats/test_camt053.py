"""Account statements are believed only when they add up, and read the same whenever they are read again."""

from dataclasses import replace
from datetime import date

import pytest

from kontor.office.books.formats.bank_statement import Statement, Transaction
from kontor.office.books.formats.camt053 import read_camt053
from kontor.office.books.formats.xml_in import RefusedXmlError
from kontor.rulebook.money import Money
from tests.office.books.formats.statements import CUSTOMER, IBAN, Detail, Entry, Paper, camt, ordinary, returned

VERSIONS = pytest.mark.parametrize("version", ["02", "08"])


def read(paper: Paper, version: str) -> Statement:
    (statement,) = read_camt053(camt([paper], version))
    return statement


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedXmlError) as refused:
        read_camt053(content)
    return refused.value.text.de


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@VERSIONS
def test_a_statement_says_whose_it_is_and_from_what_to_what(version: str) -> None:
    statement = read(ordinary(), version)
    assert (statement.identification, statement.account, statement.currency) == ("2026-230", IBAN, "EUR")
    assert (statement.opening, statement.closing) == (euro("1000.00"), euro("1865.29"))
    assert (statement.opened_on, statement.closed_on) == (date(2026, 11, 20), date(2026, 11, 20))


@VERSIONS
@pytest.mark.trap(54)
def test_amounts_are_signed_batches_taken_apart_and_announcements_left_out(version: str) -> None:
    found = read(ordinary(), version).transactions
    assert [each.amount for each in found] == [euro("699.09"), euro("119.00"), euro("59.50"), euro("-12.30")]
    assert [each.position for each in found] == [1, 2, 3, 4]
    assert [each.batch for each in found] == [False, True, True, False]


@VERSIONS
def test_a_transaction_carries_what_matching_needs(version: str) -> None:
    first, second, third, charge = read(ordinary(), version).transactions
    assert first == Transaction(
        position=1,
        key=first.key,
        amount=euro("699.09"),
        booked_on=date(2026, 11, 20),
        value_on=date(2026, 11, 19),
        counterparty="Weserwerk Anlagenbau GmbH",
        iban=CUSTOMER,
        end_to_end="E2E-1",
        remittance="WESERWERK REST 2026 1284",
        references=("RF18539007547034",),
        bank_reference="BANK-1",
        first=1,
    )
    assert (second.counterparty, second.end_to_end, second.iban) == (
        "Kaiwerk & Co KG",
        "2026-1290",
        "DE75512108001245126199",
    )
    assert (third.end_to_end, third.remittance) == ("", "RG 2026-1291 danke")
    assert (charge.counterparty, charge.remittance) == ("", "Entgelt")


def test_both_versions_tell_the_same() -> None:
    assert read(ordinary(), "02") == read(ordinary(), "08")
    assert read(returned(), "02") == read(returned(), "08")


@VERSIONS
@pytest.mark.trap(54)
def test_a_return_names_its_reason_and_the_customer_whose_payment_it_was(version: str) -> None:
    back, fee = read(returned(), version).transactions
    assert (back.amount, back.returned_reason) == (euro("-119.00"), "AC04")
    assert (back.counterparty, back.iban) == ("Weserwerk Anlagenbau GmbH", CUSTOMER)
    assert (back.end_to_end, back.mandate) == ("2026-1284", "M-2025-0208")
    assert (fee.amount, fee.returned_reason, fee.counterparty) == (euro("-3.00"), "", "Bank für Beispiele")


@VERSIONS
@pytest.mark.trap(54)
def test_the_same_statement_twice_has_the_same_keys_even_from_another_file(version: str) -> None:
    alone = read(ordinary(), version)
    following = replace(
        returned(),
        identification="2026-231",
        opening="1865.29",
        closing="1743.29",
        opened="2026-11-21",
        closed="2026-11-21",
    )
    again, other = read_camt053(camt([ordinary(), following], version))
    assert again == alone
    keys = [each.key for each in (*alone.transactions, *other.transactions)]
    assert len(set(keys)) == len(keys)
    assert other.key != alone.key


@VERSIONS
def test_a_number_that_a_bank_uses_again_next_year_is_another_statement(version: str) -> None:
    later = replace(ordinary(), opened="2027-11-20", closed="2027-11-20")
    assert read(later, version).key != read(ordinary(), version).key


@VERSIONS
def test_two_equal_payments_without_reference_stay_two(version: str) -> None:
    twin = Entry("10.00", details=(Detail(remittance=("Beitrag",)),))
    one, two = read(Paper(entries=(twin, twin), closing="1020.00"), version).transactions
    assert (one.amount, two.amount) == (euro("10.00"), euro("10.00"))
    assert one.key != two.key


@VERSIONS
@pytest.mark.trap(54)
def test_a_statement_that_does_not_add_up_is_refused_whole(version: str) -> None:
    wrong = replace(ordinary(), closing="1865.30")
    assert refusal(camt([ordinary(), wrong], version)) == (
        "Der Auszug 2026-230 geht nicht auf: 1.000,00 € und die Buchungen ergeben 1.865,29 €, dort steht 1.865,30 €."
    )


@VERSIONS
def test_a_reversed_entry_counts_as_booked_and_says_that_it_is_one(version: str) -> None:
    paper = Paper(entries=(Entry("699.09", "DBIT", reversal=True),), closing="300.91")
    (only,) = read(paper, version).transactions
    assert (only.amount, only.reversal) == (euro("-699.09"), True)


@VERSIONS
def test_an_overdrawn_account_opens_and_closes_below_zero(version: str) -> None:
    paper = Paper(
        entries=(Entry("100.00"),), opening="250.00", opening_side="DBIT", closing="150.00", closing_side="DBIT"
    )
    assert (read(paper, version).opening, read(paper, version).closing) == (euro("-250.00"), euro("-150.00"))


@VERSIONS
def test_a_previous_closing_balance_opens_as_well(version: str) -> None:
    assert read(replace(ordinary(), opening_code="PRCD"), version).opening == euro("1000.00")


@VERSIONS
def test_a_batch_without_amounts_of_its_parts_stays_one(version: str) -> None:
    paper = Paper(entries=(Entry("178.50", details=(Detail(), Detail())),), closing="1178.50")
    (only,) = read(paper, version).transactions
    assert (only.amount, only.counterparty, only.batch) == (euro("178.50"), "", True)


@VERSIONS
def test_what_a_batch_says_beyond_its_parts_is_kept_apart(version: str) -> None:
    # 119.00 + 59.50 = 178.50 in the parts, 176.00 booked: the bank kept 2.50
    parts = (Detail("119.00"), Detail("59.50"))
    paper = Paper(entries=(Entry("176.00", details=parts),), closing="1176.00")
    found = read(paper, version).transactions
    assert [each.amount for each in found] == [euro("119.00"), euro("59.50"), euro("-2.50")]
    assert found[-1].counterparty == ""


@pytest.mark.parametrize(("balance", "code"), [("opening", "CLBD"), ("closing", "OPBD")])
@VERSIONS
def test_a_missing_balance_is_refused(balance: str, code: str, version: str) -> None:
    paper = replace(ordinary(), balances=(balance,))
    assert refusal(camt([paper], version)) == f"Dem Auszug 2026-230 fehlt der Saldo {code}."


@VERSIONS
def test_another_currency_a_sign_and_a_part_of_a_cent_are_refused(version: str) -> None:
    def one(**fields: str) -> bytes:
        return camt([Paper(entries=(Entry(**{"amount": "1.00", **fields}),))], version)  # type: ignore[arg-type]

    assert refusal(one(currency="CHF")) == "Das Konto wird in EUR geführt, eine Buchung lautet auf CHF."
    assert refusal(one(amount="-1.00")) == "Ein Betrag trägt ein Vorzeichen: -1.00."
    assert refusal(one(amount="1.005")) == "1.005 hat mehr Nachkommastellen, als EUR kennt (2)."
    assert refusal(one(side="BOTH")) == "„BOTH“ ist weder Soll noch Haben."


def test_another_message_of_the_bank_is_refused_by_its_name() -> None:
    content = camt([ordinary()], "08").replace(b"camt.053.001.08", b"camt.052.001.08")
    assert refusal(content) == "„camt.052.001.08“ ist kein Kontoauszug nach camt.053."
    assert refusal(b"<Document/>") == "„Document“ ist kein Kontoauszug nach camt.053."
    assert refusal(camt([], "08")) == "Die Datei enthält keinen Kontoauszug."
