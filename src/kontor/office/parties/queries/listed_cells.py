"""Which columns of a list of companies and people are read, and how each cell is, or how it is mended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kontor.kernel.countries import country_code
from kontor.office.parties.models import PartyRole
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read: its name on pages, the heads it is known by in small letters, its longest value."""

    title: Text
    heads: frozenset[str]
    longest: int = 200


def _column(german: str, english: str, *others: str, longest: int = 200) -> Column:
    heads = {german.casefold(), english.casefold(), *others}
    return Column(Text(german, english), frozenset(heads), longest)


COLUMNS: Final[Mapping[str, Column]] = {
    "kind": _column("Art", "Kind", "typ", "type", longest=50),
    "name": _column("Name", "Name", "vollständiger name", "full name"),
    "first_name": _column("Vorname", "First name", "given name", longest=100),
    "last_name": _column("Nachname", "Last name", "familienname", "surname", "family name", longest=99),
    "company": _column(
        "Firma", "Company", "unternehmen", "organisation", "organization", "arbeitet für", "works for", "employer"
    ),
    "street": _column(
        "Straße", "Street", "strasse", "straße und hausnummer", "street and number", "adresse", "address"
    ),
    "addition": _column("Adresszusatz", "Address addition", "zusatz", "addition", "address line 2"),
    "postcode": _column("PLZ", "Postcode", "postleitzahl", "zip", "zip code", "postal code", longest=20),
    "city": _column("Ort", "Town", "stadt", "city", longest=100),
    "country": _column("Land", "Country", longest=100),
    "email": _column("E-Mail", "E-mail", "email", "mail", "e-mail-adresse", "e-mail address", "email address"),
    "phone": _column("Telefon", "Phone", "telefonnummer", "telephone", "tel", "tel.", "phone number", longest=50),
    "language": _column("Sprache", "Language", longest=20),
    "vat_id": _column("USt-IdNr.", "VAT number", "ust-idnr", "ust-id", "ustid", "vat id", longest=20),
    "roles": _column("Rolle", "Role", "rollen", "roles"),
    "customer_number": _column("Kundennummer", "Customer number", "kunden-nr.", "kundennr.", longest=100),
    "supplier_number": _column("Lieferantennummer", "Supplier number", "lieferanten-nr.", longest=100),
}
NUMBERS: Final = {"customer_number": "CUSTOMER_NUMBER", "supplier_number": "SUPPLIER_NUMBER"}
KINDS: Final = {
    **dict.fromkeys(("firma", "company", "unternehmen", "organisation", "organization", "behörde"), "ORGANISATION"),
    **dict.fromkeys(("person", "mensch", "privatperson", "individual"), "PERSON"),
}
_LANGUAGES: Final = {
    **dict.fromkeys(("de", "deutsch", "german"), "de"),
    **dict.fromkeys(("en", "englisch", "english"), "en"),
}
_ROLES: Final = {
    "kunde": "CUSTOMER", "customer": "CUSTOMER", "lieferant": "SUPPLIER", "supplier": "SUPPLIER", "partner": "PARTNER",
    "gastgeber": "HOST", "host": "HOST", "besucher": "VISITOR", "visitor": "VISITOR", "fremdfirma": "CONTRACTOR",
    "dienstleister": "CONTRACTOR", "service company": "CONTRACTOR", "mitarbeiter": "EMPLOYEE", "employee": "EMPLOYEE",
    "bewerber": "APPLICANT", "applicant": "APPLICANT", **{role.value.casefold(): role.value for role in PartyRole.Role},
}  # fmt: skip
_LEGAL_FORMS: Final = frozenset(
    {"ag", "corp", "ev", "gbr", "gmbh", "inc", "kg", "kgaa", "llc", "ltd", "mbh", "ohg", "plc", "sarl", "srl", "ug"}
)
_GERMAN_POSTCODE: Final = 5  # digits


def is_company(name: str) -> bool:
    """
    Tell whether a name ends as those of companies do.

    >>> is_company("Zeder Logistik GmbH & Co. KG"), is_company("Turnverein 1860 e. V."), is_company("Anna Ek")
    (True, True, False)
    """
    said = name.casefold().replace(".", "").replace("e v", "ev").split()
    return bool(said) and said[-1] in _LEGAL_FORMS


def places_of(heads: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Return where which of COLUMNS stands, and the heads that are none of them or come a second time."""
    places: dict[str, int] = {}
    unread = []
    for place, head in enumerate(heads):
        said = head.casefold().rstrip("*: ")
        key = next((key for key, column in COLUMNS.items() if said in column.heads), "")
        if key and key not in places:
            places[key] = place
        elif head:
            unread.append(head)
    return places, unread


def read_cell(key: str, value: str) -> tuple[str, Text | None]:
    """Return a cell as it is kept, and how it is mended where it cannot be."""
    longest = COLUMNS[key].longest
    if len(value) > longest:
        return "", Text(
            f"Das sind mehr als {longest} Zeichen. Kürzen Sie es.",
            f"This is more than {longest} signs long. Shorten it.",
        )
    if value.startswith(("=", "@", "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")):
        return "", Text(
            "Das ist eine Formel oder ihr Fehler. Schreiben Sie, was dort stehen soll.",
            "This is a formula or its error. Write what should stand there.",
        )
    return _READ[key](value) if key in _READ else (value, None)


def _email(value: str) -> tuple[str, Text | None]:
    try:
        validate_email(value)
    except ValidationError:
        return "", Text(
            "Das ist keine E-Mail-Adresse. Es braucht genau eine, wie post@firma.de.",
            "This is no e-mail address. Exactly one is needed, such as post@company.com.",
        )
    return value, None


def _country(value: str) -> tuple[str, Text | None]:
    if code := country_code(value):
        return code, None
    return "", Text(
        "Dieses Land ist nicht bekannt. Schreiben Sie zwei Buchstaben wie DE oder seinen Namen.",
        "This country is not known. Write two letters, such as DE, or its name.",
    )


def _language(value: str) -> tuple[str, Text | None]:
    if code := _LANGUAGES.get(value.casefold()):
        return code, None
    return "", Text("Es gibt de und en. Leer ist Deutsch.", "There are de and en. Empty is German.")


def _kind(value: str) -> tuple[str, Text | None]:
    if value.casefold() in KINDS:
        return value, None
    return "", Text("Es gibt „Firma“ und „Person“. Oder leer.", "There are “company” and “person”. Or empty.")


def _known_roles(value: str) -> tuple[str, Text | None]:
    if all(each.casefold() in _ROLES for each in _words(value)):
        return value, None
    return "", Text(
        "Es gibt Kunde, Lieferant, Partner, Gastgeber, Besucher, Fremdfirma, Mitarbeiter, Bewerber; mehrere mit Komma.",
        "There are customer, supplier, partner, host, visitor, service company, employee, applicant; several by comma.",
    )


def _number(value: str) -> tuple[str, Text | None]:
    if any(sign.isascii() and sign.isalnum() for sign in value):
        return value, None
    return "", Text("Eine Nummer besteht aus Ziffern oder Buchstaben.", "A number consists of digits or letters.")


_READ: Final[Mapping[str, Callable[[str], tuple[str, Text | None]]]] = {
    "email": _email, "country": _country, "language": _language, "kind": _kind, "roles": _known_roles,
    "customer_number": _number, "supplier_number": _number,
}  # fmt: skip
KEPT: Final = frozenset({"street", "addition", "postcode", "city", "country", "email", "phone", "language", "vat_id"})


def lost_nought(postcode: str, country: str) -> Text | None:
    """Find a German postcode whose leading nought a spreadsheet took for a number's."""
    if country == "DE" and postcode.isdecimal() and len(postcode) == _GERMAN_POSTCODE - 1:
        return Text(
            f"Die führende Null fehlt wohl: {postcode.zfill(_GERMAN_POSTCODE)}. Stellen Sie die Spalte auf „Text“.",
            f"Its leading nought seems lost: {postcode.zfill(_GERMAN_POSTCODE)}. Set the column to “text”.",
        )
    return None


def roles_of(value: str) -> list[str]:
    return sorted({_ROLES[each.casefold()] for each in _words(value) if each.casefold() in _ROLES})


def _words(value: str) -> list[str]:
    return [each.strip() for each in value.replace(";", ",").split(",") if each.strip()]
