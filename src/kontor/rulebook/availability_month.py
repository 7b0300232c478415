"""
A month's minutes as sets of time: what counts as outage, what is excused, what nobody measured.

>>> floored(Fraction("0.994951"), 2), floored(Fraction(1))
(Decimal('99.49'), Decimal('100.0000'))
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kontor.rulebook import stretches
from kontor.rulebook.moment import Span
from kontor.rulebook.stretches import Stretch

_PLACES: Final = 4


@dataclass(frozen=True, slots=True)
class Excuse:
    """Time in which an outage does not count, and the key of the contract's cause."""

    cause: str
    span: Span


@dataclass(frozen=True, slots=True)
class Outage:
    """
    A time in which the service could not be used.

    noticed  when somebody reported it, or the provider noticed it; None where that was at once
    excuses  what excuses this outage alone
    """

    span: Span
    noticed: datetime | None = None
    excuses: tuple[Excuse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """
    What else is known of a month.

    excuses      what excuses every outage, such as announced maintenance
    unknown      times in which nobody measured
    not_ordered  times in which the service was not part of the contract
    """

    excuses: Sequence[Excuse] = ()
    unknown: Sequence[Span] = ()
    not_ordered: Sequence[Span] = ()


NOTHING_ELSE: Final = Aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """
    The minutes of a time, as sets that lie in `frame`.

    down     what counts, `barred` included
    barred   what counts but gives no credit
    excused  what would count without its excuse, by the key of the cause; no minute stands under two
    unknown  what nobody measured, as far as it is no outage
    """

    frame: Stretch
    down: tuple[Stretch, ...]
    barred: tuple[Stretch, ...] = ()
    excused: Mapping[str, tuple[Stretch, ...]] = field(default_factory=dict)
    unknown: tuple[Stretch, ...] = ()
    not_ordered: tuple[Stretch, ...] = ()

    def within(self, frame: Stretch) -> "Counted":
        """Return the same for a part of the time, such as one day."""
        return Counted(
            frame=frame,
            down=_cut(self.down, frame),
            barred=_cut(self.barred, frame),
            excused={cause: _cut(found, frame) for cause, found in self.excused.items()},
            unknown=_cut(self.unknown, frame),
            not_ordered=_cut(self.not_ordered, frame),
        )

    @property
    def total_minutes(self) -> int:
        """How many minutes the time has, whatever the clocks were set to meanwhile."""
        return (self.frame[1] - self.frame[0]) // stretches.MINUTE

    @property
    def down_minutes(self) -> Fraction:
        """What counts as outage."""
        return _minutes(self.down)

    @property
    def own_minutes(self) -> Fraction:
        """What counts and gives credit."""
        return self.down_minutes - _minutes(self.barred)

    @property
    def excused_minutes(self) -> Fraction:
        """What does not count."""
        return sum((_minutes(found) for found in self.excused.values()), Fraction())

    @property
    def unknown_minutes(self) -> Fraction:
        """What nobody measured."""
        return _minutes(self.unknown)

    @property
    def not_ordered_minutes(self) -> Fraction:
        """What was not part of the contract."""
        return _minutes(self.not_ordered)

    @property
    def share(self) -> Fraction:
        """The share of the time that is no outage."""
        return 1 - self.down_minutes / self.total_minutes

    @property
    def percent(self) -> Decimal:
        """The share in percent with four decimals, the rest cut off."""
        return floored(self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month(Counted):
    """
    A calendar month as the contract counts it.

    promised  the share promised
    days      the same for each day of the month, in the contract's zone
    """

    first: date
    promised: Fraction
    days: tuple[tuple[date, Counted], ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the promise was kept, by the exact minutes."""
        return self.share >= self.promised

    @property
    def own_share(self) -> Fraction:
        """The share of the month without outages that give credit."""
        return 1 - self.own_minutes / self.total_minutes


def floored(share: Fraction, places: int = _PLACES) -> Decimal:
    """Return a share in percent, what does not fit cut off: never more than there was."""
    scaled = share * 100 * 10**places
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-places)


def _cut(found: Sequence[Stretch], frame: Stretch) -> tuple[Stretch, ...]:
    return tuple(stretches.within(found, frame)) if found else ()


def _minutes(found: Iterable[Stretch]) -> Fraction:
    return stretches.minutes(stretches.length(found))
