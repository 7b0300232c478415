"""What the four annexes of an agreement hold, filled from the contract and the registers."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from kontor.kernel import registry
from kontor.kernel.personal_data import DataContract
from kontor.office.privacy.queries.measures import measures
from kontor.office.privacy.queries.subprocessors import active_for
from kontor.rulebook.processing_annex import outside, preset
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.units import Item

Annexes = dict[str, Any]
_LACKING = {
    "address": Text("die Anschrift des Verantwortlichen", "the controller's address"),
    "name": Text("der Name des Verantwortlichen", "the controller's name"),
}


def annexes(contract: DataContract, on: date, *, amended: Mapping[str, str] | None = None) -> Annexes:
    """
    Return annexes I to IV of a contract's agreement on a day.

    amended  what the customer added to annex II: category of the record to the reason
    """
    told = preset(contract.pack)
    return {
        "I": {
            "controller": {
                "name": contract.customer, "address": contract.address, "contact": contract.contact,
                "email": contract.email,
            },
            "processor": dict(contract.provider),
        },
        "II": {
            "persons": _words(told.persons), "data": _words(told.data), "purposes": _words(told.purposes),
            "places": _words(told.places), "sensitive": told.sensitive, "amended": dict(amended or {}),
            "first": contract.first.isoformat(), "last": contract.last.isoformat() if contract.last else "",
        },
        "III": [
            {"key": each.key, "de": each.title.de, "en": each.title.en, "evidence": each.evidence}
            for each in measures(on)
        ],
        "IV": [
            {"name": each.name, "address": each.address, "country": each.country, "de": each.task_de,
             "en": each.task_en, "access": each.access}
            for each in active_for(contract.id, on)
        ],
    }  # fmt: skip


def annexes_sha256(held: Annexes) -> bytes:
    """Return the hash of annexes, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(held, sort_keys=True, ensure_ascii=False).encode()).digest()


def lacking(held: Annexes) -> list[Text]:
    """Return what annex I lacks before anybody may sign."""
    return [words for name, words in _LACKING.items() if not str(held["I"]["controller"].get(name, "")).strip()]


def modules_off(contract: DataContract, *, amended: Mapping[str, str] | None = None) -> dict[str, frozenset[str]]:
    """Return the modules that stay off under a contract, with what they need and its annex II does not name."""
    told, found = preset(contract.pack), {}
    for module in registry.modules():
        if not module.entitled:
            continue
        beyond = frozenset[str]()
        for processing in module.processings:
            if processing.role == "processor":
                beyond |= outside(told, persons=processing.persons, data=processing.categories, amended=amended or {})
        if beyond:
            found[module.key] = beyond
    return found


def _words(items: tuple[Item, ...]) -> list[dict[str, str]]:
    return [{"key": item.key, "de": item.de, "en": item.en} for item in items]
