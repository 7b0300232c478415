"""The status page of the house, for anybody: how its service stands, what happened, what is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import language
from kontor.office.service_levels.models import Component, Maintenance, Outage
from kontor.office.service_levels.queries.probes import states
from kontor.office.service_levels.views.words import NOTES, STATES, name_of, outage_badge, reasons_of, title_of
from kontor.rulebook.probing import State

_DAYS_SHOWN: Final = 30
_OCTETS: Final = 75
_WHY: Final = "the status of the service is published"


@dataclass(frozen=True, slots=True)
class Shown:
    """An outage as anybody reads it."""

    id: str
    names: str
    started_at: datetime
    ended_at: datetime | None
    badge: Badge
    notes: tuple[tuple[Badge, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """Work as anybody reads it."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    stops: bool
    reasons: str = ""


@public(_WHY)
@require_GET
def page(request: HttpRequest) -> HttpResponseBase:
    """Show how the service stands."""
    return render(request, "service_levels/status.html", status_context(timezone.now()))


@public(_WHY)
@require_GET
def feed(request: HttpRequest) -> HttpResponseBase:
    """Return what happened as RSS."""
    found = status_context(timezone.now())
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    link = request.build_absolute_uri(reverse("service_levels:status"))
    _texts(channel, title=_("Status of %(house)s") % found, link=link, description=_("Outages and maintenance"))
    for each in found["outages"]:
        item = ET.SubElement(channel, "item")
        text = each.notes[0][1] if each.notes else ""
        _texts(item, title=each.names, link=link, guid=each.id, description=text, pubDate=_rfc822(each.started_at))
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/rss+xml; charset=utf-8")


@public(_WHY)
@require_GET
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Return planned work as a calendar (RFC 5545)."""
    found = status_context(timezone.now())
    stamp = _ical(timezone.now())
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kontor//Maintenance//EN"]
    for each in found["works"]:
        lines += [
            "BEGIN:VEVENT", f"UID:{each.id}@{request.get_host()}", f"DTSTAMP:{stamp}",
            f"DTSTART:{_ical(each.starts_at)}", f"DTEND:{_ical(each.ends_at)}", f"SUMMARY:{_escaped(each.title)}",
            "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    body = "".join(f"{_folded(line)}\r\n" for line in lines)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def status_context(at: datetime) -> dict[str, Any]:
    """Read as the house what anybody may know; what leaves are frozen facts, no rows."""
    house = get_object_or_404(Tenant, is_house=True)
    with as_tenant(house.pk):
        parts = list(Component.objects.filter(public=True).order_by("order", "key"))
        held = states(parts)
        seen = [held.get(each.pk, State.UNKNOWN) for each in parts]
        components = [(name_of(each), STATES[state]) for each, state in zip(parts, seen, strict=True)]
        outages = [_shown(each) for each in _outages(at)]
        works = [
            Planned(str(each.pk), title_of(each), each.starts_at, each.ends_at, each.stops, reasons_of(each))
            for each in Maintenance.objects.filter(
                announced_at__isnull=False, cancelled_at__isnull=True, ends_at__gte=at
            ).order_by("starts_at")
        ]
    running = any(each.ended_at is None for each in outages)
    return {
        "house": house.name, "components": components, "outages": outages, "works": works,
        "broken": running or State.DOWN in seen, "known": State.UP in seen, "at": at, "days": _DAYS_SHOWN,
    }  # fmt: skip


def _outages(at: datetime) -> Sequence[Outage]:
    rows = Outage.objects.filter(components__component__public=True, started_at__gte=at - timedelta(days=_DAYS_SHOWN))
    return list(rows.distinct().prefetch_related("components__component", "notes").order_by("-started_at"))


def _shown(outage: Outage) -> Shown:
    notes = sorted(outage.notes.all(), key=lambda each: each.pk, reverse=True)
    told = tuple((NOTES[each.state], each.text_de if language() == "de" else each.text_en, each.at) for each in notes)
    names = ", ".join(name_of(each.component) for each in outage.components.all() if each.component.public)
    return Shown(str(outage.pk), names, outage.started_at, outage.ended_at, outage_badge(outage), told)


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC))


def _ical(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Fold a line at 75 octets (RFC 5545, 3.1), never inside a character."""
    found, rest = [], line
    while len(rest.encode()) > _OCTETS:
        cut = _OCTETS
        while len(rest[:cut].encode()) >= _OCTETS:
            cut -= 1
        found.append(rest[:cut])
        rest = f" {rest[cut:]}"
    return "\r\n".join([*found, rest])
