"""The packs as the terms explorer reads them: editions, and every value beside the clause that decides it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Final, Literal

from kontor.rulebook import terms
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import LawPack, Setting, Stated, ToBeAgreed
from kontor.rulebook.terms.compare import Side, compare
from kontor.rulebook.terms.pack import AnyValue, ClauseText, Source
from kontor.rulebook.terms.spoken import spoken_value
from kontor.rulebook.terms.units import Item
from kontor.rulebook.terms.value import kind_of
from kontor.rulebook.wording import said

Sort = Literal["periods", "money", "hours", "lists", "rules"]

NEWEST: Final = "newest"
_EDITION: Final = re.compile(r"(?P<key>[a-z]+(?:-[a-z]+)?)(?:-(?P<version>\d{4}-\d{2}))?")
_SORTS: Final[dict[str, Sort]] = {
    "duration": "periods",
    "date": "periods",
    "dates": "periods",
    "amount": "money",
    "percent": "money",
    "formula": "money",
    "windows": "hours",
    "holidays": "hours",
    "items": "lists",
}


@dataclass(frozen=True)
class Line:
    """
    One value of a pack.

    about  the pack's own name of the entry it belongs to, None where there is none
    side   what the pack says, its kind and its clauses
    text   the deciding clause in our own words
    """

    key: str
    section: str
    section_label: Text
    label: Text
    about: Text | None
    side: Side
    text: ClauseText

    @property
    def entry(self) -> AnyValue:
        """The pack's own entry."""
        return self.side.entry

    @property
    def standing(self) -> str:
        """Where the value comes from: "stated", "setting" or "agreed"."""
        return self.side.kind

    @property
    def clause(self) -> Clause:
        """The clause that decides."""
        return self.side.clause

    @property
    def also(self) -> tuple[Clause, ...]:
        """Further clauses that say or limit it."""
        return self.side.clauses[1:]

    @property
    def items(self) -> tuple[Item, ...]:
        """The entries of a list, () where the value is none."""
        held = self.entry.value if isinstance(self.entry, Stated | Setting) else ()
        return tuple(item for item in held if isinstance(item, Item)) if isinstance(held, tuple) else ()

    @property
    def sort(self) -> Sort:
        """What kind of value it is, as people would look for it."""
        (kind,) = type(self.entry).__pydantic_generic_metadata__["args"]
        return _SORTS.get(kind_of(kind), "rules")

    @property
    def key_steps(self) -> tuple[str, ...]:
        """Its key in pieces, after each of which a line may break."""
        return tuple(re.findall(r"[^._]+[._]?", self.key))

    @property
    def bounds(self) -> Text | None:
        """What may be chosen or agreed, None where the text sets no limit or the value is stated."""
        return bounds(self.key, self.entry)

    @cached_property
    def words(self) -> str:
        """All that a search may find, in both languages."""
        told: tuple[Text | None, ...] = (
            *(self.section_label, self.about, self.label, self.side.shown),
            *(self.entry.note, self.text.heading, self.text.sentence),
        )
        if isinstance(self.entry, Setting):
            told = (*told, self.entry.reason)
        if isinstance(self.entry, ToBeAgreed):
            told = (*told, self.entry.label)
        numbers = (clause.number for clause in self.side.clauses)
        return " ".join((self.key, *numbers, *(word for text in told if text is not None for word in text)))


@dataclass(frozen=True)
class Edition:
    """One version of one pack: a row of the list of packs."""

    pack: Source
    is_newest: bool

    @property
    def name(self) -> str:
        """As addresses name it: "visitor-2026-01"."""
        return f"{self.pack.key}-{self.pack.version}"

    @property
    def is_law(self) -> bool:
        """Whether it is a law that answers where contracts are silent."""
        return isinstance(self.pack, LawPack)

    @property
    def label(self) -> Text:
        """How a choice of packs names it: the newest by its title alone."""
        if self.is_newest:
            return self.pack.title
        german, english = "{title}, Fassung {version}", "{title}, edition {version}"
        return said(german, english, title=self.pack.title, version=self.pack.version)

    @property
    def group(self) -> str:
        """Return "law" or "contract", for a filter."""
        return "law" if self.is_law else "contract"

    @property
    def in_force_from(self) -> date:
        """The first day on which it may be agreed."""
        return self.pack.in_force_from

    @property
    def law(self) -> LawPack | None:
        """The law that answers where it is silent."""
        return None if isinstance(self.pack, LawPack) else terms.law_of(self.pack)  # type: ignore[arg-type]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many values it has by their standing, and in all."""
        found = lines(self.pack)
        by_standing = {
            standing: sum(line.standing == standing for line in found) for standing in ("stated", "setting", "agreed")
        }
        return {"all": len(found), "clauses": len(self.pack.clauses), **by_standing}

    @property
    def values(self) -> int:
        """How many values it has."""
        return self.counts["all"]

    @property
    def settings(self) -> int:
        """How many values its text leaves open to reading."""
        return self.counts["setting"]

    @property
    def blanks(self) -> int:
        """How many values its text leaves to the offer."""
        return self.counts["agreed"]

    @property
    def words(self) -> str:
        """All that a search may find, in both languages."""
        return " ".join((self.name, *self.pack.title))


def pack_named(key: str, version: str | None = None) -> Source:
    """Return a terms or law pack, the newest version for None or "newest"; KeyError for one that is not there."""
    asked = None if version in {None, NEWEST} else version
    country = key.removeprefix("law-")
    return terms.load(key, asked) if country == key else terms.law(country, asked)


def edition_named(name: str) -> Source:
    """Return a pack by its edition, "visitor-2026-01", or its newest by "visitor"; KeyError for one not there."""
    found = _EDITION.fullmatch(name)
    if found is None:
        raise KeyError(name)
    return pack_named(found["key"], found["version"])


def editions() -> tuple[Edition, ...]:
    """Return every version of every pack: contracts first, then laws, newest versions first."""
    contracts = terms.keys()
    laws = sorted({law.key for key in contracts if (law := terms.law_of(terms.load(key))) is not None})
    return tuple(_editions((*contracts, *laws)))


def _editions(keys: tuple[str, ...]) -> Iterator[Edition]:
    for key in keys:
        for place, version in enumerate(reversed(terms.versions(key))):
            yield Edition(pack_named(key, version), place == 0)


def lines(pack: Source) -> tuple[Line, ...]:
    """Return all values of a pack in the order of its sections."""
    return _lines(pack.key, pack.version)


@cache
def _lines(key: str, version: str) -> tuple[Line, ...]:
    pack = pack_named(key, version)
    # A pack beside itself: the comparison knows labels and entries, and so both pages say them alike.
    return tuple(
        Line(
            row.key,
            row.section,
            row.section_label,
            row.label,
            row.about,
            row.left,
            pack.clauses[row.left.clause.number],
        )
        for row in compare(pack, pack)
        if row.left is not None
    )


def bounds(key: str, entry: AnyValue) -> Text | None:
    """Return what may be chosen or agreed at a key, None where the text sets no limit or the value is stated."""
    if isinstance(entry, Stated):
        return None
    if entry.choices is not None:
        return spoken_value(entry.choices, concept=key.rpartition(".")[2])
    limits = ((Text("mindestens", "at least"), entry.least), (Text("höchstens", "at most"), entry.most))
    found = [
        said("{word} {limit}", "{word} {limit}", word=word, limit=spoken_value(limit))
        for word, limit in limits
        if limit is not None
    ]
    return Text(", ".join(part.de for part in found), ", ".join(part.en for part in found)) if found else None


def anchor(number: str) -> str:
    """Return the mark of a clause on its pack's page, unique within the pack."""
    return "clause-" + re.sub(r"\W+", "-", number).strip("-")
