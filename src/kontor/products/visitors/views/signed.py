"""What a visitor answered and signed, as paper."""

import uuid
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.questionnaires import public as questionnaires
from kontor.products.visitors.models import Visit
from kontor.products.visitors.queries.asking import ABOUT
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

SEE = "visitors.see"


@requires(SEE, at_sites=True)
@require_GET
def paper(request: TenantRequest, visit_id: uuid.UUID, sheet_id: uuid.UUID) -> HttpResponseBase:
    """Give what was answered at a visit as PDF: every passage, every answer, the signature, version and time."""
    visit = get_object_or_404(Visit.objects.select_related("site"), pk=visit_id)
    facts = [
        (Text("Besuch von", "Visit of"), ", ".join(each for each in (visit.name, visit.company) if each)),
        (Text("Standort", "Site"), visit.site.name), (Text("Gastgeber", "Host"), visit.host_name),
    ]  # fmt: skip
    try:
        printed = questionnaires.sheet_paper(
            sheet_id, (ABOUT, visit.pk), facts, zone=ZoneInfo(visit.site.zone), at=request.at, actor=request.actor
        )
    except RefusalError as refused:  # letters that our type has no shape for
        messages.error(request, spoken(refused.text))
        return redirect("visitors:visit", visit_id)
    if printed is None:
        raise Http404
    response = HttpResponse(printed, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="signed.pdf"'
    return response
