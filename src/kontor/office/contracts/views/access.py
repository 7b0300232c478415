"""A customer's access under a contract: locks for the reasons it lists, and violations reported to the customer."""

import uuid
from collections.abc import Callable
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import house_locks
from kontor.office.contracts.actions.house_locks import HouseLockRefusedError
from kontor.office.contracts.forms.house_locks import HouseLockForm, LiftLockForm, ViolationForm
from kontor.office.contracts.queries.house_locks import keeps_violations, lock_reasons, pack_now
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own
from kontor.office.contracts.views.offers import sent_file
from kontor.office.identity import public as identity
from kontor.rulebook.ruling import Text

LOCK: Final = "contracts.lock"
_STATES: Final = {
    "locked": Badge(Text("gesperrt", "locked"), "bad", "lock"),
    "announced": Badge(Text("angekündigt", "announced"), "warn", "lock"),
    "lifted": Badge(Text("aufgehoben", "lifted"), "", "lock-open"),
}
_REPORTS: Final = {
    "": Badge(Text("nicht gemeldet", "not reported"), "warn"),
    "waiting": Badge(Text("geht hinaus", "on its way")),
    "sent": Badge(Text("übergeben", "handed over"), "good"),
    "failed": Badge(Text("nicht zustellbar", "undeliverable"), "bad"),
}


@requires(LOCK)
@require_GET
def access(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show what is locked, what was, and which violations are known; 404 for another house's contract."""
    opened = opened_own(request, contract_id)
    pack = pack_now(opened.contract, at=request.at)
    found = identity.house_locks(_customer(opened))
    why = reasons_by_id([each.ruling for each in found if each.ruling])
    words = dict(lock_reasons(pack))
    noted = identity.violations(_customer(opened)) if keeps_violations(pack) else []
    context = contract_frame(request, opened, active="access") | {
        "locks": [
            {
                "lock": each,
                "badge": _STATES[each.state(request.at)],
                "reason": words.get(each.reason, Text(each.reason, each.reason)),
                "why": why.get(each.ruling) if each.ruling else None,
            }
            for each in found
        ],
        "may_lay": bool(words),
        "keeps_violations": keeps_violations(pack),
        "violations": [(each, _REPORTS[each.delivery]) for each in noted],
    }
    return render(request, "contracts/access.html", context)


@requires(LOCK, fresh=True)
@require_http_methods(["GET", "POST"])
def lock(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Plan a lock; refused where the contract does not allow it, with the reason."""
    opened = opened_own(request, contract_id)
    offered = lock_reasons(pack_now(opened.contract, at=request.at))
    if not offered:
        raise Http404
    form = HouseLockForm(request.POST or None, request.FILES or None, reasons=offered)
    return _entered(
        request, opened, form, _("Lock an access"),
        lambda: house_locks.plan_lock(contract_id, form.plan, at=request.at, actor=request.actor),
    )  # fmt: skip


@requires(LOCK)
@require_http_methods(["GET", "POST"])
def lift(request: TenantRequest, contract_id: uuid.UUID, lock_id: uuid.UUID) -> HttpResponseBase:
    """Lift a lock with the reason; 404 for one of another customer."""
    opened = opened_own(request, contract_id)
    if lock_id not in {each.pk for each in identity.house_locks(_customer(opened)) if each.lifted_at is None}:
        raise Http404
    form = LiftLockForm(request.POST or None)
    return _entered(
        request, opened, form, _("Lift the lock"),
        lambda: house_locks.lift_lock(
            contract_id, lock_id, because=form.cleaned_data["because"], at=request.at, actor=request.actor
        ),
    )  # fmt: skip


@requires(LOCK)
@require_GET
def proof(request: TenantRequest, contract_id: uuid.UUID, lock_id: uuid.UUID) -> HttpResponseBase:
    """Give the file that shows a lock's reason."""
    opened = opened_own(request, contract_id)
    for each in identity.house_locks(_customer(opened)):
        if each.pk == lock_id and each.proof is not None:
            return sent_file(each.proof)
    raise Http404


@requires(LOCK)
@require_http_methods(["GET", "POST"])
def violation(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Note that one of the customer's people broke a rule."""
    opened = opened_own(request, contract_id)
    if not keeps_violations(pack_now(opened.contract, at=request.at)):
        raise Http404
    form = ViolationForm(request.POST or None, initial={"on": opened.today})
    return _entered(
        request, opened, form, _("Note a violation"),
        lambda: house_locks.note_violation(contract_id, **form.cleaned_data, at=request.at, actor=request.actor),
    )  # fmt: skip


@requires(LOCK)
@require_POST
def report(request: TenantRequest, contract_id: uuid.UUID, violation_id: uuid.UUID) -> HttpResponseBase:
    """Report a violation to the customer's contact, with the demand that it stop."""
    opened = opened_own(request, contract_id)
    if violation_id not in {each.pk for each in identity.violations(_customer(opened))}:
        raise Http404
    try:
        house_locks.report_violation(contract_id, violation_id, at=request.at, actor=request.actor)
    except HouseLockRefusedError as refused:
        messages.error(request, spoken(refused.why))
    else:
        messages.success(request, _("The customer is told: user name, rule and day, nothing else."))
    return redirect("contracts:contract-access", contract_id)


def _entered(
    request: TenantRequest, opened: Opened, form: forms.Form, title: str, act: Callable[[], object]
) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except HouseLockRefusedError as refused:
            form.add_error(None, spoken(refused.why))
        except QuotaExceededError as full:
            form.add_error("proof", str(full))
        else:
            return redirect("contracts:contract-access", opened.contract.pk)
    context = contract_frame(request, opened, active="access") | {
        "form": form,
        "form_title": title,
        "back": reverse("contracts:contract-access", args=[opened.contract.pk]),
    }
    return render(request, "contracts/ending_form.html", context, status=422 if form.errors else 200)


def _customer(opened: Opened) -> uuid.UUID:
    assert opened.contract.customer_tenant_id is not None, "a contract names its customer's tenant from the start"
    return opened.contract.customer_tenant_id
