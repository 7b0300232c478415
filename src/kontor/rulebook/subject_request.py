"""
By when somebody's request about their own data is answered (GDPR Art. 12 (3); periods as Regulation 1182/71 counts).

>>> clock = answer_clock(date(2026, 1, 31), WorkingDays()).value
>>> clock.answer_by, clock.extended_by
(datetime.date(2026, 3, 2), datetime.date(2026, 4, 30))
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kontor.rulebook.calendar import WorkingDays
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

ANSWER_WITHIN: Final = Duration.parse("1 month")
EXTENDED_TO: Final = Duration.parse("3 months")
_TIME: Final = Clause("gdpr", "GDPR Art. 12 (3)")
_IDENTITY: Final = Clause("gdpr", "GDPR Art. 12 (6)")
_COUNTING: Final = Clause("eu", "Reg. 1182/71 Art. 3")


@dataclass(frozen=True, slots=True)
class AnswerClock:
    """
    The days of a request.

    begins       the day of the event from which the month counts: its receipt, or when it was clear who asks
    answer_by    the last day for an answer, and for saying that it takes longer and why
    extended_by  the last day for the answer where that was said in time
    """

    begins: date
    answer_by: date
    extended_by: date


def answer_clock(received: date, working: WorkingDays, *, clear_on: date | None = None) -> Ruling[AnswerClock]:
    """
    Return the days of a request about one's own data.

    working   Monday to Friday less the public holidays of whoever answers: a last day on another day moves on
    clear_on  when reasonable doubts about who asks were cleared; None where there were none
    """
    begins = received if clear_on is None else max(received, clear_on)
    plain = last_day_after(begins, ANSWER_WITHIN)
    clock = AnswerClock(begins, working.on_or_after(plain), working.on_or_after(last_day_after(begins, EXTENDED_TO)))
    steps = [said("Eingegangen am {day}.", "Received on {day}.", day=day(received))]
    if begins != received:
        german, english = "Wer fragt, stand erst am {day} fest.", "Who asks was clear only on {day}."
        steps.append(said(german, english, day=day(begins)))
    steps.append(said("Ein Monat danach endet am {day}.", "One month after it ends on {day}.", day=day(plain)))
    if clock.answer_by != plain:
        german = "Das ist kein Arbeitstag; die Frist endet am {day}."
        steps.append(said(german, "That is no working day; the period ends on {day}.", day=day(clock.answer_by)))
    clauses = (_TIME, _COUNTING) if clear_on is None else (_TIME, _COUNTING, _IDENTITY)
    inputs = (("received", received.isoformat()),)
    return Ruling(clock, clauses, inputs, tuple(steps))


def may_extend(clock: AnswerClock, *, told_on: date) -> Ruling[bool]:
    """Tell whether saying on a day that the answer takes longer is in time: within the first month."""
    inputs = (("told_on", told_on.isoformat()),)
    if told_on <= clock.answer_by:
        german, english = "Rechtzeitig gesagt: Zeit bis {day}.", "Said in time: there is time until {day}."
        return Ruling(True, (_TIME,), inputs, (said(german, english, day=day(clock.extended_by)),))
    german, english = "Zu spät: Das war bis {day} zu sagen.", "Too late: it was to be said by {day}."
    return Ruling(False, (_TIME,), inputs, (said(german, english, day=day(clock.answer_by)),))


def identity_asked(*, signed_in: bool, doubts: str) -> Ruling[bool]:
    """
    Tell whether more may be asked to know who somebody is.

    doubts  what makes it doubtful, in words; without reasonable doubts nothing more may be asked, and whoever is signed
            in has shown who they are
    """
    inputs = (("signed_in", "yes" if signed_in else "no"), ("doubts", doubts))
    if signed_in or not doubts.strip():
        step = Text(
            "Es gibt keinen Grund zu zweifeln: Mehr wird nicht verlangt.",
            "There is no reason to doubt: nothing more is asked.",
        )
        return Ruling(False, (_IDENTITY,), inputs, (step,))
    step = Text("Begründete Zweifel: Es darf nachgefragt werden.", "Reasonable doubts: more may be asked.")
    return Ruling(True, (_IDENTITY,), inputs, (step,))
