"""
The way into a customer centre: a link to an address, good once and for a quarter of an hour; then a session of its own.

An end customer is no user and no member: link and session are credentials of the tenant that open its centre alone.
Whoever asks for a link is answered the same, whether somebody has that address or not.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext

from kontor.kernel.actions.credentials import CredentialRefusedError, issue, resolve, revoke, use
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Credential
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.desk.models import Centre, CentrePerson, Ticket
from kontor.office.desk.queries.centre import centre_address, open_centre
from kontor.office.messages import public as messages
from kontor.office.parties import public as parties

SIGN_IN: Final = "desk.centre_sign_in"
SESSION: Final = "desk.centre_session"
REQUEST: Final = "desk.centre_request"
RESET: Final = "desk.centre_password"
DEVICE: Final = "desk.centre_device"
LINK_LASTS: Final = timedelta(minutes=15)
SESSION_LASTS: Final = timedelta(days=14)
REQUEST_LASTS: Final = timedelta(days=90)
LINKS_TO_ONE: Final = 3  # within a quarter of an hour
LINKS_AT_ALL: Final = 200  # within an hour, to whomever: beyond it somebody uses us to bother others


@transaction.atomic
def ask_in(email: str, *, language: str, at: datetime) -> None:
    """
    Send a link to whoever asks for one, if the tenant knows the address or lets people join; say nothing either way.

    Who has left gets none. MailAddressError for what is no address.
    """
    check_address(email)
    address = email.strip().casefold()
    given = links_given(at)
    person = CentrePerson.objects.filter(email=address).first()
    if (person is None or person.confirmed_at is None) and given.count() >= LINKS_AT_ALL:
        return  # whoever came in before is not kept out by strangers
    if person is None and Centre.objects.filter(joins=True).exists():
        person, _ = CentrePerson.objects.get_or_create(
            email=address, defaults={"name": "", "language": language, "at": at}
        )
    if person is None or has_left(person, at=at):
        return
    if given.filter(object_id=person.pk, created_at__gt=at - LINK_LASTS).count() < LINKS_TO_ONE:
        send_link(person, at=at)


def links_given(at: datetime) -> QuerySet[Credential]:
    """Return the links that were mailed within the last hour, to come in or to set a password."""
    mine = Credential.objects.filter(tenant_id=current_tenant(), created_at__gt=at - timedelta(hours=1))
    return mine.filter(scope__in=(SIGN_IN, RESET))


def invite(person: CentrePerson, *, at: datetime) -> None:
    """Mail somebody who did not ask for it a link by which they come in, once, within the days settled for it."""
    centre = Centre.objects.get()
    secret = issue(SIGN_IN, person.pk, expires_at=at + timedelta(days=centre.invited_days), at=at, uses=1)
    with translation.override(person.language):
        text = ngettext(
            "You are invited into %(title)s: ask, follow your requests, read and learn.\n\n%(url)s\n\nThe link is good "
            "once, for %(days)s day. Afterwards your address gets you a new one at any time; no password is needed.",
            "You are invited into %(title)s: ask, follow your requests, read and learn.\n\n%(url)s\n\nThe link is good "
            "once, for %(days)s days. Afterwards your address gets you a new one at any time; no password is needed.",
            centre.invited_days,
        ) % {"title": centre.title, "url": f"{centre_address()}enter/{secret}/", "days": centre.invited_days}
        subject = gettext("Your invitation into %(title)s") % {"title": centre.title}
    send_mail(to=person.email, to_name=person.name, subject=subject, text=text, at=at)


def send_link(person: CentrePerson, *, at: datetime) -> None:
    """Mail somebody a link by which they come in, once."""
    secret = issue(SIGN_IN, person.pk, expires_at=at + LINK_LASTS, at=at, uses=1)
    title = Centre.objects.values_list("title", flat=True).get()
    with translation.override(person.language):
        text = gettext(
            "Here is your way into %(title)s:\n\n%(url)s\n\nThe link is good once, for 15 minutes. If it was not you "
            "who asked for it, do nothing; nobody comes in without it."
        ) % {"title": title, "url": f"{centre_address()}enter/{secret}/"}
        subject = gettext("Your way into %(title)s") % {"title": title}
    send_mail(to=person.email, to_name=person.name, subject=subject, text=text, at=at)


def request_link(ticket: Ticket, *, at: datetime) -> str:
    """Return an address that opens this one request for 90 days; "" where the tenant has no open centre."""
    if ticket.contract_id is not None or open_centre(localdate(at)) is None:
        return ""
    secret = issue(REQUEST, ticket.pk, expires_at=at + REQUEST_LASTS, at=at)
    return f"{centre_address()}request/{secret}/"


def request_behind(secret: str, *, at: datetime) -> Ticket:
    """Return the request of the current tenant that a link opens; CredentialRefusedError for any other."""
    tenant, ticket_id = resolve(secret, REQUEST, at)
    if tenant != current_tenant():
        raise CredentialRefusedError("unknown")
    ticket = Ticket.objects.get(pk=ticket_id)
    person = CentrePerson.objects.filter(email=ticket.requester_email.casefold()).first()
    if person is not None and has_left(person, at=at):
        raise CredentialRefusedError("unknown")
    return ticket


@transaction.atomic
def come_in(secret: str, *, at: datetime) -> str:
    """
    Use a link and return the secret of the session that it opens; a sign-in is counted (crm, 11.3).

    CredentialRefusedError for a link of another tenant, used, too old, or of somebody who has left.
    """
    tenant, person_id = use(secret, SIGN_IN, at)
    person = CentrePerson.objects.filter(pk=person_id).first() if tenant == current_tenant() else None
    if person is None or has_left(person, at=at):
        raise CredentialRefusedError("unknown")
    confirm(person, at=at)
    return begin_session(person, at=at)


@transaction.atomic
def confirm(person: CentrePerson, *, at: datetime) -> None:
    """Note that somebody's address is theirs, and with it to which customer they belong."""
    if person.confirmed_at is None:
        person.confirmed_at, person.party_id = at, person.party_id or parties.party_of(person.email)
        person.save(update_fields=["confirmed_at", "party"])


@transaction.atomic
def begin_session(person: CentrePerson, *, at: datetime) -> str:
    """Return the secret of a new session of somebody; the sign-in is counted (crm, 11.3)."""
    session = issue(SESSION, person.pk, expires_at=at + SESSION_LASTS, at=at)
    messages.note_visitor(person, session=str(uuid.uuid5(person.pk, session)), at=at)
    record("desk.came_in", person, at=at, actor=actor_of(person))
    return session


def person_in(secret: str, *, at: datetime) -> CentrePerson | None:
    """Return whose session a cookie opens in the current tenant; None for nobody's, or who has left."""
    try:
        tenant, person_id = resolve(secret, SESSION, at)
    except CredentialRefusedError:
        return None
    person = CentrePerson.objects.filter(pk=person_id).first() if tenant == current_tenant() else None
    return None if person is None or has_left(person, at=at) else person


@transaction.atomic
def leave(person: CentrePerson, *, at: datetime) -> None:
    """End every session of somebody, wherever they are signed in."""
    revoke(SESSION, person.pk, at=at)
    record("desk.signed_out", person, at=at, actor=actor_of(person))


@transaction.atomic
def change_profile(person: CentrePerson, *, name: str, phone: str, language: str, at: datetime) -> CentrePerson:
    """Change, as an end customer, what the tenant knows of oneself; the address stays, since it proves who one is."""
    row = CentrePerson.objects.select_for_update().get(pk=person.pk)
    row.name, row.phone, row.language = name, phone, language
    row.save(update_fields=["name", "phone", "language"])
    record("desk.profile_changed", row, at=at, actor=actor_of(row))
    return row


def actor_of(person: CentrePerson) -> Actor:
    """Return an end customer as whoever does something."""
    return Actor.outside(person.pk, str(person))


def has_left(person: CentrePerson, *, at: datetime) -> bool:
    """Tell whether somebody belongs to the customer no more on this day, or the contract they come in by has ended."""
    if person.left_on is not None and person.left_on <= localdate(at):
        return True
    return person.contract_id is not None and not contracts.served(person.contract_id, at=at).running
