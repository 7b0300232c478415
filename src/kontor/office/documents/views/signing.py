"""Asking for signatures, as those who ask see it, and what somebody who works here is asked to sign."""

import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.documents.actions import signing as actions
from kontor.office.documents.forms.signing import INSIDE, AskForm
from kontor.office.documents.models import Document, SignatureRequest
from kontor.office.documents.queries import signing as queries, store
from kontor.rulebook.refusal import RefusalError

State = SignatureRequest.State


@requires("documents.file")
@require_http_methods(["GET", "POST"])
def ask(request: TenantRequest, document_id: uuid.UUID) -> HttpResponseBase:
    """Ask somebody to sign a document."""
    found = changeable(request, document_id)
    form = AskForm(
        request.POST or None, initial={"days": actions.DAYS, "where": "outside"},
        people=queries.people_here(at=request.at),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        inside = given["where"] == INSIDE
        asked = actions.Asked(
            name="" if inside else given["name"], email="" if inside else given["email"],
            user=given["user"] if inside else None, note=given["note"], days=given["days"],
        )  # fmt: skip
        try:
            actions.ask_signature(found.pk, asked, at=request.at, actor=request.actor)
        except MailAddressError as refused:
            form.add_error("email", str(refused))
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("documents:file", found.pk)
    crumbs = [(_("Documents"), reverse("documents:files")), (found.title, reverse("documents:file", args=(found.pk,)))]
    context = {"form": form, "document": found, "crumbs": crumbs, "level": spoken(queries.LEVEL)}
    return render(request, "documents/sign_ask.html", context, status=422 if form.errors else 200)


@requires("documents.file")
@require_POST
def withdraw(request: TenantRequest, document_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponseBase:
    """Ask for a signature no more."""
    found = changeable(request, document_id)
    row = get_object_or_404(queries.requests_of(found.pk), pk=request_id)
    try:
        actions.withdraw_request(row.pk, at=request.at, actor=request.actor)
    except RefusalError as over:
        raise Http404(request_id) from over
    return redirect("documents:file", found.pk)


@requires("documents.read", at_sites=True)
@require_http_methods(["GET"])
def to_sign(request: TenantRequest) -> HttpResponseBase:
    """List what this person is asked to sign; the link to each has gone by mail."""
    rows = list(queries.asked_of(request.user.pk, at=request.at))
    context = {"rows": rows, "crumbs": [(_("Documents"), reverse("documents:files"))]}
    return render(request, "documents/to_sign.html", context)


def changeable(request: TenantRequest, document_id: uuid.UUID) -> Document:
    """Return a document that this person may change; who may not is told what a stranger is told."""
    rows = store.visible(request.standing, request.user.pk).filter(binned_at=None)
    found = get_object_or_404(rows, pk=document_id)
    if not store.may_change(found, request.standing, request.user.pk):
        raise Http404(document_id)
    return found


def signatures(document: Document, request: TenantRequest) -> list[dict[str, Any]]:
    """Return who was asked to sign, as the document's page shows it."""
    return [
        {
            "row": row,
            "badge": _badge(row, over=row.expires_at <= request.at),
            "open": queries.is_open(row, request.at),
        }
        for row in queries.requests_of(document.pk)
    ]


def _badge(row: SignatureRequest, *, over: bool) -> Badge:
    if row.state == State.SIGNED:
        return Badge(_("signed"), "good")
    if row.state == State.REFUSED:
        return Badge(_("refused"), "bad")
    if row.state == State.WITHDRAWN:
        return Badge(_("withdrawn"), "")
    return Badge(_("expired"), "") if over else Badge(_("waits for a signature"), "warn")
