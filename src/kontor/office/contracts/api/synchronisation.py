"""Synchronisation of local installations over the API: push batches in order, pull what changed."""

import json
import uuid
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext
from ninja import Query, Schema
from pydantic import AfterValidator, Field

from kontor.kernel.api import Call, Line, Page, ProblemError
from kontor.kernel.api.schemas import Body
from kontor.office.contracts.actions import synchronising
from kontor.office.contracts.actions.synchronising import (
    NameTakenError,
    OtherBatchError,
    SequenceError,
    Told,
    UndeclaredKindError,
)
from kontor.office.contracts.api.mounted import LIMIT, endpoints
from kontor.office.contracts.models import SyncInstallation
from kontor.office.contracts.queries.synchronisation import changed_since, installations, last_position

RIGHT = "contracts.synchronise"
BATCH = 500
LARGEST = 65_536
HIGHEST = 2**31 - 1
SINCE: Any = Query(0, ge=0, le=2**62, description="`position` of the pull before")  # type: ignore[type-arg]


def _storable(data: dict[str, Any]) -> dict[str, Any]:
    written = json.dumps(data, ensure_ascii=False, allow_nan=False)
    if len(written.encode()) > LARGEST or "\\u0000" in written:
        raise ValueError("too large, or holds a null character")
    return data


Kind = Annotated[str, Field(pattern=r"^[a-z][a-z_]*(\.[a-z][a-z_]*)*$", max_length=100, examples=["timing.heat"])]
Key = Annotated[str, Field(min_length=1, max_length=150, pattern=r"^[!-~]+$")]
Count = Annotated[int, Field(ge=0, le=HIGHEST, strict=True)]
Opaque = Annotated[dict[str, Any], AfterValidator(_storable)]


class NewInstallation(Body):
    """A local installation, by a name that no other one of the tenant has."""

    name: Annotated[Line, Field(max_length=100)]


class InstallationShown(Schema):
    """
    An installation and where it goes on after a break.

    next_sequence  the number of the batch that is expected next
    position       where the latest change of the tenant stands; a pull from there on finds nothing
    """

    id: uuid.UUID
    name: str
    next_sequence: int
    position: int


class RecordTold(Body):
    """
    A record as it is now, in the installation.

    base  the version it was made from: 0 for a new one, else as the last pull or push told
    data  opaque to Kontor, 64 KB at most; it means something to the product
    """

    kind: Kind
    key: Key
    base: Count
    deleted: bool = False
    data: Opaque = {}


class BatchTold(Body):
    """Up to 500 records in the order of their changes; all are taken up or none."""

    sequence: Annotated[int, Field(ge=1, le=HIGHEST, strict=True)]
    records: Annotated[list[RecordTold], Field(min_length=1, max_length=BATCH)]


class Stands(Schema):
    """What stands here instead of a record that was not taken; version 0 where there is none."""

    version: int
    deleted: bool = False
    data: dict[str, Any] = {}


class Outcome(Schema):
    """What became of a record: taken under a version and position, or not, with what stands instead."""

    kind: str
    key: str
    taken: bool
    version: int | None = None
    position: int | None = None
    stands: Stands | None = None


class BatchTaken(Schema):
    """The batch's answer; `known` where it had been taken before."""

    sequence: int
    next_sequence: int
    known: bool
    records: list[Outcome]


class RecordShown(Schema):
    """A record as it stands; `origin` the installation of its latest change, null for the house's servers."""

    kind: str
    key: str
    version: int
    position: int
    origin: uuid.UUID | None
    deleted: bool
    data: dict[str, Any]
    at: datetime


class Changes(Schema):
    """Changes behind a position; `position` is where the next pull begins, `more` whether there are further ones."""

    items: list[RecordShown]
    position: int
    more: bool


@endpoints.reads("/synchronisation/installations", permission=RIGHT, answers=Page[InstallationShown])
def list_installations(request: Call) -> Page[InstallationShown]:  # noqa: ARG001  an endpoint's signature
    """List the tenant's installations, each with where it goes on after a break."""
    at = last_position()
    return Page[InstallationShown](items=[_shown(each, at) for each in installations()])


@endpoints.writes("/synchronisation/installations", permission=RIGHT, answers=InstallationShown, status=201)
def add_installation(request: Call, told: NewInstallation) -> InstallationShown:
    """Make a local installation known. A name that is taken is refused with 409."""
    try:
        made = synchronising.add_installation(told.name, at=request.at, actor=request.actor)
    except NameTakenError as taken:
        detail = gettext("There is an installation of this name; list the installations to find it.")
        raise ProblemError(409, "name-taken", detail) from taken
    return _shown(made, last_position())


@endpoints.reads("/synchronisation/installations/{uuid:installation_id}", permission=RIGHT, answers=InstallationShown)
def show_installation(request: Call, installation_id: uuid.UUID) -> InstallationShown:  # noqa: ARG001  an endpoint's signature
    """Say where an installation goes on: the next batch's number, and the latest position."""
    return _shown(SyncInstallation.objects.get(pk=installation_id), last_position())


@endpoints.writes("/synchronisation/installations/{uuid:installation_id}/batches", permission=RIGHT, answers=BatchTaken)
def push_batch(request: Call, installation_id: uuid.UUID, told: BatchTold) -> BatchTaken:
    """
    Take the next batch of an installation; sent again, it is answered as the first time and taken once.

    A gap, or a number used for another batch, is refused with 409.
    """
    records = [
        Told(kind=each.kind, key=each.key, base=each.base, deleted=each.deleted, data=each.data)
        for each in told.records
    ]
    try:
        answer, new = synchronising.take_batch(installation_id, told.sequence, records, at=request.at)
    except SequenceError as error:
        detail = gettext("Batch %(expected)s is expected next; send that one.") % {"expected": error.expected}
        raise ProblemError(409, "sequence", detail) from error
    except UndeclaredKindError as error:
        detail = gettext("Nothing here synchronises records of the kind %(kind)s; none of the batch was taken.")
        raise ProblemError(422, "undeclared-kind", detail % {"kind": error.kind}) from error
    except OtherBatchError as error:
        detail = gettext("Another batch was taken under this number; what was sent now is not. Read where to go on.")
        raise ProblemError(409, "other-batch", detail) from error
    following = SyncInstallation.objects.get(pk=installation_id).last_sequence + 1
    outcomes = [Outcome(**each) for each in answer["records"]]
    return BatchTaken(sequence=told.sequence, next_sequence=following, known=not new, records=outcomes)


@endpoints.reads("/synchronisation/records", permission=RIGHT, answers=Changes)
def pull_changes(
    request: Call,  # noqa: ARG001  an endpoint's signature
    since: int = SINCE,
    kind: Query[Kind | None] = None,
    limit: int = LIMIT,
    without: Query[uuid.UUID | None] = None,
) -> Changes:
    """List what changed behind a position, in order, `without` an installation's own; each once, as it is now."""
    rows = changed_since(since, kind=kind or "", limit=limit + 1)
    shown = rows[:limit]
    items = [
        RecordShown(
            kind=each.kind, key=each.key, version=each.version, position=each.position, origin=each.origin_id,
            deleted=each.deleted, data=each.data, at=each.at,
        )
        for each in shown
        if without is None or each.origin_id != without
    ]  # fmt: skip
    return Changes(items=items, position=shown[-1].position if shown else since, more=len(rows) > limit)


def _shown(row: SyncInstallation, position: int) -> InstallationShown:
    return InstallationShown(id=row.pk, name=row.name, next_sequence=row.last_sequence + 1, position=position)
