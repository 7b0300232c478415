"""Prices by the official list: which contracts follow a changed list, and from which interval on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.changing import Standing, next_interval
from kontor.office.contracts.queries.price_proposals import Case, NewPrice, NoProposal, Proposal, cases
from kontor.office.contracts.queries.shop import Ware, wares
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.contract_state import Position
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import NoAnswerError, TermsPack
from kontor.rulebook.wording import day, said

OFFICIAL_LIST = "official_list"


class Lists:
    """The price lists by day, each read once for all contracts of one seller, pack and currency."""

    def __init__(self) -> None:
        self._read: dict[tuple[Any, ...], Mapping[str, Ware]] = {}

    def on(self, contract: Contract, when: date) -> Mapping[str, Ware]:
        """Return what the lists of a day say, by item."""
        key = (contract.seller_id, contract.pack, contract.terms["currency"], when)
        if key not in self._read:
            self._read[key] = {ware.item: ware for ware in wares(contract, when, [])}
        return self._read[key]


def follows_list(pack: TermsPack) -> bool:
    """Say whether a pack lets the prices of running contracts follow the official list."""
    return (
        pack.prices is not None and pack.prices.change_of is not None and pack.prices.change_of.value == OFFICIAL_LIST
    )


def list_proposals(contracts: Iterable[Contract], *, until: date, at: datetime) -> Iterator[Proposal | NoProposal]:
    """
    Yield, for each contract that follows the official list, the first interval by a day that begins at other prices.

    A price that was agreed stays: one agreed for the item, and one that was not the list's when it was agreed.
    """
    found, _register = cases((it for it in contracts if follows_list(pack_of_terms(it.terms))), at=at)
    lists = Lists()
    for case in found:
        try:
            proposed = _first_change(case, lists, until)
        except (RefusalError, NoAnswerError) as refused:
            yield NoProposal(case.contract, refused.text, blocked=True)
            continue
        if proposed is not None:
            yield proposed


def _first_change(case: Case, lists: Lists, until: date) -> Proposal | None:
    standing = Standing(case.contract, case.rows, case.billed, case.at)
    ends = case.history.ends()
    begins = next_interval(standing, max(case.today, case.contract.start_on))
    while begins <= until and (ends is None or begins <= ends):
        told = any(it.effective_on == begins for it in case.announced)
        if not told and not case.billed_from(begins):
            lines = [line for it in case.recurring(begins) if (line := _line(case, it, lists, begins)) is not None]
            if lines:
                return Proposal(case.contract, begins, tuple(lines), _why(case, begins, lines))
        begins = next_interval(standing, begins)
    return None


def _line(case: Case, position: Position, lists: Lists, begins: date) -> NewPrice | None:
    item = Standing(case.contract, case.rows, case.billed, case.at).items.get(position.key, position.key)
    if any(price.item == item and price.from_on <= begins for price in case.agreed):
        return None
    price, since = case.price_by(position.key, begins)
    listed, then = lists.on(case.contract, begins).get(item), lists.on(case.contract, since).get(item)
    if listed is None or then is None or then.price != price or listed.per is not position.per or listed.price == price:
        return None
    name = case.names.get(position.key, position.key)
    return NewPrice(position.key, name, position.quantity, position.per, price, listed.price)


def _why(case: Case, begins: date, lines: Iterable[NewPrice]) -> Ruling[date]:
    prices = case.pack.prices
    assert prices is not None
    assert prices.change_of is not None
    step = said(
        "Das laufende Abrechnungsintervall behält seinen Preis; ab dem {day} gilt die Liste dieses Tages.",
        "The running billing interval keeps its price; from {day} on the list of that day holds.",
        day=day(begins),
    )
    names = ", ".join(line.name for line in lines)
    follows = Text(f"Es folgen der Liste: {names}.", f"Following the list: {names}.")
    return Ruling(begins, prices.change_of.clauses, (("day", begins.isoformat()),), (step, follows))
