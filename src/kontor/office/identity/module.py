"""All that the rest of the product knows about people, roles and signing in."""

from kontor.kernel.registry import EventKind, Gate, Module, NavItem, Permission, PersonalData, SearchSource, register
from kontor.office.identity.queries import find_people
from kontor.office.identity.queries.locks import is_locked
from kontor.office.identity.queries.way_in import way_in_is_shut
from kontor.office.identity.views.password import must_change
from kontor.office.identity.views.proving import missing as factor_missing
from kontor.rulebook.ruling import Text

_BASIS = "GDPR Art. 6 (1) (b)"
_INTEREST = "GDPR Art. 6 (1) (f)"

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
        gates=(
            Gate(key="identity.locked", url_name="identity:locked", stands_before=is_locked, order=1),
            Gate(
                key="identity.way_in",
                url_name="identity:way-in",
                stands_before=way_in_is_shut,
                order=8,
                lasting=True,
                strict=True,
            ),
            Gate(
                key="identity.second_factor",
                url_name="identity:factor-needed",
                stands_before=factor_missing,
                order=20,
                strict=True,
            ),
            Gate(
                key="identity.password",
                url_name="identity:password",
                stands_before=must_change,
                order=10,
                lasting=True,
            ),
        ),
        permissions=(
            Permission("identity.see", Text("Personen und Rollen sehen", "See people and roles")),
            Permission(
                "identity.change",
                Text("Personen einladen und Rollen ändern", "Invite people and change roles"),
            ),
            Permission(
                "identity.lock", Text("Zugänge sperren und Sitzungen beenden", "Lock accesses and end sessions")
            ),
            Permission("identity.security", Text("Sicherheit der Firma einstellen", "Set the company's security")),
            Permission("identity.api", Text("API-Schlüssel und Webhooks verwalten", "Manage API keys and webhooks")),
        ),
        on_strangers="identity.strangers_tried",
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
            PersonalData(
                model="mfa.Authenticator",
                about=Text("was jemand neben dem Kennwort hat", "what somebody has beside the password"),
                clause=_BASIS,
            ),
            PersonalData(
                model="identity.LastCode",
                about=Text("wessen Codes verbraucht sind", "whose codes are used up"),
                clause=_BASIS,
            ),
            PersonalData(
                model="identity.FailedSignIn",
                about=Text("woher vergeblich versucht wurde, sich anzumelden", "from where signing in failed"),
                clause=_INTEREST,
            ),
            PersonalData(
                model="identity.KnownDevice",
                about=Text("an welchen Geräten jemand sich angemeldet hat", "on which devices somebody signed in"),
                clause=_INTEREST,
            ),
            PersonalData(
                model="identity.AccessReport",
                about=Text("wer einen Zugang in fremden Händen vermutet", "who suspects an access in other hands"),
                clause=_INTEREST,
            ),
            PersonalData(
                model="identity.SecurityCase",
                about=Text("um wessen Zugang es geht", "whose access is concerned"),
                clause=_INTEREST,
            ),
            PersonalData(
                model="identity.HouseLock",
                about=Text("wen das Haus gesperrt hat, und warum", "whom the house has locked, and why"),
                clause=_INTEREST,
            ),
            PersonalData(
                model="identity.ExternalIdentity",
                about=Text("wer sich über ein Verzeichnis anmeldet", "who signs in by a directory"),
                clause=_BASIS,
            ),
            PersonalData(
                model="identity.BreakGlass",
                about=Text(
                    "wer im Notfall mit Kennwort hereinkommt", "who may come in with a password in an emergency"
                ),
                clause=_INTEREST,
            ),
            PersonalData(
                model="identity.Violation",
                about=Text("wer gegen die Regeln der Nutzung verstoßen hat", "who broke the rules of use"),
                clause=_INTEREST,
            ),
        ),
        without_personal_data=(
            "identity.ClaimedDomain",
            "identity.Entrance",
            "identity.IdentityProvider",
            "identity.RoleRule",
            "identity.SignInPause",
        ),
        events=(
            EventKind(
                "identity.administrators_told",
                Text("Die Verwaltung wurde benachrichtigt", "The administrators were told"),
            ),
            EventKind("identity.locked", Text("Ein Zugang wurde gesperrt", "An access was locked")),
            EventKind("identity.unlocked", Text("Eine Sperre wurde aufgehoben", "A lock was lifted")),
        ),
    )
)
