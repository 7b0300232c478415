"""What a question was told: its options, read and typed, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from kontor.rulebook.duration import Duration
from kontor.rulebook.moment import Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ToldOutage:
    """
    One outage of a list.

    noticed  when it was reported or noticed, None where nobody says
    excuse   key of the contract's cause that excuses it, None where none does
    """

    span: Span
    noticed: datetime | None = None
    excuse: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """
    Options by name. Each method is for one kind; asking a name by another kind's method is a fault in the question.

    The methods that end in `_if_given` return None for an option left out; the others are for required ones.
    """

    values: Mapping[str, object]

    def day(self, name: str) -> date:
        """Return a required day."""
        return self._of(date, name)

    def day_if_given(self, name: str) -> date | None:
        """Return a day, None where it was left out."""
        return self._of(date, name) if name in self.values else None

    def moment(self, name: str) -> datetime:
        """Return a required moment."""
        return self._of(datetime, name)

    def number(self, name: str) -> int:
        """Return a required whole number."""
        return self._of(int, name)

    def decimal(self, name: str) -> Decimal:
        """Return a required decimal number."""
        return self._of(Decimal, name)

    def amount(self, name: str) -> tuple[Decimal, str]:
        """Return a required amount: the number and its currency."""
        return self._of(tuple, name)

    def rates(self, name: str) -> tuple[tuple[date | None, Decimal], ...]:
        """Return yearly rates with the days from which they hold (None: from the beginning), () where left out."""
        return self._of(tuple, name) if name in self.values else ()

    def choice(self, name: str) -> str:
        """Return a required word of a choice."""
        return self._of(str, name)

    def choice_if_given(self, name: str) -> str | None:
        """Return a word of a choice, None where it was left out."""
        return self._of(str, name) if name in self.values else None

    def length_if_given(self, name: str) -> Duration | None:
        """Return a duration, None where it was left out."""
        return self._of(Duration, name) if name in self.values else None

    def spans(self, name: str) -> tuple[Span, ...]:
        """Return all spans given under a name, none where it was left out."""
        return self._of(tuple, name) if name in self.values else ()

    def outages(self, name: str) -> tuple[ToldOutage, ...]:
        """Return a required list of outages."""
        return self._of(tuple, name)

    def given(self, name: str) -> bool:
        """Say whether an option that may be left out was given."""
        return name in self.values

    def _of(self, kind: type[T], name: str) -> T:
        found = self.values[name]
        assert isinstance(found, kind)  # the reader of the option's kind made it
        return found
