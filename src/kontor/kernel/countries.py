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


def country_code(said: str) -> str:
    """
    Return the code of a country that is named by it or in German or English; "" for what is none.

    >>> country_code("de"), country_code("Österreich"), country_code("Czech Republic"), country_code("Atlantis")
    ('DE', 'AT', 'CZ', '')
    """
    return _codes().get(said.strip().casefold(), "")


@cache
def _codes() -> dict[str, str]:
    found = {"uk": "GB", "usa": "US"}
    for country in pycountry.countries:
        names = {getattr(country, each, "") for each in ("alpha_2", "alpha_3", "name", "common_name", "official_name")}
        for name in names - {""}:
            found |= {name.casefold(): country.alpha_2, _german().gettext(name).casefold(): country.alpha_2}
    return found | {"tschechien": "CZ", "czech republic": "CZ", "türkei": "TR", "turkey": "TR"}
