"""Another e-mail address of one's own: it holds once its link was opened, and the one until now is told."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction

from kontor.kernel.actions.mail import check_address
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.sign_in_mail import send_sign_in_mail
from kontor.office.identity.models import User
from kontor.office.identity.queries import tenants_of

_SALT: Final = "identity.address"
_HOURS: Final = 24
_ASKED = {
    "de": (
        "Ihre neue Adresse für Kontor",
        "Guten Tag {name},\n\nmit diesem Link melden Sie sich künftig unter {new} an:\n{link}\n\n"
        "Er gilt {hours} Stunden und einmal. Haben Sie nicht darum gebeten, dann ist nichts zu tun.\n",
    ),
    "en": (
        "Your new address for Kontor",
        "Hello {name},\n\nwith this link you sign in as {new} from now on:\n{link}\n\n"
        "It is valid for {hours} hours, and once. If you did not ask for it, there is nothing to do.\n",
    ),
}
_TOLD = {
    "de": (
        "Ihre Adresse für Kontor wurde geändert",
        "Guten Tag {name},\n\nSie melden sich von jetzt an unter {new} an, nicht mehr unter dieser Adresse.\n\n"
        "Waren Sie das nicht, dann rufen Sie sofort Ihre Verwaltung an.\n",
    ),
    "en": (
        "Your address for Kontor was changed",
        "Hello {name},\n\nfrom now on you sign in as {new}, no longer by this address.\n\n"
        "If that was not you, call your administration at once.\n",
    ),
}


class AddressLinkError(Exception):
    """The link was used, is too old, or its address belongs to somebody by now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose address is to become which."""

    user: User
    email: str


@transaction.atomic
def ask_for_address(user: User, email: str, *, language: str, at: datetime) -> None:
    """
    Send the link to a new address, valid for a day; MailAddressError where no mail can go there.

    An address that somebody has already gets none, and the page says the same.
    """
    address = email.strip().lower()
    check_address(address)
    if User.objects.filter(email=address).exists():
        return
    secret = signing.dumps([str(user.pk), user.email, address, at.isoformat()], salt=_SALT)
    subject, text = _ASKED[language]
    told = text.format(name=user, new=address, link=absolute("identity:address", secret), hours=_HOURS)
    send_sign_in_mail(user, to=address, subject=subject, text=told, at=at)


def wish_of(secret: str, *, at: datetime) -> Wish:
    """Return what a link is for; AddressLinkError where it is good no more."""
    try:
        person, old, new, asked_at = signing.loads(secret, salt=_SALT)
    except signing.BadSignature as bad:
        raise AddressLinkError from bad
    user = User.objects.filter(pk=uuid.UUID(person), email=old, is_active=True).first()
    late = at - datetime.fromisoformat(asked_at) > timedelta(hours=_HOURS)
    if user is None or late or User.objects.filter(email=new).exists():
        raise AddressLinkError
    return Wish(user, new)


@transaction.atomic
def take_address(secret: str, *, language: str, at: datetime) -> User:
    """Let a person sign in by the address whose link was opened, and by no other; AddressLinkError."""
    wish = wish_of(secret, at=at)
    user, old = User.objects.select_for_update().get(pk=wish.user.pk), wish.user.email
    user.email = wish.email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()  # the library signs people in by any it knows
    for tenant in tenants_of(user.pk, at=at):
        with as_tenant(tenant.pk):
            record("identity.address_changed", user, at=at, actor=Actor.person(user),
                   before={"email": old}, after={"email": user.email})  # fmt: skip
    subject, text = _TOLD[language]
    send_sign_in_mail(user, to=old, subject=subject, text=text.format(name=user, new=user.email), at=at)
    return user
