"""A contract read back from its rows is on every day what was written, replayed at once or one by one."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from hypothesis import given, settings, strategies as st

from kontor.office.contracts.queries.state import amendments_of, change_as_json
from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.contract_state import (
    AddItem,
    Change,
    ChangePrice,
    ChangeQuantity,
    End,
    Per,
    SetInterval,
    SetNotice,
    SetTerm,
    SetTerms,
)
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.ruling import Clause

BEGINS = date(2026, 1, 1)
DAYS = st.integers(0, 700).map(lambda after: BEGINS + timedelta(days=after))
PRICES = st.decimals(Decimal("0.000001"), Decimal(9999), places=6)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(ChangeQuantity, st.just("seats"), st.integers(1, 9)),
    st.builds(ChangePrice, st.just("seats"), PRICES),
    st.builds(SetInterval, st.sampled_from(Interval)),
    st.builds(SetNotice, st.integers(1, 12).map(lambda months: Duration.parse(f"{months} months"))),
    st.builds(lambda first, days: SetTerm(Period(first, first + timedelta(days=days))), DAYS, st.integers(1, 400)),
    st.builds(SetTerms, st.sampled_from(["2026-01", "2027-04"])),
    st.builds(End, DAYS),
)


@dataclass(frozen=True)
class Kept:
    """An amendment's columns as its row has them; the row itself needs a tenant and a database."""

    number: int
    effective_on: date
    recorded_at: datetime
    content: list[dict[str, Any]]
    clause: str


@settings(max_examples=60)
@given(told=st.lists(st.tuples(DAYS, st.lists(CHANGES, min_size=1, max_size=3)), max_size=6), price=PRICES, on=DAYS)
def test_rows_that_are_read_back_give_the_state_that_was_written(
    told: list[tuple[date, list[Change]]], price: Decimal, on: date
) -> None:
    opening: list[Change] = [AddItem("seats", 10, price, Per.MONTH)]
    written: list[Amendment] = []
    rows: list[Kept] = []
    for number, (effective, changes) in enumerate([(BEGINS, opening), *told], start=1):
        recorded = datetime.combine(BEGINS, datetime.min.time(), UTC) + timedelta(days=number)
        kept = json.loads(json.dumps([change_as_json(change) for change in changes]))
        rows.append(Kept(number=number, effective_on=effective, recorded_at=recorded, content=kept, clause="§11.1"))
        written += [
            Amendment(f"{number:06}.{place:03}", effective, recorded, change, (Clause("crm", "§11.1", "2026-01"),))
            for place, change in enumerate(changes)
        ]
    again = amendments_of(cast(Any, rows), pack="crm", version="2026-01")
    assert again == tuple(written)
    assert History(again).state(on) == History(written).state(on)
    one_by_one = [
        amendment for row in rows for amendment in amendments_of(cast(Any, [row]), pack="crm", version="2026-01")
    ]
    assert History(reversed(one_by_one)).state(on) == History(written).state(on)
