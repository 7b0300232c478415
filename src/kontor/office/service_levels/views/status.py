"""The status page of the house, for anybody: how its service stands, what happened, what is planned."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.wording import spoken
from kontor.office.service_levels.queries.status import DAYS_SHOWN, Reader, Shown, status_facts
from kontor.office.service_levels.views.words import NOTES, STATES, outage_badge

_OCTETS: Final = 75
_WHY: Final = "the status of the service is published"


@dataclass(frozen=True, slots=True)
class ShownOutage:
    """An outage in the page's language."""

    id: str
    names: str
    started_at: datetime
    ended_at: datetime | None
    badge: Badge
    notes: tuple[tuple[Badge, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class ShownWork:
    """Work in the page's language."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    stops: bool
    reasons: str


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


def status_context(at: datetime, reader: Reader | None = None) -> dict[str, Any]:
    """Return how the service stands in the page's language, for anybody or for one customer."""
    try:
        facts = status_facts(at, reader)
    except Tenant.DoesNotExist as none:
        raise Http404 from none
    return {
        "house": facts.house,
        "components": [(spoken(name), STATES[state]) for name, state in facts.parts],
        "outages": [_shown(each) for each in facts.outages],
        "works": [
            ShownWork(str(each.id), spoken(each.title), each.starts_at, each.ends_at, each.stops, spoken(each.reasons))
            for each in facts.works
        ],
        "broken": facts.broken,
        "known": facts.known,
        "at": at,
        "days": DAYS_SHOWN,
    }


def _shown(outage: Shown) -> ShownOutage:
    told = tuple((NOTES[each.state], spoken(each.text), each.at) for each in outage.notes)
    badge = outage_badge(outage)
    return ShownOutage(str(outage.id), spoken(outage.names), outage.started_at, outage.ended_at, badge, told)


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
