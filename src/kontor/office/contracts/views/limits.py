"""Limits for requests, cases of overload, and users of other companies: what the house sets and decides."""

import uuid
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import foreign_users, overload, probing
from kontor.office.contracts.forms.beyond import DecisionForm, LimitForm
from kontor.office.contracts.forms.competitors import ProbeForm
from kontor.office.contracts.models import BenchmarkSuspicion, ForeignUser, OverloadCase
from kontor.office.contracts.queries.out_of_scope import foreign_users as to_review
from kontor.office.contracts.queries.overload import evidence_of, open_overload_cases, rules
from kontor.office.contracts.queries.probing import current_rule as probe_rule, open_suspicions
from kontor.rulebook.refusal import RefusalError

LIMITS: Final = "contracts.limits"


@requires(LIMITS)
@require_http_methods(["GET", "POST"])
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show the limits that hold and what is to be decided, and set other limits."""
    known = list(rules())
    form = LimitForm(request.POST or None, initial=known[0].__dict__ if known else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            overload.set_overload_rule(
                per_minute=told["per_minute"], per_client=told["per_client"], threshold=form.threshold(),
                reason=told["reason"], at=request.at, actor=request.actor,
            )  # fmt: skip
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:limits")
    return _overview(request, form)


@requires(LIMITS)
@require_POST
def probes(request: TenantRequest) -> HttpResponseBase:
    """Set how many identical reads pass before benchmarking is suspected."""
    form = ProbeForm(request.POST, auto_id="probe_%s")
    if form.is_valid():
        probing.set_probe_rule(**form.cleaned_data, at=request.at, actor=request.actor)
        return redirect("contracts:limits")
    return _overview(request, probe_form=form)


@requires(LIMITS)
@require_http_methods(["GET", "POST"])
def suspicion(request: TenantRequest, row_id: uuid.UUID) -> HttpResponseBase:
    """Show an hour of identical reads, and decide about it."""
    found = get_object_or_404(BenchmarkSuspicion.objects.select_related("contract"), pk=row_id)
    form = DecisionForm(request.POST or None, outcomes=overload.OUTCOMES)
    if request.method == "POST" and form.is_valid():
        try:
            probing.close_suspicion(found.pk, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:benchmark-suspicion", found.pk)
    context = _decided(found, form, overload.OUTCOMES) | {"whose": _whose(found.client)}
    return render(request, "contracts/benchmark_suspicion.html", context, status=422 if form.errors else 200)


@requires(LIMITS)
@require_http_methods(["GET", "POST"])
def case(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Show a case of overload with its evidence, and decide it."""
    found = get_object_or_404(OverloadCase.objects.select_related("contract"), pk=case_id)
    form = DecisionForm(request.POST or None, outcomes=overload.OUTCOMES)
    if request.method == "POST" and form.is_valid():
        try:
            overload.close_overload_case(found.pk, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:overload-case", found.pk)
    context = _decided(found, form, overload.OUTCOMES) | {
        "evidence": [(each, _whose(each.client)) for each in evidence_of(found)]
    }
    return render(request, "contracts/overload_case.html", context, status=422 if form.errors else 200)


@requires(LIMITS)
@require_http_methods(["GET", "POST"])
def user(request: TenantRequest, row_id: uuid.UUID) -> HttpResponseBase:
    """Show a user whose address belongs to another company, and decide about it."""
    found = get_object_or_404(ForeignUser.objects.select_related("contract"), pk=row_id)
    form = DecisionForm(request.POST or None, outcomes=foreign_users.OUTCOMES)
    if request.method == "POST" and form.is_valid():
        try:
            foreign_users.review_foreign_user(found.pk, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:foreign-user", found.pk)
    context = _decided(found, form, foreign_users.OUTCOMES)
    return render(request, "contracts/foreign_user.html", context, status=422 if form.errors else 200)


def _overview(
    request: TenantRequest, form: LimitForm | None = None, *, probe_form: ProbeForm | None = None
) -> HttpResponseBase:
    known, probe = list(rules()), probe_rule()
    context = {
        "rules": known,
        "form": form or LimitForm(initial=known[0].__dict__ if known else None),
        "cases": open_overload_cases(),
        "users": to_review(),
        "suspicions": open_suspicions(),
        "probe": probe,
        "probe_form": probe_form or ProbeForm(initial=probe.__dict__ if probe else None, auto_id="probe_%s"),
    }
    wrong = any(each is not None and each.errors for each in (form, probe_form))
    return render(request, "contracts/limits.html", context, status=422 if wrong else 200)


def _decided(found: Any, form: DecisionForm, outcomes: Any) -> dict[str, Any]:
    return {
        "found": found,
        "contract": found.contract,
        "form": form,
        "why": reasons_by_id({found.ruling}).get(found.ruling),
        "outcome": outcomes[found.outcome] if found.outcome else None,
        "crumbs": [(_("Limits"), reverse("contracts:limits"))],
    }


def _whose(client: str) -> str:
    """Say whose limit it was; of a person or a key the end of its id, by which the customer's record names it."""
    kind, _colon, identity = client.partition(":")
    if not kind:
        return _("the whole customer")
    words = _("key …%(end)s") if kind == "key" else _("person …%(end)s")
    return words % {"end": identity[-8:]}
