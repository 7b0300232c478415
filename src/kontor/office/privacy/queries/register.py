"""The record of processing, made of what the modules declare."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from kontor.kernel import registry
from kontor.kernel.personal_data import CATEGORIES, PERSONS, WITH_PERSON, WITH_TENANT, PersonalData, Processing
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import keys, law, laws, load

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
        """The rules by which its tables are kept, each once."""
        return tuple(sorted({table.kept for table in self.tables}))


def entries() -> Iterator[Entry]:
    """Yield every activity with personal data, in the order of modules and declarations; no query."""
    tables = registry.personal_data().values()
    for module in registry.modules():
        for processing in module.processings:
            held = sorted((data for data in tables if data.processing == processing.key), key=lambda data: data.model)
            yield Entry(module.title, processing, tuple(held))


@cache
def kept_label(kind: str) -> Text:
    """Return what a retention rule is called, in the first pack that has it; KeyError for an unknown one."""
    if kind in _HERE:
        return _HERE[kind]
    told = (*(load(key).retention for key in keys()), *(law(country).retention for country in laws()))
    for retention in told:
        if retention is not None and kind in retention.kinds:
            return retention.kinds[kind].label
    raise KeyError(kind)
