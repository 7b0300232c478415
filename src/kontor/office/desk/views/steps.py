"""Every step of the work on a request, each a form of its own."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts import public as contracts
from kontor.office.contracts.public import Served
from kontor.office.desk.actions import helping, linking, proposing, working
from kontor.office.desk.actions.watching import stop_watching
from kontor.office.desk.forms.cases import LinkForm
from kontor.office.desk.forms.help import MoreForm, SolutionForm
from kontor.office.desk.forms.work import (
    AssignForm,
    ChargeForm,
    ClassForm,
    CloseForm,
    JoinForm,
    ProposalForm,
    StepForm,
    TagForm,
    TriageForm,
)
from kontor.office.desk.models import Proposal, Ticket
from kontor.office.desk.queries.coverage import exclusions_of, forms_of_help
from kontor.office.desk.queries.linked import targets_of
from kontor.office.desk.queries.staff import colleagues
from kontor.office.desk.views.queue import WORK
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ticket_log import What


@dataclass(frozen=True, slots=True)
class Step:
    """A form about a request: its heading, how it is made, and what is done with it."""

    title: Any
    form: Callable[[TenantRequest, Ticket, Served | None], forms.Form]
    act: Callable[[TenantRequest, Ticket, Any, dict[str, Any]], object]
    primary: Any


def _plain(kind: type[forms.Form]) -> Callable[[TenantRequest, Ticket, Served | None], forms.Form]:
    return lambda request, _ticket, _under: kind(request.POST or None)


def _triage_form(request: TenantRequest, _ticket: Ticket, under: Served | None) -> forms.Form:
    return TriageForm(request.POST or None, exclusions=exclusions_of(under.pack) if under else {})


def _close_form(request: TenantRequest, _ticket: Ticket, under: Served | None) -> forms.Form:
    return CloseForm(request.POST or None, forms_of_help=forms_of_help(under.pack) if under else {})


def _tag_form(request: TenantRequest, ticket: Ticket, _under: Served | None) -> forms.Form:
    return TagForm(request.POST or None, initial={"tags": ", ".join(ticket.tags), "cc": ", ".join(ticket.cc)})


def _assign_form(request: TenantRequest, ticket: Ticket, _under: Served | None) -> forms.Form:
    chosen = str(ticket.assignee or request.user.pk)
    return AssignForm(request.POST or None, people=colleagues(at=request.at), initial={"person": chosen})


def _link_form(request: TenantRequest, ticket: Ticket, _under: Served | None) -> forms.Form:
    return LinkForm(request.POST or None, targets=targets_of(ticket, at=request.at))


def _link(_request: TenantRequest, ticket: Ticket, form: Any, who: dict[str, Any]) -> object:
    return linking.link(ticket.pk, form.cleaned_data["target"], **who)


def _assign(_request: TenantRequest, ticket: Ticket, form: AssignForm, who: dict[str, Any]) -> object:
    chosen = form.people.get(form.cleaned_data["person"])
    told = {"at": who["at"], "actor": who["actor"], "name": chosen.name if chosen else ""}
    return working.assign(ticket.pk, chosen.id if chosen else None, **told)


def _tag(_request: TenantRequest, ticket: Ticket, form: TagForm, who: dict[str, Any]) -> object:
    tags, cc = form.split()
    return working.tag(ticket.pk, tags, cc, at=who["at"], actor=who["actor"])


def _propose(_request: TenantRequest, ticket: Ticket, form: Any, who: dict[str, Any]) -> object:
    given = form.cleaned_data
    return proposing.propose(ticket.pk, proposing.Work(given["told"], given["minutes"], given["rate"]), **who)


STEPS: Final[Mapping[str, Step]] = {
    "class": Step(
        gettext_lazy("Classify"), _plain(ClassForm),
        lambda _r, ticket, form, who: working.classify_ticket(
            ticket.pk, form.answers(), reason=form.cleaned_data["reason"], **who
        ),
        gettext_lazy("Classify"),
    ),
    "coverage": Step(
        gettext_lazy("Covered by the contract?"), _triage_form,
        lambda _r, ticket, form, who: working.triage(
            ticket.pk, form.cleaned_data["coverage"], form.cleaned_data["exclusion"], **who
        ),
        gettext_lazy("Save"),
    ),
    "workaround": Step(
        gettext_lazy("Note a workaround"), _plain(StepForm),
        lambda _r, ticket, form, who: working.work_around(ticket.pk, why_not=form.cleaned_data["detail"], **who),
        gettext_lazy("Note"),
    ),
    "close": Step(
        gettext_lazy("Close"), _close_form,
        lambda _r, ticket, form, who: working.close(ticket.pk, how=form.cleaned_data["how"], **who),
        gettext_lazy("Close"),
    ),
    "join": Step(
        gettext_lazy("Join to another request"), _plain(JoinForm),
        lambda _r, ticket, form, who: working.join(ticket.pk, form.cleaned_data["number"], **who),
        gettext_lazy("Join"),
    ),
    "assign": Step(gettext_lazy("Assign"), _assign_form, _assign, gettext_lazy("Assign")),
    "tags": Step(gettext_lazy("Words and copies"), _tag_form, _tag, gettext_lazy("Save")),
    "link": Step(gettext_lazy("Link to outage, problem or release"), _link_form, _link, gettext_lazy("Link")),
    "solution": Step(
        gettext_lazy("Send a solution to try"), _plain(SolutionForm),
        lambda _r, ticket, form, who: helping.propose_solution(ticket.pk, helping.Solution(**form.cleaned_data), **who),
        gettext_lazy("Send"),
    ),
    "more": Step(
        gettext_lazy("Tell of additional work"), _plain(MoreForm),
        lambda _r, ticket, form, who: helping.expect_more(ticket.pk, **form.cleaned_data, **who),
        gettext_lazy("Send"),
    ),
    "proposal": Step(
        gettext_lazy("Offer work outside the contract"), _plain(ProposalForm), _propose, gettext_lazy("Offer")
    ),
}  # fmt: skip
_ONE_PRESS: Final = {
    "begun": What.WORK_STARTED,
    "told": What.INFORMED,
    "planned": What.PLANNED,
    "covered": What.COVERED,
}


@requires(WORK)
@require_http_methods(["GET", "POST"])
def step(request: TenantRequest, ticket_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Fill in one step of the work, and take it."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    if word not in STEPS:
        raise Http404
    chosen = STEPS[word]
    under = contracts.served(ticket.contract_id, at=request.at) if ticket.contract_id else None
    form = chosen.form(request, ticket, under)
    who: dict[str, Any] = {"name": str(request.user), "at": request.at, "actor": request.actor}
    if request.method == "POST" and form.is_valid():
        try:
            chosen.act(request, ticket, form, who)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:ticket", ticket_id)
    context = {
        "form": form, "title": chosen.title, "primary": chosen.primary, "ticket": ticket, "word": word,
        "back": reverse("desk:ticket", args=(ticket_id,)),
        "crumbs": [(_("Desk"), reverse("desk:queue")), (ticket.name, reverse("desk:ticket", args=(ticket_id,)))],
    }  # fmt: skip
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


@requires(WORK)
@require_POST
def press(request: TenantRequest, ticket_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Take a step that needs no words: begun, told, planned, covered after all, taken, reopened."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    who: dict[str, Any] = {"name": str(request.user), "at": request.at, "actor": request.actor}
    try:
        if word in _ONE_PRESS:
            working.take_step(ticket.pk, _ONE_PRESS[word], **who)
        elif word == "take":
            working.assign(ticket.pk, request.user.pk, **who)
        elif word == "reopen":
            working.reopen(ticket.pk, **who)
        else:
            raise Http404
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("desk:ticket", ticket_id)


@requires(WORK)
@require_POST
def unwatch(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Send somebody who stood in copy no more answers."""
    get_object_or_404(Ticket, pk=ticket_id)
    stop_watching(ticket_id, request.POST.get("address", ""), at=request.at, actor=request.actor)
    return redirect("desk:ticket", ticket_id)


@requires(WORK)
@require_POST
def split(request: TenantRequest, ticket_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponseBase:
    """Make a request of its own from one message."""
    try:
        made = working.split(ticket_id, message_id, "", at=request.at, actor=request.actor)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("desk:ticket", made.pk)


@requires(WORK)
@require_http_methods(["GET", "POST"])
def charge(request: TenantRequest, proposal_id: uuid.UUID) -> HttpResponseBase:
    """Charge work that the customer accepted."""
    proposal = get_object_or_404(Proposal.objects.select_related("ticket"), pk=proposal_id)
    assert proposal.ticket.contract_id is not None, "only what a contract excludes is offered"
    under = contracts.served(proposal.ticket.contract_id, at=request.at)
    form = ChargeForm(request.POST or None, kinds=under.charged, initial={"minutes": proposal.minutes})
    if request.method == "POST" and form.is_valid():
        try:
            proposing.charge(proposal_id, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            messages.info(request, _("It stands on the next invoice."))
            return redirect("desk:ticket", proposal.ticket_id)
    context = {
        "form": form, "title": _("Charge the work"), "primary": _("Charge"),
        "back": reverse("desk:ticket", args=(proposal.ticket_id,)),
        "crumbs": [(_("Desk"), reverse("desk:queue"))],
    }  # fmt: skip
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)
