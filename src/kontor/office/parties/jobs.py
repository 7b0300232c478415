"""What is done for parties in the background: taking in a list, forgetting one."""

import uuid
from datetime import datetime

from kontor.kernel.actor import MACHINE
from kontor.kernel.background import tenant_job
from kontor.office.parties.actions import taking_in


@tenant_job(taking_in.JOB)
def take_in(*, at: datetime, brought: str) -> None:
    """Take in a list that somebody confirmed, whole or not at all."""
    taking_in.take_in(uuid.UUID(brought), at=at)


@tenant_job(taking_in.FORGET)
def forget_list(*, at: datetime, brought: str) -> None:
    """Forget a list a month after it was brought."""
    taking_in.throw_away(uuid.UUID(brought), at=at, actor=MACHINE)
