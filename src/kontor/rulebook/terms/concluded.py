"""
A pack as one contract has it: the readings chosen and the blanks filled when it was concluded.

>>> pack = concluded("visitor", "2026-01", settings={}, agreed={"invoicing.interval": "quarter"})
>>> str(pack.invoicing.interval.value), pack.invoicing.interval.origin
('quarter', 'offer')
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kontor.rulebook.terms.files import check, load, path
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.refusal import Finding, PackError
from kontor.rulebook.terms.value import Setting, ToBeAgreed

_KEPT = ("clause", "also", "rows", "note")


def concluded(key: str, version: str, *, settings: Mapping[str, Any], agreed: Mapping[str, Any]) -> TermsPack:
    """
    Return the pack with `settings` (key of a setting -> reading) and `agreed` (any key -> what the offer says) put in.

    Values are written as a pack file writes them: "12 months", true, 3, "quarter". What the offer says ranks above the
    pack. KeyError for a key the pack does not have; PackError where a value is not of the key's kind, or not among the
    readings or above the least the clause admits ("at least 12 months").
    """
    return _concluded(key, version, _frozen(settings), _frozen(agreed))


def missing(
    pack: TermsPack, *, agreed: Mapping[str, Any], ordered: frozenset[str]
) -> tuple[tuple[str, ToBeAgreed[object]], ...]:
    """
    Return the blanks that an offer under this pack must fill and does not.

    ordered  keys of what the offer contains ("hardware", "trial", a module's key): some blanks matter only with them
    """
    return tuple(
        (key, blank)
        for key, blank in pack.to_be_agreed()
        if agreed.get(key) in (None, "") and (blank.only_with is None or blank.only_with in ordered)
    )


@lru_cache(maxsize=512)
def _concluded(
    key: str, version: str, settings: tuple[tuple[str, Any], ...], agreed: tuple[tuple[str, Any], ...]
) -> TermsPack:
    pack = load(key, version)
    place = path(key, version)
    table = tomllib.loads(place.read_text(encoding="utf-8"))
    for dotted, value in settings:
        known = pack.value(dotted)
        if not isinstance(known, Setting):
            raise KeyError(dotted)
        _put(table, dotted, value, origin="setting")
    for dotted, value in agreed:
        known = pack.value(dotted)
        if known is None:
            raise KeyError(dotted)
        _put(table, dotted, value, origin="offer")
    result = check(TermsPack, table, file=place.name)
    unfit = (*_unfit(pack, result, settings, file=place.name), *_unfit(pack, result, agreed, file=place.name))
    if unfit:
        raise PackError(unfit)
    return result


def _unfit(
    pack: TermsPack, result: TermsPack, chosen: tuple[tuple[str, Any], ...], *, file: str
) -> tuple[Finding, ...]:
    """Return a finding for each value that the clause does not admit; what is stated the offer may outrank."""
    return tuple(
        Finding(file, dotted, known.admitted, f'"{_thawed(value)}"')
        for dotted, value in chosen
        if isinstance(known := pack.value(dotted), Setting | ToBeAgreed)
        and (filled := result.value(dotted)) is not None
        and not known.admits(filled.value)
    )


def _put(table: dict[str, Any], dotted: str, value: Any, *, origin: str) -> None:
    *sections, name = dotted.split(".")
    for section in sections:
        table = table[section]
    written = table[name]
    table[name] = {kept: written[kept] for kept in _KEPT if kept in written} | {
        "value": _thawed(value),
        "origin": origin,
    }


def _frozen(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((key, _hashable(value)) for key, value in values.items() if value not in (None, "")))


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ("table", tuple(sorted((key, _hashable(inner)) for key, inner in value.items())))
    if isinstance(value, list):
        return ("list", tuple(_hashable(inner) for inner in value))
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        kind, inner = value
        if kind == "table":
            return {key: _thawed(each) for key, each in inner}
        return [_thawed(each) for each in inner]
    return value
