"""
What is to be invoiced on a day: which positions of a contract, for which service periods, resting on which clause.

The answer depends on the contract's amendments, its billing rule and what was billed before, never on when it is asked:
a run that is repeated, or made up for later, finds the same service periods at the prices of their own time.

>>> from datetime import UTC
>>> from decimal import Decimal
>>> from kontor.rulebook.contract_state import SetInterval
>>> from kontor.rulebook.duration import Duration
>>> from kontor.rulebook.ruling import Clause
>>> signed = datetime(2026, 6, 18, 9, tzinfo=UTC)
>>> contract = [
...     Amendment("1", date(2026, 6, 18), signed, AddItem("basic", 10, Decimal("60.00"), Per.MONTH)),
...     Amendment("2", date(2026, 6, 18), signed, SetInterval(Interval.YEAR)),
... ]
>>> crm = BillingRule(
...     issued=Issued.BEFORE_PERIOD, anchor=date(2026, 7, 1), first_day=date(2026, 6, 18), concluded=date(2026, 6, 18),
...     zone=UTC, lead=Duration.parse("14 days"), clauses={Kind.ADVANCE: (Clause("crm", "§11.1"),)},
... )
>>> [(due.period.spoken.en, due.issued_on.isoformat()) for due in due_on(contract, crm, date(2026, 6, 18)).value]
[('1 July 2026 to 30 June 2027', '2026-06-18')]
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.billing_rule import Basis, BillingRule, Due, DueKey, Issued, Kind
from kontor.rulebook.contract_state import (
    AddItem,
    ChangeQuantity,
    ContractState,
    Per,
    Position,
    Quantity,
    counted,
    exact,
)
from kontor.rulebook.currency import number
from kontor.rulebook.moment import utc
from kontor.rulebook.period import ONE_DAY, Interval, Period, interval
from kontor.rulebook.proration import months_in
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import day, said

_MONTHS_PER = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}
_LATE = (Kind.ADDITION, Kind.REDUCTION)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A period with its own invoice; `positions` None: all that recurs. `months` is the whole period's length."""

    kind: Kind
    period: Period
    issued_on: date
    months: Fraction
    positions: frozenset[str] | None = None

    def bills(self, position: Position) -> bool:
        """Say whether a position is billed with this slot."""
        return position.per is not Per.ONCE and (self.positions is None or position.key in self.positions)


def due_on(
    amendments: Iterable[Amendment], rule: BillingRule, run_day: date, *, billed: Collection[DueKey] = ()
) -> Ruling[tuple[Due, ...]]:
    """
    Return what is to be invoiced up to and including a day and was not billed yet, by day of issue.

    An interval is billed with what was recorded before the day its invoice is issued, at the price in force on its
    first day; the contract's first amendments share one moment of recording and always count. What is recorded later
    is billed by itself, from its day to the end of the interval; additions and reductions of one position to one day
    that were not billed yet are netted, and leave no line where they cancel out. Nothing that begins after
    the contract's end is billed. Revoking what was billed needs a cancellation document and is not found here.
    """
    history = History(amendments)
    if not history.in_order():
        return Ruling((), (), (("run_day", run_day.isoformat()),))
    run = _Run(history, rule, run_day, frozenset(billed))
    found = [due for slot in run.slots() for due in (*run.base(slot), *run.late(slot))]
    order = {change.key: place for place, (_, change) in reversed(list(enumerate(run.quantities)))}
    dues = tuple(
        sorted(
            (*found, *run.once()),
            key=lambda due: (due.issued_on, due.period.first, order[due.position], due.through),
        )
    )
    clauses = dict.fromkeys(clause for due in dues for clause in due.clauses)
    return Ruling(dues, tuple(clauses), (("run_day", run_day.isoformat()),), tuple(_told(due) for due in dues))


class _Run:
    """One contract on one day of running."""

    def __init__(self, history: History, rule: BillingRule, run_day: date, billed: frozenset[DueKey]) -> None:
        self.history, self.rule, self.run_day, self.billed = history, rule, run_day, billed
        self.opened = min(amendment.recorded for amendment in history.in_order())
        self.ends = history.ends()
        self.quantities = [
            (amendment, amendment.change)
            for amendment in history.in_order()
            if isinstance(amendment.change, AddItem | ChangeQuantity)
        ]

    def slots(self) -> Iterator[_Slot]:
        """Yield every period whose invoice is issued by the day of the run."""
        rule = self.rule
        before = Period(min(rule.first_day, rule.anchor), rule.anchor)
        if rule.issued is Issued.DATES_OF_OFFER:
            for it in rule.instalments:
                months = _months_of(it.period, rule)
                slot = _Slot(Kind.INSTALMENT, it.period, max(it.issued_on, rule.concluded), months, it.positions)
                yield from (slot,) if slot.issued_on <= self.run_day else ()
        elif before.days and rule.days_before_charged:
            issued_on = max(rule.concluded, before.end if rule.issued is Issued.PERIOD_END else before.first)
            slot = _Slot(Kind.DAYS_BEFORE, before, issued_on, months_in(before, rule.anchor, rule=rule.months))
            yield from (slot,) if slot.issued_on <= self.run_day else ()
        yield from self._intervals(Kind.RENEWAL if rule.issued is Issued.DATES_OF_OFFER else Kind.ADVANCE)

    def _intervals(self, kind: Kind) -> Iterator[_Slot]:
        anchor, every, place = self.rule.anchor, None, 0
        period = Period(anchor, anchor)
        recurs = any(isinstance(change, AddItem) and change.per is not Per.ONCE for _, change in self.quantities)
        while recurs and self.rule.earliest(period.end) <= self.run_day:
            first = period.end
            state = self._state(first, known_at=self._known(self.rule.issue_day(Period(first, first))))
            if not state.runs_on(first):
                return
            if state.interval is not every:
                anchor, every, place = first, _stated(state.interval, first), 0
            period = interval(anchor, _stated(every, first), place, rule=self.rule.months)
            place += 1
            issued_on = self.rule.issue_day(period)
            if issued_on <= self.run_day:
                yield _Slot(kind, period, issued_on, Fraction(_stated(every, first).months))

    def base(self, slot: _Slot) -> Iterator[Due]:
        """Yield the positions a period is billed with."""
        state = self._state(slot.period.first, known_at=self._known(slot.issued_on))
        for position in state.positions:
            key = DueKey(position.key, slot.period.first, slot.kind)
            if slot.bills(position) and position.quantity and state.runs_on(key.start) and key not in self.billed:
                yield self._due(slot, position, key, part=_until_end(slot.period, state), quantity=position.quantity)

    def late(self, slot: _Slot) -> Iterator[Due]:
        """Yield what joined or left a period after its invoice, from its day to the period's end."""
        known = self._known(slot.issued_on)
        groups: dict[tuple[str, date], list[tuple[Amendment, AddItem | ChangeQuantity]]] = {}
        for amendment, change in self.quantities:
            in_base = amendment.effective <= slot.period.first and amendment.recorded <= known
            if amendment.effective < slot.period.end and not in_base:
                start = max(amendment.effective, slot.period.first)
                groups.setdefault((change.key, start), []).append((amendment, change))
        for (name, start), group in groups.items():
            told = sorted(group, key=lambda pair: (pair[0].recorded, pair[0].id))
            issued = [self._issued_late(slot, amendment) for amendment, _ in told]
            done = self._through(name, start, _LATE)
            through = sum(issued_on <= self.run_day for issued_on in issued)
            net = _net(change for _, change in told[done:through])
            state = self._state(start, known_at=told[through - 1][0].recorded)
            position = state.position(name)
            if net and position and slot.bills(position) and state.runs_on(start):
                key = DueKey(name, start, Kind.ADDITION if net > 0 else Kind.REDUCTION, through)
                part = _until_end(Period(start, slot.period.end), state)
                yield self._due(slot, position, key, part=part, quantity=net, issued_on=issued[through - 1])

    def once(self) -> Iterator[Due]:
        """Yield hardware and services: on the day the offer fixes, else on conclusion, and what comes later then."""
        groups: dict[tuple[str, date], list[tuple[Amendment, AddItem | ChangeQuantity]]] = {}
        for amendment, change in self.quantities:
            groups.setdefault((change.key, amendment.effective), []).append((amendment, change))
        fixed = {name: it.issued_on for it in self.rule.instalments for name in it.positions or ()}
        for (name, start), group in groups.items():
            told = sorted(group, key=lambda pair: (pair[0].recorded, pair[0].id))
            recorded = told[-1][0].recorded
            agreed_later = max(start, recorded.astimezone(self.rule.zone).date()) if recorded > self.opened else None
            issued_on = max(fixed.get(name) or agreed_later or self.rule.concluded, self.rule.concluded)
            position = self.history.state(start, known_at=recorded).position(name)
            net = _net(change for _, change in told[self._through(name, start, (Kind.ONCE,)) :])
            if position and position.per is Per.ONCE and net and issued_on <= self.run_day:
                yield Due(
                    position=name,
                    kind=Kind.ONCE,
                    period=Period(start, start + ONE_DAY),
                    issued_on=issued_on,
                    quantity=net,
                    price=position.price,
                    per=Per.ONCE,
                    times=Fraction(1),
                    through=len(told),
                    clauses=self.rule.of(Period(start, start)).clauses.get(Kind.ONCE, ()),
                )

    def _due(
        self,
        slot: _Slot,
        position: Position,
        key: DueKey,
        *,
        part: Period,
        quantity: Quantity,
        issued_on: date | None = None,
    ) -> Due:
        months, days, rule = slot.months, None, self.rule.of(slot.period)
        if part != slot.period and rule.part_by is Basis.DAYS:
            days = part.days
        elif part != slot.period:
            months = months_in(part, slot.period.first, rule=rule.months)
        return Due(
            position=key.position,
            kind=key.kind,
            period=part,
            issued_on=issued_on or slot.issued_on,
            quantity=quantity,
            price=position.price,
            per=position.per,
            times=months / _MONTHS_PER[position.per],
            days=days,
            of_days=None if days is None else slot.period.days,
            through=key.through,
            clauses=rule.clauses.get(key.kind, ()),
        )

    def _state(self, when: date, *, known_at: datetime) -> ContractState:
        """Return the state of a day with the end, as known then; what begins after the end is not billed at all."""
        state = self.history.state(when, known_at=known_at)
        ends = self.history.ends(known_at=known_at)
        if self.ends is not None and when > self.ends:
            ends = self.ends
        return state if ends == state.ends else replace(state, ends=ends)

    def _known(self, issued_on: date) -> datetime:
        midnight = datetime.combine(issued_on, time(), self.rule.zone)
        return max(self.opened, utc(midnight) - _INSTANT)

    def _issued_late(self, slot: _Slot, amendment: Amendment) -> date:
        recorded = amendment.recorded.astimezone(self.rule.zone).date()
        joined = amendment.effective if amendment.effective > slot.period.first else slot.issued_on
        return max(recorded, joined, slot.issued_on)

    def _through(self, name: str, start: date, kinds: Collection[Kind]) -> int:
        return max(
            (it.through for it in self.billed if (it.position, it.start) == (name, start) and it.kind in kinds),
            default=0,
        )


def _stated(every: Interval | None, first: date) -> Interval:
    if every is None:
        raise RefusalError(
            said(
                "Für den Zeitraum ab {first} ist kein Abrechnungsintervall vereinbart.",
                "No billing interval is agreed for the period from {first}.",
                first=day(first),
            )
        )
    return every


def _until_end(period: Period, state: ContractState) -> Period:
    return period if state.ends is None else Period(period.first, min(period.end, state.ends + ONE_DAY))


def _net(changes: Iterable[AddItem | ChangeQuantity]) -> Quantity:
    net: Quantity = 0
    for change in changes:
        net += change.quantity if isinstance(change, AddItem) else change.by
    return exact(net)


def _months_of(period: Period, rule: BillingRule) -> Fraction:
    """
    Return how many months an instalment's period has, counted with the contract's own where it begins one of them.

    A quarter of a contract of 31 May may begin on 1 March and end on 30 May: by BGB 188 these are three whole months.
    """
    before = Period(min(rule.first_day, period.first), period.first)
    whole = months_in(before, before.first, rule=rule.months).denominator == 1
    return months_in(period, before.first if whole else period.first, rule=rule.months)


def _told(due: Due) -> Text:
    return said(
        "{issued}: {quantity} × „{position}“ zu {price}, {period} ({kind})",
        "{issued}: {quantity} × “{position}” at {price}, {period} ({kind})",
        issued=day(due.issued_on),
        quantity=counted(due.quantity),
        position=due.position,
        price=number(due.price),
        period=due.period.spoken,
        kind=_KINDS[due.kind],
    )


_KINDS = {
    Kind.ADVANCE: Text("Abrechnungszeitraum", "billing interval"),
    Kind.DAYS_BEFORE: Text("Tage vor dem ersten Zeitraum", "days before the first interval"),
    Kind.INSTALMENT: Text("Termin des Angebots", "date of the offer"),
    Kind.RENEWAL: Text("Verlängerung", "renewal"),
    Kind.ADDITION: Text("Erweiterung", "addition"),
    Kind.REDUCTION: Text("Verringerung", "reduction"),
    Kind.ONCE: Text("einmalig", "once"),
}
