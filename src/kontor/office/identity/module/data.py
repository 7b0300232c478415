"""Which tables of identity hold personal data."""

from typing import Final

from kontor.kernel.registry import PersonalData
from kontor.rulebook.ruling import Text

_BASIS = "GDPR Art. 6 (1) (b)"
_INTEREST = "GDPR Art. 6 (1) (f)"

PERSONAL_DATA: Final = (
    PersonalData(model="identity.User", about=Text("alle, die sich anmelden", "everybody who signs in"), clause=_BASIS),
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
        model="identity.ProvisionedUser",
        about=Text("wen ein Verzeichnis gemeldet hat", "whom a directory brought"),
        clause=_BASIS,
    ),
    PersonalData(
        model="identity.ProvisionedMember",
        about=Text("wer in welcher Gruppe eines Verzeichnisses ist", "who is in which group of a directory"),
        clause=_BASIS,
    ),
    PersonalData(
        model="identity.ScimCall",
        about=Text("wen die letzten Aufrufe eines Verzeichnisses betrafen", "whom a directory's last calls were about"),
        clause=_INTEREST,
    ),
    PersonalData(
        model="identity.BreakGlass",
        about=Text("wer im Notfall mit Kennwort hereinkommt", "who may come in with a password in an emergency"),
        clause=_INTEREST,
    ),
    PersonalData(
        model="identity.Commitment",
        about=Text("wer unterwiesen ist und sich verpflichtet hat", "who was instructed and is bound"),
        clause=_BASIS,
    ),
    PersonalData(
        model="identity.Device",
        about=Text("auf welchem Gerät jemand die App nutzt", "on which device somebody uses the app"),
        clause=_INTEREST,
    ),
    PersonalData(
        model="identity.SamlQuestion",
        about=Text("wer sich gerade über ein Verzeichnis anmeldet", "who is signing in by a directory at this moment"),
        clause=_BASIS,
    ),
    PersonalData(
        model="identity.RightsReview",
        about=Text("wer welche Rechte hatte, und wer das geprüft hat", "who had which rights, and who reviewed it"),
        clause=_INTEREST,
    ),
    PersonalData(
        model="identity.Violation",
        about=Text("wer gegen die Regeln der Nutzung verstoßen hat", "who broke the rules of use"),
        clause=_INTEREST,
    ),
)

WITHOUT_PERSONAL_DATA: Final = (
    "identity.ClaimedDomain",
    "identity.Entrance",
    "identity.IdentityProvider",
    "identity.Instruction",
    "identity.ProviderKey",
    "identity.ProvisionedGroup",
    "identity.RefusedAnswer",
    "identity.RoleRule",
    "identity.ScimToken",
    "identity.SignInPause",
    "identity.SupportedClient",
    "identity.UsedAssertion",
)
