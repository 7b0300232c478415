"""A contract of every pack through its first years, each amount and day beside the oracle's; 300 are a benchmark."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks import decade
from benchmarks.oracle import bank, bills, drawn, late, reminded
from benchmarks.oracle.deal import Deal, Wish
from benchmarks.oracle.wishes import lived

pytestmark = pytest.mark.django_db

SIGNED = (date(2026, 1, 2), date(2026, 3, 31))
UNTIL = date(2027, 9, 30)  # the official list changes on 1 March 2027
SEEDS = (191, 379, 87, 22, 19)  # for each pack a life in which much happens


def test_a_contract_of_every_pack_comes_to_what_the_oracle_says() -> None:
    deals = [drawn.deal(seed, number, signed=SIGNED, until=UNTIL) for number, seed in enumerate(SEEDS)]
    deals[1] = with_devices_and_notices(deals[1])
    assert [deal.pack for deal in deals] == list(drawn.PACKS)
    lives = [lived(deal, UNTIL) for deal in deals]
    happened = {wish.what for life in lives for wish, found in life.answers if found}
    wanted = {"more", "fewer", "interval", "list", "index", "notice", "cause", "force", "work", "goodwill", "reduction"}
    wanted |= {"device", "defect", "terms", "reply"}
    assert happened >= wanted, wanted - happened
    troubles = [late.owed_late(life, UNTIL) for life in lives]
    assert {len(owed.paid) for each in troubles for owed in each if owed.pause} >= {1, 3, 4}, "disputed, in instalments"
    assert (bool(deals[0].uses), deals[2].parted) == (True, True)
    debits = bank.debits(deals[1], bills.invoices(lives[1], UNTIL))
    assert {debit.back.days > 0 for debit in debits if debit.back} == {False, True}, "refused, and returned later"
    assert [len(reminded.letters(life, UNTIL)) for life in lives] == [3, 0, 0, 5, 0]
    compared = list(decade.simulate(deals, UNTIL))
    assert [each for one in compared for each in one.differences] == []
    assert sum(one.figures for one in compared) > 300, "or the lives were empty"


def with_devices_and_notices(deal: Deal) -> Deal:
    """Add two devices of which one is given back for its price, and a restriction that nobody objects to."""
    day = deal.formed
    more = [
        Wish(day + timedelta(days=12), "device"),
        Wish(day + timedelta(days=40), "device"),
        Wish(day + timedelta(days=431), "defect", "reduction", 49_999, sent=day + timedelta(days=400)),
        Wish(day + timedelta(days=440), "defect", "rescission", sent=day + timedelta(days=405)),
        Wish(day + timedelta(days=60), "terms", "restriction", sent=day + timedelta(days=150)),
        Wish(day + timedelta(days=122), "reply", "silence"),
    ]
    wishes = sorted([*deal.wishes, *more], key=lambda wish: wish.on)
    return replace(deal, bought={**deal.bought, "terminal": 2}, wishes=tuple(wishes))


def test_a_figure_that_differs_is_told_with_both_sides() -> None:
    compared = decade.Compared()
    compared.of("1 crm end", date(2025, 6, 30), date(2025, 7, 1))
    compared.of("1 crm start", date(2025, 1, 1), date(2025, 1, 1))
    assert compared.figures == 2
    assert compared.differences == ["1 crm end: the oracle says 2025-06-30, Kontor 2025-07-01"]


CRM = {
    "initial": "12 months", "notice": "30 days", "interval": "month", "issued": "lead", "to": "term_end",
    "lead": "7 days", "due": "10 days", "due_from": "issue",
}  # fmt: skip


def crm(number: int, *wishes: Wish, named: date | None = None) -> Deal:
    """Ten seats by the month, concluded on 18 January 2024: their first interval is February."""
    formed = date(2024, 1, 18)
    return Deal(
        pack="crm", number=number, formed=formed, confirmed=formed, named=named, terms=CRM, bought={"seats": 10},
        lists=drawn.LISTS, country="DE", wishes=wishes,
    )  # fmt: skip


FOUND = [
    # the offer names 12 February: twelve months count from 1 March, not from the day named (§1.2, §11.1)
    (crm(1, Wish(date(2024, 6, 3), "notice", sent=date(2024, 6, 3)), named=date(2024, 2, 12)), date(2025, 2, 28)),
    # by quarters since 1 April 2025: July to September runs on 20 August and stays due, and nothing more (§3)
    (crm(2, Wish(date(2025, 3, 10), "interval", "quarter"), Wish(date(2025, 8, 20), "cause", count=1)), None),
    # a year from 1 March 2025 does not hold on 1 February yet, when the new term begins: that is a quarter (§1.2)
    (crm(3, Wish(date(2024, 5, 10), "interval", "quarter"), Wish(date(2024, 12, 20), "interval", "year")), None),
    # by quarters since 1 April 2025, which is a term then: notice on 10 April ends it with the quarter (§1.2, §13)
    (crm(4, Wish(date(2025, 3, 3), "interval", "quarter"), Wish(date(2025, 4, 10), "notice")), date(2025, 6, 30)),
    # two seats more before 1 February, when the contract begins: from then on, and nothing before (§12)
    (crm(5, Wish(date(2024, 1, 25), "more", "seats", 2)), None),
]


def test_what_the_oracle_found_once_stays_mended() -> None:
    compared = list(decade.simulate([deal for deal, _ in FOUND], date(2025, 10, 31)))
    assert [each for one in compared for each in one.differences] == []
    assert [lived(deal, date(2025, 10, 31)).ends for deal, ends in FOUND if ends] == [
        date(2025, 2, 28), date(2025, 6, 30),
    ]  # fmt: skip
