"""Inviting people, and their first sign-in: everybody sets their own password, nobody else ever sees one."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rights import add_member
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Membership, Role, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.models import User
from kontor.office.identity.queries import INVITATION

INVITATION_DAYS = 14
_MAIL = {
    "de": (
        "Einladung zu {tenant}",
        "Guten Tag {name},\n\nSie sind eingeladen, für {tenant} zu arbeiten.\n\nPasswort festlegen und beginnen:\n{link}"
        "\n\nDer Link gilt {days} Tage und einmal.\n",
    ),
    "en": (
        "Invitation to {tenant}",
        "Hello {name},\n\nyou are invited to work for {tenant}.\n\nSet your password and begin:\n{link}"
        "\n\nThe link is valid for {days} days, and once.\n",
    ),
}


@transaction.atomic
def invite(
    *, email: str, name: str, roles: Collection[Role], kind: str, language: str, at: datetime, actor: Actor
) -> Membership:
    """
    Invite a person into the current tenant with these roles; one who is known here already gets a mail all the same.

    kind  "EMPLOYEE" or "SERVICE_PROVIDER"
    """
    address = email.strip().lower()
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, None, name=name, language=language, created_at=at)
    membership = add_member(user, kind=kind, roles=roles, at=at, actor=actor)
    expires = at + timedelta(days=INVITATION_DAYS)
    secret = credentials.issue(INVITATION, user.pk, expires_at=expires, uses=1, at=at)
    tenant = Tenant.objects.get(pk=current_tenant())
    subject, text = _MAIL[language]
    send_mail(
        to=address,
        to_name=name,
        subject=subject.format(tenant=tenant.name),
        text=text.format(
            name=name, tenant=tenant.name, link=absolute("identity:invitation", secret), days=INVITATION_DAYS
        ),
        about=membership,
        at=at,
    )
    record("identity.invited", membership, at=at, actor=actor, after={"kind": kind})
    return membership


@transaction.atomic
def come_in(secret: str, *, password: str, at: datetime) -> tuple[User, uuid.UUID]:
    """
    Use an invitation once: the person sets their password and is in; return them and the tenant.

    CredentialRefusedError where the link is no longer good; ValidationError where the password is too weak. Somebody
    who has a password keeps it: they sign in with it.
    """
    _, user_id = credentials.resolve(secret, INVITATION, at)
    user = User.objects.get(pk=user_id)
    if not user.has_usable_password():
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    tenant_id, _ = credentials.use(secret, INVITATION, at)
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
        user.set_password(password)
        user.save(update_fields=["password"])
    add_member(user, kind=Membership.Kind.EMPLOYEE, roles=roles, at=at, actor=actor)
    return user
