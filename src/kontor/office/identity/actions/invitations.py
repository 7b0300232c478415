"""Inviting people, and their first sign-in: everybody sets their own password, nobody else ever sees one."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel.actions import credentials, rights
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Membership, Role, Tenant
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.identity.actions.limits import Held, refuse_roles_beyond, refuse_without_contract, take_a_seat
from kontor.office.identity.actions.passwords import put_password, set_password
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.models import User
from kontor.office.identity.queries import INVITATION
from kontor.office.identity.queries.set_up import names_contact

INVITATION_DAYS = 14
_NEW = {
    "de": (
        "Guten Tag {name},\n\nSie sind eingeladen, für {tenant} zu arbeiten.\n\n"
        "Kennwort setzen und beginnen:\n{link}\n\nDer Link gilt {days} Tage und einmal.\n"
    ),
    "en": (
        "Hello {name},\n\nyou are invited to work for {tenant}.\n\nSet your password and begin:\n{link}\n\n"
        "The link is valid for {days} days, and once.\n"
    ),
}
_KNOWN = {
    "de": (
        "Guten Tag {name},\n\nSie sind eingeladen, auch für {tenant} zu arbeiten. Ihr Kennwort bleibt dasselbe.\n\n"
        "Beginnen:\n{link}\n\nDer Link gilt {days} Tage und einmal.\n"
    ),
    "en": (
        "Hello {name},\n\nyou are invited to work for {tenant} as well. Your password stays the same.\n\n"
        "Begin:\n{link}\n\nThe link is valid for {days} days, and once.\n"
    ),
}
_SUBJECT = {"de": "Einladung zu {tenant}", "en": "Invitation to {tenant}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom the people of a company call: about a lost device above all."""

    name: str
    phone: str
    email: str


class ContactMissingError(Exception):
    """A company's set-up cannot be completed without whom its people can call (SM-021)."""


class AlreadyHereError(Exception):
    """The person works here already, or is invited; its text is the sentence for the page."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(
            gettext("%(name)s is here already: change the roles on the person's page.") % {"name": membership.user}
        )
        self.membership = membership


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    kind: str,
    language: str,
    held: Held,
    at: datetime,
    actor: Actor,
    phone: str = "",
    consulting_contract: str = "",
    until: datetime | None = None,
) -> Membership:
    """
    Invite a person into the current tenant with these roles; somebody who had left comes back with them.

    kind                 "EMPLOYEE", "SERVICE_PROVIDER", or "AUDITOR", who takes no seat
    language             of the mail, and of the pages of somebody who is new
    held                 what the inviting person may do, None for everything
    phone                how somebody new is reached; whoever is known here keeps what they said themselves
    consulting_contract  under which a service provider works here
    until                when the access of a guest ends, None for no end

    AlreadyHereError, SeatsTakenError, BeyondOwnRightsError, ContractMissingError and MailAddressError say what stands
    in the way.
    """
    address = email.strip().lower()
    check_address(address)
    refuse_roles_beyond(held, roles)
    refuse_without_contract(kind, consulting_contract)
    user = User.objects.filter(email=address).first()
    former = Membership.objects.select_related("user").filter(user=user).first() if user else None
    if former is not None and (former.until is None or former.until > at):
        raise AlreadyHereError(former)
    if kind != Membership.Kind.AUDITOR:
        take_a_seat(at=at)
    if user is None:
        user = User.objects.create_user(address, None, name=name, phone=phone.strip(), language=language, created_at=at)
    if former is None:
        membership = rights.add_member(user, kind=kind, roles=roles, at=at, actor=actor)
    else:
        membership = _come_back(former, kind=kind, roles=roles, at=at, actor=actor)
    contract = consulting_contract.strip() if kind == Membership.Kind.SERVICE_PROVIDER else ""
    Membership.objects.filter(pk=membership.pk).update(consulting_contract=contract)
    membership.consulting_contract = contract
    told = {"kind": kind, "contract": contract} if contract else {"kind": kind}
    record("identity.invited", membership, at=at, actor=actor, after=told)
    if until is not None:
        rights.set_leaving(membership.pk, until=until, at=at, actor=actor)
        membership.until = until
    _send_link(membership, user, language=language, at=at)
    return membership


@transaction.atomic
def invite_again(membership_id: uuid.UUID, *, at: datetime, actor: Actor) -> Membership:
    """Send a new link in place of the last one, which is worth nothing from now on."""
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    user = User.objects.get(pk=membership.user_id)
    credentials.revoke(INVITATION, user.pk, at=at)
    record("identity.invited_again", membership, at=at, actor=actor)
    _send_link(membership, user, language=user.language or "de", at=at)
    return membership


@transaction.atomic
def come_in(secret: str, *, password: str, at: datetime, contact: Contact | None = None) -> tuple[User, uuid.UUID]:
    """
    Use an invitation once: the person sets their password and is in; return them and the tenant.

    Who administers a company that names nobody yet completes its set-up with the contact; ContactMissingError without.
    CredentialRefusedError where the link is no longer good; ValidationError where the password is too weak. Somebody
    who has a password keeps it: they sign in with it.
    """
    inviting, user_id = credentials.resolve(secret, INVITATION, at)
    if contact is None and names_contact(inviting, user_id):
        raise ContactMissingError
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.has_usable_password():
        set_password(user, password, at=at)
    tenant_id, _ = credentials.use(secret, INVITATION, at)
    with as_tenant(tenant_id):
        record("identity.came_in", Membership.objects.get(user=user), at=at, actor=Actor.person(user))
        if contact is not None:
            wanted = {"contact_name": contact.name, "contact_phone": contact.phone, "contact_email": contact.email}
            change_policy(at=at, actor=Actor.person(user), **wanted)
    return user, tenant_id


@transaction.atomic
def enrol(
    *, email: str, name: str, password: str, roles: Collection[Role], language: str, at: datetime, actor: Actor
) -> User:
    """Let a person in whose password is known already, as in the demo; one who exists keeps name and password."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name, language=language, created_at=at)
    elif not user.has_usable_password():
        put_password(user, password, at=at)
    rights.add_member(user, kind=Membership.Kind.EMPLOYEE, roles=roles, at=at, actor=actor)
    return user


def _come_back(former: Membership, *, kind: str, roles: Collection[Role], at: datetime, actor: Actor) -> Membership:
    rights.set_leaving(former.pk, until=None, at=at, actor=actor)
    rights.set_roles(former.pk, roles=[role.pk for role in roles], at=at, actor=actor)
    former.kind, former.until = kind, None
    former.save(update_fields=["kind"])
    return former


def _send_link(membership: Membership, user: User, *, language: str, at: datetime) -> None:
    tenant = Tenant.objects.get(pk=current_tenant())
    secret = credentials.issue(INVITATION, user.pk, expires_at=at + timedelta(days=INVITATION_DAYS), uses=1, at=at)
    text = (_KNOWN if user.has_usable_password() else _NEW)[language]
    link = absolute("identity:invitation", secret)
    send_mail(
        to=user.email,
        to_name=user.name,
        subject=_SUBJECT[language].format(tenant=tenant.name),
        text=text.format(name=user.name, tenant=tenant.name, link=link, days=INVITATION_DAYS),
        about=membership,
        at=at,
    )
