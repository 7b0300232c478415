"""The parts of an erasure in their order; each may be repeated, and says itself whether more of it is left."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg
from django.db import transaction

from kontor.kernel.actions import erasing as taking
from kontor.kernel.erasing import as_eraser
from kontor.kernel.models import Membership
from kontor.kernel.queries.owned_tables import counted, tables_to_empty
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity import public as identity
from kontor.office.privacy.actions import exports
from kontor.office.privacy.models import Erasure

Part = Callable[[psycopg.Connection, Erasure], bool]  # True where more of it is left


@dataclass(frozen=True, slots=True)
class Step:
    """A part of an erasure: its key, and what does some of it."""

    key: str
    do: Part


def _close(_db: psycopg.Connection, erasure: Erasure) -> bool:
    """Let nobody in any more, and count what there is before any of it goes."""
    taking.close_doors(erasure.of_tenant)
    with as_tenant(erasure.of_tenant):
        people = Membership.objects.values_list("user_id", flat=True)
        erasure.people = sorted({*erasure.people, *(str(each) for each in people)})
        counts = counted(erasure.of_tenant, tables_to_empty())
    erasure.counts = counts | erasure.counts
    return False


def _files(_db: psycopg.Connection, erasure: Erasure) -> bool:
    if erasure.place is None:
        with as_tenant(erasure.of_tenant):
            exports.remove_pieces()
    erasure.place = taking.erase_files(erasure.of_tenant, after=erasure.place)
    return erasure.place is not None


def _rows(db: psycopg.Connection, erasure: Erasure) -> bool:
    """Delete rows, table by table, until so many went at once; the keys' table is the last."""
    gone = 0
    for model in tables_to_empty():
        while model._meta.label in erasure.counts and (some := taking.erase_rows(db, erasure.of_tenant, model)):
            gone += some
            if gone >= taking.AT_ONCE:
                return True
    with as_tenant(erasure.of_tenant):
        late = counted(erasure.of_tenant, tables_to_empty())
    erasure.counts = late | erasure.counts  # written while the first tables went: once more
    return bool(late)


def _people(_db: psycopg.Connection, erasure: Erasure) -> bool:
    """Erase the accounts of those who belonged to no other company."""
    gone = sum(identity.forget_person(uuid.UUID(each)) for each in erasure.people)
    if gone:
        erasure.counts = {**erasure.counts, "identity.User": gone}
    erasure.people = []
    taking.forget_keys(erasure.of_tenant)
    return False


STEPS: Final = (
    Step("close", _close),
    Step("files", _files),
    Step("rows", _rows),
    Step("people", _people),
)
WAITS: Final = "rewrite"  # for the night's writing anew, which one run does for all that wait
_NEXT: Final = dict(zip([step.key for step in STEPS], [*[step.key for step in STEPS[1:]], WAITS], strict=True))
_DO: Final = {step.key: step.do for step in STEPS}
NOTED: Final = ("step", "place", "people", "counts")


def after(house: uuid.UUID, erasure_id: uuid.UUID, *, at: datetime, wait: Callable[..., datetime]) -> bool:
    """
    Do the next part of an erasure outside any transaction of ours, note it as the house, and tell whether more is left.

    wait  what plans the next writing anew once nothing else is left, in the transaction that notes it; returns when
    """
    with as_tenant(house):
        erasure = Erasure.objects.get(pk=erasure_id)
    if erasure.state != Erasure.State.RUNNING:
        return False
    if erasure.step != WAITS:
        with as_eraser() as db:
            more = _DO[erasure.step](db, erasure)
        if not more:
            erasure.step = _NEXT[erasure.step]
    with as_tenant(house):
        return noted(erasure, at=at, wait=wait)


@transaction.atomic
def noted(erasure: Erasure, *, at: datetime, wait: Callable[..., datetime]) -> bool:
    """Note as the house where an erasure stands; False once it waits to be written anew, or another has finished it."""
    stored = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if stored.state != Erasure.State.RUNNING:  # another process has finished it meanwhile
        return False
    if erasure.step == WAITS:
        erasure.rewritten_at = wait(at=at)
    erasure.save(update_fields=[*NOTED, "rewritten_at"])
    return erasure.step != WAITS
