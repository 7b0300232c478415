"""What one open page is told: events in their order, and of each part only the newest drawing."""

import asyncio
import json
import uuid
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

AT_ONCE: Final = 200
QUEUE: Final = 5 * AT_ONCE  # a slower reader is sent away and resumes by number


@dataclass(frozen=True, slots=True)
class Happening:
    """What a page may know of an event."""

    number: int
    kind: str

    def line(self) -> bytes:
        """Return it as one server-sent event."""
        return f"id: {self.number}\nevent: {self.kind}\ndata: {self.number}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Renewed:
    """A part of the page was drawn anew."""

    address: str


@dataclass(eq=False, slots=True)
class Stream:
    """
    One open page: what waits for it, and the last number it was given.

    session, scope  whose page it is, and the request that opened the stream
    parts           by address, which of its parts are sent to it: the key under which others see the same
    drawn           by address, the newest drawing that it was not sent yet
    """

    tenant: uuid.UUID
    position: int
    session: str = ""
    scope: MutableMapping[str, Any] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    waiting: "asyncio.Queue[Happening | Renewed | None]" = field(default_factory=lambda: asyncio.Queue(QUEUE))
    ended: bool = False

    def offer(self, happenings: Iterable[Happening]) -> None:
        """Queue what is newer than the stream's position; a full queue ends the stream once it is read to its end."""
        for happening in happenings:
            if self.waiting.full():
                self.end()
            if not self.ended and happening.number > self.position:
                self.waiting.put_nowait(happening)
                self.position = happening.number

    def renew(self, address: str, html: str) -> None:
        """Send a part's newest drawing; one that still waits is never sent."""
        waits = address in self.drawn
        if self.ended or (self.waiting.full() and not waits):
            self.end()
            return
        self.drawn[address] = html
        if not waits:
            self.waiting.put_nowait(Renewed(address))

    def next(self, item: "Happening | Renewed | None") -> bytes:
        """Return what is sent for an item that waited: nothing at the end."""
        match item:
            case Happening():
                return item.line()
            case Renewed(address):
                told = json.dumps({"part": address, "html": self.drawn.pop(address)})
                return f"event: k-part\ndata: {told}\n\n".encode()
        return b""

    def end(self) -> None:
        """Let the stream end after what already waits; the rest is read again when the browser returns."""
        self.ended = True
        if not self.waiting.full():
            self.waiting.put_nowait(None)
