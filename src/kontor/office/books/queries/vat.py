"""The VAT law of a seller's country, from its law pack."""

import functools

from kontor.rulebook import terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.vat_rates import VatLaw


@functools.cache
def vat_law(country: str) -> VatLaw:
    """Return rates and grounds of a country; RefusalError where no law pack is known for it."""
    known = terms.laws()
    if country.lower() not in known:
        *rest, last = (each.upper() for each in known)
        some = ", ".join(rest)
        raise RefusalError(
            Text(
                f"Für Verkäufer in {country} ist kein Steuerrecht hinterlegt; möglich sind {some} und {last}.",
                f"No tax law is on file for sellers in {country}; {some} and {last} are known.",
            )
        )
    return VatLaw.of(terms.law(country.lower()))
