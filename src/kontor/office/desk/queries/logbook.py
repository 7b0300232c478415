"""A customer's logbook: everything that was logged of its requests, and the proof that nothing of it was changed."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from kontor.kernel.models import RecordEntry
from kontor.kernel.queries.chain import Proof, entry_digest, verify
from kontor.kernel.queries.record import opened
from kontor.kernel.wording import spoken
from kontor.office.desk.models import TicketLog

LOGGED: Final = "desk.logged"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Witness:
    """The entry of the record that was written with a log entry: its id, its digest in the chain, and what it saw."""

    entry: uuid.UUID
    sealed: str
    saw: str


def digest_of(row: TicketLog) -> str:
    """Return the SHA-256 of all that a log entry says, in hex."""
    told = [
        str(row.pk), str(row.ticket_id), row.what, row.detail, _moment(row.moment), row.by, _moment(row.at),
        _moment(row.recorded_at),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def as_lines(rows: Sequence[TicketLog], *, proved: bool) -> Iterator[str]:
    """
    Yield a logbook as JSON Lines: each entry with its digest, then what the record says of them.

    proved  whether the record of the current tenant holds them: each line names the record's entry written with it, and
            the last line says what computing the whole chain anew found. A customer has no key to that chain.
    """
    witnesses = _witnesses(rows) if proved else {}
    agreed = 0
    for row in rows:
        seen = witnesses.get(row.pk)
        digest = digest_of(row)
        told: dict[str, Any] = {
            "request": row.ticket.name, "what": row.what, "detail": row.detail, "moment": _moment(row.moment),
            "by": row.by, "at": _moment(row.at), "recorded_at": _moment(row.recorded_at), "id": str(row.pk),
            "ticket": str(row.ticket_id), "sha256": digest,
        }  # fmt: skip
        if proved:
            agrees = seen is not None and seen.saw == digest
            agreed += agrees
            record = {"entry": str(seen.entry), "sha256": seen.sealed} if seen else None
            told |= {"record": record, "agrees": agrees}
        yield json.dumps(told, ensure_ascii=False)
    if proved:
        yield json.dumps({"proof": _told(verify(), entries=len(rows), agreed=agreed)}, ensure_ascii=False)


def all_agree(rows: Sequence[TicketLog]) -> bool:
    """Tell whether every entry is as it was when the record took note of it."""
    witnesses = _witnesses(rows)
    return all((seen := witnesses.get(row.pk)) is not None and seen.saw == digest_of(row) for row in rows)


def _witnesses(rows: Sequence[TicketLog]) -> dict[uuid.UUID, Witness]:
    found: dict[uuid.UUID, Witness] = {}
    tickets = sorted({row.ticket_id for row in rows})
    for first in range(0, len(tickets), _AT_ONCE):
        some = tickets[first : first + _AT_ONCE]
        entries = list(RecordEntry.objects.filter(object_id__in=some, verb=LOGGED))
        sealed = {entry.pk: entry_digest(entry).hex() for entry in entries}
        for happened in opened(entries):
            for key, digest in happened.after.get("entries", {}).items():
                found[uuid.UUID(key)] = Witness(happened.id, sealed[happened.id], digest)
    return found


def _told(proof: Proof, *, entries: int, agreed: int) -> dict[str, Any]:
    return {
        "log_entries": entries, "agree_with_the_record": agreed, "chain_whole": proof.broken is None,
        "broken": spoken(proof.broken) if proof.broken else "", "links": proof.links,
        "record_entries": proof.entries, "not_sealed_yet": proof.unsealed, "head": proof.head.hex(),
    }  # fmt: skip


def _moment(value: datetime | None) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else ""
