"""The figures of all contracts together: what recurs, how it moved, and what the coming months bring."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.remembered import Remembered, history_of, mark_of
from kontor.office.contracts.queries.running import ends_any_time, running_term
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.revenue import NOTHING, Ahead, Movement, contracted_ahead, month_ends, monthly_on, moved, together

MONTHS: Final = 12
_KEPT: Final = 50_000  # of about 2 kB each


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is over, or running: what recurred at its end, how many contracts, and how it moved."""

    last: date
    recurring: Money
    contracts: int
    new: Money
    expansion: Money
    contraction: Money
    churn: Money

    @property
    def net(self) -> Money:
        """The difference to the month before."""
        return self.new + self.expansion - self.contraction - self.churn


@dataclass(frozen=True, slots=True)
class Coming:
    """A month to come: what is contracted, and what comes on top where contracts renew."""

    month: Period
    contracted: Money
    if_renewed: Money


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures in one currency; `months` ends with the running one."""

    currency: str
    months: tuple[Month, ...]
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True)
class _OfOne:
    """What recurred in one contract at each month's end, the one before the first shown included, and what comes."""

    recurring: tuple[Fraction, ...]
    coming: tuple[Ahead, ...]


_contracts: Final[Remembered[_OfOne]] = Remembered(_KEPT)


def figures(today: date) -> list[Figures]:
    """Return the figures by currency, in two queries; every amount is rounded once, when all contracts are summed."""
    contracts = list(Contract.objects.select_related(None).order_by("pk"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    found: dict[str, list[_OfOne]] = defaultdict(list)
    for contract in contracts:
        found[contract.terms["currency"]].append(_of_one(contract, rows[contract.pk], today))
    return [_figures(currency, found[currency], today) for currency in sorted(found)]


def _of_one(contract: Contract, rows: Sequence[Amendment], today: date) -> _OfOne:
    key: tuple[tuple[uuid.UUID, uuid.UUID | None, int], date] = (mark_of(contract, rows), today)
    return _contracts.of(key, lambda: _reckoned(contract, rows, today))


def _reckoned(contract: Contract, rows: Sequence[Amendment], today: date) -> _OfOne:
    history = history_of(contract, rows)
    ends = history.state(date.max).ends
    bound = ends
    if ends is None and not ends_any_time(contract, today) and (term := running_term(contract, rows, today)):
        bound = term.value.ends  # the earliest day for which notice given today would be in time
    return _OfOne(
        tuple(monthly_on(history.state, day) for day in month_ends(today, MONTHS + 1)),
        tuple(contracted_ahead(history.state, bound_until=bound, first=today.replace(day=1), months=MONTHS)),
    )


def _figures(currency: str, all_of_them: Sequence[_OfOne], today: date) -> Figures:
    days = month_ends(today, MONTHS)
    months = [_month(currency, all_of_them, place, day) for place, day in enumerate(days, start=1)]
    coming = [
        Coming(
            all_of_them[0].coming[place].month,
            Money.rounded(sum((each.coming[place].contracted for each in all_of_them), NOTHING), currency),
            Money.rounded(sum((each.coming[place].if_renewed for each in all_of_them), NOTHING), currency),
        )
        for place in range(MONTHS)
    ]
    return Figures(currency, tuple(months), tuple(coming))


def _month(currency: str, all_of_them: Sequence[_OfOne], place: int, day: date) -> Month:
    moves: Movement = together(moved(each.recurring[place - 1], each.recurring[place]) for each in all_of_them)
    return Month(
        last=day,
        recurring=Money.rounded(sum((each.recurring[place] for each in all_of_them), NOTHING), currency),
        contracts=sum(1 for each in all_of_them if each.recurring[place]),
        new=Money.rounded(moves.new, currency),
        expansion=Money.rounded(moves.expansion, currency),
        contraction=Money.rounded(moves.contraction, currency),
        churn=Money.rounded(moves.churn, currency),
    )
