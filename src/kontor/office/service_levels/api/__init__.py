"""What runners in other places ask for and report: probes to be tried, signed results."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated, Final

from django.utils.translation import gettext
from ninja import Schema
from pydantic import AwareDatetime, Field

from kontor.kernel.api import Call, Endpoints, Line, ProblemError
from kontor.kernel.api.schemas import Body
from kontor.office.service_levels.actions.components import HERE
from kontor.office.service_levels.actions.probing import Seen, note_results
from kontor.office.service_levels.models import ProbePlace
from kontor.office.service_levels.queries.places import is_signed, to_be_tried

MEASURE: Final = "service_levels.measure"
_AHEAD: Final = timedelta(minutes=1)
_BEHIND: Final = timedelta(days=1)
Place = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
endpoints = Endpoints()


class ProbeToTry(Schema):
    """A probe for a runner: what to try, what the answer holds, every how many minutes."""

    watched: uuid.UUID
    kind: str
    target: str
    expects: str
    minutes: int


class ProbesToTry(Schema):
    """All that a place is to try."""

    items: list[ProbeToTry]


class ProbeSeen(Body):
    """What a runner saw: when, whether it was as expected, how long it took, and in a word why not."""

    watched: uuid.UUID
    at: AwareDatetime
    good: bool
    millis: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0
    said: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")] = ""


class Report(Body):
    """Results of one place, at most a thousand."""

    place: Line
    results: Annotated[list[ProbeSeen], Field(max_length=1000)]


class Taken(Schema):
    """How many results were taken; the others were of another place, too old, or ahead of our clock."""

    taken: int
    refused: int


@endpoints.reads("/probes", permission=MEASURE, answers=ProbesToTry)
def probes(request: Call, place: Place) -> ProbesToTry:  # noqa: ARG001  one shape for all
    """List what a place is to try."""
    found = [
        ProbeToTry(
            watched=row.pk, kind=row.probe.kind, target=target, expects=row.probe.expects, minutes=row.probe.minutes
        )
        for row, target in to_be_tried(place)
    ]
    return ProbesToTry(items=found)


@endpoints.writes("/probes/results", permission=MEASURE, answers=Taken)
def results(request: Call, report: Report) -> Taken:
    """
    Take what a place saw, signed with its secret as Standard Webhooks has it (webhook-id, -timestamp, -signature).

    403 of the kind "signature" where it is not that place's, or older than five minutes.
    """
    if report.place == HERE or not is_signed(report.place, request.headers, request.body, at=request.at):
        raise ProblemError(403, "signature", gettext("The results do not carry a fresh signature of this place."))
    own = set(ProbePlace.objects.filter(place=report.place, probe__active=True).values_list("pk", flat=True))
    good = [each for each in report.results if each.watched in own and _timely(each.at, request.at)]
    told = [Seen(each.watched, each.at, good=each.good, millis=each.millis, said=each.said) for each in good]
    note_results(sorted(told, key=lambda each: each.at), at=request.at)
    return Taken(taken=len(told), refused=len(report.results) - len(told))


def _timely(seen_at: datetime, now: datetime) -> bool:
    return now - _BEHIND <= seen_at <= now + _AHEAD
