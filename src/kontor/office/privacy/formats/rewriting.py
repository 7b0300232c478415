"""An export's lines on their way in: read without holding a file in memory, ids exchanged where they stand."""

import json
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from kontor.office.privacy.formats.manifest import HostileArchiveError, chunks

ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
LONGEST: Final = 256 << 20


def lines(archive: zipfile.ZipFile, path: str) -> Iterator[str]:
    """Yield a file's lines, none where it is not there; HostileArchiveError for one that never ends."""
    if path not in archive.NameToInfo:
        return
    held = b""
    for chunk in chunks(archive, path):
        *whole, held = (held + chunk).split(b"\n")
        yield from (line.decode() for line in whole)
        if len(held) > LONGEST:
            raise HostileArchiveError(f"{path} has a line without an end.")
    if held:
        raise HostileArchiveError(f"{path} ends within a line.")


def rewritten(batch: Iterable[str], exchanged: Mapping[str, str], *, drop: bool) -> list[str]:
    """
    Return rows of JSON with every id exchanged that has another one here.

    drop  leave out rows whose own id is exchanged: another row stands for them
    """
    rows = [line for line in batch if json.loads(line)["id"] not in exchanged] if drop else list(batch)
    if not exchanged:
        return rows
    return [ID.sub(lambda found: exchanged.get(found[0], found[0]), line) for line in rows]


def twins(rows: Iterable[str], column: str, customers: Collection[str]) -> dict[str, str]:
    """
    Return id -> id for rows that are equal in a column once a customer that is nobody here is left out.

    >>> one = '{"id": "a", "sha256": "x", "customer_tenant_id": null}'
    >>> two = '{"id": "b", "sha256": "x", "customer_tenant_id": "c"}'
    >>> twins([one, two], "sha256", ())
    {'b': 'a'}
    >>> twins([one, two], "sha256", {"c"})
    {}
    """
    first: dict[tuple[str, str | None], str] = {}
    found: dict[str, str] = {}
    for line in rows:
        row = json.loads(line)
        customer = row["customer_tenant_id"] if row["customer_tenant_id"] in customers else None
        kept = first.setdefault((row[column], customer), row["id"])
        if kept != row["id"]:
            found[row["id"]] = kept
    return found
