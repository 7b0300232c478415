"""
200 check-ins in a minute at one site while 50 boards are open, over HTTP to the product's own server.

    python -m benchmarks.visitors_board [check-ins] [boards] [seconds]

Each board holds a live stream, along which it is sent what it shows, as its page does. Reception checks people in at
moments drawn by chance. Counted is, for each check-in and each board, the time from reception's click until the board
has been sent the name; and of all pages asked for meanwhile, the time until they were there. The peer is a board that
is drawn for each who looks: CPU of a part that is drawn anew beside one that is drawn already, in one process, with the
queries of both.
"""

import asyncio
import random
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate
from statistics import quantiles
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.list_page import serving_process, signed_in, ticks
from kontor.config.installation import POOL
from kontor.kernel.tenancy import as_tenant
from kontor.products.visitors.actions import inviting
from kontor.products.visitors.actions.inviting import Appointment, Guest
from kontor.products.visitors.models import Visit
from kontor.products.visitors.views import board
from tests import databases, people, serving
from tests.products.visitors.visits import HOST, by, make_alder, make_site, types

SEED, EVERY = 7, 0.5  # a page beside, every half second
UPDATE, PAGE = 0.300, 0.250  # p95 of the boards, p99 of pages, seconds
PART, BOARD, VISITS = "/visitors/board/part/", "/visitors/board/", "/visitors/"
NAME = re.compile(rb"Guest \d{4}")


@dataclass
class Run:
    """What is known while it runs: when each was clicked in, when each board had it, and how long pages took."""

    clicked: dict[bytes, float] = field(default_factory=dict)
    shown: dict[tuple[int, bytes], float] = field(default_factory=dict)
    pages: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    sent: int = 0


class Browser:
    """One connection that stays open, as a browser's."""

    def __init__(self, address: str, cookie: str) -> None:
        self.place, self.cookie = urlsplit(address), cookie
        self.address = address
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, form: str = "") -> tuple[int, bytes, bytes]:
        """Return status, head and body of a page; a form is posted."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.place.hostname, self.place.port, limit=2**20)
        reader, writer = self.streams
        told = f"Host: {self.place.netloc}\r\nCookie: {self.cookie}\r\nOrigin: {self.address}\r\n"
        told += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n" if form else ""
        writer.write(f"{'POST' if form else 'GET'} {path} HTTP/1.1\r\n{told}\r\n{form}".encode())
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length is not None, head
        body = await reader.readexactly(int(length[1]))
        return int(head.split(b" ", 2)[1]), head, body


def seeded(count: int) -> tuple[str, list[Visit], Client]:
    """Expect so many people at a site; return the cookie of reception, the visits, and its browser in this process."""
    tenant = make_alder()
    person = people.administrator(tenant)
    now = timezone.now()
    with as_tenant(tenant.pk):
        site = make_site()
        kind = types()["Business visit"]
        to = Appointment(site=site, type=kind, begins_at=now, ends_at=now + timedelta(hours=2), host=HOST)
        guests = [Guest(name=f"Guest {number:04}", company="Ostkai") for number in range(count)]
        visits = inviting.invite(guests, to, by(at=now - timedelta(hours=1)))
    owner: Any = SimpleNamespace(staff=person, tenant=tenant)
    return signed_in(owner), visits, people.browser(person, tenant)


async def look(number: int, address: str, cookie: str, run: Run, ready: asyncio.Semaphore) -> None:
    """Keep a board open until it is cancelled: what it shows comes along its stream."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=2**20)
    writer.write(f"GET /live/?part={PART} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b"event: k-part\n")  # as it looks now
    await reader.readline()
    ready.release()
    try:
        while line := await reader.readline():
            if not line.startswith(b'data: {"part"'):
                continue
            now = time.perf_counter()
            run.sent += 1
            for name in set(NAME.findall(line)) & run.clicked.keys():
                run.shown.setdefault((number, name), now)
    finally:
        writer.close()


async def read_pages(address: str, cookie: str, run: Run) -> None:
    """Open the board and the list of visits by turns until it is cancelled."""
    browser = Browser(address, cookie)
    while True:
        for path in (BOARD, VISITS):
            began = time.perf_counter()
            status, _head, _body = await browser.ask(path)
            run.pages.append(time.perf_counter() - began)
            assert status == 200, status
            await asyncio.sleep(EVERY)


async def reception(address: str, cookie: str, visits: list[Visit], seconds: int, run: Run) -> None:
    """Check everybody in at moments drawn by chance."""
    browser = Browser(address, cookie)
    _status, head, page = await browser.ask(f"/visitors/{visits[0].pk}/")
    if made := re.search(rb"(?i)set-cookie: *(\w*csrf\w*=[^;]+)", head):
        cookie = f"{cookie}; {made[1].decode()}"
    token = re.findall(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0].decode()
    free = [Browser(address, cookie) for _ in range(8)]  # several desks and terminals
    drawn = random.Random(SEED)
    moments = accumulate(drawn.expovariate(len(visits) / seconds) for _ in visits)
    begin = time.perf_counter()

    async def click(visit: Visit) -> None:
        desk = free.pop() if free else Browser(address, cookie)
        run.clicked[visit.name.encode()] = began = time.perf_counter()
        status, _head, _body = await desk.ask(f"/visitors/{visit.pk}/in/", f"csrfmiddlewaretoken={token}")
        run.clicks.append(time.perf_counter() - began)
        assert status == 302, status
        free.append(desk)

    clicks = []
    for visit, moment in zip(visits, moments, strict=True):
        await asyncio.sleep(max(0.0, begin + moment - time.perf_counter()))
        clicks.append(asyncio.create_task(click(visit)))
    await asyncio.gather(*clicks)


async def a_minute(address: str, cookie: str, visits: list[Visit], boards: int, seconds: int) -> Run:
    """Let it all happen and return what was seen of it."""
    warm = Browser(address, cookie)
    for path in (BOARD, VISITS, PART, BOARD, VISITS, PART):
        await warm.ask(path)
    run, ready = Run(), asyncio.Semaphore(0)
    looking = [asyncio.create_task(look(number, address, cookie, run, ready)) for number in range(boards)]
    for _ in looking:
        await ready.acquire()
    print(f"{boards} boards are open")
    reading = asyncio.create_task(read_pages(address, cookie, run))
    await reception(address, cookie, visits, seconds, run)
    await asyncio.sleep(2)
    for task in (*looking, reading):
        task.cancel()
    ended = await asyncio.gather(*looking, reading, return_exceptions=True)
    wrong = [each for each in ended if not isinstance(each, asyncio.CancelledError)]
    assert not wrong, wrong[0]
    return run


def slow(waited: list[float], percent: int) -> float:
    """Return the time that so many of 100 did not exceed."""
    return quantiles(waited, n=100)[percent - 1]


def shared(desk: Client, times: int) -> tuple[float, int, int]:
    """Return what a board drawn anew costs in CPU, as a multiple of one drawn already, and the queries of both."""
    spent, asked = [], []
    for anew in (False, True):
        desk.get(PART)
        with CaptureQueriesContext(connection) as queries:
            before = time.process_time()
            for _ in range(times):
                if anew:
                    board._boards.clear()  # noqa: SLF001  as if nobody else looked
                assert desk.get(PART).status_code == 200
            spent.append(time.process_time() - before)
        asked.append(len(queries) // times)
    return spent[1] / spent[0], asked[0], asked[1]


def told(run: Run, boards: int, count: int, cpu: float) -> None:
    """Print all figures of a run."""
    updates = [at - run.clicked[name] for (_number, name), at in run.shown.items()]
    lost = boards * count - len(updates)
    p95, p99 = slow(updates, 95), slow(run.pages, 99)
    print(f"from click to board: middle {slow(updates, 50) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, ", end="")
    print(f"{p95 / UPDATE:.2f} times what is wanted ({UPDATE * 1000:.0f} ms); not seen: {lost} of {boards * count}")
    print(f"pages: middle {slow(run.pages, 50) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, ", end="")
    print(f"{p99 / PAGE:.2f} times what is wanted ({PAGE * 1000:.0f} ms); {len(run.pages)} of them")
    print(f"check-ins: middle {slow(run.clicks, 50) * 1000:.0f} ms, p95 {slow(run.clicks, 95) * 1000:.0f} ms")
    print(f"CPU of the server: {cpu / count * 1000:.0f} ms a check-in with {run.sent / count:.1f} drawings sent")


def main(count: int, boards: int, seconds: int) -> None:
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        cookie, visits, desk = seeded(count)
        times, few, many = shared(desk, 50)
        print(f"a board drawn anew: {times:.1f} times one that is drawn already, {many} queries instead of {few}")
        databases.disconnect_django()
        with serving.web({"DATABASE_URL": database.url, "KONTOR_DB_POOL": str(POOL)}) as address:
            server = serving_process(urlsplit(address).port or 0)
            before = ticks(server)
            run = asyncio.run(a_minute(address, cookie, visits, boards, seconds))
            told(run, boards, count, ticks(server) - before)


if __name__ == "__main__":
    main(*(int(given) for given in [*sys.argv[1:], *("200", "50", "60")[len(sys.argv) - 1 :]]))
