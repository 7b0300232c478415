"""Who processes on our behalf, for everybody to read (visitor Anlage 3, annex IV)."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.views.errors import not_found
from kontor.office.privacy.queries.subprocessors import acting_on


@public("customers and their people read who processes on our behalf, with or without an account")
@require_GET
def partners(request: HttpRequest) -> HttpResponseBase:
    """List the house's sub-processors of today: name, address, task, access and place of each."""
    house = Tenant.objects.filter(is_house=True).first()
    if house is None:
        return not_found(request)
    with as_tenant(house.pk):
        rows = acting_on(timezone.localdate())
        return render(request, "privacy/partners.html", {"rows": rows, "house": house})
