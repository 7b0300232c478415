"""Keeping files: once per content, encrypted, counted against the storage that the contract gives."""

import hashlib
import uuid
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext

from kontor.kernel.envelope import Place, closed
from kontor.kernel.models import Blob, BlobContent, Tenant
from kontor.kernel.queries.blobs import storage_quota, storage_used
from kontor.kernel.storage import store
from kontor.kernel.tenancy import current_tenant

NAME_LENGTH: Final = 200
GIGABYTE: Final = 10**9


class QuotaExceededError(Exception):
    """
    The file does not fit into the storage that the contract gives.

    quota, used, needed  in bytes; its text is the sentence for the page
    """

    def __init__(self, *, quota: int, used: int, needed: int) -> None:
        sentence = gettext(
            "There is no room for this file: your storage quota is %(quota)s GB, and %(free)s MB of it are free."
        )
        free = max(quota - used, 0) // 10**6
        super().__init__(sentence % {"quota": quota // GIGABYTE, "free": free})
        self.quota, self.used, self.needed = quota, used, needed


@transaction.atomic
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

    The content's row is made before its file: of two transactions that keep the same content the second waits for the
    first, and a file that a rolled back transaction left behind is simply written again.
    """
    customer = customer_tenant.pk if isinstance(customer_tenant, Tenant) else customer_tenant
    place = Place(current_tenant(), customer, hashlib.sha256(data).digest())
    content = _known(place)
    if content is None:
        _make_room(len(data), at)
        content = _stored(data, place)
    return Blob.objects.create(
        content=content,
        sha256=place.sha256,
        size=len(data),
        name=_plain_name(name),
        media_type=media_type,
        customer_tenant_id=customer,
        at=at,
    )


def _stored(data: bytes, place: Place) -> BlobContent:
    ours = BlobContent(sha256=place.sha256, size=len(data), customer_tenant_id=place.customer)
    BlobContent.objects.bulk_create([ours], ignore_conflicts=True)
    content = _known(place)
    assert content is not None
    if content.pk == ours.pk:  # else somebody was first, and their file is there since they have committed
        store().put(place.name, closed(data, place))
    return content


def _known(place: Place) -> BlobContent | None:
    return BlobContent.objects.filter(sha256=place.sha256, customer_tenant_id=place.customer).first()


def _make_room(needed: int, at: datetime) -> None:
    """Refuse what does not fit; where there is a limit, the tenant's files are counted one transaction at a time."""
    quota = storage_quota(at)
    if quota is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kernel storage {current_tenant()}"])
    used = storage_used()
    if used + needed > quota:
        raise QuotaExceededError(quota=quota, used=used, needed=needed)


def _plain_name(name: str) -> str:
    """Return a file name without folders and control characters, short enough, its ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip() or "file"
    if len(plain) <= NAME_LENGTH:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: NAME_LENGTH - len(dot) - len(ending)]}{dot}{ending}" if stem else plain[:NAME_LENGTH]
