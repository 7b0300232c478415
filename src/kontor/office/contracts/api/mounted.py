"""The endpoints of this app, and a contract as they open it: the house its own, its customer what it received."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from ninja import Query

from kontor.kernel.api import Call, Endpoints
from kontor.office.contracts.models import Amendment, Contract

SEE: Final = "contracts.see"
ACCOUNT: Final = "contracts.account"
CHANGE_OWN: Final = "contracts.change_own"
LIMIT: Any = Query(100, ge=1, le=500)  # type: ignore[type-arg]  # ninja types it twice
endpoints = Endpoints()


@dataclass(frozen=True, slots=True)
class Opened:
    """A contract with its amendments in their order, and the day in the caller's zone."""

    contract: Contract
    rows: Sequence[Amendment]
    own: bool
    today: date


def opened(request: Call, contract_id: uuid.UUID) -> Opened:
    """Return a contract of the caller's side, 404 for anybody else's; two queries."""
    contract = get_object_or_404(rows_of(request, Contract), pk=contract_id)
    amendments = list(rows_of(request, Amendment).filter(contract_id=contract.pk).order_by("number"))
    return Opened(contract, amendments, own=request.own, today=today_of(request))


def rows_of(request: Call, model: Any) -> Any:
    """Return a table's rows as the caller sees them: the house's own, or those shared with it."""
    return model.objects.all() if request.own else model.received.all()


def today_of(request: Call) -> date:
    """Return the day in the zone of the key's tenant."""
    return request.at.astimezone(ZoneInfo(request.tenant.zone)).date()
