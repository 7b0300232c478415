"""Background work about privacy: erasures, part by part."""

import uuid
from datetime import datetime

from kontor.kernel.background import WRITING, outside_job
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import erasing


@outside_job(erasing.JOB, patience=WRITING)
def erase(*, tenant_id: uuid.UUID, at: datetime, erasure: str) -> None:
    """Carry out an erasure, part by part, each committed; killed anywhere it goes on there."""
    erasure_id = uuid.UUID(erasure)
    with as_tenant(tenant_id):
        more = erasing.begin(erasure_id, at=at)
    while more:
        more = erasing.advance(tenant_id, erasure_id, at=at)
