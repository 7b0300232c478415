"""
What happened to a contract: the entries of its timeline.

To add some, write a function `(told: Told) -> Iterable[Entry]` with at most one query beside what it is about, and
append it to `SOURCES`.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from kontor.kernel.components import Tone
from kontor.kernel.wording import money
from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.state import change_from_json
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.unlocking import added_names
from kontor.rulebook.period import ONE_DAY, Period
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day

AnInvoice = books.IssuedInvoice | books.ReceivedInvoice
CHANGES, MONEY, TERMS = "changes", "money", "terms"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One thing that happened.

    text      its words, or what gives them, asked only where the entry is shown
    kind      "changes", "money" or "terms": the timeline can be narrowed to one
    ruling    the decision, or the id of the stored one, which only the page that shows it reads
    invoice   the invoice it is about, which the page links
    """

    on: date
    kind: str
    title: Text
    text: Text | str | Callable[[], Text | str] = ""
    tone: Tone = ""
    icon: str = "point"
    ruling: Ruling[Any] | uuid.UUID | None = None
    clause: Clause | None = None
    invoice: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """
    What every source is given.

    rows      the contract's amendments in their order
    invoices  its invoices as the reader may see them
    own       whether the house reads; its customer sees shared rows only
    """

    contract: Contract
    rows: Sequence[Amendment]
    invoices: Sequence[AnInvoice]
    own: bool
    today: date


Happened = Callable[[Told], Iterable[Entry]]


def concluded(told: Told) -> Iterator[Entry]:
    """Yield the conclusion and who signed."""
    contract = told.contract
    at = contract.concluded_at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
    who = "{name}, {function}".format(**contract.signature)
    signed = Text(f"Unterschrieben von {who}", f"Signed by {who}")
    title = Text("Vertrag geschlossen", "Contract concluded")
    yield Entry(at, CHANGES, title, signed, "good", "signature", ruling=contract.conclusion_ruling)


def amended(told: Told) -> Iterator[Entry]:
    """Yield each amendment on the day from which it holds, with its decision."""
    names = told.contract.terms["names"] | added_names(told.rows)
    for row in told.rows:
        if row.kind == "conclusion":
            title = Text("Der Vertrag beginnt", "The contract begins")
            yield Entry(row.effective_on, CHANGES, title, icon="player-play", ruling=row.ruling)
        elif row.kind == "renewal":
            (told_term,) = row.content
            yield Entry(row.effective_on, TERMS, _renewal(told_term), icon="refresh", ruling=row.ruling)
        elif row.kind == "addendum":
            title = Text("Ein Nachtrag gilt", "An addendum holds")
            yield Entry(row.effective_on, CHANGES, title, icon="file-text", ruling=row.ruling)
        elif row.content:
            yield Entry(row.effective_on, CHANGES, _changes(row, names), icon="edit", ruling=row.ruling)


def invoiced(told: Told) -> Iterator[Entry]:
    """Yield each invoice issued, and its payment."""
    for invoice in told.invoices:
        number = invoice.number
        title = _issued(invoice)
        text = partial(_amount, invoice)
        yield Entry(
            invoice.issued_on, MONEY, title, text, "", "file-invoice", ruling=invoice.due_ruling, invoice=invoice.id
        )
        if invoice.paid_on:
            title = Text(f"Rechnung {number} bezahlt", f"Invoice {number} paid")
            yield Entry(
                invoice.paid_on, MONEY, title, partial(money, invoice.gross), "good", "cash", invoice=invoice.id
            )


def _issued(invoice: AnInvoice) -> Text:
    number, what = invoice.number, invoice.state.text
    if invoice.state.key in {books.State.CANCELLATION, books.State.CREDIT_NOTE}:
        return Text(f"{what.de} {number} gestellt", f"{what.en.capitalize()} {number} issued")
    return Text(f"Rechnung {number} gestellt", f"Invoice {number} issued")


SOURCES: Final[list[Happened]] = [concluded, amended, invoiced]


def history(told: Told) -> list[Entry]:
    """Return everything that happened or is already known to come, the latest first; one query a source at most."""
    found = [entry for source in SOURCES for entry in source(told)]
    return sorted(found, key=lambda entry: entry.on, reverse=True)


def invoices_of(contract: Contract, *, own: bool, today: date) -> Sequence[AnInvoice]:
    """Return a contract's invoices as its reader may see them, the latest first; one query."""
    return books.invoices_about(contract.pk, today=today) if own else books.received_about(contract.pk, today=today)


def _renewal(told: Mapping[str, str]) -> Text:
    last = day(date.fromisoformat(told["end"]) - ONE_DAY)
    return Text(f"Verlängert bis {last.de}", f"Renewed until {last.en}")


def _changes(row: Amendment, names: dict[str, str]) -> Text:
    texts = [change_from_json(told).text for told in row.content]
    german, english = "; ".join(text.de for text in texts), "; ".join(text.en for text in texts)
    keys = {told["key"] for told in row.content if told.get("key") in names}
    for key, name in ((key, names[key]) for key in sorted(keys)):
        german, english = german.replace(f"„{key}“", f"„{name}“"), english.replace(f"“{key}”", f"“{name}”")
    return Text(german, english)


def _amount(invoice: AnInvoice) -> Text | str:
    gross, period = money(invoice.gross), _period(invoice)
    return Text(f"{gross}, {period.spoken.de}", f"{gross}, {period.spoken.en}") if period else gross


def _period(invoice: AnInvoice) -> Period | None:
    if invoice.period_first is None or invoice.period_last is None:
        return None
    return Period(invoice.period_first, invoice.period_last + ONE_DAY)
