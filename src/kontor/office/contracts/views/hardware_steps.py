"""The forms of each step with hardware: deliveries and cases by the house, reports by the customer."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import hardware, hardware_cases
from kontor.office.contracts.forms import hardware as filled
from kontor.office.contracts.models import HardwareCase, HardwareDelivery, HardwareItem
from kontor.office.contracts.queries.hardware import DEFECT, open_remedies, ordered_hardware
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.hardware import CONFIRM, CORRECT, labels
from kontor.rulebook.hardware import FIRST, events_to_report
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What a form is called, which one it is, and what is done with it; `choices` of its one choice."""

    title: Promise
    form: Callable[..., forms.Form]
    done: Callable[[Given], Any]
    choices: tuple[tuple[str, str], ...] | None = None


@requires(CONFIRM)
@require_http_methods(["GET", "POST"])
def plan(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Fix a delivery date."""

    def done(given: Given) -> Any:
        return hardware.plan_delivery(contract_id, **given, at=request.at, actor=request.actor)

    return _page(request, opened_own(request, contract_id), Step(gettext_lazy("Delivery date"), filled.PlanForm, done))


@requires(CONFIRM)
@require_http_methods(["GET", "POST"])
def delivery(request: TenantRequest, delivery_id: uuid.UUID, step: str) -> HttpResponseBase:
    """Go one step with a delivery: a device, the documentation, the hand-overs."""
    row = get_object_or_404(HardwareDelivery.objects, pk=delivery_id)
    opened = opened_own(request, row.contract_id)
    ordered = tuple((key, each.name) for key, each in ordered_hardware(opened.contract).items())
    who: Given = {"at": request.at, "actor": request.actor}

    def manual(given: Given) -> Any:
        file = filled.upload(given["file"])
        assert file is not None, "the form asks for it"
        return hardware.enclose_manual(delivery_id, file, language=given["language"], **who)

    def proved(act: Callable[..., Any]) -> Callable[[Given], Any]:
        return lambda given: act(delivery_id, **given | {"proof": filled.upload(given["proof"])}, **who)

    steps = {
        "device": Step(
            gettext_lazy("Add a device"),
            filled.DeviceForm,
            lambda given: hardware.add_device(delivery_id, **given, **who),
            ordered,
        ),
        "manual": Step(gettext_lazy("Enclose the documentation"), filled.ManualForm, manual),
        "carrier": Step(gettext_lazy("Hand over to the carrier"), filled.CarrierForm, proved(hardware.hand_to_carrier)),
        "customer": Step(
            gettext_lazy("Handed over to the customer"), filled.HandOverForm, proved(hardware.hand_to_customer)
        ),
    }
    return _page(request, opened, _known(steps, step))


@requires(CORRECT)
@require_http_methods(["GET", "POST"])
def case(request: TenantRequest, case_id: uuid.UUID, step: str) -> HttpResponseBase:
    """Go one step with a case: set the period, try to mend, give back, close."""
    row = get_object_or_404(HardwareCase.objects.select_related("item__delivery"), pk=case_id)
    opened = opened_own(request, row.item.delivery.contract_id)
    named, currency = labels(opened.contract), opened.contract.terms["currency"]
    found = open_remedies(row, opened.contract, on=opened.today)
    ways = tuple((key, spoken(named[key])) for key in (found.value if found else ()))
    who: Given = {"at": request.at, "actor": request.actor}

    def give_back(given: Given) -> Any:
        amount = Money.parse(given["amount"], currency) if given["amount"] else None
        return hardware_cases.give_back(case_id, remedy=given["remedy"], amount=amount, on=opened.today, **who)

    def mend(given: Given) -> Any:
        return hardware_cases.try_remedy(case_id, **given, **who)

    def close(given: Given) -> Any:
        return hardware_cases.close_case(case_id, on=opened.today, **given, **who)

    first, last = (tuple(way for way in ways if (way[0] in FIRST) is early) for early in (True, False))
    closings = tuple((key, spoken(text)) for key, text in hardware_cases.CLOSINGS.items())
    steps = {
        "period": Step(
            gettext_lazy("Set the period"),
            filled.PeriodForm,
            lambda given: hardware_cases.set_period(case_id, **given, **who),
        ),
        "try": Step(gettext_lazy("Mend"), filled.TryForm, mend, first),
        "give-back": Step(gettext_lazy("Rescind or reduce"), filled.GiveBackForm, give_back, last),
        "close": Step(gettext_lazy("Close the case"), filled.CloseForm, close, closings),
    }
    return _page(request, opened, _known(steps, step))


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def answered(request: TenantRequest, row_id: uuid.UUID, step: str) -> HttpResponseBase:
    """Let the customer report on a device, note its inspection, or set the further period."""
    if step not in _ASKED:
        raise Http404(step)
    model, key, title, form = _ASKED[step]
    opened = _received(request, get_object_or_404(model.received, pk=row_id))
    events = events_to_report(pack_of_terms(opened.contract.terms))
    kinds = ((DEFECT, spoken(hardware_cases.DEFECT_LABEL)), *((each.key, spoken(each.label)) for each in events))
    more = {"by": str(request.user)} if step == "report" else {}

    def done(given: Given) -> Any:
        return answer(key, row_id, on=opened.today, at=request.at, actor=request.actor, **given, **more)

    return _page(request, opened, Step(title, form, done, kinds if step == "report" else None))


_ASKED: dict[str, tuple[Any, str, Promise, Callable[..., forms.Form]]] = {
    "report": (HardwareItem, "contracts.hardware_reported", gettext_lazy("Report"), filled.ReportForm),
    "inspected": (HardwareDelivery, "contracts.hardware_inspected", gettext_lazy("Inspected"), filled.InspectedForm),
    "second": (
        HardwareCase,
        "contracts.hardware_second_period",
        gettext_lazy("Set a further period"),
        filled.SecondForm,
    ),
}


def _received(request: TenantRequest, row: Any) -> Opened:
    """Return the received contract that a device, delivery or case belongs to."""
    if isinstance(row, HardwareCase):
        row = get_object_or_404(HardwareItem.received, pk=row.item_id)
    if isinstance(row, HardwareItem):
        row = get_object_or_404(HardwareDelivery.received, pk=row.delivery_id)
    return opened_received(request, row.contract_id)


def _known(steps: dict[str, Step], step: str) -> Step:
    if step not in steps:
        raise Http404(step)
    return steps[step]


def _page(request: TenantRequest, opened: Opened, step: Step) -> HttpResponseBase:
    back = "contracts:contract-hardware" if opened.own else "contracts:account-hardware"
    more = {} if step.choices is None else {"choices": list(step.choices)}
    form = step.form(request.POST or None, request.FILES or None, **more)
    if request.method == "POST" and form.is_valid():
        try:
            step.done(form.cleaned_data)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect(back, opened.contract.pk)
    context = contract_frame(request, opened, active="hardware") | {
        "form": form,
        "form_title": step.title,
        "back": back,
    }
    return render(request, "contracts/hardware_form.html", context, status=422 if form.errors else 200)
