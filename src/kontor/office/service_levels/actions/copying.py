"""The status page's copy: put where something else serves it, so that it is there when we are not."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.publishing import publish
from kontor.kernel.tenancy import current_tenant
from kontor.office.service_levels.queries.copies import status_copy
from kontor.office.service_levels.queries.status import status_facts

NAME: Final = "index.html"


@transaction.atomic
def write_copy(*, at: datetime) -> bool:
    """
    Put the status page as it stands into the place that KONTOR_STATUS_COPY names; False where it names none.

    One after the other, each of what is committed then: an older page never replaces a newer one, and a reader sees all
    of the old or all of the new. StoreError, OSError where the place does not take it: the job tries again.
    """
    if not settings.KONTOR_STATUS_COPY:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('status copy', 0))")
    house = Tenant.objects.get(pk=current_tenant())
    page = status_copy(status_facts(at), zone=house.zone, address=absolute("service_levels:status"))
    return publish(NAME, page.encode(), content_type="text/html; charset=utf-8")
