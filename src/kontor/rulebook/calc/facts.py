"""What a pack says, as the plain values the rules take: clocks, calendars, months, and silence in a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from kontor.rulebook import terms
from kontor.rulebook.calendar import MONDAY_TO_FRIDAY, MONDAY_TO_SATURDAY, NO_HOLIDAYS, HolidayList, WorkingDays
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.deadline import Desk
from kontor.rulebook.period import Months
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.schedule import DayWindow, Schedule, Window
from kontor.rulebook.terms import NoAnswerError, Setting, SilentError, Stated, TermsPack, ToBeAgreed
from kontor.rulebook.terms.law import Counting
from kontor.rulebook.terms.service import Incidents, OnCall, Support
from kontor.rulebook.terms.units import HolidayRule, Window as PackWindow
from kontor.rulebook.terms.value import Sourced
from kontor.rulebook.wording import said

T = TypeVar("T")

if TYPE_CHECKING:
    Said: TypeAlias = Stated[T] | Setting[T]
else:

    class Said:
        """`Said[Duration]`: an answer that has a value; at runtime pydantic would lose the alias's type variable."""

        def __class_getitem__(cls, kind: object) -> type:
            """Return the name alone; only the type checker needs the rest."""
            return cls


_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLIDAY: Final = "holiday"

OFFICE_HOURS: Final = Text("wann der Support besetzt ist", "when support is open")


def said_by(*answers: Stated[T] | Setting[T] | ToBeAgreed[T] | None, about: Text, pack: TermsPack) -> Said[T]:
    """
    Return the first answer there is: the contract's, else its law's.

    about  what is asked, as the object of a sentence; NoAnswerError says that nobody regulates it, or that the
           contract leaves it to the offer
    """
    try:
        return terms.given(*answers, key=about.en)
    except SilentError:
        raise silent(about, pack) from None


def silent(about: Text, pack: TermsPack) -> NoAnswerError:
    """Return the error that says nobody regulates something, named as the object of a sentence."""
    return NoAnswerError(
        said(
            "Weder der Vertrag „{title}“ noch sein Recht sagt, {about}.",
            "Neither the contract “{title}” nor its law says {about}.",
            title=pack.title,
            about=about,
        )
    )


def known(answer: Stated[T] | Setting[T] | ToBeAgreed[T] | None) -> Said[T] | None:
    """Return an answer that has a value; None where the contract is silent or leaves it to the offer."""
    return None if isinstance(answer, ToBeAgreed) else answer


def cited(*answers: Sourced | None) -> tuple[Clause, ...]:
    """Return the clauses of some answers, in order, each once; those the contract leaves to the offer say where."""
    return tuple(dict.fromkeys(clause for answer in answers if answer is not None for clause in answer.clauses))


def readings(*answers: Sourced | None) -> tuple[Text, ...]:
    """Return why the text is read as it is, for those answers that are settings."""
    return tuple(
        said(
            "Lesart zu {clause}: {reason}",
            "Reading of {clause}: {reason}",
            clause=answer.clause.number,
            reason=answer.reason,
        )
        for answer in answers
        if isinstance(answer, Setting)
    )


def counting_of(pack: TermsPack) -> Counting:
    """Return how the pack's law counts, an empty section where no law is on file."""
    law = terms.law_of(pack)
    return Counting() if law is None or law.counting is None else law.counting


def months_rule(pack: TermsPack) -> Months:
    """Return how the pack's law counts months; rolling, as in BGB 188, where no law is on file."""
    rule = known(counting_of(pack).month_rule)
    return Months.ROLLING if rule is None else Months(rule.value)


def support_of(pack: TermsPack) -> Support:
    """Return the pack's support section, an empty one where it has none."""
    return Support() if pack.support is None else pack.support


def incidents_of(pack: TermsPack) -> Incidents:
    """Return the pack's section on faults, an empty one where it has none."""
    return Incidents() if pack.incidents is None else pack.incidents


def office_hours(pack: TermsPack) -> Said[tuple[PackWindow, ...]]:
    """Return when support is open; NoAnswerError where the contract does not say."""
    return said_by(support_of(pack).hours, about=OFFICE_HOURS, pack=pack)


def support_zone(pack: TermsPack) -> str:
    """Return the zone of the support's hours: its own, where it keeps another than the contract."""
    zone = known(support_of(pack).zone)
    return pack.zone if zone is None else zone.value


def support_holidays(pack: TermsPack) -> HolidayList:
    """Return the days on which support is closed."""
    rule = known(support_of(pack).holidays)
    return NO_HOLIDAYS if rule is None else holiday_list(rule.value)


def holiday_list(rule: HolidayRule) -> HolidayList:
    """Return a pack's rule on holidays as a calendar's list."""
    return HolidayList(rule.country, rule.subdivision, rule.days)


def clock_of(windows: Iterable[PackWindow], *, zone: str, holidays: HolidayList = NO_HOLIDAYS) -> BusinessClock:
    """Return a clock that runs while a pack's windows are open."""
    weekly, on_holidays = [], []
    for window in windows:
        for name in window.days:
            if name == _HOLIDAY:
                on_holidays.append(DayWindow(window.opens, window.closes))
            else:
                weekly.append(Window(_WEEKDAYS.index(name), window.opens, window.closes, window.days_later))
    return BusinessClock(Schedule(zone, tuple(weekly), holidays, tuple(on_holidays)))


def desk_of(pack: TermsPack) -> Desk:
    """Return the support's clock and its working days; NoAnswerError where the contract names no hours."""
    holidays = support_holidays(pack)
    office = clock_of(office_hours(pack).value, zone=support_zone(pack), holidays=holidays)
    counted = known(incidents_of(pack).working_days)
    saturdays = counted is not None and counted.value == "mon_sat"
    return Desk(office, WorkingDays(holidays, MONDAY_TO_SATURDAY if saturdays else MONDAY_TO_FRIDAY))


def on_call_clock(pack: TermsPack, key: str | None) -> BusinessClock | None:
    """Return when somebody is on call for that class of faults, None where nobody ever is."""
    section = support_of(pack).on_call or OnCall()
    windows, classes = known(section.windows), known(section.classes)
    if windows is None or (classes is not None and key not in {item.key for item in classes.value}):
        return None
    return clock_of(windows.value, zone=support_zone(pack), holidays=support_holidays(pack))
