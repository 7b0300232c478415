"""Delivering what a contract licenses."""

import uuid
from datetime import datetime

from kontor.kernel.actor import MACHINE
from kontor.kernel.background import tenant_job
from kontor.office.contracts.actions import licensing_keys


@tenant_job("contracts.deliver_licences")
def deliver_licences(*, at: datetime, contract: str) -> None:
    """Deliver the licence keys of a contract."""
    licensing_keys.deliver_keys(uuid.UUID(contract), at=at, actor=MACHINE)
