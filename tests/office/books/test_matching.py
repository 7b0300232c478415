"""What a payment is for, decided over plain values."""

import uuid
from datetime import date
from itertools import count

import pytest

from kontor.office.books.queries.matching import Incoming, OpenInvoice, Proposal, Receivables, proposals
from kontor.office.books.queries.naming import NumberBook
from kontor.rulebook.money import Money

ALDER, BIRKE = uuid.UUID(int=1), uuid.UUID(int=2)
NAMES = {ALDER: "Alder & Söhne GmbH", BIRKE: "Birke AG"}
_ids = count(1)


def owed(number: str, minor: int, *, party: uuid.UUID = ALDER, due: date = date(2026, 12, 15)) -> OpenInvoice:
    return OpenInvoice(uuid.UUID(int=next(_ids)), number, party, NAMES[party], Money("EUR", minor), due)


def came(minor: int, *texts: str, payers: frozenset[uuid.UUID] = frozenset(), name: str = "") -> Incoming:
    return Incoming(Money("EUR", minor), texts, payers, name)


def shown(proposal: Proposal) -> tuple[list[tuple[str, int]], int, bool]:
    return [(each.number, minor) for each, minor in proposal.shares], proposal.rest.minor, proposal.certain


@pytest.mark.parametrize(
    "text",
    [
        "RE-2026-00012",
        "re-2026-00012",
        "RE202600012",
        "Rechnung RE 2026 00012 vom 1.12.",
        "RE-2026-000 12",
        "SVWZ+RE-2026-00012",
        "Kd 77 RE-2026-00012, danke",
    ],
)
def test_a_number_is_found_however_it_is_written(text):
    assert NumberBook({"RE-2026-00012": "it", "RE-2026-00120": "other"}).named(text).full == ("it",)


@pytest.mark.parametrize("text", ["RE-2026-000121", "ARE-2026-00012", "RE-2026-0012", "5RE-2026-000120", ""])
def test_half_of_a_longer_number_is_not_that_number(text):
    assert NumberBook({"RE-2026-00012": "it"}).named(text).full == ()


def test_figures_without_the_word_are_found_as_such():
    named = NumberBook({"RE-2026-00012": "it"}).named("Rechnung 2026/00012")
    assert (named.full, named.short) == ((), ("it",))


def test_a_named_invoice_paid_exactly_is_certain():
    pool = Receivables([owed("RE-2026-00001", 11_900), owed("RE-2026-00002", 11_900)])
    first, *_ = proposals(came(11_900, "RE-2026-00002"), pool)

    assert shown(first) == ([("RE-2026-00002", 11_900)], 0, True)
    assert [(reason.fits, reason.text.en) for reason in first.reasons] == [
        ("yes", "Amount: exactly what is open"),
        ("yes", "Reference: names RE-2026-00002"),
        ("nearly", "IBAN: never seen before"),
    ]


def test_several_named_invoices_paid_by_their_sum_are_certain():
    """119.00 + 59.50 = 178.50."""
    pool = Receivables([owed("RE-2026-00001", 11_900), owed("RE-2026-00002", 5_950), owed("RE-2026-00003", 100)])
    (first, *_) = proposals(came(17_850, "RE-2026-00001 und RE-2026-00002"), pool)

    assert shown(first) == ([("RE-2026-00001", 11_900), ("RE-2026-00002", 5_950)], 0, True)


def test_three_invoices_with_a_cent_missing_close_two_and_leave_a_cent():
    """3 × 100.00 paid with 299.99: 100.00 + 100.00 + 99.99."""
    pool = Receivables([owed(f"RE-2026-0000{n}", 10_000, due=date(2026, 12, n)) for n in (1, 2, 3)])
    (first, *_) = proposals(came(29_999, "RE-2026-00003 RE-2026-00001 RE-2026-00002"), pool)

    assert shown(first) == (
        [("RE-2026-00001", 10_000), ("RE-2026-00002", 10_000), ("RE-2026-00003", 9_999)],
        0,
        False,
    )
    assert first.reasons[0].text == ("Betrag: 0,01 € weniger als offen", "Amount: €0.01 less than is open")


def test_an_overpayment_leaves_its_rest():
    pool = Receivables([owed("RE-2026-00001", 11_900)])
    (only,) = proposals(came(12_000, "RE-2026-00001"), pool)

    assert shown(only) == ([("RE-2026-00001", 11_900)], 100, False)
    assert only.reasons[0].text.de == "Betrag: 1,00 € mehr als offen"


def test_the_right_amount_without_a_number_is_a_proposal_only():
    pool = Receivables([owed("RE-2026-00001", 11_900)])
    (only,) = proposals(came(11_900, "Danke"), pool)
    assert shown(only) == ([("RE-2026-00001", 11_900)], 0, False)


def test_figures_without_the_word_are_a_proposal_only():
    pool = Receivables([owed("RE-2026-00001", 11_900)])
    (only,) = proposals(came(11_900, "2026-00001"), pool)
    assert shown(only) == ([("RE-2026-00001", 11_900)], 0, False)


def test_a_number_from_another_customers_account_is_a_proposal_only():
    pool = Receivables([owed("RE-2026-00001", 11_900)])
    (only,) = proposals(came(11_900, "RE-2026-00001", payers=frozenset({BIRKE})), pool)

    assert shown(only) == ([("RE-2026-00001", 11_900)], 0, False)
    assert only.reasons[2].text.en == "IBAN: belongs to another customer"


def test_invoices_of_two_customers_in_one_reference_are_two_proposals():
    pool = Receivables([owed("RE-2026-00001", 11_900), owed("RE-2026-00002", 5_950, party=BIRKE)])
    found = proposals(came(17_850, "RE-2026-00001 RE-2026-00002"), pool)

    assert [shown(each) for each in found] == [
        ([("RE-2026-00001", 11_900)], 5_950, False),
        ([("RE-2026-00002", 5_950)], 11_900, False),
    ]


def test_a_known_account_brings_its_customers_invoices_that_sum_up_first():
    pool = Receivables(
        [
            owed("RE-2026-00001", 11_900, due=date(2026, 12, 1)),
            owed("RE-2026-00002", 5_950, due=date(2026, 12, 2)),
            owed("RE-2026-00003", 2_000, due=date(2026, 12, 3)),
        ]
    )
    found = proposals(came(7_950, "Dauerauftrag", payers=frozenset({ALDER})), pool)

    assert [shown(each) for each in found] == [
        ([("RE-2026-00002", 5_950), ("RE-2026-00003", 2_000)], 0, False),
        ([("RE-2026-00001", 7_950)], 0, False),
    ]


def test_the_known_account_ranks_above_the_equal_amount_of_somebody_else():
    pool = Receivables(
        [owed("RE-2026-00001", 11_900, due=date(2026, 12, 1)), owed("RE-2026-00002", 11_900, party=BIRKE)]
    )
    found = proposals(came(11_900, payers=frozenset({BIRKE})), pool)
    assert [shown(each)[0] for each in found] == [[("RE-2026-00002", 11_900)], [("RE-2026-00001", 11_900)]]


def test_the_same_name_finds_a_customer_whose_account_is_new():
    pool = Receivables([owed("RE-2026-00001", 11_900, party=BIRKE)])
    (only,) = proposals(came(5_000, name="BIRKE AG "), pool)

    assert shown(only) == ([("RE-2026-00001", 5_000)], 0, False)
    assert only.reasons[-1].text.en == "Name: the same"


@pytest.mark.parametrize("minor", [0, -11_900])
def test_money_that_goes_out_is_for_nothing(minor):
    assert proposals(came(minor, "RE-2026-00001"), Receivables([owed("RE-2026-00001", 11_900)])) == ()


def test_nothing_open_means_nothing_to_propose():
    assert proposals(came(11_900, "RE-2026-00001"), Receivables([])) == ()
