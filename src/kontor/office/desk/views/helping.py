"""Sessions from afar and visits: planned, consented to, and noted."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions import helping
from kontor.office.desk.forms.help import ConsentForm, GivenForm, PlanForm
from kontor.office.desk.models import HelpPlan, Ticket
from kontor.office.desk.views.queue import WORK
from kontor.rulebook.refusal import RefusalError


@requires(WORK)
@require_http_methods(["GET", "POST"])
def plan(request: TenantRequest, ticket_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """Plan a session or a visit, and ask the customer."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    if kind not in {"remote", "site"}:
        raise Http404
    which = HelpPlan.Kind(kind.upper())
    form = PlanForm(request.POST or None, kind=which)
    if request.method == "POST" and form.is_valid():
        planned = helping.Planned(kind=which, **form.cleaned_data)
        try:
            helping.plan_help(ticket_id, planned, name=str(request.user), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:ticket", ticket_id)
    title = _("Plan a session from afar") if which == HelpPlan.Kind.REMOTE else _("Plan a visit")
    return _page(request, ticket, form, title)


@requires(WORK)
@require_http_methods(["GET", "POST"])
def step(request: TenantRequest, plan_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Note that the customer consented, or what became of it."""
    found = get_object_or_404(HelpPlan.objects.select_related("ticket"), pk=plan_id)
    if word not in {"consent", "given"}:
        raise Http404
    form: Any = ConsentForm(request.POST or None)
    if word == "given":
        form = GivenForm(request.POST or None, kind=found.kind)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if word == "consent":
                helping.note_consent(plan_id, who=given["who"], at=request.at, actor=request.actor)
            else:
                done = helping.Done(**given)
                helping.note_help(plan_id, done, name=str(request.user), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:ticket", found.ticket_id)
    title = _("Note the consent") if word == "consent" else _("Note what was done")
    return _page(request, found.ticket, form, title)


def _page(request: TenantRequest, ticket: Ticket, form: forms.Form, title: str) -> HttpResponseBase:
    back = reverse("desk:ticket", args=(ticket.pk,))
    crumbs = [(_("Desk"), reverse("desk:queue")), (ticket.name, back)]
    context = {"form": form, "title": title, "back": back, "crumbs": crumbs}
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)
