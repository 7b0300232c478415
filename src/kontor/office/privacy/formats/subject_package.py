"""The file in which somebody gets the data on them: JSON and CSV for machines, one page of HTML for people."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from kontor.rulebook.ruling import Text

FORMULA: Final = "=+-@\t\r"
_SAID: Final = {
    "withheld": Text("(zurückgehalten: nennt andere)", "(withheld: names others)"),
    "why": Text("Wofür", "What for"),
    "basis": Text("Rechtsgrundlage", "Legal basis"),
    "recipients": Text("Empfänger", "Recipients"),
    "source": Text("Herkunft", "Source"),
    "kept": Text("Aufbewahrt", "Kept"),
    "title": Text("Daten über {name}", "Data about {name}"),
    "made": Text("Zusammengestellt von {tenant} am {day}, Anfrage {reference}.",
                 "Put together by {tenant} on {day}, request {reference}."),
    "rights": Text(
        "Sie können Berichtigung, Löschung, Einschränkung und Übertragung verlangen, der Verarbeitung widersprechen, "
        "Einwilligungen widerrufen und sich bei einer Aufsichtsbehörde beschweren. Entscheidungen allein durch "
        "Maschinen gibt es nicht.",
        "You can demand rectification, erasure, restriction and portability, object to processing, withdraw consent "
        "and complain to a supervisory authority. No decisions are made by machines alone.",
    ),
}  # fmt: skip
WITHHELD: Final = _SAID["withheld"]


@dataclass(frozen=True, slots=True)
class Part:
    """A table's rows on one person: what it is, why it is kept, its columns and its rows."""

    label: str
    about: Text
    purpose: Text
    basis: str
    recipients: Text
    source: Text
    kept: Text
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Whose data it is, from whom, and for which request; `day` as it is read."""

    name: str
    tenant: str
    reference: str
    day: str
    language: str


def packed(heading: Heading, parts: Sequence[Part]) -> bytes:
    """Return the zip file; the same bytes for the same input."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        _put(file, "index.html", page(heading, parts))
        tables = [
            {"table": part.label, "about": part.about.spoken(heading.language), "rows": part.rows} for part in parts
        ]
        told = {"request": heading.reference, "from": heading.tenant, "name": heading.name, "tables": tables}
        _put(file, "data.json", json.dumps(told, ensure_ascii=False, indent=1))
        for part in parts:
            _put(file, f"tables/{part.label}.csv", _comma_separated(part))
    return out.getvalue()


def page(heading: Heading, parts: Sequence[Part]) -> str:
    """Return what people read: every table with its reasons, and the rights one has."""
    said = {key: text.spoken(heading.language) for key, text in _SAID.items()}
    names = {"name": heading.name, "tenant": heading.tenant, "day": heading.day, "reference": heading.reference}
    title = escape(said["title"].format(**names))
    body = "".join(_section(part, heading.language, said) for part in parts)
    return (
        f'<!doctype html><html lang="{heading.language}"><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:"
        "collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px "
        "solid #ccc;overflow-wrap:anywhere}th{width:14rem;font-weight:400;color:#555}</style>"
        f"<h1>{title}</h1><p>{escape(said['made'].format(**names))}</p><p>{escape(said['rights'])}</p>{body}</html>"
    )


def _section(part: Part, language: str, said: Mapping[str, str]) -> str:
    reasons = {
        said["why"]: part.purpose.spoken(language), said["basis"]: part.basis,
        said["recipients"]: part.recipients.spoken(language), said["source"]: part.source.spoken(language),
        said["kept"]: part.kept.spoken(language),
    }  # fmt: skip
    head = "".join(f"<li>{escape(name)}: {escape(text)}</li>" for name, text in reasons.items())
    rows = "".join(f"<table>{_lines(part.columns, row)}</table><br>" for row in part.rows)
    return f"<h2>{escape(part.about.spoken(language))}</h2><p>{escape(part.label)}</p><ul>{head}</ul>{rows}"


def _lines(columns: Sequence[str], row: Mapping[str, Any]) -> str:
    shown = ((name, row[name]) for name in columns if row[name] not in (None, "", [], {}))
    return "".join(f"<tr><th>{escape(name)}</th><td>{escape(_plain(value))}</td></tr>" for name, value in shown)


def _comma_separated(part: Part) -> str:
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(part.columns)
    for row in part.rows:
        lines.writerow([_harmless(_plain(row[name])) for name in part.columns])
    return out.getvalue()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] and text[:1] in FORMULA else text


def _put(file: zipfile.ZipFile, name: str, text: str) -> None:
    told = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    told.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(told, text.encode())
