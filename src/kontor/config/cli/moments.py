"""The base and the write-ahead log of the embedded database: taken from it, and led to a moment beside it."""

import fcntl
import io
import shutil
import subprocess
import tarfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from kontor.config import backups, installation, wal
from kontor.config.embedded import CannotStartError, Cluster, Server, account, files
from kontor.config.refusals import RefusedError
from kontor.kernel import age

SLOT: Final = "kontor_backup"
KEPT_FOR_US: Final = "8GB"  # of log that nobody fetched; then the slot is lost rather than the disk full
LED: Final = "led"
PAUSE: Final = 0.05
GZIP: Final = 31  # zlib's widest window, with gzip's head


def follows(db: psycopg.Connection[Any]) -> bool:
    """Tell whether the database keeps its log for the archive; RefusedError where it had to let go of it."""
    found = db.execute("SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone()
    if found == ("lost",):
        raise RefusedError(
            f"The archive did not fetch the database's log for more than {KEPT_FOR_US}, which has a hole now: "
            "`kontor backup --base` begins it anew."
        )
    return found is not None


def follow(db: psycopg.Connection[Any]) -> None:
    """Have the database keep its log until the archive has it; an archive with a hole begins anew."""
    db.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
               " WHERE slot_name = %s AND wal_status = 'lost'", [SLOT])  # fmt: skip
    if not follows(db):
        db.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
    db.execute(f"ALTER SYSTEM SET max_slot_wal_keep_size = '{KEPT_FOR_US}'")
    db.execute("SELECT pg_reload_conf()")


def unfollow(db: psycopg.Connection[Any]) -> None:
    """Let the database keep no log for an archive that has no base any more."""
    db.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [SLOT])


def based(db: psycopg.Connection[Any], url: str, growing: Path, recipients: list[age.Recipient]) -> dict[str, str]:
    """Write the base into a backup that grows; return in which segment it begins and when it was done."""
    (first,) = db.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone() or ("",)
    address, told = installation.apart(url)
    program = str(account.binaries() / "pg_basebackup")
    command = [program, "-D", "-", "-Ft", "-X", "none", "-c", "fast", "--no-manifest", "-d", address]
    with subprocess.Popen(command, env=told, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as copying:
        assert copying.stdout is not None
        backups.write_encrypted(growing / wal.BASE, _smaller(backups.chunks(copying.stdout)), recipients)
    if copying.returncode:
        raise RefusedError("pg_basebackup did not finish; the lines above say why, and there is no backup.")
    (done,) = db.execute("SELECT clock_timestamp()").fetchone() or (None,)
    assert done is not None
    return {"first": first, "done_at": done.astimezone(UTC).isoformat()}


def fetched(db: psycopg.Connection[Any], url: str, where: Path, recipients: list[age.Recipient]) -> datetime:
    """Bring the archive up to this moment and return it; whoever else does just now is waited for."""
    (where / wal.FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    spool = installation.private_folder("wal")
    with (installation.var() / "wal.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        _free(db)
        for begun in spool.glob("*.partial"):  # by whoever was killed: of any size, and never continued
            begun.unlink()
        until, end, last = _cut(db)
        address, told = installation.apart(url)
        program = str(account.binaries() / "pg_receivewal")
        command = [program, "-D", str(spool), "--slot", SLOT, "--endpos", end, "--no-loop", "-d", address]
        done = subprocess.run(command, env=told, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise installation.failed("The database's log could not be fetched", done.stdout + done.stderr)
        for segment in sorted(spool.iterdir()):
            if wal.SEGMENT.fullmatch(segment.name):
                wal.archived(where, segment, recipients)
            else:
                segment.unlink()  # the one that has only begun: fetched whole, from its start, the next time
        wal.note_reach(where, until=until, last=last)
    return until


def _free(db: psycopg.Connection[Any]) -> None:
    """End the sending to whoever fetched before us and was killed: the database would notice a minute later."""
    held = "SELECT active_pid FROM pg_replication_slots WHERE slot_name = %s AND active"
    while found := db.execute(held, [SLOT]).fetchone():
        db.execute("SELECT pg_terminate_backend(%s)", found)
        time.sleep(PAUSE)


def _cut(db: psycopg.Connection[Any]) -> tuple[datetime, str, str]:
    """
    End the segment that is written; return the moment that lies in it, where the segment ends, and its name.

    A transaction of our own is committed after the moment, since a server that is led to one stops at the first commit
    that is later and would otherwise say that it never got there.
    """
    (until,) = db.execute("SELECT clock_timestamp()").fetchone() or (None,)
    assert until is not None
    db.execute("SELECT pg_current_xact_id()")
    found = db.execute("SELECT lsn::text, pg_walfile_name(lsn) FROM pg_current_wal_insert_lsn() lsn").fetchone()
    db.execute("SELECT pg_switch_wal()")
    lies, last = found or ("0/0", "")
    moment: datetime = until.astimezone(UTC)
    return moment, _last_byte(lies), last


def _last_byte(lies: str) -> str:
    """Return where the segment of a place in the log ends: whoever fetches up to an earlier place gets half of it."""
    high, low = (int(part, 16) for part in lies.split("/"))
    return f"{high:X}/{low // wal.SEGMENT_BYTES * wal.SEGMENT_BYTES + wal.SEGMENT_BYTES - 1:X}"


@contextmanager
def led_to(at: datetime, found: wal.Reach, where: Path, key: age.Identity) -> Iterator[Cluster]:
    """Yield a database of its own, beside the one that runs, as that one was at a moment; it goes with the block."""
    beside = installation.var() / LED
    if beside.exists():  # one that was killed
        Server(beside).stop()
        shutil.rmtree(beside)
    home = beside / "pg"
    server = _laid_out(beside, at)
    try:
        try:
            with tarfile.open(fileobj=io.BufferedReader(_Stream(found.base.open(wal.BASE, key))), mode="r|gz") as base:
                base.extractall(server.data, filter="data")
        except age.AgeError as error:
            raise RefusedError(f"{found.base.folder / wal.BASE}: {error} Nothing was changed.") from error
        server.data.chmod(0o700)
        for name in found.segments:
            (home / "wal" / name).write_bytes(wal.opened(where, name, key))
        (server.data / "recovery.signal").touch()
        (home / "ready").touch()
        files.take_over((home / "wal",), server.account)
        try:
            cluster = server.join()
            _arrived(server, cluster)
        except CannotStartError as error:
            raise RefusedError(f"The database could not be led to {at:{wal.SPOKEN}}. {error}") from error
        yield cluster
    finally:
        server.leave()  # the last who uses it, so it stops
        shutil.rmtree(beside, ignore_errors=True)


def _arrived(server: Server, cluster: Cluster) -> None:
    """Wait until the server is at its moment and lets somebody in; CannotStartError where it gave up."""
    while True:
        try:
            psycopg.connect(cluster.url("postgres")).close()
        except psycopg.OperationalError:
            if not files.server_lives(server.data):
                raise CannotStartError(files.last_complaint(server.log)) from None
            time.sleep(PAUSE)
        else:
            return


def _laid_out(beside: Path, at: datetime) -> Server:
    """Return the server that will be led to a moment, its folders made; its log lies in `wal` beside its data."""
    home = beside / "pg"
    settings = {
        "restore_command": f'cp "{home / "wal"}/%f" "%p"', "recovery_target_time": at.isoformat(),
        "recovery_target_action": "promote", "recovery_target_timeline": "current", "hot_standby": "off",
    }  # fmt: skip
    server = Server(beside, durable=False, settings=settings)
    files.make_folder(home, 0o711)
    for folder in (server.data, home / "wal"):
        folder.mkdir(mode=0o700)
    shutil.copy(installation.var() / "pg" / "passwords.json", home / "passwords.json")
    return server


def _smaller(clear: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what was given as gzip, as fast as it goes."""
    packing = zlib.compressobj(wal.FASTEST, wbits=GZIP)
    for data in clear:
        yield packing.compress(data)
    yield packing.flush()


class _Stream(io.RawIOBase):
    """What yields bytes, read as a file."""

    def __init__(self, clear: Iterator[bytes]) -> None:
        self._clear, self._left = clear, b""

    def readable(self) -> bool:
        """Tell that it is read."""
        return True

    def readinto(self, into: Any) -> int:
        """Fill a buffer with what is there; 0 at the end."""
        while not self._left:
            try:
                self._left = next(self._clear)
            except StopIteration:
                return 0
        taken = self._left[: len(into)]
        into[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)
