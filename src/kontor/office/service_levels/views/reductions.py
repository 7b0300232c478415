"""An outage under one contract: the periods its customer set, and the fee that is reduced for it."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions.reducing import reduce_for_outage, set_period
from kontor.office.service_levels.forms.reducing import PeriodForm, ReductionForm
from kontor.office.service_levels.models import Outage
from kontor.office.service_levels.views.entering import done

DECIDE: Final = "service_levels.decide"


def reducible(outage: Outage) -> list[contracts.Supplied]:
    """Return the contracts for which a fee may be reduced: those hit alone, and those whose customer set a period."""
    named = {
        *outage.contracts.values_list("contract_id", flat=True),
        *outage.periods.values_list("contract_id", flat=True),
    }
    found = (contracts.supplied(each, outage.started_at.date()) for each in sorted(named))
    return [each for each in found if _knows(each)]


@requires(DECIDE)
@require_GET
def find(request: TenantRequest, outage_id: uuid.UUID) -> HttpResponseBase:
    """Lead to a contract by its number; back to the outage where there is none whose terms know a reduction."""
    found = get_object_or_404(Outage, pk=outage_id)
    number = request.GET.get("number", "").strip()
    served = contracts.supplied_in(found.started_at.date().replace(day=1))
    one = next((each for each in served if each.number == number and _knows(each)), None)
    if one is None:
        messages.info(request, _("No contract of this number knows a reduction."))
        return redirect("service_levels:outage", found.pk)
    return redirect("service_levels:reduction", found.pk, one.id)


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def reduction(request: TenantRequest, outage_id: uuid.UUID, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the periods set for an outage under a contract; note another, reduce the fee of a month."""
    found = get_object_or_404(Outage, pk=outage_id)
    try:
        served = contracts.supplied(contract_id, found.started_at.date())
    except ObjectDoesNotExist as none:
        raise Http404(str(contract_id)) from none
    if served.pack.defects is None or not _knows(served):
        raise Http404(str(contract_id))
    parts = contracts.parts_of(served.id, found.started_at.date())
    given = {name: request.POST if request.POST.get("part") == name else None for name in ("period", "reduce")}
    period = PeriodForm(given["period"])
    form = ReductionForm(given["reduce"], parts=[(key, f"{name}, {money(fee)}") for key, name, fee in parts])
    who: dict[str, Any] = {"at": request.at, "actor": request.actor}
    if done(request, period, lambda: set_period(found.pk, served.id, **period.cleaned_data, **who)) or done(
        request, form, lambda: reduce_for_outage(found.pk, served.id, **form.cleaned_data, **who)
    ):
        return redirect("service_levels:reduction", found.pk, served.id)
    context = {
        "found": found, "served": served, "cap": served.pack.defects.reduction_cap, "period": period, "form": form,
        "periods": list(found.periods.filter(contract_id=served.id).order_by("until")),
        "crumbs": [
            (_("Availability"), reverse("service_levels:overview")),
            (found.title, reverse("service_levels:outage", args=[found.pk])),
        ],
    }  # fmt: skip
    return render(
        request, "service_levels/reduction.html", context, status=422 if period.errors or form.errors else 200
    )


def _knows(served: contracts.Supplied) -> bool:
    return served.pack.defects is not None and served.pack.defects.reduction_cap is not None
