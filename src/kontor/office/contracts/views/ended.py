"""The gate after a contract's end: why nobody gets in, and what stays open."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from kontor.kernel.requests import TenantRequest, signed_in
from kontor.office.contracts.queries.over import all_over, over
from kontor.office.contracts.views.account import ACCOUNT

EXPORT = "privacy.export"


def stands_before(request: HttpRequest) -> bool:
    """Tell whether this tenant's contracts are over; one that unlocks something today is asked no further."""
    standing = request.standing  # type: ignore[attr-defined]
    if standing.tenant.is_house or standing.modules:
        return False
    return all_over(at=request.at)  # type: ignore[attr-defined]


@signed_in
@require_GET
def gate(request: TenantRequest) -> HttpResponseBase:
    """Lead an administrator to the copies of the data; refuse everybody else with the reason "contract ended"."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    if not stands_before(request):
        return redirect("kernel:home")
    if request.standing.may(EXPORT):
        return redirect("privacy-own:exports")
    context = {
        "over": over(at=request.at),
        "may_see": request.standing.may(ACCOUNT),
        "tenant": request.tenant,
        "reason": "contract ended",
    }
    response = render(request, "contracts/ended_gate.html", context, status=403)
    response.headers["X-Reason"] = "contract-ended"
    return response
