"""Handing a person's roles over to a colleague."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.rights import LastAdministratorError
from kontor.kernel.models import Membership
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity import queries
from kontor.office.identity.actions import handing_over as actions
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.forms.reviews import HandOverForm
from kontor.office.identity.views.people import held, sentence


@requires("identity.change", fresh=True)
@require_http_methods(["GET", "POST"])
def hand_over(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Choose who takes over, and pass everything on."""
    member = Membership.objects.select_related("user").filter(queries.here(request.at), pk=membership_id).first()
    if member is None:
        raise Http404
    others = Membership.objects.select_related("user").filter(queries.here(request.at)).exclude(pk=member.pk)
    form = HandOverForm(request.POST or None, members=list(others.order_by("user__name")))
    if request.method == "POST" and form.is_valid() and _handed(request, form, member):
        return redirect("identity:person", form.cleaned_data["to"])
    context = {
        "form": form,
        "member": member,
        "grants": member.assignments.select_related("role", "site").order_by("role__name"),
        "crumbs": [
            (_("People"), reverse("identity:people")),
            (str(member.user), reverse("identity:person", args=[member.pk])),
        ],
    }
    return render(request, "identity/hand_over.html", context, status=422 if form.errors else 200)


def _handed(request: TenantRequest, form: forms.Form, member: Membership) -> bool:
    to = uuid.UUID(form.cleaned_data["to"])
    try:
        taking = actions.hand_over(member.pk, to=to, held=held(request), at=request.at, actor=request.actor)
    except (BeyondOwnRightsError, LastAdministratorError) as refused:
        form.add_error(None, sentence(refused))
        return False
    told = {"from": member.user, "to": taking.user}
    messages.success(request, _("%(to)s has taken over from %(from)s, whose access has ended.") % told)
    return True
