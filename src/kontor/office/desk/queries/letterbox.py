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

from imap_tools import BaseMailBox, MailMessageFlags
from imap_tools.errors import ImapToolsError, MailboxStarttlsError
from imap_tools.utils import check_command_status

from kontor.kernel.reaching import SECONDS, connected
from kontor.office.desk.queries.explaining import LetterboxError, explained

__all__ = ["Access", "Letterbox", "LetterboxError", "Waiting", "opened"]

IMAPS: Final = 993
_SIZE: Final = b"RFC822.SIZE "


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """
    How to get at a mailbox.

    moves  read mail goes to `done` and `unreadable`, else it is marked where it lies
    inner  it may stand in an inner network, which is for whoever runs the installation alone
    """

    host: str
    port: int
    tls: bool
    user: str
    password: str
    folder: str
    moves: bool = True
    done: str = ""
    unreadable: str = ""
    inner: bool = False


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
        box: Any = _Box(access)
    try:
        with _explained(access):
            box.login(access.user, access.password, initial_folder=None)
            box.folder.set(access.folder)
            letterbox = Letterbox(box, access)
        yield letterbox
    finally:
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()


class _Box(BaseMailBox):
    """A mailbox at an address of its host that was judged; always encrypted."""

    def __init__(self, access: Access) -> None:
        self._access = access
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        context = ssl.create_default_context()
        if self._access.tls:
            return _Encrypted(self._access, context)
        client = _Plain(self._access)
        check_command_status(client.starttls(context), MailboxStarttlsError)
        return client


class _Plain(imaplib.IMAP4):
    def __init__(self, access: Access) -> None:
        self._inner = access.inner
        super().__init__(access.host, access.port, SECONDS)

    def _create_socket(self, timeout: float) -> socket.socket:
        return connected(self.host, self.port, inner=self._inner, seconds=timeout)


class _Encrypted(imaplib.IMAP4_SSL):
    def __init__(self, access: Access, context: ssl.SSLContext) -> None:
        self._inner = access.inner
        super().__init__(access.host, access.port, ssl_context=context, timeout=SECONDS)

    def _create_socket(self, timeout: float) -> socket.socket:
        plain = connected(self.host, self.port, inner=self._inner, seconds=timeout)
        encrypted: socket.socket = self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        return encrypted


@contextmanager
def _explained(access: Access) -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ImapToolsError, UnicodeError) as error:
        raise explained(
            error, host=access.host, port=access.port, user=access.user, tls_port=IMAPS, folder=access.folder
        ) from error
