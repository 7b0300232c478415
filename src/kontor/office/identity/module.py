"""All that the rest of the product knows about people, roles and signing in."""

from kontor.kernel.registry import Module, NavItem, Permission, PersonalData, SearchSource, register
from kontor.office.identity.queries import find_people
from kontor.rulebook.ruling import Text

_BASIS = "GDPR Art. 6 (1) (b)"

register(
    Module(
        key="identity",
        title=Text("Personen und Rechte", "People and rights"),
        entitled=False,
        urls="kontor.office.identity.urls",
        navigation=(
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
                label=Text("Sicherheit", "Security"),
                url_name="identity:security",
                permission="identity.security",
                icon="shield-check",
                group="settings",
                order=30,
            ),
            NavItem(
                label=Text("API und Webhooks", "API and webhooks"),
                url_name="identity:api",
                permission="identity.api",
                icon="plug",
                group="settings",
                order=90,
            ),
        ),
        permissions=(
            Permission("identity.see", Text("Personen und Rollen sehen", "See people and roles")),
            Permission(
                "identity.change",
                Text("Personen einladen und Rollen ändern", "Invite people and change roles"),
            ),
            Permission("identity.security", Text("Sicherheit der Firma einstellen", "Set the company's security")),
            Permission("identity.api", Text("API-Schlüssel und Webhooks verwalten", "Manage API keys and webhooks")),
        ),
        search=(
            SearchSource(
                key="identity.people",
                label=Text("Personen", "People"),
                permission="identity.see",
                find=find_people,
                order=50,
            ),
        ),
        personal_data=(
            PersonalData(
                model="identity.User", about=Text("alle, die sich anmelden", "everybody who signs in"), clause=_BASIS
            ),
            PersonalData(
                model="account.EmailAddress",
                about=Text("Adressen derer, die sich anmelden", "addresses of those who sign in"),
                clause=_BASIS,
            ),
        ),
    )
)
