"""Reads about terminals: whether one is there, what it must know, which of them bear a serial number."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kontor.kernel import registry
from kontor.kernel.devices import Device, TerminalPage
from kontor.kernel.models import Entitlement, Site
from kontor.office.terminals.models import Terminal

BEAT_SECONDS: Final = 30
_MISSED: Final = timedelta(seconds=3 * BEAT_SECONDS)  # one beat may be lost on the way, and a second


class Health(StrEnum):
    """What is known of a terminal: it speaks, it is silent, it was never heard of, it is no longer ours."""

    HERE = "here"
    SILENT = "silent"
    NEVER = "never"
    UNPAIRED = "unpaired"


LABELS: Final[dict[Health, tuple[Any, str]]] = {
    Health.HERE: (_("In touch"), "good"),
    Health.SILENT: (_("Silent"), "bad"),
    Health.NEVER: (_("Not heard of yet"), "warn"),
    Health.UNPAIRED: (_("Unpaired"), "plain"),
}


@dataclass(frozen=True, slots=True)
class Paired:
    """A terminal as others may know it."""

    id: uuid.UUID
    name: str
    site: str


def health(terminal: Any, at: datetime) -> Health:
    """Return what is known of a terminal at a moment; three beats missed, and it is silent."""
    if terminal.unpaired_at is not None:
        return Health.UNPAIRED
    if terminal.seen_at is None:
        return Health.NEVER
    return Health.HERE if at - terminal.seen_at < _MISSED else Health.SILENT


def by_serial(serials: Collection[str]) -> dict[str, Paired]:
    """Return the current tenant's terminals in use that bear these serial numbers; one query."""
    rows = Terminal.objects.filter(serial__in=[one for one in serials if one], unpaired_at=None).select_related("site")
    return {row.serial: Paired(row.pk, row.name, row.site.name) for row in rows}


def offered_pages(modules: Collection[str], *, house: bool) -> list[TerminalPage]:
    """Return the pages that a terminal may show under these entitlements; a house needs none for what it sells."""
    return [
        page
        for module in registry.modules()
        for page in module.terminal_pages
        if house or not module.entitled or module.key in modules or not module.opened_by.isdisjoint(modules)
    ]


def first_page(pages: Collection[str], *, house: bool, day: date) -> TerminalPage | None:
    """Return the first of these pages that the current tenant may show on a day, None where there is none."""
    running = Q(from_on__lte=day) & (Q(until_on=None) | Q(until_on__gt=day))
    modules = frozenset(Entitlement.objects.filter(running).values_list("module", flat=True))
    offered = {page.key: page for page in offered_pages(modules, house=house)}
    return next((offered[key] for key in pages if key in offered), None)


def delivered_devices() -> Sequence[Device]:
    """Return the devices that modules say the current tenant was delivered, by serial number."""
    found = [device for module in registry.modules() if module.devices for device in module.devices()]
    return sorted(found, key=lambda device: device.serial)


def sites_of(sites: frozenset[uuid.UUID] | None) -> Any:
    """Return the sites at which somebody may set up terminals: all, or those that their right ends at."""
    rows = Site.objects.order_by("name")
    return rows if sites is None else rows.filter(pk__in=sites)
