"""A running Kontor and a person in front of it: real pages, real worker, real browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests import databases, serving
from tests.places import places, toml

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's driver runs a loop in this thread; our queries do not
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def kontor(
    transactional_db: None, worker_database: databases.WorkerDatabase, tmp_path: Path, settings: Any
) -> Iterator[str]:
    """Run pages and background work on this test's database, as the demo does; yield the address."""
    settings.KONTOR_DEMO = True
    settings.KONTOR_BLOBS = tmp_path / "blobs"
    settings.KONTOR_PLACES = places(tmp_path)
    told = {
        "DATABASE_URL": worker_database.url,
        "KONTOR_DEMO": "1",
        "KONTOR_HOSTS": "127.0.0.1,localhost",
        "KONTOR_BLOBS": str(tmp_path / "blobs"),
        "KONTOR_PLACES": toml(tmp_path),
    }
    with serving.web(told) as address:
        settings.KONTOR_BASE_URL = address
        own = {**os.environ, **told, "KONTOR_BASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        worker = subprocess.Popen([sys.executable, "-m", "kontor.config.worker"], env={**own, "PYTHONPATH": "."})
        try:
            yield address
        finally:
            worker.terminate()
            worker.wait(30)


def is_problem(message: ConsoleMessage) -> bool:
    """
    Tell whether the console says that something is wrong.

    Not that a page was left while it was asking for news: htmx calls that an error too. What really fails it also calls
    htmx:sendError or htmx:responseError.
    """
    left = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    return message.type == "error" and not left


@pytest.fixture
def page(browser: Browser, kontor: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser window of its own; `@pytest.mark.parametrize("page", [{...}], indirect=True)` sets width and theme."""
    given = {"locale": "de-DE", "viewport": {"width": 1280, "height": 900}} | getattr(request, "param", {})
    context = browser.new_context(base_url=kontor, **given)
    context.set_default_timeout(20_000)
    context.add_init_script(path=Path(__file__).with_name("oldest.js"))
    opened = context.new_page()
    problems: list[str] = []
    hosts: set[str | None] = set()  # compatibility code too comes from here: no page asks a foreign host (SD-036)
    opened.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname))
    opened.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []
    assert hosts <= {urlsplit(kontor).hostname, None}
