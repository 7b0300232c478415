"""By when an outage has to be mended, under the terms that say so for a service that fails."""

from dataclasses import dataclass
from datetime import datetime

from kontor.office.contracts import public as contracts
from kontor.office.service_levels.models import Outage
from kontor.rulebook.calc.facts import cited, desk_of, incidents_of, known
from kontor.rulebook.deadline import deadline
from kontor.rulebook.maintenance_plan import warned_at
from kontor.rulebook.ruling import Ruling, Text

_FAILURE = "service_failure"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A pack's promise for an outage: due, warned before, whether it was kept; None while that is open."""

    pack: str
    title: Text
    ruling: Ruling[datetime]
    warned_at: datetime
    kept: bool | None


def recoveries(outage: Outage, *, at: datetime) -> list[Recovery]:
    """Return the recovery clocks of an outage: they run from the moment the provider knew, day and night."""
    found = []
    for pack in contracts.packs_in(outage.started_at.date().replace(day=1)):
        section = incidents_of(pack)
        failure = section.classes.get(_FAILURE)
        promise = None if failure is None else known(failure.recovery)
        if failure is None or promise is None:
            continue
        clauses = cited(promise, failure.clock_starts or section.clock_starts)
        ruling = deadline(outage.known_at, promise.value, desk=desk_of(pack), clauses=clauses)
        over = outage.ended_at if outage.ended_at is not None else at
        kept = over <= ruling.value if outage.ended_at is not None or over > ruling.value else None
        found.append(Recovery(pack.key, pack.title, ruling, warned_at(outage.known_at, ruling.value), kept))
    return found
