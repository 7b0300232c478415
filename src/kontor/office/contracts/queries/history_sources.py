"""What gives the timeline of a contract: the shape of an entry, and of a function that yields some."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kontor.kernel.components import Tone
from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.rulebook.ruling import Clause, Ruling, Text

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
    counted   how many rows each kind of `happened` has, where the caller has asked
    """

    contract: Contract
    rows: Sequence[Amendment]
    invoices: Sequence[AnInvoice]
    own: bool
    today: date
    counted: Mapping[str, int] | None = None


Happened = Callable[[Told], Iterable[Entry]]
