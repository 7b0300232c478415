"""The files that hang on messages, with what must be known before one is opened."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kontor.office.desk.models import TicketFile
from kontor.office.messages.public import WITHHELD
from kontor.rulebook.ruling import Text

WARNINGS: Final[Mapping[str, Text]] = {
    "program": Text("Programm, wird nicht herausgegeben", "a program, not handed out"),
    "bomb": Text("Archiv ohne Maß, wird nicht herausgegeben", "an archive beyond measure, not handed out"),
    "locked": Text("verschlüsseltes Archiv", "an encrypted archive"),
    "macro": Text("enthält Makros", "contains macros"),
    "archive": Text("Archiv, nicht durchgesehen", "an archive, not looked through"),
}


@dataclass(frozen=True, slots=True)
class Hanging:
    """A file as a page shows it. warning: None for one like any other; withheld: it is handed to nobody."""

    pk: uuid.UUID
    name: str
    warning: Text | None
    withheld: bool


def hanging(file: TicketFile) -> Hanging:
    """Return a file as a page shows it."""
    return Hanging(file.pk, file.name, WARNINGS.get(file.danger), is_withheld(file))


def is_withheld(file: TicketFile) -> bool:
    """Tell whether a file is handed to nobody."""
    return file.danger in WITHHELD
