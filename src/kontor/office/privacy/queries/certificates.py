"""The certificate of an erasure: what went, when, what stays for how long and why, and when the backups expire."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from kontor.kernel import cipher
from kontor.kernel.models import Tenant
from kontor.kernel.pdf import render
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.formats.sealing import PURPOSE, sealed
from kontor.office.privacy.models import Erasure
from kontor.office.privacy.queries.remains import law_of, title_of
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

TEMPLATE: Final = Path(__file__).resolve().parents[1] / "typst" / "certificate.typ"
REASONS: Final = {
    "trial_ended": Text("Der Test endete ohne Bestellung.", "The trial ended without an order."),
    "clean_start": Text("Gewählt war ein neuer Anfang ohne die Daten.", "A new start without the data was chosen."),
    "contract_ended": Text("Der Vertrag hat geendet.", "The contract has ended."),
    "request": Text("Auf Verlangen.", "On request."),
    "replayed": Text(
        "Schon früher gelöscht; nach dem Einspielen einer Sicherung erneut.",
        "Erased before; again after a backup was restored.",
    ),
}
REWRITTEN: Final = {
    "yes": Text(
        "Die Dateien der Tabellen wurden danach neu geschrieben, {at}: Gelöschtes steht nicht mehr darin.",
        "The tables’ files were written anew afterwards, {at}: nothing that was deleted is left in them.",
    ),
    "owner": Text(
        "Die Dateien der Tabellen schreibt der Verwalter dieser Datenbank neu; bis dahin können Reste darin stehen.",
        "The tables’ files are written anew by this database’s administrator; until then remnants may stand there.",
    ),
    "large": Text(
        "Sehr große Tabellen schreibt der Verwalter dieser Datenbank neu, damit niemand warten muss; bis dahin können "
        "Reste darin stehen.",
        "Very large tables are written anew by this database’s administrator, so that nobody has to wait; until then "
        "remnants may stand there.",
    ),
    "disk": Text(
        "Für das Neuschreiben der Tabellen fehlte Platz auf dem Datenträger; bis dahin können Reste darin stehen.",
        "There was no room on the disk to write the tables anew; until then remnants may stand there.",
    ),
    "busy": Text(
        "Die Dateien einiger Tabellen waren {at} in Benutzung; sie werden beim nächsten Neuschreiben frei von Resten.",
        "The files of some tables were in use {at}; they are free of remnants once they are written anew.",
    ),
}


def printed(erasure: Erasure, *, at: datetime) -> bytes:
    """Return the certificate as a PDF, in the language in which it was asked for."""
    told = erasure.told
    language = told.get("language", "de")
    house = Tenant.objects.get(pk=current_tenant())
    assert erasure.begun_at is not None
    zone = ZoneInfo(told.get("zone", house.zone))
    expires = (at + timedelta(days=settings.KONTOR_BACKUP_DAYS)).astimezone(zone).date()
    seal = sealed(certified(erasure, at=at), cipher.purposed(PURPOSE))
    data = {
        "seal": asdict(seal),
        "language": language,
        "sender": told.get("sender") or {"name": house.name, "lines": []},
        "recipient": told.get("recipient") or [erasure.name],
        "name": erasure.name,
        "id": str(erasure.of_tenant),
        "issued": at.astimezone(zone).date(),
        "begun": _moment(erasure.begun_at, zone),
        "done": _moment(at, zone),
        "reason": REASONS[erasure.reason].spoken(language),
        "choice": " ".join(_chosen(erasure, zone, language)),
        "clause": erasure.clause,
        "groups": list(_groups(erasure.counts, language)),
        "total": sum(erasure.counts.values()),
        "files": erasure.counts.get("kernel.BlobContent", 0),
        "remains": [_remaining(row, erasure, language) for row in erasure.remains],
        "rewritten": REWRITTEN[erasure.rewritten].spoken(language).format(at=_moment(erasure.rewritten_at or at, zone)),
        "backups": expires,
    }
    return render(TEMPLATE, data, at=at)


def certified(erasure: Erasure, *, at: datetime) -> dict[str, Any]:
    """Return what the seal of a certificate stands for: whose data, when, by what choice, what went and what stays."""
    return {
        "company": str(erasure.of_tenant), "name": erasure.name, "begun": erasure.begun_at, "done": at,
        "reason": erasure.reason, "clause": erasure.clause, "choice": erasure.told.get("choice", ""),
        "handed_over": erasure.told.get("handed_over", ""), "erased": erasure.counts, "remains": erasure.remains,
        "rewritten": erasure.rewritten, "rewritten_at": erasure.rewritten_at,
    }  # fmt: skip


def _chosen(erasure: Erasure, zone: ZoneInfo, language: str) -> Iterator[str]:
    """Yield what the customer chose, and when it got its data back."""
    if choice := erasure.told.get("choice"):
        yield said("Gewählt: {choice}.", "Chosen: {choice}.", choice=choice).spoken(language)
    if moment := erasure.told.get("handed_over"):
        at = _moment(datetime.fromisoformat(moment), zone)
        words = (
            "Zurückgegeben: Die Kopie wurde am {at} abgeholt ({by}).",
            "Returned: the copy was fetched on {at} ({by}).",
        )
        yield said(*words, at=at, by=erasure.told.get("handed_to", "")).spoken(language)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _groups(counts: dict[str, int], language: str) -> Iterator[dict[str, Any]]:
    """Yield the modules with their tables and how many rows each had."""
    tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for label, rows in sorted(counts.items()):
        tables[_title(label, language)].append({"table": label, "rows": rows})
    for title, found in tables.items():
        yield {"title": title, "rows": sum(each["rows"] for each in found), "tables": found}


def _remaining(row: dict[str, Any], erasure: Erasure, language: str) -> dict[str, Any]:
    law = law_of(erasure.told.get("law", ""))
    label = ""
    if row["kind"] and law is not None and law.retention is not None:
        kind = law.retention.kinds[row["kind"]].label
        label = Text(kind.de, kind.en).spoken(language)
    return {**row, "title": _title(row["table"], language), "why": label, "until": row["until"] or None}


def _title(label: str, language: str) -> str:
    german, english = title_of(label)
    return german if language == "de" else english
