"""The list of who works here, and the words for how somebody stands."""

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Membership, Role, RoleAssignment
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.templatetags.chips import avatar
from kontor.kernel.wording import day
from kontor.office.identity import queries
from kontor.office.identity.forms import last_day
from kontor.office.identity.queries.factors import with_factor
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views import member_factors

KINDS = {
    Membership.Kind.EMPLOYEE.value: gettext_lazy("Employee"),
    Membership.Kind.SERVICE_PROVIDER.value: gettext_lazy("Service provider"),
    Membership.Kind.AUDITOR.value: gettext_lazy("Auditor"),
}
_GONE, _INVITED, _LEAVING = "gone", "invited", "leaving"


@requires("identity.see", at_sites=True)
@require_GET
def people(request: TenantRequest) -> HttpResponseBase:
    """
    List who works here; those who have left only where they are asked for.

    Whose right ends at sites sees who holds a role there, with the roles of these sites, and no figure of the whole.
    """
    listing = _listing(request)
    if listing.wants_file:
        return listing.file()
    context = {
        "people": listing,
        "meta": _counts(queries.headcount(at=request.at)) if request.sites is None else [],
        "seats": queries.seats(at=request.at) if request.sites is None else None,
        "may_change": request.standing.may("identity.change"),
    }
    return render(request, "identity/people.html", context)


def state(member: Membership, at: datetime) -> Badge:
    """Return how somebody stands here at this moment."""
    if not queries.is_here(member, at=at):
        return Badge(_("no longer here"), "plain")
    if is_invited(member):
        return Badge(_("invited"), "info", "mail")
    if member.until is not None:
        return Badge(_("leaves on %(day)s") % {"day": day(last_day(member.until))}, "warn", "door-exit")
    return Badge(pgettext("member", "active"), "good")


def is_invited(member: Membership) -> bool:
    """Tell whether somebody has not come in for the first time yet."""
    return not member.user.has_usable_password()


def _counts(count: queries.Headcount) -> list[str]:
    """Say how many work here, service providers apart from employees (SM-001)."""
    said = [
        ngettext("%(count)s employee", "%(count)s employees", count.employees) % {"count": count.employees},
        ngettext("%(count)s service provider", "%(count)s service providers", count.service_providers)
        % {"count": count.service_providers},
    ]
    if count.invited:
        waiting = ngettext("%(count)s has not come in yet", "%(count)s have not come in yet", count.invited)
        said.append(waiting % {"count": count.invited})
    return said


def _listing(request: TenantRequest) -> Listing:
    rows = with_factor(queries.members(at_sites=request.sites))
    if request.GET.get("state") != _GONE:
        rows = rows.filter(queries.here(request.at))
    return Listing(
        request,
        rows,
        name="people",
        columns=_columns(request),
        search=("user__name", "user__email"),
        choices=_choices(request),
        order="user__name",
    )


def _columns(request: TenantRequest) -> tuple[Column, ...]:
    policy, at = policy_here(), request.at
    page = "identity:person" if request.sites is None else "identity:person-rights"
    return (
        Column("user", _("Name"), html=lambda row: _who(row, page), sort="user__name", slot="title"),
        Column("user.email", _("E-mail"), late=True, sort="user__email"),
        Column("roles", _("Roles"), value=lambda row: ", ".join(row.role_names), slot="meta"),
        Column("kind", _("Counts as"), value=lambda row: KINDS[row.kind], sort="kind", slot="more"),
        Column("since", _("Since"), kind="day", sort="since", late=True),
        Column(
            "factor",
            _("Second factor"),
            kind="badge",
            value=lambda row: member_factors.badge(row, policy),
            late=True,
        ),
        Column("state", _("State"), kind="badge", value=lambda row: state(row, at), slot="state"),
    )


def _choices(request: TenantRequest) -> tuple[Choice, ...]:
    at = request.at
    narrow = {
        _GONE: lambda found: found.exclude(queries.here(at)),
        _INVITED: lambda found: found.filter(user__password__startswith=queries.UNUSABLE),
        _LEAVING: lambda found: found.filter(until__isnull=False),
    }
    held = _held(request)
    known = Role.objects.all() if request.sites is None else Role.objects.filter(pk__in=held.values("role"))
    roles = [(str(pk), name) for pk, name in known.order_by("name").values_list("pk", "name")]
    return (
        Choice("kind", _("Counts as"), tuple(KINDS.items())),
        Choice("role", _("Role"), roles, apply=lambda found, role: found.filter(pk__in=_having(held, role))),
        Choice(
            "factor",
            _("Second factor"),
            (("yes", _("set up")), ("no", _("none"))),
            apply=lambda found, chosen: found.filter(has_factor=chosen == "yes"),
        ),
        Choice(
            "state",
            _("State"),
            ((_INVITED, _("invited")), (_LEAVING, _("leaving")), (_GONE, _("no longer here"))),
            apply=lambda found, chosen: narrow[chosen](found),
        ),
    )


def _held(request: TenantRequest) -> QuerySet[RoleAssignment]:
    held: QuerySet[RoleAssignment] = RoleAssignment.objects.all()
    return held if request.sites is None else held.filter(site__in=request.sites)


def _having(held: QuerySet[RoleAssignment], role_id: str) -> object:
    return held.filter(role_id=uuid.UUID(role_id)).values("membership")


def _who(member: Membership, page: str) -> SafeString:
    return format_html(
        '<div class="k-cell">{}<span class="k-name"><a href="{}" data-k-stop>{}</a></span></div>',
        avatar(str(member.user)),
        reverse(page, args=[member.pk]),
        member.user,
    )
