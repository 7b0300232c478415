"""The customer's page of user plans: who uses which, and how many seats are left."""

import uuid
from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.plans import PlanRefusedError, assign_plan
from kontor.office.contracts.queries.plans import plan_users, user_plans

ASSIGN: Final = "contracts.plans"


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def plans(request: TenantRequest) -> HttpResponseBase:
    """Show who has which plan, and give somebody another."""
    today, refused, full = timezone.localdate(request.at), "", None
    if request.method == "POST":
        try:
            _assign(request)
            return redirect("contracts:plans")
        except PlanRefusedError as error:
            refused, full = spoken(error.text), error.plan
    offered = user_plans(today)
    contracts = list({plan.contract.pk: plan.contract for plan in offered}.values())
    people = [
        (person, [(each, [plan for plan in offered if plan.contract == each], person.plans.get(each.pk, ""))
                  for each in contracts])
        for person in plan_users(at=request.at)
    ]  # fmt: skip
    context = {
        "plans": offered,
        "people": people,
        "contracts": contracts,
        "refused": refused,
        "full": full,
        "crumbs": [(_("Your account"), reverse("contracts:account"))],
    }
    return render(request, "contracts/plans.html", context, status=409 if refused else 200)


def _assign(request: TenantRequest) -> None:
    try:
        membership, contract = (uuid.UUID(request.POST.get(name, "")) for name in ("membership", "contract"))
        assign_plan(
            membership, contract, request.POST.get("item", ""), today=timezone.localdate(request.at), at=request.at,
            actor=request.actor,
        )  # fmt: skip
    except (ValueError, ObjectDoesNotExist) as missing:
        raise Http404 from missing
