"""Asking customers how they were helped, by a link that needs no sign-in, and what they said."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Chart, Series
from kontor.kernel.requests import TenantRequest, public, requires
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import number, spoken
from kontor.office.desk.actions.satisfaction import answer_question
from kontor.office.desk.forms.mailing import ThanksForm
from kontor.office.desk.models import SatisfactionQuestion
from kontor.office.desk.queries.satisfaction import MARKS, is_answered, opened_token, satisfied
from kontor.office.desk.views.queue import SEE
from kontor.rulebook.refusal import RefusalError

_MONTHS = 12


@public("whoever was asked by mail answers with its link")
@never_cache
@require_http_methods(["GET", "POST"])
def thanks(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask how somebody was helped, and take the answer once; opening the link says nothing yet."""
    try:
        tenant, question_id = opened_token(token)
    except (signing.BadSignature, ValueError) as forged:
        raise Http404 from forged
    with as_tenant(tenant):
        question = get_object_or_404(SatisfactionQuestion.objects.select_related("ticket", "tenant"), pk=question_id)
        form, problem = ThanksForm(request.POST or None), ""
        if request.method == "POST" and form.is_valid():
            try:
                answer_question(question.pk, **form.cleaned_data, at=request.at)  # type: ignore[attr-defined]
            except RefusalError as refused:
                problem = spoken(refused.text)
        context = {
            "form": form, "ticket": question.ticket, "house": question.tenant, "problem": problem,
            "done": is_answered(question),
        }  # fmt: skip
        return render(request, "desk/thanks.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def report(request: TenantRequest) -> HttpResponseBase:
    """Show how customers said they were helped in the last twelve months."""
    today = localdate(request.at)
    end = today.replace(day=1, month=today.month % _MONTHS + 1, year=today.year + today.month // _MONTHS)
    found = satisfied(end.replace(year=end.year - 1), end)
    labels = {int(key): str(label) for key, label in ThanksForm().fields["mark"].choices}  # type: ignore[attr-defined]
    context = {
        "found": found,
        "answered": sum(found.by_mark),
        "mean": number(round(float(found.mean), 1)) if found.mean is not None else None,
        "chart": Chart(
            "satisfaction", _("Answers by mark"), "bars", [labels[mark] for mark in MARKS],
            [Series(_("Answers"), found.by_mark)],
        ),
        "labels": labels,
        "crumbs": [(_("Desk"), reverse("desk:queue"))],
    }  # fmt: skip
    return render(request, "desk/satisfaction.html", context)
