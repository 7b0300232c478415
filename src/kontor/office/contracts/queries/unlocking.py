"""Which position of a contract opens which module: the first ones by the quote, later ones by their amendment."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from kontor.kernel.queries.blobs import STORAGE, UNIT
from kontor.office.contracts.models import Amendment, Contract
from kontor.rulebook import terms as packs
from kontor.rulebook.amendments import Amendment as Change, History
from kontor.rulebook.unlocking import Opens, Unlocked, last_known

STORAGE_AGREED: Final = "formation.storage_gigabytes"


def opened(rows: Iterable[Amendment], positions: Mapping[str, Collection[str]]) -> dict[str, Opens]:
    """
    Return what each position opens, by key; hardware and services are missing.

    positions  (module, unit) of those that the conclusion names; an added one carries both in its amendment's content
    """
    found = {key: Opens(*both) for key, both in positions.items()}
    for row in rows:
        for told in row.content:
            item = told.get("item")
            if item and item["module"]:
                found[told["key"]] = Opens(item["module"], item["unit"])
    return found


def storage_of(contract: Contract, changes: Iterable[Change]) -> tuple[Unlocked, ...]:
    """Return the storage that the offer names, for the days of the contract; nothing where its pack asks for none."""
    agreed = contract.terms["agreed"].get(STORAGE_AGREED)
    if not agreed:
        return ()
    source = packs.load(contract.pack, contract.version).value(STORAGE_AGREED)
    assert source is not None, "what was agreed was a blank of the pack"
    end = last_known(History(changes).state(date.max))
    if end is not None and end <= contract.start_on:
        return ()
    return (Unlocked(STORAGE, UNIT, contract.start_on, end, int(agreed), (source.clause,)),)


def added_names(rows: Iterable[Amendment]) -> dict[str, str]:
    """Return what positions added after the conclusion are called, by key."""
    return {told["key"]: told["item"]["name"] for row in rows for told in row.content if told.get("item")}
