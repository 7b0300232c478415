"""One request: what was said, what is promised and why, and everything that can be done about it."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.restricting import restriction_note
from kontor.kernel.wording import spoken
from kontor.office.desk.actions.answering import Answer, answer_customer, look_in, write_note
from kontor.office.desk.forms.work import NoteForm, ReplyForm, kept_files
from kontor.office.desk.models import ReplyTemplate, Ticket, TicketFile
from kontor.office.desk.queries.page import ticket_context
from kontor.office.desk.queries.placeholders import filled
from kontor.office.desk.queries.readers import others_at
from kontor.office.desk.queries.staff import colleagues
from kontor.office.desk.views.files import handed_out
from kontor.office.desk.views.queue import SEE, WORK
from kontor.rulebook.refusal import RefusalError


@requires(SEE)
@require_GET
def detail(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Show one request."""
    ticket = get_object_or_404(Ticket.objects.select_related("contract", "joined_to"), pk=ticket_id)
    template = request.GET.get("template", "")
    chosen = ReplyTemplate.objects.filter(pk=template).first() if _is_id(template) else None
    text = filled(chosen, ticket, agent=str(request.user)) if chosen else ""
    return _page(request, ticket, ReplyForm(initial={"text": text}), None)


@requires(WORK)
@require_POST
def reply(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Answer the customer."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    form = ReplyForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        answer = Answer(text=given["text"], asks=given["asks"], begins=given["begins"], files=kept_files(form))
        try:
            answer_customer(ticket_id, answer, name=str(request.user), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("desk:ticket", ticket_id)
    return _page(request, ticket, form, None)


@requires(WORK)
@require_POST
def note(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Write an internal note and call colleagues."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    form = NoteForm(request.POST, people=colleagues(at=request.at))
    if form.is_valid():
        text, called = form.cleaned_data["text"], form.called()
        write_note(ticket_id, text, mentions=called, name=str(request.user), at=request.at, actor=request.actor)
        return redirect("desk:ticket", ticket_id)
    return _page(request, ticket, ReplyForm(), form)


@requires(SEE)
@require_http_methods(["POST"])
def look(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Note that somebody has it open, and say who else has."""
    get_object_or_404(Ticket, pk=ticket_id)
    writing = bool(request.POST.get("writing"))
    look_in(ticket_id, request.user.pk, str(request.user), writing=writing, at=request.at)
    context = {"others": others_at(ticket_id, request.user.pk, at=request.at), "ticket_id": ticket_id}
    return render(request, "desk/parts_readers.html", context)


@requires(SEE)
@require_GET
def file(request: TenantRequest, file_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a file that hangs on a message."""
    found = get_object_or_404(TicketFile.objects.select_related("blob"), pk=file_id)
    return handed_out(found)


def _page(request: TenantRequest, ticket: Ticket, form: ReplyForm, noted: NoteForm | None) -> HttpResponseBase:
    people = colleagues(at=request.at)
    context: dict[str, Any] = {
        **ticket_context(ticket, at=request.at),
        **restriction_note([ticket.requester_email]),
        "form": form,
        "note_form": noted or NoteForm(people=people),
        "templates": ReplyTemplate.objects.filter(withdrawn_at=None).order_by("title"),
        "may_work": request.standing.may(WORK),
        "crumbs": [(_("Desk"), reverse("desk:queue"))],
        "mine": ticket.assignee == request.user.pk,
    }
    wrong = form.errors or (noted is not None and noted.errors)
    return render(request, "desk/ticket.html", context, status=422 if wrong else 200)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
