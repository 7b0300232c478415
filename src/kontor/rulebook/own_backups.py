"""
When a customer that backs up its content itself is reminded of it (visitor 4.1.7, 6.4.5; leisure Anhang 4, Art. 1).

>>> reminder_due(date(2027, 3, 1), date(2027, 3, 31)).value
True
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

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


def backs_up_itself(clauses: Iterable[Clause]) -> Ruling[bool]:
    """Return that a customer backs up its content itself, by the clauses that say so."""
    return Ruling(True, tuple(dict.fromkeys(clauses)), (), (_OWN, _OURS))


def reminder_due(last: date, on: date, *, clauses: Iterable[Clause] = ()) -> Ruling[bool]:
    """
    Return whether a customer is reminded on a day to take a copy of its content.

    last  the day of its last copy, of the last reminder, or on which it began: whichever is latest
    """
    days = (on - last).days
    step = said("Seit dem {day} sind es {days} Tage.", "Since {day} it is {days} days.", day=day(last), days=days)
    inputs = (("since", last.isoformat()), ("on", on.isoformat()))
    return Ruling(days >= REMINDED_AFTER, tuple(clauses), inputs, (step, _OURS))
