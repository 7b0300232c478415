"""Who works here: the list, one person, inviting and changing."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actions.rights import LastAdministratorError
from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Membership, Role
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.templatetags.chips import avatar
from kontor.kernel.wording import day
from kontor.office.identity import queries
from kontor.office.identity.actions import invitations, members
from kontor.office.identity.actions.limits import BeyondOwnRightsError, Held, SeatsTakenError
from kontor.office.identity.forms import InviteForm, MemberForm, last_day
from kontor.office.identity.queries.bounces import refused_address
from kontor.office.identity.queries.factors import with_factor
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views import member_factors
from kontor.office.identity.views.history import history
from kontor.office.identity.views.locks import access_of

KINDS = {
    Membership.Kind.EMPLOYEE.value: gettext_lazy("Employee"),
    Membership.Kind.SERVICE_PROVIDER.value: gettext_lazy("Service provider"),
}
_GONE, _INVITED, _LEAVING = "gone", "invited", "leaving"
_REFUSALS = (BeyondOwnRightsError, SeatsTakenError, MailAddressError, invitations.AlreadyHereError)


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
    form = InviteForm(request.POST or None, roles=roles, initial={"language": request.tenant.language})
    if request.method == "POST" and form.is_valid():
        chosen = [role for role in roles if str(role.pk) in form.cleaned_data["roles"]]
        told = {key: form.cleaned_data[key] for key in ("email", "name", "kind", "language")}
        try:
            invitations.invite(roles=chosen, held=held(request), at=request.at, actor=request.actor, **told)
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
    initial = {"kind": member.kind, "roles": [str(pk) for pk in having], "last_day": last_day(member.until)}
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


def held(request: TenantRequest) -> Held:
    """Return what the person who asks may give others."""
    return None if request.standing.everything else request.standing.permissions


def sentence(refused: Exception) -> str:
    """Return a refusal as the page says it."""
    if isinstance(refused, LastAdministratorError):
        return _("Somebody must be able to do everything here. Make another person administrator first.")
    if isinstance(refused, SeatsTakenError) and refused.contract:
        url = reverse("contracts:order", args=[refused.contract])
        return format_html('{} <a href="{}">{}</a>', str(refused), url, _("To the order page"))
    return str(refused)


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
        )
    except (LastAdministratorError, SeatsTakenError, BeyondOwnRightsError) as refused:
        form.add_error(None, sentence(refused))
        return False
    return True


def _crumbs() -> list[tuple[str, str]]:
    return [(_("People"), reverse("identity:people"))]


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


def _member(membership_id: uuid.UUID) -> Membership:
    found = Membership.objects.select_related("user").filter(pk=membership_id).first()
    if found is None:
        raise Http404
    return found


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
