"""
When a customer that backs up its content itself is reminded of it (visitor 4.1.7, 6.4.5; leisure Anhang 4, Art. 1).

>>> reminder_due(date(2027, 3, 1), date(2027, 3, 31)).value
True
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from kontor.rulebook.period import add_months
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

REMINDED_AFTER: Final = 30  # days; ours: the contracts say "regularly" and "before every work", and name no number
_OWN: Final = Text(
    "Der Anbieter sichert Ihre Inhalte nicht und stellt einzelne nicht wieder her; Sie sichern sie regelmäßig selbst.",
    "The provider does not back up your content and restores no single content; you back it up regularly yourself.",
)
_OURS: Final = Text(
    "Wie oft, sagt der Vertrag nicht; an 30 Tage ohne Kopie erinnern wir von uns aus.",
    "How often, the contract does not say; that we remind you after 30 days without a copy is our choice.",
)


_NO_BACKUP: Final = Text(
    "Vor jedem Eingriff sichert der Kunde seine Daten: Der Tag der letzten Sicherung ist zu bestätigen.",
    "The customer backs up its data before every intervention: the day of the last backup must be confirmed.",
)


_PLAN: Final = Text(
    "Für Notfallpläne ist der Kunde allein verantwortlich; wer keinen nennt, wird jedes Jahr erinnert.",
    "The customer alone is responsible for contingency plans; whoever names none is reminded every year.",
)


def backs_up_itself(clauses: Iterable[Clause]) -> Ruling[bool]:
    """Return that a customer backs up its content itself, by the clauses that say so."""
    return Ruling(True, tuple(dict.fromkeys(clauses)), (), (_OWN, _OURS))


def may_begin(backup_on: date | None, on: date, *, clauses: Iterable[Clause] = ()) -> Ruling[bool]:
    """
    Return whether work on a customer's system may begin: it confirmed a backup, with its day (leisure Art. 7).

    backup_on  the day that the customer confirms; None for none
    """
    if backup_on is None or backup_on > on:
        return Ruling(False, tuple(clauses), (("on", on.isoformat()),), (_NO_BACKUP,))
    step = said(
        "Der Kunde bestätigt eine Sicherung vom {day}.", "The customer confirms a backup of {day}.", day=day(backup_on)
    )
    return Ruling(True, tuple(clauses), (("on", on.isoformat()),), (step,))


def plan_reminder_due(told_on: date | None, on: date, *, clauses: Iterable[Clause] = ()) -> Ruling[bool]:
    """
    Return whether a customer without a contingency plan is reminded on a day: at once, then every year (AP-014).

    told_on  the day of the last reminder, None before the first

    >>> plan_reminder_due(date(2026, 11, 23), date(2027, 11, 22)).value
    False
    >>> plan_reminder_due(date(2026, 11, 23), date(2027, 11, 23)).value
    True
    """
    due = told_on is None or on >= add_months(told_on, 12)
    inputs = (("told_on", told_on.isoformat() if told_on else ""), ("on", on.isoformat()))
    return Ruling(due, tuple(clauses), inputs, (_PLAN,))


def reminder_due(last: date, on: date, *, clauses: Iterable[Clause] = ()) -> Ruling[bool]:
    """
    Return whether a customer is reminded on a day to take a copy of its content.

    last  the day of its last copy, of the last reminder, or on which it began: whichever is latest
    """
    days = (on - last).days
    step = said("Seit dem {day} sind es {days} Tage.", "Since {day} it is {days} days.", day=day(last), days=days)
    inputs = (("since", last.isoformat()), ("on", on.isoformat()))
    return Ruling(days >= REMINDED_AFTER, tuple(clauses), inputs, (step, _OURS))
