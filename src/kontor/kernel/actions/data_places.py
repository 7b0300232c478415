"""Where a tenant's files lie: what its contracts demand, the place that a write goes to, and moving between places."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum

from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.data_places import fitting
from kontor.kernel.envelope import Place
from kontor.kernel.models import BlobContent, FileMove, Tenant
from kontor.kernel.queries.data_places import countries
from kontor.kernel.rows import exactly_one
from kontor.kernel.storage import MissingFileError, Store, declared_place, store
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.rulebook.data_places import lies_right
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

JOB: Final = "kernel.move_files"
BATCH: Final = 50


class WrongPlaceError(RefusalError):
    """A file may not be kept here: its tenant's contract demands another country. Its text says what, where and how."""


class MoveRefusedError(RefusalError):
    """Files cannot be moved there; its text says why."""


@transaction.atomic
def demand(
    tenant_id: uuid.UUID, *, pack: str, version: str, countries_named: Sequence[str], clause: str, at: datetime,
    actor: Actor, ruling: uuid.UUID | None = None,
) -> None:  # fmt: skip
    """
    Note under which pack a tenant's data is kept, and in which countries it then must lie; repeating changes nothing.

    A tenant without files gets the place that fits. What lies elsewhere already is not moved: nothing more is written
    there, and the house's page says so.
    """
    tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
    told = {"pack": pack, "version": version, "countries": list(countries_named), "clause": clause}
    others = [row for row in tenant.kept_under if row["pack"] != pack]
    if told in tenant.kept_under:
        return
    before, tenant.kept_under = tenant.kept_under, [*others, told]
    tenant.files_at = _place_for(tenant) or tenant.files_at
    tenant.save(update_fields=["kept_under", "files_at"])
    record(
        "kernel.place_demanded", tenant, at=at, actor=actor, clause=clause, ruling=ruling,
        before={"kept_under": before}, after={"kept_under": tenant.kept_under},
    )  # fmt: skip


def writing_store() -> Store:
    """
    Return the store that takes the current tenant's new files; WrongPlaceError where no declared place may.

    The tenant's row stays locked against a change of place until this transaction ends, so that none of its files goes
    to a place that is just being left. A tenant without files goes to the first place that fits.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {Tenant._meta.db_table} WHERE id = %s FOR SHARE", [current_tenant()])  # noqa: S608  ours
    tenant = Tenant.objects.get(pk=current_tenant())
    if _fits(tenant):
        return store(tenant.files_at)
    better = _place_for(tenant)
    if better is None:
        raise _wrong(tenant)
    exactly_one(Tenant.objects.filter(pk=tenant.pk).update(files_at=better))
    return store(better)


def _fits(tenant: Tenant) -> bool:
    """Tell whether a tenant's files may lie where they do."""
    here = declared_place(tenant.files_at)
    return lies_right(countries(tenant.kept_under), country=here.country if here else "")


def _place_for(tenant: Tenant) -> str | None:
    """Return the place to which a tenant without files is to write its first, None where it has some or none fits."""
    if _fits(tenant):
        return tenant.files_at
    better = fitting(settings.KONTOR_PLACES, countries(tenant.kept_under))
    with as_tenant(tenant.pk):
        return None if better is None or BlobContent.objects.exists() else better.key


@transaction.atomic
def begin_move(tenant_id: uuid.UUID, *, target: str, at: datetime, actor: Actor) -> FileMove:
    """
    Have the house bring a tenant's files to another declared place; new ones go there from now on.

    MoveRefusedError where they lie there or are on their way, or its contracts forbid the place; UndeclaredPlaceError.
    """
    house = current_tenant()
    tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
    source = _refused_or_left(tenant, target)
    with as_tenant(tenant.pk):
        whole: dict[str, Any] = BlobContent.objects.aggregate(files=Count("pk"), size=Sum("size"))
        record("kernel.file_move_begun", tenant, at=at, actor=actor, before={"place": source}, after={"place": target})
    exactly_one(Tenant.objects.filter(pk=tenant.pk).update(files_at=target, files_from=source))
    move = FileMove.objects.create(
        customer_tenant=tenant, source=source, target=target, files=whole["files"], size=whole["size"] or 0,
        begun_at=at, begun_by=actor.name,
    )  # fmt: skip
    record("kernel.file_move_begun", move, at=at, actor=actor, before={"place": source}, after={"place": target})
    queue(JOB, house, move=move.pk)
    return move


def go_on(move_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Have a move that stopped go on where it was: its job failed, or its place was out of reach for too long."""
    move = FileMove.objects.get(pk=move_id, ended_at=None)
    record("kernel.file_move_resumed", move, at=at, actor=actor)
    queue(JOB, current_tenant(), move=move.pk)


@transaction.atomic
def move_some(move_id: uuid.UUID, *, at: datetime) -> bool:
    """
    Take a move one batch further, as the house; True while anything is left.

    Repeating a batch does the same again: a file is written whole and taken away only once all have arrived, so that a
    killed worker leaves nothing half done.
    """
    move = FileMove.objects.select_for_update().get(pk=move_id)
    if move.phase == FileMove.Phase.DONE:
        return False
    assert move.customer_tenant_id is not None
    with as_tenant(move.customer_tenant_id):
        later = BlobContent.objects.filter(pk__gt=move.after) if move.after else BlobContent.objects.all()
        rows = list(later.order_by("pk")[:BATCH])
        for row in rows:
            _one(row, move)
    if rows:
        move.after = rows[-1].pk
        move.copied += len(rows) if move.phase == FileMove.Phase.COPY else 0
    elif move.phase == FileMove.Phase.COPY:
        move.phase, move.after = FileMove.Phase.REMOVE, None
    else:
        _finish(move, move.customer_tenant_id, at=at)
    move.save(update_fields=["phase", "after", "copied", "ended_at"])
    return move.ended_at is None


def _one(row: BlobContent, move: FileMove) -> None:
    assert row.tenant_id is not None
    name = Place(row.tenant_id, row.customer_tenant_id, bytes(row.sha256)).name
    old, new = store(move.source), store(move.target)
    if move.phase == FileMove.Phase.REMOVE:
        old.remove(name)
        return
    try:
        data = old.get(name)
    except MissingFileError:
        new.get(name)  # written there since the move began, or brought by an earlier run; else it is lost, and says so
    else:
        new.put(name, data)


def _finish(move: FileMove, customer: uuid.UUID, *, at: datetime) -> None:
    move.phase, move.ended_at = FileMove.Phase.DONE, at
    exactly_one(Tenant.objects.filter(pk=customer).update(files_from=None))
    told = {"files": move.copied, "place": move.target}
    record("kernel.files_moved", move, at=at, actor=MACHINE, after=told)
    with as_tenant(customer):
        record("kernel.files_moved", Tenant.objects.get(pk=customer), at=at, actor=MACHINE, after=told)


def _refused_or_left(tenant: Tenant, target: str) -> str:
    """Return the place that a tenant's files leave; MoveRefusedError."""
    place = declared_place(target)
    if tenant.files_from is not None:
        raise MoveRefusedError(Text("Die Dateien sind schon unterwegs.", "The files are on their way already."))
    if tenant.files_at == target or declared_place(tenant.files_at) == place:
        raise MoveRefusedError(Text("Die Dateien liegen schon dort.", "The files lie there already."))
    if not lies_right(countries(tenant.kept_under), country=place.country if place else ""):
        raise MoveRefusedError(
            Text(
                "Ein Vertrag dieses Kunden verlangt ein anderes Land.",
                "A contract of this customer demands another country.",
            )
        )
    return tenant.files_at


def _wrong(tenant: Tenant) -> WrongPlaceError:
    named = [row for row in tenant.kept_under if row["countries"]]
    where = "; ".join(f"{' / '.join(row['countries'])} ({row['clause']})" for row in named)
    return WrongPlaceError(
        said(
            "Die Datei wird nicht gespeichert: Die Dateien von {name} müssen hier liegen: {where}; dafür ist kein Ort "
            "angegeben. Der Anbieter gibt einen an (KONTOR_PLACES) oder verlegt die Dateien (Seite „Wo Daten liegen“).",
            "The file is not kept: the files of {name} must lie here: {where}; no such place is declared. The provider "
            "declares one (KONTOR_PLACES) or moves the files (page “Where data lie”).",
            name=tenant.name,
            where=where,
        )
    )
