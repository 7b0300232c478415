"""One data folder's server: who uses it, how it starts, and who stops it."""

import contextlib
import fcntl
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from kontor.config.embedded import files
from kontor.config.embedded.account import MAJOR, Account, CannotStartError, binaries, choose, environment

SOCKET_LIMIT = 107  # bytes in sockaddr_un, less its closing zero
START_SECONDS = 60
ROLES = ("postgres", "kontor_owner", "kontor_app", "kontor_dump", "kontor_eraser", "kontor_access")


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server and how to reach it."""

    host: str
    port: int
    passwords: Mapping[str, str]
    warning: str = ""

    def url(self, role: str = "kontor_app", database: str = "kontor") -> str:
        """
        Return the address for a role.

        kontor_app    what pages and jobs use: owns nothing, obeys row security
        kontor_owner  migrations: owns the tables, obeys row security too
        kontor_dump   reads one tenant's own rows for an extract: obeys row security, is never granted shared rows
        kontor_eraser deletes one tenant's rows, final ones too: obeys row security, adds and changes nothing
        kontor_access writes and reads the access log, in the database of that name and in no other
        postgres      superuser: whole dumps and restores, and nothing else
        """
        if self.host.startswith("/"):
            return (
                f"postgresql://{role}@/{database}?{urlencode({'host': self.host, 'port': self.port}, quote_via=quote)}"
            )
        return f"postgresql://{role}:{self.passwords[role]}@{self.host}:{self.port}/{database}"


class Server:
    """
    The server below `var`/pg. `join` starts it or joins it; `leave` stops it when nobody else is left.

    Users are counted by shared locks that the kernel forgets with their process, never by a list of process numbers.
    `settings` are PostgreSQL's own and count only for the process that starts it; `durable=False` is for tests.
    """

    def __init__(
        self,
        var: Path,
        *,
        disguise_allowed: bool = True,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.var = var.resolve()
        files.make_folder(self.var)
        self.account: Account = choose(self.var, disguise_allowed=disguise_allowed)
        self.home = self.var / "pg"  # the checkout owner's: locks, marks, passwords
        self.data = self.home / "data"  # the account's, as is run/
        self.run = self.home / "run"
        self.durable = durable
        self.settings = dict(settings or {})
        self._users: int | None = None

    @property
    def socket_folder(self) -> Path | None:
        """Return the folder of the Unix socket, None where its path is too long and TCP with SCRAM takes its place."""
        longest = len(os.fsencode(self.run / ".s.PGSQL.5432.lock"))
        return self.run if longest <= SOCKET_LIMIT else None

    def __enter__(self) -> Cluster:
        return self.join()

    def __exit__(self, *_problem: object) -> None:
        self.leave()

    def join(self) -> Cluster:
        """Start the server or join those who use it; CannotStartError says why not."""
        try:
            return self._join()
        except BaseException:
            self.leave()
            raise

    def _join(self) -> Cluster:
        files.make_folder(self.home, 0o711)
        files.refuse_foreign(self.home)
        with self._gate():
            for folder in (self.data, self.run):
                if not folder.exists():
                    files.claim(folder, self.account)
            self._users = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            files.like_above(self.home / "users.lock")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            ready = self.home / "ready"
            if not ready.exists():
                self._initialise()
            elif (have := (self.data / "PG_VERSION").read_text().strip()) != MAJOR:
                raise CannotStartError(
                    f"{self.data} was written by PostgreSQL {have} and this Kontor brings {MAJOR}: dump it with the "
                    "Kontor that wrote it (`./kontor db dump`), move the folder away and restore the dump here."
                )
            if not self.alive():
                self._start()
            if not (known := ready.exists() and set(ROLES) <= set(files.passwords(self.home))):
                files.draw_passwords(self.home, ROLES)  # a role that an earlier Kontor did not know gets its own
            cluster = self.cluster()
            if not known:
                files.introduce(cluster)
                ready.touch()
        return cluster

    def leave(self) -> None:
        """Stop using the server, and stop it when this was the last user and nobody asked to keep it."""
        if self._users is None:
            return
        with self._gate():
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # only the last one gets it
                if not self.kept.exists():
                    self.stop()
            os.close(self._users)
            self._users = None

    def revive(self) -> bool:
        """Start the server again where it was killed; True where that was needed. Its users find it where it was."""
        if files.server_lives(self.data):
            return False
        with self._gate():
            if self.alive():
                return False
            for last in (*[False] * 9, True):  # a killed server's children take a moment to notice and go
                try:
                    self._start()
                except CannotStartError:
                    if last:
                        raise
                    time.sleep(1)
                else:
                    break
        return True

    @property
    def log(self) -> Path:
        """Return what the server itself has to say."""
        return self.run / "log"

    @property
    def kept(self) -> Path:
        """Return the mark that `kontor db start` leaves: the server stays up without users."""
        return self.home / "keep"

    def stop(self) -> None:
        """Stop the server at once: open transactions are rolled back, nothing committed is lost."""
        if (self.data / "postmaster.pid").exists():
            self._pg("pg_ctl", "-D", "data", "-m", "fast", "-w", "-s", "stop")

    def alive(self) -> bool:
        """Tell whether it answers; one that is just starting or stopping is waited for."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            where = files.address(self.data)
            if where is None:
                return False
            answer = self._pg(
                "pg_isready", "-q", "-h", where[0], "-p", str(where[1]), "-d", "postgres", "-U", "postgres"
            )
            if answer.returncode != 1:
                return answer.returncode == 0
            time.sleep(0.05)
        return False

    def cluster(self) -> Cluster:
        """Return how to reach the running server."""
        host, port = files.address(self.data) or ("", 0)
        return Cluster(host=host, port=port, passwords=files.passwords(self.home), warning=self.account.warning)

    @contextlib.contextmanager
    def _gate(self) -> Iterator[None]:
        with (self.home / "start.lock").open("w") as gate:
            files.like_above(self.home / "start.lock")
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _pg(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.account.run([binaries() / tool, *arguments], self.home)

    def _must(self, tool: str, *arguments: str) -> None:
        done = self._pg(tool, *arguments)
        if done.returncode:
            said = " ".join([*done.stdout.split(), files.last_complaint(self.log)]).strip()
            raise CannotStartError(f"The embedded PostgreSQL's {tool} failed ({said}); its log is {self.log}.")

    def _initialise(self) -> None:
        if self.data.exists() and any(self.data.iterdir()):  # killed during its very first start
            self._pg("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
            self.data.rename(self.home / f"unfinished-{time.time_ns()}")
        for folder in (self.data, self.run):
            files.claim(folder, self.account)
        password = self.run / "password"
        self.account.write(password, files.draw_passwords(self.home, ROLES)["postgres"])
        locale = ("-E", "UTF8", "--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8")
        entry = (f"--pwfile={password}", "--auth-local=trust", "--auth-host=scram-sha-256")
        hasty = () if self.durable else ("--no-sync",)
        self._must("initdb", "-D", "data", "-U", "postgres", "--no-instructions", *locale, *entry, *hasty)
        password.unlink()
        self.account.write(self.data / "postgresql.conf", "include 'kontor.conf'\n")

    def _start(self) -> None:
        if files.server_lives(self.data):  # yet it does not answer: the checkout was moved while it ran
            self.stop()
        files.take_over((self.data, self.run), self.account)
        files.forget_dead(self.data, self.socket_folder, self.account)
        files.shorten_log(self.log)
        for last in (False, False, True):
            self._configure()
            try:
                self._must("pg_ctl", "-D", "data", "-l", "run/log", "-w", "-t", str(START_SECONDS), "-s", "start")
            except CannotStartError:
                if last or self.socket_folder:  # only a TCP port can have been taken meanwhile
                    raise
            else:
                return

    def _configure(self) -> None:
        folder = self.socket_folder
        address = (
            {"listen_addresses": "", "unix_socket_directories": f'"{folder}"', "port": "5432"}
            if folder
            else {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(self._port())}
        )
        hasty = {} if self.durable else {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        wanted = {"unix_socket_permissions": "0700", "timezone": "UTC", "log_timezone": "UTC", "cluster_name": "kontor"}
        lines = [
            f"{key} = '{value.replace(chr(39), chr(39) * 2)}'\n"
            for key, value in (wanted | address | hasty | self.settings).items()
        ]
        self.account.write(self.data / "kontor.conf", "".join(lines))

    def _port(self) -> int:
        """Return the port of last time where it is still free, so that whoever knows the address can come back."""
        conf = self.data / "kontor.conf"
        noted = re.search(r"^port = '(\d+)'", conf.read_text(), re.MULTILINE) if conf.exists() else None
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", int(noted[1]) if noted else 0))
                return int(probe.getsockname()[1])
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    def psql(self, tool: str, *arguments: str, role: str = "postgres") -> int:
        """Run one of PostgreSQL's own client programs on the running server, attached to this terminal."""
        cluster = self.cluster()
        own = environment() | {"PGPASSWORD": cluster.passwords.get(role, "")}
        where = ["-h", cluster.host, "-p", str(cluster.port), "-U", role]
        return subprocess.run([binaries() / tool, *where, *arguments], env=own, check=False).returncode


def running(
    var: Path,
    *,
    disguise_allowed: bool = True,
    durable: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Server:
    """Return the embedded server of `var`, which runs for the length of a `with` block and yields its Cluster."""
    return Server(var, disguise_allowed=disguise_allowed, durable=durable, settings=settings)
