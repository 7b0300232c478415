"""
What a controller needs of its processor for an impact assessment of a module: data, purposes, risks, measures
(GDPR Art. 35 (7); visitor Anlage 3, Klausel 8 c).

Why the processing is necessary and proportionate, and how heavy a risk weighs, is the controller's to say: the paper
leaves room for it and says so.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from kontor.kernel import registry
from kontor.office.privacy.models import ProcessingAgreement
from kontor.office.privacy.queries.register import Entry, entries, kept_label
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day

_WORDS: Final = {
    "title": Text("Unterlagen zur Datenschutz-Folgenabschätzung", "Papers for a data protection impact assessment"),
    "processing": Text("Was verarbeitet wird, und wozu", "What is processed, and for what"),
    "risks": Text("Risiken für die Betroffenen", "Risks for the persons concerned"),
    "measures": Text("Maßnahmen dagegen", "Measures against them"),
    "yours": Text("Was Sie als Verantwortlicher ergänzen", "What you add as the controller"),
    "purpose": Text("Zweck", "Purpose"),
    "agreed": Text("Vereinbarte Zwecke", "Agreed purposes"),
    "persons": Text("Betroffene", "Persons"),
    "categories": Text("Daten", "Data"),
    "recipients": Text("Empfänger", "Recipients"),
    "source": Text("Herkunft", "Source"),
    "basis": Text("Rechtsgrundlage", "Legal basis"),
    "kept": Text("Löschfristen", "Kept"),
    "against": Text("Dagegen", "Against it"),
    "evidence": Text("Nachweis", "Evidence"),
    "necessity": Text("Notwendigkeit und Verhältnismäßigkeit", "Necessity and proportionality"),
    "weight": Text("Schwere und Wahrscheinlichkeit je Risiko", "Severity and likelihood of each risk"),
    "views": Text("Standpunkt der Betroffenen oder ihrer Vertretung", "Views of the persons or their representatives"),
    "none": Text("Noch keine Vereinbarung nach Art. 28", "No agreement under Art. 28 yet"),
}
# What may happen to people through each category of the record, whatever the module.
_RISKS: Final = {
    "name": Text("Unbefugte erfahren, wer da war oder bekannt ist.", "Others learn who was there or is known."),
    "communication": Text("Adressen dienen Betrug oder Werbung.", "Addresses serve fraud or adverts."),
    "presence": Text(
        "Aus Zeiten entsteht ein Bild von Bewegungen oder Leistung.",
        "Times add up to a picture of moves and work.",
    ),
    "photo": Text("Bilder werden zum Wiedererkennen benutzt.", "Pictures are used to recognise people."),
    "identity_number": Text("Ausweisdaten dienen fremder Identität.", "Numbers serve another identity."),
    "bank_details": Text("Von Konten wird unberechtigt abgebucht.", "Accounts are debited without right."),
    "device": Text("Geräte werden wiedererkannt und verfolgt.", "Devices are recognised and followed."),
    "conduct": Text("Verhalten wird bewertet, ohne dass es jemand weiß.", "Conduct is judged without anybody knowing."),
}
_ALWAYS: Final = (
    Text("Daten gehen verloren oder sind im Notfall nicht da.", "Data is lost, or not there in an emergency."),
    Text("Daten werden unbemerkt verändert.", "Data is changed without anybody noticing."),
    Text("Daten bleiben länger als nötig.", "Data stays longer than needed."),
)


def modules_with_impact() -> list[registry.Module]:
    """Return the modules of which a paper can be made: those that handle a customer's data for it."""
    with_entries = {entry.module_key for entry in entries() if entry.processing.role == "processor"}
    return [module for module in registry.modules() if module.key in with_entries and module.entitled]


def impact_paper(key: str, agreement: ProcessingAgreement | None, *, on: date, language: str) -> dict[str, Any] | None:
    """
    Return what `privacy/typst/record.typ` prints for an impact assessment of a module; None where there is none.

    agreement  the customer's agreement, from which purposes and measures come; None before there is one
    """
    module = next((each for each in modules_with_impact() if each.key == key), None)
    if module is None:
        return None
    say = {name: text.spoken(language) for name, text in _WORDS.items()}
    held = [each for each in entries() if each.module_key == key and each.processing.role == "processor"]
    annexes: dict[str, Any] = agreement.annexes if agreement else {"II": {"purposes": []}, "III": []}
    agreed = ", ".join(each[language] for each in annexes["II"]["purposes"]) or say["none"]
    measures = [
        {"title": each[language], "fields": [(say["evidence"], each.get("evidence", ""))]} for each in annexes["III"]
    ]
    return {
        "language": language,
        "title": say["title"],
        "operator": annexes.get("I", {}).get("processor", {}).get("name", ""),
        "meta": f"{module.title.spoken(language)} · {day(on).spoken(language)}",
        "parts": [
            {"title": say["processing"], "entries": [_activity(each, say, agreed, language) for each in held]},
            {"title": say["risks"], "entries": list(_risks(held, language))},
            {"title": say["measures"], "entries": measures or [{"title": say["none"], "fields": []}]},
            {"title": say["yours"], "entries": [
                {"title": say[name], "fields": [("", "…")]} for name in ("necessity", "weight", "views")
            ]},
        ],
    }  # fmt: skip


def _activity(entry: Entry, say: dict[str, str], agreed: str, language: str) -> dict[str, Any]:
    told = entry.processing
    fields = [
        (say["purpose"], told.purpose.spoken(language)),
        (say["agreed"], agreed),
        (say["persons"], ", ".join(each.spoken(language) for each in entry.persons)),
        (say["categories"], ", ".join(each.spoken(language) for each in entry.categories)),
        (say["recipients"], told.recipients.spoken(language)),
        (say["source"], told.source.spoken(language)),
        (say["basis"], told.basis),
        (say["kept"], ", ".join(kept_label(kind).spoken(language) for kind in entry.kept)),
    ]
    return {"title": told.title.spoken(language), "fields": fields}


def _risks(held: list[Entry], language: str) -> Iterator[dict[str, Any]]:
    """Yield the risks that follow from the categories, in the order of the record, then those of any data."""
    categories = dict.fromkeys(key for entry in held for key in entry.processing.categories)
    for text in (*(_RISKS[key] for key in categories if key in _RISKS), *_ALWAYS):
        yield {"title": text.spoken(language), "fields": []}
