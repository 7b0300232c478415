"""A customer names who speaks for it towards support."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.forms.asking import SpeakerForm
from kontor.office.desk.queries.speakers import asks_for_contact, contact_here
from kontor.office.desk.queries.staff import colleagues
from kontor.office.desk.views.own import COMPANY
from kontor.rulebook.refusal import RefusalError


@requires(COMPANY)
@require_http_methods(["GET", "POST"])
def contact(request: TenantRequest) -> HttpResponseBase:
    """Show whom the company named under each contract that asks for it, and name somebody."""
    under, people = asks_for_contact(at=request.at), colleagues(at=request.at)
    form = SpeakerForm(request.POST or None, contracts=under, people=people)
    if request.method == "POST" and form.is_valid():
        chosen = form.person()
        told = {"name": chosen.name, "email": chosen.email, "users": len(people), "by": str(request.user)}
        try:
            answer("desk.contact_named", form.contract(), **told, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            messages.info(request, _("Named. What others ask waits for their word."))
            return redirect("desk:own-contact")
    context = {
        "form": form, "named": [(each, contact_here(each.id)) for each in under],
        "crumbs": [(_("Help and requests"), reverse("desk:own"))],
    }  # fmt: skip
    return render(request, "desk/own_contact.html", context, status=422 if form.errors else 200)
