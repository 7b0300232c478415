"""How readers call countries."""

import gettext
from functools import cache

import pycountry


@cache
def _german() -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["de"])


def country_name(code: str, language: str) -> str:
    """
    Return a country's short name in "de" or "en"; a code ISO 3166-1 does not have is returned as it is.

    >>> country_name("NO", "de"), country_name("FR", "en"), country_name("XX", "de")
    ('Norwegen', 'France', 'XX')
    """
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return code
    name = str(getattr(country, "common_name", country.name))
    return _german().gettext(name) if language == "de" else name
