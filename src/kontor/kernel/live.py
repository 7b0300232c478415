"""
Live pages: server-sent events at /live/, one per open page, woken by the database.

A page hears that something happened in the tenant its person works in: the event's number and kind, nothing of its
content, so that what a page then shows still passes the page's own permissions. One process holds one listening
connection for all its streams; the events themselves are read once per tenant, as that tenant, in the pages' threads. A
browser that comes back names the last number it saw and misses nothing. Parts that look the same to many are drawn once
for them all and sent along (`live_parts`).
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils import timezone

from kontor.kernel.live_parts import Ask, Parts, named_parts
from kontor.kernel.live_streams import AT_ONCE, Happening, Stream
from kontor.kernel.models import Event
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.security_headers import plain_headers
from kontor.kernel.sessions import TENANT as SESSION_TENANT, SessionStore
from kontor.kernel.standing import standing_of
from kontor.kernel.tenancy import as_tenant

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

T = TypeVar("T")

CHANNEL = "kontor"
HEARTBEAT_SECONDS = 20.0
CHECK_SECONDS = 30.0  # a person who signs out or is shut out hears nothing after that and one heartbeat
RECONNECT_SECONDS = 1.0
STREAMS = 1000

logger = logging.getLogger(__name__)


class Live:
    """
    The streams of one process.

    dsn    the database as the application's role
    pages  the threads in which Django's synchronous code runs
    ask    what asks for a page as the person of a stream, in these threads
    """

    def __init__(self, dsn: str, pages: Executor, ask: Ask) -> None:
        self.dsn = dsn
        self.pages = pages
        self.parts = Parts(ask, self._in_pages)
        self.streams: dict[uuid.UUID, set[Stream]] = {}
        self._listener: asyncio.Task[None] | None = None
        self._readers: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under /live/."""
        if scope["path"] != "/live/" or scope["method"] != "GET":
            await _refuse(send, 404)
            return
        session = _cookie(scope, settings.SESSION_COOKIE_NAME)
        tenant = await self._in_pages(tenant_of, session) if session else None
        if tenant is None:
            await _refuse(send, 401)
            return
        if self._closed or sum(map(len, self.streams.values())) >= STREAMS:
            await _refuse(send, 503)
            return
        self._listen()
        stream = Stream(tenant, position=await self._start(tenant, scope), session=session, scope=scope)
        self.streams.setdefault(tenant, set()).add(stream)
        self._wake(tenant)  # what happened between reading the position and joining
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send(_head(200, b"text/event-stream"))
            await send(_body(b"retry: 2000\n\n"))
            await self.parts.join(stream, named_parts(scope["query_string"]))
            async for chunk in self._chunks(stream, gone):
                await send(_body(chunk))
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self.parts.leave(stream)
            self.streams[tenant].discard(stream)
            if not self.streams[tenant]:
                del self.streams[tenant]

    def close(self) -> None:
        """End every stream, so that the process can stop without waiting for pages to go away."""
        self._closed = True
        for stream in [each for group in self.streams.values() for each in group]:
            stream.end()
        if self._listener:
            self._listener.cancel()

    async def _start(self, tenant: uuid.UUID, scope: Scope) -> int:
        given = _header(scope, b"last-event-id")
        if given.isdecimal():
            return int(given)
        return await self._in_pages(last_number, tenant)

    async def _chunks(self, stream: Stream, gone: "asyncio.Future[None]") -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        checked = clock()
        while not gone.done() and not (stream.ended and stream.waiting.empty()):
            waiting = asyncio.ensure_future(stream.waiting.get())
            both: set[asyncio.Future[Any]] = {waiting, gone}
            await asyncio.wait(both, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                yield stream.next(waiting.result())
            else:
                waiting.cancel()
                yield b":\n\n"
            if clock() - checked > CHECK_SECONDS:
                checked = clock()
                if await self._in_pages(tenant_of, stream.session) != stream.tenant:
                    return
                if not await self.parts.still_shared(stream):
                    return

    def _listen(self) -> None:
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        while not self._closed:
            try:
                async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as db:
                    await db.execute(f"LISTEN {CHANNEL}")
                    for tenant in list(self.streams):  # whatever happened while nobody listened
                        self._wake(tenant)
                    async for note in db.notifies():
                        tenant_id, _, _number = note.payload.partition(":")
                        self._wake(uuid.UUID(tenant_id))
            except psycopg.OperationalError as error:
                logger.warning("Live pages wait for the database: %s", error)
            await asyncio.sleep(RECONNECT_SECONDS)

    def _wake(self, tenant: uuid.UUID) -> None:
        """Read the tenant's new events for its streams; a call during a read makes that reader look once more."""
        if not self.streams.get(tenant):
            return
        running = self._readers.get(tenant)
        task = asyncio.create_task(self._read(tenant, running))
        self._readers[tenant] = task
        task.add_done_callback(lambda done: self._readers.pop(tenant) if self._readers.get(tenant) is done else None)

    async def _read(self, tenant: uuid.UUID, before: "asyncio.Task[None] | None") -> None:
        if before is not None and not before.done():
            await asyncio.wait({before})
            if self._readers.get(tenant) is not asyncio.current_task():
                return  # a later call reads for this one too
        try:
            while streams := [each for each in self.streams.get(tenant, ()) if not each.ended]:
                happenings = await self._in_pages(happenings_after, tenant, min(each.position for each in streams))
                for stream in streams:
                    stream.offer(happenings)
                self.parts.hear(tenant, {each.kind for each in happenings})
                if len(happenings) < AT_ONCE:
                    return
        except psycopg.Error as error:
            logger.warning("Live pages could not read a tenant's events: %s", error)

    async def _in_pages(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.pages, _fresh, function, *arguments)


def tenant_of(session_key: str) -> uuid.UUID | None:
    """Return the tenant that a session's person works in, None where the session or the membership is over."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user, tenant_id = get_user(request), request.session.get(SESSION_TENANT)
    if user.is_anonymous or tenant_id is None:
        return None
    tenant, now = uuid.UUID(tenant_id), timezone.now()
    with as_tenant(tenant):
        standing = standing_of(user.pk, tenant_id=tenant, now=now)
    return tenant if standing and not standing.entry.lock else None


def last_number(tenant: uuid.UUID) -> int:
    """Return the number of the tenant's latest event, 0 before the first."""
    with as_tenant(tenant):
        return TenantQuerySet(Event).of(tenant).order_by("-number").values_list("number", flat=True).first() or 0


def happenings_after(tenant: uuid.UUID, number: int) -> list[Happening]:
    """Return the tenant's next events in order, at most AT_ONCE."""
    with as_tenant(tenant):
        later = (
            TenantQuerySet[Event](Event)
            .of(tenant)
            .filter(number__gt=number)
            .order_by("number")
            .values_list("number", "kind")
        )
        return [Happening(*row) for row in later[:AT_ONCE]]


def _fresh(function: Callable[..., T], *arguments: object) -> T:
    """Run Django's synchronous code with a connection that the database has not closed meanwhile."""
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _cookie(scope: Scope, name: str) -> str:
    with contextlib.suppress(CookieError):
        cookies = SimpleCookie(_header(scope, b"cookie"))
        return cookies[name].value if name in cookies else ""
    return ""


def _head(status: int, kind: bytes) -> dict[str, object]:
    own = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    headers = [*own, *plain_headers()]
    return {"type": "http.response.start", "status": status, "headers": headers}


def _body(chunk: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": chunk, "more_body": True}


async def _refuse(send: Send, status: int) -> None:
    await send(_head(status, b"text/plain"))
    await send({"type": "http.response.body", "body": b""})
