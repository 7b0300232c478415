"""What this installation is told from outside: environment variables, or files named by NAME_FILE, and nothing else."""

import os
import uuid
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import conninfo

REQUIRED = {
    "DATABASE_URL": "the PostgreSQL database, as the role that owns nothing",
    "KONTOR_SECRET_KEY": "the secret that signs sessions and links",
    "KONTOR_MASTER_KEY": "the key (64 hex digits) that wraps each tenant's key",
    "KONTOR_BASE_URL": "the address people type, such as https://kontor.example",
    "KONTOR_BLOBS": "the folder where files are kept",
}

OPTIONAL = {
    "DATABASE_DUMP_URL": "the database as the role that reads everything and writes nothing, for `kontor db dump`",
    "DATABASE_ACCESS_URL": "the access log's own database, as its own role; without it no call is logged",
    "DATABASE_ERASER_URL": "the database as the role that erases, without which nothing that is final can be erased",
    "DATABASE_OWNER_URL": "the database as the role that owns the tables, for `kontor db migrate`",
    "KONTOR_APP_ROLE": "the name of the application's role in the database",
    "KONTOR_BACKUP_DAYS": "after how many days the last backup that holds something erased is overwritten",
    "KONTOR_BACKUPS": "the folder of backups; otherwise backups/ in KONTOR_VAR",
    "KONTOR_BACKUP_RECIPIENT": "the age keys, by commas, for which backups are encrypted",
    "KONTOR_CARD_KEY": "the secret key of the card processor (Stripe); without it cards are not offered",
    "KONTOR_CARD_WEBHOOK": "the secret that signs the card processor's messages",
    "KONTOR_DB_POOL": "connections kept open by each process",
    "KONTOR_CLAMD": "the malware scanner: host:port of clamd, or its socket's path; without one nothing is scanned",
    "KONTOR_COOKIES": "what is offered beyond the necessary cookies: analysis; empty for nothing, then nobody is asked",
    "KONTOR_RESTORE_MINUTES": "within how many minutes a restore that is tried out must come back; otherwise 240",
    "KONTOR_PLACES": "where data lies, as TOML: places with country, hosting partner and agreement",
    "KONTOR_S3_KEYS": "what opens the buckets of KONTOR_PLACES, as TOML: for each place a table with access and secret",
    "KONTOR_STATUS_COPY": "the key of the place (it holds published pages) that takes a copy of the status page",
    "KONTOR_STAGE": "test where nothing here is real: its database, keys and mail are not production's",
    "KONTOR_PROBE_KEY": "the API key with which `kontor probe` asks what to try and reports what it saw",
    "KONTOR_PROBE_SECRET": "the secret of the place, with which it signs that",
    "KONTOR_PRINTERS": "where label printers stand, with commas: networks (10.20.0.0/16), queues of lp (lp:badges)",
    "KONTOR_PROXIES": "addresses of your proxies, with commas: from them alone X-Forwarded-For counts",
    "KONTOR_SIGN_IN_FAILURES": "wrong passwords for one account before new devices wait",
    "KONTOR_SIGN_IN_FAILURES_ADDRESS": "wrong passwords from one address before it waits",
    "KONTOR_SIGN_IN_MINUTES": "within how many minutes they are counted",
    "KONTOR_SIGN_IN_PAUSE": "how many minutes the wait lasts",
    "KONTOR_DB_PREPARE": "0 where a pooler gives each transaction another connection and keeps no prepared statements",
    "KONTOR_ERASER_ROLE": "the name of the role that erases",
    "KONTOR_DEVICE_KEYS": "keys of the service that vouches for devices: a JWK set as JSON, with its name as issuer",
    "KONTOR_DEMO": "1 where this is the demo: every page says so, and its mail is read on a page",
    "KONTOR_HOSTS": "the names under which pages are served, by commas; otherwise that of KONTOR_BASE_URL",
    "KONTOR_LOG_LEVEL": "how much is written to the log: DEBUG, INFO, WARNING or ERROR",
    "KONTOR_MAIL_FROM": "the sender of mail",
    "KONTOR_OS_USER": "the account under which the embedded database runs when Kontor runs as root",
    "KONTOR_PASSWORD_LIST": "a sorted file of SHA-1 or SHA-256 hashes of known passwords, which nobody may take",
    "KONTOR_PAYPAL_CLIENT": "the client id at PayPal; without it PayPal is not offered",
    "KONTOR_PAYPAL_SECRET": "the secret there",
    "KONTOR_PAYPAL_WEBHOOK": "the id of the webhook there",
    "KONTOR_SMTP_HOST": "the mail server; without one mail waits in the outbox",
    "KONTOR_SMTP_PASSWORD": "the password there",
    "KONTOR_SMTP_PORT": "its port",
    "KONTOR_SMTP_STARTTLS": "1 where the connection to it is to be encrypted",
    "KONTOR_SMTP_USER": "the account there",
    "KONTOR_TLS_CERTIFICATE": "the file of the certificate (with its chain) by which pages are served without a proxy",
    "KONTOR_TLS_KEY": "the file of its private key",
    "KONTOR_THREADS": "pages that one web process makes at a time",
    "KONTOR_UPLOAD_MIB": "the largest body of a request that is read",
    "KONTOR_VAR": "the folder of the embedded database and the demo; otherwise var/ in the checkout",
    "KONTOR_WEBHOOKS_PRIVATE": "1 where webhooks may go to private addresses, and by http to this machine",
    "KONTOR_DNS": "the name server that is asked for domains, as address:port; the system's where empty",
    "KONTOR_WORKER_JOBS": "jobs that one worker does at a time",
}

_PREPARED_AFTER = 5  # runs of one statement on one connection; Django's own queries are never prepared


class MissingSettingError(ImproperlyConfigured):
    """Names the variable that is missing and what it is for."""


def optional(name: str, default: str = "") -> str:
    """Return the variable, or the content of the file that NAME_FILE names, or `default`."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def required(name: str) -> str:
    """Return the variable; MissingSettingError with name, purpose and mend where it is absent."""
    if value := optional(name):
        return value
    raise MissingSettingError(missing(name))


def missing(name: str) -> str:
    """Return the sentence that says what a required variable is for and how it is given."""
    return f"{name} is not set. It is {REQUIRED[name]}. Set {name}, or {name}_FILE to a file that holds it."


def switched_on(name: str, default: str = "0") -> bool:
    """Tell whether the variable says 1, true, yes or on; any other text than these and their opposites is refused."""
    value = optional(name, default).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; expected 1 or 0.")


def stage() -> str:
    """
    Return "production", or "test" where KONTOR_STAGE says so; a test installation is refused production's credentials.

    Stripe writes into each key what it is for; of other secrets nobody can tell, the database is asked at the start.
    """
    told = optional("KONTOR_STAGE", "production")
    if told not in {"production", "test"}:
        raise ImproperlyConfigured(f"KONTOR_STAGE is {told!r}; expected production or test.")
    if told == "test" and "_live_" in optional("KONTOR_CARD_KEY"):
        raise ImproperlyConfigured(
            "KONTOR_STAGE is test, but KONTOR_CARD_KEY collects real money: name the processor's test key."
        )
    return told


def cookies() -> frozenset[str]:
    """Return what is offered beyond the necessary cookies, such as {"analysis"}; nothing where nothing is said."""
    told = frozenset(each.strip() for each in optional("KONTOR_COOKIES", "").split(",") if each.strip())
    if told - {"analysis"}:
        raise ImproperlyConfigured(
            f"KONTOR_COOKIES names {', '.join(sorted(told - {'analysis'}))}; known is analysis, or leave it empty."
        )
    return told


def tls_files() -> dict[str, str]:
    """Return certificate and key by which pages are served, as uvicorn names them; {} where a proxy does it."""
    certificate, key = os.environ.get("KONTOR_TLS_CERTIFICATE", ""), os.environ.get("KONTOR_TLS_KEY", "")
    if bool(certificate) != bool(key):
        raise ImproperlyConfigured("KONTOR_TLS_CERTIFICATE and KONTOR_TLS_KEY are set together or not at all.")
    return {"ssl_certfile": certificate, "ssl_keyfile": key} if certificate else {}


def database(url: str, *, pool: int, prepare: bool = True) -> dict[str, Any]:
    """
    Return Django's description of the PostgreSQL at `url`.

    url   postgresql://user:secret@host:port/name, or with ?host=/folder for a Unix socket
    pool  connections kept per process; 0 opens one per thread and keeps none
    prepare  whether a connection keeps what is asked often as a prepared statement: not through a pooler in transaction
             mode that does not carry them over, such as PgBouncer before 1.22 or without max_prepared_statements
    """
    parts = {key: str(value) for key, value in conninfo.conninfo_to_dict(url).items() if value is not None}
    described: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "kontor"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "kontor", "prepare_threshold": _PREPARED_AFTER if prepare else None, **parts},
    }
    if pool:
        described["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return described


def identifier(text: str) -> uuid.UUID | None:
    """Return the UUID that `text` spells, None where it spells none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
