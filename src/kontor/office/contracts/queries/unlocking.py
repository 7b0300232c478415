"""Which position of a contract opens which module: the first ones by the quote, later ones by their amendment."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from kontor.office.contracts.models import Amendment
from kontor.rulebook.unlocking import Opens

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


def added_names(rows: Iterable[Amendment]) -> dict[str, str]:
    """Return what positions added after the conclusion are called, by key."""
    return {told["key"]: told["item"]["name"] for row in rows for told in row.content if told.get("item")}
