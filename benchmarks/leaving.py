"""
A large company is exported, proved, erased and written over while another's people work: what they notice of it.

    python -m benchmarks.leaving [rows] [files] [seconds of quiet]

`kontor serve` runs as it would for real, with an embedded database of its own in a temporary folder. People of the
other company ask for pages at moments drawn by chance, all the time, so that waiting for one page delays no other.
What 95 of 100 waited at most is compared with the quiet time just before and just after, in the same run. Also said:
how long each part took, and the memory of the worker at its largest.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import timezone

import benchmarks.own_server  # noqa: F401  first: it says where everything lies
from benchmarks.large import seeded
from benchmarks.own_server import ADDRESS, serving
from kontor.config import installation, schema
from kontor.config.embedded import running
from kontor.kernel.actions.queue import queue
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.parties.models import Party
from kontor.office.privacy.actions.erasing import JOB, plan_erasure
from kontor.office.privacy.actions.exports import PACK, ask_for_export
from kontor.office.privacy.actions.rewriting import JOB as REWRITE
from kontor.office.privacy.models import Erasure
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests import databases, people

ROWS, FILES, QUIET = 1_000_000, 10_000, 30
A_SECOND, SEED = 3, 7
WANTED: Final = 2.0
ENDS_AFTER: Final = 45 * 60


@dataclass
class Waited:
    """How long each page took that somebody asked for, and when; `part` tells what was going on."""

    part: str = ""
    took: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def during(self, part: str) -> Iterator[None]:
        began, self.part = time.monotonic(), part
        try:
            yield
        finally:
            self.part = ""
            self.seconds[part] = time.monotonic() - began

    def all_of(self, *parts: str) -> list[float]:
        return [each for part in parts for each in self.took[part]]


def asked(address: str, path: str, cookie: str) -> None:
    """Ask for a page and read it; a connection of its own, as a browser that comes and goes."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path} was answered with {answer.status}.")


@contextlib.contextmanager
def people_work(address: str, paths: list[str], cookie: str) -> Iterator[Waited]:
    """Let people of the other company work until the block ends."""
    waited, over, drawn = Waited(), threading.Event(), random.Random(SEED)

    def once(path: str) -> None:
        part, began = waited.part, time.monotonic()
        asked(address, path, cookie)
        waited.took.setdefault(part, []).append(time.monotonic() - began)

    def come() -> None:
        with ThreadPoolExecutor(64) as browsers:
            due, going = time.monotonic(), []
            while not over.is_set():
                due += drawn.expovariate(A_SECOND)
                time.sleep(max(0.0, due - time.monotonic()))
                going.append(browsers.submit(once, drawn.choice(paths)))
            for each in going:
                each.result()

    thread = threading.Thread(target=come)
    thread.start()
    try:
        yield waited
    finally:
        over.set()
        thread.join()


def wait_until(there: Callable[[], bool], what: str, seconds: int = ENDS_AFTER) -> None:
    until = time.monotonic() + seconds
    while not there():
        if time.monotonic() > until:
            raise SystemExit(f"{what} was not there after {seconds} seconds.")
        time.sleep(0.5)


def worker_of(parent: int) -> int:
    """Return the worker process that `kontor serve` keeps."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes()
            if b"kontor.config.worker" in words and f"PPid:\t{parent}\n" in (folder / "status").read_text():
                return int(folder.name)
    raise SystemExit("kontor serve has no worker.")


def largest(process: int) -> float:
    """Return the most memory a process had, in MB, and begin to watch anew."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    found = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    Path(f"/proc/{process}/clear_refs").write_text("5")
    return found / 1024


def exported(large: Any) -> Any:
    """Have the company's copy packed by the worker; return it once it is ready."""

    with as_tenant(large.pk):
        export = ask_for_export(at=timezone.now(), actor=MACHINE)
        queue(PACK, large.pk, export=str(export.pk))  # it is due, and the next minute would find it

    def ready() -> bool:
        with as_tenant(large.pk):
            export.refresh_from_db()
        return bool(export.state == "READY")

    wait_until(ready, "The export")
    return export


def proved(large: Any) -> None:
    """Prove the company's record by the command that proves it for real."""
    done = subprocess.run([sys.executable, "-m", "kontor.config.cli", "verify", f"--tenant={large.pk}"], check=True)
    assert done.returncode == 0


def erased(house: Any, large: Any) -> Any:
    """Have the company erased by the worker; return the erasure once nothing but writing anew is left."""
    today = timezone.localdate() - timedelta(days=1)
    why = Ruling(today, (Clause("crm", "§14"),), (), (Text("Ende.", "End."),))
    with as_tenant(house.tenant.pk):
        erasure = plan_erasure(
            large, reason="request", due_on=today, ruling=why, told={"language": "en", "law": "de"}, at=timezone.now(),
            actor=house.actor,
        )  # fmt: skip
        queue(JOB, house.tenant.pk, erasure=str(erasure.pk))
    wait_until(lambda: seen(house, erasure).step == "rewrite", "The erasure")
    return erasure


def written_over(house: Any) -> Any:
    """Have the tables written anew, as at three in the night; return the erasure once it is certified."""
    with as_tenant(house.tenant.pk):
        erasure = Erasure.objects.get()
        queue(REWRITE, house.tenant.pk)
    wait_until(lambda: bool(seen(house, erasure).state == "DONE"), "The certificate")
    return erasure


def seen(house: Any, erasure: Any) -> Any:
    with as_tenant(house.tenant.pk):
        erasure.refresh_from_db()
    return erasure


def measured(address: str, server: int, made: tuple[Any, Any, Any], quiet: int) -> None:
    """Print all figures."""
    house, large, other = made
    cookie, worker = cookie_of("ayla@birke.example", other), worker_of(server)
    with as_tenant(other.pk):
        paths = ["/parties/", *(f"/parties/{each}/" for each in Party.objects.values_list("pk", flat=True)[:20])]
    for path in paths * 3:
        asked(address, path, cookie)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores", flush=True)
    parts: dict[str, Callable[[], Any]] = {
        "export": lambda: exported(large), "verify": lambda: proved(large), "erasure": lambda: erased(house, large),
        "rewriting": lambda: written_over(house),
    }  # fmt: skip
    with people_work(address, paths, cookie) as waited:
        before = "before"
        with waited.during(before):
            time.sleep(quiet)
        for part, do in parts.items():
            largest(worker)
            with waited.during(part):
                result = do()
            memory, load, after = largest(worker), os.getloadavg()[0], f"after {part}"
            with waited.during(after):
                time.sleep(quiet)
            told(waited, part, (before, after))
            print(f"            worker at most {memory:.0f} MB; load {load:.1f}")
            print(f"            {said_of(part, result)}", flush=True)
            before = after


def told(waited: Waited, part: str, around: tuple[str, str]) -> None:
    """Print what a part cost whoever worked meanwhile, beside the quiet time around it."""
    quiet, busy = waited.all_of(*around), waited.all_of(part)
    p95, at_rest = (quantiles(each, n=20)[-1] for each in (busy, quiet))
    print(
        f"{part:11} {waited.seconds[part]:5.0f} s, {len(busy)} pages: middle {median(busy) * 1000:.0f} ms"
        f" ({median(quiet) * 1000:.0f} quiet), p95 {p95 * 1000:.0f} ms ({at_rest * 1000:.0f} quiet),"
        f" {p95 / at_rest:.2f} times (wanted: {WANTED:.0f} at most), slowest {max(busy) * 1000:.0f} ms"
    )


def said_of(part: str, result: Any) -> str:
    """Return what a part did."""
    match part:
        case "export":
            return f"{result.rows} rows, {result.files} files, {result.packed / 1e6:.0f} MB"
        case "verify":
            return "whole"
        case "erasure":
            return f"{sum(result.counts.values())} rows gone"
    return f"files of tables written anew: {result.rewritten}"


def cookie_of(email: str, tenant: Any) -> str:

    client = people.browser(User.objects.get(email=email), tenant)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def main(rows: int, files: int, quiet: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server and the database end with it
    with running(installation.var()) as cluster:
        database = installation.database_environment(cluster)
        schema.migrate(database)
        databases.point_django_at(cluster.url("kontor_app"))
        began = time.monotonic()
        made = seeded(rows, files)
        print(f"{rows} rows and {files} files made in {time.monotonic() - began:.0f} s", flush=True)
        os.environ |= database  # for the commands that this process starts
        with serving(database) as server:
            measured(ADDRESS, server, made, quiet)
        databases.disconnect_django()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(ROWS, FILES, QUIET)[len(given) :])
