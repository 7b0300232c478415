"""The list of who works here, and the words for how somebody stands."""

import uuid
from datetime import datetime

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Membership, Role
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
}
_GONE, _INVITED, _LEAVING = "gone", "invited", "leaving"


@requires("identity.see")
@require_GET
def people(request: TenantRequest) -> HttpResponseBase:
    """List who works here; those who have left only where they are asked for."""
    listing = _listing(request)
    if listing.wants_file:
        return listing.file()
    context = {
        "people": listing,
        "meta": _counts(queries.headcount(at=request.at)),
        "seats": queries.seats(at=request.at),
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
    rows = with_factor(queries.members())
    if request.GET.get("state") != _GONE:
        rows = rows.filter(queries.here(request.at))
    return Listing(
        request,
        rows,
        name="people",
        columns=_columns(request.at),
        search=("user__name", "user__email"),
        choices=_choices(request.at),
        order="user__name",
    )


def _columns(at: datetime) -> tuple[Column, ...]:
    policy = policy_here()
    return (
        Column("user", _("Name"), html=_who, sort="user__name", slot="title"),
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


def _choices(at: datetime) -> tuple[Choice, ...]:
    narrow = {
        _GONE: lambda found: found.exclude(queries.here(at)),
        _INVITED: lambda found: found.filter(user__password__startswith=queries.UNUSABLE),
        _LEAVING: lambda found: found.filter(until__isnull=False),
    }
    roles = [(str(pk), name) for pk, name in Role.objects.order_by("name").values_list("pk", "name")]
    return (
        Choice("kind", _("Counts as"), tuple(KINDS.items())),
        Choice("role", _("Role"), roles, apply=lambda found, role: found.filter(pk__in=_having(role))),
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


def _having(role_id: str) -> object:
    return Membership.objects.filter(assignments__role_id=uuid.UUID(role_id)).values("pk")


def _who(member: Membership) -> SafeString:
    return format_html(
        '<div class="k-cell">{}<span class="k-name"><a href="{}" data-k-stop>{}</a></span></div>',
        avatar(str(member.user)),
        reverse("identity:person", args=[member.pk]),
        member.user,
    )
