"""
Erasing again, in a database that was restored, whom a company had erased: by the hashes of their addresses.

Of somebody without an account nothing is left that names them; a member of one company keeps their account elsewhere.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.keyed_hash import keyed_hash
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.identity import public as identity
from kontor.office.privacy.actions import leaving
from kontor.office.privacy.models import Deletion, PersonErasure
from kontor.office.privacy.queries.subject_data import Subject, known_addresses

REPLAYED: Final = "replayed"


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody whom a company erased: the key of that erasure's person, when, and the marks of their addresses."""

    tenant: uuid.UUID
    person: uuid.UUID
    at: datetime
    marks: frozenset[str]


def note_gone(person: uuid.UUID, emails: Iterable[str], *, at: datetime) -> Deletion:
    """Put somebody into the current tenant's list of deletions, by hashes of their addresses under our key."""
    tenant = current_tenant()
    return Deletion.objects.create(of_tenant=tenant, person=person, marks=sorted(map(mark_of, emails)), at=at)


def mark_of(email: str) -> str:
    """Return by what an address is known again in the current tenant, as 64 hexadecimal digits."""
    return keyed_hash(f"erased {email.strip().casefold()}").hex()


def replay_gone(gone: Gone, *, at: datetime) -> bool:
    """
    Erase somebody again whom a restored backup brought back; False where they are not there, or had gone by then.

    Outside any transaction of ours; repeated after a kill, it finds what is left.
    """
    if not Tenant.objects.filter(pk=gone.tenant).exists():
        return False  # the company itself is gone, or was not there yet
    with as_tenant(gone.tenant):
        erasure = PersonErasure.objects.filter(person=gone.person, asked=REPLAYED, done_at=None).first()
        if erasure is None:
            if Deletion.objects.filter(person=gone.person).exists():
                return False  # the backup is younger than the erasure: what is there came afterwards
            erasure = _begun(gone, at=at)
        there = tuple(each for each in known_addresses() if mark_of(each) in gone.marks)
    user = gone.person if identity.addresses_of(gone.person) else None
    leaving.forget_in(gone.tenant, Subject(user, there), at=at)
    with as_tenant(gone.tenant):
        leaving.finish(erasure.pk, at=at)
    return True


def _begun(gone: Gone, *, at: datetime) -> PersonErasure:
    Deletion.objects.create(of_tenant=gone.tenant, person=gone.person, marks=sorted(gone.marks), at=gone.at)
    erasure = PersonErasure.objects.create(person=gone.person, asked=REPLAYED, language="de", begun_at=at)
    record("privacy.person_leaves", erasure, at=at, actor=MACHINE, after={"gone_at": gone.at})
    return erasure
