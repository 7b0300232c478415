"""
Proof that the record is as it was written: every link of the current tenant's chain, computed anew.

Entries count in the order in which their transactions began to write, per database cluster; a link holds the next
entries of one cluster that nobody can still be adding to. What personal content says is outside the chain: a keyed
digest stands for it, so that erasing it breaks nothing.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from django.db.models import Max, Min, Q, QuerySet

from kontor.kernel import cipher, keyring
from kontor.kernel.models import RecordDetail, RecordEntry, RecordSeal
from kontor.kernel.queries.record import object_keys, open_detail
from kontor.kernel.tenancy import current_tenant
from kontor.rulebook.ruling import Text

START: Final = bytes(32)
AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Proof:
    """
    What `verify` found.

    head      the last good link's digest, to be noted elsewhere: a chain cut short agrees with itself
    unsealed  entries after the last link: too young, or the worker does not run
    broken    the first thing that is wrong, None where nothing is
    """

    links: int
    entries: int
    unsealed: int
    head: bytes
    broken: Text | None = None


@dataclass(slots=True)
class _Walk:
    """The entries of each cluster, read in order, as far as links have taken them."""

    streams: dict[int, Iterator[RecordEntry]] = field(default_factory=dict)
    ahead: dict[int, RecordEntry | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for cluster in clusters():
            self.streams[cluster] = iter(in_order(cluster).iterator(AT_ONCE))
            self.ahead[cluster] = next(self.streams[cluster], None)

    def up_to(self, seal: RecordSeal) -> Iterator[RecordEntry]:
        last = (seal.last_made_in, seal.last_entry)
        while (entry := self.ahead.get(seal.cluster)) and (entry.made_in, entry.pk) <= last:
            yield entry
            self.ahead[seal.cluster] = next(self.streams[seal.cluster], None)

    def rest(self) -> int:
        return sum((entry is not None) + sum(1 for _ in self.streams[cluster]) for cluster, entry in self.ahead.items())


def verify() -> Proof:
    """Compute the current tenant's whole chain anew, and prove the details that still exist."""
    # The links first: a link made while we read may hold entries that this reading of the entries does not see.
    newest = RecordSeal.objects.aggregate(newest=Max("number"))["newest"] or 0
    key, walk, chain, links, entries = chain_key(), _Walk(), START, 0, 0
    for seal in RecordSeal.objects.filter(number__lte=newest).order_by("number").iterator(AT_ONCE):
        if seal.number != links + 1:
            return Proof(links, entries, walk.rest(), chain, _missing(links + 1))
        counted = 0
        link = link_start(key, chain, seal)
        stream = walk.up_to(seal)
        while batch := list(islice(stream, AT_ONCE)):
            for entry in batch:
                link.update(entry_digest(entry))
            counted += len(batch)
            if broken := _details_broken(batch, seal):
                return Proof(links, entries, walk.rest(), chain, broken)
        if counted != seal.entries or not hmac.compare_digest(link.digest(), bytes(seal.chain)):
            return Proof(links, entries, walk.rest(), chain, _differs(seal, counted))
        chain, links, entries = link.digest(), links + 1, entries + counted
    return Proof(links, entries, walk.rest(), chain)


def clusters() -> Iterator[int]:
    """Yield the clusters in which entries were written; one step through the index each."""
    found = RecordEntry.objects.aggregate(first=Min("cluster"))["first"]
    while found is not None:
        yield found
        found = RecordEntry.objects.filter(cluster__gt=found).aggregate(first=Min("cluster"))["first"]


def in_order(cluster: int, *, after: RecordSeal | None = None) -> QuerySet[RecordEntry]:
    """Return a cluster's entries in commit order, all or those after a link."""
    rows = RecordEntry.objects.filter(cluster=cluster).order_by("made_in", "id")
    if after is None:
        return rows
    return rows.filter(
        Q(made_in__gt=after.last_made_in) | Q(made_in=after.last_made_in, id__gt=after.last_entry),
        made_in__gte=after.last_made_in,
    )


def chain_key() -> bytes:
    """Return the key of the tenant's chain; it outlives every renewal of the tenant's key."""
    return cipher.derived(keyring.oldest().key, b"kernel record chain")


def link_start(key: bytes, previous: bytes, seal: RecordSeal) -> hmac.HMAC:
    """Return a link's digest before its entries: the link before, and what the link says of itself."""
    head: list[Any] = [
        str(current_tenant()),
        seal.number,
        _moment(seal.at),
        seal.cluster,
        seal.last_made_in,
        str(seal.last_entry),
    ]
    return hmac.new(key, previous + _plain([*head, seal.entries]), hashlib.sha256)


def entry_digest(entry: RecordEntry) -> bytes:
    """Return the SHA-256 of all that an entry says."""
    told = [
        str(entry.pk),
        entry.cluster,
        entry.made_in,
        _moment(entry.at),
        _text(entry.actor),
        entry.actor_kind,
        entry.verb,
        entry.object_kind,
        str(entry.object_id),
        entry.clause,
        _text(entry.ruling),
        bytes(entry.salt).hex(),
        None if entry.detail_digest is None else bytes(entry.detail_digest).hex(),
    ]
    return hashlib.sha256(_plain(told)).digest()


def _details_broken(batch: list[RecordEntry], seal: RecordSeal) -> Text | None:
    """Return what is wrong with the details of some entries: gone without an erasure on record, or changed."""
    told = [entry for entry in batch if entry.detail_digest is not None]
    boxes = dict(RecordDetail.objects.filter(entry__in=told).values_list("entry_id", "sealed_box"))
    keys = object_keys({entry.object_id for entry in told})
    closed = [entry for entry in told if not _opens(entry, boxes.get(entry.pk), keys.get(entry.object_id))]
    erased = set(_erased(entry.object_id for entry in closed))
    for entry in closed:
        if entry.pk not in boxes or entry.object_id not in erased:
            return Text(
                f"Glied {seal.number}: Die Einzelheiten des Eintrags {entry.pk} fehlen oder wurden verändert.",
                f"Link {seal.number}: the details of entry {entry.pk} are missing or were changed.",
            )
    return None


def _opens(entry: RecordEntry, box: bytes | memoryview | None, key: bytes | None) -> bool:
    return box is not None and key is not None and open_detail(entry, bytes(box), key) is not None


def _erased(objects: Iterable[uuid.UUID]) -> Iterable[uuid.UUID]:
    wanted = set(objects)
    if not wanted:
        return ()
    erasures = RecordEntry.objects.filter(verb="kernel.details_erased", object_id__in=wanted)
    return erasures.values_list("object_id", flat=True)


def _missing(number: int) -> Text:
    return Text(f"Glied {number} der Kette fehlt.", f"Link {number} of the chain is missing.")


def _differs(seal: RecordSeal, counted: int) -> Text:
    return Text(
        f"Glied {seal.number} vom {_moment(seal.at)}: versiegelt wurden {seal.entries} Einträge, vorhanden sind "
        f"{counted}, und ihr Inhalt stimmt nicht mit dem Siegel überein.",
        f"Link {seal.number} of {_moment(seal.at)}: it sealed {seal.entries} entries, there are {counted}, "
        "and what they say is not what was sealed.",
    )


def _plain(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()


def _text(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
