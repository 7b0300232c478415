"""An export written again for tests: with other words for what tells of people, and without what nobody needs there."""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from kontor.office.privacy.formats import manifest
from kontor.office.privacy.formats.archive import Packing, directory
from kontor.office.privacy.formats.manifest import Told
from kontor.office.privacy.formats.pseudonyms import Pseudonyms, line
from kontor.office.privacy.formats.rewriting import lines

README: Final = """\
Pseudonymisierte Kopie für Tests. Namen, Adressen, Nummern und Kontaktdaten sind durchgehend durch andere ersetzt; der
Schlüssel dazu ist vernichtet oder liegt getrennt. Dateien, Verlaufsdetails, Mails, Zugänge und Termine fehlen.

A pseudonymised copy for tests. Names, addresses, numbers and contact data are replaced throughout; the key to them is
destroyed or lies apart. Files, details of the record, mails, credentials and what falls due are left out.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """
    What of a table is replaced.

    personal  its columns that tell of people, with their categories; free  its other columns in which people write
    longest   how many characters a column holds, where it is limited
    emptied   its columns that name a row of a table that is left out
    """

    personal: Mapping[str, str]
    free: frozenset[str]
    longest: Mapping[str, int]
    emptied: frozenset[str] = frozenset()


def learned(archive: zipfile.ZipFile, tables: Mapping[str, Columns], into: Pseudonyms) -> None:
    """Read whom an export names, before anything of it is written: free text may name whoever comes later."""
    for told in lines(archive, "people.jsonl"):
        into.learn(json.loads(told)["name"], "name", "name")
    for table, columns in tables.items():
        if columns.personal:
            for told in lines(archive, f"tables/{table}.jsonl"):
                row = json.loads(told)
                for name, category in columns.personal.items():
                    into.learn(row.get(name), category, name)


def written(
    archive: zipfile.ZipFile, told: Told, out: IO[bytes], *, tables: Mapping[str, Columns], words: Pseudonyms,
    key: bytes, at: datetime,
) -> int:  # fmt: skip
    """
    Write the copy of an export and return how many rows it has.

    tables  those that come with it, by their names in the database; key  with which the copy is signed
    """
    rows = {name: _Counting(lambda name=name: _rows(archive, name, tables[name], words)) for name in tables}  # type: ignore[misc]
    parts: dict[str, Callable[[], Iterator[bytes]]] = {"README.txt": lambda: iter([README.encode()])}
    parts |= {f"tables/{name}.jsonl": each for name, each in rows.items() if f"tables/{name}.jsonl" in told.files}
    parts["people.jsonl"] = lambda: (_person(json.loads(one), words) for one in lines(archive, "people.jsonl"))
    parts["schema.json"] = lambda: manifest.chunks(archive, "schema.json")
    writing = _Writing(out, at)
    for name, content in parts.items():
        writing.add(name, content())
    says = {**told.says, "missing": [], "tables": [
        {**each, "rows": rows[each["table"]].count} if each["table"] in rows else {**each, "rows": 0}
        for each in told.says["tables"]
    ]}  # fmt: skip
    says["tenant"] = {**says["tenant"], "name": words.of(says["tenant"]["name"], "name", "name")}
    says = {name: value for name, value in says.items() if name not in {"format", "version"}}
    proof = writing.add(manifest.MANIFEST, manifest.written(says, list(writing.entries)))
    writing.add(manifest.SIGNATURE, iter([manifest.signed(proof, key)]))
    out.writelines(directory(writing.entries, offset=writing.offset, at=at))
    return sum(each.count for each in rows.values())


class _Writing:
    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self.out, self.at, self.offset, self.entries = out, at, 0, []  # type: ignore[var-annotated]

    def add(self, name: str, content: Iterator[bytes]) -> bytes:
        packing = Packing(name, content, self.offset, self.at)
        self.out.writelines(packing)
        assert packing.entry is not None
        self.offset = packing.ends
        self.entries.append(packing.entry)
        return packing.entry.sha256


class _Counting:
    def __init__(self, content: Callable[[], Iterator[bytes]]) -> None:
        self.content, self.count = content, 0

    def __call__(self) -> Iterator[bytes]:
        for each in self.content():
            self.count += 1
            yield each


def _rows(archive: zipfile.ZipFile, table: str, columns: Columns, words: Pseudonyms) -> Iterator[bytes]:
    for told in lines(archive, f"tables/{table}.jsonl"):
        row = json.loads(told)
        for name, category in columns.personal.items():
            row[name] = _cut(words.of(row.get(name), category, name), columns.longest.get(name))
        for name in columns.free:
            row[name] = _cut(words.scrubbed(row.get(name)), columns.longest.get(name))
        yield line(row | dict.fromkeys(columns.emptied))


def _cut(value: Any, longest: int | None) -> Any:
    return value[:longest] if longest and isinstance(value, str) and not value.startswith("\\x") else value


def _person(told: dict[str, Any], words: Pseudonyms) -> bytes:
    shown = {name: words.of(told[name], "name" if name == "name" else "communication", name) for name in _PERSONAL}
    return line({**told, **shown})


_PERSONAL: Final = ("name", "email", "phone")
