"""An outage under one contract: the periods its customer set, and the fee that is reduced for it."""

import uuid
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions.reducing import reduce_for_outage, set_period
from kontor.office.service_levels.forms.reducing import PeriodForm, ReductionForm
from kontor.office.service_levels.models import Outage
from kontor.office.service_levels.views.entering import done

DECIDE: Final = "service_levels.decide"


def reducible(outage: Outage) -> list[contracts.Supplied]:
    """Return the contracts that an outage hits and whose terms know a reduction."""
    hit = None if outage.everybody else set(outage.contracts.values_list("contract_id", flat=True))
    served = contracts.supplied_in(outage.started_at.date().replace(day=1))
    known = (each for each in served if each.pack.defects is not None and each.pack.defects.reduction_cap is not None)
    return [each for each in known if hit is None or each.id in hit]


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def reduction(request: TenantRequest, outage_id: uuid.UUID, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the periods set for an outage under a contract; note another, reduce the fee of a month."""
    found = get_object_or_404(Outage, pk=outage_id)
    served = next((each for each in reducible(found) if each.id == contract_id), None)
    if served is None or served.pack.defects is None:
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
