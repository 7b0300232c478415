"""Setting a password: the one place where one is written."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.identity.models import User


@transaction.atomic
def set_password(user: User, password: str, *, at: datetime) -> None:
    """Set a person's password and note the day; ValidationError where it lacks what a tenant of theirs demands."""
    validate_password(password, user)
    put_password(user, password, at=at)


@transaction.atomic
def put_password(user: User, password: str, *, at: datetime) -> None:
    """Set a password that was looked at already, or that the installation itself gives, as in the demo."""
    user.set_password(password)
    user.password_set_at = at
    user.save(update_fields=["password", "password_set_at"])


@transaction.atomic
def change_password(user: User, password: str, *, at: datetime, actor: Actor | None) -> None:
    """
    Set one's own password; every other session of the person ends.

    ValidationError where it lacks what is demanded or is the one that stood there. Recorded where the person works.
    """
    if user.check_password(password):
        raise ValidationError(gettext("This is the password you have. Take another one."))
    set_password(user, password, at=at)
    if actor is not None:
        record("identity.password_changed", user, at=at, actor=actor)
