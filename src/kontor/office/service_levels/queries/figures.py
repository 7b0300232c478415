"""Minutes as people read them."""

from decimal import Decimal
from fractions import Fraction

from kontor.rulebook.stretches import minutes


def told_minutes(micros: int) -> Decimal:
    """Return microseconds as minutes with at most two decimals."""
    found: Fraction = minutes(micros)
    return short(round(Decimal(found.numerator) / Decimal(found.denominator), 2))


def short(figure: Decimal) -> Decimal:
    """Return a figure without noughts that say nothing."""
    return figure.quantize(Decimal(1)) if figure == figure.to_integral() else figure.normalize()
