"""What a password must satisfy: the strictest of everything that the tenants of its person demand."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.password_validation import (
    UserAttributeSimilarityValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from kontor.kernel.models import AccessPolicy, Membership
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import as_person
from kontor.office.identity.formats.hash_list import listed
from kontor.office.identity.models import User
from kontor.office.identity.queries import here

FLOOR: Final = 10  # characters; no tenant can ask for less than the installation does
WEAK: Final = "password_weak"  # the session's key: the password typed at this sign-in satisfies the policy no more


@dataclass(frozen=True, slots=True)
class Demands:
    """
    What a person's password must satisfy.

    length  characters at least
    days    it is good for so many days after the one on which it was set; None for ever
    """

    length: int = FLOOR
    special: bool = False
    digit: bool = False
    mixed: bool = False
    days: int | None = None

    def missed_by(self, password: str) -> list[str]:
        """Return what a password lacks, each as a sentence."""
        lacking = [
            (len(password) < self.length, _("It has at least %(count)s characters.") % {"count": self.length}),
            (self.special and not any(_special(sign) for sign in password), _("It has a special character.")),
            (self.digit and not any(sign.isdigit() for sign in password), _("It has a digit.")),
            (self.mixed and not _mixed(password), _("It has capital and small letters.")),
        ]
        return [sentence for lacks, sentence in lacking if lacks]

    def sentence(self) -> str:
        """Return the whole of it, as it stands where a password is set."""
        said = [_("At least %(count)s characters.") % {"count": self.length}]
        classes = [
            word
            for asked, word in (
                (self.special, _("a special character")),
                (self.digit, _("a digit")),
                (self.mixed, _("capital and small letters")),
            )
            if asked
        ]
        if classes:
            said.append(_("With %(classes)s.") % {"classes": ", ".join(classes)})
        if self.days is not None:
            said.append(_("After %(count)s days you set another one.") % {"count": self.days})
        return " ".join([*said, _("A sentence is easier to remember than a word.")])


def demands_on(person: uuid.UUID, *, at: datetime | Now) -> Demands:
    """Return the strictest of what the tenants in which a person works demand; works in and outside any tenant."""
    with as_person(person):
        mine = TenantQuerySet[Membership](Membership).filter(here(at), user_id=person).values("tenant_id")
        policies = list(TenantQuerySet[AccessPolicy](AccessPolicy).filter(tenant_id__in=mine))
    return Demands(
        max([FLOOR, *(policy.password_length or 0 for policy in policies)]),
        any(policy.password_special for policy in policies),
        any(policy.password_digit for policy in policies),
        any(policy.password_mixed for policy in policies),
        min((policy.password_days for policy in policies if policy.password_days), default=None),
    )


def satisfies(password: str, user: Any) -> bool:
    """
    Tell whether a password that is in force satisfies what is demanded of its person today.

    That it resembles its person's name or address is refused where it is set, and is no policy that could be raised.
    """
    demanded = [
        one for one in get_default_password_validators() if not isinstance(one, UserAttributeSimilarityValidator)
    ]
    try:
        validate_password(password, user, demanded)
    except ValidationError:
        return False
    return True


def is_too_old(user: User, demands: Demands, *, at: datetime, zone: tzinfo) -> bool:
    """Tell whether a password's days are over: set on day 0 and good for 180 days, it must be changed on day 181."""
    if demands.days is None:
        return False
    set_on = timezone.localdate(user.password_set_at or user.created_at, zone)
    return timezone.localdate(at, zone) > set_on + timedelta(days=demands.days)


class DemandsValidator:
    """Django's way of asking: a password satisfies every tenant its person works in."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with all that it lacks; somebody who works nowhere yet has the installation's floor."""
        known = isinstance(user, User)
        demands = demands_on(user.pk, at=Now()) if known else Demands()
        if missed := demands.missed_by(password):
            raise ValidationError(missed)

    def get_help_text(self) -> str:
        """Return what holds for everybody."""
        return Demands().sentence()


class ListValidator:
    """No password that stands in the installation's list of known ones (KONTOR_PASSWORD_LIST)."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002  Django's signature
        """Raise ValidationError for a listed password; without a list none is."""
        if settings.KONTOR_PASSWORD_LIST and listed(password, Path(settings.KONTOR_PASSWORD_LIST)):
            raise ValidationError(_("This password is known from stolen lists. Take another one."))

    def get_help_text(self) -> str:
        """Say what is refused."""
        return _("No password that is known from stolen lists.")


def _special(sign: str) -> bool:
    return not sign.isalnum() and not sign.isspace()


def _mixed(password: str) -> bool:
    return any(sign.isupper() for sign in password) and any(sign.islower() for sign in password)
