"""What is known of an extraordinary ending: days, proofs and choices; None or empty while nobody has said it."""

from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum

from kontor.rulebook.ending.form import Means


class Side(StrEnum):
    """Who ends the contract."""

    PROVIDER = "provider"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    What is known of a case; each kind uses some of it. All days are civil days in the contract's zone.

    due, paid_on          last day for a payment, and the day it was paid
    notified_on           the day the customer had the notification of the arrears
    threat_on, threat_by  the day the customer had the threat of termination, and how it came
    letter_on, letter_by  the day the other side had the letter about its breach, and how it came
    letter_states         what the letter says, by the pack's keys
    cured_on              the day the breach was mended
    ground, ground_text   the ground by the pack's key, or "other"; and in words
    proofs                how many proofs are on file
    breaches              the days of the breaches
    cure_until            the last day of the time given to mend them
    capped                first days of the months in which the reduction reached its cap
    event, event_text     the kind of event by the pack's key, or "other"; and in words
    event_sent, event_on  the day its notice was sent, and received
    event_over            the day on which it was over
    objected_on           the day the objection was received
    unreasonable          why going on without the change cannot be expected
    declared_on, declared_by  the day the termination was received, and how it came
    """

    due: date | None = None
    paid_on: date | None = None
    notified_on: date | None = None
    threat_on: date | None = None
    threat_by: Means | None = None
    letter_on: date | None = None
    letter_by: Means | None = None
    letter_states: frozenset[str] = field(default_factory=frozenset)
    cured_on: date | None = None
    ground: str = ""
    ground_text: str = ""
    proofs: int = 0
    breaches: tuple[date, ...] = ()
    cure_until: date | None = None
    capped: tuple[date, ...] = ()
    event: str = ""
    event_text: str = ""
    event_sent: date | None = None
    event_on: date | None = None
    event_over: date | None = None
    objected_on: date | None = None
    unreasonable: str = ""
    declared_on: date | None = None
    declared_by: Means | None = None

    def inputs(self) -> tuple[tuple[str, str], ...]:
        """Return what is known, as a ruling keeps its inputs."""
        return tuple((each.name, _written(value)) for each in fields(self) if (value := getattr(self, each.name)))


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | tuple):
        return ", ".join(sorted(_written(part) for part in value))
    return str(value)
