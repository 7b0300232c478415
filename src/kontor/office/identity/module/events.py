"""What is told to others about people and access."""

from typing import Final

from kontor.kernel.registry import EventKind
from kontor.rulebook.ruling import Text

EVENTS: Final = (
    EventKind(
        "identity.administrators_told",
        Text("Die Verwaltung wurde benachrichtigt", "The administrators were told"),
    ),
    EventKind("identity.locked", Text("Ein Zugang wurde gesperrt", "An access was locked")),
    EventKind("identity.unlocked", Text("Eine Sperre wurde aufgehoben", "A lock was lifted")),
    EventKind(
        "identity.support_changed",
        Text("Einblick wurde erbeten, gewährt oder beendet", "A look inside was asked for, given or ended"),
    ),
    EventKind(
        "identity.support_viewed", Text("Der Anbieter hat eine Seite angesehen", "The provider looked at a page")
    ),
)
