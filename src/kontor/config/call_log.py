"""Hands the calls that a web process answers to the access log, those of some seconds at once, in its own thread."""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Collection, MutableMapping
from datetime import datetime
from typing import Any, Final

from kontor.kernel.access_log import Call, call_of
from kontor.kernel.actions.access_log import write_calls

EVERY: Final = 2.0  # seconds
AT_ONCE: Final = 5000
WAITING: Final = 100_000  # more than a database that is away for minutes leaves behind

logger = logging.getLogger(__name__)


class CallLog:
    """
    Notes calls, and writes them down later: no page waits for it, and none breaks where it cannot be written.

    write  takes the calls of a few seconds
    """

    def __init__(self, proxies: Collection[str], write: Callable[[list[Call]], None] = write_calls) -> None:
        self.proxies = proxies
        self._write = write
        self._waiting: queue.Queue[tuple[datetime, str, str, str]] = queue.Queue(WAITING)
        self._stopping = threading.Event()
        self._writer = threading.Thread(target=self._run, name="access log", daemon=True)
        self._writer.start()

    def note(self, scope: MutableMapping[str, Any], at: datetime) -> None:
        """Note a call by its ASGI scope; where the log cannot follow, the call is left out."""
        told = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _READ}
        peer = (scope.get("client") or ("",))[0]
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait((at, peer, told.get(b"x-forwarded-for", ""), told.get(b"user-agent", "")))

    def close(self) -> None:
        """Write what is left, and end."""
        self._stopping.set()
        self._writer.join(timeout=2 * EVERY)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY):
            self._write_waiting()
        self._write_waiting()

    def _write_waiting(self) -> None:
        calls: list[Call] = []
        while len(calls) < AT_ONCE and not self._waiting.empty():
            at, peer, forwarded, agent = self._waiting.get_nowait()
            calls.append(call_of(at=at, peer=peer, forwarded=forwarded, proxies=self.proxies, agent=agent))
        if not calls:
            return
        try:
            self._write(calls)
        except Exception as problem:  # noqa: BLE001  whatever it is, pages go on; the calls' content stays out of it
            logger.warning("%s calls could not be written to the access log: %s", len(calls), type(problem).__name__)


_READ: Final = frozenset({b"x-forwarded-for", b"user-agent"})
