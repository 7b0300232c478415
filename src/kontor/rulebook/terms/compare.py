"""
Two packs, or two versions of one, side by side.

>>> from kontor.rulebook.terms.files import load
>>> rows = {row.key: row for row in compare(load("crm"), load("visitor"))}
>>> notice = rows["notice.period"]
>>> notice.label.en, notice.left.shown.en, str(notice.left.clause), notice.right.shown.en, notice.differs
('Notice period', '30 days', '§13', '3 months', True)
>>> rows["force_majeure.lasts"].left, rows["notice.form"].differs
(None, False)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms.concepts import concept_label, section_label
from kontor.rulebook.terms.law import LawPack
from kontor.rulebook.terms.pack import AnyValue, Source, TermsPack
from kontor.rulebook.terms.spoken import spoken_entry
from kontor.rulebook.terms.units import Item
from kontor.rulebook.terms.value import Setting, ToBeAgreed

Kind = Literal["stated", "setting", "agreed"]


@dataclass(frozen=True, slots=True)
class Side:
    """
    What one pack says about one thing.

    kind     stated by the text, a setting where the text is open to reading, or to be agreed in the offer
    shown    the value, the setting's default, or that the offer must say it
    clauses  every clause cited, the deciding one first
    entry    the pack's own entry, with reason, choices, note and requirement rows
    """

    kind: Kind
    shown: Text
    clauses: tuple[Clause, ...]
    entry: AnyValue

    @property
    def clause(self) -> Clause:
        """Return the deciding clause."""
        return self.clauses[0]


@dataclass(frozen=True, slots=True)
class Row:
    """
    One thing that at least one of two packs speaks of.

    key      dotted; `section` is its first step
    about    the pack's own name of the entry the key belongs to ("Blocking faults"), None where there is none
    left, right  None where that pack is silent
    differs  whether a reader of both must know two answers; the same answer in another clause does not differ
    moved    whether the same answer stands in another clause, which matters between versions of one pack
    """

    section: str
    section_label: Text
    key: str
    label: Text
    about: Text | None
    left: Side | None
    right: Side | None

    @property
    def differs(self) -> bool:
        """Say whether the two sides give different answers; silence against an answer is a difference."""
        if self.left is None or self.right is None:
            return True
        return _meaning(self.left.entry) != _meaning(self.right.entry)

    @property
    def moved(self) -> bool:
        """Say whether both give the same answer and cite different clause numbers for it."""
        if self.left is None or self.right is None or self.differs:
            return False
        return [clause.number for clause in self.left.clauses] != [clause.number for clause in self.right.clauses]


def compare(left: Source, right: Source) -> tuple[Row, ...]:
    """Return a row for every value that one of the two packs has, in the order of the sections and their keys."""
    ours, theirs = dict(left.values()), dict(right.values())
    return tuple(
        Row(
            section=(section := key.partition(".")[0]),
            section_label=section_label(section),
            key=key,
            label=concept_label(key),
            about=_about(left, key) or _about(right, key),
            left=_side(key, ours.get(key)),
            right=_side(key, theirs.get(key)),
        )
        for key in _in_order(tuple(ours), tuple(theirs))
    )


def _in_order(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[str]:
    """Yield every key once: section by section, keys both have in their common order, the others where they stand."""
    sections = dict.fromkeys((*TermsPack.model_fields, *LawPack.model_fields))
    for section in sections:
        mine, other = ([key for key in keys if key.partition(".")[0] == section] for keys in (ours, theirs))
        yield from _merged(mine, other)


def _merged(mine: list[str], other: list[str]) -> Iterator[str]:
    """Yield both lists in one order; where they meet in a key, what stood before it on either side comes first."""
    common = set(mine) & set(other)
    pending = iter(other)
    for key in mine:
        if key in common:
            for before in pending:
                if before == key:
                    break
                if before not in common:
                    yield before
        yield key
    yield from (key for key in pending if key not in common)


def _side(key: str, entry: AnyValue | None) -> Side | None:
    if entry is None:
        return None
    kind: Kind = "stated"
    if isinstance(entry, ToBeAgreed):
        kind = "agreed"
    elif isinstance(entry, Setting):
        kind = "setting"
    return Side(kind, spoken_entry(key, entry), entry.clauses, entry)


def _about(pack: Source, key: str) -> Text | None:
    """Return the label of the entry a key belongs to: the module, the class of faults, the kind of change."""
    place: object = pack
    found: Text | None = None
    for step in key.split(".")[:-1]:
        place = place.get(step) if hasattr(place, "get") else getattr(place, step, None)
        label = getattr(place, "label", None)
        found = label if isinstance(label, Text) else found
    return found


def _meaning(entry: AnyValue) -> object:
    """Return what two packs must share to give the same answer: lists by their keys, whatever words they choose."""
    if isinstance(entry, ToBeAgreed):
        return "agreed", entry.least, entry.choices
    held = _plain(entry.value)
    if isinstance(entry, Setting):
        choices = None if entry.choices is None else tuple(_plain(choice) for choice in entry.choices)
        return "setting", held, choices, entry.least, entry.most
    return "stated", held


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(part.key if isinstance(part, Item) else part for part in value)
    return value
