"""
What an order changes in a running contract, from which day, and what it costs until the next regular invoice.

>>> from datetime import UTC, datetime
>>> from kontor.rulebook.billing_rule import Issued, Kind
>>> from kontor.rulebook.contract_state import SetInterval
>>> told = datetime(2026, 1, 1, 9, tzinfo=UTC)
>>> year = Period(date(2026, 1, 1), date(2027, 1, 1))
>>> contract = [
...     Amendment("1", year.first, told, AddItem("basic", 10, Decimal("50.00"), Per.MONTH)),
...     Amendment("2", year.first, told, SetInterval(Interval.YEAR)),
... ]
>>> state = History(contract).state(date(2026, 7, 1))
>>> [two] = added(state, [Wanted("basic", 2, Decimal("50.00"), Per.MONTH)], {})
>>> two
ChangeQuantity(key='basic', by=2)
>>> rule = BillingRule(
...     issued=Issued.PERIOD_START, anchor=year.first, first_day=year.first, concluded=year.first, zone=UTC,
... )
>>> order = Amendment("3", date(2026, 7, 1), datetime(2026, 7, 1, 8, tzinfo=UTC), two)
>>> cost = cost_of(contract, [order], rule, currency="EUR", billed=[DueKey("basic", year.first, Kind.ADVANCE)])
>>> cost.value.now.bare(), cost.value.per_interval.bare(), cost.value.per_interval_before.bare()
('604.93', '7200.00', '6000.00')
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import BillingRule, DueKey
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, ContractState, Per, SetInterval
from kontor.rulebook.invoice_lines import InvoiceLine, invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.period import Interval, Period, interval
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

MONTHS_PER = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many more of an item of the price list, at the price that holds for them."""

    item: str
    quantity: int
    price: Decimal
    per: Per


@dataclass(frozen=True, slots=True)
class Cost:
    """
    What an order costs.

    now                  net, invoiced at once: the rest of what is invoiced already
    per_interval, per_interval_before  the base fee of a billing interval with and without the order, net
    lines                what `now` is made of
    """

    now: Money
    per_interval: Money
    per_interval_before: Money
    lines: tuple[InvoiceLine, ...]

    @property
    def more_per_interval(self) -> Money:
        """What each further interval costs more; less than nothing where it costs less."""
        return self.per_interval - self.per_interval_before


def added(
    state: ContractState, wanted: Iterable[Wanted], items: Mapping[str, str], *, taken: Iterable[str] = ()
) -> tuple[AddItem | ChangeQuantity, ...]:
    """
    Return the changes that add what is wanted to a contract.

    items  position key -> item of the price list, for positions whose key is another
    taken  keys of positions that the contract has on other days

    More at a position's own price join it. At another price they become a position of their own, so that what was
    bought before keeps its price: "basic", "basic-2", "basic-3".

    >>> has = AddItem("basic", 10, Decimal("60.00"), Per.MONTH).applied(ContractState(), date(2026, 7, 1))
    >>> added(has, [Wanted("basic", 1, Decimal("65.00"), Per.MONTH)], {})[0].key
    'basic-2'
    """
    changes: list[AddItem | ChangeQuantity] = []
    used = {*taken, *(position.key for position in state.positions)}
    for each in wanted:
        _refuse_quantity(each.quantity)
        same = next(
            (
                it.key
                for it in state.positions
                if (items.get(it.key, it.key), it.price, it.per) == (each.item, each.price, each.per)
            ),
            None,
        )
        if same is not None:
            changes.append(ChangeQuantity(same, each.quantity))
            continue
        key = _free(each.item, used)
        used.add(key)
        changes.append(AddItem(key, each.quantity, each.price, each.per))
    return tuple(changes)


def ending_with(changes: Iterable[AddItem | ChangeQuantity]) -> tuple[ChangeQuantity, ...]:
    """
    Return the changes that take an addition away again, for one that runs for the rest of a term only.

    >>> ending_with([ChangeQuantity("basic", 2)])
    (ChangeQuantity(key='basic', by=-2),)
    """
    return tuple(ChangeQuantity(it.key, -(it.quantity if isinstance(it, AddItem) else it.by)) for it in changes)


def fewer(state: ContractState, less: Mapping[str, int], when: date) -> tuple[ChangeQuantity, ...]:
    """
    Return the changes that take so many away from each position; RefusalError for more than there are on that day.

    >>> has = AddItem("basic", 10, Decimal("60.00"), Per.MONTH).applied(ContractState(), date(2026, 7, 1))
    >>> fewer(has, {"basic": 3}, date(2026, 7, 1))
    (ChangeQuantity(key='basic', by=-3),)
    """
    changes = []
    for key, quantity in less.items():
        _refuse_quantity(quantity)
        change = ChangeQuantity(key, -quantity)
        state = change.applied(state, when)
        changes.append(change)
    return tuple(changes)


def running_interval(amendments: Iterable[Amendment], rule: BillingRule, on: date) -> Period:
    """
    Return the billing interval that runs on a day, the first one before it begins.

    Intervals are counted from the rule's anchor, and anew from the day on which another interval begins.
    RefusalError where none is agreed.
    """
    return next(period for _, _, period in _periods(History(amendments), rule) if on < period.end)


def billing_intervals(amendments: Iterable[Amendment], rule: BillingRule) -> tuple[tuple[date, Interval], ...]:
    """
    Return the billing intervals that were agreed, each with the day from which its periods count.

    Another one holds from the first end of a period on or after its day. RefusalError where none is agreed.
    """
    history = History(amendments)
    days = (it.effective for it in history.in_order() if isinstance(it.change, SetInterval))
    last, found, periods = max(days, default=rule.anchor), {}, _periods(history, rule)
    while True:
        anchor, every, period = next(periods)
        found[anchor] = every
        if period.first >= last:
            return tuple(found.items())


def _periods(history: History, rule: BillingRule) -> Iterator[tuple[date, Interval, Period]]:
    """Yield the billing periods without end, each behind the day from which it is counted and its length."""
    anchor, every, place = rule.anchor, _every(history, rule.anchor), 0
    while True:
        period = interval(anchor, every, place, rule=rule.months)
        yield anchor, every, period
        place += 1
        following = _every(history, period.end)
        if following is not every:
            anchor, every, place = period.end, following, 0


def cost_of(
    amendments: Sequence[Amendment],
    order: Sequence[Amendment],
    rule: BillingRule,
    *,
    currency: str,
    billed: Collection[DueKey],
    clauses: Iterable[Clause] = (),
) -> Ruling[Cost]:
    """
    Return what an order costs, by the rule that bills it: to the cent what the next run will invoice.

    order   the amendments it would make, recorded at the moment it is confirmed
    billed  what was invoiced of the contract so far
    """
    recorded, effective = order[0].recorded, order[0].effective
    today = max(recorded.astimezone(rule.zone).date(), effective)
    before = due_on(amendments, rule, today, billed=billed).value
    after = due_on([*amendments, *order], rule, today, billed=billed).value
    # an addition joins one of the same day that was not invoiced yet: the difference is what the order costs
    lines = invoice_lines([due for due in after if due not in before], currency=currency)
    joined = invoice_lines([due for due in before if due not in after], currency=currency).value
    now = Money.total([line.amount for line in lines.value], currency)
    now -= Money.total([line.amount for line in joined], currency)
    fee = base_fee(History(amendments).state(effective), currency=currency)
    fee_after = base_fee(History([*amendments, *order]).state(effective), currency=currency)
    steps = (*lines.working, *_fee_steps(fee, fee_after))
    cited = tuple(dict.fromkeys((*clauses, *lines.clauses)))
    inputs = (("day", effective.isoformat()), ("currency", currency))
    return Ruling(Cost(now, fee_after, fee, lines.value), cited, inputs, steps)


def base_fee(state: ContractState, *, currency: str) -> Money:
    """Return what a whole billing interval costs with what recurs on a day, each position rounded once."""
    if state.interval is None:
        return Money(currency, 0)
    months = state.interval.months
    return Money.total(
        [
            Money.rounded(Fraction(it.price) * Fraction(it.quantity) * Fraction(months, MONTHS_PER[it.per]), currency)
            for it in state.positions
            if it.per is not Per.ONCE
        ],
        currency,
    )


def _fee_steps(before: Money, after: Money) -> tuple[Text, ...]:
    if before == after:
        return ()
    return (
        said(
            "Grundgebühr je Abrechnungszeitraum: {after} statt {before}.",
            "Base fee per billing interval: {after} instead of {before}.",
            after=after.text,
            before=before.text,
        ),
    )


def _every(history: History, when: date) -> Interval:
    state = history.state(when)
    if state.interval is None:
        raise RefusalError(
            said(
                "Für den {when} ist kein Abrechnungsintervall vereinbart.",
                "No billing interval is agreed for {when}.",
                when=day(when),
            )
        )
    return state.interval


def _refuse_quantity(quantity: int) -> None:
    if quantity < 1 or quantity != int(quantity):
        raise RefusalError(
            said(
                "Bestellt werden ganze Stücke, mindestens eines; nicht {quantity}.",
                "Whole pieces are ordered, one at least; not {quantity}.",
                quantity=str(quantity),
            )
        )


def _free(item: str, taken: Collection[str]) -> str:
    if item not in taken:
        return item
    number = 2
    while f"{item}-{number}" in taken:
        number += 1
    return f"{item}-{number}"
