"""Doing things at the same moment, each on a connection of its own; for tests with committed rows."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Begin all of them together and return what each gave, in their order: its result or its exception."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[place] = work()
        except Exception as error:  # noqa: BLE001  handed to the test
            answers[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def sessions_waiting() -> int:
    """Return how many other sessions of this test's database wait for a lock that somebody holds."""
    return _sessions("wait_event_type = 'Lock'")


def sessions_waiting_for_us() -> int:
    """Return how many sessions wait for a lock that this connection holds."""
    return _sessions("pg_backend_pid() = ANY(pg_blocking_pids(pid))")


def sessions_writing() -> int:
    """Return how many other sessions have written something and not yet ended their transaction."""
    return _sessions("backend_xid IS NOT NULL AND pid <> pg_backend_pid()")


def _sessions(that: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it would stand still
        cursor.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {that}")  # noqa: S608  our own words
        return int(cursor.fetchone()[0])


def wait_for(happened: Callable[[], object], seconds: float = 120) -> None:
    """Look again and again until it has happened; AssertionError where it does not in time."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.02)
