"""Where this installation keeps what it writes, and what its processes are told about it."""

import json
import os
import secrets
import sys
from pathlib import Path

import psycopg
from psycopg import conninfo

from kontor.config import environment
from kontor.config.embedded import Cluster
from kontor.config.embedded.files import ACCESS_LOG
from kontor.config.refusals import RefusedError

SOURCE = Path(__file__).resolve().parent.parent
CHECKOUT = SOURCE.parent.parent
OLDEST_POSTGRESQL = 15
POOL = 4  # connections a web process keeps: two threads' pages, and live pages' reads between them

# Invented like everybody in the demo; where its database lies, which is wherever this runs, is declared nowhere.
DEMO_PLACES = """
[[place]]
key = "frankfurt"
holds = ["files"]
country = "DE"
partner = "Rechenhaus GmbH, Frankfurt am Main"
agreement = "AVV 4711"
agreed_on = 2026-01-15
safeguard = "Standardvertragsklauseln, Art. 46 (2) (c) DSGVO"
sees_logs = true
folder = "{here}"

[[place]]
key = "oslo"
holds = ["files"]
country = "NO"
partner = "Fjordlager AS, Oslo"
agreement = "DBA 12"
agreed_on = 2026-02-01
folder = "{there}"
"""


def var() -> Path:
    """Return the folder of all that is written here: KONTOR_VAR, else `var` in the checkout or the current folder."""
    if given := os.environ.get("KONTOR_VAR"):
        return Path(given).resolve()
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / "var"


def private_folder(*parts: str) -> Path:
    """Return a folder below var that only this account may read, made where it is missing."""
    folder = var().joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def own_secrets() -> dict[str, str]:
    """Return the secrets drawn for this checkout's demo; drawn once."""
    file = private_folder("demo") / "secrets.json"
    if not file.exists():
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        drawn = {"KONTOR_SECRET_KEY": secrets.token_urlsafe(48), "KONTOR_MASTER_KEY": secrets.token_hex(32)}
        fresh.write_text(json.dumps(drawn))
        fresh.replace(file)
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def demo_environment(cluster: Cluster, address: str) -> dict[str, str]:
    """Return what the demo's processes are told."""
    return {
        **own_secrets(),
        "KONTOR_DEMO": "1",
        "KONTOR_BASE_URL": address,
        "KONTOR_HOSTS": "localhost,127.0.0.1,[::1]",
        "KONTOR_BLOBS": str(private_folder("demo", "blobs")),
        "KONTOR_PLACES": DEMO_PLACES.format(here=private_folder("demo", "blobs"), there=private_folder("demo", "oslo")),
        "KONTOR_DB_POOL": str(POOL),
        **database_environment(cluster),
    }


def told_environment(cluster: Cluster) -> dict[str, str]:
    """
    Return what a command beside the embedded database is told: the operator's own keys and folders, else the demo's.

    Whoever ever said one of them, or served from this folder with them, says all of them: with the demo's keys nothing
    of theirs would open. RefusedError names what is missing.
    """
    own = [name for name in environment.REQUIRED if name != "DATABASE_URL"]
    if not any(environment.optional(name) for name in own) and not _marker().exists():
        return demo_environment(cluster, "http://127.0.0.1")
    require(*own)
    return {"KONTOR_DB_POOL": environment.optional("KONTOR_DB_POOL", str(POOL)), **database_environment(cluster)}


def mark_own_keys() -> None:
    """Remember that the embedded database is served with the operator's own keys: the demo's are wrong from now on."""
    _marker().touch(mode=0o600)


def _marker() -> Path:
    return var() / "own-keys"


def database_environment(cluster: Cluster) -> dict[str, str]:
    """Return the addresses of the embedded database."""
    return {
        "DATABASE_URL": cluster.url("kontor_app"),
        "DATABASE_OWNER_URL": cluster.url("kontor_owner"),
        "DATABASE_ERASER_URL": cluster.url("kontor_eraser"),
        "DATABASE_ACCESS_URL": cluster.url("kontor_access", ACCESS_LOG),
        "DJANGO_SETTINGS_MODULE": "kontor.config.settings",
    }


def apart(url: str) -> tuple[str, dict[str, str]]:
    """
    Return an address as PostgreSQL's programs take it, without its password, and the variables that tell it instead.

    Everybody on a machine may read the command lines of what runs there; nobody else reads a process's variables.
    """
    parts = conninfo.conninfo_to_dict(url)
    password = parts.pop("password", None)
    told = {"PGPASSWORD": str(password)} if password else {}
    return conninfo.make_conninfo("", **parts), {**os.environ, **told}


def require(*names: str) -> None:
    """RefusedError with one sentence for each variable that is missing."""
    absent = [environment.missing(name) for name in names if not environment.optional(name)]
    if absent:
        raise RefusedError(*absent)


def place(url: str) -> str:
    """Return host, port and name of a database, without its password."""
    parts = conninfo.conninfo_to_dict(url)
    return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


def check_database(variable: str) -> None:
    """RefusedError where the database named by a variable is down, too old, or its role could ignore row security."""
    url = environment.required(variable)
    try:
        with psycopg.connect(url, connect_timeout=5) as db:
            version = db.info.server_version // 10000
            mighty = db.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()[-1].strip()
        raise RefusedError(
            f"The database at {place(url)} does not answer ({said}): start it, or correct {variable}."
        ) from error
    except psycopg.ProgrammingError as error:
        raise RefusedError(f"{variable} is no PostgreSQL address ({str(error).strip()}).") from error
    if version < OLDEST_POSTGRESQL:
        raise RefusedError(
            f"The database at {place(url)} is PostgreSQL {version} and Kontor needs {OLDEST_POSTGRESQL}: upgrade it."
        )
    if variable == "DATABASE_URL" and mighty == (True,):
        raise RefusedError(
            "DATABASE_URL names a role that row security does not bind, so one customer could see another's data: "
            "create the roles that `kontor db roles` prints and name kontor_app."
        )


def failed(what: str, said: str) -> RefusedError:
    """Return the refusal for a program that ended badly: its last line, and where all of them are kept."""
    log = private_folder("log") / "failed"
    log.write_text(said)
    last = (said.strip().splitlines() or ["it said nothing"])[-1]
    return RefusedError(f"{what} ({last}); all that was said is in {log}.")


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python."""
    return [sys.executable, *arguments]
