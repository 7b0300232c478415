"""Who may do what, where, and why: the matrix down to sites, one person's rights, and roles at single sites."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel import registry
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Membership, Role, RoleAssignment, Site
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.identity import queries
from kontor.office.identity.actions import site_roles as actions
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.forms.reviews import SiteForm, SiteRoleForm
from kontor.office.identity.queries.grants import Place, explained, places, sites
from kontor.office.identity.views.people import held
from kontor.office.identity.views.people_list import KINDS, state


@requires("identity.see")
@require_GET
def matrix(request: TenantRequest) -> HttpResponseBase:
    """Show who holds which role at which place, or who may do one thing, and where (FW-118)."""
    offered = [one for _title, rows in queries.permissions_on_offer(request.standing) for one in rows]
    right = request.GET.get("right", "")
    chosen = right if right in {one.key for one in offered} else ""
    where = list(sites())
    listing = Listing(
        request,
        places(at=request.at, right=chosen),
        name="rights",
        columns=(
            Column("user", _("Name"), url=_person_url, slot="title", sort="user.name"),
            Column("kind", _("Counts as"), value=lambda row: KINDS[row.member.kind], late=True, slot="more"),
            Column("everywhere", _("Everywhere"), value=_held_at(None), slot="meta"),
            *(Column(f"site{place}", site.name, value=_held_at(site.pk)) for place, site in enumerate(where)),
        ),
        search=("user.name", "user.email"),
        choices=(
            Choice(
                "right",
                _("May"),
                [(one.key, spoken(one.meaning)) for one in offered],
                apply=lambda found, _chosen: found,  # `places` has narrowed it
            ),
        ),
        order="user.name",
    )
    if listing.wants_file:
        return listing.file()
    context = {
        "listing": listing,
        "meaning": registry.permission(chosen).meaning if chosen else None,
        "sites": where,
        "form": SiteForm(),
        "may_change": request.standing.may("identity.change"),
    }
    return render(request, "identity/matrix.html", context)


@requires("identity.see")
@require_GET
def person_rights(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Say what one person may do here and where, and why, or why not."""
    member = _member(membership_id)
    roles, where = list(Role.objects.order_by("name")), list(sites())
    person_url = reverse("identity:person", args=[member.pk])
    context = {
        "member": member,
        "state": state(member, request.at),
        "groups": explained(member, request.standing),
        "at_sites": member.assignments.filter(site__isnull=False).select_related("role", "site").order_by("site__name"),
        "sites": where,
        "form": SiteRoleForm(roles=roles, sites=where),
        "may_change": request.standing.may("identity.change") and queries.is_here(member, at=request.at),
        "crumbs": [(_("People"), reverse("identity:people")), (str(member.user), person_url)],
    }
    return render(request, "identity/person_rights.html", context)


@requires("identity.change")
@require_POST
def site_add(request: TenantRequest) -> HttpResponseBase:
    """Open a site at which roles can end."""
    form = SiteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The site needs a name."))
        return redirect("identity:matrix")
    try:
        actions.add_site(name=form.cleaned_data["name"], zone=request.tenant.zone, at=request.at, actor=request.actor)
    except actions.SiteNameTakenError as taken:
        messages.error(request, str(taken))
    else:
        messages.success(request, _("The site is there. Give roles at it on a person's page."))
    return redirect("identity:matrix")


@requires("identity.change", fresh=True)
@require_POST
def site_role_give(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Give somebody a role at one site."""
    member = _member(membership_id)
    form = SiteRoleForm(request.POST, roles=list(Role.objects.all()), sites=list(Site.objects.all()))
    if form.is_valid():
        told = {key: uuid.UUID(form.cleaned_data[key]) for key in ("role", "site")}
        _try(request, lambda: actions.give_at_site(
            member.pk, held=held(request), at=request.at, actor=request.actor, **told
        ))  # fmt: skip
    else:
        messages.error(request, _("Choose a site and a role."))
    return redirect("identity:person-rights", member.pk)


@requires("identity.change", fresh=True)
@require_POST
def site_role_take(request: TenantRequest, membership_id: uuid.UUID, grant_id: uuid.UUID) -> HttpResponseBase:
    """Take a role that somebody has at one site."""
    member = _member(membership_id)
    if not RoleAssignment.objects.filter(pk=grant_id, membership=member, site__isnull=False).exists():
        raise Http404
    _try(request, lambda: actions.take_at_site(grant_id, held=held(request), at=request.at, actor=request.actor))
    return redirect("identity:person-rights", member.pk)


def _try(request: TenantRequest, act: Callable[[], object]) -> None:
    try:
        act()
    except (BeyondOwnRightsError, actions.EverywhereOnlyError) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Changed."))


def _held_at(place: uuid.UUID | None) -> Callable[[Place], str]:
    return lambda row: ", ".join(row.held.get(place, ()))


def _person_url(row: Any) -> str:
    return reverse("identity:person-rights", args=[row.member.pk])


def _member(membership_id: uuid.UUID) -> Membership:
    found = Membership.objects.select_related("user").filter(pk=membership_id).first()
    if found is None:
        raise Http404
    return found
