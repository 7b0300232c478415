"""Keeping files: once per content, encrypted, counted against the storage that the contract gives."""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from kontor.kernel.actions.data_places import writing_store
from kontor.kernel.actions.meters import look_again
from kontor.kernel.actions.quotas import hold
from kontor.kernel.envelope import Place, closed
from kontor.kernel.models import Blob, BlobContent, Tenant
from kontor.kernel.queries.blobs import storage_used
from kontor.kernel.queries.quotas import STORAGE, Quota, quota_of
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import language
from kontor.rulebook.currency import number

NAME_LENGTH: Final = 200


class QuotaExceededError(Exception):
    """
    The file does not fit into the storage that the contract gives.

    quota, used, needed  in bytes; its text is the sentence for the page
    """

    def __init__(self, quota: Quota, *, used: int, needed: int) -> None:
        sentence = gettext("There is no room for this file (quota %(quota)s GB, %(free)s MB free).")
        free = max(int(quota.quantity) - used, 0) // 10**6
        said = number(quota.spoken(quota.quantity)).spoken(language())
        super().__init__(sentence % {"quota": said, "free": free})
        self.quota, self.used, self.needed = int(quota.quantity), used, needed


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """
    A file to be kept.

    customer_tenant  a second tenant that may read it from the start
    """

    data: bytes
    name: str
    media_type: str
    customer_tenant: Tenant | uuid.UUID | None = None


def keep(
    data: bytes,
    *,
    name: str,
    media_type: str,
    at: datetime,
    customer_tenant: Tenant | uuid.UUID | None = None,
) -> Blob:
    """
    Keep a file for the current tenant; equal content is stored once. QuotaExceededError where it does not fit.

    customer_tenant  a second tenant that may read it from now on
    """
    (blob,) = keep_many([NewFile(data=data, name=name, media_type=media_type, customer_tenant=customer_tenant)], at=at)
    return blob


@transaction.atomic
def keep_many(files: Sequence[NewFile], *, at: datetime) -> list[Blob]:
    """
    Keep these files in a fixed number of queries; QuotaExceededError where they do not all fit, and none is kept.
    WrongPlaceError where the tenant's contract demands a country in which no place is declared.

    The content's row is made before its file: of two transactions that keep the same content the second waits for the
    first, and a file that a rolled back transaction left behind is simply written again.
    """
    places = [_place(file) for file in files]
    contents = _contents(dict(zip(places, (file.data for file in files), strict=True)), at)
    return Blob.objects.bulk_create(
        Blob(
            content=contents[place],
            sha256=place.sha256,
            size=len(file.data),
            name=_plain_name(file.name),
            media_type=file.media_type,
            customer_tenant_id=place.customer,
            at=at,
        )
        for file, place in zip(files, places, strict=True)
    )


def _place(file: NewFile) -> Place:
    customer = file.customer_tenant.pk if isinstance(file.customer_tenant, Tenant) else file.customer_tenant
    return Place(current_tenant(), customer, hashlib.sha256(file.data).digest())


def _contents(wanted: Mapping[Place, bytes], at: datetime) -> dict[Place, BlobContent]:
    """Return the row of each content; what nobody kept before is stored."""
    found = _known(wanted)
    missing = {place: data for place, data in wanted.items() if place not in found}
    if missing:
        _make_room(sum(map(len, missing.values())), at)
        found |= _stored(missing)
    return found


def _stored(missing: Mapping[Place, bytes]) -> dict[Place, BlobContent]:
    files = writing_store()  # asked before anything is written: a place that may not hold them takes none
    ours = {
        place: BlobContent(sha256=place.sha256, size=len(missing[place]), customer_tenant_id=place.customer)
        for place in sorted(missing, key=lambda place: place.name)  # one order for all: nobody waits crosswise
    }
    BlobContent.objects.bulk_create(ours.values(), ignore_conflicts=True)
    stored = _known(missing)
    for place, data in missing.items():
        if stored[place].pk == ours[place].pk:  # else somebody was first, and their file is there: they have committed
            files.put(place.name, closed(data, place))
    return stored


def _known(places: Collection[Place]) -> dict[Place, BlobContent]:
    """Return the rows that are there already."""
    customers = {place.customer for place in places}
    theirs = Q(customer_tenant_id__in=customers - {None}) | (Q(customer_tenant=None) if None in customers else Q())
    rows = BlobContent.objects.filter(theirs, sha256__in={place.sha256 for place in places})
    return {Place(current_tenant(), row.customer_tenant_id, bytes(row.sha256)): row for row in rows}


def _make_room(needed: int, at: datetime) -> None:
    """Refuse what does not fit; where there is a limit, the tenant's files are counted one transaction at a time."""
    quota = quota_of(STORAGE, at=at)
    if quota is None:
        return
    hold(STORAGE)
    used = storage_used()
    if used + needed > quota.quantity:
        raise QuotaExceededError(quota, used=used, needed=needed)
    if any(used * 100 < quota.quantity * percent <= (used + needed) * 100 for percent in quota.warn_at):
        look_again(STORAGE, at=at)


def _plain_name(name: str) -> str:
    """Return a file name without folders and control characters, short enough, its ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip() or "file"
    if len(plain) <= NAME_LENGTH:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: NAME_LENGTH - len(dot) - len(ending)]}{dot}{ending}" if stem else plain[:NAME_LENGTH]
