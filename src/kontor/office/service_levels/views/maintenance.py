"""Work on the service: planned, cancelled, done."""

import uuid
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions import maintenance as actions
from kontor.office.service_levels.forms.entries import DoneForm, WorkForm
from kontor.office.service_levels.models import Component, Maintenance
from kontor.office.service_levels.views.entering import done, form_page
from kontor.office.service_levels.views.words import name_of, title_of, work_badge
from kontor.rulebook import terms
from kontor.rulebook.calc.promises import upkeep_of
from kontor.rulebook.moment import Span
from kontor.rulebook.refusal import RefusalError

SEE: Final = "service_levels.see"
CHANGE: Final = "service_levels.change"


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def add(request: TenantRequest) -> HttpResponseBase:
    """Plan work; what the terms in use ask for is asked for."""
    packs = {pack.key: pack for pack in contracts.packs_in(request.at.date().replace(day=1))}
    upkeeps = [(key, pack.title, upkeep_of(pack)) for key, pack in packs.items()]
    form = WorkForm(
        request.POST or None,
        components=[(str(each.pk), name_of(each)) for each in Component.objects.order_by("order", "key")],
        reasons=[
            (key, title, (*found.daytime_reasons, *found.reasons))
            for key, title, found in upkeeps
            if found.daytime_reasons or found.reasons
        ],
    )
    made: list[Maintenance] = []
    if done(request, form, lambda: made.append(actions.plan(form.told(), at=request.at, actor=request.actor))):
        return redirect("service_levels:maintenance", made[0].pk)
    back = reverse("service_levels:overview")
    note = _("Every contract in use is asked whether it allows this.")
    return form_page(request, form, title=_("Plan work"), label=_("Plan work"), back=back, crumbs=_crumbs(), note=note)


@requires(SEE)
@require_http_methods(["GET", "POST"])
def work(request: TenantRequest, maintenance_id: uuid.UUID) -> HttpResponseBase:
    """Show work with what each contract says to it; note when it was done."""
    found = get_object_or_404(Maintenance, pk=maintenance_id)
    may_change = request.standing.may(CHANGE)
    initial = {"done_from": found.starts_at, "done_until": found.ends_at}
    form = DoneForm(request.POST if may_change and request.method == "POST" else None, initial=initial)

    def note() -> object:
        span = Span(form.cleaned_data["done_from"], form.cleaned_data["done_until"])
        return actions.note_done(found.pk, span, at=request.at, actor=request.actor)

    if done(request, form, note):
        return redirect("service_levels:maintenance", found.pk)
    return _page(request, found, form, may_change=may_change)


@requires(CHANGE)
@require_POST
def cancel(request: TenantRequest, maintenance_id: uuid.UUID) -> HttpResponseBase:
    """Cancel work that has not begun."""
    found = get_object_or_404(Maintenance, pk=maintenance_id)
    try:
        actions.cancel_work(found.pk, at=request.at, actor=request.actor)
    except RefusalError as refused:
        return _page(request, found, DoneForm(), may_change=True, against=spoken(refused.text), status=409)
    return redirect("service_levels:maintenance", found.pk)


def _page(
    request: TenantRequest,
    found: Maintenance,
    form: DoneForm,
    *,
    may_change: bool,
    against: str = "",
    status: int | None = None,
) -> HttpResponseBase:
    rulings = {pack: uuid.UUID(each) for pack, each in found.rulings.items()}
    why = reasons_by_id(rulings.values())
    context: dict[str, Any] = {
        "found": found,
        "title": title_of(found),
        "badge": work_badge(found, request.at),
        "components": [name_of(each.component) for each in found.components.select_related("component")],
        "allowed": [(terms.load(pack).title, why.get(each)) for pack, each in rulings.items()],
        "form": form,
        "against": against
        or (" ".join(map(str, form.non_field_errors())) if found.cancelled_at and form.is_bound else ""),
        "ahead": found.cancelled_at is None and found.starts_at > request.at,
        "may_change": may_change,
        "crumbs": _crumbs(),
    }
    return render(request, "service_levels/maintenance.html", context, status=status or (422 if form.errors else 200))


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Availability"), reverse("service_levels:overview"))]
