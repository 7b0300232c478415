"""`change`: from when a change of terms holds, until when the customer may object, and what silence means."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from kontor.rulebook.calc.facts import cited, known, months_rule, readings, said_by, silent
from kontor.rulebook.calc.question import Choice, Kind, Option, Question, Value
from kontor.rulebook.calc.reading import INTERVALS
from kontor.rulebook.calc.told import Told
from kontor.rulebook.change_of_terms import ChangeRule, IntervalStart, change_of_terms
from kontor.rulebook.period import Interval, add, next_month
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.conclusion import Change, Term
from kontor.rulebook.terms.value import Sourced

_CHANGED: Final = Text("wie seine Bedingungen geändert werden", "how its terms are changed")
_INITIAL: Final = Text("wie lange die erste Laufzeit ist", "how long the first term is")
_NEXT_INTERVAL: Final = "next_billing_interval"
_AT_ONCE: Final = "on_notification"


def one_sided(pack: TermsPack) -> Mapping[str, Change]:
    """
    Return the kinds of change that the provider announces, by key; what both sides sign is none of them.

    A kind has a day of its own where it names a time before its effect or for an answer, or holds when told.
    """
    kinds = pack.changes.kinds if pack.changes else {}
    return {key: change for key, change in kinds.items() if change.notice or change.answer_within or _at_once(change)}


def rule_of(change: Change) -> ChangeRule:
    """Return a kind of change as the rule reads it."""
    notice, within, silence = known(change.notice), known(change.answer_within), known(change.silence_is_consent)
    return ChangeRule(
        notice=notice.value if notice else None,
        answer_within=within.value if within else None,
        silence_is_consent=bool(silence and silence.value),
    )


def by_interval(change: Change) -> bool:
    """Say whether a change begins with a billing interval."""
    return change.takes_effect is not None and change.takes_effect.value == _NEXT_INTERVAL


def sources_of(change: Change) -> tuple[Sourced | None, ...]:
    """Return what a kind of change rests on, the period first."""
    later = change.not_before_first_term_ends
    return change.notice, change.answer_within, change.takes_effect, change.silence_is_consent, later


def _at_once(change: Change) -> bool:
    return change.takes_effect is not None and change.takes_effect.value == _AT_ONCE


def _rests_on(pack: TermsPack) -> Mapping[str, Change]:
    kinds = one_sided(pack)
    if not kinds:
        raise silent(_CHANGED, pack)
    return kinds


def _options(pack: TermsPack) -> Sequence[Option]:
    kinds = one_sided(pack)
    needed = any(by_interval(change) for change in kinds.values())
    choices = tuple(Choice(key, Text(change.label.de, change.label.en)) for key, change in kinds.items())
    first = Text("erster Tag des Vertrags", "first day of the contract")
    every = Text("Abrechnungsintervall des Vertrags", "the contract's billing interval")
    kind = Option("kind", Kind.CHOICE, Text("Art der Änderung", "kind of change"), choices=choices)
    return (
        *([kind] if choices else []),
        Option("notified", Kind.DATE, Text("Tag, an dem die Mitteilung zuging", "day the notice was received")),
        Option("billing-interval", Kind.CHOICE, every, required=needed, choices=INTERVALS),
        Option("contract-start", Kind.DATE, first, required=needed),
    )


def _starts(pack: TermsPack, change: Change, told: Told) -> IntervalStart | None:
    if not by_interval(change):
        return None
    start = told.day("contract-start")
    section = pack.invoicing
    later = section.first_interval_from if section else None
    anchor = next_month(start) if later is not None and later.value == "next_month" else start
    return IntervalStart(
        anchor=anchor,
        every=Interval(told.choice("billing-interval")),
        months=months_rule(pack),
        not_before=_first_term_end(pack, start, anchor) if change.not_before_first_term_ends else None,
    )


def _first_term_end(pack: TermsPack, start: date, anchor: date) -> date:
    """Return the first day after the first term, which counts from where the contract says."""
    section = Term() if pack.term is None else pack.term
    initial = said_by(section.initial, about=_INITIAL, pack=pack)
    counted = known(section.counted_from)
    from_interval = counted is not None and counted.value == "first_billing_interval"
    return add(anchor if from_interval else start, initial.value, rule=months_rule(pack))


def _change(pack: TermsPack, told: Told) -> Ruling[Value]:
    change = _rests_on(pack)[told.choice("kind")]
    starts = _starts(pack, change, told)
    counted = pack.term.counted_from if starts is not None and pack.term else None
    sources = (*sources_of(change), counted)
    ruling = change_of_terms(rule_of(change), told.day("notified"), starts=starts, clauses=cited(*sources))
    found = ruling.value
    value: Value = {
        "effective": found.effective.isoformat(),
        "objection_by": None if found.objection_by is None else found.objection_by.isoformat(),
        "silence_is_consent": found.silence_is_consent,
    }
    return ruling.map(lambda _: value).because(working=readings(counted))


CHANGE: Final = Question(
    "change",
    Text("Ab wann gilt eine Änderung der Bedingungen?", "From when does a change of terms hold?"),
    _options,
    _rests_on,
    _change,
)
