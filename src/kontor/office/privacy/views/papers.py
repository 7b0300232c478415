"""The house's agreements, sub-processors and measures."""

import uuid
from typing import Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.personal_data import CATEGORIES, PERSONS
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions import agreements as acts, instructions, register, subprocessors as partners
from kontor.office.privacy.forms.papers import PlaceForm, ReviewForm, SubprocessorForm, WordsForm
from kontor.office.privacy.models import Instruction, ProcessingAgreement, Subprocessor, SubprocessorNotice
from kontor.office.privacy.queries.annexes import lacking
from kontor.office.privacy.queries.contracts import needs_agreement, running
from kontor.office.privacy.queries.measures import known_measures, measures
from kontor.office.privacy.queries.subprocessors import hindrance, standing_of
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.suspensions import suspended_context
from kontor.office.privacy.views.tabs import house_tabs
from kontor.rulebook.processing_clauses import CLAUSES
from kontor.rulebook.subprocessors import Standing

SEE: Final = "privacy.see"
KEEP: Final = "privacy.keep"
_WHAT: Final = {**PERSONS, **CATEGORIES}
STANDINGS: Final = {
    Standing.WAITING: Badge(gettext_lazy("off, waiting"), "info"),
    Standing.HELD: Badge(gettext_lazy("objected, on hold"), "bad"),
    Standing.ACCEPTED: Badge(gettext_lazy("accepted"), "good"),
}
STATES: Final = {
    Instruction.State.GIVEN: Badge(gettext_lazy("given"), "info"),
    Instruction.State.SUSPENDED: Badge(gettext_lazy("suspended"), "warn"),
    Instruction.State.INSISTED: Badge(gettext_lazy("insisted on"), "bad"),
    Instruction.State.WITHDRAWN: Badge(gettext_lazy("withdrawn"), ""),
    Instruction.State.DONE: Badge(gettext_lazy("carried out"), "good"),
    Instruction.State.ENDED: Badge(gettext_lazy("agreement ended"), ""),
}


@requires(SEE)
@require_GET
def agreements(request: TenantRequest) -> HttpResponseBase:
    """List the contracts under which we process for others, with their agreements."""
    newest: dict[uuid.UUID, ProcessingAgreement] = {}
    for each in ProcessingAgreement.objects.prefetch_related("signatures").order_by("number"):
        newest[each.contract] = each
    rows = [(each, newest.get(each.id), needs_agreement(each)) for each in running(request.at.date())]
    context = {"rows": rows, "may_keep": request.standing.may(KEEP), **house_tabs(request, "agreements")}
    return render(request, "privacy/agreements.html", context)


@requires(KEEP)
@require_POST
def issue(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Issue a contract's agreement with annexes as they stand."""
    try:
        made = acts.issue_agreement(contract_id, at=request.at, actor=request.actor)
    except LookupError as missing:
        raise Http404(str(contract_id)) from missing
    return redirect("privacy:agreement", made.pk)


@requires(SEE)
@require_GET
def agreement(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Show an agreement with its clauses, annexes, signatures and instructions."""
    found = get_object_or_404(ProcessingAgreement, pk=agreement_id)
    context = agreement_context(found, [*found.signatures.all()], [*found.instructions.order_by("-given_at")])
    context |= suspended_context(request, found, [*found.suspensions.all()])
    context |= {
        "own": True,
        "may_keep": request.standing.may(KEEP),
        "crumbs": [(_("Agreements under Art. 28"), reverse("privacy:agreements"))],
        **house_tabs(request, "agreements"),
    }
    return render(request, "privacy/agreement.html", context)


def agreement_context(found: ProcessingAgreement, signatures: list, said: list[Instruction]) -> dict[str, object]:  # type: ignore[type-arg]
    """Return what `privacy/agreement.html` shows to either side."""
    sides = {each.side: each for each in signatures}
    return {
        "agreement": found,
        "annexes": found.annexes,
        "amended": [(spoken(_WHAT[key]), why) for key, why in found.annexes["II"]["amended"].items()],
        "clauses": CLAUSES,
        "sha256": bytes(found.clauses_sha256).hex(),
        "lacking": [spoken(each) for each in lacking(found.annexes)],
        "processor": sides.get("PROCESSOR"),
        "controller": sides.get("CONTROLLER"),
        "concluded": len(sides) > 1,
        "instructions": [(each, STATES[Instruction.State(each.state)]) for each in said],
    }


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def sign(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Sign an agreement for the processor."""
    found = get_object_or_404(ProcessingAgreement, pk=agreement_id)
    form = WordsForm(request.POST or None, label=_("Your function"))
    return form_page(
        request, form, lambda: acts.sign_agreement(
            found.pk, function=form.cleaned_data["words"], at=request.at, actor=request.actor
        ),
        title=_("Sign the agreement"), label=_("Sign"), back=reverse("privacy:agreement", args=[found.pk]),
    )  # fmt: skip


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def instruction(request: TenantRequest, instruction_id: uuid.UUID, step: str) -> HttpResponseBase:
    """Carry an instruction out, suspend it as unlawful, or end the agreement because the controller insists."""
    found = get_object_or_404(Instruction, pk=instruction_id)
    titles = {
        "done": _("Instruction carried out"),
        "suspend": _("Instruction seems unlawful"),
        "end": _("End the agreement"),
    }

    def act() -> object:
        words = form.cleaned_data["words"]
        if step == "suspend":
            return instructions.suspend_instruction(found.pk, because=words, at=request.at, actor=request.actor)
        chosen = instructions.carry_out if step == "done" else instructions.end_for_instruction
        return chosen(found.pk, how=words, at=request.at, actor=request.actor)

    form = WordsForm(request.POST or None, label=_("In words"))
    return form_page(
        request, form, act, title=titles[step], label=_("Save"), note=found.text,
        back=reverse("privacy:agreement", args=[found.agreement_id]),
    )  # fmt: skip


@requires(SEE)
@require_GET
def subprocessors(request: TenantRequest) -> HttpResponseBase:
    """List the sub-processors with place, task, contract, and what hinders them."""
    on = request.at.date()
    rows = [
        (
            each,
            hindrance(each, on),
            [(notice, STANDINGS[standing_of(notice, on).value]) for notice in each.notices.all()],
        )
        for each in Subprocessor.objects.prefetch_related("notices").order_by("name")
    ]
    context = {"rows": rows, "may_keep": request.standing.may(KEEP), **house_tabs(request, "subprocessors")}
    return render(request, "privacy/subprocessors.html", context)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def new_subprocessor(request: TenantRequest) -> HttpResponseBase:
    """Enter a sub-processor; every customer is told at once."""
    form = SubprocessorForm(request.POST or None, request.FILES or None)
    return form_page(
        request, form, lambda: partners.add_subprocessor(form.told(), at=request.at, actor=request.actor),
        title=_("New sub-processor"), label=_("Enter and announce"), back=reverse("privacy:subprocessors"),
        note=_("Every customer is told at once; its contract says how long it may object."),
    )  # fmt: skip


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def complete(request: TenantRequest, subprocessor_id: uuid.UUID) -> HttpResponseBase:
    """Enter the contract with a sub-processor and the ground of a transfer."""
    found = get_object_or_404(Subprocessor, pk=subprocessor_id)
    held = {name: getattr(found, name) for name in PlaceForm.base_fields if name != "ground_document"}
    form = PlaceForm(request.POST or None, request.FILES or None, initial=held)
    return form_page(
        request, form, lambda: partners.complete_subprocessor(
            found.pk, **form.cleaned_data, at=request.at, actor=request.actor
        ),
        title=found.name, label=_("Save"), back=reverse("privacy:subprocessors"),
    )  # fmt: skip


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def settle(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Close the case of an objection with what was agreed."""
    found = get_object_or_404(SubprocessorNotice, pk=notice_id)
    form = WordsForm(request.POST or None, label=_("What was agreed"))
    return form_page(
        request, form, lambda: partners.settle_objection(
            found.pk, how=form.cleaned_data["words"], at=request.at, actor=request.actor
        ),
        title=_("Settle the objection"), label=_("Save"), note=found.objection, back=reverse("privacy:subprocessors"),
    )  # fmt: skip


@requires(SEE)
@require_GET
def measure_list(request: TenantRequest) -> HttpResponseBase:
    """List the measures with evidence and the day of their next review."""
    rows = list(measures(request.at.date()))
    context = {"rows": rows, "may_keep": request.standing.may(KEEP), **house_tabs(request, "measures")}
    return render(request, "privacy/measures.html", context)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def review(request: TenantRequest, key: str) -> HttpResponseBase:
    """Keep that somebody looked at a measure."""
    if key not in known_measures():
        raise Http404(key)
    owner = next(each.owner for each in measures(request.at.date()) if each.key == key)
    form = ReviewForm(request.POST or None, initial={"owner": owner, "reviewed_on": request.at.date()})
    return form_page(
        request, form, lambda: register.review_measure(key, **form.cleaned_data, at=request.at, actor=request.actor),
        title=_("Review a measure"), label=_("Save"), back=reverse("privacy:measures"),
    )  # fmt: skip
