"""
A password for the customer centre, for whoever wants one: coming in by it, setting it, setting it anew by a link.

What is typed wrongly is counted as it is at the platform's own door, by a name that only this centre has: whoever tries
from elsewhere never shuts out a browser that was here before, and a link into the mailbox opens in any pause.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from kontor.kernel.actions.credentials import CredentialRefusedError, issue, resolve, revoke, use
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.actions.centre_door import (
    DEVICE,
    LINK_LASTS,
    LINKS_TO_ONE,
    RESET,
    SESSION,
    actor_of,
    begin_session,
    confirm,
    has_left,
    links_given,
)
from kontor.office.desk.models import Centre, CentrePassword, CentrePerson
from kontor.office.desk.queries.centre import centre_address
from kontor.office.identity import public as identity

DEVICE_LASTS: Final = timedelta(days=180)
_NOBODY_S: Final = f"{UNUSABLE_PASSWORD_PREFIX}nobody"  # looking at it takes as long as looking at one that is kept


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The secrets that the browser keeps: of the session, and by which it is known again."""

    session: str
    device: str


def sign_in(email: str, password: str, *, address: str, device: str, at: datetime) -> SignedIn | None:
    """
    Come in by a password; None where it is not the address's, nobody has that address, or whoever has it has left.

    device  the secret of this browser's cookie, "" without one. PausedError where this browser may not try now.
    """
    folded = email.strip().casefold()
    person = CentrePerson.objects.filter(email=folded).first()
    known = person is not None and _is_known(person, device, at)
    name = _counted_as(folded)
    attempt = identity.begin_attempt(name, address=address, device=device, at=at, known=known)
    if not _is_right(person, password) or person is None or has_left(person, at=at):
        if identity.note_failure(attempt, name, at=at) and person is not None:
            record("desk.sign_in_paused", person, at=at, actor=None)
        return None
    identity.forget_attempt(attempt)
    kept = device if known else issue(DEVICE, person.pk, expires_at=at + DEVICE_LASTS, at=at)
    return SignedIn(begin_session(person, at=at), kept)


def has_password(person: CentrePerson) -> bool:
    """Tell whether somebody set a password."""
    return CentrePassword.objects.filter(person=person).exists()


@transaction.atomic
def set_password(person: CentrePerson, password: str, *, at: datetime) -> str:
    """
    Set somebody's password and return the secret of the one session that goes on: every other ends.

    ValidationError where it is too short, too common, or too like their address.
    """
    validate_password(password, person)  # type: ignore[arg-type]  # it reads the name and the address
    CentrePassword.objects.update_or_create(person=person, defaults={"hashed": make_password(password), "at": at})
    revoke(SESSION, person.pk, at=at)
    revoke(RESET, person.pk, at=at)
    record("desk.password_set", person, at=at, actor=actor_of(person))
    return begin_session(person, at=at)


def change_password(person: CentrePerson, current: str, password: str, *, address: str, at: datetime) -> str | None:
    """
    Set another password for whoever shows the one they have; None where it is not that one.

    PausedError after too many wrong ones, ValidationError as in `set_password`.
    """
    return set_password(person, password, at=at) if _shown(person, current, address=address, at=at) else None


def drop_password(person: CentrePerson, current: str, *, address: str, at: datetime) -> bool:
    """Give a password up, so that only links open; False where it is not the one they have. PausedError as above."""
    if not _shown(person, current, address=address, at=at):
        return False
    CentrePassword.objects.filter(person=person).delete()
    record("desk.password_dropped", person, at=at, actor=actor_of(person))
    return True


@transaction.atomic
def ask_reset(email: str, *, at: datetime) -> None:
    """Mail whoever forgot a password a link to set one; say nothing either way. MailAddressError for no address."""
    check_address(email)
    person = CentrePerson.objects.filter(email=email.strip().casefold()).first()
    if person is None or has_left(person, at=at):
        return
    if links_given(at).filter(object_id=person.pk, created_at__gt=at - LINK_LASTS).count() >= LINKS_TO_ONE:
        return
    secret = issue(RESET, person.pk, expires_at=at + LINK_LASTS, at=at, uses=1)
    title = Centre.objects.values_list("title", flat=True).get()
    with translation.override(person.language):
        text = gettext(
            "Set your password for %(title)s here:\n\n%(url)s\n\nThe link is good once, for 15 minutes. If it was not "
            "you who asked for it, do nothing; your password stays as it is."
        ) % {"title": title, "url": f"{centre_address()}password/{secret}/"}
        subject = gettext("Your password for %(title)s") % {"title": title}
    send_mail(to=person.email, to_name=person.name, subject=subject, text=text, at=at)


def behind_reset(secret: str, *, at: datetime) -> CentrePerson:
    """Return whose password a link sets; CredentialRefusedError for any other, and for who has left."""
    tenant, person_id = resolve(secret, RESET, at)
    person = CentrePerson.objects.filter(pk=person_id).first() if tenant == current_tenant() else None
    if person is None or has_left(person, at=at):
        raise CredentialRefusedError("unknown")
    return person


@transaction.atomic
def set_by_link(secret: str, password: str, *, at: datetime) -> str:
    """Set a password by a link, once, and come in; errors of the two above, which use nothing up."""
    person = behind_reset(secret, at=at)
    validate_password(password, person)  # type: ignore[arg-type]  # it reads the name and the address
    use(secret, RESET, at)
    confirm(person, at=at)
    return set_password(person, password, at=at)


def _shown(person: CentrePerson, current: str, *, address: str, at: datetime) -> bool:
    """Look at the password that somebody who is signed in shows once more; wrong ones are counted."""
    name = _counted_as(person.email)
    attempt = identity.begin_attempt(name, address=address, device="", at=at, of="proof", known=False)
    right = _is_right(person, current)
    if right:
        identity.forget_attempt(attempt)
    else:
        identity.note_failure(attempt, name, at=at)
    return right


def _is_right(person: CentrePerson | None, password: str) -> bool:
    kept = CentrePassword.objects.filter(person=person).first() if person is not None else None
    return check_password(password, kept.hashed if kept else _NOBODY_S)


def _is_known(person: CentrePerson, device: str, at: datetime) -> bool:
    try:
        tenant, whose = resolve(device, DEVICE, at)
    except CredentialRefusedError:
        return False
    return (tenant, whose) == (current_tenant(), person.pk)


def _counted_as(email: str) -> str:
    """Return under which name attempts count: nobody's at the platform's own door, and another one in each centre."""
    return f"{email} at {current_tenant()}"
