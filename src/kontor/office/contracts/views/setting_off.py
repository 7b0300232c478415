"""The guided entry of a set-off: which claim, what is known of it, and what the contract says."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money, spoken
from kontor.office.books import public as books
from kontor.office.contracts.actions.setting_off import SetOff, SetOffRefusedError, set_off_claim, set_off_ruling
from kontor.office.contracts.forms.paying import SetOffForm
from kontor.office.contracts.models import Contract
from kontor.rulebook.money import Money
from kontor.rulebook.set_off import Status


@requires("contracts.bill")
@require_http_methods(["GET", "POST"])
def set_off(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Book a claim of the customer's own against an invoice, or refuse with the clause."""
    contract = get_object_or_404(Contract, pk=contract_id)
    today = timezone.localdate(request.at)
    owed = [each for each in books.invoices_about(contract.pk, today=today) if each.open.minor > 0]
    choices = [(str(each.id), f"{each.number} · {money(each.open)}") for each in owed]
    form = SetOffForm(request.POST or None, choices=choices, initial={"on": today})
    refused = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        chosen = next(each for each in owed if str(each.id) == told["invoice"])
        asked = SetOff(
            invoice=chosen.id,
            amount=Money.parse(told["amount"], chosen.open.currency),
            status=Status(told["status"]),
            on=told["on"],
            note=told["note"],
        )
        try:
            set_off_claim(contract.pk, asked, at=request.at, actor=request.actor)
        except SetOffRefusedError as error:
            refused = error.ruling
        except books.PaymentRefusedError as error:
            form.add_error("amount", spoken(error.text))
        else:
            messages.info(request, _("%(amount)s set off against %(number)s.") % {
                "amount": money(asked.amount), "number": chosen.number,
            })  # fmt: skip
            return redirect("contracts:contract", contract.pk)
    context = {
        "form": form,
        "owed": owed,
        "refused": refused,
        "rule": set_off_ruling(contract, Status.UNDISPUTED, today),
        "contract": contract,
        "crumbs": [(contract.number, reverse("contracts:contract", args=[contract.pk]))],
    }
    return render(request, "contracts/set_off.html", context, status=422 if form.is_bound else 200)
