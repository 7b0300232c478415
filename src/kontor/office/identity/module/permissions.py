"""What a role may allow about people and access."""

from typing import Final

from kontor.kernel.registry import Permission
from kontor.rulebook.ruling import Text

PERMISSIONS: Final = (
    Permission("identity.see", Text("Personen und Rollen sehen", "See people and roles")),
    Permission(
        "identity.change",
        Text("Personen einladen und Rollen ändern", "Invite people and change roles"),
    ),
    Permission("identity.lock", Text("Zugänge sperren und Sitzungen beenden", "Lock accesses and end sessions")),
    Permission("identity.security", Text("Sicherheit der Firma einstellen", "Set the company's security")),
    Permission(
        "identity.clients",
        Text("Unterstützte Browser und Systeme festlegen", "Set the supported browsers and systems"),
        audience="house",
    ),
    Permission(
        "identity.places",
        Text("Sehen, wo Daten liegen, und Dateien verlegen", "See where data lies, and move files"),
        audience="house",
    ),
    Permission("identity.api", Text("API-Schlüssel und Webhooks verwalten", "Manage API keys and webhooks")),
    Permission(
        "identity.grant_support",
        Text(
            "Dem Anbieter Einblick gewähren und sehen, was er ansieht",
            "Let the provider look, and see what it looks at",
        ),
        audience="customer",
    ),
    Permission(
        "identity.support",
        Text("Mit Erlaubnis des Kunden in seine Daten sehen", "Look at a customer's data with the customer's leave"),
        audience="house",
    ),
    Permission(
        "identity.help",
        Text("Auf einen Notruf hin einen Zugang sperren", "Lock an access on a call for help"),
        audience="house",
    ),
)
