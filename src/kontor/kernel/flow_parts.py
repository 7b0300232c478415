"""
What modules add to flows: effects that a case has on the world, and guards that it asks before it goes on.

The kinds of effects are a closed list; a module says which it can carry out, and how. A flow that a customer wrote can
do nothing else.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kontor.rulebook.ruling import Text

CASE: Final = "flows.Case"  # a case, where it is itself the record that something belongs to
EFFECT_KINDS: Final[Mapping[str, Text]] = {
    "message": Text("Nachricht senden", "Send a message"),
    "print": Text("Drucken", "Print"),
    "door": Text("Tür öffnen", "Open a door"),
    "call": Text("Anruf beginnen", "Start a call"),
    "document": Text("Dokument erzeugen", "Create a document"),
    "event": Text("Ereignis melden", "Raise an event"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFacts:
    """
    What an effect or a guard is told of a case.

    about   kind and id of the record that the case is about, "visitors.Visit"; None for none
    values  what the case knows, by the keys of the flow's values
    email   of the person it is about, "" where none is known
    site    where it runs, None for nowhere in particular
    """

    case: uuid.UUID
    title: str
    about: tuple[str, uuid.UUID] | None
    values: Mapping[str, Any]
    email: str = ""
    site: uuid.UUID | None = None

    @property
    def record(self) -> tuple[str, uuid.UUID]:
        """The record that the case is about, or, where it is about none, the case itself."""
        return self.about or (CASE, self.case)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowField:
    """
    One thing that an effect must be told: the address of a message, the name of an event.

    choices  choices() gives what may be chosen; None for words, in which {key} stands for a value of the case
    whole    it is a whole number, 1 or more
    """

    key: str
    label: Text
    long: bool = False
    required: bool = True
    whole: bool = False
    choices: Callable[[], Iterable[tuple[str, Text]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEffect:
    """
    An effect that a module carries out: carry_out(facts, told, key=, at=).

    key   "messages.send"; its module's first
    kind  of the closed list above
    told  what was written into its fields, values of the case filled in

    `carry_out` runs in a job's transaction as the tenant. `key` is the same whenever this effect of this case is tried
    again, so that what it did is there once. RefusalError says why it cannot be; any other error
    is tried anew.
    """

    key: str
    kind: str
    label: Text
    fields: tuple[FlowField, ...] = ()
    carry_out: Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowGuard:
    """
    A question to a module that a flow may hang a step on: judge(facts, told, at=) tells whether it holds.

    told  what was written into its fields, as it stands in the flow
    """

    key: str
    label: Text
    fields: tuple[FlowField, ...] = ()
    judge: Callable[..., bool]
