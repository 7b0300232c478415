"""Effects that somebody else's machine carries out: told by a signed webhook, where no driver of ours does it."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kontor.kernel.actions.events import publish
from kontor.kernel.flow_parts import FlowFacts
from kontor.kernel.models import Webhook
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

DOOR, PRINT, CALL = "flows.door_wanted", "flows.print_wanted", "flows.call_wanted"
_WORD: Final = re.compile(r"[\w./:+-]{1,100}")  # what a webhook carries: no names, no text


def open_door(facts: FlowFacts, told: Mapping[str, str], *, key: uuid.UUID, at: datetime) -> None:
    """Ask whoever drives the doors to open one; "door" is its name in their system."""
    _tell(DOOR, facts, {"door": told["door"]}, key=key, at=at)


def print_out(facts: FlowFacts, told: Mapping[str, str], *, key: uuid.UUID, at: datetime) -> None:
    """Ask whoever drives the printers to print a "template" of theirs on one of them."""
    _tell(PRINT, facts, {"printer": told["printer"], "template": told["template"]}, key=key, at=at)


def begin_call(facts: FlowFacts, told: Mapping[str, str], *, key: uuid.UUID, at: datetime) -> None:
    """Ask whoever drives the telephones to call a number or an extension."""
    _tell(CALL, facts, {"number": "".join(told["number"].split())}, key=key, at=at)


def _tell(kind: str, facts: FlowFacts, wanted: Mapping[str, str], *, key: uuid.UUID, at: datetime) -> None:
    """
    Raise the event that a webhook is to carry out; `effect` is the same however often this is tried.

    RefusalError where no webhook listens to it, since then nothing would happen, and for words that a webhook does not
    carry.
    """
    if any(not _WORD.fullmatch(each) for each in wanted.values()):
        raise RefusalError(_NO_WORD)
    if not Webhook.objects.filter(disabled_at=None, kinds__contains=[kind]).exists():
        raise RefusalError(_NOBODY)
    kind_of_record, record = facts.record
    about = {"case": str(facts.case), "effect": str(key), "kind": kind_of_record, "record": str(record)}
    publish(kind, {**wanted, **about}, at=at)


_NOBODY: Final = Text(
    "Hier ist kein Treiber dafür eingerichtet, und kein Webhook hört darauf: es würde nichts geschehen.",
    "No driver is set up for this here, and no webhook listens to it: nothing would happen.",
)
_NO_WORD: Final = Text(
    "Namen von Türen, Druckern, Vorlagen und Nummern bestehen aus Buchstaben, Ziffern und . / : + - ohne Leerzeichen.",
    "Names of doors, printers, templates and numbers are letters, digits and . / : + - without spaces.",
)
