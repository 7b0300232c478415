"""
A breach of the security of personal data: who is told what, and by when (GDPR Art. 33 and 34).

>>> from datetime import UTC
>>> friday = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
>>> authority_by(friday).value.isoformat()
'2026-11-23T17:00:00+00:00'
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from kontor.rulebook.ruling import Clause, Ruling, Text

Role = Literal["controller", "processor"]
Risk = Literal["unknown", "unlikely", "risk", "high"]

AUTHORITY_WITHIN: Final = timedelta(hours=72)
BLOCKS: Final = {
    "nature": Text(
        "Art der Verletzung, mit Kategorien und ungefähren Zahlen der Personen und Datensätze",
        "Nature of the breach, with categories and approximate numbers of persons and records",
    ),
    "contact": Text("Anlaufstelle für weitere Auskünfte", "Contact point for more information"),
    "consequences": Text("Wahrscheinliche Folgen", "Likely consequences"),
    "measures": Text(
        "Ergriffene oder vorgeschlagene Maßnahmen, auch gegen nachteilige Folgen",
        "Measures taken or proposed, also against adverse effects",
    ),
}
TO_FOLLOW: Final = Text("wird nachgereicht", "to follow")
_AUTHORITY: Final = Clause("gdpr", "GDPR Art. 33 (1)")
_CONTROLLER: Final = Clause("gdpr", "GDPR Art. 33 (2)")
_STAGES: Final = Clause("gdpr", "GDPR Art. 33 (4)")
_RECORD: Final = Clause("gdpr", "GDPR Art. 33 (5)")
_PERSONS: Final = Clause("gdpr", "GDPR Art. 34 (1)")


def authority_by(aware_at: datetime) -> Ruling[datetime]:
    """
    Return the moment by which the authority is told: 72 elapsed hours after somebody here knew.

    Weekends, holidays and the night of a clock change count like any hour.
    """
    due = (aware_at.astimezone(UTC) + AUTHORITY_WITHIN).astimezone(aware_at.tzinfo)
    steps = (
        Text(
            "Bekannt wurde es an diesem Zeitpunkt; von da an laufen die Stunden.",
            "It became known then; from then on the hours run.",
        ),
        Text(
            "72 Stunden danach, auch über Wochenenden, Feiertage und eine Zeitumstellung.",
            "72 hours later, through weekends, holidays and a change of clocks.",
        ),
    )
    return Ruling(due, (_AUTHORITY,), (("aware_at", aware_at.isoformat()),), steps)


def duties(role: Role, risk: Risk) -> Ruling[tuple[str, ...]]:
    """
    Return what is to be done: `record` always, `controllers`, `authority`, `persons`.

    role  what the keeper of the case is for the data; a processor tells its controllers, whatever the risk, and they
          decide about the rest
    risk  for the rights of the people; what nobody has judged yet counts as a risk
    """
    inputs = (("role", role), ("risk", risk))
    if role == "processor":
        step = Text(
            "Auftragsverarbeiter: Jeder Verantwortliche wird unverzüglich unterrichtet, auch bei offener Ursache.",
            "Processor: every controller is told without undue delay, also while the cause is open.",
        )
        return Ruling(("record", "controllers"), (_CONTROLLER, _RECORD), inputs, (step,))
    if risk == "unlikely":
        step = Text(
            "Ein Risiko ist unwahrscheinlich: Die Verletzung wird nur festgehalten.",
            "A risk is unlikely: the breach is only recorded.",
        )
        return Ruling(("record",), (_AUTHORITY, _RECORD), inputs, (step,))
    steps = [
        Text(
            "Ein Risiko ist nicht auszuschließen: Die Behörde wird unterrichtet.",
            "A risk cannot be excluded: the authority is told.",
        )
    ]
    if risk != "high":
        return Ruling(("record", "authority"), (_AUTHORITY, _RECORD), inputs, tuple(steps))
    steps.append(
        Text(
            "Das Risiko ist hoch: Auch die Personen werden unterrichtet.",
            "The risk is high: the people are told as well.",
        )
    )
    return Ruling(("record", "authority", "persons"), (_AUTHORITY, _PERSONS, _RECORD), inputs, tuple(steps))


def needs_reason(*, due: datetime, sent_at: datetime) -> Ruling[bool]:
    """Tell whether a notice to the authority says why it comes late: after the 72 hours, not at their last moment."""
    inputs = (("due", due.isoformat()), ("sent_at", sent_at.isoformat()))
    if sent_at <= due:
        return Ruling(False, (_AUTHORITY,), inputs, (Text("Innerhalb der 72 Stunden.", "Within the 72 hours."),))
    step = Text(
        "Nach den 72 Stunden: Der Grund der Verzögerung gehört dazu.",
        "After the 72 hours: the reason for the delay belongs to it.",
    )
    return Ruling(True, (_AUTHORITY,), inputs, (step,))
