"""Reports on paper: what `typst/report.typ` prints."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import day, language, moment, number, spoken
from kontor.products.visitors.forms.inviting import title_of
from kontor.products.visitors.models import Visit
from kontor.products.visitors.queries.reports import Figures, Sum, Worked, proved
from kontor.products.visitors.views import words

ROWS: Final = 1000  # of a log that are printed; longer ones are for spreadsheets


def length(seconds: int | None) -> str:
    """Return working time in full, "7:59:30"; "" where none is proved."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def clock(at: datetime | None, *, seconds: bool = False) -> str:
    """Return a moment as its own zone's clock shows it, "02.11.2026, 10:00:07"; "" for none."""
    return "" if at is None else f"{day(at.date())}, {at:%H:%M:%S}" if seconds else f"{day(at.date())}, {at:%H:%M}"


def clock_of_day(at: datetime | None, day_of: datetime) -> str:
    """Return a moment's time of day, "15:47", with its day where that is another than `day_of`'s; "" for none."""
    return "" if at is None else f"{at:%H:%M}" if at.date() == day_of.date() else clock(at)


def visits_paper(
    request: TenantRequest, it: Figures, log: Iterable[Visit], narrowed: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Return the visits of a period for printing: figures, bars, and the log as far as it fits on paper."""
    heads = [_("From"), _("Name"), _("Company"), _("Kind"), _("Host"), _("Site"), _("Came"), _("Has left"), _("State")]
    rows = [_line(row) for row in log] if it.visits <= ROWS else []
    said = "" if it.visits <= ROWS else _("The log is too long for paper; it is there as CSV and XLSX.")
    return _base(request, _("Report on visits"), narrowed) | {
        "sums": [(_("visits"), number(it.visits)), (_("came"), number(it.came)), (_("did not come"), number(it.missed)),
                 (_("called off or refused"), number(it.off)), (_("assumed out"), number(it.assumed)),
                 (_("stayed on average, h"), length(it.mean)[:-3] or "–")],
        "bars": [_bars(_("By site"), it.sites), _bars(_("By kind"), it.kinds), _bars(_("By host"), it.hosts)],
        "parts": [{"title": _("Log"), "heads": heads, "weights": [11, 12, 12, 10, 11, 8, 11, 11, 9], "figures": [],
                   "rows": rows, "said": said}],
    }  # fmt: skip


def hours_paper(
    request: TenantRequest,
    companies: Sequence[Worked],
    people: Sequence[Worked],
    stays: Sequence[Visit],
    narrowed: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Return the working time of a period for printing: by company, by person, and each stay to the second."""
    heads = [_("Company"), _("Name"), _("Site"), _("Came"), _("Has left"), _("Working time")]
    shown = stays if len(stays) <= ROWS else ()
    said = "" if len(stays) <= ROWS else _("The log is too long for paper; it is there as CSV and XLSX.")
    total = sum(each.seconds for each in companies)
    return _base(request, _("Proof of working time"), narrowed) | {
        "sums": [(_("working time, h:min:s"), length(total)), (_("stays"), number(len(stays))),
                 (_("stays that prove none"), number(sum(each.open for each in companies)))],
        "bars": [],
        "parts": [
            {"title": _("By company"), "heads": [_("Company"), _("Type"), _("Stays"), _("Working time")],
             "weights": [4, 1, 1, 2], "figures": [2, 3], "said": "",
             "rows": [[each.name, each.grade, number(each.stays), length(each.seconds)] for each in companies]},
            {"title": _("By person"), "heads": [_("Company"), _("Name"), _("Stays"), _("Working time")],
             "weights": [3, 3, 1, 2], "figures": [2, 3], "said": "",
             "rows": [[each.sent_by, each.name, number(each.stays), length(each.seconds)] for each in people]},
            {"title": _("Each stay"), "heads": heads, "weights": [3, 3, 2, 3, 3, 3], "figures": [5], "said": said,
             "rows": [_stay(row) for row in shown]},
        ],
    }  # fmt: skip


def _base(request: TenantRequest, title: str, narrowed: Sequence[tuple[str, str]]) -> dict[str, Any]:
    facts = [*narrowed, (_("Printed"), moment(request.at))]
    return {"title": title, "operator": request.tenant.name, "language": language(), "facts": facts}


def _bars(title: str, sums: Sequence[Sum]) -> dict[str, Any]:
    return {"title": title, "rows": [[spoken(each.title) or "–", number(each.visits), each.share] for each in sums]}


def _line(row: Visit) -> list[str]:
    zone = ZoneInfo(row.site.zone)
    return [
        clock(row.begins_at.astimezone(zone)), row.name, row.company, title_of(row.type), row.host_name, row.site.name,
        clock(row.in_at.astimezone(zone)) if row.in_at else "–", _left(row, zone), spoken(words.badge(row).label),
    ]  # fmt: skip


def _stay(row: Visit) -> list[str]:
    zone, person = ZoneInfo(row.site.zone), row.contractor_person
    assert person is not None, "`stays` leaves all others out"
    assert row.in_at is not None, "`stays` leaves all others out"
    return [
        person.contractor.name, person.name, row.site.name, clock(row.in_at.astimezone(zone), seconds=True),
        _left(row, zone, seconds=True), length(proved(row)) or spoken(words.badge(row).label),
    ]  # fmt: skip


def _left(row: Visit, zone: ZoneInfo, *, seconds: bool = False) -> str:
    if row.out_at is None or row.assumed:  # nobody saw them leave
        return "–"
    return clock(row.out_at.astimezone(zone), seconds=seconds)
