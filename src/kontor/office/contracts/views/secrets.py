"""Confidential papers of a contract: for the house and its customer; opening one is logged, whoever tries."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import secrets
from kontor.office.contracts.forms.secrets import ReaderForm, SecretForm, SharingForm
from kontor.office.contracts.models import ConfidentialPaper, ConfidentialReader, ConfidentialSharing
from kontor.office.contracts.queries.orders import signs_for
from kontor.office.contracts.queries.registers import circumstances
from kontor.office.contracts.queries.secrets import secrets_of
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.registers import secrecy

FILE: Final = "contracts.papers"


@requires(SEE)
@require_GET
def papers(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the confidential papers of a contract of the house."""
    context = _context(request, opened_own(request, contract_id)) | {"may_file": request.standing.may(FILE)}
    return render(request, "contracts/secrets.html", context)


@requires(ACCOUNT)
@require_GET
def received_papers(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show them to the contract's customer."""
    opened = opened_received(request, contract_id)
    signs = signs_for(opened.contract, request.user.email, on=opened.today)
    return render(request, "contracts/secrets.html", _context(request, opened) | {"signs": signs})


@requires(FILE)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """File a paper as confidential."""
    opened = opened_own(request, contract_id)
    form = SecretForm(request.POST or None, request.FILES or None, initial={"readers": request.user.email})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        file = given["file"]
        paper = secrets.Paper(
            name=file.name, media_type=file.content_type or "application/octet-stream", content=file.read()
        )
        try:
            secrets.file_secret(
                contract_id, given["title"], paper, readers=given["readers"], by=request.user.email, at=request.at,
                actor=request.actor,
            )  # fmt: skip
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("contracts:secrets", contract_id)
    return _form(request, opened, form, _("File as confidential"))


@requires(FILE)
@require_http_methods(["GET", "POST"])
def reader_new(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """Put somebody on a paper's list."""
    paper = get_object_or_404(ConfidentialPaper, pk=paper_id)
    form = ReaderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {"reason": form.cleaned_data["reason"], "at": request.at, "actor": request.actor}
        secrets.allow_reader(paper_id, form.cleaned_data["email"], **told)
        return redirect("contracts:secrets", paper.contract_id)
    return _form(request, opened_own(request, paper.contract_id), form, _("Let somebody open it"))


@requires(FILE)
@require_POST
def reader_gone(request: TenantRequest, reader_id: uuid.UUID) -> HttpResponseBase:
    """Take somebody off a paper's list."""
    reader = get_object_or_404(ConfidentialReader.objects.select_related("paper"), pk=reader_id, until=None)
    secrets.remove_reader(reader_id, at=request.at, actor=request.actor)
    return redirect("contracts:secrets", reader.paper.contract_id)


@requires(FILE)
@require_http_methods(["GET", "POST"])
def sharing_new(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """Ask the customer whether a paper may go to somebody outside."""
    paper = get_object_or_404(ConfidentialPaper, pk=paper_id)
    form = SharingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secrets.ask_to_share(paper_id, **form.told(), by=request.user.email, at=request.at, actor=request.actor)
        return redirect("contracts:secrets", paper.contract_id)
    return _form(request, opened_own(request, paper.contract_id), form, _("Ask to share it"))


@requires(FILE)
@require_POST
def sharing_send(request: TenantRequest, sharing_id: uuid.UUID) -> HttpResponseBase:
    """Mail a paper to somebody outside, once the customer has approved."""
    sharing = get_object_or_404(ConfidentialSharing.objects.select_related("paper"), pk=sharing_id)
    try:
        secrets.share(sharing_id, at=request.at, actor=request.actor)
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("contracts:secrets", sharing.paper.contract_id)


@requires(ACCOUNT)
@require_POST
def received_sharing(request: TenantRequest, sharing_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Approve or refuse, as the customer, that a paper goes to somebody outside."""
    if word not in {"approve", "refuse"}:
        raise Http404
    sharing = get_object_or_404(ConfidentialSharing.received, pk=sharing_id)
    paper = get_object_or_404(ConfidentialPaper.received, pk=sharing.paper_id)
    told: dict[str, Any] = {"approve": word == "approve", "name": str(request.user), "email": request.user.email}
    try:
        answer("contracts.secret_sharing_answered", sharing_id, at=request.at, actor=request.actor, **told)
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("contracts:account-secrets", paper.contract_id)


@requires(SEE)
@require_GET
def opened(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """Give a paper to somebody on its list."""
    paper = get_object_or_404(ConfidentialPaper.objects.select_related("file"), pk=paper_id)
    given = secrets.open_secret(paper, email=request.user.email, at=request.at, actor=request.actor)
    return _given(request, given)


@requires(ACCOUNT)
@require_GET
def received_opened(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponseBase:
    """Give it to somebody of the customer who is on its list."""
    get_object_or_404(ConfidentialPaper.received, pk=paper_id)
    given = answer("contracts.secret_opened", paper_id, email=request.user.email, at=request.at, actor=request.actor)
    return _given(request, given)


def _given(request: TenantRequest, paper: secrets.Paper | None) -> HttpResponseBase:
    if paper is None:  # an answer and no exception: the attempt stays in the log
        return render(request, "contracts/secret_refused.html", status=403)
    head = {"Content-Disposition": f'attachment; filename="{paper.name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(paper.content, content_type=paper.media_type, headers=head | {"Cache-Control": "no-store"})


def _context(request: TenantRequest, found: Opened) -> dict[str, Any]:
    contract = found.contract
    kept = secrecy(circumstances(contract, found.rows, today=found.today))
    return contract_frame(request, found, active="papers") | {
        "secrets": [(each, each.opens_to(request.user.email)) for each in secrets_of(contract.pk, own=found.own)],
        "secrecy": kept.map(lambda it: it.state) if kept.clauses else None,
        "open_name": "contracts:secret-open" if found.own else "contracts:account-secret-open",
    }


def _form(request: TenantRequest, found: Opened, form: Any, title: str) -> HttpResponseBase:
    context = contract_frame(request, found, active="papers") | {"form": form, "form_title": title}
    return render(request, "contracts/secret_form.html", context, status=422 if form.errors else 200)
