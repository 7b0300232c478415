"""Reads about people, their tenants, their seats and their rights."""

import uuid
import zoneinfo
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from django.urls import reverse

from kontor.kernel import registry
from kontor.kernel.actions import credentials
from kontor.kernel.finding import Found, begins
from kontor.kernel.models import Entitlement, Membership, Role, RoleAssignment, Tenant
from kontor.kernel.registry import Permission
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import as_person, current_tenant
from kontor.office.identity.models import User
from kontor.rulebook.ruling import Text

INVITATION: Final = "identity.invitation"
USER: Final = "USER"
UNUSABLE: Final = "!"  # Django's sign for a password that nobody has set yet


@dataclass(frozen=True, slots=True)
class Seats:
    """
    How many people the order lets in, and how many are here, the invited included.

    ordered   None where no contract sets a number
    contract  the one that sets it, where more can be ordered; None for what was granted by hand
    """

    ordered: int | None
    taken: int
    clause: str = ""
    reason: Text | None = None
    contract: uuid.UUID | None = None

    @property
    def free(self) -> int:
        """How many more the order lets in; none where it sets no number."""
        return max(0, (self.ordered or 0) - self.taken)


@dataclass(frozen=True, slots=True)
class Headcount:
    """Who is here, service providers apart from employees; `invited` of both have not come in yet."""

    employees: int
    service_providers: int
    invited: int


def tenants_of(user_id: uuid.UUID, *, at: datetime) -> Sequence[Tenant]:
    """Return the tenants a person may work in at this moment, by name; works outside any tenant."""
    with as_person(user_id):
        mine = TenantQuerySet[Membership](Membership).filter(here(at), user_id=user_id)
        return list(Tenant.objects.filter(pk__in=mine.values("tenant_id")).order_by("name"))


def invited(secret: str, *, at: datetime) -> tuple[User, Tenant, bool]:
    """Return whom an invitation is for, where to, and whether they have a password; CredentialRefusedError."""
    tenant_id, user_id = credentials.resolve(secret, INVITATION, at)
    user = User.objects.get(pk=user_id)
    return user, Tenant.objects.get(pk=tenant_id), user.has_usable_password()


def here(at: datetime | Now, path: str = "") -> Q:
    """Return the condition that a membership, found by `path`, has not ended at this moment."""
    return Q(**{f"{path}until": None}) | Q(**{f"{path}until__gt": at})


def is_here(membership: Membership, *, at: datetime) -> bool:
    """Tell whether a membership has not ended at this moment."""
    return membership.until is None or membership.until > at


def members(*, at_sites: frozenset[uuid.UUID] | None = None) -> QuerySet[Membership]:
    """
    Return everybody who works or worked here, with `user` and `role_names`; one query.

    at_sites  only who holds a role at one of these sites, and only the roles they hold there
    """
    held = RoleAssignment.objects.filter(membership=OuterRef("pk"))
    mine = Membership.objects.select_related("user")
    if at_sites is not None:
        held = held.filter(site__in=at_sites)
        mine = mine.filter(Exists(held))
    names = held.order_by("role__name").values("role__name").distinct()
    return mine.annotate(role_names=ArraySubquery(names))


def headcount(*, at: datetime) -> Headcount:
    """Count who is here now; one query."""
    counted = Membership.objects.filter(here(at)).aggregate(
        employees=Count("pk", filter=Q(kind=Membership.Kind.EMPLOYEE)),
        service_providers=Count("pk", filter=Q(kind=Membership.Kind.SERVICE_PROVIDER)),
        invited=Count("pk", filter=Q(user__password__startswith=UNUSABLE)),
    )
    return Headcount(**counted)


def seats(*, at: datetime) -> Seats:
    """
    Return the seats of the current tenant's order today; three queries at most.

    Before the term begins it is the order's first number, after it has ended none. Several modules with a number each
    are used by the same people: the largest number counts.
    """
    rows = list(Entitlement.objects.filter(unit=USER, quantity__isnull=False).order_by("module", "from_on"))
    if not rows:
        return Seats(None, _taken(at))
    tenant = Tenant.objects.get(pk=current_tenant())
    valid = _valid(rows, at.astimezone(zoneinfo.ZoneInfo(tenant.zone)).date())
    orders = [list(each) for _, each in groupby(valid, key=lambda row: row.module)]
    largest = max(orders, key=_quantity, default=[])
    source = largest[-1] if largest else rows[-1]
    reason = Text(source.reason_de, source.reason_en)
    return Seats(_quantity(largest), _taken(at), source.clause, reason, source.contract)


def _valid(rows: Sequence[Entitlement], today: date) -> list[Entitlement]:
    """The rows of today, or before the first term those it begins with."""
    now = [row for row in rows if row.from_on <= today and (row.until_on is None or row.until_on > today)]
    coming = [row for row in rows if row.from_on > today]
    first = min((row.from_on for row in coming), default=None)
    return now or [row for row in coming if row.from_on == first]


def _quantity(rows: Collection[Entitlement]) -> int:
    return sum(row.quantity or 0 for row in rows)


def _taken(at: datetime) -> int:
    return Membership.objects.filter(here(at)).exclude(kind=Membership.Kind.AUDITOR).count()


def roles(*, at: datetime) -> QuerySet[Role]:
    """Return the tenant's roles with `holders`, how many are here with it: the administrator's first; one query."""
    having = RoleAssignment.objects.filter(here(at, "membership__"), role=OuterRef("pk")).order_by().values("role")
    holders = having.annotate(count=Count("membership", distinct=True)).values("count")
    return Role.objects.annotate(holders=Coalesce(Subquery(holders), 0)).order_by("-everything", "name")


def administrators(*, at: datetime) -> QuerySet[Membership]:
    """Return who may do everything in the current tenant, by name."""
    in_charge = RoleAssignment.objects.filter(role__everything=True, site=None).values("membership")
    return Membership.objects.select_related("user").filter(here(at), pk__in=in_charge).order_by("user__name", "pk")


def permissions_on_offer(standing: Standing) -> list[tuple[Text, list[Permission]]]:
    """Return what a role may allow here, by module: what the contract holds today and what everyone here has."""
    other = "customer" if standing.tenant.is_house else "house"
    groups = [
        (module.title, [one for one in module.permissions if standing.unlocked(one.key) and one.audience != other])
        for module in registry.modules()
    ]
    return [(title, found) for title, found in groups if found]


def find_people(words: Sequence[str], *, limit: int, sites: frozenset[uuid.UUID] | None = None) -> list[Found]:
    """
    Return the people of the current tenant whose name or e-mail address begins so; one query.

    sites  only who holds a role at one of these, with the page of their rights there
    """
    page = "identity:person" if sites is None else "identity:person-rights"
    rows = members(at_sites=sites).filter(begins(words, "user__name", "user__email"))
    return [
        Found(str(row.user), row.user.email, reverse(page, args=(row.pk,)))
        for row in rows.order_by("user__name", "pk")[:limit]
    ]
