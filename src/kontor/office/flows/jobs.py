"""What cases do by themselves: going on by the time, and carrying out what a step brings about."""

import uuid
from datetime import datetime

from kontor.kernel.background import tenant_job
from kontor.office.flows.actions import effects, running


@tenant_job(running.RING)
def ring(*, at: datetime, case: str, number: int) -> None:
    """Let a case go on by the time, where nothing has happened to it since."""
    running.ring(uuid.UUID(case), number, at=at)


@tenant_job(effects.CARRY_OUT)
def carry_out(*, at: datetime, effect: str) -> None:
    """Carry out one effect of a case, once."""
    effects.carry_out(uuid.UUID(effect), at=at)
