"""Figures people would rather look at than read: meters, parts, time lines, steps, charts, progress, clocks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from kontor.kernel.components import Chart, Moment, Part, Run, Step, Tab
from kontor.kernel.templatetags.chips import clause as clause_chip, why
from kontor.kernel.templatetags.drawing import drawn_icon
from kontor.kernel.templatetags.words import permille
from kontor.kernel.wording import away, day, money, number, spoken

register = template.Library()

Figure = int | Decimal | Fraction


@register.inclusion_tag("kernel/components/meter.html")
def meter(
    label: Any,
    used: Figure,
    limit: Figure,
    unit: Any = "",
    forecast: Figure | None = None,
    clause: Any = None,
    note: Any = "",
    foot: Any = "",
) -> dict[str, Any]:
    """Used of allowed: the load line stands at the limit, the forecast is hatched, what lies over is marked."""
    most = max(Fraction(used), Fraction(forecast or 0), Fraction(limit))
    scale = most if most > limit else Fraction(limit) * Fraction(5, 4)
    inside = min(Fraction(used), Fraction(limit))
    words = {"used": number(used), "limit": number(limit), "unit": spoken(unit)}
    return {
        "label": spoken(label),
        "used": number(used),
        "said": gettext("%(used)s of %(limit)s %(unit)s") % words,
        "of": gettext("of %(limit)s %(unit)s") % words,
        "now": str(float(used)),
        "most": str(float(limit)),
        "is_over": used > limit,
        "width": permille(inside / scale) if scale else 0,
        "over": permille((Fraction(used) - inside) / scale) if scale else 0,
        "ahead": permille((Fraction(forecast) - Fraction(used)) / scale) if forecast and forecast > used else 0,
        "start": permille(Fraction(used) / scale) if scale else 0,
        "line": permille(Fraction(limit) / scale) if scale else 0,
        "clause": clause_chip(clause) if clause else "",
        "note": spoken(note),
        "foot": spoken(foot),
    }


@register.inclusion_tag("kernel/components/parts.html")
def parts(rows: Sequence[Part], label: Any = "") -> dict[str, Any]:
    """A whole in its parts, with their words below; at most five parts have a ground of their own."""
    whole = sum((Fraction(row.value) for row in rows), Fraction())
    shown = [
        {"part": row, "place": min(place, 5), "width": permille(Fraction(row.value) / whole) if whole else 0}
        for place, row in enumerate(rows, start=1)
    ]
    return {"rows": shown, "label": spoken(label), "counted": any(row.count is not None for row in rows)}


@register.simple_tag(takes_context=True)
def timeline(context: Context, entries: Iterable[Moment], today: date | None = None) -> SafeString:
    """What was and what lies ahead, newest first; with `today` its line stands between."""
    ordered = list(entries)
    ahead = [entry for entry in ordered if today is not None and entry.on > today]
    now = (
        format_html(
            '<li class="is-now"><time datetime="{}">{}</time><span class="k-dot"></span>'
            '<span class="k-now">{}</span></li>',
            today.isoformat(),
            day(today),
            gettext("Today"),
        )
        if today
        else SafeString("")
    )
    drawn = [
        *(_moment(context, entry, today, ahead=True) for entry in ahead),
        now,
        *(_moment(context, entry, today, ahead=False) for entry in ordered[len(ahead) :]),
    ]
    return SafeString(f'<ol class="k-timeline">{"".join(drawn)}</ol>')


def _moment(context: Context, entry: Moment, today: date | None, *, ahead: bool) -> SafeString:
    """An entry, drawn as Python: five years hold hundreds of them."""
    title: Any = spoken(entry.title)
    chip = ""
    if entry.ruling:
        chip = why(context, entry.ruling, label=gettext("Why?"))
    elif entry.clause:
        chip = clause_chip(entry.clause)
    return format_html(
        '<li{}><time datetime="{}">{}{}</time><span class="k-dot{}">{}</span><div class="k-timeline__what">'
        '<div class="k-line k-line--tight"><h3>{}</h3>{}</div>{}</div></li>',
        SafeString(' class="is-ahead"') if ahead else "",
        entry.on.isoformat(),
        day(entry.on),
        format_html("<small>{}</small>", away(entry.on, today)) if today else "",
        f" k-dot--{entry.tone}" if entry.tone else "",
        drawn_icon(entry.icon),
        format_html('<a href="{}">{}</a>', entry.url, title) if entry.url else title,
        chip,
        format_html("<p>{}</p>", spoken(entry.text)) if entry.text else "",
    )


@register.simple_tag
def steps(rows: Iterable[Step]) -> SafeString:
    """The states a document goes through."""
    items = format_html_join(
        "",
        "<li{}{}><b>{}</b>{}</li>",
        (
            (
                format_html(' class="is-{}"', row.state) if row.state else "",
                SafeString(' aria-current="step"') if row.state == "now" else "",
                spoken(row.label),
                spoken(row.note),
            )
            for row in rows
        ),
    )
    return format_html('<ol class="k-steps">{}</ol>', items)


@register.simple_tag
def tabs(rows: Iterable[Tab], label: Any = "") -> SafeString:
    """Pages about one thing; the parts of the one that is open stand in a second row."""
    every = list(rows)
    opened = next((row for row in every if row.active and row.parts), None)
    return format_html(
        '<nav class="k-subnav" aria-label="{}">{}</nav>{}',
        spoken(label) or gettext("Parts of this page"),
        _links(every),
        format_html('<nav class="k-subparts" aria-label="{}">{}</nav>', spoken(opened.label), _links(opened.parts))
        if opened
        else "",
    )


@register.simple_tag
def switcher(label: Any, rows: Iterable[Tab]) -> SafeString:
    """A choice of two to five views."""
    return format_html('<div class="k-switcher" role="group" aria-label="{}">{}</div>', spoken(label), _links(rows))


def _links(rows: Iterable[Tab]) -> SafeString:
    return format_html_join(
        "",
        '<a href="{}"{}>{}{}</a>',
        (
            (
                row.url,
                format_html(' aria-current="{}"', "true" if row.parts else "page") if row.active else "",
                spoken(row.label),
                format_html('<span class="k-count">{}</span>', number(row.count)) if row.count is not None else "",
            )
            for row in rows
        ),
    )


@register.simple_tag
def due(at: date | datetime | None, now: date | datetime) -> SafeString:
    """The clock before a duty: how long until, or how long over."""
    if at is None:
        return SafeString("")
    if isinstance(at, datetime) and isinstance(now, datetime):
        return _clock_of_minutes(int((at - now).total_seconds() // 60))
    if isinstance(now, datetime) or isinstance(at, datetime):
        raise TypeError("due compares two moments or two dates")
    left = (at - now).days
    tone = "k-clock--over" if left < 0 else "k-clock--soon" if left <= 7 else ""  # noqa: PLR2004  a week
    count = ngettext("%(count)s day", "%(count)s days", abs(left)) % {"count": number(abs(left))}
    if left == 0:
        return _clock("k-clock--soon", gettext("today"), day(at))
    return _clock(tone, count, gettext("over") if left < 0 else day(at))


def _clock_of_minutes(minutes: int) -> SafeString:
    over = minutes < 0
    size = -minutes if over else minutes
    if size < 60:  # noqa: PLR2004  minutes of an hour
        length = gettext("%(count)s min") % {"count": size}
    elif size < 48 * 60:
        length = gettext("%(hours)s:%(minutes)02d h") % {"hours": size // 60, "minutes": size % 60}
    else:
        length = ngettext("%(count)s day", "%(count)s days", size // 1440) % {"count": number(size // 1440)}
    tone = "k-clock--over" if over else "k-clock--soon" if size < 4 * 60 else ""
    return _clock(tone, length, gettext("over") if over else gettext("left"))


def _clock(tone: str, length: str, word: str) -> SafeString:
    return format_html('<span class="k-clock{}">{}<small>{}</small></span>', f" {tone}" if tone else "", length, word)


@register.inclusion_tag("kernel/components/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """A chart, its figures as JSON and the same figures as a table."""
    labels = [spoken(label) for label in chart.labels]
    return {
        "chart": chart,
        "label": spoken(chart.label),
        "spec": _chart_spec(chart, labels),
        "caption": spoken(chart.caption) or spoken(chart.label),
        "names": [spoken(one.name) for one in chart.series],
        "rows": [
            (
                label,
                [
                    _cell(one.values[place] if place < len(one.values) else None, chart.unit, chart.currency)
                    for one in chart.series
                ],
            )
            for place, label in enumerate(labels)
        ],
    }


def _chart_spec(chart: Chart, labels: Sequence[str]) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": chart.kind, "unit": chart.unit, "labels": labels, "ticks": chart.ticks}
    if chart.currency:
        spec["currency"] = chart.currency
    if chart.days:
        spec |= {"time": True, "from": chart.days[0].isoformat(), "to": chart.days[-1].isoformat()}
    if chart.now is not None:
        spec |= {"now": chart.days[chart.now].isoformat() if chart.days else chart.now, "nowLabel": gettext("today")}
    if chart.limit is not None:
        spec |= {"limit": float(chart.limit), "limitLabel": spoken(chart.limit_label)}
    spec["series"] = [
        {
            "name": spoken(one.name),
            "values": _drawn_values(one.values, chart.days),
            "expected": one.expected,
            "area": one.area,
            "stack": one.stack,
            **({} if one.colour is None else {"colour": one.colour}),
        }
        for one in chart.series
    ]
    return spec


def _drawn_values(values: Sequence[float | Decimal | None], days: Sequence[date]) -> list[Any]:
    """Return the values, or on a time axis each with its day."""
    plain = [None if value is None else float(value) for value in values]
    return [[day.isoformat(), value] for day, value in zip(days, plain, strict=True)] if days else plain


def _cell(value: float | Decimal | None, unit: str, currency: str) -> str:
    if value is None:
        return ""
    if currency:
        return money(Decimal(str(value)), currency)
    # a column of the database fills a number up with zeros; nobody says them
    return f"{number(Decimal(f'{Decimal(str(value)).normalize():f}'))} {unit}".strip()


@register.inclusion_tag("kernel/components/run.html")
def run(progress: Run) -> dict[str, Any]:
    """Long work as it stands; the box asks for itself until it is done."""
    return {"run": progress}
