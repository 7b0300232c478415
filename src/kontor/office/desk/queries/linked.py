"""What requests can belong to, and what they do."""

from datetime import datetime

from django.db.models import Count, F

from kontor.kernel.wording import moment
from kontor.office.contracts import public as contracts
from kontor.office.desk.models import Problem, Ticket, TicketLink
from kontor.office.service_levels import public as service_levels

Kind = TicketLink.Kind


def targets_of(ticket: Ticket, *, at: datetime) -> dict[str, str]:
    """Return what a request can be linked to, as "KIND:id" -> words: outages, problems, releases; three queries."""
    found = {
        f"{Kind.OUTAGE}:{each.id}": f"{each.title} ({moment(each.started_at)})"
        for each in service_levels.outages_lately(at=at)
    }
    found |= {f"{Kind.PROBLEM}:{row.pk}": row.title for row in Problem.objects.filter(solved_at=None).order_by("title")}
    if ticket.pack:
        found |= {f"{Kind.RELEASE}:{each.id}": each.version for each in contracts.published_of(ticket.pack)}
    return found


def problems() -> list[Problem]:
    """Return the problems with how many requests each has, those that are open first."""
    links = TicketLink.objects.filter(kind=Kind.PROBLEM).values("target").annotate(count=Count("pk"))
    counts = {row["target"]: row["count"] for row in links}
    rows = list(Problem.objects.order_by(F("solved_at").desc(nulls_first=True), "title"))
    for row in rows:
        row.requests = counts.get(row.pk, 0)  # type: ignore[attr-defined]
    return rows


def requests_of(problem: Problem) -> list[Ticket]:
    """Return the requests that belong to a problem, the latest first; one query."""
    linked = TicketLink.objects.filter(kind=Kind.PROBLEM, target=problem.pk).values("ticket")
    return list(Ticket.objects.filter(pk__in=linked).order_by("-reported_at"))
