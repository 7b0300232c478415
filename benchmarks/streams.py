"""Live streams held open beside what is timed, and something for them to hear."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.db import connection
from django.utils import timezone

from kontor.kernel.actions.events import publish
from kontor.kernel.tenancy import as_tenant
from tests import factories


@contextmanager
def listeners(address: str, cookie: str, count: int) -> Iterator[None]:
    """Hold so many live streams open from one asyncio client, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    heard = [0]
    opened = asyncio.run_coroutine_threadsafe(opened_streams(address, cookie, count, heard), loop).result(120)
    print(f"{count} streams are open")
    try:
        yield
    finally:
        print(f"the streams heard {heard[0]} events")
        asyncio.run_coroutine_threadsafe(closed(opened), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


Opened = list[tuple[asyncio.StreamWriter, "asyncio.Task[None]"]]


async def opened_streams(address: str, cookie: str, count: int, heard: list[int]) -> Opened:
    place = urlsplit(address)
    opened: Opened = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(f"GET /live/ HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\n\r\n".encode())
        await writer.drain()
        assert b" 200 " in await reader.readline()
        await reader.readuntil(b"retry: 2000\n")
        opened.append((writer, asyncio.create_task(listen(reader, heard))))
    return opened


async def listen(reader: asyncio.StreamReader, heard: list[int]) -> None:
    while line := await reader.readline():
        heard[0] += line.startswith(b"event: ")


async def closed(opened: Opened) -> None:
    for writer, task in opened:
        writer.close()
        task.cancel()
    await asyncio.gather(*(task for _, task in opened), return_exceptions=True)


@contextmanager
def events(house: factories.House) -> Iterator[None]:
    """Let something happen in the tenant every second."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(1):
            with as_tenant(house.tenant.pk):
                publish("books.invoice_sent", {}, at=timezone.now())
        connection.close()

    thread = threading.Thread(target=tell)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
