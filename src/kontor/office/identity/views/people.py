"""One person who works here: what they are and may do, inviting, changing, and letting them go."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actions.rights import LastAdministratorError
from kontor.kernel.models import Membership, Role
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity import queries
from kontor.office.identity.actions import invitations, members
from kontor.office.identity.actions.limits import BeyondOwnRightsError, ContractMissingError, Held, SeatsTakenError
from kontor.office.identity.forms import InviteForm, MemberForm, last_day
from kontor.office.identity.queries.bounces import refused_address
from kontor.office.identity.queries.factors import with_role_demand
from kontor.office.identity.views import member_factors
from kontor.office.identity.views.history import history
from kontor.office.identity.views.locks import access_of
from kontor.office.identity.views.people_list import KINDS, is_invited, state

_REFUSALS = (
    BeyondOwnRightsError,
    ContractMissingError,
    SeatsTakenError,
    MailAddressError,
    invitations.AlreadyHereError,
)


@requires("identity.see")
@require_GET
def person(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Show one person: what they are, what they may do, what happened."""
    member = _member(membership_id)
    roles = Role.objects.filter(assignments__membership=member).distinct().order_by("-everything", "name")
    allowed = {permission for role in roles for permission in role.permissions}
    context = {
        "member": member,
        "crumbs": _crumbs(),
        "state": state(member, request.at),
        "kind": KINDS[member.kind],
        "roles": roles,
        "everything": any(role.everything for role in roles),
        "rights": [
            (title, [one.meaning for one in permissions if one.key in allowed])
            for title, permissions in queries.permissions_on_offer(request.standing)
            if any(one.key in allowed for one in permissions)
        ],
        "last_day": last_day(member.until),
        "refused": refused_address(member.user.email),
        "factor": member_factors.about(member),
        "is_here": queries.is_here(member, at=request.at),
        "is_invited": is_invited(member),
        "history": history(member.pk),
        **access_of(request, member),
        "may_change": request.standing.may("identity.change"),
    }
    return render(request, "identity/person.html", context)


@requires("identity.change")
@require_http_methods(["GET", "POST"])
def invite(request: TenantRequest) -> HttpResponseBase:
    """Invite somebody to work here."""
    roles = list(Role.objects.order_by("-everything", "name"))
    initial = {"language": request.tenant.language}
    form = InviteForm(request.POST or None, roles=roles, today=localdate(request.at), initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = [role for role in roles if str(role.pk) in form.cleaned_data["roles"]]
        names = ("email", "name", "phone", "kind", "language", "consulting_contract")
        told = {key: form.cleaned_data[key] for key in names}
        try:
            invitations.invite(
                roles=chosen, until=form.until, held=held(request), at=request.at, actor=request.actor, **told
            )
        except _REFUSALS as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": told["email"]})
            return redirect("identity:people")
    context = {"form": form, "seats": queries.seats(at=request.at), "crumbs": _crumbs()}
    return render(request, "identity/invite.html", context, status=422 if form.errors else 200)


@requires("identity.change")
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Change what a member is and may do, and until when."""
    member = _member(membership_id)
    roles = list(Role.objects.order_by("-everything", "name"))
    having = member.assignments.filter(site=None).values_list("role_id", flat=True)
    initial = {
        "kind": member.kind,
        "consulting_contract": member.consulting_contract,
        "roles": [str(pk) for pk in having],
        "last_day": last_day(member.until),
    }
    form = MemberForm(request.POST or None, roles=roles, initial=initial)
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data["last_day"] == initial["last_day"]
        until = member.until if kept else form.until  # a day unchanged keeps the very moment it stands for
        if _changed(request, form, member, until):
            messages.success(request, _("Changed."))
            return redirect("identity:person", member.pk)
    title = _("What may %(name)s do?") % {"name": member.user}
    crumbs = [*_crumbs(), (str(member.user), reverse("identity:person", args=[member.pk]))]
    context = {"form": form, "member": member, "title": title, "crumbs": crumbs}
    return render(request, "identity/person_change.html", context, status=422 if form.errors else 200)


@requires("identity.change")
@require_POST
def end_now(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """End a member's access at once."""
    member = _member(membership_id)
    roles = list(member.assignments.filter(site=None).values_list("role_id", flat=True))
    try:
        members.change_member(
            member.pk,
            kind=member.kind,
            roles=roles,
            until=request.at,
            held=held(request),
            at=request.at,
            actor=request.actor,
            consulting_contract=member.consulting_contract,
        )
    except (LastAdministratorError, BeyondOwnRightsError) as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("%(name)s has no access any more.") % {"name": member.user})
    return redirect("identity:person", member.pk)


@requires("identity.change")
@require_POST
def invite_again(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Send a new link to somebody who has not come in yet; 404 for anybody else."""
    member = _member(membership_id)
    if not (is_invited(member) and queries.is_here(member, at=request.at)):
        raise Http404
    invitations.invite_again(member.pk, at=request.at, actor=request.actor)
    messages.success(request, _("A new link is on its way to %(email)s.") % {"email": member.user.email})
    return redirect("identity:person", member.pk)


def held(request: TenantRequest, *, site: uuid.UUID | None = None) -> Held:
    """Return what the person who asks may give others, everywhere or at a site."""
    standing = request.standing
    if standing.everything:
        return None
    return standing.permissions | (standing.at_sites.get(site, frozenset()) if site else frozenset())


def sentence(refused: Exception) -> str:
    """Return a refusal as the page says it."""
    if isinstance(refused, LastAdministratorError):
        return _("Somebody must be able to do everything here. Make another person administrator first.")
    if isinstance(refused, SeatsTakenError) and refused.contract:
        url = reverse("contracts:order", args=[refused.contract])
        return format_html('{} <a href="{}">{}</a>', str(refused), url, _("To the order page"))
    return str(refused)


def _changed(request: TenantRequest, form: MemberForm, member: Membership, until: datetime | None) -> bool:
    try:
        members.change_member(
            member.pk,
            kind=form.cleaned_data["kind"],
            roles=[uuid.UUID(pk) for pk in form.cleaned_data["roles"]],
            until=until,
            held=held(request),
            at=request.at,
            actor=request.actor,
            consulting_contract=form.cleaned_data["consulting_contract"],
        )
    except ContractMissingError as missing:
        form.add_error("consulting_contract", str(missing))
        return False
    except (LastAdministratorError, SeatsTakenError, BeyondOwnRightsError) as refused:
        form.add_error(None, sentence(refused))
        return False
    return True


def _crumbs() -> list[tuple[str, str]]:
    return [(_("People"), reverse("identity:people"))]


def _member(membership_id: uuid.UUID) -> Membership:
    members = with_role_demand(Membership.objects.select_related("user"))
    found: Membership | None = members.filter(pk=membership_id).first()
    if found is None:
        raise Http404
    return found
