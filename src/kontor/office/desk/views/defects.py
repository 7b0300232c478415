"""A request's defect: its notice, remedy, periods and reductions, each step a form."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions import defects
from kontor.office.desk.forms.cases import (
    DefectForm,
    DefectReductionForm,
    LateForm,
    MendForm,
    PeriodForm,
    ProofForm,
    RemedyForm,
)
from kontor.office.desk.models import Defect, Ticket
from kontor.office.desk.queries.defects import remedies_of
from kontor.office.desk.views.queue import WORK
from kontor.rulebook.refusal import RefusalError

Who = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A form about a defect: its heading, how it is made, what is done with what it holds."""

    title: Any
    form: Callable[[TenantRequest, Defect], forms.Form]
    act: Callable[[Defect, dict[str, Any], Who], object]


def _of(kind: type[forms.Form]) -> Callable[[TenantRequest, Defect], forms.Form]:
    return lambda request, _defect: kind(request.POST or None)


STEPS: Final[Mapping[str, Step]] = {
    "late": Step(
        gettext_lazy("Decide on the late notice"), _of(LateForm),
        lambda defect, given, who: defects.decide_late(
            defect.pk, given["late"], reason=given["reason"], at=who["at"], actor=who["actor"]
        ),
    ),
    "proof": Step(
        gettext_lazy("Note the proof"), _of(ProofForm),
        lambda defect, given, who: defects.attach_proof(defect.pk, given["proof"], at=who["at"], actor=who["actor"]),
    ),
    "remedy": Step(
        gettext_lazy("Remedy the defect"),
        lambda request, defect: RemedyForm(request.POST or None, remedies=remedies_of(defect, at=request.at)),
        lambda defect, given, who: defects.remedy(defect.pk, given["kind"], given["words"], **who),
    ),
    "period": Step(
        gettext_lazy("Note a period set in writing"), _of(PeriodForm),
        lambda defect, given, who: defects.set_period(defect.pk, **given, **who),
    ),
    "mended": Step(
        gettext_lazy("The defect is gone"), _of(MendForm),
        lambda defect, given, who: defects.mend(defect.pk, given["on"], at=who["at"], actor=who["actor"]),
    ),
    "reduction": Step(
        gettext_lazy("Reduce the fee"), _of(DefectReductionForm),
        lambda defect, given, who: defects.reduce_fee(
            defect.pk, given["month"], given["amount"], on=localdate(who["at"]), at=who["at"], actor=who["actor"]
        ),
    ),
}  # fmt: skip


@requires(WORK)
@require_http_methods(["GET", "POST"])
def take_in(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Take a request's defect in."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    today = localdate(request.at)
    parts = contracts.parts_of(ticket.contract_id, today) if ticket.contract_id else []
    start = {"noticed_on": localdate(ticket.reported_at), "reported_on": localdate(ticket.reported_at)}
    form = DefectForm(request.POST or None, parts=parts, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            defects.open_defect(ticket_id, defects.Told(**form.cleaned_data), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:ticket", ticket_id)
    return _page(request, ticket, form, _("Take in as a defect"))


@requires(WORK)
@require_http_methods(["GET", "POST"])
def step(request: TenantRequest, defect_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Fill in one step of dealing with a defect, and take it."""
    defect = get_object_or_404(Defect.objects.select_related("ticket"), pk=defect_id)
    if word not in STEPS:
        raise Http404
    chosen = STEPS[word]
    form = chosen.form(request, defect)
    who = {"name": str(request.user), "at": request.at, "actor": request.actor}
    if request.method == "POST" and form.is_valid():
        try:
            chosen.act(defect, form.cleaned_data, who)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:ticket", defect.ticket_id)
    return _page(request, defect.ticket, form, chosen.title)


def _page(request: TenantRequest, ticket: Ticket, form: forms.Form, title: Any) -> HttpResponseBase:
    back = reverse("desk:ticket", args=(ticket.pk,))
    crumbs = [(_("Desk"), reverse("desk:queue")), (ticket.name, back)]
    context = {"form": form, "title": title, "back": back, "crumbs": crumbs}
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)
