"""
Work beside what a contract includes: what may be charged, at which rate, and what is free.

>>> from kontor.rulebook.terms import load
>>> done = Work("reinstallation", date(2026, 9, 1), minutes=20, rate=Decimal("120.00"))
>>> charged(done, load("leisure"), currency="EUR", free_before=1).value.amount.bare()
'0.00'
>>> charged(done, load("leisure"), currency="EUR", free_before=2).value.amount.bare()
'40.00'
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kontor.rulebook.currency import price_text
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day, said

SEARCH: Final = "fruitless_search"
DELAY: Final = "late_cooperation"
REINSTALLATION: Final = "reinstallation"
_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Work:
    """
    Work that was done.

    kind        a key of the pack's list of extra services, SEARCH or DELAY
    minutes     as measured, never rounded up
    rate        net, for one hour, an exact decimal
    recognisable  for a search: the customer could have seen that there was no defect
    approved_on   the day on which the customer approved it; None where it did not
    offered_in    number of the signed offer that it follows, "" for none
    """

    kind: str
    on: date
    minutes: int
    rate: Decimal
    recognisable: bool = False
    approved_on: date | None = None
    offered_in: str = ""


@dataclass(frozen=True, slots=True)
class Charged:
    """What the work costs, net; `free` where the contract includes it."""

    amount: Money
    free: bool = False


def kinds_of(pack: TermsPack) -> dict[str, Text]:
    """Return what may be charged under a pack: key -> words, in the pack's order."""
    items = pack.prices.extra_services if pack.prices else None
    found = {item.key: Text(item.de, item.en) for item in (items.value if items else ())}
    if pack.defects and pack.defects.fruitless_search_charged:
        found[SEARCH] = Text("Suche nach einem Mangel, den es nicht gab", "Search for a defect that did not exist")
    if pack.cooperation and pack.cooperation.delay_moves_dates:
        found[DELAY] = Text("Mehraufwand durch verspätete Mitwirkung", "Extra effort caused by late co-operation")
    return found


def charged(work: Work, pack: TermsPack, *, currency: str, free_before: int = 0) -> Ruling[Charged]:
    """
    Return what a piece of work costs under a pack.

    free_before  how many free reinstallations this calendar year has seen already

    RefusalError where the pack knows no such work, or the approval, offer or finding that it asks for is missing.
    """
    clauses = _clauses(work, pack)
    if work.kind == REINSTALLATION and (free := _included(work, pack, free_before, currency=currency)):
        return free
    _refuse_unfounded(work, pack)
    hours = Fraction(work.minutes, _HOUR)
    amount = Money.rounded(hours * Fraction(work.rate), currency)
    step = said(
        "{on}: {minutes} Minuten zu {rate} je Stunde = {amount}",
        "{on}: {minutes} minutes at {rate} an hour = {amount}",
        on=day(work.on),
        minutes=work.minutes,
        rate=price_text(work.rate, currency),
        amount=amount.text,
    )
    return Ruling(Charged(amount), clauses, _inputs(work), (step,))


def _clauses(work: Work, pack: TermsPack) -> tuple[Clause, ...]:
    if work.kind == SEARCH and pack.defects and pack.defects.fruitless_search_charged:
        return pack.defects.fruitless_search_charged.clauses
    if work.kind == DELAY and pack.cooperation and pack.cooperation.delay_moves_dates:
        return pack.cooperation.delay_moves_dates.clauses
    services = pack.prices.extra_services if pack.prices else None
    item = next((each for each in (services.value if services else ()) if each.key == work.kind), None)
    if services is None or item is None:
        raise RefusalError(
            said(
                "Nach diesen Bedingungen wird „{kind}“ nicht berechnet.",
                "Under these terms “{kind}” is not charged.",
                kind=kinds_of(pack).get(work.kind, Text(work.kind, work.kind)),
            )
        )
    return tuple(dict.fromkeys((item.clause or services.clause, *services.clauses)))


def _included(work: Work, pack: TermsPack, before: int, *, currency: str) -> Ruling[Charged] | None:
    """Return the ruling that a reinstallation is free, None where it is too long or one too many."""
    prices = pack.prices
    if prices is None or prices.free_reinstallations is None or prices.free_reinstallation_lasts is None:
        return None
    times, lasts = prices.free_reinstallations.value, prices.free_reinstallation_lasts.value
    if before >= times.amount or work.minutes > lasts.amount:
        return None
    step = said(
        "Neuinstallation {number} des Jahres {year} dauerte {minutes} Minuten: {times} bis {lasts} Minuten sind frei.",
        "Reinstallation {number} of {year} took {minutes} minutes: {times} of up to {lasts} minutes are free.",
        number=before + 1,
        year=work.on.year,
        minutes=work.minutes,
        times=int(times.amount),
        lasts=int(lasts.amount),
    )
    clauses = dict.fromkeys((*prices.free_reinstallations.clauses, *prices.free_reinstallation_lasts.clauses))
    return Ruling(Charged(Money.zero(currency), free=True), tuple(clauses), _inputs(work), (step,))


def _refuse_unfounded(work: Work, pack: TermsPack) -> None:
    needs = pack.prices.extra_services_need if pack.prices else None
    if work.kind == SEARCH and not work.recognisable:
        raise RefusalError(
            Text(
                "Die Suche wird nur berechnet, wenn der Kunde hätte erkennen können, dass kein Mangel vorlag.",
                "A search is charged only where the customer could have recognised that there was no defect.",
            )
        )
    if work.kind in {SEARCH, DELAY, REINSTALLATION} or needs is None:
        return
    if needs.value == "signed_offer" and not work.offered_in:
        raise RefusalError(
            said(
                "Diese Leistung braucht ein unterzeichnetes Angebot mit Preis, Tagen und Häufigkeit ({clause}).",
                "This service needs a signed offer with price, dates and frequency ({clause}).",
                clause=needs.clause.number,
            )
        )
    if needs.value == "approval" and work.approved_on is None:
        raise RefusalError(
            said(
                "Diese Leistung braucht die Zustimmung des Kunden, bevor sie berechnet wird ({clause}).",
                "This service needs the customer's approval before it is charged ({clause}).",
                clause=needs.clause.number,
            )
        )


def _inputs(work: Work) -> tuple[tuple[str, str], ...]:
    return (
        ("kind", work.kind),
        ("on", work.on.isoformat()),
        ("minutes", str(work.minutes)),
        ("rate", f"{work.rate:f}"),
    )
