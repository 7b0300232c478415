"""The record of processing as a paper: every item that GDPR Art. 30 (1) and (2) ask for."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from kontor.kernel.personal_data import DataContract
from kontor.office.privacy.models import Subprocessor
from kontor.office.privacy.queries.contracts import running
from kontor.office.privacy.queries.measures import measures
from kontor.office.privacy.queries.register import Entry, entries, kept_label
from kontor.rulebook.ruling import Text
from kontor.rulebook.transfers import GROUNDS, third_country

Content = dict[str, Any]
_WORDS: Final = {
    "title": Text("Verzeichnis der Verarbeitungstätigkeiten", "Record of processing activities"),
    "controller": Text("Als Verantwortlicher, Art. 30 Abs. 1 DSGVO", "As controller, GDPR Art. 30 (1)"),
    "processor": Text("Als Auftragsverarbeiter, Art. 30 Abs. 2 DSGVO", "As processor, GDPR Art. 30 (2)"),
    "all": Text("Für alle Einträge", "For all entries"),
    "controllers": Text("Verantwortliche, für die verarbeitet wird", "Controllers for whom we process"),
    "subprocessors": Text("Unterauftragsverarbeiter", "Sub-processors"),
    "transfers": Text("Übermittlungen in Drittländer", "Transfers to third countries"),
    "measures": Text("Technische und organisatorische Maßnahmen", "Technical and organisational measures"),
    "purpose": Text("Zweck", "Purpose"),
    "persons": Text("Betroffene", "Persons"),
    "categories": Text("Daten", "Data"),
    "recipients": Text("Empfänger", "Recipients"),
    "source": Text("Herkunft", "Source"),
    "basis": Text("Rechtsgrundlage", "Legal basis"),
    "kept": Text("Löschfristen", "Kept"),
}


def record_content(on: date) -> Content:
    """
    Return the whole record of a day, plain values only, in an order that does not change by itself.

    "controller" holds the entries under Art. 30 (1), "processor" those under (2), each with its controllers.
    """
    found, contracts = list(entries()), running(on)
    partners = list(Subprocessor.objects.filter(ended_on=None).order_by("name"))
    return {
        "operator": contracts[0].provider if contracts else {},
        "controller": [_entry(each) for each in found],
        "processor": [_entry(each) for each in found if each.processing.role == "processor"],
        "controllers": [_controller(each) for each in contracts],
        "subprocessors": [_partner(each) for each in partners],
        "transfers": [_transfer(each) for each in partners if third_country(each.country, on)],
        "measures": [{"key": each.key, **_text(each.title)} for each in measures(on)],
    }


def record_rows(content: Content, language: str) -> Iterable[list[str]]:
    """Yield the record as rows of a file: part, entry, purpose, persons, data, basis, recipients, source, kept."""
    for part in ("controller", "processor"):
        for entry in content[part]:
            yield [
                "Art. 30 (1)" if part == "controller" else "Art. 30 (2)",
                *(entry[name][language] for name in ("title", "purpose")),
                ", ".join(each[language] for each in entry["persons"]),
                ", ".join(each[language] for each in entry["categories"]),
                entry["basis"],
                entry["recipients"][language],
                entry["source"][language],
                ", ".join(each[language] for each in entry["kept"]),
            ]


def record_paper(content: Content, on: date, language: str) -> dict[str, Any]:
    """Return what `privacy/typst/record.typ` prints of a record."""
    say = {name: text.spoken(language) for name, text in _WORDS.items()}
    operator = content["operator"]
    belonging = {
        "controllers": [(each["name"], f"{each['address']} {each['email']}") for each in content["controllers"]],
        "subprocessors": [(each["name"], f"{each[language]}, {each['country']}") for each in content["subprocessors"]],
        "transfers": [(each["name"], f"{each[language]} {each['since']}") for each in content["transfers"]],
        "measures": [("", each[language]) for each in content["measures"]],
    }
    return {
        "language": language,
        "title": say["title"],
        "operator": operator.get("name", ""),
        "meta": " · ".join(str(part) for part in (*operator.values(), on.isoformat()) if part),
        "parts": [
            *({"title": say[part], "entries": [_printed(each, say, language) for each in content[part]]}
              for part in ("controller", "processor")),
            {"title": say["all"], "entries": [{"title": say[key], "fields": rows} for key, rows in belonging.items()]},
        ],
    }  # fmt: skip


def _printed(entry: Content, say: dict[str, str], language: str) -> dict[str, Any]:
    listed = {name: ", ".join(each[language] for each in entry[name]) for name in ("persons", "categories", "kept")}
    plain = {name: entry[name][language] for name in ("purpose", "recipients", "source")}
    told = {**plain, **listed, "basis": entry["basis"]}
    order = ("purpose", "persons", "categories", "recipients", "source", "basis", "kept")
    return {"title": entry["title"][language], "fields": [(say[name], told[name]) for name in order]}


def _entry(entry: Entry) -> Content:
    told = entry.processing
    return {
        "key": told.key,
        "title": _text(told.title),
        "purpose": _text(told.purpose),
        "persons": [_text(each) for each in entry.persons],
        "categories": [_text(each) for each in entry.categories],
        "basis": told.basis,
        "source": _text(told.source),
        "recipients": _text(told.recipients),
        "kept": [_text(kept_label(kind)) for kind in entry.kept],
        "tables": [table.model for table in entry.tables],
    }


def _controller(contract: DataContract) -> Content:
    return {
        "number": contract.number, "name": contract.customer, "address": contract.address, "email": contract.email,
        "contact": contract.contact,
    }  # fmt: skip


def _partner(found: Subprocessor) -> Content:
    return {
        "name": found.name,
        "address": found.address,
        "country": found.country,
        "de": found.task_de,
        "en": found.task_en,
    }


def _transfer(found: Subprocessor) -> Content:
    ground = GROUNDS.get(found.ground, Text("keine", "none"))
    since = found.ground_since.isoformat() if found.ground_since else ""
    return {"name": found.name, "country": found.country, **_text(ground), "since": since}


def _text(text: Text) -> dict[str, str]:
    return {"de": text.de, "en": text.en}
