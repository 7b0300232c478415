"""A tenant's own pages about who of the house may look inside: what stands, what was seen, giving and ending it."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.models import SupportGrant
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.identity.actions import support
from kontor.office.identity.actions.support import SupportRefusedError
from kontor.office.identity.forms.support import LookForm
from kontor.office.identity.queries.support import areas, backup_demanded, badge_of, on_offer, state_of, views_of
from kontor.office.identity.views.frames import security_tabs
from kontor.office.identity.views.people import held

GRANT: Final = "identity.grant_support"
_LATEST: Final = 50


@requires(GRANT)
@require_GET
def grants(request: TenantRequest) -> HttpResponseBase:
    """Show what the house asked for, what it may see now, and what was before."""
    rows = [
        {"grant": row, "badge": badge_of(row, at=request.at), "state": state_of(row, at=request.at)}
        for row in SupportGrant.objects.order_by("-asked_at", "-pk")[:_LATEST]
    ]
    context = {
        "tabs": security_tabs(request, "support"),
        "waiting": [row for row in rows if row["state"] in {"asked", "stands"}],
        "past": [row for row in rows if row["state"] not in {"asked", "stands"}],
    }
    return render(request, "identity/support.html", context)


@requires(GRANT)
@require_GET
def grant(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponseBase:
    """Show one grant: who, why, which pages, and every page that was looked at; 404 for another tenant's."""
    row = get_object_or_404(SupportGrant, pk=grant_id)
    shown = (
        "identity/support_views.html" if request.headers.get("HX-Target") == "views" else "identity/support_grant.html"
    )
    return render(request, shown, _about(request, row) | {"views": views_of(row)})


@requires(GRANT, fresh=True)
@require_http_methods(["GET", "POST"])
def give(request: TenantRequest) -> HttpResponseBase:
    """Give leave without being asked."""
    demanded = backup_demanded(at=request.at) is not None
    form = LookForm(request.POST or None, offer=on_offer(request.standing), backup=demanded)
    if request.method == "POST" and form.is_valid():
        try:
            made = support.give(form.look, held=held(request), at=request.at, actor=request.actor)
        except SupportRefusedError as refused:
            form.add_error(None, spoken(refused.why))
        else:
            messages.success(request, _("The provider may look now."))
            return redirect("identity:support-grant", made.pk)
    return _form(request, form, _("Let the provider look"))


@requires(GRANT, fresh=True)
@require_http_methods(["GET", "POST"])
def agree(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponseBase:
    """Answer the house's request: the pages and hours asked for can be fewer."""
    row = get_object_or_404(SupportGrant, pk=grant_id, granted_at=None, ended_at=None, emergency=False)
    initial = {"purpose": row.purpose, "permissions": row.permissions, "hours": row.hours}
    demanded = backup_demanded(at=request.at) is not None
    form = LookForm(request.POST or None, offer=on_offer(request.standing), backup=demanded, initial=initial)
    form.fields["purpose"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            support.agree(row.pk, form.look, held=held(request), at=request.at, actor=request.actor)
        except SupportRefusedError as refused:
            form.add_error(None, spoken(refused.why))
        else:
            messages.success(request, _("The provider may look now."))
            return redirect("identity:support-grant", row.pk)
    return _form(request, form, _("Let the provider look"), asked=row)


@requires(GRANT)
@require_POST
def end(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponseBase:
    """Take leave back, or refuse it; whoever looks is outside with the next page."""
    row = get_object_or_404(SupportGrant, pk=grant_id, ended_at=None)
    support.end(row.pk, at=request.at, actor=request.actor)
    messages.success(request, _("The provider sees nothing here."))
    return redirect("identity:support-grant", row.pk)


def _form(request: TenantRequest, form: LookForm, title: str, *, asked: SupportGrant | None = None) -> HttpResponseBase:
    context = {"form": form, "title": title, "asked": asked, "crumbs": _crumbs()}
    return render(request, "identity/support_give.html", context, status=422 if form.errors else 200)


def _about(request: TenantRequest, row: SupportGrant) -> dict[str, Any]:
    return {
        "grant": row,
        "badge": badge_of(row, at=request.at),
        "state": state_of(row, at=request.at),
        "areas": areas(row.permissions),
        "crumbs": _crumbs(),
    }


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Security"), reverse("identity:security")), (_("Support access"), reverse("identity:support"))]
