"""A contract's terms in time, as the strip under the time slider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from kontor.kernel.wording import day, day_long
from kontor.office.contracts.queries.prices import price_steps
from kontor.office.contracts.queries.remembered import Remembered, mark_of, remembered_state
from kontor.office.contracts.queries.running import terms_around
from kontor.office.contracts.views.contract_tabs import Opened
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period

MOST: Final = 6  # stretches that a label fits into


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    One term on the strip, or several past ones together.

    place  where it begins, as a share of the whole; share  how long it is
    price  the yearly price from its first day on, None where the one before has the same
    """

    label: str
    title: str
    place: Fraction
    share: Fraction
    price: Money | None
    running: bool
    ahead: bool
    first: date
    last: date


_terms: Final[Remembered[list[Period]]] = Remembered()


def strip_context(opened: Opened, *, on: date) -> dict[str, Any]:
    """
    Return the strip, the slider's range and where it stands.

    first, most  the slider's first day, and how many days lie between it and the last one
    """
    periods = _stretches(opened, max(on, opened.today))
    if not periods:
        return {"strip": []}
    first, last = periods[0].first, periods[-1].last
    held = min(max(on, first), last)
    whole = (last - first).days + 1
    prices = _prices(opened, periods)
    return {
        "strip": [
            Stretch(
                _label(period),
                f"{day(period.first)} – {day(period.last)}",
                Fraction((period.first - first).days, whole),
                Fraction(period.days, whole),
                price=prices.get(period.first),
                running=on in period,
                ahead=period.first > opened.today,
                first=period.first,
                last=period.last,
            )
            for period in periods
        ],
        "now": Fraction(min(max((opened.today - first).days, 0), whole), whole),
        "held": Fraction((held - first).days, whole),
        "first": first,
        "most": (last - first).days,
        "at": (held - first).days,
        "spoken_day": day_long(held),
    }


def _prices(opened: Opened, periods: Sequence[Period]) -> dict[date, Money]:
    """Return the yearly price on the first day of each stretch on which it differs from the one before."""
    steps = price_steps(opened.contract, opened.rows)
    found: dict[date, Money] = {}
    last: Money | None = None
    for period in periods:
        held = [step.yearly for step in steps if step.since <= period.first]
        if held and held[-1].minor and held[-1] != last:
            found[period.first] = last = held[-1]
    return found


def _stretches(opened: Opened, until: date) -> Sequence[Period]:
    """Return the terms from the first to the one after `until`; many past ones are drawn together."""
    contract = opened.contract
    key = (mark_of(contract, opened.rows), until)
    return _terms.of(key, lambda: _together(_ending(opened, terms_around(contract, opened.rows, until))))


def _ending(opened: Opened, terms: list[Period]) -> list[Period]:
    """Cut what lies behind the known end."""
    ends = remembered_state(opened.contract, opened.rows, date.max).ends
    if ends is None:
        return terms
    after = date.fromordinal(ends.toordinal() + 1)
    return [Period(term.first, min(term.end, after)) for term in terms if term.first < after]


def _together(terms: list[Period]) -> list[Period]:
    if len(terms) <= MOST:
        return terms
    past, rest = terms[:-2], terms[-2:]
    size = -(-len(past) // (MOST - 2))
    groups = [past[place : place + size] for place in range(0, len(past), size)]
    return [Period(group[0].first, group[-1].end) for group in groups] + rest


def _label(period: Period) -> str:
    """Return "2026" for a year of the calendar, "2026/27" for one across two, the days for what is shorter."""
    if period.days < 360:  # noqa: PLR2004  no year
        return f"{day(period.first)} – {day(period.last)}"
    first, last = period.first.year, period.last.year
    return str(first) if first == last else f"{first}/{last % 100:02}"
