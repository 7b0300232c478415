"""A mailbox on its server, by IMAP (RFC 9051): what waits there, its bytes, and putting away what was read."""

import imaplib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailMessageFlags
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxFolderStatusError,
    MailboxLoginError,
    MailboxStarttlsError,
)

from kontor.rulebook.ruling import Text

SECONDS: Final = 15.0
_SIZE: Final = b"RFC822.SIZE "


# The first that fits counts: what is more special stands before what it is a kind of.
_EXPLAINED: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (socket.gaierror, "Einen Rechner namens {host} gibt es nicht.", "There is no computer called {host}."),
    (ssl.SSLCertVerificationError, "Das Zertifikat von {place} gilt nicht: {said}.",
     "The certificate of {place} is not valid: {said}."),
    (ssl.SSLError, "{place} spricht kein TLS: wählen Sie STARTTLS oder den Port 993.",
     "{place} does not speak TLS: choose STARTTLS, or port 993."),
    (TimeoutError, "{place} antwortet nicht: lässt die Firewall uns durch?",
     "{place} does not answer: does the firewall let us through?"),
    (ConnectionRefusedError, "{place} nimmt keine Verbindung an: stimmt der Port?",
     "{place} takes no connection: is the port right?"),
    (MailboxLoginError, "{place} lässt {user} nicht herein: {said}", "{place} does not let {user} in: {said}"),
    (MailboxFolderSelectError, "Den Ordner {folder} gibt es dort nicht.", "There is no folder {folder} there."),
    (MailboxFolderStatusError, "Den Ordner {folder} gibt es dort nicht.", "There is no folder {folder} there."),
    (MailboxStarttlsError, "{place} bietet kein STARTTLS an.", "{place} does not offer STARTTLS."),
    (Exception, "{place} sagt: {said}", "{place} says: {said}"),
)  # fmt: skip


class LetterboxError(Exception):
    """The mailbox cannot be read; `text` says what came back and what to do, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to get at a mailbox. moves: read mail goes to `done` and `unreadable`, else it is marked where it lies."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    folder: str
    moves: bool = True
    done: str = ""
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that lies there: its UID, its size in bytes, and when the server had it."""

    uid: int
    size: int
    arrived: datetime


class Letterbox:
    """An open mailbox; every method raises LetterboxError where the server does not go along."""

    def __init__(self, box: BaseMailBox, access: Access) -> None:
        self._box, self._access = box, access
        status = box.folder.status(access.folder, ["UIDVALIDITY", "MESSAGES"])
        self.validity, self.messages = int(status["UIDVALIDITY"]), int(status["MESSAGES"])
        self.tells = "IDLE" in {str(each).upper() for each in box.client.capabilities}

    def waiting(self, first: int, since: datetime, at_most: int) -> list[Waiting]:
        """Return the mails from a UID on that came since a moment, the oldest first."""
        with _explained(self._access):
            self._box.client.noop()  # what came meanwhile is seen from here on
            found = (int(uid) for uid in self._box.uids(f"UID {first}:*"))
            uids = sorted(uid for uid in found if uid >= first)  # n:* names the last mail even where it is older
            rows: list[Waiting] = []
            for start in range(0, len(uids), 500):
                rows += self._told(uids[start : start + 500])
                rows = [row for row in rows if row.arrived >= since]
                if len(rows) >= at_most:
                    break
            return rows[:at_most]

    def _told(self, uids: Iterable[int]) -> Iterator[Waiting]:
        wanted = ",".join(map(str, uids))
        _status, lines = self._box.client.uid("FETCH", wanted, "(UID RFC822.SIZE INTERNALDATE)")
        for line in lines:
            told = line if isinstance(line, bytes) else b"".join(line or ())
            moment = imaplib.Internaldate2tuple(told)
            if moment is None or _SIZE not in told:
                continue
            size = int(told.partition(_SIZE)[2].split(b" ", 1)[0].rstrip(b")"))
            uid = int(told.partition(b"UID ")[2].split(b" ", 1)[0].rstrip(b")"))
            yield Waiting(uid, size, datetime.fromtimestamp(time.mktime(moment), UTC))

    def content(self, uid: int, at_most: int | None = None) -> bytes:
        """Return a mail as it came, or its beginning; b"" where it is gone. It stays unseen."""
        part = "BODY.PEEK[]" if at_most is None else f"BODY.PEEK[]<0.{at_most}>"
        with _explained(self._access):
            _status, pieces = self._box.client.uid("FETCH", str(uid), part)
            return next((each[1] for each in pieces if isinstance(each, tuple)), b"")

    def put_away(self, uid: int, *, readable: bool) -> None:
        """Move a mail out of the way, or mark it where it lies; what could not be read is kept apart or flagged."""
        with _explained(self._access):
            if self._access.moves:
                self._box.move(str(uid), self._access.done if readable else self._access.unreadable)
                return
            flags = [MailMessageFlags.SEEN] if readable else [MailMessageFlags.SEEN, MailMessageFlags.FLAGGED]
            self._box.flag(str(uid), flags, True)

    def make_folders(self) -> None:
        """Make the folders into which mail is moved, where they are not there."""
        with _explained(self._access):
            for name in (self._access.done, self._access.unreadable) if self._access.moves else ():
                if not self._box.folder.exists(name):
                    self._box.folder.create(name)

    def wait(self, seconds: float) -> bool:
        """Wait until the server tells of a new mail (RFC 2177), and say whether it did."""
        with _explained(self._access):
            return any(line.endswith(b"EXISTS") for line in self._box.idle.wait(timeout=seconds))


@contextmanager
def opened(access: Access) -> Iterator[Letterbox]:
    """Sign in and open the folder; LetterboxError says what came back."""
    with _explained(access):
        box: Any = _connected(access)
    try:
        with _explained(access):
            box.login(access.user, access.password, initial_folder=None)
            box.folder.set(access.folder)
            letterbox = Letterbox(box, access)
        yield letterbox
    finally:
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()


def _connected(access: Access) -> BaseMailBox:
    context = ssl.create_default_context()
    if access.tls:
        return MailBox(access.host, access.port, timeout=SECONDS, ssl_context=context)
    return MailBoxStartTls(access.host, access.port, timeout=SECONDS, ssl_context=context)


@contextmanager
def _explained(access: Access) -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ImapToolsError, UnicodeError) as error:
        raise LetterboxError(_why(error, access)) from error


def _why(error: Exception, access: Access) -> Text:
    """Return what came back, and what to do about it."""
    told = {
        "place": f"{access.host}:{access.port}",
        "said": _said(error),
        "host": access.host,
        "user": access.user,
        "folder": access.folder,
    }
    for kind, german, english in _EXPLAINED:
        if isinstance(error, kind):
            return Text(german.format(**told), english.format(**told))
    raise AssertionError("every error is an Exception")


def _said(error: Any) -> str:
    """Return the server's words: out of its answer, out of its certificate, or what the error says by itself."""
    answer = getattr(error, "command_result", None)
    if answer and answer[1]:
        return bytes(answer[1][0] or b"").decode("utf-8", "replace")[:200]
    return str(getattr(error, "verify_message", "") or error)[:200] or type(error).__name__
