"""Pack files: found, read, checked, kept."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kontor.rulebook.terms.law import LawPack
from kontor.rulebook.terms.pack import Source, TermsPack
from kontor.rulebook.terms.refusal import Finding, PackError
from kontor.rulebook.terms.value import Frozen, Stated

S = TypeVar("S", bound=Source)

FOLDER: Final = Path(__file__).parent.parent / "packs"
_FILE: Final = re.compile(r"(?P<key>[a-z]+(?:-[a-z]+)?)-(?P<version>\d{4}-\d{2})\.toml")


def keys() -> tuple[str, ...]:
    """Return the keys of all terms packs, law packs left out, in alphabetical order."""
    return tuple(sorted({key for key, _ in _stored() if not key.startswith("law-")}))


def laws() -> tuple[str, ...]:
    """Return the countries whose law is on file, by their ISO 3166 codes in small letters."""
    return tuple(sorted({key.removeprefix("law-") for key, _ in _stored() if key.startswith("law-")}))


def versions(key: str) -> tuple[str, ...]:
    """Return the versions of a pack, oldest first; a key nobody has raises KeyError."""
    found = tuple(sorted(version for stored, version in _stored() if stored == key))
    if not found:
        raise KeyError(key)
    return found


def load(key: str, version: str | None = None) -> TermsPack:
    """
    Return a terms pack, the newest version unless one is named.

    errors   KeyError for a key or version nobody has; PackError with everything wrong in the file
    """
    return _load_terms(key, version or versions(key)[-1])


def law(country: str, version: str | None = None) -> LawPack:
    """Return a law pack by its country ("de", "fr"), the newest version unless one is named; errors as `load`."""
    key = f"law-{country.lower()}"
    return _load_law(key, version or versions(key)[-1])


def law_of(pack: TermsPack) -> LawPack | None:
    """
    Return the law that answers where a contract is silent; None where no pack holds it, and silence stays silence.

    >>> law_of(load("visitor")).country, law_of(load("crm"))
    ('DE', None)
    """
    key = f"law-{pack.law}"
    return law(pack.law) if any(stored == key for stored, _ in _stored()) else None


def parse_terms(text: str, *, file: str) -> TermsPack:
    """Read a terms pack from the text of a file named like "visitor-2026-01.toml"; PackError says what is wrong."""
    return _parse(TermsPack, text, file)


def parse_law(text: str, *, file: str) -> LawPack:
    """Read a law pack from the text of a file named like "law-de-2026-01.toml"; PackError says what is wrong."""
    return _parse(LawPack, text, file)


def path(key: str, version: str) -> Path:
    """Return where a version of a pack is stored; a version nobody has raises KeyError."""
    if (key, version) not in _stored():
        raise KeyError(f"{key}-{version}")
    return FOLDER / f"{key}-{version}.toml"


def _stored() -> tuple[tuple[str, str], ...]:
    return _stored_in(FOLDER)


@cache
def _stored_in(folder: Path) -> tuple[tuple[str, str], ...]:
    names = (_FILE.fullmatch(entry.name) for entry in folder.iterdir())
    return tuple((name["key"], name["version"]) for name in names if name)


@cache
def _load_terms(key: str, version: str) -> TermsPack:
    place = path(key, version)
    return parse_terms(place.read_text(encoding="utf-8"), file=place.name)


@cache
def _load_law(key: str, version: str) -> LawPack:
    place = path(key, version)
    return parse_law(place.read_text(encoding="utf-8"), file=place.name)


def _parse(kind: type[S], text: str, file: str) -> S:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError((Finding(file, "the file", "TOML in which each key stands once", str(error)),)) from error
    pack = check(kind, table, file=file)
    settled = tuple(
        Finding(file, f"{key}.origin", "no such key: only a concluded contract has it", f'"{value.origin}"')
        for key, value in pack.values()
        if isinstance(value, Stated) and value.origin != "terms"
    )
    if settled:
        raise PackError(settled)
    return pack


def check(kind: type[S], table: Mapping[str, object], *, file: str) -> S:
    """Return the pack that a parsed file describes, with every cited clause in its table; PackError otherwise."""
    context = {"source": table.get("key", ""), "version": table.get("version", "")}
    try:
        pack = kind.model_validate(table, context=context)
    except ValidationError as error:
        raise PackError(tuple(_finding(file, detail) for detail in error.errors(include_url=False))) from error
    findings = (*_misnamed(pack, file), *_unknown_clauses(pack, file))
    if findings:
        raise PackError(findings)
    return pack


def _misnamed(pack: Source, file: str) -> tuple[Finding, ...]:
    expected = f"{pack.key}-{pack.version}.toml"
    return () if file == expected else (Finding(file, "key and version", f"the file name {expected}", file),)


def _unknown_clauses(pack: Source, file: str) -> tuple[Finding, ...]:
    return tuple(
        Finding(file, f"{key}.clause", "a clause of the table [clauses]", f'"{clause.number}"')
        for key, clause in pack.citations()
        if clause.number not in pack.clauses
    )


def _finding(file: str, detail: ErrorDetails) -> Finding:
    steps = [step for step in detail["loc"] if not str(step).startswith("<")]
    key = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    kind, said = detail["type"], detail["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        known = _known_keys()
        near = [] if steps[-1] in known else get_close_matches(str(steps[-1]), known, n=1)
        return Finding(file, key, f"a known key{f', perhaps {near[0]}' if near else ''}", f'the unknown "{steps[-1]}"')
    if kind == "missing":
        return Finding(file, key, "this key, which must not be missing", "nothing")
    expected = str(detail.get("ctx", {}).get("expected", "")) if kind == "literal_error" else said
    return Finding(file, key, _after_expected(expected), _shown(detail["input"]))


def _after_expected(sentence: str) -> str:
    _, found, rest = sentence.partition("expected ")
    wanted = rest if found else sentence.removeprefix("Input should be ").removeprefix("String should ")
    return wanted.rstrip(".")


def _shown(found: object) -> str:
    if isinstance(found, str):
        return f'"{found}"'
    if isinstance(found, Mapping):
        return f"a table with {', '.join(map(str, found)) or 'nothing'}"
    if isinstance(found, list | tuple):
        return f"a list of {len(found)}"
    return str(found).lower() if isinstance(found, bool) else str(found)


@cache
def _known_keys() -> tuple[str, ...]:
    models: list[type[BaseModel]] = [Frozen]
    for model in models:
        models.extend(inner for inner in model.__subclasses__() if inner not in models)
    return tuple(sorted({name for model in models for name in model.model_fields}))
