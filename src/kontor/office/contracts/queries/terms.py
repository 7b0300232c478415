"""The terms of one offer or contract, read from what was copied into it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.concluded import concluded


class Ordered(Protocol):
    """A position of an offer, by which some sentences of a pack are asked for or not."""

    @property
    def kind(self) -> str: ...
    @property
    def module(self) -> str: ...


def pack_of_terms(terms: Mapping[str, Any]) -> TermsPack:
    """Return the pack as this offer or contract has it: its version, the readings chosen, the values agreed."""
    return concluded(terms["pack"], terms["version"], settings=terms["settings"], agreed=terms["agreed"])


def start_of(terms: Mapping[str, Any]) -> date | None:
    """Return the first day that the offer names, None where the pack counts it from something else."""
    named = terms["start_on"]
    return date.fromisoformat(named) if named else None


def declarations(pack: TermsPack, lines: Iterable[Ordered]) -> list[dict[str, str]]:
    """Return what a customer who orders these declares: key, clause, sentences; some only with hardware or a module."""
    required = pack.declarations.required if pack.declarations else None
    if required is None:
        return []
    ordered = {word for line in lines for word in (line.module, line.kind.lower())}
    return [
        {"key": item.key, "clause": str(item.clause or required.clause), "de": item.de, "en": item.en}
        for item in required.value
        if item.only_with is None or item.only_with in ordered
    ]
