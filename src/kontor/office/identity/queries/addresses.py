"""What a person is called, and where they are written to."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress

from kontor.kernel.models import Membership
from kontor.office.identity.models import User
from kontor.office.identity.queries import here


@dataclass(frozen=True, slots=True)
class MailTo:
    """Name, e-mail address, and the language they chose, "" where they chose none."""

    name: str
    email: str
    language: str


def mail_to(user_id: uuid.UUID) -> MailTo | None:
    """Return where a person is written to; None for one who is not here any more or may not sign in."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return MailTo(user.name, user.email, user.language) if user else None


def names_of(users: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what these people are called; one query."""
    return dict(User.objects.filter(pk__in=users).values_list("pk", "name"))


def addresses_of(user_id: uuid.UUID) -> tuple[str, ...]:
    """Return every address of a person, as they are written; () where nobody is known by that key."""
    main = User.objects.filter(pk=user_id).values_list("email", flat=True)
    further = EmailAddress.objects.filter(user_id=user_id).values_list("email", flat=True)
    return tuple(sorted({*main, *further})) if main else ()


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here: who they are, and where they are written to."""

    user: uuid.UUID
    name: str
    email: str


def colleagues(*, at: datetime) -> list[Colleague]:
    """Return everybody who works here at a moment, by name; one query."""
    rows = Membership.objects.filter(here(at)).order_by("user__name", "user__email")
    return [Colleague(*row) for row in rows.values_list("user_id", "user__name", "user__email")]
