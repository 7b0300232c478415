"""What is done about a claim from its page: one address for each decision, refusals said in place."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.books import public as books
from kontor.office.contracts.actions import claim_cases, claim_letters, suspending
from kontor.office.contracts.actions.claim_letters import ClaimRefusedError
from kontor.office.contracts.actions.suspending import SuspensionRefusedError
from kontor.office.contracts.forms.claims import (
    ClaimPaymentForm,
    PlanForm,
    ReasonForm,
    ReceivedForm,
    UntilForm,
)
from kontor.office.contracts.models import Claim
from kontor.office.contracts.queries.claims import facts_of
from kontor.office.contracts.views.claims import ACT, claim_context, rows
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

WRITE_OFF = "contracts.write_off"
_REFUSED = (ClaimRefusedError, SuspensionRefusedError, RefusalError, books.LossRefusedError)


@requires(ACT)
@require_POST
def pay(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Book money that came for the claim."""
    form = ClaimPaymentForm(request.POST)
    (facts,) = facts_of([get_object_or_404(rows(), pk=claim_id)])

    def book(told: dict[str, Any]) -> None:
        claim_cases.book_payment(
            claim_id,
            Money.parse(told["amount"], facts.invoice.claimed.currency),
            paid_on=told["paid_on"],
            on_invoice_first=told["order"] == "invoice",
            note=told["note"],
            at=request.at,
            actor=request.actor,
        )

    return _done(request, claim_id, form, "payment", book)


@requires(ACT)
@require_POST
def dispute(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Note that the customer contests the claim, or no longer does."""
    disputed = get_object_or_404(Claim, pk=claim_id).disputed_on
    act = claim_cases.end_dispute if disputed else claim_cases.dispute
    return _reasoned(request, claim_id, act)


@requires(WRITE_OFF)
@require_POST
def write_off(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Give the claim up."""
    return _reasoned(request, claim_id, claim_cases.write_off)


@requires(ACT)
@require_POST
def plan(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Agree on instalments."""
    form = PlanForm(request.POST)
    (facts,) = facts_of([get_object_or_404(rows(), pk=claim_id)])

    def agree(told: dict[str, Any]) -> None:
        found = form.plan(facts.invoice.claimed.currency)
        claim_cases.agree_plan(claim_id, found, note=told["note"], at=request.at, actor=request.actor)

    return _done(request, claim_id, form, "plan_form", agree)


@requires(ACT)
@require_POST
def statement(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Send what is owed today as a statement."""

    def send(told: dict[str, Any]) -> None:
        claim_letters.send_statement(claim_id, pay_until=told["pay_until"], at=request.at, actor=request.actor)

    return _done(request, claim_id, UntilForm(request.POST), "until", send)


@requires(ACT)
@require_POST
def threaten(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Warn that the contract will be ended."""

    def send(_told: dict[str, Any]) -> None:
        claim_letters.threaten(claim_id, at=request.at, actor=request.actor)

    return _done(request, claim_id, forms.Form(request.POST), "", send)


@requires(ACT)
@require_POST
def received(request: TenantRequest, claim_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Note when a letter arrived."""
    letter = get_object_or_404(get_object_or_404(Claim, pk=claim_id).letters, key=key)

    def note(told: dict[str, Any]) -> None:
        claim_letters.note_received(
            letter.pk, on=told["received_on"], proof=told["proof"], at=request.at, actor=request.actor
        )

    return _done(request, claim_id, ReceivedForm(request.POST), "received", note)


@requires(ACT)
@require_POST
def suspend(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Suspend the contract's services, or lift that."""
    row = get_object_or_404(Claim, pk=claim_id)

    def act(told: dict[str, Any]) -> None:
        if request.POST.get("lift"):
            suspending.lift(row.contract_id, because=told["reason"], at=request.at, actor=request.actor)
        else:
            today = timezone.localdate(request.at)
            suspending.suspend(row.contract_id, today=today, reason=told["reason"], at=request.at, actor=request.actor)

    return _done(request, claim_id, ReasonForm(request.POST), "reason", act)


def _reasoned(request: TenantRequest, claim_id: uuid.UUID, act: Callable[..., Any]) -> HttpResponseBase:
    def decide(told: dict[str, Any]) -> None:
        act(claim_id, reason=told["reason"], at=request.at, actor=request.actor)

    return _done(request, claim_id, ReasonForm(request.POST), "reason", decide)


def _done(
    request: TenantRequest, claim_id: uuid.UUID, form: forms.Form, name: str, act: Callable[[dict[str, Any]], None]
) -> HttpResponseBase:
    """Do it and go back to the claim; what is refused is said on its page, with the form as it was sent."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ObjectDoesNotExist as missing:
            raise Http404(str(claim_id)) from missing
        except _REFUSED as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:claim", claim_id)
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    context = claim_context(request, claim_id, **({name: form} if name else {}))
    return render(request, "contracts/claim.html", context, status=422)
