"""A case of security on the house's day: what was reported, and what came of it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions import reports
from kontor.office.identity.forms.locks import CaseForm
from kontor.office.identity.models import SecurityCase, User
from kontor.office.identity.queries.cases import case_words


@requires("identity.lock")
@require_http_methods(["GET", "POST"])
def case(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Show a case and put it away with what came of it; 404 for another tenant's."""
    found = SecurityCase.objects.filter(pk=case_id).first()
    if found is None:
        raise Http404
    form = CaseForm(request.POST or None)
    if request.method == "POST" and found.closed_at is None and form.is_valid():
        reports.close_case(found.pk, because=form.cleaned_data["because"], at=request.at, actor=request.actor)
        messages.success(request, _("The case is closed."))
        return redirect("identity:case", found.pk)
    context = {
        "case": found,
        "form": form,
        "words": case_words(found.kind),
        "whom": User.objects.filter(pk=found.person).first(),
    }
    return render(request, "identity/case.html", context, status=422 if form.errors else 200)
