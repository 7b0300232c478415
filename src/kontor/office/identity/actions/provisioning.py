"""
People whom a directory brings, changes and takes away (SCIM 2.0, RFC 7644).

A person is known by the directory's id or its name for them. An address alone opens no account that exists: it may be
somebody's who works for another company, and a directory that could take it over would be in there too.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction

from kontor.kernel.actions import credentials, rights
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Session
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.limits import SeatsTakenError, take_a_seat
from kontor.office.identity.actions.ruled_roles import give_roles
from kontor.office.identity.formats.scim_filter import ScimRefusedError
from kontor.office.identity.formats.scim_resources import StatedUser
from kontor.office.identity.models import ExternalIdentity, IdentityProvider, ProvisionedUser, User
from kontor.office.identity.queries import INVITATION, is_here, seats
from kontor.office.identity.queries.provisioning import is_in, subject_at, values_of, works_elsewhere
from kontor.office.identity.queries.single_sign_on import is_own_domain

_STATED: Final = ("user_name", "external_id", "given_name", "family_name", "display_name", "email", "language")
_LANGUAGES: Final = ("de", "en")


@transaction.atomic
def add_person(provider: IdentityProvider, stated: StatedUser, *, at: datetime, actor: Actor) -> ProvisionedUser:
    """
    Let somebody in whom a directory brings, with a seat of the order and the roles that its rules give everybody.

    Whom it brought before and took away comes back as who they were; whom it is connected with already is taken over.
    ScimRefusedError says what stands in the way.
    """
    lock_provider(provider)
    _refuse_taken(provider, stated)
    person = _come_back(provider, stated, at=at) or _taken_over(provider, stated, at=at)
    if person is None:
        person = _made(provider, stated, at=at, actor=actor)
    else:
        _change_account(person, stated, at=at, actor=actor)
        _state(person, stated, at=at)
        if stated.active is not False and not is_here(person.membership, at=at):
            _open(person, at=at, actor=actor)
        person.active = True
    person.save()
    _connect(provider, person, at=at)
    told = {"provider": str(provider), "user_name": person.user_name}
    record("identity.provisioned", person.membership, at=at, actor=actor, after=told)
    follow_groups(provider, [person], at=at, actor=actor)
    if stated.active is False:
        _end(person, at=at, actor=actor)
        person.save()
    return person


@transaction.atomic
def change_person(person: ProvisionedUser, stated: StatedUser, *, at: datetime, actor: Actor) -> ProvisionedUser:
    """
    Take over what a directory says of somebody now, their leaving and coming back included.

    `person` was found after `lock_provider`. Who is here no more ends their sessions at once; ScimRefusedError.
    """
    provider = person.provider
    _refuse_taken(provider, stated, besides=person)
    before = {name: getattr(person, name) for name in _STATED}
    _change_account(person, stated, at=at, actor=actor)
    _state(person, stated, at=at)
    after = {name: getattr(person, name) for name in _STATED}
    if stated.active is not None and stated.active != is_in(person, at=at):
        if stated.active:
            _reopen(person, at=at, actor=actor)
        else:
            _end(person, at=at, actor=actor)
    elif before == after:
        return person
    person.version += 1
    person.save()
    if before != after:
        _connect(provider, person, at=at)
        told = [{name: one[name] for name in _STATED if before[name] != after[name]} for one in (before, after)]
        verb = "identity.provisioning_changed"
        record(verb, person.membership, at=at, actor=actor, before=told[0], after=told[1])
    return person


@transaction.atomic
def remove_person(person: ProvisionedUser, *, at: datetime, actor: Actor) -> None:
    """Take somebody away whom a directory brought: their access ends at once, what they did stays; ScimRefusedError."""
    if is_here(person.membership, at=at):
        _end(person, at=at, actor=actor)
    person.in_groups.all().delete()
    person.deleted_at = person.changed_at = at
    person.save()
    record("identity.deprovisioned", person.membership, at=at, actor=actor, before={"user_name": person.user_name})


def lock_provider(provider: IdentityProvider) -> None:
    """Let one call of a directory write after the other, so that none is made twice and none reads what is gone."""
    IdentityProvider.objects.select_for_update().only("pk").get(pk=provider.pk)


def found_person(provider: IdentityProvider, person_id: uuid.UUID) -> ProvisionedUser:
    """Return somebody whom a directory brought, held until what is done to them is done; ScimRefusedError 404."""
    lock_provider(provider)
    rows = ProvisionedUser.objects.select_related("provider", "membership__user")
    person = rows.filter(pk=person_id, provider=provider, deleted_at=None).first()
    if person is None:
        raise ScimRefusedError(404, "unknown")
    return person


def follow_groups(
    provider: IdentityProvider, people: list[ProvisionedUser], *, at: datetime, actor: Actor,
    ruled_before: Collection[uuid.UUID] = (),
) -> None:  # fmt: skip
    """Give these people the roles that their groups stand for today; whose roles change signs in anew."""
    found = values_of([each.pk for each in people])
    members = {each.membership_id: found[each.pk] for each in people}
    changed = give_roles(provider, members, at=at, actor=actor, ruled_before=ruled_before)
    who = Membership.objects.filter(pk__in=changed).values_list("user_id", flat=True)
    Session.objects.filter(person__in=list(who), working_in=current_tenant()).delete()


def _come_back(provider: IdentityProvider, stated: StatedUser, *, at: datetime) -> ProvisionedUser | None:
    """Return whom the directory took away and brings again: by its id, or by its name where it never gave an id."""
    gone = ProvisionedUser.objects.filter(provider=provider).exclude(deleted_at=None)
    if stated.external_id:
        found = gone.filter(external_id=stated.external_id)
    else:
        found = gone.filter(external_id="", user_key=stated.user_name.lower())
    person = found.select_related("provider", "membership__user").order_by("-deleted_at").first()
    if person is None:
        return None
    if person.active and not is_here(person.membership, at=at):
        raise ScimRefusedError(403, "ended_here")
    _refuse_by_hand(person.membership, at=at)
    person.deleted_at = None
    person.version += 1
    return person


def _taken_over(provider: IdentityProvider, stated: StatedUser, *, at: datetime) -> ProvisionedUser | None:
    """
    Return the row for a member whom the provider is connected with already, by its id; where it gives none that its
    sign-in knows, by the address of who has shown to be known there.

    Service providers and guests, and whoever was let go by hand, are the company's own affair and stay untouched.
    """
    subject = subject_at(provider, stated.external_id)
    known = ExternalIdentity.objects.filter(issuer=provider.issuer).select_related("user")
    found = known.filter(subject=subject).first() if subject else None
    if not subject and stated.email:
        found = known.filter(user__email__iexact=stated.email).first()
    if found is None:
        return None
    member = Membership.objects.select_related("user").get(user=found.user_id)
    _refuse_by_hand(member, at=at)
    if not is_here(member, at=at):
        raise ScimRefusedError(403, "ended_here")
    if ProvisionedUser.objects.filter(membership=member, deleted_at=None).exists():
        raise ScimRefusedError(409, "taken", "uniqueness")
    return ProvisionedUser(provider=provider, membership=member, made_at=at)


def _refuse_by_hand(member: Membership, *, at: datetime) -> None:
    if member.kind != Membership.Kind.EMPLOYEE or (member.until is not None and member.until > at):
        raise ScimRefusedError(403, "by_hand")


def _made(provider: IdentityProvider, stated: StatedUser, *, at: datetime, actor: Actor) -> ProvisionedUser:
    """Make an account for somebody new; only with an address of the tenant's own that no account has."""
    if not stated.email:
        raise ScimRefusedError(400, "value", "invalidValue", attribute="emails")
    if not is_own_domain(stated.email):
        raise ScimRefusedError(400, "domain", "invalidValue")
    if User.objects.filter(email__iexact=stated.email).exists():
        raise ScimRefusedError(409, "account", "uniqueness")
    if stated.active is not False:
        _seat(at=at)
    person = ProvisionedUser(provider=provider, made_here=True, made_at=at)
    _state(person, stated, at=at)
    language = stated.language[:2].lower()
    user = User.objects.create_user(
        stated.email, None, name=(stated.display_name or stated.user_name.partition("@")[0])[:200],
        language=language if language in _LANGUAGES else "", created_at=at,
    )  # fmt: skip
    person.membership = rights.add_member(user, kind=Membership.Kind.EMPLOYEE, roles=(), at=at, actor=actor)
    return person


def _state(person: ProvisionedUser, stated: StatedUser, *, at: datetime) -> None:
    kept = stated.external_id or person.external_id  # who does not name an id does not take it back
    for name in _STATED:
        setattr(person, name, getattr(stated, name))
    person.external_id, person.user_key, person.changed_at = kept, stated.user_name.lower(), at


def _change_account(person: ProvisionedUser, stated: StatedUser, *, at: datetime, actor: Actor) -> None:
    """Give the account the new name and address, where it was made for this directory and serves nobody else."""
    user = person.membership.user
    email, name = stated.email or user.email, (stated.display_name or user.name)[:200]
    before, after = {"email": user.email, "name": user.name}, {"email": email, "name": name}
    if before == after or not person.made_here or works_elsewhere(user.pk):
        return
    if email != user.email:
        if not is_own_domain(email):
            raise ScimRefusedError(400, "domain", "invalidValue")
        if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
            raise ScimRefusedError(409, "account", "uniqueness")
        EmailAddress.objects.filter(user=user).delete()  # the library signs people in by any it knows
    user.email, user.name = email, name
    user.save(update_fields=["email", "name"])
    record("identity.profile_changed", person.membership, at=at, actor=actor, before=before, after=after)


def _connect(provider: IdentityProvider, person: ProvisionedUser, *, at: datetime) -> None:
    """Let the sign-in find whom the directory brought, where it names people by the same id; never who is known."""
    subject = subject_at(provider, person.external_id)
    if not subject or not person.made_here:
        return
    user = person.membership.user
    if ExternalIdentity.objects.filter(issuer=provider.issuer, subject=subject).exists():
        return
    mine = ExternalIdentity.objects.filter(issuer=provider.issuer, user=user)
    if mine.exclude(last_at=None).exists():
        return
    mine.delete()  # named otherwise before anybody came
    ExternalIdentity.objects.create(
        provider=provider, issuer=provider.issuer, subject=subject, user=user, connected_at=at
    )


def _reopen(person: ProvisionedUser, *, at: datetime, actor: Actor) -> None:
    if person.active:  # the directory never ended it: somebody here did
        raise ScimRefusedError(403, "ended_here")
    person.active = True
    if not is_here(person.membership, at=at):
        _open(person, at=at, actor=actor)


def _open(person: ProvisionedUser, *, at: datetime, actor: Actor) -> None:
    _seat(at=at)
    rights.set_leaving(person.membership_id, until=None, at=at, actor=actor)
    person.membership.until = None


def _end(person: ProvisionedUser, *, at: datetime, actor: Actor) -> None:
    """End somebody's access and their sessions here at once; the last administrator stays."""
    member = person.membership
    try:
        rights.set_leaving(member.pk, until=at, at=at, actor=actor)
    except rights.LastAdministratorError as error:
        raise ScimRefusedError(403, "last_administrator") from error
    member.until, person.active = at, False
    credentials.revoke(INVITATION, member.user_id, at=at)
    sessions = Session.objects.filter(person=member.user_id)
    for each in ({"working_in": current_tenant()}, {"method": person.provider.method}):
        sessions.filter(**each).delete()


def _seat(*, at: datetime) -> None:
    try:
        take_a_seat(at=at)
    except SeatsTakenError as taken:
        raise ScimRefusedError(403, "seats", count=seats(at=at).ordered) from taken


def _refuse_taken(
    provider: IdentityProvider, stated: StatedUser, *, besides: ProvisionedUser | None = None
) -> None:  # fmt: skip
    """Refuse a second person with the same name or id at one directory."""
    rows = ProvisionedUser.objects.filter(provider=provider, deleted_at=None)
    others = rows.exclude(pk=besides.pk) if besides else rows
    same = others.filter(user_key=stated.user_name.lower())
    if same.exists() or (stated.external_id and others.filter(external_id=stated.external_id).exists()):
        raise ScimRefusedError(409, "taken", "uniqueness")
