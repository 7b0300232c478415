"""
Currencies by their ISO 4217 code: how many decimals an amount has, and how it is written for a reader.

>>> minor_digits("EUR"), minor_digits("JPY"), minor_digits("BHD")
(2, 0, 3)
"""

from decimal import Decimal
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

# ISO 4217 list one, by number of decimals. Funds codes, metals and test codes are no currencies to invoice in.
_BY_DIGITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
        "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
        "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
        "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
        "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_DIGITS: Final = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}
_GERMAN: Final = str.maketrans(",.", ".,")
_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£"}


def minor_digits(currency: str) -> int:
    """Return how many decimals ISO 4217 gives the currency (0, 2 or 3); an unknown code raises RefusalError."""
    digits = _DIGITS.get(currency)
    if digits is None:
        raise RefusalError(
            Text(
                f"„{currency}“ ist keine Währung nach ISO 4217; erwartet wird ein Kürzel wie EUR.",
                f"“{currency}” is no ISO 4217 currency; a code such as EUR is expected.",
            )
        )
    return digits


def number(value: Decimal) -> Text:
    """
    Return a plain number as a reader of each language writes it, without noughts that say nothing.

    >>> number(Decimal("10.270"))
    Text(de='10,27', en='10.27')
    """
    shortest = value.normalize()
    english = f"{shortest:,.{max(0, -int(shortest.as_tuple().exponent))}f}"
    return Text(english.translate(_GERMAN), english)


def price_text(value: Decimal, currency: str) -> Text:
    """Return an exact price as a reader of each language writes it."""
    return Text(written(value, currency, language="de"), written(value, currency, language="en"))


def written(value: Decimal, currency: str, *, language: str) -> str:
    """
    Return an exact decimal with its currency for a reader of `language` ("de" or "en").

    Every decimal that says something is kept, and at least as many as the currency has.

    >>> written(Decimal("-1234.5"), "EUR", language="de"), written(Decimal("0.00350"), "EUR", language="en")
    ('-1.234,50 €', '€0.0035')
    """
    shortest = abs(value).normalize()
    places = max(minor_digits(currency), -int(shortest.as_tuple().exponent))
    return _signed(f"{shortest:,.{places}f}", currency, "-" if value < 0 else "", language=language)


def written_minor(minor: int, currency: str, *, language: str) -> str:
    """
    Return a whole number of minor units as `written` writes the same amount, without making a decimal of it first.

    >>> written_minor(-123450, "EUR", language="de"), written_minor(5, "USD", language="en")
    ('-1.234,50 €', '$0.05')
    >>> written_minor(1234, "JPY", language="en"), written_minor(1234, "KWD", language="de")
    ('JPY 1,234', '1,234 KWD')
    """
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    grouped = f"{whole:,}.{rest:0{digits}}" if digits else f"{whole:,}"
    return _signed(grouped, currency, "-" if minor < 0 else "", language=language)


def _signed(grouped: str, currency: str, sign: str, *, language: str) -> str:
    mark = _SIGNS.get(currency)
    if language == "de":
        return f"{sign}{grouped.translate(_GERMAN)} {mark or currency}"
    return f"{sign}{mark}{grouped}" if mark else f"{sign}{currency} {grouped}"
