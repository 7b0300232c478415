"""The files that hang on messages, with what must be known before one is opened."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import TicketFile, TicketFileFinding
from kontor.office.messages.public import WITHHELD
from kontor.rulebook.ruling import Text

State = TicketFileFinding.State
WARNINGS: Final[Mapping[str, Text]] = {
    "program": Text("Programm, wird nicht herausgegeben", "a program, not handed out"),
    "bomb": Text("Archiv ohne Maß, wird nicht herausgegeben", "an archive beyond measure, not handed out"),
    "locked": Text("verschlüsseltes Archiv", "an encrypted archive"),
    "macro": Text("enthält Makros", "contains macros"),
    "archive": Text("Archiv, nicht durchgesehen", "an archive, not looked through"),
}
_SHUT: Final[Mapping[str, Text]] = {
    State.WAITING: Text("wird noch geprüft", "still being checked"),
    State.INFECTED: Text("Schadsoftware, wird nicht herausgegeben", "malware, not handed out"),
}


@dataclass(frozen=True, slots=True)
class Hanging:
    """A file as a page shows it. warning: None for one like any other; withheld: it is handed to nobody."""

    pk: uuid.UUID
    name: str
    warning: Text | None
    withheld: bool


def hanging(files: Collection[TicketFile]) -> list[Hanging]:
    """Return files of one side's requests as a page shows them; one query, none for no files."""
    states = _states(files)
    return [
        Hanging(
            file.pk, file.name, _SHUT.get(states.get(file.pk, ""), WARNINGS.get(file.danger)), _is_shut(file, states)
        )
        for file in files
    ]


def is_withheld(file: TicketFile) -> bool:
    """Tell whether a file is handed to nobody: it would act, harms, or nobody has looked into it yet."""
    return _is_shut(file, _states([file]))


def _is_shut(file: TicketFile, states: Mapping[uuid.UUID, str]) -> bool:
    return file.danger in WITHHELD or states.get(file.pk, "") in _SHUT


def _states(files: Collection[TicketFile]) -> dict[uuid.UUID, str]:
    if not files:
        return {}
    own = {file.tenant_id for file in files} == {current_tenant()}
    seen: Any = TicketFileFinding.objects if own else TicketFileFinding.received
    return dict(seen.filter(file_id__in=[file.pk for file in files]).values_list("file_id", "state"))
