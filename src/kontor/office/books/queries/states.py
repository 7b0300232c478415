"""How an invoice stands today: said in one word, decided from its balance."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from kontor.rulebook.ruling import Text

_CANCELLATION: Final = "381"


class State(StrEnum):
    """What an invoice is in; OVERDUE comes before PART_PAID, which it may be as well."""

    OPEN = "open"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    CANCELLED = "cancelled"
    CANCELLATION = "cancellation"
    CREDIT_NOTE = "credit_note"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class InvoiceState:
    """
    The state and what belongs to it.

    overdue_days  whole days since the last day for payment, 0 where it is not over
    partly        something was paid, not all
    """

    key: State
    overdue_days: int = 0
    partly: bool = False

    @property
    def text(self) -> Text:
        """The state in words: "teilbezahlt, 7 Tage überfällig"."""
        if self.key is not State.OVERDUE:
            return _WORDS[self.key]
        one = self.overdue_days == 1
        days_de = f"{self.overdue_days} {'Tag' if one else 'Tage'} überfällig"
        days_en = f"{self.overdue_days} {'day' if one else 'days'} overdue"
        return Text(f"teilbezahlt, {days_de}", f"part paid, {days_en}") if self.partly else Text(days_de, days_en)

    @property
    def tone(self) -> Literal["", "good", "warn", "bad", "info"]:
        """What the state means for whoever waits for the money."""
        return _TONES[self.key]


_WORDS: Final = {
    State.OPEN: Text("offen", "open"),
    State.PART_PAID: Text("teilbezahlt", "part paid"),
    State.PAID: Text("bezahlt", "paid"),
    State.CANCELLED: Text("storniert", "cancelled"),
    State.CANCELLATION: Text("Stornorechnung", "cancellation"),
    State.CREDIT_NOTE: Text("Rechnungskorrektur", "credit note"),
    State.WRITTEN_OFF: Text("ausgebucht", "written off"),
}
_TONES: Final[dict[State, Literal["", "good", "warn", "bad", "info"]]] = {
    State.OPEN: "info",
    State.PART_PAID: "warn",
    State.OVERDUE: "bad",
    State.PAID: "good",
    State.CANCELLED: "",
    State.CANCELLATION: "",
    State.CREDIT_NOTE: "",
    State.WRITTEN_OFF: "",
}


def state_of(
    *,
    kind: str,
    gross_minor: int,
    open_minor: int,
    due_on: date | None,
    cancelled_at: datetime | None,
    today: date,
    corrects: bool = False,
    written_off: bool = False,
) -> InvoiceState:
    """
    Return how an invoice stands at the beginning of `today`, a day in its seller's zone.

    The last day for payment belongs to the payer: overdue begins the day after. What was written off is so for the
    seller alone; its customer is not told.
    """
    if kind == _CANCELLATION:
        return InvoiceState(State.CREDIT_NOTE if corrects else State.CANCELLATION)
    if cancelled_at is not None:
        return InvoiceState(State.CANCELLED)
    if open_minor <= 0:
        return InvoiceState(State.PAID)
    if written_off:
        return InvoiceState(State.WRITTEN_OFF)
    partly = open_minor < gross_minor
    if due_on is not None and due_on < today:
        return InvoiceState(State.OVERDUE, (today - due_on).days, partly)
    return InvoiceState(State.PART_PAID if partly else State.OPEN, 0, partly)
