"""What becomes of sessions: noting their use, changing their key with the rights of their person, and ending them."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.models import Session
from kontor.kernel.sessions import GRACE, REPLACED, RIGHTS, SessionStore, digest_of, left_of


def note_use(session: SessionStore, *, at: datetime) -> None:
    """Keep when a session was last used, exact to a minute."""
    if session.used(at) and session.session_key is not None:
        Session.objects.filter(pk=digest_of(session.session_key)).update(last_used_at=at)


def follow_rights(session: SessionStore, rights: str, *, at: datetime) -> None:
    """
    Give a session another key, and end the one before, where its person's rights are not those of its last page.

    So whoever learned the key while it allowed little has nothing of what it allows now, and the reverse. A session
    that somebody has ended meanwhile is not brought back.
    """
    before = session.get(RIGHTS)
    if before == rights:
        return
    if before is None:
        session[RIGHTS] = rights
        return
    with transaction.atomic():
        if Session.objects.select_for_update().filter(pk=digest_of(session.session_key or "")).exists():
            session[RIGHTS] = rights
            exchange_key(session, at=at)


def exchange_key(session: SessionStore, *, at: datetime) -> None:
    """
    Give a session in use another key, and remember for a moment that the old one was exchanged.

    What else is asked with the old key meanwhile, such as a second page, is sent to ask again with the new one. The old
    key itself opens nothing: what is left of it names nobody.
    """
    before = session.session_key
    assert before is not None  # a session in use has one
    session.cycle_key()
    Session.objects.create(
        session_key=left_of(before), session_data=session.encode({REPLACED: True}), expire_date=at + GRACE,
        began_at=at, last_used_at=at,
    )  # fmt: skip


def end_sessions(person: uuid.UUID, *, working_in: uuid.UUID | None = None, keep: str | None = None) -> int:
    """
    End a person's sessions for the next request of each; return how many.

    working_in  only those in which the person works in this tenant; None for all
    keep        the cookie of the one that stays, the session that asks
    """
    sessions = Session.objects.filter(person=person)
    if working_in is not None:
        sessions = sessions.filter(working_in=working_in)
    if keep is not None:
        sessions = sessions.exclude(pk=digest_of(keep))
    return sessions.delete()[0]


def end_sessions_of_tenant(tenant: uuid.UUID) -> int:
    """End every session in which somebody works in this tenant; return how many."""
    return Session.objects.filter(working_in=tenant).delete()[0]


def end_session(key: str, *, person: uuid.UUID) -> int:
    """End the one session of a person that is kept under this key; 0 where it is over or somebody else's."""
    return Session.objects.filter(pk=key, person=person).delete()[0]


def forget_expired(at: datetime) -> int:
    """Delete the sessions whose time is over; return how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
