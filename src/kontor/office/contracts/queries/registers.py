"""The registers of a contract with their entries, and how each entry stands today."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db.models import Prefetch

from kontor.kernel.wording import day, spoken
from kontor.office.contracts.models import Amendment, Contract, RegisterEntry, RegisterFacts
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.running import running_term
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.money import Money
from kontor.rulebook.registers import REGISTERS, Circumstances, Field, Kind, Register, Standing, frame_of
from kontor.rulebook.revenue import fees_between
from kontor.rulebook.ruling import Ruling, Text


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a register: its facts as they are now, all versions, the newest first, and how it stands."""

    row: RegisterEntry
    register: Register
    facts: Mapping[str, Any]
    versions: Sequence[RegisterFacts]
    ruling: Ruling[Standing]

    @property
    def closed(self) -> bool:
        """Whether nothing more is expected."""
        return self.versions[0].closed

    @property
    def title(self) -> str:
        """What the entry is about: the first thing that must be entered."""
        return next(str(self.facts[field.key]) for field in self.register.fields(self.pack) if field.required)

    @property
    def pack(self) -> Any:
        """The terms of the entry's contract."""
        return pack_of_terms(self.row.contract.terms)


def facts_as_json(register: Register, contract: Contract, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as a row keeps them; empty ones are left out."""
    wanted = {field.key for field in register.fields(pack_of_terms(contract.terms))}
    return {key: _plain(value) for key, value in facts.items() if key in wanted and value not in (None, "", False)}


def facts_from_json(register: Register, contract: Contract, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as the rulebook reads them; what the register no longer asks for is left out."""
    kinds = {field.key: field.kind for field in register.fields(pack_of_terms(contract.terms))}
    currency = contract.terms["currency"]
    return {key: _read(kinds[key], value, currency) for key, value in content.items() if key in kinds}


def circumstances(contract: Contract, rows: Sequence[Amendment], *, today: date) -> Circumstances:
    """Return what the registers are told of a contract; what caps a liability is computed when it is asked for."""
    history, currency = history_of(contract, rows), contract.terms["currency"]

    def fees(first: date, end: date) -> Money:
        return Money.rounded(fees_between(history.state, first, end), currency)

    def term(on: date) -> tuple[date, date] | None:
        found = running_term(contract, rows, on)
        return (found.value.term.first, found.value.term.end) if found else None

    return Circumstances(
        terms_on(contract, today, rows), today, currency, fees=fees, term=term, ends=history.state(date.max).ends
    )


def entries_of(
    contract: Contract,
    rows: Sequence[Amendment],
    *,
    own: bool,
    today: date,
    instead: Mapping[uuid.UUID, RegisterFacts] = MappingProxyType({}),
) -> list[Entry]:
    """
    Return the entries of a contract in the order they were made, as one side sees them; two queries.

    instead  facts about to be added, by entry: they count as the latest
    """
    entries = RegisterEntry.objects.all() if own else RegisterEntry.received.all()
    versions = RegisterFacts.objects.all() if own else RegisterFacts.received.all()
    found = (
        entries.filter(contract_id=contract.pk)
        .prefetch_related(Prefetch("facts", versions.select_related("file").order_by("-number")))
        .order_by("at", "pk")
    )
    return list(_standing(contract, found, circumstances(contract, rows, today=today), instead))


def _standing(
    contract: Contract,
    rows: Iterable[RegisterEntry],
    seen: Circumstances,
    instead: Mapping[uuid.UUID, RegisterFacts] = MappingProxyType({}),
) -> Iterable[Entry]:
    """Decide each entry; what a settled damage was recognised with is used of the cap for those after it."""
    used: dict[date, Money] = {}
    for row in rows:
        row.contract = contract
        register = REGISTERS[row.register]
        versions = [*([instead[row.pk]] if row.pk in instead else []), *row.facts.all()]
        facts = facts_from_json(register, contract, versions[0].content)
        seen_now = replace(seen, recognised=dict(used), proved=proved_facts(versions))
        ruling = register.decide(facts, seen_now)
        if register.key == "liability" and facts.get("settled_on") and ruling.value.amount:
            frame, _end = frame_of(facts, seen)
            used[frame] = used.get(frame, Money.zero(seen.currency)) + ruling.value.amount
        yield Entry(row, register, facts, versions, ruling)


def changes_of(entry: Entry) -> list[list[tuple[Text, str, str]]]:
    """Return for each version, the newest first, which facts it changed: label, before, after; "" for unknown."""
    labels = {field.key: field for field in entry.register.fields(entry.pack)}
    contents = [version.content for version in entry.versions]
    return [
        [
            (field.label, _told(field, before.get(key)), _told(field, after.get(key)))
            for key, field in labels.items()
            if before.get(key) != after.get(key)
        ]
        for after, before in zip(contents, [*contents[1:], {}], strict=True)
    ]


def _told(field: Field, value: Any) -> str:
    if value is True:
        return spoken(Text("ja", "yes"))
    words = dict(field.choices).get(value)
    if words is not None:
        return spoken(words)
    return day(date.fromisoformat(value)) if value and field.kind is Kind.DAY else str(value or "")


def proved_facts(versions: Sequence[RegisterFacts]) -> frozenset[str]:
    """Return the facts of the latest version, by their keys, that came with a paper: now, or when they were entered."""
    latest = versions[0].content
    papers = [version.content for version in versions if version.file_id is not None]
    return frozenset(key for key, value in latest.items() if any(paper.get(key) == value for paper in papers))


def open_entries(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[RegisterEntry]]:
    """Return the entries that are not closed, by contract, with their facts; two queries."""
    found: dict[uuid.UUID, list[RegisterEntry]] = defaultdict(list)
    rows = RegisterEntry.objects.filter(contract_id__in=contracts).prefetch_related(
        Prefetch("facts", RegisterFacts.objects.order_by("-number"))
    )
    for row in rows.order_by("at", "pk"):
        if not row.facts.all()[0].closed:
            found[row.contract_id].append(row)
    return found


def standing_of(
    contract: Contract, rows: Sequence[Amendment], entries: Sequence[RegisterEntry], *, today: date
) -> list[Entry]:
    """Return how entries that were read with their facts stand today."""
    return list(_standing(contract, entries, circumstances(contract, rows, today=today)))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.bare() if isinstance(value, Money) else value


def _read(kind: Kind, value: Any, currency: str) -> Any:
    if kind is Kind.DAY:
        return date.fromisoformat(value)
    return Money.parse(value, currency) if kind is Kind.MONEY else value
