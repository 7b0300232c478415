"""What an order would change in a contract: decided alike for the page that shows it and the action that does it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kontor.office.contracts.models import Amendment as Row, Contract
from kontor.office.contracts.queries.billing import billing_rule
from kontor.office.contracts.queries.renewals import last_term
from kontor.office.contracts.queries.shop import Ware
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.billing_rule import DueKey
from kontor.rulebook.calc.facts import months_rule
from kontor.rulebook.changing import Cost, Wanted, added, cost_of, ending_with, fewer, running_interval
from kontor.rulebook.contract_state import AddItem, ChangePrice, Per, SetInterval
from kontor.rulebook.due import Reduction, seats_reduced_from
from kontor.rulebook.period import ONE_DAY, Interval
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import NoAnswerError, TermsPack, given
from kontor.rulebook.wording import day, said

BY_ORDER = ("order", "confirmed_request")


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What an order would do.

    dated   the changes by the day from which they hold, the first day first
    items   what added positions are called and open, by position key
    ruling  why from that day, and what it costs where that can be said
    """

    dated: tuple[tuple[date, tuple[Any, ...]], ...]
    items: Mapping[str, Mapping[str, str]]
    ruling: Ruling[Any]
    cost: Cost | None = None

    @property
    def last_day(self) -> date:
        """The last day on which what was added holds, where it ends by itself."""
        return self.dated[-1][0] - ONE_DAY


@dataclass(frozen=True, slots=True)
class Standing:
    """A contract as its changes are asked about: its rows, what was billed, and the moment in its own zone."""

    contract: Contract
    rows: Sequence[Row]
    billed: Collection[DueKey]
    at: datetime

    @property
    def pack(self) -> TermsPack:
        """The terms as the contract has them on this day."""
        return terms_on(self.contract, self.today, self.rows)

    @property
    def today(self) -> date:
        """The day in the contract's zone."""
        return self.at.astimezone(ZoneInfo(pack_of_terms(self.contract.terms).zone)).date()

    @property
    def told(self) -> tuple[Amendment, ...]:
        """The amendments as the rulebook reads them."""
        return amendments_of(self.rows, pack=self.contract.pack, version=self.contract.version)

    @property
    def items(self) -> dict[str, str]:
        """Position key -> item of the price list, where the two differ."""
        return {told["key"]: told["item"]["key"] for row in self.rows for told in row.content if told.get("item")}


def may_add(pack: TermsPack) -> Ruling[bool]:
    """Say whether more can simply be ordered; where the terms want a signed offer or are silent, it cannot."""
    rule = pack.seats.added_by if pack.seats else None
    if rule is None:
        silent = Text(
            "Die Bedingungen regeln keine Erweiterung; es braucht ein neues Angebot.",
            "The terms do not provide for additions; a new offer is needed.",
        )
        return Ruling(False, (), (), (silent,))
    if rule.value in BY_ORDER:
        step = Text("Mehr wird bestellt und von uns bestätigt.", "More is ordered, and we confirm it.")
    else:
        step = Text(
            "Mehr braucht ein weiteres unterschriebenes Angebot zu den geltenden Preisen.",
            "More needs a further signed offer at the current prices.",
        )
    return Ruling(rule.value in BY_ORDER, rule.clauses, (), (step,))


def more(standing: Standing, lines: Sequence[Mapping[str, Any]]) -> Plan:
    """
    Return what confirming an order of more at this moment would do, and what it costs.

    lines  as a change order keeps them: item, name, module, unit, kind, per, price, quantity

    RefusalError where the contract has ended, or what is ordered cannot be added; NoAnswerError and PackError where the
    terms do not say how to bill it, so that no cost could be named.
    """
    allowed = may_add(standing.pack)
    if not allowed.value:
        raise RefusalError(allowed.working[0])
    on = max(standing.today, standing.contract.start_on)
    history = History(standing.told)
    _refuse_ended(history, on)
    wanted = [Wanted(it["item"], it["quantity"], Decimal(it["price"]), Per(it["per"])) for it in lines]
    taken = [it.key for it in history.state(date.max).positions]
    changes = added(history.state(on), wanted, standing.items, taken=taken)
    named = {each["item"]: each for each in lines}
    items = {
        change.key: _item(named[each.item])
        for change, each in zip(changes, wanted, strict=True)
        if isinstance(change, AddItem)
    }
    dated: list[tuple[date, tuple[Any, ...]]] = [(on, changes)]
    until = _until(standing)
    if until is not None:
        dated.append((until, ending_with(changes)))
    cost = cost_of(
        standing.told,
        _as_amendments(standing, dated),
        billing_rule(standing.contract, standing.rows),
        currency=standing.contract.terms["currency"],
        billed=standing.billed,
        clauses=_clauses(standing.pack),
    )
    return Plan(tuple(dated), items, cost.because(working=_from(on, until)), cost.value)


def less(standing: Standing, lines: Sequence[Mapping[str, Any]], *, received: date) -> Plan:
    """Return from when fewer count after a notice received on a day; RefusalError where the terms know no reduction."""
    pack = standing.pack
    seats = pack.seats
    try:
        notice = given(seats.reduction_notice if seats else None, key="seats.reduction_notice")
    except NoAnswerError:
        raise RefusalError(
            Text(
                "Die Bedingungen kennen während der Laufzeit keine Verringerung; es bleibt die Kündigung.",
                "The terms know no reduction during the term; what remains is notice of termination.",
            )
        ) from None
    history = History(standing.told)
    rule = billing_rule(standing.contract, standing.rows)
    running = running_interval(standing.told, rule, received)
    every = history.state(running.end).interval  # that of the next one, where the notice misses the end of this one
    assert every is not None, "whoever has a running interval has a next one"
    ruling: Ruling[Reduction] = seats_reduced_from(
        received, running.end, every=every, notice=notice.value, rule=months_rule(pack), clauses=notice.clauses
    )
    on = ruling.value.effective
    _refuse_ended(history, on)
    changes = fewer(history.state(on), {it["key"]: it["quantity"] for it in lines}, on)
    # a reduction ordered for a later day counts already: both together must be possible
    History([*standing.told, *_as_amendments(standing, [(on, changes)])]).state(date.max)
    return Plan(((on, changes),), {}, ruling.map(lambda found: found.effective))


def other_interval(standing: Standing, wanted: Interval, listed: Sequence[Ware], *, asked: date) -> Plan:
    """
    Return what billing by another interval would do: from the next interval on, at the official list's prices.

    listed  the list of the day from which it holds (see `next_interval`), without agreed prices

    RefusalError where the terms do not provide for it, or the interval is the same.
    """
    pack = standing.pack
    source = pack.invoicing.interval_change_from if pack.invoicing else None
    if source is None:
        raise RefusalError(
            Text(
                "Die Bedingungen sehen keinen Wechsel des Abrechnungsintervalls vor.",
                "The terms do not provide for another billing interval.",
            )
        )
    history, on = History(standing.told), next_interval(standing, asked)
    _refuse_ended(history, on)
    state = history.state(on)
    if state.interval is wanted:
        raise RefusalError(
            said("Abgerechnet wird schon je {every}.", "Billing is by {every} already.", every=wanted.spoken)
        )
    prices = {ware.item: ware for ware in listed}
    changes: list[Any] = [SetInterval(wanted)]
    for it in state.positions:
        ware = prices.get(standing.items.get(it.key, it.key))
        if ware is not None and ware.per is it.per and ware.price != it.price:
            changes.append(ChangePrice(it.key, ware.price))
    steps = (
        said(
            "Das laufende Intervall endet vor dem {on}; ab dann wird je {every} abgerechnet, zu den Preisen der Liste.",
            "The running interval ends before {on}; from then on billing is by {every}, at the list's prices.",
            on=day(on),
            every=wanted.spoken,
        ),
        *(change.text for change in changes[1:]),
    )
    return Plan(((on, tuple(changes)),), {}, Ruling(on, source.clauses, (("asked", asked.isoformat()),), steps))


def next_interval(standing: Standing, asked: date) -> date:
    """
    Return the day on which the next billing interval begins whose invoice is still to come.

    What is known on or after the day an invoice is issued changes that interval no more, so that the one after it is
    the next that can be another.
    """
    rule, told = billing_rule(standing.contract, standing.rows), standing.told
    known = max(asked, standing.today)
    begins = running_interval(told, rule, asked).end
    while rule.issue_day(following := running_interval(told, rule, begins)) <= known:
        begins = following.end
    return begins


def _as_amendments(standing: Standing, dated: Sequence[tuple[date, Sequence[Any]]]) -> list[Amendment]:
    number = standing.rows[-1].number if standing.rows else 0
    return [
        Amendment(f"{number + 1 + later:06}.{place:03}", on, standing.at, change)
        for later, (on, changes) in enumerate(dated)
        for place, change in enumerate(changes)
    ]


def _until(standing: Standing) -> date | None:
    """The day on which an addition ends where the terms give it for the rest of the term only."""
    seats = standing.pack.seats
    if seats is None or seats.added_until is None or seats.added_until.value != "term_end":
        return None
    term = last_term(standing.rows, standing.today)
    return term.end if term else None


def _refuse_ended(history: History, on: date) -> None:
    ends = history.state(date.max).ends
    if ends is not None and on > ends:
        raise RefusalError(
            said(
                "Der Vertrag endet am {ends}; am {on} läuft er nicht mehr.",
                "The contract ends on {ends}; on {on} it no longer runs.",
                ends=day(ends),
                on=day(on),
            )
        )


def _item(line: Mapping[str, Any]) -> dict[str, str]:
    return {"key": line["item"], **{name: line[name] for name in ("name", "module", "unit", "kind")}}


def _clauses(pack: TermsPack) -> tuple[Clause, ...]:
    seats = pack.seats
    stated = (seats.added_by, seats.added_until, seats.added_price) if seats else ()
    return tuple(dict.fromkeys(clause for each in stated if each is not None for clause in each.clauses))


def _from(on: date, until: date | None) -> tuple[Text, ...]:
    first = said(
        "Es gilt ab dem Tag der Bestätigung, dem {on}.", "It holds from the day of confirmation, {on}.", on=day(on)
    )
    if until is None:
        return (first,)
    rest = said(
        "Es gilt für den Rest der Laufzeit, die vor dem {until} endet.",
        "It holds for the rest of the term, which ends before {until}.",
        until=day(until),
    )
    return (first, rest)
