"""Devices with the app: what they say of themselves, what a tenant asks of them, and reminding of old patch levels."""

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.kernel.models import AccessPolicy, Membership, Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.models import Device, Instruction
from kontor.office.identity.queries.devices import (
    CLAUSES,
    Facts,
    Found,
    judge_device,
    oldest_patch,
    tenant_day,
    to_remind,
)
from kontor.office.identity.queries.instructions import newest
from kontor.office.identity.queries.security import policy_here
from kontor.rulebook.ruling import Text

KEPT: Final = 20  # devices of one person; of more the one that was silent longest is forgotten
DAY: Final = "identity.device_day"
_DAILY: Final = 24 * 60  # minutes
_SUBJECT: Final = Text("Ihr Gerät braucht ein Sicherheitsupdate", "Your device needs a security update")


class NoRulesError(Exception):
    """Private devices cannot be allowed before there are rules that their people can accept."""


@transaction.atomic
def report_device(
    membership_id: uuid.UUID, facts: Facts, *, at: datetime, actor: Actor, vouched: bool = False
) -> Found:
    """
    Keep what an app says of its device, and return whether the device is let in; a refusal is recorded with its code.

    A device that was refused is kept too: the tenant must learn of it. `vouched` as for `judge_device`.
    """
    member = Membership.objects.get(pk=membership_id)
    found = judge_device(facts, member.user_id, at=at, vouched=vouched)
    told = asdict(facts)
    name = told.pop("device")
    refused = {"refused": found.code, "refused_at": at if found.code else None}
    row, first = Device.objects.update_or_create(
        membership=member,
        device=name,
        defaults=told | refused | {"last_at": at},
        create_defaults=told | refused | {"first_at": at, "last_at": at},
    )
    if first:
        record("identity.device_reported", row, at=at, actor=actor, after={"device": name, "private": facts.private})
        _forget_silent(member)
    if found.code:
        said = {"code": found.code, "device": name, "person": str(member.user_id)}
        record("identity.device_refused", row, at=at, actor=actor, clause=CLAUSES[found.code], after=said)
    return found


@transaction.atomic
def change_device_policy(*, at: datetime, actor: Actor, **wanted: Any) -> AccessPolicy:
    """Set what the tenant asks of devices (fields of `AccessPolicy`); NoRulesError for private ones without rules."""
    if wanted.get("own_devices") and newest(Instruction.Topic.OWN_DEVICES) is None:
        raise NoRulesError
    policy = change_policy(at=at, actor=actor, **wanted)
    if policy.patch_days is not None:
        put_due(DAY, at=at + timedelta(minutes=1), repeat_minutes=_DAILY)
    return policy


@transaction.atomic
def remind_outdated(*, at: datetime) -> int:
    """Write to everybody whose device has an old patch level, once for each level; return to how many (SM-026)."""
    policy = policy_here()
    rows = list(to_remind(oldest_patch(policy, tenant_day(at))))
    tenant = Tenant.objects.get(pk=current_tenant())
    for row in rows:
        _remind(row, policy.patch_days, tenant, at=at)
    return len(rows)


def _remind(row: Device, days: int | None, tenant: Tenant, *, at: datetime) -> None:
    person = row.membership.user
    spoken = person.language or tenant.language
    what = row.model or row.device
    text = Text(
        f"Guten Tag {person.name},\n\nder Sicherheitsstand Ihres Geräts ({what}) ist vom {row.patch_on:%d.%m.%Y}. "
        f"{tenant.name} lässt höchstens {days} Tage zu.\n\nBitte spielen Sie die Updates ein, die Ihr Gerät anbietet.",
        f"Hello {person.name},\n\nthe security patch level of your device ({what}) is of {row.patch_on:%Y-%m-%d}. "
        f"{tenant.name} allows {days} days at most.\n\nPlease install the updates that your device offers.",
    )
    send_mail(
        to=person.email,
        to_name=person.name,
        subject=_SUBJECT.spoken(spoken),
        text=text.spoken(spoken),
        about=row,
        at=at,
    )
    exactly_one(Device.objects.filter(pk=row.pk).update(reminded_for=row.patch_on))
    record("identity.device_reminded", row, at=at, actor=None, after={"patch_on": row.patch_on})


def _forget_silent(member: Membership) -> None:
    kept = Device.objects.filter(membership=member).order_by("-last_at", "-pk").values_list("pk", flat=True)
    Device.objects.filter(pk__in=list(kept[KEPT:])).delete()
