"""
Wrong passwords and codes: counted in the database, so that every process knows of every other's, and then a pause.

What is counted is a keyed hash of the address that was typed and of where it came from; whether anybody has that
address changes nothing, so that the answer tells nothing. A device that its person has used before is counted by
itself: whoever tries from elsewhere never shuts that person out (SO-015). Codes, and what a signed-in person shows
once more, have a count of their own; so have the mails that anybody can ask for.
"""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.models import Membership
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import FailedSignIn, KnownDevice, SignInPause, User
from kontor.office.identity.queries import tenants_of

SECRET_BYTES: Final = 32
KEPT: Final = timedelta(days=1)
PASSWORD: Final = "password"  # noqa: S105  the name of what is counted
PROOF: Final = "proof"
MAIL: Final = "mail"
_VERBS: Final = {PASSWORD: "identity.sign_in_paused", PROOF: "identity.proof_paused"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is about to be looked at: under which account and from which address it counts."""

    account: bytes
    address: bytes
    row: uuid.UUID
    of: str


class PausedError(Exception):
    """Too many attempts: this device may try again later."""


@transaction.atomic
def begin_attempt(
    email: str, *, address: str, device: str, at: datetime, of: str = PASSWORD, known: bool | None = None
) -> Attempt:
    """
    Count an attempt before what was typed is looked at; PausedError in a pause, and for one too many.

    Many at once are no way around: those of one account wait for each other here, whatever process they reach.

    device  the secret of this browser's cookie, "" without one
    of      what is counted: "password", "proof" (a code, or who one is once more) or "mail" (a link asked for)
    known   whether this browser was signed in before, told by whoever keeps people of its own; None for our users
    """
    account, source = _keyed(f"{of} account", email.strip().lower()), _keyed("address", address)
    known = bool(device) and (_is_known(email, device) if known is None else known)
    if known:
        account = _keyed(f"{of} device", email.strip().lower() + device)
    watched = [account] if known else [account, source]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"attempts {account.hex()}"])
    if SignInPause.objects.filter(whose__in=watched, until__gt=at).exists():
        raise PausedError
    row = FailedSignIn.objects.create(account=account, address=source, at=at)
    limits = settings.KONTOR_SIGN_IN_LIMITS
    since = at - timedelta(minutes=limits["minutes"])
    if FailedSignIn.objects.filter(account=account, at__gt=since).count() > limits["per_account"]:
        raise PausedError  # several at once: the row goes with the transaction
    return Attempt(account, source, row.pk, of)


def forget_attempt(attempt: Attempt) -> None:
    """Count an attempt no more: what was shown was right."""
    FailedSignIn.objects.filter(pk=attempt.row).delete()


@transaction.atomic
def note_failure(attempt: Attempt, email: str, *, at: datetime) -> bool:
    """Begin a pause where this wrong attempt was one too many, and record it where the person works; tell whether."""
    forget_attempts(at)
    limits = settings.KONTOR_SIGN_IN_LIMITS
    since = at - timedelta(minutes=limits["minutes"])
    recent = FailedSignIn.objects.filter(at__gt=since)
    until = at + timedelta(minutes=limits["pause_minutes"])
    paused = recent.filter(account=attempt.account).count() >= limits["per_account"]
    if paused:
        _pause(attempt.account, until)
        _record(_VERBS[attempt.of], email, until, at=at)
    if recent.filter(address=attempt.address).count() >= limits["per_address"]:
        _pause(attempt.address, until)
        paused = True
    return paused


@transaction.atomic
def know_device(user: User, device: str, *, at: datetime) -> str:
    """Remember the browser in which somebody has signed in; return the secret for its cookie, a new one if need be."""
    if device and KnownDevice.objects.filter(person=user, digest=_digest(device)).update(last_at=at):
        return device
    device = device or secrets.token_urlsafe(SECRET_BYTES)
    KnownDevice.objects.create(person=user, digest=_digest(device), first_at=at, last_at=at)
    return device


def forget_attempts(at: datetime) -> int:
    """Delete attempts and pauses that count no more; return how many."""
    old = FailedSignIn.objects.filter(at__lt=at - KEPT).delete()[0]
    return old + SignInPause.objects.filter(until__lt=at).delete()[0]


def _pause(whose: bytes, until: datetime) -> None:
    SignInPause.objects.update_or_create(whose=whose, defaults={"until": until})


def _record(verb: str, email: str, until: datetime, *, at: datetime) -> None:
    """Write into the record of every tenant in which the person works; for an address that nobody has there is none."""
    user = User.objects.filter(email=email.strip().lower()).first()
    for tenant in tenants_of(user.pk, at=at) if user else ():
        with as_tenant(tenant.pk):
            member = Membership.objects.get(user_id=user.pk)  # type: ignore[union-attr]
            record(verb, member, at=at, actor=None, after={"until": until})


def _is_known(email: str, device: str) -> bool:
    return KnownDevice.objects.filter(person__email=email.strip().lower(), digest=_digest(device)).exists()


def _digest(device: str) -> bytes:
    return hashlib.sha256(device.encode()).digest()


def _keyed(what: str, value: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"sign-in {what} {value}".encode(), "sha256")
