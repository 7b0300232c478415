"""The endpoints of the books: invoices on both sides, the house's own and what its customer received; payments."""

from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from ninja import Query

from kontor.kernel.api import Call, Endpoints

SEE: Final = "books.see"
RECEIVED: Final = "books.received"
PAYMENTS: Final = "books.payments"
LIMIT: Any = Query(100, ge=1, le=500)  # type: ignore[type-arg]  # ninja types it twice
endpoints = Endpoints()


def today_of(request: Call) -> date:
    """Return the day in the zone of the key's tenant."""
    return request.at.astimezone(ZoneInfo(request.tenant.zone)).date()
