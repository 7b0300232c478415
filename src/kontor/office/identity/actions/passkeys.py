"""
Passkeys (WebAuthn): registered with user verification alone, so that one is possession and person in one.

The challenge of each ceremony lies in the session of the request that runs it, where the library keeps it.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.office.identity.actions.factors import WrongProofError, changed, forget_codes_alone
from kontor.office.identity.models import User

_MALFORMED = (ValidationError, ValueError, TypeError, KeyError, AttributeError)  # as any browser may send it
NAME_LENGTH = 60


def begin_adding(user: User) -> dict[str, Any]:
    """Return what the browser needs to make a passkey: kept on the device, and opened by finger, face or PIN."""
    return dict(auth.begin_registration(user, passwordless=True))


@transaction.atomic
def add_passkey(
    user: User, name: str, credential: Any, *, keep: str | None, at: datetime, actor: Actor | None
) -> list[str] | None:
    """
    Keep the passkey that the browser made; return new recovery codes where none were there.

    keep, actor  as for `enrol_app`

    WrongProofError where it answers another challenge, comes from another site, or did not look at who holds it.
    """
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)  # also refuses where nobody looked at who holds it, as was asked
    except _MALFORMED as error:
        raise WrongProofError from error
    added = auth.WebAuthn.add(user, name[:NAME_LENGTH], credential).instance
    Authenticator.objects.filter(pk=added.pk).update(created_at=at)
    after = {"kind": "passkey", "name": name}
    return changed(user, "identity.factor_added", keep=keep, at=at, actor=actor, after=after)


def begin_showing(user: User | None) -> dict[str, Any]:
    """Return what the browser needs to show one of a person's passkeys, or, to sign in, anybody's on the device."""
    return dict(auth.begin_authentication(user))


def show_passkey(credential: Any, user: User | None, *, at: datetime) -> Authenticator:
    """
    Check the passkey that the browser showed and return it with its `user`.

    user  whose it must be; None to sign in, where the passkey says whose it is

    WrongProofError for anything else, such as an answer to another challenge.
    """
    try:
        auth.parse_authentication_response(credential)
        whose = user or auth.extract_user_from_response(credential)
        shown = auth.complete_authentication(whose, credential)
    except _MALFORMED as error:
        raise WrongProofError from error
    shown.last_used_at = at
    shown.save(update_fields=["last_used_at"])
    return shown


def rename_passkey(passkey: Authenticator, name: str) -> None:
    """Call a passkey something else."""
    passkey.wrap().name = name[:NAME_LENGTH]
    passkey.save(update_fields=["data"])


@transaction.atomic
def remove_passkey(user: User, passkey: Authenticator, *, keep: str | None, at: datetime, actor: Actor | None) -> None:
    """Remove a passkey; recovery codes go with the last factor, the person's other sessions end."""
    after = {"kind": "passkey", "name": passkey.wrap().name}
    passkey.delete()
    forget_codes_alone(user)
    changed(user, "identity.factor_removed", keep=keep, at=at, actor=actor, after=after)
