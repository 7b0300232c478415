"""What a customer sees of its requests: its own, the company's by right, and the way to ask."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.contracts import public as contracts
from kontor.office.desk.forms.asking import AskForm, ContestForm, RateForm, SayForm
from kontor.office.desk.forms.cases import InstructionForm
from kontor.office.desk.forms.work import kept_files
from kontor.office.desk.models import Defect, HelpPlan, Proposal, Satisfaction, SolutionTrial, Ticket, TicketFile
from kontor.office.desk.queries.page import ticket_context
from kontor.office.desk.queries.reachable import reachable_under
from kontor.office.desk.queries.speakers import contact_here
from kontor.office.desk.queries.spoken import state_of
from kontor.office.desk.views.files import handed_out
from kontor.rulebook.calc.promises import claiming_of
from kontor.rulebook.refusal import RefusalError

OWN, COMPANY = "desk.own", "desk.company"


@requires(OWN)
@require_GET
def own(request: TenantRequest) -> HttpResponseBase:
    """List one's own requests; the whole company's for whoever may see them."""
    rows = Listing(
        request,
        _mine(request).order_by("-reported_at"),
        name="requests",
        columns=(
            Column("subject", gettext_lazy("Request"), sub=_number, url=addresses("desk:own-ticket"), slot="title"),
            Column("requester_name", gettext_lazy("From"), slot="meta", late=True),
            Column("state", gettext_lazy("State"), kind="badge", value=state_of, slot="state"),
            Column("next_due", gettext_lazy("Due"), kind="moment", slot="more"),
            Column("reported_at", gettext_lazy("Reported"), kind="moment", sort="reported_at", late=True),
        ),
        search=("subject", "requester_name"),
        order="-reported_at",
    )  # fmt: skip
    if rows.wants_file:
        return rows.file()
    return render(request, "desk/own.html", {"rows": rows, "all": request.standing.may(COMPANY)})


@requires(OWN)
@require_http_methods(["GET", "POST"])
def ask(request: TenantRequest) -> HttpResponseBase:
    """Ask for help under one of the company's contracts."""
    under = contracts.served_here(at=request.at)
    supplied = contracts.supplied_to_us(localdate(request.at))
    claimable = [each.id for each in supplied if claiming_of(each.pack)]
    form = AskForm(request.POST or None, request.FILES or None, contracts=under, claimable=claimable)
    if claimed := form.claims():
        return redirect("service_levels:claim-credit", claimed)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        told: dict[str, Any] = {
            "subject": given["subject"], "text": form.words(), "answers": form.answers(), "name": str(request.user),
            "email": request.user.email, "language": language(), "help_consulted": given["help_consulted"],
            "files": kept_files(form), "at": request.at, "actor": request.actor,
        }  # fmt: skip
        try:
            made = answer("desk.asked", form.contracts[given["contract"]].id, **told)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("desk:own-ticket", made.pk)
    ended = [each for each in under if not each.running]
    there = reachable_under((each.pack for each in under if each.running), at=request.at)
    context = {"form": form, "ended": ended, "there": there, "back": reverse("desk:own"), "crumbs": _crumbs()}
    return render(request, "desk/own_new.html", context, status=422 if form.errors else 200)


@requires(OWN)
@require_GET
def detail(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Show one request with what was said, what is promised, and why it is classed so."""
    ticket = get_object_or_404(_mine(request), pk=ticket_id)
    rated = ticket.closed_at is None or Satisfaction.received.filter(ticket_id=ticket.pk, closed_at=ticket.closed_at)
    context = ticket_context(ticket, at=request.at) | {
        "crumbs": _crumbs(), "say_form": SayForm(), "contest_form": ContestForm(),
        "instruction_form": InstructionForm(),
        "rate_form": None if rated else RateForm(), "waits_for_me": ticket.held and _is_contact(request, ticket),
    }  # fmt: skip
    return render(request, "desk/own_ticket.html", context)


@requires(OWN)
@require_POST
def do(request: TenantRequest, ticket_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Add a message, contest the class, confirm a colleague's request, or say how one was helped."""
    ticket = get_object_or_404(_mine(request), pk=ticket_id)
    who = {"name": str(request.user), "email": request.user.email}
    asked = {"say": SayForm, "contest": ContestForm, "rate": RateForm, "confirm": None, "instruction": InstructionForm}
    if word not in asked:
        raise Http404
    kind = asked[word]
    form: Any = kind(request.POST, request.FILES) if kind is SayForm else kind(request.POST) if kind else None
    if form is not None and not form.is_valid():
        messages.error(request, " ".join(str(each) for errors in form.errors.values() for each in errors))
        return redirect("desk:own-ticket", ticket.pk)
    told: dict[str, tuple[str, dict[str, Any]]] = {"confirm": ("desk.request_confirmed", who)}
    if word == "say":
        told["say"] = ("desk.replied", {**who, "text": form.cleaned_data["text"], "files": kept_files(form)})
    elif word == "contest":
        told["contest"] = ("desk.class_contested_by_customer", {**form.cleaned_data, "name": who["name"]})
    elif word == "rate":
        told["rate"] = ("desk.rated", form.cleaned_data)
    elif word == "instruction":
        defect = get_object_or_404(Defect.received, ticket_id=ticket.pk)
        given = {**form.cleaned_data, "name": who["name"]}
        return _answered(request, "desk.instruction_answered", defect.pk, ticket.pk, given)
    key, given = told[word]
    return _answered(request, key, ticket.pk, ticket.pk, given)


@requires(OWN)
@require_POST
def proposal(request: TenantRequest, proposal_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Accept or decline an offer that was made for a request."""
    found = get_object_or_404(Proposal.received, pk=proposal_id)
    get_object_or_404(_mine(request), pk=found.ticket_id)
    if word not in {"accept", "decline"}:
        raise Http404
    given = {"accept": word == "accept", "name": f"{request.user} ({request.user.email})"}
    return _answered(request, "desk.proposal_taken", found.pk, found.ticket_id, given)


@requires(OWN)
@require_POST
def help_answer(request: TenantRequest, plan_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Agree to a session or a visit, or decline."""
    found = get_object_or_404(HelpPlan.received, pk=plan_id)
    get_object_or_404(_mine(request), pk=found.ticket_id)
    if word not in {"accept", "decline"}:
        raise Http404
    given = {"accept": word == "accept", "name": f"{request.user} ({request.user.email})"}
    return _answered(request, "desk.help_answered_by_customer", found.pk, found.ticket_id, given)


@requires(OWN)
@require_POST
def trial_answer(request: TenantRequest, trial_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Say whether a solution worked."""
    found = get_object_or_404(SolutionTrial.received, pk=trial_id)
    get_object_or_404(_mine(request), pk=found.ticket_id)
    if word not in {"worked", "failed"}:
        raise Http404
    given = {"worked": word == "worked", "name": str(request.user)}
    return _answered(request, "desk.trial_answered_by_customer", found.pk, found.ticket_id, given)


@requires(OWN)
@require_GET
def file(request: TenantRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """Give a file of one's own request."""
    found = get_object_or_404(TicketFile.received.select_related("blob", "message"), pk=file_id)
    get_object_or_404(_mine(request), pk=found.message.ticket_id)
    return handed_out(found)


def _mine(request: TenantRequest) -> QuerySet[Ticket]:
    """Return the requests somebody may see here: their own, or the company's by right."""
    rows = Ticket.received.all()
    return rows if request.standing.may(COMPANY) else rows.filter(requester_email__iexact=request.user.email)


def _is_contact(request: TenantRequest, ticket: Ticket) -> bool:
    named = contact_here(ticket.contract_id) if ticket.contract_id else None
    known = {each.id: each.contacts for each in contracts.served_here(at=request.at)}
    through = {named.email.casefold()} if named else known.get(ticket.contract_id, frozenset())  # type: ignore[arg-type]
    return request.user.email.casefold() in through


def _answered(
    request: TenantRequest, key: str, row: uuid.UUID, ticket: uuid.UUID, given: dict[str, Any]
) -> HttpResponseBase:
    try:
        done = answer(key, row, at=request.at, actor=request.actor, **given)
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    except QuotaExceededError as full:
        messages.error(request, str(full))
    else:
        ticket = done.pk if isinstance(done, Ticket) else ticket
    return redirect("desk:own-ticket", ticket)


def _number(ticket: Ticket) -> str:
    return ticket.name


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Help and requests"), reverse("desk:own"))]
