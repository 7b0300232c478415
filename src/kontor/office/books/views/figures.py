"""Unit prices, which may have more decimals than money has."""

from decimal import Decimal

from kontor.kernel.wording import language, number


def plain_price(price: Decimal) -> str:
    """Return a unit price with the decimals it has, two at least."""
    decimals = -int(price.normalize().as_tuple().exponent)
    return number(price, max(decimals, 2))


def unit_price(price: Decimal, currency: str) -> str:
    """Return a unit price with its currency: "0,0035 €", "€0.0035"."""
    sign = {"EUR": "€"}.get(currency, currency)
    text = plain_price(price)
    return f"{text}\N{NO-BREAK SPACE}{sign}" if language() == "de" else f"{sign}{text}"
