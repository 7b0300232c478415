"""What a tenant's administrator, and a person, see of the data about them."""

import uuid
from pathlib import Path

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel import pdf
from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires, signed_in
from kontor.kernel.wording import language
from kontor.office.privacy.forms.papers import WordsForm
from kontor.office.privacy.models import (
    AgreementSignature,
    Instruction,
    ProcessingAgreement,
    SubprocessorNotice,
    Suspension,
)
from kontor.office.privacy.queries import subjects
from kontor.office.privacy.queries.impact import impact_paper, modules_with_impact
from kontor.office.privacy.queries.register import entries
from kontor.office.privacy.queries.subprocessors import standing_of
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.papers import STANDINGS, agreement_context
from kontor.office.privacy.views.suspensions import suspended_context
from kontor.office.privacy.views.tabs import own_tabs
from kontor.rulebook.subprocessors import Standing

_TYPST = Path(__file__).resolve().parents[1] / "typst" / "record.typ"
SEE = "privacy.own"
DECIDE = "privacy.decide"


@requires(SEE)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show a tenant what is done with its people's data on its behalf, by whom, and what was agreed about it."""
    on = request.at.date()
    notices = [
        (each, standing_of(each, on), each.last_day is None or on <= each.last_day)
        for each in SubprocessorNotice.received.order_by("name", "contract_number")
    ]
    context = {
        "entries": [entry for entry in entries() if entry.processing.role == "processor"],
        "agreements": ProcessingAgreement.received.order_by("contract_number", "-number"),
        "notices": [
            (
                each,
                STANDINGS[ruling.value],
                ruling,
                open_ and each.objected_at is None and each.approved_at is None,
                ruling.value is not Standing.ACCEPTED,
            )
            for each, ruling, open_ in notices
        ],
        "may_decide": request.standing.may(DECIDE),
        "impacts": [each for each in modules_with_impact() if request.standing.entitled(each.key)],
        **own_tabs(request, "overview"),
    }
    return render(request, "privacy/own.html", context)


@requires(SEE)
@require_GET
def agreement(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Show a tenant its agreement under Art. 28 with annexes, signatures and its instructions."""
    found = get_object_or_404(ProcessingAgreement.received, pk=agreement_id)
    context = agreement_context(
        found,
        list(AgreementSignature.received.filter(agreement=found)),
        list(Instruction.received.filter(agreement=found).order_by("-given_at")),
    )
    context |= suspended_context(request, found, list(Suspension.received.filter(agreement=found)))
    context |= {
        "own": False,
        "may_keep": request.standing.may(DECIDE),
        "crumbs": [(_("Privacy"), reverse("privacy-own:overview"))],
        **own_tabs(request, "overview"),
    }
    return render(request, "privacy/agreement.html", context)


@requires(SEE)
@require_GET
def impact(request: TenantRequest, module_key: str) -> HttpResponseBase:
    """Print what an impact assessment of a module needs from us: data, purposes, risks, measures."""
    agreement = ProcessingAgreement.received.order_by("-at").first()
    paper = impact_paper(module_key, agreement, on=timezone.localdate(request.at), language=language())
    if paper is None:
        raise Http404(module_key)
    response = HttpResponse(pdf.render(_TYPST, paper, at=request.at), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="impact-{module_key}.pdf"'
    return response


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def sign(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Sign an agreement for one's company."""
    found = get_object_or_404(ProcessingAgreement.received, pk=agreement_id)
    form = WordsForm(request.POST or None, label=_("Your function"))
    return form_page(
        request, form, lambda: answer(
            "privacy.agreement_signed_by_customer", found.pk, function=form.cleaned_data["words"], at=request.at,
            actor=request.actor,
        ),
        title=_("Sign the agreement"), label=_("Sign"), back=reverse("privacy-own:agreement", args=[found.pk]),
    )  # fmt: skip


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def instruct(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Give an instruction under an agreement."""
    found = get_object_or_404(ProcessingAgreement.received, pk=agreement_id)
    form = WordsForm(request.POST or None, label=_("What is to happen"))
    return form_page(
        request, form, lambda: answer(
            "privacy.instructed", found.pk, text=form.cleaned_data["words"], at=request.at, actor=request.actor
        ),
        title=_("Give an instruction"), label=_("Send"), back=reverse("privacy-own:agreement", args=[found.pk]),
        note=_("It is kept with your name, the time and these words."),
    )  # fmt: skip


@requires(DECIDE)
@require_POST
def answer_instruction(request: TenantRequest, instruction_id: uuid.UUID, step: str) -> HttpResponseBase:
    """Insist on a suspended instruction, or take it back."""
    found = get_object_or_404(Instruction.received, pk=instruction_id, state=Instruction.State.SUSPENDED)
    key = {"insist": "privacy.insisted", "withdraw": "privacy.withdrawn"}[step]
    answer(key, found.pk, at=request.at, actor=request.actor)
    return redirect("privacy-own:agreement", found.agreement_id)


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def object_to(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Object to a sub-processor."""
    found = get_object_or_404(SubprocessorNotice.received, pk=notice_id)
    form = WordsForm(request.POST or None, label=_("Why"))
    return form_page(
        request, form, lambda: answer(
            "privacy.subprocessor_objected_by_customer", found.pk, reason=form.cleaned_data["words"], at=request.at,
            actor=request.actor,
        ),
        title=_("Object to a sub-processor"), label=_("Object"), note=found.name, back=reverse("privacy-own:overview"),
    )  # fmt: skip


@requires(DECIDE)
@require_POST
def approve(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Approve a sub-processor."""
    found = get_object_or_404(SubprocessorNotice.received, pk=notice_id, approved_at=None)
    answer("privacy.subprocessor_approved_by_customer", found.pk, at=request.at, actor=request.actor)
    return redirect("privacy-own:overview")


@signed_in
@require_GET
def mine(request: TenantRequest) -> HttpResponseBase:
    """Show a person for what data about them is kept, and where to turn."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    rows = [entry for entry in entries() if entry.tables]
    asked = subjects.requests_of(request.user.pk).exclude(known_by="")[:20]
    context = {
        "entries": rows,
        "ask_url": reverse("privacy-own:ask"),
        "leave_url": reverse("privacy-own:leave"),
        "requests": [
            (each, subjects.KINDS[each.kind], subjects.badge_of(each, today=request.at.date())) for each in asked
        ],
        **own_tabs(request, "mine"),
    }
    return render(request, "privacy/mine.html", context)
