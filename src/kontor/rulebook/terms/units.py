"""
The types of values a pack may hold. Each is written with its unit and read strictly.

    "3 months"  "24 clock hours"  "9 office hours"  "5 working days"  "30 days"  "1 year"      Span
    "2026-02-01"                                                                               Dated; Dates: a list
    "98 %"                                                                                     Percent, a Decimal
    "40 EUR"                                                                                   Amount
    [{ key = "strike", de = "Streik", en = "Strike" }, ...]                                    Items
    [{ days = ["sat"], from = "07:00", to = "22:00", days_later = 1 }]                         Windows
    { country = "DE", subdivision = "BY", days = ["12-24", "12-31"] }                          Holidays
    { amount = 15, unit = "GB", limit = "hard" }                                               Quota
    { name = "price_times_index", shown = "P = Po × S / So" }                                  Formula
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.value import Cited, Frozen, Kind, Rows, sequence

KEY = r"^[a-z][a-z0-9_]*$"
MINUTES_A_DAY = 24 * 60

K = TypeVar("K")
V = TypeVar("V")

Key = Annotated[str, StringConstraints(pattern=KEY)]
Named = Annotated[Mapping[K, V], AfterValidator(MappingProxyType)]
Flag = Annotated[bool, Kind("flag")]
Number = Annotated[int, Field(ge=0), Kind("number")]
Words = Annotated[str, StringConstraints(min_length=1), Kind("text")]


def _span(found: object) -> Duration:
    if isinstance(found, Duration):
        return found
    return Duration.parse(found if isinstance(found, str) else repr(found))


def _percent(found: object) -> Decimal:
    if isinstance(found, Decimal):
        return found
    matched = re.fullmatch(r"(\d+(?:\.\d+)?) %", found) if isinstance(found, str) else None
    if matched is None:
        raise ValueError('expected a percentage such as "98 %"')
    return Decimal(matched[1])


def _amount(found: object) -> Money:
    if isinstance(found, Money):
        return found
    matched = re.fullmatch(r"(\d+(?:\.\d+)?) ([A-Z]{3})", found) if isinstance(found, str) else None
    if matched is None:
        raise ValueError('expected an amount with its currency, such as "40 EUR"')
    return Money.parse(matched[1], matched[2])


def _clock(found: object) -> int:
    matched = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", found) if isinstance(found, str) else None
    minutes = int(matched[1]) * 60 + int(matched[2]) if matched else MINUTES_A_DAY + 1
    if minutes > MINUTES_A_DAY:
        raise ValueError('expected a time of day from "00:00" to "24:00"')
    return minutes


def _day(found: object) -> date:
    if isinstance(found, date):
        return found
    try:
        return date.fromisoformat(found if isinstance(found, str) else "")
    except ValueError:
        raise ValueError('expected a day such as "2026-02-01"') from None


def _ascending(days: tuple[date, ...]) -> tuple[date, ...]:
    if any(after <= before for before, after in pairwise(days)):
        raise ValueError("expected days in order, each once")
    return days


Span = Annotated[Duration, BeforeValidator(_span), Kind("duration")]
Dated = Annotated[date, BeforeValidator(_day), Kind("date")]
Dates = Annotated[
    tuple[Annotated[date, BeforeValidator(_day)], ...],
    BeforeValidator(sequence),
    Field(min_length=1),
    AfterValidator(_ascending),
    Kind("dates"),
]
Percent = Annotated[Decimal, BeforeValidator(_percent), Kind("percent")]
Amount = Annotated[Money, BeforeValidator(_amount), Kind("amount")]
Clock = Annotated[int, BeforeValidator(_clock)]


class Item(Frozen):
    """
    One entry of a list: a reason, a class of data, a declaration.

    key        how code and records name it
    de, en     how people read it
    clause     where it stands, if not in the clause of the whole list
    rows       requirement rows of this entry alone
    optional   true where the text calls it optional
    only_with  the entry counts only when the contract contains this ("hardware", a module's key)
    other      true where the entry counts as the section's setting on other causes says
    """

    key: Key
    de: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]
    clause: Cited | None = None
    rows: Rows = ()
    optional: bool = False
    only_with: Key | None = None
    other: bool = False

    @property
    def label(self) -> Text:
        """Return the entry as people read it."""
        return Text(self.de, self.en)


def _keys_once(items: tuple[Item, ...]) -> tuple[Item, ...]:
    keys = [item.key for item in items]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"expected each key once, {', '.join(twice)} stands twice")
    return items


Items = Annotated[
    tuple[Item, ...], BeforeValidator(sequence), Field(min_length=1), AfterValidator(_keys_once), Kind("items")
]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]


class Window(Frozen):
    """
    Hours that recur every week.

    days        the days on which it opens; "holiday" means public holidays, whatever their weekday
    opens       minutes after midnight
    closes      minutes after midnight of the day `days_later` days on; 1440 is the day's end
    """

    days: Annotated[tuple[Day, ...], BeforeValidator(sequence), Field(min_length=1)]
    opens: Annotated[Clock, Field(alias="from")]
    closes: Annotated[Clock, Field(alias="to")]
    days_later: Annotated[int, Field(ge=0, le=6)] = 0

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.days_later == 0 and self.closes <= self.opens:
            raise ValueError('expected "to" after "from"')
        return self


Windows = Annotated[tuple[Window, ...], BeforeValidator(sequence), Field(min_length=1), Kind("windows")]


def _holiday(found: object) -> str:
    text = found if isinstance(found, str) else ""
    if re.fullmatch(r"easter[+-]\d{1,2}", text):
        return text
    try:
        date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise ValueError('expected a day such as "12-24" or "easter+1"') from None
    return text


class HolidayRule(Frozen):
    """
    Days on which nobody works.

    country, subdivision  ISO 3166 codes whose public holidays count; without them `days` is the closed list
    days                  further days, each year: "12-24", or counted from Easter Sunday: "easter+39"
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    days: Annotated[tuple[Annotated[str, BeforeValidator(_holiday)], ...], BeforeValidator(sequence)] = ()

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if self.country is None and (self.subdivision is not None or not self.days):
            raise ValueError("expected a country, or a closed list of days")
        if len(set(self.days)) != len(self.days):
            raise ValueError("expected each day once")
        return self


Holidays = Annotated[HolidayRule, Kind("holidays")]


class Measure(Frozen):
    """
    How much of something is included.

    amount  a whole number of `unit`
    per     the period after which counting starts anew; None: at any one time
    limit   "hard" refuses what goes beyond, "soft" charges it
    """

    amount: Annotated[int, Field(gt=0)]
    unit: Literal["GB", "mails", "users", "computers", "copies", "times", "minutes", "requests", "logins"]
    per: Literal["hour", "day", "month", "year"] | None = None
    limit: Literal["hard", "soft"]


Quota = Annotated[Measure, Kind("quota")]

FormulaName = Literal[
    "price_times_index",
    "minutes_available",
    "down_share_of_fee",
    "multiple_of_legal_rate",
    "base_rate_plus_points",
    "refinancing_rate_plus_points",
    "rest_of_period_by_days",
    "unmaintained_use_plus_term",
]


class Written(Frozen):
    """A formula written with words, in both languages."""

    de: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]


class Rule(Frozen):
    """
    A formula: the name by which code knows it, and how people write it.

    shown  symbols alone, which read the same in every language, or words in both
    """

    name: FormulaName
    shown: Annotated[str, StringConstraints(min_length=1)] | Written

    @property
    def text(self) -> Text:
        """The formula as it is read in each language."""
        return Text(self.shown, self.shown) if isinstance(self.shown, str) else Text(self.shown.de, self.shown.en)


Formula = Annotated[Rule, Kind("formula")]
