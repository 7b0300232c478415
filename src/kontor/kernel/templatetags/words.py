"""Filters: figures, dates and texts in the page's language."""

from decimal import Decimal
from fractions import Fraction

from django import template

from kontor.kernel import wording
from kontor.kernel.countries import country_name

register = template.Library()

register.filter("money", wording.money)
register.filter("number", wording.number)
register.filter("share", wording.share)
register.filter("day", wording.day)
register.filter("day_long", wording.day_long)
register.filter("weekday", wording.weekday)
register.filter("month", wording.month)
register.filter("moment", wording.moment)
register.filter("days", wording.days)
register.filter("away", wording.away)
register.filter("spoken", wording.spoken)


@register.filter
def country(code: str) -> str:
    """Return a country's name, as the page's language calls it."""
    return country_name(code, wording.language())


@register.filter
def permille(value: Decimal | Fraction | float | None) -> int:
    """Return a share of one as the number behind `at-` and `to-`: 0 to 1000 in steps of 5."""
    if value is None:
        return 0
    step = round(Fraction(value) * 200)
    return 5 * min(200, max(0, step))
