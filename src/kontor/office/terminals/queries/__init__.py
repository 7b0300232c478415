"""Reads about terminals and printers."""

from kontor.office.terminals.queries.devices import (
    BEAT_SECONDS,
    LABELS,
    Health,
    Paired,
    by_serial,
    delivered_devices,
    first_page,
    health,
    offered_pages,
    sites_of,
)

__all__ = [
    "BEAT_SECONDS",
    "LABELS",
    "Health",
    "Paired",
    "by_serial",
    "delivered_devices",
    "first_page",
    "health",
    "offered_pages",
    "sites_of",
]
