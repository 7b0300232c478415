"""A document that anybody may have, without signing in: screens, visitors, readers of a website."""

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from kontor.kernel.models import Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.views.errors import not_found
from kontor.office.documents.models import Document
from kontor.office.documents.queries.store import finding_of, may_open, version_of
from kontor.office.documents.views.answers import handed_out


@public("whoever filed the document said that anybody may have it")
@require_GET
def public_file(request: HttpRequest, tenant_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """Hand out the newest version of a public document (FW-041); any other is told like one that is not there."""
    if not Tenant.objects.filter(pk=tenant_id).exists():
        return not_found(request)
    with as_tenant(tenant_id):
        found = Document.objects.filter(pk=document_id, reach=Document.Reach.PUBLIC, binned_at=None).first()
        version = version_of(found.pk) if found else None
        if version is None or not may_open(finding_of(version.pk)):
            return not_found(request)
        return handed_out(read(version.blob), version.blob.name)
