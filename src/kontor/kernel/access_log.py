"""
The access log: for each call its moment, address, operating system and browser; of nobody, and apart from everything.

It lies in a database of its own, whose role enters no other, and no other role enters it: nothing joins the calls with
accounts (bookkeeping 8). No page's address stands in it, no key, no name.
"""

import contextlib
import ipaddress
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import psycopg
from django.conf import settings
from ua_parser import parse

from kontor.kernel.client import UNKNOWN, address_behind

AGENT_CHARACTERS = 300
_TABLE = (
    "CREATE TABLE IF NOT EXISTS call"
    " (at timestamptz NOT NULL, address inet NOT NULL, system text NOT NULL, browser text NOT NULL)",
    "CREATE INDEX IF NOT EXISTS call_at ON call (at)",
)


class NoAccessLogError(Exception):
    """This installation names no database for the access log, so there is none."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_ACCESS_URL is not set. It is the database of the access log, as kontor_access, which enters no "
            "other: create what `kontor db roles` prints and name it."
        )


@dataclass(frozen=True, slots=True)
class Call:
    """
    One call, as it is kept.

    address  of the caller, whole until it is masked: then its network
    system   the operating system, "" where the browser does not say
    browser  its kind and version
    """

    at: datetime
    address: str
    system: str
    browser: str


def call_of(*, at: datetime, peer: str, forwarded: str, proxies: Collection[str], agent: str) -> Call:
    """
    Return what is kept of a call: nothing of what it asked for, or by whom.

    peer       the address of whoever connected, and `forwarded` what a proxy of ours says stands behind it
    agent      the browser's own words about itself
    """
    system, browser = _told(agent[:AGENT_CHARACTERS])
    return Call(at, plain_address(address_behind(peer, forwarded, proxies)), system, browser)


def plain_address(text: str) -> str:
    """
    Return an address as it is kept: an IPv4 address written as an IPv6 one is an IPv4 address; no address is 0.0.0.0.

    >>> plain_address("::ffff:192.0.2.7"), plain_address("2001:db8:1:2::7"), plain_address("a socket")
    ('192.0.2.7', '2001:db8:1:2::7', '0.0.0.0')
    """
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return UNKNOWN
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


@contextlib.contextmanager
def access_log() -> Iterator[psycopg.Connection]:
    """Connect to the access log as its own role, in one transaction; NoAccessLogError where there is none."""
    if not settings.KONTOR_ACCESS_URL:
        raise NoAccessLogError
    with psycopg.connect(settings.KONTOR_ACCESS_URL) as db:
        if db.execute("SELECT to_regclass('call')").fetchone() == (None,):
            db.execute("SELECT pg_advisory_xact_lock(8)")  # several processes begin at once
            for statement in _TABLE:
                db.execute(statement)
        yield db


def newest_calls(number: int) -> list[Call]:
    """Return the newest calls; NoAccessLogError where none are kept."""
    with access_log() as db:
        rows = db.execute(
            "SELECT at, abbrev(address), system, browser FROM call ORDER BY at DESC LIMIT %s", [number]
        ).fetchall()
    return [Call(*row) for row in rows]


@lru_cache(maxsize=2048)
def _told(agent: str) -> tuple[str, str]:
    found = parse(agent)
    system = found.os.family if found.os else ""
    if not found.user_agent:
        return system, ""
    version = found.user_agent.major or ""
    return system, f"{found.user_agent.family} {version}".strip()
