"""
Every request's way to Django: its body is received whole before a thread is taken, its answer is sent after.

So a browser on a slow line, or one that stalls, holds no thread; two threads serve a whole process.
"""

import asyncio
import contextlib
import contextvars
import logging
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any, Final, cast
from urllib.parse import unquote

from a2wsgi.wsgi import build_environ

from kontor.kernel.security_headers import plain_headers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
StartResponse = Callable[..., Callable[[bytes], object]]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

IN_MEMORY = 1024 * 1024
CHUNK = 256 * 1024
TOO_LARGE = "The request is larger than {limit} MiB, which is all that is accepted here.\n"

_OF_THE_BROWSER: Final = frozenset(
    {b"accept-language", b"cookie", b"host", b"user-agent", b"x-forwarded-for", b"x-forwarded-proto"}
)

logger = logging.getLogger(__name__)


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(IN_MEMORY)


class GoneError(Exception):
    """The other side hung up before its request was complete."""


class TooLargeError(Exception):
    """The request's body exceeds the limit."""


@dataclass
class Answer:
    """What Django said, kept until it is sent."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: IO[bytes] = field(default_factory=_spool)

    def start(self, status: str, headers: list[tuple[str, str]], _problem: object = None) -> Callable[[bytes], object]:
        """Take WSGI's status line and headers."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self.body.write


class Pages:
    """
    An ASGI application around a WSGI one.

    threads  how many requests are worked on at once
    limit    bytes a request's body may have; 413 above
    """

    def __init__(self, wsgi: Wsgi, *, threads: int, limit: int) -> None:
        self.wsgi = wsgi
        self.limit = limit
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            body = await self._received(scope, receive)
        except GoneError:
            return
        except TooLargeError:
            text = TOO_LARGE.format(limit=self.limit // 1024**2).encode()
            plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await _send_whole(send, 413, [*plain, *plain_headers()], text)
            return
        with body:
            context = contextvars.copy_context()
            running = asyncio.get_running_loop().run_in_executor(self.threads, context.run, self._answer, scope, body)
            answer = await asyncio.shield(running)
        with answer.body:
            await self._sent(answer, send)

    def ask(self, scope: Scope, address: str) -> tuple[int, dict[str, str], bytes]:
        """
        Ask for one of our pages as the browser behind another request would; return status, headers, body.

        For a thread of ours that waits for it. The page is told that it is a part (HX-Request): so it exchanges no key
        of a session, whose browser would never learn the new one.
        """
        path, _, query = address.partition("?")
        headers = [each for each in scope["headers"] if each[0] in _OF_THE_BROWSER]
        asked = {
            **scope, "method": "GET", "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
            "headers": [*headers, (b"hx-request", b"true")],
        }  # fmt: skip
        with _spool() as body:
            answer = self._answer(asked, body)
        with answer.body:
            named = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
            return answer.status, named, answer.body.read()

    def close(self) -> None:
        """Take no further requests; those in work finish."""
        self.threads.shutdown(wait=False, cancel_futures=True)

    async def _received(self, scope: Scope, receive: Receive) -> IO[bytes]:
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > self.limit:
            raise TooLargeError
        more = True
        with contextlib.ExitStack() as stack:
            body = stack.enter_context(_spool())
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise GoneError
                body.write(message.get("body", b""))
                more = message.get("more_body", False)
                if body.tell() > self.limit:
                    raise TooLargeError
            stack.pop_all()
        return body

    def _answer(self, scope: Scope, body: IO[bytes]) -> Answer:
        """Run Django in this thread, to the end of the answer's body."""
        environ = _environ(scope, body)
        answer = Answer()
        try:
            chunks = self.wsgi(environ, answer.start)
            try:
                answer.body.writelines(chunks)
            finally:
                getattr(chunks, "close", lambda: None)()
        except Exception:
            logger.exception("A page broke outside Django")
            answer.body.close()
            answer = Answer(500, [(b"content-type", b"text/plain"), *plain_headers()])
        answer.body.seek(0)
        return answer

    async def _sent(self, answer: Answer, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        for chunk in _chunks(answer.body):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _chunks(body: IO[bytes]) -> Iterator[bytes]:
    while chunk := body.read(CHUNK):
        yield chunk


def _environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Return WSGI's view of the request. A header with an underscore could pass for another one and is left out."""
    length = str(body.tell())
    body.seek(0)
    kept = [(name, value) for name, value in scope["headers"] if b"_" not in name and name != b"content-length"]
    seen = {**scope, "headers": [*kept, (b"content-length", length.encode())]}
    environ = cast("dict[str, Any]", build_environ(cast("Any", seen), cast("Any", body)))
    environ["wsgi.file_wrapper"] = lambda file, _size=CHUNK: _file_chunks(file)
    return environ


def _file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from _chunks(file)


async def _send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
