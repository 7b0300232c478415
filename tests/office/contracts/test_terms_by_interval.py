"""crm: after twelve months a term is a billing interval, also where another one was chosen (§1.2, §11.1, §13)."""

from datetime import UTC, date, datetime, time

import pytest

from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import ordering
from kontor.office.contracts.actions.noticing import give_notice
from kontor.office.contracts.actions.renewing import renew
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.ending import rows_of
from kontor.office.contracts.queries.hands import next_renewals
from kontor.office.contracts.queries.next_steps import term_steps
from kontor.office.contracts.queries.running import term_rule_now, terms_around
from kontor.rulebook.ending.form import Means
from kontor.rulebook.period import Period
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import letter, noon, signed

pytestmark = pytest.mark.django_db
MONTHLY = {"invoicing.interval": "month", "invoicing.lead": "7 days", "invoicing.due": "14 days"}
FEBRUARY = Period(date(2028, 2, 1), date(2028, 3, 1))


@pytest.fixture
def house() -> House:
    return make_house("crm")


@pytest.fixture
def contract(house: House) -> Contract:
    """By the month from 1 December 2026; on 3 February 2028 the customer chooses quarters, from 1 March."""
    made = signed(house, agreed=MONTHLY)
    with as_tenant(house.tenant.pk):
        renew([made.pk], at=datetime.combine(date(2028, 2, 2), time(19), UTC))
        ordering.order_interval(
            made, "quarter", channel="LETTER", ordered_by="Jonas Alder", email="jonas@alder.example",
            received_on=date(2028, 2, 3), at=noon(date(2028, 2, 3)), actor=Actor("OUTSIDE", None, "Jonas Alder"),
        )  # fmt: skip
    return made


def test_terms_follow_the_quarters_that_are_billed(house: House, contract: Contract) -> None:
    """March stood fast, as a month, on 31 January: 30 days before it begins. The rest of the quarter follows it."""
    with as_tenant(house.tenant.pk):
        shown = terms_around(contract, rows_of(contract), date(2028, 5, 20))
    assert shown[0] == Period(date(2026, 12, 1), date(2027, 12, 1))
    assert shown[3:] == [
        FEBRUARY,
        Period(date(2028, 3, 1), date(2028, 4, 1)),
        Period(date(2028, 4, 1), date(2028, 6, 1)),
        Period(date(2028, 6, 1), date(2028, 9, 1)),
    ]


def test_what_runs_on_to_the_next_quarter_is_renewed_so(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        made = renew([contract.pk], at=noon(date(2028, 5, 3)))
        assert [(row.content[0]["first"], row.content[0]["end"]) for row in made] == [
            ("2028-04-01", "2028-06-01"),
            ("2028-06-01", "2028-09-01"),
        ]


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        (date(2028, 3, 1), date(2028, 3, 31)),  # 2 to 31 March are 30 days
        (date(2028, 3, 2), date(2028, 5, 31)),
        (date(2028, 5, 2), date(2028, 8, 31)),  # by months it would have been 30 June
    ],
)
def test_notice_ends_it_with_a_quarter(house: House, contract: Contract, sent: date, ends: date) -> None:
    with as_tenant(house.tenant.pk):
        given = letter(sent, sent=sent, means=Means.LETTER)
        assert give_notice(contract, given, at=noon(sent), actor=house.actor).ends_on == ends


def test_fewer_users_that_miss_a_month_count_from_the_end_of_the_quarter_that_follows(
    house: House, contract: Contract
) -> None:
    """Received on 10 February, too late for its end: the next interval is March to May (§12)."""
    received = date(2028, 2, 10)
    with as_tenant(house.tenant.pk):
        order = ordering.order_fewer(
            contract, {"seats": 2}, warned=[], channel="LETTER", ordered_by="Jonas Alder",
            email="jonas@alder.example", received_on=received, at=noon(received),
            actor=Actor("OUTSIDE", None, "Jonas Alder"),
        )  # fmt: skip
        assert order.states.get().effective_on == date(2028, 6, 1)


def test_every_page_names_the_same_last_day(house: House, contract: Contract) -> None:
    today = date(2028, 4, 10)
    with as_tenant(house.tenant.pk):
        rows = rows_of(contract)
        steps = [(step.on, step.title.en) for step in term_steps(contract, rows, today=today, read=None)]
        (renewal,) = next_renewals(today, limit=5)
    assert steps == [
        (date(2028, 5, 1), "Last day for notice"),  # a Monday; 2 to 31 May are 30 days
        (date(2028, 6, 1), "Renews unless notice was given"),
    ]
    assert (renewal.notice_by, renewal.renews_on) == (date(2028, 5, 1), date(2028, 6, 1))


def test_other_contracts_keep_the_terms_they_count_themselves() -> None:
    house = make_house("visitor")
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        renew([contract.pk], at=noon(date(2027, 9, 1)))
        rule, _ = term_rule_now(contract, rows_of(contract), date(2027, 9, 1))
        assert rule.intervals == ()
        assert rule.settled == (
            Period(date(2026, 12, 1), date(2027, 12, 1)), Period(date(2027, 12, 1), date(2028, 12, 1)),
        )  # fmt: skip
        (renewal,) = next_renewals(date(2027, 12, 1), limit=5)
    assert renewal.notice_by == date(2028, 8, 31)
