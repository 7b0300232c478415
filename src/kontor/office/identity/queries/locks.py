"""Which access is shut, why, and what leads back."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Case, When
from django.http import HttpRequest

from kontor.kernel.models import Lock, Membership
from kontor.rulebook.ruling import Text

REASONS: Final[Mapping[str, Text]] = {
    "suspected": Text("Zugang vielleicht in fremden Händen", "Access may be in other hands"),
    "lost": Text("Gerät verloren", "Device lost"),
    "rules": Text("Verstoß gegen die Regeln der Nutzung", "Breach of the rules of use"),
    "absent": Text("Längere Abwesenheit", "Longer absence"),
    "other": Text("Anderer Grund", "Another reason"),
}
_HOUSE: Final[Mapping[str, Text]] = {
    "credentials": Text("Zugangsdaten missbraucht oder weitergegeben", "Credentials misused or passed on"),
    "technical": Text("Technisch zwingend", "Compelling technical need"),
    "legal_duty": Text("Gesetz, Gericht oder Behörde verlangen es", "Law, court or authority demand it"),
    "contact_data": Text(
        "Kontaktdaten ungültig, keine Verständigung möglich", "Contact data invalid, no communication possible"
    ),
    "bank_data": Text("Bankdaten falsch, Zahlung gefährdet", "Bank data wrong, payment endangered"),
    "violations": Text("Wiederholte Verstöße", "Repeated violations"),
    "manipulated_device": Text("Manipuliertes Gerät oder manipulierte Software", "Manipulated device or software"),
    "emergency": Text("Im Notfall, freiwillige Hilfe des Anbieters", "In an emergency, the provider's voluntary help"),
}


def is_locked(request: HttpRequest) -> bool:
    """Tell whether the access of whoever asks is shut now."""
    return request.standing.entry.lock is not None  # type: ignore[attr-defined]


def lock_of(membership: Membership | None, *, house: bool | None = None) -> Lock | None:
    """
    Return the lock that stands against a member, or with None against everybody; announced ones too.

    house  only one that the house laid, or with False only another; both by default, the house's first
    """
    found = Lock.objects.filter(membership=membership, lifted_at=None)
    if house is not None:
        found = found.filter(by=Lock.By.HOUSE) if house else found.exclude(by=Lock.By.HOUSE)
    return found.order_by(Case(When(by=Lock.By.HOUSE, then=0), default=1), "effective_at").first()


def reason_words(reason: str) -> Text:
    """Return a reason in both languages; one that no list knows says itself."""
    return {**_HOUSE, **REASONS}.get(reason, Text(reason, reason))
