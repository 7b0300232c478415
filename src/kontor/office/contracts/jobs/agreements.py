"""What follows an agreement under Art. 28."""

from datetime import datetime

from kontor.kernel.actor import MACHINE
from kontor.kernel.background import tenant_job
from kontor.office.contracts.actions import entitling
from kontor.office.contracts.models import Contract


@tenant_job("contracts.agreement_concluded")
def agreement_concluded(*, at: datetime, contract: str) -> None:
    """Open what waited for the agreement under Art. 28 of a contract."""
    entitling.follow(Contract.objects.get(pk=contract), at=at, actor=MACHINE)
