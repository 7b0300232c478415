"""Watching the machine: processor and storage are read each minute, and ten minutes above 80 percent are an alarm."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity import public as identity
from kontor.office.privacy.models import ResourceReading
from kontor.rulebook.load_alarm import CLAUSE, alarming
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

JOB: Final = "privacy.watch_resources"
KEPT: Final = timedelta(hours=1)
COUNTERS: Final = Path("/proc/stat")  # of this machine: whoever runs the work on another one watches that one
_NAMES: Final = {"cpu": Text("Prozessor", "Processor"), "storage": Text("Speicher", "Storage")}


def keep_watch(*, at: datetime) -> None:
    """Have the machine read each minute from now on, as the house; it is due once."""
    if not Due.objects.filter(tenant_id=current_tenant(), job=JOB).exists():
        put_due(JOB, at=at, repeat_minutes=1)


def watch(*, at: datetime) -> list[str]:
    """Read processor and storage, forget what is over, and tell the house of what is alarming; return what was told."""
    busy, total = counters(COUNTERS.read_text())
    before = ResourceReading.objects.order_by("-at").first()
    return note(at=at, cpu=_share(before, busy, total), storage=storage_used(), busy=busy, total=total)


def note(*, at: datetime, cpu: int, storage: int, busy: int = 0, total: int = 0) -> list[str]:
    """Keep a reading, in percent, and tell of each that gives an alarm, once until it is below again."""
    ResourceReading.objects.filter(at__lt=at - KEPT).delete()
    made = ResourceReading.objects.create(at=at, cpu=cpu, storage=storage, busy=busy, total=total)
    readings = list(ResourceReading.objects.order_by("at"))
    told = []
    for name in ("cpu", "storage"):
        ruling = alarming([(each.at, getattr(each, name)) for each in readings])
        already = any(name in each.alarmed for each in readings[-2:-1])
        if ruling.value:
            made.alarmed = [*made.alarmed, name]
        if ruling.value and not already:
            told.append(name)
            _tell(made, name, ruling.working[0], at=at)
    if made.alarmed:
        made.save(update_fields=["alarmed"])
    return told


def counters(text: str) -> tuple[int, int]:
    """Return how long the processors were busy and how long they ran in all, in ticks, from /proc/stat (proc(5))."""
    ticks = [int(word) for word in text.splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)  # idle, and waiting for disks


def storage_used() -> int:
    """Return how full the disk is on which files lie, in percent."""
    folder = Path(settings.KONTOR_BLOBS)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return round(100 * (usage.total - usage.free) / usage.total)


def _share(before: ResourceReading | None, busy: int, total: int) -> int:
    if before is None or total <= before.total:  # the first, or the machine started anew
        return 0
    return round(100 * (busy - before.busy) / (total - before.total))


def _tell(reading: ResourceReading, name: str, why: Text, *, at: datetime) -> None:
    record("privacy.resources_alarmed", reading, at=at, actor=MACHINE, clause=CLAUSE.number, after={"what": name})
    identity.tell_administrators(
        said("{what} ist ausgelastet", "{what} is at its limit", what=_NAMES[name]),
        said(
            "{what}: {percent} %. {why} Die letzten Werte stehen unter Datenschutz, Sicherungen.",
            "{what}: {percent} %. {why} The last readings stand under Privacy, Backups.",
            what=_NAMES[name],
            percent=getattr(reading, name),
            why=why,
        ),
        about=reading,
        at=at,
    )
