"""
Direct debits: from when one may be collected, by when its file is at the bank, first or recurrent, how long a mandate
lives and how long the debtor can have the money back.

The figures are those of the European Payments Council's SEPA Direct Debit rulebooks, Core and Business-to-Business
(2023, version 1.0); what a contract says about waiting is given to `due.collection_day` by its caller.

>>> submit_by(date(2026, 4, 7)).value, submit_by(date(2026, 5, 4)).value, submit_by(date(2026, 12, 28)).value
(datetime.date(2026, 4, 2), datetime.date(2026, 4, 30), datetime.date(2026, 12, 24))
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kontor.rulebook.calendar import BANK_DAYS, WorkingDays
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import last_day_after
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.wording import day, said, weekday

MANDATE_LIFE: Final = Duration.parse("36 months")  # rulebooks, 4.1: without a collection for so long it is dead
AUTHORISED_REFUND: Final = Duration.parse("8 weeks")  # Core, 4.3.4: no reason needed
UNAUTHORISED_REFUND: Final = Duration.parse("13 months")  # Core, 4.3.4: there was no mandate
PRENOTIFICATION: Final = Duration.parse("14 days")  # 4.3.1: where creditor and debtor agreed on nothing else
# The account is closed, blocked or wrong, or there is no mandate: trying again with it cannot succeed.
_DEAD_CODES: Final = frozenset({"AC01", "AC04", "AC06", "MD01", "MD07", "SL01"})


class Scheme(StrEnum):
    """Everybody, or businesses alone and without a right to have the money back."""

    CORE = "CORE"
    B2B = "B2B"


class Sequence(StrEnum):
    """The first debit under a mandate, or a later one."""

    FIRST = "FRST"
    RECURRENT = "RCUR"


class CollectionRefusedError(RefusalError):
    """A debit that would come too early, or under a mandate that is not in force."""


@dataclass(frozen=True, slots=True)
class RefundRight:
    """
    Until when the debtor can have the money back.

    without_reason  last day on which it need not say why; None where the scheme gives no such right
    unauthorised    last day for a debit without a mandate; None likewise
    """

    without_reason: date | None
    unauthorised: date | None


def submit_by(collect_on: date, *, bank_days: WorkingDays = BANK_DAYS) -> Ruling[date]:
    """Decide the last day on which the bank takes the file: the bank day before the collection (D-1)."""
    last = bank_days.add(collect_on, -1)
    step = said(
        "Der Bankarbeitstag vor dem {collect} ist der {last}.",
        "The bank day before {collect} is {last}.",
        collect=weekday(collect_on),
        last=weekday(last),
    )
    return Ruling(last, (), (("collect_on", collect_on.isoformat()),), (step,))


def refuse_early(asked: date, earliest: Ruling[date], *, bank_days: WorkingDays = BANK_DAYS) -> Ruling[date]:
    """
    Return the ruling for the day asked for; CollectionRefusedError where it comes too early or TARGET is closed.

    earliest  from `due.collection_day`
    """
    if asked < earliest.value:
        raise CollectionRefusedError(
            said(
                "Am {asked} darf noch nicht abgebucht werden, frühestens am {earliest}.",
                "Nothing may be collected on {asked}; the earliest day is {earliest}.",
                asked=weekday(asked),
                earliest=weekday(earliest.value),
            )
        )
    if asked not in bank_days:
        raise CollectionRefusedError(
            said(
                "Am {asked} ruht TARGET; abgebucht wird an einem Bankarbeitstag.",
                "TARGET is closed on {asked}; a debit needs a bank day.",
                asked=weekday(asked),
            )
        )
    return earliest.map(lambda _: asked)


def sequence_of(*, presented: bool) -> Sequence:
    """
    Decide whether a debit is the mandate's first.

    presented  an earlier one was presented and not rejected before settlement: a rejected first leaves the next a first

    >>> sequence_of(presented=False), sequence_of(presented=True)
    (<Sequence.FIRST: 'FRST'>, <Sequence.RECURRENT: 'RCUR'>)
    """
    return Sequence.RECURRENT if presented else Sequence.FIRST


def mandate_until(signed_on: date, last_collected_on: date | None) -> Ruling[date]:
    """
    Decide the last day on which a mandate can be used: 36 months after the last collection, or its signature.

    >>> mandate_until(date(2026, 1, 15), None).value, mandate_until(date(2026, 1, 15), date(2027, 2, 1)).value
    (datetime.date(2029, 1, 15), datetime.date(2030, 2, 1))
    """
    since = last_collected_on or signed_on
    last = last_day_after(since, MANDATE_LIFE)
    step = said(
        "36 Monate nach dem {since} ohne Einzug: {last}.",
        "36 months after {since} without a collection: {last}.",
        since=day(since),
        last=weekday(last),
    )
    return Ruling(last, (), (("since", since.isoformat()),), (step,))


def refund_right(collected_on: date, scheme: Scheme) -> Ruling[RefundRight]:
    """
    Decide until when a debit can be taken back by the debtor.

    >>> refund_right(date(2026, 4, 7), Scheme.CORE).value
    RefundRight(without_reason=datetime.date(2026, 6, 2), unauthorised=datetime.date(2027, 5, 7))
    """
    inputs = (("collected_on", collected_on.isoformat()), ("scheme", scheme.value))
    if scheme is Scheme.B2B:
        german = "Das Firmenlastschriftverfahren gibt kein Recht auf Erstattung."
        step = said(german, "The business-to-business scheme gives no right to a refund.")
        return Ruling(RefundRight(None, None), (), inputs, (step,))
    found = RefundRight(
        last_day_after(collected_on, AUTHORISED_REFUND), last_day_after(collected_on, UNAUTHORISED_REFUND)
    )
    step = said(
        "8 Wochen ohne Angabe von Gründen bis {without}, 13 Monate ohne Mandat bis {unauthorised}.",
        "8 weeks without a reason until {without}, 13 months without a mandate until {unauthorised}.",
        without=day(last_day_after(collected_on, AUTHORISED_REFUND)),
        unauthorised=day(last_day_after(collected_on, UNAUTHORISED_REFUND)),
    )
    return Ruling(found, (), inputs, (step,))


def ends_mandate(code: str) -> bool:
    """
    Tell whether a debit that came back for this reason makes trying again with the same mandate pointless.

    >>> ends_mandate("AC04"), ends_mandate("AM04")
    (True, False)
    """
    return code in _DEAD_CODES


def too_late(collect_on: date, today: date) -> bool:
    """Tell whether the file can no longer be with the bank in time, so that the day must be announced anew."""
    return today > submit_by(collect_on).value


def in_days(count: int) -> Duration:
    """Return so many calendar days; what a setting holds as a number."""
    return Duration.parse(f"{count} days")


def next_bank_day(after: date, *, bank_days: WorkingDays = BANK_DAYS) -> date:
    """Return the first bank day after a day: the earliest on which the bank carries a transfer out."""
    return bank_days.on_or_after(after + timedelta(days=1))
