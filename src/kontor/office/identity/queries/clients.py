"""
Which browser and which mobile system a request comes from, and whether the house supports them on a day.

Everything here is what a browser says of itself. It keeps out old software, not people who mean harm. Two known traps:
Chrome has told every site "Android 10" since version 110, so there the system counts only where the browser was asked
and answered (Sec-CH-UA-Platform-Version, over https); on iOS Safari's own version is the system's, so the newer of the
two counts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ua_parser import parse

from kontor.kernel.bundle import built_for
from kontor.kernel.models import Tenant
from kontor.office.identity.models import SupportedClient

BROWSERS: Final[Mapping[str, str]] = {
    "edge": "Microsoft Edge",
    "chrome": "Google Chrome",
    "firefox": "Mozilla Firefox",
    "safari": "Safari",
}
SYSTEMS: Final[Mapping[str, str]] = {"ios": "Apple iOS", "android": "Google Android"}
FAMILIES: Final[Mapping[str, str]] = {**BROWSERS, **SYSTEMS}
VERSION: Final = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}")
APP: Final = "KontorApp/"  # how our own app begins to say what it is
HINT: Final = "Sec-CH-UA-Platform-Version"
_CALLED: Final = {
    "Edge": "edge",
    "Edge Mobile": "edge",
    "Chrome": "chrome",
    "Chrome Mobile": "chrome",
    "Chrome Mobile iOS": "chrome",
    "Chromium": "chrome",
    "HeadlessChrome": "chrome",
    "Firefox": "firefox",
    "Firefox Mobile": "firefox",
    "Firefox iOS": "firefox",
    "Safari": "safari",
    "Mobile Safari": "safari",
}
_HIDDEN: Final = re.compile(r"Android 10; K\)")  # what Chrome says instead of the system's version and the device


@dataclass(frozen=True, slots=True)
class Client:
    """
    What a request says it comes from.

    browser         key of `BROWSERS`, "" for any other; browser_name as it calls itself
    system          key of `SYSTEMS`, "" for a desktop or anything else
    system_version  "" where the browser keeps it to itself
    app             our own app: its device is judged by what it reports
    """

    browser: str = ""
    browser_name: str = ""
    browser_version: str = ""
    system: str = ""
    system_version: str = ""
    app: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One family of the list: what holds on a day ("" for no longer, None for not listed), and what comes next."""

    family: str
    minimum: str | None
    coming: SupportedClient | None

    @property
    def name(self) -> str:
        """What the family is called."""
        return FAMILIES[self.family]

    @property
    def listed(self) -> bool:
        """Whether it is let in from some version on."""
        return bool(self.minimum)


@dataclass(frozen=True, slots=True)
class Coming:
    """A client that is let in today and will not be from a day on; minimum "" where its family goes altogether."""

    family: str
    minimum: str
    from_on: date

    @property
    def name(self) -> str:
        """What the family is called."""
        return FAMILIES[self.family]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a client is let in; else which family it fails ("browser" for one nobody listed), and what is coming."""

    fails: str = ""
    coming: tuple[Coming, ...] = ()

    @property
    def let_in(self) -> bool:
        """Whether nothing stands against it today."""
        return not self.fails


def client_of(request: HttpRequest) -> Client:
    """Return what a request says it comes from."""
    agent = request.headers.get("User-Agent", "")
    if agent.startswith(APP):
        return Client(app=True)
    found = parse(agent)
    name = found.user_agent.family if found.user_agent else ""
    version = _dotted(found.user_agent)
    system = {"iOS": "ios", "Android": "android"}.get(found.os.family, "") if found.os else ""
    system_version = _dotted(found.os)
    if system == "android" and _HIDDEN.search(agent):
        system_version = _told(request.headers.get(HINT, ""))
    if system == "ios" and name == "Mobile Safari":
        system_version = max(system_version, version, key=_number)
    return Client(_CALLED.get(name, ""), name, version, system, system_version)


def lines_on(today: date) -> list[Line]:
    """Return the list as it stands on a day, family by family; one query."""
    rows = list(SupportedClient.objects.order_by("from_on"))
    return [_line(family, [row for row in rows if row.family == family], today) for family in FAMILIES]


def judge(client: Client, lines: Sequence[Line]) -> Judgement:
    """
    Hold a client against the list of a day.

    Of browsers those of the list are let in, of mobile systems too; a kind of which nothing is listed asks nothing.
    A browser that keeps its system's version to itself is not held against the systems.
    """
    held = {line.family: line for line in lines}
    fails = "" if client.app else _fails(client.browser, client.browser_version, held, BROWSERS)
    if not fails and client.system:
        hidden = not client.system_version
        fails = _fails(client.system, client.system_version, held, SYSTEMS, hidden=hidden)
    if fails:
        return Judgement(fails)
    pairs = ((client.browser, client.browser_version), (client.system, client.system_version))
    coming = (_coming(held[family], version) for family, version in pairs if family)
    return Judgement("", tuple(one for one in coming if one is not None))


def house_day(at: datetime) -> date:
    """Return the day in the zone of the house, whose list it is; without a house that of UTC."""
    zone = Tenant.objects.filter(is_house=True).values_list("zone", flat=True).first()
    return at.astimezone(ZoneInfo(zone or "UTC")).date()


def is_older(version: str, minimum: str) -> bool:
    """
    Tell whether a version comes before another; missing parts count as nought.

    >>> is_older("11", "12"), is_older("12", "12.0.0"), is_older("9.10", "9.9")
    (True, False, False)
    """
    return _number(version) < _number(minimum)


def oldest_built(family: str) -> str:
    """Return the oldest version of a browser that the pages are built for, "0" for a system (bookkeeping 13)."""
    return built_for().get(family, "0")


def _line(family: str, rows: Sequence[SupportedClient], today: date) -> Line:
    past = [row for row in rows if row.from_on <= today]
    ahead = [row for row in rows if row.from_on > today]
    return Line(family, past[-1].minimum if past else None, ahead[0] if ahead else None)


def _fails(
    family: str, version: str, held: Mapping[str, Line], kind: Mapping[str, str], *, hidden: bool = False
) -> str:
    """Return the family that a client fails, "browser" for one that is not on the list, "" where it is let in."""
    if all(held[each].minimum is None for each in kind):
        return ""
    line = held.get(family)
    if line is None or not line.minimum:
        return family or "browser"
    return family if not hidden and is_older(version, line.minimum) else ""


def _coming(line: Line, version: str) -> Coming | None:
    row = line.coming
    if row is None or not version or (row.minimum and not is_older(version, row.minimum)):
        return None
    return Coming(line.family, row.minimum, row.from_on)


def _number(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".") if part.isdecimal()]
    return (*parts, 0, 0, 0, 0)[:4]


def _dotted(found: object) -> str:
    parts = (getattr(found, name, None) for name in ("major", "minor", "patch"))
    return ".".join(part for part in parts if part and part.isdecimal())


def _told(hint: str) -> str:
    version = hint.strip().strip('"')
    return version if VERSION.fullmatch(version) else ""
