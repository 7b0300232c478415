"""The record of processing, made of what the modules declare."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from kontor.kernel import registry
from kontor.kernel.personal_data import CATEGORIES, PERSONS, WITH_PERSON, WITH_TENANT, PersonalData, Processing
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import keys, law, laws, load
from kontor.rulebook.terms.protection import Kept

_HERE: Final = {
    WITH_TENANT: Text("mit dem Vertrag", "with the contract"),
    WITH_PERSON: Text("bis das Konto aufgelöst wird", "until the account is dissolved"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity of the record with the tables that belong to it, in the order of their labels."""

    module: Text
    processing: Processing
    tables: tuple[PersonalData, ...]
    module_key: str = ""

    @property
    def key(self) -> str:
        """The activity's key."""
        return self.processing.key

    @property
    def persons(self) -> tuple[Text, ...]:
        """Whom it is about."""
        return tuple(PERSONS[key] for key in self.processing.persons)

    @property
    def categories(self) -> tuple[Text, ...]:
        """What kinds of data it holds."""
        return tuple(CATEGORIES[key] for key in self.processing.categories)

    @property
    def kept(self) -> tuple[str, ...]:
        """The rules by which its tables, and what lies outside of tables, are kept, each once."""
        return tuple(sorted({table.kept for table in self.tables} | set(self.processing.kept)))


def entries() -> Iterator[Entry]:
    """Yield every activity with personal data, in the order of modules and declarations; no query."""
    tables = registry.personal_data().values()
    for module in registry.modules():
        for processing in module.processings:
            held = sorted((data for data in tables if data.processing == processing.key), key=lambda data: data.model)
            yield Entry(module.title, processing, tuple(held), module.key)


@cache
def kept_rule(kind: str) -> tuple[Text, Kept | None]:
    """Return a retention rule's name and the rule as the first pack has it, None for our own; KeyError for neither."""
    if kind in _HERE:
        return _HERE[kind], None
    told = (*(load(key).retention for key in keys()), *(law(country).retention for country in laws()))
    for retention in told:
        if retention is not None and kind in retention.kinds:
            return retention.kinds[kind].label, retention.kinds[kind]
    raise KeyError(kind)


def kept_label(kind: str) -> Text:
    """Return what a retention rule is called; KeyError for an unknown one."""
    return kept_rule(kind)[0]
