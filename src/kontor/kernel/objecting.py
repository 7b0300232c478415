"""What a module does when somebody objects to a use of their data (GDPR Art. 21), and what it may go on with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kontor.kernel import registry
from kontor.kernel.actor import Actor
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Objected:
    """
    What followed from an objection in one module.

    stopped    what ended at once
    continued  what goes on, each with its reason
    """

    stopped: tuple[Text, ...]
    continued: tuple[Text, ...]


def object_to(processing: str, emails: Sequence[str], *, at: datetime, actor: Actor) -> Iterator[Objected]:
    """Have each module stop what it need not do with the data of whoever has these addresses; yield what came of it."""
    for one in registry.modules():
        if one.on_objection and emails and any(each.key == processing for each in one.processings):
            yield one.on_objection(processing, emails, at=at, actor=actor)
