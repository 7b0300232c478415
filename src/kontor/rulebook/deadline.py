"""
By when a promise falls due: clock hours, office hours, working days or calendar days after a report.

>>> from kontor.rulebook.calendar import HolidayList
>>> from kontor.rulebook.schedule import Schedule, week
>>> leisure = Schedule("Europe/Paris", week("Mon-Fri 09:00-18:00"), HolidayList(days=("05-14",)))
>>> desk = Desk(BusinessClock(leisure), WorkingDays(leisure.holidays))
>>> reported = datetime(2026, 6, 1, 10, tzinfo=desk.office.zone)
>>> deadline(reported, Duration.parse("24 office hours"), desk=desk).value.isoformat()
'2026-06-03T16:00:00+02:00'
>>> deadline(reported, Duration.parse("24 clock hours"), desk=desk).value.isoformat()
'2026-06-02T10:00:00+02:00'
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kontor.rulebook.calendar import WorkingDays
from kontor.rulebook.clock import BusinessClock, RunningClock, counted, paused
from kontor.rulebook.duration import Duration, Unit
from kontor.rulebook.moment import Span, at, utc
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.schedule import MINUTES_A_DAY
from kontor.rulebook.timetable import wall
from kontor.rulebook.wording import moment, said, weekday


@dataclass(frozen=True, slots=True)
class Desk:
    """
    Who answers: when somebody is there, and which days are counted as working days.

    A working day may have no office hours (Saturdays where the contract's "Werktage" include them); a promise in
    working days then falls due at that day's end.
    """

    office: BusinessClock
    working_days: WorkingDays


def deadline(
    reported: datetime,
    allowed: Duration,
    *,
    desk: Desk,
    pauses: Iterable[Span] = (),
    clauses: Iterable[Clause] = (),
) -> Ruling[datetime]:
    """
    Decide the moment at which a promise falls due, in the zone of the desk's office hours.

    reported  the moment from which the contract counts; its own day is not counted in working or calendar days
    allowed   how long; the unit decides which clock runs
    pauses    while these last the clock stands still: exactly that time for hours; a working or calendar day is left
              out of the count when the clock stood still throughout it

    A promise in working days is due at the end of the last one's office hours, one in calendar days, weeks or months
    at that day's end.
    """
    held = _joined(pauses)
    start = reported.astimezone(desk.office.zone)
    due, step = _counted(start, allowed, desk=desk, pauses=held)
    steps = [said("Gezählt wird ab {start}.", "Counting starts on {start}.", start=moment(start)), step]
    steps.extend(_pause_step(pause, desk) for pause in held)
    steps.append(said("Fällig: {due}.", "Due: {due}.", due=moment(due)))
    inputs = [("reported", start.isoformat()), ("allowed", str(allowed))]
    inputs.extend(("pause", f"{pause.start.isoformat()}/{pause.end.isoformat()}") for pause in held)
    return Ruling(due, tuple(clauses), tuple(inputs), tuple(steps))


def _joined(pauses: Iterable[Span]) -> list[Span]:
    """Return the pauses in order, those that touch or overlap as one, so that no moment is held back twice."""
    found: list[Span] = []
    for pause in sorted(pauses, key=lambda pause: utc(pause.start)):
        if found and utc(pause.start) <= utc(found[-1].end):
            found[-1] = Span(found[-1].start, max(found[-1].end, pause.end, key=utc))
        else:
            found.append(pause)
    return found


def _counted(start: datetime, allowed: Duration, *, desk: Desk, pauses: Sequence[Span]) -> tuple[datetime, Text]:
    length = allowed.spoken
    if allowed.unit is Unit.CLOCK_HOURS:
        due = paused(RunningClock(desk.office.schedule.zone), start, timedelta(hours=allowed.hours), pauses=pauses)
        return due, said("{length} laufen Tag und Nacht.", "{length} run day and night.", length=length)
    if allowed.unit is Unit.OFFICE_HOURS:
        due = paused(desk.office, start, timedelta(hours=allowed.hours), pauses=pauses)
        german = "{length} laufen nur, solange geöffnet ist."
        return due, said(german, "{length} run only while open.", length=length)
    if allowed.unit is Unit.WORKING_DAYS:
        last = _last_working_day(start.date(), allowed.amount, desk=desk, pauses=pauses)
        german = "{length} nach dem Tag der Meldung enden mit den Bürostunden am {last}."
        english = "{length} after the day of the report end with the office hours of {last}."
        return _close_of(last, desk), said(german, english, length=length, last=weekday(last))
    last = _last_day(start, allowed, desk=desk, pauses=pauses)
    german = "{length} nach dem Tag der Meldung enden mit Ablauf des {last}."
    english = "{length} after the day of the report end with {last}."
    return _midnight_after(last, desk), said(german, english, length=length, last=weekday(last))


def _last_working_day(reported: date, count: int, *, desk: Desk, pauses: Sequence[Span]) -> date:
    last = reported
    for _ in range(count):
        last = desk.working_days.add(last, 1)
        while _stood_still(last, desk, pauses):
            last = desk.working_days.add(last, 1)
    return last


def _last_day(start: datetime, allowed: Duration, *, desk: Desk, pauses: Sequence[Span]) -> date:
    """Return the last calendar day, each wholly paused day on the way moving it by one."""
    last = last_day_after(start.date(), allowed)
    checked = start.date()
    while checked < last:
        checked += ONE_DAY
        if _stood_still(checked, desk, pauses, whole_day=True):
            last += ONE_DAY
    return last


def _stood_still(day: date, desk: Desk, pauses: Sequence[Span], *, whole_day: bool = False) -> bool:
    """Say whether pauses cover a day: its office hours, or all of it where it has none or the whole day counts."""
    begins, ends = utc(at(wall(day, 0, desk.office.zone), desk.office.zone)), utc(_midnight_after(day, desk))
    touching = [pause for pause in pauses if utc(pause.start) < ends and begins < utc(pause.end)]
    if not touching:
        return False
    by_office = not whole_day and desk.office.elapsed(begins, ends)
    clock = desk.office if by_office else RunningClock(desk.office.schedule.zone)
    return not counted(clock, begins, ends, pauses=touching)


def _close_of(day: date, desk: Desk) -> datetime:
    """Return the end of a day's office hours, its own end where it has none."""
    midnight = _midnight_after(day, desk)
    begins = at(wall(day, 0, desk.office.zone), desk.office.zone)
    open_time = desk.office.elapsed(begins, midnight)
    return desk.office.add(begins, open_time) if open_time else midnight


def _midnight_after(day: date, desk: Desk) -> datetime:
    return at(wall(day, MINUTES_A_DAY, desk.office.zone), desk.office.zone)


def _pause_step(pause: Span, desk: Desk) -> Text:
    return said(
        "Die Uhr steht von {start} bis {end}.",
        "The clock stands still from {start} to {end}.",
        start=moment(pause.start.astimezone(desk.office.zone)),
        end=moment(pause.end.astimezone(desk.office.zone)),
    )
