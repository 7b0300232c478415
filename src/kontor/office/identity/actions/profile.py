"""What people say about themselves."""

from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.identity.models import User


@transaction.atomic
def change_profile(user: User, *, name: str, language: str, at: datetime, actor: Actor | None) -> None:
    """
    Set one's name and language, for every tenant one works in.

    language  "de", "en" or "" for each tenant's own
    actor     None where the person works nowhere yet: then no record is there to write to
    """
    before = {"name": user.name, "language": user.language}
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    if actor is not None and before != (after := {"name": name, "language": language}):
        record("identity.profile_changed", user, at=at, actor=actor, before=before, after=after)
