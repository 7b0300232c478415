"""What a tenant itself promises whoever asks it without a contract: an answer within its own office hours."""

import re
from typing import Final

from kontor.office.desk.models import OwnPromise, Ticket
from kontor.rulebook import terms
from kontor.rulebook.calc.promised import Promise, ServicePromises
from kontor.rulebook.calendar import NO_HOLIDAYS, HolidayList, WorkingDays
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.deadline import Desk
from kontor.rulebook.duration import Duration
from kontor.rulebook.schedule import Schedule, week

OWN_CLASS: Final = "own_request"


def office_of(promise: OwnPromise) -> Desk:
    """Return the hours by which a tenant's own promise counts; RefusalError for hours or a country nobody can read."""
    windows = week(*(part.strip() for part in re.split(r"[,;\n]", promise.hours) if part.strip()))
    closed = HolidayList(promise.country, promise.region or None) if promise.country else NO_HOLIDAYS
    return Desk(BusinessClock(Schedule(promise.zone, windows, closed)), WorkingDays(closed))


def present_promise() -> OwnPromise | None:
    """Return what the current tenant promises now, None where it promises nothing by itself; one query."""
    return OwnPromise.objects.order_by("-number").first()


def own_promises(ticket: Ticket) -> ServicePromises:
    """Return what was promised for a request without a contract when it was made; nothing where nothing was."""
    if ticket.contract_id is not None or not ticket.version:
        return ServicePromises(classes={})
    row = OwnPromise.objects.get(number=int(ticket.version))
    answer = Promise(
        name="answer", allowed=Duration.parse(f"{row.answer_hours} office hours"), desk=office_of(row), pauses=False
    )
    return ServicePromises(classes={OWN_CLASS: (answer,)})


def own_zones() -> dict[str, str]:
    """Return the zone of each of the current tenant's own promises, by the version its requests carry; one query."""
    return {str(number): zone for number, zone in OwnPromise.objects.values_list("number", "zone")}


def zone_of(ticket: Ticket) -> str:
    """Return the zone in which the promises of a request are read: its contract's, else that of its own promise."""
    if not ticket.pack:
        return str(OwnPromise.objects.values_list("zone", flat=True).get(number=int(ticket.version)))
    pack = terms.load(ticket.pack, version=ticket.version)
    return pack.support_zone or pack.zone
