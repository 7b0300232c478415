"""The parts that every SEPA file is made of: who, where, which account, and sums that are those of the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kontor.office.books.formats.sepa_text import NAME, plain_text
from kontor.office.books.formats.xml_out import branch, leaf
from kontor.rulebook.money import Money

_TOWN = 35
_POSTCODE = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A structured address; town and country are what every bank asks for."""

    street: str
    postcode: str
    town: str
    country: str


@dataclass(frozen=True, slots=True)
class Account:
    """An IBAN without spaces, and the bank's BIC where it is known."""

    iban: str
    bic: str = ""


def named(role: str, name: str, place: Place) -> str:
    """Return a party with its structured address (TwnNm and Ctry always, no AdrLine)."""
    address = branch(
        "PstlAdr",
        leaf("StrtNm", plain_text(place.street, NAME)),
        leaf("PstCd", plain_text(place.postcode, _POSTCODE)),
        leaf("TwnNm", plain_text(place.town, _TOWN)),
        leaf("Ctry", place.country),
    )
    return branch(role, leaf("Nm", plain_text(name, NAME)), address)


def account(role: str, which: Account) -> str:
    """Return an account by its IBAN."""
    return branch(role, branch("Id", leaf("IBAN", which.iban)))


def agent(role: str, which: Account) -> str:
    """Return the bank: by its BIC, or as not provided, which is enough within the SEPA area."""
    known = leaf("BICFI", which.bic) if which.bic else branch("Othr", leaf("Id", "NOTPROVIDED"))
    return branch(role, branch("FinInstnId", known))


def sum_of(amounts: Iterable[Money]) -> str:
    """
    Return a control sum: units added up whatever their kind, with two places.

    >>> sum_of([Money("EUR", 11_900), Money("EUR", 1)])
    '119.01'
    """
    minor = sum(each.minor for each in amounts)
    return f"{minor // 100}.{minor % 100:02}"


def dated(when: date) -> str:
    return when.isoformat()
