"""
An amount of money: a currency and a whole number of its minor units. Never a float, never a lost cent.

Shares are Fractions and rounded once, half away from zero. Unit prices may have more decimals and stay Decimal.

>>> fee = Money.parse("49.90", "EUR")
>>> fee.times(Fraction(20, 31)).bare()
'32.19'
>>> [part.bare() for part in Money.parse("100.00", "EUR").allocate((1, 1, 1))]
['33.33', '33.33', '33.34']
>>> Money("EUR", 123456).spoken("de"), Money("EUR", 123456).spoken("en")
('1.234,56 €', '€1,234.56')
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self

from kontor.rulebook.currency import minor_digits, written_minor
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

# A database's bigint and a reader's eye both end about here; what is larger is a slip of the keyboard.
_TOO_LARGE: Final = 10**18
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


class CurrencyMismatchError(RefusalError):
    """Two amounts in different currencies were added, compared or subtracted."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(
            Text(
                f"{one} und {other} lassen sich nicht verrechnen.",
                f"{one} and {other} cannot be reckoned together.",
            )
        )


def rounded_half_away(value: Fraction) -> int:
    """
    Return the nearest whole number, a half going away from zero.

    >>> [rounded_half_away(Fraction(n, 2)) for n in (1, 3, -1, -3)]
    [1, 2, -1, -2]
    """
    whole, rest = divmod(abs(value.numerator), value.denominator)
    nearest = whole + (1 if 2 * rest >= value.denominator else 0)
    return nearest if value >= 0 else -nearest


def rounded_decimal(value: Fraction, places: int) -> Decimal:
    """
    Return `value` as a Decimal with exactly `places` decimals, rounded once, half away from zero.

    >>> rounded_decimal(Fraction("2.675"), 2), rounded_decimal(Fraction(1, 8), 2)
    (Decimal('2.68'), Decimal('0.13'))
    """
    return Decimal(rounded_half_away(value * 10**places)).scaleb(-places)


def exact_decimal(value: str | Decimal) -> Decimal:
    """
    Return a plain decimal number exactly as given; anything else (comma, exponent, NaN, blank) raises RefusalError.

    >>> exact_decimal("0.0035")
    Decimal('0.0035')
    """
    text = f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)
    if not _NUMBER.fullmatch(text):
        raise RefusalError(
            Text(
                f"„{text}“ ist keine Zahl; erwartet wird eine Zahl wie 1234.56.",
                f"“{text}” is not a number; a number such as 1234.56 is expected.",
            )
        )
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class Money:
    """
    An amount.

    currency  ISO 4217 code, "EUR"
    minor     whole number of minor units (cents); negative for what goes back
    """

    currency: str
    minor: int

    def __post_init__(self) -> None:
        """Refuse a currency ISO 4217 does not know, minor units that are not whole, and absurd amounts."""
        minor_digits(self.currency)
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.minor!r}")
        if abs(self.minor) >= _TOO_LARGE:
            raise RefusalError(Text("Der Betrag ist zu groß.", "The amount is too large."))

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in `currency`."""
        return cls(currency, 0)

    @classmethod
    def parse(cls, amount: str | Decimal, currency: str) -> Self:
        """
        Read an amount exactly: "123.9" and Decimal("123.90") are the same.

        Text that is no plain decimal number, or more decimals than the currency has, raises RefusalError.
        """
        digits = minor_digits(currency)
        number = exact_decimal(amount)
        minor = Fraction(number) * 10**digits
        if minor.denominator != 1:
            raise RefusalError(
                Text(
                    f"{number} hat mehr Nachkommastellen, als {currency} kennt ({digits}).",
                    f"{number} has more decimals than {currency} knows ({digits}).",
                )
            )
        return cls(currency, minor.numerator)

    @classmethod
    def rounded(cls, amount: Fraction | Decimal, currency: str) -> Self:
        """Return an exact amount in major units rounded once to minor units, half away from zero."""
        return cls(currency, rounded_half_away(Fraction(amount) * 10 ** minor_digits(currency)))

    @classmethod
    def total(cls, amounts: Iterable[Self], currency: str) -> Self:
        """Return the sum of amounts that are all in `currency`; nothing sums to zero."""
        result = cls.zero(currency)
        for amount in amounts:
            result = result + amount
        return result

    @property
    def amount(self) -> Decimal:
        """The amount in major units with the currency's decimals: Decimal("123.90")."""
        digits = minor_digits(self.currency)
        return Decimal(self.minor).scaleb(-digits)

    def bare(self) -> str:
        """Return the number alone, as `kontor calc` and files print it: "123.90"."""
        return f"{self.amount:f}"

    def spoken(self, language: str) -> str:
        """Return the amount for a reader of `language`: "1.234,56 €" in German, "€1,234.56" in English."""
        return written_minor(self.minor, self.currency, language=language)

    @property
    def text(self) -> Text:
        """The amount as a reader of each language writes it."""
        return Text(self.spoken("de"), self.spoken("en"))

    def times(self, factor: Fraction | int) -> Self:
        """Return this amount times an exact factor, rounded once, half away from zero."""
        return type(self)(self.currency, rounded_half_away(self.minor * Fraction(factor)))

    def allocate(self, weights: Sequence[Fraction | int]) -> tuple[Self, ...]:
        """
        Return one part per weight; the parts' sum is exactly this amount.

        Each part is its share rounded half away from zero and never more than what is left; the last part with a
        weight takes the rest. Weights are not negative and not all zero, otherwise RefusalError.
        """
        whole = sum((Fraction(weight) for weight in weights), Fraction())
        if whole <= 0 or any(weight < 0 for weight in weights):
            raise RefusalError(
                Text(
                    "Ein Betrag lässt sich nur auf Anteile verteilen, die nicht negativ und nicht alle null sind.",
                    "An amount can only be divided by weights that are not negative and not all zero.",
                )
            )
        size, sign = abs(self.minor), 1 if self.minor >= 0 else -1
        last = max(place for place, weight in enumerate(weights) if weight)
        left = size
        parts: list[int] = []
        for place, weight in enumerate(weights):
            part = left if place == last else min(rounded_half_away(size * Fraction(weight) / whole), left)
            parts.append(part)
            left -= part
        return tuple(type(self)(self.currency, sign * part) for part in parts)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __neg__(self) -> Self:
        return type(self)(self.currency, -self.minor)

    def __abs__(self) -> Self:
        return type(self)(self.currency, abs(self.minor))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.currency, self.minor + self._same(other))

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.currency, self.minor - self._same(other))

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Self) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Self) -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: Self) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(self.currency, other.currency)
        return other.minor
