"""What an access-control system is told of a visit (docs/how-to/access-control.md)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """
    The whole state of a visitor's rights.

    grant     the same key in every call about this visit; revision  counts up: what comes with a lower one is old
    granted   False: nothing may be opened any more, whatever was said before
    hours     times of day at the site between which the zones open; None all day
    card      number of the card in the visitor's hand, "" for none
    """

    grant: str
    revision: int
    granted: bool
    name: str
    company: str
    site: str
    zones: Sequence[str]
    hours: tuple[str, str] | None
    valid_from: datetime
    valid_until: datetime
    card: str


def body_of(rights: Rights) -> bytes:
    """Return a call's body: JSON in UTF-8, moments in UTC; a revocation names no person."""
    told = {
        "grant": rights.grant, "revision": rights.revision, "state": "granted" if rights.granted else "revoked",
    }  # fmt: skip
    if rights.granted:
        told |= {
            "person": {"name": rights.name, "company": rights.company},
            "site": rights.site,
            "zones": list(rights.zones),
            "hours": list(rights.hours) if rights.hours else None,
            "valid_from": _utc(rights.valid_from),
            "valid_until": _utc(rights.valid_until),
            "card": rights.card or None,
        }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
