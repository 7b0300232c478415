"""`availability` and `claim`: how available the service was in a month, and whether a credit is claimed in time."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from kontor.rulebook.availability import availability_of
from kontor.rulebook.availability_claim import filing_of
from kontor.rulebook.availability_credit import credit_of
from kontor.rulebook.availability_month import Aside, Excuse, Month, Outage
from kontor.rulebook.availability_promise import Claiming, Promise
from kontor.rulebook.calc.facts import silent
from kontor.rulebook.calc.promises import claiming_of, promise_of
from kontor.rulebook.calc.question import Choice, Kind, Option, Question, Value, WrongInputError
from kontor.rulebook.calc.told import Told, ToldOutage
from kontor.rulebook.moment import utc, zone_named
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text, combined
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import moment, said

_PROMISED: Final = Text("welche Verfügbarkeit zugesagt ist", "which availability is promised")
_CLAIMED: Final = Text(
    "bis wann eine Gutschrift für Ausfälle zu verlangen ist", "by when a credit for outages has to be claimed"
)


def _promise(pack: TermsPack) -> Promise:
    found = promise_of(pack)
    if found is None:
        raise silent(_PROMISED, pack)
    return found


def _claiming(pack: TermsPack) -> Claiming:
    found = claiming_of(pack)
    if found is None:
        raise silent(_CLAIMED, pack)
    return found


def _availability_options(pack: TermsPack) -> Sequence[Option]:
    promise = promise_of(pack)
    causes = () if promise is None else tuple(Choice(each.key, each.label) for each in promise.causes.values())
    return (
        Option("month", Kind.MONTH, Text("Kalendermonat", "calendar month")),
        Option("outages", Kind.OUTAGES, Text("Ausfälle des Monats", "outages of the month"), choices=causes),
        Option("fee", Kind.AMOUNT, Text("Grundgebühr des Monats", "base fee of the month"), required=False),
    )


def _availability(pack: TermsPack, told: Told) -> Ruling[Value]:
    promise = _promise(pack)
    outages = told.outages("outages")
    excuses = [Excuse(each.excuse, each.span) for each in outages if each.excuse is not None]
    ruling = availability_of(told.day("month"), promise, [_outage(each) for each in outages], Aside(excuses=excuses))
    if not told.given("fee"):
        return ruling.map(lambda month: _value(month, credit=None))
    amount, currency = told.amount("fee")
    credit = credit_of(ruling.value, promise, Money.rounded(amount, currency))
    return combined(_value(ruling.value, credit=credit.value), ruling, credit)


def _outage(told: ToldOutage) -> Outage:
    return Outage(told.span, told.noticed)


def _value(month: Month, *, credit: Money | None) -> Value:
    return {
        "total_minutes": month.total_minutes,
        "down_minutes": _count(month.down_minutes),
        "excused_minutes": _count(month.excused_minutes),
        "availability": f"{month.percent:.4f}",
        "kept": month.kept,
        "credit": None if credit is None else credit.bare(),
        "currency": None if credit is None else credit.currency,
    }


def _count(minutes: Fraction) -> int | float:
    """Return whole minutes as such, a part of one with four decimals."""
    return int(minutes) if minutes.denominator == 1 else round(float(minutes), 4)


def _claim_options(_pack: TermsPack) -> Sequence[Option]:
    return (
        Option("incident", Kind.MOMENT, Text("Ende des Ausfalls", "end of the outage")),
        Option("filed", Kind.MOMENT, Text("Eingang der Forderung", "when the claim was filed")),
    )


def _claim(pack: TermsPack, told: Told) -> Ruling[Value]:
    claiming = _claiming(pack)
    incident, filed = told.moment("incident"), told.moment("filed")
    if utc(filed) < utc(incident):
        words = "erwartet wird ein Zeitpunkt ab {incident}.", "expected a moment from {incident} on."
        happened = moment(incident.astimezone(zone_named(pack.zone)))
        raise WrongInputError("filed", said(*words, incident=happened))
    ruling = filing_of(incident, filed, claiming)
    decide_by = ruling.value.decide_by
    value: Value = {
        "in_time": ruling.value.in_time,
        "file_by": ruling.value.file_by.isoformat(),
        "decide_by": None if decide_by is None else decide_by.isoformat(),
    }
    return ruling.map(lambda _: value)


AVAILABILITY: Final = Question(
    "availability",
    Text("Wie verfügbar war der Dienst in einem Monat?", "How available was the service in a month?"),
    _availability_options,
    _promise,
    _availability,
)
CLAIM: Final = Question(
    "claim",
    Text("Wird eine Gutschrift rechtzeitig verlangt?", "Is a credit claimed in time?"),
    _claim_options,
    _claiming,
    _claim,
)
