"""
A pack as one contract has it: the readings chosen and the blanks filled when it was concluded.

>>> pack = concluded("visitor", "2026-01", settings={}, agreed={"invoicing.interval": "quarter"})
>>> str(pack.invoicing.interval.value), pack.invoicing.interval.origin
('quarter', 'offer')
"""

import json
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
    return _concluded(key, version, _written(settings), _written(agreed))


def continued(key: str, version: str, *, settings: Mapping[str, Any], agreed: Mapping[str, Any]) -> TermsPack:
    """
    Return a later version of the pack as a contract has it that was concluded under an earlier one.

    What the offer agreed goes on ranking above the text; a reading stays chosen where the text still leaves it open,
    and where it now states something, that holds. Errors as `concluded`.

    >>> pack = continued("visitor", "2026-01", settings={"term.gone": "x"}, agreed={"invoicing.interval": "quarter"})
    >>> str(pack.invoicing.interval.value)
    'quarter'
    """
    pack = load(key, version)
    open_still = {dotted: value for dotted, value in settings.items() if isinstance(_at(pack, dotted), Setting)}
    known = {dotted: value for dotted, value in agreed.items() if _at(pack, dotted) is not None}
    return _concluded(key, version, _written(open_still), _written(known))


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
def _concluded(key: str, version: str, settings: str, agreed: str) -> TermsPack:
    pack = load(key, version)
    place = path(key, version)
    table = tomllib.loads(place.read_text(encoding="utf-8"))
    chosen: dict[str, Any] = json.loads(settings)
    said: dict[str, Any] = json.loads(agreed)
    for dotted, value in chosen.items():
        if not isinstance(pack.value(dotted), Setting):
            raise KeyError(dotted)
        _put(table, dotted, value, origin="setting")
    for dotted, value in said.items():
        if pack.value(dotted) is None:
            raise KeyError(dotted)
        _put(table, dotted, value, origin="offer")
    result = check(TermsPack, table, file=place.name)
    unfit = (*_unfit(pack, result, chosen, kind=Setting), *_unfit(pack, result, said, kind=ToBeAgreed))
    if unfit:
        raise PackError(unfit)
    return result


def _unfit(
    pack: TermsPack, result: TermsPack, chosen: Mapping[str, Any], *, kind: type[Setting[Any] | ToBeAgreed[Any]]
) -> tuple[Finding, ...]:
    """Return a finding for each value its own clause does not admit; what the text states, an offer may outrank."""
    findings: list[Finding] = []
    for dotted, value in chosen.items():
        known, filled = pack.value(dotted), result.value(dotted)
        if isinstance(known, kind) and filled is not None and not known.admits(filled.value):
            file = f"{pack.key}-{pack.version}.toml"
            findings.append(Finding(file, dotted, known.admitted, f'"{value}"'))
    return tuple(findings)


def _at(pack: TermsPack, dotted: str) -> object:
    """Return what a pack says at a key, None for a key that its text no longer has."""
    try:
        return pack.value(dotted)
    except KeyError:
        return None


def _put(table: dict[str, Any], dotted: str, value: Any, *, origin: str) -> None:
    *sections, name = dotted.split(".")
    for section in sections:
        table = table[section]
    written = table[name]
    table[name] = {kept: written[kept] for kept in _KEPT if kept in written} | {"value": value, "origin": origin}


def _written(values: Mapping[str, Any]) -> str:
    """Return what was filled in as one text, so that equal choices share one pack; dates as ISO 8601."""
    return json.dumps({key: values[key] for key in sorted(values) if values[key] not in (None, "")}, default=str)
