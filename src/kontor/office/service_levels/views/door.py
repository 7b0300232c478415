"""The door through which probes read and write as their tenant, and outside programs give signs of life."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.office.service_levels.actions.probing import Seen, note_results
from kontor.office.service_levels.models import ProbePlace
from kontor.office.service_levels.queries.probes import opened_door


@public("the address itself is signed for one probe")
@csrf_exempt
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponseBase:
    """Read a row of the tenant, or, posted to, write one: the probe's own good result."""
    try:
        tenant, watched = opened_door(token)
    except (signing.BadSignature, ValueError) as forged:
        raise Http404 from forged
    with as_tenant(tenant):
        if not ProbePlace.objects.filter(pk=watched, probe__active=True).exists():
            raise Http404
        if request.method == "POST":
            at = timezone.now()
            note_results([Seen(watched, at, good=True, said="written")], at=at)
    return HttpResponse("ok", content_type="text/plain")
