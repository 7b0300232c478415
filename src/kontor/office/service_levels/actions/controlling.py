"""The control of what was measured: results against intervals, each night and before a month is frozen."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.service_levels.actions.probing import note_silence
from kontor.office.service_levels.models import ProbePlace, RawControl, StateInterval
from kontor.office.service_levels.queries.control import Difference, by_results, looked_at, overlapping
from kontor.office.service_levels.queries.letters import control_mail
from kontor.office.service_levels.queries.receivers import people_with
from kontor.rulebook.moment import EPOCH, instant
from kontor.rulebook.probing import State
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

CHANGE = "service_levels.change"


@transaction.atomic
def control(start: datetime, end: datetime, *, at: datetime, actor: Actor = MACHINE) -> RawControl:
    """
    Look at all results of a time once more and keep what that says; a difference is told to whoever keeps outages.

    What is kept of silence is brought up to the moment first. A month whose control differs is not frozen.
    """
    note_silence(at=at)
    found = looked_at(start, min(end, at))
    made = RawControl.objects.create(
        start=start, end=end, results=found.results, places=found.places, at=at,
        differences=[_told(each) for each in found.differences],
    )  # fmt: skip
    if found.differences:
        after = {"start": start, "end": end, "differences": len(found.differences)}
        record("service_levels.control_differs", made, at=at, actor=actor, after=after)
        publish("service_levels.control_differs", {"control": str(made.pk)}, at=at)
        letter = control_mail(made, Tenant.objects.get(pk=current_tenant()).language)
        to = people_with(CHANGE, at=at)
        send_mails([NewMail(to=each, subject=letter.subject, text=letter.text, about=made) for each in to], at=at)
    return made


@transaction.atomic
def take_results(control_id: uuid.UUID, *, at: datetime, actor: Actor) -> RawControl:
    """
    Make the intervals that differ anew from the results, and look again; what was counted by hand stays as it is.

    RefusalError where the control found no difference; RawControl.DoesNotExist for a stranger's.
    """
    row = RawControl.objects.get(pk=control_id)
    if not row.differences:
        raise RefusalError(Text("Hier stimmt alles überein.", "Everything agrees here."))
    places = ProbePlace.objects.select_for_update(of=("self",)).select_related("probe")
    for place in places.filter(pk__in=[each[0] for each in row.differences]).order_by("pk"):
        _rebuilt(place, row.start, min(row.end, row.at, place.probe.stopped_at or row.end))
    record("service_levels.intervals_rebuilt", row, at=at, actor=actor, after={"places": len(row.differences)})
    return control(row.start, row.end, at=at, actor=actor)


def _rebuilt(place: ProbePlace, start: datetime, end: datetime) -> None:
    """Cut what was kept out of a time and put in what the results say."""
    told, _ = by_results(place, start, (instant(start), instant(end)))
    for each in overlapping(place, start, end):
        outside: list[tuple[datetime, datetime | None]] = [(each.start, start)] if each.start < start else []
        if each.end is None or each.end > end:
            outside.append((end, each.end))
        each.delete()
        for first, last in outside:
            StateInterval.objects.create(watched=place, state=each.state, start=first, end=last)
    known = ((State.UP, told.up), (State.DOWN, told.down), (State.UNKNOWN, told.unknown))
    StateInterval.objects.bulk_create(
        StateInterval(watched=place, state=state.value, start=_at(first), end=_at(last))
        for state, parts in known
        for first, last in parts
    )


def _told(each: Difference) -> list[str]:
    probe = each.place.probe
    return [str(each.place.pk), each.place.place, probe.component.key, _moment(each.start), _moment(each.end)]


def _at(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def _moment(micros: int) -> str:
    return _at(micros).isoformat()
