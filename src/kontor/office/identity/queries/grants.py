"""Who holds which role where, what that allows, and why somebody may do something or may not."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kontor.kernel import registry
from kontor.kernel.models import Membership, RoleAssignment, Site
from kontor.kernel.registry import Permission
from kontor.kernel.standing import Standing
from kontor.office.identity.queries import here
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Why:
    """
    Whether somebody may do something, and why.

    by      what gives it: (place, role), the place None for everywhere
    ordered whether the contract holds what it is for today; without it no role helps
    """

    permission: Permission
    by: Sequence[tuple[Site | None, str]]
    ordered: bool

    @property
    def allowed(self) -> bool:
        """Whether it is allowed somewhere."""
        return bool(self.by) and self.ordered

    @property
    def everywhere(self) -> bool:
        """Whether it is allowed everywhere."""
        return self.allowed and any(place is None for place, _role in self.by)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody and what they hold, by place: role names for None (everywhere) and for each site."""

    member: Any
    held: dict[uuid.UUID | None, list[str]]

    @property
    def user(self) -> Any:
        """The person."""
        return self.member.user


def grants(*, at: datetime) -> QuerySet[RoleAssignment]:
    """Return every role that somebody who is here holds, everywhere or at a site; one query."""
    rows = RoleAssignment.objects.filter(here(at, "membership__"))
    found = rows.select_related("membership__user", "role", "site")
    return found.order_by("membership__user__name", "membership_id", "site__name", "role__name", "pk")


def places(*, at: datetime, right: str = "", at_sites: Collection[uuid.UUID] | None = None) -> list[Place]:
    """
    Return who is here with what they hold by place; two queries.

    right     only those whom it is allowed
    at_sites  only those who hold something at these sites, and only that
    """
    people = {row.pk: row for row in Membership.objects.select_related("user").filter(here(at)).order_by("user__name")}
    held: dict[uuid.UUID, dict[uuid.UUID | None, list[str]]] = {pk: {} for pk in people}
    for grant in grants(at=at):
        if (not right or allows(grant, right)) and (at_sites is None or grant.site_id in at_sites):
            held[grant.membership_id].setdefault(grant.site_id, []).append(grant.role.name)
    return [Place(people[pk], by) for pk, by in held.items() if by or (not right and at_sites is None)]


def allows(grant: RoleAssignment, right: str) -> bool:
    """Tell whether a grant allows something where it holds; who may do everything may do so everywhere only."""
    if grant.role.everything:
        return grant.site_id is None
    return right in grant.role.permissions


def explained(
    membership: Membership, standing: Standing, *, at_sites: Collection[uuid.UUID] | None = None
) -> list[tuple[Text, list[Why]]]:
    """
    Return by module what there is to be allowed here, and for each why this person may do it or not; one query.

    What the contract does not hold stands there only where a role of theirs names it.

    at_sites  what they hold at these sites alone counts
    """
    rows = membership.assignments.select_related("role", "site").order_by("site__name", "role__name")
    mine = [grant for grant in rows if at_sites is None or grant.site_id in at_sites]
    other = "customer" if standing.tenant.is_house else "house"
    named = {key for grant in mine for key in grant.role.permissions}
    groups = [
        (
            module.title,
            [
                _why(one, mine, standing)
                for one in module.permissions
                if one.audience != other and (standing.unlocked(one.key) or one.key in named)
            ],
        )
        for module in registry.modules()
    ]
    return [(title, rows) for title, rows in groups if rows]


def sites(only: Collection[uuid.UUID] | None = None) -> QuerySet[Site]:
    """Return the tenant's places of business by name, or of these alone."""
    every = Site.objects.order_by("name", "pk")
    return every if only is None else every.filter(pk__in=only)


def _why(permission: Permission, mine: Collection[RoleAssignment], standing: Standing) -> Why:
    by = [(grant.site, grant.role.name) for grant in mine if allows(grant, permission.key)]
    return Why(permission, by, standing.unlocked(permission.key))
