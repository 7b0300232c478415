"""
The description of the processing that belongs to an agreement under Art. 28 GDPR: whose data, which, what lies beyond.

>>> from kontor.rulebook import terms
>>> found = preset(terms.load("visitor"))
>>> len(found.persons), len(found.data)
(4, 5)
>>> sorted(outside(found, persons=["customers"], data=["name", "bank_details"]))
['bank_details']
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.terms.units import Item

# What a contract's own words cover, in the categories of the record of processing.
_COVERS: Final[dict[str, frozenset[str]]] = {
    "identification": frozenset({"name", "communication", "photo"}),
    "app_ip": frozenset({"device"}),
    "users": frozenset({"employees"}),
    "customers_and_prospects": frozenset({"customers", "prospects"}),
}


@dataclass(frozen=True, slots=True)
class Description:
    """
    What annex II of an agreement holds.

    sensitive  what the contract says of special categories: "none", "unless_justified", "" where it is silent
    """

    persons: tuple[Item, ...]
    data: tuple[Item, ...]
    purposes: tuple[Item, ...]
    places: tuple[Item, ...]
    sensitive: str
    clauses: tuple[Clause, ...]


def preset(pack: TermsPack) -> Description:
    """Return what the terms preset; empty where they describe nothing."""
    told = pack.privacy
    if told is None:
        return Description((), (), (), (), "", ())
    parts = (told.person_categories, told.data_categories, told.purposes, told.storage_countries)
    known = [part for part in parts if part is not None and not isinstance(part, ToBeAgreed)]
    sensitive = told.sensitive_data
    persons, data, purposes, places = map(_items, parts)
    said = "" if sensitive is None or isinstance(sensitive, ToBeAgreed) else str(sensitive.value)
    clauses = tuple(dict.fromkeys(clause for part in known for clause in part.clauses))
    return Description(persons, data, purposes, places, said, clauses)


def covered(items: Collection[Item] | Collection[str]) -> frozenset[str]:
    """Return the categories of the record of processing that these entries of an annex cover."""
    keys = [item if isinstance(item, str) else item.key for item in items]
    return frozenset(category for key in keys for category in _COVERS.get(key, frozenset({key})))


def outside(
    annex: Description, *, persons: Collection[str], data: Collection[str], amended: Collection[str] = ()
) -> frozenset[str]:
    """
    Return what an activity needs and the annex does not name: it stays off until the annex is amended.

    amended  categories that an amendment of the annex has added
    """
    if not annex.data:
        return frozenset()
    return frozenset(persons) - covered(annex.persons) - set(amended) | frozenset(data) - covered(annex.data) - set(
        amended
    )


def _items(part: Any) -> tuple[Item, ...]:
    return () if part is None or isinstance(part, ToBeAgreed) else tuple(part.value)
