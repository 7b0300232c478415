"""
Which VAT rate the time of supply gives.

>>> section = Clause("law-de", "UStG § 28 (1)")
>>> lowered = VatRate("standard", Decimal(16), date(2020, 7, 1), date(2021, 1, 1), section)
>>> rate_on(VatLaw(country="DE", rates=(lowered,)), "standard", date(2020, 12, 31)).value
Decimal('16')
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from kontor.rulebook.currency import number
from kontor.rulebook.period import ONE_DAY, Interval, Period, interval
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.terms import LawPack
from kontor.rulebook.wording import day, said


class VatCategory(StrEnum):
    """VAT categories by their UNTDID 5305 code, as EN 16931 uses them."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class VatRate:
    """
    A country's rate and when it holds.

    key      "standard", "reduced", ... as the law pack names it
    percent  Decimal("5.5")
    first    first day of validity
    end      first day on which it no longer holds, None while it does
    clause   the section that sets it
    """

    key: str
    percent: Decimal
    first: date
    end: date | None
    clause: Clause


@dataclass(frozen=True, slots=True)
class VatLaw:
    """
    What a seller's country rules.

    country  ISO code
    rates    all rates, past ones too
    grounds  the sections that decide each category, most important first
    """

    country: str
    rates: tuple[VatRate, ...]
    grounds: Mapping[VatCategory, tuple[Clause, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, pack: LawPack) -> Self:
        """Return what a law pack says about VAT; a pack counts a rate's last day, here its end is the day after."""
        rates = tuple(
            VatRate(rate.kind, rate.percent, rate.first, rate.last + ONE_DAY if rate.last else None, rate.clause)
            for rate in pack.vat
        )
        return cls(pack.country, rates, {VatCategory(code): grounds for code, grounds in pack.vat_grounds.items()})


def rate_on(law: VatLaw, key: str, on: date) -> Ruling[Decimal]:
    """Return the rate of that key in force on the day of supply; RefusalError where the law has none for that day."""
    found = [rate for rate in law.rates if rate.key == key and rate.first <= on and (rate.end is None or on < rate.end)]
    if len(found) != 1:
        raise RefusalError(
            said(
                "Für den {on} kennt das Recht von {country} {count} Sätze „{key}“; erwartet wird genau einer.",
                "For {on} the law of {country} has {count} rates “{key}”; exactly one is expected.",
                on=day(on),
                country=law.country,
                count=len(found),
                key=key,
            )
        )
    rate = found[0]
    step = said(
        "Der Tag der Leistung, der {on}, bestimmt den Satz: {percent} %.",
        "The day of supply, {on}, decides the rate: {percent} %.",
        on=day(on),
        percent=number(rate.percent),
    )
    return Ruling(rate.percent, (rate.clause,), (("supplied", on.isoformat()), ("rate", key)), (step,))


def rates_of(
    law: VatLaw, key: str, *, period: Period, part_supplies: bool, clauses: Iterable[Clause] = ()
) -> Ruling[tuple[tuple[Period, Decimal], ...]]:
    """
    Return the rate of a service that lasts: of the whole where it is one supply, else of each month.

    One supply is made when it ends, whatever the date of its invoice; part supplies are made month by month, and
    neighbouring months of one rate stand together.
    """
    if not part_supplies:
        whole = rate_on(law, key, period.last)
        step = said(
            "Die Leistung {period} ist eine einzige; sie ist mit ihrem letzten Tag erbracht.",
            "The service {period} is one supply, made on its last day.",
            period=period.spoken,
        )
        one: tuple[tuple[Period, Decimal], ...] = ((period, whole.value),)
        return whole.map(lambda _: one).because(clauses=clauses, working=(step,))
    parts: list[tuple[Period, Decimal]] = []
    rulings: list[Ruling[Decimal]] = []
    for month in _months(period):
        ruling = rate_on(law, key, month.last)
        if parts and parts[-1][1] == ruling.value:
            parts[-1] = (Period(parts[-1][0].first, month.end), ruling.value)
            continue
        parts.append((month, ruling.value))
        rulings.append(ruling)
    cited = dict.fromkeys((*(clause for ruling in rulings for clause in ruling.clauses), *clauses))
    steps = tuple(
        said("{part}: {percent} %", "{part}: {percent} %", part=part.spoken, percent=number(percent))
        for part, percent in parts
    )
    return Ruling(tuple(parts), tuple(cited), (("rate", key),), steps)


def _months(period: Period) -> Iterator[Period]:
    count = 0
    while (month := interval(period.first, Interval.MONTH, count)).first < period.end:
        yield Period(month.first, min(month.end, period.end))
        count += 1
