"""What is done for visits in the background: writing to visitors and hosts, closing the day."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from kontor.kernel.actor import MACHINE
from kontor.kernel.background import Patience, outside_job, tenant_job
from kontor.kernel.models import Site
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.webhook_transport import DeliveryFailedError, post
from kontor.office.terminals import public as terminals
from kontor.products.visitors.actions import access, arriving, badging, forgetting, inviting, mailing, qualifying
from kontor.products.visitors.actions.happening import Attempt

# a door that does not know a guest is noticed at once, so the first tries come quickly
ACCESS_WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600))


@tenant_job(inviting.MAIL)
def mail(*, at: datetime, visits: Sequence[str], occasion: str) -> None:
    """Write to the visitors of these visits."""
    mailing.write_mails([uuid.UUID(each) for each in visits], occasion, at=at)


@tenant_job(arriving.TELL_HOST)
def tell_host(*, at: datetime, visit: str) -> None:
    """Tell whoever receives a visitor that they are here."""
    mailing.tell_host(uuid.UUID(visit), at=at)


terminals.draws(badging.BADGE)(badging.badge_drawn)


@tenant_job(arriving.PRINT_BADGE)
def print_badge(*, at: datetime, visit: str, terminal: str | None) -> None:
    """Have the badge of whoever came in printed."""
    badging.print_badge(uuid.UUID(visit), uuid.UUID(terminal) if terminal else None, at=at)


@tenant_job(arriving.CLOSE_DAY)
def close_day(*, at: datetime, site: str) -> None:
    """Assume that whoever forgot to check out at a site has left."""
    arriving.assume_out(Site.objects.get(pk=site), Attempt(way="time", at=at, actor=MACHINE))


@tenant_job(forgetting.OVER)
def look_for_missed(*, at: datetime) -> None:
    """Note which visits are over without that anybody came."""
    forgetting.note_missed(at=at)


@tenant_job(qualifying.REMIND)
def remind_contractors(*, at: datetime) -> None:
    """Write to service companies whose proofs run out soon."""
    qualifying.remind(today=localdate(at), at=at)


class AccessWaitsError(Exception):
    """An access-control system did not take a call; it is made again."""


@outside_job(access.TELL, patience=Patience(ACCESS_WAITS))
def tell_access(*, tenant_id: uuid.UUID, at: datetime, visit: str) -> None:
    """Tell a site's access-control system what the visitor may open now."""
    while True:
        with as_tenant(tenant_id):
            call = access.next_call(uuid.UUID(visit), at=at)
        if call is None:
            return
        problem, last = "", call.attempt > len(ACCESS_WAITS)
        try:
            post(call.address, call.body, call.headers)
        except DeliveryFailedError as error:
            problem = error.problem
        with as_tenant(tenant_id):
            access.note_answer(call, problem, last=last, at=at)
        if problem and last:
            return
        if problem:
            raise AccessWaitsError(f"Grant {call.grant} was not taken, attempt {call.attempt}.")
