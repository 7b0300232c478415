"""How a customer pays an invoice: by transfer, by direct debit, or through a processor that is set up."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.refusal import RefusalError

ACCOUNT = "contracts.account"
_OWED = (books.State.OPEN, books.State.PART_PAID, books.State.OVERDUE)
# Which of the pack's lists says what a processor may be told.
_LISTS = {"paypal": "payment_fields", "card": "billing_fields"}


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def pay(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Let the customer choose how to pay; nothing leaves for a processor before it is chosen."""
    try:
        found = books.received_invoice(invoice_id, today=timezone.localdate(request.at))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    subject = found.invoice.subject_id
    contract = Contract.received.filter(pk=subject).first() if subject else None
    methods = books.payment_methods()
    context = {
        "found": found,
        "invoice": found.invoice,
        "owed": found.invoice.state.key in _OWED,
        "came_back": "paid" in request.GET,
        "methods": methods,
        "contract": contract,
        "begun": None,
        "refused": "",
        "crumbs": [
            (_("Invoices"), reverse("contracts:account-invoices")),
            (found.invoice.number, reverse("contracts:account-invoice", args=[invoice_id])),
        ],
    }
    status = 200
    if request.method == "POST":
        chosen = next((each for each in methods if each.key == request.POST.get("method")), None)
        if chosen is None:
            raise Http404
        try:
            context |= {"begun": _begun(request, invoice_id, chosen, contract), "chosen": chosen}
        except RefusalError as refused:
            context["refused"], status = spoken(refused.text), 409
    return render(request, "contracts/account_pay.html", context, status=status)


def _begun(
    request: TenantRequest, invoice_id: uuid.UUID, chosen: books.Method, contract: Contract | None
) -> books.Begun:
    """Tell the processor chosen, and nobody else."""
    begun: books.Begun = answer(
        "books.pay",
        invoice_id,
        method=chosen.key,
        listed=_listed(contract, chosen.key),
        payer=books.Payer(request.user.name, contract.number if contract else ""),
        back=settings.KONTOR_BASE_URL + reverse("contracts:account-pay", args=[invoice_id]),
        at=request.at,
        actor=request.actor,
    )
    return begun


def _listed(contract: Contract | None, method: str) -> Sequence[str]:
    """Return the items that the contract lists for this processor; none where it lists none."""
    privacy = pack_of_terms(contract.terms).privacy if contract else None
    listed = getattr(privacy, _LISTS.get(method, ""), None) if privacy else None
    return [item.key for item in listed.value] if listed else []
