"""Places other than here: what each is to try, and the secret that signs what it saw."""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from kontor.kernel.tenancy import current_tenant
from kontor.kernel.webhook_signing import PREFIX, sign
from kontor.office.service_levels.models import ProbePlace
from kontor.office.service_levels.queries.probes import door_of

FRESH_FOR: Final = timedelta(minutes=5)
_DIGITS: Final = 12  # of a moment in seconds since 1970


def place_secret(place: str) -> str:
    """Return the secret with which a place signs its results; it follows from the installation's own key."""
    told = f"service_levels.place|{current_tenant()}|{place}".encode()
    return PREFIX + base64.b64encode(hmac.digest(settings.SECRET_KEY.encode(), told, "sha256")).decode()


def is_signed(place: str, heads: Mapping[str, str], body: bytes, *, at: datetime) -> bool:
    """Return whether a body carries the place's signature (Standard Webhooks), made within the last five minutes."""
    stamp = heads.get("webhook-timestamp", "")
    if len(stamp) > _DIGITS or not stamp.isascii() or not stamp.isdigit():
        return False
    if abs(at.timestamp() - int(stamp)) > FRESH_FOR.total_seconds():
        return False
    wanted = sign(place_secret(place), heads.get("webhook-id", ""), int(stamp), body).encode()
    return any(hmac.compare_digest(wanted, each.encode()) for each in heads.get("webhook-signature", "").split(" "))


def to_be_tried(place: str) -> list[tuple[ProbePlace, str]]:
    """Return what a place is to try, each with its address; one query. Heartbeats are waited for, never tried."""
    rows = ProbePlace.objects.filter(place=place, probe__active=True).exclude(probe__kind="HEARTBEAT")
    return [(row, row.probe.target or door_of(row.pk)) for row in rows.select_related("probe").order_by("pk")]
