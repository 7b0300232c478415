"""Roles that somebody has at one site only, and the sites themselves."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel.actions.record import record
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Role, RoleAssignment, Site
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.limits import Held, refuse_roles_beyond
from kontor.office.identity.actions.policy import pass_again


class SiteNameTakenError(Exception):
    """Another site is called that; its text is the sentence for the page."""


class EverywhereOnlyError(Exception):
    """Whoever may do everything may do it everywhere; its text is the sentence for the page."""


@transaction.atomic
def add_site(*, name: str, zone: str, at: datetime, actor: Actor) -> Site:
    """Open a place of business at which roles can end; SiteNameTakenError."""
    if Site.objects.filter(name__iexact=name).exists():
        raise SiteNameTakenError(gettext("There is a site called %(name)s already.") % {"name": name})
    return open_site(name=name, zone=zone, at=at, actor=actor)


@transaction.atomic
def give_at_site(
    membership_id: uuid.UUID, *, role: uuid.UUID, site: uuid.UUID, held: Held, at: datetime, actor: Actor
) -> RoleAssignment:
    """
    Give a member a role at one site, in addition to what they have; giving it twice changes nothing.

    EverywhereOnlyError, BeyondOwnRightsError; DoesNotExist for another tenant's ids.
    """
    member = Membership.objects.select_for_update().get(pk=membership_id)
    given, place = Role.objects.get(pk=role), Site.objects.get(pk=site)
    if given.everything:
        raise EverywhereOnlyError(gettext("Whoever may do everything may do it everywhere. Choose another role."))
    refuse_roles_beyond(held, [given])
    made, first = RoleAssignment.objects.get_or_create(membership=member, role=given, site=place)
    if first:
        _told("identity.site_role_given", member, made, at=at, actor=actor)
    return made


@transaction.atomic
def take_at_site(grant_id: uuid.UUID, *, held: Held, at: datetime, actor: Actor) -> Membership:
    """Take a role that somebody has at one site; BeyondOwnRightsError, RoleAssignment.DoesNotExist."""
    grant = RoleAssignment.objects.select_related("role", "site", "membership").get(pk=grant_id, site__isnull=False)
    refuse_roles_beyond(held, [grant.role])
    member: Membership = grant.membership
    _told("identity.site_role_taken", member, grant, at=at, actor=actor)
    exactly_one(RoleAssignment.objects.filter(pk=grant.pk).delete()[0])
    return member


def _told(verb: str, member: Membership, grant: RoleAssignment, *, at: datetime, actor: Actor) -> None:
    """Record what changed, and let it hold from the next page on: sessions end, gates are passed again."""
    record(verb, member, at=at, actor=actor, after={"roles": [f"{grant.role.name} · {grant.site}"]})
    pass_again(member)
    if member.user_id != actor.id:
        end_sessions(member.user_id, working_in=current_tenant())
