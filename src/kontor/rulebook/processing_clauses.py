"""
The clauses of an agreement under Art. 28 GDPR: number, heading, our own sentence.

They follow the structure of the standard contractual clauses of Implementing Decision (EU) 2021/915; their official
text is not repeated here and goes before these sentences. Nobody edits them: `digest` is compared before each issue.

>>> digest() == ISSUED
True
>>> changed = (Passage("1", CLAUSES[0].heading, Text("Etwas anderes.", "Something else.")), *CLAUSES[1:])
>>> digest(changed) == ISSUED
False
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause or an annex: its number, its heading and what it says in our own sentence."""

    number: str
    heading: Text
    sentence: Text


CLAUSES: Final = (
    Passage(
        "1",
        Text("Zweck und Anwendungsbereich", "Purpose and scope"),
        Text(
            "Die Klauseln sollen Art. 28 Abs. 3 und 4 DSGVO einhalten; die Anhänge I bis IV gehören zu ihnen.",
            "The clauses are to keep Art. 28 (3) and (4) GDPR; annexes I to IV belong to them.",
        ),
    ),
    Passage(
        "2",
        Text("Unabänderbarkeit", "Invariability"),
        Text(
            "Die Klauseln werden nicht geändert; nur Angaben in den Anhängen kommen hinzu oder werden erneuert.",
            "The clauses are not changed; only what the annexes hold is added or renewed.",
        ),
    ),
    Passage(
        "3",
        Text("Auslegung", "Interpretation"),
        Text(
            "Begriffe haben den Sinn der DSGVO; keine Auslegung darf Rechte der betroffenen Personen schmälern.",
            "Terms have the sense of the GDPR; no reading may lessen the rights of data subjects.",
        ),
    ),
    Passage(
        "4",
        Text("Vorrang", "Hierarchy"),
        Text(
            "Widersprechen andere Abreden der Parteien den Klauseln, so gelten die Klauseln.",
            "Where other agreements of the parties contradict the clauses, the clauses apply.",
        ),
    ),
    Passage(
        "5",
        Text("Kopplung", "Docking"),
        Text(
            "Mit Zustimmung aller Parteien tritt ein weiterer bei, indem er die Anhänge ausfüllt und Anhang I "
            "unterschreibt; für die Zeit davor hat er weder Rechte noch Pflichten.",
            "With the consent of all parties another joins by filling in the annexes and signing annex I; for the time "
            "before it has neither rights nor duties.",
        ),
    ),
    Passage(
        "6",
        Text("Beschreibung der Verarbeitung", "Description of the processing"),
        Text(
            "Kategorien der Daten und die Zwecke, zu denen verarbeitet wird, stehen in Anhang II.",
            "The categories of data and the purposes of the processing stand in annex II.",
        ),
    ),
    Passage(
        "7.1",
        Text("Weisungen", "Instructions"),
        Text(
            "Verarbeitet wird nur auf dokumentierte Weisung; scheint eine rechtswidrig, wird der "
            "Verantwortliche sofort "
            "unterrichtet.",
            "Data is processed on documented instructions only; where one seems unlawful, the controller is "
            "told at once.",
        ),
    ),
    Passage(
        "7.2",
        Text("Zweckbindung", "Purpose limitation"),
        Text(
            "Verarbeitet wird nur zu den Zwecken in Anhang II, solange keine weitere Weisung kommt.",
            "Data is processed for the purposes in annex II only, unless a further instruction comes.",
        ),
    ),
    Passage(
        "7.3",
        Text("Dauer", "Duration"),
        Text("Verarbeitet wird nur so lange, wie Anhang II sagt.", "Data is processed only as long as annex II says."),
    ),
    Passage(
        "7.4",
        Text("Sicherheit", "Security"),
        Text(
            "Mindestens die Maßnahmen in Anhang III werden getroffen; Zugang hat nur, wer ihn unbedingt "
            "braucht und zur "
            "Vertraulichkeit verpflichtet ist.",
            "At least the measures in annex III are taken; access is for those who strictly need it and are bound to "
            "confidentiality.",
        ),
    ),
    Passage(
        "7.5",
        Text("Sensible Daten", "Sensitive data"),
        Text(
            "Besondere Kategorien werden nur mit besonderen Beschränkungen verarbeitet.",
            "Special categories are processed under special restrictions only.",
        ),
    ),
    Passage(
        "7.6",
        Text("Dokumentation und Einhaltung", "Documentation and compliance"),
        Text(
            "Die Einhaltung wird belegt, Anfragen werden beantwortet, Prüfungen zugelassen.",
            "Compliance is proved, inquiries are answered, audits are allowed.",
        ),
    ),
    Passage(
        "7.7",
        Text("Unterauftragsverarbeiter", "Sub-processors"),
        Text(
            "Wer in Anhang IV steht, ist genehmigt; jeder weitere wird einzeln genehmigt oder vorher "
            "angekündigt, und ist "
            "denselben Pflichten unterworfen.",
            "Whoever stands in annex IV is approved; each further one is approved singly or announced "
            "before, and bound to "
            "the same duties.",
        ),
    ),
    Passage(
        "7.8",
        Text("Internationale Übermittlungen", "International transfers"),
        Text(
            "In Drittländer gelangen Daten nur auf dokumentierte Weisung oder durch Rechtspflicht, nach "
            "Kapitel V DSGVO.",
            "Data goes to third countries only on documented instruction or by legal duty, under chapter V GDPR.",
        ),
    ),
    Passage(
        "8",
        Text("Unterstützung des Verantwortlichen", "Assistance to the controller"),
        Text(
            "Anträge betroffener Personen werden sofort weitergeleitet und nur mit Ermächtigung beantwortet.",
            "Requests of data subjects are passed on at once and answered with authorisation only.",
        ),
    ),
    Passage(
        "9",
        Text("Verletzungen des Schutzes", "Breaches"),
        Text(
            "Eine Verletzung wird dem Verantwortlichen ohne Verzug gemeldet, mit den verlangten Angaben.",
            "A breach is notified to the controller without undue delay, with the details demanded.",
        ),
    ),
    Passage(
        "10",
        Text("Verstöße und Beendigung", "Non-compliance and termination"),
        Text(
            "Der Verantwortliche kann aussetzen und kündigen; besteht er auf einer rechtswidrigen Weisung, kann der "
            "Auftragsverarbeiter kündigen; am Ende wird nach Wahl gelöscht oder zurückgegeben.",
            "The controller may suspend and terminate; where it insists on an unlawful instruction, the processor may "
            "terminate; at the end data is deleted or returned by choice.",
        ),
    ),
)
ANNEXES: Final = (
    Passage("I", Text("Parteien", "Parties"), Text("Wer beteiligt ist.", "Who takes part.")),
    Passage("II", Text("Beschreibung", "Description"), Text("Was verarbeitet wird.", "What is processed.")),
    Passage("III", Text("Maßnahmen", "Measures"), Text("Wie es geschützt wird.", "How it is protected.")),
    Passage("IV", Text("Unterauftragsverarbeiter", "Sub-processors"), Text("Wer dabei hilft.", "Who helps with it.")),
)
ISSUED: Final = "cbcb67caded962fe80adc862782a5b034c7ee3aff56a0f885831ed3c35b5187d"


class ChangedClausesError(RefusalError):
    """Somebody edited the clauses; an agreement with other words is not issued."""


def digest(clauses: Iterable[Passage] = CLAUSES) -> str:
    """Return the SHA-256 over number, heading and sentence of every clause in both languages, as hexadecimal digits."""
    hashed = hashlib.sha256()
    for clause in clauses:
        for part in (clause.number, *clause.heading, *clause.sentence):
            hashed.update(part.encode() + b"\0")
    return hashed.hexdigest()


def unchanged(clauses: Iterable[Passage] = CLAUSES) -> str:
    """Return the hash of the clauses as they were laid down; ChangedClausesError where they read otherwise."""
    found = digest(clauses)
    if found != ISSUED:
        raise ChangedClausesError(
            Text(
                "Der Text der Klauseln weicht vom festgelegten ab; so wird keine Vereinbarung ausgestellt.",
                "The text of the clauses differs from the one laid down; no agreement is issued like this.",
            )
        )
    return found
