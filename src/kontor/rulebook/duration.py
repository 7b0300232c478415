"""
Lengths of time that always name their unit, as contracts write them.

>>> Duration.parse("3 months")
Duration(amount=3, unit=<Unit.MONTHS: 'months'>)
>>> str(Duration.parse("1 year")), str(Duration.from_iso("P12M"))
('1 year', '12 months')
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

HOURS_A_DAY: Final = 24
MONTHS_A_YEAR: Final = 12
DAYS_A_WEEK: Final = 7


class DurationError(RefusalError):
    """A length of time that names no unit, another unit than the reader can use, or no whole positive number."""

    def __init__(self, found: object, *, expected: Text) -> None:
        super().__init__(
            said(
                "„{found}“: erwartet wird {expected}.",
                "“{found}”: expected {expected}.",
                found=str(found),
                expected=expected,
            )
        )


class Unit(StrEnum):
    """What is counted. Hours and days exist in two kinds each; a contract means exactly one of them."""

    CLOCK_HOURS = "clock hours"
    OFFICE_HOURS = "office hours"
    WORKING_DAYS = "working days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_SPOKEN: Final = {
    Unit.CLOCK_HOURS: (Text("Stunde", "clock hour"), Text("Stunden", "clock hours")),
    Unit.OFFICE_HOURS: (Text("Arbeitsstunde", "office hour"), Text("Arbeitsstunden", "office hours")),
    Unit.WORKING_DAYS: (Text("Werktag", "working day"), Text("Werktage", "working days")),
    Unit.DAYS: (Text("Tag", "day"), Text("Tage", "days")),
    Unit.WEEKS: (Text("Woche", "week"), Text("Wochen", "weeks")),
    Unit.MONTHS: (Text("Monat", "month"), Text("Monate", "months")),
    Unit.YEARS: (Text("Jahr", "year"), Text("Jahre", "years")),
}
_UNITS: Final = {name.en: unit for unit, names in _SPOKEN.items() for name in names}
_ISO: Final = {"Y": Unit.YEARS, "M": Unit.MONTHS, "W": Unit.WEEKS, "D": Unit.DAYS}


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole, positive number of one unit. Two durations are equal when a contract would write them alike."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what no contract promises: nothing, or less."""
        if self.amount < 1:
            expected = Text("eine positive ganze Zahl", "a positive whole number")
            raise DurationError(f"{self.amount} {self.unit}", expected=expected)

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read "24 clock hours", "9 office hours", "5 working days", "30 days", "3 months", "1 year", "4 weeks".

        Raises DurationError naming what was expected; plain "hours" is refused because it names no clock.
        """
        match = re.fullmatch(r"([0-9]{1,6}) ([a-z]+(?: [a-z]+)?)", text.strip())
        if match is None or match[2] not in _UNITS:
            units = ", ".join(unit.value for unit in Unit)
            expected = said("eine ganze Zahl und eines von {units}", "a whole number and one of {units}", units=units)
            raise DurationError(text, expected=expected)
        return cls(int(match[1]), _UNITS[match[2]])

    @classmethod
    def from_iso(cls, text: str) -> Self:
        """Read the ISO 8601 forms with one calendar unit: "P12M", "P1Y", "P4W", "P30D"; others raise DurationError."""
        match = re.fullmatch(r"P([0-9]{1,6})([YMWD])", text.strip())
        if match is None:
            expected = Text("eine Dauer wie P12M, P1Y, P4W oder P30D", "a period such as P12M, P1Y, P4W or P30D")
            raise DurationError(text, expected=expected)
        return cls(int(match[1]), _ISO[match[2]])

    def __str__(self) -> str:
        return self.spoken.en

    @property
    def spoken(self) -> Text:
        """The duration in words: "3 Monate", "3 months"."""
        one, many = _SPOKEN[self.unit]
        name = one if self.amount == 1 else many
        return Text(f"{self.amount} {name.de}", f"{self.amount} {name.en}")

    @property
    def spoken_dative(self) -> Text:
        """The duration after a German preposition: "nach 3 Monaten", "von 30 Tagen"."""
        words = self.spoken
        bends = self.amount > 1 and not words.de.endswith("n")
        return Text(f"{words.de}n" if bends else words.de, words.en)

    @property
    def months(self) -> int:
        """How many months this is; DurationError where it is not counted in months or years."""
        if self.unit is Unit.MONTHS:
            return self.amount
        if self.unit is Unit.YEARS:
            return self.amount * MONTHS_A_YEAR
        raise DurationError(self, expected=Text("Monate oder Jahre", "months or years"))

    @property
    def days(self) -> int:
        """How many calendar days this is; DurationError where it is not counted in days or weeks."""
        if self.unit is Unit.DAYS:
            return self.amount
        if self.unit is Unit.WEEKS:
            return self.amount * DAYS_A_WEEK
        raise DurationError(self, expected=Text("Tage oder Wochen", "days or weeks"))

    @property
    def hours(self) -> int:
        """How many hours this is, of whichever clock; DurationError where it is not counted in hours."""
        if self.unit in (Unit.CLOCK_HOURS, Unit.OFFICE_HOURS):
            return self.amount
        expected = Text("Zeitstunden oder Arbeitsstunden", "clock hours or office hours")
        raise DurationError(self, expected=expected)

    def __le__(self, other: object) -> bool:
        """Compare two durations of one kind: months and years, days and weeks, or the same unit of hours or days."""
        if not isinstance(other, Duration):
            return NotImplemented
        if self.unit == other.unit:
            return self.amount <= other.amount
        if self.counts_months:
            return self.months <= other.months
        return self.days <= other.days

    @property
    def counts_months(self) -> bool:
        """Whether this is counted in months or years, so that its days depend on where it starts."""
        return self.unit in (Unit.MONTHS, Unit.YEARS)
