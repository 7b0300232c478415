"""Who does something: a person who signed in, somebody outside with a credential, or the machine by itself."""

import uuid
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Actor:
    """
    kind   PERSON (a user), OUTSIDE (bearer of a credential), MACHINE (a job or command)
    id     the user's or credential's id; None for the machine
    name   as shown on a page; it is never written to a log
    """

    kind: str
    id: uuid.UUID | None = None
    name: str = ""

    @classmethod
    def person(cls, user: object) -> Self:
        """Return the signed-in user as an actor; any object with `pk` and a name as its text."""
        return cls("PERSON", user.pk, str(user))  # type: ignore[attr-defined]

    @classmethod
    def outside(cls, credential: uuid.UUID, name: str = "") -> Self:
        """Return the bearer of a credential as an actor."""
        return cls("OUTSIDE", credential, name)


MACHINE = Actor("MACHINE")
