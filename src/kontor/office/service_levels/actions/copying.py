"""The status page's copy: put into a folder that something else serves, so that it is there when we are not."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.service_levels.queries.copies import status_copy
from kontor.office.service_levels.queries.status import status_facts

NAME = "index.html"


@transaction.atomic
def write_copy(*, at: datetime) -> Path | None:
    """
    Put the status page as it stands into KONTOR_STATUS_COPY; None where no folder is set.

    One after the other, each of what is committed then: an older page never replaces a newer one, and a reader sees all
    of the old or all of the new.
    """
    if not settings.KONTOR_STATUS_COPY:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('status copy', 0))")
    house = Tenant.objects.get(pk=current_tenant())
    page = status_copy(status_facts(at), zone=house.zone, address=absolute("service_levels:status"))
    return _replaced(Path(settings.KONTOR_STATUS_COPY), page.encode())


def _replaced(folder: Path, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target, unfinished = folder / NAME, folder / f".{NAME}.{secrets.token_hex(8)}"
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o644)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target
