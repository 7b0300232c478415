"""Proving what was done after an end: the assurance or certificate, handed in by staff or by the customer itself."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.ending_tasks import do_task
from kontor.office.contracts.forms.endings import ReturnForm, upload
from kontor.office.contracts.models import EndingTask
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.endings import END
from kontor.office.contracts.views.offers import SEE, sent_file


@requires(END)
@require_http_methods(["GET", "POST"])
def task_prove(request: TenantRequest, task_id: uuid.UUID) -> HttpResponseBase:
    """Hand in, as the house, the paper that closes a task after the end."""
    task = get_object_or_404(EndingTask, pk=task_id)
    opened = opened_own(request, task.contract_id)
    return _proved(
        request, opened, lambda told: do_task(task_id, on=opened.today, at=request.at, actor=request.actor, **told)
    )


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def received_task_prove(request: TenantRequest, task_id: uuid.UUID) -> HttpResponseBase:
    """Hand it in as the customer, whose task it is."""
    task = get_object_or_404(EndingTask.received, pk=task_id)
    return _proved(
        request, opened_received(request, task.contract_id),
        lambda told: answer("contracts.software_returned", task_id, at=request.at, actor=request.actor, **told),
    )  # fmt: skip


@requires(ACCOUNT)
@require_POST
def choose(request: TenantRequest, task_id: uuid.UUID) -> HttpResponseBase:
    """Choose as the customer what becomes of its data."""
    task = get_object_or_404(EndingTask.received, pk=task_id)
    try:
        answer(
            "contracts.data_chosen", task_id, at=request.at, actor=request.actor, choice=request.POST.get("choice", "")
        )
    except EndingRefusedError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("contracts:account-ending", task.contract_id)


@requires(SEE)
@require_GET
def task_file(request: TenantRequest, task_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the paper that closed a task."""
    task = get_object_or_404(EndingTask.objects.exclude(proof=None).select_related("proof"), pk=task_id)
    assert task.proof is not None, "the query asks for those with a proof"
    return sent_file(task.proof)


def _proved(request: TenantRequest, opened: Opened, act: Callable[[dict[str, Any]], Any]) -> HttpResponseBase:
    page = "contracts:ending" if opened.own else "contracts:account-ending"
    form = ReturnForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            act({"note": form.cleaned_data["note"], "proof": upload(form.cleaned_data["proof"])})
        except EndingRefusedError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("proof", str(full))
        else:
            return redirect(page, opened.contract.pk)
    context = contract_frame(request, opened, active="ending") | {
        "form": form,
        "form_title": _("Hand in the proof"),
        "back": reverse(page, args=[opened.contract.pk]),
    }
    return render(request, "contracts/ending_form.html", context, status=422 if form.errors else 200)
