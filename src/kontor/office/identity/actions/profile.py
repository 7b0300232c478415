"""What people say about themselves."""

from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.identity.models import User


@transaction.atomic
def change_profile(user: User, *, at: datetime, actor: Actor | None, **wanted: str) -> None:
    """
    Set what a person says of themselves, for every tenant they work in: name, language, phone, address; others stay.

    language  "de", "en" or "" for each tenant's own
    actor     None where the person works nowhere yet: then no record is there to write to
    """
    before = {name: getattr(user, name) for name in wanted if getattr(user, name) != wanted[name]}
    after = {name: wanted[name] for name in before}
    for name, value in after.items():
        setattr(user, name, value)
    user.save(update_fields=list(after))
    if actor is not None and after:
        record("identity.profile_changed", user, at=at, actor=actor, before=before, after=after)
