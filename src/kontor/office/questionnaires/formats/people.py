"""
What a question asks of people: nothing, something personal, or one of the special categories (GDPR Art. 4 (1), 9, 10).

Whoever writes a question says so; what its kind or its words give away counts all the same.

>>> tells(Question(key="a", kind="text", label=Text("Blutgruppe", "Blood group")))
'health'
>>> tells(Question(key="a", kind="text", label=Text("Ihr Name", "Your name")))
'personal'
>>> tells(Question(key="a", kind="whole", label=Text("Wie viele Pakete?", "How many parcels?")))
''
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kontor.office.questionnaires.formats.definition import Definition, Question
from kontor.rulebook.ruling import Text

PERSONAL: Final = "personal"
_KINDS: Final = frozenset({"email", "phone", "signature", "photo"})  # always about somebody
SENSITIVE: Final[Mapping[str, Text]] = {
    "health": Text("Gesundheit", "Health"),
    "biometric": Text("Biometrische Daten", "Biometric data"),
    "genetic": Text("Genetische Daten", "Genetic data"),
    "religion": Text("Religion oder Weltanschauung", "Religion or belief"),
    "politics": Text("Politische Meinung", "Political opinion"),
    "union": Text("Gewerkschaft", "Trade union"),
    "origin": Text("Rassische oder ethnische Herkunft", "Racial or ethnic origin"),
    "sexuality": Text("Sexualleben oder Orientierung", "Sex life or orientation"),
    "convictions": Text("Straftaten und Verurteilungen", "Offences and convictions"),
}
DATA: Final[Mapping[str, Text]] = {
    "": Text("nichts über eine Person", "nothing about a person"),
    PERSONAL: Text("etwas über eine Person", "something about a person"),
    **SENSITIVE,
}
_WORDS: Final[Mapping[str, re.Pattern[str]]] = {
    "health": re.compile(
        r"blutgruppe|blood (group|type)|krankheit|erkrank|gesundheit|illness|disease|\bhealth\b|allergi|behinder"
        r"|disabilit|schwanger|pregnan|medikament|medication|diagnos|impf|vaccinat"
    ),
    "biometric": re.compile(r"biometri|fingerabdr|finger ?print|gesichtserkennung|face recognition|\biris"),
    "genetic": re.compile(r"genetisch|genetic|\bdn[as]\b"),
    "religion": re.compile(r"religi|konfession|denomination|weltanschau"),
    "politics": re.compile(r"politische|political|parteizugeh|partei ?mitglied|party member"),
    "union": re.compile(r"gewerkschaft|trade union"),
    "origin": re.compile(r"ethnisch|ethnic|\bracial|hautfarbe|skin colou?r"),
    "sexuality": re.compile(r"sexuell|sexual|\bsex life"),
    "convictions": re.compile(r"vorstraf|straftat|verurteil|criminal|conviction"),
    PERSONAL: re.compile(
        r"\bname|vorname|nachname|anschrift|adresse|address|geburt|birth|kennzeichen|licen[cs]e plate|ausweis|passport"
    ),
}


def tells(question: Question) -> str:
    """Return what an answer tells of somebody: a key of `DATA`, the most protected that words, kind and author say."""
    said = f"{question.label.de}\n{question.label.en}\n{question.hint.de}\n{question.hint.en}".casefold()
    labelled = f"{question.label.de}\n{question.label.en}".casefold()
    if question.kind == "notice":
        return ""
    if question.data in SENSITIVE:
        return question.data
    for key, words in _WORDS.items():
        if words.search(labelled if key == PERSONAL else said):
            return key
    return PERSONAL if question.kind in _KINDS else question.data


def asks_people(definition: Definition) -> bool:
    """Tell whether any answer is about somebody."""
    return any(tells(each) for each in definition.questions)


def sensitive(definition: Definition) -> Iterator[tuple[Question, str]]:
    """Yield the questions of a special category, each with it."""
    for each in definition.questions:
        if (found := tells(each)) in SENSITIVE:
            yield each, found
