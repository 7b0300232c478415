"""Prices by an index: which contracts are adjusted at their next renewal, from which values, to which price."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.charges import plain
from kontor.office.contracts.queries.index_register import Register, Series, as_published
from kontor.office.contracts.queries.price_proposals import Case, NewPrice, NoProposal, Proposal, cases
from kontor.office.contracts.queries.renewals import last_term
from kontor.rulebook.contract_state import Position
from kontor.rulebook.index_adjustment import Published, adjusted, published_by
from kontor.rulebook.indexation import Rounds, adjusted_from
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms.commerce import Index
from kontor.rulebook.wording import day, said


def index_proposals(contracts: Iterable[Contract], *, until: date, at: datetime) -> Iterator[Proposal | NoProposal]:
    """
    Yield what an index makes of each contract that follows one and renews by a day; a fixed number of queries.

    Nothing is yielded for contracts without an index, those that end, and those whose next renewal lies later or was
    announced already.
    """
    found, known = cases(contracts, at=at)
    for case in found:
        index = case.pack.index
        if index is None or index.formula is None or index.index is None:
            continue
        renewal = next_renewal(case)
        if renewal is None or renewal > until or any(it.effective_on == renewal for it in case.announced):
            continue
        yield _proposal(case, index, known, renewal)


def next_renewal(case: Case) -> date | None:
    """Return the first day of the next term, settled or to come; None where the contract ends before it."""
    settled = sorted(
        Period(date.fromisoformat(told["first"]), date.fromisoformat(told["end"]))
        for row in case.rows
        for told in row.content
        if told["change"] == "SetTerm"
    )
    ahead = next((term.first for term in settled[1:] if term.first > case.today), None)
    running = last_term(case.rows, case.today)
    first = ahead or (running.end if running else None)
    ends = case.history.ends()
    return None if first is None or first <= case.today or (ends is not None and ends < first) else first


def _proposal(case: Case, index: Index, known: Register, renewal: date) -> Proposal | NoProposal:
    assert index.index is not None
    named = known.named(index.index.value)
    if named is None:
        words = "Der Index „{name}“ steht nicht im Register.", "The index “{name}” is not in the register."
        return NoProposal(case.contract, said(*words, name=index.index.value), blocked=True)
    series, agreed = known.followed(case.contract.pk, named)
    if series.lost is not None:
        words = (
            "Der Index „{name}“ ist am {day} entfallen; die Parteien müssen sich auf einen anderen einigen.",
            "The index “{name}” ended on {day}; the parties have to agree on another.",
        )
        return NoProposal(case.contract, said(*words, name=series.row.name, day=day(series.lost.lost_on)), blocked=True)
    if case.billed_from(renewal):
        words = "Ab dem {day} ist schon abgerechnet.", "From {day} on has been invoiced already."
        return NoProposal(case.contract, said(*words, day=day(renewal)), blocked=True)
    replaced = as_published(agreed) if agreed else None
    try:
        return _reckoned(case, index, series, renewal, replaced)
    except RefusalError as refused:
        return NoProposal(case.contract, refused.text, blocked=True)


def _reckoned(
    case: Case, index: Index, series: Series, renewal: date, replaced: Published | None
) -> Proposal | NoProposal:
    assert index.formula is not None
    rounds = Rounds(index.rounds.value) if index.rounds else Rounds.UNIT
    clauses = tuple(dict.fromkeys((*index.formula.clauses, *(index.applies.clauses if index.applies else ()))))
    lines: list[NewPrice] = []
    steps: list[Text] = []
    for position in case.recurring(renewal):
        s0 = _base(case, series, position, replaced)
        name = case.names.get(position.key, position.key)
        found = adjusted(
            position.price, s0, series.values, case.today, currency=case.contract.terms["currency"], rounds=rounds
        )
        lines.append(_line(position, name, found.value.price, found.value.s, series))
        steps += [Text(f"{name}: {step.de}", f"{name}: {step.en}") for step in found.working]
    if not any(line.difference for line in lines):
        german, english = "Es ist kein neuerer Indexwert veröffentlicht.", "No newer index value is published."
        return NoProposal(case.contract, Text(german, english))
    begins = adjusted_from([renewal], case.today)
    ruling = Ruling(renewal, clauses, (("index", series.row.name), *begins.inputs), (*steps, *begins.working))
    return Proposal(case.contract, renewal, tuple(lines), ruling)


def _base(case: Case, series: Series, position: Position, replaced: Published | None) -> Published:
    """Return So: that of the last adjustment, else of the day the price was agreed; an agreed one where it is later."""
    for earlier in case.announced:
        for line in earlier.lines:
            basis = line["basis"]
            if line["key"] == position.key and basis.get("series") == str(series.row.pk):
                return Published(
                    date.fromisoformat(basis["month"]), basis["base"], Decimal(basis["value"]), earlier.announced_on
                )
    if replaced is not None:
        return replaced
    agreed_on = case.priced_on(position.key)
    found = published_by(series.values, agreed_on)
    if found is None:
        raise RefusalError(
            said(
                "Im Register steht kein Wert, der am {day} schon veröffentlicht war.",
                "The register has no value that was published by {day}.",
                day=day(agreed_on),
            )
        )
    return found


def _line(position: Position, name: str, after: Decimal, s: Published, series: Series) -> NewPrice:
    basis = {"series": str(series.row.pk), "month": s.month.isoformat(), "base": s.base, "value": f"{plain(s.value):f}"}
    return NewPrice(position.key, name, position.quantity, position.per, position.price, after, basis)
