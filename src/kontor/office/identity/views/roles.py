"""What each role allows: the matrix that a tenant edits itself."""

import uuid

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.rights import LastAdministratorError
from kontor.kernel.models import Role
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity import queries
from kontor.office.identity.actions import roles as actions
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.forms import RoleForm
from kontor.office.identity.views.history import history
from kontor.office.identity.views.people import held, sentence


@requires("identity.see")
@require_GET
def roles(request: TenantRequest) -> HttpResponseBase:
    """Show the matrix: rights of the modules that the contract holds, by role."""
    return _matrix(request, RoleForm(), status=200)


@requires("identity.change", fresh=True)
@require_POST
def save(request: TenantRequest) -> HttpResponseBase:
    """Write what was ticked and unticked in the matrix."""
    try:
        swaps = _swaps(request.POST, _offered(request))
        count = actions.change_rights(swaps, held=held(request), at=request.at, actor=request.actor)
    except BeyondOwnRightsError as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext("%(count)s role changed.", "%(count)s roles changed.", count) % {"count": count}
        messages.success(request, said if count else _("Nothing was changed."))
    return redirect("identity:roles")


@requires("identity.change", fresh=True)
@require_POST
def add(request: TenantRequest) -> HttpResponseBase:
    """Make a role that allows nothing yet."""
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            actions.add_role(name=form.cleaned_data["name"], at=request.at, actor=request.actor)
        except actions.RoleNameTakenError as taken:
            form.add_error("name", str(taken))
        else:
            messages.success(request, _("The role is there. Tick below what it allows."))
            return redirect("identity:roles")
    return _matrix(request, form, status=422)


@requires("identity.see")
@require_GET
def role(request: TenantRequest, role_id: uuid.UUID) -> HttpResponseBase:
    """Show one role: who has it, what it allows, what happened to it."""
    return _role(request, _found(request, role_id), form=None, status=200)


@requires("identity.change", fresh=True)
@require_http_methods(["POST"])
def rename(request: TenantRequest, role_id: uuid.UUID) -> HttpResponseBase:
    """Give a role another name."""
    found = _found(request, role_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_role(found.pk, name=form.cleaned_data["name"], at=request.at, actor=request.actor)
        except actions.RoleNameTakenError as taken:
            form.add_error("name", str(taken))
        else:
            return redirect("identity:role", found.pk)
    return _role(request, found, form=form, status=422)


@requires("identity.change", fresh=True)
@require_POST
def factor(request: TenantRequest, role_id: uuid.UUID) -> HttpResponseBase:
    """Make a second factor mandatory for whoever has a role, or no longer."""
    found = _found(request, role_id)
    wanted = request.POST.get("demand") == "yes"
    try:
        actions.demand_factor_of(found.pk, demanded=wanted, held=held(request), at=request.at, actor=request.actor)
    except BeyondOwnRightsError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Changed."))
    return redirect("identity:role", found.pk)


@requires("identity.change", fresh=True)
@require_POST
def remove(request: TenantRequest, role_id: uuid.UUID) -> HttpResponseBase:
    """Remove a role that nobody has."""
    found = _found(request, role_id)
    try:
        actions.remove_role(found.pk, held=held(request), at=request.at, actor=request.actor)
    except (actions.RoleInUseError, BeyondOwnRightsError, LastAdministratorError) as refused:
        messages.error(request, sentence(refused))
        return redirect("identity:role", found.pk)
    messages.success(request, _("The role %(name)s is gone.") % {"name": found.name})
    return redirect("identity:roles")


def _matrix(request: TenantRequest, form: RoleForm, *, status: int) -> HttpResponseBase:
    columns = list(queries.roles(at=request.at))
    mine = held(request)
    groups = [
        (
            title,
            [
                (one, [(column, one.key in column.permissions) for column in columns], mine is None or one.key in mine)
                for one in permissions
            ],
        )
        for title, permissions in queries.permissions_on_offer(request.standing)
    ]
    context = {
        "columns": columns,
        "groups": groups,
        "width": len(columns) + 1,
        "form": form,
        "administrators": queries.administrators(at=request.at),
        "meta": ngettext("%(count)s role", "%(count)s roles", len(columns)) % {"count": len(columns)},
        "may_change": request.standing.may("identity.change"),
    }
    return render(request, "identity/roles.html", context, status=status)


def _role(request: TenantRequest, found: Role, *, form: RoleForm | None, status: int) -> HttpResponseBase:
    context = {
        "role": found,
        "crumbs": [(_("Roles"), reverse("identity:roles"))],
        "meta": ngettext("%(count)s person has it", "%(count)s people have it", found.holders)  # type: ignore[attr-defined]
        % {"count": found.holders},  # type: ignore[attr-defined]
        "holders": queries.members().filter(queries.here(request.at), assignments__role=found).order_by("user__name"),
        "rights": [
            (title, [one.meaning for one in permissions if one.key in found.permissions])
            for title, permissions in queries.permissions_on_offer(request.standing)
            if any(one.key in found.permissions for one in permissions)
        ],
        "form": form or RoleForm(initial={"name": found.name}),
        "history": history(found.pk),
        "may_change": request.standing.may("identity.change"),
    }
    return render(request, "identity/role.html", context, status=status)


def _found(request: TenantRequest, role_id: uuid.UUID) -> Role:
    found = queries.roles(at=request.at).filter(pk=role_id).first()
    if found is None:
        raise Http404
    return found


def _offered(request: TenantRequest) -> frozenset[str]:
    groups = queries.permissions_on_offer(request.standing)
    return frozenset(one.key for _title, permissions in groups for one in permissions)


def _swaps(posted: QueryDict, offered: frozenset[str]) -> dict[uuid.UUID, actions.Swap]:
    """
    Read the matrix: `right` is "role permission" for each tick, `shown` the same for each tick that was shown.

    What is not offered here is left as it is, whoever sends it.
    """
    now, before = (_ticks(posted.getlist(name), offered) for name in ("right", "shown"))
    return {
        role_id: actions.Swap(
            now.get(role_id, frozenset()) - before.get(role_id, frozenset()),
            before.get(role_id, frozenset()) - now.get(role_id, frozenset()),
        )
        for role_id in now.keys() | before.keys()
    }


def _ticks(words: list[str], offered: frozenset[str]) -> dict[uuid.UUID, frozenset[str]]:
    ticked: dict[uuid.UUID, set[str]] = {}
    for word in words:
        role_id, _space, permission = word.partition(" ")
        if permission in offered:
            try:
                ticked.setdefault(uuid.UUID(role_id), set()).add(permission)
            except ValueError as error:
                raise BadRequest(word) from error
    return {role_id: frozenset(permissions) for role_id, permissions in ticked.items()}
