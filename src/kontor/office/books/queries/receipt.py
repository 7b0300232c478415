"""Payment periods that count from the receipt of an invoice: what is kept of the rule, and how its day is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from kontor.rulebook.due import Receipt, payable_until
from kontor.rulebook.due_place import Place, working_days_at
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause, Ruling, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRule:
    """
    An invoice is payable so long after its receipt.

    zone           the contract's, by whose calendar the day of receipt is told
    pack, version  the terms that say so
    place          where it is paid, where the law moves a due day there that is no working day; else None
    """

    within: Duration
    zone: str
    clauses: tuple[Clause, ...]
    pack: str
    version: str
    place: Place | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any] | None) -> Self | None:
        """Return the rule that a balance keeps; None where the period counts from issue."""
        if told is None:
            return None
        clauses = tuple(Clause(each["source"], each["number"], each["version"]) for each in told["clauses"])
        return cls(
            within=Duration.parse(told["within"]),
            zone=told["zone"],
            clauses=clauses,
            pack=told["pack"],
            version=told["version"],
            place=Place.read(told["place"]) if told.get("place") is not None else None,
        )

    @property
    def told(self) -> dict[str, Any]:
        """The rule in JSON's terms."""
        return {
            "within": str(self.within),
            "zone": self.zone,
            "clauses": [
                {"source": each.source, "number": each.number, "version": each.version} for each in self.clauses
            ],
            "pack": self.pack,
            "version": self.version,
            "place": self.place.told if self.place else None,
        }

    @property
    def spoken(self) -> Text:
        """The rule in words: "14 days from receipt"."""
        return Text(f"{self.within.spoken.de} ab Zugang", f"{self.within.spoken.en} from receipt")

    def payable(self, issued: date, received_at: datetime, *, known_by: Text) -> tuple[date, Ruling[date]]:
        """
        Return the day of receipt by the contract's calendar, and until when it makes the invoice payable.

        An invoice dated by its seller's calendar may reach a zone where that day has not begun: it counts as received
        on its date.
        """
        received_on = max(received_at.astimezone(ZoneInfo(self.zone)).date(), issued)
        return received_on, self.payable_from(issued, received_on, known_by=known_by)

    def payable_from(self, issued: date, received_on: date, *, known_by: Text) -> Ruling[date]:
        """Return until when a receipt on a day makes the invoice payable; DueError for a day before the invoice's."""
        received = Receipt(received_on, known_by)
        days, known = working_days_at(self.place) if self.place else (None, None)
        found = payable_until(
            issued, self.within, from_receipt=True, received=received, moved_by=days, clauses=self.clauses
        )
        return found.because(working=(known,)) if known else found
