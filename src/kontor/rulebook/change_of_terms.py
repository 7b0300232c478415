"""
From when a change of terms holds, until when the other side may object, and what its silence means.

>>> restriction = ChangeRule(answer_within=Duration.parse("2 months"), silence_is_consent=True)
>>> found = change_of_terms(restriction, date(2026, 1, 10)).value
>>> found.objection_by, found.effective
(datetime.date(2026, 3, 10), datetime.date(2026, 3, 11))

Four weeks before the day named: told on 3 August, a change may begin on 1 September, told on the 4th it may not.

>>> reasonable = ChangeRule(notice=Duration.parse("4 weeks"))
>>> [change_of_terms(reasonable, date(2026, 8, told)).value.effective.isoformat() for told in (3, 4)]
['2026-09-01', '2026-09-02']
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY, Interval, Months, add, interval, last_day_after, latest_before
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """
    What a contract says about one kind of change; all of it missing: it holds when it is told.

    notice              how long before its first day the other side must know of it
    answer_within       how long the other side may object, counted from receipt
    silence_is_consent  what no answer within that time means
    """

    notice: Duration | None = None
    answer_within: Duration | None = None
    silence_is_consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalStart:
    """
    The change begins with a billing interval.

    anchor      the first day of the intervals' count, with `every` and `months`
    not_before  the first day after the first term, where no change may begin before it
    """

    anchor: date
    every: Interval
    months: Months = Months.ROLLING
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """First day of the change, last day for an objection (None: there is none), and what silence means."""

    effective: date
    objection_by: date | None
    silence_is_consent: bool


def change_of_terms(
    rule: ChangeRule,
    received: date,
    *,
    starts: IntervalStart | None = None,
    named: date | None = None,
    clauses: Iterable[Clause] = (),
) -> Ruling[ChangeAnswer]:
    """
    Decide the first day on which a change can hold.

    received  the day on which the other side had the notice, in the contract's zone
    starts    where the change begins with a billing interval
    named     the day named in the notice; a change never begins before it, and later where the time is too short
    """
    objection_by = last_day_after(received, rule.answer_within) if rule.answer_within else None
    steps: list[Text] = []
    effective = received
    if rule.notice is not None:
        effective = earliest_after(received, rule.notice)
        steps.append(
            said(
                "Zugang am {received}; {notice} davor liegen ganz vor dem {effective}.",
                "Received on {received}; the whole {notice} lies before {effective}.",
                received=day(received),
                notice=rule.notice.spoken,
                effective=day(effective),
            )
        )
    if rule.answer_within is not None and objection_by is not None:
        effective = max(effective, objection_by + ONE_DAY)
        steps.append(_answer_step(rule, rule.answer_within, received, objection_by))
    if not steps:
        words = "Zugang am {received}; es gilt ab dann.", "Received on {received}; it holds from then on."
        steps.append(said(*words, received=day(received)))
    if named is not None:
        steps.append(_named_step(named, effective))
        effective = max(named, effective)
    if starts is not None:
        effective = _first_interval(starts, effective)
        steps.append(_interval_step(starts, effective))
    inputs = _inputs(rule, received, named)
    answer = ChangeAnswer(effective, objection_by, rule.silence_is_consent)
    return Ruling(answer, tuple(clauses), inputs, tuple(steps))


def earliest_after(event: date, duration: Duration) -> date:
    """
    Return the first day of an effect that leaves the whole period between it and an event, as `latest_before` counts.

    >>> earliest_after(date(2026, 1, 30), Duration.parse("1 month"))
    datetime.date(2026, 3, 1)
    >>> earliest_after(date(2026, 4, 10), Duration.parse("4 months"))
    datetime.date(2026, 8, 11)
    """
    effect = add(event + ONE_DAY, duration, rule=Months.CLAMPING)
    while latest_before(effect, duration) < event:
        effect += ONE_DAY
    return effect


def missing_elements(
    required: Mapping[str, Text], told: Mapping[str, str], *, clauses: Iterable[Clause] = ()
) -> Ruling[tuple[str, ...]]:
    """
    Name the elements that a notice must carry and does not; blank text tells nothing.

    required  key -> what it is, in words
    told      key -> the notice's own text on it

    >>> missing_elements({"new_rules": Text("Die neuen Regeln", "The new rules")}, {"new_rules": " "}).value
    ('new_rules',)
    """
    missing = tuple(key for key in required if not told.get(key, "").strip())
    steps = tuple(
        said("Es fehlt: {what}.", "Missing: {what}.", what=label)
        if key in missing
        else said("Steht darin: {what}.", "It states: {what}.", what=label)
        for key, label in required.items()
    )
    inputs = (("told", ", ".join(key for key in required if key not in missing)),)
    return Ruling(missing, tuple(clauses), inputs, steps)


def refuse_incomplete(found: Ruling[tuple[str, ...]], required: Mapping[str, Text]) -> None:
    """Raise RefusalError with everything that a notice lacks; such a notice starts no period."""
    if found.value:
        labels = [required[key] for key in found.value]
        missing = Text("; ".join(label.de for label in labels), "; ".join(label.en for label in labels))
        german = "Die Mitteilung kann so nicht hinaus. Es fehlt: {what}."
        raise RefusalError(said(german, "The notice cannot go out like this. Missing: {what}.", what=missing))


def separately(told: Mapping[str, str], apart: Collection[str]) -> tuple[str, ...]:
    """
    Return the texts that a notice tells separately, in the order of their keys in `told`.

    >>> separately({"new_rules": "…", "objection_right": "You may object."}, ["objection_right"])
    ('You may object.',)
    """
    return tuple(text for key, text in told.items() if key in apart)


def _first_interval(starts: IntervalStart, effective: date) -> date:
    """Return the first start of an interval on or after a day, and not before the first term is over."""
    earliest = effective if starts.not_before is None else max(effective, starts.not_before)
    number = 0
    while (first := interval(starts.anchor, starts.every, number, rule=starts.months).first) < earliest:
        number += 1
    return first


def _answer_step(rule: ChangeRule, within: Duration, received: date, by: date) -> Text:
    german = "Frist zum Widerspruch: {within} ab Zugang am {received}, also bis zum {by}."
    english = "Objection within {within} of receipt on {received}: by {by}."
    step = said(german, english, within=within.spoken, received=day(received), by=day(by))
    if not rule.silence_is_consent:
        return step
    return Text(f"{step.de} Schweigen gilt danach als Zustimmung.", f"{step.en} After that silence counts as consent.")


def _named_step(named: date, earliest: date) -> Text:
    if named >= earliest:
        return said(
            "Genannt ist der {named}; das ist rechtzeitig.",
            "The day named is {named}; that is in time.",
            named=day(named),
        )
    return said(
        "Genannt ist der {named}; das ist zu früh, es gilt ab dem {earliest}.",
        "The day named is {named}; that is too early, it holds from {earliest} on.",
        named=day(named),
        earliest=day(earliest),
    )


def _interval_step(starts: IntervalStart, effective: date) -> Text:
    if starts.not_before is None:
        return said(
            "Das nächste Abrechnungsintervall beginnt am {effective}.",
            "The next billing interval begins on {effective}.",
            effective=day(effective),
        )
    return said(
        "Das nächste Abrechnungsintervall, nicht vor dem {first}, beginnt am {effective}.",
        "The next billing interval, not before {first}, begins on {effective}.",
        first=day(starts.not_before),
        effective=day(effective),
    )


def _inputs(rule: ChangeRule, received: date, named: date | None) -> tuple[tuple[str, str], ...]:
    inputs = [("received", received.isoformat())]
    if rule.notice is not None:
        inputs.append(("notice", str(rule.notice)))
    if rule.answer_within is not None:
        inputs.append(("answer_within", str(rule.answer_within)))
    if named is not None:
        inputs.append(("named", named.isoformat()))
    return tuple(inputs)
