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


def may_answer(*, processor: bool, authorised: bool) -> Ruling[bool]:
    """
    Tell whether whoever was asked may answer: a processor forwards, and answers only where its controller said so.

    >>> may_answer(processor=True, authorised=False).value, may_answer(processor=True, authorised=True).value
    (False, True)
    """
    inputs = (("role", "processor" if processor else "controller"), ("authorised", "yes" if authorised else "no"))
    if not processor:
        step = Text("Verantwortlicher: Geantwortet wird selbst.", "Controller: one answers oneself.")
        return Ruling(True, (_TIME,), inputs, (step,))
    if authorised:
        step = Text(
            "Auftragsverarbeiter: Der Verantwortliche hat die Antwort übertragen.",
            "Processor: the controller has handed the answer over.",
        )
        return Ruling(True, (_PROCESSOR,), inputs, (step,))
    step = Text(
        "Auftragsverarbeiter: Weitergeleitet, nicht beantwortet; es antwortet der Verantwortliche.",
        "Processor: forwarded, not answered; the controller answers.",
    )
    return Ruling(False, (_PROCESSOR,), inputs, (step,))


def kind_of(words: str) -> str:
    """
    Return what somebody seems to ask for in their own words, to be looked at by a person: access where nothing says.

    >>> kind_of("Bitte senden Sie mir eine Kopie der Standardvertragsklauseln")
    'safeguards'
    >>> kind_of("Bitte löschen Sie mein Konto"), kind_of("I object to telemetry"), kind_of("Welche Daten haben Sie?")
    ('erasure', 'objection', 'access')
    """
    folded = words.casefold()
    return next((kind for kind, stems in _STEMS.items() if any(stem in folded for stem in stems)), "access")


_PROCESSOR: Final = Clause("gdpr", "GDPR Art. 28 (3) e")
_STEMS: Final = {
    # a copy of what secures a transfer to a third country (GDPR Art. 13 (1) f; bookkeeping 13)
    "safeguards": (
        "standardvertragsklausel",
        "standarddatenschutzklausel",
        "standardklausel",
        "standard contractual clause",
        "standard clause",
        "standard data protection clause",
        "angemessenheitsbeschl",
        "adequacy decision",
    ),
    "objection": ("widerspr", "object to", "objection", "opt out"),
    "erasure": ("lösch", "vergessen werden", "erase", "delete", "be forgotten"),
    "rectification": ("berichtig", "korrigier", "rectif", "correct"),
    "restriction": ("einschränk", "sperr", "restrict"),
    "portability": ("übertrag", "mitnehmen", "portab", "transfer my data"),
}
GROUNDS: Final[dict[str, tuple[Text, Clause]]] = {
    "unfounded": (
        Text("Die Anfrage ist offenkundig unbegründet.", "The request is manifestly unfounded."),
        Clause("gdpr", "GDPR Art. 12 (5)"),
    ),
    "excessive": (
        Text("Die Anfrage wird exzessiv wiederholt.", "The request is repeated excessively."),
        Clause("gdpr", "GDPR Art. 12 (5)"),
    ),
    "unknown": (
        Text("Wer fragt, lässt sich nicht feststellen.", "Who asks cannot be identified."),
        Clause("gdpr", "GDPR Art. 11 (2)"),
    ),
    "duty": (
        Text("Eine gesetzliche Pflicht verlangt die Daten noch.", "A legal duty still demands the data."),
        Clause("gdpr", "GDPR Art. 17 (3) b"),
    ),
    "claims": (
        Text("Die Daten werden für Rechtsansprüche gebraucht.", "The data are needed for legal claims."),
        Clause("gdpr", "GDPR Art. 17 (3) e"),
    ),
    "compelling": (
        Text("Zwingende schutzwürdige Gründe gehen vor.", "Compelling legitimate grounds come first."),
        Clause("gdpr", "GDPR Art. 21 (1)"),
    ),
    "needed": (
        Text(
            "Das Protokoll der Aufrufe ist zum Betrieb zwingend nötig und keinem Namen zugeordnet; ein Widerspruch "
            "dagegen ist nicht möglich.",
            "The log of calls is necessary to run the pages and belongs to no name; an objection to it is not "
            "possible.",
        ),
        Clause("bookkeeping", "8"),
    ),
    "others": (
        Text("Rechte anderer Personen stehen entgegen.", "The rights of other people stand against it."),
        Clause("gdpr", "GDPR Art. 15 (4)"),
    ),
}
