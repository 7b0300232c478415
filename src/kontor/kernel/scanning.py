"""
Asking a malware scanner about some bytes: clamd's INSTREAM command, over TCP or a Unix socket (clamd(8), "COMMANDS").

The command ends in a zero byte; then come chunks, each after its length in four bytes, the highest first; a length of
zero ends them. The answer is "stream: OK", or "stream: <name> FOUND", or a sentence that ends in "ERROR".
"""

import socket
from dataclasses import dataclass
from typing import Final

from django.conf import settings

CHUNK: Final = 64 * 1024  # bytes
PATIENCE: Final = 60  # seconds that the scanner may take over one chunk or its answer
_LONGEST: Final = 4096  # bytes of an answer


class ScannerError(Exception):
    """The scanner could not be asked, or did not say whether it is clean: nobody may open what was asked about."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner says: the name of what it found, "" for nothing."""

    signature: str

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.signature


def has_scanner() -> bool:
    """Tell whether this installation names a scanner."""
    return bool(settings.KONTOR_CLAMD)


def scan(data: bytes) -> Verdict:
    """
    Return the scanner's verdict on some bytes; ScannerError where it gives none.

    Where no scanner is named it is an error to ask: `has_scanner` first.
    """
    try:
        with _connected(settings.KONTOR_CLAMD) as line:
            line.sendall(b"zINSTREAM\0")
            for first in range(0, len(data), CHUNK):
                part = data[first : first + CHUNK]
                line.sendall(len(part).to_bytes(4, "big") + part)
            line.sendall(bytes(4))
            answer = _answer(line)
    except OSError as error:
        raise ScannerError(str(error)) from error
    return _read(answer)


def _connected(address: str) -> socket.socket:
    """Connect to "host:port", or to the Unix socket whose path begins with "/"."""
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        line.connect(address)
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE)


def _answer(line: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\0") and len(found) < _LONGEST:
        part = line.recv(_LONGEST)
        if not part:
            break
        found += part
    return found


def _read(answer: bytes) -> Verdict:
    said = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if said == "stream: OK":
        return Verdict("")
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return Verdict(said.removeprefix("stream: ").removesuffix(" FOUND"))
    raise ScannerError(said or "no answer")
