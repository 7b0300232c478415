"""Background work of documents: looking into what was filed."""

import uuid
from datetime import datetime, timedelta

from kontor.kernel.background import Patience, outside_job
from kontor.kernel.queries.blobs import read
from kontor.kernel.scanning import has_scanner, scan
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions.filing import LOOK
from kontor.office.documents.actions.looking import keep_contents, keep_verdict
from kontor.office.documents.formats.contents import read_contents
from kontor.office.documents.models import Version

# A scanner that is away comes back within the day; until then the version stays shut.
_WAITS = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), *[timedelta(hours=2)] * 12]


@outside_job(LOOK, patience=Patience(_WAITS))
def look(*, tenant_id: uuid.UUID, at: datetime, version: str) -> None:
    """Have a version scanned, then read its words and draw its first page; done twice it finds the same."""
    with as_tenant(tenant_id):
        row = Version.objects.select_related("blob", "document").get(pk=version)
        data = read(row.blob)
    verdict = scan(data) if has_scanner() else None
    with as_tenant(tenant_id):
        readable = keep_verdict(row, verdict, at=at)
    if not readable:
        return
    found = read_contents(data, row.media_type)
    with as_tenant(tenant_id):
        keep_contents(row, found, at=at)
