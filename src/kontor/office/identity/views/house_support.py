"""The house's pages about looking inside a customer's tenant: asking, an emergency of two, beginning and leaving."""

import uuid
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.models import SupportGrant
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.support import LOOK, begin_looking, end_looking
from kontor.kernel.wording import spoken
from kontor.office.identity.actions import support
from kontor.office.identity.actions.support import SupportRefusedError
from kontor.office.identity.forms.support import AskForm
from kontor.office.identity.models import Instruction
from kontor.office.identity.queries.instructions import is_bound, newest
from kontor.office.identity.queries.support import areas, asked_for, badge_of, looks_in, month_of, state_of
from kontor.office.identity.queries.training import is_trained

_LATEST: Final = 50


@requires(LOOK)
@require_GET
def grants(request: TenantRequest) -> HttpResponseBase:
    """Show where the house may look now, what waits for an answer, and what was before."""
    rows = [
        {
            "grant": row,
            "badge": badge_of(row, at=request.at),
            "state": state_of(row, at=request.at),
            "areas": areas(row.permissions),
            "mine": row.asked_by == request.user.pk,
        }
        for row in SupportGrant.received.select_related("tenant").order_by("-asked_at", "-pk")[:_LATEST]
    ]
    context = {
        "waiting": [row for row in rows if row["state"] in {"asked", "stands"}],
        "bound": is_bound(request.user.pk),
        "edition": newest(Instruction.Topic.CONFIDENTIALITY),
        "may_publish": request.standing.may("identity.security"),
        "past": [row for row in rows if row["state"] not in {"asked", "stands"}],
    }
    return render(request, "identity/house_support.html", context)


@requires(LOOK, fresh=True)
@require_http_methods(["GET", "POST"])
def ask(request: TenantRequest, *, emergency: bool) -> HttpResponseBase:
    """Ask a customer for leave to look; in an emergency, ask a second person of the house."""
    form = AskForm(request.POST or None, offer=asked_for(request.standing), emergency=emergency)
    if request.method == "POST" and form.is_valid():
        try:
            support.ask(form.cleaned_data["tenant"], form.look, at=request.at, actor=request.actor, emergency=emergency)
        except SupportRefusedError as refused:
            form.add_error(None, spoken(refused.why))
        else:
            said = _("A second person must confirm it.") if emergency else _("The customer is asked.")
            messages.success(request, said)
            return redirect("identity:support-house")
    context = {
        "form": form,
        "emergency": emergency,
        "crumbs": [(_("Support access"), reverse("identity:support-house"))],
    }
    return render(request, "identity/house_support_ask.html", context, status=422 if form.errors else 200)


@requires(LOOK, fresh=True)
@require_POST
def confirm(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponseBase:
    """Confirm an emergency that somebody else called."""
    row = _received(grant_id, granted_at=None, ended_at=None, emergency=True)
    try:
        support.confirm(row.tenant, row.pk, at=request.at, actor=request.actor)
    except SupportRefusedError as refused:
        messages.error(request, spoken(refused.why))
    else:
        messages.success(request, _("The emergency is confirmed. The customer is told."))
    return redirect("identity:support-house")


@requires(LOOK)
@require_POST
def give_up(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponseBase:
    """End, before its hour, what a customer gave, or withdraw what was asked."""
    row = _received(grant_id, ended_at=None)
    support.give_up(row.tenant, row.pk, at=request.at, actor=request.actor)
    messages.success(request, _("The look is over."))
    return redirect("identity:support-house")


@requires(LOOK, fresh=True)
@require_POST
def look(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponseBase:
    """Begin to look: from the next request on the session is a guest of that tenant; 404 for a grant that is over."""
    row = _received(grant_id, granted_at__lte=request.at, ended_at=None, until__gt=request.at)
    if not is_trained(request.user.pk, on=localdate(request.at)):
        messages.error(request, _("Only who was trained in data protection looks at a customer's data."))
        return redirect("identity:trainings")
    try:
        support.begin(row, reference=request.POST.get("reference", ""), at=request.at, actor=request.actor)
    except support.UnboundError as refused:
        messages.error(request, spoken(refused.why))
        return redirect("identity:confidentiality")
    except SupportRefusedError as refused:
        messages.error(request, spoken(refused.why))
        return redirect("identity:support-house")
    begin_looking(request.session, row)
    return redirect("kernel:home")


@requires(LOOK)
@require_POST
def name_case(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponseBase:
    """Name the case of a look that has none yet, such as an emergency's."""
    row = _received(grant_id, reference="")
    try:
        support.name_case(
            row.tenant, row.pk, reference=request.POST.get("reference", ""), at=request.at, actor=request.actor
        )
    except SupportRefusedError as refused:
        messages.error(request, spoken(refused.why))
    return redirect("identity:support-control")


@requires(LOOK)
@require_GET
def control(request: TenantRequest) -> HttpResponseBase:
    """Report a month's looks into customers' data with their cases; those without a case are to be none (2.6)."""
    month = month_of(request.GET.get("month", ""), today=localdate(request.at))
    rows = list(looks_in(month, zone=request.tenant.zone))
    context = {
        "rows": rows,
        "without": sum(not row.reference for row in rows),
        "month": month,
        "before": month - timedelta(days=1),
        "next": (month + timedelta(days=31)).replace(day=1),
        "today": localdate(request.at),
        "crumbs": [(_("Support access"), reverse("identity:support-house"))],
    }
    return render(request, "identity/support_control.html", context)


@requires(LOOK)
@require_POST
def leave(request: TenantRequest) -> HttpResponseBase:
    """Be the house's person again."""
    end_looking(request.session)
    return redirect("identity:support-house")


def _received(grant_id: uuid.UUID, **conditions: object) -> SupportGrant:
    rows = SupportGrant.received.select_related("tenant").filter(**conditions)
    return get_object_or_404(rows, pk=grant_id)
