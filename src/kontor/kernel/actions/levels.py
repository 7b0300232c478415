"""How much the files of tenants hold, written down as each of them."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Final

from kontor.kernel.models import BlobContent, MeterReading
from kontor.kernel.rows import uuid7
from kontor.kernel.walking import Asked, answers_of

STORAGE: Final = "kernel.storage"
_LEVEL: Final = (
    f"INSERT INTO {MeterReading._meta.db_table} (tenant_id, id, meter, quantity, source, at, subject)"  # noqa: S608  ours
    " SELECT %(tenant)s, %(id)s, %(meter)s, coalesce(sum(size), 0), %(source)s, %(at)s, ''"
    f" FROM {BlobContent._meta.db_table} WHERE tenant_id = %(tenant)s"
    " ON CONFLICT (tenant_id, meter, source) DO NOTHING"
)


def note_storage(tenants: Collection[uuid.UUID], *, at: datetime) -> None:
    """Write down how much each tenant's files hold, each content once; one level a moment, in one round trip."""
    given = {"meter": STORAGE, "source": f"level:{at.isoformat()}", "at": at}
    answers_of(Asked(each, _LEVEL, given | {"tenant": each, "id": uuid7()}) for each in sorted(tenants))
