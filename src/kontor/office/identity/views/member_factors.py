"""An administrator's part in somebody's second factor: what is asked of them, and taking a lost one back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from kontor.kernel.components import Badge
from kontor.kernel.models import AccessPolicy, Membership
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions.factors import WorksElsewhereError, demand_factor, reset_factor
from kontor.office.identity.actions.limits import BeyondOwnRightsError, refuse_roles_beyond
from kontor.office.identity.queries.factors import demanded, factors_of
from kontor.office.identity.queries.security import policy_here

DEMANDS: dict[str, Promise] = {
    AccessPolicy.SecondFactor.OFF.value: gettext_lazy("off"),
    AccessPolicy.SecondFactor.OPTIONAL.value: gettext_lazy("optional"),
    AccessPolicy.SecondFactor.MANDATORY.value: gettext_lazy("mandatory"),
}


def about(member: Membership) -> dict[str, Any]:
    """Return what the page of a person says about their second factor."""
    return {
        "factors": factors_of(member.user_id),
        "demanded": DEMANDS[demanded(member, policy_here())],
        "choices": [("", _("as for everybody"), not member.second_factor)]
        + [(key, word, member.second_factor == key) for key, word in DEMANDS.items()],
    }


def badge(member: Any, policy: AccessPolicy) -> Badge:
    """Return how a member of a list, made by `with_factor`, stands with the second factor."""
    if member.has_factor:
        return Badge(_("set up"), "good", "shield-check")
    if demanded(member, policy) == AccessPolicy.SecondFactor.MANDATORY:
        return Badge(_("still missing"), "warn", "shield-exclamation")
    return Badge(_("none"), "plain")


@requires("identity.change", fresh=True)
@require_POST
def demand(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Say what second factor a person needs."""
    member = _member(membership_id)
    wanted = request.POST.get("second_factor", "")
    if wanted and wanted not in DEMANDS:
        raise Http404
    try:
        _refuse_beyond(request, member)
    except BeyondOwnRightsError as refused:
        messages.error(request, str(refused))
    else:
        demand_factor(member, wanted, at=request.at, actor=request.actor)
        messages.success(request, _("Changed."))
    return redirect("identity:person", member.pk)


@requires("identity.change", fresh=True)
@require_POST
def reset(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Take a lost second factor back; the person sets up a new one."""
    member = _member(membership_id)
    name = {"name": member.user}
    try:
        _refuse_beyond(request, member)
        reset_factor(member, at=request.at, actor=request.actor)
    except BeyondOwnRightsError as refused:
        messages.error(request, str(refused))
    except WorksElsewhereError:
        messages.error(request, _("%(name)s needs this factor elsewhere too. A recovery code lets them in.") % name)
    else:
        messages.success(request, _("The second factor of %(name)s is reset. A mail is on its way.") % name)
    return redirect("identity:person", member.pk)


def _member(membership_id: uuid.UUID) -> Membership:
    """Return a member of this company, 404 for anybody else's."""
    try:
        return Membership.objects.select_related("user").get(pk=membership_id)
    except Membership.DoesNotExist as error:
        raise Http404 from error


def _refuse_beyond(request: TenantRequest, member: Membership) -> None:
    """Refuse to weaken the access of somebody who may do more than whoever asks."""
    held = None if request.standing.everything else request.standing.permissions
    refuse_roles_beyond(held, [each.role for each in member.assignments.select_related("role")])
