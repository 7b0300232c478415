"""
Whether two records are likely of one person or one company, and why: nobody's clause, so every answer says its reason.

Two people may share an address (whoever invites for others), one person may have two; a name alone is no proof.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from kontor.rulebook.ruling import Text

ALIKE: Final = 88  # of 100, by the words in any order: one letter in a name of ten, not two
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LEGAL_FORMS: Final = frozenset(
    {
        *(
            "ag",
            "bv",
            "co",
            "corp",
            "ek",
            "ev",
            "gbr",
            "gmbh",
            "inc",
            "kg",
            "kgaa",
            "limited",
            "llc",
            "ltd",
            "mbh",
            "nv",
        ),
        *("ohg", "plc", "sa", "sarl", "sas", "se", "srl", "ug", "und", "and"),
    }
)


_COMPANY: Final = Text("Gleicher Name und gleiche Firma", "Same name and same company")
_COMPANY_UNKNOWN: Final = Text(
    "Gleicher Name, die Firma ist nicht bei beiden bekannt", "Same name, the company is not known of both"
)
_TOWN: Final = Text("Gleicher Name und gleicher Ort", "Same name and same town")
_TOWN_UNKNOWN: Final = Text(
    "Gleicher Name, der Ort ist nicht bei beiden bekannt", "Same name, the town is not known of both"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """
    What is known of somebody.

    company      of a person, whom they work for; "" not known, or a company itself
    town         of a company; "" not known
    emails       addresses in small letters
    identifiers  digests of numbers, the VAT number among them
    """

    name: str
    is_person: bool = True
    company: str = ""
    town: str = ""
    emails: frozenset[str] = frozenset()
    identifiers: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How strongly two records speak for one: 3 almost surely, 2 likely, 1 worth a look; and each reason in words."""

    strength: int
    reasons: tuple[Text, ...]


def likeness(one: Described, other: Described) -> Likeness | None:
    """
    Return why two records may be of one, None where nothing speaks for it; a person is never a company.

    >>> likeness(Described(name="Müller, Eva", company="Alder GmbH"), Described(name="Eva Mueller", company="Alder"))
    Likeness(strength=2, reasons=(Text(de='Gleicher Name und gleiche Firma', en='Same name and same company'),))
    """
    if one.is_person != other.is_person:
        return None
    found = [*_by_number(one, other), *_by_address(one, other), *_by_name(one, other)]
    if not found:
        return None
    return Likeness(max(strength for strength, _ in found), tuple(reason for _, reason in found))


def _by_number(one: Described, other: Described) -> list[tuple[int, Text]]:
    if one.identifiers & other.identifiers:
        return [(3, Text("Gleiche Nummer", "Same number"))]
    return []


def _by_address(one: Described, other: Described) -> list[tuple[int, Text]]:
    shared = sorted(one.emails & other.emails)
    if not shared:
        return []
    if alike(one.name, other.name):
        return [(3, Text(f"Gleicher Name und gleiche E-Mail: {shared[0]}", f"Same name and same e-mail: {shared[0]}"))]
    german = f"Gleiche E-Mail bei anderem Namen, vielleicht eine gemeinsame Adresse: {shared[0]}"
    return [(1, Text(german, f"Same e-mail under another name, perhaps a shared address: {shared[0]}"))]


def _by_name(one: Described, other: Described) -> list[tuple[int, Text]]:
    if not alike(one.name, other.name):
        return []
    if one.is_person:
        about, same, unknown = (one.company, other.company), _COMPANY, _COMPANY_UNKNOWN
    else:
        about, same, unknown = (one.town, other.town), _TOWN, _TOWN_UNKNOWN
    if not all(about):
        return [(1, unknown)]
    return [(2, same)] if alike(*about) else []


def alike(one: str, other: str) -> bool:
    """
    Tell whether two names are the same but for order, case, accents, legal form and a slip of the pen.

    >>> alike("Alder & Söhne GmbH", "ALDER SOEHNE"), alike("Jonas Alder", "Jonas Adler")
    (True, True)
    >>> alike("Eva Alder", "Uwe Alder")
    False
    """
    return fuzz.ratio(plain(one), plain(other)) >= ALIKE


def plain(name: str) -> str:
    """
    Return a name's words in small letters without accents and legal forms, by the alphabet.

    >>> plain("Müller, Éva"), plain("Bäckerei Öl GmbH & Co. KG"), plain("SE")
    ('eva mueller', 'baeckerei oel', 'se')
    """
    latin = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).casefold().translate(_GERMAN))
    words = re.findall(r"\w+", "".join(sign for sign in latin if not unicodedata.combining(sign)).replace(".", ""))
    return " ".join(sorted(word for word in words if word not in _LEGAL_FORMS) or sorted(words))
