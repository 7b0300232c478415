"""
Erasing a person: asked for by themselves, carried out company by company, noted without a name, done again on restore.

What is kept about them goes by what every module says of its tables: deleted, masked, or locked away for as long as a
law keeps it. Where it stands is in the data themselves: killed anywhere it is begun again and finds what is left.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db import models, transaction

from kontor.kernel.actions.expiring import take_rows
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actions.suppressing import suppress
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.erasing import as_eraser
from kontor.kernel.keeping import whole_of
from kontor.kernel.models import Membership, RoleAssignment, Tenant
from kontor.kernel.queries.owned_tables import tables_to_empty
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import NOBODY, as_person, as_tenant
from kontor.office.identity import public as identity
from kontor.office.privacy.models import CookieChoice, Deletion, PersonErasure, Restriction
from kontor.office.privacy.queries.leaving import AT_ONCE, Part, Stays, counted_here, parts_of, remaining
from kontor.office.privacy.queries.subject_data import Subject
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.wording import said

JOB: Final = "privacy.forget_person"


class LeavingRefusedError(RefusalError):
    """A person cannot be erased now; `text` says why in both languages and what mends it."""


def leave(person: uuid.UUID, *, asked: str, language: str, at: datetime, actor: Actor) -> PersonErasure:
    """
    Have everything about a person erased: nobody signs in as them any more, the rest follows at once in the background.

    LeavingRefusedError while a company would be left without anybody who administers it.
    """
    house = Tenant.objects.get(is_house=True).pk
    erasure = note_leaving(person, asked=asked, language=language, at=at, actor=actor)
    with as_tenant(house):
        queue(JOB, house, erasure=erasure.pk)
    end_sessions(person)
    return erasure


def note_leaving(person: uuid.UUID, *, asked: str, language: str, at: datetime, actor: Actor) -> PersonErasure:
    """Note that an account goes with all about it, so that a restored backup loses it again; see `leave`."""
    house = Tenant.objects.get(is_house=True).pk
    for tenant in companies_of(person):
        refuse_last(tenant, person)
    counts, remains = counted(person, at=at)
    with as_tenant(house):
        erasure = PersonErasure.objects.create(
            person=person, asked=asked, language=language, counts=counts, remains=remains, begun_at=at
        )
        Deletion.objects.create(of_tenant=house, person=person, at=at)
        record("privacy.person_leaves", erasure, at=at, actor=actor, clause="GDPR Art. 17")
    return erasure


def companies_of(person: uuid.UUID) -> list[uuid.UUID]:
    """Return where somebody is a member, the house first."""
    with as_person(person):
        found = set(TenantQuerySet[Membership](Membership).filter(user_id=person).values_list("tenant_id", flat=True))
    return sorted(found)


def refuse_last(tenant: uuid.UUID, person: uuid.UUID) -> None:
    """Raise LeavingRefusedError where a person is the only one who may do everything in a company."""
    with as_tenant(tenant):
        mine = RoleAssignment.objects.filter(role__everything=True, site=None, membership__until=None)
        alone = mine.filter(membership__user_id=person).exists() and not (
            mine.exclude(membership__user_id=person).exists()
        )
        if alone:
            raise LeavingRefusedError(
                said(
                    "Nur Sie verwalten {name}. Machen Sie zuerst jemand anderen zum Verwalter.",
                    "Nobody but you administers {name}. Make somebody else an administrator first.",
                    name=Tenant.objects.get(pk=tenant).name,
                )
            )


def counted(person: uuid.UUID, *, at: datetime) -> tuple[dict[str, dict[str, int]], list[dict[str, Any]]]:
    """Return what will become of somebody's rows, before any of it: rows by table, and what remains until when, why."""
    counts: dict[str, Counter[str]] = {"delete": Counter(), "mask": Counter()}
    remains: Counter[Stays] = Counter()
    subject = subject_of(person)
    if subject is None:
        return {"delete": {}, "mask": {}}, []
    for tenant in _where(person):
        with as_tenant(tenant):
            here, staying = counted_here(tenant, subject, on=at.date())
        remains += staying
        for what, rows in here.items():
            counts[what] += rows
    return {what: dict(rows) for what, rows in counts.items()}, remaining(remains)


def subject_of(person: uuid.UUID) -> Subject | None:
    """Return by what a person is found; None where their account is gone."""
    addresses = identity.addresses_of(person)
    return Subject(person, addresses) if addresses else None


def forget(house: uuid.UUID, erasure_id: uuid.UUID, *, at: datetime) -> None:
    """Carry an erasure out to its end, outside any transaction of ours; repeated, it finds only what is left."""
    with as_tenant(house):
        erasure = PersonErasure.objects.get(pk=erasure_id)
    subject = subject_of(erasure.person)
    if erasure.done_at is not None:
        return
    if subject is not None:
        for tenant in _where(erasure.person):
            forget_in(tenant, subject, at=at)
        end_sessions(erasure.person)
        with as_tenant(NOBODY):
            CookieChoice.objects.filter(person=erasure.person).update(person=None)
        identity.forget_person(erasure.person)
    with as_tenant(house):
        finish(erasure_id, at=at)


def forget_in(tenant: uuid.UUID, subject: Subject, *, at: datetime) -> None:
    """Erase somebody in one company: lock away what a law keeps, mask, delete, and write to them no more."""
    with as_tenant(tenant):
        suppress(subject.emails, at=at)
        parts = list(parts_of(tenant, subject, on=at.date()))
        for part in parts:
            if part.what == "keep":
                _lock(part, subject, at=at)
        going = {
            part.data.model: list(part.rows.values_list("pk", flat=True)) for part in parts if part.what == "delete"
        }
        for part in parts:
            if part.what == "mask":
                _mask(part)
    with as_eraser() as db:
        for model in [each for each in tables_to_empty() if each._meta.label in going]:
            rows = going[model._meta.label]
            for place in range(0, len(rows), AT_ONCE):
                _take(db, tenant, model._meta.label, rows[place : place + AT_ONCE])


def _take(db: psycopg.Connection, tenant: uuid.UUID, label: str, rows: list[uuid.UUID]) -> None:
    """Delete rows; where something that stays needs one of them, the others one by one."""
    try:
        take_rows(db, tenant, whole_of(label), rows)
    except psycopg.errors.ForeignKeyViolation:
        if len(rows) > 1:
            for row in rows:
                _take(db, tenant, label, [row])


def _lock(part: Part, subject: Subject, *, at: datetime) -> None:
    """Lock away rows that a law keeps."""
    locks = [
        Restriction(
            label=part.data.model, row=row.pk, kind=part.rule[0], clause=part.clause[:200], until=until,
            person=subject.user, at=at,
        )
        for row in part.rows.iterator(AT_ONCE)
        if part.rule is not None and (until := part.until(row, at.date())) is not None
    ]  # fmt: skip
    Restriction.objects.bulk_create(locks, batch_size=AT_ONCE, ignore_conflicts=True)


def _mask(part: Part) -> None:
    """Blank the personal columns of rows."""
    columns = {field.attname: field for field in part.rows.model._meta.concrete_fields}
    columns |= {field.name: field for field in part.rows.model._meta.concrete_fields}
    blank = dict(_blanks(columns[name] for name in part.data.personal))
    rows = list(part.rows.values_list("pk", flat=True))
    part.rows.model.objects.filter(pk__in=rows).update(**blank)


def _blanks(fields: Any) -> Iterator[tuple[str, Any]]:
    for field in fields:
        if field.null:
            yield field.attname, None
        elif isinstance(field, models.JSONField):
            yield field.attname, field.get_default() if field.has_default() else {}
        elif isinstance(field, models.UUIDField):
            yield field.attname, NOBODY
        elif isinstance(field, models.CharField | models.TextField):
            yield field.attname, ""


@transaction.atomic
def finish(erasure_id: uuid.UUID, *, at: datetime) -> None:
    """Note that nothing is left; repeating changes nothing."""
    erasure = PersonErasure.objects.select_for_update().get(pk=erasure_id)
    if erasure.done_at is None:
        erasure.done_at = at
        erasure.save(update_fields=["done_at"])
        record("privacy.person_gone", erasure, at=at, actor=MACHINE, clause="GDPR Art. 17")


def replay_people(gone: list[tuple[uuid.UUID, datetime]], *, at: datetime) -> list[uuid.UUID]:
    """Have people erased again whom a restored backup brought back, as the house; return the erasures to carry out."""
    again = []
    for person, gone_at in gone:
        if not identity.addresses_of(person):
            continue
        house = Tenant.objects.get(is_house=True).pk
        if not Deletion.objects.filter(person=person).exists():
            Deletion.objects.create(of_tenant=house, person=person, at=gone_at)
        erasure = PersonErasure.objects.create(person=person, asked="replayed", language="de", begun_at=at)
        record("privacy.person_leaves", erasure, at=at, actor=MACHINE, after={"gone_at": gone_at})
        again.append(erasure.pk)
    return again


def _where(person: uuid.UUID) -> list[uuid.UUID]:
    """Return the companies in which something about a person lies: where they are a member, and the house, last."""
    houses = list(Tenant.objects.filter(is_house=True).values_list("pk", flat=True))
    return [*(each for each in companies_of(person) if each not in houses), *houses]
