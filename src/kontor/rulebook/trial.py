"""
How long a free trial lasts, when its end is announced, and what becomes of it.

>>> from kontor.rulebook.duration import Duration
>>> days = trial_days(date(2026, 4, 15), Duration.parse("30 days"), warned_before=(7, 1)).value
>>> days.last, days.erased_on
(datetime.date(2026, 5, 15), datetime.date(2026, 5, 16))
>>> [day.isoformat() for day in days.warnings]
['2026-05-08', '2026-05-14']
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.units import Item
from kontor.rulebook.wording import day, said

CONTINUE: Final = "continue"
NEW_DATABASE: Final = "new_database"


@dataclass(frozen=True, slots=True)
class TrialDays:
    """
    The days of a trial.

    first, last  both belong to it; the day of registration is not counted, as for every period after an event
    warnings     the days on which its end is announced
    """

    first: date
    last: date
    warnings: tuple[date, ...]

    @property
    def erased_on(self) -> date:
        """The day on which everything entered is erased, unless it was ordered before."""
        return self.last + ONE_DAY


def knows_trials(pack: TermsPack) -> bool:
    """Tell whether the terms know a trial at all."""
    return pack.trial is not None and pack.trial.length is not None


def trial_days(
    registered_on: date, length: Duration, *, warned_before: Collection[int], clauses: Iterable[Clause] = ()
) -> Ruling[TrialDays]:
    """
    Return the days of a trial.

    warned_before  whole days between a warning and the last day; RefusalError where there is none or one is negative

    A warning that would fall on the day of registration or before it is left out. DurationError for a length in hours
    or working days.
    """
    if not warned_before or min(warned_before) < 0:
        german = "Das Ende eines Tests wird mindestens einmal angekündigt, an seinem letzten Tag oder davor."
        english = "The end of a trial is announced at least once, on its last day or before."
        raise RefusalError(Text(german, english))
    last = last_day_after(registered_on, length)
    warnings = sorted({last - timedelta(days=before) for before in warned_before})
    kept = tuple(on for on in warnings if on > registered_on)
    steps = [
        said(
            "Registriert am {on}; {length} danach ist der letzte Tag der {last}.",
            "Registered on {on}; {length} after it the last day is {last}.",
            on=day(registered_on),
            length=length.spoken,
            last=day(last),
        ),
        said(
            "Ohne Bestellung bis dahin wird am {on} alles unwiderruflich gelöscht.",
            "Without an order by then everything is irrevocably erased on {on}.",
            on=day(last + ONE_DAY),
        ),
    ]
    inputs = (("registered_on", registered_on.isoformat()), ("length", str(length)))
    return Ruling(TrialDays(registered_on, last, kept), tuple(clauses), inputs, tuple(steps))


def choices_of(pack: TermsPack) -> tuple[Item, ...]:
    """Return between what a buyer chooses, as the terms have it; nothing where they give no choice."""
    listed = pack.trial.buyer_chooses if pack.trial else None
    return tuple(listed.value) if listed else ()


def may_choose(choice: str, *, pack: TermsPack, on: date, last: date, over: bool) -> Ruling[bool]:
    """
    Tell whether a buyer may choose `choice` on a day: while the trial runs, until its last day.

    over  whether the trial has ended already, by its expiry or because the contract was concluded
    """
    listed = pack.trial.buyer_chooses if pack.trial else None
    clauses = listed.clauses if listed else ()
    inputs = (("on", on.isoformat()), ("last", last.isoformat()), ("choice", choice))
    if choice not in {item.key for item in choices_of(pack)}:
        step = Text("Diese Wahl geben die Bedingungen nicht.", "The terms do not give this choice.")
        return Ruling(False, clauses, inputs, (step,))
    if over or on > last:
        step = Text("Der Test ist zu Ende; gewählt wird vorher.", "The trial has ended; one chooses before.")
        return Ruling(False, clauses, inputs, (step,))
    step = said("Der Test läuft bis {last}.", "The trial runs until {last}.", last=day(last))
    return Ruling(True, clauses, inputs, (step,))


def kept_at_conclusion(choice: str, *, pack: TermsPack) -> Ruling[bool]:
    """
    Tell whether a buyer goes on with what was entered in the trial.

    Whoever ordered in time and chose nothing goes on with it: the terms keep it after an order.
    """
    listed = pack.trial.buyer_chooses if pack.trial else None
    clauses = listed.clauses if listed else ()
    if choice == NEW_DATABASE:
        step = Text("Gewählt ist ein neuer Anfang ohne die Daten.", "A new start without the data was chosen.")
    elif choice == CONTINUE:
        step = Text("Gewählt ist, mit den Daten fortzufahren.", "It was chosen to go on with the data.")
    else:
        step = Text("Nichts ist gewählt: Die Daten bleiben.", "Nothing was chosen: the data stay.")
    return Ruling(choice != NEW_DATABASE, clauses, (("choice", choice),), (step,))
