"""Debian's Postfix in front of Debian's Dovecot, started from their packages with a configuration of their own."""

import imaplib
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "alder-tree"
MX = "mx.kontor.example"
READY_SECONDS = 20
_NOBODY = 65534

_DOVECOT = """
protocols = imap lmtp
base_dir = {folder}/run
log_path = {folder}/dovecot.log
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.crt
ssl_key = <{folder}/server.key
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener auth-client {{
    mode = 0666
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
"""
_MAIN = """
compatibility_level = 3.6
myhostname = {mx}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_spool_directory = {folder}
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
alias_maps =
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:unix:{folder}/run/lmtp
local_recipient_maps =
smtputf8_enable = no
message_size_limit = 100000000
mailbox_size_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/server.crt
smtpd_tls_key_file = {folder}/server.key
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/run/auth-client
"""
_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class MailServers:
    """
    A running pair: where it takes mail (SMTP), where its mailboxes are read (IMAP), and whose certificate it shows.

    Every mailbox of `users` has the password PASSWORD; mail to anybody else in their domains comes back as a report.
    """

    folder: Path
    smtp: int
    imap: int
    imaps: int
    _said: list[str] = field(default_factory=list)

    @property
    def certificate(self) -> str:
        return str(self.folder / "server.crt")

    def send(self, raw: bytes, *, sender: str, to: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as server:
            server.sendmail(sender, [to], raw)

    @contextmanager
    def mailbox(self, user: str) -> Iterator[imaplib.IMAP4]:
        context = ssl.create_default_context(cafile=self.certificate)
        with imaplib.IMAP4_SSL("127.0.0.1", self.imaps, ssl_context=context, timeout=10) as box:
            box.login(user, PASSWORD)
            yield box

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return what lies in a folder, each mail as it came; none where there is no such folder."""
        with self.mailbox(user) as box:
            if box.select(f'"{folder}"', readonly=True)[0] != "OK":
                return []
            numbers = box.search(None, "ALL")[1][0].split()
            return [box.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]  # type: ignore[index,misc]

    def wait_for(self, user: str, count: int, folder: str = "INBOX") -> list[bytes]:
        """Return the mails of a folder once so many are there."""
        until = time.monotonic() + READY_SECONDS
        while len(found := self.mails(user, folder)) < count:
            assert time.monotonic() < until, f"{len(found)} of {count} mails came to {user}: {self.log()}"
            time.sleep(0.02)
        return found

    def empty(self) -> None:
        """Throw away what lies in every mailbox."""
        for box in (self.folder / "mail").glob("*"):
            shutil.rmtree(box)

    def log(self) -> str:
        return "".join(each.read_text(errors="replace")[-3000:] for each in self.folder.glob("*.log"))


def missing() -> str:
    """Return why the servers cannot run here, "" where they can."""
    if os.geteuid() != 0:
        return "Postfix and Dovecot change users, which takes root"
    absent = [name for name in ("postfix", "dovecot") if not shutil.which(name)]
    return f"not installed: {', '.join(absent)} (apt.txt)" if absent else ""


@contextmanager
def running(*users: str) -> Iterator[MailServers]:
    """Run both for these mailboxes until the end; skip where they cannot run."""
    if reason := missing():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="km", dir="/tmp"))
    folder.chmod(0o755)
    servers = MailServers(folder, *_free_ports(3))
    try:
        _configure(servers, users)
        dovecot = subprocess.Popen(["dovecot", "-F", "-c", str(folder / "dovecot.conf")])
        try:
            postfix = ["postfix", "-c", str(folder / "postfix")]
            subprocess.run([*postfix, "start"], check=True, capture_output=True, timeout=60)
            try:
                for port in (servers.smtp, servers.imaps):
                    _wait_for(port, servers)
                yield servers
            finally:
                subprocess.run([*postfix, "abort"], check=False, capture_output=True, timeout=60)
        finally:
            dovecot.terminate()
            dovecot.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(servers: MailServers, users: tuple[str, ...]) -> None:
    folder = servers.folder
    told: Mapping[str, object] = {
        "folder": folder, "smtp": servers.smtp, "imap": servers.imap, "imaps": servers.imaps, "mx": MX,
        "domains": " ".join(sorted({user.partition("@")[2] for user in users})),
    }  # fmt: skip
    _write_certificate(folder)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", _NOBODY, _NOBODY)
    lines = [f"{user}:{{PLAIN}}{PASSWORD}:{_NOBODY}:{_NOBODY}::{folder}/mail/{user}::\n" for user in users]
    (folder / "users").write_text("".join(lines))
    (folder / "dovecot.conf").write_text(_DOVECOT.format(**told))
    for name in ("postfix", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "postfix" / "main.cf").write_text(_MAIN.format(**told))
    (folder / "postfix" / "master.cf").write_text(_MASTER.format(**told))


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), _loopback()]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))


def _loopback() -> x509.IPAddress:
    return x509.IPAddress(ip_address("127.0.0.1"))


def _free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def _wait_for(port: int, servers: MailServers) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(f"Nothing listens on {port}: {servers.log()}")
