"""The house's locks on all its customers, and help in an emergency."""

import uuid
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.models import Tenant
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.identity.actions import house_locks
from kontor.office.identity.actions.locks import LockRefusedError
from kontor.office.identity.forms.locks import LiftForm
from kontor.office.identity.forms.support import EmergencyForm
from kontor.office.identity.queries.house_locks import house_locks as locks_of_the_house
from kontor.office.identity.queries.locks import reason_words

HELP: Final = "identity.help"


@requires(HELP)
@require_GET
def standing(request: TenantRequest) -> HttpResponseBase:
    """Show every lock of the house that stands, announced ones too; what was locked to help is lifted here."""
    found = locks_of_the_house()
    names = dict(Tenant.objects.filter(pk__in={each.of_tenant for each in found}).values_list("pk", "name"))
    rows = [
        {
            "lock": each,
            "customer": names[each.of_tenant],
            "words": reason_words(each.reason),
            "ahead": each.state(request.at) == "announced",
        }
        for each in found
    ]
    return render(request, "identity/house_locks.html", {"locks": rows})


@requires(HELP, fresh=True)
@require_http_methods(["GET", "POST"])
def emergency(request: TenantRequest) -> HttpResponseBase:
    """Lock a person's access on a call for help; the customer's administrators are told."""
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            case = house_locks.help_in_emergency(
                told["tenant"], told["user_name"], reason=told["reason"], told=told["told"], at=request.at,
                actor=request.actor,
            )  # fmt: skip
        except LockRefusedError as refused:
            form.add_error(None, spoken(refused.why))
        else:
            messages.success(request, _("The access is locked, and the administrators are told."))
            return redirect("identity:case", case.pk)
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "identity/emergency.html", context, status=422 if form.errors else 200)


@requires(HELP)
@require_http_methods(["GET", "POST"])
def lift(request: TenantRequest, lock_id: uuid.UUID) -> HttpResponseBase:
    """Lift what was locked to help; a lock under a contract is lifted on the contract's page."""
    found = next((each for each in locks_of_the_house() if each.pk == lock_id and each.voluntary), None)
    if found is None:
        raise Http404
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        house_locks.lift(lock_id, because=form.cleaned_data["because"], at=request.at, actor=request.actor)
        messages.success(request, _("The access of %(name)s is open again.") % {"name": found.who})
        return redirect("identity:house-locks")
    context = {"form": form, "lock": found, "crumbs": _crumbs(), "lock_words": reason_words(found.reason)}
    return render(request, "identity/emergency_lift.html", context, status=422 if form.errors else 200)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Locks"), reverse("identity:house-locks"))]
