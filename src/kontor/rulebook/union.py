"""
Which countries are one for VAT: the European Union by date, and how a VAT identification number begins.

>>> in_union("DE", date(2026, 1, 1)), in_union("NO", date(2026, 1, 1)), in_union("GB", date(2020, 12, 31))
(True, False, True)
"""

import re
from datetime import date
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.wording import said

# The single market since 1993; the accessions of 1995, 2004, 2007 and 2013 by their treaties.
_MEMBERS: Final = {
    **dict.fromkeys(["BE", "DE", "DK", "ES", "FR", "GB", "GR", "IE", "IT", "LU", "NL", "PT"], date(1993, 1, 1)),
    **dict.fromkeys(["AT", "FI", "SE"], date(1995, 1, 1)),
    **dict.fromkeys(["CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"], date(2004, 5, 1)),
    **dict.fromkeys(["BG", "RO"], date(2007, 1, 1)),
    "HR": date(2013, 7, 1),
}
# Agreement on the withdrawal of the United Kingdom, Art. 126, 127: Union law applied until the end of 2020.
_LEFT: Final = {"GB": date(2021, 1, 1)}
# Directive 2006/112/EC, Art. 6 and 7: Monaco counts as France; these parts of members stand outside or half outside.
_COUNTS_AS: Final = {"MC": "FR"}
_SPECIAL: Final = frozenset(["AX", "GF", "GP", "MF", "MQ", "RE", "YT"])
# Directive 2006/112/EC, Art. 215: ISO code, but Greece may use EL and does.
_PREFIX: Final = {"GR": "EL"}


def vat_country(country: str) -> str:
    """
    Return the country whose VAT rules cover `country` (ISO 3166, two capital letters).

    Anything else, and the parts of member states with a VAT territory of their own, raise RefusalError.
    """
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise RefusalError(
            said(
                "„{country}“ ist kein Länderkürzel; erwartet werden zwei Großbuchstaben wie DE.",
                "“{country}” is no country code; two capital letters such as DE are expected.",
                country=country,
            )
        )
    if country in _SPECIAL:
        raise RefusalError(
            said(
                "{country} ist ein eigenes Steuergebiet; die Umsatzsteuer ist dort von Hand zu entscheiden.",
                "{country} is a tax territory of its own; its VAT has to be decided by hand.",
                country=country,
            )
        )
    return _COUNTS_AS.get(country, country)


def in_union(country: str, on: date) -> bool:
    """Say whether Union VAT law covers a country on a day; errors as `vat_country`."""
    code = vat_country(country)
    joined = _MEMBERS.get(code)
    return joined is not None and joined <= on < _LEFT.get(code, date.max)


def vat_number(number: str, *, country: str) -> str:
    """
    Return a VAT identification number without blanks and dots, in capitals.

    Its prefix must be the country's and two to twelve characters must follow (Art. 215), otherwise RefusalError. That
    the number exists is for the tax authorities to say.

    >>> vat_number("el 123 456 783", country="GR")
    'EL123456783'
    """
    compact = re.sub(r"[\s.-]", "", number).upper()
    code = vat_country(country)
    prefix = _PREFIX.get(code, code)
    if not re.fullmatch(prefix + r"[0-9A-Z+*]{2,12}", compact):
        raise RefusalError(
            said(
                "„{number}“ ist keine Umsatzsteuer-Identifikationsnummer aus {country}; sie beginnt mit {prefix}.",
                "“{number}” is no VAT identification number of {country}; it begins with {prefix}.",
                number=number,
                country=country,
                prefix=prefix,
            )
        )
    return compact
