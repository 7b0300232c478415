"""
Watching over backups: a night without one and a restore that nobody tried out for a year are told to the house.

What counts is what was noted, so that a server whose timer stands still, or that cannot write, is noticed as well.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day
from kontor.office.identity import public as identity
from kontor.office.privacy.models import BackupRun, Rehearsal
from kontor.rulebook.period import add_months
from kontor.rulebook.ruling import Text

JOB: Final = "privacy.watch_backups"
HOUR: Final = time(9)  # when somebody is there to read it
MISSED_AFTER: Final = timedelta(hours=26)  # a night's backup a day later, and time for it to be made
REHEARSED_WITHIN: Final = 12  # months
AGAIN_AFTER: Final = 30  # days, while nobody tries a restore out


def keep_watch(*, at: datetime) -> datetime:
    """Have the current tenant's, the house's, backups looked at next morning; return when. It is due once."""
    zone = _zone()
    here = at.astimezone(zone)
    coming = here.date() if here.time() < HOUR else here.date() + timedelta(days=1)
    due = datetime.combine(coming, HOUR, zone)
    put_due(JOB, at=due)
    return due


def watch(*, at: datetime) -> list[str]:
    """Tell the house's administrators what is missing, and look again next morning; return what was told."""
    keep_watch(at=at)
    last = BackupRun.objects.order_by("-made_at").first()
    told = []
    if last is not None and at - last.made_at > MISSED_AFTER:
        told.append("privacy.backup_missed")
        record("privacy.backup_missed", last, at=at, actor=MACHINE, after={"last": last.made_at})
        identity.tell_administrators(_MISSED, _missed(last.made_at), about=last, at=at)
    known = _tried_or_first()
    if known is not None and _is_told(known[1], on=at.astimezone(_zone()).date()):
        told.append("privacy.rehearsal_overdue")
        record("privacy.rehearsal_overdue", known[0], at=at, actor=MACHINE, after={"since": known[1]})
        identity.tell_administrators(_UNTRIED, _TRY, about=known[0], at=at)
    return told


def tell_of_problem(tried: Rehearsal, *, at: datetime) -> None:
    """Tell the house's administrators that a restore did not bring everything back."""
    text = Text(
        f"Die Rückspielung wurde geprobt und brachte nicht alles zurück: {tried.problem}\n\nWas gesichert ist und wie "
        "lange es liegt, steht unter Datenschutz, Sicherungen.",
        f"A restore was tried out and did not bring everything back: {tried.problem}\n\nWhat is backed up and how long "
        "it is kept stands under Privacy, Backups.",
    )
    identity.tell_administrators(_PROBLEM, text, about=tried, at=at)


def _tried_or_first() -> tuple[Rehearsal | BackupRun, date] | None:
    """Return the last restore that went well and its day, else the first backup; None before any."""
    good = Rehearsal.objects.filter(problem="").order_by("-at").first()
    if good is not None:
        return good, good.at.astimezone(_zone()).date()
    first = BackupRun.objects.order_by("made_at").first()
    return None if first is None else (first, first.made_at.astimezone(_zone()).date())


def _is_told(since: date, *, on: date) -> bool:
    """Tell whether a year is over on a day, and it is told on that day: on the first, and then each month again."""
    over = (on - add_months(since, REHEARSED_WITHIN)).days
    return over > 0 and (over - 1) % AGAIN_AFTER == 0


def _zone() -> ZoneInfo:
    return ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)


def _missed(made_at: datetime) -> Text:
    local = made_at.astimezone(_zone())
    german, english = (f"{day(local.date(), each)}, {local:%H:%M}" for each in ("de", "en"))
    return Text(
        f"Die letzte Sicherung ist vom {german}; seitdem kam keine dazu.\n\nSehen Sie auf dem Server nach, ob der "
        "Zeitplan läuft und Platz ist: kontor backup",
        f"The last backup is of {english}; none has come since.\n\nLook on the server whether the timer runs and "
        "there is room: kontor backup",
    )


_MISSED: Final = Text("Eine Sicherung ist ausgeblieben", "A backup was missed")
_PROBLEM: Final = Text("Die Probe einer Sicherung ist misslungen", "Trying a backup out failed")
_UNTRIED: Final = Text("Seit einem Jahr wurde keine Sicherung zurückgespielt", "No backup was tried out for a year")
_TRY: Final = Text(
    "Seit mehr als zwölf Monaten wurde keine Rückspielung mit Erfolg geprobt.\n\nSo geht es, neben dem, was läuft: "
    "kontor restore --identity DATEI --rehearse",
    "For more than twelve months no restore was tried out with success.\n\nThis is how, beside what runs: "
    "kontor restore --identity FILE --rehearse",
)
