"""
Ordinary notice: whether it has the form, which day counts, and with which day it ends the contract.

>>> from kontor.rulebook.duration import Duration
>>> year, quarter = Duration.parse("12 months"), Duration.parse("3 months")
>>> rule = NoticeRule(
...     TermRule(date(2025, 1, 15), year, year, quarter), form=Form.WRITTEN, form_clauses=(Clause("visitor", "4.6.1"),)
... )
>>> [
...     decide_notice(rule, Given(Means.LETTER, received=date(2025, 10, day))).value.ends.isoformat()
...     for day in (14, 15)
... ]
['2026-01-14', '2027-01-14']
>>> decide_notice(rule, Given(Means.EMAIL, received=date(2025, 10, 14))).value.outcome.value
'refused'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kontor.rulebook.ending.form import Form, Means, has_form
from kontor.rulebook.period import last_day_after
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text, combined
from kontor.rulebook.term import TermRule, term_on
from kontor.rulebook.wording import day, said


class Counts(StrEnum):
    """Which day of a notice counts."""

    SENT = "sent"
    RECEIVED = "received"


class To(StrEnum):
    """When a notice may take effect: at the end of a term, or with the end of its own period on any day."""

    TERM_END = "term_end"
    ANY_TIME = "any_time"


class Late(StrEnum):
    """Where a notice that misses its last day ends the contract."""

    EARLIEST_IN_TIME = "earliest_term_end_in_time"
    NEXT_TERM_END = "next_term_end"


class Outcome(StrEnum):
    """
    What became of a notice.

    IN_TIME   it ends the contract with the running term, or with its own period
    LATE      it missed the running term and ends a later one
    EARLY     it came before the contract's first day and holds for the earliest end there is
    AWAITED   the day that counts has not come: no effect yet
    REFUSED   it lacks the form, or gives up what cannot be given up alone: no effect
    UNAUTHORISED  whoever gave it may not declare for the customer: no effect until it is confirmed
    """

    IN_TIME = "in_time"
    LATE = "late"
    EARLY = "early"
    AWAITED = "awaited"
    REFUSED = "refused"
    UNAUTHORISED = "unauthorised"


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """
    What a contract says about ordinary notice.

    term              its terms and the notice period
    form              which form notice needs; INFORMAL where the contract demands none
    email_is_written  see `form.has_form`
    partial           whether single positions may be given up
    clauses           of period, day that counts and late notice; `form_clauses`, `part_clauses` of their own
    readings          why open texts are read as they are
    """

    term: TermRule
    form: Form = Form.INFORMAL
    counts: Counts = Counts.RECEIVED
    to: To = To.TERM_END
    late: Late = Late.EARLIEST_IN_TIME
    email_is_written: bool = False
    partial: bool = False
    clauses: tuple[Clause, ...] = ()
    form_clauses: tuple[Clause, ...] = ()
    part_clauses: tuple[Clause, ...] = ()
    readings: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """
    A notice as it was given.

    sent, received  days in the contract's zone; None while not known
    wished          the end that the notice names, None for the earliest
    parts           the positions it gives up; empty: the whole contract

    A receipt before the dispatch raises RefusalError.
    """

    means: Means
    sent: date | None = None
    received: date | None = None
    wished: date | None = None
    parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot have happened."""
        if self.sent and self.received and self.received < self.sent:
            raise RefusalError(
                said(
                    "Die Kündigung kann nicht am {received} zugegangen sein: Abgesandt wurde sie am {sent}.",
                    "The notice cannot have been received on {received}: it was sent on {sent}.",
                    received=day(self.received),
                    sent=day(self.sent),
                )
            )


@dataclass(frozen=True, slots=True)
class NoticeAnswer:
    """
    What a notice does.

    counted    the day that counts, None while it has not come
    notice_by  the last day for the term that ran then; None without effect, or where notice may be given at any time
    ends       the last day of the contract or of the parts given up, None without effect
    """

    outcome: Outcome
    counted: date | None = None
    notice_by: date | None = None
    ends: date | None = None


def decide_notice(rule: NoticeRule, given: Given) -> Ruling[NoticeAnswer]:
    """Decide what a notice does: refused, awaited, or with which day it ends what it gives up."""
    if not has_form(given.means, rule.form, email_is_written=rule.email_is_written):
        return _formless(rule, given)
    if given.parts and not rule.partial:
        return _no_parts(rule)
    form = _form_step(rule, given)
    counted = given.received if rule.counts is Counts.RECEIVED else given.sent or given.received
    if counted is None:
        return _awaited(rule, form)
    answer = _any_time(rule, given, counted) if rule.to is To.ANY_TIME else _to_term_end(rule, given, counted)
    lead = Ruling(None, _at_least(rule, rule.clauses), (), (form, _day_step(rule, counted)))
    whole = combined(answer.value, lead, answer)
    return whole.because(clauses=rule.form_clauses + (rule.part_clauses if given.parts else ()), working=rule.readings)


def withdrawal(*, ends: date | None, on: date, consented: date | None, clauses: Iterable[Clause] = ()) -> Ruling[bool]:
    """
    Say whether a notice may be withdrawn: before it takes effect, and with the other side's consent.

    ends       the last day the notice gives the contract; None: it has had no effect yet, and nobody need consent
    on         the day of withdrawing
    consented  the day of the consent, None without
    """
    cited = tuple(clauses)
    inputs = (("on", on.isoformat()),)
    if ends is None:
        step = Text(
            "Die Kündigung hat noch nichts bewirkt und lässt sich ohne Zustimmung zurücknehmen.",
            "The notice has had no effect yet and can be withdrawn without consent.",
        )
        return Ruling(True, cited, inputs, (step,))
    if on > ends:
        german = "Der Vertrag endete am {ends}; danach lässt sich die Kündigung nicht mehr zurücknehmen."
        english = "The contract ended on {ends}; after that the notice cannot be withdrawn."
        return Ruling(False, cited, inputs, (said(german, english, ends=day(ends)),))
    if consented is None or consented > on:
        step = Text(
            "Die Kündigung ist erklärt; zurücknehmen lässt sie sich nur mit Zustimmung der anderen Seite.",
            "The notice has been given; it can only be withdrawn with the other side's consent.",
        )
        return Ruling(False, cited, inputs, (step,))
    german = "Die andere Seite hat am {when} zugestimmt, vor dem Ende am {ends}: Der Vertrag läuft weiter."
    english = "The other side consented on {when}, before the end on {ends}: the contract goes on."
    return Ruling(True, cited, inputs, (said(german, english, when=day(consented), ends=day(ends)),))


def refuse_consumer_renewal(*, business: bool, renewal: Iterable[Clause]) -> None:
    """
    Refuse to renew a consumer's contract by a fixed term: by law it may only go on open-ended (BGB 309 Nr. 9).

    business  whether the customer acts as a business; RefusalError where it does not
    """
    if not business:
        named = ", ".join(str(clause) for clause in renewal)
        raise RefusalError(
            said(
                "Der Kunde ist Verbraucher: Der Vertrag darf sich nicht um eine feste Laufzeit verlängern ({clauses}).",
                "The customer is a consumer: the contract must not be renewed by a fixed term ({clauses}).",
                clauses=named,
            )
        )


def _formless(rule: NoticeRule, given: Given) -> Ruling[NoticeAnswer]:
    step = said(
        "Verlangt wird {form}; „{means}“ genügt nicht. Die Kündigung bewirkt nichts.",
        "What is demanded is {form}; “{means}” is not enough. The notice has no effect.",
        form=rule.form.spoken,
        means=given.means.spoken,
    )
    inputs = (("means", given.means.value),)
    return Ruling(NoticeAnswer(Outcome.REFUSED), rule.form_clauses, inputs, (step, *rule.readings))


def _no_parts(rule: NoticeRule) -> Ruling[NoticeAnswer]:
    step = Text(
        "Einzelne Teile lassen sich nach diesem Vertrag nicht kündigen, nur das Ganze.",
        "Under this contract single parts cannot be given up, only the whole.",
    )
    return Ruling(NoticeAnswer(Outcome.REFUSED), rule.part_clauses or rule.clauses, (), (step, *rule.readings))


def _form_step(rule: NoticeRule, given: Given) -> Text:
    if rule.form is Form.INFORMAL:
        german, english = "Der Vertrag verlangt keine Form.", "The contract demands no form."
        return Text(german, english)
    german, english = "Verlangt wird {form}; so kam sie: {means}.", "What is demanded is {form}; it came so: {means}."
    return said(german, english, form=rule.form.spoken, means=given.means.spoken)


def _at_least(rule: NoticeRule, clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    return clauses or rule.form_clauses


def _awaited(rule: NoticeRule, form: Text) -> Ruling[NoticeAnswer]:
    what = Text("der Zugang", "receipt") if rule.counts is Counts.RECEIVED else Text("die Absendung", "dispatch")
    german = "Es zählt {what}; der Tag steht noch nicht fest. Bis dahin bewirkt die Kündigung nichts."
    english = "What counts is {what}; its day is not known yet. Until then the notice has no effect."
    return Ruling(
        NoticeAnswer(Outcome.AWAITED), _at_least(rule, rule.clauses), (), (form, said(german, english, what=what))
    )


def _day_step(rule: NoticeRule, counted: date) -> Text:
    what = Text("der Zugang", "receipt") if rule.counts is Counts.RECEIVED else Text("die Absendung", "dispatch")
    return said("Es zählt {what}: {on}.", "What counts is {what}: {on}.", what=what, on=day(counted))


def _to_term_end(rule: NoticeRule, given: Given, counted: date) -> Ruling[NoticeAnswer]:
    first = rule.term.first_day
    found = term_on(rule.term, max(counted, first), clauses=rule.clauses)
    steps: list[Text] = []
    ends, outcome = found.value.ends, Outcome.IN_TIME if found.value.in_time else Outcome.LATE
    if counted < first:
        outcome = Outcome.EARLY
        german = "Der Vertrag beginnt erst am {first}; die Kündigung gilt für das früheste Ende."
        english = "The contract begins on {first} only; the notice holds for the earliest end."
        steps.append(said(german, english, first=day(first)))
    if outcome is Outcome.LATE and rule.late is Late.NEXT_TERM_END:
        ends = next(term for term in rule.term.terms() if term.first >= found.value.term.end).last
        german = "Sie wirkt nach diesem Vertrag zum Ende der folgenden Laufzeit, am {ends}."
        english = "Under this contract it takes effect with the end of the following term, on {ends}."
        steps.append(said(german, english, ends=day(ends)))
    if given.wished is not None:
        ends, step = _wished(given.wished, ends, rule)
        steps.append(step)
    return found.map(lambda it: NoticeAnswer(outcome, counted, it.notice_by, ends)).because(working=steps)


def _wished(wished: date, earliest: date, rule: NoticeRule) -> tuple[date, Text]:
    if wished < earliest:
        german = "Der genannte Tag {wished} liegt davor; die Kündigung gilt für das früheste Ende, den {ends}."
        english = "The day it names, {wished}, lies before; the notice holds for the earliest end, {ends}."
        return earliest, said(german, english, wished=day(wished), ends=day(earliest))
    any_day = rule.to is To.ANY_TIME
    ends = wished if any_day else next(term for term in rule.term.terms() if term.last >= wished).last
    german = "Genannt ist der {wished}; der Vertrag endet am {ends}."
    english = "It names {wished}; the contract ends on {ends}."
    return ends, said(german, english, wished=day(wished), ends=day(ends))


def _any_time(rule: NoticeRule, given: Given, counted: date) -> Ruling[NoticeAnswer]:
    notice, first = rule.term.notice, rule.term.first_day
    ends = max(last_day_after(counted, notice), first)
    outcome = Outcome.EARLY if counted < first else Outcome.IN_TIME
    german = "Gekündigt werden kann jederzeit: {notice} nach dem {on} enden mit dem {ends}."
    english = "Notice may be given at any time: {notice} after {on} end with {ends}."
    steps = [said(german, english, notice=notice.spoken, on=day(counted), ends=day(ends))]
    if given.wished is not None:
        ends, step = _wished(given.wished, ends, rule)
        steps.append(step)
    inputs = (("on", counted.isoformat()), ("notice", str(notice)))
    return Ruling(NoticeAnswer(outcome, counted, None, ends), rule.clauses, inputs, tuple(steps))
