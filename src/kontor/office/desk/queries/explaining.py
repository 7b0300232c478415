"""What a mail server says when it does not go along, in words that tell what to do about it."""

import smtplib
import socket
import ssl
from typing import Any, Final

from imap_tools.errors import (
    MailboxFolderSelectError,
    MailboxFolderStatusError,
    MailboxLoginError,
    MailboxStarttlsError,
)

from kontor.kernel.reaching import InnerAddressError
from kontor.rulebook.ruling import Text

# The first that fits counts: what is more special stands before what it is a kind of.
_EXPLAINED: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (socket.gaierror, "Einen Rechner namens {host} gibt es nicht.", "There is no computer called {host}."),
    (InnerAddressError, "{host} liegt in einem inneren Netz und ist von hier nicht erreichbar.",
     "{host} lies in an inner network and cannot be reached from here."),
    (ssl.SSLCertVerificationError, "Das Zertifikat von {place} gilt nicht: {said}.",
     "The certificate of {place} is not valid: {said}."),
    (ssl.SSLError, "{place} spricht kein TLS: wählen Sie STARTTLS oder den Port {tls_port}.",
     "{place} does not speak TLS: choose STARTTLS, or port {tls_port}."),
    (TimeoutError, "{place} antwortet nicht: lässt die Firewall uns durch?",
     "{place} does not answer: does the firewall let us through?"),
    (ConnectionRefusedError, "{place} nimmt keine Verbindung an: stimmt der Port?",
     "{place} takes no connection: is the port right?"),
    (MailboxLoginError, "{place} lässt {user} nicht herein: {said}", "{place} does not let {user} in: {said}"),
    (smtplib.SMTPAuthenticationError, "{place} lässt {user} nicht herein: {said}",
     "{place} does not let {user} in: {said}"),
    (MailboxFolderSelectError, "Den Ordner {folder} gibt es dort nicht.", "There is no folder {folder} there."),
    (MailboxFolderStatusError, "Den Ordner {folder} gibt es dort nicht.", "There is no folder {folder} there."),
    (MailboxStarttlsError, "{place} bietet kein STARTTLS an.", "{place} does not offer STARTTLS."),
    (smtplib.SMTPNotSupportedError, "{place} bietet nicht an, was nötig ist: {said}",
     "{place} does not offer what is needed: {said}"),
    (Exception, "{place} sagt: {said}", "{place} says: {said}"),
)  # fmt: skip


class LetterboxError(Exception):
    """A mail server does not go along; `text` says what came back and what to do, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def explained(error: Exception, *, host: str, port: int, user: str, tls_port: int, folder: str = "") -> LetterboxError:
    """Return what came back, and what to do about it."""
    told = {
        "place": f"{host}:{port}", "said": _said(error), "host": host, "user": user, "folder": folder,
        "tls_port": tls_port,
    }  # fmt: skip
    german, english = next((german, english) for kind, german, english in _EXPLAINED if isinstance(error, kind))
    return LetterboxError(Text(german.format(**told), english.format(**told)))


def _said(error: Any) -> str:
    """Return the server's words: out of its answer, out of its certificate, or what the error says by itself."""
    answer = getattr(error, "command_result", None)
    if answer and answer[1]:
        return bytes(answer[1][0] or b"").decode("utf-8", "replace")[:200]
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"[:200]
    return str(getattr(error, "verify_message", "") or error)[:200] or type(error).__name__
