"""Everything on one port: /live/ in this process's event loop, all other pages in Django's threads."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from kontor.config import environment
from kontor.config.wsgi import application as wsgi  # sets Django up, which the live pages need

from kontor.config.call_log import CallLog  # isort: skip
from kontor.config.front import Pages  # isort: skip
from kontor.kernel.live import Live  # isort: skip

THREADS = int(os.environ.get("KONTOR_THREADS", "2"))
UPLOAD_MIB = int(os.environ.get("KONTOR_UPLOAD_MIB", "50"))

pages = Pages(wsgi, threads=THREADS, limit=UPLOAD_MIB * 1024**2)
live = Live(environment.required("DATABASE_URL"), pages.threads, pages.ask)
calls = CallLog(settings.KONTOR_PROXIES) if settings.KONTOR_ACCESS_URL else None


async def app(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """Send a request to where it is answered; a web socket is closed, since there is none."""
    if calls is not None and scope["type"] == "http":
        calls.note(scope, datetime.now(UTC))
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
    elif scope["path"].startswith("/live/"):
        await live(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _lifespan(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], send: Callable[..., Any]) -> None:
    while True:
        kind = (await receive())["type"]
        if kind == "lifespan.shutdown":
            live.close()
            pages.close()
            if calls is not None:
                calls.close()
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
