"""From a customer's account into its supplier's customer centre."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.centre_door import SESSION_LASTS
from kontor.office.desk.views.centre_frame import Here, keep_session
from kontor.office.desk.views.own import OWN
from kontor.rulebook.refusal import RefusalError


@requires(OWN)
@require_POST
def enter(request: TenantRequest) -> HttpResponseBase:
    """Open the supplier's help with the account one has; the first running contract decides whose."""
    said = _("There is no open customer centre here.")
    for under in (each for each in contracts.served_here(at=request.at) if each.running):
        who = {"name": str(request.user), "email": request.user.email, "language": language()}
        try:
            entered = answer("desk.centre_entered", under.id, **who, at=request.at, actor=request.actor)
        except RefusalError as refused:
            said = spoken(refused.text)
            continue
        response = redirect("centre:home", entered.slug)
        here = Here(entered.slug, "", joins=False, tenant=entered.tenant, person=None)
        keep_session(response, here, entered.session, seconds=int(SESSION_LASTS.total_seconds()))
        return response
    messages.info(request, said)
    return redirect("desk:own")
