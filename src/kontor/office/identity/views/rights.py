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
from kontor.kernel.models import Membership, Role, RoleAssignment
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.identity import queries
from kontor.office.identity.actions import site_roles as actions
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.forms.reviews import SiteForm, SiteRoleForm
from kontor.office.identity.queries.grants import Place, explained, places, sites
from kontor.office.identity.views.people import held
from kontor.office.identity.views.people_list import KINDS, state


@requires("identity.see", at_sites=True)
@require_GET
def matrix(request: TenantRequest) -> HttpResponseBase:
    """Show who holds which role at which place, or who may do one thing, and where (FW-118)."""
    offered = [one for _title, rows in queries.permissions_on_offer(request.standing) for one in rows]
    right = request.GET.get("right", "")
    chosen = right if right in {one.key for one in offered} else ""
    where = list(sites(request.sites))
    everywhere = (Column("everywhere", _("Everywhere"), value=_held_at(None), slot="meta"),)
    listing = Listing(
        request,
        places(at=request.at, right=chosen, at_sites=request.sites),
        name="rights",
        columns=(
            Column("user", _("Name"), url=_person_url, slot="title", sort="user.name"),
            Column("kind", _("Counts as"), value=lambda row: KINDS[row.member.kind], late=True, slot="more"),
            *(everywhere if request.sites is None else ()),
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
        "everywhere": request.sites is None,
    }
    return render(request, "identity/matrix.html", context)


@requires("identity.see", at_sites=True)
@require_GET
def person_rights(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Say what one person may do here and where, and why, or why not."""
    member = _member(request, membership_id)
    may_change = _change_at(request)
    roles, where = list(Role.objects.order_by("name")), list(sites(request.sites if may_change is None else may_change))
    at_sites = member.assignments.filter(site__isnull=False).select_related("role", "site").order_by("site__name")
    people = (_("People"), reverse("identity:people"))
    matrix_crumb = (_("Who may do what, where"), reverse("identity:matrix"))
    person_crumb = (str(member.user), reverse("identity:person", args=[member.pk]))
    context = {
        "member": member,
        "state": state(member, request.at),
        "groups": explained(member, request.standing, at_sites=request.sites),
        "at_sites": [grant for grant in at_sites if request.sites is None or grant.site_id in request.sites],
        "sites": where,
        "form": SiteRoleForm(roles=roles, sites=where),
        "may_change": may_change != frozenset() and queries.is_here(member, at=request.at),
        "takeable": {grant.pk for grant in at_sites if may_change is None or grant.site_id in may_change},
        "crumbs": [people, person_crumb] if request.sites is None else [matrix_crumb],
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


@requires("identity.change", fresh=True, at_sites=True)
@require_POST
def site_role_give(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Give somebody a role at one site, of those at which one may."""
    member = _member(request, membership_id)
    form = SiteRoleForm(request.POST, roles=list(Role.objects.all()), sites=list(sites(request.sites)))
    if form.is_valid():
        told = {key: uuid.UUID(form.cleaned_data[key]) for key in ("role", "site")}
        mine = held(request, site=told["site"])
        _try(request, lambda: actions.give_at_site(
            member.pk, held=mine, at=request.at, actor=request.actor, **told
        ))  # fmt: skip
    else:
        messages.error(request, _("Choose a site and a role."))
    return redirect("identity:person-rights", member.pk)


@requires("identity.change", fresh=True, at_sites=True)
@require_POST
def site_role_take(request: TenantRequest, membership_id: uuid.UUID, grant_id: uuid.UUID) -> HttpResponseBase:
    """Take a role that somebody has at one site, of those at which one may."""
    member = _member(request, membership_id)
    found = RoleAssignment.objects.filter(pk=grant_id, membership=member, site__isnull=False).first()
    if found is None or (request.sites is not None and found.site_id not in request.sites):
        raise Http404
    mine = held(request, site=found.site_id)
    _try(request, lambda: actions.take_at_site(grant_id, held=mine, at=request.at, actor=request.actor))
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


def _change_at(request: TenantRequest) -> frozenset[uuid.UUID] | None:
    """Return the sites at which alone roles may be given by who asks, none where nowhere; None for everywhere."""
    sites_of_mine = request.standing.limited_to("identity.change")
    return sites_of_mine if sites_of_mine is None else sites_of_mine & (request.sites or sites_of_mine)


def _member(request: TenantRequest, membership_id: uuid.UUID) -> Membership:
    """Return a member; 404 for a stranger, and where the request is limited to sites, for who holds nothing there."""
    found = Membership.objects.select_related("user").filter(pk=membership_id)
    if request.sites is not None:
        found = found.filter(assignments__site__in=request.sites).distinct()
    member = found.first()
    if member is None:
        raise Http404
    return member
