"""What is done with the trail itself: it is taken along and proved, and that stands in it too."""

from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.record import looked_at, record
from kontor.kernel.actor import Actor
from kontor.kernel.models import RecordEntry, Tenant
from kontor.kernel.queries.chain import Proof, verify


@transaction.atomic
def prove(tenant: Tenant, *, at: datetime, actor: Actor) -> Proof:
    """Compute the current tenant's chain anew, and write down what was found; the head is worth noting elsewhere."""
    proof = verify()
    told = {"links": proof.links, "entries": proof.entries, "head": proof.head.hex(), "whole": proof.broken is None}
    record("privacy.trail_verified", tenant, at=at, actor=actor, after=told)
    return proof


def note_export(tenant: Tenant, *, narrowed_by: dict[str, Any], at: datetime, actor: Actor) -> None:
    """Write down that somebody took the trail along, and which part of it."""
    record("privacy.trail_exported", tenant, at=at, actor=actor, after=narrowed_by)


def note_look(entry: RecordEntry, *, at: datetime, actor: Actor) -> None:
    """Write down that somebody read what an entry says was there before and after."""
    looked_at(entry, at=at, actor=actor, fields=["before", "after"])


def note_calls_read(tenant: Tenant, *, at: datetime, actor: Actor) -> None:
    """Write down that somebody of the house read the access log, in which addresses of a week stand whole."""
    looked_at(tenant, at=at, actor=actor, fields=["calls"])
