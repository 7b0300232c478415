"""
Where sessions are kept: a row for each, found by the hash of its cookie, with what its person should know of it.

Ending a session is deleting its row, so it is over for the next request, whichever process answers it.
"""

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from kontor.kernel.models import Session
from kontor.kernel.standing import Entry

TENANT: Final = "tenant"
METHOD: Final = "method"
RIGHTS: Final = "rights"
REPLACED: Final = "replaced"  # in what is left of a key that was just exchanged: it opens nothing
GRACE: Final = timedelta(seconds=5)  # for how long is known that there was an exchange
_TOUCH: Final = timedelta(minutes=1)  # how exactly "last used" is kept; a write per request would cost every page one


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a session beside its data."""

    agent: str = ""
    address: str | None = None
    began_at: datetime | None = None
    last_used_at: datetime | None = None


def digest_of(cookie: str) -> str:
    """Return the key under which a session's cookie is kept: its SHA-256 in hexadecimal."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def left_of(cookie: str) -> str:
    """Return where it is noted that a cookie was exchanged: not where its session lay, so that nothing revives it."""
    return digest_of(f"left {cookie}")


def limit_reached(session: Any, entry: Entry, *, at: datetime) -> str:
    """
    Tell which limit of the tenant ends a session at this moment: "idle", "absolute", or "" while it goes on.

    A session whose facts are unknown began before it was signed in; its time counts from its first use.
    """
    facts: Facts = session.facts
    if entry.idle_minutes and facts.last_used_at and at - facts.last_used_at >= timedelta(minutes=entry.idle_minutes):
        return "idle"
    if entry.absolute_hours and facts.began_at and at - facts.began_at >= timedelta(hours=entry.absolute_hours):
        return "absolute"
    return ""


class SessionStore(db.SessionStore):
    """Django's sessions in the database, with the cookie hashed and the facts in columns of their own."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.facts = Facts()

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table of the sessions."""
        return Session

    def begin(self, *, agent: str, address: str | None, at: datetime) -> None:
        """Note from where somebody signs in; the session's time counts from now."""
        self.facts = Facts(agent[:300], address, at, at)
        self.modified = True

    def used(self, at: datetime) -> bool:
        """Note that the session is used; tell whether that is to be written, at most once a minute."""
        if self.facts.last_used_at is None or at - self.facts.last_used_at < _TOUCH:
            return False
        self.facts = replace(self.facts, last_used_at=at)
        return True

    def flush(self) -> None:
        """Forget everything, the facts too."""
        super().flush()
        self.facts = Facts()

    def exists(self, session_key: str) -> bool:
        """Tell whether a cookie belongs to a session."""
        return super().exists(digest_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one without its cookie given."""
        cookie = session_key or self.session_key
        if cookie is not None:
            super().delete(digest_of(cookie))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row as it is to be written."""
        now = timezone.now()  # a session's own clock, like its expiry
        person, tenant = data.get(SESSION_KEY), data.get(TENANT)
        return Session(
            session_key=digest_of(self._get_or_create_session_key()),  # type: ignore[attr-defined]  # Django's own
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            person=uuid.UUID(str(person)) if person else None,
            working_in=uuid.UUID(str(tenant)) if tenant else None,
            method=data.get(METHOD, ""),
            agent=self.facts.agent,
            address=self.facts.address,
            began_at=self.facts.began_at or now,
            last_used_at=self.facts.last_used_at or now,
        )

    def _get_session_from_db(self) -> Session | None:
        """Find the row and keep what it says; None where the session is over."""
        assert self.session_key is not None
        here = Session.objects.filter(expire_date__gt=timezone.now())
        found = here.filter(pk=digest_of(self.session_key)).first() or here.filter(pk=left_of(self.session_key)).first()
        if found is None:
            self._session_key = None
            return None
        self.facts = Facts(found.agent, found.address, found.began_at, found.last_used_at)
        return found
