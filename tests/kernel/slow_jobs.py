"""Jobs that only tests queue, known to the worker that a test starts."""

import time
from datetime import datetime
from pathlib import Path

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.background import GiveUpError, Patience, outside_job, tenant_job
from kontor.kernel.models import Site
from kontor.kernel.tenancy import current_tenant

OUTSIDE: list[dict[str, object]] = []


@tenant_job("tests.open_site")
def open_site(*, at: datetime, name: str, folder: str) -> None:
    """Write much, and wait before the end for somebody to let it go on."""
    site = Site.objects.create(name=name)
    record("kernel.site_opened", site, at=at, actor=MACHINE, after={"name": name})
    publish("kernel.site_opened", {"name": name}, at=at)
    queue("tests.close_site", current_tenant(), name=name)
    (Path(folder) / "started").touch()
    while not (Path(folder) / "go on").exists():
        time.sleep(0.02)


@tenant_job("tests.close_site")
def close_site(*, at: datetime, name: str) -> None:
    record("kernel.site_closed", Site.objects.get(name=name), at=at, actor=MACHINE)


@tenant_job("tests.fail")
def fail(*, at: datetime, name: str) -> None:
    Site.objects.create(name=name)
    raise ZeroDivisionError(at)


@tenant_job("tests.give_up")
def give_up(*, at: datetime) -> None:
    raise GiveUpError(at)


@outside_job("tests.outside", patience=Patience([]))
def outside(**given: object) -> None:
    OUTSIDE.append(given)
