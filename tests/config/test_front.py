"""The way of a request to Django and back: whole body first, then a thread, then the answer."""

import asyncio
import threading
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import pytest

from kontor.config.front import Pages

Message = MutableMapping[str, Any]


def echo(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start("200 OK", [("Content-Type", "text/plain"), ("X-Method", environ["REQUEST_METHOD"])])
    return [environ["PATH_INFO"].encode("latin-1"), b" ", body]


def ask(
    pages: Pages, *messages: Message, headers: list[tuple[bytes, bytes]] | None = None, path: str = "/a"
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[Message] = []
    waiting = list(messages)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "query_string": b"", "http_version": "1.1", "scheme": "http",
        "headers": headers or [], "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    asyncio.run(pages(scope, receive, send))
    if not sent:
        return 0, {}, b""
    return sent[0]["status"], dict(sent[0].get("headers", [])), b"".join(each["body"] for each in sent[1:])


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.fixture
def pages() -> Iterable[Pages]:
    made = Pages(echo, threads=2, limit=3 * 1024**2)
    yield made
    made.threads.shutdown()


def test_a_body_in_parts_arrives_whole(pages: Pages) -> None:
    assert ask(pages, part(b"one ", more=True), part(b"two")) == (
        200,
        {b"content-type": b"text/plain", b"x-method": b"POST"},
        b"/a one two",
    )


def test_a_large_body_and_answer_go_through_a_file(pages: Pages) -> None:
    large = b"x" * (2 * 1024**2)
    assert ask(pages, part(large))[2] == b"/a " + large


def test_a_path_beyond_ascii_reaches_django_as_wsgi_wants_it(pages: Pages) -> None:
    assert ask(pages, part(b""), path="/über")[2].decode() == "/über "


@pytest.mark.parametrize("headers", [[(b"content-length", b"3145729")], []])
def test_a_body_over_the_limit_is_refused_announced_or_not(pages: Pages, headers: list[tuple[bytes, bytes]]) -> None:
    status, _, body = ask(pages, part(b"x" * (3 * 1024**2), more=True), part(b"x"), headers=headers)
    assert (status, body) == (413, b"The request is larger than 3 MiB, which is all that is accepted here.\n")


def test_who_hangs_up_before_the_end_never_takes_a_thread() -> None:
    called: list[object] = []
    pages = Pages(lambda environ, _start: called.append(environ) or [], threads=1, limit=1024)
    assert ask(pages, part(b"x", more=True), {"type": "http.disconnect"}) == (0, {}, b"")
    assert called == []


def test_a_header_with_an_underscore_cannot_pass_for_another() -> None:
    seen: list[str] = []

    def look(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_X_FORWARDED_FOR", "none"))
        start("204 No Content", [])
        return []

    ask(Pages(look, threads=1, limit=1024), part(b""), headers=[(b"x_forwarded_for", b"forged")])
    assert seen == ["none"]


def test_the_body_counts_not_what_was_said_about_it(pages: Pages) -> None:
    assert ask(pages, part(b"four"), headers=[(b"content-length", b"2")])[2] == b"/a four"


def test_a_broken_application_answers_500_and_the_thread_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_environ: dict[str, Any], _start: Callable[..., object]) -> Iterable[bytes]:
        raise RuntimeError("outside Django")

    pages = Pages(broken, threads=1, limit=1024)
    assert [ask(pages, part(b""))[0] for _ in range(2)] == [500, 500]
    assert [record.message for record in caplog.records] == ["A page broke outside Django"] * 2


def test_stalled_uploads_hold_no_thread() -> None:
    """Ten bodies that never end, one thread: another request is answered all the same."""

    async def crowd() -> int:
        pages = Pages(echo, threads=1, limit=1024)
        never = asyncio.Event()
        statuses: list[int] = []

        async def stalled() -> Message:
            await never.wait()
            raise AssertionError

        async def whole() -> Message:
            return part(b"")

        async def send(message: Message) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        scope = {
            "type": "http", "method": "GET", "path": "/", "query_string": b"", "http_version": "1.1", "headers": [],
        }  # fmt: skip
        waiting = [asyncio.ensure_future(pages(scope, stalled, send)) for _ in range(10)]
        await asyncio.sleep(0)
        await asyncio.wait_for(pages(scope, whole, send), 5)
        for each in waiting:
            each.cancel()
        return statuses[0]

    assert asyncio.run(crowd()) == 200


def test_the_answer_is_made_in_a_thread_of_ours() -> None:
    names: list[str] = []

    def look(_environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        names.append(threading.current_thread().name)
        start("200 OK", [])
        return []

    ask(Pages(look, threads=1, limit=1024), part(b""))
    assert names == ["page_0"]
