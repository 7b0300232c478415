"""The menu's entries about people and access."""

from typing import Final

from kontor.kernel.registry import NavItem
from kontor.rulebook.ruling import Text

NAVIGATION: Final = (
    NavItem(
        label=Text("Personen", "People"),
        url_name="identity:people",
        permission="identity.see",
        icon="user",
        group="settings",
        order=10,
    ),
    NavItem(
        label=Text("Rollen", "Roles"),
        url_name="identity:roles",
        permission="identity.see",
        icon="key",
        group="settings",
        order=20,
    ),
    NavItem(
        label=Text("Rechte an Standorten", "Rights at sites"),
        url_name="identity:matrix",
        permission="identity.see",
        icon="table",
        group="settings",
        at_sites_only=True,
        order=25,
    ),
    NavItem(
        label=Text("Sicherheit", "Security"),
        url_name="identity:security",
        permission="identity.security",
        icon="shield-check",
        group="settings",
        order=30,
    ),
    NavItem(
        label=Text("Browser und Systeme", "Browsers and systems"),
        url_name="identity:clients",
        permission="identity.clients",
        icon="browser",
        group="settings",
        audience="house",
        order=40,
    ),
    NavItem(
        label=Text("Wo Daten liegen", "Where data lies"),
        url_name="identity:data-places",
        permission="identity.places",
        icon="map-pin",
        group="settings",
        audience="house",
        order=45,
    ),
    NavItem(
        label=Text("API und Webhooks", "API and webhooks"),
        url_name="identity:api",
        permission="identity.api",
        icon="plug",
        group="settings",
        order=90,
    ),
    NavItem(
        label=Text("Einblick", "Support access"),
        url_name="identity:support-house",
        permission="identity.support",
        icon="eye",
        group="customers",
        audience="house",
        order=80,
    ),
    NavItem(
        label=Text("Sperren", "Locks"),
        url_name="identity:house-locks",
        permission="identity.help",
        icon="lock",
        group="customers",
        audience="house",
        order=85,
    ),
)
