"""The record as a file: who did what and when, with before and after."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.core.serializers.json import DjangoJSONEncoder

from kontor.kernel.models import RecordEntry
from kontor.kernel.queries.record import Happened, opened
from kontor.kernel.tenancy import as_tenant

AT_ONCE: Final = 500


def trail_lines(tenant: uuid.UUID, *, until: datetime) -> Iterator[bytes]:
    """Yield the tenant's record up to a moment in its order, a line of JSON for each entry."""
    last = uuid.UUID(int=0)
    while True:
        with as_tenant(tenant):
            entries = list(RecordEntry.objects.filter(pk__gt=last, at__lte=until).order_by("pk")[:AT_ONCE])
            happened = opened(entries)
        if not entries:
            return
        last = entries[-1].pk
        yield b"".join(_line(each) for each in happened)


def _line(happened: Happened) -> bytes:
    told = {name: getattr(happened, name) for name in Happened.__slots__}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"
