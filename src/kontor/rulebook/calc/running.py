"""`term` and `reduction`: how long a contract runs, and from when it is smaller."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from kontor.rulebook.calc.facts import Said, cited, counting_of, known, months_rule, readings, said_by
from kontor.rulebook.calc.question import Kind, Option, Question, Value, WrongInputError
from kontor.rulebook.calc.reading import INTERVALS
from kontor.rulebook.calc.told import Told
from kontor.rulebook.calendar import WorkingDays
from kontor.rulebook.due import seats_reduced_from
from kontor.rulebook.duration import Duration, DurationError
from kontor.rulebook.period import Interval, next_month
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.term import TermAnswer, TermRule, term_on
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.terms.commerce import Seats
from kontor.rulebook.terms.conclusion import Notice, Term
from kontor.rulebook.terms.value import NotAgreedError, Sourced
from kontor.rulebook.wording import day, said, weekday

_RENEWAL: Final = Text("wie sich der Vertrag verlängert", "how the contract is renewed")
_NOTICE: Final = Text("wie lange vor dem Ende zu kündigen ist", "how long before the end notice is given")
_INITIAL: Final = Text("wie lange die erste Laufzeit ist", "how long the first term is")
_REDUCTION: Final = Text("wie die Zahl der Benutzer sinken kann", "how the number of users can be reduced")
_INTERVAL: Final = "billing-interval"
_INTERVAL_HELP: Final = Text("Abrechnungsintervall des Vertrags", "the contract's billing interval")


def _term_section(pack: TermsPack) -> Term:
    return Term() if pack.term is None else pack.term


def _notice_section(pack: TermsPack) -> Notice:
    return Notice() if pack.notice is None else pack.notice


def _term_options(pack: TermsPack) -> Sequence[Option]:
    by_interval = _term_section(pack).renews_by is not None
    counts = Text(
        "Tag, an dem die Kündigung zählt: gesendet oder zugegangen", "day the notice counts: sent or received"
    )
    first = Text("erste Laufzeit laut Angebot", "first term by the offer")
    return (
        Option("start", Kind.DATE, Text("erster Tag des Vertrags", "first day of the contract")),
        Option("on", Kind.DATE, counts),
        Option("initial", Kind.LENGTH, first, required=False),
        Option(_INTERVAL, Kind.CHOICE, _INTERVAL_HELP, required=by_interval, choices=INTERVALS),
    )


def _renewal(pack: TermsPack, told: Told) -> tuple[Duration | Interval, Sourced]:
    """Return the length of a further term and where that is said."""
    by_interval = _term_section(pack).renews_by
    if by_interval is not None:
        return Interval(told.choice(_INTERVAL)), by_interval
    renewal = said_by(_term_section(pack).renewal, about=_RENEWAL, pack=pack)
    return renewal.value, renewal


def _notice(pack: TermsPack) -> Said[Duration]:
    return said_by(_notice_section(pack).period, about=_NOTICE, pack=pack)


def _term_rests_on(pack: TermsPack) -> None:
    section = _term_section(pack)
    if section.renews_by is None:
        said_by(section.renewal, about=_RENEWAL, pack=pack)
    _notice(pack)


def _term(pack: TermsPack, told: Told) -> Ruling[Value]:
    start, on = told.day("start"), told.day("on")
    if on < start:
        text = said("erwartet wird ein Tag ab dem {start}.", "expected a day from {start} on.", start=day(start))
        raise WrongInputError("on", text)
    initial, initial_from, lead = _initial(pack, told.length_if_given("initial"))
    renewal, renewal_from = _renewal(pack, told)
    notice, section = _notice(pack), _notice_section(pack)
    from_interval = _from_first_interval(pack)
    rule = TermRule(
        start,
        initial,
        renewal,
        notice.value,
        counted_from=None if from_interval is None else next_month(start),
        months=months_rule(pack),
    )
    reading = from_interval, section.counts, section.late_notice_ends
    law = counting_of(pack)
    ruling = term_on(rule, on, clauses=cited(notice, renewal_from, initial_from, *reading, law.month_rule))
    stays = None if ruling.value.notice_by in WorkingDays() else law.notice_on_day_off
    steps = (*lead, *ruling.working, *_stays(stays, ruling.value.notice_by), *readings(*reading))
    clauses = dict.fromkeys((*ruling.clauses, *cited(stays)))
    return Ruling(_term_value(ruling.value), tuple(clauses), ruling.inputs, steps)


def _stays(stays: Sourced | None, last: date) -> tuple[Text, ...]:
    """Say that a notice deadline on a weekend stays where it is, where the pack's law says so."""
    if stays is None:
        return ()
    words = "{day} bleibt maßgeblich ({clause}).", "{day} stays the day that counts ({clause})."
    return (said(*words, day=weekday(last), clause=stays.clause.number),)


def _from_first_interval(pack: TermsPack) -> Sourced | None:
    """Return where the contract counts its term from the first billing interval, None where it does not."""
    counted = known(_term_section(pack).counted_from)
    return counted if counted is not None and counted.value == "first_billing_interval" else None


def _term_value(found: TermAnswer) -> Value:
    return {
        "last_day": found.term.last.isoformat(),
        "notice_by": found.notice_by.isoformat(),
        "in_time": found.in_time,
        "ends": found.ends.isoformat(),
    }


def _initial(pack: TermsPack, offered: Duration | None) -> tuple[Duration, Sourced, tuple[Text, ...]]:
    """Return the first term, where that is said, and a step: the offer's, else the contract's, else its minimum."""
    stated = _term_section(pack).initial
    if stated is None:
        stated = said_by(stated, about=_INITIAL, pack=pack)
    if offered is not None:
        _check_offered(stated, offered)
        words = "Erste Laufzeit laut Angebot: {initial}.", "First term by the offer: {initial}."
        return offered, stated, (said(*words, initial=offered.spoken),)
    if not isinstance(stated, ToBeAgreed):
        return stated.value, stated, ()
    if stated.least is None:
        raise NotAgreedError(stated.label, stated.clause)
    step = said(
        "Nennt das Angebot keine Laufzeit, zählt die Mindestlaufzeit: {least}.",
        "Where the offer names no term, the minimum term counts: {least}.",
        least=stated.least.spoken,
    )
    return stated.least, stated, (step,)


def _check_offered(stated: Sourced, offered: Duration) -> None:
    """Refuse a first term in working time, and one below the contract's minimum or not comparable with it."""
    if not isinstance(stated, ToBeAgreed) or stated.least is None:
        return
    try:
        admitted = stated.admits(offered)
    except DurationError:
        admitted = False
    if not admitted:
        words = "erwartet werden mindestens {least} ({clause}).", "expected at least {least} ({clause})."
        raise WrongInputError("initial", said(*words, least=stated.least.spoken, clause=stated.clause.number))


def _reduction_options(_pack: TermsPack) -> Sequence[Option]:
    end = Text("erster Tag nach dem laufenden Abrechnungsintervall", "first day after the running billing interval")
    return (
        Option("received", Kind.DATE, Text("Tag, an dem die Mitteilung einging", "day the notice was received")),
        Option("period-end", Kind.DATE, end),
        Option(_INTERVAL, Kind.CHOICE, _INTERVAL_HELP, choices=INTERVALS),
    )


def _seats_section(pack: TermsPack) -> Seats:
    return Seats() if pack.seats is None else pack.seats


def _reduction_rests_on(pack: TermsPack) -> Said[Duration]:
    return said_by(_seats_section(pack).reduction_notice, about=_REDUCTION, pack=pack)


def _reduction(pack: TermsPack, told: Told) -> Ruling[Value]:
    notice, section = _reduction_rests_on(pack), _seats_section(pack)
    received, end = told.day("received"), told.day("period-end")
    if received >= end:
        text = said("erwartet wird ein Tag vor dem {end}.", "expected a day before {end}.", end=day(end))
        raise WrongInputError("received", text)
    ruling = seats_reduced_from(
        received,
        end,
        every=Interval(told.choice(_INTERVAL)),
        notice=notice.value,
        rule=months_rule(pack),
        clauses=cited(notice, section.reduction_takes_effect, section.reduction_counts),
    )
    value: Value = {"effective": ruling.value.effective.isoformat(), "in_time": ruling.value.in_time}
    return ruling.map(lambda _: value).because(working=readings(section.reduction_counts))


TERM: Final = Question(
    "term",
    Text("Wie lange läuft der Vertrag, und wann endet er?", "How long does the contract run, and when does it end?"),
    _term_options,
    _term_rests_on,
    _term,
)
REDUCTION: Final = Question(
    "reduction",
    Text("Ab wann zählen weniger Benutzer?", "From when do fewer users count?"),
    _reduction_options,
    _reduction_rests_on,
    _reduction,
)
