"""`arrears`: what a claim has become on a day of delay."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from kontor.rulebook.arrears import Arrears, ArrearsTerms, arrears
from kontor.rulebook.arrears_terms import arrears_terms, rates_on_file
from kontor.rulebook.calc.facts import readings, silent
from kontor.rulebook.calc.question import Kind, Option, Question, Value, WrongInputError
from kontor.rulebook.calc.told import Told
from kontor.rulebook.currency import number
from kontor.rulebook.interest import InterestTerms, LegalRate
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import NoAnswerError, TermsPack
from kontor.rulebook.wording import day, said

_INTEREST: Final = Text("welche Zinsen bei Verzug laufen", "which interest runs on late payment")
_LEGAL_RATE: Final = "legal-rate"
_CONFIRMED: Final = Text("geprüft", "confirmed")
_UNCONFIRMED: Final = Text("noch nicht geprüft", "not yet confirmed")
_RATE: Final = Text(
    "gesetzlicher Zinssatz in Prozent, nach deutschem Recht der Basiszinssatz; mehrfach als TAG:PROZENT, wo er sich "
    "ändert; ohne Angabe gelten die hinterlegten Sätze",
    "legal rate in percent, under German law the base rate; repeated as DAY:PERCENT where it changes; if left out the "
    "rates on file count",
)


def _options(_pack: TermsPack) -> Sequence[Option]:
    return (
        Option("amount", Kind.AMOUNT, Text("die Forderung", "the claim")),
        Option(
            "due",
            Kind.DATE,
            Text("letzter Tag, an dem rechtzeitig gezahlt wird", "last day on which payment is in time"),
        ),
        Option("on", Kind.DATE, Text("Tag der Zahlung oder der Frage", "day of payment, or the day asked about")),
        Option(_LEGAL_RATE, Kind.RATE, _RATE, required=False, many=True),
    )


def _rests_on(pack: TermsPack) -> InterestTerms:
    interest = arrears_terms(pack).interest
    if interest is None:
        raise silent(_INTEREST, pack)
    return interest


def _answer(pack: TermsPack, told: Told) -> Ruling[Value]:
    _rests_on(pack)
    rules = arrears_terms(pack)
    due, on = told.day("due"), told.day("on")
    rates = told.rates(_LEGAL_RATE)
    legal = _told_rates(rates) if rates else rates_on_file(pack)
    claim = _claim(told, rules)
    try:
        ruling = arrears(claim, rules, due=due, on=on, legal_rates=legal)
    except RefusalError as missing:
        if rates:
            raise WrongInputError(_LEGAL_RATE, missing.text) from missing
        raise NoAnswerError(missing.text) from missing
    used = () if rates else _sources(legal, due=due, on=on)
    both = pack.arrears.statutory_lump_sum if pack.arrears else None
    return Ruling(_value(ruling.value), ruling.clauses, ruling.inputs, (*used, *ruling.working, *readings(both)))


def _claim(told: Told, rules: ArrearsTerms) -> Money:
    amount, currency = told.amount("amount")
    if rules.lump_sum is not None and rules.lump_sum.amount.currency != currency:
        expected = rules.lump_sum.amount.currency
        words = "erwartet wird ein Betrag in {currency}.", "expected an amount in {currency}."
        raise WrongInputError("amount", said(*words, currency=expected))
    try:
        return Money.parse(amount, currency)
    except RefusalError as refused:
        raise WrongInputError("amount", refused.text) from refused


def _told_rates(rates: Sequence[tuple[date | None, Decimal]]) -> tuple[LegalRate, ...]:
    found = tuple(LegalRate(first or date.min, percent) for first, percent in rates)
    if len({rate.first for rate in found}) < len(found):
        twice = Text("erwartet wird je Tag ein Satz.", "expected one rate for each day.")
        raise WrongInputError(_LEGAL_RATE, twice)
    return found


def _sources(rates: Sequence[LegalRate], *, due: date, on: date) -> tuple[Text, ...]:
    """Say of each rate that held during the delay where it is published and whether anybody compared it."""
    held = [rate for rate in rates if rate.end and rate.first <= on and rate.end > due + ONE_DAY]
    return tuple(
        said(
            "Gesetzlicher Satz ab {first}: {percent} % ({source}; {state}).",
            "Legal rate from {first}: {percent} % ({source}; {state}).",
            first=day(rate.first),
            percent=number(rate.percent),
            source=rate.source,
            state=_CONFIRMED if rate.confirmed else _UNCONFIRMED,
        )
        for rate in held
        if on > due
    )


def _value(late: Arrears) -> Value:
    days = {
        "suspension_from": late.suspension_from,
        "ends_automatically_on": late.ends_automatically_on,
        "termination_possible_from": late.termination_possible_from,
    }
    return {
        "interest": late.interest.bare(),
        "lump_sum": late.lump_sum.bare(),
        "total": late.total.bare(),
        "days": late.days,
        **{name: when.isoformat() for name, when in days.items() if when is not None},
        "currency": late.total.currency,
    }


ARREARS: Final = Question(
    "arrears",
    Text("Was ist aus einer Forderung geworden?", "What has become of a claim?"),
    _options,
    _rests_on,
    _answer,
)
