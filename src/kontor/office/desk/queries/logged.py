"""A request's log as the rulebook reads it."""

from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import Ticket, TicketLog
from kontor.rulebook.ticket_log import Logged, What


def entries_of(ticket: Ticket) -> list[Logged]:
    """Return a request's log, as its supplier or its customer, in order; one query."""
    seen = TicketLog.objects if ticket.tenant_id == current_tenant() else TicketLog.received
    rows = seen.filter(ticket_id=ticket.pk).order_by("at", "id")
    return [entry_of(row) for row in rows]


def entry_of(row: TicketLog) -> Logged:
    """Return one row of a log."""
    return Logged(row.at, What(row.what), row.detail, row.moment)
