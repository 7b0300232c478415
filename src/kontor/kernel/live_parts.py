"""
Parts of pages that are drawn once for all who look at the same, and sent along their streams.

A page names the addresses of its parts as it opens its stream. Each is asked for as the person who looks, through
everything that a page passes; an answer made by `shared` says under which key others see just the same, and which kinds
of events change it. When one of these happens, the part is asked for once, as any of those who look, and sent to all of
them whose session is still open. Every half minute each of them is asked for again: whose rights have changed sees
nothing more from then on. A page whose part is not shared asks by itself whenever something happens, as any other.
"""

import asyncio
import hashlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs

from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone, translation

from kontor.kernel.live_streams import Stream
from kontor.kernel.models import Session
from kontor.kernel.requests import TenantRequest, is_auditor, is_guest
from kontor.kernel.sessions import digest_of
from kontor.kernel.tenancy import current_tenant

T = TypeVar("T")
Ask = Callable[[MutableMapping[str, Any], str], tuple[int, dict[str, str], bytes]]
InPages = Callable[..., Awaitable[Any]]

KEY: Final = "kontor-shared"
HEARD: Final = "kontor-heard"
PARTS: Final = 4  # of one page
LONGEST: Final = 500  # characters of an address
_OK: Final = 200

logger = logging.getLogger(__name__)


def shared(request: TenantRequest, html: str, key: Iterable[object], *, heard: str) -> HttpResponse:
    """
    Answer a part of a page that looks the same to all whose `key` is equal.

    key    everything that the drawing depends on beside tenant, language, address and time: nothing else may be in it,
           no name of who looks and no token of theirs
    heard  the kinds of events that change it, with blanks between them

    Looks that are recorded one by one are shared with nobody.
    """
    response = HttpResponse(html)
    if not (is_guest(request) or is_auditor(request)):
        told = repr((current_tenant(), translation.get_language(), tuple(key)))
        response.headers[KEY] = hashlib.sha256(told.encode()).hexdigest()
        response.headers[HEARD] = heard
    return response


def named_parts(query: bytes) -> list[str]:
    """Return the addresses of parts that a stream's own address names; too many or too long ones are left out."""
    named = parse_qs(query.decode("latin-1")).get("part", [])
    return [each for each in dict.fromkeys(named) if each.startswith("/") and len(each) <= LONGEST][:PARTS]


@dataclass(eq=False, slots=True)
class _Group:
    """Everybody who sees the same drawing of a part."""

    address: str
    heard: frozenset[str]
    streams: dict[Stream, None] = field(default_factory=dict)  # in the order in which they came
    drawing: "asyncio.Task[None] | None" = None
    again: bool = False


class Parts:
    """
    The shared parts of one process's streams.

    ask       what asks for a page as the person of a stream; it runs in the pages' threads
    in_pages  what runs a function there
    """

    def __init__(self, ask: Ask, in_pages: InPages) -> None:
        self._ask = ask
        self._in_pages = in_pages
        self._groups: dict[tuple[uuid.UUID, str, str], _Group] = {}
        self._heard: dict[uuid.UUID, int] = {}  # how often something was told, by tenant with groups or joining streams

    async def join(self, stream: Stream, addresses: Collection[str]) -> None:
        """Share these parts with a stream that is among its tenant's already, and send how they look now."""
        for address in addresses:
            before = self._heard.get(stream.tenant, 0)
            key, heard, html = await self._asked(stream, address)
            if not key:
                continue
            stream.parts[address] = key
            group = self._groups.setdefault((stream.tenant, address, key), _Group(address, frozenset(heard.split())))
            group.streams[stream] = None
            stream.renew(address, html)
            if self._heard.get(stream.tenant, 0) != before:  # it may have been drawn before that
                self._draw(group)

    def leave(self, stream: Stream) -> None:
        """Send nothing more to a stream."""
        for address, key in stream.parts.items():
            place = (stream.tenant, address, key)
            if (group := self._groups.get(place)) is None:
                continue
            group.streams.pop(stream, None)
            if not group.streams:
                del self._groups[place]
        stream.parts = {}
        if all(tenant != stream.tenant for tenant, _, _ in self._groups):
            self._heard.pop(stream.tenant, None)

    async def still_shared(self, stream: Stream) -> bool:
        """Tell whether a stream's person still sees what it was opened for, and send that once more."""
        for address, key in list(stream.parts.items()):
            now, _heard, html = await self._asked(stream, address)
            if now != key:
                return False
            stream.renew(address, html)
        return True

    def hear(self, tenant: uuid.UUID, kinds: Collection[str]) -> None:
        """Draw anew what these kinds of events of a tenant change."""
        self._heard[tenant] = self._heard.get(tenant, 0) + 1
        for (of, _, _), group in self._groups.items():
            if of == tenant and not group.heard.isdisjoint(kinds):
                self._draw(group)

    def _draw(self, group: _Group) -> None:
        if group.drawing is not None and not group.drawing.done():
            group.again = True
            return
        group.drawing = asyncio.create_task(self._drawn(group))

    async def _drawn(self, group: _Group) -> None:
        """Draw until nothing has happened meanwhile; one after the other, however much happens."""
        group.again = True
        while group.again and group.streams:
            group.again = False
            stream = next(iter(group.streams))
            try:
                key, _heard, html = await self._asked(stream, group.address)
                if key and key == stream.parts.get(group.address):
                    await self._send(group, html)
                    continue
            except DatabaseError as error:
                logger.warning("A live part could not be sent: %s", type(error).__name__)
            group.streams.pop(stream, None)  # this one sees it no more; the next one is asked
            stream.end()
            group.again = True

    async def _send(self, group: _Group, html: str) -> None:
        """Send a drawing to all whose session nobody has ended."""
        streams = set(group.streams)
        open_ones = await self._in_pages(open_sessions, {each.session for each in streams})
        for stream in streams & group.streams.keys():
            if stream.session in open_ones:
                stream.renew(group.address, html)
            else:
                stream.end()

    async def _asked(self, stream: Stream, address: str) -> tuple[str, str, str]:
        """Return key, kinds and drawing of a part as a stream's person is given it; empty where it is not shared."""
        status, headers, body = await self._in_pages(self._ask, stream.scope, address)
        if status != _OK or KEY not in headers:
            return "", "", ""
        return headers[KEY], headers[HEARD], body.decode()


def open_sessions(cookies: Collection[str]) -> set[str]:
    """Return those of some sessions' cookies that still open something; one query."""
    by_digest = {digest_of(each): each for each in cookies}
    here = Session.objects.filter(pk__in=by_digest, expire_date__gt=timezone.now())
    return {by_digest[pk] for pk in here.values_list("pk", flat=True)}
