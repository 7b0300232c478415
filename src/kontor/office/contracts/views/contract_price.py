"""The chart of what a contract costs over time."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext as _

from kontor.kernel.components import Chart, Series
from kontor.kernel.wording import day, money, share
from kontor.office.contracts.queries.prices import PriceStep, price_steps
from kontor.office.contracts.views.contract_tabs import Opened

_ROOM: Final = timedelta(days=182)  # drawn ahead, so that the last price can be seen


def price_context(opened: Opened) -> dict[str, Any]:
    """Return `price`, the chart, and `rise`, by how much the yearly price rose; each may be None."""
    steps = price_steps(opened.contract, opened.rows)
    if not any(step.yearly.minor for step in steps):
        return {"price": None, "rise": None}
    return {"price": _chart(steps, opened.today), "rise": _rise(steps, opened.today)}


def _chart(steps: tuple[PriceStep, ...], today: date) -> Chart:
    """Draw a step for each day on which the price changes, and one more for today; what lies ahead is dashed."""
    points = [(step.since, step.yearly) for step in steps]
    now = max((step for step in steps if step.since <= today), key=lambda step: step.since, default=None)
    if now is not None and now.since != today:
        points = sorted([*points, (today, now.yearly)], key=lambda point: point[0])
    days = [since for since, _price in points]
    labels = [day(since) for since in days]
    days.append(max(days[-1], today) + _ROOM)
    points.append((days[-1], points[-1][1]))
    known = [price.amount if since <= today else None for since, price in points]
    ahead = [price.amount if since >= today else None for since, price in points]
    series = [
        Series(_("Price"), known, area=True),
        Series(_("as agreed so far"), ahead, expected=True, colour=0),
    ]
    currency = steps[0].yearly.currency
    return Chart(
        "price",
        _sentence(steps),
        "steps",
        labels,
        series,
        currency=currency,
        days=days,
        now=days.index(today) if now is not None else None,
        size="s",
        ticks=2,
    )


def _sentence(steps: tuple[PriceStep, ...]) -> str:
    first, last = steps[0], steps[-1]
    if len(steps) == 1:
        return _("The price has been %(price)s a year since %(day)s.") % {
            "price": money(first.yearly),
            "day": day(first.since),
        }
    changes = sum(1 for before, after in pairwise(steps) if before.yearly != after.yearly)
    return _("The price changes %(count)s times from %(first)s to %(last)s a year, the last time on %(day)s.") % {
        "count": changes,
        "first": money(first.yearly),
        "last": money(last.yearly),
        "day": day(last.since),
    }


def _rise(steps: tuple[PriceStep, ...], today: date) -> str | None:
    held = [step for step in steps if step.since <= today]
    if len(held) < 2 or not held[0].yearly.minor:  # noqa: PLR2004  nothing to compare
        return None
    ratio = Fraction(held[-1].yearly.minor, held[0].yearly.minor) - 1
    return f"{'+' if ratio > 0 else ''}{share(round(ratio, 3))}"
