"""
What happened to a contract: the entries of its timeline.

To add some, write a function `(told: Told) -> Iterable[Entry]` with at most one query beside what it is about, and
append it to `SOURCES`; what has rows of its own is a `Kind` in `happened`, which counts them all at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from kontor.kernel.wording import money
from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.happened import happened
from kontor.office.contracts.queries.history_sources import CHANGES, MONEY, TERMS, AnInvoice, Entry, Happened, Told
from kontor.office.contracts.queries.state import change_from_json
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.unlocking import added_names
from kontor.rulebook.period import ONE_DAY, Period
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day

_CREDITS: Final = {books.State.CANCELLATION, books.State.CREDIT_NOTE}


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
    """
    Yield each invoice issued, with the decision on its last day for payment, and its payment in view of that day.

    A credit note is due on no day; its decision is the one behind its first line.
    """
    given_back = [invoice.id for invoice in told.invoices if invoice.state.key in _CREDITS]
    reasons = books.reasons_of(given_back) if given_back else {}
    for invoice in told.invoices:
        number = invoice.number
        title = _issued(invoice)
        text = partial(_amount, invoice)
        yield Entry(
            invoice.issued_on,
            MONEY,
            title,
            text,
            icon="file-invoice",
            ruling=reasons.get(invoice.id, invoice.due_ruling),
            invoice=invoice.id,
        )
        if invoice.paid_on:
            title = Text(f"Rechnung {number} bezahlt", f"Invoice {number} paid")
            yield Entry(
                invoice.paid_on,
                MONEY,
                title,
                partial(money, invoice.gross),
                "good",
                "cash",
                ruling=reasons.get(invoice.id, invoice.due_ruling),
                invoice=invoice.id,
            )


def _issued(invoice: AnInvoice) -> Text:
    number, what = invoice.number, invoice.state.text
    if invoice.state.key in _CREDITS:
        return Text(f"{what.de} {number} gestellt", f"{what.en.capitalize()} {number} issued")
    return Text(f"Rechnung {number} gestellt", f"Invoice {number} issued")


SOURCES: Final[list[Happened]] = [concluded, amended, invoiced, happened]


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
