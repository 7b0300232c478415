"""Who draws what is printed: apps say so once, by a name, and a print job keeps that name and no drawing."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from kontor.office.terminals.formats.labels import Label


class Draws(Protocol):
    """Draws the label about something and says its title, as that thing's tenant; None where it is there no more."""

    def __call__(self, about: uuid.UUID, *, at: datetime) -> tuple[Label, str] | None: ...


_DRAWERS: Final[dict[str, Draws]] = {}


def draws(name: str) -> Callable[[Draws], Draws]:
    """Let print jobs of this name ("visitors.badge") be drawn by the function."""

    def keep(drawer: Draws) -> Draws:
        _DRAWERS[name] = drawer
        return drawer

    return keep


def drawn(name: str, about: uuid.UUID, *, at: datetime) -> tuple[Label, str] | None:
    """Return what a drawer draws; KeyError for a name that nobody draws."""
    return _DRAWERS[name](about, at=at)
